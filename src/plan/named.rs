//! The texts that tests tell apart: all others are one to them.

use crate::domain::text::fold;
use crate::model::{CompareOp, Expr, ExprKind, ListId, Model, SetExpr, Value};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// The texts that conditions on one field of an element name, and the lists whose keys they ask for. Texts count as folded:
/// that names a few too many.
pub struct Named {
    texts: FxHashSet<String>,
    lists: BTreeSet<ListId>,
}

impl Named {
    /// What closed conditions name; none where one of them tells texts apart in another way.
    pub fn by<'e>(model: &Model, conditions: impl IntoIterator<Item = &'e Expr>) -> Option<Named> {
        let mut named = Named {
            texts: FxHashSet::default(),
            lists: BTreeSet::new(),
        };
        let mut conditions = conditions.into_iter();
        let all = conditions.all(|condition| named.take(model, condition));
        all.then_some(named)
    }

    /// Whether a text is among them.
    pub fn names(&self, model: &Model, value: &Value) -> bool {
        let Value::Text(text) = value else {
            return true;
        };
        self.texts.contains(fold(text).as_str())
            || self.lists.iter().any(|list| {
                let mut rows = model.lists[*list].with_key(value, true);
                rows.next().is_some()
            })
    }

    /// Whether all that is asked of the field here goes by the texts it names.
    fn take(&mut self, model: &Model, expr: &Expr) -> bool {
        match &expr.kind {
            // Conditions are closed: nothing is called by name.
            ExprKind::Member(..) | ExprKind::Define(..) | ExprKind::Parameter(_) => false,
            ExprKind::IsKnown(x) | ExprKind::IsMissing(x) if is_member(x) => true,
            ExprKind::In(x, set) if is_member(x) => self.take_set(model, set),
            ExprKind::Compare(CompareOp::Eq | CompareOp::Ne, x, y) if is_member(x) => {
                let ExprKind::Value(value) = &y.kind else {
                    return false;
                };
                self.take_value(value)
            }
            ExprKind::Lookup { list, keys, .. } => match keys.as_slice() {
                [key] if is_member(key) => {
                    self.lists.insert(*list);
                    true
                }
                _ => false,
            },
            _ => expr.parts().into_iter().all(|part| self.take(model, part)),
        }
    }

    fn take_set(&mut self, model: &Model, set: &SetExpr) -> bool {
        match set {
            SetExpr::Elements(elements) => elements
                .iter()
                .all(|element| element.to.is_none() && self.take_value(&element.value)),
            SetExpr::Named(set) => self.take_set(model, &model.sets[*set].members),
            SetExpr::List(list) => {
                self.lists.insert(*list);
                true
            }
            SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
                self.take_set(model, a) && self.take_set(model, b)
            }
        }
    }

    fn take_value(&mut self, value: &Value) -> bool {
        let Value::Text(text) = value else {
            return false;
        };
        self.texts.insert(fold(text).to_string());
        true
    }
}

fn is_member(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Member(..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check_text_with;
    use crate::ir;
    use crate::plan::{self, Classify, MISSING};
    use crate::reference::condition_on_member;
    use std::sync::Arc;

    const POLICY: &str = r#"
        policy p { title "P" }
        verdicts clear < stop
        otherwise clear
        when unknown stop
        record shipment { key id : text  as of day : date  parties : list of party? }
        record party { number : text?  name : text folded?  street : text? }
        set watched of text folded = { "Ash Works", "Oak" until 2025-01-01 }
        list entities from "entities.csv" { key entity : text  review : text? }
        rule a "a" { when any p in parties satisfies p.number in entities then stop }
        rule b "b" { when any p in parties satisfies p.number in entities and entities[p.number].review = "deny" then stop }
        rule c "c" { when any p in parties satisfies p.number in { "N-7" } then stop }
        rule d "d" { when any p in parties satisfies p.name in watched or p.name = "elm" then stop }
        rule e "e" { when every p in parties satisfies p.number is known then stop }
        rule f "f" { when any p in parties satisfies p.street starts with "Main" then stop }
    "#;

    const ENTITIES: &[u8] = b"entity,review\nE-1,deny\nE-2,\n\xc3\x89-3,allow\n";

    #[test]
    fn texts_that_no_test_names_are_one() {
        let checked = check_text_with("p.interdict", POLICY, &[("entities.csv", ENTITIES)]);
        let model = checked
            .model
            .unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
        let program = ir::lower(&model);
        let plan = plan::build(Arc::new(model), program);
        let texts = [
            "E-1",
            "e-1",
            "E-2",
            "\u{c9}-3",
            "\u{e9}-3",
            "N-7",
            "n-7",
            "Ash Works",
            "ASH WORKS",
            "oak",
            "Elm",
            "Main Street",
            "X-1",
            "X-2",
            "main",
        ];
        let mut named = Vec::new();
        for (id, member) in plan.program.members.iter() {
            let classes = plan.lists.members[id.index()].classes.as_ref();
            let classes = classes.expect("each field is tested");
            named.push(classes.named.is_some());
            let of = (plan.program.lists[member.list].of, member.field);
            for text in texts {
                let value = Value::Text(text.into());
                let class = classes.class_of(Some(&value));
                assert_ne!(class, MISSING);
                for (test, asked) in plan.program.member_tests.iter() {
                    if asked.member == id {
                        let asks = (asked.policy, asked.day);
                        let binder = (ir::ELEMENT, &*asked.expr);
                        let truth =
                            condition_on_member(&plan.model, asks, of, Some(&value), binder);
                        let tables = classes.tables();
                        let found = tables.truths[plan.lists.place(test)][class as usize];
                        assert_eq!(found, truth as u8, "{text}: {:?}", asked.expr.kind);
                    }
                }
            }
        }
        assert_eq!(named, [true, true, false], "a street is looked into");
    }
}
