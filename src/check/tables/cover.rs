//! Whether rows overlap, whether values are left without a row, and which rows can never be reached.
//!
//! For one day, a column is a list of classes: values on which all its cells agree, with what each row's cell comes to. A
//! table is looked at column by column; a class matters only by the rows that it leaves.

use super::holds::{Mark, OnDay, Sample};
use super::samples::{Mentioned, Named, Tried};
use crate::check::checker::Checker;
use crate::check::errors;
use crate::domain::Day;
use crate::model::{self, Decision, Expr, ExprKind, Hit, NamedSet, Param, Type, Value};
use crate::syntax::ast;
use crate::text::Arena;
use rustc_hash::{FxHashMap, FxHashSet};

/// At most so many steps are taken for one table.
const MAX_WORK: usize = 20_000_000;
/// At most so many days are looked at.
const MAX_DAYS: usize = 400;
/// At most so many examples of values without a row are shown.
const MAX_GAPS: usize = 3;

/// Values of a column on which all its cells agree.
struct Class {
    /// One of them.
    sample: Sample,
    /// How many of the values tried are in it.
    count: usize,
    /// What the cell of each row comes to; `_` is true.
    marks: Vec<Mark>,
    /// No record holds such a value.
    beyond: bool,
}

/// A table on one day.
struct Sight {
    day: Option<Day>,
    /// By column.
    classes: Vec<Vec<Class>>,
    rows: usize,
}

/// The work was more than [`MAX_WORK`].
struct TooMuch;

/// What is asked of a table, with its columns as written.
struct Columns<'t> {
    table: &'t ast::Table,
    types: Vec<Type>,
    signed: Vec<bool>,
    /// The cell of each row, by column.
    cells: Vec<Vec<Option<Expr>>>,
}

/// A class of each column, or nothing where any will do.
type Witness = Vec<Option<usize>>;

impl Checker<'_> {
    /// Looks at the rows of every table; says of `unique` ones whether their rows are apart.
    pub fn look_at_tables(&mut self, sets: &Arena<NamedSet>, params: &Arena<Param>) {
        for at in 0..self.declarations.defines.len() {
            let crate::check::declare::Formula::Table(table) =
                self.declarations.defines[at].formula
            else {
                continue;
            };
            let Some(info) = &self.defines[at] else {
                continue;
            };
            let id = info.id;
            let define = self.checked_defines[id].clone();
            let ExprKind::Decide(decision) = &define.body.kind else {
                continue;
            };
            let columns = columns(table, &define, decision);
            let apart = self.look_at(&columns, decision, Named { sets, params });
            if let ExprKind::Decide(decision) = &mut self.checked_defines[id].body.kind {
                decision.apart = apart;
            }
        }
    }

    fn look_at(&mut self, columns: &Columns, decision: &Decision, named: Named) -> bool {
        let Some(sights) = self.sights(columns, named) else {
            self.not_looked_at(columns, decision);
            return false;
        };
        let opaque = sights
            .iter()
            .flat_map(|sight| sight.classes.iter().flatten())
            .any(|class| class.marks.contains(&Mark::Opaque));
        let mut work = MAX_WORK;
        let done = match decision.hit {
            Hit::Unique => self.report_overlaps(columns, decision, &sights, &mut work),
            Hit::First => self.report_unreached(columns, decision, &sights, &mut work),
        };
        let done = done.and_then(|()| self.report_gaps(columns, &sights, opaque, &mut work));
        if done.is_err() {
            self.not_looked_at(columns, decision);
            return false;
        }
        decision.hit == Hit::Unique && sights.iter().all(Sight::is_apart)
    }

    /// A `unique` table has to be known to have no overlap; of a `first` one only the look for gaps is left out.
    fn not_looked_at(&mut self, columns: &Columns, decision: &Decision) {
        let name = &columns.table.name;
        self.report(match decision.hit {
            Hit::Unique => errors::table_too_large(&name.text, name.span),
            Hit::First => errors::table_not_checked(
                &name.text,
                name.span,
                "it mentions too many values to try them all",
            ),
        });
    }

    /// The table on every day on which what it asks may change.
    fn sights(&self, columns: &Columns, named: Named) -> Option<Vec<Sight>> {
        let mentioned: Vec<Mentioned> = columns
            .cells
            .iter()
            .map(|cells| {
                let mut mentioned = Mentioned::default();
                for cell in cells.iter().flatten() {
                    mentioned.add(cell, named);
                }
                mentioned
            })
            .collect();
        let mut days: Vec<Day> = mentioned.iter().flat_map(|it| it.days.clone()).collect();
        days.sort();
        days.dedup();
        let first = days.first().map(|day| Day(day.0 - 1));
        let days: Vec<Option<Day>> = match first {
            None => vec![None],
            // The law of the latest day is what an author looks at first.
            Some(before) => days.into_iter().rev().chain([before]).map(Some).collect(),
        };
        let mut tried = Vec::new();
        for ((mentioned, ty), signed) in mentioned.iter().zip(&columns.types).zip(&columns.signed) {
            let values = match ty {
                Type::Enum(id) => self.enums[*id].values.len(),
                _ => 0,
            };
            let model = match ty {
                Type::Code(system) => Some(self.systems[*system].model),
                _ => None,
            };
            tried.push(mentioned.samples(*ty, *signed, values, model)?);
        }
        let rows = columns.table.rows.len();
        let values: usize = tried.iter().map(Vec::len).sum();
        if days.len() > MAX_DAYS || values.saturating_mul(rows) > MAX_WORK / days.len() {
            return None;
        }
        let sight = |day: Option<Day>| {
            let on = OnDay {
                sets: named.sets,
                params: named.params,
                day: day.unwrap_or(Day(0)),
            };
            let columns = columns.cells.iter().zip(&tried);
            Sight {
                day,
                classes: columns
                    .map(|(cells, tried)| classes(&on, cells, tried))
                    .collect(),
                rows,
            }
        };
        Some(days.into_iter().map(sight).collect())
    }

    /// Reports pairs of rows that hold at once, each second row once.
    fn report_overlaps(
        &mut self,
        columns: &Columns,
        decision: &Decision,
        sights: &[Sight],
        work: &mut usize,
    ) -> Result<(), TooMuch> {
        for second in 0..decision.rows.len() {
            for first in 0..second {
                let mut found = None;
                for sight in sights {
                    found = sight.both(first, second, work)?.map(|it| (sight, it));
                    if found.is_some() {
                        break;
                    }
                }
                let Some((sight, (witness, sure))) = found else {
                    continue;
                };
                let rows = [decision.rows[first].span, decision.rows[second].span];
                let text = self.witness(columns, sight, &witness);
                let name = &columns.table.name.text;
                self.report(match sure {
                    true => errors::rows_overlap(name, rows, (first + 1, second + 1), &text),
                    false => errors::rows_by_pattern(name, rows),
                });
                break;
            }
        }
        Ok(())
    }

    /// Reports rows of a `first` table before which other rows leave nothing.
    fn report_unreached(
        &mut self,
        columns: &Columns,
        decision: &Decision,
        sights: &[Sight],
        work: &mut usize,
    ) -> Result<(), TooMuch> {
        for row in 0..decision.rows.len() {
            let mut reached = false;
            for sight in sights {
                reached = reached || sight.is_reached(row, work)?;
            }
            if reached {
                continue;
            }
            let covers = |other: &usize| sights.iter().all(|sight| sight.covers(*other, row));
            let by = (0..row).find(covers).map(|by| decision.rows[by].span);
            let name = &columns.table.name.text;
            let span = decision.rows[row].span;
            self.report(errors::row_never_reached(name, span, row + 1, by));
        }
        Ok(())
    }

    /// Reports values for which no row holds or may hold.
    fn report_gaps(
        &mut self,
        columns: &Columns,
        sights: &[Sight],
        opaque: bool,
        work: &mut usize,
    ) -> Result<(), TooMuch> {
        let mut texts: Vec<String> = Vec::new();
        for sight in sights {
            for witness in sight.gaps(opaque, work)? {
                let text = self.witness(columns, sight, &witness);
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
            if !texts.is_empty() {
                break;
            }
        }
        let name = &columns.table.name;
        if !texts.is_empty() {
            let more = texts.len() > MAX_GAPS;
            texts.truncate(MAX_GAPS);
            self.report(errors::table_gap(&name.text, name.span, &texts, more));
            return Ok(());
        }
        if opaque {
            for sight in sights {
                if !sight.gaps(false, work)?.is_empty() {
                    let why = "whether its patterns leave a gap cannot be told";
                    self.report(errors::table_not_checked(&name.text, name.span, why));
                    break;
                }
            }
        }
        Ok(())
    }

    /// `dest = CN, item = "3A001"`
    fn witness(&self, columns: &Columns, sight: &Sight, witness: &Witness) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (column, class) in witness.iter().enumerate() {
            let name = &columns.table.params[column].name.text;
            let Some(class) = class else {
                parts.push(format!("any {name}"));
                continue;
            };
            let class = &sight.classes[column][*class];
            let others = match (columns.types[column], class.count) {
                (_, 1) => String::new(),
                (Type::Country, count) => format!(" (or {} other countries)", count - 1),
                (Type::Enum(_), count) => format!(" (or {} other values)", count - 1),
                _ => String::new(),
            };
            parts.push(match &class.sample {
                Sample::Missing { .. } => format!("{name} missing"),
                Sample::Known(value) => {
                    let value = self.shown(columns.types[column], value);
                    format!("{name} = {value}{others}")
                }
            });
        }
        match sight.day {
            Some(day) => format!("{} on {day}", parts.join(", ")),
            None => parts.join(", "),
        }
    }

    /// A value as the language writes it.
    fn shown(&self, ty: Type, value: &Value) -> String {
        match value {
            Value::Text(text) => format!("{text:?}"),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => match ty {
                Type::Percent => format!("{}%", number * &crate::domain::Number::from_i64(100)),
                Type::Money(currency) => format!("{number} {currency}"),
                Type::Mass => format!("{number} kg"),
                _ => number.to_string(),
            },
            Value::Date(day) => day.to_string(),
            Value::Country(country) => country.to_string(),
            Value::Code(code) => format!("\"{code}\""),
            Value::Enum(at) => match ty {
                Type::Enum(id) => self.enums[id].values[usize::from(*at)].to_string(),
                _ => at.to_string(),
            },
            Value::Instant(_) | Value::Duration(_) | Value::Verdict(_) | Value::List(_) => {
                unreachable!("internal error: {value:?} in a column")
            }
        }
    }
}

/// The cells by column: the model keeps only those that ask something, so each is found by the column it asks about.
fn columns<'t>(table: &'t ast::Table, define: &model::Define, decision: &Decision) -> Columns<'t> {
    let count = define.parameters.len();
    let mut cells: Vec<Vec<Option<Expr>>> = vec![vec![None; decision.rows.len()]; count];
    for (at, row) in decision.rows.iter().enumerate() {
        for cell in &row.cells {
            let column = column_of(cell).expect("a cell asks about its column");
            cells[column][at] = Some(cell.clone());
        }
    }
    let is_signed = |param: &ast::DefineParam| match &param.ty.kind {
        ast::TypeKind::Percent { signed, .. }
        | ast::TypeKind::Money { signed, .. }
        | ast::TypeKind::Mass { signed, .. } => *signed,
        _ => true,
    };
    Columns {
        table,
        types: define.parameters.iter().map(|it| it.ty).collect(),
        signed: table.params.iter().map(is_signed).collect(),
        cells,
    }
}

fn column_of(cell: &Expr) -> Option<usize> {
    match &cell.kind {
        ExprKind::Parameter(at) => Some(*at),
        _ => cell.parts().into_iter().find_map(column_of),
    }
}

fn classes(on: &OnDay, cells: &[Option<Expr>], tried: &[Tried]) -> Vec<Class> {
    let mut found: FxHashMap<(Vec<Mark>, bool), usize> = FxHashMap::default();
    let mut classes: Vec<Class> = Vec::new();
    for Tried { sample, beyond } in tried {
        let marks: Vec<Mark> = cells
            .iter()
            .map(|cell| match cell {
                Some(cell) => on.mark(cell, sample),
                None => Mark::True,
            })
            .collect();
        let next = classes.len();
        let at = *found.entry((marks.clone(), *beyond)).or_insert(next);
        if at == next {
            classes.push(Class {
                sample: sample.clone(),
                count: 0,
                marks,
                beyond: *beyond,
            });
        }
        classes[at].count += 1;
    }
    classes
}

fn spend(work: &mut usize, steps: usize) -> Result<(), TooMuch> {
    *work = work.checked_sub(steps).ok_or(TooMuch)?;
    Ok(())
}

impl Sight {
    /// Values on which both rows hold; whether that is sure, or depends on a test by pattern.
    fn both(
        &self,
        first: usize,
        second: usize,
        work: &mut usize,
    ) -> Result<Option<(Witness, bool)>, TooMuch> {
        let mut witness = Witness::new();
        let mut sure = true;
        for classes in &self.classes {
            spend(work, classes.len())?;
            let holds = |class: &Class, may: bool| {
                [first, second].iter().all(|row| match class.marks[*row] {
                    Mark::True => true,
                    Mark::Opaque => may,
                    Mark::False | Mark::Unknown => false,
                })
            };
            let find = |may| classes.iter().position(|class| holds(class, may));
            let certain = find(false);
            sure &= certain.is_some();
            match certain.or_else(|| find(true)) {
                Some(class) => witness.push(Some(class)),
                None => return Ok(None),
            }
        }
        Ok(Some((witness, sure)))
    }

    /// Whether no two rows hold or may hold at once where one of them certainly does.
    fn is_apart(&self) -> bool {
        let meets = |class: &Class, holds: usize, other: usize| {
            matches!(class.marks[holds], Mark::True | Mark::Opaque)
                && class.marks[other] != Mark::False
        };
        (0..self.rows).all(|holds| {
            (0..self.rows).filter(|other| *other != holds).all(|other| {
                self.classes
                    .iter()
                    .any(|classes| !classes.iter().any(|class| meets(class, holds, other)))
            })
        })
    }

    /// Whether `row` holds nowhere but where `other` does.
    fn covers(&self, other: usize, row: usize) -> bool {
        let is = |class: &Class, row: usize| matches!(class.marks[row], Mark::True);
        self.classes.iter().all(|classes| {
            classes
                .iter()
                .all(|class| !is(class, row) || is(class, other))
        })
    }

    /// Whether `row` holds somewhere where none of the rows before it does.
    fn is_reached(&self, row: usize, work: &mut usize) -> Result<bool, TooMuch> {
        let before: Vec<usize> = (0..row).collect();
        let mut search = Search {
            sight: self,
            keeps: &|mark| mark == Mark::True,
            row: Some(row),
            seen: FxHashSet::default(),
            found: Vec::new(),
            limit: 1,
            work,
        };
        search.from(0, &before, &mut Vec::new())?;
        Ok(!search.found.is_empty())
    }

    /// Values for which every row is false, a few of them; `opaque`: a test by pattern may hold.
    fn gaps(&self, opaque: bool, work: &mut usize) -> Result<Vec<Witness>, TooMuch> {
        let rows: Vec<usize> = (0..self.rows).collect();
        let mut search = Search {
            sight: self,
            keeps: &|mark| match mark {
                Mark::False => false,
                Mark::Opaque => opaque,
                Mark::Unknown | Mark::True => true,
            },
            row: None,
            seen: FxHashSet::default(),
            found: Vec::new(),
            limit: MAX_GAPS + 1,
            work,
        };
        search.from(0, &rows, &mut Vec::new())?;
        Ok(search.found)
    }
}

/// A search for values that none of some rows keeps.
struct Search<'s> {
    sight: &'s Sight,
    keeps: &'s dyn Fn(Mark) -> bool,
    /// Only values on which this row holds, or may by a pattern, are looked at; without it, values that records hold.
    row: Option<usize>,
    /// Columns and rows left that lead nowhere new.
    seen: FxHashSet<(usize, Vec<usize>)>,
    found: Vec<Witness>,
    limit: usize,
    work: &'s mut usize,
}

impl Search<'_> {
    /// Goes on at `column` with the rows that all classes chosen so far keep.
    fn from(&mut self, column: usize, left: &[usize], chosen: &mut Witness) -> Result<(), TooMuch> {
        if left.is_empty() && self.rest_holds(column) {
            let any = self.sight.classes.len() - column;
            let rest = std::iter::repeat_n(None, any);
            self.found
                .push(chosen.iter().copied().chain(rest).collect());
            return Ok(());
        }
        if column == self.sight.classes.len()
            || self.found.len() >= self.limit
            || !self.seen.insert((column, left.to_vec()))
        {
            return Ok(());
        }
        let sight = self.sight;
        for (at, class) in sight.classes[column].iter().enumerate() {
            spend(self.work, left.len() + 1)?;
            if !self.is_asked(class) {
                continue;
            }
            let kept = left.iter().copied();
            let kept: Vec<usize> = kept.filter(|row| (self.keeps)(class.marks[*row])).collect();
            chosen.push(Some(at));
            let done = self.from(column + 1, &kept, chosen);
            chosen.pop();
            done?;
            if self.found.len() >= self.limit {
                break;
            }
        }
        Ok(())
    }

    fn is_asked(&self, class: &Class) -> bool {
        match self.row {
            Some(row) => matches!(class.marks[row], Mark::True | Mark::Opaque),
            None => !class.beyond,
        }
    }

    /// Whether each column from here on has a class that is asked.
    fn rest_holds(&self, column: usize) -> bool {
        let rest = &self.sight.classes[column..];
        rest.iter()
            .all(|classes| classes.iter().any(|class| self.is_asked(class)))
    }
}

#[cfg(test)]
#[path = "cover_tests.rs"]
mod tests;
