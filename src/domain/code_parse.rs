//! Reading codes: strictly as rule files write them, leniently as records do. The result is always canonical.

use thiserror::Error;

use super::code::{Code, CodeModel};

/// The most digits of an HS-like number (the longest tariffs have 12).
const MAX_HS_DIGITS: usize = 12;
/// The odd numbers of digits that some tariffs have, whose last group is of three: Japan's 9, Switzerland's 11.
const NATIONAL_ODD: [usize; 2] = [9, 11];
/// The most segments of a code.
const MAX_SEGMENTS: usize = 12;
/// The longest segment.
const MAX_SEGMENT: usize = 12;

/// Why a text is not a code of its model.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not {article}: {problem}", article = .model.article())]
pub struct CodeError {
    pub model: CodeModel,
    /// The text found, cut to 40 characters.
    pub text: String,
    pub problem: CodeProblem,
    /// The canonical spelling, where the text is a code but not written as rule files write it.
    pub suggestion: Option<Code>,
}

impl CodeError {
    /// What a code of the model looks like.
    pub fn looks_like(&self) -> &'static str {
        self.model.looks_like()
    }
}

/// What is wrong with the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeProblem {
    #[error("it is empty")]
    Empty,
    #[error("`{0}` cannot stand in it")]
    Character(char),
    #[error("the number of digits is {0}, not 2 to 12")]
    DigitCount(usize),
    #[error(
        "the number of digits is {0}, and HS codes go by pairs of digits: one is missing, or a leading zero"
    )]
    OddDigits(usize),
    #[error("there is no chapter 00")]
    Chapter,
    #[error("dots stand between digits, after an even number of them")]
    MisplacedDot,
    #[error("it begins with a digit, a letter from A to E and three digits")]
    Base,
    #[error("after the first five characters come parts set apart by dots")]
    MissingDot,
    #[error("its parts are single letters and numbers by turns")]
    Segment,
    #[error("a part between dots is empty")]
    EmptySegment,
    #[error("it is too long")]
    TooLong,
    #[error("it is not in the usual spelling")]
    Spelling,
}

fn error(model: CodeModel, text: &str, problem: CodeProblem) -> CodeError {
    CodeError {
        model,
        text: text.chars().take(40).collect(),
        problem,
        suggestion: None,
    }
}

pub(super) fn parse_data(model: CodeModel, text: &str) -> Result<Code, CodeError> {
    let canonical = match model {
        CodeModel::Hs => |text: &str| hs(text, &[]),
        CodeModel::Eccn => eccn,
        CodeModel::Segmented => segmented,
    };
    read(model, text, canonical)
}

/// An HS code of data in which whole codes have `whole` digits: plain digits get back the leading zeros they lost.
pub(super) fn parse_whole_hs(text: &str, whole: u8) -> Result<Code, CodeError> {
    let whole = usize::from(whole);
    read(CodeModel::Hs, text, |text| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match plain {
            true => hs(&format!("{text:0>whole$}"), &[whole]),
            false => hs(text, &[whole]),
        }
    })
}

fn read(
    model: CodeModel,
    text: &str,
    canonical: impl Fn(&str) -> Result<String, CodeProblem>,
) -> Result<Code, CodeError> {
    let trimmed = text.trim();
    match canonical(trimmed) {
        Ok(canonical) => Ok(Code::from_canonical(model, &canonical)),
        Err(problem) => Err(error(model, trimmed, problem)),
    }
}

pub(super) fn parse_literal(model: CodeModel, text: &str) -> Result<Code, CodeError> {
    let (code, problem) = match model {
        CodeModel::Hs => {
            let code = read(model, text, |text| hs_digits(text, &NATIONAL_ODD))?;
            (code, strict_hs_problem(text))
        }
        CodeModel::Eccn | CodeModel::Segmented => {
            let code = parse_data(model, text)?;
            let problem = (code.as_str() != text).then_some(CodeProblem::Spelling);
            (code, problem)
        }
    };
    match problem {
        None => Ok(code),
        Some(problem) => Err(CodeError {
            suggestion: Some(code),
            ..error(model, text, problem)
        }),
    }
}

fn hs(text: &str, odd: &[usize]) -> Result<String, CodeProblem> {
    let digits = hs_digits(text, odd)?;
    match dots_part_pairs(text) {
        true => Ok(digits),
        false => Err(CodeProblem::MisplacedDot),
    }
}

/// The digits of an HS code. They come in pairs; `odd` are the odd numbers of them that there are besides.
fn hs_digits(text: &str, odd: &[usize]) -> Result<String, CodeProblem> {
    if text.is_empty() {
        return Err(CodeProblem::Empty);
    }
    let mut digits = String::with_capacity(MAX_HS_DIGITS);
    let mut count = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => {
                count += 1;
                if count <= MAX_HS_DIGITS {
                    digits.push(c);
                }
            }
            '.' => {}
            c if c.is_whitespace() => {}
            other => return Err(CodeProblem::Character(other)),
        }
    }
    if !(2..=MAX_HS_DIGITS).contains(&count) {
        Err(CodeProblem::DigitCount(count))
    } else if count % 2 == 1 && !odd.contains(&count) {
        Err(CodeProblem::OddDigits(count))
    } else if digits.starts_with("00") {
        Err(CodeProblem::Chapter)
    } else {
        Ok(digits)
    }
}

/// In rule files no blanks stand between the digits.
fn strict_hs_problem(text: &str) -> Option<CodeProblem> {
    let other = text.chars().find(|c| !matches!(c, '0'..='9' | '.'));
    let misplaced = || (!dots_part_pairs(text)).then_some(CodeProblem::MisplacedDot);
    other.map(CodeProblem::Character).or_else(misplaced)
}

/// Whether dots and blanks stand only where tariffs put them: between digits, after an even number of them or after
/// nine (`8505 11 000 0`), one dot at a time. Elsewhere they tell of a digit that went missing, or of a price.
fn dots_part_pairs(text: &str) -> bool {
    let mut digits = 0;
    let (mut dots, mut parted) = (0, false);
    for c in text.chars() {
        if !c.is_ascii_digit() {
            dots += usize::from(c == '.');
            parted = true;
            continue;
        }
        let in_place = digits > 0 && digits % 2 == 0 || digits == 9;
        if dots > 1 || parted && !in_place {
            return false;
        }
        (dots, parted) = (0, false);
        digits += 1;
    }
    dots == 0
}

fn eccn(text: &str) -> Result<String, CodeProblem> {
    let text = strip_word(text, "eccn");
    if text.is_empty() {
        return Err(CodeProblem::Empty);
    }
    if strip_word(text, "ear") == "99" {
        return Ok("EAR99".to_owned());
    }
    let Some((base, rest)) = text.split_at_checked(5) else {
        return Err(CodeProblem::Base);
    };
    let &[category, group, a, b, c] = base.as_bytes() else {
        return Err(CodeProblem::Base);
    };
    let is_base = [category, a, b, c].iter().all(u8::is_ascii_digit)
        && matches!(group.to_ascii_uppercase(), b'A'..=b'E');
    if !is_base {
        return Err(CodeProblem::Base);
    }
    let mut canonical = base.to_ascii_uppercase();
    push_paragraphs(&mut canonical, rest)?;
    Ok(canonical)
}

/// The text without a leading word in any case and the blanks or colon after it; the text itself if it does not
/// begin with that word.
fn strip_word<'a>(text: &'a str, word: &str) -> &'a str {
    match text.split_at_checked(word.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(word) => {
            rest.trim_start_matches([' ', ':', '\u{a0}'])
        }
        Some(_) | None => text,
    }
}

/// Appends `.a.5.a` for `.a.5.a`, `.A5a` or `a5a`. Single letters and numbers take turns; which comes first is free
/// (the EU list has numbers directly below some entries), but a number needs its dot there: `3A0011` is not a code.
fn push_paragraphs(canonical: &mut String, rest: &str) -> Result<(), CodeProblem> {
    let bytes = rest.as_bytes();
    let mut at = 0;
    let mut previous: Option<bool> = None;
    let mut count = 1;
    while at < bytes.len() {
        let dotted = bytes[at] == b'.';
        at += usize::from(dotted);
        let Some(first) = bytes.get(at) else {
            return Err(CodeProblem::EmptySegment);
        };
        let is_number = first.is_ascii_digit();
        if *first == b'.' {
            return Err(CodeProblem::EmptySegment);
        }
        if !is_number && !first.is_ascii_alphabetic() {
            return Err(CodeProblem::Character(
                rest[at..].chars().next().unwrap_or('\u{fffd}'),
            ));
        }
        if is_number && previous.is_none() && !dotted {
            return Err(CodeProblem::MissingDot);
        }
        let length = if is_number {
            bytes[at..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        } else {
            1
        };
        let segment = &rest[at..at + length];
        if previous == Some(is_number) || length > 3 || (is_number && segment.starts_with('0')) {
            return Err(CodeProblem::Segment);
        }
        count += 1;
        if count > MAX_SEGMENTS {
            return Err(CodeProblem::TooLong);
        }
        canonical.push('.');
        canonical.push_str(&segment.to_ascii_lowercase());
        previous = Some(is_number);
        at += length;
    }
    Ok(())
}

fn segmented(text: &str) -> Result<String, CodeProblem> {
    if text.is_empty() {
        return Err(CodeProblem::Empty);
    }
    let mut canonical = String::with_capacity(text.len().min(64));
    for (index, segment) in text.split('.').enumerate() {
        if segment.is_empty() {
            return Err(CodeProblem::EmptySegment);
        }
        if let Some(other) = segment.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Err(CodeProblem::Character(other));
        }
        if segment.len() > MAX_SEGMENT || index >= MAX_SEGMENTS {
            return Err(CodeProblem::TooLong);
        }
        if index == 0 {
            canonical.push_str(&segment.to_ascii_uppercase());
        } else {
            canonical.push('.');
            canonical.push_str(&segment.to_ascii_lowercase());
        }
    }
    Ok(canonical)
}
