use super::*;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const LIBRARY: &str = "record r { key id : text as of day : date }\nverdicts clear < deny\n";

/// A folder with these files; the workspace root is the folder itself.
fn files(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    folder
}

fn load_in(folder: &TempDir, names: &[&str]) -> Result<Loaded, LoadError> {
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
    load(&paths)
}

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|it| it.code.id).collect()
}

/// Names of the files, relative to the folder.
fn names(folder: &TempDir, loaded: &Loaded) -> Vec<String> {
    let root = folder.path().to_string_lossy().into_owned();
    let name = |name: &str| {
        let name = name.strip_prefix(&root).expect("inside");
        name.trim_start_matches('/').to_owned()
    };
    loaded
        .sources
        .iter()
        .map(|(_, file)| name(&file.name))
        .collect()
}

#[test]
fn a_folder_is_its_rule_files_in_the_order_of_bytes() {
    let folder = files(&[
        ("p/b.interdict", ""),
        ("p/a.interdict", ""),
        ("p/B.interdict", ""),
        ("p/notes.txt", "no rules"),
        ("p/sub/c.interdict", "not part of it"),
    ]);
    let loaded = load_in(&folder, &["p"]).expect("loads");
    assert_eq!(
        names(&folder, &loaded),
        ["p/B.interdict", "p/a.interdict", "p/b.interdict"]
    );
    assert_eq!(loaded.units.len(), 1);
}

#[test]
fn imports_are_found_by_folder_by_file_and_without_the_ending() {
    for path in [
        "../common",
        "../common/",
        "./../common/a",
        "../common/a.interdict",
    ] {
        let folder = files(&[
            ("p/rules.interdict", &format!("import \"{path}\"\n")),
            ("common/a.interdict", LIBRARY),
        ]);
        let loaded = load_in(&folder, &["p"]).expect("loads");
        assert_eq!(codes(&loaded), [""; 0], "{path}");
        assert_eq!(
            names(&folder, &loaded),
            ["p/rules.interdict", "common/a.interdict"]
        );
    }
}

#[test]
fn a_file_reached_in_two_ways_is_one_file_of_its_folder() {
    let folder = files(&[
        (
            "p/rules.interdict",
            "import \"../common/a\"\nimport \"../p2/../common\"\n",
        ),
        ("p2/rules.interdict", "import \"../common\"\n"),
        ("common/a.interdict", LIBRARY),
        ("common/b.interdict", ""),
    ]);
    let loaded = load_in(&folder, &["p", "p2"]).expect("loads");
    assert_eq!(loaded.files.len(), 4);
    assert_eq!(loaded.units.len(), 3);
    let units: Vec<UnitId> = loaded
        .units
        .values()
        .flat_map(|unit| unit.imports.iter().map(|import| import.unit))
        .collect();
    assert!(units.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_byte_order_mark_and_line_ends_of_two_kinds_are_fine() {
    let folder = files(&[(
        "p/rules.interdict",
        "\u{feff}verdicts clear < deny\r\notherwise clear\r\n",
    )]);
    let loaded = load_in(&folder, &["p"]).expect("loads");
    assert_eq!(codes(&loaded), [""; 0]);
    assert_eq!(loaded.files[0].1.items.len(), 2);
}

#[test]
fn the_workspace_is_the_nearest_folder_with_its_file_or_the_parent() {
    let rules = "import \"../../common\"\n";
    let folder = files(&[
        ("a/p/rules.interdict", rules),
        ("common/a.interdict", LIBRARY),
    ]);
    let loaded = load_in(&folder, &["a/p"]).expect("loads");
    assert_eq!(codes(&loaded), ["E0222"], "the parent is `a`");
    fs::write(folder.path().join("interdict.toml"), "").expect("written");
    let loaded = load_in(&folder, &["a/p"]).expect("loads");
    assert_eq!(codes(&loaded), [""; 0]);
    let loaded = load_in(&folder, &["a/p/rules.interdict"]).expect("loads");
    assert_eq!(codes(&loaded), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_does_not_lead_out_of_the_workspace() {
    let outside = files(&[("common/a.interdict", LIBRARY)]);
    let folder = files(&[
        ("p/rules.interdict", "import \"../common\"\n"),
        ("real/a.interdict", LIBRARY),
    ]);
    let link = |to: &Path, name: &str| {
        std::os::unix::fs::symlink(to, folder.path().join(name)).expect("linked");
    };
    link(&outside.path().join("common"), "common");
    assert_eq!(codes(&load_in(&folder, &["p"]).expect("loads")), ["E0222"]);
    fs::remove_file(folder.path().join("common")).expect("removed");
    link(&folder.path().join("real"), "common");
    assert_eq!(codes(&load_in(&folder, &["p"]).expect("loads")), [""; 0]);
    link(&outside.path().join("common/a.interdict"), "p/z.interdict");
    let error = load_in(&folder, &["p"]).expect_err("leads out");
    assert_eq!(error.reason, LoadFault::OutsideWorkspace);
}

#[test]
fn a_list_is_found_from_the_file_that_declares_it_and_read_once() {
    const LIST: &str = "list a from \"lists/a.csv\" { key id : text }\n";
    let folder = files(&[
        (
            "p/rules.interdict",
            "import \"../common\"\nlist b from \"../common/lists/a.csv\" { key id : text }\n",
        ),
        ("common/a.interdict", LIST),
        ("common/lists/a.csv", "id\nA\n"),
        ("p/lists/a.csv", "id\nB\n"),
    ]);
    let loaded = load_in(&folder, &["p"]).expect("loads");
    assert_eq!(codes(&loaded), [""; 0]);
    let mut data: Vec<_> = loaded.data.values().collect();
    data.sort_by_key(|file| file.name.len());
    assert_eq!(data.len(), 2);
    assert!(data.iter().all(|file| &*file.bytes == b"id\nA\n"));
    assert!(
        data[0].name.ends_with("/common/lists/a.csv"),
        "{:?}",
        data[0]
    );
    assert_eq!(data[0].bytes.as_ptr(), data[1].bytes.as_ptr());
}

#[cfg(unix)]
#[test]
fn a_list_does_not_lead_out_of_the_workspace() {
    let outside = files(&[("a.csv", "id\nA\n")]);
    let folder = files(&[(
        "p/rules.interdict",
        "list a from \"a.csv\" { key id : text }\n",
    )]);
    let link = folder.path().join("p/a.csv");
    std::os::unix::fs::symlink(outside.path().join("a.csv"), &link).expect("linked");
    let loaded = load_in(&folder, &["p"]).expect("loads");
    assert_eq!(codes(&loaded), ["E0801"]);
    assert!(
        loaded.diagnostics[0]
            .primary
            .text
            .starts_with("this is outside")
    );
}

#[test]
fn a_circle_of_imports_is_shown_once() {
    let folder = files(&[
        ("a/a.interdict", "import \"../b\"\n"),
        ("b/b.interdict", "import \"../c\"\n"),
        ("c/c.interdict", "import \"../a\"\n"),
        ("d/d.interdict", "import \"d\"\n"),
    ]);
    let loaded = load_in(&folder, &["a", "d"]).expect("loads");
    assert_eq!(codes(&loaded), ["E0223", "E0223"]);
    assert_eq!(
        loaded.diagnostics[0].labels.len(),
        2,
        "every step is marked"
    );
}

#[test]
fn what_is_wrong_with_a_named_path_is_said() {
    let folder = files(&[
        ("p/a.interdict", ""),
        ("empty/notes.txt", "x"),
        ("q/long.interdict", ""),
    ]);
    fs::write(folder.path().join("q/bad.interdict"), b"verdicts \xff").expect("written");
    let fault = |names: &[&str]| {
        load_in(&folder, names)
            .map(|_| ())
            .expect_err("fails")
            .reason
    };
    assert_eq!(fault(&["absent"]), LoadFault::Absent);
    assert_eq!(fault(&["empty"]), LoadFault::Empty);
    assert_eq!(fault(&["empty/notes.txt"]), LoadFault::NotRules);
    assert_eq!(fault(&["q/bad.interdict"]), LoadFault::NotUtf8(9));
    assert!(matches!(
        fault(&["p", "p/a.interdict"]),
        LoadFault::NamedTwice(_)
    ));
    let twice = load_in(&folder, &["p", "p/../p"]).expect("one policy named in two ways");
    assert_eq!(twice.named.len(), 1);
    let file = fs::File::create(folder.path().join("q/long.interdict")).expect("made");
    file.set_len(MAX_FILE_BYTES as u64 + 1)
        .expect("as long as that");
    assert_eq!(fault(&["q/long.interdict"]), LoadFault::TooLarge);
    let imports = files(&[(
        "p/a.interdict",
        "import \"../q/bad\"\nimport \"../q/empty\"\n",
    )]);
    fs::create_dir_all(imports.path().join("q/empty")).expect("made");
    fs::write(imports.path().join("q/bad.interdict"), b"\xff").expect("written");
    let loaded = load_in(&imports, &["p"]).expect("loads");
    assert_eq!(codes(&loaded), ["E0221", "E0220"]);
}

#[test]
fn paths_are_shown_tidy_and_as_given() {
    let shown = |path: &str| paths::shown(Path::new(path));
    assert_eq!(
        shown("examples/trade/cn/../common/a.interdict"),
        "examples/trade/common/a.interdict"
    );
    assert_eq!(shown("./rules.interdict"), "rules.interdict");
    assert_eq!(shown("../x/./y"), "../x/y");
    assert_eq!(shown("a/../../b"), "../b");
    assert_eq!(shown("/a/../../b"), "/b");
    assert_eq!(shown("."), ".");
}
