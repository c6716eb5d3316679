//! An editor: starts a server in a thread, writes to it, and reads what it says.

use interdict::domain::Day;
use interdict::lsp::{Ending, Settings, serve};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write, pipe};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use tempfile::TempDir;

/// An editor with a folder of files.
pub struct Client {
    folder: TempDir,
    root: PathBuf,
    input: Option<PipeWriter>,
    output: BufReader<PipeReader>,
    server: Option<JoinHandle<Ending>>,
    next: u64,
    /// Notifications that came while an answer was waited for.
    pub said: Vec<Value>,
}

impl Client {
    /// A server that has not been told anything, and files by their paths.
    pub fn start(files: &[(&str, &str)]) -> Client {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        let (from_client, input) = pipe().expect("a pipe");
        let (output, mut to_client) = pipe().expect("a pipe");
        let server = thread::spawn(move || {
            let today = Day::parse_iso("2026-06-01").expect("a day");
            let settings = Settings {
                today: Box::new(move || today),
            };
            serve(BufReader::new(from_client), &mut to_client, &settings).expect("served")
        });
        Client {
            folder,
            root,
            input: Some(input),
            output: BufReader::new(output),
            server: Some(server),
            next: 1,
            said: Vec::new(),
        }
    }

    /// One that has been initialized, with what the client can do.
    pub fn initialized(files: &[(&str, &str)], capabilities: Value) -> Client {
        let mut client = Client::start(files);
        let root = client.uri("");
        let params = json!({
            "processId": null,
            "capabilities": capabilities,
            "workspaceFolders": [{ "uri": root, "name": "policies" }],
        });
        client.ask("initialize", params).expect("a result");
        client.notify("initialized", json!({}));
        client
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn uri(&self, name: &str) -> String {
        format!("file://{}", self.root.join(name).display())
    }

    pub fn document(&self, name: &str) -> Value {
        json!({ "uri": self.uri(name) })
    }

    pub fn send(&mut self, text: &str) {
        let input = self.input.as_mut().expect("open");
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("written");
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.send(&message.to_string());
    }

    /// Sends a request and gives its number.
    pub fn request(&mut self, method: &str, params: Value) -> u64 {
        let id = self.next;
        self.next += 1;
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(&message.to_string());
        id
    }

    /// The next message of the server; nothing where it is gone.
    pub fn read(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.output.read_exact(&mut bytes).expect("a message");
        Some(serde_json::from_slice(&bytes).expect("JSON"))
    }

    /// The answer to a request: its result or its error.
    pub fn answer(&mut self, id: u64) -> Result<Value, Value> {
        loop {
            let message = self.read().expect("an answer");
            if message["id"] == json!(id) {
                let error = message.get("error").cloned();
                return error.map_or_else(|| Ok(message["result"].clone()), Err);
            }
            self.said.push(message);
        }
    }

    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.request(method, params);
        self.answer(id)
    }

    /// The next notification of that method.
    pub fn hear(&mut self, method: &str) -> Value {
        loop {
            let at = self.said.iter().position(|it| it["method"] == method);
            if let Some(at) = at {
                return self.said.remove(at)["params"].clone();
            }
            let message = self.read().expect("a notification");
            self.said.push(message);
        }
    }

    /// Opens a file with a text; what is on disk does not matter.
    pub fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        let document = json!({ "uri": uri, "languageId": "interdict", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Gives a file another text.
    pub fn change(&mut self, name: &str, text: &str) {
        let document = json!({ "uri": self.uri(name), "version": 2 });
        let changes = json!([{ "text": text }]);
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", params);
    }

    /// Ends as the protocol has it.
    pub fn quit(mut self) -> Ending {
        self.ask("shutdown", Value::Null).expect("a result");
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// Hangs up, and says how the server ended.
    pub fn ended(mut self) -> Ending {
        self.input.take();
        while self.read().is_some() {}
        let server = self.server.take().expect("running");
        let ending = server.join().expect("no panic");
        drop(self.folder);
        ending
    }

    /// A message with the folder's own path taken out.
    pub fn shown(&self, value: &Value) -> String {
        let text = serde_json::to_string_pretty(value).expect("JSON");
        text.replace(&self.root.display().to_string(), "")
    }
}

/// The position of the `nth` place of `wanted` in a text, in UTF-16 units.
pub fn position(text: &str, wanted: &str, nth: usize) -> Value {
    let (at, _) = text
        .match_indices(wanted)
        .nth(nth)
        .unwrap_or_else(|| panic!("{wanted}"));
    position_at(text, at)
}

pub fn position_at(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let character: usize = before[start..].chars().map(char::len_utf16).sum();
    json!({ "line": line, "character": character })
}
