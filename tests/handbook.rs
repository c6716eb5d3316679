//! The handbook of the shipped examples: whole, linked, safe, and the same every time.

use interdict::cli::{Exit, Streams, run};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// Runs the program in process, in the package's folder; its exit and standard error.
fn interdict(args: &[&str]) -> (Exit, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("interdict").chain(args.iter().copied());
    let exit = run(
        args.map(OsString::from),
        &mut Streams {
            input: &mut std::io::empty(),
            out: &mut out,
            err: &mut err,
            auto_color: false,
            progress: false,
        },
    );
    (exit, String::from_utf8(err).expect("messages are UTF-8"))
}

/// The handbook of some policies, by the names of its files.
fn handbook(policies: &[&str]) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("handbook");
    let out = place.to_str().expect("a path");
    let (exit, err) = interdict(&[&["doc"], policies, &["-o", out]].concat());
    assert_eq!(exit, Exit::Done, "{err}");
    files(&place)
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read_to_string(&path).expect("UTF-8"))
        })
        .collect()
}

const TRADE: [&str; 4] = [
    "examples/trade/cn",
    "examples/trade/us",
    "examples/trade/eu",
    "examples/trade/house",
];

/// What stands between `before` and the next quotation mark, everywhere.
fn attributes<'p>(page: &'p str, before: &str) -> Vec<&'p str> {
    let found = page.split(before).skip(1);
    found.filter_map(|rest| rest.split('"').next()).collect()
}

/// Follows every link of the pages and of the index; how many there are.
fn follow(files: &BTreeMap<String, String>) -> (usize, usize) {
    let pages = files.iter().filter(|(name, _)| name.ends_with(".html"));
    let ids: BTreeMap<&str, BTreeSet<&str>> = pages
        .clone()
        .map(|(name, text)| (&**name, attributes(text, " id=\"").into_iter().collect()))
        .collect();
    let check = |from: &str, to: &str| {
        let (file, place) = to.split_once('#').unwrap_or((to, ""));
        let file = if file.is_empty() { from } else { file };
        let known = ids.get(file);
        let known = known.unwrap_or_else(|| panic!("{from} links to {to}"));
        let leads = place.is_empty() || known.contains(place);
        assert!(leads, "{from} links to {to}");
    };
    let mut links = 0;
    for (name, text) in pages {
        for to in attributes(text, " href=\"") {
            check(name, to);
            links += 1;
        }
    }
    let mut entries = 0;
    let index = files["search-index.js"].lines();
    for line in index.filter(|line| line.starts_with('[')) {
        let line = line.trim_end_matches(',');
        let entry: Vec<String> = serde_json::from_str(line).expect("a line of the index");
        check("the index", &entry[2]);
        entries += 1;
    }
    (links, entries)
}

#[test]
fn every_link_leads_somewhere() {
    let (links, entries) = follow(&handbook(&TRADE));
    assert!(
        links > 5_000 && entries > 500,
        "{links} links, {entries} entries"
    );
    for name in [
        "quickstart/magnets",
        "deliveries/deliveries",
        "components/components",
        "lists/lists",
        "content/content",
        "affiliates/affiliates",
        "reasons/reasons",
        "orders/orders",
    ] {
        let policy = format!("examples/{name}.interdict");
        let (links, _) = follow(&handbook(&[&policy]));
        assert!(links > 50, "{policy} has {links} links");
    }
}

#[test]
fn a_small_page_reads_like_this() {
    let files = handbook(&["examples/quickstart/magnets.interdict"]);
    let page = &files["policy-magnets.html"];
    let start = page
        .find("<article class=\"rule\" id=\"rule-content\"")
        .expect("the rule");
    let end = start + page[start..].find("</article>").expect("its end");
    insta::assert_snapshot!(&page[start..end]);
}

#[test]
fn pages_have_what_readers_need_and_load_nothing_from_elsewhere() {
    for (name, text) in handbook(&TRADE) {
        if !name.ends_with(".html") {
            continue;
        }
        assert!(
            text.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"),
            "{name}"
        );
        assert_eq!(text.matches("<h1").count(), 1, "{name}");
        let title = text
            .split("<title>")
            .nth(1)
            .and_then(|rest| rest.split('<').next());
        assert!(
            title.is_some_and(|title| !title.trim().is_empty()),
            "{name}"
        );
        assert_eq!(
            text.matches("<table").count(),
            text.matches("<caption").count(),
            "{name}"
        );
        for outside in ["<link", "@import", "url(", "=\"http", "=\"//"] {
            assert!(!text.contains(outside), "{name}: {outside}");
        }
        let scripts = attributes(&text, " src=\"");
        assert_eq!(scripts, ["search-index.js", "search.js"], "{name}");
        assert!(text.contains("version 2026.07"), "{name} names the version");
        let ids = attributes(&text, " id=\"");
        let distinct: BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(ids.len(), distinct.len(), "{name} has an id twice");
    }
}

#[test]
fn the_same_files_make_the_same_handbook_wherever_they_lie() {
    let first = handbook(&["examples/quickstart/magnets.interdict"]);
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("magnets.interdict");
    fs::copy("examples/quickstart/magnets.interdict", &copy).expect("a copy");
    assert_eq!(first, handbook(&[copy.to_str().expect("a path")]));
}

#[test]
fn names_in_rules_lead_to_what_they_mean() {
    let files = handbook(&TRADE);
    let page = &files["policy-cn.html"];
    let start = page
        .find("id=\"rule-foreign_made_content\"")
        .expect("the rule");
    let rule = &page[start..start + page[start..].find("</article>").expect("its end")];
    for told in [
        "definitions.html#define-outside_to_outside",
        "sets.html#set-annex_1_part_2",
        "record.html#field-shipment-cn_code",
        "definitions.html#param-trace_content",
        "vocabulary.html#verdict-license",
        "policy-cn.html#rule-relief",
        "MOFCOM Announcement No. 61 of 2025, art. 1(1)",
        "In force: from 2025-12-01",
        "Has effect: from 2026-11-11",
        "0.1%",
        "<abbr title=\"China\">CN</abbr>",
        "tests-cn.html#test-",
    ] {
        assert!(rule.contains(told), "{told} in {rule}");
    }
    // A field and an enum share the name; each leads to its own place.
    let role = "<a href=\"vocabulary.html#value-party_role-end_user\">end_user</a>";
    assert!(files["definitions.html"].contains(role), "{role}");
}

#[test]
fn sets_say_their_members_by_day_with_the_names_of_countries() {
    let files = handbook(&["examples/quickstart/magnets.interdict"]);
    let page = &files["sets.html"];
    let set = &page[page.find("id=\"set-embargoed\"").expect("the set")..];
    let (always, until) = set
        .split_once("until <span class=\"day\">2026-01-01")
        .expect("two groups");
    assert!(always.contains("Iran") && always.contains("<code>KP</code>"));
    assert!(!always.contains("<code>SY</code>") && until.contains("<code>SY</code>"));
}

#[test]
fn no_name_becomes_markup() {
    let folder = tempfile::tempdir().expect("a folder");
    let hostile = "<script>alert(1)</script><img src=x onerror='a'>";
    let text = format!(
        "## {hostile}\npolicy p {{ title \"{hostile}\" version \"{hostile}\" }}\n\
         record r {{ key id : text  as of day : date\n ## {hostile}\n `a <b> c` : country? from \"{hostile}\" }}\n\
         verdicts clear < deny\n\
         ## {hostile}\nset s of country = {{ CN }}\n\
         # {hostile}\nrule `<i>x` \"{hostile}\" {{ cites \"{hostile}\" when `a <b> c` in s then deny because \"{hostile}\" obliges \"{hostile}\" }}\n\
         test \"{hostile}\" {{ given {{ id: \"{hostile}\", day: 2025-01-01, `a <b> c`: CN }} expect deny by `<i>x` }}\n"
    );
    let policy = folder.path().join("p.interdict");
    fs::write(&policy, text).expect("a policy");
    for (name, text) in handbook(&[policy.to_str().expect("a path")]) {
        let scripts = if name.ends_with(".html") { 2 } else { 0 };
        assert_eq!(text.matches("<script").count(), scripts, "{name}");
        for markup in ["<img", "<i>", "<b>"] {
            assert!(!text.contains(markup), "{name}: {markup}");
        }
    }
}

#[test]
fn a_handbook_replaces_a_handbook_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("handbook");
    let out = place.to_str().expect("a path");
    let (exit, err) = interdict(&["doc", "examples/trade/house", "-o", out]);
    assert_eq!(exit, Exit::Done, "{err}");
    assert!(place.join("policy-house.html").exists());
    let kept = place.join("notes.txt");
    fs::write(&kept, "mine").expect("a file");
    let (exit, err) = interdict(&["doc", "examples/quickstart/magnets.interdict", "-o", out]);
    assert_eq!(exit, Exit::Done, "{err}");
    assert!(place.join("policy-magnets.html").exists() && kept.exists());
    assert!(
        !place.join("policy-house.html").exists(),
        "the old page is gone"
    );
    fs::remove_file(place.join("handbook.json")).expect("the mark is there");
    let before = files(&place);
    let (exit, err) = interdict(&["doc", "examples/trade/house", "-o", out]);
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("holds something that is no handbook"), "{err}");
    assert_eq!(files(&place), before);
}

#[test]
fn a_policy_with_errors_has_no_handbook() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = folder.path().join("p.interdict");
    fs::write(&policy, "policy p { title \"P\" }\n").expect("a policy");
    let place = folder.path().join("handbook");
    let out = place.to_str().expect("a path");
    let (exit, _) = interdict(&["doc", policy.to_str().expect("a path"), "-o", out]);
    assert_eq!(exit, Exit::No);
    assert!(!place.exists());
}
