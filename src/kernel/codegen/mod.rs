//! The compiled kernel: one Cranelift module a plan, with the first stage and each comparison of amounts that
//! fits 64-bit integers. Emits a small subset: integer loads and stores, `band`, `bor`, compares, branches,
//! checked `i64` arithmetic. What it leaves undecided the portable kernel works out.

mod amounts;
mod emit;
mod first_stage;
mod masks;

use super::abi::{
    ANSWERS, AmountsFunction, BLOCK, BitView, Call, Candidate, ColumnView, DenseView, FirstStage,
    NOT_DECIDED, NOT_KNOWN,
};
use super::batch::Dense;
use super::{Batch, portable};
use crate::domain::Truth;
use crate::ir::{ComputedId, ComputedKind};
use crate::plan::{Order, Plan};
use cranelift_codegen::ir::UserFuncName;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITMemoryProvider, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};
use std::ffi::c_void;
use std::fmt;
use std::mem::size_of;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The compiled code of one plan. It owns its memory; nothing that points into it outlives it.
pub struct Compiled {
    module: Option<JITModule>,
    first_stage: FirstStage,
    amounts: Vec<Option<AmountsFunction>>,
    /// The slots of the columns that are asked of every record.
    dense: Vec<usize>,
    answers: Vec<u64>,
    bits: Vec<BitView>,
    bit_columns: Vec<u32>,
}

// SAFETY: after `finalize_definitions` the module is never touched again until it is dropped; the code it holds
// keeps no state and only reads what its arguments point to.
unsafe impl Send for Compiled {}
// SAFETY: as above; functions may run in several threads at once.
unsafe impl Sync for Compiled {}

/// Why there is no compiled kernel; the portable one runs instead.
#[derive(Debug)]
pub struct CodegenError {
    /// In words.
    pub reason: String,
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for CodegenError {}

/// The text of one function, for `emit clif` and `emit asm`.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What the function is.
    pub name: String,
    /// Cranelift's form.
    pub clif: String,
    /// Machine code as text.
    pub asm: String,
}

impl Compiled {
    /// Compiles a plan whose columns are asked in an order.
    ///
    /// # Errors
    /// Where the processor is not supported or executable memory is refused.
    pub fn new(plan: &Plan, order: &Order) -> Result<Compiled, CodegenError> {
        Compiled::with_memory(plan, order, None)
    }

    /// The same with memory from elsewhere.
    fn with_memory(
        plan: &Plan,
        order: &Order,
        memory: Option<Box<dyn JITMemoryProvider + Send>>,
    ) -> Result<Compiled, CodegenError> {
        let compile = AssertUnwindSafe(|| {
            let (compiled, _) = compile(plan, order, memory, false)?;
            Ok(compiled)
        });
        catch_unwind(compile).unwrap_or_else(|_| Err(refused("the code generator failed")))
    }

    /// Compiles a plan for its listings.
    ///
    /// # Errors
    /// As [`Compiled::new`].
    pub fn listings(plan: &Plan) -> Result<Vec<Listing>, CodegenError> {
        compile(plan, &plan.order, None, true).map(|(_, listings)| listings)
    }

    /// See [`super::Kernel::candidates`].
    pub fn candidates(
        &self,
        plan: &Plan,
        batch: &Batch<'_>,
        from: usize,
        room: usize,
        found: &mut Vec<Candidate>,
    ) -> usize {
        found.reserve(room - found.len().min(room));
        let spare = found.spare_capacity_mut();
        let room = spare.len().min(room);
        let context = Context { plan, batch };
        let summary_words = plan.layout.summary_words();
        let dense = self.dense.iter();
        let dense: Vec<Dense<'_>> = dense
            .map(|slot| batch.dense(*slot, summary_words))
            .collect();
        let dense_views: Vec<DenseView> = dense.iter().map(Dense::view).collect();
        let mut left = vec![0; BLOCK * summary_words];
        let mut rows_left = vec![0; BLOCK];
        let mut call = Call {
            columns: batch.views().as_ptr(),
            dense: dense_views.as_ptr(),
            left: left.as_mut_ptr(),
            rows_left: rows_left.as_mut_ptr(),
            answers: self.answers.as_ptr(),
            bits: self.bits.as_ptr(),
            bit_columns: self.bit_columns.as_ptr(),
            from: from as u64,
            rows: batch.rows() as u64,
            found: spare.as_mut_ptr().cast(),
            room: room as u64,
            count: 0,
            context: (&raw const context).cast(),
            decide,
        };
        // SAFETY: `Batch` has checked that every column has a value for each row and that every class is in its
        // table; `left` and `rows_left` have places for a block; the code writes at most `room` candidates and
        // counts them, and hands `context` on to `decide`.
        let next = unsafe { (self.first_stage)(&raw mut call) };
        drop((dense, left, rows_left));
        let count = usize::try_from(call.count).expect("a count fits");
        assert!(
            count <= room,
            "the kernel wrote more candidates than there is room for"
        );
        // SAFETY: the code has written `count` candidates.
        unsafe { found.set_len(found.len() + count) };
        usize::try_from(next).expect("a row number fits")
    }

    /// A comparison of amounts, where it is compiled and decided by 64-bit integers.
    pub fn amounts(&self, batch: &Batch<'_>, computed: ComputedId, row: usize) -> Option<Truth> {
        let function = self.amounts[computed.index()]?;
        assert!(row < batch.rows(), "the row is in the batch");
        // SAFETY: `Batch` has checked that every amount column has a value for each row.
        let answer = unsafe { function(batch.views().as_ptr(), row as u64) };
        match answer {
            0 => Some(Truth::False),
            1 => Some(Truth::Unknown),
            2 => Some(Truth::True),
            NOT_DECIDED | NOT_KNOWN => None,
            other => unreachable!("{other} is no answer of generated code"),
        }
    }
}

/// What [`decide`] works with.
struct Context<'c, 'b> {
    plan: &'c Plan,
    batch: &'c Batch<'b>,
}

/// See [`super::abi::Decide`].
extern "C" fn decide(context: *const c_void, computed: u64, row: u64) -> u64 {
    // SAFETY: generated code hands on what `Compiled::candidates` called it with, which outlives the call.
    let context = unsafe { &*context.cast::<Context<'_, '_>>() };
    let computed = ComputedId::from_index(computed as usize);
    match portable::filter(context.plan, context.batch, computed, row as usize) {
        Some(Truth::False) => 0,
        Some(Truth::Unknown) | None => 1,
        Some(Truth::True) => 2,
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: the functions can only be called through `self`, which is going.
            unsafe { module.free_memory() };
        }
    }
}

fn refused(reason: impl fmt::Display) -> CodegenError {
    CodegenError {
        reason: reason.to_string(),
    }
}

fn compile(
    plan: &Plan,
    order: &Order,
    memory: Option<Box<dyn JITMemoryProvider + Send>>,
    listing: bool,
) -> Result<(Compiled, Vec<Listing>), CodegenError> {
    let mut unit = Unit::new(memory, listing)?;
    let mut functions = Vec::new();
    for (id, computed) in plan.program.computed.iter() {
        let function = match &computed.kind {
            ComputedKind::Amounts { compare, .. } => {
                let name = format!("amounts_{}", id.index());
                unit.function(&name, 2, |_, builder, _| {
                    amounts::emit(plan, compare, builder)
                })?
            }
            ComputedKind::ByClass(_)
            | ComputedKind::Formula(_)
            | ComputedKind::Loop { .. }
            | ComputedKind::Reference(_) => None,
        };
        functions.push(function);
    }
    let first = unit.function("first_stage", 1, |module, builder, entry| {
        first_stage::emit(plan, order, module, &functions, builder, entry);
        true
    })?;
    let first = first.expect("the first stage is always compiled");
    unit.module.finalize_definitions().map_err(refused)?;
    let first_stage = unit.module.get_finalized_function(first);
    // SAFETY: the function was emitted with this signature.
    let first_stage = unsafe { std::mem::transmute::<*const u8, FirstStage>(first_stage) };
    let amounts = functions
        .into_iter()
        .map(|function| {
            let code = unit.module.get_finalized_function(function?);
            // SAFETY: the function was emitted with this signature.
            Some(unsafe { std::mem::transmute::<*const u8, AmountsFunction>(code) })
        })
        .collect();
    let asked = order.asked[..order.dense].iter();
    let (bits, bit_columns) = bits(plan, order);
    Ok((
        Compiled {
            module: Some(unit.module),
            first_stage,
            amounts,
            dense: asked.map(|asked| asked.slot).collect(),
            answers: answers(plan, order),
            bits,
            bit_columns,
        },
        unit.listings,
    ))
}

/// What each answer to the comparisons that are made early leaves of the summary.
fn answers(plan: &Plan, order: &Order) -> Vec<u64> {
    let left_by = |computed: ComputedId, answer: usize| {
        let mut left = vec![u64::MAX; plan.layout.summary_words()];
        let filters = plan.filters.iter();
        for filter in filters.filter(|filter| filter.computed == computed) {
            let truth = [Truth::False, Truth::Unknown, Truth::True][answer];
            left[filter.word] &= !filter.leaves_out(Some(truth));
        }
        left
    };
    let asked = order.compared.iter();
    asked
        .flat_map(|computed| (0..ANSWERS).map(move |answer| (*computed, answer)))
        .flat_map(|(computed, answer)| left_by(computed, answer))
        .collect()
}

/// The bits of the summary as code reads them, the columns of each in the order in which records are asked.
fn bits(plan: &Plan, order: &Order) -> (Vec<BitView>, Vec<u32>) {
    let mut places = vec![usize::MAX; plan.columns.len()];
    for (place, asked) in order.asked.iter().enumerate() {
        places[asked.slot] = place;
    }
    let narrow = |number: usize| u32::try_from(number).expect("few columns");
    let mut columns = Vec::new();
    let bits = plan.bits.iter().map(|bit| {
        let from = narrow(columns.len());
        let mut slots = bit.slots.clone();
        slots.sort_by_key(|slot| places[*slot]);
        let offsets = slots.into_iter().map(|slot| slot * size_of::<ColumnView>());
        columns.extend(offsets.map(narrow));
        BitView {
            clauses: bit.clauses,
            from,
            until: narrow(columns.len()),
        }
    });
    (bits.collect(), columns)
}

/// A module under way.
struct Unit {
    module: JITModule,
    context: cranelift_codegen::Context,
    builders: FunctionBuilderContext,
    listing: bool,
    listings: Vec<Listing>,
}

impl Unit {
    fn new(
        memory: Option<Box<dyn JITMemoryProvider + Send>>,
        listing: bool,
    ) -> Result<Unit, CodegenError> {
        let mut flags = settings::builder();
        for (name, value) in [
            ("opt_level", "speed"),
            ("enable_verifier", "true"),
            ("is_pic", "false"),
            ("use_colocated_libcalls", "false"),
        ] {
            flags.set(name, value).map_err(refused)?;
        }
        let native = cranelift_native::builder().map_err(refused)?;
        let isa = native
            .finish(settings::Flags::new(flags))
            .map_err(refused)?;
        let mut builder = JITBuilder::with_isa(isa, default_libcall_names());
        if let Some(memory) = memory {
            builder.memory_provider(memory);
        }
        let module = JITModule::new(builder);
        let mut context = module.make_context();
        context.set_disasm(listing);
        Ok(Unit {
            module,
            context,
            builders: FunctionBuilderContext::new(),
            listing,
            listings: Vec::new(),
        })
    }

    /// Adds a function of `parameters` 64-bit integers that returns one; nothing where `emit` says it cannot.
    fn function(
        &mut self,
        name: &str,
        parameters: usize,
        emit: impl FnOnce(
            &mut JITModule,
            &mut FunctionBuilder<'_>,
            cranelift_codegen::ir::Block,
        ) -> bool,
    ) -> Result<Option<FuncId>, CodegenError> {
        use cranelift_codegen::ir::{AbiParam, types::I64};
        self.module.clear_context(&mut self.context);
        self.context.set_disasm(self.listing);
        let signature = &mut self.context.func.signature;
        signature.call_conv = self.module.isa().default_call_conv();
        signature.params = vec![AbiParam::new(I64); parameters];
        signature.returns.push(AbiParam::new(I64));
        self.context.func.name = UserFuncName::user(0, self.listings.len() as u32);
        let mut builder = FunctionBuilder::new(&mut self.context.func, &mut self.builders);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        if !emit(&mut self.module, &mut builder, entry) {
            // A fresh builder context: the half-made function is thrown away with it.
            self.builders = FunctionBuilderContext::new();
            return Ok(None);
        }
        builder.seal_all_blocks();
        builder.finalize(self.module.target_config());
        let signature = self.context.func.signature.clone();
        let id = self
            .module
            .declare_function(name, Linkage::Local, &signature)
            .map_err(refused)?;
        let clif = if self.listing {
            self.context.func.display().to_string()
        } else {
            String::new()
        };
        self.module
            .define_function(id, &mut self.context)
            .map_err(refused)?;
        if self.listing {
            let code = self
                .context
                .compiled_code()
                .and_then(|code| code.vcode.clone());
            let asm = code.unwrap_or_default();
            self.listings.push(Listing {
                name: name.to_owned(),
                clif,
                asm,
            });
        }
        Ok(Some(id))
    }
}

#[cfg(test)]
mod tests;
