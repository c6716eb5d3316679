//! `for each p in …`: a rule for each value of an enum, or for each row of a list; of a list in the record, one rule that
//! applies where it would for any of the elements.
//!
//! What a list holds is known before anything asks about rules. From then on a declaration with `for each` is as many rules
//! as there are elements, each with a number of its own; everything behind the checker sees no more than further rules. The
//! conditions are read for every one of them, with the element and the cells of its row as parameters whose values are put in
//! last: no message can depend on an element, and those of the first are those of all.

mod any;

pub(super) use any::AnyOf;

use super::checker::Checker;
use super::declare::{Meaning, RuleSource};
use super::errors;
use super::limits::{MAX_EACH, MAX_RULES};
use super::load::UnitId;
use crate::diagnostic::{Diagnostic, nearest};
use crate::domain::{Number, Windows, text::fold};
use crate::model::{
    Expr, ExprKind, Field, FieldId, List, ListId, ListRow, NestedId, Parameter, RuleElement,
    RuleId, SetExpr, Type, Value, Verdict,
};
use crate::syntax::ast;
use crate::text::{Arena, Span};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What stands between names in results; in a name it would be taken for that.
const IN_RESULTS: [char; 4] = [';', ':', '\n', '\r'];

/// `for each NAME in …`, worked out.
pub(super) struct Each<'a> {
    /// What the element is called.
    pub name: &'a ast::Name,
    /// The list that it is a row of; without one it is the value of an enum.
    pub list: Option<ListId>,
    /// What its value is: the key, of a row.
    pub ty: Type,
    /// In the order of the enum, or of the file.
    pub elements: Vec<EachElement>,
    /// Those of the conditions: the element's value, then the cells of its row, which have no name of their own.
    pub parameters: Vec<Parameter>,
    /// The whole clause.
    pub span: Span,
}

/// One element.
pub(super) struct EachElement {
    /// As the rule's name has it between brackets.
    pub name: String,
    /// Its value as texts show it.
    pub text: String,
    pub value: Value,
    /// Its row, in a list.
    pub row: Option<ListRow>,
}

/// What became of a declared rule.
#[derive(Clone)]
pub(super) enum Made<'a> {
    /// One rule.
    Once,
    /// A rule for each element.
    Each(Arc<Each<'a>>),
    /// One rule, about any element of a list in the record.
    Any(AnyOf<'a>),
    /// What it is to be made for cannot be told, which is reported.
    Broken,
}

/// The element at hand; none where there are none, and the conditions are read all the same.
#[derive(Clone)]
pub(super) struct Here<'a> {
    pub each: Arc<Each<'a>>,
    pub element: Option<usize>,
}

impl Here<'_> {
    pub fn element(&self) -> Option<&EachElement> {
        self.element.map(|at| &self.each.elements[at])
    }

    /// `expr` with the element's value and the cells of its row. A cell without a value is asked of the list, so that results
    /// name it.
    pub fn fill(&self, expr: &Expr) -> Expr {
        let Some(element) = self.element() else {
            return expr.clone();
        };
        expr.map(&|part| match part.kind {
            ExprKind::Parameter(0) => Some(ExprKind::Value(element.value.clone())),
            ExprKind::Parameter(at) => Some(self.cell(element, FieldId::from_index(at - 1), part)),
            _ => None,
        })
    }

    fn cell(&self, element: &EachElement, column: FieldId, part: &Expr) -> ExprKind {
        let (Some(list), Some(row)) = (self.each.list, &element.row) else {
            unreachable!("internal error: a cell of the value of an enum")
        };
        match row.get(column) {
            Some(value) => ExprKind::Value(value.clone()),
            None => ExprKind::Lookup {
                list,
                keys: vec![Expr {
                    kind: ExprKind::Value(element.value.clone()),
                    ty: self.each.ty,
                    span: part.span,
                }],
                column,
            },
        }
    }

    /// That the row is in its list.
    pub fn membership(&self) -> Option<Expr> {
        let parameter = Expr {
            kind: ExprKind::Parameter(0),
            ty: self.each.ty,
            span: self.each.name.span,
        };
        Some(Expr {
            kind: ExprKind::In(Box::new(parameter), SetExpr::List(self.each.list?)),
            ty: Type::Bool,
            span: self.each.span,
        })
    }

    /// The days on which the row is in the list.
    pub fn windows(&self) -> Windows {
        match self.element().and_then(|element| element.row.as_ref()) {
            Some(row) => Windows::from(row.window),
            None => Windows::always(),
        }
    }

    /// What the model keeps of it, for a rule that is declared as `rule`.
    pub fn to_model(&self, rule: &ast::Name) -> Option<RuleElement> {
        let element = self.element()?;
        let row = self.each.list.zip(element.row.as_ref());
        Some(RuleElement {
            of: rule.text.as_str().into(),
            binder: self.each.name.text.as_str().into(),
            text: element.text.as_str().into(),
            row: row.map(|(list, row)| (list, row.place)),
            span: self.each.span,
        })
    }
}

impl<'a> Checker<'a> {
    /// Makes the rules of the run out of the declared ones.
    pub fn make_rules(&mut self, lists: &Arena<List>) {
        let declared = std::mem::take(&mut self.declarations.rules);
        let mut rules = Vec::with_capacity(declared.len());
        for source in &declared {
            let made = self.made(source, lists);
            let first = rules.len();
            match &made {
                Made::Each(each) if each.elements.is_empty() => {
                    self.declarations.without_rules.push(*source);
                }
                Made::Each(each) => rules.extend((0..each.elements.len()).map(|at| RuleSource {
                    element: Some(at),
                    ..*source
                })),
                Made::Once | Made::Any(_) | Made::Broken => rules.push(*source),
            }
            self.made.push((made, first..rules.len()));
            if rules.len() > MAX_RULES {
                let span = source.name.span;
                self.report(errors::too_many("rules", MAX_RULES, span));
                self.made = (0..declared.len())
                    .map(|at| (Made::Broken, at..at + 1))
                    .collect();
                rules = declared;
                break;
            }
        }
        self.declarations.rules = rules;
    }

    /// The rules that a declaration is.
    pub fn rules_of(&self, declared: usize) -> Vec<RuleId> {
        let range = self.made[declared].1.clone();
        range.map(RuleId::from_index).collect()
    }

    /// The element that a rule is made for, if it is made for one.
    pub fn here(&self, rule: &RuleSource<'a>) -> Option<Here<'a>> {
        match &self.made[rule.declared].0 {
            Made::Each(each) => Some(Here {
                each: Arc::clone(each),
                element: rule.element,
            }),
            Made::Once | Made::Any(_) | Made::Broken => None,
        }
    }

    /// Whether messages about a rule are said: what is wrong with one of an element is wrong with all.
    pub fn speaks(&self, rule: &RuleSource<'a>) -> bool {
        rule.element.is_none_or(|at| at == 0)
    }

    fn made(&mut self, source: &RuleSource<'a>, lists: &Arena<List>) -> Made<'a> {
        let clause = source.clauses.iter().find_map(|clause| match &clause.kind {
            ast::ClauseKind::ForEach { element, of } => Some((element, of, clause.span)),
            _ => None,
        });
        let Some((name, of, span)) = clause else {
            return Made::Once;
        };
        let unit = self.unit_of(source.policy);
        self.shadowing_parameter(unit, name);
        if let Some((field, list)) = self.list_field(unit, of) {
            self.note_list_field(unit, of, field);
            return Made::Any(AnyOf {
                name,
                field,
                place: of.span,
                of: list,
                span,
            });
        }
        match self.each(unit, (name, of, span), lists) {
            Some(each) => Made::Each(Arc::new(each)),
            None => Made::Broken,
        }
    }

    fn list_field(&self, unit: UnitId, of: &ast::Name) -> Option<(FieldId, NestedId)> {
        let record = self.record(unit)?;
        let field = *record.by_name.get(&*of.text)?;
        match record.fields[field].ty {
            Type::List(list) => Some((field, list)),
            _ => None,
        }
    }

    fn each(
        &mut self,
        unit: UnitId,
        (name, of, span): (&'a ast::Name, &'a ast::Name, Span),
        lists: &Arena<List>,
    ) -> Option<Each<'a>> {
        let parameter = |name: &str, ty, span| Parameter {
            name: name.into(),
            ty,
            span,
        };
        let (list, ty, elements, cells) = match self.each_of(unit, of)? {
            Meaning::Enum(id) => {
                self.not_too_many(self.enums[id].values.len(), of.span)?;
                let elements = self.values_of_enum(id);
                (None, Type::Enum(id), elements, Vec::new())
            }
            Meaning::List(id) => {
                let info = &self.lists[id.index()];
                let ty = info.key_type()?;
                let columns = info.columns.values();
                let cells = columns.map(|column| parameter("", column.ty, column.span));
                let cells: Vec<Parameter> = cells.collect();
                let list = &lists[id];
                // What keeps its rows from being read is reported, but for those that were not yet known.
                if list.rows().is_empty() && self.options.known_at.is_none() {
                    return None;
                }
                self.not_too_many(list.rows().len(), of.span)?;
                (Some(id), ty, self.rows_of_list(list), cells)
            }
            _ => unreachable!("internal error: `for each` over what has no elements"),
        };
        let value = parameter(&name.text, ty, name.span);
        let parameters = std::iter::once(value).chain(cells).collect();
        Some(Each {
            name,
            list,
            ty,
            elements,
            parameters,
            span,
        })
    }

    fn not_too_many(&mut self, count: usize, span: Span) -> Option<()> {
        if count > MAX_EACH {
            let what = "rules made by one `for each`";
            self.report(errors::too_many(what, MAX_EACH, span));
            return None;
        }
        Some(())
    }

    /// The enum or the list that `for each` goes over.
    fn each_of(&mut self, unit: UnitId, of: &ast::Name) -> Option<Meaning> {
        let help = "name an enum or a list";
        let meaning = self.meaning(unit, &of.text);
        // A field is often called like the enum whose value it is.
        if let Some((meaning @ (Meaning::Enum(_) | Meaning::List(_)), declared)) = meaning {
            self.note(of.span, declared);
            return Some(meaning);
        }
        let record = self.record(unit);
        let field = record.and_then(|record| Some(&record.fields[*record.by_name.get(&*of.text)?]));
        if let Some(declared) = field.map(|field| field.span) {
            let is = "a field of one value";
            let error = errors::each_of_what(&of.text, of.span, is, declared);
            self.report(error.help(help));
            return None;
        }
        match meaning {
            Some((Meaning::Closure(_), declared)) => {
                let write = format!("write `… in {}` in `when`", of.text);
                let error = errors::each_of_what(&of.text, of.span, "a closure", declared);
                self.report(error.help(write));
            }
            Some((other, declared)) => {
                let error = errors::each_of_what(&of.text, of.span, other.noun(), declared);
                self.report(error.help(help));
            }
            None => {
                let fits = |it: Meaning| matches!(it, Meaning::Enum(_) | Meaning::List(_));
                let elsewhere = self.elsewhere(&of.text, of.span, fits);
                let near = nearest(&of.text, self.names_in(unit, fits));
                let error = errors::unknown_name(&of.text, of.span, near);
                self.report(elsewhere.unwrap_or(error));
            }
        }
        None
    }

    fn values_of_enum(&self, id: crate::model::EnumId) -> Vec<EachElement> {
        let values = self.enums[id].values.iter();
        let element = |(number, name): (u16, &Arc<str>)| EachElement {
            name: name.to_string(),
            text: name.to_string(),
            value: Value::Enum(number),
            row: None,
        };
        (0..).zip(values).map(element).collect()
    }

    /// The rows by their keys; where one stands in several rows, each on days of its own, also by these days.
    fn rows_of_list(&self, list: &List) -> Vec<EachElement> {
        let key = &list.head.columns[list.head.key()];
        let element = |row: &ListRow| {
            let value = list.key(row);
            let text = self.spelled(key, value);
            EachElement {
                name: text.replace(IN_RESULTS, "_"),
                value: value.clone(),
                row: Some(row.clone()),
                text,
            }
        };
        let mut elements: Vec<EachElement> = list.rows().iter().map(element).collect();
        let mut counts: FxHashMap<String, usize> = FxHashMap::default();
        for element in &elements {
            *counts.entry(element.name.clone()).or_default() += 1;
        }
        for element in elements.iter_mut().filter(|it| counts[&it.name] > 1) {
            let row = element.row.as_ref();
            element.name += &row.map(which_row).unwrap_or_default();
        }
        elements
    }

    /// A cell as texts show it.
    pub fn spelled(&self, column: &Field, value: &Value) -> String {
        match (value, column.ty) {
            (Value::Text(text), _) => text.to_string(),
            (Value::Bool(value), _) => value.to_string(),
            (Value::Number(number), Type::Percent) => {
                format!("{}%", number * &Number::from_i64(100))
            }
            (Value::Number(number), Type::Money(currency)) => format!("{number} {currency}"),
            (Value::Number(number), Type::Mass) => match column.unit {
                Some(unit) => match number.checked_div(&unit.factor_to_kg()) {
                    Some(amount) => format!("{amount} {}", unit.symbol()),
                    None => unreachable!("internal error: a unit of no mass"),
                },
                None => format!("{number} kg"),
            },
            (Value::Number(number), _) => number.to_string(),
            (Value::Date(day), _) => day.to_string(),
            (Value::Country(country), _) => country.to_string(),
            (Value::Code(code), _) => code.to_string(),
            (Value::Enum(number), Type::Enum(id)) => {
                self.enums[id].values[usize::from(*number)].to_string()
            }
            (Value::Verdict(Verdict(number)), _) => {
                let scopes = self.declarations.scopes.iter();
                let mut verdicts = scopes.flat_map(|scope| &scope.verdicts);
                let name = verdicts.find_map(|it| it.names.get(usize::from(*number)));
                name.map(|name| name.text.clone()).unwrap_or_default()
            }
            (Value::Enum(_) | Value::Instant(_) | Value::Duration(_) | Value::List(_), ty) => {
                unreachable!("internal error: {value:?} as a cell of type {ty:?}")
            }
        }
    }

    /// The rules meant by `rule`, or by `rule[ELEMENT]`, said in a rule with the element `here`.
    pub fn rules_named(
        &self,
        declared: usize,
        (path, place): (&ast::RulePath, Span),
        here: Option<&Here<'a>>,
    ) -> Result<Vec<RuleId>, Box<Diagnostic>> {
        let Some(element) = &path.element else {
            return Ok(self.rules_of(declared));
        };
        let (made, range) = &self.made[declared];
        let rule = &path.rule.text;
        let each = match made {
            Made::Each(each) => each,
            Made::Once | Made::Any(_) => {
                return Err(Box::new(errors::rule_of_no_element(rule, path.span, place)));
            }
            Made::Broken => return Ok(self.rules_of(declared)),
        };
        let own = here.filter(|here| is_name(element, &here.each.name.text));
        if let Some(here) = own {
            self.note(element.span, here.each.name.span);
            if (here.each.list, here.each.ty) != (each.list, each.ty) {
                let name = &here.each.name.text;
                let error = errors::element_of_another(rule, name, element.span, each.span);
                return Err(Box::new(error));
            }
            // Where rows come and go, the rules of one key are in force on days of their own.
            let value = here.element().map(|element| &element.value);
            let same = each.elements.iter().zip(range.clone());
            let same = same.filter(|(element, _)| Some(&element.value) == value);
            return Ok(same.map(|(_, at)| RuleId::from_index(at)).collect());
        }
        let named = each.elements.iter().zip(range.clone());
        let named = named.filter(|(one, _)| self.is_named(each, one, element));
        let named: Vec<RuleId> = named.map(|(_, at)| RuleId::from_index(at)).collect();
        match named.is_empty() {
            false => Ok(named),
            true => Err(Box::new(self.unknown_element(each, rule, element))),
        }
    }

    fn is_named(&self, each: &Each<'a>, element: &EachElement, named: &ast::Expr) -> bool {
        let quoted = match &named.kind {
            ast::ExprKind::Literal(ast::Literal::Str(text)) => Some(text),
            _ => None,
        };
        match (&element.value, each.ty) {
            (Value::Enum(_) | Value::Country(_), _) => is_name(named, &element.text),
            (Value::Text(text), ty) => quoted.is_some_and(|quoted| match ty {
                Type::Text { folded: true } => fold(quoted) == fold(text),
                _ => **text == **quoted,
            }),
            (Value::Code(code), Type::Code(system)) => quoted.is_some_and(|quoted| {
                let named = self.systems[system].model.parse_literal(quoted);
                named.is_ok_and(|named| named == *code)
            }),
            _ => quoted.is_none() && self.written(named) == element.text,
        }
    }

    fn written(&self, named: &ast::Expr) -> String {
        self.loaded.sources.snippet(named.span).replace('_', "")
    }

    fn unknown_element(&self, each: &Each<'a>, rule: &str, named: &ast::Expr) -> Diagnostic {
        let quotes = matches!(each.ty, Type::Text { .. } | Type::Code(_));
        let known = each.elements.iter().map(|element| match quotes {
            true => format!("\"{}\"", element.text),
            false => element.text.clone(),
        });
        let known: Vec<String> = known.collect();
        let written = self.loaded.sources.snippet(named.span);
        let near = nearest(written, known.iter().map(String::as_str));
        // A name that only lacks its quotes, or has them.
        let bare = written.trim_matches('"');
        let same = known.iter().find(|known| known.trim_matches('"') == bare);
        let near = same.map(String::as_str).or(near);
        errors::unknown_element(rule, written, named.span, near, each.span)
    }
}

/// Which of the rows of one key it is: its days, or its place.
fn which_row(row: &ListRow) -> String {
    match (row.window.from, row.window.until) {
        (Some(from), _) => format!(" from {from}"),
        (None, Some(until)) => format!(" until {until}"),
        (None, None) => format!(" in {}", row.place),
    }
}

fn is_name(expr: &ast::Expr, text: &str) -> bool {
    matches!(&expr.kind, ast::ExprKind::Name(name) if name.text == text)
}
