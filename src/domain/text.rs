//! Text as it is compared: `text folded`, and the patterns of `like`.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// The form in which `text folded` is compared: compatibility composed (NFKC), case folded, without white space
/// at the ends and with one blank for each run of it inside. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return squeeze(&text.to_ascii_lowercase());
    }
    // Unicode 3.13, D146: folding can undo normalisation and the other way round, so each is done twice.
    let folded: String = text
        .nfd()
        .default_case_fold()
        .nfkd()
        .default_case_fold()
        .nfkc()
        .collect();
    squeeze(&folded)
}

fn squeeze(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !result.is_empty() {
            result.push(' ');
        }
        result.push_str(word);
    }
    result
}

/// A compiled `like` pattern: `?` stands for exactly one character, `*` for any run of them, also none; every
/// other character stands for itself. The whole text must match. Linear memory, no backtracking beyond the last `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    One(char),
    Any,
    Rest,
}

impl Pattern {
    pub fn new(text: &str) -> Pattern {
        let mut parts = Vec::new();
        for c in text.chars() {
            let part = match c {
                '?' => Part::Any,
                '*' => Part::Rest,
                other => Part::One(other),
            };
            if part != Part::Rest || parts.last() != Some(&Part::Rest) {
                parts.push(part);
            }
        }
        Pattern { parts }
    }

    /// True if the whole text has the pattern's form.
    pub fn matches(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut at = 0;
        // Where to go on from if what follows the last `*` fails: a longer run for that `*`.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            match self.parts.get(at) {
                Some(Part::Rest) => {
                    at += 1;
                    retry = Some((at, rest.clone()));
                    continue;
                }
                Some(Part::Any) => {
                    if rest.next().is_some() {
                        at += 1;
                        continue;
                    }
                }
                Some(Part::One(expected)) => {
                    if rest.next() == Some(*expected) {
                        at += 1;
                        continue;
                    }
                }
                None => {
                    if rest.as_str().is_empty() {
                        return true;
                    }
                }
            }
            let Some((after, from)) = &mut retry else {
                return false;
            };
            if from.next().is_none() {
                return false;
            }
            at = *after;
            rest = from.clone();
        }
    }

    /// True if it has neither `?` nor `*`, so that `=` says the same.
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::One(_)))
    }
}

/// The pattern as it was written, runs of `*` as one.
impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write;
        for part in &self.parts {
            f.write_char(match part {
                Part::One(c) => *c,
                Part::Any => '?',
                Part::Rest => '*',
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_ignores_case_width_and_white_space() {
        assert_eq!(fold("  ACME \t Ltd.\n"), "acme ltd.");
        assert_eq!(fold("ＡＣＭＥ\u{3000}Ｌｔｄ"), "acme ltd");
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        assert_eq!(fold("ﬁne"), "fine");
        assert_eq!(fold("Cafe\u{301}"), fold("CAFÉ"));
        assert_eq!(fold("a\u{a0}b"), "a b");
        assert_eq!(fold(""), "");
        assert_eq!(fold(" \u{2003} "), "");
    }

    #[test]
    fn folding_keeps_accents() {
        assert_ne!(fold("Côte"), fold("Cote"));
    }

    #[test]
    fn patterns_match_the_whole_text() {
        for (pattern, text, expected) in [
            ("?A6??*", "9A610", true),
            ("?A6??*", "9A610.x", true),
            ("?A6??*", "9A61", false),
            ("?A6??*", "9B610", false),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "anything", true),
            ("?", "", false),
            ("?", "é", true),
            ("?", "ab", false),
            ("a*c", "ac", true),
            ("a*c", "abbbc", true),
            ("a*c", "abbbcd", false),
            ("*ab*ab*", "xabyabz", true),
            ("*ab*ab*", "xabyaz", false),
            ("a**b", "ab", true),
            ("*a?b", "aaxb", true),
            ("8505*", "85051100", true),
            ("[a]", "[a]", true),
            ("a", "A", false),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(text),
                expected,
                "{text:?} like {pattern:?}"
            );
        }
        assert!(Pattern::new("abc").is_literal());
        assert!(!Pattern::new("a?c").is_literal());
    }

    #[test]
    fn many_stars_stay_fast() {
        let pattern = Pattern::new(&"*a".repeat(200));
        assert!(!pattern.matches(&"a".repeat(199)));
        assert!(pattern.matches(&"a".repeat(200)));
        assert!(!pattern.matches(&format!("{}b", "a".repeat(20_000))));
    }

    /// The obvious definition of `like`.
    fn by_definition(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, _) => text.is_empty(),
            (Some(('*', rest)), None) => by_definition(rest, text),
            (Some(('*', rest)), Some((_, tail))) => {
                by_definition(rest, text) || by_definition(pattern, tail)
            }
            (Some(_), None) => false,
            (Some((p, rest)), Some((c, tail))) => {
                (*p == '?' || p == c) && by_definition(rest, tail)
            }
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_definition(pattern in "[ab?*]{0,7}", text in "[ab]{0,8}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            prop_assert_eq!(Pattern::new(&pattern).matches(&text), by_definition(&chars(&pattern), &chars(&text)));
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,12}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
