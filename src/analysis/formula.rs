//! Conditions as formulas whose leaves are tests on one column, or what may come to anything.

use super::space::Space;
use crate::domain::Truth;
use crate::ir::{
    Atom, ColumnId, ComputedId, ComputedKind, Deferred, DeferredForm, DeferredId, Form, GroupId,
    Program, TestForm, TestId,
};
use crate::model::{Model, RuleId};
use crate::text::{Arena, Id};
use rustc_hash::FxHashMap;

/// The number of a [`Node`].
pub(super) type NodeId = Id<Node>;

/// A formula.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// Always this.
    Constant(Truth),
    /// A test that is told by value.
    Test(ColumnId, TestId),
    /// What may come to anything: the same wherever the number is the same.
    Free(usize),
    Not(NodeId),
    And(Vec<NodeId>),
    Or(Vec<NodeId>),
    IsUnknown(NodeId),
}

/// A formula of a rule (`language.md`, ruling 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// It keeps what it excepts from applying.
    Stops,
    /// It would apply but for exceptions.
    Would,
    /// It applies.
    Truth,
    /// In its windows, `when` and no `unless`, whatever suspends it.
    Conditions,
}

/// All formulas made so far.
pub(super) struct Formulas<'m> {
    pub nodes: Arena<Node>,
    /// How many things may come to anything.
    pub free: usize,
    model: &'m Model,
    program: &'m Program,
    space: &'m Space,
    known: FxHashMap<Node, NodeId>,
    tests: FxHashMap<TestId, NodeId>,
    computed: FxHashMap<ComputedId, NodeId>,
    deferred: FxHashMap<DeferredId, NodeId>,
    groups: FxHashMap<GroupId, NodeId>,
    rules: FxHashMap<(RuleId, Asked), NodeId>,
}

impl<'m> Formulas<'m> {
    pub fn new(model: &'m Model, program: &'m Program, space: &'m Space) -> Self {
        Formulas {
            nodes: Arena::default(),
            free: 0,
            model,
            program,
            space,
            known: FxHashMap::default(),
            tests: FxHashMap::default(),
            computed: FxHashMap::default(),
            deferred: FxHashMap::default(),
            groups: FxHashMap::default(),
            rules: FxHashMap::default(),
        }
    }

    fn node(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        let id = self.nodes.push(node.clone());
        self.known.insert(node, id);
        id
    }

    fn new_free(&mut self) -> NodeId {
        let node = Node::Free(self.free);
        self.free += 1;
        self.node(node)
    }

    pub fn constant(&mut self, truth: Truth) -> NodeId {
        self.node(Node::Constant(truth))
    }

    pub fn not(&mut self, of: NodeId) -> NodeId {
        match &self.nodes[of] {
            Node::Constant(truth) => {
                let truth = truth.not();
                self.constant(truth)
            }
            Node::Not(inner) => *inner,
            _ => self.node(Node::Not(of)),
        }
    }

    pub fn and(&mut self, parts: Vec<NodeId>) -> NodeId {
        self.joined(parts, Truth::True, Node::And)
    }

    pub fn or(&mut self, parts: Vec<NodeId>) -> NodeId {
        self.joined(parts, Truth::False, Node::Or)
    }

    fn joined(
        &mut self,
        mut parts: Vec<NodeId>,
        unit: Truth,
        make: impl Fn(Vec<NodeId>) -> Node,
    ) -> NodeId {
        let is = |truth: Truth, part: &NodeId| self.nodes[*part] == Node::Constant(truth);
        if parts.iter().any(|part| is(unit.not(), part)) {
            return self.constant(unit.not());
        }
        parts.retain(|part| !is(unit, part));
        parts.sort();
        parts.dedup();
        match parts.as_slice() {
            [] => self.constant(unit),
            [part] => *part,
            _ => self.node(make(parts)),
        }
    }

    fn is_unknown(&mut self, of: NodeId) -> NodeId {
        self.node(Node::IsUnknown(of))
    }

    fn test(&mut self, id: TestId) -> NodeId {
        if let Some(node) = self.tests.get(&id) {
            return *node;
        }
        let test = &self.program.tests[id];
        let told = self.space.columns[test.column.index()].with(id, Truth::True);
        let node = match &test.form {
            _ if told.is_some() => self.node(Node::Test(test.column, id)),
            TestForm::Not(inner) => {
                let inner = self.test(*inner);
                self.not(inner)
            }
            TestForm::And(parts) => {
                let parts = parts.iter().map(|part| self.test(*part)).collect();
                self.and(parts)
            }
            TestForm::Or(parts) => {
                let parts = parts.iter().map(|part| self.test(*part)).collect();
                self.or(parts)
            }
            TestForm::Window(_)
            | TestForm::Threshold(..)
            | TestForm::Condition { .. }
            | TestForm::Listed(_)
            | TestForm::Any { .. }
            | TestForm::IsThere(_) => self.new_free(),
        };
        self.tests.insert(id, node);
        node
    }

    fn form(&mut self, form: &Form) -> NodeId {
        match form {
            Form::Constant(truth) => self.constant(*truth),
            Form::Literal(literal) => self.literal(literal.atom, literal.negated),
            Form::And(parts) => {
                let parts = parts.iter().map(|part| self.form(part)).collect();
                self.and(parts)
            }
            Form::Or(parts) => {
                let parts = parts.iter().map(|part| self.form(part)).collect();
                self.or(parts)
            }
            Form::IsUnknown(inner) => {
                let inner = self.form(inner);
                self.is_unknown(inner)
            }
            Form::IsSettled(inner) => {
                let inner = self.form(inner);
                let unknown = self.is_unknown(inner);
                self.not(unknown)
            }
        }
    }

    fn literal(&mut self, atom: Atom, negated: bool) -> NodeId {
        let node = match atom {
            Atom::Test(test) => self.test(test),
            Atom::Computed(computed) => self.computed(computed),
            Atom::Deferred(deferred) => self.deferred(deferred),
        };
        match negated {
            true => self.not(node),
            false => node,
        }
    }

    fn computed(&mut self, id: ComputedId) -> NodeId {
        if let Some(node) = self.computed.get(&id) {
            return *node;
        }
        let node = match &self.program.computed[id].kind {
            ComputedKind::Formula(form) => self.form(form),
            ComputedKind::Loop {
                at_most: Some(at_most),
                ..
            } => {
                let bound = self.form(at_most);
                let free = self.new_free();
                self.and(vec![free, bound])
            }
            ComputedKind::Loop { at_most: None, .. }
            | ComputedKind::Amounts { .. }
            | ComputedKind::ByClass(_)
            | ComputedKind::Reference(_) => self.new_free(),
        };
        self.computed.insert(id, node);
        node
    }

    fn deferred(&mut self, id: DeferredId) -> NodeId {
        if let Some(node) = self.deferred.get(&id) {
            return *node;
        }
        let node = match &self.program.deferred[id] {
            Deferred::Applies(rule) => self.rule(*rule, Asked::Truth),
            Deferred::Caught(rule) => self.rule(*rule, Asked::Would),
            Deferred::Formula(form) => self.deferred_form(form),
        };
        self.deferred.insert(id, node);
        node
    }

    fn deferred_form(&mut self, form: &DeferredForm) -> NodeId {
        match form {
            DeferredForm::Constant(truth) => self.constant(*truth),
            DeferredForm::Group(group) => self.group(*group),
            DeferredForm::Deferred(deferred) => self.deferred(*deferred),
            DeferredForm::Not(inner) => {
                let inner = self.deferred_form(inner);
                self.not(inner)
            }
            DeferredForm::And(parts) => {
                let parts = parts.iter().map(|part| self.deferred_form(part)).collect();
                self.and(parts)
            }
            DeferredForm::Or(parts) => {
                let parts = parts.iter().map(|part| self.deferred_form(part)).collect();
                self.or(parts)
            }
            DeferredForm::IsUnknown(inner) => {
                let inner = self.deferred_form(inner);
                self.is_unknown(inner)
            }
        }
    }

    /// A group: any of its clauses.
    pub fn group(&mut self, id: GroupId) -> NodeId {
        if let Some(node) = self.groups.get(&id) {
            return *node;
        }
        let clauses: Vec<NodeId> = self.program.groups[id]
            .clauses
            .iter()
            .map(|clause| {
                let literals = clause.literals.iter();
                let parts = literals.map(|it| self.literal(it.atom, it.negated));
                let parts = parts.collect();
                self.and(parts)
            })
            .collect();
        let node = self.or(clauses);
        self.groups.insert(id, node);
        node
    }

    /// A formula of a rule.
    pub fn rule(&mut self, id: RuleId, asked: Asked) -> NodeId {
        if let Some(node) = self.rules.get(&(id, asked)) {
            return *node;
        }
        let node = match asked {
            Asked::Conditions => {
                let form = &self.program.rules[id.index()];
                let base = self.group(form.base);
                let unless: Vec<NodeId> = form.unless.iter().map(|it| self.group(*it)).collect();
                let unless = self.or(unless);
                let spared = self.not(unless);
                self.and(vec![base, spared])
            }
            Asked::Stops => {
                let stands = self.in_force(id);
                let stopped = self.stopped(id);
                let free = self.not(stopped);
                self.and(vec![stands, free])
            }
            Asked::Would => {
                let stands = self.in_force(id);
                let excepts = self.model.rules[id].excepts();
                let needed: Vec<NodeId> = excepts
                    .iter()
                    .map(|it| self.rule(*it, Asked::Would))
                    .collect();
                match needed.is_empty() {
                    true => stands,
                    false => {
                        let needed = self.or(needed);
                        self.and(vec![stands, needed])
                    }
                }
            }
            Asked::Truth => {
                let would = self.rule(id, Asked::Would);
                let stopped = self.stopped(id);
                let free = self.not(stopped);
                self.and(vec![would, free])
            }
        };
        self.rules.insert((id, asked), node);
        node
    }

    /// Its conditions hold and nothing suspends it.
    fn in_force(&mut self, id: RuleId) -> NodeId {
        let conditions = self.rule(id, Asked::Conditions);
        let suspensions = &self.program.rules[id.index()].suspensions;
        let by: Vec<NodeId> = suspensions.iter().map(|(by, _)| self.group(*by)).collect();
        let suspended = self.or(by);
        let running = self.not(suspended);
        self.and(vec![conditions, running])
    }

    fn stopped(&mut self, id: RuleId) -> NodeId {
        let exceptions = &self.model.rules[id].exceptions;
        let stops: Vec<NodeId> = exceptions
            .iter()
            .map(|it| self.rule(*it, Asked::Stops))
            .collect();
        self.or(stops)
    }
}
