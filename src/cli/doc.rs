//! `interdict doc`: the handbook of policies.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::frontend::Asked;
use super::paths::shown;
use super::records::stop_of;
use super::words::of;
use super::{Exit, Session, Stop, frontend};
use crate::io::commit::OutputSet;
use crate::io::errors;
use crate::report::handbook::{HandbookFile, handbook};

/// The file that says that a folder is a handbook, and what is in it.
const MARK: &str = "handbook.json";

/// Make the handbook of policies
///
/// Pages for people who read the rules: every rule in reading form with its days on a line of time, exceptions, thresholds
/// and tests; the record, definitions, sets with their members by day, lists, a glossary, and a search. They work from the
/// folder, without a server; start at index.html. An earlier handbook in the folder is replaced, anything else is not.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict doc my_policy -o handbook\n  interdict doc policies/cn policies/us -o handbook"
)]
pub struct Doc {
    /// Policies: folders with rule files, or rule files; several have one handbook
    #[arg(required = true, value_name = "POLICY")]
    paths: Vec<PathBuf>,
    /// The folder of the handbook; it is made where it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

impl Doc {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let earlier = earlier_files(&self.output)?;
        let checked = frontend::load(&self.paths, Asked::default())?;
        let failed = checked.has_errors();
        session.report(checked.diagnostics, &checked.sources)?;
        let Some(model) = checked.model else {
            return match failed {
                true => Ok(Exit::No),
                false => Err(frontend::no_policy(&self.paths)),
            };
        };
        let files = handbook(&model, &checked.files);
        fs::create_dir_all(&self.output)
            .map_err(|error| Stop::file("make", &self.output, &error))?;
        let read = model
            .sources
            .iter()
            .map(|(_, file)| PathBuf::from(&file.name));
        write(&self.output, &files, read.collect())?;
        let is_old = |name: &&String| !files.iter().any(|file| file.name == **name);
        for old in earlier.iter().filter(is_old) {
            let path = self.output.join(old);
            fs::remove_file(&path).map_err(|error| Stop::file("remove", &path, &error))?;
        }
        session.say(&format!(
            "wrote {} ({}); open {} in a browser",
            shown(&self.output),
            of(files.len() as u64, "file"),
            shown(&self.output.join("index.html"))
        ))?;
        Ok(Exit::Done)
    }
}

/// Writes all files at once, last the one that says which they are.
fn write(folder: &Path, files: &[HandbookFile], read: Vec<PathBuf>) -> Result<(), Stop> {
    let mut set = OutputSet::new(read);
    let stop = |error: errors::OutputError| stop_of(error.into());
    for file in files {
        let mut sink = set.stage(&folder.join(&file.name)).map_err(stop)?;
        sink.write_all(file.text.as_bytes())
            .and_then(|()| sink.flush())
            .map_err(|error| stop(errors::write_failed(sink.name(), "writing", error)))?;
    }
    let names: Vec<&str> = files.iter().map(|file| &*file.name).collect();
    let mark = json!({ "interdict": env!("CARGO_PKG_VERSION"), "files": names });
    let mark = format!("{mark:#}\n");
    set.commit(Some((&folder.join(MARK), mark.as_bytes())))
        .map_err(stop)
}

/// The files of the handbook that stands in the folder; none where there is nothing.
fn earlier_files(folder: &Path) -> Result<Vec<String>, Stop> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Stop::file("read", folder, &error)),
    };
    let mark = folder.join(MARK);
    if let Ok(text) = fs::read_to_string(&mark)
        && let Ok(mark) = serde_json::from_str::<Value>(&text)
        && let Some(files) = mark["files"].as_array()
    {
        let names = files
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| is_plain(name));
        let names = names.filter(|name| folder.join(name).is_file());
        return Ok(names.map(str::to_owned).collect());
    }
    match entries.count() {
        0 => Ok(Vec::new()),
        _ => Err(Stop::usage(format!(
            "{} holds something that is no handbook",
            shown(folder)
        ))
        .help("name a new folder, or an empty one: an earlier handbook is replaced, anything else is left alone")),
    }
}

/// Whether a name may be one of a handbook's: nothing outside its folder is ever removed.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.chars().all(plain) && (name.ends_with(".html") || name.ends_with(".js"))
}
