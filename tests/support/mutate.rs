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
const STRAY: [&str; 48] = [
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
