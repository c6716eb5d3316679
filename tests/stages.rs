//! Every stage of the compiler, as `interdict emit` prints it, for each policy in `tests/stages`. Dropping a file adds five
//! snapshots; they are read before they are kept.

use interdict::cli::{Exit, Streams, run};
use std::ffi::OsString;

fn emitted(stage: &str, path: &str) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["interdict", "emit", "--quiet", stage, path].map(OsString::from);
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
    let messages = String::from_utf8_lossy(&err);
    assert_eq!(exit, Exit::Done, "{messages}");
    String::from_utf8(out).expect("stages are UTF-8")
}

#[test]
fn every_stage_is_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("stages/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::glob!("stages", "*.interdict", |path| {
            let path = path.to_str().expect("a path in UTF-8");
            for stage in ["tokens", "ast", "model", "ir", "plan"] {
                insta::assert_snapshot!(stage, emitted(stage, path));
            }
        });
    });
}

/// Each arm of a choice is written twice; that must not double what is inside it at every level.
#[test]
fn choices_within_choices_do_not_double() {
    let levels = 40;
    let mut rule = String::new();
    for level in 0..levels {
        rule.push_str(&format!("if n{level} > {level} then m{level} < 7 else ("));
    }
    rule.push_str(&format!("b{}", ")".repeat(levels)));
    let fields = (0..levels).map(|level| format!("  n{level} : int\n  m{level} : int\n"));
    let fields: String = fields.collect();
    let policy = format!(
        "policy deep {{ title \"Deep\" }}\nverdicts clear < stop\n\
         record shipment {{\n  key id : text\n  as of day : date\n{fields}  b : bool\n}}\n\
         rule deep \"A deep choice\" {{ cites \"House rules\" when {rule} then stop }}\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deep.interdict");
    std::fs::write(&path, policy).expect("a file");
    let program = emitted("ir", path.to_str().expect("a path in UTF-8"));
    assert!(program.len() < 100_000, "{} bytes", program.len());
}
