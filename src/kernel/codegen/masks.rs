//! Masks in code: the columns that every record is asked, block by block and a few columns at a time, on vectors of summary
//! words; then, of the records that anything is left of, the columns that are still needed, the comparisons of amounts,
//! and the clauses that can matter.

use super::amounts::{self, Exits, Sources};
use super::emit::{
    Part, Row, any_address, class, compare, element, leave_if_zero, offset_of_slot, part, part_at,
    plain, steady,
};
use super::first_stage::{Stage, load_field};
use crate::ir::{ComputedId, ComputedKind};
use crate::kernel::abi::{ANSWERS, BLOCK, BitView, Call, DenseView};
use crate::plan::{TOGETHER, WORD};
use cranelift_codegen::ir::{Block, InstBuilder, Type, Value, condcodes::IntCC, types};
use cranelift_frontend::FunctionBuilder;
use std::mem::{offset_of, size_of};

/// The summary words of the rows of a block.
struct Left {
    /// Where row 0 would have its words.
    base: Value,
    summary_words: usize,
}

impl Left {
    fn place(&self, builder: &mut FunctionBuilder<'_>, row: Value) -> Value {
        element(builder, self.base, row, self.summary_words * 8)
    }
}

impl Stage<'_> {
    /// All rows from `from` on, in blocks.
    pub fn masks(&self, builder: &mut FunctionBuilder<'_>, from: Value) {
        let summary_words = self.plan.layout.summary_words();
        let space = load_field(builder, self.call, offset_of!(Call, left));
        let head = builder.create_block();
        let start = builder.append_block_param(head, types::I64);
        let body = builder.create_block();
        builder.ins().jump(head, &[from.into()]);

        builder.switch_to_block(head);
        let more = compare(builder, IntCC::UnsignedLessThan, start, self.rows);
        builder
            .ins()
            .brif(more, body, &[], self.done, &[start.into()]);

        builder.switch_to_block(body);
        let end = builder.ins().iadd_imm_s(start, BLOCK as i64);
        let end = builder.ins().umin(end, self.rows);
        let zero = builder.ins().iconst(types::I64, 0);
        let before = element(builder, zero, start, summary_words * 8);
        let left = Left {
            base: builder.ins().isub(space, before),
            summary_words,
        };
        let list = load_field(builder, self.call, offset_of!(Call, rows_left));
        let places: Vec<usize> = (0..self.order.dense).collect();
        let (first, others) = places.split_at(places.len().min(TOGETHER));
        let mut count = self.first_pass(builder, (start, end), &left, first, list);
        for (at, computed) in self.compared.iter().enumerate() {
            let answers = load_field(builder, self.call, offset_of!(Call, answers));
            let bytes = (at * ANSWERS * summary_words * 8) as i64;
            let answers = builder.ins().iadd_imm_s(answers, bytes);
            count = self.compared_pass(builder, *computed, answers, (list, count), &left);
        }
        for columns in others.chunks(TOGETHER) {
            count = self.dense_pass(builder, (list, count), &left, columns);
        }
        let after = (head, end);
        self.each_row(
            builder,
            (zero, count),
            Some(list),
            after,
            |builder, row, next| {
                let place = left.place(builder, row.row);
                for group in 0..summary_words {
                    let after = builder.create_block();
                    let offset = (group * 8) as i32;
                    let live = builder.ins().load(types::I64, plain(), place, offset);
                    self.group(builder, row, group, live, after);
                    builder.switch_to_block(after);
                }
                builder.ins().jump(next, &[]);
            },
        );
    }

    /// What the first of the dense columns leave of each row of a block. Gives how many rows have anything left, and lists
    /// them.
    fn first_pass(
        &self,
        builder: &mut FunctionBuilder<'_>,
        (start, end): (Value, Value),
        left: &Left,
        columns: &[usize],
        list: Value,
    ) -> Value {
        let dense = self.dense_columns(builder, columns);
        let head = builder.create_block();
        let row = builder.append_block_param(head, types::I64);
        let count = builder.append_block_param(head, types::I64);
        let after = builder.create_block();
        let total = builder.append_block_param(after, types::I64);
        let zero = builder.ins().iconst(types::I64, 0);
        builder.ins().jump(head, &[start.into(), zero.into()]);

        // There is at least one row in a block.
        builder.switch_to_block(head);
        let kept = self.narrowed(builder, row, left, columns, &dense, true);
        let count = list_if_any(builder, list, count, row, kept);
        let following = builder.ins().iadd_imm_s(row, 1);
        let more = compare(builder, IntCC::UnsignedLessThan, following, end);
        let again = [following.into(), count.into()];
        let done = [count.into()];
        builder.ins().brif(more, head, &again, after, &done);
        builder.switch_to_block(after);
        total
    }

    /// What some more of the dense columns leave of the rows of a list. Gives how many are left of them, in the same list.
    fn dense_pass(
        &self,
        builder: &mut FunctionBuilder<'_>,
        (list, rows): (Value, Value),
        left: &Left,
        columns: &[usize],
    ) -> Value {
        let dense = self.dense_columns(builder, columns);
        self.each_listed(builder, (list, rows), |builder, row| {
            self.narrowed(builder, row, left, columns, &dense, false)
        })
    }

    /// The keys and summaries of some of the dense columns.
    fn dense_columns(
        &self,
        builder: &mut FunctionBuilder<'_>,
        columns: &[usize],
    ) -> Vec<(Value, Value)> {
        let views = load_field(builder, self.call, offset_of!(Call, dense));
        let mut part = |column: usize, offset: usize| {
            let offset = i32::try_from(column * size_of::<DenseView>() + offset);
            let offset = offset.expect("few columns");
            builder.ins().load(types::I64, steady(), views, offset)
        };
        let columns = columns.iter().map(|column| {
            let keys = part(*column, offset_of!(DenseView, keys));
            (keys, part(*column, offset_of!(DenseView, summary)))
        });
        columns.collect()
    }

    /// The summary of a row once some of the dense columns are asked, which is also stored.
    fn narrowed(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Value,
        left: &Left,
        columns: &[usize],
        dense: &[(Value, Value)],
        is_first: bool,
    ) -> Vec<(Type, Value)> {
        let places: Vec<Value> = dense
            .iter()
            .map(|(keys, summary)| {
                let place = element(builder, *keys, row, 4);
                let key = builder.ins().uload32(steady(), place, 0);
                element(builder, *summary, key, left.summary_words * 8)
            })
            .collect();
        let own = left.place(builder, row);
        let mut kept = Vec::new();
        for (offset, lane) in self.lanes(left.summary_words) {
            let mut kept_before =
                (!is_first).then(|| builder.ins().load(lane, any_address(), own, offset));
            let mut asked = is_first;
            // Each mask is taken where it is loaded: one instruction.
            for (column, place) in columns.iter().zip(&places) {
                if self.leaves_out(*column, offset, lane) {
                    let mask = builder.ins().load(lane, any_address(), *place, offset);
                    let narrowed = kept_before.map(|kept| builder.ins().band(kept, mask));
                    kept_before = narrowed.or(Some(mask));
                    asked = true;
                }
            }
            let left = kept_before.unwrap_or_else(|| {
                let used = &self.used[offset as usize / 8..];
                all_of(builder, lane, used)
            });
            if asked {
                builder.ins().store(any_address(), left, own, offset);
            }
            kept.push((lane, left));
        }
        kept
    }

    /// A loop over the rows of a list, which is cut down to those of which `narrow` leaves anything. Gives how many these are.
    fn each_listed(
        &self,
        builder: &mut FunctionBuilder<'_>,
        (list, rows): (Value, Value),
        narrow: impl FnOnce(&mut FunctionBuilder<'_>, Value) -> Vec<(Type, Value)>,
    ) -> Value {
        let head = builder.create_block();
        let at = builder.append_block_param(head, types::I64);
        let count = builder.append_block_param(head, types::I64);
        let body = builder.create_block();
        let after = builder.create_block();
        let zero = builder.ins().iconst(types::I64, 0);
        builder.ins().jump(head, &[zero.into(), zero.into()]);

        builder.switch_to_block(head);
        let more = compare(builder, IntCC::UnsignedLessThan, at, rows);
        builder.ins().brif(more, body, &[], after, &[]);

        builder.switch_to_block(body);
        let place = element(builder, list, at, 4);
        let row = builder.ins().uload32(plain(), place, 0);
        let kept = narrow(builder, row);
        let counted = list_if_any(builder, list, count, row, kept);
        let following = builder.ins().iadd_imm_s(at, 1);
        builder
            .ins()
            .jump(head, &[following.into(), counted.into()]);
        builder.switch_to_block(after);
        count
    }

    /// What a comparison leaves of the rows of a list; `answers` has what each answer leaves of the summary. Gives how many are left of them, in the same list.
    fn compared_pass(
        &self,
        builder: &mut FunctionBuilder<'_>,
        computed: ComputedId,
        answers: Value,
        (list, rows): (Value, Value),
        left: &Left,
    ) -> Value {
        let ComputedKind::Amounts { compare: asked, .. } =
            &self.plan.program.computed[computed].kind
        else {
            unreachable!("only comparisons of amounts are made early")
        };
        let sources = Sources::of(self.plan, asked, builder, self.columns);
        self.each_listed(builder, (list, rows), |builder, row| {
            let exits = Exits::new(builder);
            let truth = builder.block_params(exits.answered)[0];
            let is_made = amounts::compare_row(self.plan, asked, &sources, builder, row, exits);
            assert!(is_made, "the comparison was compiled before");
            builder.switch_to_block(exits.missing);
            let open = builder.ins().iconst(types::I64, 1);
            builder.ins().jump(exits.answered, &[open.into()]);
            builder.switch_to_block(exits.undecided);
            builder.set_cold_block(exits.undecided);
            let answer = self.decided(builder, row, computed);
            builder.ins().jump(exits.answered, &[answer.into()]);

            builder.switch_to_block(exits.answered);
            let own = left.place(builder, row);
            let of_answer = element(builder, answers, truth, left.summary_words * 8);
            let lanes = self.lanes(left.summary_words).map(|(offset, lane)| {
                let before = builder.ins().load(lane, any_address(), own, offset);
                let mask = builder.ins().load(lane, any_address(), of_answer, offset);
                let kept = builder.ins().band(before, mask);
                builder.ins().store(any_address(), kept, own, offset);
                (lane, kept)
            });
            lanes.collect()
        })
    }

    /// The summary words of a row as they are loaded: two at a time where the processor can, and where they are.
    fn lanes(&self, words: usize) -> impl Iterator<Item = (i32, Type)> + use<> {
        let pairs = if self.vectors { words / 2 } else { 0 };
        let singles = (2 * pairs..words).map(|at| (at as i32 * 8, types::I64));
        let pairs = (0..pairs).map(|at| (at as i32 * 16, types::I64X2));
        pairs.chain(singles)
    }

    /// Whether clauses of some summary words ask the dense column at a place, so that it may leave them out.
    fn leaves_out(&self, column: usize, offset: i32, lane: Type) -> bool {
        let asking = &self.order.asked[column].asking[offset as usize / 8..];
        asking[..lane.lane_count() as usize]
            .iter()
            .any(|word| *word != 0)
    }

    /// What the other columns leave of one summary word of a row, and the words that its bits stand for.
    fn group(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
        group: usize,
        mut live: Value,
        after: Block,
    ) {
        leave_if_zero(builder, live, after);
        let settled = builder.create_block();
        let kept = builder.append_block_param(settled, types::I64);
        let (dense, sparse) = self.order.asked.split_at(self.order.dense);
        if let (Some(last), false) = (dense.last(), sparse.is_empty()) {
            leave_if_settled(builder, live, last.later[group], settled);
        }
        let row_bytes = self.plan.layout.summary_words() * 8;
        for asked in sparse.iter().filter(|asked| asked.asking[group] != 0) {
            let class = class(builder, self.columns, offset_of_slot(asked.slot), row);
            let base = part(builder, self.columns, asked.slot, Part::Summary);
            let place = element(builder, base, class, row_bytes);
            let mask = builder
                .ins()
                .load(types::I64, steady(), place, (group * 8) as i32);
            live = builder.ins().band(live, mask);
            if asked.may_end {
                leave_if_settled(builder, live, asked.later[group], settled);
            }
        }
        builder.ins().jump(settled, &[live.into()]);

        builder.switch_to_block(settled);
        leave_if_zero(builder, kept, after);
        let kept = self.filtered(builder, row, group, kept);
        self.live_words(builder, row, group, kept, after);
    }

    /// The words of which a bit is left, and their clauses.
    fn live_words(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
        group: usize,
        live: Value,
        after: Block,
    ) {
        let share = self.plan.layout.share.get();
        if share == 1 {
            leave_if_zero(builder, live, after);
            let number = builder.ins().iconst(types::I64, group as i64);
            let (possible, certain) = self.clauses(builder, row, group, number, live);
            self.push(builder, row, number, possible, certain);
            builder.ins().jump(after, &[]);
            return;
        }
        let head = builder.create_block();
        let left = builder.append_block_param(head, types::I64);
        let body = builder.create_block();
        builder.ins().jump(head, &[live.into()]);

        builder.switch_to_block(head);
        builder.ins().brif(left, body, &[], after, &[]);

        // The bits of the first word that has any.
        builder.switch_to_block(body);
        let bits_of_word = WORD / share;
        let bit = builder.ins().ctz(left);
        let at = builder.ins().udiv_imm_u(bit, bits_of_word as i64);
        let first = builder.ins().imul_imm_s(at, bits_of_word as i64);
        let all = u64::MAX >> (WORD - bits_of_word);
        let all = builder.ins().iconst(types::I64, all as i64);
        let of_word = builder.ins().ishl(all, first);
        let own = builder.ins().band(left, of_word);
        let rest = builder.ins().band_not(left, of_word);
        let word = builder.ins().iadd_imm_s(at, (group * share) as i64);
        let (possible, certain) = self.clauses(builder, row, group, word, own);
        let found = builder.create_block();
        let again = [rest.into()];
        builder.ins().brif(possible, found, &[], head, &again);
        builder.switch_to_block(found);
        self.push(builder, row, word, possible, certain);
        builder.ins().jump(head, &again);
    }

    /// The possible and certain clauses of some bits of a word.
    fn clauses(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
        group: usize,
        word: Value,
        bits: Value,
    ) -> (Value, Value) {
        let views = load_field(builder, self.call, offset_of!(Call, bits));
        let head = builder.create_block();
        let left = builder.append_block_param(head, types::I64);
        let possible = builder.append_block_param(head, types::I64);
        let certain = builder.append_block_param(head, types::I64);
        let body = builder.create_block();
        let done = builder.create_block();
        let none = builder.ins().iconst(types::I64, 0);
        builder
            .ins()
            .jump(head, &[bits.into(), none.into(), none.into()]);

        builder.switch_to_block(head);
        builder.ins().brif(left, body, &[], done, &[]);

        builder.switch_to_block(body);
        let bit = builder.ins().ctz(left);
        let bit = builder.ins().iadd_imm_s(bit, (group * WORD) as i64);
        let view = element(builder, views, bit, size_of::<BitView>());
        let (more_possible, more_certain) = self.bit(builder, row, word, view);
        let possible_now = builder.ins().bor(possible, more_possible);
        let certain_now = builder.ins().bor(certain, more_certain);
        let less = builder.ins().iadd_imm_s(left, -1);
        let rest = builder.ins().band(left, less);
        let again = [rest.into(), possible_now.into(), certain_now.into()];
        builder.ins().jump(head, &again);
        builder.switch_to_block(done);
        (possible, certain)
    }

    /// The possible and certain clauses of one bit: the AND over the columns that they ask. Where a bit is a clause it is
    /// possible, since nothing has left it out.
    fn bit(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
        word: Value,
        view: Value,
    ) -> (Value, Value) {
        let is_clause = self.plan.layout.share.get() == 1;
        let clauses = offset_of!(BitView, clauses) as i32;
        let clauses = builder.ins().load(types::I64, steady(), view, clauses);
        let from = offset_of!(BitView, from) as i32;
        let from = builder.ins().uload32(steady(), view, from);
        let until = offset_of!(BitView, until) as i32;
        let until = builder.ins().uload32(steady(), view, until);
        let columns = load_field(builder, self.call, offset_of!(Call, bit_columns));

        let head = builder.create_block();
        let at = builder.append_block_param(head, types::I64);
        let possible = builder.append_block_param(head, types::I64);
        let certain = builder.append_block_param(head, types::I64);
        let body = builder.create_block();
        let done = builder.create_block();
        let found_possible = builder.append_block_param(done, types::I64);
        let found_certain = builder.append_block_param(done, types::I64);
        let start = [from.into(), clauses.into(), clauses.into()];
        builder.ins().jump(head, &start);

        builder.switch_to_block(head);
        let more = compare(builder, IntCC::UnsignedLessThan, at, until);
        let found = [possible.into(), certain.into()];
        builder.ins().brif(more, body, &[], done, &found);

        builder.switch_to_block(body);
        let place = element(builder, columns, at, 4);
        let offset = builder.ins().uload32(steady(), place, 0);
        let column = builder.ins().iadd(self.columns, offset);
        let class = class(builder, column, 0, row);
        let row_bytes = self.plan.layout.first_words * 8;
        let zero = builder.ins().iconst(types::I64, 0);
        let of_class = element(builder, zero, class, row_bytes);
        let of_word = element(builder, of_class, word, 8);
        let mut fewer = |which: Part, clauses: Value| {
            let base = part_at(builder, column, 0, which);
            let place = builder.ins().iadd(base, of_word);
            let mask = builder.ins().load(types::I64, steady(), place, 0);
            builder.ins().band(clauses, mask)
        };
        let fewer_certain = fewer(Part::Certain, certain);
        // The answer is known once no clause is left: of a single one that it is not certain, of several that none is possible.
        let (fewer_possible, undecided) = if is_clause {
            (possible, fewer_certain)
        } else {
            let fewer_possible = fewer(Part::Possible, possible);
            (fewer_possible, fewer_possible)
        };
        let following = builder.ins().iadd_imm_s(at, 1);
        let again = [
            following.into(),
            fewer_possible.into(),
            fewer_certain.into(),
        ];
        let found = [fewer_possible.into(), fewer_certain.into()];
        builder.ins().brif(undecided, head, &again, done, &found);
        builder.switch_to_block(done);
        (found_possible, found_certain)
    }
}

/// Writes a row to a list and counts it where any bit of some words is set. Gives the new count.
fn list_if_any(
    builder: &mut FunctionBuilder<'_>,
    list: Value,
    count: Value,
    row: Value,
    words: Vec<(Type, Value)>,
) -> Value {
    // What is written and not counted is written over.
    let place = element(builder, list, count, 4);
    builder.ins().istore32(plain(), row, place, 0);
    let any = any_bit(builder, words);
    let any = builder.ins().uextend(types::I64, any);
    builder.ins().iadd(count, any)
}

/// The words of a lane as constants.
fn all_of(builder: &mut FunctionBuilder<'_>, lane: Type, words: &[u64]) -> Value {
    if !lane.is_vector() {
        return builder.ins().iconst(lane, words[0] as i64);
    }
    let bytes: Vec<u8> = words[..2]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    let constant = builder.func.dfg.constants.insert(bytes.into());
    builder.ins().vconst(lane, constant)
}

/// Whether any bit of some words and pairs of words is set, as 0 or 1 in 8 bits.
fn any_bit(builder: &mut FunctionBuilder<'_>, words: Vec<(Type, Value)>) -> Value {
    let (pairs, singles): (Vec<_>, Vec<_>) =
        words.into_iter().partition(|(lane, _)| lane.is_vector());
    let mut any = |of: Vec<(Type, Value)>| {
        let of = of.into_iter().map(|(_, value)| value);
        of.reduce(|a, b| builder.ins().bor(a, b))
    };
    let (pairs, singles) = (any(pairs), any(singles));
    let pairs = pairs.map(|pairs| builder.ins().vany_true(pairs));
    let singles = singles.map(|word| builder.ins().icmp_imm_u(IntCC::NotEqual, word, 0));
    match (pairs, singles) {
        (Some(a), Some(b)) => builder.ins().bor(a, b),
        (Some(any), None) | (None, Some(any)) => any,
        (None, None) => unreachable!("a summary has a word"),
    }
}

/// Goes to `settled` where no bit that is left asks a column to come.
fn leave_if_settled(
    builder: &mut FunctionBuilder<'_>,
    live: Value,
    asked_later: u64,
    settled: Block,
) {
    let asking = builder.ins().band_imm_u(live, asked_later as i64);
    let on = builder.create_block();
    builder.ins().brif(asking, on, &[], settled, &[live.into()]);
    builder.switch_to_block(on);
}
