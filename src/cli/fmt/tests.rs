//! `interdict fmt` as a user meets it.

use std::fs;

use crate::cli::Exit;
use crate::cli::tests::{interdict, interdict_with};

const MESSY: &str = "verdicts a<b # two\notherwise   a\n";
const CANONICAL: &str = "verdicts a < b  # two\notherwise a\n";

/// A folder with one rule file in it, and the paths of both.
fn folder_with(text: &[u8]) -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("policy.interdict");
    fs::write(&file, text).expect("a file");
    let shown = |path: &std::path::Path| path.to_str().expect("a path").to_owned();
    let paths = (shown(folder.path()), shown(&file));
    (folder, paths.0, paths.1)
}

#[test]
fn files_of_a_folder_are_rewritten_once() {
    let (_folder, folder, file) = folder_with(MESSY.as_bytes());
    let ran = interdict(&["fmt", &folder]);
    assert_eq!(
        (ran.exit, ran.err.as_str()),
        (Exit::Done, "1 file: 1 changed\n")
    );
    assert_eq!(fs::read_to_string(&file).expect("the file"), CANONICAL);
    let again = interdict(&["fmt", &file]);
    assert_eq!(again.err, "1 file: nothing to change\n");
    let left = fs::read_dir(&folder).expect("the folder").count();
    assert_eq!(left, 1, "a temporary file was left behind");
}

#[test]
fn check_shows_what_would_change_and_changes_nothing() {
    let (_folder, folder, file) = folder_with(MESSY.as_bytes());
    let ran = interdict(&["fmt", "--check", &folder]);
    assert_eq!(ran.exit, Exit::No);
    assert!(ran.out.contains("-verdicts a<b # two\n"), "{}", ran.out);
    assert!(ran.out.contains("+verdicts a < b  # two\n"), "{}", ran.out);
    assert_eq!(ran.err, "1 file: 1 would change\n");
    assert_eq!(fs::read_to_string(&file).expect("the file"), MESSY);
    interdict(&["fmt", &folder]);
    let ran = interdict(&["fmt", "--check", &folder]);
    assert_eq!((ran.exit, ran.out.as_str()), (Exit::Done, ""));
}

#[test]
fn a_file_with_errors_is_reported_and_left_alone() {
    let text = "verdicts a<<b\notherwise a\n";
    let (_folder, folder, file) = folder_with(text.as_bytes());
    let ran = interdict(&["fmt", &folder]);
    assert_eq!(ran.exit, Exit::No);
    assert!(ran.err.contains("1 left as it is"), "{}", ran.err);
    assert!(ran.err.contains("error[E"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&file).expect("the file"), text);
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    let text = format!("\u{feff}{}", MESSY.replace('\n', "\r\n"));
    let (_folder, folder, file) = folder_with(text.as_bytes());
    assert_eq!(interdict(&["fmt", &folder]).exit, Exit::Done);
    let expected = format!("\u{feff}{}", CANONICAL.replace('\n', "\r\n"));
    assert_eq!(fs::read_to_string(&file).expect("the file"), expected);
    assert_eq!(interdict(&["fmt", "--check", &folder]).exit, Exit::Done);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let ran = interdict_with(&["fmt", "-"], MESSY);
    assert_eq!((ran.exit, ran.out.as_str()), (Exit::Done, CANONICAL));
    assert_eq!(
        interdict_with(&["fmt", "--check", "-"], MESSY).exit,
        Exit::No
    );
    assert_eq!(
        interdict_with(&["fmt", "--check", "-"], CANONICAL).exit,
        Exit::Done
    );
    let wrong = interdict_with(&["fmt", "-"], "rule {");
    assert_eq!((wrong.exit, wrong.out.as_str()), (Exit::No, ""));
    assert_eq!(
        interdict_with(&["fmt", "-", "a.interdict"], "").exit,
        Exit::Usage
    );
}

#[test]
fn a_new_policy_is_in_the_canonical_layout() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = folder.path().join("magnets");
    let path = policy.to_str().expect("a path");
    assert_eq!(interdict(&["new", path]).exit, Exit::Done);
    let ran = interdict(&["fmt", "--check", path]);
    assert_eq!((ran.exit, ran.out.as_str()), (Exit::Done, ""));
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_a_link_stays_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, folder, file) = folder_with(MESSY.as_bytes());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("permissions");
    let link = format!("{folder}/link.interdict");
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    assert_eq!(interdict(&["fmt", &link]).exit, Exit::Done);
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    assert_eq!(fs::read_to_string(&file).expect("the file"), CANONICAL);
    let mode = fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
