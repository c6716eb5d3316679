//! Judging records again by reference while a run goes on.

use super::missing::Names;
use super::outcome::Outcome;
use super::resolve::Records;
use super::screener::outcome_of;
use crate::model::Model;
use crate::reference::{Record, judge, show_field, show_interval};
use std::fmt;

/// How many records are judged again by reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verify {
    /// Every record.
    All,
    /// The first of every file and then one in [`SAMPLE`].
    Sample,
    /// None.
    None,
}

/// One record in so many is verified by default.
pub const SAMPLE: u64 = 1 << 14;
/// So many records at the start of every file are.
pub const FIRST: u64 = 32;

impl Verify {
    /// Whether the record at a position (from 1) is judged again. A function of the position alone.
    pub fn takes(self, position: u64) -> bool {
        match self {
            Verify::All => true,
            Verify::Sample => position <= FIRST || position.is_multiple_of(SAMPLE),
            Verify::None => false,
        }
    }
}

/// Two engines that do not agree: always a fault of Interdict, never of the record.
#[derive(Debug)]
pub struct Disagreement {
    /// What was found, in words.
    pub what: String,
    /// The record's fields, where there is one.
    pub record: Vec<(String, String)>,
    /// Its row in the batch.
    pub row: Option<usize>,
}

impl Disagreement {
    /// Two kernels on a record made from the plan.
    pub fn of_kernels(what: String) -> Disagreement {
        Disagreement {
            what,
            record: Vec::new(),
            row: None,
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        for (field, value) in &self.record {
            writeln!(f, "  {field}: {value}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Disagreement {}

/// Compares a row's outcome and missing fields with the reference evaluator's.
pub(super) fn check_row(
    model: &Model,
    records: &dyn Records,
    row: usize,
    outcome: &Outcome,
    missing: &Names,
) -> Result<(), Box<Disagreement>> {
    let (record, days) = records.record(row);
    let judgement = judge(model, &record, &days);
    let expected = outcome_of(&judgement);
    let expected_missing: Names = judgement.all_missing(model).into();
    if *outcome == expected && *missing == expected_missing {
        return Ok(());
    }
    let show = |outcome: &Outcome, missing: &Names| {
        let names = |rules: &[crate::model::RuleId]| -> Vec<String> {
            rules.iter().map(|rule| model.rule_name(*rule)).collect()
        };
        format!(
            "verdict {}, at most {}, rules {:?}, unknown {:?}, missing {:?}, not by {:?}",
            model.verdict_name(outcome.verdict),
            model.verdict_name(outcome.at_most),
            names(&outcome.rules),
            names(&outcome.unknown),
            missing,
            outcome.not_by,
        )
    };
    Err(Box::new(Disagreement {
        what: format!(
            "the engine says: {}\nthe reference evaluator says: {}",
            show(outcome, missing),
            show(&expected, &expected_missing)
        ),
        record: fields(model, &record),
        row: Some(row),
    }))
}

fn fields(model: &Model, record: &Record) -> Vec<(String, String)> {
    let fields = model.record.fields.iter();
    let fields = fields
        .filter_map(|(id, field)| Some((field.name.to_string(), show_field(model, record, id)?)));
    // The record alone does not say what others come to.
    let totals = record.totals.named(model);
    let totals = totals.map(|(total, value)| {
        let shown = show_interval(total.ty, &value.value);
        (total.name.to_string(), shown)
    });
    fields.chain(totals).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check_text;
    use crate::domain::Day;
    use crate::model::{FieldId, Value};

    /// One record without a value.
    struct Empty<'a>(&'a Model);

    impl Records for Empty<'_> {
        fn record(&self, _row: usize) -> (Record, Vec<Day>) {
            (Record::empty(self.0), vec![Day(0)])
        }

        fn value(&self, _row: usize, _field: FieldId) -> Option<Value> {
            None
        }

        fn kinds(&self, _slot: usize, _row: usize) -> &[u32] {
            &[]
        }

        fn kinds_hide(&self, _slot: usize, _row: usize) -> bool {
            false
        }
    }

    #[test]
    fn any_part_of_a_judgement_that_differs_is_a_disagreement() {
        let text = "policy p { title \"t\" }
            record r { key id : text  as of day : date  amount : money USD? }
            verdicts clear < deny
            otherwise clear
            when unknown deny
            rule large \"r\" { when amount >= 100 USD then deny }";
        let model = check_text("p.interdict", text).model.expect("it is right");
        let records = Empty(&model);
        let (record, days) = records.record(0);
        let outcome = outcome_of(&judge(&model, &record, &days));
        let missing: Names = ["amount".into()].into();
        let check = |outcome: &Outcome, missing: &Names| {
            check_row(&model, &records, 0, outcome, missing).map_err(|found| found.what)
        };
        assert_eq!(check(&outcome, &missing), Ok(()));
        let without_names = check(&outcome, &Names::default()).expect_err("a field is missing");
        assert!(without_names.contains("missing [], "), "{without_names}");
        let clear = Outcome {
            verdict: model.otherwise,
            ..outcome.clone()
        };
        let said = check(&clear, &missing).expect_err("another verdict");
        assert!(
            said.contains("engine says: verdict clear, at most deny"),
            "{said}"
        );
        let not_open = Outcome {
            unknown: Vec::new(),
            ..outcome.clone()
        };
        check(&not_open, &missing).expect_err("another list of unknown rules");
    }

    #[test]
    fn the_sample_is_the_start_of_every_file_and_then_one_in_so_many() {
        let taken = |verify: Verify| -> Vec<u64> {
            (1..=2 * SAMPLE)
                .filter(|position| verify.takes(*position))
                .collect()
        };
        let sample: Vec<u64> = (1..=FIRST).chain([SAMPLE, 2 * SAMPLE]).collect();
        assert_eq!(taken(Verify::Sample), sample);
        assert_eq!(taken(Verify::All).len() as u64, 2 * SAMPLE);
        assert!(taken(Verify::None).is_empty());
    }
}
