//! How a command ends: the exit statuses, and what stops a command before it is done.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use crate::input::errors::reason;

/// The exit statuses of `interdict`; their numbers are part of its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; nothing wrong.
    Done,
    /// The answer is no: check found errors, `fmt --check` would change files, a test failed.
    No,
    /// The command line makes no sense.
    Usage,
    /// Done, but some rows were rejected.
    Rejects,
    /// The input as a whole cannot be read; nothing was written.
    Unreadable,
    /// A fault in Interdict itself.
    Fault,
    /// Input or output failed.
    Io,
    /// Interrupted; nothing was written.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub fn status(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Usage => 2,
            Exit::Rejects => 3,
            Exit::Unreadable => 65,
            Exit::Fault => 70,
            Exit::Io => 74,
            Exit::Interrupted => 75,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.status())
    }
}

/// Why a command stopped before it was done.
#[derive(Debug, PartialEq, Eq)]
pub struct Stop {
    /// The status to end with.
    pub exit: Exit,
    /// What to say; nothing where everything has been said, or where nobody listens any more (a closed pipe).
    pub message: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Stop {
    /// Ends with `exit`; the user has been told why.
    pub fn told(exit: Exit) -> Self {
        Stop {
            exit,
            message: None,
            help: None,
        }
    }

    /// Ends with `exit` and says why.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Stop {
            exit,
            message: Some(message.into()),
            help: None,
        }
    }

    /// The command line makes no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Stop::new(Exit::Usage, message)
    }

    /// Says what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// `path` could not be read or written: `doing` is "read", "write", "make".
    pub fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Stop::told(Exit::Io);
        }
        let reason = reason(error);
        Stop::new(
            Exit::Io,
            format!("cannot {doing} {}: {reason}", path.display()),
        )
    }
}

/// Writing a message or a result failed. A closed pipe is no news to whoever closed it.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Stop::told(Exit::Io)
        } else {
            Stop::new(Exit::Io, format!("cannot write: {}", reason(&error)))
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message.as_deref().unwrap_or("stopped"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_those_of_the_documentation() {
        let all = [
            Exit::Done,
            Exit::No,
            Exit::Usage,
            Exit::Rejects,
            Exit::Unreadable,
            Exit::Fault,
            Exit::Io,
            Exit::Interrupted,
        ];
        assert_eq!(all.map(Exit::status), [0, 1, 2, 3, 65, 70, 74, 75]);
    }

    #[test]
    fn a_closed_pipe_is_silent_and_a_full_disk_is_not() {
        let closed = Stop::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(closed, Stop::told(Exit::Io));
        let full = Stop::from(io::Error::from_raw_os_error(28));
        assert_eq!(full.exit, Exit::Io);
        assert_eq!(full.to_string(), "cannot write: no space left on device");
    }
}
