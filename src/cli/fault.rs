//! Turns a panic, which is always a fault in Interdict, into status 70 and a message that says so.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Mutex;

use super::exit::Exit;

/// What the first panic said, and where.
static FIRST: Mutex<Option<String>> = Mutex::new(None);

/// Runs `program`; if it panics, says that this is a fault in Interdict and how to report it.
pub(super) fn guarded(program: impl FnOnce() -> Exit) -> Exit {
    install();
    match panic::catch_unwind(AssertUnwindSafe(program)) {
        Ok(exit) => exit,
        Err(_) => {
            let what = FIRST.lock().ok().and_then(|mut first| first.take());
            // Nothing is left to do where standard error is gone as well.
            let _ = std::io::stderr().write_all(message(what.as_deref()).as_bytes());
            Exit::Fault
        }
    }
}

fn install() {
    let usual = panic::take_hook();
    let trace = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    panic::set_hook(Box::new(move |info| {
        if let Ok(mut first) = FIRST.lock() {
            first.get_or_insert_with(|| described(info));
        }
        if trace {
            usual(info);
        }
    }));
}

fn described(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("no further information");
    match info.location() {
        Some(place) => format!("{what} ({}:{})", place.file(), place.line()),
        None => what.to_owned(),
    }
}

/// The message for a fault: what happened, whose fault it is, what to send.
pub(super) fn message(what: Option<&str>) -> String {
    format!(
        "\nfault: {}\n\n\
         This is a fault in Interdict {}, not in the policy or the records.\n\
         Please report it, with this message, the command line, and the smallest policy and record file\n\
         that show it. RUST_BACKTRACE=1 in the environment adds where in the program it happened.\n",
        what.unwrap_or("no further information"),
        env!("CARGO_PKG_VERSION"),
    )
}
