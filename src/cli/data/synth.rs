//! `interdict data synth`: made-up shipments of the trade library.

use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use clap::Args;

use crate::cli::records::stop_of;
use crate::cli::words::of;
use crate::cli::{Exit, Session, Stop};
use crate::io::OutputError;
use crate::io::commit::OutputSet;
use crate::io::output::{OutputKind, OutputOptions, writer};
use crate::io::synth::trade::{DIRT, DirtRates, LISTS, ListOf, MISSING, Trade};
use crate::io::synth::{Block, write_rows};

/// Make synthetic shipments of the trade library
///
/// The records are those of examples/trade/common: skewed like trade, with facts missing at realistic rates; about
/// one in thirty is flagged by the laws of examples/trade. Orders are of one to three shipments, and a few consignees have
/// many. The same rows and seed give the same bytes whatever the
/// threads, and fewer rows the beginning of them in text formats.
///
/// JSON Lines, Parquet and Arrow hold the lists of the records. CSV cannot: beside book.csv come book.parties.csv and
/// book.components.csv, for `--child parties=book.parties.csv`. There is none for standard output.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict data synth --rows 1000000 --seed 1 -o shipments.parquet\n  interdict data synth --rows 1000 --dirt 0.01 --dirt float-noise=0.2 -o dirty.csv\n\nKinds of dirt:\n  text-in-numbers, sentinels, lost-zeros, eccn-spellings, float-noise, country-names,\n  date-styles, number-styles, zero-values, letter-case"
)]
pub struct Synth {
    /// How many records
    #[arg(long, value_name = "N")]
    rows: u64,
    /// Which of the possible books; the same seed makes the same one
    #[arg(long, default_value_t = 0, value_name = "S")]
    seed: u64,
    /// Where records go: .csv, .jsonl, .parquet, .arrow, or - for CSV on standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format of OUT, where its name does not say it
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<OutputKind>,
    /// The share of optional facts that is missing where no rule asks for them (0.08 or 8%); where one does, a
    /// thirtieth of it [default: 8%]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    missing: Option<u32>,
    /// The share of cells that are dirty, of all kinds or of one (float-noise=1%); may be repeated; CSV and JSON Lines
    /// only [default: 0]
    #[arg(long, value_name = "[KIND=]SHARE", value_parser = dirt)]
    dirt: Vec<(Option<String>, u32)>,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// A share as parts of a million.
fn share(text: &str) -> Result<u32, String> {
    let (number, unit) = match text.strip_suffix('%') {
        Some(number) => (number, 10_000.0),
        None => (text, 1_000_000.0),
    };
    let share: f64 = number.trim().parse().unwrap_or(f64::NAN);
    let parts = (share * unit).round();
    match (0.0..=1_000_000.0).contains(&parts) {
        true => Ok(parts as u32),
        false => Err("a share from 0 to 1 is expected, such as 0.05 or 5%".to_owned()),
    }
}

fn dirt(text: &str) -> Result<(Option<String>, u32), String> {
    match text.split_once('=') {
        None => Ok((None, share(text)?)),
        Some((kind, rate)) if DirtRates::default().set(kind, 0) => {
            Ok((Some(kind.to_owned()), share(rate)?))
        }
        Some((kind, _)) => {
            let kinds: Vec<&str> = DIRT.iter().map(|(_, name)| *name).collect();
            Err(format!("`{kind}` is none of {}", kinds.join(", ")))
        }
    }
}

impl Synth {
    pub(in crate::cli) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let kind = self.kind()?;
        let rates = self.rates();
        if !rates.is_clean() && matches!(kind, OutputKind::Parquet | OutputKind::Arrow) {
            return Err(Stop::usage("typed columns hold no dirt")
                .help("write CSV or JSON Lines, or leave out --dirt"));
        }
        let trade = Trade::new(self.missing.unwrap_or(MISSING), rates);
        let mut pool = rayon::ThreadPoolBuilder::new();
        if let Some(threads) = self.threads {
            pool = pool.num_threads(threads.into());
        }
        let pool = pool
            .build()
            .map_err(|error| Stop::new(Exit::Io, format!("cannot start threads: {error}")))?;
        let rows = pool
            .install(|| self.write(&trade, kind))
            .map_err(|error| stop_of(error.into()))?;
        if self.output != *"-" {
            for (path, rows) in rows {
                let rows = of(rows, "row");
                session.say(&format!("wrote {} ({rows})", path.display()))?;
            }
        }
        Ok(Exit::Done)
    }

    fn kind(&self) -> Result<OutputKind, Stop> {
        match self.output_format {
            Some(kind) => Ok(kind),
            None if self.output == *"-" => Ok(OutputKind::Csv),
            None => OutputKind::from_path(&self.output).map_err(|error| stop_of(error.into())),
        }
    }

    /// A rate for all kinds wherever it stands; single kinds win over it.
    fn rates(&self) -> DirtRates {
        let all = self.dirt.iter().rev().find(|(kind, _)| kind.is_none());
        let mut rates = DirtRates::all(all.map_or(0, |(_, rate)| *rate));
        for (kind, rate) in &self.dirt {
            if let Some(kind) = kind {
                rates.set(kind, *rate);
            }
        }
        rates
    }

    /// Writes the records, and for CSV the child tables of their lists. Gives each file with its rows.
    fn write(&self, trade: &Trade, kind: OutputKind) -> Result<Vec<(PathBuf, u64)>, OutputError> {
        let mut outputs = OutputSet::new([]);
        let mut written = Vec::new();
        let mut file = |path: PathBuf, schema, make: &(dyn Fn(Block) -> RecordBatch + Sync)| {
            let sink = outputs.stage(&path)?;
            let options = OutputOptions {
                known_values: trade.known_values(),
            };
            let mut writer = writer(kind, sink, schema, &options)?;
            write_rows(self.rows, self.seed, make, writer.as_mut())?;
            written.push((path, writer.finish()?));
            Ok(())
        };
        let output = self.output.clone();
        match kind {
            OutputKind::Csv => {
                file(output, trade.schema().clone(), &|block| trade.batch(block))?;
                let lists = LISTS.iter().filter(|_| self.output != *"-");
                for list in lists {
                    let schema = trade.child_schema(*list);
                    let path = child_path(&self.output, *list);
                    file(path, schema, &|block| trade.child_batch(*list, block))?;
                }
            }
            OutputKind::JsonLines | OutputKind::Parquet | OutputKind::Arrow => {
                file(output, trade.schema_with_lists(), &|block| {
                    trade.batch_with_lists(block)
                })?;
            }
        }
        outputs.commit(None)?;
        Ok(written)
    }
}

/// The child table of a list beside `output`: book.parties.csv beside book.csv.
fn child_path(output: &Path, list: ListOf) -> PathBuf {
    match output.extension() {
        Some(ending) => {
            let name = format!("{}.{}", list.name(), ending.display());
            output.with_extension(name)
        }
        None => output.with_extension(list.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::interdict;

    #[test]
    fn shares_are_numbers_or_percentages() {
        assert_eq!(share("0.08"), Ok(80_000));
        assert_eq!(share("8%"), Ok(80_000));
        assert_eq!(share("1"), Ok(1_000_000));
        for wrong in ["1.1", "-0.1", "some", "101%", ""] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            dirt("lost-zeros=5%"),
            Ok((Some("lost-zeros".to_owned()), 50_000))
        );
        assert!(dirt("mud=5%").is_err_and(|message| message.contains("float-noise")));
    }

    #[test]
    fn the_help_names_every_kind_of_dirt() {
        let help = interdict(&["data", "synth", "--help"]).out;
        assert!(DIRT.iter().all(|(_, name)| help.contains(name)), "{help}");
    }

    #[test]
    fn dirt_is_refused_in_typed_columns_and_nothing_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("s.parquet");
        let path = path.to_str().expect("a path");
        let ran = interdict(&["data", "synth", "--rows", "5", "--dirt", "0.1", "-o", path]);
        assert_eq!(ran.exit, Exit::Usage);
        assert!(!std::path::Path::new(path).exists());
    }

    #[test]
    fn every_format_holds_the_rows() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["s.csv", "s.jsonl", "s.parquet", "s.arrow"] {
            let path = folder.path().join(name);
            let ran = interdict(&[
                "data",
                "synth",
                "--rows",
                "120",
                "-o",
                path.to_str().expect("a path"),
            ]);
            assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
            let wrote = format!("wrote {} (120 rows)\n", path.display());
            assert!(ran.err.contains(&wrote), "{}", ran.err);
            assert!(path.exists());
        }
        let csv = std::fs::read_to_string(folder.path().join("s.csv")).expect("a file");
        assert!(csv.starts_with("shipment_id,ship_date,event,") && csv.lines().count() == 121);
        for (name, header) in [
            ("s.parties.csv", "shipment_id,role,party_id,"),
            ("s.components.csv", "shipment_id,name,origin,"),
        ] {
            let child = std::fs::read_to_string(folder.path().join(name)).expect("a child table");
            assert!(
                child.starts_with(header) && child.lines().count() > 121,
                "{child}"
            );
        }
    }
}
