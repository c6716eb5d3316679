//! The page about a run, as `--report` writes it.

use super::tests::Desk;

const BOOK: &str = "\
id,day,destination,Invoice Value
A,2025-06-01,KP,10
B,2025-06-30,DE,10
C,2025-08-01,,10
D,2025-08-02,DE,2000
E,2025-08-03,DE,
F,2025-08-03,,
G,2025-08-03,DE,many
H,2025-08-03,DE,more
I,,DE,1
";

fn desk() -> Desk {
    let desk = Desk::with("verdicts clear", "enum way { air, sea }\nverdicts clear");
    desk.write("book.csv", BOOK);
    desk
}

/// Screens the book with a page and gives its text.
fn page(desk: &Desk, more: &[&str]) -> String {
    let args = [&["--report", "@page.html"], more].concat();
    let ran = desk.screen("book.csv", &args);
    assert_eq!(ran.exit, super::Exit::Rejects, "{}", ran.err);
    let folder = desk.path("").display().to_string();
    desk.text("page.html").replace(&folder, "…/")
}

/// What stands between `from` and the next section.
fn section<'p>(page: &'p str, id: &str) -> &'p str {
    let start = page.find(&format!("<h2 id=\"{id}\"")).expect("a section");
    let rest = &page[start..];
    &rest[..rest[3..].find("<h2").map_or(rest.len(), |end| end + 3)]
}

/// A table as lines of cells.
fn cells(html: &str) -> Vec<String> {
    let text = |row: &str| {
        let cells = row.split("<t").skip(1).map(|cell| {
            let (mut out, mut inside) = (String::new(), true);
            for c in cell.chars() {
                match c {
                    '<' => inside = true,
                    '>' => inside = false,
                    c if !inside => out.push(c),
                    _ => {}
                }
            }
            out.trim().to_owned()
        });
        cells.collect::<Vec<_>>().join("|")
    };
    let rows = html.split("<tr>").skip(1);
    rows.map(|row| text(row.split("</tr>").next().unwrap_or_default()))
        .collect()
}

#[test]
fn a_small_page_says_it_all() {
    let desk = desk();
    let text = page(&desk, &["--threads", "1", "--engine", "portable"]);
    let (_, body) = text.split_once("</style>").expect("a page");
    insta::assert_snapshot!(body);
}

#[test]
fn figures_are_those_of_the_decisions() {
    let desk = desk();
    let text = page(&desk, &[]);
    let months = cells(section(&text, "time"));
    assert_eq!(
        months,
        [
            "Month||Records|clear|review|deny|Open",
            "2025-06||2|1|0|1|0",
            "2025-08||4|0|4|0|3"
        ]
    );
    let countries = cells(section(&text, "fields"));
    assert_eq!(
        countries,
        [
            "Value||Records|clear|review|deny|Open",
            "Germany (DE)||3|1|2|0|1",
            "missing||2|0|2|0|2",
            "Korea, Democratic People&#39;s Republic of (KP)||1|0|0|1|0"
        ]
    );
    let open = cells(section(&text, "open"));
    let open: Vec<&str> = open
        .iter()
        .skip(1)
        .map(|row| row.split("|…").next().unwrap())
        .collect();
    assert_eq!(
        open,
        [
            "C|review|deny|embargo|destination",
            "F|review|deny|embargo, large|destination, value",
            "E|review|review|large|value"
        ]
    );
    let missing = cells(section(&text, "missing"));
    assert_eq!(
        missing[1..],
        ["destination|2|66.7 %|1|33.3 %", "value|2|66.7 %|1|33.3 %"]
    );
    let rejects = cells(section(&text, "rejects"));
    assert!(
        rejects[1].starts_with("value|") && rejects[1].contains("|2|many|"),
        "{rejects:?}"
    );
    assert!(
        rejects[2].starts_with("day|") && rejects[2].contains("|1|nothing|"),
        "{rejects:?}"
    );
}

#[test]
fn the_same_run_makes_the_same_bytes_whatever_the_threads_and_the_engine() {
    let desk = desk();
    // Long enough for several units of work.
    let rows = (0..60_000).map(|at| {
        let month = at % 11 + 1;
        let place = ["KP", "DE", "", "FR"][at % 4];
        format!("K{at},2025-{month:02}-03,{place},{}\n", at % 1_500)
    });
    desk.write("book.csv", format!("{BOOK}{}", rows.collect::<String>()));
    let first = page(&desk, &["--threads", "1"]);
    assert!(first.contains("60,006"));
    for threads in ["2", "5"] {
        assert!(
            page(&desk, &["--threads", threads]) == first,
            "{threads} threads"
        );
    }
    let portable = page(&desk, &["--engine", "portable"]);
    assert!(portable.replace("<td>portable</td>", "<td>jit</td>") == first);
}

#[test]
fn the_reference_evaluator_makes_the_same_page() {
    let desk = desk();
    let own = page(&desk, &["--engine", "reference"]);
    let compiled = page(&desk, &["--engine", "portable"]);
    assert_eq!(
        own.replace("<td>reference</td>", "<td>portable</td>"),
        compiled
    );
}

#[test]
fn no_name_becomes_markup() {
    let desk = Desk::with("\"Large\"", "\"<script>alert('x')</script>\"");
    let book = "\
id,day,destination,Invoice Value
<b>bold</b>,2025-06-01,,5000
X,2025-06-01,DE,<img src=x>
";
    desk.write("book.csv", book);
    let text = page(&desk, &[]);
    assert!(text.contains("&lt;script&gt;alert(&#39;x&#39;)"));
    assert!(text.contains("&lt;b&gt;bold&lt;/b&gt;"));
    assert!(text.contains("&lt;img src=x&gt;"));
    for markup in ["<script", "<b>", "<img"] {
        assert!(!text.contains(markup), "{markup}");
    }
}

#[test]
fn a_page_needs_nothing_else() {
    let text = page(&desk(), &[]);
    assert!(text.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert_eq!(text.matches("<h1").count(), 1);
    assert_eq!(text.matches("<title>Screening report: Desk").count(), 1);
    for outside in ["src=", "<link", "@import", "url(", "http:", "https:"] {
        assert!(!text.contains(outside), "{outside}");
    }
    let tables = text.matches("<table").count();
    assert_eq!(text.matches("<caption").count(), tables);
    assert_eq!(
        text.matches("role=\"img\"").count(),
        text.matches("<desc").count()
    );
}

#[test]
fn a_page_is_written_with_the_decisions_or_not_at_all() {
    let desk = desk();
    let ran = desk.screen(
        "book.csv",
        &["--report", "@page.html", "--max-rejects", "1"],
    );
    assert_eq!(ran.exit, super::Exit::Unreadable, "{}", ran.err);
    assert!(!desk.path("page.html").exists());
    let ran = desk.screen("book.csv", &["--report", "@book.csv"]);
    assert_eq!(ran.exit, super::Exit::Usage);
    assert!(ran.err.contains("this run reads the file"), "{}", ran.err);
    let ran = desk.screen("book.csv", &["--report", "@out.csv"]);
    assert!(ran.err.contains("two outputs"), "{}", ran.err);
}

#[test]
fn a_page_of_no_records_is_a_page() {
    let desk = desk();
    desk.write("book.csv", "id,day,destination,Invoice Value\n");
    let ran = desk.screen("book.csv", &["--report", "@page.html"]);
    assert_eq!(ran.exit, super::Exit::Done, "{}", ran.err);
    assert!(desk.text("page.html").contains("No record was screened."));
}

#[test]
fn a_page_says_what_rejected_rows_mean_for_aggregates() {
    let policy = "\
policy desk { title \"Desk\" }
record shipment { key id : text  as of day : date  destination : country?  value : money USD?  from \"Invoice Value\" }
verdicts clear < review
otherwise clear
when unknown review
aggregate total : money USD = sum(value) over same destination
rule large \"Large\" { when total > 1_000 USD then review }
";
    let desk = desk();
    desk.write("desk.interdict", policy);
    let text = page(&desk, &[]);
    let rejects = section(&text, "rejects");
    assert!(
        rejects.contains("may count in aggregates: what would change with them is open."),
        "{rejects}"
    );
}
