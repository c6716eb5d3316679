//! The loop: takes messages, keeps the texts, asks for answers, says what was found.

use super::convert::{Encoding, Lines};
use super::message::{self, Failure, Incoming, code};
use super::paths::{path_of, uri_of};
use super::{publish, requests};
use crate::domain::Day;
use crate::ide::Workspace;
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    InitializeParams, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// What a server is told when it is started.
pub struct Settings {
    /// The day on which hints and hovers say what is in force; asked again for each message.
    pub today: Box<dyn Fn() -> Day>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `shutdown`, then `exit`.
    Orderly,
    /// `exit` without `shutdown`, or the client was gone.
    Abrupt,
}

/// Serves one client until it says `exit` or is gone.
///
/// # Errors
/// Where answers cannot be written.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: &mut dyn Write,
    settings: &Settings,
) -> io::Result<Ending> {
    let (sender, receiver) = channel();
    // The thread ends with the input, or when nobody takes its messages any more.
    thread::spawn(move || {
        let mut input = input;
        while let Ok(Some(message)) = message::read(&mut input) {
            let is_exit =
                matches!(&message, Incoming::Notification { method, .. } if method == "exit");
            if sender.send(message).is_err() || is_exit {
                return;
            }
        }
    });
    let mut server = Server {
        receiver,
        waiting: VecDeque::new(),
        cancelled: BTreeSet::new(),
        output,
        settings,
        state: State::Fresh,
        desk: Desk::new((settings.today)()),
        is_stale: false,
    };
    server.run()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Initialized,
    ShutDown,
}

/// What requests work on.
pub(super) struct Desk {
    pub workspace: Workspace,
    pub encoding: Encoding,
    /// Whether the client fills in places of templates.
    pub snippets: bool,
    /// Where the pages of messages are, as the client says; their addresses end in `E0201.md`.
    pub pages: Option<String>,
    /// The addresses of open files as the client writes them.
    pub addresses: BTreeMap<PathBuf, Uri>,
    /// The lines of texts, as long as they are the same.
    lines: RefCell<BTreeMap<PathBuf, Rc<Lines>>>,
    /// Messages to the user that an answer brings with it: whether it is bad news, and the text.
    pub sayings: Vec<(bool, String)>,
}

impl Desk {
    fn new(today: Day) -> Desk {
        Desk {
            workspace: Workspace::new(&[], today),
            encoding: Encoding::Utf16,
            snippets: false,
            pages: None,
            addresses: BTreeMap::new(),
            lines: RefCell::default(),
            sayings: Vec::new(),
        }
    }

    /// The file that an address names.
    pub fn path(&self, uri: &Uri) -> Result<PathBuf, Failure> {
        let path = path_of(uri).ok_or_else(|| {
            let message = format!("{} is not the address of a file", uri.as_str());
            Failure::new(code::INVALID_PARAMS, message)
        })?;
        Ok(self.workspace.canonical(&path))
    }

    /// The address of a file, as the client writes it if it has the file open.
    pub fn uri(&self, path: &Path) -> Option<Uri> {
        let known = self.addresses.get(path).cloned();
        known.or_else(|| uri_of(path))
    }

    /// The text of a file with its lines.
    pub fn lines(&self, path: &Path) -> Rc<Lines> {
        let text = self.workspace.text(path).unwrap_or_default();
        if let Some(known) = self.lines.borrow().get(path)
            && known.is_of(&text, self.encoding)
        {
            return Rc::clone(known);
        }
        let lines = Rc::new(Lines::new(text, self.encoding));
        let mut kept = self.lines.borrow_mut();
        kept.insert(path.to_owned(), Rc::clone(&lines));
        lines
    }
}

struct Server<'s> {
    receiver: Receiver<Incoming>,
    waiting: VecDeque<Incoming>,
    /// The numbers of requests that need no answer any more, as JSON.
    cancelled: BTreeSet<String>,
    output: &'s mut dyn Write,
    settings: &'s Settings,
    state: State,
    desk: Desk,
    /// Whether texts changed since findings were published.
    is_stale: bool,
}

impl Server<'_> {
    fn run(&mut self) -> io::Result<Ending> {
        let mut published = publish::Published::default();
        loop {
            self.take_waiting();
            if self.waiting.is_empty() && self.is_stale {
                self.is_stale = false;
                self.publish(&mut published)?;
                continue;
            }
            let next = match self.waiting.pop_front() {
                Some(next) => next,
                None => match self.receiver.recv() {
                    Ok(next) => {
                        self.waiting.push_back(next);
                        continue;
                    }
                    Err(_) => return Ok(Ending::Abrupt),
                },
            };
            if let Some(ending) = self.handle(next)? {
                return Ok(ending);
            }
        }
    }

    /// Takes what has come, and notes what was cancelled of it.
    fn take_waiting(&mut self) {
        while let Ok(message) = self.receiver.try_recv() {
            self.waiting.push_back(message);
        }
        self.waiting.retain(|message| match message {
            Incoming::Notification { method, params } if method == "$/cancelRequest" => {
                self.cancelled.insert(params["id"].to_string());
                false
            }
            _ => true,
        });
    }

    fn handle(&mut self, message: Incoming) -> io::Result<Option<Ending>> {
        match message {
            Incoming::Request { id, method, params } => {
                let result = self.request(&id, &method, params);
                message::answer(self.output, &id, result)?;
                for (is_bad, text) in std::mem::take(&mut self.desk.sayings) {
                    let kind = if is_bad { 1 } else { 3 };
                    let params = json!({ "type": kind, "message": text });
                    message::notify(self.output, "window/showMessage", &params)?;
                }
            }
            Incoming::Notification { method, .. } if method == "exit" => {
                let ending = match self.state {
                    State::ShutDown => Ending::Orderly,
                    State::Fresh | State::Initialized => Ending::Abrupt,
                };
                return Ok(Some(ending));
            }
            Incoming::Notification { method, params } => self.notification(&method, params),
            Incoming::Answer => {}
            Incoming::Malformed { id, why } => {
                let failure = Failure::new(code::PARSE_ERROR, why);
                message::answer(self.output, &id, Err(failure))?;
            }
        }
        Ok(None)
    }

    fn request(&mut self, id: &Value, method: &str, params: Value) -> Result<Value, Failure> {
        if self.cancelled.remove(&id.to_string()) {
            return Err(Failure::new(code::REQUEST_CANCELLED, "cancelled"));
        }
        match (self.state, method) {
            (State::Fresh, "initialize") => self.initialize(params),
            (State::Fresh, _) => Err(Failure::new(
                code::SERVER_NOT_INITIALIZED,
                "the first request is `initialize`",
            )),
            (State::Initialized, "shutdown") => {
                self.state = State::ShutDown;
                Ok(Value::Null)
            }
            (State::Initialized, "initialize") => Err(Failure::new(
                code::INVALID_REQUEST,
                "`initialize` is sent once",
            )),
            (State::ShutDown, _) => Err(Failure::new(
                code::INVALID_REQUEST,
                "nothing is answered behind `shutdown`",
            )),
            (State::Initialized, _) => {
                self.desk.workspace.set_today((self.settings.today)());
                let desk = &mut self.desk;
                guarded(|| requests::answer(desk, method, params))
            }
        }
    }

    fn initialize(&mut self, params: Value) -> Result<Value, Failure> {
        let options = params["initializationOptions"]["errorPages"].clone();
        let params: InitializeParams = read(params)?;
        let general = params.capabilities.general.as_ref();
        let offered = general.and_then(|it| it.position_encodings.as_ref());
        let utf8 = offered.is_some_and(|it| it.contains(&lsp_types::PositionEncodingKind::UTF8));
        if utf8 {
            self.desk.encoding = Encoding::Utf8;
        }
        let documents = params.capabilities.text_document.as_ref();
        let item = documents.and_then(|it| it.completion.as_ref()?.completion_item.as_ref());
        self.desk.snippets = item.and_then(|it| it.snippet_support).unwrap_or(false);
        self.desk.pages = options.as_str().map(str::to_owned);
        let folders = params.workspace_folders.unwrap_or_default();
        let mut roots: Vec<PathBuf> = folders
            .iter()
            .filter_map(|folder| path_of(&folder.uri))
            .collect();
        #[allow(deprecated, reason = "clients without folders still send it")]
        let root = params.root_uri.as_ref().and_then(path_of);
        if roots.is_empty() {
            roots.extend(root);
        }
        self.desk.workspace = Workspace::new(&roots, (self.settings.today)());
        self.state = State::Initialized;
        Ok(requests::capabilities(self.desk.encoding))
    }

    fn notification(&mut self, method: &str, params: Value) {
        if self.state != State::Initialized {
            return;
        }
        let desk = &mut self.desk;
        // What cannot be understood has nobody to be answered.
        let done = guarded(|| notified(desk, method, params)).unwrap_or(false);
        self.is_stale |= done;
    }

    fn publish(&mut self, published: &mut publish::Published) -> io::Result<()> {
        let desk = &mut self.desk;
        let all = guarded(|| Ok(publish::publish(desk, published))).unwrap_or_default();
        for params in all {
            message::notify(self.output, "textDocument/publishDiagnostics", &params)?;
        }
        Ok(())
    }
}

/// Does `work`; a panic in it is a fault of the server, which is said and survived.
fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
            let message = format!("internal error: {}", said.unwrap_or("a panic"));
            Err(Failure::new(code::INTERNAL_ERROR, message))
        }
    }
}

/// Parameters as the protocol has them.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params)
        .map_err(|error| Failure::new(code::INVALID_PARAMS, error.to_string()))
}

/// Takes a change. Gives whether messages may have changed.
fn notified(desk: &mut Desk, method: &str, params: Value) -> Result<bool, Failure> {
    match method {
        "textDocument/didOpen" => {
            let params: DidOpenTextDocumentParams = read(params)?;
            let document = params.text_document;
            let path = desk.path(&document.uri)?;
            let path = desk.workspace.open(&path, &document.text);
            desk.addresses.insert(path, document.uri);
        }
        "textDocument/didChange" => {
            let params: DidChangeTextDocumentParams = read(params)?;
            let path = desk.path(&params.text_document.uri)?;
            for change in params.content_changes {
                changed(desk, &path, change);
            }
        }
        "textDocument/didClose" => {
            let params: DidCloseTextDocumentParams = read(params)?;
            let path = desk.path(&params.text_document.uri)?;
            desk.workspace.close(&path);
            desk.addresses.remove(&path);
        }
        // Not every client says which files changed on disk.
        "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
            desk.workspace.disk_changed();
        }
        "workspace/didChangeWorkspaceFolders" => {
            let folders = |key: &str| -> Vec<PathBuf> {
                let folders = params["event"][key].as_array().cloned().unwrap_or_default();
                let uris = folders
                    .into_iter()
                    .filter_map(|it| serde_json::from_value::<Uri>(it["uri"].clone()).ok());
                uris.filter_map(|uri| path_of(&uri)).collect()
            };
            desk.workspace
                .change_roots(&folders("added"), &folders("removed"));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn changed(desk: &mut Desk, path: &Path, change: lsp_types::TextDocumentContentChangeEvent) {
    let Some(range) = change.range else {
        desk.workspace.open(path, &change.text);
        return;
    };
    let lines = desk.lines(path);
    let (start, end) = (lines.offset(range.start), lines.offset(range.end));
    let mut text = desk
        .workspace
        .text(path)
        .map(|text| text.to_string())
        .unwrap_or_default();
    text.replace_range(start.min(end)..start.max(end), &change.text);
    desk.workspace.open(path, &text);
}
