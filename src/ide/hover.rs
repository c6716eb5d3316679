//! What stands at a cursor, in a few lines of Markdown.

mod facts;

use super::cursor::token_at;
use super::declared::{Declaration, Sort};
use super::navigate::seen;
use super::{View, Workspace, words};
use crate::check::Named;
use crate::domain::{Code, CodeModel, Country, Currency, MassUnit};
use crate::syntax::ast;
use crate::syntax::lex::tokenize;
use crate::syntax::token::Token;
use crate::text::{FileId, Span};
use std::path::Path;

pub(super) use facts::Facts;

/// How many lines of a declaration are shown.
const MAX_LINES: usize = 12;

/// What stands at a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// Markdown.
    pub text: String,
    /// First byte of what it is about.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// What stands at byte `at` of a file.
pub fn hover(workspace: &mut Workspace, path: &Path, at: usize) -> Option<Hover> {
    if let Some((view, file)) = seen(workspace, path)
        && let Some((span, named)) = view.named_at(file, at)
        && let Some(text) = about(workspace, &view, span, &named)
    {
        let (start, end) = (span.start as usize, span.end as usize);
        return Some(Hover { text, start, end });
    }
    let text = workspace.text(path)?;
    let (tokens, _) = tokenize(FileId::from_index(0), &text);
    let lexeme = token_at(&tokens, at)?;
    Some(Hover {
        text: of_token(lexeme.token, tokens.text_of(&lexeme))?,
        start: lexeme.start as usize,
        end: lexeme.end as usize,
    })
}

fn about(workspace: &mut Workspace, view: &View, span: Span, named: &Named) -> Option<String> {
    match named {
        Named::Declared(declared) => {
            let declaration = view.declaration(*declared)?;
            Some(of_declaration(workspace, view, declaration))
        }
        Named::Country(country) => Some(of_country(*country)),
        Named::Code(model) => {
            let written = view.checked.sources.snippet(span);
            of_code(*model, written.trim_matches('"'))
        }
        Named::Tag(tag) => Some(of_tag(view, tag)),
    }
}

fn of_country(country: Country) -> String {
    let (two, three) = (country.alpha2(), country.alpha3());
    format!("**{two}** {}\n\nISO 3166-1: {two}, {three}", country.name())
}

/// What a code says by its form.
fn of_code(model: CodeModel, written: &str) -> Option<String> {
    let code = model.parse_literal(written).ok()?;
    let mut lines = vec![format!("**{code}** {}", level(&code))];
    // Half a pair of digits is no level of a tariff.
    let is_level = |it: &Code| model != CodeModel::Hs || it.depth().is_multiple_of(2);
    let above = code.ancestors().filter(is_level);
    let above: Vec<String> = above.map(|it| format!("`{it}`")).collect();
    if !above.is_empty() {
        lines.push(format!("Below {}", above.join(", ")));
    }
    if let CodeModel::Eccn = model {
        lines.extend(eccn(code.as_str()));
    }
    Some(lines.join("\n\n"))
}

fn level(code: &Code) -> String {
    match (code.model(), code.depth()) {
        (CodeModel::Hs, 2) => "chapter of the Harmonized System".to_owned(),
        (CodeModel::Hs, 4) => "heading of the Harmonized System".to_owned(),
        (CodeModel::Hs, 6) => "subheading of the Harmonized System".to_owned(),
        (CodeModel::Hs, digits) => format!("{digits} digits: a line of a national tariff"),
        (CodeModel::Eccn, _) if code.as_str() == "EAR99" => {
            "subject to the EAR and on no entry of the list".to_owned()
        }
        (CodeModel::Eccn, 1) => "entry of the control list (ECCN)".to_owned(),
        (CodeModel::Eccn, depth) => format!("paragraph of level {} of an ECCN", depth - 1),
        (CodeModel::Segmented, 1) => "code of one segment".to_owned(),
        (CodeModel::Segmented, depth) => format!("code of {depth} segments"),
    }
}

/// Category, product group and reason of an ECCN (15 CFR 738.2; Annex I of Regulation (EU) 2021/821).
fn eccn(code: &str) -> Option<String> {
    let mut chars = code.chars();
    let category = match chars.next()? {
        '0' => "nuclear materials, facilities and equipment",
        '1' => "special materials and related equipment",
        '2' => "materials processing",
        '3' => "electronics",
        '4' => "computers",
        '5' => "telecommunications and information security",
        '6' => "sensors and lasers",
        '7' => "navigation and avionics",
        '8' => "marine",
        '9' => "aerospace and propulsion",
        _ => return None,
    };
    let group = match chars.next()? {
        'A' => "systems, equipment and components",
        'B' => "test, inspection and production equipment",
        'C' => "materials",
        'D' => "software",
        'E' => "technology",
        _ => return None,
    };
    let first = &code[..1];
    let second = &code[1..2];
    Some(format!(
        "Category {first}: {category}\n\nGroup {second}: {group}"
    ))
}

fn of_tag(view: &View, tag: &str) -> String {
    let mut names = Vec::new();
    for (_, file) in &view.checked.files {
        for item in &file.items {
            let (name, clauses) = match &item.kind {
                ast::ItemKind::Rule(rule) => (&rule.name, &rule.clauses),
                ast::ItemKind::Exception(it) => (&it.name, &it.clauses),
                _ => continue,
            };
            let bears = clauses.iter().any(|clause| match &clause.kind {
                ast::ClauseKind::Tags(tags) => tags.iter().any(|name| name.text == tag),
                _ => false,
            });
            if bears {
                names.push(format!("`{}`", name.text));
            }
        }
    }
    format!("tag **{tag}**\n\nBorne by {}", listed(&names, 30))
}

/// "`a`, `b` and 3 more".
fn listed(names: &[String], most: usize) -> String {
    match names.len() {
        0 => "nothing".to_owned(),
        all if all <= most => names.join(", "),
        all => format!("{} and {} more", names[..most].join(", "), all - most),
    }
}

fn of_declaration(workspace: &mut Workspace, view: &View, declaration: &Declaration) -> String {
    let mut parts = vec![format!(
        "```interdict\n{}\n```",
        signature(view, declaration)
    )];
    if let Some(doc) = &declaration.doc {
        parts.push(doc.clone());
    }
    parts.extend(beside(view, declaration));
    if let Some(path) = view.path(declaration.span.file) {
        let path = path.to_owned();
        let today = workspace.today();
        // A library has its facts from the policies that import it.
        workspace.views(&path);
        let views = workspace.good_views(&path);
        let facts = views.iter().find_map(|view| Facts::of(view, today));
        if let Some(facts) = facts {
            parts.extend(facts.about(&path, declaration));
        }
    }
    parts.join("\n\n")
}

/// The declaration as written, without what stands between its braces if that is long.
fn signature(view: &View, declaration: &Declaration) -> String {
    let whole = view.checked.sources.snippet(declaration.whole);
    match declaration.sort {
        Sort::Field | Sort::Column | Sort::EnumValue => {
            return one_line(view.checked.sources.snippet(declaration.whole));
        }
        Sort::Parameter => {
            let ty = declaration.ty.as_ref();
            let ty = ty.map_or("", |ty| view.checked.sources.snippet(ty.span));
            return format!("{} : {ty}", declaration.name);
        }
        Sort::Element => {
            let from = declaration.from.as_deref().unwrap_or_default();
            return format!("{} in {from}", declaration.name);
        }
        Sort::Verdict => return one_line(whole),
        Sort::Policy
        | Sort::Record
        | Sort::Enum
        | Sort::Codes
        | Sort::Set
        | Sort::List
        | Sort::Table
        | Sort::Closure
        | Sort::Param
        | Sort::Define
        | Sort::Aggregate
        | Sort::Calendar
        | Sort::Rule
        | Sort::Exception
        | Sort::Suspension
        | Sort::Case
        | Sort::Test => {}
    }
    let lines: Vec<&str> = whole.lines().collect();
    if lines.len() <= MAX_LINES {
        return whole.to_owned();
    }
    let mut shown = lines[..MAX_LINES].join("\n");
    shown.push_str("\n…");
    shown
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What else the trees tell: what a part is part of, the place of a verdict in its order.
fn beside(view: &View, declaration: &Declaration) -> Option<String> {
    let of = declaration.of.and_then(|of| view.declaration(of));
    match (declaration.sort, of) {
        (Sort::Field | Sort::Column | Sort::EnumValue, Some(of)) => {
            let noun = declaration.sort.noun();
            let noun = if noun == "enum value" { "value" } else { noun };
            Some(format!("{noun} of {} `{}`", of.sort.noun(), of.name))
        }
        (Sort::Verdict, _) => {
            let all = view.declarations.in_file(declaration.span.file).iter();
            let all: Vec<&Declaration> = all
                .filter(|it| it.sort == Sort::Verdict && it.whole == declaration.whole)
                .collect();
            let at = all.iter().position(|it| it.span == declaration.span)?;
            let place = format!(
                "verdict {} of {}, from least to most severe",
                at + 1,
                all.len()
            );
            Some(place)
        }
        (_, _) => None,
    }
}

/// What a token says by itself.
fn of_token(token: Token<'_>, text: &str) -> Option<String> {
    match token {
        Token::Kw(kw) => words::explain(kw).map(|what| format!("`{}`\n\n{what}", kw.as_str())),
        Token::Money(_, currency) => {
            let currency = Currency::parse(currency)?;
            let digits = match currency.minor_units() {
                Some(digits) => format!("usually written with {digits} digits after the point"),
                None => "no smaller unit in ISO 4217".to_owned(),
            };
            Some(format!(
                "money in **{currency}** (ISO 4217), {digits}",
                currency = currency.code()
            ))
        }
        Token::Mass(_, unit) => {
            let unit = MassUnit::parse(unit)?;
            Some(format!(
                "a mass; 1 {} = {} kg, exactly",
                unit.symbol(),
                unit.factor_to_kg()
            ))
        }
        Token::Word => of_word(text),
        _ => None,
    }
}

/// Words that stand for types and functions, and units in types.
fn of_word(text: &str) -> Option<String> {
    if let Some(currency) = Currency::parse(text) {
        return Some(format!("currency **{}** (ISO 4217)", currency.code()));
    }
    let what = match text {
        "text" => {
            "any text; `text folded` compares without regard to case, width of letters and extra blanks"
        }
        "bool" => "true or false",
        "int" => "a whole number of 64 bits",
        "decimal" => "an exact number",
        "percent" => {
            "an exact share, at least zero; with `percent of 1` the data says 0.25 for 25 %"
        }
        "money" => "an exact amount in one currency, at least zero",
        "mass" => "an exact mass, at least zero; units convert exactly",
        "signed" => "negative values are allowed",
        "date" => "a day",
        "instant" => "a moment; it becomes a day in the policy's zone",
        "country" => "ISO 3166-1 alpha-2, and XK",
        "hs" => "a code of the Harmonized System: 2, 4, 6, 8, 10 or 12 digits",
        "eccn" => "an Export Control Classification Number: `3A001.a.5`, `EAR99`",
        "verdict" => "one of the policy's verdicts",
        "as_of" => "the day whose law applies",
        _ => return None,
    };
    Some(format!("`{text}`\n\n{what}"))
}
