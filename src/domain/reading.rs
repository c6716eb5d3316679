//! Small readings of record values that need no type of their own.

/// Reads `1/0`, `true/false`, `yes/no`, `y/n` in any case. No blanks around it: trimming is the reader's business.
pub fn parse_bool(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["1", "true", "yes", "y"]) {
        Some(true)
    } else if is(&["0", "false", "no", "n"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::parse_bool;

    #[test]
    fn the_four_spellings_are_read_in_any_case() {
        for text in ["1", "true", "TRUE", "Yes", "y", "Y"] {
            assert_eq!(parse_bool(text), Some(true), "{text}");
        }
        for text in ["0", "false", "False", "NO", "n", "N"] {
            assert_eq!(parse_bool(text), Some(false), "{text}");
        }
    }

    #[test]
    fn anything_else_is_not_guessed() {
        for text in [
            "", " ", "t", "f", "on", "off", "2", "01", "-1", "true ", "unknown", "oui", "x",
        ] {
            assert_eq!(parse_bool(text), None, "{text:?}");
        }
    }
}
