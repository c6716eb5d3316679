//! Refused memory is an error, not a fault; generated comparisons agree with exact ones at every edge.

use super::*;
use crate::check::check_text;
use crate::kernel::{BoundColumn, RowClasses, self_check};
use crate::plan::{Classify, Witnesses};
use crate::{ir, plan};
use cranelift_jit::{BranchProtection, JITMemoryKind};
use cranelift_module::{ModuleError, ModuleResult};
use std::sync::Arc;

/// Memory that can be had but not made executable, as where a hardened system forbids it.
struct Refusing(Vec<Vec<u8>>);

impl JITMemoryProvider for Refusing {
    fn allocate(
        &mut self,
        size: usize,
        _align: u64,
        _kind: JITMemoryKind,
    ) -> std::io::Result<*mut u8> {
        self.0.push(vec![0; size + 64]);
        let start = self.0.last_mut().expect("just pushed").as_mut_ptr();
        Ok(start.wrapping_add(start.align_offset(64)))
    }

    unsafe fn free_memory(&mut self) {
        self.0.clear();
    }

    fn finalize(&mut self, _branch_protection: BranchProtection) -> ModuleResult<()> {
        let error = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        Err(ModuleError::Allocation { err: error })
    }
}

fn plan_of(rules: &str) -> Plan {
    let text = format!(
        "policy p {{ title \"t\" }}
         record r {{ key id : text  as of day : date  a : money USD  b : money USD?  n : int?  c : country? }}
         verdicts clear < deny
         otherwise clear
         when unknown deny
         {rules}"
    );
    let checked = check_text("p.interdict", &text);
    let model = checked
        .model
        .unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let program = ir::lower(&model);
    plan::build(Arc::new(model), program)
}

fn rule(number: usize, condition: &str) -> String {
    format!("rule r{number} \"r\" {{ when {condition} then deny }}\n")
}

#[test]
fn refused_memory_is_an_error_with_a_reason() {
    let plan = plan_of(&rule(0, "a > b"));
    let error =
        Compiled::with_memory(&plan, &plan.order, Some(Box::new(Refusing(Vec::new())))).err();
    let reason = error.expect("the memory was refused").reason;
    assert!(
        reason.contains("permission denied") || reason.contains("llocat"),
        "{reason}"
    );
}

/// The comparisons that the first stage makes.
fn comparisons(plan: &Plan) -> Vec<ComputedId> {
    let asked: std::collections::BTreeSet<ComputedId> =
        plan.filters.iter().map(|filter| filter.computed).collect();
    asked.into_iter().collect()
}

#[test]
fn every_shape_of_the_first_stage_agrees_with_portable_code() {
    for rules in [1, 3, 9, 70, 700, 5000] {
        let text: String = (0..rules)
            .map(|at| {
                let country = ["CN", "US", "DE", "FR", "JP"][at % 5];
                let compared = ["", " and 3 * a > b", " and not (a / b > 25%)"][at % 3];
                let limit = at % 7;
                let condition =
                    format!("c = {country} and a > {at} USD and n <= {limit}{compared}");
                rule(at, &condition)
            })
            .collect();
        let plan = plan_of(&text);
        let mut order = plan.order.clone();
        for dense in 0..plan.order.asked.len() {
            let slots = order.asked.iter().map(|asked| asked.slot);
            order = Order::of_slots(&plan, slots.skip(1).chain([order.asked[0].slot]));
            order.dense = dense;
            if dense % 2 == 1 {
                order.compared = comparisons(&plan);
            }
            let compiled = Compiled::new(&plan, &order).expect("this machine runs compiled code");
            let kernel = crate::kernel::Kernel::Compiled(compiled);
            self_check(&plan, &kernel).expect("the kernels agree");
        }
    }
}

#[test]
fn generated_comparisons_agree_with_exact_ones_at_the_edges() {
    let conditions = [
        "a / b >= 0.1%",
        "a / b > 25%",
        "a / b <= 100%",
        "a / b < 100%",
        "10% < a / b",
        "not (a / b > 7%)",
        "a + b = 100 USD",
        "a - b <= 0 USD",
        "a * 3 != b",
        "a * n >= b",
        "abs(a - b) < 1 USD",
        "min(a, b) > max(b, 5 USD)",
        "-n + 3 < n",
        "a / 3 > b",
    ];
    let text: String = conditions
        .iter()
        .enumerate()
        .map(|(at, text)| rule(at, text))
        .collect();
    let plan = plan_of(&text);
    let compiled = Compiled::new(&plan, &plan.order).expect("this machine runs compiled code");
    assert!(
        compiled.amounts.iter().flatten().count() >= conditions.len() - 1,
        "they are compiled"
    );
    self_check(&plan, &crate::kernel::Kernel::Compiled(compiled)).expect("the kernels agree");
}

#[test]
fn a_zero_divisor_is_unknown_and_an_overflow_is_left_to_wider_arithmetic() {
    let plan = plan_of(&rule(0, "a / b >= 0.1%"));
    let compiled = Compiled::new(&plan, &plan.order).expect("this machine runs compiled code");
    let amounts = |a: i64, b: i64, state: u8| {
        let (a, b, states) = ([a], [b], [state]);
        let field = |slot: usize| plan.program.columns[plan.columns[slot].id].source;
        let name = |slot: usize| match field(slot) {
            crate::ir::Source::Field(field) => plan.model.record.fields[field].name.to_string(),
            crate::ir::Source::Day(_) | crate::ir::Source::Total(..) => String::new(),
        };
        let classes = [1u32];
        let columns = (0..plan.columns.len())
            .map(|slot| BoundColumn {
                classes: plan.columns[slot]
                    .classes
                    .as_ref()
                    .map(|_| RowClasses::Direct(&classes)),
                amounts: plan.columns[slot].amount.then(|| {
                    let mantissa = if name(slot) == "a" {
                        a.as_slice()
                    } else {
                        b.as_slice()
                    };
                    (mantissa, states.as_slice())
                }),
            })
            .collect();
        let batch = Batch::new(&plan, 1, columns);
        let id = plan.program.computed.ids().next().expect("one comparison");
        compiled.amounts(&batch, id, 0)
    };
    assert_eq!(amounts(0, 0, 0), Some(Truth::Unknown));
    assert_eq!(amounts(1, 1_000, 0), Some(Truth::True), "exactly 0.1 %");
    assert_eq!(amounts(1, 1_001, 0), Some(Truth::False), "just under 0.1 %");
    assert_eq!(
        amounts(i64::MAX, i64::MAX, 0),
        None,
        "a product does not fit"
    );
    assert_eq!(amounts(1, 1, 1), None, "a missing amount has bounds");
}

#[test]
fn kernels_agree_on_the_trade_policies_once_their_values_are_met() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trade");
    let loaded = crate::check::load(&[folder.join("cn"), folder.join("us")]);
    let options = crate::check::CheckOptions::default();
    let checked = crate::check::check(loaded.expect("the examples are there"), &options);
    let model = checked.model.expect("the examples are in order");
    let program = ir::lower(&model);
    let plan = plan::build(Arc::new(model), program);
    for classes in plan
        .columns
        .iter()
        .filter_map(|column| column.classes.as_ref())
    {
        if let Witnesses::Values(values) = classes.witnesses() {
            values.iter().for_each(|value| {
                classes.class_of(Some(value));
            });
        }
    }
    let mut order = plan.order.clone();
    for compared in [Vec::new(), comparisons(&plan)] {
        order.compared = compared;
        let compiled = Compiled::new(&plan, &order).expect("this machine runs compiled code");
        self_check(&plan, &crate::kernel::Kernel::Compiled(compiled)).expect("the kernels agree");
    }
}

#[test]
fn the_self_check_sees_code_that_answers_otherwise() {
    for (compiled, wanted) in [("a > b", "a >= b"), ("c = CN and n > 3", "c = CN or n > 3")] {
        let (other, plan) = (plan_of(&rule(0, compiled)), plan_of(&rule(0, wanted)));
        let code = Compiled::new(&other, &other.order).expect("this machine runs compiled code");
        let found = self_check(&plan, &crate::kernel::Kernel::Compiled(code));
        let message = found.expect_err("the kernels differ");
        assert!(message.contains("of a made batch"), "{message}");
    }
}
