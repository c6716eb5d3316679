//! Reading and laying out rule files. Dropping a file into `tests/syntax/trees` or `errors` adds a test.

use std::fs;
use std::path::{Path, PathBuf};

use interdict::diagnostic::{Diagnostic, Renderer};
use interdict::syntax::lex::tokenize;
use interdict::syntax::limits::{MAX_MESSAGES, MAX_NESTING};
use interdict::syntax::token::{Kw, KwClass, Token};
use interdict::syntax::{ast, format, parse, print_ast, print_tokens};
use interdict::text::{FileId, SourceMap};
use proptest::prelude::*;

fn source(name: &str, text: impl Into<String>) -> (SourceMap, FileId) {
    let mut files = SourceMap::default();
    let file = files.add(name, text);
    (files, file)
}

fn read(text: impl Into<String>) -> (ast::File, Vec<Diagnostic>) {
    let (files, file) = source("a.interdict", text);
    parse(&files, file)
}

fn codes(text: impl Into<String>) -> Vec<&'static str> {
    read(text).1.iter().map(|message| message.code.id).collect()
}

fn rendered(files: &SourceMap, messages: &[Diagnostic]) -> String {
    let mut renderer = Renderer::new(files, false);
    messages
        .iter()
        .map(|message| renderer.render(message))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A file of the tree that must have no mistakes.
fn sound(path: &Path) -> (String, ast::File) {
    let name = path.file_name().expect("a file").to_string_lossy();
    let text = fs::read_to_string(path).expect("a readable file");
    let (files, file) = source(&name, text.clone());
    let (tree, messages) = parse(&files, file);
    assert!(
        messages.is_empty(),
        "{}:\n{}",
        path.display(),
        rendered(&files, &messages)
    );
    (text, tree)
}

/// All rule files under `folder`, in order.
fn rule_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|kind| kind == "interdict") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sound_files() -> Vec<PathBuf> {
    let mut files = rule_files("tests/syntax/trees");
    files.extend(rule_files("examples"));
    files
}

#[test]
fn trees_are_as_reviewed() {
    insta::glob!("syntax/trees/*.interdict", |path| {
        let (_, tree) = sound(path);
        insta::assert_snapshot!(print_ast(&tree, false));
    });
}

#[test]
fn messages_are_as_reviewed() {
    insta::glob!("syntax/errors/*.interdict", |path| {
        let name = path.file_name().expect("a file").to_string_lossy();
        let text = fs::read_to_string(path).expect("a readable file");
        let (files, file) = source(&name, text);
        let (_, messages) = parse(&files, file);
        assert!(!messages.is_empty());
        insta::assert_snapshot!(rendered(&files, &messages));
    });
}

#[test]
fn tokens_say_what_each_word_is() {
    let text =
        "rule in_force \"r\" {\n  in force from 2025-01-01\n  when set = 5 kg and a.in > 25 %\n}\n";
    let (files, file) = source("a.interdict", text);
    let (tokens, _) = tokenize(file, &files.file(file).text);
    insta::assert_snapshot!(print_tokens(&tokens, true));
}

#[test]
fn words_are_soft_where_the_grammar_can_tell() {
    let (tree, messages) = read(
        "record r {\n key key : text\n as of on : date\n value : money USD\n title : text\n list : text?\n\
         rule : text\n from : country from \"From\"\n in : bool\n}\n\
         enum words { unknown, none, tagged, by, with, test, policy, only }\n\
         define d : bool = from = CN and r.in and title contains title and tagged = only\n\
         rule when \"w\" {\n cites \"c\"\n tags tags, note, cites\n when when and note and from = tagged\n\
         note note note\n then because because \"b\"\n}\n",
    );
    assert_eq!(messages, []);
    insta::assert_snapshot!(print_ast(&tree, false));
}

#[test]
fn comparisons_bind_looser_than_sums_and_tighter_than_not() {
    let (tree, messages) = read(
        "define a = not x + 1 * 2 < y and b or c in d - e & f or not if p then q else r or s\n\
         define b = - a.b / c between 1 and 2 and not d not in e\n",
    );
    assert_eq!(messages, []);
    insta::assert_snapshot!(print_ast(&tree, false));
}

#[test]
fn a_file_with_five_mistakes_gives_five_messages_and_more() {
    let text = fs::read_to_string("tests/syntax/errors/five_mistakes.interdict").expect("there");
    let found = codes(text);
    assert_eq!(
        found,
        [
            "E0120", "E0110", "E0112", "E0106", "E0117", "E0111", "E0108"
        ]
    );
}

#[test]
fn a_byte_order_mark_and_any_line_ends_are_accepted() {
    let lines = [
        "verdicts a < b",
        "# note",
        "otherwise a",
        "when unknown b",
        "",
    ];
    for ends in ["\n", "\r\n", "\r"] {
        let (tree, messages) = read(format!("\u{feff}{}", lines.join(ends)));
        assert_eq!(messages, [], "{ends:?}");
        assert_eq!(tree.items.len(), 3);
        assert_eq!(tree.comments[0].text, "# note");
    }
}

#[test]
fn documentation_belongs_to_what_follows() {
    let (tree, _) = read(
        "## The parcels.\n##  Two lines.\nrecord r {\n  ## Its number.\n  key id : text ## not this\n  as of day : date\n}\n\
         ### ruler\nenum e {\n  ## First.\n  a,\n  b }\n",
    );
    insta::assert_snapshot!(print_ast(&tree, false));
}

#[test]
fn what_stands_too_deep_is_refused_before_anything_recurses() {
    let deep = 50_000;
    let nested = [
        format!("define a = {}", "(".repeat(1_000_000)),
        format!("define a = {}b{}", "(".repeat(deep), ")".repeat(deep)),
        format!("define a = {}b", "not ".repeat(deep)),
        format!("define a = {}5", "- ".repeat(deep)),
        format!("define a = b{}", ".b".repeat(deep)),
        format!("define a = b{}", " + b".repeat(deep / 2)),
        format!("define a = {} 3", "if b then 5 else ".repeat(deep / 5)),
        format!("define a = {}", "f(".repeat(deep / 2)),
        format!("define a = b in {}", "{ ".repeat(deep)),
        format!("{}b", "define a = if b then ".repeat(deep / 10)),
    ];
    for text in nested {
        let (tree, messages) = read(text.clone());
        let found: Vec<&str> = messages.iter().map(|message| message.code.id).collect();
        assert!(
            found.contains(&"E0116") || text.contains("define a = if b then define"),
            "{} gives {found:?}",
            &text[..40]
        );
        drop(tree);
    }
}

#[test]
fn nesting_up_to_the_limit_is_read() {
    let depth = MAX_NESTING - 1;
    let text = format!("define a = {}b{}\n", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(codes(text), Vec::<&str>::new());
    let text = format!("define a = b{}\n", " and b".repeat(20_000));
    assert_eq!(codes(text), Vec::<&str>::new());
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    assert_eq!(codes(" ".repeat(16 * 1024 * 1024 + 1)), ["E0115"]);
    let many = codes(format!("set a of hs = {{ {} }}", "b, ".repeat(1_100_000)));
    assert!(many.contains(&"E0115"), "{many:?}");
}

#[test]
fn messages_stop_at_a_bound() {
    for text in ["@ ", "define = 5\n", "rule x \"t\" { whn }\n", "\u{202e}"] {
        let found = codes(text.repeat(10_000));
        assert_eq!(found.len(), MAX_MESSAGES, "{text:?}");
    }
}

/// Lays out twice; asserts that tree and comments stay and that the second time changes nothing.
fn assert_layout_is_faithful(text: &str) {
    let (before, messages) = read(text);
    assert_eq!(messages, [], "{text}");
    let once = format(&before, text);
    let (after, messages) = read(once.clone());
    assert_eq!(messages, [], "laid out:\n{once}\nfrom:\n{text}");
    assert_same_lines(
        "tree",
        &print_ast(&before, false),
        &print_ast(&after, false),
    );
    assert_eq!(comments(&before), comments(&after), "laid out:\n{once}");
    assert_same_lines("layout", &once, &format(&after, &once));
}

/// Shows the first lines that differ, with those before.
fn assert_same_lines(what: &str, before: &str, after: &str) {
    let (a, b): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let Some(at) = (0..a.len().max(b.len())).find(|at| a.get(*at) != b.get(*at)) else {
        return;
    };
    let part = |lines: &[&str]| {
        let end = lines.len().min(at + 4);
        lines[at.saturating_sub(4).min(end)..end].join("\n")
    };
    panic!(
        "the {what} changes:\n{}\n---- to ----\n{}",
        part(&a),
        part(&b)
    );
}

fn comments(tree: &ast::File) -> Vec<String> {
    let bare = |comment: &ast::Comment| comment.text.trim_start_matches('#').trim().to_owned();
    let mut comments: Vec<String> = tree.comments.iter().map(bare).collect();
    comments.sort();
    comments
}

#[test]
fn layout_is_faithful_on_every_rule_file() {
    for path in sound_files() {
        let text = fs::read_to_string(&path).expect("a readable file");
        assert_layout_is_faithful(&text);
    }
}

#[test]
fn every_beginning_of_a_file_is_survived() {
    for path in rule_files("tests/syntax/trees") {
        let text = fs::read_to_string(&path).expect("a readable file");
        for (at, _) in text.char_indices().step_by(3) {
            read(&text[..at]);
        }
    }
}

#[test]
fn every_file_without_one_token_is_survived() {
    for path in rule_files("tests/syntax/trees") {
        let text = fs::read_to_string(&path).expect("a readable file");
        let (files, file) = source("a.interdict", text.clone());
        let (tokens, _) = tokenize(file, &files.file(file).text);
        for lexeme in &tokens.lexemes {
            let (start, end) = (lexeme.start as usize, lexeme.end as usize);
            read(format!("{}{}", &text[..start], &text[end..]));
        }
    }
}

/// The text with its tokens apart by other blanks, line breaks and comments, as `choices` say.
fn scattered(text: &str, choices: &[u8]) -> String {
    let (files, file) = source("a.interdict", text);
    let (tokens, _) = tokenize(file, &files.file(file).text);
    let mut out = String::new();
    for (at, lexeme) in tokens.lexemes.iter().enumerate() {
        let declares = match lexeme.token {
            Token::Kw(kw) => kw.class() == KwClass::Declaration || kw == Kw::WhenUnknown,
            _ => false,
        };
        let gap = match choices[at % choices.len()] {
            _ if declares && at > 0 => "\n",
            0..=119 => " ",
            120..=149 => "\n",
            150..=159 => "\n\n\n",
            160..=169 => " # trailing\n",
            170..=177 => "\n# own\n",
            178..=183 => "\n\n# own, apart\n\n",
            184..=187 => "\n## doc\n",
            188..=190 => " ## trailing doc\n",
            191..=193 => " # one\n # two\n\n # three\n",
            _ => "  ",
        };
        out.push_str(gap);
        out.push_str(tokens.text_of(lexeme));
    }
    out.push('\n');
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn layout_is_faithful_however_the_text_was_laid_out(
        which in any::<prop::sample::Index>(),
        choices in prop::collection::vec(any::<u8>(), 1..400),
    ) {
        let paths = sound_files();
        let text = fs::read_to_string(which.get(&paths)).expect("a readable file");
        assert_layout_is_faithful(&scattered(&text, &choices));
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(String::from_utf8_lossy(&bytes).into_owned());
    }

    #[test]
    fn any_tokens_are_survived(soup in prop::collection::vec(prop::sample::select(SOUP), 0..120)) {
        let text = soup.join(" ");
        let (_, messages) = read(text.clone());
        let length = text.len() as u32;
        for message in messages {
            prop_assert!(message.primary.span.end <= length);
            prop_assert!(!message.message.is_empty());
        }
    }
}

const SOUP: &[&str] = &[
    "\nrule",
    "\nexception",
    "\nsuspension",
    "\nset",
    "\nparam",
    "\ndefine",
    "\nrecord",
    "\nenum",
    "\ntest",
    "\ncase",
    "\npolicy",
    "\nimport",
    "\nverdicts",
    "\notherwise",
    "\nwhen unknown",
    "\ncodes",
    "a",
    "b.c",
    "`q q`",
    "x:",
    "key",
    "as of",
    "\"text\"",
    "5",
    "25%",
    "5 USD",
    "5 kg",
    "30 days",
    "2025-01-01",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    ".",
    "?",
    "=",
    "!=",
    "<",
    "<=",
    "+",
    "-",
    "*",
    "/",
    "&",
    "and",
    "or",
    "not",
    "in",
    "under",
    "like",
    "between",
    "is",
    "missing",
    "known",
    "unknown",
    "if",
    "then",
    "else",
    "true",
    "any",
    "for",
    "\n when",
    "\n unless",
    "\n then",
    "\n cites",
    "\n tags",
    "\n in force",
    "from",
    "until",
    "through",
    "because",
    "\n given",
    "with",
    "\n on",
    "\n expect",
    "by",
    "at most",
    "for lack of",
    "obligation",
    "to",
    "of",
    "tagged",
    "only",
    "exceptions",
    "applies(",
    "caught(",
    "contains",
    "matches",
    "starts with",
    "if unknown",
    "obliges",
    "within",
    "after",
    "note",
    "weight",
    "==",
    "&&",
    "# c\n",
    "## d\n",
    "@",
    "\"open\n",
    "2025-02-30",
];
