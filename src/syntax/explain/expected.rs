//! Expected terminals in few words, and advice for frequent slips.

use super::checks::join_or;
use super::is_comparison;
use super::site::Site;
use crate::syntax::token::{Kw, Token};

/// Terminals that stand for more than themselves, folded into one wording each; the first that fits takes its terminals out.
const FOLDS: &[(&[&str], &str, &[&str])] = &[
    (&["word", "number"], "a value", VALUE),
    (&["word"], "a name", NAMES),
    (&["rule", "record"], "a declaration", DECLARATIONS),
    (&["cites", "unless"], "a clause", CLAUSES),
    (&["cites"], "a clause", CLAUSES),
    (
        &["given", "expect"],
        "`given`, `on` or `expect`",
        &["given", "on", "expect"],
    ),
    (
        &["label", "key"],
        "a field (`name : type`)",
        &["label", "key", "as of"],
    ),
    (&["label"], "a field name and `:`", &["label"]),
    (&["*", "+"], "an operator", OPERATORS),
    (&["string"], "a text in quotes", &["string"]),
    (&["date"], "a date", &["date"]),
    (
        &["duration"],
        "a number of days, months or years",
        &["duration"],
    ),
    (
        &["until", "through"],
        "`until` or `through`",
        &["until", "through"],
    ),
];

const NAMES: &[&str] = &[
    "word",
    "quoted",
    "cites",
    "tags",
    "suspended",
    "when",
    "unless",
    "obliges",
    "note",
    "weight",
    "from",
    "given",
    "on",
    "expect",
    "because",
    "within",
    "after",
    "until",
    "through",
    "with",
    "by",
    "obligation",
    "tagged",
    "exceptions",
    "only",
    "to",
    "of",
    "key",
    "ordered",
    "segmented",
    "unknown",
    "known",
    "contains",
    "matches",
    "applies",
    "caught",
];
const VALUE: &[&str] = &[
    "number", "percent", "money", "mass", "duration", "date", "string", "true", "false", "(", "{",
    "-", "not", "if",
];
const DECLARATIONS: &[&str] = &[
    "policy",
    "import",
    "record",
    "enum",
    "verdicts",
    "otherwise",
    "when unknown",
    "codes",
    "set",
    "param",
    "define",
    "rule",
    "exception",
    "suspension",
    "case",
    "test",
];
const CLAUSES: &[&str] = &[
    "cites",
    "tags",
    "in force",
    "suspended",
    "when",
    "unless",
    "then",
    "if unknown",
    "obliges",
    "note",
    "weight",
    "from",
];
const OPERATORS: &[&str] = &[
    "*",
    "/",
    "&",
    "+",
    "-",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "not",
    "under",
    "like",
    "between",
    "is",
    "contains",
    "matches",
    "starts with",
    "ends with",
    ".",
    "and",
    "or",
    "(",
];

/// What could have stood here, in few words.
pub fn fold(site: &Site) -> String {
    let mut left: Vec<&str> = site.expected().collect();
    let mut words: Vec<String> = Vec::new();
    for (signs, wording, members) in FOLDS {
        if !signs.iter().all(|sign| left.contains(sign)) {
            continue;
        }
        let names = wording.starts_with("a value");
        left.retain(|terminal| !members.contains(terminal) && !(names && NAMES.contains(terminal)));
        words.push((*wording).to_owned());
    }
    let value_expected = site.expects_value();
    words.extend(
        left.iter()
            .filter(|terminal| !(value_expected && **terminal == ")"))
            .map(|terminal| format!("`{terminal}`")),
    );
    if words.len() > 5 {
        words.truncate(5);
    }
    join_or(&words)
}

/// What to write instead, where a frequent slip is recognised.
pub fn advice(site: &Site) -> Option<String> {
    around_is(site)
        .or_else(|| missing_value(site))
        .or_else(|| field_without_colon(site))
        .or_else(|| unit(site))
        .or_else(|| side_by_side(site))
        .or_else(|| punctuation(site))
}

/// `is not missing`, `is CN`, `is in`.
fn around_is(site: &Site) -> Option<String> {
    if site.before(1) != Some(Token::Kw(Kw::Is)) {
        return None;
    }
    let advice = match site.found()? {
        Token::Kw(Kw::Not) => match site.ahead(1) {
            Some(Token::Kw(Kw::Missing)) => "write `is known`".to_owned(),
            Some(Token::Kw(Kw::Known)) => "write `is missing`".to_owned(),
            Some(Token::Kw(Kw::In)) => "leave out `is`: `not in`".to_owned(),
            _ => "write `!=`".to_owned(),
        },
        Token::Kw(kw @ (Kw::In | Kw::Under | Kw::Like | Kw::Between)) => {
            format!("leave out `is`: `{}`", kw.as_str())
        }
        _ => match site.found_bare() {
            "null" | "empty" | "blank" | "none" | "None" | "NULL" => {
                "write `is missing`".to_owned()
            }
            _ => "write `=` to compare with a value".to_owned(),
        },
    };
    Some(advice)
}

/// `= missing`.
fn missing_value(site: &Site) -> Option<String> {
    if site.found() != Some(Token::Kw(Kw::Missing)) {
        return None;
    }
    match site.before(1) {
        Some(Token::NotEqual) => Some("write `is known`".to_owned()),
        _ => Some("write `is missing` behind the field".to_owned()),
    }
}

/// `origin country` in a record, `origin = CN` in a record literal.
fn field_without_colon(site: &Site) -> Option<String> {
    if !site.expects("label") || !matches!(site.found(), Some(Token::Word | Token::Kw(_))) {
        return None;
    }
    let name = site.found_bare();
    if site.expects("key") {
        return Some(format!("write `{name} : ` and its type"));
    }
    Some(format!("write `{name}: ` and its value"))
}

/// `5 usd`, `10 percent`.
fn unit(site: &Site) -> Option<String> {
    let Some(Token::Number(_)) = site.before(1) else {
        return None;
    };
    if site.found() != Some(Token::Word) {
        return None;
    }
    let word = site.found_bare();
    let upper = word.to_ascii_uppercase();
    match upper.as_str() {
        "PERCENT" | "PCT" => Some("write the percent sign: `25%`".to_owned()),
        "KILOGRAM" | "KILOGRAMS" | "KGS" | "KILO" | "KILOS" => Some("write `kg`".to_owned()),
        "TON" | "TONS" | "TONNE" | "TONNES" => Some("write `t`".to_owned()),
        "WEEK" | "WEEKS" => Some("write it in days".to_owned()),
        _ if word.len() == 3 && upper != word => Some(format!("write `{upper}`")),
        _ => None,
    }
}

/// `a b`.
fn side_by_side(site: &Site) -> Option<String> {
    if site.is_value_after_value() && site.expects("and") {
        return Some("write `and`, `or` or a comparison between the two".to_owned());
    }
    None
}

fn punctuation(site: &Site) -> Option<String> {
    let found = site.found();
    if site.expects(",") && site.expects("}") && !site.expects_name() {
        return Some("write `,` between two elements".to_owned());
    }
    if site.expects("else") && !site.expects_value() {
        return Some("an `if` in an expression says both: `if … then … else …`".to_owned());
    }
    if site.expects(":") && found == Some(Token::Equal) {
        return Some("write `: TYPE` behind the name".to_owned());
    }
    if site.expects("label") && site.expects_name() {
        return Some("write the name, `:` and the type".to_owned());
    }
    if site.expects("label") && found.is_some_and(is_comparison) {
        return Some("write the name first".to_owned());
    }
    None
}
