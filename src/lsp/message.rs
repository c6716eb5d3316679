//! Messages as the protocol frames them: a header with a length, an empty line, JSON.

use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};

/// The longest message that is taken.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// The numbers of errors.
pub(super) mod code {
    pub const PARSE_ERROR: i32 = -32700;
    pub const INVALID_REQUEST: i32 = -32600;
    pub const METHOD_NOT_FOUND: i32 = -32601;
    pub const INVALID_PARAMS: i32 = -32602;
    pub const INTERNAL_ERROR: i32 = -32603;
    pub const SERVER_NOT_INITIALIZED: i32 = -32002;
    pub const REQUEST_CANCELLED: i32 = -32800;
    pub const REQUEST_FAILED: i32 = -32803;
}

/// What a client sends.
#[derive(Debug)]
pub(super) enum Incoming {
    Request {
        id: Value,
        method: String,
        params: Value,
    },
    Notification {
        method: String,
        params: Value,
    },
    /// An answer to a request of the server.
    Answer,
    /// Framed as a message, but not one: why, and its number if it has one.
    Malformed {
        id: Value,
        why: String,
    },
}

/// Why a request has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub code: i32,
    pub message: String,
}

impl Failure {
    pub fn new(code: i32, message: impl Into<String>) -> Failure {
        let message = message.into();
        Failure { code, message }
    }
}

/// Reads one message; nothing at the end of the input.
///
/// # Errors
/// Where the frame cannot be read: nobody can tell where the next message begins.
pub(super) fn read(input: &mut dyn BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_header(input)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    input.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(understand(&bytes)))
}

/// The length of the message that follows.
fn read_header(input: &mut dyn BufRead) -> io::Result<Option<usize>> {
    let bad = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let mut length = None;
    let mut line = Vec::new();
    let mut is_first = true;
    loop {
        line.clear();
        let limited = &mut input.take(4_096);
        if limited.read_until(b'\n', &mut line)? == 0 {
            return match is_first {
                true => Ok(None),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            };
        }
        is_first = false;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            break;
        }
        let Some((name, value)) = text.split_once(':') else {
            return Err(bad("a header line without a colon"));
        };
        if name.eq_ignore_ascii_case("content-length") {
            let value = value.trim().parse::<usize>();
            length = Some(value.map_err(|_| bad("a length that is no number"))?);
        }
    }
    match length {
        Some(length) if length <= MAX_BYTES => Ok(Some(length)),
        Some(_) => Err(bad("a message that is too long")),
        None => Err(bad("a message without a length")),
    }
}

fn understand(bytes: &[u8]) -> Incoming {
    let malformed = |id: Value, why: &str| Incoming::Malformed {
        id,
        why: why.to_owned(),
    };
    let mut value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return malformed(Value::Null, &error.to_string()),
    };
    let Some(object) = value.as_object_mut() else {
        return malformed(Value::Null, "a message is an object");
    };
    let id = object
        .remove("id")
        .filter(|id| id.is_number() || id.is_string());
    let params = object.remove("params").unwrap_or(Value::Null);
    match (object.remove("method"), id) {
        (Some(Value::String(method)), Some(id)) => Incoming::Request { id, method, params },
        (Some(Value::String(method)), None) => Incoming::Notification { method, params },
        (None, Some(_)) => Incoming::Answer,
        (_, id) => malformed(id.unwrap_or(Value::Null), "a message has a method"),
    }
}

/// Writes an answer.
pub(super) fn answer(
    output: &mut dyn Write,
    id: &Value,
    result: Result<Value, Failure>,
) -> io::Result<()> {
    let message = match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(Failure { code, message }) => {
            let error = json!({ "code": code, "message": message });
            json!({ "jsonrpc": "2.0", "id": id, "error": error })
        }
    };
    write(output, &message)
}

/// Writes a notification.
pub(super) fn notify(output: &mut dyn Write, method: &str, params: &Value) -> io::Result<()> {
    let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
    write(output, &message)
}

fn write(output: &mut dyn Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<String> {
        let mut input = text.as_bytes();
        let mut all = Vec::new();
        loop {
            match read(&mut input) {
                Ok(Some(message)) => all.push(format!("{message:?}")),
                Ok(None) => return all,
                Err(error) => {
                    all.push(error.to_string());
                    return all;
                }
            }
        }
    }

    #[test]
    fn what_is_no_message_does_not_end_the_stream() {
        let bodies = [
            "{",
            "[]",
            r#"{"id":1}"#,
            r#"{"method":3}"#,
            r#"{"method":"a","id":"x"}"#,
            r#"{"method":"b"}"#,
        ];
        let frame = |body: &&str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let text: String = bodies.iter().map(frame).collect();
        let all = read_all(&text);
        let kinds: Vec<&str> = all
            .iter()
            .map(|it| it.split([' ', '(']).next().unwrap_or(""))
            .collect();
        let malformed = "Malformed";
        let expected = [
            malformed,
            malformed,
            "Answer",
            malformed,
            "Request",
            "Notification",
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn a_frame_that_cannot_be_read_ends_it() {
        assert_eq!(read_all(""), [""; 0]);
        assert_eq!(read_all("hello\r\n\r\n"), ["a header line without a colon"]);
        assert_eq!(read_all("A: b\r\n\r\n"), ["a message without a length"]);
        assert_eq!(
            read_all("Content-Length: x\r\n\r\n"),
            ["a length that is no number"]
        );
        assert_eq!(
            read_all("Content-Length: 999999999999\r\n\r\n"),
            ["a message that is too long"]
        );
        assert_eq!(
            read_all("Content-Length: 5\r\n\r\n{"),
            ["unexpected end of file"]
        );
    }
}
