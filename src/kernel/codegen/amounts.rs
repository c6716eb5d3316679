//! Comparisons of amounts in checked 64-bit integers. Every value is an integer times a unit fixed when the
//! code is made; what overflows, or has a missing or wide amount in it, is left undecided.

use super::emit::{Part, compare, element, part, steady};
use crate::ir::{Amount, AmountCompare, ColumnId};
use crate::kernel::abi::{ABSENT, NOT_DECIDED, NOT_KNOWN};
use crate::kernel::amounts::units;
use crate::model::CompareOp;
use crate::plan::Plan;
use cranelift_codegen::ir::{Block, InstBuilder, Value, condcodes::IntCC, types};
use cranelift_frontend::FunctionBuilder;
use num_integer::Integer;

/// A value in code: `integer * top / bottom`.
#[derive(Clone, Copy)]
struct Scaled {
    integer: Value,
    unit: Unit,
}

/// A positive fraction in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Unit {
    top: i128,
    bottom: i128,
}

impl Unit {
    fn new(top: i128, bottom: i128) -> Unit {
        let common = top.gcd(&bottom);
        Unit {
            top: top / common,
            bottom: bottom / common,
        }
    }

    /// The largest unit that both are whole multiples of, and how many of it each is.
    fn common(a: Unit, b: Unit) -> Option<(Unit, i64, i64)> {
        let left = a.top.checked_mul(b.bottom)?;
        let right = b.top.checked_mul(a.bottom)?;
        let unit = Unit::new(left.gcd(&right), a.bottom.checked_mul(b.bottom)?);
        let times = |of: Unit| -> Option<i64> {
            let top = of.top.checked_mul(unit.bottom)?;
            let bottom = of.bottom.checked_mul(unit.top)?;
            (top % bottom == 0)
                .then(|| i64::try_from(top / bottom).ok())
                .flatten()
        };
        Some((unit, times(a)?, times(b)?))
    }
}

/// Where the amounts that a comparison asks for are found: of each column the states and the integers.
pub struct Sources(Vec<(ColumnId, Value, Value)>);

impl Sources {
    /// Loads the pointers.
    pub fn of(
        plan: &Plan,
        asked: &AmountCompare,
        builder: &mut FunctionBuilder<'_>,
        columns: Value,
    ) -> Sources {
        let mut used: Vec<ColumnId> = Vec::new();
        for column in [&asked.left, &asked.right]
            .into_iter()
            .flat_map(Amount::leaves)
        {
            if !used.contains(column) {
                used.push(*column);
            }
        }
        let mut source = |column: ColumnId| {
            let slot = plan.slot(column);
            let states = part(builder, columns, slot, Part::State);
            (column, states, part(builder, columns, slot, Part::Mantissa))
        };
        Sources(used.into_iter().map(&mut source).collect())
    }
}

/// Where code goes on once a comparison is made.
#[derive(Clone, Copy)]
pub struct Exits {
    /// With the answer: 0 false, 1 unknown, 2 true.
    pub answered: Block,
    /// Where 64 bits do not decide.
    pub undecided: Block,
    /// Where an amount is missing.
    pub missing: Block,
}

impl Exits {
    /// New blocks; the first has the answer as its parameter.
    pub fn new(builder: &mut FunctionBuilder<'_>) -> Exits {
        let exits = Exits {
            answered: builder.create_block(),
            undecided: builder.create_block(),
            missing: builder.create_block(),
        };
        builder.append_block_param(exits.answered, types::I64);
        exits
    }
}

struct Comparison<'a, 'b, 'f> {
    plan: &'a Plan,
    builder: &'b mut FunctionBuilder<'f>,
    sources: &'a Sources,
    row: Value,
    exits: Exits,
}

/// Emits the function that [`crate::kernel::abi::AmountsFunction`] describes; `false` where it is left to the
/// portable kernel altogether.
pub fn emit(plan: &Plan, asked: &AmountCompare, builder: &mut FunctionBuilder<'_>) -> bool {
    let entry = builder.current_block().expect("a block is under way");
    let (columns, row) = (
        builder.block_params(entry)[0],
        builder.block_params(entry)[1],
    );
    let exits = Exits::new(builder);
    let sources = Sources::of(plan, asked, builder, columns);
    if !compare_row(plan, asked, &sources, builder, row, exits) {
        return false;
    }
    builder.switch_to_block(exits.answered);
    let answer = builder.block_params(exits.answered)[0];
    builder.ins().return_(&[answer]);
    for (exit, answer) in [(exits.undecided, NOT_DECIDED), (exits.missing, NOT_KNOWN)] {
        builder.switch_to_block(exit);
        let answer = builder.ins().iconst(types::I64, answer as i64);
        builder.ins().return_(&[answer]);
    }
    true
}

/// Emits the comparison of one row into the current block; `false` where it is left to the portable kernel altogether, and
/// what was emitted is good for nothing.
pub fn compare_row(
    plan: &Plan,
    asked: &AmountCompare,
    sources: &Sources,
    builder: &mut FunctionBuilder<'_>,
    row: Value,
    exits: Exits,
) -> bool {
    let mut comparison = Comparison {
        plan,
        builder,
        sources,
        row,
        exits,
    };
    comparison.leave_unless_known();
    comparison.compare(asked).is_some()
}

fn condition(op: CompareOp) -> IntCC {
    match op {
        CompareOp::Eq => IntCC::Equal,
        CompareOp::Ne => IntCC::NotEqual,
        CompareOp::Lt => IntCC::SignedLessThan,
        CompareOp::Le => IntCC::SignedLessThanOrEqual,
        CompareOp::Gt => IntCC::SignedGreaterThan,
        CompareOp::Ge => IntCC::SignedGreaterThanOrEqual,
    }
}

impl Comparison<'_, '_, '_> {
    /// Missing and wide amounts have states other than zero.
    fn leave_unless_known(&mut self) {
        let states = self.sources.0.iter().map(|(_, states, _)| *states);
        let loaded: Vec<Value> = states
            .map(|states| {
                let place = element(self.builder, states, self.row, 1);
                self.builder.ins().uload8(types::I64, steady(), place, 0)
            })
            .collect();
        let any = loaded
            .into_iter()
            .reduce(|a, b| self.builder.ins().bor(a, b));
        let Some(any) = any else { return };
        let other = self.builder.create_block();
        let on = self.builder.create_block();
        self.builder.ins().brif(any, other, &[], on, &[]);
        self.builder.switch_to_block(other);
        self.builder.set_cold_block(other);
        let missing = self.builder.ins().band_imm_u(any, i64::from(ABSENT));
        let (missing_exit, wide) = (self.exits.missing, self.exits.undecided);
        self.builder
            .ins()
            .brif(missing, missing_exit, &[], wide, &[]);
        self.builder.switch_to_block(on);
    }

    fn leave_if(&mut self, condition: Value) {
        let on = self.builder.create_block();
        self.builder
            .ins()
            .brif(condition, self.exits.undecided, &[], on, &[]);
        self.builder.switch_to_block(on);
    }

    /// `a / b op c` is decided as `a op c * b` for `b > 0`, turned round for `b < 0`, unknown for zero.
    fn compare(&mut self, asked: &AmountCompare) -> Option<()> {
        match (&asked.left, &asked.right) {
            (Amount::Div(a, b), right) => self.quotient(asked.op, a, b, right),
            (left, Amount::Div(a, b)) => self.quotient(asked.op.flipped(), a, b, left),
            (left, right) => {
                let (a, b) = (self.amount(left)?, self.amount(right)?);
                self.answer(asked.op, a, b)
            }
        }
    }

    fn quotient(&mut self, op: CompareOp, a: &Amount, b: &Amount, c: &Amount) -> Option<()> {
        let (a, b, c) = (self.amount(a)?, self.amount(b)?, self.amount(c)?);
        let product = self.multiply(c, b)?;
        let divides = self.builder.create_block();
        let by_zero = self.builder.create_block();
        self.builder
            .ins()
            .brif(b.integer, divides, &[], by_zero, &[]);

        self.builder.switch_to_block(by_zero);
        let unknown = self.builder.ins().iconst(types::I64, 1);
        let answered = self.exits.answered;
        self.builder.ins().jump(answered, &[unknown.into()]);

        self.builder.switch_to_block(divides);
        let positive = self.builder.create_block();
        let negative = self.builder.create_block();
        let is_negative = self
            .builder
            .ins()
            .icmp_imm_s(IntCC::SignedLessThan, b.integer, 0);
        self.builder
            .ins()
            .brif(is_negative, negative, &[], positive, &[]);
        self.builder.switch_to_block(positive);
        self.answer(op, a, product)?;
        self.builder.switch_to_block(negative);
        self.answer(op.flipped(), a, product)
    }

    /// Answers whether `a op b`.
    fn answer(&mut self, op: CompareOp, a: Scaled, b: Scaled) -> Option<()> {
        let (a, b, _) = self.aligned(a, b)?;
        let holds = compare(self.builder, condition(op), a, b);
        let yes = self.builder.ins().iconst(types::I64, 2);
        let no = self.builder.ins().iconst(types::I64, 0);
        let answer = self.builder.ins().select(holds, yes, no);
        let answered = self.exits.answered;
        self.builder.ins().jump(answered, &[answer.into()]);
        Some(())
    }

    fn amount(&mut self, amount: &Amount) -> Option<Scaled> {
        match amount {
            Amount::Column { column, .. } => Some(self.column(*column)),
            Amount::Constant(number) => {
                let (top, bottom) = number.as_ratio_i128()?;
                let integer = self
                    .builder
                    .ins()
                    .iconst(types::I64, i64::try_from(top).ok()?);
                Some(Scaled {
                    integer,
                    unit: Unit::new(1, bottom),
                })
            }
            Amount::Add(a, b) => {
                self.joined(a, b, |builder, a, b| builder.ins().sadd_overflow(a, b))
            }
            Amount::Sub(a, b) => {
                self.joined(a, b, |builder, a, b| builder.ins().ssub_overflow(a, b))
            }
            Amount::Mul(a, b) => {
                let (a, b) = (self.amount(a)?, self.amount(b)?);
                self.multiply(a, b)
            }
            Amount::Neg(a) => {
                let a = self.amount(a)?;
                Some(Scaled {
                    integer: self.negated(a.integer),
                    unit: a.unit,
                })
            }
            Amount::Abs(a) => {
                let a = self.amount(a)?;
                let negated = self.negated(a.integer);
                let is_negative =
                    self.builder
                        .ins()
                        .icmp_imm_s(IntCC::SignedLessThan, a.integer, 0);
                let integer = self.builder.ins().select(is_negative, negated, a.integer);
                Some(Scaled {
                    integer,
                    unit: a.unit,
                })
            }
            Amount::Min(a, b) => self.picked(a, b, IntCC::SignedLessThanOrEqual),
            Amount::Max(a, b) => self.picked(a, b, IntCC::SignedGreaterThanOrEqual),
            // A quotient inside arithmetic, rounding and assumptions are rare: left to the portable kernel.
            Amount::Div(..) | Amount::Round(..) | Amount::Assume(..) => None,
        }
    }

    fn column(&mut self, column: ColumnId) -> Scaled {
        let source = self.sources.0.iter().find(|source| source.0 == column);
        let (_, _, integers) = source.expect("its columns are collected");
        let place = element(self.builder, *integers, self.row, 8);
        let integer = self.builder.ins().load(types::I64, steady(), place, 0);
        let units = units(self.plan.program.columns[column].kind);
        Scaled {
            integer,
            unit: Unit::new(1, units.into()),
        }
    }

    fn negated(&mut self, value: Value) -> Value {
        let zero = self.builder.ins().iconst(types::I64, 0);
        let (negated, overflow) = self.builder.ins().ssub_overflow(zero, value);
        self.leave_if(overflow);
        negated
    }

    fn multiply(&mut self, a: Scaled, b: Scaled) -> Option<Scaled> {
        let (integer, overflow) = self.builder.ins().smul_overflow(a.integer, b.integer);
        self.leave_if(overflow);
        let top = a.unit.top.checked_mul(b.unit.top)?;
        let bottom = a.unit.bottom.checked_mul(b.unit.bottom)?;
        Some(Scaled {
            integer,
            unit: Unit::new(top, bottom),
        })
    }

    fn joined(
        &mut self,
        a: &Amount,
        b: &Amount,
        join: impl Fn(&mut FunctionBuilder<'_>, Value, Value) -> (Value, Value),
    ) -> Option<Scaled> {
        let (a, b) = (self.amount(a)?, self.amount(b)?);
        let (a, b, unit) = self.aligned(a, b)?;
        let (integer, overflow) = join(self.builder, a, b);
        self.leave_if(overflow);
        Some(Scaled { integer, unit })
    }

    fn picked(&mut self, a: &Amount, b: &Amount, how: IntCC) -> Option<Scaled> {
        let (a, b) = (self.amount(a)?, self.amount(b)?);
        let (a, b, unit) = self.aligned(a, b)?;
        let first = compare(self.builder, how, a, b);
        let integer = self.builder.ins().select(first, a, b);
        Some(Scaled { integer, unit })
    }

    /// Both in one unit.
    fn aligned(&mut self, a: Scaled, b: Scaled) -> Option<(Value, Value, Unit)> {
        if a.unit == b.unit {
            return Some((a.integer, b.integer, a.unit));
        }
        let (unit, of_a, of_b) = Unit::common(a.unit, b.unit)?;
        Some((
            self.times(a.integer, of_a),
            self.times(b.integer, of_b),
            unit,
        ))
    }

    fn times(&mut self, value: Value, factor: i64) -> Value {
        if factor == 1 {
            return value;
        }
        let factor = self.builder.ins().iconst(types::I64, factor);
        let (product, overflow) = self.builder.ins().smul_overflow(value, factor);
        self.leave_if(overflow);
        product
    }
}
