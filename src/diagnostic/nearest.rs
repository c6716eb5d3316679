//! The known name that a misspelt one most likely stands for.

/// Names longer than this are not compared.
const MAX_NAME: usize = 80;

/// The candidate nearest to `name`: one that differs only in case or in `_`, `-` and blanks, else the one with the fewest
/// typing slips (Damerau-Levenshtein), if they are few for a name of that length. Ties go to the first by bytes.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name);
    let length = wanted.chars().count();
    if length == 0 || length > MAX_NAME {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let slips = slips(&wanted, length, &folded(candidate))?;
            Some((slips, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many slips turn one name into the other, if not too many.
fn slips(wanted: &str, length: usize, candidate: &str) -> Option<usize> {
    let bound = bound(length);
    if candidate.chars().count().abs_diff(length) > bound {
        return None;
    }
    let slips = strsim::damerau_levenshtein(wanted, candidate);
    (slips <= bound).then_some(slips)
}

/// How many slips a name of `length` characters may have and still be recognised.
fn bound(length: usize) -> usize {
    match length {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    }
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised() {
        let fields = ["destination", "origin", "hs_code", "end_use"];
        assert_eq!(nearest("destinaton", fields), Some("destination"));
        assert_eq!(nearest("orgiin", fields), Some("origin"));
        assert_eq!(nearest("HSCode", fields), Some("hs_code"));
        assert_eq!(nearest("End Use", fields), Some("end_use"));
    }

    #[test]
    fn an_unrelated_name_is_not_offered() {
        assert_eq!(nearest("weight", ["destination", "value"]), None);
        assert_eq!(nearest("CN", ["CM", "NC", "CNY"]), None);
        assert_eq!(nearest("", ["a"]), None);
        assert_eq!(nearest(&"x".repeat(10_000), ["xx"]), None);
    }

    #[test]
    fn case_alone_beats_a_slip_and_ties_are_stable() {
        assert_eq!(nearest("Review", ["revies", "review"]), Some("review"));
        assert_eq!(nearest("cabe", ["cafe", "cake", "bade"]), Some("cafe"));
        assert_eq!(nearest("cabe", ["bade", "cake", "cafe"]), Some("cafe"));
    }
}
