//! `interdict fmt`: one canonical layout for rule files.
//!
//! What is written always says the same as before: the formatted text is read again and compared, tree and comments. If
//! they differed, that would be a fault of ours, and the file would be left as it is.

#[cfg(test)]
mod tests;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use similar::TextDiff;

use super::{Exit, Session, Stop, paths};
use crate::diagnostic::{Diagnostic, Merged, counted};
use crate::syntax;
use crate::text::{FileId, SourceMap};

/// Bring rule files into one canonical layout
///
/// Comments stay, and what the files mean does not change. A file with errors in its syntax is left as it is.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict fmt my_policy\n  interdict fmt --check my_policy\n  interdict fmt - < draft.interdict"
)]
pub struct Fmt {
    /// Rule files, folders (with all their sub-folders), or `-` for standard input to standard output
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; show what would change, and end with status 1 if anything would
    #[arg(long)]
    check: bool,
}

/// What became of one file.
enum Formatted {
    /// It is in the canonical layout already.
    Same,
    /// Its text in the canonical layout.
    Changed(String),
    /// It has errors, and they have been kept for the report.
    Unread,
}

/// The files done so far.
#[derive(Default)]
struct Done {
    merged: Merged,
    files: usize,
    changed: usize,
    unread: usize,
}

impl Fmt {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let mut done = Done::default();
        if self.paths.iter().any(|path| path.as_os_str() == "-") {
            self.format_input(session, &mut done)?;
        } else {
            for path in paths::rule_files(&self.paths)? {
                self.format_file(&path, session, &mut done)?;
            }
            session.say(&self.summary(&done))?;
        }
        let no = done.unread > 0 || self.check && done.changed > 0;
        session.report(done.merged.diagnostics, &done.merged.sources)?;
        Ok(if no { Exit::No } else { Exit::Done })
    }

    fn format_file(
        &self,
        path: &Path,
        session: &mut Session<'_, '_>,
        done: &mut Done,
    ) -> Result<(), Stop> {
        let bytes = fs::read(path).map_err(|error| Stop::file("read", path, &error))?;
        let name = paths::shown(path);
        let text = utf8(bytes, &name)?;
        let Formatted::Changed(new) = formatted(&name, &text, done)? else {
            return Ok(());
        };
        if self.check {
            return show_difference(session, &name, &text, &new);
        }
        write_atomically(path, &new).map_err(|error| Stop::file("write", path, &error))?;
        session.detail(&format!("formatted {name}"))
    }

    /// Standard input to standard output.
    fn format_input(&self, session: &mut Session<'_, '_>, done: &mut Done) -> Result<(), Stop> {
        if self.paths.len() > 1 {
            let message = "standard input cannot be formatted together with files";
            return Err(Stop::usage(message).help("give `-` alone"));
        }
        let input = Path::new("standard input");
        let bytes = session.read_input();
        let bytes = bytes.map_err(|error| Stop::file("read", input, &error))?;
        let name = "<standard input>";
        let text = utf8(bytes, name)?;
        match (formatted(name, &text, done)?, self.check) {
            (Formatted::Changed(new), true) => show_difference(session, name, &text, &new),
            (Formatted::Changed(new), false) => Ok(session.out().write_all(new.as_bytes())?),
            (Formatted::Same, false) => Ok(session.out().write_all(text.as_bytes())?),
            (Formatted::Same, true) | (Formatted::Unread, _) => Ok(()),
        }
    }

    fn summary(&self, done: &Done) -> String {
        let files = counted(done.files, "file");
        let mut parts = Vec::new();
        match (done.changed, self.check) {
            (0, _) => {}
            (changed, true) => parts.push(format!("{changed} would change")),
            (changed, false) => parts.push(format!("{changed} changed")),
        }
        if done.unread > 0 {
            parts.push(match done.unread {
                1 => "1 left as it is for its errors".to_owned(),
                unread => format!("{unread} left as they are for their errors"),
            });
        }
        if parts.is_empty() {
            parts.push("nothing to change".to_owned());
        }
        format!("{files}: {}", parts.join(", "))
    }
}

/// The canonical text of a file; the messages go to `done` where it has errors.
fn formatted(name: &str, text: &str, done: &mut Done) -> Result<Formatted, Stop> {
    done.files += 1;
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let (tree, diagnostics) = syntax::parse(&sources, file);
    if diagnostics.iter().any(Diagnostic::is_error) {
        done.unread += 1;
        done.merged.add(&sources, diagnostics);
        return Ok(Formatted::Unread);
    }
    let new = syntax::format(&tree, &sources.file(file).text);
    expect_same_meaning(name, &mut sources, file, &new)?;
    let new = like_source(text, new);
    if new == text {
        return Ok(Formatted::Same);
    }
    done.changed += 1;
    Ok(Formatted::Changed(new))
}

/// Reads the formatted text again: it must say what the file says, with the same comments.
fn expect_same_meaning(
    name: &str,
    sources: &mut SourceMap,
    file: FileId,
    new: &str,
) -> Result<(), Stop> {
    let meaning = |sources: &SourceMap, file: FileId| {
        let (tree, diagnostics) = syntax::parse(sources, file);
        let comments: Vec<_> = tree.comments.iter().map(|c| c.text.clone()).collect();
        let has_errors = diagnostics.iter().any(Diagnostic::is_error);
        (syntax::print_ast(&tree, false), comments, has_errors)
    };
    let formatted = sources.add(name, new);
    if meaning(sources, file) == meaning(sources, formatted) {
        return Ok(());
    }
    let message =
        format!("fault: formatting {name} would change what it says; it is left as it is");
    let help = "this is a fault in Interdict, not in the file: please report it with the file";
    Err(Stop::new(Exit::Fault, message).help(help))
}

/// `new` with the line ends of `text`, and with its byte-order mark.
fn like_source(text: &str, new: String) -> String {
    let mark = if text.starts_with('\u{feff}') {
        "\u{feff}"
    } else {
        ""
    };
    let crlf = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    if crlf {
        return format!("{mark}{}", new.replace('\n', "\r\n"));
    }
    format!("{mark}{new}")
}

fn show_difference(
    session: &mut Session<'_, '_>,
    name: &str,
    text: &str,
    new: &str,
) -> Result<(), Stop> {
    let difference = TextDiff::from_lines(text, new);
    let mut unified = difference.unified_diff();
    let unified = unified
        .header(name, &format!("{name} (formatted)"))
        .to_string();
    Ok(session.out().write_all(unified.as_bytes())?)
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, Stop> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Stop::new(
            Exit::Unreadable,
            format!("{name} is not UTF-8 at byte {at}"),
        )
        .help("save the file as UTF-8")
    })
}

/// Replaces the file in one step: a new file in the same folder, synced, renamed. Permissions stay; a link stays a link.
pub(super) fn write_atomically(path: &Path, text: &str) -> std::io::Result<()> {
    let target = fs::canonicalize(path)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".interdict-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file()
        .set_permissions(fs::metadata(&target)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
