//! Numbers in sentences.

/// `1 row`, `1,234 rows`.
pub fn of(number: u64, thing: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {thing}{s}", grouped(number))
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
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

/// A part of a whole in per cent, with one digit after the point. Only all of it is `100 %`, and only nothing is `0 %`.
pub fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0 %".to_owned();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let permille = (part * 2000 + whole) / (whole * 2);
    match permille {
        _ if part == whole => "100 %".to_owned(),
        0 => "<0.1 %".to_owned(),
        1000.. => ">99.9 %".to_owned(),
        permille => format!("{}.{} %", permille / 10, permille % 10),
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
    fn only_all_of_it_is_a_hundred_per_cent_and_only_nothing_is_none() {
        let shares = [(0, 7), (1, 10_000), (2, 3), (9_999, 10_000), (7, 7), (0, 0)];
        let shares = shares.map(|(part, whole)| share(part, whole));
        assert_eq!(
            shares,
            ["0 %", "<0.1 %", "66.7 %", ">99.9 %", "100 %", "0 %"]
        );
    }
}
