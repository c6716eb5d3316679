//! What kind of thing is written at a cursor, told by the tokens before it.

use super::super::cursor::Cursor;
use super::super::scope::{Kind, Scope};
use crate::syntax::token::{Kw, Token};

/// What is written at a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A name that does not exist yet.
    NewName,
    /// Nothing but words of the language.
    Words,
    /// A declaration begins.
    Declaration,
    /// Behind the dot of `base.`.
    Members(String),
    Verdict,
    Rules,
    Tags,
    Cases,
    Type,
    Records,
    Calendars,
    /// Warnings, behind `allow`.
    Lints,
    /// What has elements; of `for each` also enums and lists.
    Groups {
        each: bool,
    },
    Lists,
    /// Names of fields, but for those that are there already.
    FieldNames(Vec<String>),
    /// The same with `:` behind them, of the screened record or of one that stands in a list.
    ElementNames(Option<String>, Vec<String>),
    /// Behind `in` and `under`.
    Sets(Option<Kind>),
    /// A literal of that kind alone.
    Literal(Kind),
    Currency,
    MassUnits,
    /// Behind a number.
    Units(Option<Kind>),
    /// An expression, where this kind of value is wanted.
    Value(Option<Kind>),
}

pub(super) fn slot(cursor: &Cursor<'_>, scope: &Scope<'_>) -> Slot {
    let Some(last) = cursor.token(1) else {
        return Slot::Declaration;
    };
    let reader = Reader { cursor, scope };
    match last {
        Token::Dot => reader.members(),
        Token::Number(_) => Slot::Units(reader.wanted(2)),
        Token::Colon => reader.behind_colon(),
        Token::Kw(kw) => reader.behind_word(kw),
        Token::Word | Token::Quoted | Token::Label => reader.behind_name(),
        Token::Equal => reader.behind_equal(),
        Token::NotEqual | Token::Less | Token::LessEqual | Token::Greater | Token::GreaterEqual => {
            match cursor.declaration() {
                Some(Kw::Verdicts | Kw::Enum) => Slot::NewName,
                _ => Slot::Value(reader.operand(2)),
            }
        }
        Token::Comma | Token::OpenBrace | Token::OpenParen | Token::OpenBracket => {
            reader.in_brackets(last)
        }
        Token::Plus | Token::Minus | Token::Ampersand => reader.behind_sign(),
        Token::Star | Token::Slash | Token::Arrow => Slot::Value(None),
        Token::CloseBrace => reader.behind_brace(),
        Token::Str
        | Token::Percent(_)
        | Token::Money(..)
        | Token::Mass(..)
        | Token::Duration(..)
        | Token::Date(_)
        | Token::Question
        | Token::CloseParen
        | Token::CloseBracket
        | Token::Semicolon
        | Token::Cursor => Slot::Words,
    }
}

struct Reader<'r, 't, 'v> {
    cursor: &'r Cursor<'t>,
    scope: &'r Scope<'v>,
}

impl Reader<'_, '_, '_> {
    fn name(&self, back: usize) -> Option<String> {
        let text = self.cursor.text(back)?;
        let token = self.cursor.token(back)?;
        let named = matches!(
            token,
            Token::Word | Token::Quoted | Token::Label | Token::Kw(_)
        );
        named.then(|| text.trim_matches('`').to_owned())
    }

    fn is(&self, back: usize, kw: Kw) -> bool {
        self.cursor.token(back) == Some(Token::Kw(kw))
    }

    fn declaration(&self) -> Option<Kw> {
        self.cursor.declaration()
    }

    /// Whether no brace of the declaration is open yet or was.
    fn in_head(&self) -> bool {
        let mut tokens = self.cursor.before.iter();
        !tokens.any(|(token, _)| *token == Token::OpenBrace)
    }

    fn members(&self) -> Slot {
        match self.cursor.token(2) {
            Some(Token::CloseBracket | Token::CloseParen) => {
                let open = self.matching(2);
                let name = open.and_then(|open| self.name(open + 1));
                name.map_or(Slot::NewName, Slot::Members)
            }
            _ => self.name(2).map_or(Slot::NewName, Slot::Members),
        }
    }

    /// How far back the bracket stands that the one `back` before the cursor closes.
    fn matching(&self, back: usize) -> Option<usize> {
        let mut depth = 0usize;
        for at in back..=self.cursor.before.len() {
            match self.cursor.token(at)? {
                Token::CloseBracket | Token::CloseParen | Token::CloseBrace => depth += 1,
                Token::OpenBracket | Token::OpenParen | Token::OpenBrace => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn behind_colon(&self) -> Slot {
        match self.declaration() {
            Some(Kw::Case | Kw::Test) => {
                let field = self.name(2);
                let kind = field.and_then(|field| self.field_kind(&field));
                kind.map_or(Slot::Words, Slot::Literal)
            }
            Some(_) | None => Slot::Type,
        }
    }

    /// The kind of a field that a record literal gives: of the screened record, or of one that stands in a list.
    fn field_kind(&self, field: &str) -> Option<Kind> {
        match self.record_of_literal() {
            Some(record) => self.scope.member(&record, field, &[]),
            None => self.scope.kind_of(field, &[]),
        }
    }

    /// The record type of the literal around the cursor, if it stands in a list.
    fn record_of_literal(&self) -> Option<String> {
        let open = self.cursor.open();
        let before = &self.cursor.before;
        let brackets = open.iter().rev();
        let mut lists = brackets.filter(|at| before[**at].0 == Token::OpenBracket);
        let list = *lists.next()?;
        let field = before.get(list.checked_sub(2)?)?.1;
        let outer = match lists.next() {
            Some(_) => None,
            None => self.scope.kind_of(field, &[]),
        };
        match outer {
            Some(Kind::Records(record)) => Some(record),
            _ => {
                // Deeper in, any list field of that name will do.
                let fields = self.scope.all(&[super::super::Sort::Field]);
                let mut kinds = fields
                    .filter(|it| it.declaration.name == field)
                    .filter_map(|it| Kind::of(it.declaration.ty.as_ref()?, self.scope));
                kinds.find_map(|kind| match kind {
                    Kind::Records(record) => Some(record),
                    _ => None,
                })
            }
        }
    }

    fn behind_word(&self, kw: Kw) -> Slot {
        let in_test = self.declaration() == Some(Kw::Test);
        match kw {
            Kw::Then
            | Kw::Otherwise
            | Kw::WhenUnknown
            | Kw::IfUnknown
            | Kw::AtMost
            | Kw::Expect => match self.nested_then(kw) {
                true => Slot::Value(None),
                false => Slot::Verdict,
            },
            Kw::Tagged | Kw::Tags => Slot::Tags,
            Kw::Given | Kw::Beside => Slot::Cases,
            Kw::By if in_test => Slot::Rules,
            Kw::Not | Kw::Unknown if self.is(2, Kw::Expect) => Slot::Rules,
            Kw::ForLackOf => Slot::FieldNames(Vec::new()),
            Kw::To if self.declaration() == Some(Kw::Exception) && self.in_head() => Slot::Rules,
            Kw::Of => self.behind_of(),
            Kw::In | Kw::Under => self.behind_in(kw),
            Kw::ForEach | Kw::Any | Kw::Every => Slot::NewName,
            Kw::For if self.declaration() != Some(Kw::List) => Slot::NewName,
            Kw::Over => Slot::Lists,
            Kw::Allow if self.cursor.before.len() == 1 => Slot::Lints,
            Kw::Between => Slot::Value(self.operand(2)),
            Kw::And if self.ends_between() => Slot::Value(None),
            Kw::After => Slot::FieldNames(Vec::new()),
            Kw::OverSame => Slot::FieldNames(Vec::new()),
            Kw::And
            | Kw::Or
            | Kw::Not
            | Kw::When
            | Kw::Unless
            | Kw::Satisfies
            | Kw::Where
            | Kw::If
            | Kw::Else => Slot::Value(None),
            Kw::Policy
            | Kw::Record
            | Kw::Enum
            | Kw::Codes
            | Kw::Set
            | Kw::List
            | Kw::Param
            | Kw::Define
            | Kw::Table
            | Kw::Calendar
            | Kw::Closure
            | Kw::Aggregate
            | Kw::Rule
            | Kw::Exception
            | Kw::Suspension
            | Kw::Case
                if self.cursor.before.len() == 1 =>
            {
                Slot::NewName
            }
            Kw::Is | Kw::Like | Kw::Import | Kw::Verdicts => Slot::Words,
            // Such a word may be the name of a field.
            _ => self.behind_name(),
        }
    }

    /// Whether a `then` belongs to an `if` of an expression.
    fn nested_then(&self, kw: Kw) -> bool {
        if kw != Kw::Then {
            return false;
        }
        let tokens = self.cursor.before.iter().rev().skip(1);
        for (token, _) in tokens {
            match token {
                Token::Kw(Kw::If) => return true,
                Token::Kw(Kw::When | Kw::Unless | Kw::Then | Kw::Else) => return false,
                _ => {}
            }
        }
        false
    }

    fn ends_between(&self) -> bool {
        let tokens = self.cursor.before.iter().rev().skip(1).take(4);
        let mut tokens = tokens.map(|(token, _)| *token);
        tokens.any(|token| token == Token::Kw(Kw::Between))
    }

    fn behind_of(&self) -> Slot {
        let head = self.in_head();
        match (self.declaration(), self.name(2).as_deref()) {
            (Some(Kw::Suspension), _) if head => Slot::Rules,
            (Some(Kw::Closure), _) if head => Slot::Lists,
            (_, Some("list")) => Slot::Records,
            (_, Some("days" | "working days")) => Slot::Calendars,
            (Some(Kw::Set), _) => Slot::Type,
            (Some(_) | None, _) => Slot::Words,
        }
    }

    fn behind_in(&self, kw: Kw) -> Slot {
        // `any x in`, `for each x in`, `count(x in`.
        let group = match self.cursor.token(3) {
            Some(Token::Kw(Kw::ForEach)) => Some(true),
            Some(Token::Kw(Kw::Any | Kw::Every | Kw::For)) => Some(false),
            Some(Token::OpenParen) if self.name(4).as_deref() == Some("count") => Some(false),
            _ => None,
        };
        match group {
            Some(each) if kw == Kw::In => Slot::Groups { each },
            _ => {
                let back = if self.is(2, Kw::Not) { 3 } else { 2 };
                Slot::Sets(self.operand(back))
            }
        }
    }

    fn behind_name(&self) -> Slot {
        match self.name(1).as_deref() {
            Some("money") if self.type_place(2) => Slot::Currency,
            Some("mass") if self.type_place(2) => Slot::MassUnits,
            _ => Slot::Words,
        }
    }

    /// Whether what stands `back` before the cursor is followed by a type.
    fn type_place(&self, back: usize) -> bool {
        match self.cursor.token(back) {
            Some(Token::Colon) => true,
            Some(Token::Kw(Kw::Of)) => self.declaration() == Some(Kw::Set),
            _ => false,
        }
    }

    fn behind_equal(&self) -> Slot {
        let first = self.cursor.before.iter().filter(|it| it.0 == Token::Equal);
        let is_own = first.count() == 1 && self.cursor.open().is_empty();
        match self.declaration() {
            Some(Kw::Set) if is_own => Slot::Sets(self.declared_kind()),
            Some(Kw::Param) if is_own => self.declared_kind().map_or(Slot::Words, Slot::Literal),
            Some(Kw::Define) if is_own => Slot::Value(self.declared_kind()),
            Some(Kw::Aggregate) if is_own => Slot::Value(None),
            Some(_) | None => Slot::Value(self.operand(2)),
        }
    }

    /// The kind of the set or param that is declared here.
    fn declared_kind(&self) -> Option<Kind> {
        let before = &self.cursor.before;
        let mut depth = 0usize;
        let named = before.iter().position(|(token, _)| {
            match token {
                Token::OpenParen => depth += 1,
                Token::CloseParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            // The types of parameters stand in parentheses.
            depth == 0 && matches!(token, Token::Colon | Token::Kw(Kw::Of))
        })?;
        let words = before[named + 1..].iter().take(2).map(|it| it.1);
        Kind::written(&words.collect::<Vec<_>>().join(" "), self.scope)
    }

    fn behind_brace(&self) -> Slot {
        match self.cursor.open().is_empty() {
            true => Slot::Declaration,
            false => Slot::Words,
        }
    }

    fn behind_sign(&self) -> Slot {
        match self.declaration() {
            Some(Kw::Set) => Slot::Sets(self.declared_kind()),
            Some(_) | None => Slot::Value(None),
        }
    }

    /// The kind of the operand that ends `back` before the cursor.
    fn operand(&self, back: usize) -> Option<Kind> {
        let local = self.cursor.elements();
        match self.cursor.token(back)? {
            Token::Word | Token::Quoted | Token::Kw(_) | Token::Label => {
                let name = self.name(back)?;
                let ahead = self.cursor.token(back + 1);
                if matches!(ahead, Some(Token::Star | Token::Slash)) {
                    // What a quotient or a product comes to depends on both.
                    return None;
                }
                if ahead != Some(Token::Dot) {
                    return self.scope.kind_of(&name, &local);
                }
                let base = match self.cursor.token(back + 2)? {
                    Token::CloseBracket | Token::CloseParen => {
                        self.name(self.matching(back + 2)? + 1)?
                    }
                    _ => self.name(back + 2)?,
                };
                self.scope.member(&base, &name, &local)
            }
            Token::CloseParen => {
                let open = self.matching(back)?;
                self.scope.kind_of(&self.name(open + 1)?, &local)
            }
            _ => None,
        }
    }

    /// What is wanted of a literal that begins `back` before the cursor: the kind of what it is compared with.
    fn wanted(&self, back: usize) -> Option<Kind> {
        match self.cursor.token(back)? {
            Token::Equal
            | Token::NotEqual
            | Token::Less
            | Token::LessEqual
            | Token::Greater
            | Token::GreaterEqual
                if self.declaration() == Some(Kw::Param) =>
            {
                self.declared_kind()
            }
            Token::Equal
            | Token::NotEqual
            | Token::Less
            | Token::LessEqual
            | Token::Greater
            | Token::GreaterEqual
            | Token::Kw(Kw::Between) => self.operand(back + 1),
            Token::Colon => self.field_kind(&self.name(back + 1)?),
            Token::OpenBrace | Token::Comma if self.declaration() == Some(Kw::Param) => {
                self.declared_kind()
            }
            Token::Kw(Kw::Within) => Some(Kind::Date),
            _ => None,
        }
    }

    fn in_brackets(&self, last: Token<'_>) -> Slot {
        let Some(open) = self.cursor.open().last().copied() else {
            return self.in_head_list();
        };
        let before = &self.cursor.before;
        let ahead = open.checked_sub(1).and_then(|at| before.get(at));
        match (before[open].0, ahead.map(|it| it.0)) {
            (Token::OpenBrace, _) => self.in_braces(open),
            (Token::OpenParen, Some(Token::Kw(Kw::Applies | Kw::Caught))) => Slot::Rules,
            (Token::OpenParen, Some(_)) if self.is_parameters(open) => Slot::NewName,
            (Token::OpenBracket, _) if last == Token::OpenBracket => {
                let name = ahead.map(|it| it.1.trim_matches('`'));
                Slot::Value(name.and_then(|name| self.scope.elements_of(name)))
            }
            (_, _) => Slot::Value(None),
        }
    }

    /// Whether the parenthesis begins the parameters of a declaration.
    fn is_parameters(&self, open: usize) -> bool {
        matches!(self.declaration(), Some(Kw::Define | Kw::Table)) && open == 2
    }

    /// Behind a comma outside of all brackets.
    fn in_head_list(&self) -> Slot {
        match self.declaration() {
            Some(Kw::Exception | Kw::Suspension) if self.in_head() => Slot::Rules,
            Some(Kw::Closure) => Slot::Lists,
            Some(Kw::Aggregate) => Slot::FieldNames(Vec::new()),
            Some(_) | None => self.in_clause_list(),
        }
    }

    /// Behind a comma of a clause.
    fn in_clause_list(&self) -> Slot {
        match self.cursor.clause() {
            Some(Kw::Tags) => Slot::Tags,
            Some(Kw::ForLackOf) => Slot::FieldNames(Vec::new()),
            Some(Kw::Expect) => Slot::Rules,
            Some(_) | None => Slot::Words,
        }
    }

    fn in_braces(&self, open: usize) -> Slot {
        let before = &self.cursor.before;
        let ahead = open.checked_sub(1).map(|at| before[at].0);
        let is_first = open + 1 == before.len();
        match (self.declaration(), ahead) {
            (_, Some(Token::Kw(Kw::In | Kw::Under))) => {
                let back = before.len() - open + 1;
                let back = if self.is(back + 1, Kw::Not) {
                    back + 2
                } else {
                    back + 1
                };
                self.operand(back).map_or(Slot::Words, Slot::Literal)
            }
            (Some(Kw::Set | Kw::Param), _) => {
                self.declared_kind().map_or(Slot::Words, Slot::Literal)
            }
            (Some(Kw::Case), _) => self.labels(open),
            (Some(Kw::Test), Some(Token::Str)) if is_first => Slot::Words,
            (Some(Kw::Test), Some(Token::Str)) => self.in_clause_list(),
            (Some(Kw::Test), _) => self.labels(open),
            (Some(Kw::Record | Kw::List | Kw::Enum), _) => Slot::NewName,
            (Some(_) | None, _) if is_first => Slot::Words,
            (Some(_) | None, _) => self.in_clause_list(),
        }
    }

    /// A field of a record literal, but for those that are given already.
    fn labels(&self, open: usize) -> Slot {
        let given = self.cursor.before[open..].iter();
        let given = given
            .filter(|(token, _)| *token == Token::Label)
            .map(|(_, text)| text.trim_matches('`').to_owned());
        Slot::ElementNames(self.record_of_literal(), given.collect())
    }
}
