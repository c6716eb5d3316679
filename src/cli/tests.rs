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
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = interdict(&["completions", shell]);
        assert_eq!(ran.exit, Exit::Done);
        assert!(ran.out.contains("completions") && ran.out.contains("check"));
    }
}
