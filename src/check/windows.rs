//! Windows as written, as sets of days; overlaps are worth a warning.

use super::checker::Checker;
use super::errors;
use crate::domain::{Day, Window, Windows};
use crate::syntax::ast;
use crate::text::Span;

/// The day of a date literal.
pub(super) fn day(date: ast::Date) -> Day {
    let (year, month, day) = (i32::from(date.year()), date.month(), date.day());
    // The tree holds only days that the calendar has; years before 1 cannot be written.
    Day::from_ymd(year, month.unsigned_abs().into(), day.unsigned_abs().into()).unwrap_or(Day::MIN)
}

fn window(written: &ast::Window) -> Window {
    let from = written.from.as_ref().map(|date| day(date.value));
    match &written.end {
        None => Window::new(from, None),
        Some(ast::WindowEnd::Until(date)) => Window::new(from, Some(day(date.value))),
        Some(ast::WindowEnd::Through(date)) => Window::through(from, day(date.value)),
    }
}

impl Checker<'_> {
    /// The union of windows of one clause or element. `may_lack_from`: whether the first may lack `from`.
    pub fn windows(&mut self, written: &[&ast::Window], may_lack_from: bool) -> Windows {
        let mut windows: Vec<(Window, Span)> = Vec::with_capacity(written.len());
        for (at, one) in written.iter().enumerate() {
            if one.from.is_none() && !(may_lack_from && at == 0) {
                self.report(errors::window_without_from(one.span));
                continue;
            }
            let window = window(one);
            if window.is_empty() {
                self.report(errors::empty_window(one.span));
                continue;
            }
            windows.push((window, one.span));
        }
        self.overlaps(&windows);
        Windows::from_windows(windows.into_iter().map(|(window, _)| window))
    }

    /// Warns of windows that overlap or touch.
    fn overlaps(&mut self, windows: &[(Window, Span)]) {
        if windows.len() < 2 {
            return;
        }
        let mut sorted = windows.to_vec();
        sorted.sort_by_key(|(window, span)| (window.from, span.start));
        let mut widest = sorted[0];
        for &(window, span) in &sorted[1..] {
            let reaches = match (widest.0.until, window.from) {
                (None, _) | (_, None) => Some(true),
                (Some(until), Some(from)) if from < until => Some(true),
                (Some(until), Some(from)) if from == until => Some(false),
                (Some(_), Some(_)) => None,
            };
            if let Some(overlap) = reaches {
                let (first, second) = if widest.1.start <= span.start {
                    (widest.1, span)
                } else {
                    (span, widest.1)
                };
                self.report(errors::overlapping_windows(first, second, overlap));
            }
            let later = match (widest.0.until, window.until) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(a), Some(b)) => b > a,
            };
            if later {
                widest = (window, span);
            }
        }
    }
}
