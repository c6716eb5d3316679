//! Expected terminals in few words, and advice for frequent slips.

use super::checks::join_or;
use super::is_comparison;
use super::site::Site;
use crate::syntax::token::{Kw, Token};

/// Terminals that stand for more than themselves: where all the signs are expected, the wording takes the place of all the
/// members. An empty wording says nothing of them.
struct Fold {
    signs: &'static [&'static str],
    wording: &'static str,
    members: &'static [&'static str],
}

const fn fold_of(
    signs: &'static [&'static str],
    wording: &'static str,
    members: &'static [&'static str],
) -> Fold {
    Fold {
        signs,
        wording,
        members,
    }
}

/// In the order in which they are tried.
const FOLDS: &[Fold] = &[
    fold_of(&["quoted", "number"], "a value", VALUE),
    fold_of(&["quoted"], "a name", NAMES),
    fold_of(&["word", "?"], "", &["word", "of", "?"]),
    fold_of(&["rule", "record"], "a declaration", DECLARATIONS),
    fold_of(&["cites"], "a clause", CLAUSES),
    fold_of(
        &["given", "expect"],
        "`given`, `on` or `expect`",
        &["given", "on", "expect"],
    ),
    fold_of(
        &["label", "key"],
        "a field (`name : type`)",
        &["label", "key", "as of"],
    ),
    fold_of(&["label"], "a name and `:`", &["label"]),
    fold_of(&["*", "and", "="], "an operator", OPERATORS),
    fold_of(&["*", "+"], "an operator", ARITHMETIC),
    fold_of(&["+", "-"], "an operator", ARITHMETIC),
    fold_of(&["number"], "a number", &["number"]),
    fold_of(&["string"], "a text in quotes", &["string"]),
    fold_of(&["date"], "a date", &["date"]),
    fold_of(
        &["duration"],
        "a number of days, months or years",
        &["duration"],
    ),
    fold_of(
        &["from", "until"],
        "`from` and a date",
        &["from", "until", "through"],
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

const ARITHMETIC: &[&str] = &["*", "/", "&", "+", "-", "."];

/// What could have stood here, in few words.
pub fn fold(site: &Site) -> String {
    for close in ["}", ")"] {
        if site.expects(",") && site.expects(close) && !site.expects_name() {
            return format!("`,` or `{close}`");
        }
    }
    let mut left: Vec<&str> = site.expected().collect();
    let mut words: Vec<String> = Vec::new();
    for fold in FOLDS {
        if fold.signs.iter().all(|sign| left.contains(sign)) {
            left.retain(|terminal| !fold.members.contains(terminal));
            words.push(fold.wording.to_owned());
        }
        if fold.wording == "a value" && words.len() == 1 {
            left.retain(|terminal| !NAMES.contains(terminal));
        }
    }
    words.retain(|wording| !wording.is_empty());
    let closes_value = |terminal: &str| terminal == ")" && site.expects_value();
    words.extend(
        left.iter()
            .filter(|terminal| !closes_value(terminal))
            .map(|terminal| format!("`{terminal}`")),
    );
    words.truncate(5);
    join_or(&words)
}

/// What to write instead, where a frequent slip is recognised.
pub fn advice(site: &Site) -> Option<String> {
    around_is(site)
        .or_else(|| missing_value(site))
        .or_else(|| bare_if(site))
        .or_else(|| field_without_colon(site))
        .or_else(|| unit(site))
        .or_else(|| thousands(site))
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

/// `value > if …`.
fn bare_if(site: &Site) -> Option<String> {
    let bare = site.found() == Some(Token::Kw(Kw::If)) && site.expects_value();
    bare.then(|| "write parentheses around the whole `if … then … else …`".to_owned())
}

/// `origin country` in a record, `origin = CN` in a record literal.
fn field_without_colon(site: &Site) -> Option<String> {
    if !site.expects("label") || !matches!(site.found(), Some(Token::Word | Token::Kw(_))) {
        return None;
    }
    let name = site.found_bare();
    match site.is_entry() {
        true => Some(format!("write `{name}: ` and its value")),
        false => Some(format!("write `{name} : ` and its type")),
    }
}

/// `5,000`.
fn thousands(site: &Site) -> Option<String> {
    let (comma, before) = (site.found_at(), site.previous()?);
    if site.found()? != Token::Comma {
        return None;
    }
    let head = digits_of(site.before(1)?)?;
    let tail = digits_of(site.ahead(1)?)?;
    let adjacent = site.span_at(before).end == site.span_at(comma).start
        && site.span_at(comma).end == site.span_at(comma + 1).start;
    let three = tail.bytes().take_while(u8::is_ascii_digit).count() == 3;
    (adjacent && three)
        .then(|| format!("write `_` between thousands, not a comma: `{head}_{tail}`"))
}

fn digits_of(token: Token<'_>) -> Option<&str> {
    match token {
        Token::Number(digits)
        | Token::Percent(digits)
        | Token::Money(digits, _)
        | Token::Mass(digits, _) => Some(digits),
        _ => None,
    }
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
    let found = site.found()?;
    let word = matches!(found, Token::Word | Token::Quoted);
    if site.expects("<") && !site.expects_operator() {
        return match found {
            Token::Comma => Some("write `<` between ordered names".to_owned()),
            _ if word && !site.starts_line() => Some("write `<` between ordered names".to_owned()),
            _ => None,
        };
    }
    if site.expects(",") && site.expects("}") && !site.expects_name() {
        return match found {
            Token::Less => {
                Some("write `ordered` before the `{`, or `,` between the names".to_owned())
            }
            _ => Some("write `,` between two elements".to_owned()),
        };
    }
    if site.expects("else") && !site.expects_value() {
        return Some("an `if` in an expression says both: `if … then … else …`".to_owned());
    }
    if site.before(1) == Some(Token::Kw(Kw::Not)) && is_comparison(found) && site.expects("under") {
        return Some("write `!=`, or put `not` before the whole comparison".to_owned());
    }
    if site.expects("string") && !site.expects_name() && (word || matches!(found, Token::Number(_)))
    {
        return Some(format!("write `\"{}\"`", site.found_bare()));
    }
    only_sign(site)
}

/// The one sign or word that could have stood here.
fn only_sign(site: &Site) -> Option<String> {
    let mut signs = site
        .expected()
        .filter(|terminal| !ARITHMETIC.contains(terminal));
    let sign = signs.next()?;
    let classes = [
        "word", "quoted", "label", "string", "number", "date", "duration",
    ];
    let alone = signs.next().is_none() && !classes.contains(&sign);
    alone.then(|| format!("write `{sign}`"))
}
