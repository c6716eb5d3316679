//! The manifest beside an output: what was run on what and what came of it, the same bytes for the same run.
//!
//! It holds no time of day and no path but those the user wrote, so that two runs can be compared.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::children::ChildNotes;
use super::totals::RejectedRows;
use crate::input::FileNotes;
use crate::input::errors::{self, InputError};
use crate::input::hash::hex;

/// Bytes hashed at a time.
const HASH_BUFFER: usize = 1 << 20;

/// Everything that is said about a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Manifest {
    /// The version of this program.
    pub interdict: String,
    /// Which evaluator judged the records.
    pub engine: Engine,
    /// The release of the time-zone database that was built in.
    pub time_zone_database: String,
    /// Every policy file, in the order read.
    pub policies: Vec<HashedFile>,
    /// Every file that lists are read from, in the order of declaration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<HashedFile>,
    /// The mapping file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<HashedFile>,
    /// Every input, in the order read.
    pub inputs: Vec<InputEntry>,
    /// Every child table, those of outer lists first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<ChildEntry>,
    /// Options that were given, by name.
    pub options: Map<String, Value>,
    /// What became of the rows.
    pub rows: RowCounts,
    /// How rejected rows were taken into aggregates, where the policies ask any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregates: Option<RejectedRows>,
    /// Records per verdict, from least to most severe.
    pub verdicts: Map<String, Value>,
    /// Records per rule, in the order of declaration.
    pub rules: Vec<RuleCounts>,
    /// The decisions written.
    pub decisions: Decisions,
}

/// Which evaluator judged the records.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Engine {
    /// The one asked for.
    pub asked: String,
    /// The one used: `jit`, `portable` or `reference`.
    pub used: String,
    /// Why that one.
    pub because: String,
}

/// A file and its hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HashedFile {
    /// The path as written by the user, with forward slashes.
    pub file: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
}

/// An input file and what was found in it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InputEntry {
    /// The path as written by the user, with forward slashes.
    pub file: String,
    /// SHA-256 of the bytes as stored, in hexadecimal.
    pub sha256: String,
    /// Rows found, rejected ones included.
    pub rows: u64,
    /// Lines with nothing on them.
    #[serde(skip_serializing_if = "is_zero")]
    pub blank_lines: u64,
    /// The last line had no line end.
    #[serde(skip_serializing_if = "is_false")]
    pub unterminated_last_line: bool,
    /// Columns of the policy that the file does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent_columns: Vec<String>,
}

/// A child table and what was found in it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChildEntry {
    /// The list whose elements its rows are.
    pub list: String,
    /// The file, its hash and its rows.
    #[serde(flatten)]
    pub file: InputEntry,
    /// Rows that belong to no record.
    pub orphans: u64,
}

/// What became of the rows: `read` is `screened` plus `rejected`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowCounts {
    /// Rows found.
    pub read: u64,
    /// Rows judged.
    pub screened: u64,
    /// Rows that could not be read.
    pub rejected: u64,
}

/// What a rule did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleCounts {
    /// The rule's name as in the decisions.
    pub rule: String,
    /// Records it applies on.
    pub applies: u64,
    /// Records on which it is open.
    pub unknown: u64,
    /// Records on which an exception or suspension was what kept it from applying.
    pub stopped: u64,
}

/// The decisions written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Decisions {
    /// Rows written.
    pub rows: u64,
    /// SHA-256 of the rows in their CSV form, whatever the output's format.
    pub sha256: String,
}

impl InputEntry {
    /// What is to be said about `file`.
    pub fn new(file: HashedFile, notes: FileNotes) -> Self {
        InputEntry {
            file: file.file,
            sha256: file.sha256,
            rows: notes.rows,
            blank_lines: notes.blank_lines,
            unterminated_last_line: notes.unterminated_last_line,
            absent_columns: notes.absent_columns,
        }
    }
}

impl ChildEntry {
    /// What is to be said about `file`.
    pub fn new(file: HashedFile, notes: ChildNotes) -> Self {
        ChildEntry {
            list: notes.list,
            file: InputEntry::new(file, notes.notes),
            orphans: notes.orphans,
        }
    }
}

impl Manifest {
    /// The file's content: indented JSON with a line end.
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a manifest has only text keys");
        bytes.push(b'\n');
        bytes
    }
}

/// Where the manifest of `output` stands: beside it, with `.manifest.json` behind its name.
pub fn manifest_path(output: &Path) -> PathBuf {
    let mut name = output.file_name().unwrap_or_default().to_owned();
    name.push(".manifest.json");
    output.with_file_name(name)
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn is_false(value: &bool) -> bool {
    !value
}

/// SHA-256 of a file, read in pieces.
pub fn sha256_of_file(path: &Path) -> Result<String, InputError> {
    hash_file(path).map_err(|error| errors::io_failed(&errors::shown(path), "reading", error))
}

fn hash_file(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; HASH_BUFFER];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(read) => hash.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Files being hashed while they are screened: each is read once more, on a thread of its own, which costs one to
/// three seconds of processor time for every gigabyte.
pub struct HashJob {
    paths: Vec<PathBuf>,
    thread: JoinHandle<io::Result<Vec<String>>>,
}

impl HashJob {
    /// Starts to hash `paths` one after the other.
    pub fn start(paths: Vec<PathBuf>) -> HashJob {
        let own = paths.clone();
        let thread = std::thread::spawn(move || own.iter().map(|path| hash_file(path)).collect());
        HashJob { paths, thread }
    }

    /// Waits for the hashes, in the order of the paths.
    pub fn finish(self) -> Result<Vec<HashedFile>, InputError> {
        let hashes = self.thread.join().expect("hashing does not panic");
        let first = self
            .paths
            .first()
            .map(|path| errors::shown(path))
            .unwrap_or_default();
        let hashes =
            hashes.map_err(|error| errors::io_failed(&first, "hashing the inputs", error))?;
        let named = |(path, sha256): (&PathBuf, String)| HashedFile {
            file: errors::shown(path),
            sha256,
        };
        Ok(self.paths.iter().zip(hashes).map(named).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::hash::sha256;

    #[test]
    fn files_are_hashed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = ["b", "a"].map(|name| folder.path().join(name)).to_vec();
        std::fs::write(&paths[0], "abc").unwrap();
        std::fs::write(&paths[1], vec![b'x'; 3 << 20]).unwrap();
        let hashed = HashJob::start(paths.clone()).finish().unwrap();
        assert_eq!(
            hashed[0].sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(hashed[1].sha256, sha256(&vec![b'x'; 3 << 20]));
        assert_eq!(hashed[0].sha256, sha256_of_file(&paths[0]).unwrap());
        assert_eq!(
            HashJob::start(vec![folder.path().join("no")])
                .finish()
                .unwrap_err()
                .status(),
            74
        );
    }

    #[test]
    fn the_manifest_keeps_the_order_it_was_given() {
        let mut manifest = Manifest {
            interdict: "0.1.0".into(),
            ..Manifest::default()
        };
        manifest.verdicts.insert("review".into(), 1.into());
        manifest.verdicts.insert("deny".into(), 2.into());
        let text = String::from_utf8(manifest.to_json()).unwrap();
        assert!(text.find("review").unwrap() < text.find("deny").unwrap());
        assert!(text.ends_with("}\n") && !text.contains("blank_lines"));
        assert_eq!(
            manifest_path(Path::new("out/d.csv")),
            Path::new("out/d.csv.manifest.json")
        );
    }
}
