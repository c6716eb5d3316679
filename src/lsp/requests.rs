//! Requests: from the protocol's parameters to [`crate::ide`] and back.

use super::convert::{Encoding, Lines};
use super::message::{Failure, code};
use super::publish::{diagnostic, location};
use super::server::{Desk, read};
use super::tokens;
use crate::ide::{self, Edit, LensKind, OfferKind, Sort};
use lsp_types::{
    CodeActionParams, CodeLensParams, CompletionParams, DocumentFormattingParams,
    DocumentHighlightParams, DocumentSymbolParams, ExecuteCommandParams, FoldingRangeParams,
    GotoDefinitionParams, HoverParams, InlayHintParams, Location, ReferenceParams, RenameParams,
    SemanticTokensParams, TextDocumentIdentifier, TextDocumentPositionParams, Uri,
    WorkspaceSymbolParams,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The command that runs a test: the file's address, and the test's title or `null` for all of the policy.
const RUN_TEST: &str = "interdict.runTest";

/// What the server can do.
pub(super) fn capabilities(encoding: Encoding) -> Value {
    let encoding = match encoding {
        Encoding::Utf8 => "utf-8",
        Encoding::Utf16 => "utf-16",
    };
    json!({
        "capabilities": {
            "positionEncoding": encoding,
            "textDocumentSync": { "openClose": true, "change": 2, "save": true },
            "completionProvider": { "triggerCharacters": [".", ":", "=", "{", "(", " "] },
            "hoverProvider": true,
            "definitionProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "documentSymbolProvider": true,
            "workspaceSymbolProvider": true,
            "renameProvider": { "prepareProvider": true },
            "codeActionProvider": { "codeActionKinds": ["quickfix"] },
            "codeLensProvider": { "resolveProvider": false },
            "inlayHintProvider": true,
            "foldingRangeProvider": true,
            "documentFormattingProvider": true,
            "semanticTokensProvider": {
                "legend": { "tokenTypes": tokens::legend(), "tokenModifiers": ["declaration"] },
                "full": true,
            },
            "executeCommandProvider": { "commands": [RUN_TEST] },
            "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
        },
        "serverInfo": { "name": "interdict", "version": env!("CARGO_PKG_VERSION") },
    })
}

/// The answer to a request.
pub(super) fn answer(desk: &mut Desk, method: &str, params: Value) -> Result<Value, Failure> {
    match method {
        "textDocument/completion" => completion(desk, read(params)?),
        "textDocument/hover" => hover(desk, read(params)?),
        "textDocument/definition" => definition(desk, read(params)?),
        "textDocument/references" => references(desk, read(params)?),
        "textDocument/documentHighlight" => highlights(desk, read(params)?),
        "textDocument/documentSymbol" => outline(desk, read(params)?),
        "workspace/symbol" => symbols(desk, read(params)?),
        "textDocument/prepareRename" => prepare_rename(desk, read(params)?),
        "textDocument/rename" => rename(desk, read(params)?),
        "textDocument/semanticTokens/full" => colours(desk, read(params)?),
        "textDocument/foldingRange" => folds(desk, read(params)?),
        "textDocument/formatting" => formatting(desk, read(params)?),
        "textDocument/codeAction" => actions(desk, read(params)?),
        "textDocument/codeLens" => lenses(desk, read(params)?),
        "textDocument/inlayHint" => hints(desk, read(params)?),
        "workspace/executeCommand" => execute(desk, read(params)?),
        other => Err(Failure::new(
            code::METHOD_NOT_FOUND,
            format!("there is no request `{other}`"),
        )),
    }
}

/// A file, its lines, and the byte of a position in it.
fn place(
    desk: &Desk,
    params: &TextDocumentPositionParams,
) -> Result<(PathBuf, Rc<Lines>, usize), Failure> {
    let path = desk.path(&params.text_document.uri)?;
    let lines = desk.lines(&path);
    let at = lines.offset(params.position);
    Ok((path, lines, at))
}

fn file(desk: &Desk, document: &TextDocumentIdentifier) -> Result<(PathBuf, Rc<Lines>), Failure> {
    let path = desk.path(&document.uri)?;
    let lines = desk.lines(&path);
    Ok((path, lines))
}

fn completion(desk: &mut Desk, params: CompletionParams) -> Result<Value, Failure> {
    let (path, lines, at) = place(desk, &params.text_document_position)?;
    let found = ide::complete(&mut desk.workspace, &path, at);
    let range = lines.range(found.start, found.end);
    let item = |(place, offer): (usize, &ide::Offer)| {
        let template = offer.template.as_deref();
        let fills_in = template.is_some_and(|text| text.contains('$'));
        let (text, format) = match (template, fills_in && desk.snippets) {
            (Some(text), true) => (text.to_owned(), 2),
            (Some(text), false) if fills_in => (plain(&offer.label, text), 1),
            (Some(text), false) => (text.to_owned(), 1),
            (None, _) => (offer.label.clone(), 1),
        };
        let mut item = json!({
            "label": offer.label,
            "kind": item_kind(offer.kind),
            "sortText": format!("{place:04}"),
            "insertTextFormat": format,
            "textEdit": { "range": range, "newText": text },
        });
        if let Some(detail) = &offer.detail {
            item["detail"] = json!(detail);
        }
        if let Some(doc) = &offer.doc {
            item["documentation"] = json!({ "kind": "markdown", "value": doc });
        }
        item
    };
    let items: Vec<Value> = found.offers.iter().enumerate().map(item).collect();
    Ok(json!({ "isIncomplete": false, "items": items }))
}

/// What is written where the client does not fill in places: a call keeps its parenthesis, a declaration is its word.
fn plain(label: &str, template: &str) -> String {
    match template.strip_suffix("$1)") {
        Some(call) => call.to_owned(),
        None => label.to_owned(),
    }
}

fn item_kind(kind: OfferKind) -> u8 {
    match kind {
        OfferKind::Keyword => 14,
        OfferKind::Field => 5,
        OfferKind::EnumValue | OfferKind::Country | OfferKind::Verdict => 20,
        OfferKind::Set | OfferKind::List => 21,
        OfferKind::Param | OfferKind::Element => 6,
        OfferKind::Define | OfferKind::Function => 3,
        OfferKind::Type => 7,
        OfferKind::Rule => 23,
        OfferKind::Tag => 18,
        OfferKind::Case => 12,
        OfferKind::Unit => 11,
        OfferKind::Policy => 9,
    }
}

fn hover(desk: &mut Desk, params: HoverParams) -> Result<Value, Failure> {
    let (path, lines, at) = place(desk, &params.text_document_position_params)?;
    let found = ide::hover(&mut desk.workspace, &path, at);
    Ok(found.map_or(Value::Null, |hover| {
        json!({
            "contents": { "kind": "markdown", "value": hover.text },
            "range": lines.range(hover.start, hover.end),
        })
    }))
}

fn locations(desk: &Desk, spots: &[ide::Spot]) -> Value {
    let all = spots.iter().filter_map(|spot| location(desk, spot));
    json!(all.collect::<Vec<Location>>())
}

fn definition(desk: &mut Desk, params: GotoDefinitionParams) -> Result<Value, Failure> {
    let (path, _, at) = place(desk, &params.text_document_position_params)?;
    let found = ide::definition(&mut desk.workspace, &path, at);
    Ok(locations(desk, &found))
}

fn references(desk: &mut Desk, params: ReferenceParams) -> Result<Value, Failure> {
    let (path, _, at) = place(desk, &params.text_document_position)?;
    let with_declaration = params.context.include_declaration;
    let found = ide::references(&mut desk.workspace, &path, at, with_declaration);
    Ok(locations(desk, &found))
}

fn highlights(desk: &mut Desk, params: DocumentHighlightParams) -> Result<Value, Failure> {
    let (path, lines, at) = place(desk, &params.text_document_position_params)?;
    let found = ide::highlights(&mut desk.workspace, &path, at);
    let one = |it: &ide::Highlight| {
        let kind = if it.is_declaration { 3 } else { 2 };
        json!({ "range": lines.range(it.spot.start, it.spot.end), "kind": kind })
    };
    Ok(json!(found.iter().map(one).collect::<Vec<Value>>()))
}

fn symbol_kind(sort: Sort) -> u8 {
    match sort {
        Sort::Policy => 4,
        Sort::Record => 23,
        Sort::Field | Sort::Column => 8,
        Sort::Enum | Sort::Codes => 10,
        Sort::EnumValue | Sort::Verdict => 22,
        Sort::Set | Sort::List | Sort::Closure | Sort::Calendar => 18,
        Sort::Param => 14,
        Sort::Define | Sort::Table | Sort::Aggregate => 12,
        Sort::Rule | Sort::Exception | Sort::Suspension => 5,
        Sort::Case => 19,
        Sort::Test => 6,
        Sort::Parameter | Sort::Element => 13,
    }
}

fn outline(desk: &mut Desk, params: DocumentSymbolParams) -> Result<Value, Failure> {
    let (path, lines) = file(desk, &params.text_document)?;
    let found = ide::outline(&mut desk.workspace, &path);
    Ok(json!(
        found
            .iter()
            .map(|symbol| symbol_value(symbol, &lines))
            .collect::<Vec<Value>>()
    ))
}

fn symbol_value(symbol: &ide::Symbol, lines: &Lines) -> Value {
    let parts = symbol.parts.iter();
    json!({
        "name": symbol.name,
        "detail": symbol.detail,
        "kind": symbol_kind(symbol.sort),
        "range": lines.range(symbol.whole.0, symbol.whole.1),
        "selectionRange": lines.range(symbol.place.0, symbol.place.1),
        "children": parts.map(|part| symbol_value(part, lines)).collect::<Vec<Value>>(),
    })
}

fn symbols(desk: &mut Desk, params: WorkspaceSymbolParams) -> Result<Value, Failure> {
    let found = ide::workspace_symbols(&mut desk.workspace, &params.query);
    let one = |it: &ide::FileSymbol| {
        let location = location(desk, &it.spot)?;
        Some(json!({ "name": it.name, "kind": symbol_kind(it.sort), "location": location }))
    };
    Ok(json!(found.iter().filter_map(one).collect::<Vec<Value>>()))
}

fn refused(refusal: ide::Refusal) -> Failure {
    Failure::new(code::REQUEST_FAILED, refusal.0)
}

fn prepare_rename(desk: &mut Desk, params: TextDocumentPositionParams) -> Result<Value, Failure> {
    let (path, lines, at) = place(desk, &params)?;
    let (spot, name) = ide::prepare_rename(&mut desk.workspace, &path, at).map_err(refused)?;
    Ok(json!({ "range": lines.range(spot.start, spot.end), "placeholder": name }))
}

fn rename(desk: &mut Desk, params: RenameParams) -> Result<Value, Failure> {
    let (path, _, at) = place(desk, &params.text_document_position)?;
    let edits = ide::rename(&mut desk.workspace, &path, at, &params.new_name).map_err(refused)?;
    Ok(workspace_edit(desk, &edits))
}

fn workspace_edit(desk: &Desk, edits: &[Edit]) -> Value {
    let mut changes: BTreeMap<&Path, Vec<Value>> = BTreeMap::new();
    for edit in edits {
        let range = desk
            .lines(&edit.spot.path)
            .range(edit.spot.start, edit.spot.end);
        let value = json!({ "range": range, "newText": edit.text });
        changes.entry(&edit.spot.path).or_default().push(value);
    }
    let changes = changes.into_iter().filter_map(|(path, edits)| {
        let uri = desk.uri(path)?;
        Some((uri.as_str().to_owned(), json!(edits)))
    });
    json!({ "changes": changes.collect::<serde_json::Map<String, Value>>() })
}

fn colours(desk: &mut Desk, params: SemanticTokensParams) -> Result<Value, Failure> {
    let (path, lines) = file(desk, &params.text_document)?;
    let found = ide::colours(&mut desk.workspace, &path);
    let packed = tokens::packed(&found, &lines);
    Ok(json!(lsp_types::SemanticTokens {
        result_id: None,
        data: packed,
    }))
}

fn folds(desk: &mut Desk, params: FoldingRangeParams) -> Result<Value, Failure> {
    let (path, lines) = file(desk, &params.text_document)?;
    let found = ide::folds(&mut desk.workspace, &path);
    let one = |fold: &ide::Fold| {
        let (start, end) = (
            lines.position(fold.start).line,
            lines.position(fold.end).line,
        );
        match fold.kind {
            // The line of the closing bracket stays.
            ide::FoldKind::Block => {
                (end > start + 1).then(|| json!({ "startLine": start, "endLine": end - 1 }))
            }
            ide::FoldKind::Comment => {
                Some(json!({ "startLine": start, "endLine": end, "kind": "comment" }))
            }
        }
    };
    Ok(json!(found.iter().filter_map(one).collect::<Vec<Value>>()))
}

fn formatting(desk: &mut Desk, params: DocumentFormattingParams) -> Result<Value, Failure> {
    let (path, lines) = file(desk, &params.text_document)?;
    let Some(formatted) = ide::format(&mut desk.workspace, &path) else {
        return Ok(json!([]));
    };
    let old = desk.workspace.text(&path).unwrap_or_default();
    let (start, end) = middle(&old, &formatted);
    let new = &formatted[start..formatted.len() - end];
    let range = lines.range(start, old.len() - end);
    Ok(json!([{ "range": range, "newText": new }]))
}

/// How many bytes two texts have in common at their start and at their end, in whole lines.
fn middle(old: &str, new: &str) -> (usize, usize) {
    let lines =
        |text: &str| -> Vec<String> { text.split_inclusive('\n').map(str::to_owned).collect() };
    let (old, new) = (lines(old), lines(new));
    let alike = |(a, b): &(&String, &String)| a == b;
    let first = old.iter().zip(&new).take_while(alike);
    let first: Vec<&String> = first.map(|(line, _)| line).collect();
    let rest = old.len().min(new.len()) - first.len();
    let last = old.iter().rev().zip(new.iter().rev()).take(rest);
    let last: usize = last.take_while(alike).map(|(line, _)| line.len()).sum();
    (first.iter().map(|line| line.len()).sum(), last)
}

fn actions(desk: &mut Desk, params: CodeActionParams) -> Result<Value, Failure> {
    let (path, lines) = file(desk, &params.text_document)?;
    let (start, end) = (
        lines.offset(params.range.start),
        lines.offset(params.range.end),
    );
    let found = ide::actions(&mut desk.workspace, &path, start, end);
    let one = |action: &ide::Action| {
        json!({
            "title": action.title,
            "kind": "quickfix",
            "isPreferred": action.preferred,
            "diagnostics": [diagnostic(desk, &action.finding)],
            "edit": workspace_edit(desk, std::slice::from_ref(&action.edit)),
        })
    };
    Ok(json!(found.iter().map(one).collect::<Vec<Value>>()))
}

fn lenses(desk: &mut Desk, params: CodeLensParams) -> Result<Value, Failure> {
    let (path, lines) = file(desk, &params.text_document)?;
    let uri = &params.text_document.uri;
    let found = ide::lenses(&mut desk.workspace, &path);
    let one = |lens: &ide::Lens| {
        let command = match &lens.kind {
            LensKind::RunTest(title) => run_command(&lens.title, uri, Some(title)),
            LensKind::RunAll => run_command(&lens.title, uri, None),
            LensKind::Says => json!({ "title": lens.title, "command": "" }),
        };
        json!({ "range": lines.range(lens.at, lens.at), "command": command })
    };
    Ok(json!(found.iter().map(one).collect::<Vec<Value>>()))
}

fn run_command(shown: &str, uri: &Uri, title: Option<&str>) -> Value {
    json!({ "title": shown, "command": RUN_TEST, "arguments": [uri, title] })
}

fn hints(desk: &mut Desk, params: InlayHintParams) -> Result<Value, Failure> {
    let (path, lines) = file(desk, &params.text_document)?;
    let (start, end) = (
        lines.offset(params.range.start),
        lines.offset(params.range.end),
    );
    let found = ide::hints(&mut desk.workspace, &path, start, end);
    let one = |hint: &ide::Hint| json!({ "position": lines.position(hint.at), "label": hint.text, "paddingLeft": true });
    Ok(json!(found.iter().map(one).collect::<Vec<Value>>()))
}

fn execute(desk: &mut Desk, params: ExecuteCommandParams) -> Result<Value, Failure> {
    if params.command != RUN_TEST {
        let message = format!("there is no command `{}`", params.command);
        return Err(Failure::new(code::INVALID_PARAMS, message));
    }
    let mut arguments = params.arguments.into_iter();
    let uri: Uri = read(arguments.next().unwrap_or(Value::Null))?;
    let title: Option<String> = read(arguments.next().unwrap_or(Value::Null))?;
    let path = desk.path(&uri)?;
    let (passed, text) = match ide::run_test(&mut desk.workspace, &path, title.as_deref()) {
        Ok((passed, text)) => (passed, text),
        Err(why) => (false, why),
    };
    desk.sayings.push((!passed, text.clone()));
    Ok(json!({ "passed": passed, "text": text }))
}
