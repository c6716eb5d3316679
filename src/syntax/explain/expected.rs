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
    fold_of(&["_", "missing"], "a cell", CELL),
    fold_of(&["quoted", "number"], "a value", VALUE),
    fold_of(&["percent", "number"], "a value", VALUE),
    fold_of(&["quoted"], "a name", NAMES),
    fold_of(&["word", "?"], "", &["word", "of", "?"]),
    fold_of(&["rule", "record"], "a declaration", DECLARATIONS),
    fold_of(&["cites"], "a clause", CLAUSES),
    fold_of(
        &["given", "expect"],
        "`given`, `beside`, `on` or `expect`",
        &["given", "beside", "on", "expect"],
    ),
    fold_of(
        &["label", "key"],
        "a field (`name : type`)",
        &["label", "key", "as of", "value"],
    ),
    fold_of(&["label"], "a name and `:`", &["label"]),
    fold_of(&["*", "and", "="], "an operator", OPERATORS),
    fold_of(&["*", "+"], "an operator", ARITHMETIC),
    fold_of(&["+", "-"], "an operator", ARITHMETIC),
    fold_of(
        &["duration", "number"],
        "a time (`30 days`)",
        &["duration", "number"],
    ),
    fold_of(
        &["owner", "owned"],
        "`owner`, `owned`, `share`, `caught at`",
        &["owner", "owned", "share", "caught at", "carries"],
    ),
    fold_of(&["=", ">="], "a comparison", COMPARISONS),
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
    "beside",
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
    "count",
    "sheet",
    "recorded",
    "first",
    "unique",
];
const CELL: &[&str] = &[
    "_",
    "missing",
    "not",
    "in",
    "under",
    "like",
    "between",
    "starts with",
    "ends with",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "-",
    "string",
    "number",
    "percent",
    "money",
    "mass",
    "duration",
    "date",
    "true",
    "false",
];
const VALUE: &[&str] = &[
    "number", "percent", "money", "mass", "duration", "date", "string", "true", "false", "(", "{",
    "-", "not", "if", "any", "every",
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
    "list",
    "param",
    "define",
    "table",
    "calendar",
    "closure",
    "aggregate",
    "rule",
    "exception",
    "suspension",
    "case",
    "test",
    "allow",
];
const CLAUSES: &[&str] = &[
    "cites",
    "tags",
    "in force",
    "suspended",
    "for each",
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
    "[",
];

const COMPARISONS: &[&str] = &["=", "!=", "<", "<=", ">", ">="];

const ARITHMETIC: &[&str] = &["*", "/", "&", "+", "-", ".", "["];

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
        if matches!(fold.wording, "a value" | "a cell") && words.len() == 1 {
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
        .or_else(|| row(site))
        .or_else(|| for_each(site))
        .or_else(|| words_for_signs(site))
        .or_else(|| expectation(site))
        .or_else(|| comma(site))
        .or_else(|| and_or(site))
        .or_else(|| closure(site))
        .or_else(|| aggregate(site))
        .or_else(|| only_tagged(site))
        .or_else(|| windows(site))
        .or_else(|| hyphen(site))
        .or_else(|| missing_value(site))
        .or_else(|| brackets(site))
        .or_else(|| half_comparison(site))
        .or_else(|| bare_if(site))
        .or_else(|| field_without_colon(site))
        .or_else(|| unit(site))
        .or_else(|| quoted_name(site))
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
            word => match comparison_in_words(site, word) {
                Some(sign) => format!("leave out `is` and write `{sign}`"),
                None => "write `=` to compare with a value".to_owned(),
            },
        },
    };
    Some(advice)
}

/// `for p in parties` among the clauses of a rule.
fn for_each(site: &Site) -> Option<String> {
    let clause = site.expects("for each") && site.found_bare() == "for";
    clause
        .then(|| "write `for each`, a name for the element, `in` and what it goes over".to_owned())
}

/// `CN -> 10%`, `else => 25%`, `=> 20% + 5%`.
fn row(site: &Site) -> Option<String> {
    let arrow = Some("write `=>` between the cells and the result".to_owned());
    match site.found()? {
        Token::Minus if site.expects("=>") && site.ahead(1) == Some(Token::Greater) => arrow,
        Token::Label | Token::Colon | Token::Equal | Token::Kw(Kw::Then) if site.expects("=>") => {
            arrow
        }
        Token::Kw(Kw::Else) if site.expects("_") => {
            Some("write `_` in each column of the last row".to_owned())
        }
        Token::Label if site.expects("_") => arrow,
        Token::Plus | Token::Minus | Token::Star | Token::Slash if site.expects(";") => {
            Some("put a result that is worked out into parentheses".to_owned())
        }
        Token::Kw(Kw::And | Kw::Or) if site.expects(";") => {
            Some("put a result that is worked out into parentheses".to_owned())
        }
        _ => None,
    }
}

/// The sign that stands for `more than`, `at least`, `exceeds` and the like, of which `word` is the first.
fn comparison_in_words(site: &Site, word: &str) -> Option<&'static str> {
    let next = site.word_ahead(1).unwrap_or_default();
    Some(match word.to_ascii_lowercase().as_str() {
        "equals" | "equal" => "=",
        "isn" | "differs" => "!=",
        "more" | "greater" | "larger" | "higher" | "over" | "above" | "exceeds" | "exceeding" => {
            ">"
        }
        "less" | "lower" | "fewer" | "smaller" | "below" => "<",
        "at" if next == "least" => ">=",
        "at" | "at most" if word == "at most" || next == "most" => "<=",
        _ => return None,
    })
}

/// `hs_code begins with "8806"`.
fn text_test_in_words(site: &Site) -> Option<String> {
    let word = site.found_word()?.to_ascii_lowercase();
    let test = match word.as_str() {
        "begins" | "begin" | "beginning" | "starting" | "start" | "startswith" => {
            return Some("write `starts with`; for a code also `under`".to_owned());
        }
        "ending" | "end" | "endswith" => "ends with",
        "includes" | "include" | "contain" | "containing" => "contains",
        _ => return None,
    };
    Some(format!("write `{test}`"))
}

/// `value exceeds 5_000 USD`, `value > than 5_000 USD`.
fn words_for_signs(site: &Site) -> Option<String> {
    if !site.expects("and") || site.expects_value() {
        return None;
    }
    let before = site.previous().map(|at| site.text_at(at))?;
    if matches!(before, "than" | "either" | "both") {
        return Some(format!("leave out `{before}`"));
    }
    if let Some(test) = text_test_in_words(site) {
        return Some(test);
    }
    let sign = comparison_in_words(site, site.found_word()?)?;
    Some(format!("write `{sign}`"))
}

/// `expect permit, parts`, `expect permit, expect by parts`, `expect unknown r because f`.
fn expectation(site: &Site) -> Option<String> {
    if site.expects("for lack of") && !site.starts_line() {
        return site
            .found_word()
            .map(|_| "write `for lack of` and the field".to_owned());
    }
    if !site.expects("by") || site.found()? != Token::Comma {
        return None;
    }
    match site.ahead(1)? {
        Token::Kw(Kw::Expect | Kw::By) => {
            Some("leave out the comma, and write one `expect VERDICT by RULE`".to_owned())
        }
        Token::Word => Some(format!("write `by {}`", site.word_ahead(1)?)),
        _ => None,
    }
}

/// `= CN, RU`, `in CN, RU`, `…, and`.
fn comma(site: &Site) -> Option<String> {
    if site.found()? != Token::Comma || site.expects(",") {
        return None;
    }
    if let Some(Token::Kw(kw @ (Kw::And | Kw::Or))) = site.ahead(1) {
        return Some(format!("leave out the comma before `{}`", kw.as_str()));
    }
    let operator = match site.before(2)? {
        Token::Equal | Token::Kw(Kw::In) => "in",
        Token::NotEqual => "not in",
        Token::Kw(Kw::Under) => "under",
        _ => return None,
    };
    let elements = site.list_around();
    (!elements.is_empty()).then(|| format!("write `{operator} {{ {} }}`", elements.join(", ")))
}

/// `and/or`.
fn and_or(site: &Site) -> Option<String> {
    let slash = site.found()? == Token::Slash && site.before(1) == Some(Token::Kw(Kw::And));
    let or = site.ahead(1) == Some(Token::Kw(Kw::Or));
    (slash && or).then(|| "write `or`, which also holds where both do".to_owned())
}

/// `= [CN, RU]`, `in [CN, RU]`.
fn brackets(site: &Site) -> Option<String> {
    let opens = site.found()? == Token::OpenBracket && site.expects_value();
    opens.then(|| "write what belongs to a set in braces: `{ A, B }`".to_owned())
}

/// `x >= 5 and <= 6`.
fn half_comparison(site: &Site) -> Option<String> {
    let joins = matches!(site.before(1)?, Token::Kw(Kw::And | Kw::Or));
    let half = joins && is_comparison(site.found()?) && site.expects_value();
    half.then(|| "say again what is compared: `x >= … and x <= …`".to_owned())
}

/// `caught at 50%`, `caught from 50%`.
fn closure(site: &Site) -> Option<String> {
    let bound = site.before(1) == Some(Token::Kw(Kw::CaughtAt));
    let caught = site.expects("caught at") && site.found() == Some(Token::Kw(Kw::Caught));
    (bound || caught).then(|| {
        "write `caught at >= 50%` where 50 % is enough, `caught at > 50%` where it takes more"
            .to_owned()
    })
}

/// `over order_id`, `by order_id`, `per order_id`.
fn aggregate(site: &Site) -> Option<String> {
    let says_over = matches!(site.found_bare(), "over" | "by" | "per");
    (site.expects("over same") && says_over).then(|| {
        let key = site.word_ahead(1).unwrap_or("FIELD");
        format!("write `over same {key}`")
    })
}

/// `caught(only chart)`, `caught(only chart[NS1])`, `applies(only tagged ns)`.
fn only_tagged(site: &Site) -> Option<String> {
    let behind_only = site.before(1) == Some(Token::Kw(Kw::Only));
    let is_tagged = site.found() == Some(Token::Kw(Kw::Tagged));
    (behind_only && (site.expects("tagged") || is_tagged)).then(|| {
        "`only` asks about a tag: give the rules meant a tag by `tags TAG`, and write `caught(only tagged TAG)`"
            .to_owned()
    })
}

/// `in force 2025-12-01`, `from 2025-12-01 to 2026-12-01`, `within 30 working days`.
fn windows(site: &Site) -> Option<String> {
    match site.found()? {
        Token::Date(_)
            if site.before(1) == Some(Token::Kw(Kw::From))
                && site.before(2) == Some(Token::OpenParen) =>
        {
            let day = site.found_bare();
            Some(format!("leave out the brackets: write `from {day}`"))
        }
        Token::Date(_) if site.expects("from") && !site.expects_value() => {
            Some(format!("write `from {}`", site.found_bare()))
        }
        Token::Word if site.expects("duration") => {
            let number = number_in_words(site.found_bare())?;
            Some(format!("write `{number} {}`", site.word_ahead(1)?))
        }
        Token::Kw(Kw::To) if site.expects("until") => Some(
            "write `until`, which leaves its day out, or `through`, which takes it in".to_owned(),
        ),
        Token::Word if site.expects("working days") && site.found_bare() == "business" => {
            Some("write `working days of CALENDAR`".to_owned())
        }
        _ if site.expects("working days") => Some(
            "write what the number counts: `days`, `months`, `years` or `working days of CALENDAR`"
                .to_owned(),
        ),
        _ if site.before(1) == Some(Token::Kw(Kw::WorkingDays)) => {
            Some("write `of` and a calendar, declared by `calendar NAME from \"FILE\"`".to_owned())
        }
        _ => None,
    }
}

/// `BY since 2025-09-01`, `BY (from 2025-09-01)`: an element's days in other words.
fn window_in_words(site: &Site) -> Option<String> {
    if site.found()? == Token::OpenParen {
        let word = site.word_ahead(1)?;
        return matches!(word, "from" | "until" | "through")
            .then(|| format!("leave out the brackets: write `{word} …`"));
    }
    let ours = match site.found_word()?.to_ascii_lowercase().as_str() {
        "since" | "starting" | "beginning" | "after" | "effective" | "as" | "as of" => "from",
        "before" | "till" | "ending" | "expires" => "until",
        "thru" | "to" | "up" => "through",
        _ => return None,
    };
    Some(format!("write `{ours}` and the day"))
}

/// The number that a word within ten stands for.
fn number_in_words(word: &str) -> Option<usize> {
    const WORDS: [&str; 10] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let word = word.to_ascii_lowercase();
    let found = WORDS.iter().position(|known| *known == word);
    found
        .or((word == "a" || word == "an").then_some(0))
        .map(|at| at + 1)
}

/// `rule r-12`.
fn hyphen(site: &Site) -> Option<String> {
    let name = site.before(1) == Some(Token::Word) && site.found()? == Token::Minus;
    let at = site.previous()?;
    let adjacent = site.span_at(at).end == site.found_span().start;
    let title = site.expects("string") && site.expects("{");
    (name && adjacent && title).then(|| {
        let after = site.bare_ahead(1).unwrap_or_default();
        format!("a name has no hyphen: write `{}_{after}`", site.text_at(at))
    })
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

/// `5 million`, `2 weeks`.
fn unit(site: &Site) -> Option<String> {
    let Some(Token::Number(digits)) = site.before(1) else {
        return None;
    };
    if site.found() != Some(Token::Word) {
        return None;
    }
    let unit = match site.bare_ahead(1) {
        Some(unit) if unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase()) => {
            format!(" {unit}")
        }
        Some(_) | None => String::new(),
    };
    let zeros = |zeros: &str| Some(format!("write it in digits: `{digits}{zeros}{unit}`"));
    match site.found_bare().to_ascii_uppercase().as_str() {
        "THOUSAND" if !digits.contains('.') => zeros("_000"),
        "MILLION" if !digits.contains('.') => zeros("_000_000"),
        "BILLION" if !digits.contains('.') => zeros("_000_000_000"),
        "WEEK" | "WEEKS" => Some("write it in days".to_owned()),
        _ => None,
    }
}

/// `then "license"`.
fn quoted_name(site: &Site) -> Option<String> {
    let quoted = site.found() == Some(Token::Str) && site.expects_name() && !site.expects_value();
    let name = site.found_bare().trim_matches('"');
    let plain = !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
    (quoted && plain).then(|| format!("a name stands without quotes: write `{name}`"))
}

/// `a b`.
fn side_by_side(site: &Site) -> Option<String> {
    let word = |token: Option<Token<'_>>| matches!(token, Some(Token::Word));
    let compared = matches!(site.before(2), Some(Token::Equal | Token::NotEqual));
    if compared && word(site.before(1)) && word(site.found()) && site.expects("and") {
        return Some(format!(
            "a text stands in quotes: write `\"{}\"`",
            site.words_around()
        ));
    }
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
            Token::Equal if site.expects("as") => Some("write `as` before a spelling".to_owned()),
            _ if site.expects("until") && window_in_words(site).is_some() => window_in_words(site),
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
    if site.before(1) == Some(Token::Kw(Kw::Not)) && word && site.expects("under") {
        return Some(format!("write `not in {}`", site.found_bare()));
    }
    if site.expects("string") && !site.expects_name() && (word || matches!(found, Token::Number(_)))
    {
        return Some(format!("write `\"{}\"`", site.words_from_here()));
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
