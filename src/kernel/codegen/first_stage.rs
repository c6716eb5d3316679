//! The first stage: for each row the AND of one mask a column, or a short row loop over test truths.

use super::emit::{Part, class, compare, element, leave_if_zero, part, plain, steady};
use super::words;
use crate::kernel::abi::{Call, Candidate, NOT_DECIDED};
use crate::plan::{Filter, Order, Plan, Shape, WORD};
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, FuncRef, InstBuilder, SigRef, Value, condcodes::IntCC, types,
};
use cranelift_frontend::{FunctionBuilder, Variable};
use cranelift_jit::JITModule;
use cranelift_module::{FuncId, Module};
use std::mem::{offset_of, size_of};

/// What every part of the function uses.
struct Stage<'p> {
    plan: &'p Plan,
    words: usize,
    order: &'p Order,
    columns: Value,
    found: Value,
    /// The row at hand.
    row: Value,
    /// How many candidates were found.
    count: Variable,
    /// For each of the plan's filters its compiled comparison, if there is one.
    comparisons: Vec<Option<FuncRef>>,
    /// [`Call::decide`], its signature and its context.
    decide: (Value, SigRef, Value),
}

/// Emits the function that [`crate::kernel::abi::FirstStage`] describes into the current block.
/// `functions` are the compiled comparisons of amounts by number.
pub fn emit(
    plan: &Plan,
    order: &Order,
    module: &mut JITModule,
    functions: &[Option<FuncId>],
    builder: &mut FunctionBuilder<'_>,
    entry: Block,
) {
    let call = builder.block_params(entry)[0];
    let mut field = |offset: usize| {
        builder.ins().load(
            types::I64,
            plain(),
            call,
            i32::try_from(offset).expect("a small structure"),
        )
    };
    let columns = field(offset_of!(Call, columns));
    let from = field(offset_of!(Call, from));
    let rows = field(offset_of!(Call, rows));
    let found = field(offset_of!(Call, found));
    let room = field(offset_of!(Call, room));
    let context = field(offset_of!(Call, context));
    let decide = field(offset_of!(Call, decide));
    let mut signature = module.make_signature();
    signature.params = vec![AbiParam::new(types::I64); 3];
    signature.returns.push(AbiParam::new(types::I64));
    let signature = builder.import_signature(signature);
    let comparisons = plan.filters.iter().map(|filter| {
        let function = functions[filter.computed.index()]?;
        Some(module.declare_func_in_func(function, builder.func))
    });
    let comparisons = comparisons.collect();
    let words = plan.layout.first_words;

    let count = builder.declare_var(types::I64);
    let zero = builder.ins().iconst(types::I64, 0);
    builder.def_var(count, zero);

    let head = builder.create_block();
    let row = builder.append_block_param(head, types::I64);
    let fits = builder.create_block();
    let body = builder.create_block();
    let next = builder.create_block();
    let done = builder.create_block();
    builder.ins().jump(head, &[from.into()]);

    builder.switch_to_block(head);
    let more = compare(builder, IntCC::UnsignedLessThan, row, rows);
    builder.ins().brif(more, fits, &[], done, &[]);

    builder.switch_to_block(fits);
    let so_far = builder.use_var(count);
    let wanted = builder.ins().iadd_imm_s(so_far, words as i64);
    let enough = compare(builder, IntCC::UnsignedLessThanOrEqual, wanted, room);
    builder.ins().brif(enough, body, &[], done, &[]);

    builder.switch_to_block(body);
    let stage = Stage {
        plan,
        words,
        order,
        columns,
        found,
        row,
        count,
        comparisons,
        decide: (decide, signature, context),
    };
    match plan.shape {
        Shape::RowLoop => stage.row_loop(builder, next),
        Shape::Masks => stage.masks(builder, next),
        Shape::Summarised => stage.summarised(builder, next),
    }

    builder.switch_to_block(next);
    let following = builder.ins().iadd_imm_s(row, 1);
    builder.ins().jump(head, &[following.into()]);

    builder.switch_to_block(done);
    let total = builder.use_var(count);
    builder
        .ins()
        .store(plain(), total, call, offset_of!(Call, count) as i32);
    builder.ins().return_(&[row]);
}

impl Stage<'_> {
    fn slots(&self) -> impl Iterator<Item = usize> {
        self.order.asked.iter().map(|asked| asked.slot)
    }

    /// All words at once, column by column, leaving where no clause is left that asks anything more.
    fn masks(&self, builder: &mut FunctionBuilder<'_>, next: Block) {
        let settled = builder.create_block();
        let left: Vec<Value> = words::types(self.words)
            .map(|ty| builder.append_block_param(settled, ty))
            .collect();
        let mut possible: Vec<Value> = Vec::new();
        for asked in &self.order.asked {
            let class = class(builder, self.columns, asked.slot, self.row);
            let base = part(builder, self.columns, asked.slot, Part::Possible);
            let place = element(builder, base, class, self.words * 8);
            let masks = words::load(builder, place, self.words);
            possible = if possible.is_empty() {
                masks
            } else {
                words::and(builder, &possible, &masks)
            };
            if asked.may_end {
                self.leave_if_settled(builder, &possible, &asked.later, settled);
            }
        }
        if self.order.asked.is_empty() {
            possible = words::constant(builder, &self.plan.layout.used()[..self.words]);
        }
        builder.ins().jump(settled, &arguments(&possible));

        builder.switch_to_block(settled);
        let left = words::apart(builder, &left);
        for (word, possible) in left.into_iter().enumerate() {
            let skip = builder.create_block();
            leave_if_zero(builder, possible, skip);
            let possible = self.filtered(builder, word, possible);
            leave_if_zero(builder, possible, skip);
            let mut certain = possible;
            for slot in self.slots() {
                let class = class(builder, self.columns, slot, self.row);
                let base = part(builder, self.columns, slot, Part::Certain);
                let place = element(builder, base, class, self.words * 8);
                let mask = builder
                    .ins()
                    .load(types::I64, steady(), place, (word * 8) as i32);
                certain = builder.ins().band(certain, mask);
            }
            let number = builder.ins().iconst(types::I64, word as i64);
            self.push(builder, number, possible, certain);
            builder.ins().jump(skip, &[]);
            builder.switch_to_block(skip);
        }
        builder.ins().jump(next, &[]);
    }

    /// Goes on to `settled` where no clause that is left asks a column to come.
    fn leave_if_settled(
        &self,
        builder: &mut FunctionBuilder<'_>,
        possible: &[Value],
        asked_later: &[u64],
        settled: Block,
    ) {
        let later = words::constant(builder, asked_later);
        let asking = words::and(builder, possible, &later);
        let any = words::any(builder, &asking);
        let on = builder.create_block();
        builder
            .ins()
            .brif(any, on, &[], settled, &arguments(possible));
        builder.switch_to_block(on);
    }

    /// Leaves out clauses of a word whose comparisons of amounts are false.
    fn filtered(
        &self,
        builder: &mut FunctionBuilder<'_>,
        word: usize,
        mut possible: Value,
    ) -> Value {
        let filters = self.plan.filters.iter().zip(&self.comparisons);
        for (filter, comparison) in filters.filter(|(filter, _)| filter.word == word) {
            let asks = filter.if_false | filter.if_true;
            let asking = builder.ins().band_imm_u(possible, asks as i64);
            let ask = builder.create_block();
            let after = builder.create_block();
            let kept = builder.append_block_param(after, types::I64);
            builder
                .ins()
                .brif(asking, ask, &[], after, &[possible.into()]);

            builder.switch_to_block(ask);
            let truth = self.truth(builder, filter, *comparison);
            let mut left = possible;
            for (answer, leaves_out) in [(0, filter.if_false), (2, filter.if_true)] {
                if leaves_out != 0 {
                    let fewer = builder.ins().band_imm_u(left, !leaves_out as i64);
                    let is_answer = builder.ins().icmp_imm_u(IntCC::Equal, truth, answer);
                    left = builder.ins().select(is_answer, fewer, left);
                }
            }
            builder.ins().jump(after, &[left.into()]);
            builder.switch_to_block(after);
            possible = kept;
        }
        possible
    }

    /// What a comparison comes to: by generated code, and by [`Call::decide`] where that leaves it undecided.
    fn truth(
        &self,
        builder: &mut FunctionBuilder<'_>,
        filter: &Filter,
        comparison: Option<FuncRef>,
    ) -> Value {
        let (decide, signature, context) = self.decide;
        let computed = builder
            .ins()
            .iconst(types::I64, filter.computed.index() as i64);
        let asked = [context, computed, self.row];
        let Some(comparison) = comparison else {
            let call = builder.ins().call_indirect(signature, decide, &asked);
            return builder.inst_results(call)[0];
        };
        let call = builder.ins().call(comparison, &[self.columns, self.row]);
        let answer = builder.inst_results(call)[0];
        let open = builder
            .ins()
            .icmp_imm_u(IntCC::Equal, answer, NOT_DECIDED as i64);
        let wider = builder.create_block();
        let decided = builder.create_block();
        let truth = builder.append_block_param(decided, types::I64);
        builder
            .ins()
            .brif(open, wider, &[], decided, &[answer.into()]);
        builder.switch_to_block(wider);
        let call = builder.ins().call_indirect(signature, decide, &asked);
        let answer = builder.inst_results(call)[0];
        builder.ins().jump(decided, &[answer.into()]);
        builder.switch_to_block(decided);
        truth
    }

    /// Summary words first; then only the words whose bit is left.
    fn summarised(&self, builder: &mut FunctionBuilder<'_>, next: Block) {
        let summary_words = self.words.div_ceil(WORD);
        let classes: Vec<Value> = self
            .slots()
            .map(|slot| class(builder, self.columns, slot, self.row))
            .collect();
        for group in 0..summary_words {
            let after = builder.create_block();
            let mut live = builder
                .ins()
                .iconst(types::I64, self.group_mask(group) as i64);
            for (slot, class) in self.slots().zip(&classes) {
                let base = part(builder, self.columns, slot, Part::Summary);
                let place = element(builder, base, *class, summary_words * 8);
                let mask = builder
                    .ins()
                    .load(types::I64, steady(), place, (group * 8) as i32);
                live = builder.ins().band(live, mask);
                leave_if_zero(builder, live, after);
            }
            self.live_words(builder, group, live, &classes, after);
            builder.switch_to_block(after);
        }
        builder.ins().jump(next, &[]);
    }

    /// The words that a group of 64 has.
    fn group_mask(&self, group: usize) -> u64 {
        let words = (self.words - group * WORD).min(WORD);
        if words == WORD {
            u64::MAX
        } else {
            (1 << words) - 1
        }
    }

    fn live_words(
        &self,
        builder: &mut FunctionBuilder<'_>,
        group: usize,
        live: Value,
        classes: &[Value],
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
        let offset = builder.ins().ishl_imm_u(word, 3);
        let mut possible = builder.ins().iconst(types::I64, -1);
        for (slot, class) in self.slots().zip(classes) {
            let mask = self.load_word(builder, slot, *class, offset, Part::Possible);
            possible = builder.ins().band(possible, mask);
            leave_if_zero(builder, possible, again);
        }
        let mut certain = possible;
        for (slot, class) in self.slots().zip(classes) {
            let mask = self.load_word(builder, slot, *class, offset, Part::Certain);
            certain = builder.ins().band(certain, mask);
        }
        self.push(builder, word, possible, certain);
        builder.ins().jump(again, &[]);

        builder.switch_to_block(again);
        builder.ins().jump(head, &[rest.into()]);
    }

    fn load_word(
        &self,
        builder: &mut FunctionBuilder<'_>,
        slot: usize,
        class: Value,
        offset: Value,
        which: Part,
    ) -> Value {
        let base = part(builder, self.columns, slot, which);
        let row = element(builder, base, class, self.words * 8);
        let place = builder.ins().iadd(row, offset);
        builder.ins().load(types::I64, steady(), place, 0)
    }

    /// Clause after clause, each left at its first false test.
    fn row_loop(&self, builder: &mut FunctionBuilder<'_>, next: Block) {
        for word in 0..self.words {
            let possible = builder.declare_var(types::I64);
            let certain = builder.declare_var(types::I64);
            let zero = builder.ins().iconst(types::I64, 0);
            builder.def_var(possible, zero);
            builder.def_var(certain, zero);
            for bit in 0..WORD {
                let clause = &self.plan.layout.clauses[word * WORD + bit];
                if clause.group.is_some() {
                    self.row_clause(builder, &clause.tests, bit, possible, certain);
                }
            }
            let skip = builder.create_block();
            let p = builder.use_var(possible);
            leave_if_zero(builder, p, skip);
            let p = self.filtered(builder, word, p);
            leave_if_zero(builder, p, skip);
            let c = builder.use_var(certain);
            let c = builder.ins().band(c, p);
            let number = builder.ins().iconst(types::I64, word as i64);
            self.push(builder, number, p, c);
            builder.ins().jump(skip, &[]);
            builder.switch_to_block(skip);
        }
        builder.ins().jump(next, &[]);
    }

    fn row_clause(
        &self,
        builder: &mut FunctionBuilder<'_>,
        tests: &[crate::ir::TestId],
        bit: usize,
        possible: Variable,
        certain: Variable,
    ) {
        let done = builder.create_block();
        // Truths are 0, 1, 2: their minimum is the clause's.
        let mut least = builder.ins().iconst(types::I64, 2);
        for test in tests {
            let place = self.plan.place(*test);
            let classes = self.plan.columns[place.slot]
                .classes
                .as_ref()
                .expect("a tested column has classes");
            let class = class(builder, self.columns, place.slot, self.row);
            let base = part(builder, self.columns, place.slot, Part::Exposed);
            let row = element(builder, base, class, classes.exposed_count());
            let truth = builder
                .ins()
                .uload8(types::I64, steady(), row, place.exposed as i32);
            leave_if_zero(builder, truth, done);
            let less = compare(builder, IntCC::UnsignedLessThan, truth, least);
            least = builder.ins().select(less, truth, least);
        }
        let before = builder.use_var(possible);
        let mask = builder.ins().iconst(types::I64, (1u64 << bit) as i64);
        let with = builder.ins().bor(before, mask);
        builder.def_var(possible, with);
        let before = builder.use_var(certain);
        // 2 >> 1 is 1 where the clause is true, 1 >> 1 is 0 where it is unknown.
        let sure = builder.ins().ushr_imm_u(least, 1);
        let sure = builder.ins().ishl_imm_u(sure, bit as i64);
        let with = builder.ins().bor(before, sure);
        builder.def_var(certain, with);
        builder.ins().jump(done, &[]);
        builder.switch_to_block(done);
    }

    /// Writes a candidate and counts it.
    fn push(
        &self,
        builder: &mut FunctionBuilder<'_>,
        word: Value,
        possible: Value,
        certain: Value,
    ) {
        let count = builder.use_var(self.count);
        let place = element(builder, self.found, count, size_of::<Candidate>());
        builder
            .ins()
            .istore32(plain(), self.row, place, offset_of!(Candidate, row) as i32);
        builder
            .ins()
            .istore32(plain(), word, place, offset_of!(Candidate, word) as i32);
        builder.ins().store(
            plain(),
            possible,
            place,
            offset_of!(Candidate, possible) as i32,
        );
        builder.ins().store(
            plain(),
            certain,
            place,
            offset_of!(Candidate, certain) as i32,
        );
        let more = builder.ins().iadd_imm_s(count, 1);
        builder.def_var(self.count, more);
    }
}

fn arguments(values: &[Value]) -> Vec<BlockArg> {
    values.iter().map(|value| (*value).into()).collect()
}
