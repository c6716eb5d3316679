//! Windows of days on a line of time, as SVG. What is drawn is also said: each row is a list item under the image.

use super::{Html, el};
use crate::domain::{Day, Windows};

/// The width, in the image's own units.
const WIDTH: i64 = 720;
/// Where the line of time begins, right of the names.
const LEFT: i64 = 150;
/// The height of a row.
const ROW: i64 = 24;
/// About so many years have a name.
const MAX_YEARS: i32 = 12;
/// Room before the first edge and behind the last, in days at least.
const MARGIN: i64 = 60;

/// One row.
pub struct Row {
    /// What is named at its left.
    pub name: String,
    /// The class of its bars: `force`, `stop` or `effect`.
    pub class: &'static str,
    /// Its days.
    pub windows: Windows,
}

/// The rows on one line of time, from before the first day on which something changes to after the last. Nothing where nothing
/// ever changes.
pub fn timeline(id: &str, title: &str, rows: &[Row]) -> Html {
    let mut edges: Vec<Day> = rows.iter().flat_map(|row| row.windows.edges()).collect();
    edges.sort();
    let (Some(first), Some(last)) = (edges.first(), edges.last()) else {
        return Html::new();
    };
    let scale = Scale::around(*first, *last);
    let height = ROW * rows.len() as i64 + 26;
    let title_id = format!("{id}-title");
    let description_id = format!("{id}-description");
    let said: Vec<String> = rows
        .iter()
        .map(|row| format!("{}: {}", row.name, row.windows))
        .collect();
    let mut svg = el("svg")
        .class("chart timeline")
        .attr("role", "img")
        .attr("viewBox", format!("0 0 {WIDTH} {height}"))
        .attr("aria-labelledby", format!("{title_id} {description_id}"))
        .with(el("title").id(&title_id).text(title))
        .with(el("desc").id(&description_id).text(said.join("; ")));
    let base = ROW * rows.len() as i64 + 6;
    for (x, name) in scale.ticks() {
        svg = svg
            .with(rect("grid", (x, 2), (1, base)))
            .with(text("name", (x, base + 16), &name));
    }
    for (at, row) in (0..).zip(rows) {
        let y = at * ROW + 6;
        svg = svg.with(text("row", (LEFT - 10, y + 11), &shortened(&row.name)));
        for window in row.windows.intervals() {
            let (from, to) = scale.span(window.from, window.until);
            svg = svg.with(rect(row.class, (from, y), ((to - from).max(2), 14)));
        }
    }
    svg.into()
}

/// Names at the left are cut to what fits there; the list beside the image has them whole.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(22) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Days as places in the image.
struct Scale {
    first: i64,
    last: i64,
}

impl Scale {
    fn around(first: Day, last: Day) -> Scale {
        let (first, last) = (i64::from(first.0), i64::from(last.0));
        let margin = ((last - first) / 8).max(MARGIN);
        Scale {
            first: first - margin,
            last: last + margin,
        }
    }

    fn x(&self, day: i64) -> i64 {
        LEFT + (day - self.first) * (WIDTH - LEFT) / (self.last - self.first)
    }

    /// From where to where a window goes; an open end is the image's.
    fn span(&self, from: Option<Day>, until: Option<Day>) -> (i64, i64) {
        let at = |day: Day| self.x(i64::from(day.0));
        (from.map_or(LEFT, at), until.map_or(WIDTH, at))
    }

    /// The first days of years, thinned out where there are many; where there are few, the middle of years as well.
    fn ticks(&self) -> Vec<(i64, String)> {
        let year_of = |day: i64| Day::from_days(day).map(Day::year);
        let (Some(first), Some(last)) = (year_of(self.first), year_of(self.last)) else {
            return Vec::new();
        };
        let every = ((last - first) / MAX_YEARS + 1).max(1);
        let years = (first..=last).filter(|year| every == 1 || year % every == 0);
        let mut ticks = Vec::new();
        for year in years {
            let months: &[u32] = if last - first <= 3 { &[1, 7] } else { &[1] };
            ticks.extend(months.iter().filter_map(|month| {
                let name = match month {
                    1 => year.to_string(),
                    month => format!("{year}-{month:02}"),
                };
                let day = Day::from_ymd(year, *month, 1)?;
                Some((self.x(i64::from(day.0)), name))
            }));
        }
        ticks.retain(|(x, _)| (LEFT + 10..WIDTH - 14).contains(x));
        ticks
    }
}

fn rect(class: &str, at: (i64, i64), size: (i64, i64)) -> super::Element {
    el("rect")
        .class(class)
        .attr("x", at.0.to_string())
        .attr("y", at.1.to_string())
        .attr("width", size.0.to_string())
        .attr("height", size.1.to_string())
}

fn text(class: &str, at: (i64, i64), text: &str) -> super::Element {
    el("text")
        .class(class)
        .attr("x", at.0.to_string())
        .attr("y", at.1.to_string())
        .text(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Window;

    fn row(from: Option<&str>, until: Option<&str>) -> Row {
        let day = |text: &str| Day::parse_iso(text).unwrap();
        Row {
            name: "in force".into(),
            class: "force",
            windows: Windows::from_windows([Window::new(from.map(day), until.map(day))]),
        }
    }

    #[test]
    fn open_ends_reach_the_edges_and_closed_ones_do_not() {
        let html = timeline("t", "When", &[row(Some("2025-04-04"), None)]);
        let text = html.as_str();
        assert!(text.contains("in force: from 2025-04-04"), "{text}");
        let bar = text.split("class=\"force\" ").nth(1).unwrap();
        let number = |name: &str| -> i64 {
            let rest = bar.split(&format!("{name}=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        assert!(number("x") > LEFT);
        assert_eq!(number("x") + number("width"), WIDTH);
    }

    #[test]
    fn what_never_changes_has_no_line() {
        assert!(timeline("t", "When", &[row(None, None)]).is_empty());
    }

    #[test]
    fn the_ends_of_the_calendar_do_no_harm() {
        let html = timeline("t", "When", &[row(Some("0001-01-01"), Some("9999-12-31"))]);
        assert!(html.as_str().contains("class=\"force\""));
    }
}
