//! `interdict completions`: what makes a shell complete commands and options.

use clap::Args;
use clap_complete::{Shell, generate};

use super::{Exit, Session, Stop, definition};

/// Print completions for a shell
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict completions bash > ~/.local/share/bash-completion/completions/interdict"
)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let mut text = Vec::new();
        generate(self.shell, &mut definition(), "interdict", &mut text);
        session.out().write_all(&text)?;
        Ok(Exit::Done)
    }
}
