//! The `interdict` command: options, help, exit statuses; each command is a file of its own.
//!
//! Messages go to standard error, results to standard output or `-o`. [`run`] works on any streams, so
//! that tests run it in process; [`main`] is what the program calls.

mod bundle;
mod check;
mod completions;
mod data;
mod diff;
mod doc;
mod emit;
mod exit;
mod explain;
mod fault;
mod fmt;
mod frontend;
mod interrupt;
mod lsp;
mod new;
mod paths;
mod records;
mod screen;
mod session;
mod test;
#[cfg(test)]
mod tests;
mod words;

pub use exit::{Exit, Stop};
pub use session::{ColorWhen, FormatName, Global, Session, Streams};

use std::ffi::OsString;
use std::io::{self, BufWriter};
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

/// A rule language and screening engine for export control.
#[derive(Parser, Debug)]
#[command(
    name = "interdict",
    version,
    about,
    disable_help_subcommand = true,
    after_help = "Example:\n  interdict new my_policy\n  interdict check my_policy\n  interdict test my_policy"
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    New(new::New),
    Check(check::Check),
    Fmt(fmt::Fmt),
    Test(test::Test),
    Screen(Box<screen::Screen>),
    Explain(Box<explain::Explain>),
    Diff(Box<diff::Diff>),
    Doc(doc::Doc),
    Emit(emit::Emit),
    Data(data::Data),
    Lsp(lsp::Lsp),
    Completions(completions::Completions),
}

impl Command {
    fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        match self {
            Command::New(command) => command.run(session),
            Command::Check(command) => command.run(session),
            Command::Fmt(command) => command.run(session),
            Command::Test(command) => command.run(session),
            Command::Screen(command) => command.run(session),
            Command::Explain(command) => command.run(session),
            Command::Diff(command) => command.run(session),
            Command::Doc(command) => command.run(session),
            Command::Emit(command) => command.run(session),
            Command::Data(command) => command.run(session),
            Command::Lsp(command) => command.run(session),
            Command::Completions(command) => command.run(session),
        }
    }
}

/// Runs the program on its own arguments and streams. A panic becomes status 70 with a message that says whose fault it is.
pub fn main() -> ExitCode {
    interrupt::watch();
    let exit = fault::guarded(|| {
        let mut input = io::stdin();
        let mut out = BufWriter::new(io::stdout());
        let mut err = io::stderr();
        let mut streams = Streams {
            input: &mut input,
            out: &mut out,
            err: &mut err,
            auto_color: session::auto_color(),
            progress: io::IsTerminal::is_terminal(&io::stderr()),
        };
        run(std::env::args_os(), &mut streams)
    });
    exit.into()
}

/// Runs the command line `args` (the program's name first) on `streams`.
pub fn run(args: impl IntoIterator<Item = OsString>, streams: &mut Streams<'_>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let color = match early_color(&args) {
        ColorChoice::Auto if streams.auto_color => ColorChoice::Always,
        ColorChoice::Auto | ColorChoice::Never => ColorChoice::Never,
        ColorChoice::Always => ColorChoice::Always,
    };
    let parsed = Cli::command()
        .color(color)
        .try_get_matches_from(&args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return not_run(&error, color, streams),
    };
    let mut session = Session::new(cli.global, streams);
    let exit = match cli.command.run(&mut session) {
        Ok(exit) => exit,
        Err(stop) => match session.stopped(&stop) {
            Ok(()) => stop.exit,
            Err(_) => Exit::Io,
        },
    };
    match streams.out.flush() {
        Ok(()) => exit,
        Err(error) => not_written(error, streams),
    }
}

/// Output failed at the very end.
fn not_written(error: io::Error, streams: &mut Streams<'_>) -> Exit {
    let stop = Stop::from(error);
    if let Some(message) = &stop.message {
        // Nothing is left to do where standard error is gone as well.
        let _ = writeln!(streams.err, "error: {message}");
    }
    stop.exit
}

/// Help, version, or a command line that makes no sense.
fn not_run(error: &clap::Error, color: ColorChoice, streams: &mut Streams<'_>) -> Exit {
    let text = match color {
        ColorChoice::Always => error.render().ansi().to_string(),
        ColorChoice::Auto | ColorChoice::Never => error.render().to_string(),
    };
    let (stream, exit) = if error.use_stderr() {
        (&mut *streams.err, Exit::Usage)
    } else {
        (&mut *streams.out, Exit::Done)
    };
    match stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush())
    {
        Ok(()) => exit,
        Err(error) => not_written(error, streams),
    }
}

/// What `--color` says, looked up before the command line is understood, since help is coloured too.
fn early_color(args: &[OsString]) -> ColorChoice {
    let mut words = args.iter().filter_map(|arg| arg.to_str());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        match value {
            Some("always") => return ColorChoice::Always,
            Some("never") => return ColorChoice::Never,
            _ => {}
        }
    }
    ColorChoice::Auto
}

/// The whole command line as clap knows it, for completions and tests.
fn definition() -> clap::Command {
    Cli::command()
}
