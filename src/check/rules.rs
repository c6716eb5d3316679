//! Rules, exceptions and suspensions: their clauses as the model holds them.

use super::checker::{Checker, Place};
use super::declare::RuleSource;
use super::each::{AnyOf, Here, Made};
use super::errors;
use super::expr::Bound;
use super::limits::MAX_CLAUSES;
use super::lints;
use super::load::UnitId;
use crate::domain::Windows;
use crate::model::{
    Expr, ExprKind, FieldId, Force, Note, Obligation, Rule, RuleId, RuleKind, Suspension, Then,
    Time, Type, Verdict, Wording,
};
use crate::syntax::ast;
use crate::text::{Arena, Span};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The clauses of one rule as they are read.
#[derive(Default)]
struct Clauses<'a> {
    cites: Vec<Arc<str>>,
    tags: Vec<Arc<str>>,
    weight: Option<Arc<str>>,
    in_force: Vec<&'a ast::Window>,
    suspended: Vec<&'a ast::Window>,
    /// The list in the record that the rule is about, and what its elements are called.
    any: Option<(AnyOf<'a>, Bound)>,
    /// The days of `in_force`, and those of `suspended`.
    windows: Windows,
    without: Windows,
    when: Option<Expr>,
    unless: Vec<Expr>,
    then: Option<Then>,
    if_unknown: Option<(Verdict, Span)>,
    obligations: Vec<Obligation>,
    notes: Vec<Note>,
}

impl<'a> Clauses<'a> {
    /// The list in the record that the rule is about.
    fn of_list(&self) -> Option<AnyOf<'a>> {
        self.any.as_ref().map(|(any, _)| *any)
    }

    /// Puts in the element that the rule is made for.
    fn fill(&mut self, here: &Here<'_>) {
        let conditions = self.when.iter_mut().chain(&mut self.unless);
        let verdict = self.then.iter_mut().map(|then| &mut then.verdict);
        let obligations = self.obligations.iter_mut().map(|it| &mut it.text);
        let notes = self.notes.iter_mut().map(|note| &mut note.value);
        let wordings = obligations.chain(notes).filter_map(|it| match it {
            Wording::Expr(value) => Some(value),
            Wording::Text(_) => None,
        });
        for expr in conditions.chain(verdict).chain(wordings) {
            *expr = here.fill(expr);
        }
    }
}

fn texts(texts: &[ast::Str]) -> impl Iterator<Item = Arc<str>> {
    texts.iter().map(|text| text.value.as_str().into())
}

impl<'a> Checker<'a> {
    pub fn rules(&mut self) -> Arena<Rule> {
        let count = self.declarations.rules.len();
        let mut rules = Arena::default();
        let mut complete = true;
        for at in 0..count {
            let known = self.diagnostics.len();
            match self.rule(RuleId::from_index(at)) {
                Some(rule) if complete => {
                    rules.push(rule);
                }
                Some(_) => {}
                None => complete = false,
            }
            if !self.speaks(&self.declarations.rules[at]) {
                self.diagnostics.truncate(known);
            }
        }
        self.rules_of_nothing();
        rules
    }

    /// Reads the conditions of rules for each row of a list without rows.
    fn rules_of_nothing(&mut self) {
        for source in self.declarations.without_rules.clone() {
            let none = RuleId::from_index(self.declarations.rules.len());
            let at = self.place(none, &source);
            self.clauses(&at, &source);
        }
    }

    /// Where the conditions of a rule stand.
    fn place(&self, id: RuleId, source: &RuleSource<'a>) -> Place<'a> {
        Place {
            unit: self.unit_of(source.policy),
            asking: Some(id),
            here: self.here(source),
            bound: None,
        }
    }

    /// `None` where a clause it needs is missing or wrong, which is reported.
    fn rule(&mut self, id: RuleId) -> Option<Rule> {
        let source = self.declarations.rules[id.index()];
        let at = self.place(id, &source);
        let mut clauses = self.clauses(&at, &source);
        if let Some(here) = &at.here {
            clauses.fill(here);
        }
        let relations = &self.relations;
        let element = at
            .here
            .as_ref()
            .and_then(|here| Some((here, here.element()?)));
        let (name, in_row) = match element {
            None => (source.name.text.as_str().into(), Windows::always()),
            Some((here, element)) => {
                let name = format!("{}[{}]", source.name.text, element.name);
                (name.into(), here.windows())
            }
        };
        Some(Rule {
            name,
            element: element.and_then(|(here, _)| here.to_model(source.name)),
            policy: source.policy,
            title: source.title.map_or("", |title| &title.value).into(),
            kind: match source.targets {
                None => RuleKind::Rule,
                Some(_) => RuleKind::Exception {
                    to: relations.targets[id.index()].clone(),
                },
            },
            cites: clauses.cites,
            tags: clauses.tags,
            weight: clauses.weight,
            force: Force {
                spans: match in_row.is_always() {
                    true => clauses.in_force.iter().map(|it| it.span).collect(),
                    // Not in force may mean that the row is not in the list.
                    false => Vec::new(),
                },
                windows: clauses.windows.intersect(&in_row),
                suspended: clauses.without,
                suspended_by: relations.suspended_by[id.index()].clone(),
            },
            when: clauses.when?,
            unless: clauses.unless,
            then: clauses.then,
            if_unknown: clauses.if_unknown.map(|(verdict, _)| verdict),
            obligations: clauses.obligations,
            notes: clauses.notes,
            exceptions: relations.exceptions[id.index()]
                .iter()
                .map(|(exception, _)| *exception)
                .collect(),
            span: source.name.span,
            whole: source.span,
            doc: source.doc.map(|doc| doc.text.as_str().into()),
        })
    }

    /// What there is to be said of the clauses as a whole.
    fn judge_clauses(&mut self, at: &Place<'a>, source: &RuleSource<'a>, clauses: &Clauses<'a>) {
        self.rule_guards(at.here.as_ref(), clauses);
        let what = match source.targets {
            None => "rule",
            Some(_) => "exception",
        };
        // A clause that could not be read may be the citation.
        let unread = |clause: &ast::Clause| clause.kind == ast::ClauseKind::Error;
        if !source.clauses.iter().any(unread) {
            lints::citation::check(self, &clauses.cites, what, source.name);
        }
        let then = clauses.then.as_ref();
        let fixed = then.and_then(|then| Some((then.fixed()?, then.span)));
        lints::severity::check(self, at.unit, fixed, clauses.if_unknown);
        // A verdict that is worked out may be any.
        let most = then.map(|then| (then.fixed().unwrap_or(Verdict(u8::MAX)), then.span));
        lints::silence::check_rule(self, at.unit, most, clauses.if_unknown);
    }

    /// A rule's `when` holds wherever its `unless`, its verdict and what it says matter.
    fn rule_guards(&mut self, here: Option<&Here<'a>>, clauses: &Clauses<'_>) {
        // The rule of a row is in force while the row is in its list.
        let member = here.and_then(Here::membership);
        if let Some(when) = &clauses.when {
            self.check_guards(when, member.as_ref());
        }
        let before = match (&clauses.when, member) {
            (Some(when), Some(member)) => Some(Expr {
                kind: ExprKind::And(vec![member, when.clone()]),
                ..when.clone()
            }),
            (when, member) => when.clone().or(member),
        };
        let notes = clauses.notes.iter().map(|note| &note.value);
        let obligations = clauses.obligations.iter().map(|it| &it.text);
        let wordings = notes.chain(obligations).filter_map(|it| match it {
            Wording::Expr(value) => Some(value),
            Wording::Text(_) => None,
        });
        let verdict = clauses.then.iter().map(|then| &then.verdict);
        for expr in clauses.unless.iter().chain(verdict).chain(wordings) {
            self.check_guards(expr, before.as_ref());
        }
    }

    fn clauses(&mut self, at: &Place<'a>, source: &RuleSource<'a>) -> Clauses<'a> {
        let mut read = Clauses::default();
        if let Some(clause) = source.clauses.get(MAX_CLAUSES) {
            let span = clause.keyword;
            self.report(errors::too_many("clauses of one rule", MAX_CLAUSES, span));
            return read;
        }
        self.once(source.clauses);
        match self.made[source.declared].0 {
            Made::Broken => return read,
            Made::Any(any) => read.any = Some((any, self.element_of(any))),
            Made::Once | Made::Each(_) => {}
        }
        for clause in source.clauses {
            self.clause(at, source, clause, &mut read);
        }
        if let Some((_, span)) = read.if_unknown
            && source.targets.is_some()
            && !has_then(source.clauses)
        {
            let what = "an exception without `then`";
            self.report(errors::clause_not_for_here("if unknown", what, span));
        }
        if let Some((any, bound)) = &read.any
            && let Some(when) = read.when.take()
        {
            let unless = std::mem::take(&mut read.unless);
            read.when = Some(self.any_element(source.name, any.any(bound, when, unless)));
        }
        read.windows = match read.in_force.as_slice() {
            [] => Windows::always(),
            windows => self.windows(windows, false),
        };
        read.without = self.windows(&read.suspended, false);
        self.judge_clauses(at, source, &read);
        read
    }

    fn clause(
        &mut self,
        at: &Place<'a>,
        source: &RuleSource<'a>,
        clause: &'a ast::Clause,
        read: &mut Clauses<'a>,
    ) {
        match &clause.kind {
            ast::ClauseKind::Cites(cites) => read.cites.extend(texts(cites)),
            ast::ClauseKind::Tags(tags) => {
                read.tags
                    .extend(tags.iter().map(|tag| Arc::from(tag.text.as_str())));
            }
            ast::ClauseKind::InForce(window) => read.in_force.push(window),
            ast::ClauseKind::Suspended(window) => read.suspended.push(window),
            ast::ClauseKind::From(_) => {
                let what = match source.targets {
                    None => "a rule",
                    Some(_) => "an exception",
                };
                self.report(errors::clause_not_for_here("from", what, clause.keyword));
            }
            ast::ClauseKind::When(condition) => {
                let bound = read.any.as_ref().map(|(_, bound)| bound);
                let condition = self.rule_condition((at, bound), source.name, condition);
                read.when = read.when.take().or(condition);
            }
            ast::ClauseKind::Unless(condition) => {
                let bound = read.any.as_ref().map(|(_, bound)| bound);
                let condition = self.rule_condition((at, bound), source.name, condition);
                read.unless.extend(condition);
            }
            ast::ClauseKind::Then { verdict, because } => {
                let because = because.as_ref();
                let of_all = self.is_of_all(read.of_list(), verdict, because);
                let then = of_all
                    .and_then(|()| self.then((at, source.name), verdict, because, clause.span));
                read.then = read.then.take().or(then);
            }
            ast::ClauseKind::IfUnknown(name) => {
                let verdict = self.verdict(at.unit, name).map(|it| (it, name.span));
                read.if_unknown = read.if_unknown.or(verdict);
            }
            ast::ClauseKind::Obliges { text, within } => {
                let of_all = self.is_of_all(read.of_list(), text, None);
                let obligation =
                    of_all.and_then(|()| self.obligation(at, text, within.as_ref(), clause.span));
                read.obligations.extend(obligation);
            }
            ast::ClauseKind::Note { key, value } => {
                let of_all = self.is_of_all(read.of_list(), value, None);
                let value = of_all.and_then(|()| self.wording(at, value, None));
                read.notes.extend(value.map(|value| Note {
                    key: key.text.as_str().into(),
                    value,
                }));
            }
            ast::ClauseKind::Weight(name) => read.weight = Some(name.text.as_str().into()),
            ast::ClauseKind::ForEach { .. } | ast::ClauseKind::Error => {}
        }
    }

    /// Reports clauses that may stand only once and stand twice.
    fn once(&mut self, clauses: &[ast::Clause]) {
        let mut first: FxHashMap<&str, Span> = FxHashMap::default();
        for clause in clauses {
            let (word, help) = match &clause.kind {
                ast::ClauseKind::When(_) => {
                    ("when", "join the conditions with `and`, or with `or`")
                }
                ast::ClauseKind::Then { .. } => ("then", "leave one out, or make it another rule"),
                ast::ClauseKind::IfUnknown(_) => ("if unknown", "leave one of them out"),
                ast::ClauseKind::Weight(_) => ("weight", "leave one of them out"),
                ast::ClauseKind::ForEach { .. } => ("for each", "leave one of them out"),
                ast::ClauseKind::Cites(_)
                | ast::ClauseKind::Tags(_)
                | ast::ClauseKind::InForce(_)
                | ast::ClauseKind::Suspended(_)
                | ast::ClauseKind::From(_)
                | ast::ClauseKind::Unless(_)
                | ast::ClauseKind::Obliges { .. }
                | ast::ClauseKind::Note { .. }
                | ast::ClauseKind::Error => continue,
            };
            if let Some(first) = first.insert(word, clause.keyword) {
                self.report(errors::clause_twice(word, first, clause.keyword, help));
            }
        }
    }

    fn rule_condition(
        &mut self,
        (at, bound): (&Place<'a>, Option<&Bound>),
        name: &ast::Name,
        condition: &'a ast::Expr,
    ) -> Option<Expr> {
        if let Some(bound) = bound {
            let at = Place {
                bound: Some(bound.clone()),
                ..at.clone()
            };
            return self.expression(&at, |inner| inner.condition(condition));
        }
        let checked = self.expression(at, |inner| inner.condition(condition))?;
        let measure = self.measure(&checked, at.parameters());
        self.not_too_large(name, &measure);
        Some(checked)
    }

    fn then(
        &mut self,
        (at, name): (&Place<'a>, &ast::Name),
        verdict: &'a ast::Expr,
        because: Option<&ast::Str>,
        span: Span,
    ) -> Option<Then> {
        let found = match &verdict.without_parentheses().kind {
            // Where there are no verdicts at all that is reported, and nothing here.
            _ if self.scope(at.unit).verdicts.is_empty() => None,
            ast::ExprKind::Literal(ast::Literal::Str(text)) => {
                let write = self.verdict_like(at.unit, text);
                self.report(errors::wrongly_quoted(verdict.span, "a verdict", &write));
                None
            }
            _ => {
                let ty = Type::Verdict;
                self.expression(at, |inner| inner.expect(verdict, ty, None))
            }
        };
        if let Some(found) = &found {
            let measure = self.measure(found, at.parameters());
            self.not_too_large(name, &measure);
        }
        let because = match because {
            None => None,
            Some(text) => Some(self.template(at, text)?),
        };
        Some(Then {
            verdict: found?,
            because,
            span,
        })
    }

    fn obligation(
        &mut self,
        at: &Place<'a>,
        text: &'a ast::Expr,
        within: Option<&ast::Within>,
        span: Span,
    ) -> Option<Obligation> {
        let text = self.wording(at, text, Some(Type::Text { folded: false }));
        let within = match within {
            None => None,
            Some(within) => Some(self.within(at.unit, within)?),
        };
        Some(Obligation {
            text: text?,
            within,
            span,
        })
    }

    fn within(&mut self, unit: UnitId, within: &ast::Within) -> Option<(Time, Option<FieldId>)> {
        let time = match &within.calendar {
            Some(calendar) => self.working_days(unit, within, calendar),
            None => self
                .period(&within.amount, within.unit, within.span)
                .map(Time::Period),
        };
        let after = match &within.after {
            None => None,
            Some(path) => Some(self.day_field(unit, path)?),
        };
        Some((time?, after))
    }

    /// The field a due date is counted from.
    fn day_field(&mut self, unit: UnitId, path: &ast::FieldPath) -> Option<FieldId> {
        let field = self.field_path(unit, path)?;
        let known = &self.record(unit)?.fields[field];
        let (ty, declared) = (known.ty, known.span);
        if matches!(ty, Type::Date | Type::Instant) {
            return Some(field);
        }
        let found = self.called(ty);
        let error = errors::type_mismatch(&found, path.span, "a date", Some(declared))
            .help("name a field of type `date` or `instant`");
        self.report(error);
        None
    }

    /// A text with fields filled in, or an expression; of the type, if one is asked for.
    fn wording(
        &mut self,
        at: &Place<'a>,
        value: &'a ast::Expr,
        ty: Option<Type>,
    ) -> Option<Wording> {
        if let ast::ExprKind::Literal(ast::Literal::Str(text)) = &value.kind {
            let text = crate::text::Spanned::new(text.clone(), value.span);
            return self.template(at, &text).map(Wording::Text);
        }
        let at = Place {
            asking: None,
            ..at.clone()
        };
        let value = self.expression(&at, |inner| match ty {
            Some(ty) => inner.expect(value, ty, None),
            None => inner.expr(value, None),
        });
        value.map(Wording::Expr)
    }

    /// All suspensions, each less what suspends it.
    pub fn all_suspensions(&mut self) -> Arena<Suspension> {
        let count = self.declarations.suspensions.len();
        let mut effective: Vec<Windows> = (0..count).map(|at| self.own_windows(at)).collect();
        for id in self.relations.suspension_order.clone() {
            for by in &self.relations.suspends[id.index()] {
                let rest = effective[id.index()].subtract(&effective[by.index()]);
                effective[id.index()] = rest;
            }
        }
        let mut suspensions = Arena::default();
        for (source, effective) in self.declarations.suspensions.iter().zip(effective) {
            let mut cites = Vec::new();
            for clause in &source.ast.clauses {
                if let ast::ClauseKind::Cites(written) = &clause.kind {
                    cites.extend(texts(written));
                }
            }
            let title = source.ast.title.as_ref();
            suspensions.push(Suspension {
                name: source.ast.name.text.as_str().into(),
                policy: source.policy,
                title: title.map_or("", |title| &title.value).into(),
                cites,
                effective,
                span: source.ast.name.span,
            });
        }
        suspensions
    }

    fn own_windows(&mut self, at: usize) -> Windows {
        let source = self.declarations.suspensions[at];
        let clauses = &source.ast.clauses;
        if let Some(clause) = clauses.get(MAX_CLAUSES) {
            let span = clause.keyword;
            self.report(errors::too_many(
                "clauses of one suspension",
                MAX_CLAUSES,
                span,
            ));
            return Windows::empty();
        }
        let mut windows = Vec::new();
        let mut cites = Vec::new();
        for clause in clauses {
            let word = match &clause.kind {
                ast::ClauseKind::From(window) => {
                    windows.push(window);
                    continue;
                }
                ast::ClauseKind::Cites(written) => {
                    cites.extend(texts(written));
                    continue;
                }
                ast::ClauseKind::Error => continue,
                ast::ClauseKind::Tags(_) => "tags",
                ast::ClauseKind::InForce(_) => "in force",
                ast::ClauseKind::Suspended(_) => "suspended",
                ast::ClauseKind::When(_) => "when",
                ast::ClauseKind::Unless(_) => "unless",
                ast::ClauseKind::Then { .. } => "then",
                ast::ClauseKind::IfUnknown(_) => "if unknown",
                ast::ClauseKind::Obliges { .. } => "obliges",
                ast::ClauseKind::Note { .. } => "note",
                ast::ClauseKind::Weight(_) => "weight",
                ast::ClauseKind::ForEach { .. } => "for each",
            };
            let span = clause.keyword;
            self.report(errors::clause_not_for_here(word, "a suspension", span));
        }
        lints::citation::check(self, &cites, "suspension", &source.ast.name);
        self.windows(&windows, false)
    }
}

fn has_then(clauses: &[ast::Clause]) -> bool {
    let is_then = |clause: &ast::Clause| matches!(clause.kind, ast::ClauseKind::Then { .. });
    clauses.iter().any(is_then)
}
