//! What a reader of `interdict check` sees: each file in `tests/ui/TOPIC` is checked, and its messages are kept beside it.
//! `tests/ui/common` is the library that they share. Dropping a file adds a test; `INSTA_UPDATE=always` accepts what it
//! says, to be read before it is kept.

use interdict::cli::{Streams, run};
use std::ffi::OsString;

/// Standard error of `interdict check PATH`, and its exit status.
fn checked(path: &str) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["interdict", "check", path].map(OsString::from);
    let exit = run(
        args,
        &mut Streams {
            input: &mut std::io::empty(),
            out: &mut out,
            err: &mut err,
            auto_color: false,
            progress: false,
        },
    );
    assert!(out.is_empty(), "messages go to standard error");
    let text = String::from_utf8(err).expect("messages are UTF-8");
    // Where the project lies differs from machine to machine.
    let text = text.replace(env!("CARGO_MANIFEST_DIR"), "…");
    format!("{text}exit status {}\n", exit.status())
}

#[test]
fn messages_say_place_finding_and_remedy() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("ui/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::glob!("ui", "*/*.interdict", |path| {
            let root = std::env::current_dir().expect("the package's folder");
            let name = path.strip_prefix(&root).unwrap_or(path);
            let name = name.to_string_lossy().replace('\\', "/");
            insta::assert_snapshot!("check", checked(&name));
        });
    });
}
