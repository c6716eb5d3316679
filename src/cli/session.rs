//! What every command works with: the global options, the streams, and the ways to say something.

use std::io::{self, IsTerminal, Read, Write};

use clap::{Args, ValueEnum};

use super::exit::Stop;
use crate::diagnostic::{self, Diagnostic, Format, Tally};
use crate::text::SourceMap;

/// Options that every command takes.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// How messages are written
    #[arg(long, global = true, value_enum, default_value_t = FormatName::Human, value_name = "FORM")]
    pub format: FormatName,
    /// Whether messages are coloured; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN")]
    pub color: ColorWhen,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The values of `--format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// Reports on the source, for people
    #[default]
    Human,
    /// One JSON object a line
    Json,
    /// GitHub workflow commands
    Github,
    /// One SARIF 2.1.0 log
    Sarif,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Human => Format::Human,
            FormatName::Json => Format::Json,
            FormatName::Github => Format::Github,
            FormatName::Sarif => Format::Sarif,
        }
    }
}

/// The values of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// Where messages go to a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where a command reads and writes; tests give their own.
pub struct Streams<'a> {
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output: results.
    pub out: &'a mut dyn Write,
    /// Standard error: messages.
    pub err: &'a mut dyn Write,
    /// Whether `--color auto` means colour.
    pub auto_color: bool,
    /// Whether a progress bar may be drawn on standard error.
    pub progress: bool,
}

/// Whether colour is wanted on standard error where nothing is said: a terminal that is not `dumb`, and no `NO_COLOR`
/// (<https://no-color.org>).
pub(super) fn auto_color() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stderr().is_terminal() && !set("NO_COLOR") && !dumb
}

/// One run of a command.
pub struct Session<'a, 's> {
    /// The global options.
    pub global: Global,
    streams: &'a mut Streams<'s>,
}

impl<'a, 's> Session<'a, 's> {
    /// A run with `global` options on `streams`.
    pub fn new(global: Global, streams: &'a mut Streams<'s>) -> Self {
        Session { global, streams }
    }

    /// Whether messages are coloured.
    pub fn color(&self) -> bool {
        match self.global.color {
            ColorWhen::Auto => self.streams.auto_color,
            ColorWhen::Always => true,
            ColorWhen::Never => false,
        }
    }

    /// The form of messages.
    pub fn format(&self) -> Format {
        self.global.format.into()
    }

    /// Whether a progress bar is wanted.
    pub fn progress(&self) -> bool {
        self.streams.progress && !self.global.quiet && self.format() == Format::Human
    }

    /// Standard output, for results.
    pub fn out(&mut self) -> &mut dyn Write {
        self.streams.out
    }

    /// Standard error, for messages that are not [`Session::say`]'s.
    pub fn err(&mut self) -> &mut dyn Write {
        self.streams.err
    }

    /// All of standard input.
    pub fn read_input(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.streams.input.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A line on standard error; nothing with `-q`, nor where messages are for programs.
    pub fn say(&mut self, line: &str) -> Result<(), Stop> {
        if !self.global.quiet && self.format() == Format::Human {
            writeln!(self.streams.err, "{line}")?;
        }
        Ok(())
    }

    /// A line that only `-v` asks for.
    pub fn detail(&mut self, line: &str) -> Result<(), Stop> {
        if self.global.verbose {
            self.say(line)?;
        }
        Ok(())
    }

    /// Writes messages to standard error and counts them; `-q` leaves out warnings.
    pub fn report(
        &mut self,
        diagnostics: Vec<Diagnostic>,
        sources: &SourceMap,
    ) -> Result<Tally, Stop> {
        let (text, tally) = self.shown(diagnostics, sources);
        self.streams.err.write_all(text.as_bytes())?;
        Ok(tally)
    }

    /// The same where messages are what the command is for: in the forms for programs they go to standard output.
    pub fn report_as_result(
        &mut self,
        diagnostics: Vec<Diagnostic>,
        sources: &SourceMap,
    ) -> Result<Tally, Stop> {
        if self.format() == Format::Human {
            return self.report(diagnostics, sources);
        }
        let (text, tally) = self.shown(diagnostics, sources);
        self.streams.out.write_all(text.as_bytes())?;
        Ok(tally)
    }

    fn shown(&self, diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> (String, Tally) {
        let mut diagnostics = diagnostic::tidy(diagnostics, sources);
        if self.global.quiet {
            diagnostics.retain(Diagnostic::is_error);
        }
        let text = diagnostic::show(&diagnostics, sources, self.format(), self.color());
        (text, Tally::of(&diagnostics))
    }

    /// Says why the command stopped.
    pub fn stopped(&mut self, stop: &Stop) -> io::Result<()> {
        let Some(message) = &stop.message else {
            return Ok(());
        };
        let err = &mut self.streams.err;
        match self.global.format {
            FormatName::Human | FormatName::Sarif => {
                writeln!(err, "error: {message}")?;
                if let Some(help) = &stop.help {
                    writeln!(err, "  help: {help}")?;
                }
                Ok(())
            }
            FormatName::Json => {
                let status = stop.exit.status();
                let object = serde_json::json!({
                    "severity": "error", "message": message, "help": stop.help, "status": status,
                });
                writeln!(err, "{object}")
            }
            FormatName::Github => {
                let text = match &stop.help {
                    Some(help) => format!("{message}\nhelp: {help}"),
                    None => message.clone(),
                };
                writeln!(err, "::error::{}", diagnostic::github_data(&text))
            }
        }
    }
}
