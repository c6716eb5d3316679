//! Messages for people: ariadne reports on the source, with colour where wanted.
//!
//! In: diagnostics and their files. Out: text that ends in a line feed.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use ariadne::{Cache, Color, Config, Fmt, IndexType, Label, Report, ReportKind, Source};

use super::shown::{Shown, visible};
use super::{Diagnostic, Severity};
use crate::text::{FileId, SourceMap, Span};

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// Draws reports; keeps the files it has prepared.
pub struct Renderer<'a> {
    sources: &'a SourceMap,
    color: bool,
    files: HashMap<FileId, Prepared>,
}

/// A file made ready for reports.
struct Prepared {
    shown: Shown,
    source: Source<String>,
    /// Some line is cut around the labels of one report, so the next report needs it made anew.
    cut: bool,
}

/// The colours of labels that are not the primary one, in turn.
const OTHERS: [Color; 3] = [Color::Cyan, Color::Blue, Color::Magenta];

impl<'a> Renderer<'a> {
    /// A renderer for messages about `sources`.
    pub fn new(sources: &'a SourceMap, color: bool) -> Self {
        Renderer {
            sources,
            color,
            files: HashMap::new(),
        }
    }

    /// The report for one message.
    pub fn render(&mut self, diagnostic: &Diagnostic) -> String {
        let (kind, color) = match diagnostic.severity {
            Severity::Error => ("error", Color::Red),
            Severity::Warning => ("warning", Color::Yellow),
        };
        self.report(
            Head {
                kind,
                color,
                code: Some(diagnostic.code.id),
            },
            diagnostic,
        )
    }

    /// A report that is not a message about a mistake: `kind` ("trace") stands where "error" would, without a code.
    pub fn render_as(&mut self, kind: &str, diagnostic: &Diagnostic) -> String {
        let color = Color::Blue;
        self.report(
            Head {
                kind,
                color,
                code: None,
            },
            diagnostic,
        )
    }

    fn report(&mut self, head: Head<'_>, diagnostic: &Diagnostic) -> String {
        self.prepare(diagnostic);
        let primary = self.place(diagnostic.primary.span);
        let mut report = Report::build(ReportKind::Error, primary).with_config(
            Config::new()
                .with_color(self.color)
                .with_index_type(IndexType::Char)
                .with_cross_gap(false),
        );
        report.add_labels(self.labels(diagnostic, head.color));
        if let Some(help) = help_text(diagnostic) {
            report.add_help(visible(&help));
        }
        for note in &diagnostic.notes {
            report.add_note(visible(note));
        }
        let mut out = Vec::new();
        report
            .finish()
            .write(Files(self), &mut out)
            .expect("writing to memory does not fail");
        let drawn = String::from_utf8_lossy(&out);
        // Ariadne's first line is coloured whatever was asked for; ours takes its place.
        let body = drawn.split_once('\n').map_or("", |(_, body)| body);
        let first = head.line(&visible(&diagnostic.message), self.color);
        format!("{first}\n{}", plain_ends(body, self.color))
    }

    /// Labels, those of the primary file first, by position: ariadne starts a new section wherever the order jumps.
    fn labels(&self, diagnostic: &Diagnostic, color: Color) -> Vec<Label<Place>> {
        let primary = diagnostic.primary.span;
        let mut all: Vec<_> = std::iter::once((&diagnostic.primary, color))
            .chain(diagnostic.labels.iter().zip(OTHERS.into_iter().cycle()))
            .collect();
        all.sort_by_key(|(label, _)| {
            let span = label.span;
            (span.file != primary.file, span.file, span.end, span.start)
        });
        all.into_iter()
            .map(|(label, color)| {
                let drawn = Label::new(self.place(label.span)).with_color(color);
                if label.text.is_empty() {
                    drawn
                } else {
                    drawn.with_message(visible(&label.text))
                }
            })
            .collect()
    }

    fn prepare(&mut self, diagnostic: &Diagnostic) {
        let spans: Vec<Span> = std::iter::once(&diagnostic.primary)
            .chain(&diagnostic.labels)
            .map(|label| label.span)
            .collect();
        for span in &spans {
            if self.files.get(&span.file).is_some_and(|file| !file.cut) {
                continue;
            }
            let text = &self.sources.file(span.file).text;
            let places: Vec<Range<usize>> = spans
                .iter()
                .filter(|other| other.file == span.file)
                .map(|other| bytes(*other))
                .collect();
            let shown = Shown::new(text, &places);
            let source = Source::from(shown.text.clone());
            let cut = Shown::is_cut(text);
            self.files
                .insert(span.file, Prepared { shown, source, cut });
        }
    }

    fn place(&self, span: Span) -> Place {
        let text = &self.sources.file(span.file).text;
        Place {
            file: span.file,
            chars: self.files[&span.file].shown.locate(text, bytes(span)),
        }
    }
}

/// The beginning of a report.
struct Head<'a> {
    kind: &'a str,
    color: Color,
    code: Option<&'static str>,
}

impl Head<'_> {
    /// `error[E0102]: message`.
    fn line(&self, message: &str, color: bool) -> String {
        let kind = match self.code {
            Some(code) => format!("{}[{code}]", self.kind),
            None => self.kind.to_owned(),
        };
        if color {
            format!("{BOLD}{}{BOLD}: {message}{PLAIN}", kind.fg(self.color))
        } else {
            format!("{kind}: {message}")
        }
    }
}

/// What to write instead, from the help or else from the fix.
pub(super) fn help_text(diagnostic: &Diagnostic) -> Option<String> {
    diagnostic.help.clone().or_else(|| {
        let fix = diagnostic.fix.as_ref()?;
        Some(if fix.replacement.is_empty() {
            "leave it out".to_owned()
        } else {
            format!("write `{}`", fix.replacement)
        })
    })
}

/// Drops blanks at the ends of lines, which ariadne leaves; with colour they are harmless and stay.
fn plain_ends(text: &str, color: bool) -> String {
    if color {
        return text.to_owned();
    }
    text.lines().fold(String::new(), |mut out, line| {
        out.push_str(line.trim_end());
        out.push('\n');
        out
    })
}

fn bytes(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// A place as ariadne wants it: characters of the shown text.
struct Place {
    file: FileId,
    chars: Range<usize>,
}

impl ariadne::Span for Place {
    type SourceId = FileId;
    fn source(&self) -> &FileId {
        &self.file
    }
    fn start(&self) -> usize {
        self.chars.start
    }
    fn end(&self) -> usize {
        self.chars.end
    }
}

/// The prepared files as ariadne asks for them.
struct Files<'r, 'a>(&'r Renderer<'a>);

impl Cache<FileId> for Files<'_, '_> {
    type Storage = String;
    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl fmt::Debug> {
        self.0
            .files
            .get(id)
            .map(|file| &file.source)
            .ok_or("a file that is not prepared")
    }
    fn display<'s>(&self, id: &'s FileId) -> Option<impl fmt::Display + 's> {
        Some(visible(&self.0.sources.file(*id).name))
    }
}
