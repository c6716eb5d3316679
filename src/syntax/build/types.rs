//! Types: a word and what stands behind it.

use super::Builder;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::catalogue::BAD_TYPE;
use crate::syntax::ast::*;
use crate::syntax::explain;
use crate::text::Span;

/// What may stand behind the first word of a type.
#[derive(Clone, Debug)]
pub enum TypePart {
    /// A currency, a unit, `folded`, `signed`.
    Word(Name),
    /// `of 1` (true) or of another number.
    Of(bool, Span),
    /// `of R`.
    OfNamed(Name, Span),
    /// `?`.
    Optional(Span),
}

impl TypePart {
    fn span(&self) -> Span {
        match self {
            TypePart::Word(name) => name.span,
            TypePart::Of(_, span) | TypePart::OfNamed(_, span) | TypePart::Optional(span) => *span,
        }
    }
}

/// The parts of a type that were not asked for yet.
struct Parts<'b, 't> {
    builder: &'b Builder<'t>,
    rest: Vec<TypePart>,
}

impl Parts<'_, '_> {
    /// Takes the first part out if `wanted` makes something of it.
    fn take_first<T>(&mut self, wanted: impl Fn(&TypePart) -> Option<T>) -> Option<T> {
        let found = self.rest.first().and_then(wanted)?;
        self.rest.remove(0);
        Some(found)
    }

    /// Takes the word `word` out, wherever it stands.
    fn take_word(&mut self, word: &str) -> bool {
        let is_word = |part: &TypePart| matches!(part, TypePart::Word(name) if name.text == word);
        match self.rest.iter().position(is_word) {
            Some(at) => {
                self.rest.remove(at);
                true
            }
            None => false,
        }
    }

    fn take_optional(&mut self) -> Option<Span> {
        let at = self
            .rest
            .iter()
            .position(|part| matches!(part, TypePart::Optional(_)))?;
        let span = self.rest.remove(at).span();
        Some(span)
    }

    /// Complains about what nobody asked for.
    fn finish(self) {
        let Some(part) = self.rest.first() else {
            return;
        };
        let diagnostic = match part {
            TypePart::Word(name) if self.builder.starts_line(name.span) => {
                explain::field_without_colon(name)
            }
            TypePart::Word(_)
            | TypePart::Of(..)
            | TypePart::OfNamed(..)
            | TypePart::Optional(_) => explain::extra_type_part(part.span()),
        };
        self.builder.report(diagnostic);
    }
}

impl<'t> Builder<'t> {
    /// A type.
    pub fn ty(&self, name: Name, parts: Vec<TypePart>) -> Type {
        let span = parts
            .last()
            .map_or(name.span, |last| name.span.to(last.span()));
        let mut parts = Parts {
            builder: self,
            rest: parts,
        };
        let optional = parts.take_optional();
        let kind = self.type_kind(name, &mut parts);
        if kind != TypeKind::Error {
            parts.finish();
        }
        Type {
            kind,
            optional,
            span,
        }
    }

    fn type_kind(&self, name: Name, parts: &mut Parts) -> TypeKind {
        if name.quoted {
            return TypeKind::Named(name);
        }
        match name.text.as_str() {
            "text" => TypeKind::Text {
                folded: parts.take_word("folded"),
            },
            "bool" => TypeKind::Bool,
            "int" => TypeKind::Int,
            "decimal" => TypeKind::Decimal,
            "percent" => self.percent(parts),
            "money" => self.money(name, parts),
            "mass" => self.mass(name, parts),
            "date" => TypeKind::Date,
            "instant" => TypeKind::Instant,
            "duration" => TypeKind::Duration,
            "country" => TypeKind::Country,
            "hs" => TypeKind::Hs,
            "eccn" => TypeKind::Eccn,
            "list" => self.list(name, parts),
            _ => TypeKind::Named(name),
        }
    }

    fn percent(&self, parts: &mut Parts) -> TypeKind {
        let of = parts.take_first(|part| match part {
            TypePart::Of(one, span) => Some((*one, *span)),
            TypePart::Word(_) | TypePart::OfNamed(..) | TypePart::Optional(_) => None,
        });
        if let Some((false, span)) = of {
            self.report(explain::bad_type(
                span,
                "a percent is counted of 100 or of 1",
                "not `of 1`",
                "write `percent` where 25 means 25 %, `percent of 1` where 0.25 does",
            ));
        }
        TypeKind::Percent {
            of_one: of.is_some(),
            signed: parts.take_word("signed"),
        }
    }

    /// `list of R`; `list` by itself is a name like any other.
    fn list(&self, name: Name, parts: &mut Parts) -> TypeKind {
        let of = parts.take_first(|part| match part {
            TypePart::OfNamed(record, _) => Some(record.clone()),
            TypePart::Word(_) | TypePart::Of(..) | TypePart::Optional(_) => None,
        });
        if let Some(record) = of {
            return TypeKind::List(record);
        }
        let of_what = parts.take_first(|part| match part {
            TypePart::Word(record) if !self.starts_line(record.span) => Some(record.clone()),
            _ => None,
        });
        let Some(record) = of_what else {
            return TypeKind::Named(name);
        };
        self.report(explain::bad_type(
            record.span,
            "a list says of what it is one",
            "no `of` before this",
            format!("write `list of {}`", record.text),
        ));
        TypeKind::List(record)
    }

    fn money(&self, name: Name, parts: &mut Parts) -> TypeKind {
        let signed = parts.take_word("signed");
        match parts.take_first(word_part) {
            Some(currency) => TypeKind::Money { currency, signed },
            None => {
                self.report(explain::bad_type(
                    name.span,
                    "money needs its currency",
                    "no currency behind it",
                    "write the currency's code, such as `money USD`",
                ));
                TypeKind::Error
            }
        }
    }

    fn mass(&self, name: Name, parts: &mut Parts) -> TypeKind {
        let signed = parts.take_word("signed");
        let place = name.span;
        let problem: Diagnostic = match parts.take_first(word_part) {
            Some(unit) if MASS_UNITS.contains(&unit.text.as_str()) => {
                return TypeKind::Mass { unit, signed };
            }
            Some(unit) => explain::bad_type(
                unit.span,
                format!("`{}` is not a unit of mass", unit.text),
                "not a unit of mass",
                "write one of `kg`, `g`, `mg`, `t`, `lb`, `oz`",
            ),
            None => explain::bad_type(
                place,
                "mass needs its unit",
                "no unit behind it",
                "write the unit, such as `mass kg`",
            ),
        };
        debug_assert_eq!(problem.code, &BAD_TYPE);
        self.report(problem);
        TypeKind::Error
    }
}

const MASS_UNITS: &[&str] = &["kg", "g", "mg", "t", "lb", "oz"];

fn word_part(part: &TypePart) -> Option<Name> {
    match part {
        TypePart::Word(name) => Some(name.clone()),
        TypePart::Of(..) | TypePart::OfNamed(..) | TypePart::Optional(_) => None,
    }
}
