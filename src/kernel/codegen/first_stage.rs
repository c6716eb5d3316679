//! The first stage: a short row loop over test truths, or the masks of [`super::masks`].

use super::emit::{
    Part, Row, class, compare, element, leave_if_zero, offset_of_slot, part, plain, steady,
};
use crate::ir::ComputedId;
use crate::kernel::abi::{Call, Candidate, NOT_DECIDED};
use crate::plan::{Filter, Order, Plan, Shape, WORD};
use cranelift_codegen::ir::{
    AbiParam, Block, FuncRef, InstBuilder, SigRef, Value, condcodes::IntCC, types,
};
use cranelift_frontend::{FunctionBuilder, Variable};
use cranelift_jit::JITModule;
use cranelift_module::{FuncId, Module};
use std::mem::{offset_of, size_of};

/// What every part of the function uses.
pub(super) struct Stage<'p> {
    pub plan: &'p Plan,
    pub order: &'p Order,
    /// The [`Call`].
    pub call: Value,
    pub columns: Value,
    pub rows: Value,
    /// The summary of all clauses.
    pub used: Vec<u64>,
    /// Whether the processor has vectors of two words.
    pub vectors: bool,
    found: Value,
    /// More candidates than that leave no room for another row's.
    full: Value,
    /// How many candidates were found.
    count: Variable,
    /// For each of the plan's filters its compiled comparison, if there is one.
    comparisons: Vec<Option<FuncRef>>,
    /// Those of [`Order::compared`] that masks are narrowed by and code can make.
    pub compared: Vec<ComputedId>,
    /// [`Call::decide`], its signature and its context.
    decide: (Value, SigRef, Value),
    /// Where the function ends; its parameter is the row to go on from.
    pub done: Block,
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
    let mut field = |offset: usize| load_field(builder, call, offset);
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
    let compared = order.compared.iter().copied();
    let compared = compared
        .filter(|computed| plan.shape == Shape::Masks && functions[computed.index()].is_some());
    let words = i64::try_from(plan.layout.first_words).expect("few words");
    let full = builder.ins().iadd_imm_s(room, -words);

    let count = builder.declare_var(types::I64);
    let zero = builder.ins().iconst(types::I64, 0);
    builder.def_var(count, zero);
    let done = builder.create_block();
    let next_row = builder.append_block_param(done, types::I64);
    let stage = Stage {
        plan,
        order,
        call,
        columns,
        rows,
        used: plan.layout.summary(&plan.layout.used()).into_owned(),
        vectors: cfg!(any(target_arch = "x86_64", target_arch = "aarch64")),
        found,
        full,
        count,
        comparisons,
        compared: compared.collect(),
        decide: (decide, signature, context),
        done,
    };
    match plan.shape {
        Shape::RowLoop => stage.row_loop(builder, from),
        Shape::Masks => stage.masks(builder, from),
    }

    builder.switch_to_block(done);
    let total = builder.use_var(count);
    builder
        .ins()
        .store(plain(), total, call, offset_of!(Call, count) as i32);
    builder.ins().return_(&[next_row]);
}

/// A part of the [`Call`].
pub(super) fn load_field(builder: &mut FunctionBuilder<'_>, call: Value, offset: usize) -> Value {
    let offset = i32::try_from(offset).expect("a small structure");
    builder.ins().load(types::I64, plain(), call, offset)
}

impl Stage<'_> {
    /// A loop over some rows: the numbers from one to another, or what stands at these places of a list. Where there is
    /// no room for a row's candidates the function ends; after the last row it goes on with `after`.
    pub fn each_row(
        &self,
        builder: &mut FunctionBuilder<'_>,
        (from, until): (Value, Value),
        list: Option<Value>,
        after: (Block, Value),
        body: impl FnOnce(&mut FunctionBuilder<'_>, Row, Block),
    ) {
        let head = builder.create_block();
        let at = builder.append_block_param(head, types::I64);
        let fits = builder.create_block();
        let inside = builder.create_block();
        let next = builder.create_block();
        builder.ins().jump(head, &[from.into()]);

        builder.switch_to_block(head);
        let more = compare(builder, IntCC::UnsignedLessThan, at, until);
        builder
            .ins()
            .brif(more, fits, &[], after.0, &[after.1.into()]);

        builder.switch_to_block(fits);
        let row = list.map_or(at, |list| {
            let place = element(builder, list, at, 4);
            builder.ins().uload32(plain(), place, 0)
        });
        let so_far = builder.use_var(self.count);
        let enough = compare(builder, IntCC::SignedLessThanOrEqual, so_far, self.full);
        builder
            .ins()
            .brif(enough, inside, &[], self.done, &[row.into()]);

        builder.switch_to_block(inside);
        let row = Row::new(builder, row);
        body(builder, row, next);

        builder.switch_to_block(next);
        let following = builder.ins().iadd_imm_s(at, 1);
        builder.ins().jump(head, &[following.into()]);
    }

    /// Leaves out the bits of a word whose comparisons of amounts, of those that are yet to be made, leave them out.
    pub fn filtered(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
        word: usize,
        mut possible: Value,
    ) -> Value {
        let filters = self.plan.filters.iter().zip(&self.comparisons);
        let waiting = filters.filter(|(filter, _)| !self.compared.contains(&filter.computed));
        for (filter, comparison) in waiting.filter(|(filter, _)| filter.word == word) {
            let asks = filter.if_false | filter.if_true;
            let asking = builder.ins().band_imm_u(possible, asks as i64);
            let ask = builder.create_block();
            let after = builder.create_block();
            let kept = builder.append_block_param(after, types::I64);
            builder
                .ins()
                .brif(asking, ask, &[], after, &[possible.into()]);

            builder.switch_to_block(ask);
            let truth = self.truth(builder, row, filter, *comparison);
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
        row: Row,
        filter: &Filter,
        comparison: Option<FuncRef>,
    ) -> Value {
        let Some(comparison) = comparison else {
            return self.decided(builder, row.row, filter.computed);
        };
        let call = builder.ins().call(comparison, &[self.columns, row.row]);
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
        let answer = self.decided(builder, row.row, filter.computed);
        builder.ins().jump(decided, &[answer.into()]);
        builder.switch_to_block(decided);
        truth
    }

    /// What a comparison of amounts of any size comes to.
    pub fn decided(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Value,
        computed: ComputedId,
    ) -> Value {
        let (decide, signature, context) = self.decide;
        let computed = builder.ins().iconst(types::I64, computed.index() as i64);
        let asked = [context, computed, row];
        let call = builder.ins().call_indirect(signature, decide, &asked);
        builder.inst_results(call)[0]
    }

    /// Clause after clause, each left at its first false test.
    fn row_loop(&self, builder: &mut FunctionBuilder<'_>, from: Value) {
        self.each_row(
            builder,
            (from, self.rows),
            None,
            (self.done, self.rows),
            |builder, row, next| {
                for word in 0..self.plan.layout.first_words {
                    self.row_word(builder, row, word);
                }
                builder.ins().jump(next, &[]);
            },
        );
    }

    fn row_word(&self, builder: &mut FunctionBuilder<'_>, row: Row, word: usize) {
        let possible = builder.declare_var(types::I64);
        let certain = builder.declare_var(types::I64);
        let zero = builder.ins().iconst(types::I64, 0);
        builder.def_var(possible, zero);
        builder.def_var(certain, zero);
        for bit in 0..WORD {
            let clause = &self.plan.layout.clauses[word * WORD + bit];
            if clause.group.is_some() {
                self.row_clause(builder, row, &clause.tests, bit, possible, certain);
            }
        }
        let skip = builder.create_block();
        let p = builder.use_var(possible);
        leave_if_zero(builder, p, skip);
        let p = self.filtered(builder, row, word, p);
        leave_if_zero(builder, p, skip);
        let c = builder.use_var(certain);
        let c = builder.ins().band(c, p);
        let number = builder.ins().iconst(types::I64, word as i64);
        self.push(builder, row, number, p, c);
        builder.ins().jump(skip, &[]);
        builder.switch_to_block(skip);
    }

    fn row_clause(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
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
            let class = class(builder, self.columns, offset_of_slot(place.slot), row);
            let base = part(builder, self.columns, place.slot, Part::Exposed);
            let truths = element(builder, base, class, classes.exposed_count());
            let truth = builder
                .ins()
                .uload8(types::I64, steady(), truths, place.exposed as i32);
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
    pub fn push(
        &self,
        builder: &mut FunctionBuilder<'_>,
        row: Row,
        word: Value,
        possible: Value,
        certain: Value,
    ) {
        let count = builder.use_var(self.count);
        let place = element(builder, self.found, count, size_of::<Candidate>());
        builder
            .ins()
            .istore32(plain(), row.row, place, offset_of!(Candidate, row) as i32);
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
