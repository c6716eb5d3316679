//! Which rules except, suspend and ask about which others; in what order they can be worked out.
//!
//! Four things can be asked of a rule (language.md, ruling 11): its own conditions; whether it would apply but for
//! exceptions (`caught`); whether it stops what it excepts; whether it applies. Only a circle among these is a mistake:
//! an exception may ask whether the rule it excepts is caught. `caught(only tagged T)` asks that rules tagged T are
//! caught and no other rule of the policy is; the asking rule, and rules that depend on it, are left out of the others.

use super::checker::Checker;
use super::declare::{Meaning, RuleSource};
use super::each::Here;
use super::errors;
use super::graph::{Graph, Walk};
use super::limits::{MAX_CHAIN, MAX_RELATIONS};
use super::load::UnitId;
use super::occurrences::Named;
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::{PolicyId, RuleId, SuspensionId};
use crate::syntax::ast;
use crate::text::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a name among targets means.
#[derive(Clone)]
pub(super) enum Target {
    /// A rule, or those that its `for each` makes.
    Rules(Vec<RuleId>),
    Suspension(SuspensionId),
}

/// A question about other rules, in a rule or in a define it uses.
#[derive(Clone)]
pub(super) struct Ask {
    pub rules: Vec<RuleId>,
    pub verb: ast::RuleVerb,
    /// `only tagged T`
    pub only: Option<(PolicyId, String)>,
    pub span: Span,
}

/// What rules have to do with each other.
#[derive(Default)]
pub(super) struct Relations {
    /// Rules and exceptions by tag, for each policy.
    pub by_tag: Vec<FxHashMap<String, Vec<RuleId>>>,
    pub policies: FxHashMap<String, PolicyId>,
    /// By rule: the exceptions to it, and where each says so.
    pub exceptions: Vec<Vec<(RuleId, Span)>>,
    /// By rule: what it is an exception to.
    pub targets: Vec<Vec<RuleId>>,
    /// By rule: the suspensions that are about it.
    pub suspended_by: Vec<Vec<SuspensionId>>,
    /// By suspension: the same.
    pub suspends: Vec<Vec<SuspensionId>>,
    /// Suspensions, each after those that suspend it.
    pub suspension_order: Vec<SuspensionId>,
    /// By asking rule and tag: what `caught(only tagged T)` excludes.
    pub none_of: FxHashMap<(RuleId, String), Vec<RuleId>>,
    pub dependency_order: Vec<RuleId>,
    /// By place in the declarations: what a define and those it uses ask.
    pub asked_by_define: Vec<Vec<Ask>>,
    /// How many rules are excepted and asked about so far.
    count: usize,
}

/// What can be asked of a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Own,
    Caught,
    Stops,
    Applies,
}

fn node(part: Part, rule: RuleId) -> usize {
    rule.index() * 4 + part as usize
}

fn rule_of(node: usize) -> RuleId {
    RuleId::from_index(node / 4)
}

fn tags<'a>(rule: &RuleSource<'a>) -> impl Iterator<Item = &'a ast::Name> + use<'a> {
    rule.clauses.iter().flat_map(|clause| match &clause.kind {
        ast::ClauseKind::Tags(tags) => tags.as_slice(),
        _ => &[],
    })
}

impl<'a> Checker<'a> {
    /// Tags and policy names, before anything asks about them.
    pub fn index_rules(&mut self) {
        let count = self.declarations.policies.len();
        self.relations.by_tag = vec![FxHashMap::default(); count];
        for (at, rule) in self.declarations.rules.iter().enumerate() {
            let by_tag = &mut self.relations.by_tag[rule.policy.index()];
            let id = RuleId::from_index(at);
            for tag in tags(rule) {
                self.notes.add(tag.span, Named::Tag(tag.text.clone()));
                let bearers: &mut Vec<RuleId> = by_tag.entry(tag.text.clone()).or_default();
                if bearers.last() != Some(&id) {
                    bearers.push(id);
                }
            }
        }
        for at in 0..count {
            let id = PolicyId::from_index(at);
            let name = self.policy_name(id).to_owned();
            let other = self.relations.policies.get(&name).copied();
            match other {
                None => {
                    self.relations.policies.insert(name, id);
                }
                Some(other) => {
                    let span = |id: PolicyId| self.declarations.policies[id.index()].span;
                    let error = errors::same_policy_name(&name, span(other), span(id));
                    self.report(error);
                }
            }
        }
    }

    /// The rules or the suspension of that name, said in a rule with the element `here`.
    pub fn target(
        &self,
        unit: UnitId,
        path: &ast::RulePath,
        here: Option<&Here<'a>>,
    ) -> Result<(Target, Span), Box<Diagnostic>> {
        let unit = match &path.policy {
            None => unit,
            Some(policy) => self.unit_of(self.policy_named(policy)?),
        };
        let name = &path.rule;
        self.note_meaning(unit, name);
        match self.meaning(unit, &name.text) {
            Some((Meaning::Rule(declared), span)) => {
                let rules = self.rules_named(declared, (path, span), here)?;
                Ok((Target::Rules(rules), span))
            }
            Some((Meaning::Suspension(_), span)) if path.element.is_some() => {
                let name = &name.text;
                Err(Box::new(errors::rule_of_no_element(name, path.span, span)))
            }
            Some((Meaning::Suspension(id), span)) => Ok((Target::Suspension(id), span)),
            Some((other, span)) => Err(Box::new(errors::wrong_kind(
                &name.text,
                name.span,
                other.noun(),
                "a rule",
                span,
            ))),
            None => Err(Box::new(self.unknown_rule(unit, path))),
        }
    }

    fn unknown_rule(&self, unit: UnitId, path: &ast::RulePath) -> Diagnostic {
        let name = &path.rule;
        if self.scope(unit).policy.is_none() {
            return errors::policy_not_in_run(&self.loaded.units[unit].name, path.span);
        }
        let is_rule = |it| matches!(it, Meaning::Rule(_) | Meaning::Suspension(_));
        let near = nearest(&name.text, self.names_in(unit, is_rule));
        errors::unknown_rule("rule or exception", &name.text, name.span, near)
    }

    fn policy_named(&self, name: &ast::Name) -> Result<PolicyId, Box<Diagnostic>> {
        if let Some(id) = self.relations.policies.get(&name.text) {
            let header = self.declarations.policies[id.index()].header;
            if let Some((header, _)) = header {
                self.note(name.span, header.name.span);
            }
            return Ok(*id);
        }
        let known = self.relations.policies.keys().map(String::as_str);
        Err(Box::new(match nearest(&name.text, known) {
            Some(near) => errors::unknown_rule("policy", &name.text, name.span, Some(near)),
            None => errors::policy_not_in_run(&name.text, name.span),
        }))
    }

    /// What bears a tag in a unit's policy.
    pub fn tagged(&self, unit: UnitId, tag: &ast::Name) -> Result<&[RuleId], Box<Diagnostic>> {
        let Some(policy) = self.scope(unit).policy else {
            let name = &self.loaded.units[unit].name;
            return Err(Box::new(errors::policy_not_in_run(name, tag.span)));
        };
        let by_tag = &self.relations.by_tag[policy.index()];
        match by_tag.get(&tag.text) {
            Some(rules) => {
                self.note_tag(tag);
                Ok(rules)
            }
            None => {
                let near = nearest(&tag.text, by_tag.keys().map(String::as_str));
                Err(Box::new(errors::unknown_tag(&tag.text, tag.span, near)))
            }
        }
    }

    /// The rules that `applies` or `caught` asks about.
    pub fn subject(
        &self,
        unit: UnitId,
        subject: &ast::RuleSubject,
        here: Option<&Here<'a>>,
    ) -> Result<Vec<RuleId>, Box<Diagnostic>> {
        match subject {
            ast::RuleSubject::Rule(path) => match self.target(unit, path, here)? {
                (Target::Rules(rules), _) => Ok(rules),
                (Target::Suspension(_), declared) => Err(Box::new(errors::wrong_target(
                    &path.rule.text,
                    path.span,
                    "a suspension",
                    "a rule or an exception",
                    declared,
                ))),
            },
            ast::RuleSubject::Tagged(tag) | ast::RuleSubject::OnlyTagged(tag) => {
                self.tagged(unit, tag).map(<[RuleId]>::to_vec)
            }
        }
    }

    /// Works out everything in [`Relations`].
    pub fn relate(&mut self) {
        self.exceptions();
        self.suspensions();
        let asks = self.asks_of_rules();
        let (mut graph, hubs) = self.graph(&asks);
        let roots = || (0..asks.len()).map(|at| node(Part::Applies, RuleId::from_index(at)));
        let walk = graph.walk(roots());
        self.report_circles(&walk);
        self.report_chains(&graph, &walk);
        self.choose_none_of(&asks, &mut graph, hubs);
        self.relations.dependency_order = graph
            .walk(roots())
            .order
            .into_iter()
            .filter(|it| it % 4 == Part::Own as usize && it / 4 < asks.len())
            .map(rule_of)
            .collect();
    }

    fn exceptions(&mut self) {
        let count = self.declarations.rules.len();
        self.relations.exceptions = vec![Vec::new(); count];
        self.relations.targets = vec![Vec::new(); count];
        for at in 0..count {
            let rule = self.declarations.rules[at];
            let unit = self.unit_of(rule.policy);
            let here = self.here(&rule);
            let mut targets: Vec<(RuleId, Span)> = Vec::new();
            for target in rule.targets.unwrap_or_default() {
                match self.excepted(unit, target, here.as_ref()) {
                    Ok(rules) => targets.extend(rules.into_iter().map(|id| (id, target.span))),
                    Err(error) if self.speaks(&rule) => self.report(*error),
                    Err(_) => {}
                }
            }
            targets.sort_by_key(|(id, _)| *id);
            targets.dedup_by_key(|(id, _)| *id);
            if !self.are_few(targets.len(), rule.name.span) {
                self.relations.exceptions = vec![Vec::new(); count];
                self.relations.targets = vec![Vec::new(); count];
                return;
            }
            for (target, span) in targets {
                self.relations.targets[at].push(target);
                let exceptions = &mut self.relations.exceptions[target.index()];
                exceptions.push((RuleId::from_index(at), span));
            }
        }
    }

    /// What one target of an exception means: `tagged T` means rules only.
    fn excepted(
        &self,
        unit: UnitId,
        target: &ast::Target,
        here: Option<&Here<'a>>,
    ) -> Result<Vec<RuleId>, Box<Diagnostic>> {
        let (tag, exceptions) = match &target.kind {
            ast::TargetKind::Named(path) => {
                return match self.target(unit, path, here)? {
                    (Target::Rules(rules), _) => Ok(rules),
                    (Target::Suspension(_), declared) => Err(Box::new(errors::wrong_target(
                        &path.rule.text,
                        path.span,
                        "a suspension",
                        "a rule or an exception",
                        declared,
                    ))),
                };
            }
            ast::TargetKind::Tagged(tag) => (tag, false),
            ast::TargetKind::ExceptionsTagged(tag) => (tag, true),
        };
        let bearers = self.tagged(unit, tag)?;
        let meant: Vec<RuleId> = bearers
            .iter()
            .copied()
            .filter(|id| self.declarations.rules[id.index()].targets.is_some() == exceptions)
            .collect();
        if meant.is_empty() {
            let (what, other) = match exceptions {
                true => ("exceptions", "rules"),
                false => ("rules", "exceptions"),
            };
            let error = errors::tag_without(&tag.text, tag.span, what, other);
            return Err(Box::new(error));
        }
        Ok(meant)
    }

    fn suspensions(&mut self) {
        let rules = self.declarations.rules.len();
        let count = self.declarations.suspensions.len();
        self.relations.suspended_by = vec![Vec::new(); rules];
        self.relations.suspends = vec![Vec::new(); count];
        let mut graph = Graph::new(count);
        for at in 0..count {
            let source = self.declarations.suspensions[at];
            let unit = self.unit_of(source.policy);
            let id = SuspensionId::from_index(at);
            for target in &source.ast.targets {
                match self.suspended(unit, target) {
                    Err(error) => self.report(*error),
                    Ok(Target::Rules(rules)) => {
                        for rule in rules {
                            once_more(&mut self.relations.suspended_by[rule.index()], id);
                        }
                    }
                    Ok(Target::Suspension(other)) => {
                        graph.need(other.index(), at, source.ast.name.span);
                        once_more(&mut self.relations.suspends[other.index()], id);
                    }
                }
            }
        }
        let walk = graph.walk(0..count);
        for circle in &walk.circles {
            let name = |at: usize| self.declarations.suspensions[at].ast.name.text.clone();
            let round: Vec<_> = circle.iter().map(|&(at, span)| (name(at), span)).collect();
            self.report(errors::suspension_cycle(&round));
        }
        let order = walk.order.into_iter().map(SuspensionId::from_index);
        self.relations.suspension_order = order.collect();
    }

    /// What one target of a suspension means: `tagged T` means rules and exceptions.
    fn suspended(&self, unit: UnitId, target: &ast::Target) -> Result<Target, Box<Diagnostic>> {
        match &target.kind {
            ast::TargetKind::Named(path) => self.target(unit, path, None).map(|(it, _)| it),
            ast::TargetKind::Tagged(tag) => {
                let rules = self.tagged(unit, tag)?;
                Ok(Target::Rules(rules.to_vec()))
            }
            ast::TargetKind::ExceptionsTagged(_) => {
                self.excepted(unit, target, None).map(Target::Rules)
            }
        }
    }

    /// What each rule asks; nothing where that is too much.
    fn asks_of_rules(&mut self) -> Vec<Vec<Ask>> {
        let count = self.declarations.rules.len();
        let mut asks = Vec::with_capacity(count);
        for at in 0..count {
            let rule = self.declarations.rules[at];
            let asked = self.asks_of_rule(&rule);
            let many = asked.iter().map(|ask| ask.rules.len()).sum();
            if !self.are_few(many, rule.name.span) {
                return vec![Vec::new(); count];
            }
            asks.push(asked);
        }
        asks
    }

    /// Counts `more` rules that the one at `span` excepts or asks about; whether they are not too many, which is said once.
    fn are_few(&mut self, more: usize, span: Span) -> bool {
        let known = self.relations.count;
        self.relations.count = known.saturating_add(more);
        let are_few = self.relations.count <= MAX_RELATIONS;
        if !are_few && known <= MAX_RELATIONS {
            let what = "rules that exceptions except or that rules ask about";
            self.report(errors::too_many(what, MAX_RELATIONS, span));
        }
        are_few
    }

    fn asks_of_rule(&self, rule: &RuleSource<'a>) -> Vec<Ask> {
        let (unit, here) = (self.unit_of(rule.policy), self.here(rule));
        let mut asks = Vec::new();
        for clause in rule.clauses {
            match &clause.kind {
                ast::ClauseKind::When(part)
                | ast::ClauseKind::Unless(part)
                | ast::ClauseKind::Then { verdict: part, .. } => {
                    self.asks_in((unit, here.as_ref()), part, &mut asks, &mut |_, _| {});
                }
                _ => {}
            }
        }
        asks
    }

    /// Collects what an expression asks about rules, itself and through defines; `defined` sees each define named.
    pub fn asks_in(
        &self,
        (unit, here): (UnitId, Option<&Here<'a>>),
        expr: &ast::Expr,
        asks: &mut Vec<Ask>,
        defined: &mut dyn FnMut(usize, Span),
    ) {
        let name = match &expr.kind {
            ast::ExprKind::Name(name) | ast::ExprKind::Call { function: name, .. } => Some(name),
            ast::ExprKind::AsksRule { verb, subject } => {
                asks.extend(self.ask((unit, here), expr.span, *verb, subject));
                None
            }
            _ => None,
        };
        if let Some(name) = name
            && let Some((Meaning::Define(at) | Meaning::Table(at) | Meaning::Aggregate(at), _)) =
                self.meaning(unit, &name.text)
        {
            defined(at, name.span);
            if let Some(asked) = self.relations.asked_by_define.get(at) {
                asks.extend(asked.iter().map(|ask| Ask {
                    span: name.span,
                    ..ask.clone()
                }));
            }
        }
        expr.for_each_child(&mut |child| self.asks_in((unit, here), child, asks, defined));
    }

    /// One question, if it can be understood.
    fn ask(
        &self,
        (unit, here): (UnitId, Option<&Here<'a>>),
        span: Span,
        verb: ast::RuleVerb,
        subject: &ast::RuleSubject,
    ) -> Option<Ask> {
        let rules = self.subject(unit, subject, here).ok()?;
        let only = match subject {
            ast::RuleSubject::OnlyTagged(tag) => Some((self.scope(unit).policy?, tag.text.clone())),
            ast::RuleSubject::Rule(_) | ast::RuleSubject::Tagged(_) => None,
        };
        Some(Ask {
            rules,
            verb,
            only,
            span,
        })
    }

    /// Everything certain to be needed; room for one hub for each `only tagged T` behind the rules' nodes.
    fn graph(&self, asks: &[Vec<Ask>]) -> (Graph, FxHashMap<(PolicyId, String), usize>) {
        let mut hubs: FxHashMap<(PolicyId, String), usize> = FxHashMap::default();
        for only in asks.iter().flatten().filter_map(|ask| ask.only.as_ref()) {
            let next = asks.len() * 4 + hubs.len();
            hubs.entry(only.clone()).or_insert(next);
        }
        let mut graph = Graph::new(asks.len() * 4 + hubs.len());
        for (at, asks) in asks.iter().enumerate() {
            let id = RuleId::from_index(at);
            let name = self.declarations.rules[at].name.span;
            for ask in asks {
                let part = match ask.verb {
                    ast::RuleVerb::Applies => Part::Applies,
                    ast::RuleVerb::Caught => Part::Caught,
                };
                for rule in &ask.rules {
                    graph.need(node(Part::Own, id), node(part, *rule), ask.span);
                }
            }
            let own = node(Part::Own, id);
            graph.need(node(Part::Caught, id), own, name);
            for target in &self.relations.targets[at] {
                let span = self.says_so(*target, id).unwrap_or(name);
                graph.need(node(Part::Caught, id), node(Part::Caught, *target), span);
            }
            graph.need(node(Part::Stops, id), own, name);
            for (exception, span) in &self.relations.exceptions[at] {
                let stops = node(Part::Stops, *exception);
                graph.need(node(Part::Stops, id), stops, *span);
                graph.need(node(Part::Applies, id), stops, *span);
            }
            graph.need(node(Part::Applies, id), node(Part::Caught, id), name);
        }
        (graph, hubs)
    }

    /// Where an exception names what it excepts.
    fn says_so(&self, target: RuleId, exception: RuleId) -> Option<Span> {
        let exceptions = &self.relations.exceptions[target.index()];
        exceptions
            .iter()
            .find(|(id, _)| *id == exception)
            .map(|(_, span)| *span)
    }

    fn report_circles(&mut self, walk: &Walk) {
        let mut seen: FxHashSet<Vec<usize>> = FxHashSet::default();
        let declared = |node: usize| self.declarations.rules[node / 4].declared;
        let mut rounds: Vec<Vec<(usize, Span)>> = Vec::new();
        for circle in &walk.circles {
            let mut round: Vec<(usize, Span)> = Vec::new();
            for (at, &(here, span)) in circle.iter().enumerate() {
                let (next, _) = circle[(at + 1) % circle.len()];
                // Steps within one rule show nothing.
                if rule_of(here) != rule_of(next) || asks_itself(here, next) {
                    round.push((declared(here), span));
                }
            }
            round.dedup();
            if round.len() > 1 && round.first() == round.last() {
                round.pop();
            }
            let mut rules: Vec<usize> = round.iter().map(|(rule, _)| *rule).collect();
            rules.sort_unstable();
            rules.dedup();
            if seen.insert(rules) {
                rounds.push(round);
            }
        }
        let name_of: FxHashMap<usize, &ast::Name> = self
            .declarations
            .rules
            .iter()
            .map(|rule| (rule.declared, rule.name))
            .collect();
        for round in rounds {
            let name = |declared: usize| name_of[&declared].text.clone();
            let round: Vec<_> = round.iter().map(|&(at, span)| (name(at), span)).collect();
            self.report(errors::rule_cycle(&round));
        }
    }

    /// Reports the first rule in the order of the walk that stands at the end of too long a chain.
    fn report_chains(&mut self, graph: &Graph, walk: &Walk) {
        let depths = graph.depths(&walk.order);
        if let Some(far) = walk.order.iter().find(|it| depths[**it] > MAX_CHAIN) {
            let span = self.declarations.rules[far / 4].name.span;
            let what = "questions about rules that lead on to one another";
            self.report(errors::too_many(what, MAX_CHAIN, span));
        }
    }

    /// Decides what each `caught(only tagged T)` excludes, and adds that to what is needed.
    fn choose_none_of(
        &mut self,
        asks: &[Vec<Ask>],
        graph: &mut Graph,
        hubs: FxHashMap<(PolicyId, String), usize>,
    ) {
        if hubs.is_empty() {
            return;
        }
        let mut with_hubs = graph.clone();
        for ((policy, tag), hub) in &hubs {
            let span = self.declarations.policies[policy.index()].span;
            for rule in self.untagged(*policy, tag) {
                with_hubs.need(*hub, node(Part::Caught, rule), span);
            }
        }
        for (at, asks) in asks.iter().enumerate() {
            for ask in asks {
                if let Some(only) = &ask.only {
                    let own = node(Part::Own, RuleId::from_index(at));
                    with_hubs.need(own, hubs[only], ask.span);
                }
            }
        }
        let reversed = with_hubs.reversed();
        for (at, asks) in asks.iter().enumerate() {
            let id = RuleId::from_index(at);
            for ask in asks {
                let Some((policy, tag)) = &ask.only else {
                    continue;
                };
                let needing = with_hubs.needing(&reversed, node(Part::Own, id));
                let mut others = self.untagged(*policy, tag);
                others.retain(|rule| !needing[node(Part::Caught, *rule)]);
                for other in &others {
                    let other = node(Part::Caught, *other);
                    graph.need(node(Part::Own, id), other, ask.span);
                }
                self.relations.none_of.insert((id, tag.clone()), others);
            }
        }
    }

    /// The rules (not exceptions) of a policy that do not bear a tag.
    fn untagged(&self, policy: PolicyId, tag: &str) -> Vec<RuleId> {
        let bearers: FxHashSet<RuleId> = self.relations.by_tag[policy.index()]
            .get(tag)
            .map(|rules| rules.iter().copied().collect())
            .unwrap_or_default();
        let rules = self.declarations.rules.iter().enumerate();
        rules
            .filter(|(_, rule)| rule.policy == policy && rule.targets.is_none())
            .map(|(at, _)| RuleId::from_index(at))
            .filter(|id| !bearers.contains(id))
            .collect()
    }
}

/// A step by which a rule asks about itself: in its own conditions, or by excepting itself.
fn asks_itself(here: usize, next: usize) -> bool {
    here == next || here % 4 == Part::Own as usize && rule_of(here) == rule_of(next)
}

/// Adds what may stand there already, at the end.
fn once_more(suspensions: &mut Vec<SuspensionId>, id: SuspensionId) {
    if suspensions.last() != Some(&id) {
        suspensions.push(id);
    }
}
