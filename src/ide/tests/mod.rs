//! A policy in two folders, a cursor in it, and what an editor gets.

mod completion;
mod hover;
mod navigate;
mod rename;
mod shape;

use super::Workspace;
use crate::domain::Day;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Where a cursor stands.
const MARK: &str = "$0";

/// What the policy imports.
const COMMON: &str = r#"
record shipment {
  key   shipment_id : text
  as of ship_date   : date
  ## Where it goes.
  destination : country?
  hs_code     : hs?
  eccn        : eccn?
  use         : end_use?
  value       : money USD
  weight_kg   : mass kg?
  parts       : list of part?
}
record part { origin : country?  price : money USD? }
enum end_use {
  civil,
  ## For an army.
  military as "MIL",
  unstated,
}
verdicts clear < review < license < deny
otherwise clear
when unknown review

## Countries under embargo.
set guarded of country = { IR, KP, PK from 2025-06-01, SY until 2026-01-01 }
set steel of hs = { "7206" to "7229" }
param bound : percent { 10% from 2020-01-01, 25% from 2027-01-01 }
define dear(limit : money USD) : bool = value >= limit
"#;

/// The policy.
const RULES: &str = r#"
## Valves.
policy valves { title "Valves" }
import "../common"

rule wide "Wide valves" {
  cites "Order 7"
  tags  embargo
  in force from 2025-03-01 until 2027-03-01
  when  destination in guarded and hs_code under "8481" and dear(500 USD)
  then  license because "to {destination} for {use}"
}
exception spare "Spare parts" to wide {
  cites "Order 7"
  when  use = civil
}
suspension pause "A pause" of tagged embargo {
  cites "Order 9"
  from 2026-05-01 until 2026-09-01
}
rule inside "Parts from there" {
  cites "Order 8"
  when  any p in parts satisfies p.origin = IR
  then  review
}
case one { shipment_id: "T", ship_date: 2025-07-01, destination: PK, hs_code: "8481.80", use: military, value: 600 USD, parts: [ ] }
test "a wide valve" {
  given one
  expect license by wide
}
"#;

pub(super) struct Desk {
    pub folder: TempDir,
    pub workspace: Workspace,
    /// The file with the cursor, and where it stands.
    pub path: PathBuf,
    pub at: usize,
}

impl Desk {
    /// Files by their paths, and one of them open, with a cursor in it.
    pub fn new(files: &[(&str, &str)]) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a path");
        fs::write(root.join("interdict.toml"), "citations = \"optional\"\n").expect("written");
        let today = Day::parse_iso("2026-06-01").expect("a day");
        let mut workspace = Workspace::new(std::slice::from_ref(&root), today);
        let mut cursor = None;
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            let plain = text.replacen(MARK, "", 1);
            fs::write(&path, &plain).expect("written");
            if let Some(at) = text.find(MARK) {
                cursor = Some((path, at, plain));
            }
        }
        let (path, at, text) = cursor.expect("a cursor");
        let path = workspace.open(&path, &text);
        Desk {
            folder,
            workspace,
            path,
            at,
        }
    }

    /// The two folders, with a cursor in front of the `nth` place of `before` in the rules.
    pub fn at(before: &str, nth: usize) -> Desk {
        let rules = marked(RULES, before, nth);
        Desk::new(&[
            ("common/common.interdict", COMMON),
            ("valves/rules.interdict", &rules),
        ])
    }

    /// The same with a cursor in what is imported.
    pub fn in_common(before: &str, nth: usize) -> Desk {
        let common = marked(COMMON, before, nth);
        Desk::new(&[
            ("common/common.interdict", &common),
            ("valves/rules.interdict", RULES),
        ])
    }

    /// The rules with something else in the place of `old`, which may have a cursor in it.
    pub fn with(old: &str, new: &str) -> Desk {
        assert!(RULES.contains(old), "{old}");
        let rules = RULES.replacen(old, new, 1);
        Desk::new(&[
            ("common/common.interdict", COMMON),
            ("valves/rules.interdict", &rules),
        ])
    }

    /// A place as `FILE:LINE TEXT`.
    pub fn shown(&self, spot: &super::Spot) -> String {
        let text = self.workspace.text(&spot.path).expect("a text");
        let line = text[..spot.start].matches('\n').count() + 1;
        let name = spot.path.file_name().expect("a name").to_string_lossy();
        format!("{name}:{line} {}", &text[spot.start..spot.end])
    }
}

fn marked(text: &str, before: &str, nth: usize) -> String {
    let (at, _) = text
        .match_indices(before)
        .nth(nth)
        .unwrap_or_else(|| panic!("{before}"));
    format!("{}{MARK}{}", &text[..at], &text[at..])
}
