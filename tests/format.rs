//! The canonical layout: what it looks like, that it says the same, that it keeps every comment and is its own layout.

#[path = "format/random.rs"]
mod random;

use std::fs;
use std::path::{Path, PathBuf};

use interdict::syntax::{format, parse, print_ast};
use interdict::text::SourceMap;
use proptest::prelude::*;

/// What a text says, its comments in order, and its messages.
struct Read {
    tree: String,
    comments: Vec<String>,
    errors: Vec<String>,
    formatted: String,
}

fn read(text: &str) -> Read {
    let mut sources = SourceMap::default();
    let file = sources.add("policy.interdict", text);
    let (tree, diagnostics) = parse(&sources, file);
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(|diagnostic| diagnostic.message.clone())
        .collect();
    Read {
        tree: print_ast(&tree, false),
        comments: tree.comments.iter().map(|c| c.text.clone()).collect(),
        errors,
        formatted: format(&tree, &sources.file(file).text),
    }
}

/// Formats `text`, which must be free of errors, and checks all that is always true of the result.
fn formatted(text: &str) -> Result<String, String> {
    let before = read(text);
    if !before.errors.is_empty() {
        return Err(format!("not a policy: {:?}\n{text}", before.errors));
    }
    let after = read(&before.formatted);
    let show = || format!("--- source\n{text}\n--- formatted\n{}", before.formatted);
    if !after.errors.is_empty() {
        return Err(format!(
            "no policy any more: {:?}\n{}",
            after.errors,
            show()
        ));
    }
    if before.tree != after.tree {
        return Err(format!("the meaning changed\n{}", show()));
    }
    if before.comments != after.comments {
        return Err(format!("comments changed\n{}", show()));
    }
    if after.formatted != before.formatted {
        let again = &after.formatted;
        return Err(format!(
            "not its own layout\n{}\n--- again\n{again}",
            show()
        ));
    }
    match untidiness(&before.formatted) {
        Some(what) => Err(format!("{what}\n{}", show())),
        None => Ok(before.formatted),
    }
}

fn untidiness(text: &str) -> Option<&'static str> {
    if text.contains("\n\n\n") || text.starts_with('\n') || text.ends_with("\n\n") {
        return Some("blank lines too many");
    }
    if !text.is_empty() && !text.ends_with('\n') {
        return Some("no line break at the end");
    }
    let trailing = text.lines().any(|line| line.trim_end() != line);
    trailing.then_some("blanks at the end of a line")
}

#[track_caller]
fn check(text: &str, canonical: &str) {
    match formatted(text) {
        Ok(result) => assert_eq!(result, canonical),
        Err(problem) => panic!("{problem}"),
    }
}

fn rule_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rule_files(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "interdict")
        {
            files.push(path);
        }
    }
}

#[test]
fn every_policy_here_keeps_its_meaning_and_is_formatted_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["examples", "tests", "src/cli/new"] {
        rule_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > 20, "only {} rule files", files.len());
    for path in files {
        let text = fs::read_to_string(&path)
            .expect("a rule file")
            .replace("{NAME}", "name");
        if !read(&text).errors.is_empty() {
            let is_example = path.starts_with(root.join("examples"));
            assert!(!is_example, "{}: {:?}", path.display(), read(&text).errors);
            continue;
        }
        if let Err(problem) = formatted(&text) {
            panic!("{}: {problem}", path.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_policies_keep_their_meaning_and_every_comment(
        choices in proptest::collection::vec(any::<u16>(), 0..1500),
    ) {
        let text = random::policy(choices);
        if let Err(problem) = formatted(&text) {
            return Err(TestCaseError::fail(problem));
        }
    }
}

#[test]
fn a_rule_gets_its_clauses_in_columns() {
    check(
        "rule content \"Content\" {cites \"Art. 1\"\n tags a,b in force from 2025-12-01\n\
         when origin!=CN and (hs_code under magnets or\n share>=0.1 %)\nunless end_use in {relief}\n\
         then license because \"needed\" if unknown review obliges \"report\" within 10 days}",
        "rule content \"Content\" {\n  \
           cites  \"Art. 1\"\n  \
           tags   a, b\n  \
           in force from 2025-12-01\n  \
           when   origin != CN and (hs_code under magnets\n                           or share >= 0.1%)\n  \
           unless end_use in { relief }\n  \
           then   license because \"needed\"\n  \
           if unknown review\n  \
           obliges \"report\" within 10 days\n\
         }\n",
    );
}

#[test]
fn long_conditions_break_before_their_operators() {
    check(
        "rule r \"R\" { cites \"x\"\nwhen destination_country in embargoed_destinations and item_code under controlled_codes and \
         declared_value >= 2_500 USD then deny }",
        "rule r \"R\" {\n  \
           cites \"x\"\n  \
           when  destination_country in embargoed_destinations\n        \
                 and item_code under controlled_codes\n        \
                 and declared_value >= 2_500 USD\n  \
           then  deny\n\
         }\n",
    );
}

#[test]
fn fields_stand_in_columns_between_blank_lines() {
    check(
        "record shipment {\n\n key shipment_id:text\nas of ship_date : date # the day\n## Where to.\n\
         destination : country?  from \"Dest\"\nvalue : money   USD from \"Invoice Value\"\n\n\n\nx : int }",
        "record shipment {\n  \
           key   shipment_id : text\n  \
           as of ship_date   : date  # the day\n  \
           ## Where to.\n  \
           destination       : country?   from \"Dest\"\n  \
           value             : money USD  from \"Invoice Value\"\n\n  \
           x : int\n\
         }\n",
    );
}

#[test]
fn a_long_set_is_filled_and_short_lines_of_the_author_stay() {
    let codes: Vec<_> = (10..40).map(|n| format!("\"{n}A001\"")).collect();
    let text = format!("set s of eccn = {{ {} }}", codes.join(","));
    let result = formatted(&text).expect("a set");
    let mut lines = result.lines();
    assert_eq!(lines.next(), Some("set s of eccn = {"));
    let first = lines.next().expect("elements");
    assert!((91..=100).contains(&first.len()), "{first}");
    assert!(result.ends_with("\"39A001\",\n}\n"), "{result}");
    let own = "set s of eccn = {\n  \"1A001\",  # first\n  \"2A001\" to \"2A005\", \"3A001\" from 2021-01-01,\n\n  \"4A001\",\n}\n";
    check(own, own);
    check(
        "set s of eccn = { \"1A001\", }",
        "set s of eccn = { \"1A001\" }\n",
    );
    check("set s of country={}", "set s of country = { }\n");
}

#[test]
fn comments_stay_where_they_are() {
    let text = "# top\n\npolicy p {  # the policy\n  # before the title\n  title   \"T\"  # the title\n               # and more of it\n  \
                version \"1\"\n  # at the end\n}\n# of the next\n\n## A set.\nset s of country = {\n  # asia\n  CN, JP,  # both\n  # nothing more\n}\n# the end\n";
    check(text, text);
}

#[test]
fn a_comment_in_the_middle_of_anything_breaks_the_line_there() {
    check(
        "rule r \"R\" { cites \"x\" when a # why\n = 1 and # and\n b then # yes\n deny }",
        "rule r \"R\" {\n  cites \"x\"\n  when  a  # why\n          = 1\n        and  # and\n          b\n  then  # yes\n    deny\n}\n",
    );
}

#[test]
fn rules_get_a_blank_line_before_them_and_their_comments() {
    check(
        "otherwise clear\n# about r\nrule r \"R\" { cites \"x\" when a then b }\nrule q \"Q\" { cites \"x\" when a then b }",
        "otherwise clear\n\n# about r\nrule r \"R\" { cites \"x\" when a then b }\n\nrule q \"Q\" { cites \"x\" when a then b }\n",
    );
}

#[test]
fn trailing_comments_of_neighbours_stand_in_one_column() {
    check(
        "verdicts a < b # least first\notherwise a # nothing\nwhen unknown b\n",
        "verdicts a < b  # least first\notherwise a     # nothing\nwhen unknown b\n",
    );
}

#[test]
fn definitions_break_after_the_equals_sign_first() {
    check(
        "define for_the_military(a:int,b : text)  :bool = end_use = military and a > 1 or\n end_user_is_military",
        "define for_the_military(a : int, b : text) : bool =\n  end_use = military and a > 1\n  or end_user_is_military\n",
    );
}

#[test]
fn aggregates_break_before_what_counts_what_is_the_same_and_when() {
    let short = "aggregate a : int = count() over same b, entry(c) in the last 30 days\n";
    check(short, short);
    check(
        "aggregate order_value:money USD=sum (value)where eccn is known and destination in group_b over same order_id,entry( eccn ) in the  calendar year",
        "aggregate order_value : money USD = sum(value)\n  where eccn is known and destination in group_b\n  over same order_id, entry(eccn)\n  in the calendar year\n",
    );
    check(
        "aggregate order_value : money USD =\n  sum(value) over same order_id\n",
        "aggregate order_value : money USD =\n  sum(value) over same order_id\n",
    );
}

#[test]
fn tests_keep_one_line_where_the_author_has_one() {
    let short = "test \"t\" { given base expect clear }\n";
    check(short, short);
    check(
        "test \"t\" { given base with {value:1 USD,\n origin : CN}\n expect deny by r,q expect unknown r for  lack of a.b }",
        "test \"t\" {\n  given base with {\n    value: 1 USD,\n    origin: CN,\n  }\n  expect deny by r, q\n  expect unknown r for lack of a.b\n}\n",
    );
}

#[test]
fn targets_that_do_not_fit_get_lines_of_their_own() {
    let short = "suspension s \"S\" of tagged a, b {\n  from 2025-01-01\n}\n";
    check(&short.replace(", b", ",b"), short);
    let tag = "tagged announcement_of_many_words";
    check(
        &format!("exception s \"S\" to {tag}, {tag}, {tag} {{ when a }}"),
        &format!("exception s \"S\"\n  to {tag}, {tag},\n     {tag} {{\n  when a\n}}\n"),
    );
}

#[test]
fn elements_stand_close_to_their_rules() {
    check(
        "rule r \"R\" { cites \"x\" for  each p in   parties when applies( chart [ NS ] ) and caught(watch[\"3A001\" ]) then deny }",
        "rule r \"R\" {\n  cites \"x\"\n  for each p in parties\n  when  applies(chart[NS]) and caught(watch[\"3A001\"])\n  then  deny\n}\n",
    );
    check(
        "exception e \"E\" to chart [ NS ],p . watch[ 3 ] { when a }\ntest \"t\" { given b\n expect deny by chart [NS] ,watch[ \"3A001\" ] }",
        "exception e \"E\" to chart[NS], p.watch[3] { when a }\ntest \"t\" {\n  given b\n  expect deny by chart[NS], watch[\"3A001\"]\n}\n",
    );
}

#[test]
fn an_empty_file_stays_empty_and_comments_alone_stay() {
    check("", "");
    check("\n\n \n", "");
    check("\n# one\n\n\n# two", "# one\n\n# two\n");
}
