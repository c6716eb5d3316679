//! The bundle that reproduces a fault: everything that two engines disagreed about, in a folder that can be sent.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::words::quoted;
use crate::io::OutputError;
use crate::io::commit::OutputSet;
use crate::io::output::{OutputKind, OutputOptions, writer};
use crate::io::screening::{Fault, FaultRow};
use crate::model::DataFile;
use crate::text::SourceMap;

/// The run in which the engines disagreed.
pub(super) struct Bundle<'a> {
    /// The policies as named.
    pub policies: &'a [PathBuf],
    /// Their files and what these import.
    pub sources: &'a SourceMap,
    /// The files that their lists are read from.
    pub data: Vec<&'a DataFile>,
    /// The mapping file.
    pub mapping: Option<&'a Path>,
    /// What else of the command line a verdict depends on, word by word.
    pub options: Vec<String>,
    /// The engine asked for.
    pub engine: String,
}

/// Where the bundle of a run with this output goes: beside it, under a name that nothing has yet.
pub(super) fn place(output: &Path) -> PathBuf {
    let name = match output == Path::new("-") {
        true => "interdict".into(),
        false => output.file_name().unwrap_or_default().to_os_string(),
    };
    let numbered = |number: u32| {
        let mut name = name.clone();
        name.push(".fault");
        if number > 1 {
            name.push(format!("-{number}"));
        }
        output.with_file_name(name)
    };
    let mut free = (1..).map(numbered).filter(|place| !place.exists());
    free.next().expect("some number is free")
}

impl Bundle<'_> {
    /// Makes `folder` and writes the bundle into it.
    pub fn write(&self, fault: &Fault, folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)?;
        let policies = self.write_policies(&folder.join("policies"))?;
        if let Some(mapping) = self.mapping {
            fs::copy(mapping, folder.join("mapping.toml"))?;
        }
        let record = match &fault.row {
            Some(row) => write_record(row, folder).map_err(io::Error::other)?,
            // Without a record the disagreement shows before the first one is read.
            None => fs::write(folder.join("record.jsonl"), "").map(|()| "record.jsonl")?,
        };
        let command = self.command(&policies, record);
        let about = serde_json::to_vec_pretty(&self.about(fault, &command))?;
        fs::write(folder.join("fault.json"), about)?;
        fs::write(folder.join("README.txt"), readme(fault, &command))
    }

    /// Copies the policies' files, in the places they have to one another; gives where the policies named are.
    fn write_policies(&self, folder: &Path) -> io::Result<Vec<String>> {
        let files: Vec<(PathBuf, &str)> = self
            .sources
            .iter()
            .map(|(_, file)| (whole(Path::new(&file.name)), file.text.as_str()))
            .collect();
        let named: Vec<PathBuf> = self.policies.iter().map(|path| whole(path)).collect();
        let data = self.data.iter().map(|file| whole(Path::new(&*file.name)));
        let data: Vec<PathBuf> = data.collect();
        let paths = files
            .iter()
            .map(|(path, _)| path)
            .chain(&data)
            .chain(&named);
        let root = common_folder(paths);
        let inside = |path: &Path| path.strip_prefix(&root).unwrap_or(path).to_owned();
        fs::create_dir_all(folder)?;
        // The folder is a workspace of its own, so that imports are found in it.
        fs::write(folder.join("interdict.toml"), "citations = \"optional\"\n")?;
        for (path, text) in &files {
            let place = folder.join(inside(path));
            fs::create_dir_all(place.parent().unwrap_or(folder))?;
            fs::write(place, text)?;
        }
        for path in &data {
            let place = folder.join(inside(path));
            fs::create_dir_all(place.parent().unwrap_or(folder))?;
            fs::copy(path, place)?;
        }
        let shown = |path: &PathBuf| format!("policies/{}", super::paths::shown(&inside(path)));
        Ok(named.iter().map(shown).collect())
    }

    fn command(&self, policies: &[String], record: &str) -> String {
        let mut words = vec!["interdict".to_owned(), "screen".to_owned()];
        words.extend_from_slice(policies);
        words.push(record.to_owned());
        if self.mapping.is_some() {
            words.extend(["--map".to_owned(), "mapping.toml".to_owned()]);
        }
        words.extend_from_slice(&self.options);
        words.extend("--verify all --keep all -o -".split(' ').map(str::to_owned));
        words
            .iter()
            .map(|word| quoted(word))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn about(&self, fault: &Fault, command: &str) -> Value {
        let row = fault.row.as_ref();
        let fields = fault.found.record.iter();
        let fields = fields.map(|(field, value)| (field.clone(), Value::from(value.as_str())));
        json!({
            "interdict": env!("CARGO_PKG_VERSION"),
            "system": format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            "time_zone_database": crate::domain::Zone::database_version(),
            "engine": self.engine,
            "command": command,
            "found": fault.found.what.lines().collect::<Vec<_>>(),
            "file": row.map(|row| &*row.file),
            "row": row.map(|row| row.row),
            "record": fields.collect::<serde_json::Map<_, _>>(),
        })
    }
}

/// The row as JSON Lines, for people; where its columns have types also as Parquet, which keeps them. Gives the name of
/// the file to screen.
fn write_record(row: &FaultRow, folder: &Path) -> Result<&'static str, OutputError> {
    let write = |name: &str, kind| {
        let mut set = OutputSet::default();
        let sink = set.stage(&folder.join(name))?;
        let mut writer = writer(kind, sink, row.record.schema(), &OutputOptions::default())?;
        writer.write(&row.record)?;
        writer.finish()?;
        set.commit(None)
    };
    write("record.jsonl", OutputKind::JsonLines)?;
    let schema = row.record.schema();
    let is_text =
        |field: &arrow_schema::FieldRef| *field.data_type() == arrow_schema::DataType::Utf8;
    if schema.fields().iter().all(is_text) {
        return Ok("record.jsonl");
    }
    write("record.parquet", OutputKind::Parquet)?;
    Ok("record.parquet")
}

fn readme(fault: &Fault, command: &str) -> String {
    let record = match &fault.row {
        Some(row) => format!("the record: row {} of {}", row.row, row.file),
        None => "empty: the engines disagree before a record is read".to_owned(),
    };
    format!(
        "Two engines of Interdict {version} disagree. This is a fault in Interdict, not in the policy or the data.\n\
         \n\
         record.*        {record}\n\
         policies/       the policies it was screened with\n\
         mapping.toml    the mapping file, where there was one\n\
         fault.json      what each engine said, the options and the versions\n\
         \n\
         This shows it again, in this folder:\n\
         \n\
         \x20 {command}\n\
         \n\
         Please report it with this folder. It holds the policies and the record: look through them first, and put other\n\
         values in the place of what must not leave the house, as long as the fault still shows.\n\
         \n\
         Until it is mended, `--engine reference` screens without the engine at fault. It takes longer.\n",
        version = env!("CARGO_PKG_VERSION"),
    )
}

/// A path from the root, without links, where there is such a file.
fn whole(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// The deepest folder that holds all paths.
fn common_folder<'p>(paths: impl Iterator<Item = &'p PathBuf>) -> PathBuf {
    let folders = paths.map(|path| path.parent().unwrap_or(path).to_owned());
    let common = folders.reduce(|a, b| {
        let same = a
            .components()
            .zip(b.components())
            .take_while(|(a, b)| a == b);
        same.map(|(part, _)| part).collect()
    });
    common.unwrap_or_default()
}
