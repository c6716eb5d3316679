//! Decisions as columns: one row for each kept record, made from outcomes.

use super::outcome::Outcome;
use super::screener::{Judged, Screener, Worker};
use crate::model::{Expr, ExprKind, Model, RuleId, Wording};
use crate::reference::Stopper;
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef};
use std::sync::Arc;

/// Which records are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Those that are [flagged](is_flagged).
    Flagged,
    /// All that were screened.
    All,
}

/// The names of the columns that decisions add, in order; `assumed` only where a policy assumes something.
pub const COLUMNS: [&str; 8] = [
    "verdict",
    "at_most",
    "rules",
    "unknown",
    "missing",
    "not_by",
    "obligations",
    "assumed",
];

/// Whether a record wants somebody's attention: its verdict is not the policy's `otherwise`, or missing fields could
/// still make it worse than that, as under `when unknown clear`.
pub fn is_flagged(model: &Model, outcome: &Outcome) -> bool {
    outcome.verdict != model.otherwise || outcome.at_most > model.otherwise
}

/// Makes decision rows.
pub struct Decider<'a> {
    screener: &'a Screener,
    keep: Keep,
    carried: Vec<(usize, Field)>,
    schema: SchemaRef,
    verdicts: Arc<StringArray>,
    rule_names: Vec<String>,
    assumes: bool,
}

impl<'a> Decider<'a> {
    /// Decisions that repeat these columns of the input (places in its batches, and the fields to write) first.
    pub fn new(screener: &'a Screener, keep: Keep, carried: Vec<(usize, Field)>) -> Decider<'a> {
        let model = screener.model();
        let assumes = model.rules.values().any(|rule| rule_assumes(model, rule));
        let schema = schema(&carried, assumes);
        Decider {
            screener,
            keep,
            carried,
            schema,
            verdicts: Arc::new(
                model
                    .verdicts
                    .iter()
                    .map(|name| Some(name.as_ref()))
                    .collect(),
            ),
            rule_names: model
                .rules
                .ids()
                .map(|rule| model.rule_name(rule))
                .collect(),
            assumes,
        }
    }

    /// The columns of decisions.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The decisions on the kept records of a batch.
    ///
    /// # Errors
    /// Where a column of the input cannot be written as the type that the first file gave it.
    pub fn decide(
        &self,
        worker: &Worker<'_>,
        input: &RecordBatch,
        judged: &Judged,
    ) -> Result<RecordBatch, ArrowError> {
        let outcomes = Outcomes::of(self.screener, judged);
        let keeps = outcomes.by_number.iter();
        let keeps: Vec<bool> = keeps
            .map(|outcome| outcome.as_ref().is_some_and(|outcome| self.keeps(outcome)))
            .collect();
        let rows = judged.outcomes.iter().zip(&judged.dead).enumerate();
        let kept = rows.filter(|(_, (number, dead))| !**dead && keeps[**number as usize]);
        let kept: Vec<usize> = kept.map(|(row, _)| row).collect();
        let mut columns = self.carry(input, &kept)?;
        columns.push(self.verdict(&kept, |row| outcomes.at(judged, row).verdict.0)?);
        columns.push(self.verdict(&kept, |row| outcomes.at(judged, row).at_most.0)?);
        columns.push(lists(&kept, |row, list| {
            self.rules(list, &outcomes.at(judged, row).rules)
        }));
        columns.push(lists(&kept, |row, list| {
            self.rules(list, &outcomes.at(judged, row).unknown)
        }));
        columns.push(missing(&kept, judged));
        columns.push(lists(&kept, |row, list| {
            for (rule, by) in &outcomes.at(judged, row).not_by {
                list.append_value(stopper(self.screener.model(), &self.rule_names, *rule, *by));
            }
        }));
        columns.push(lists(&kept, |row, list| {
            let texts = worker.obligations(input, row, outcomes.at(judged, row));
            texts.iter().for_each(|text| list.append_value(text));
        }));
        if self.assumes {
            columns.push(lists(&kept, |row, list| {
                let texts = worker.assumed(input, row, outcomes.at(judged, row));
                texts.iter().for_each(|text| list.append_value(text));
            }));
        }
        RecordBatch::try_new(self.schema.clone(), columns)
    }

    fn keeps(&self, outcome: &Outcome) -> bool {
        match self.keep {
            Keep::All => true,
            Keep::Flagged => is_flagged(self.screener.model(), outcome),
        }
    }

    fn carry(&self, input: &RecordBatch, kept: &[usize]) -> Result<Vec<ArrayRef>, ArrowError> {
        let rows: UInt32Array = kept.iter().map(|row| *row as u32).collect();
        let mut columns = Vec::new();
        for (place, field) in &self.carried {
            let taken = arrow_select::take::take(input.column(*place), &rows, None)?;
            columns.push(arrow_cast::cast(&taken, field.data_type())?);
        }
        Ok(columns)
    }

    fn verdict(&self, kept: &[usize], of: impl Fn(usize) -> u8) -> Result<ArrayRef, ArrowError> {
        let keys: Int32Array = kept.iter().map(|row| i32::from(of(*row))).collect();
        let values: ArrayRef = self.verdicts.clone();
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(
            keys, values,
        )?))
    }

    fn rules(&self, list: &mut StringBuilder, rules: &[RuleId]) {
        rules
            .iter()
            .for_each(|rule| list.append_value(&self.rule_names[rule.index()]));
    }
}

/// The outcomes of one batch, each fetched once.
struct Outcomes {
    by_number: Vec<Option<Arc<Outcome>>>,
}

impl Outcomes {
    fn of(screener: &Screener, judged: &Judged) -> Outcomes {
        let mut by_number: Vec<Option<Arc<Outcome>>> = Vec::new();
        for number in &judged.outcomes {
            let at = *number as usize;
            if at >= by_number.len() {
                by_number.resize(at + 1, None);
            }
            if by_number[at].is_none() {
                by_number[at] = Some(screener.outcomes().get(*number));
            }
        }
        Outcomes { by_number }
    }

    fn at(&self, judged: &Judged, row: usize) -> &Outcome {
        let outcome = self.by_number[judged.outcomes[row] as usize].as_ref();
        outcome.expect("the outcome is of this batch")
    }
}

fn schema(carried: &[(usize, Field)], assumes: bool) -> SchemaRef {
    let verdict = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let text = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, false)));
    let mut fields: Vec<Field> = carried.iter().map(|(_, field)| field.clone()).collect();
    for name in &COLUMNS[..2] {
        fields.push(Field::new(*name, verdict.clone(), false));
    }
    for name in &COLUMNS[2..COLUMNS.len() - usize::from(!assumes)] {
        fields.push(Field::new(*name, text.clone(), false));
    }
    Arc::new(Schema::new(Fields::from(fields)))
}

fn lists(kept: &[usize], mut fill: impl FnMut(usize, &mut StringBuilder)) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new())
        .with_field(Field::new_list_field(DataType::Utf8, false));
    for row in kept {
        fill(*row, builder.values());
        builder.append(true);
    }
    Arc::new(builder.finish())
}

fn missing(kept: &[usize], judged: &Judged) -> ArrayRef {
    let mut open = judged.missing.iter().peekable();
    lists(kept, |row, list| {
        while open.next_if(|(at, _)| (*at as usize) < row).is_some() {}
        if let Some((_, names)) = open.next_if(|(at, _)| *at as usize == row) {
            names.iter().for_each(|name| list.append_value(name));
        }
    })
}

/// What kept a rule from applying, as `rule:by`.
pub fn stopper(model: &Model, rule_names: &[String], rule: RuleId, by: Stopper) -> String {
    let by = match by {
        Stopper::Exception(exception) => rule_names[exception.index()].clone(),
        Stopper::Suspension(suspension) => model.suspension_name(suspension),
        Stopper::OwnSuspension => "suspended".to_owned(),
    };
    format!("{}:{by}", rule_names[rule.index()])
}

fn rule_assumes(model: &Model, rule: &crate::model::Rule) -> bool {
    let notes = rule.notes.iter().filter_map(|note| match &note.value {
        Wording::Expr(expr) => Some(expr),
        Wording::Text(_) => None,
    });
    let verdict = rule.then.iter().map(|then| &then.verdict);
    let conditions = std::iter::once(&rule.when).chain(&rule.unless);
    let conditions = conditions.chain(verdict).chain(notes);
    conditions
        .into_iter()
        .any(|expr| assumes(&crate::ir::close(model, expr, &[])))
}

fn assumes(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Assume(..)) || expr.parts().into_iter().any(assumes)
}
