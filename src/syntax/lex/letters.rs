//! Letters beyond ASCII: look-alikes, and characters that turn the reading direction.

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::syntax::errors;
use crate::text::{FileId, Span};

/// Letters of other scripts that look like an ASCII letter (Unicode Technical Standard 39, the letters in common use).
const LOOK_ALIKES: &[(char, &str)] = &[
    ('A', "АΑᎪＡ"),
    ('B', "ВΒᏴＢ"),
    ('C', "СϹⅭＣ"),
    ('D', "ⅮＤ"),
    ('E', "ЕΕＥ"),
    ('F', "ϜＦ"),
    ('G', "ԌＧ"),
    ('H', "НΗＨ"),
    ('I', "ІΙӀⅠＩ"),
    ('J', "ЈͿＪ"),
    ('K', "КΚKＫ"),
    ('L', "ⅬＬ"),
    ('M', "МΜⅯＭ"),
    ('N', "ΝＮ"),
    ('O', "ОΟՕＯ"),
    ('P', "РΡＰ"),
    ('Q', "ԚＱ"),
    ('R', "ᏒＲ"),
    ('S', "ЅＳ"),
    ('T', "ТΤＴ"),
    ('U', "ՍＵ"),
    ('V', "ѴⅤＶ"),
    ('W', "ԜＷ"),
    ('X', "ХΧⅩＸ"),
    ('Y', "УΥҮＹ"),
    ('Z', "ΖＺ"),
    ('a', "аαɑａ"),
    ('b', "ЬƄｂ"),
    ('c', "сϲⅽｃ"),
    ('d', "ԁⅾｄ"),
    ('e', "еｅ"),
    ('f', "ſｆ"),
    ('g', "ɡｇ"),
    ('h', "һｈ"),
    ('i', "іιıｉ"),
    ('j', "јϳｊ"),
    ('k', "κｋ"),
    ('l', "ӏⅼｌ"),
    ('m', "ⅿｍ"),
    ('n', "ոｎ"),
    ('o', "оοօｏ"),
    ('p', "рρｐ"),
    ('q', "ԛｑ"),
    ('r', "гｒ"),
    ('s', "ѕｓ"),
    ('t', "ｔ"),
    ('u', "υսｕ"),
    ('v', "νѵⅴｖ"),
    ('w', "ԝｗ"),
    ('x', "хⅹｘ"),
    ('y', "уγｙ"),
    ('z', "ｚ"),
];

/// The ASCII letter that `letter` can be taken for.
fn look_alike(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return None;
    }
    LOOK_ALIKES
        .iter()
        .find(|(_, others)| others.contains(letter))
        .map(|(ascii, _)| *ascii)
}

/// How many more bytes of `rest` belong to the word that starts with `piece`; nothing if it is no word.
pub fn word_length(piece: &str, rest: &str) -> Option<usize> {
    let first = piece.chars().next()?;
    if !first.is_alphabetic() && first != '_' {
        return None;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    Some(end.unwrap_or(rest.len()))
}

/// What is wrong with a word, if it is not all ASCII.
pub fn check_word(span: Span, word: &str) -> Option<Diagnostic> {
    let (at, letter) = word.char_indices().find(|(_, c)| !c.is_ascii())?;
    match look_alike(letter) {
        Some(ascii) => Some(look_alike_at(span, word, at, letter, ascii)),
        None => Some(errors::foreign_letter(span, word)),
    }
}

/// What is wrong with a name in backticks: letters that look like ASCII among ASCII letters.
pub fn check_quoted(span: Span, quoted: &str) -> Option<Diagnostic> {
    if !quoted.contains(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (at, letter) = quoted
        .char_indices()
        .find(|(_, c)| look_alike(*c).is_some())?;
    let ascii = look_alike(letter)?;
    Some(look_alike_at(span, quoted, at, letter, ascii))
}

fn look_alike_at(span: Span, word: &str, at: usize, letter: char, ascii: char) -> Diagnostic {
    let start = span.start + at as u32;
    let place = Span::new(span.file, start, start + letter.len_utf8() as u32);
    errors::look_alike_letter(span, place, letter, ascii, plain(word))
}

/// The word with plain letters in the place of those that look like them.
fn plain(word: &str) -> String {
    word.chars().map(|c| look_alike(c).unwrap_or(c)).collect()
}

/// The name that `written` most likely means, where it has letters that look like plain ones; the message exists.
pub fn meant(written: &str) -> Cow<'_, str> {
    let plain_word = !written.starts_with('`');
    let mixed = || written.contains(|c: char| c.is_ascii_alphabetic());
    if written.is_ascii() || !(plain_word || mixed()) {
        return Cow::Borrowed(written);
    }
    Cow::Owned(plain(written))
}

/// Whether `text` is one character that turns the reading direction (and so has its message from [`check_bidi`]).
pub fn is_bidi(text: &str) -> bool {
    text.chars().all(turns_direction)
}

/// Finds every character of the file, comments and strings included, that turns the reading direction.
pub fn check_bidi(file: FileId, text: &str) -> Vec<Diagnostic> {
    if text.is_ascii() {
        return Vec::new();
    }
    text.char_indices()
        .filter(|(_, c)| turns_direction(*c))
        .map(|(at, c)| {
            let span = Span::new(file, at as u32, (at + c.len_utf8()) as u32);
            errors::bidi_character(span, c)
        })
        .take(crate::syntax::limits::MAX_MESSAGES)
        .collect()
}

/// The characters with the property Bidi_Control (Unicode Standard Annex 9).
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}
