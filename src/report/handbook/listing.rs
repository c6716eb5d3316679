//! Rules as their authors write them, with names that lead to what they mean.

use super::names::{Names, Place, country};
use super::source::{Declared, Kind};
use crate::model::PolicyId;
use crate::report::html::{Html, el};
use crate::syntax::ast::Comment;
use crate::syntax::lex::{Tokens, tokenize};
use crate::syntax::token::{Kw, Lexeme, Token};
use crate::text::{FileId, SourceMap};

/// The text of a declaration, marked up. `own` is where it is told itself, to which nothing leads.
pub(super) fn listing(names: &Names, policy: Option<PolicyId>, item: &Declared, own: &str) -> Html {
    let mut sources = SourceMap::default();
    let file: FileId = sources.add("", item.text.clone());
    let (tokens, _) = tokenize(file, &item.text);
    let mut listing = Listing {
        names,
        policy,
        kind: item.kind,
        own,
        tokens: &tokens,
        html: Html::new(),
        end: 0,
    };
    listing.run();
    let code = el("code").with(listing.html);
    el("pre").attr("tabindex", "0").with(code).into()
}

struct Listing<'a> {
    names: &'a Names,
    policy: Option<PolicyId>,
    kind: Kind,
    own: &'a str,
    tokens: &'a Tokens<'a>,
    html: Html,
    /// Up to where the text is written.
    end: usize,
}

impl Listing<'_> {
    fn run(&mut self) {
        let mut comments = self.tokens.comments.iter().peekable();
        let mut word = None;
        for (at, lexeme) in self.tokens.lexemes.iter().enumerate() {
            while let Some(comment) = comments.next_if(|it| it.span.start < lexeme.start) {
                self.comment(comment);
            }
            self.gap(lexeme.start as usize);
            self.lexeme(at, lexeme, word);
            self.end = lexeme.end as usize;
            if let Token::Kw(kw) = lexeme.token {
                word = Some(kw);
            }
        }
        for comment in comments {
            self.comment(comment);
        }
    }

    /// What stands between two tokens.
    fn gap(&mut self, until: usize) {
        if until > self.end {
            self.html.add_text(&self.tokens.text[self.end..until]);
            self.end = until;
        }
    }

    fn comment(&mut self, comment: &Comment) {
        self.gap(comment.span.start as usize);
        let end = (comment.span.end as usize).max(self.end);
        self.mark("c", &self.tokens.text[self.end..end]);
        self.end = end;
    }

    fn mark(&mut self, class: &str, text: &str) {
        self.html.add(el("span").class(class).text(text));
    }

    fn lexeme(&mut self, at: usize, lexeme: &Lexeme<'_>, word: Option<Kw>) {
        let text = self.tokens.text_of(lexeme);
        match lexeme.token {
            Token::Kw(_) => self.mark("k", text),
            Token::Str => self.mark("s", text),
            Token::Number(_)
            | Token::Percent(_)
            | Token::Money(..)
            | Token::Mass(..)
            | Token::Duration(..)
            | Token::Date(_) => self.mark("n", text),
            Token::Word | Token::Quoted | Token::Label => self.name(at, text, word),
            Token::Equal
            | Token::NotEqual
            | Token::Less
            | Token::LessEqual
            | Token::Greater
            | Token::GreaterEqual
            | Token::Plus
            | Token::Minus
            | Token::Star
            | Token::Slash
            | Token::Ampersand
            | Token::Comma
            | Token::Colon
            | Token::Dot
            | Token::Question
            | Token::OpenParen
            | Token::CloseParen
            | Token::OpenBrace
            | Token::CloseBrace
            | Token::OpenBracket
            | Token::CloseBracket
            | Token::Arrow
            | Token::Semicolon
            | Token::Cursor => self.html.add_text(text),
        }
    }

    fn name(&mut self, at: usize, text: &str, word: Option<Kw>) {
        let bare = text.trim_matches('`');
        let before = |back: usize| at.checked_sub(back).map(|at| &self.tokens.lexemes[at]);
        let is_dot = before(1).is_some_and(|it| it.token == Token::Dot);
        let is_colon = before(1).is_some_and(|it| it.token == Token::Colon);
        let owner = before(2).filter(|_| is_dot);
        let owner = owner.map(|it| self.tokens.text_of(it).trim_matches('`'));
        let place = match word {
            _ if is_dot => Place::Member,
            Some(Kw::To | Kw::By | Kw::Applies | Kw::Caught) => Place::Rule,
            Some(Kw::Of) if self.kind == Kind::Suspension => Place::Rule,
            Some(Kw::Not | Kw::Unknown) if self.kind == Kind::Test => Place::Rule,
            Some(Kw::Given | Kw::Beside) if self.kind == Kind::Test => Place::Case,
            Some(Kw::Of) => Place::Type,
            _ if is_colon && !matches!(self.kind, Kind::Test | Kind::Case) => Place::Type,
            _ => Place::Value,
        };
        let is_tag = matches!(word, Some(Kw::Tags | Kw::Tagged | Kw::Weight));
        let found = self.names.resolve(self.policy, place, owner, bare);
        match found.filter(|target| !is_tag && target.to != self.own) {
            Some(target) => {
                let link = el("a").attr("href", &target.to);
                let link = match &target.about {
                    Some(about) => link.attr("title", about),
                    None => link,
                };
                self.html.add(link.text(text));
            }
            None => match country(text) {
                Some(name) => self.html.add(el("abbr").attr("title", name).text(text)),
                None => self.html.add_text(text),
            },
        }
    }
}
