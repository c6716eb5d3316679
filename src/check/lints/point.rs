//! Amounts such as `5.000 EUR`: five, to the language; five thousand, to many who read it.

use crate::check::checker::Checker;
use crate::check::errors;
use crate::text::Span;

/// Currencies with thousandths, of which three digits behind the point are usual.
const WITH_THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// `digits`: those of the amount, as written.
pub(in crate::check) fn check(checker: &mut Checker<'_>, digits: &str, currency: &str, span: Span) {
    let Some((whole, fraction)) = digits.split_once('.') else {
        return;
    };
    let grouped = fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0');
    if grouped && !WITH_THOUSANDTHS.contains(&currency) {
        let thousands = format!("{whole}_{fraction} {currency}");
        let fraction = fraction.trim_end_matches('0');
        let point = match fraction {
            "" => format!("{whole} {currency}"),
            _ => format!("{whole}.{fraction} {currency}"),
        };
        checker.report(errors::point_or_thousands(span, &point, &thousands));
    }
}
