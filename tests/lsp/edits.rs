//! Random edits of an example, with random requests in between: nothing panics, and when all is undone, everything is as it was.

use super::client::{Client, position_at};
use interdict::lsp::Ending;
use serde_json::json;
use std::fs;
use std::path::Path;

/// How many edits; `INTERDICT_EDITS` says another number.
const EDITS: usize = 500;

/// What is written.
const PIECES: [&str; 22] = [
    "",
    " ",
    "\n",
    "{",
    "}",
    "\"",
    "rule ",
    "when ",
    "in ",
    "destination",
    ".",
    "(",
    ")",
    "8481",
    " USD",
    "CN",
    "#",
    "🚢",
    "then ",
    "`",
    "test \"x\" { given { ",
    "any x in ",
];

const REQUESTS: [&str; 12] = [
    "completion",
    "completion",
    "hover",
    "definition",
    "references",
    "documentHighlight",
    "documentSymbol",
    "foldingRange",
    "codeLens",
    "semanticTokens/full",
    "formatting",
    "prepareRename",
];

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).expect("small")
    }
}

fn edits() -> usize {
    let wanted = std::env::var("INTERDICT_EDITS").ok();
    wanted
        .and_then(|wanted| wanted.parse().ok())
        .unwrap_or(EDITS)
}

fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

#[test]
fn half_written_files_do_no_harm_and_leave_no_trace() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/components");
    let name = "components.interdict";
    let whole = fs::read_to_string(folder.join(name)).expect("an example");
    let mut client = Client::initialized(&[(name, &whole)], json!({}));
    client.open(name, &whole);
    let before = client.hear("textDocument/publishDiagnostics")["diagnostics"].clone();
    let mut random = Random(0x1D_EC0DE);
    let mut text = whole.clone();
    for _ in 0..edits() {
        edit(&mut client, name, &mut text, &mut random);
        if random.below(3) == 0 {
            request(&mut client, name, &text, &mut random);
        }
        if random.below(40) == 0 {
            text = whole.clone();
            client.change(name, &text);
        }
    }
    client.change(name, &whole);
    // An answer says that everything before it was taken in.
    let params = json!({ "textDocument": client.document(name) });
    client
        .ask("textDocument/documentSymbol", params)
        .expect("a result");
    // What was said last of the file is what was said first, unless nothing was said in between.
    client.change(name, &format!("{whole}\n)"));
    let last = loop {
        let published = client.hear("textDocument/publishDiagnostics");
        let found = published["diagnostics"].as_array().expect("a list");
        if found.iter().any(|it| it["code"] == "E0114")
            && found.len() == 1 + before.as_array().map_or(0, Vec::len)
        {
            break published;
        }
    };
    assert_eq!(last["uri"], client.uri(name));
    client.change(name, &whole);
    let last = client.hear("textDocument/publishDiagnostics");
    assert_eq!(last["diagnostics"], before);
    assert_eq!(client.quit(), Ending::Orderly);
}

/// Replaces a stretch of the text, told as a range.
fn edit(client: &mut Client, name: &str, text: &mut String, random: &mut Random) {
    let start = boundary(text, random.below(text.len() + 1));
    let end = boundary(text, start + random.below(12));
    let new = PIECES[random.below(PIECES.len())];
    let range = json!({ "start": position_at(text, start), "end": position_at(text, end) });
    let changes = json!([{ "range": range, "text": new }]);
    let document = json!({ "uri": client.uri(name), "version": 2 });
    let params = json!({ "textDocument": document, "contentChanges": changes });
    client.notify("textDocument/didChange", params);
    text.replace_range(start..end, new);
}

fn request(client: &mut Client, name: &str, text: &str, random: &mut Random) {
    let method = REQUESTS[random.below(REQUESTS.len())];
    let at = boundary(text, random.below(text.len() + 1));
    let params = json!({
        "textDocument": client.document(name),
        "position": position_at(text, at),
        "context": { "includeDeclaration": true, "triggerKind": 1 },
        "options": { "tabSize": 2, "insertSpaces": true },
    });
    match client.ask(&format!("textDocument/{method}"), params) {
        Ok(_) => {}
        // A refusal is an answer; a fault is not.
        Err(error) => assert_eq!(error["code"], json!(-32803), "{method}: {error}"),
    }
    client.said.clear();
}
