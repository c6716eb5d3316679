//! Policies with mistakes in them: tokens taken away, doubled, swapped, or put in from elsewhere.

use super::random::Random;

/// The text with one to four mistakes.
pub fn mutated(text: &str, seed: u64) -> String {
    let mut random = Random::new(seed ^ 0x0dd);
    let mut pieces = pieces(text);
    for _ in 0..random.between(1, 4) {
        if pieces.len() < 2 {
            break;
        }
        let at = random.below(pieces.len());
        match random.below(8) {
            0 | 1 => {
                pieces.remove(at);
            }
            2 => pieces.insert(at, pieces[at].clone()),
            3 => {
                let other = random.below(pieces.len());
                pieces.swap(at, other);
            }
            4 => {
                let other = random.below(pieces.len());
                pieces[at] = pieces[other].clone();
            }
            5 => pieces[at] = (*random.pick(&STRAY)).to_owned(),
            6 => pieces.insert(at, (*random.pick(&STRAY)).to_owned()),
            _ => {
                let last = (at + random.between(1, 30)).min(pieces.len());
                pieces.drain(at..last);
            }
        }
    }
    pieces.concat()
}

/// What people and broken editors put in.
const STRAY: [&str; 50] = [
    "==",
    "&&",
    "||",
    "!",
    "<>",
    "(",
    ")",
    "{",
    "}",
    ",",
    "\"",
    "`",
    "#",
    "'",
    ";",
    "\u{202e}",
    "\u{0}",
    "é",
    "а",
    "2025-02-30",
    "99999999999999999999999999999999",
    "1__0",
    "5 XYZ",
    "3 stone",
    "UK",
    "and",
    "not",
    "then",
    "rule ",
    "when ",
    "missing",
    "_",
    "%",
    "in",
    "under",
    "is",
    "-",
    "--",
    "/",
    "\\",
    "0/0",
    "…",
    "\u{feff}",
    "\r",
    "in force",
    "for each p in ",
    "[1]",
    "tagged ",
    "if ",
    "\"\\q\"",
];

/// Words, numbers, blanks and single marks.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut word = false;
    for c in text.chars() {
        let in_word = c.is_alphanumeric() || c == '_';
        match pieces.last_mut() {
            Some(last) if in_word && word => last.push(c),
            Some(_) | None => pieces.push(c.to_string()),
        }
        word = in_word;
    }
    pieces
}

/// The same policy in another layout: comments, blank lines, line breaks and blanks where they mean nothing.
pub fn laid_out_otherwise(text: &str, seed: u64) -> String {
    let mut random = Random::new(seed ^ 0x1a1d);
    let mut result = String::new();
    for line in text.lines() {
        if random.chance(8) {
            result.push_str("  # a comment of its own\n");
        }
        if random.chance(5) {
            result.push_str("\n\n");
        }
        // Outside of strings only: every second part between quotes.
        let plain = !line.contains("\\\"");
        for (at, part) in line.split('"').enumerate() {
            if at > 0 {
                result.push('"');
            }
            if at % 2 == 0 && plain {
                push_loosely(&mut result, part, &mut random);
            } else {
                result.push_str(part);
            }
        }
        if random.chance(6) {
            result.push_str(" # and why");
        }
        result.push('\n');
    }
    result
}

fn push_loosely(result: &mut String, part: &str, random: &mut Random) {
    for (at, piece) in part.split_inclusive([' ', ',']).enumerate() {
        let after_joint = at > 0
            && ["and ", "or ", ", ", "("]
                .iter()
                .any(|end| result.ends_with(end));
        match random.below(40) {
            0 if after_joint => result.push_str("\n      "),
            1 if after_joint => result.push_str("# here\n"),
            2 if result.ends_with(' ') => result.push_str("  "),
            _ => {}
        }
        result.push_str(piece);
    }
}
