//! `interdict data`: make records, describe records.

use clap::{Args, Subcommand};

use super::{Exit, Session, Stop};

mod describe;
mod synth;

/// Make synthetic shipments; describe an input's columns
#[derive(Args, Debug)]
pub struct Data {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Synth(synth::Synth),
    Describe(describe::DescribeData),
}

impl Data {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        match self.command {
            Command::Synth(command) => command.run(session),
            Command::Describe(command) => command.run(session),
        }
    }
}
