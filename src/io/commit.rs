//! All-or-nothing output: every file is written beside its place under another name, synced, and renamed when all are
//! whole; the manifest last, so that outputs with a manifest are complete.
//!
//! Dropping an [`OutputSet`] without a commit removes what was written, and [`abandon`] does where the program is to end
//! at once. Standard output and devices are written straight away: there is nothing to rename.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

use crate::io::errors::{self, OutputError};

/// Bytes gathered before the system is asked to write.
const WRITE_BUFFER: usize = 1 << 18;

/// The name that messages give standard output.
const STANDARD_OUTPUT: &str = "standard output";

/// What this process has under way, for a signal that ends it.
static UNDER_WAY: Mutex<UnderWay> = Mutex::new(UnderWay {
    temporary: Vec::new(),
    committed: false,
});

/// Files that only this process knows of.
struct UnderWay {
    temporary: Vec<PathBuf>,
    /// Whether outputs are being put in their places, or are there already.
    committed: bool,
}

fn under_way() -> MutexGuard<'static, UnderWay> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes everything that was written and not yet put in its place: the process must end now. Nothing happens, and the
/// answer is no, where outputs are already being put in their places: that is soon over and must not stop half way.
pub fn abandon() -> bool {
    let under_way = under_way();
    if !under_way.committed {
        for file in &under_way.temporary {
            // Where it cannot be removed, a file under another name is left, never half an output.
            let _ = fs::remove_file(file);
        }
        // Nothing may be started any more.
        std::mem::forget(under_way);
        return true;
    }
    false
}

/// Files that are to appear together or not at all.
#[derive(Default)]
pub struct OutputSet {
    inputs: Vec<PathBuf>,
    staged: Vec<Staged>,
}

/// One output that is being written.
struct Staged {
    name: String,
    /// Where it will be; none where it is written straight away.
    place: Option<(PathBuf, NamedTempFile)>,
    flushed: Arc<AtomicBool>,
}

/// Where the bytes of one output go. It must be flushed before the set is committed.
pub struct Sink {
    name: String,
    inner: BufWriter<Box<dyn Write + Send>>,
    flushed: Arc<AtomicBool>,
}

impl Sink {
    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.flushed.store(false, Ordering::Relaxed);
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()?;
        self.flushed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl OutputSet {
    /// An empty set of outputs of a run that reads `inputs` (records, policies, a mapping), none of which may be
    /// overwritten.
    pub fn new(inputs: impl IntoIterator<Item = PathBuf>) -> Self {
        OutputSet {
            inputs: inputs.into_iter().collect(),
            staged: Vec::new(),
        }
    }

    /// Says whether outputs may stand in all these places at once. A run asks before it begins, also for outputs that it
    /// will make only if there is something to write: afterwards it would be too late.
    pub fn check_places(&self, paths: &[&Path]) -> Result<(), OutputError> {
        let mut places: Vec<PathBuf> = Vec::new();
        for path in paths {
            let (name, place) = match *path == Path::new("-") {
                true => (STANDARD_OUTPUT.to_owned(), path.to_path_buf()),
                false => {
                    let name = errors::shown(path);
                    let place = self.check_place(path, &name)?;
                    (name, place)
                }
            };
            if places.contains(&place) {
                return Err(errors::two_outputs(&name));
            }
            if !is_device(&place) {
                places.push(place);
            }
        }
        Ok(())
    }

    /// Starts an output at `path`; `-` is standard output.
    pub fn stage(&mut self, path: &Path) -> Result<Sink, OutputError> {
        if path == Path::new("-") {
            return Ok(self.direct(STANDARD_OUTPUT.to_owned(), Box::new(io::stdout())));
        }
        let name = errors::shown(path);
        let place = self.check_place(path, &name)?;
        if is_device(&place) {
            let device = OpenOptions::new()
                .write(true)
                .open(&place)
                .map_err(|error| errors::write_failed(&name, "opening", error))?;
            return Ok(self.direct(name, Box::new(device)));
        }
        let staged = {
            // The lock is held meanwhile, so that no file is made that nobody would remove.
            let mut under_way = under_way();
            let staged = temporary_beside(&place)
                .map_err(|error| errors::write_failed(&name, "starting the file", error))?;
            under_way.temporary.push(staged.path().to_owned());
            staged
        };
        let file = staged
            .as_file()
            .try_clone()
            .map_err(|error| errors::write_failed(&name, "starting the file", error))?;
        Ok(self.add(name, Some((place, staged)), Box::new(file)))
    }

    fn direct(&mut self, name: String, inner: Box<dyn Write + Send>) -> Sink {
        self.add(name, None, inner)
    }

    fn add(
        &mut self,
        name: String,
        place: Option<(PathBuf, NamedTempFile)>,
        inner: Box<dyn Write + Send>,
    ) -> Sink {
        let flushed = Arc::new(AtomicBool::new(false));
        self.staged.push(Staged {
            name: name.clone(),
            place,
            flushed: Arc::clone(&flushed),
        });
        Sink {
            name,
            inner: BufWriter::with_capacity(WRITE_BUFFER, inner),
            flushed,
        }
    }

    /// The place `path` means, if an output may stand there.
    fn check_place(&self, path: &Path, name: &str) -> Result<PathBuf, OutputError> {
        if path.is_dir() {
            return Err(errors::bad_place(
                name,
                "this is a folder",
                "name a file in it",
            ));
        }
        let folder = folder_of(path);
        if !folder.is_dir() {
            let problem = format!("there is no folder {}", errors::shown(folder));
            return Err(errors::bad_place(name, problem, "make the folder first"));
        }
        // A link is followed, so that what it points to is replaced and the link stays.
        let place = match fs::canonicalize(path) {
            Ok(place) => place,
            Err(_) => fs::canonicalize(folder)
                .map_err(|error| errors::write_failed(name, "opening the folder", error))?
                .join(path.file_name().unwrap_or_default()),
        };
        if self.inputs.iter().any(|input| is_same_file(input, &place)) {
            let problem = "this run reads the file, which would be overwritten";
            return Err(errors::bad_place(name, problem, "write to another file"));
        }
        let taken = |staged: &Staged| {
            staged
                .place
                .as_ref()
                .is_some_and(|(other, _)| *other == place)
        };
        if self.staged.iter().any(taken) {
            return Err(errors::two_outputs(name));
        }
        Ok(place)
    }

    /// Puts every output in its place, in the order they were started, and then the manifest: a path and its
    /// content. A manifest that stands there from an earlier run is removed first, so that none ever stands beside
    /// outputs it does not describe.
    pub fn commit(mut self, manifest: Option<(&Path, &[u8])>) -> Result<(), OutputError> {
        let manifest = match manifest {
            None => None,
            Some((path, bytes)) => {
                let mut sink = self.stage(path)?;
                sink.write_all(bytes)
                    .and_then(|()| sink.flush())
                    .map_err(|error| errors::write_failed(&sink.name, "writing", error))?;
                self.staged
                    .last()
                    .and_then(|staged| staged.place.as_ref())
                    .map(|(place, _)| place.clone())
            }
        };
        for staged in &self.staged {
            staged.sync()?;
        }
        under_way().committed = true;
        if let Some(old) = manifest.filter(|place| place.exists()) {
            fs::remove_file(&old)
                .map_err(|error| errors::write_failed(&errors::shown(&old), "removing", error))?;
        }
        let mut folders: Vec<PathBuf> = Vec::new();
        for staged in self.staged.drain(..) {
            if let Some(folder) = staged.put_in_place()?
                && !folders.contains(&folder)
            {
                folders.push(folder);
            }
        }
        folders.iter().try_for_each(|folder| sync_folder(folder))
    }
}

impl Staged {
    fn sync(&self) -> Result<(), OutputError> {
        if !self.flushed.load(Ordering::Relaxed) {
            return Err(errors::internal(
                &self.name,
                "an output was committed before it was whole",
            ));
        }
        match &self.place {
            None => Ok(()),
            Some((_, file)) => file
                .as_file()
                .sync_all()
                .map_err(|error| errors::write_failed(&self.name, "writing", error)),
        }
    }

    /// Renames the file; gives its folder.
    fn put_in_place(self) -> Result<Option<PathBuf>, OutputError> {
        let Some((place, file)) = self.place else {
            return Ok(None);
        };
        file.persist(&place)
            .map_err(|error| errors::write_failed(&self.name, "renaming", error.error))?;
        Ok(Some(folder_of(&place).to_owned()))
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Whether something other than a file stands at `place` already (a device, a pipe).
fn is_device(place: &Path) -> bool {
    fs::metadata(place).is_ok_and(|meta| !meta.is_file() && !meta.is_dir())
}

fn temporary_beside(place: &Path) -> io::Result<NamedTempFile> {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".{name}.");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".part");
    let permissions = match fs::metadata(place) {
        Ok(meta) => Some(meta.permissions()),
        Err(_) => usual_permissions(),
    };
    if let Some(permissions) = &permissions {
        builder.permissions(permissions.clone());
    }
    builder.tempfile_in(folder_of(place))
}

/// What a new file normally gets; the system takes away what the user's mask says.
#[cfg(unix)]
fn usual_permissions() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<fs::Permissions> {
    None
}

#[cfg(unix)]
fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// Makes the renaming last.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), OutputError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| errors::write_failed(&errors::shown(folder), "writing the folder", error))
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<(), OutputError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn write(set: &mut OutputSet, path: &Path, text: &str) {
        let mut sink = set.stage(path).unwrap();
        sink.write_all(text.as_bytes()).unwrap();
        sink.flush().unwrap();
    }

    #[test]
    fn nothing_appears_before_the_commit_and_everything_after() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.csv"), "old").unwrap();
        let mut set = OutputSet::new([]);
        write(&mut set, &at("a.csv"), "new");
        write(&mut set, &at("b.csv"), "b");
        assert_eq!(fs::read_to_string(at("a.csv")).unwrap(), "old");
        assert!(!at("b.csv").exists());
        set.commit(Some((&at("a.csv.manifest.json"), b"{}")))
            .unwrap();
        assert_eq!(fs::read_to_string(at("a.csv")).unwrap(), "new");
        assert_eq!(
            names(folder.path()),
            ["a.csv", "a.csv.manifest.json", "b.csv"]
        );
    }

    #[test]
    fn a_run_that_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut set = OutputSet::new([]);
        let mut sink = set.stage(&path).unwrap();
        sink.write_all(b"half").unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        drop(set);
        drop(sink);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn an_output_that_is_not_whole_is_not_committed() {
        let folder = tempfile::tempdir().unwrap();
        let mut set = OutputSet::new([]);
        let mut sink = set.stage(&folder.path().join("a.csv")).unwrap();
        sink.write_all(b"half").unwrap();
        assert_eq!(set.commit(None).unwrap_err().status(), 70);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn places_that_cannot_be_outputs_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("in.csv"), "x").unwrap();
        fs::create_dir(at("sub")).unwrap();
        let mut set = OutputSet::new([at("sub/../in.csv")]);
        let mut refused = |name: &str| match set.stage(&at(name)) {
            Err(error) => {
                assert_eq!(error.status(), 2);
                error.to_string()
            }
            Ok(_) => String::new(),
        };
        assert!(refused("in.csv").contains("this run reads the file"));
        assert!(refused("sub").contains("this is a folder"));
        assert!(refused("no/out.csv").contains("there is no folder"));
        assert!(refused("out.csv").is_empty());
        assert!(refused("out.csv").contains("two outputs"));
    }

    #[test]
    fn places_are_checked_together_and_nothing_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("in.csv"), "x").unwrap();
        let set = OutputSet::new([at("in.csv")]);
        let check = |names: &[&str]| {
            let paths: Vec<PathBuf> = names.iter().map(|name| at(name)).collect();
            let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
            set.check_places(&paths).map_err(|error| error.to_string())
        };
        assert_eq!(check(&["a.csv", "b.csv"]), Ok(()));
        assert!(
            check(&["a.csv", "in.csv"])
                .unwrap_err()
                .contains("this run reads the file")
        );
        assert!(
            check(&["a.csv", "a.csv"])
                .unwrap_err()
                .contains("two outputs")
        );
        let standard = Path::new("-");
        let text = set
            .check_places(&[standard, standard])
            .unwrap_err()
            .to_string();
        assert!(text.starts_with("standard output: two outputs"), "{text}");
        assert_eq!(names(folder.path()), ["in.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_devices_written_straight() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("in.csv"), "x").unwrap();
        fs::hard_link(at("in.csv"), at("hard.csv")).unwrap();
        fs::write(at("real.csv"), "old").unwrap();
        std::os::unix::fs::symlink(at("real.csv"), at("link.csv")).unwrap();
        let mut set = OutputSet::new([at("in.csv")]);
        assert!(set.stage(&at("hard.csv")).is_err());
        write(&mut set, &at("link.csv"), "new");
        write(&mut set, Path::new("/dev/null"), "gone");
        set.commit(None).unwrap();
        assert_eq!(fs::read_to_string(at("real.csv")).unwrap(), "new");
        assert!(fs::symlink_metadata(at("link.csv")).unwrap().is_symlink());
        assert!(is_device(Path::new("/dev/null")));
    }
}
