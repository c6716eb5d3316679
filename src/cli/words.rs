//! Numbers and command lines in messages.

/// `1 row`, `1,234 rows`.
pub(super) fn of(number: u64, thing: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {thing}{s}", grouped(number))
}

/// `1234567` as `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

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
    fn one_is_singular_and_thousands_are_set_apart() {
        let texts = [0, 1, 2, 999, 1_000, 1_234_567].map(|number| of(number, "row"));
        assert_eq!(
            texts,
            [
                "0 rows",
                "1 row",
                "2 rows",
                "999 rows",
                "1,000 rows",
                "1,234,567 rows"
            ]
        );
    }

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        let words = ["my_policy/a.csv", "My Policy", "it's", ""].map(quoted);
        assert_eq!(
            words,
            ["my_policy/a.csv", "'My Policy'", "'it'\\''s'", "''"]
        );
    }
}
