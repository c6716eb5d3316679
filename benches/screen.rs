//! What screening costs, in CPU time: evaluation alone, a whole run beside decoding alone, and compiling.
//!
//! `cargo bench --bench screen` prints one table and then divan's own figures, which are for daily work.
//! `ROWS` sets the number of records (1,000,000 unless set). Unix only: CPU time comes from the system's clocks.

#[path = "../tests/support/mod.rs"]
mod support;

mod nested;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use arrow_array::RecordBatch;
use interdict::check::{CheckOptions, check, check_text, check_text_with, load};
use interdict::input::mapping::Mapping;
use interdict::input::{BatchSource, InputOptions, InputSpec, WantedColumn, open};
use interdict::io::children::{self, Asked, ChildSpec, Effort};
use interdict::io::commit::OutputSet;
use interdict::io::output::{OutputKind, OutputOptions, writer};
use interdict::io::screening::{Carry, Facts, Job, screen};
use interdict::io::synth::trade::{DirtRates, MISSING, Trade};
use interdict::io::synth::write_rows;
use interdict::model::Model;
use interdict::screen::bind::{Bound, column_of};
use interdict::screen::{Keep, Options, Screener, Verify};

/// Records of the table, unless `ROWS` says otherwise.
const ROWS: u64 = 1_000_000;

/// How often each figure is taken.
const TIMES: usize = 5;

/// Bounds of the figures.
const EVALUATION_NS: f64 = 60.0;
const WHOLE_TO_DECODING: f64 = 2.0;
const THOUSAND_RULES_MS: f64 = 250.0;
const TEN_THOUSAND_RULES_MS: f64 = 3_000.0;
const JOINING_TO_DECODING: f64 = 2.0;
const NESTED_NS: f64 = 150.0;
const LIST_MS: f64 = 1_000.0;
const CLOSURE_MS: f64 = 10_000.0;

/// Entries of the list in the table.
const ENTRIES: usize = 100_000;

/// Holdings that the closure in the table follows from.
const HOLDINGS: usize = 1_000_000;

fn main() {
    // `cargo test --benches` runs this too, without `--bench`.
    if std::env::args().any(|argument| argument == "--bench") {
        table();
    }
    divan::main();
}

/// CPU time of this thread, in nanoseconds.
fn thread_ns() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// CPU time of this process and all its threads, those that have ended included, in nanoseconds.
fn process_ns() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
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
    let schema = trade.schema_with_lists();
    let mut writer =
        writer(OutputKind::Parquet, sink, schema, &OutputOptions::default()).expect("a writer");
    write_rows(
        rows,
        1,
        |block| trade.batch_with_lists(block),
        writer.as_mut(),
    )
    .expect("rows are written");
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
fn decode(path: &Path, wanted: &[WantedColumn], each: impl FnMut(RecordBatch)) {
    let inputs = [InputSpec::new(path)];
    let source = open(&inputs, wanted, InputOptions::default()).expect("the file can be read");
    drain(&*source, each);
}

fn drain(source: &dyn BatchSource, mut each: impl FnMut(RecordBatch)) {
    while let Some(unit) = source.next_unit().expect("there is more or there is not") {
        for chunk in source.read_unit(unit).expect("the unit can be read") {
            each(chunk.expect("the chunk can be read").batch);
        }
    }
}

/// What a record costs, in nanoseconds: medians of runs that take turns, so that a noisy machine is as noisy for each.
struct Costs {
    /// Decoding its columns and nothing else.
    decoding: f64,
    /// Binding it where it has just been decoded.
    binding: f64,
    /// From there, binding included, to its outcome.
    evaluation: f64,
    /// From one file to another.
    whole: f64,
}

fn costs(screener: &Screener, path: &Path, wanted: &[WantedColumn], rows: u64) -> Costs {
    let (mut decoding, mut binding, mut evaluation, mut whole) = (vec![], vec![], vec![], vec![]);
    for _ in 0..TIMES {
        decoding.push(timed(process_ns, || {
            decode(path, wanted, divan::black_box_drop)
        }));
        binding.push(of_batches(screener, path, wanted, false));
        evaluation.push(of_batches(screener, path, wanted, true));
        whole.push(timed(process_ns, || whole_run(screener, path)));
    }
    let a_record = |times: Vec<f64>| median(times) / rows as f64;
    Costs {
        decoding: a_record(decoding),
        binding: a_record(binding),
        evaluation: a_record(evaluation),
        whole: a_record(whole),
    }
}

/// The time that binding or screening takes while a file is decoded, on this thread, without the decoding.
fn of_batches(screener: &Screener, path: &Path, wanted: &[WantedColumn], screens: bool) -> f64 {
    let binder = |batch: &RecordBatch| {
        let binder = screener.binder(&Mapping::default(), &batch.schema());
        binder.expect("the columns are the record's")
    };
    let (mut alone, mut worker, mut bound) = (None, None, Bound::default());
    let mut spent = 0.0;
    decode(path, wanted, |batch| {
        spent += timed(thread_ns, || match screens {
            true => {
                let worker = worker.get_or_insert_with(|| screener.worker(binder(&batch)));
                let judged = worker.screen(&batch, |row| row as u64);
                divan::black_box_drop(judged.expect("nothing is verified"));
            }
            false => {
                let alone = alone.get_or_insert_with(|| binder(&batch));
                alone.bind_into(&batch, &mut bound);
                divan::black_box(&bound);
            }
        });
    });
    spent
}

fn timed(clock: fn() -> f64, run: impl FnOnce()) -> f64 {
    let start = clock();
    run();
    clock() - start
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A whole run on one thread, decisions written.
fn whole_run(screener: &Screener, path: &Path) {
    let mapping = Mapping::default();
    let folder = path.parent().expect("the file's folder");
    let job = Job {
        screener,
        mapping: &mapping,
        inputs: vec![InputSpec::new(path)],
        children: Vec::new(),
        child_memory: children::MEMORY,
        also_read: Vec::new(),
        output: folder.join("decisions.parquet"),
        kind: OutputKind::Parquet,
        keep: Keep::Flagged,
        carry: Carry::Key,
        rejects: None,
        page: None,
        max_rejects: None,
        unique_keys: false,
        threads: 1,
    };
    let facts = Facts {
        policies: Vec::new(),
        data: Vec::new(),
        mapping: None,
        options: serde_json::Map::new(),
        engine: "jit".to_owned(),
    };
    let report = screen(&job, facts, |_, _| ()).expect("the book is screened");
    divan::black_box(report);
}

/// A policy that asks for components.
const COMPONENTS_POLICY: &str = "policy components { title \"Components\" }\n\
    record shipment { key id : text  as of day : date  value : money USD  components : list of component? }\n\
    record component { name : text  origin : country?  value : money USD? }\n\
    verdicts clear < deny\n\
    rule some \"Some\" { when sum(c.value for c in components where c.origin = CN) / value >= 25% then deny }\n";

/// Shipments with five components each, in files of their own: what joining them costs, and what decoding both files does,
/// in nanoseconds a shipment; `sorted` files have the keys in the same order.
fn joining(shipments: u64, sorted: bool) -> (f64, f64) {
    let folder = tempfile::tempdir().expect("a folder");
    let [records, elements] = ["in.csv", "components.csv"].map(|name| folder.path().join(name));
    let mut random = support::random::Random::new(2);
    let (mut text, mut rows) = (String::from("id,day,value\n"), Vec::new());
    for number in 0..shipments {
        text += &format!(
            "S-{number:08},2026-01-{:02},{}\n",
            number % 28 + 1,
            number % 900
        );
        for _ in 0..5 {
            let at = match sorted {
                true => number as usize,
                false => random.below(shipments as usize),
            };
            rows.push(format!("S-{at:08},a component,CN,{}.50\n", at % 90));
        }
    }
    std::fs::write(&records, text).expect("a file");
    let text = format!("id,name,origin,value\n{}", rows.concat());
    std::fs::write(&elements, text).expect("a file");
    let model = model_of(COMPONENTS_POLICY);
    let fields: Vec<_> = model.record.fields.ids().collect();
    let wanted = ["id", "day", "value"].map(WantedColumn::required).to_vec();
    let joined = timed(process_ns, || {
        let lists = WantedColumn::required("components").of_lists(true);
        let asked = Asked {
            model: &model,
            mapping: &Mapping::default(),
            fields: &fields,
            wanted: wanted.iter().cloned().chain([lists]).collect(),
            inputs: &[InputSpec::new(&records)],
            children: &[ChildSpec {
                list: "components".to_owned(),
                input: InputSpec::new(&elements),
            }],
            options: InputOptions::default(),
            effort: Effort {
                threads: 1,
                memory: children::MEMORY,
            },
        };
        let book = children::open(asked, &mut |_, _| ()).expect("the files are in order");
        drain(&*book.source, divan::black_box_drop);
    });
    let alone = timed(process_ns, || {
        decode(&records, &wanted, divan::black_box_drop);
        let wanted = ["id", "name", "origin", "value"].map(WantedColumn::required);
        decode(&elements, &wanted, divan::black_box_drop);
    });
    (joined / shipments as f64, alone / shipments as f64)
}

/// Judging shipments with five components each by the rule of 0.1 %: what a record costs from where it has just been decoded,
/// binding alone, then all, in nanoseconds.
fn nested(shipments: u64) -> (f64, f64) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("nested.parquet");
    nested::write(&path, shipments);
    let screener = screener(model_of(nested::POLICY));
    let scalars = ["id", "day", "value"].map(WantedColumn::required);
    let lists = WantedColumn::required("components").of_lists(true);
    let wanted: Vec<WantedColumn> = scalars.into_iter().chain([lists]).collect();
    let (mut binding, mut evaluation) = (vec![], vec![]);
    for _ in 0..TIMES {
        binding.push(of_batches(&screener, &path, &wanted, false));
        evaluation.push(of_batches(&screener, &path, &wanted, true));
    }
    let a_record = |times: Vec<f64>| median(times) / shipments as f64;
    (a_record(binding), a_record(evaluation))
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

/// A policy that asks for a list, dated or not.
fn list_policy(dated: bool) -> String {
    let valid = if dated {
        "valid from listed until delisted"
    } else {
        ""
    };
    format!(
        "policy p {{ title \"P\" }}\n\
         record r {{ key id : text  as of day : date  party : text? }}\n\
         verdicts clear < deny\n\
         list parties from \"parties.csv\" {{\n\
         key party : text\n{valid}\nname : text folded\ncountry : country\nlisted : date\ndelisted : date?\nnote : int?\n}}\n\
         rule a \"A\" {{ when party in parties and parties[party].note = 4 then deny }}\n"
    )
}

/// A made-up list of parties.
fn list_file(entries: usize) -> Vec<u8> {
    let mut text = String::from("party,name,country,listed,delisted,note\n");
    for number in 0..entries {
        let (month, day) = (number % 12 + 1, number % 28 + 1);
        let until = if number % 7 == 0 { "2025-06-30" } else { "" };
        text += &format!(
            "P-{number},Example Party No. {number},CN,2020-{month:02}-{day:02},{until},{}\n",
            number % 9
        );
    }
    text.into_bytes()
}

/// From the bytes of a list of so many entries to a checked policy, in milliseconds.
fn loading(entries: usize) -> f64 {
    let (policy, file) = (list_policy(true), list_file(entries));
    let files = [("parties.csv", file.as_slice())];
    let time = least(thread_ns, || {
        let checked = check_text_with("list.interdict", &policy, &files);
        assert!(!checked.has_errors());
    });
    time / 1e6
}

/// A policy that asks for a closure.
const CLOSURE_POLICY: &str = "policy closures { title \"Closures\" }\n\
    record shipment { key id : text  as of day : date  buyer : text? }\n\
    verdicts clear < deny\n\
    list listed from \"listed.csv\" { key id : text }\n\
    list held from \"held.csv\" {\n\
    key row : int\nvalid from since until until\n\
    owner : text\nowned : text\nshare : percent?\nsince : date\nuntil : date?\n}\n\
    closure caught of listed over held { owner owner  owned owned  share share  caught at >= 50% }\n\
    rule bought \"Bought\" { when buyer in caught  then deny }\n";

/// Made-up holdings among a third as many entities, one in fifty without its share.
fn holdings(count: usize) -> Vec<u8> {
    let mut random = support::random::Random::new(1);
    let mut text = String::from("row,owner,owned,share,since,until\n");
    let shares = ["5", "10", "25", "33.33", "16.67", "50", "51", "60", "100"];
    for row in 0..count {
        let (owner, owned) = (random.below(count / 3), random.below(count / 3));
        let share = if random.chance(2) {
            ""
        } else {
            random.pick(&shares)
        };
        let (year, month) = (random.between(2005, 2020), random.between(1, 9));
        let until = match random.chance(30) {
            true => format!("{}-06-15", year + random.between(1, 5)),
            false => String::new(),
        };
        text += &format!("{row},E{owner},E{owned},{share},{year}-0{month}-01,{until}\n");
    }
    text.into_bytes()
}

/// From the bytes of so many holdings, and a hundredth of their entities listed, to a checked policy, in milliseconds.
fn closing(count: usize) -> f64 {
    let held = holdings(count);
    let listed: String = (0..count / 300)
        .map(|at| format!("E{}\n", at * 100))
        .collect();
    let listed = format!("id\n{listed}");
    let files = [
        ("listed.csv", listed.as_bytes()),
        ("held.csv", held.as_slice()),
    ];
    let time = timed(process_ns, || {
        let checked = check_text_with("closures.interdict", CLOSURE_POLICY, &files);
        assert!(checked.model.is_some(), "the holdings are in order");
    });
    time / 1e6
}

/// Judging a record by a list of so many entries, in nanoseconds; every record names another party.
fn listed(entries: usize, dated: bool) -> f64 {
    let (policy, file) = (list_policy(dated), list_file(entries));
    let checked = check_text_with("list.interdict", &policy, &[("parties.csv", &file)]);
    let screener = screener(Arc::new(checked.model.expect("the policy is in order")));
    const RECORDS: usize = 1 << 16;
    let texts = |of: &dyn Fn(usize) -> String| -> arrow_array::ArrayRef {
        Arc::new(
            (0..RECORDS)
                .map(|at| Some(of(at)))
                .collect::<arrow_array::StringArray>(),
        )
    };
    let batch = RecordBatch::try_from_iter([
        ("id", texts(&|at| format!("S-{at}"))),
        ("day", texts(&|_| "2024-01-01".to_owned())),
        ("party", texts(&|at| format!("P-{}", at * 31))),
    ])
    .expect("columns of one length");
    let time = least(thread_ns, || {
        let binder = screener.binder(&Mapping::default(), &batch.schema());
        let mut worker = screener.worker(binder.expect("the columns are the record's"));
        let judged = worker.screen(&batch, |row| row as u64);
        divan::black_box(judged.expect("nothing is verified"));
    });
    time / RECORDS as f64
}

fn table() {
    let rows = std::env::var("ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok());
    let rows: u64 = rows.unwrap_or(ROWS);
    let (_folder, path) = book(rows);
    let screener = screener(trade_model());
    let wanted = wanted(&screener);
    let costs = costs(&screener, &path, &wanted, rows);
    println!(
        "{rows} records, {} columns, {} rules, CPU time, medians of {TIMES}",
        wanted.len(),
        screener.model().rules.len()
    );
    let ns = "ns a record";
    line("decoding the columns", costs.decoding, ns, None);
    line("binding", costs.binding, ns, None);
    line(
        "evaluation, binding included",
        costs.evaluation,
        ns,
        Some(EVALUATION_NS),
    );
    line("whole run, Parquet to Parquet", costs.whole, ns, None);
    line(
        "whole run to decoding alone",
        costs.whole / costs.decoding,
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
    for (sorted, what) in [(true, "sorted"), (false, "unsorted")] {
        let (joined, alone) = joining(rows, sorted);
        line(
            &format!("CSV and a child table, {what}: decoding"),
            alone,
            ns,
            None,
        );
        line("joining them, decoding included", joined, ns, None);
        let (what, bound) = ("joining to decoding alone", Some(JOINING_TO_DECODING));
        line(what, joined / alone, "times", bound);
    }
    let (binding, evaluation) = nested(rows);
    line("five components each: binding", binding, ns, None);
    let what = "the 0.1 % rule, binding included";
    line(what, evaluation, ns, Some(NESTED_NS));
    let what = format!("a closure over {HOLDINGS} holdings: bytes to model");
    line(&what, closing(HOLDINGS), "ms", Some(CLOSURE_MS));
    let what = format!("a list of {ENTRIES} entries: bytes to model");
    line(&what, loading(ENTRIES), "ms", Some(LIST_MS));
    for (dated, what) in [(false, "undated"), (true, "dated")] {
        let what = format!("{ENTRIES} entries, {what}: each record another");
        line(&what, listed(ENTRIES, dated), ns, None);
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
