//! The frame of a page: head, style, main part, footer. Everything is in the page itself; nothing is fetched.

use super::{Html, el};

const STYLE: &str = include_str!("page.css");

/// A page but for its content.
pub struct Frame<'a> {
    /// The title of the window.
    pub title: &'a str,
    /// Rules of style behind the common ones, such as those of a palette.
    pub style: &'a str,
    /// The class of the whole page.
    pub class: &'a str,
    /// What stands before the main part.
    pub header: Html,
    /// What stands behind it.
    pub footer: Html,
    /// The scripts of the page, if it has any.
    pub scripts: Vec<Script<'a>>,
}

/// A script.
#[derive(Clone, Copy)]
pub enum Script<'a> {
    /// A file beside the page.
    Beside(&'a str),
}

impl Frame<'_> {
    /// The page around `main`.
    pub fn page(&self, main: Html) -> String {
        let style = Html(format!("{STYLE}{}", self.style));
        let head = el("head")
            .with(el("meta").attr("charset", "utf-8"))
            .with(
                el("meta")
                    .attr("name", "viewport")
                    .attr("content", "width=device-width, initial-scale=1"),
            )
            .with(
                el("meta")
                    .attr("name", "color-scheme")
                    .attr("content", "light dark"),
            )
            .with(el("title").text(self.title))
            .with(el("style").with(style));
        let scripts = self.scripts.iter().map(|script| match script {
            Script::Beside(file) => el("script").attr("src", file),
        });
        let body = el("body")
            .class(self.class)
            .with(
                el("a")
                    .class("skip")
                    .attr("href", "#main")
                    .text("Skip to the content"),
            )
            .with(self.header.clone())
            .with(el("main").id("main").with(main))
            .with(el("footer").with(self.footer.clone()))
            .all(scripts);
        let page: Html = el("html").attr("lang", "en").with(head).with(body).into();
        format!("<!DOCTYPE html>\n{}", page.as_str())
    }
}
