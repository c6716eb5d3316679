//! Types as written, and what types are called in messages.

use super::checker::Checker;
use super::declare::Meaning;
use super::errors;
use super::load::UnitId;
use crate::diagnostic::nearest;
use crate::domain::{Currency, MassUnit};
use crate::model::{NestedId, SystemId, Type};
use crate::syntax::ast;

/// The built-in types, for suggestions.
pub(super) const BUILT_IN: [&str; 13] = [
    "text", "bool", "int", "decimal", "percent", "money", "mass", "date", "instant", "country",
    "hs", "eccn", "verdict",
];

/// The type that goes by another name in databases, spreadsheets and other languages.
fn type_elsewhere(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "boolean" | "logical" | "yesno" | "flag" => "bool",
        "integer" | "long" | "bigint" | "smallint" | "whole" => "int",
        "number" | "numeric" | "float" | "double" | "real" => "decimal",
        "string" | "str" | "varchar" | "char" | "nvarchar" => "text",
        "datetime" | "timestamp" | "time" => "instant",
        "day" => "date",
        "currency" | "amount" | "price" => "money USD",
        "percentage" => "percent",
        "weight" => "mass kg",
        "nation" | "iso2" => "country",
        _ => return None,
    })
}

/// A type with what matters only to fields and declared values.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub ty: Type,
    pub signed: bool,
    pub percent_of_one: bool,
    pub unit: Option<MassUnit>,
}

impl Written {
    fn plain(ty: Type) -> Written {
        Written {
            ty,
            signed: false,
            percent_of_one: false,
            unit: None,
        }
    }

    /// Whether values are at least zero.
    pub fn is_non_negative(self) -> bool {
        matches!(self.ty, Type::Money(_) | Type::Mass | Type::Percent) && !self.signed
    }
}

/// `hs` and `eccn` come first among the systems.
fn built_in(at: usize) -> Type {
    Type::Code(SystemId::from_index(at))
}

impl Checker<'_> {
    /// The type that is written; `None` where it is wrong, which is reported.
    pub fn written_type(&mut self, unit: UnitId, written: &ast::Type) -> Option<Written> {
        Some(match &written.kind {
            ast::TypeKind::Text { folded } => Written::plain(Type::Text { folded: *folded }),
            ast::TypeKind::Bool => Written::plain(Type::Bool),
            ast::TypeKind::Int => Written::plain(Type::Int),
            ast::TypeKind::Decimal => Written::plain(Type::Decimal),
            ast::TypeKind::Percent { of_one, signed } => Written {
                signed: *signed,
                percent_of_one: *of_one,
                ..Written::plain(Type::Percent)
            },
            ast::TypeKind::Money { currency, signed } => Written {
                signed: *signed,
                ..Written::plain(Type::Money(self.currency(currency)?))
            },
            ast::TypeKind::Mass { unit, signed } => {
                let unit = self.mass_unit(unit)?;
                Written {
                    signed: *signed,
                    unit: Some(unit),
                    ..Written::plain(Type::Mass)
                }
            }
            ast::TypeKind::Date => Written::plain(Type::Date),
            ast::TypeKind::Instant => Written::plain(Type::Instant),
            ast::TypeKind::Duration => {
                let help = "give a number of days as `int`, or both ends as `date`";
                self.report(errors::type_not_for_here(
                    written.span,
                    "a stretch of time",
                    "a declared value",
                    Some(help),
                ));
                return None;
            }
            ast::TypeKind::Country => Written::plain(Type::Country),
            ast::TypeKind::Hs => Written::plain(built_in(0)),
            ast::TypeKind::Eccn => Written::plain(built_in(1)),
            ast::TypeKind::Named(name) => Written::plain(self.named_type(unit, name)?),
            ast::TypeKind::List(name) => {
                Written::plain(Type::List(self.element_record(unit, name)?))
            }
            ast::TypeKind::Error => return None,
        })
    }

    fn named_type(&mut self, unit: UnitId, name: &ast::Name) -> Option<Type> {
        self.note_meaning(unit, name);
        match self.meaning(unit, &name.text) {
            Some((Meaning::Enum(id), _)) => Some(Type::Enum(id)),
            Some((Meaning::System(id), _)) => Some(Type::Code(id)),
            Some((Meaning::Record(_), _)) => {
                let help = format!(
                    "a field holds records as a list: write `list of {}`",
                    name.text
                );
                self.report(errors::type_not_for_here(
                    name.span,
                    "a record",
                    "the type of a value",
                    Some(&help),
                ));
                None
            }
            Some((other, declared)) => {
                self.report(errors::wrong_kind(
                    &name.text,
                    name.span,
                    other.noun(),
                    "a type",
                    declared,
                ));
                None
            }
            None if name.text == "verdict" => {
                if self.scope(unit).verdicts.is_empty() && self.scope(unit).policy.is_none() {
                    self.report(errors::no_verdicts(name.span));
                    return None;
                }
                Some(Type::Verdict)
            }
            None => {
                self.unknown_type(unit, name);
                None
            }
        }
    }

    fn unknown_type(&mut self, unit: UnitId, name: &ast::Name) {
        let is_type = |it| matches!(it, Meaning::Enum(_) | Meaning::System(_));
        if let Some(error) = self.elsewhere(&name.text, name.span, is_type) {
            self.report(error);
            return;
        }
        let declared = self.names_in(unit, is_type);
        let near = nearest(&name.text, declared.chain(BUILT_IN)).or(type_elsewhere(&name.text));
        let near = near.or_else(|| self.type_of_many(unit, &name.text));
        let near = near.map(str::to_owned);
        self.report(errors::unknown_type(&name.text, name.span, near.as_deref()));
    }

    /// `countries`, `codes`: the type of which a name says that there are many.
    fn type_of_many(&self, unit: UnitId, name: &str) -> Option<&str> {
        let is_type = |it| matches!(it, Meaning::Enum(_) | Meaning::System(_));
        let mut types = self.names_in(unit, is_type).chain(BUILT_IN);
        types.find(|one| {
            let many = one.strip_suffix('y').map(|stem| format!("{stem}ies"));
            many.is_some_and(|many| many == name) || name.strip_suffix('s') == Some(one)
        })
    }

    /// A message for a name that some unit declares but this one does not import.
    pub fn elsewhere(
        &self,
        name: &str,
        span: crate::text::Span,
        fits: impl Fn(Meaning) -> bool,
    ) -> Option<crate::diagnostic::Diagnostic> {
        let scopes = self.declarations.scopes.iter();
        let declared = scopes
            .filter_map(|scope| scope.names.get(name))
            .find(|entry| fits(entry.meaning))?;
        let file = &self.loaded.sources.file(declared.span.file).name;
        Some(errors::declared_elsewhere(name, span, declared.span, file))
    }

    /// The currency of that code.
    pub fn currency(&mut self, name: &ast::Name) -> Option<Currency> {
        let found = Currency::parse(&name.text);
        if found.is_none() {
            let upper = Currency::parse_data(&name.text).map(Currency::code);
            let near = upper.or_else(|| nearest(&name.text, Currency::all().map(Currency::code)));
            self.report(errors::unknown_currency(&name.text, name.span, near));
        }
        found
    }

    fn mass_unit(&mut self, name: &ast::Name) -> Option<MassUnit> {
        let found = MassUnit::parse(&name.text);
        if found.is_none() {
            let lower = MassUnit::parse(&name.text.to_ascii_lowercase()).map(MassUnit::symbol);
            self.report(errors::unknown_mass_unit(&name.text, name.span, lower));
        }
        found
    }

    /// What a type is called, with its article: "a country", "money in USD".
    pub fn called(&self, ty: Type) -> String {
        match ty {
            Type::Text { .. } => "text".into(),
            Type::Bool => "a condition".into(),
            Type::Int | Type::Decimal => "a plain number".into(),
            Type::Percent => "a percent".into(),
            Type::Money(currency) => format!("money in {currency}"),
            Type::Mass => "a mass".into(),
            Type::Date => "a date".into(),
            Type::Instant => "an instant".into(),
            Type::Duration => "a stretch of time".into(),
            Type::Country => "a country".into(),
            Type::Code(system) => format!("a code of `{}`", self.systems[system].name),
            Type::Enum(id) => format!("a value of `{}`", self.enums[id].name),
            Type::Verdict => "a verdict".into(),
            Type::List(of) => format!("a list of `{}`", self.record_name(of)),
            Type::Element(of) => format!("one `{}` of a list", self.record_name(of)),
        }
    }

    /// The same without article, in the plural: "countries".
    pub fn called_many(&self, ty: Type) -> String {
        match ty {
            Type::Text { .. } => "texts".into(),
            Type::Bool => "conditions".into(),
            Type::Int | Type::Decimal => "plain numbers".into(),
            Type::Percent => "percents".into(),
            Type::Money(currency) => format!("amounts in {currency}"),
            Type::Mass => "masses".into(),
            Type::Date => "dates".into(),
            Type::Instant => "instants".into(),
            Type::Duration => "stretches of time".into(),
            Type::Country => "countries".into(),
            Type::Code(system) => format!("codes of `{}`", self.systems[system].name),
            Type::Enum(id) => format!("values of `{}`", self.enums[id].name),
            Type::Verdict => "verdicts".into(),
            Type::List(of) => format!("lists of `{}`", self.record_name(of)),
            Type::Element(of) => format!("elements of lists of `{}`", self.record_name(of)),
        }
    }

    fn record_name(&self, of: NestedId) -> &str {
        &self.declarations.records[of.index()].ast.name.text
    }

    /// Reports a list where only a single value can stand.
    pub fn not_list(&mut self, ty: Type, written: &ast::Type, place: &str) -> Option<()> {
        if !matches!(ty, Type::List(_)) {
            return Some(());
        }
        let called = self.called(ty);
        self.report(errors::type_not_for_here(
            written.span,
            &called,
            place,
            None,
        ));
        None
    }
}
