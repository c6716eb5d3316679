//! Numbers and command lines in messages.

pub(super) use crate::report::words::{grouped, of};

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./=%:,+".contains(character);
    if word.chars().all(plain) && !word.is_empty() {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        let words = ["my_policy/a.csv", "My Policy", "it's", ""].map(quoted);
        assert_eq!(
            words,
            ["my_policy/a.csv", "'My Policy'", "'it'\\''s'", "''"]
        );
    }
}
