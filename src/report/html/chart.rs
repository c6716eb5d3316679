//! Charts as SVG. Whatever they show stands in a table beside them as well; for those who hear the page they are one image with
//! a title and a description.

use super::palette::class;
use super::{Element, Html, el};
use crate::report::words::grouped;

/// The width of charts, in their own units.
const WIDTH: u64 = 720;
/// The height of columns.
const HEIGHT: u64 = 180;
/// Room left of the columns for the scale.
const SCALE: u64 = 56;
/// Room under the columns for names.
const NAMES: u64 = 22;
/// About so many columns have a name.
const MAX_NAMES: usize = 12;
/// The length of a bar in a row of a table.
const BAR: u64 = 120;

/// One column or bar: its name and its parts from least to most severe.
pub struct Stack {
    /// What it is about.
    pub name: String,
    /// How many, by verdict.
    pub parts: Vec<u64>,
}

impl Stack {
    fn total(&self) -> u64 {
        self.parts.iter().sum()
    }
}

/// An image that says what it shows.
fn image(id: &str, (width, height): (u64, u64), title: &str, description: &str) -> Element {
    let (title_id, description_id) = (format!("{id}-title"), format!("{id}-description"));
    el("svg")
        .attr("role", "img")
        .attr("viewBox", format!("0 0 {width} {height}"))
        .attr("aria-labelledby", format!("{title_id} {description_id}"))
        .with(el("title").id(&title_id).text(title))
        .with(el("desc").id(&description_id).text(description))
}

fn rect(class: &str, at: (u64, u64), size: (u64, u64)) -> Element {
    el("rect")
        .class(class)
        .attr("x", at.0.to_string())
        .attr("y", at.1.to_string())
        .attr("width", size.0.to_string())
        .attr("height", size.1.to_string())
}

fn label(class: &str, at: (u64, u64), text: &str) -> Element {
    el("text")
        .class(class)
        .attr("x", at.0.to_string())
        .attr("y", at.1.to_string())
        .text(text)
}

/// Columns of parts that stand on one another, the most severe at the bottom, where small numbers can be compared.
pub fn columns(id: &str, title: &str, description: &str, stacks: &[Stack]) -> Html {
    let most = stacks.iter().map(Stack::total).max().unwrap_or(0);
    let top = round_up(most);
    let base = HEIGHT + 10;
    let mut svg = image(id, (WIDTH, base + NAMES), title, description).class("chart");
    for (share, value) in [(0, 0), (1, top / 2), (2, top)] {
        let y = base - HEIGHT * share / 2;
        svg = svg
            .with(rect("grid", (SCALE, y), (WIDTH - SCALE, 1)))
            .with(label("scale", (SCALE - 8, y + 4), &grouped(value)));
    }
    let count = stacks.len().max(1) as u64;
    let step = ((WIDTH - SCALE) * 100 / count).min(6_000);
    let width = (step * 7 / 1_000).max(1);
    let every = stacks.len().div_ceil(MAX_NAMES).max(1);
    for (at, stack) in stacks.iter().enumerate() {
        let x = SCALE + (at as u64 * step + step / 2) / 100 - width / 2;
        let mut column = el("g").with(el("title").text(said(stack)));
        let mut below = 0;
        for (verdict, part) in stack.parts.iter().enumerate().rev() {
            let (from, to) = (scaled(below, top), scaled(below + part, top));
            below += part;
            if to > from {
                column = column.with(rect(&class(verdict), (x, base - to), (width, to - from)));
            }
        }
        svg = svg.with(column);
        if at % every == 0 {
            svg = svg.with(label("name", (x + width / 2, base + 16), &stack.name));
        }
    }
    svg.into()
}

/// One bar as wide as the page, of parts beside one another.
pub fn bar(id: &str, title: &str, description: &str, stack: &Stack) -> Html {
    let mut svg = image(id, (WIDTH, 26), title, description).class("chart bar");
    for piece in pieces(stack, WIDTH, 26) {
        svg = svg.with(piece);
    }
    svg.into()
}

/// A bar in a row of a table, whose numbers stand beside it: it is not read out. `most` is the longest bar's.
pub fn row_bar(stack: &Stack, most: u64) -> Html {
    let length = match most {
        0 => 0,
        most => (u128::from(stack.total()) * u128::from(BAR)).div_ceil(u128::from(most)) as u64,
    };
    let mut svg = el("svg")
        .class("rowbar")
        .attr("aria-hidden", "true")
        .attr("viewBox", format!("0 0 {BAR} 10"));
    for piece in pieces(stack, length, 10) {
        svg = svg.with(piece);
    }
    svg.into()
}

/// The parts of a bar of that length, the most severe first.
fn pieces(stack: &Stack, length: u64, height: u64) -> Vec<Element> {
    let total = stack.total().max(1);
    let at = |sum: u64| (u128::from(sum) * u128::from(length) / u128::from(total)) as u64;
    let (mut sum, mut pieces) = (0, Vec::new());
    for (verdict, part) in stack.parts.iter().enumerate().rev() {
        let (from, to) = (at(sum), at(sum + part));
        sum += part;
        // What is there is seen, however little it is.
        let width = match (*part, to - from) {
            (0, _) => continue,
            (_, 0) => 1,
            (_, width) => width,
        };
        pieces.push(rect(
            &class(verdict),
            (from.min(length.saturating_sub(1)), 0),
            (width, height),
        ));
    }
    pieces
}

/// `2026-01: 12`
fn said(stack: &Stack) -> String {
    format!("{}: {}", stack.name, grouped(stack.total()))
}

fn scaled(value: u64, top: u64) -> u64 {
    (u128::from(value) * u128::from(HEIGHT) / u128::from(top.max(1))) as u64
}

/// The least of 2, 4, 6, 8, 10, 20, 30, 40, 50, 60, 80, 100 … that is no less: all of them have a half.
fn round_up(most: u64) -> u64 {
    let mut unit = 1u64;
    loop {
        for times in [2, 3, 4, 5, 6, 8, 10] {
            let has_half = unit > 1 || times % 2 == 0;
            match unit.checked_mul(times) {
                Some(top) if top >= most && has_half => return top,
                Some(_) => {}
                None => return u64::MAX,
            }
        }
        unit = match unit.checked_mul(10) {
            Some(unit) => unit,
            None => return u64::MAX,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        let tops = [0, 1, 2, 3, 5, 11, 23, 399, 401, 1_000_001].map(round_up);
        assert_eq!(tops, [2, 2, 2, 4, 6, 20, 30, 400, 500, 2_000_000]);
        assert_eq!(round_up(u64::MAX), u64::MAX);
    }

    #[test]
    fn a_part_that_is_there_is_seen() {
        let stack = Stack {
            name: "x".into(),
            parts: vec![1_000_000, 0, 1],
        };
        let widths = pieces(&stack, 100, 10);
        assert_eq!(widths.len(), 2);
        let html: Html = widths.into_iter().collect();
        assert!(
            html.as_str()
                .contains("class=\"v2\" x=\"0\" y=\"0\" width=\"1\"")
        );
        assert!(
            html.as_str()
                .contains("class=\"v0\" x=\"0\" y=\"0\" width=\"100\"")
        );
    }

    #[test]
    fn no_numbers_make_no_chart_that_fails() {
        let empty = columns("a", "t", "d", &[]);
        assert!(empty.as_str().contains("role=\"img\""));
        let nothing = Stack {
            name: "2026-01".into(),
            parts: vec![0, 0],
        };
        assert!(
            columns("a", "t", "d", &[nothing])
                .as_str()
                .contains("2026-01")
        );
    }
}
