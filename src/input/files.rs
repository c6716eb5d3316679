//! Which files make up the book: names and folders in, a sorted list of files with their kinds out.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use crate::input::errors::{self, InputError};

/// The name that messages give standard input.
const STANDARD_INPUT: &str = "standard input";

/// How records are laid out in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, quotes as in RFC 4180.
    Csv,
    /// Tab-separated, quotes as in CSV.
    Tsv,
    /// One JSON object per line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow IPC, as a file or a stream.
    Arrow,
}

/// How a text file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    Plain,
    /// gzip, one or more members.
    Gzip,
    /// Zstandard, one or more frames.
    Zstd,
}

/// Layout and packing of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The layout.
    pub format: Format,
    /// The packing; text formats only.
    pub compression: Compression,
}

impl Format {
    /// Whether the format has lines.
    pub fn is_text(self) -> bool {
        match self {
            Format::Csv | Format::Tsv | Format::JsonLines => true,
            Format::Parquet | Format::Arrow => false,
        }
    }

    fn from_extension(extension: &str) -> Option<Format> {
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "jsonl" | "ndjson" => Some(Format::JsonLines),
            "parquet" => Some(Format::Parquet),
            "arrow" | "arrows" | "ipc" | "feather" => Some(Format::Arrow),
            _ => None,
        }
    }
}

impl Compression {
    fn from_extension(extension: &str) -> Option<Compression> {
        match extension.to_ascii_lowercase().as_str() {
            "gz" => Some(Compression::Gzip),
            "zst" => Some(Compression::Zstd),
            _ => None,
        }
    }
}

impl Kind {
    /// The kind that a file name says.
    pub fn from_name(name: &str) -> Option<Kind> {
        let (stem, last) = name.rsplit_once('.')?;
        let Some(compression) = Compression::from_extension(last) else {
            let format = Format::from_extension(last)?;
            return Some(Kind {
                format,
                compression: Compression::Plain,
            });
        };
        let (_, inner) = stem.rsplit_once('.')?;
        let format = Format::from_extension(inner).filter(|format| format.is_text())?;
        Some(Kind {
            format,
            compression,
        })
    }
}

impl FromStr for Kind {
    type Err = String;

    /// Reads what `--input-format` takes: `csv`, `jsonl.gz`, …
    fn from_str(text: &str) -> Result<Kind, String> {
        Kind::from_name(&format!(".{text}")).ok_or_else(|| {
            "one of csv, tsv, jsonl (each also .gz, .zst), parquet, arrow is expected".to_owned()
        })
    }
}

/// What the user named as an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputSpec {
    /// A file, a folder, or `-` for standard input.
    pub path: PathBuf,
    /// The kind, where it was said; else the names say it.
    pub kind: Option<Kind>,
}

impl InputSpec {
    /// An input whose name says its kind.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        InputSpec {
            path: path.into(),
            kind: None,
        }
    }

    /// An input of the given kind.
    pub fn with_kind(path: impl Into<PathBuf>, kind: Kind) -> Self {
        InputSpec {
            path: path.into(),
            kind: Some(kind),
        }
    }
}

/// One file of the book.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// The name to show.
    pub name: Arc<str>,
    /// Where it is; none for standard input.
    pub path: Option<PathBuf>,
    /// Layout and packing.
    pub kind: Kind,
    /// Its size as stored, where known.
    pub bytes: Option<u64>,
}

/// The files that `inputs` name, sorted by the bytes of their names. In folders, which are searched to the
/// bottom, names that start with `.` or `_` do not count.
pub fn find_files(inputs: &[InputSpec]) -> Result<Vec<InputFile>, InputError> {
    if inputs.is_empty() {
        return Err(errors::no_inputs());
    }
    let mut files = Vec::new();
    for input in inputs {
        if input.path == Path::new("-") {
            files.push(standard_input(input)?);
            continue;
        }
        let meta = fs::metadata(&input.path)
            .map_err(|error| errors::io_failed(&errors::shown(&input.path), "opening", error))?;
        if meta.is_dir() {
            let before = files.len();
            add_folder(&input.path, input.kind, &mut files)?;
            if files.len() == before {
                return Err(errors::empty_folder(&errors::shown(&input.path)));
            }
        } else {
            files.push(named_file(&input.path, input.kind, meta.len())?);
        }
    }
    files.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
    check_distinct(&files)?;
    Ok(files)
}

fn standard_input(input: &InputSpec) -> Result<InputFile, InputError> {
    let kind = input
        .kind
        .ok_or_else(|| errors::unknown_kind(STANDARD_INPUT))?;
    if kind.format == Format::Parquet {
        return Err(errors::not_from_stdin("Parquet"));
    }
    Ok(InputFile {
        name: STANDARD_INPUT.into(),
        path: None,
        kind,
        bytes: None,
    })
}

fn named_file(path: &Path, kind: Option<Kind>, bytes: u64) -> Result<InputFile, InputError> {
    let name = errors::shown(path);
    let by_name = path
        .file_name()
        .and_then(|name| Kind::from_name(&name.to_string_lossy()));
    let kind = match kind {
        Some(kind) => packed_as_named(kind, path),
        None => by_name.ok_or_else(|| errors::unknown_kind(&name))?,
    };
    Ok(InputFile {
        name: name.into(),
        path: Some(path.to_owned()),
        kind,
        bytes: Some(bytes),
    })
}

/// `kind`, with the packing that the last part of the name says where `kind` says none.
fn packed_as_named(kind: Kind, path: &Path) -> Kind {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy());
    let packing = extension.and_then(|extension| Compression::from_extension(&extension));
    match (kind.compression, packing) {
        (Compression::Plain, Some(compression)) if kind.format.is_text() => Kind {
            compression,
            ..kind
        },
        _ => kind,
    }
}

fn add_folder(
    folder: &Path,
    kind: Option<Kind>,
    files: &mut Vec<InputFile>,
) -> Result<(), InputError> {
    let failed = |error| errors::io_failed(&errors::shown(folder), "reading the folder", error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(['.', '_']) {
            continue;
        }
        let path = entry.path();
        let meta = fs::metadata(&path)
            .map_err(|error| errors::io_failed(&errors::shown(&path), "opening", error))?;
        if !meta.is_dir() {
            files.push(named_file(&path, kind, meta.len())?);
        } else if entry.file_type().map_err(failed)?.is_symlink() {
            return Err(errors::linked_folder(&errors::shown(&path)));
        } else {
            add_folder(&path, kind, files)?;
        }
    }
    Ok(())
}

fn check_distinct(files: &[InputFile]) -> Result<(), InputError> {
    let mut seen: HashMap<Option<PathBuf>, ()> = HashMap::new();
    for file in files {
        let place = match &file.path {
            Some(path) => Some(
                fs::canonicalize(path)
                    .map_err(|error| errors::io_failed(&file.name, "opening", error))?,
            ),
            None => None,
        };
        if seen.insert(place, ()).is_some() {
            return Err(errors::named_twice(&file.name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_kinds() {
        let kind = |name| Kind::from_name(name).map(|kind| (kind.format, kind.compression));
        assert_eq!(kind("a.csv"), Some((Format::Csv, Compression::Plain)));
        assert_eq!(
            kind("a.b.JSONL.zst"),
            Some((Format::JsonLines, Compression::Zstd))
        );
        assert_eq!(kind("a.tsv.gz"), Some((Format::Tsv, Compression::Gzip)));
        assert_eq!(kind("a.feather"), Some((Format::Arrow, Compression::Plain)));
        for name in ["a", "a.gz", "a.parquet.gz", "a.txt", "csv", "a.json"] {
            assert_eq!(kind(name), None, "{name}");
        }
        assert_eq!("csv.gz".parse(), Ok(Kind::from_name("x.csv.gz").unwrap()));
        assert!("xml".parse::<Kind>().is_err());
    }

    #[test]
    fn folders_are_searched_and_sorted_by_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("b/deep")).unwrap();
        fs::create_dir_all(at(".git")).unwrap();
        for name in [
            "b/deep/x.csv",
            "b.csv",
            "Z.csv",
            "é.csv",
            ".hidden",
            "_SUCCESS",
            ".git/config",
        ] {
            fs::write(at(name), "a\n").unwrap();
        }
        let files = find_files(&[InputSpec::new(folder.path())]).unwrap();
        let prefix = errors::shown(folder.path()) + "/";
        let names: Vec<&str> = files
            .iter()
            .map(|f| f.name.strip_prefix(&prefix).unwrap())
            .collect();
        assert_eq!(names, ["Z.csv", "b.csv", "b/deep/x.csv", "é.csv"]);

        let twice = [InputSpec::new(folder.path()), InputSpec::new(at("b.csv"))];
        let text = find_files(&twice).unwrap_err().to_string();
        assert!(text.contains("b.csv: the file is named twice"), "{text}");

        fs::write(at("readme.txt"), "x").unwrap();
        let error = find_files(&[InputSpec::new(folder.path())]).unwrap_err();
        assert!(error.to_string().contains("readme.txt") && error.status() == 65);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let error = find_files(&[InputSpec::new(folder.path())]).unwrap_err();
        assert!(error.to_string().contains("holds no input file"));
        let error = find_files(&[InputSpec::new(folder.path().join("no.csv"))]).unwrap_err();
        assert_eq!(error.status(), 74);
        assert!(find_files(&[InputSpec::new("-")]).is_err());
        assert!(find_files(&[]).is_err());
    }
}
