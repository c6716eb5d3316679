use super::client::{Client, position};
use interdict::lsp::Ending;
use serde_json::{Value, json};
use std::fmt::Write;

const COMMON: &str = "\
record shipment {
  key   shipment_id : text
  as of ship_date   : date
  ## Where it goes.
  destination : country?
  value       : money USD
}
verdicts clear < review < deny
otherwise clear
when unknown review
set guarded of country = { IR, KP }
";

const RULES: &str = "\
policy p { title \"🚢 p\" }
import \"../common\"
rule far \"Far away\" {
  cites \"Order 1\"
  in force from 2026-01-01
  when  destination in guarded and value >= 500 USD
  then  deny
}
test \"far\" {
  given { shipment_id: \"T\", ship_date: 2026-02-01, destination: IR, value: 500 USD }
  expect deny by far
}
";

fn files() -> [(&'static str, &'static str); 3] {
    [
        ("interdict.toml", ""),
        ("common/common.interdict", COMMON),
        ("p/rules.interdict", RULES),
    ]
}

fn client() -> Client {
    Client::initialized(&files(), json!({}))
}

const FILE: &str = "p/rules.interdict";

#[test]
fn a_session() {
    let mut client = Client::start(&files());
    let mut out = String::new();
    let mut note = |client: &Client, what: &str, value: &Value| {
        let _ = writeln!(out, "=== {what} ===\n{}\n", client.shown(value));
    };
    let folder = json!([{ "uri": client.uri(""), "name": "policies" }]);
    let capabilities = json!({ "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } });
    let params = json!({
        "processId": null, "capabilities": capabilities, "workspaceFolders": folder,
        "initializationOptions": { "errorPages": "https://example.org/errors" },
    });
    let result = client.ask("initialize", params).expect("a result");
    note(&client, "initialize", &result);
    client.notify("initialized", json!({}));

    client.open(FILE, RULES);
    let published = client.hear("textDocument/publishDiagnostics");
    note(&client, "open", &published);

    let wrong = RULES.replace("destination in", "destinaton in");
    client.change(FILE, &wrong);
    let published = client.hear("textDocument/publishDiagnostics");
    note(&client, "change", &published);
    let document = client.document(FILE);
    let at = position(&wrong, "destinaton", 0);
    let range = json!({ "start": at, "end": at });
    let context = json!({ "diagnostics": [] });
    let params = json!({ "textDocument": document, "range": range, "context": context });
    let actions = client
        .ask("textDocument/codeAction", params)
        .expect("a result");
    note(&client, "codeAction", &actions[0]["edit"]);

    // Back again, by a change of a part of a line.
    let end = position(&wrong, " in guarded", 0);
    let change = json!({ "range": { "start": at, "end": end }, "text": "destination" });
    let params = json!({ "textDocument": { "uri": client.uri(FILE), "version": 3 }, "contentChanges": [change] });
    client.notify("textDocument/didChange", params);
    let published = client.hear("textDocument/publishDiagnostics");
    note(&client, "change of a part", &published);

    let document = client.document(FILE);
    let here = |wanted: &str, nth: usize| json!({ "textDocument": document.clone(), "position": position(RULES, wanted, nth) });
    let ask = |client: &mut Client, method: &str, params: Value| {
        client
            .ask(&format!("textDocument/{method}"), params)
            .expect(method)
    };
    let found = ask(&mut client, "completion", here("guarded and", 0));
    note(&client, "completion", &found);
    let found = ask(&mut client, "hover", here("guarded", 0));
    note(&client, "hover", &found);
    let found = ask(&mut client, "definition", here("guarded", 0));
    note(&client, "definition", &found);
    let found = ask(&mut client, "prepareRename", here("destination in", 0));
    note(&client, "prepareRename", &found);
    let mut params = here("destination in", 0);
    params["newName"] = json!("goes_to");
    let found = ask(&mut client, "rename", params.clone());
    note(&client, "rename", &found);
    params["newName"] = json!("value");
    let refused = client
        .ask("textDocument/rename", params)
        .expect_err("a clash");
    note(&client, "rename refused", &refused);
    let mut params = here("destination in", 0);
    params["context"] = json!({ "includeDeclaration": true });
    let found = ask(&mut client, "references", params);
    note(
        &client,
        "references",
        &json!(found.as_array().map(Vec::len)),
    );
    let whole = json!({ "textDocument": client.document(FILE) });
    for method in ["documentSymbol", "foldingRange", "codeLens"] {
        let found = ask(&mut client, method, whole.clone());
        note(&client, method, &found);
    }
    let colours = ask(&mut client, "semanticTokens/full", whole.clone());
    let count = colours["data"].as_array().map(Vec::len);
    note(
        &client,
        "semanticTokens/full",
        &json!(count.map(|count| count % 5)),
    );
    let mut params = whole.clone();
    params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    let found = ask(&mut client, "formatting", params);
    note(&client, "formatting", &json!(found));
    let mut params = whole;
    params["range"] =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let found = ask(&mut client, "inlayHint", params);
    note(&client, "inlayHint", &found);
    let arguments = json!([client.uri(FILE), "far"]);
    let params = json!({ "command": "interdict.runTest", "arguments": arguments });
    let found = client
        .ask("workspace/executeCommand", params)
        .expect("a result");
    note(&client, "runTest", &found);
    let message = client.hear("window/showMessage");
    note(&client, "showMessage", &message);
    insta::assert_snapshot!(out);
    assert_eq!(client.quit(), Ending::Orderly);
}

#[test]
fn what_is_said_of_imported_files_is_cleared_when_it_is_gone() {
    let mut client = client();
    client.open(FILE, RULES);
    client.hear("textDocument/publishDiagnostics");
    // The library is wrong while it is open, and is right on disk.
    client.open(
        "common/common.interdict",
        &COMMON.replace("{ IR, KP }", "{ IR, IX }"),
    );
    let published = client.hear("textDocument/publishDiagnostics");
    assert_eq!(published["uri"], client.uri("common/common.interdict"));
    let codes: Vec<&Value> = published["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["code"])
        .collect();
    assert_eq!(codes, ["E0208"], "once, though two homes say it");
    let document = client.document("common/common.interdict");
    client.notify("textDocument/didClose", json!({ "textDocument": document }));
    let published = client.hear("textDocument/publishDiagnostics");
    assert_eq!(published["diagnostics"], json!([]));
    assert_eq!(client.quit(), Ending::Orderly);
}

#[test]
fn positions_are_counted_as_agreed() {
    for (encodings, column) in [(json!(["utf-8", "utf-16"]), 26), (json!(["utf-16"]), 24)] {
        let general = json!({ "general": { "positionEncodings": encodings } });
        let mut client = Client::initialized(&files(), general);
        let text = RULES.replace("title \"🚢 p\" }", "title \"🚢\" a }");
        client.open(FILE, &text);
        let published = client.hear("textDocument/publishDiagnostics");
        // `policy p { title "🚢" a }`: the ship is four bytes or two units, and `a` has no text behind it.
        let found = &published["diagnostics"][0]["range"]["start"]["character"];
        assert_eq!(found, column, "{published}");
        assert_eq!(client.quit(), Ending::Orderly);
    }
}

#[test]
fn requests_are_answered_whatever_they_are() {
    let mut client = Client::start(&files());
    let code = |answer: Result<Value, Value>| answer.expect_err("an error")["code"].clone();
    assert_eq!(code(client.ask("textDocument/hover", json!({}))), -32002);
    client
        .ask("initialize", json!({ "capabilities": {} }))
        .expect("a result");
    assert_eq!(
        code(client.ask("initialize", json!({ "capabilities": {} }))),
        -32600
    );
    assert_eq!(code(client.ask("textDocument/nonsense", json!({}))), -32601);
    assert_eq!(
        code(client.ask("textDocument/hover", json!({ "a": 1 }))),
        -32602
    );
    let params = json!({ "command": "rm" });
    assert_eq!(code(client.ask("workspace/executeCommand", params)), -32602);
    client.notify("$/nonsense", json!({}));
    client.notify("textDocument/didChange", json!({ "a": 1 }));
    client.send("{ nonsense");
    let malformed = client.read().expect("an answer");
    assert_eq!(
        (&malformed["id"], &malformed["error"]["code"]),
        (&Value::Null, &json!(-32700))
    );
    // A file that is nowhere has nothing to say.
    let nowhere = json!({ "textDocument": client.document("nowhere.interdict"), "position": { "line": 9, "character": 9 } });
    assert_eq!(client.ask("textDocument/hover", nowhere), Ok(Value::Null));
    let other = json!({ "textDocument": { "uri": "untitled:1" }, "position": { "line": 0, "character": 0 } });
    assert_eq!(code(client.ask("textDocument/hover", other)), -32602);
    client.ask("shutdown", Value::Null).expect("a result");
    assert_eq!(code(client.ask("textDocument/hover", json!({}))), -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), Ending::Orderly);
}

#[test]
fn a_cancelled_request_is_answered_as_such() {
    let mut client = client();
    let params = json!({ "textDocument": client.document(FILE) });
    client.notify("$/cancelRequest", json!({ "id": 2 }));
    let id = client.request("textDocument/documentSymbol", params);
    assert_eq!(id, 2);
    let error = client.answer(id).expect_err("cancelled");
    assert_eq!(error["code"], -32800);
    assert_eq!(client.quit(), Ending::Orderly);
}

#[test]
fn leaving_without_a_word_is_an_abrupt_end() {
    let mut client = client();
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), Ending::Abrupt);
    assert_eq!(Client::start(&[]).ended(), Ending::Abrupt);
}

#[test]
fn a_file_that_is_no_text_is_said_and_survived() {
    let mut client = client();
    std::fs::write(client.root().join("p/other.interdict"), b"\xff").expect("written");
    client.open(FILE, RULES);
    let published = client.hear("textDocument/publishDiagnostics");
    let message = published["diagnostics"][0]["message"]
        .as_str()
        .expect("a message");
    assert!(message.contains("is not UTF-8 text"), "{message}");
    assert_eq!(client.quit(), Ending::Orderly);
}
