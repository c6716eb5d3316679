//! The command line as a user meets it, run in process.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};

use super::*;

/// What a command left behind.
pub(super) struct Ran {
    pub exit: Exit,
    pub out: String,
    pub err: String,
}

/// Runs `interdict ARGS` with nothing on standard input.
pub(super) fn interdict(args: &[&str]) -> Ran {
    interdict_with(args, "")
}

/// Runs `interdict ARGS` with `input` on standard input.
pub(super) fn interdict_with(args: &[&str], input: &str) -> Ran {
    let args = std::iter::once("interdict").chain(args.iter().copied());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(
        args.map(OsString::from),
        &mut Streams {
            input: &mut input.as_bytes(),
            out: &mut out,
            err: &mut err,
            auto_color: false,
            progress: false,
        },
    );
    Ran {
        exit,
        out: String::from_utf8(out).expect("output is UTF-8"),
        err: String::from_utf8(err).expect("messages are UTF-8"),
    }
}

#[test]
fn the_definition_is_sound() {
    definition().debug_assert();
}

#[test]
fn every_command_has_an_example_in_its_help() {
    for command in definition().get_subcommands() {
        let leaves: Vec<_> = match command.has_subcommands() {
            true => command.get_subcommands().collect(),
            false => vec![command],
        };
        for leaf in leaves {
            let help = leaf.get_after_help().map(|text| text.to_string());
            let example = format!("interdict {}", command.get_name());
            assert!(
                help.is_some_and(|help| help.starts_with("Example:\n") && help.contains(&example)),
                "`{}` has no example",
                leaf.get_name()
            );
        }
    }
}

#[test]
fn help_is_a_result_and_a_wrong_command_line_a_message() {
    let help = interdict(&["--help"]);
    assert_eq!(help.exit, Exit::Done);
    assert!(help.out.contains("Usage:") && help.err.is_empty());
    let wrong = interdict(&["chekc"]);
    assert_eq!(wrong.exit, Exit::Usage);
    assert!(wrong.err.contains("'check'"), "{}", wrong.err);
    assert_eq!(interdict(&[]).exit, Exit::Usage);
    assert_eq!(
        interdict(&["--version"]).out,
        format!("interdict {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn colour_of_help_follows_the_option() {
    assert!(
        interdict(&["--color", "always", "--help"])
            .out
            .contains('\u{1b}')
    );
    assert!(
        interdict(&["--help", "--color=always"])
            .out
            .contains('\u{1b}')
    );
    assert!(!interdict(&["--help"]).out.contains('\u{1b}'));
}

#[test]
fn a_path_that_is_not_there_is_an_input_failure() {
    let ran = interdict(&["check", "no/such/folder"]);
    assert_eq!(ran.exit, Exit::Io);
    assert_eq!(
        ran.err,
        "error: cannot read no/such/folder: no such file or directory\n"
    );
    let ran = interdict(&["check", "--format", "json", "no/such/folder"]);
    let message: serde_json::Value = serde_json::from_str(&ran.err).expect("one object");
    assert_eq!(message["status"], 74);
}

#[test]
fn what_holds_no_rules_is_a_wrong_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a path");
    assert_eq!(interdict(&["check", path]).exit, Exit::Usage);
    let file = folder.path().join("records.csv");
    fs::write(&file, "a,b\n").expect("a file");
    let ran = interdict(&["check", file.to_str().expect("a path")]);
    assert_eq!(ran.exit, Exit::Usage);
    assert!(ran.err.contains("is not a rule file"), "{}", ran.err);
}

#[test]
fn a_folder_of_policies_stands_for_each_of_them() {
    let root = tempfile::tempdir().expect("a folder");
    let (a, b) = (root.path().join("a"), root.path().join("b"));
    for (folder, file) in [
        (&a, "one.interdict"),
        (&b, "two.interdict"),
        (&b, ".three.interdict"),
    ] {
        fs::create_dir_all(folder).expect("a folder");
        fs::write(folder.join(file), "").expect("a file");
    }
    let runs = |paths: &[&std::path::Path]| {
        let paths: Vec<_> = paths.iter().map(|path| path.to_path_buf()).collect();
        paths::runs(&paths).expect("policies")
    };
    assert_eq!(runs(&[root.path()]), [vec![a.clone()], vec![b.clone()]]);
    assert_eq!(runs(&[&b, &a]), [vec![b.clone(), a.clone()]]);
    let files = paths::rule_files(&[root.path().to_path_buf()]).expect("files");
    assert_eq!(files, [a.join("one.interdict"), b.join("two.interdict")]);
}

#[test]
fn new_never_overwrites() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("My-Policy 1");
    let path = folder.to_str().expect("a path");
    let made = interdict(&["new", path]);
    assert_eq!(made.exit, Exit::Done, "{}", made.err);
    let policy = fs::read_to_string(folder.join("policy.interdict")).expect("a policy");
    assert!(policy.contains("policy my_policy_1 {"));
    assert!(!policy.contains("{NAME}") && !policy.contains("{FOLDER}"));
    let again = interdict(&["new", path]);
    assert_eq!(again.exit, Exit::Usage);
    assert!(again.err.contains("not empty"), "{}", again.err);
    assert_eq!(interdict(&["new", "/"]).exit, Exit::Usage);
}

#[test]
fn a_closed_pipe_ends_quietly_and_a_full_disk_does_not() {
    struct Broken(io::ErrorKind);
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }
    for (kind, said) in [
        (io::ErrorKind::BrokenPipe, false),
        (io::ErrorKind::StorageFull, true),
    ] {
        for args in [
            &["interdict", "completions", "bash"][..],
            &["interdict", "--help"],
        ] {
            let mut err = Vec::new();
            let exit = run(
                args.iter().map(OsString::from),
                &mut Streams {
                    input: &mut io::empty(),
                    out: &mut Broken(kind),
                    err: &mut err,
                    auto_color: false,
                    progress: false,
                },
            );
            assert_eq!(exit, Exit::Io);
            assert_eq!(!err.is_empty(), said, "{args:?} {kind}");
        }
    }
}

#[test]
fn a_fault_says_whose_it_is() {
    let text = fault::message(Some("index out of bounds (src/x.rs:1)"));
    assert!(text.contains("index out of bounds (src/x.rs:1)"));
    assert!(text.contains("a fault in Interdict"));
}

#[test]
fn paths_may_stand_before_and_after_options() {
    let (_root, path) = new_policy();
    let records = format!("{path}/records.csv");
    let out = format!("{path}/out.csv");
    for args in [
        ["screen", &path, &records, "-o", &out],
        ["screen", "-o", &out, &path, &records],
        ["screen", &path, "-o", &out, &records],
    ] {
        let ran = interdict(&args);
        assert_eq!(ran.exit, Exit::Done, "{args:?}: {}", ran.err);
    }
    let alone = interdict(&["screen", &path, "-o", &out]);
    assert_eq!(alone.exit, Exit::Usage);
    assert!(alone.err.contains("no input is named"), "{}", alone.err);
}

#[test]
fn every_status_means_what_the_documentation_says() {
    let (root, path) = new_policy();
    let records = format!("{path}/records.csv");
    let out = root.path().join("out.csv").display().to_string();
    let file = |name: &str, text: &str| {
        let file = root.path().join(name);
        fs::write(&file, text).expect("a file");
        file.display().to_string()
    };
    let header = "shipment_id,ship_date,destination,eccn,value\n";
    let rejected = file("rejected.csv", &format!("{header}A,2025-01-01,DE,,five\n"));
    let other = file("other.csv", "shipment_id,ship_date\n");
    let damaged = file("damaged.parquet", "PAR1 and nothing else");
    let broken = file("broken.interdict", "rule {");
    let status = |args: &[&str]| {
        let ran = interdict(args);
        assert!(ran.exit == Exit::Done || !ran.err.is_empty() || !ran.out.is_empty());
        ran.exit.status()
    };
    for (expected, args) in [
        (0, &["screen", &path, &records, "-o", &out][..]),
        (0, &["check", &path]),
        (0, &["fmt", "--check", &path]),
        (1, &["check", &broken]),
        (1, &["screen", &broken, &records, "-o", &out]),
        (1, &["explain", &path, &records, "--key", "nobody"]),
        (2, &["screen", &path, "-o", &out]),
        (2, &["screen", &path, &records, "-o", "out.txt"]),
        (
            2,
            &[
                "screen",
                &path,
                &records,
                "-o",
                &out,
                "--as-of",
                "2025-02-30",
            ],
        ),
        (2, &["new", &path]),
        (3, &["screen", &path, &rejected, "-o", &out]),
        (3, &["explain", &path, &rejected, "--key", "A"]),
        (65, &["screen", &path, &other, "-o", &out]),
        (65, &["screen", &path, &damaged, "-o", &out]),
        (
            65,
            &["screen", &path, &rejected, "-o", &out, "--max-rejects", "0"],
        ),
        (65, &["data", "describe", &damaged, "--policy", &path]),
        (74, &["screen", &path, "no/such.csv", "-o", &out]),
        (
            74,
            &[
                "screen",
                &path,
                &records,
                "-o",
                &out,
                "--map",
                "no/such.toml",
            ],
        ),
        (74, &["check", "no/such/policy"]),
    ] {
        assert_eq!(status(args), expected, "{args:?}");
    }
    edit(&path, "destination = CA\n", "destination = MX\n");
    assert_eq!(status(&["test", &path]), 1);
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = interdict(&["completions", shell]);
        assert_eq!(ran.exit, Exit::Done);
        assert!(ran.out.contains("completions") && ran.out.contains("check"));
    }
}

/// A policy folder as `interdict new` makes it, and its path.
fn new_policy() -> (tempfile::TempDir, String) {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("demo");
    let path = folder.to_str().expect("a path").to_owned();
    assert_eq!(interdict(&["new", &path]).exit, Exit::Done);
    (root, path)
}

fn edit(folder: &str, from: &str, to: &str) {
    let file = std::path::Path::new(folder).join("policy.interdict");
    let text = fs::read_to_string(&file).expect("a policy");
    assert!(text.contains(from), "{from}");
    fs::write(&file, text.replace(from, to)).expect("a policy");
}

#[test]
fn a_new_policy_checks_and_passes_its_tests() {
    let (_root, path) = new_policy();
    let checked = interdict(&["check", &path]);
    assert_eq!(checked.exit, Exit::Done, "{}", checked.err);
    assert_eq!(checked.err, "checked 1 file: no errors\n");
    let tested = interdict(&["test", &path]);
    assert_eq!(tested.exit, Exit::Done, "{}", tested.out);
    assert_eq!(tested.out, "8 passed, 0 failed\n");
}

#[test]
fn a_failing_test_is_shown_and_counted() {
    let (_root, path) = new_policy();
    edit(&path, "to_canada \"", "to_mexico \"");
    edit(&path, "destination = CA\n", "destination = MX\n");
    let tested = interdict(&["test", &path]);
    assert_eq!(tested.exit, Exit::No);
    assert!(
        tested
            .out
            .contains("expected clear, got report by export_filing"),
        "{}",
        tested.out
    );
    assert!(tested.out.ends_with("7 passed, 1 failed\n"));
    let json = interdict(&["test", "--format", "json", "--filter", "Canada", &path]);
    let mut lines = json
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("one object a line"));
    let first = lines.next().expect("the test");
    assert_eq!(first["passed"], false);
    assert_eq!(first["failures"][0]["expected"], "clear");
    let last = lines.next().expect("the counts");
    assert_eq!((&last["passed"], &last["failed"]), (&0.into(), &1.into()));
    let none = interdict(&["test", "--filter", "no such title", &path]);
    assert_eq!(none.exit, Exit::Usage);
}

#[test]
fn a_policy_with_errors_neither_tests_nor_runs() {
    let (_root, path) = new_policy();
    edit(
        &path,
        "when  destination in embargoed",
        "when  destinaton in embargoed",
    );
    let records = format!("{path}/records.csv");
    for args in [
        &["test", &path][..],
        &["emit", "plan", &path],
        &["explain", &path, &records, "--key", "S-004"],
    ] {
        let ran = interdict(args);
        assert_eq!(ran.exit, Exit::No, "{args:?}");
        assert!(
            ran.err.contains("did you mean `destination`?"),
            "{}",
            ran.err
        );
        assert!(ran.out.is_empty(), "{}", ran.out);
    }
}

#[test]
fn a_record_is_explained_and_a_wrong_key_is_helped() {
    let (_root, path) = new_policy();
    let records = format!("{path}/records.csv");
    let explain = |more: &[&str]| {
        let args = ["explain", &path, &records];
        interdict(&args.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let ran = explain(&["--key", "S-004"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert!(ran.out.contains("row 4, line 5"), "{}", ran.out);
    assert!(ran.out.contains("open for lack of eccn"), "{}", ran.out);
    let one = explain(&["--key", "S-004", "--rule", "embargo", "--format", "json"]);
    let object: serde_json::Value = serde_json::from_str(&one.out).expect("one object");
    assert_eq!(object["verdict"], "license");
    assert_eq!(object["rules"][0]["status"], "does not apply");
    assert_eq!(object["row"], 4);
    let wrong = explain(&["--key", "S-0044"]);
    assert_eq!(wrong.exit, Exit::No);
    assert!(wrong.err.contains("did you mean `S-004`?"), "{}", wrong.err);
    let strange = explain(&["--key", "invoice 7"]);
    assert!(
        strange.err.contains("keys here look like `S-001`"),
        "{}",
        strange.err
    );
    let rule = explain(&["--key", "S-004", "--rule", "embrago"]);
    assert_eq!(rule.exit, Exit::Usage);
    assert!(rule.err.contains("did you mean `embargo`?"), "{}", rule.err);
}

#[test]
fn a_rejected_record_is_explained_by_its_reject() {
    let (root, path) = new_policy();
    let records = root.path().join("bad.csv");
    fs::write(
        &records,
        "shipment_id,ship_date,destination,eccn,value\nA,2025-01-01,DE,,five\n",
    )
    .expect("records");
    let records = records.to_str().expect("a path");
    let ran = interdict(&["explain", &path, records, "--key", "A"]);
    assert_eq!(ran.exit, Exit::Rejects);
    assert!(ran.out.contains("`value` holds `five`"), "{}", ran.out);
}

#[test]
fn citations_are_asked_for_unless_the_workspace_says_otherwise() {
    let (root, path) = new_policy();
    edit(&path, "  cites \"15 CFR part 746\"\n", "");
    let ran = interdict(&["check", &path]);
    assert_eq!(ran.exit, Exit::Done);
    assert!(ran.err.contains("W0701"), "{}", ran.err);
    let settings = root.path().join("demo/interdict.toml");
    fs::write(&settings, "citations = \"optional\"\n").expect("settings");
    assert!(!interdict(&["check", &path]).err.contains("W0701"));
    fs::write(&settings, "citation = \"optional\"\n").expect("settings");
    let ran = interdict(&["check", &path]);
    assert_eq!(ran.exit, Exit::No);
    assert!(
        ran.err.contains("there is no setting `citation`"),
        "{}",
        ran.err
    );
}

#[test]
fn the_workspace_sets_levels_of_warnings() {
    let (root, path) = new_policy();
    edit(&path, "  cites \"15 CFR part 746\"\n", "");
    let settings = root.path().join("demo/interdict.toml");
    let with = |text: &str| {
        fs::write(&settings, text).expect("settings");
        interdict(&["check", &path])
    };
    let ran = with("[lints]\nno_citation = \"error\"\n");
    assert_eq!(ran.exit, Exit::No);
    assert!(ran.err.contains("error[W0701]"), "{}", ran.err);
    let ran = with("[lints]\nno_citation = \"allow\"\n");
    assert_eq!((ran.exit, ran.err.contains("W0701")), (Exit::Done, false));
    for (text, said) in [
        (
            "[lints]\nno_citations = \"allow\"\n",
            "no warning called `no_citations`",
        ),
        (
            "[lints]\nno_citation = \"off\"\n",
            "`no_citation` under `[lints]` is no level",
        ),
        ("lints = 1\n", "`lints` is no table"),
    ] {
        let ran = with(text);
        assert_eq!(ran.exit, Exit::No);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn sure_changes_are_made_and_guesses_are_not() {
    let (_root, path) = new_policy();
    let read = || fs::read_to_string(format!("{path}/policy.interdict")).expect("a policy");
    let whole = read();
    edit(
        &path,
        "rule embargo",
        "allow no_citation because \"it has one\"\nrule embargo",
    );
    let ran = interdict(&["check", "--fix", &path]);
    assert_eq!(ran.exit, Exit::Done);
    assert!(ran.err.contains("fixed 1 place"), "{}", ran.err);
    assert_eq!(read(), whole);
    edit(&path, "when  destination in", "when  destinatoin in");
    let misspelt = read();
    let ran = interdict(&["check", "--fix", &path]);
    assert_eq!(ran.exit, Exit::No);
    assert!(
        ran.err.contains("did you mean `destination`?"),
        "{}",
        ran.err
    );
    assert_eq!(read(), misspelt);
}

#[test]
fn every_stage_is_printed() {
    let (_root, path) = new_policy();
    for (stage, part) in [
        ("tokens", "keyword   policy"),
        ("ast", "policy demo"),
        ("model", "rule embargo"),
        ("ir", "base of embargo"),
        ("plan", "shape: masks"),
        ("clif", "; first_stage"),
        ("asm", "; first_stage"),
    ] {
        let ran = interdict(&["emit", stage, &path]);
        assert_eq!(ran.exit, Exit::Done, "{stage}: {}", ran.err);
        assert!(ran.out.contains(part), "{stage}: {}", ran.out);
    }
}
