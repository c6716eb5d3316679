//! Explanations as pages, and with what would have to be different.

use crate::cli::Exit;
use crate::cli::screen::tests::Desk;
use crate::cli::tests::Ran;

const BOOK: &str = "\
id,day,destination,Invoice Value
A,2025-06-01,KP,10
C,2025-06-01,,10
D,2025-06-01,DE,2000
G,2025-06-01,DE,many
D,2025-06-02,KP,
<i>X,2025-06-02,KP,
";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("book.csv", BOOK);
    desk
}

fn explain(desk: &Desk, more: &[&str]) -> Ran {
    desk.run(&[&["explain", "@desk.interdict", "@book.csv"], more].concat())
}

fn page(desk: &Desk, key: &str) -> String {
    let ran = explain(desk, &["--key", key, "-o", "@page.html"]);
    assert!(ran.out.is_empty(), "{}", ran.out);
    let folder = desk.path("").display().to_string();
    desk.text("page.html").replace(&folder, "…/")
}

#[test]
fn a_page_says_why_and_what_would_have_to_be_different() {
    let text = page(&desk(), "A");
    let (_, body) = text.split_once("</style>").expect("a page");
    insta::assert_snapshot!(body);
}

#[test]
fn a_page_of_several_records_has_one_first_heading_and_needs_nothing_else() {
    let text = page(&desk(), "D");
    assert!(text.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert_eq!(text.matches("<h1").count(), 1);
    assert!(text.contains("<title>Explanation of 2 records</title>"));
    assert!(
        text.contains("<h2>D: review</h2>") && text.contains("<h2>D: deny</h2>"),
        "{text}"
    );
    assert!(text.contains("What would settle it"));
    for outside in ["src=", "<link", "@import", "url(", "http:", "https:"] {
        assert!(!text.contains(outside), "{outside}");
    }
    let mut ids: Vec<&str> = text
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
}

#[test]
fn keys_do_not_become_markup() {
    let text = page(&desk(), "<i>X");
    assert!(text.contains("&lt;i&gt;X: deny") && !text.contains("<i>"));
}

#[test]
fn a_rejected_record_has_a_page_that_says_so() {
    let desk = desk();
    let ran = explain(&desk, &["--key", "G", "-o", "@page.html"]);
    assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
    let text = desk.text("page.html");
    assert!(text.contains("<h1>G: rejected</h1>"));
    assert!(
        text.contains("<code>value</code> holds <code>many</code>"),
        "{text}"
    );
}

#[test]
fn a_page_overwrites_nothing_that_is_read() {
    let desk = desk();
    for place in ["@book.csv", "@desk.interdict"] {
        let ran = explain(&desk, &["--key", "A", "-o", place]);
        assert_eq!(ran.exit, Exit::Usage);
        assert!(ran.err.contains("this run reads the file"), "{}", ran.err);
    }
    assert_eq!(desk.text("book.csv"), BOOK);
}

#[test]
fn what_if_stands_behind_the_explanation_where_it_is_asked_for() {
    let desk = desk();
    let plain = explain(&desk, &["--key", "A"]).out;
    let asked = explain(&desk, &["--key", "A", "--what-if"]).out;
    let more = asked
        .strip_prefix(&plain)
        .expect("the same explanation first");
    assert!(
        more.contains("embargo would not apply with any one of\n"),
        "{more}"
    );
    assert!(
        more.contains("  day (2025-06-01)  2024-12-31, then clear\n"),
        "{more}"
    );
    assert!(
        more.contains("  destination (KP)  AD, AE, AF or 246 others, then clear\n"),
        "{more}"
    );
    let json = explain(&desk, &["--key", "C", "--what-if", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["what_if"]["missing"][0]["field"], "destination");
    assert_eq!(json["what_if"]["missing"][0]["alone"], true);
}
