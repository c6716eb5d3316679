//! What screening costs, in CPU time: evaluation alone, a whole run beside decoding alone, and compiling.
//!
//! `cargo bench --bench screen` prints one table and then divan's own figures, which are for daily work.
//! `ROWS` sets the number of records (1,000,000 unless set). Linux only: CPU time comes from `/proc`.

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use arrow_array::RecordBatch;
use interdict::check::{CheckOptions, check, check_text, load};
use interdict::io::commit::OutputSet;
use interdict::io::input::{InputOptions, InputSpec, WantedColumn, open};
use interdict::io::output::{OutputKind, OutputOptions, writer};
use interdict::io::screening::{Carry, Facts, Job, screen};
use interdict::io::synth::trade::{DirtRates, MISSING, Trade};
use interdict::io::synth::write_rows;
use interdict::model::Model;
use interdict::screen::bind::column_of;
use interdict::screen::mapping::Mapping;
use interdict::screen::{Keep, Options, Screener, Verify};

/// Records of the table, unless `ROWS` says otherwise.
const ROWS: u64 = 1_000_000;

/// How often each figure is taken; the least is shown.
const TIMES: usize = 3;

/// Bounds of the figures.
const EVALUATION_NS: f64 = 60.0;
const WHOLE_TO_DECODING: f64 = 2.0;
const THOUSAND_RULES_MS: f64 = 250.0;
const TEN_THOUSAND_RULES_MS: f64 = 3_000.0;

fn main() {
    // `cargo test --benches` runs this too, without `--bench`.
    if std::env::args().any(|argument| argument == "--bench") {
        table();
    }
    divan::main();
}

/// CPU time of this thread, in nanoseconds.
fn thread_ns() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux's schedstat");
    let first = text.split(' ').next().and_then(|ns| ns.parse().ok());
    first.expect("nanoseconds come first")
}

/// CPU time of this process and all its threads, those that have ended included, in nanoseconds, to 10 ms.
fn process_ns() -> f64 {
    const NS_PER_TICK: f64 = 10_000_000.0;
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux's stat");
    // The program's name may hold anything but stands in brackets.
    let (_, rest) = text.rsplit_once(')').expect("a name in brackets");
    let ticks: Vec<f64> = rest
        .split_whitespace()
        .filter_map(|field| field.parse().ok())
        .collect();
    // The state, a letter, is no number; user and system time are fields 14 and 15 of the line.
    (ticks[10] + ticks[11]) * NS_PER_TICK
}

/// The least time of several runs.
fn least(clock: fn() -> f64, mut run: impl FnMut()) -> f64 {
    let times = (0..TIMES).map(|_| {
        let start = clock();
        run();
        clock() - start
    });
    times.fold(f64::INFINITY, f64::min)
}

fn trade_model() -> Arc<Model> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trade");
    let loaded = load(&[root.join("cn"), root.join("us")]).expect("the examples are there");
    let checked = check(loaded, &CheckOptions::default());
    Arc::new(checked.model.expect("the examples are in order"))
}

fn screener(model: Arc<Model>) -> Screener {
    let options = Options {
        verify: Verify::None,
        ..Options::default()
    };
    Screener::new(model, options).expect("the kernels agree")
}

/// Synthetic trade in a Parquet file, and its folder, which goes when this is dropped.
fn book(rows: u64) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.parquet");
    let trade = Trade::new(MISSING, DirtRates::default());
    let mut outputs = OutputSet::new([]);
    let sink = outputs.stage(&path).expect("a file can be made");
    let schema = trade.schema().clone();
    let mut writer =
        writer(OutputKind::Parquet, sink, schema, &OutputOptions::default()).expect("a writer");
    write_rows(rows, 1, |block| trade.batch(block), writer.as_mut()).expect("rows are written");
    writer.finish().expect("the file is written");
    outputs.commit(None).expect("the file is in its place");
    (folder, path)
}

/// The columns that screening reads.
fn wanted(screener: &Screener) -> Vec<WantedColumn> {
    let mapping = Mapping::default();
    let fields = screener.fields();
    let columns = fields
        .iter()
        .filter_map(|(id, _)| column_of(screener.model(), &mapping, *id));
    columns.map(WantedColumn::optional).collect()
}

/// Decodes a file and hands every batch on.
fn decode(path: &Path, wanted: &[WantedColumn], mut each: impl FnMut(RecordBatch)) {
    let inputs = [InputSpec::new(path)];
    let source = open(&inputs, wanted, InputOptions::default()).expect("the file can be read");
    while let Some(unit) = source.next_unit().expect("there is more or there is not") {
        for chunk in source.read_unit(unit).expect("the unit can be read") {
            each(chunk.expect("the chunk can be read").batch);
        }
    }
}

/// Evaluation alone: batches in memory to outcomes, in nanoseconds of one thread a record; binding alone, then all.
fn evaluation(screener: &Screener, batches: &[RecordBatch]) -> (f64, f64) {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let binder = || {
        let binder = screener.binder(&Mapping::default(), &batches[0].schema());
        binder.expect("the columns are the record's")
    };
    let mut alone = binder();
    let mut bound = alone.bind(&batches[0]);
    let binding = least(thread_ns, || {
        for batch in batches {
            alone.bind_into(batch, &mut bound);
            divan::black_box(&bound);
        }
    });
    let mut worker = screener.worker(binder());
    let all = least(thread_ns, || {
        for batch in batches {
            let judged = worker.screen(batch, |row| row as u64);
            divan::black_box(judged.expect("nothing is verified"));
        }
    });
    (binding / rows as f64, all / rows as f64)
}

/// A whole run on one thread, decisions written, in nanoseconds of the process.
fn whole(screener: &Screener, path: &Path) -> f64 {
    let mapping = Mapping::default();
    let folder = path.parent().expect("the file's folder");
    least(process_ns, || {
        let job = Job {
            screener,
            mapping: &mapping,
            inputs: vec![InputSpec::new(path)],
            also_read: Vec::new(),
            output: folder.join("decisions.parquet"),
            kind: OutputKind::Parquet,
            keep: Keep::Flagged,
            carry: Carry::Key,
            rejects: None,
            max_rejects: None,
            unique_keys: false,
            threads: 1,
        };
        let facts = Facts {
            policies: Vec::new(),
            mapping: None,
            options: serde_json::Map::new(),
            engine: "jit".to_owned(),
        };
        let report = screen(&job, facts, |_, _| ()).expect("the book is screened");
        divan::black_box(report);
    })
}

/// From the text of a policy to a kernel that has checked itself, in milliseconds: checking, then all.
fn compiling(text: &str) -> (f64, f64) {
    let checking = least(thread_ns, || {
        divan::black_box(check_text("big.interdict", text));
    });
    let all = least(thread_ns, || {
        divan::black_box(screener(model_of(text)));
    });
    (checking / 1e6, all / 1e6)
}

fn model_of(text: &str) -> Arc<Model> {
    let checked = check_text("big.interdict", text);
    Arc::new(checked.model.expect("generated policies are in order"))
}

fn table() {
    let rows = std::env::var("ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok());
    let rows: u64 = rows.unwrap_or(ROWS);
    let (_folder, path) = book(rows);
    let screener = screener(trade_model());
    let wanted = wanted(&screener);
    let mut batches = Vec::new();
    decode(&path, &wanted, |batch| batches.push(batch));
    let (binding, evaluating) = evaluation(&screener, &batches);
    drop(batches);
    let decoding = least(process_ns, || decode(&path, &wanted, divan::black_box_drop));
    let whole = whole(&screener, &path);
    let per_record = |ns: f64| ns / rows as f64;
    println!(
        "{rows} records, {} columns, {} rules, CPU time",
        wanted.len(),
        screener.model().rules.len()
    );
    line("evaluation: binding alone", binding, "ns a record", None);
    line(
        "evaluation: records in memory to outcomes",
        evaluating,
        "ns a record",
        Some(EVALUATION_NS),
    );
    line(
        "decoding the same columns",
        per_record(decoding),
        "ns a record",
        None,
    );
    line(
        "whole run, Parquet to Parquet",
        per_record(whole),
        "ns a record",
        None,
    );
    line(
        "whole run to decoding alone",
        whole / decoding,
        "times",
        Some(WHOLE_TO_DECODING),
    );
    for (rules, bound) in [(1_000, THOUSAND_RULES_MS), (10_000, TEN_THOUSAND_RULES_MS)] {
        let (checking, all) = compiling(&support::big::big_policy(rules, 1));
        line(
            &format!("{rules} rules: text to model"),
            checking,
            "ms",
            None,
        );
        line(
            &format!("{rules} rules: text to ready kernel"),
            all,
            "ms",
            Some(bound),
        );
    }
    println!();
}

fn line(what: &str, figure: f64, unit: &str, bound: Option<f64>) {
    let bound = match bound {
        Some(bound) if figure < bound => format!("under {bound}"),
        Some(bound) => format!("NOT under {bound}"),
        None => String::new(),
    };
    println!("  {what:44} {figure:>10.1} {unit:12} {bound}");
}

/// A few batches in memory, for divan.
static BATCHES: LazyLock<(Screener, Vec<RecordBatch>)> = LazyLock::new(|| {
    let screener = screener(trade_model());
    let (_folder, path) = book(1 << 17);
    let mut batches = Vec::new();
    decode(&path, &wanted(&screener), |batch| batches.push(batch));
    (screener, batches)
});

#[divan::bench]
fn bind_batches(bencher: divan::Bencher<'_, '_>) {
    let (screener, batches) = &*BATCHES;
    let binder = screener.binder(&Mapping::default(), &batches[0].schema());
    let mut binder = binder.expect("the columns are the record's");
    let mut bound = binder.bind(&batches[0]);
    bencher.counter(records(batches)).bench_local(|| {
        for batch in batches {
            binder.bind_into(batch, &mut bound);
        }
    });
}

#[divan::bench]
fn screen_batches(bencher: divan::Bencher<'_, '_>) {
    let (screener, batches) = &*BATCHES;
    let binder = screener.binder(&Mapping::default(), &batches[0].schema());
    let mut worker = screener.worker(binder.expect("the columns are the record's"));
    bencher.counter(records(batches)).bench_local(|| {
        for batch in batches {
            divan::black_box(
                worker
                    .screen(batch, |row| row as u64)
                    .expect("nothing is verified"),
            );
        }
    });
}

fn records(batches: &[RecordBatch]) -> divan::counter::ItemsCount {
    divan::counter::ItemsCount::new(batches.iter().map(RecordBatch::num_rows).sum::<usize>())
}

#[divan::bench(args = [100, 1_000], sample_count = 5, sample_size = 1)]
fn compile_rules(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let text = support::big::big_policy(rules, 1);
    bencher.bench_local(|| screener(model_of(&text)));
}
