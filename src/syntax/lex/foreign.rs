//! Numbers as other countries and spreadsheets write them: `1,000`, `1.000,50`, `0,1`, `1 000`, `1'000`.

/// The spelling of a number in another manner.
#[derive(Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Bytes of the text that belong to it.
    pub length: usize,
    /// The number as the language writes it.
    pub ours: String,
    /// What stands where nothing or something else belongs.
    pub what: &'static str,
    /// Whether only commas set the parts apart, as they do the elements of a list.
    pub commas: bool,
    /// Whether a part begins with a zero, as no element of a list does.
    pub zeros: bool,
}

/// The number at the head of `text`, if it is written in another manner than ours.
pub fn number(text: &str) -> Option<Foreign> {
    let (length, groups) = groups(text);
    let (first, rest) = groups.split_first()?;
    let (end, middle) = rest.split_last()?;
    let sign = rest[0].0;
    let joined = |signs: &[(char, &str)]| {
        signs
            .iter()
            .all(|(it, part)| *it == sign && part.len() == 3)
    };
    let head = first.1.len() <= 3 && !first.1.starts_with('0');
    let grouped = head && joined(rest);
    let (whole, fraction, what) = match sign {
        '.' if rest.len() == 1 => return None,
        _ if grouped => (rest, None, between(sign)),
        ',' if rest.len() == 1 => (&[][..], Some(end.1), "a comma before the fraction"),
        _ if head && !middle.is_empty() && joined(middle) && end.0 != sign && is_point(end.0) => {
            (middle, Some(end.1), between(sign))
        }
        _ => return None,
    };
    let mut ours = first.1.to_owned();
    for (_, group) in whole {
        ours = ours + "_" + group;
    }
    if let Some(fraction) = fraction {
        ours = ours + "." + fraction;
    }
    Some(Foreign {
        length,
        ours,
        what,
        commas: rest.iter().any(|(sign, _)| *sign == ','),
        zeros: grouped && rest.iter().any(|(_, group)| group.starts_with('0')),
    })
}

fn is_point(sign: char) -> bool {
    matches!(sign, '.' | ',')
}

fn between(sign: char) -> &'static str {
    match sign {
        ',' => "a comma between thousands",
        '.' => "a point between thousands",
        ' ' => "a blank between thousands",
        _ => "an apostrophe between thousands",
    }
}

/// Groups of digits at the head of `text`, each with the sign before it, and how long they are together.
fn groups(text: &str) -> (usize, Vec<(char, &str)>) {
    let digits = |from: usize| -> &str {
        let rest = &text[from..];
        let end = rest.find(|c: char| !c.is_ascii_digit());
        &rest[..end.unwrap_or(rest.len())]
    };
    let first = digits(0);
    let mut groups = vec![('.', first)];
    let mut end = first.len();
    while let Some(sign) = text[end..].chars().next() {
        let group = digits(end + sign.len_utf8());
        let sign_is = match sign {
            ',' | '.' => sign,
            '\'' | '’' if group.len() == 3 => '\'',
            ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' if group.len() == 3 => ' ',
            _ => break,
        };
        if group.is_empty() {
            break;
        }
        groups.push((sign_is, group));
        end += sign.len_utf8() + group.len();
    }
    // `1 000-05-06` or `1 000_000`: the last group is part of something else.
    if text[end..].starts_with(['-', '_']) {
        return (first.len(), vec![('.', first)]);
    }
    (end, groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_manners_are_told_from_ours() {
        for (text, ours) in [
            ("1,000 USD", "1_000"),
            ("1,000,000", "1_000_000"),
            ("1,000.50 USD", "1_000.50"),
            ("1.000,50 USD", "1_000.50"),
            ("1.000.000 USD", "1_000_000"),
            ("1 000 000,5", "1_000_000.5"),
            ("1\u{a0}000 EUR", "1_000"),
            ("1'000 CHF", "1_000"),
            ("1’000.50", "1_000.50"),
            ("0,1%", "0.1"),
            ("0,125%", "0.125"),
            ("1,5", "1.5"),
            ("2,50 USD", "2.50"),
        ] {
            assert_eq!(
                number(text).map(|it| it.ours).as_deref(),
                Some(ours),
                "{text}"
            );
        }
        for text in [
            "1000",
            "1_000",
            "0.25",
            "8505.11.10",
            "30.06.2025",
            "1, 000",
            "1,2,3",
            "1 2025",
            "1.000",
            "5",
            "",
            "10 100-01-01",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
