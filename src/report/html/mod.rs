//! Pages: what is written into them is escaped here and nowhere else.
//!
//! [`Html`] is text that is markup already. It is made of [`Element`]s, whose texts and attributes are escaped as they go in, so
//! that no name, title or key of a record can become markup.

pub mod chart;
mod frame;
pub mod palette;
pub mod timeline;

pub use frame::{Frame, Script};

use std::fmt::Write;

/// Elements after which a line ends, so that pages can be read and compared as text.
const BLOCKS: [&str; 37] = [
    "html",
    "head",
    "body",
    "title",
    "meta",
    "style",
    "script",
    "link",
    "header",
    "main",
    "footer",
    "nav",
    "section",
    "article",
    "aside",
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "div",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "details",
    "summary",
    "figure",
    "figcaption",
    "svg",
];

/// Elements without content.
const VOID: [&str; 5] = ["meta", "link", "input", "br", "hr"];

/// Markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Nothing yet.
    pub fn new() -> Html {
        Html::default()
    }

    /// A text, escaped.
    pub fn text(text: impl AsRef<str>) -> Html {
        Html(escape(text.as_ref()))
    }

    /// Adds what is markup already.
    pub fn add(&mut self, more: impl Into<Html>) {
        self.0.push_str(&more.into().0);
    }

    /// Adds a text, escaped.
    pub fn add_text(&mut self, text: impl AsRef<str>) {
        self.0.push_str(&escape(text.as_ref()));
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Several, with `between` between two of them.
    pub fn joined(parts: impl IntoIterator<Item = Html>, between: &str) -> Html {
        let mut joined = Html::new();
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                joined.add_text(between);
            }
            joined.add(part);
        }
        joined
    }
}

impl<T: Into<Html>> FromIterator<T> for Html {
    fn from_iter<I: IntoIterator<Item = T>>(parts: I) -> Self {
        let mut all = Html::new();
        parts.into_iter().for_each(|part| all.add(part));
        all
    }
}

impl<T: Into<Html>> From<Option<T>> for Html {
    fn from(part: Option<T>) -> Self {
        part.map(Into::into).unwrap_or_default()
    }
}

/// A text in which nothing is markup, also between quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What pages cannot hold, and what would turn the direction of what follows.
            c if is_hidden(c) => {
                let _ = write!(out, "\u{fffd}");
            }
            c => out.push(c),
        }
    }
    out
}

/// Characters that are no text, or that change how the text around them is shown.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An element under way.
#[derive(Clone, Debug)]
pub struct Element {
    name: &'static str,
    attributes: String,
    inner: Html,
}

/// An element called `name`.
pub fn el(name: &'static str) -> Element {
    Element {
        name,
        attributes: String::new(),
        inner: Html::new(),
    }
}

impl Element {
    /// With an attribute.
    #[must_use]
    pub fn attr(mut self, name: &str, value: impl AsRef<str>) -> Element {
        let _ = write!(self.attributes, " {name}=\"{}\"", escape(value.as_ref()));
        self
    }

    /// Of a class, or several.
    #[must_use]
    pub fn class(self, class: impl AsRef<str>) -> Element {
        self.attr("class", class)
    }

    /// With an id, which is made one by [`slug`].
    #[must_use]
    pub fn id(self, id: impl AsRef<str>) -> Element {
        self.attr("id", id)
    }

    /// With a text behind what it has.
    #[must_use]
    pub fn text(mut self, text: impl AsRef<str>) -> Element {
        self.inner.add_text(text);
        self
    }

    /// With markup behind what it has.
    #[must_use]
    pub fn with(mut self, part: impl Into<Html>) -> Element {
        self.inner.add(part);
        self
    }

    /// With several parts behind what it has.
    #[must_use]
    pub fn all<T: Into<Html>>(mut self, parts: impl IntoIterator<Item = T>) -> Element {
        parts.into_iter().for_each(|part| self.inner.add(part));
        self
    }
}

impl From<Element> for Html {
    fn from(element: Element) -> Html {
        let Element {
            name,
            attributes,
            inner,
        } = element;
        let mut out = format!("<{name}{attributes}>");
        if !VOID.contains(&name) {
            let _ = write!(out, "{}</{name}>", inner.0);
        }
        if BLOCKS.contains(&name) {
            out.push('\n');
        }
        Html(out)
    }
}

/// A name as an id or a part of a file's name: letters, digits, `-` and `_`; every other character as its number.
pub fn slug(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' || c == '-' => out.push(c),
            c => {
                let _ = write!(out, ".{:x}.", u32::from(c));
            }
        }
    }
    out
}

/// A comment of an author, in which what stands in backticks is code.
pub fn prose(text: &str) -> Html {
    let mut html = Html::new();
    let mut parts = text.split('`').peekable();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        // A backtick without a second one is itself.
        match (is_code, parts.peek().is_some()) {
            (true, true) => html.add(code(part)),
            (true, false) => html.add_text(format!("`{part}")),
            (false, _) => html.add_text(part),
        }
        is_code = !is_code;
    }
    html
}

/// A text in which no day is broken over two lines.
pub fn with_days(text: &str) -> Html {
    let is_day = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    let words = text.split(' ').map(|word| match Some(word).filter(is_day) {
        Some(day) => el("span").class("day").text(day).into(),
        None => Html::text(word),
    });
    Html::joined(words, " ")
}

/// A link.
pub fn link(to: impl AsRef<str>, text: impl AsRef<str>) -> Element {
    el("a").attr("href", to).text(text)
}

/// A name as the rules write it.
pub fn code(text: impl AsRef<str>) -> Element {
    el("code").text(text)
}

/// A table with a caption and a heading for each column; a column that begins with `#` holds
/// numbers, and one without a name only shows what others say.
pub fn table(caption: &str, columns: &[&str], rows: impl IntoIterator<Item = Html>) -> Html {
    let head = columns.iter().map(|column| match column.strip_prefix('#') {
        None if column.is_empty() => el("td"),
        Some(column) => el("th").attr("scope", "col").class("n").text(column),
        None => el("th").attr("scope", "col").text(column),
    });
    let table = el("table")
        .with(el("caption").text(caption))
        .with(el("thead").with(el("tr").all(head)))
        .with(el("tbody").all(rows));
    el("div").class("scroll").with(table).into()
}

/// The heading of a row.
pub fn row_head(inner: impl Into<Html>) -> Element {
    el("th").attr("scope", "row").with(inner)
}

/// A cell.
pub fn cell(inner: impl Into<Html>) -> Element {
    el("td").with(inner)
}

/// A cell with a number; one that is nothing is less to be seen.
pub fn number(number: u64) -> Element {
    let class = if number == 0 { "n zero" } else { "n" };
    el("td").class(class).text(super::words::grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let hostile = "<script>alert(\"1\")</script>&'\u{202e}\u{7}";
        let html: Html = el("p").attr("title", hostile).text(hostile).into();
        assert_eq!(
            html.as_str(),
            "<p title=\"&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\u{fffd}\u{fffd}\">\
             &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\u{fffd}\u{fffd}</p>\n"
        );
    }

    #[test]
    fn names_become_ids_and_stay_apart() {
        assert_eq!(slug("annex_1"), "annex_1");
        assert_eq!(slug("a b/../c"), "a.20.b.2f..2e..2e..2f.c");
        assert_ne!(slug("a.b"), slug("a b"));
    }

    #[test]
    fn what_stands_in_backticks_is_code() {
        let html = prose("`a<b` or `c` but not `d");
        assert_eq!(
            html.as_str(),
            "<code>a&lt;b</code> or <code>c</code> but not `d"
        );
    }

    #[test]
    fn elements_without_content_have_no_end() {
        let html: Html = el("meta").attr("charset", "utf-8").into();
        assert_eq!(html.as_str(), "<meta charset=\"utf-8\">\n");
    }
}
