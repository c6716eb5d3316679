//! `interdict lsp`: a language server on standard input and output.

use std::io;

use clap::Args;

use super::records::day;
use super::{Exit, Session, Stop};
use crate::domain::Day;
use crate::lsp::{Ending, Settings, serve};

/// Serve an editor: messages while typing, completion, hover, rename and more
///
/// A language server (LSP 3.17) on standard input and output. Editors start it themselves; docs/editors.md says how.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict lsp --today 2026-11-11\n\nAn editor runs it for files that end in .interdict."
)]
pub struct Lsp {
    /// Standard input and output, which are used in any case: many editors say so
    #[arg(long)]
    stdio: bool,
    /// The day for which hints say what is in force, instead of today's (UTC)
    #[arg(long, value_name = "DATE", value_parser = day)]
    today: Option<Day>,
}

impl Lsp {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let Lsp { stdio: _, today } = self;
        let settings = Settings {
            today: Box::new(move || today.unwrap_or_else(by_the_clock)),
        };
        // The thread that reads outlives a client that is gone, so that it has the input for itself.
        let input = io::BufReader::new(io::stdin());
        match serve(input, session.out(), &settings)? {
            Ending::Orderly => Ok(Exit::Done),
            Ending::Abrupt => Ok(Exit::No),
        }
    }
}

/// Today in UTC.
fn by_the_clock() -> Day {
    let now = jiff::Timestamp::now().as_second();
    Day::from_days(now.div_euclid(86_400)).unwrap_or(Day::MIN)
}
