//! Interruptions: what was written goes, and the program ends with the status that says so.

/// Ends the program in good order when the user, or the system, asks it to. Where nobody can watch for that, it ends as it
/// does without.
#[cfg(unix)]
pub(super) fn watch() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    std::thread::spawn(move || {
        let mut again = false;
        for _ in signals.forever() {
            end(again);
            again = true;
        }
    });
}

/// Elsewhere the system ends the program.
#[cfg(not(unix))]
pub(super) fn watch() {}

/// Ends the program, unless it is about to end with all its files in place; then the second signal ends it.
#[cfg(unix)]
fn end(again: bool) {
    use std::io::{IsTerminal, Write, stderr};

    if crate::io::commit::abandon() {
        let gap = if stderr().is_terminal() { "\n" } else { "" };
        // Nothing is left to do where standard error is gone as well.
        let _ = writeln!(stderr(), "{gap}error: interrupted");
    } else if !again {
        return;
    }
    std::process::exit(super::Exit::Interrupted.status().into());
}
