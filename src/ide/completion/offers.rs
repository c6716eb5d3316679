//! The offers themselves: what is declared, and what the language brings.

use super::super::View;
use super::super::cursor::Cursor;
use super::super::declared::{Declaration, Sort};
use super::super::scope::{Kind, PARAMETER, Scope, Seen};
use super::super::words;
use super::{Offer, OfferKind};
use crate::check::Named;
use crate::diagnostic::{CATALOGUE, Severity};
use crate::domain::{Country, Currency, MassUnit};
use crate::model::print;
use crate::syntax::ast::TypeKind;
use crate::syntax::token::{Kw, KwClass};
use crate::text::FileId;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// The functions of the language, with their parameters and what they come to.
const FUNCTIONS: [(&str, &str, &str); 10] = [
    ("abs", "(x)", "the number without its sign"),
    (
        "assume",
        "(field, value, \"reason\")",
        "the field, or a value where it is missing",
    ),
    (
        "count",
        "(x in LIST where …)",
        "how many elements there are",
    ),
    ("days_between", "(a, b)", "days from one day to another"),
    ("max", "(a, b)", "the greatest"),
    ("min", "(a, b)", "the least"),
    ("round", "(x, digits)", "rounded, halves away from zero"),
    ("share", "(a, b)", "a percent of two counts"),
    (
        "sum",
        "(x.value for x in LIST where …)",
        "the sum over elements",
    ),
    ("year", "(day)", "the year of a day"),
];

const TYPES: [(&str, &str); 13] = [
    (
        "text",
        "any text; `text folded` compares without regard to case",
    ),
    ("bool", "true or false"),
    ("int", "a whole number"),
    ("decimal", "an exact number"),
    ("percent", "a share, at least zero"),
    ("money", "an amount in one currency"),
    ("mass", "a mass, in a unit"),
    ("date", "a day"),
    ("instant", "a moment"),
    ("country", "ISO 3166-1 alpha-2"),
    ("hs", "a code of the Harmonized System"),
    ("eccn", "an Export Control Classification Number"),
    ("list of", "the records of a list"),
];

pub(super) struct Offers<'v> {
    scope: &'v Scope<'v>,
    view: &'v View,
    file: FileId,
    list: Vec<Offer>,
    known: FxHashSet<(String, bool)>,
}

impl<'v> Offers<'v> {
    pub fn new(scope: &'v Scope<'v>, view: &'v View, file: FileId) -> Self {
        Offers {
            scope,
            view,
            file,
            list: Vec::new(),
            known: FxHashSet::default(),
        }
    }

    pub fn into_list(self) -> Vec<Offer> {
        self.list
    }

    fn push(&mut self, offer: Offer) {
        let is_word = offer.kind == OfferKind::Keyword;
        if self.known.insert((offer.label.clone(), is_word)) {
            self.list.push(offer);
        }
    }

    fn plain(&mut self, label: &str, kind: OfferKind, detail: &str) {
        let detail = (!detail.is_empty()).then(|| detail.to_owned());
        self.push(Offer {
            label: label.to_owned(),
            kind,
            detail,
            doc: None,
            template: None,
        });
    }

    fn named(&mut self, seen: Seen<'_>, kind: OfferKind) {
        self.push(offer_of(seen, kind));
    }

    pub fn word(&mut self, kw: Kw) {
        self.push(Offer {
            label: kw.as_str().to_owned(),
            kind: OfferKind::Keyword,
            detail: None,
            doc: words::explain(kw).map(str::to_owned),
            template: None,
        });
    }

    pub fn declarations(&mut self) {
        let words = Kw::ALL.iter().copied();
        for kw in words.filter(|kw| kw.class() == KwClass::Declaration || *kw == Kw::WhenUnknown) {
            self.push(Offer {
                label: kw.as_str().to_owned(),
                kind: OfferKind::Keyword,
                detail: None,
                doc: words::explain(kw).map(str::to_owned),
                template: words::template(kw).map(str::to_owned),
            });
        }
    }

    pub fn fields(&mut self) {
        for field in self.scope.fields() {
            self.named(field, OfferKind::Field);
        }
    }

    pub fn field_names(&mut self, known: &[String]) {
        for field in self.scope.fields() {
            if !known.contains(&field.declaration.name) {
                self.named(field, OfferKind::Field);
            }
        }
        for param in self.scope.all(&[Sort::Param, Sort::Table]) {
            self.named(param, OfferKind::Param);
        }
    }

    /// Fields of a record literal, with `: ` behind them.
    pub fn labels(&mut self, record: Option<&str>, given: &[String]) {
        let fields = match record {
            Some(record) => self.scope.parts_of(record),
            None => self.scope.fields(),
        };
        for field in fields {
            if !given.contains(&field.declaration.name) {
                let mut offer = offer_of(field, OfferKind::Field);
                let name = offer.template.take().unwrap_or(offer.label.clone());
                offer.template = Some(format!("{name}: "));
                self.push(offer);
            }
        }
    }

    /// Elements and parameters that have names at the cursor.
    pub fn elements(&mut self, cursor: &Cursor<'_>) {
        for (name, from) in cursor.elements() {
            let detail = match from.strip_prefix(PARAMETER) {
                Some(ty) => ty.to_owned(),
                None => format!("one of {from}"),
            };
            self.plain(&name, OfferKind::Element, &detail);
        }
        for local in self.scope.local(self.view, self.file, cursor.word_start) {
            let detail = match (&local.ty, &local.from) {
                (Some(ty), _) => self.view.checked.sources.snippet(ty.span).to_owned(),
                (None, Some(from)) => format!("one of {from}"),
                (None, None) => String::new(),
            };
            self.plain(&print::name(&local.name), OfferKind::Element, &detail);
        }
    }

    pub fn members(&mut self, base: &str, local: &[(String, String)]) {
        let parts = match self.scope.kind_of(base, local) {
            Some(Kind::Record(record)) => self.scope.parts_of(&record),
            _ => self.scope.parts_of(base),
        };
        for part in parts {
            let kind = match part.declaration.sort {
                Sort::EnumValue => OfferKind::EnumValue,
                _ => OfferKind::Field,
            };
            self.named(part, kind);
        }
        if self
            .scope
            .find(base)
            .is_some_and(|it| it.sort == Sort::Policy)
        {
            self.rules(true);
        }
    }

    pub fn verdicts(&mut self) {
        for verdict in self.scope.all(&[Sort::Verdict]) {
            self.named(verdict, OfferKind::Verdict);
        }
    }

    /// What comes to a verdict that depends on the record.
    pub fn verdict_sources(&mut self) {
        let is_verdict = |it: &Seen<'_>| {
            let ty = it.declaration.ty.as_ref();
            ty.and_then(|ty| Kind::of(ty, self.scope)) == Some(Kind::Verdict)
        };
        let sources = self.scope.all(&[Sort::Define, Sort::Table, Sort::Param]);
        let sources: Vec<Seen<'_>> = sources.filter(is_verdict).collect();
        for source in sources {
            self.named(source, kind_of(source.declaration));
        }
    }

    pub fn rules(&mut self, suspensions: bool) {
        for rule in self.scope.all(&[Sort::Rule, Sort::Exception]) {
            self.named(rule, OfferKind::Rule);
        }
        if suspensions {
            for suspension in self.scope.all(&[Sort::Suspension]) {
                self.named(suspension, OfferKind::Rule);
            }
        }
    }

    /// Tags that rules bear.
    pub fn tags(&mut self) {
        let mut tags: BTreeSet<&str> = BTreeSet::new();
        for occurrence in &self.view.checked.occurrences {
            if let Named::Tag(tag) = &occurrence.of {
                tags.insert(tag);
            }
        }
        for tag in tags {
            self.plain(&print::name(tag), OfferKind::Tag, "");
        }
    }

    pub fn cases(&mut self) {
        for case in self.scope.all(&[Sort::Case]) {
            self.named(case, OfferKind::Case);
        }
    }

    pub fn calendars(&mut self) {
        for calendar in self.scope.all(&[Sort::Calendar]) {
            self.named(calendar, OfferKind::List);
        }
    }

    /// The warnings that can be passed over.
    pub fn lints(&mut self) {
        let warnings = CATALOGUE.iter();
        for code in warnings.filter(|code| code.severity == Severity::Warning) {
            self.plain(&code.name.replace('-', "_"), OfferKind::Tag, code.title);
        }
    }

    pub fn types(&mut self) {
        for (name, what) in TYPES {
            self.plain(name, OfferKind::Type, what);
        }
        for declared in self.scope.all(&[Sort::Enum, Sort::Codes]) {
            self.named(declared, OfferKind::Type);
        }
    }

    pub fn records(&mut self) {
        for record in self.scope.all(&[Sort::Record]) {
            self.named(record, OfferKind::Type);
        }
    }

    pub fn lists(&mut self) {
        for list in self.scope.all(&[Sort::List]) {
            self.named(list, OfferKind::List);
        }
    }

    pub fn enums_and_lists(&mut self) {
        for declared in self.scope.all(&[Sort::Enum, Sort::List]) {
            self.named(declared, OfferKind::Type);
        }
    }

    /// Fields that are lists, of the record and of elements.
    pub fn lists_of_records(&mut self, local: &[(String, String)]) {
        let is_list = |it: &Declaration| {
            let kind = it.ty.as_ref().map(|ty| &ty.kind);
            matches!(kind, Some(TypeKind::List(_)))
        };
        for field in self.scope.fields() {
            if is_list(field.declaration) {
                self.named(field, OfferKind::Field);
            }
        }
        for (name, _) in local {
            if let Some(Kind::Record(record)) = self.scope.kind_of(name, local) {
                for part in self.scope.parts_of(&record) {
                    if is_list(part.declaration) {
                        let label = format!("{name}.{}", part.declaration.name);
                        self.plain(&label, OfferKind::Field, "");
                    }
                }
            }
        }
    }

    /// Sets, lists and closures of that kind; all, where it is not known.
    pub fn sets(&mut self, kind: Option<&Kind>) {
        let fits = |it: &Seen<'_>| {
            let own = self.scope.elements_of(&it.declaration.name);
            kind.is_none() || own.is_none() || own.as_ref() == kind
        };
        let sets = self.scope.all(&[Sort::Set, Sort::List, Sort::Closure]);
        let sets: Vec<Seen<'_>> = sets.filter(fits).collect();
        for set in sets {
            self.named(set, kind_of(set.declaration));
        }
    }

    pub fn literals(&mut self, kind: &Kind) {
        match kind {
            Kind::Country => {
                for country in Country::all() {
                    self.plain(country.alpha2(), OfferKind::Country, country.name());
                }
            }
            Kind::Enum(name) => {
                for value in self.scope.parts_of(name) {
                    self.named(value, OfferKind::EnumValue);
                }
            }
            Kind::Verdict => self.verdicts(),
            Kind::Bool => {
                self.word(Kw::True);
                self.word(Kw::False);
            }
            Kind::Code
            | Kind::Money(_)
            | Kind::Mass
            | Kind::Percent
            | Kind::Number
            | Kind::Date
            | Kind::Text
            | Kind::Record(_)
            | Kind::Records(_) => {}
        }
    }

    /// Everything that has a value, what is of the wanted kind first.
    pub fn values(&mut self, want: Option<&Kind>) {
        let sorts = [
            Sort::Param,
            Sort::Define,
            Sort::Aggregate,
            Sort::Table,
            Sort::List,
            Sort::Closure,
        ];
        let mut all = self.scope.fields();
        all.extend(self.scope.all(&sorts));
        let fits = |it: &Seen<'_>| {
            let ty = it.declaration.ty.as_ref();
            let kind = ty.and_then(|ty| Kind::of(ty, self.scope));
            want.is_some() && kind.as_ref() == want
        };
        let (first, rest): (Vec<Seen<'_>>, Vec<Seen<'_>>) = all.into_iter().partition(fits);
        let strict = matches!(want, Some(Kind::Country | Kind::Enum(_) | Kind::Verdict));
        let rest = rest.into_iter().filter(|_| !strict);
        for seen in first.into_iter().chain(rest) {
            self.named(seen, kind_of(seen.declaration));
        }
        if want.is_none_or(|want| *want == Kind::Date) {
            self.plain("as_of", OfferKind::Field, "the day whose law applies");
        }
    }

    pub fn functions(&mut self) {
        for (name, parameters, what) in FUNCTIONS {
            self.push(Offer {
                label: name.to_owned(),
                kind: OfferKind::Function,
                detail: Some(parameters.to_owned()),
                doc: Some(what.to_owned()),
                template: Some(format!("{name}($1)")),
            });
        }
    }

    pub fn currencies(&mut self) {
        for currency in Currency::all() {
            self.plain(currency.code(), OfferKind::Unit, "currency");
        }
    }

    pub fn mass_units(&mut self) {
        for unit in MassUnit::ALL {
            self.plain(unit.symbol(), OfferKind::Unit, "mass");
        }
    }

    /// What can stand behind a number.
    pub fn units(&mut self, kind: Option<&Kind>) {
        match kind {
            Some(Kind::Money(Some(currency))) => {
                self.plain(currency, OfferKind::Unit, "currency");
            }
            Some(Kind::Money(None)) => self.currencies(),
            Some(Kind::Mass) => self.mass_units(),
            Some(Kind::Percent) => self.plain("%", OfferKind::Unit, "percent"),
            Some(Kind::Date) => self.durations(),
            Some(
                Kind::Country
                | Kind::Enum(_)
                | Kind::Verdict
                | Kind::Bool
                | Kind::Code
                | Kind::Number
                | Kind::Text
                | Kind::Record(_)
                | Kind::Records(_),
            ) => {}
            None => {
                self.durations();
                self.plain("%", OfferKind::Unit, "percent");
                self.mass_units();
                self.currencies();
            }
        }
    }

    fn durations(&mut self) {
        for unit in ["days", "months", "years"] {
            self.plain(unit, OfferKind::Unit, "a stretch of time");
        }
    }
}

fn kind_of(declaration: &Declaration) -> OfferKind {
    match declaration.sort {
        Sort::Policy => OfferKind::Policy,
        Sort::Record | Sort::Enum | Sort::Codes => OfferKind::Type,
        Sort::Field | Sort::Column => OfferKind::Field,
        Sort::EnumValue => OfferKind::EnumValue,
        Sort::Verdict => OfferKind::Verdict,
        Sort::Set => OfferKind::Set,
        Sort::List | Sort::Closure | Sort::Calendar => OfferKind::List,
        Sort::Param => OfferKind::Param,
        Sort::Define | Sort::Aggregate | Sort::Table => OfferKind::Define,
        Sort::Rule | Sort::Exception | Sort::Suspension => OfferKind::Rule,
        Sort::Case | Sort::Test => OfferKind::Case,
        Sort::Parameter | Sort::Element => OfferKind::Element,
    }
}

fn offer_of(seen: Seen<'_>, kind: OfferKind) -> Offer {
    let declaration = seen.declaration;
    let ty = declaration.ty.as_ref();
    let written = ty.map(|ty| seen.view.checked.sources.snippet(ty.span).to_owned());
    let detail = match (&declaration.title, written, declaration.sort) {
        (Some(title), _, _) => Some(title.clone()),
        (None, Some(ty), Sort::Set) => Some(format!("set of {ty}")),
        (None, Some(ty), Sort::Field | Sort::Column) => Some(ty),
        (None, Some(ty), sort) => Some(format!("{}: {ty}", sort.noun())),
        (None, None, sort) => Some(sort.noun().to_owned()),
    };
    let written = print::name(&declaration.name);
    Offer {
        template: (written != declaration.name).then_some(written),
        label: declaration.name.clone(),
        kind,
        detail,
        doc: declaration.doc.clone(),
    }
}
