//! Masks in code: the columns that every record is asked, block by block and column by column; then, record by record,
//! those that are still needed, the comparisons of amounts, and the words that can matter.

use super::emit::{
    Part, Row, class, compare, element, leave_if_zero, offset_of_slot, part, part_at, plain, steady,
};
use super::first_stage::{Stage, load_field};
use crate::kernel::abi::{BLOCK, Call, DenseView, WordView};
use crate::plan::WORD;
use cranelift_codegen::ir::{Block, InstBuilder, Value, condcodes::IntCC, types};
use cranelift_frontend::FunctionBuilder;
use std::mem::{offset_of, size_of};

/// Columns that one loop goes through: their pointers, two each, fit the processor's registers.
const TOGETHER: usize = 5;

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
        let slots: Vec<usize> = (0..self.order.dense).collect();
        let mut passes: Vec<&[usize]> = slots.chunks(TOGETHER).collect();
        if passes.is_empty() {
            passes.push(&[]);
        }
        for (pass, columns) in passes.into_iter().enumerate() {
            self.dense_pass(builder, (start, end), &left, columns, pass == 0);
        }
        self.each_row(builder, (start, end), head, |builder, row, next| {
            for group in 0..summary_words {
                let after = builder.create_block();
                let place = left.place(builder, row.row);
                let live = builder
                    .ins()
                    .load(types::I64, plain(), place, (group * 8) as i32);
                self.group(builder, row, group, live, after);
                builder.switch_to_block(after);
            }
            builder.ins().jump(next, &[]);
        });
    }

    /// What some of the dense columns leave of each row of a block.
    fn dense_pass(
        &self,
        builder: &mut FunctionBuilder<'_>,
        (start, end): (Value, Value),
        left: &Left,
        columns: &[usize],
        is_first: bool,
    ) {
        let views = load_field(builder, self.call, offset_of!(Call, dense));
        let mut part = |column: usize, offset: usize| {
            let offset = i32::try_from(column * size_of::<DenseView>() + offset);
            let offset = offset.expect("few columns");
            builder.ins().load(types::I64, steady(), views, offset)
        };
        let pointers: Vec<(Value, Value)> = columns
            .iter()
            .map(|column| {
                let keys = part(*column, offset_of!(DenseView, keys));
                (keys, part(*column, offset_of!(DenseView, summary)))
            })
            .collect();
        let used = self.plan.layout.used_words();

        let head = builder.create_block();
        let row = builder.append_block_param(head, types::I64);
        let after = builder.create_block();
        builder.ins().jump(head, &[start.into()]);

        // There is at least one row in a block.
        builder.switch_to_block(head);
        let places: Vec<Value> = pointers
            .iter()
            .map(|(keys, summary)| {
                let place = element(builder, *keys, row, 4);
                let key = builder.ins().uload32(steady(), place, 0);
                element(builder, *summary, key, left.summary_words * 8)
            })
            .collect();
        let own = left.place(builder, row);
        for (group, used) in used.iter().enumerate() {
            let offset = (group * 8) as i32;
            let mut live = if is_first {
                None
            } else {
                Some(builder.ins().load(types::I64, plain(), own, offset))
            };
            for place in &places {
                let mask = builder.ins().load(types::I64, steady(), *place, offset);
                live = Some(match live {
                    Some(live) => builder.ins().band(live, mask),
                    None => mask,
                });
            }
            let live = live.unwrap_or_else(|| builder.ins().iconst(types::I64, *used as i64));
            builder.ins().store(plain(), live, own, offset);
        }
        let following = builder.ins().iadd_imm_s(row, 1);
        let more = compare(builder, IntCC::UnsignedLessThan, following, end);
        builder
            .ins()
            .brif(more, head, &[following.into()], after, &[]);
        builder.switch_to_block(after);
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
        for asked in sparse {
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

    /// The words whose bit is left.
    fn live_words(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
        group: usize,
        live: Value,
        after: Block,
    ) {
        let head = builder.create_block();
        let left = builder.append_block_param(head, types::I64);
        let body = builder.create_block();
        builder.ins().jump(head, &[live.into()]);

        builder.switch_to_block(head);
        builder.ins().brif(left, body, &[], after, &[]);

        builder.switch_to_block(body);
        let bit = builder.ins().ctz(left);
        let word = builder.ins().iadd_imm_s(bit, (group * WORD) as i64);
        let less = builder.ins().iadd_imm_s(left, -1);
        let rest = builder.ins().band(left, less);
        let again = builder.create_block();
        let (possible, certain) = self.word(builder, row, word, again);
        self.push(builder, row, word, possible, certain);
        builder.ins().jump(again, &[]);

        builder.switch_to_block(again);
        builder.ins().jump(head, &[rest.into()]);
    }

    /// The possible and certain clauses of a word: the AND over the columns that they ask. Goes to `none` where no clause
    /// is possible.
    fn word(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
        word: Value,
        none: Block,
    ) -> (Value, Value) {
        let words = load_field(builder, self.call, offset_of!(Call, words));
        let view = element(builder, words, word, size_of::<WordView>());
        let offset = |offset: usize| offset as i32;
        let used = offset(offset_of!(WordView, used));
        let used = builder.ins().load(types::I64, steady(), view, used);
        let from = offset(offset_of!(WordView, from));
        let from = builder.ins().uload32(steady(), view, from);
        let until = offset(offset_of!(WordView, until));
        let until = builder.ins().uload32(steady(), view, until);
        let columns = load_field(builder, self.call, offset_of!(Call, word_columns));

        let head = builder.create_block();
        let at = builder.append_block_param(head, types::I64);
        let possible = builder.append_block_param(head, types::I64);
        let certain = builder.append_block_param(head, types::I64);
        let body = builder.create_block();
        let done = builder.create_block();
        let start = [from.into(), used.into(), used.into()];
        builder.ins().jump(head, &start);

        builder.switch_to_block(head);
        let more = compare(builder, IntCC::UnsignedLessThan, at, until);
        builder.ins().brif(more, body, &[], done, &[]);

        builder.switch_to_block(body);
        let place = element(builder, columns, at, 4);
        let offset = builder.ins().uload32(steady(), place, 0);
        let column = builder.ins().iadd(self.columns, offset);
        let class = class(builder, column, 0, row);
        let row_bytes = self.plan.layout.first_words * 8;
        let zero = builder.ins().iconst(types::I64, 0);
        let of_class = element(builder, zero, class, row_bytes);
        let of_word = element(builder, of_class, word, 8);
        let mut mask = |which: Part| {
            let base = part_at(builder, column, 0, which);
            let place = builder.ins().iadd(base, of_word);
            builder.ins().load(types::I64, steady(), place, 0)
        };
        let (fewer_possible, fewer_certain) = (mask(Part::Possible), mask(Part::Certain));
        let fewer_possible = builder.ins().band(possible, fewer_possible);
        leave_if_zero(builder, fewer_possible, none);
        let fewer_certain = builder.ins().band(certain, fewer_certain);
        let following = builder.ins().iadd_imm_s(at, 1);
        let again = [
            following.into(),
            fewer_possible.into(),
            fewer_certain.into(),
        ];
        builder.ins().jump(head, &again);
        builder.switch_to_block(done);
        (possible, certain)
    }
}

/// Goes to `settled` where no word that is left asks a column to come.
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
