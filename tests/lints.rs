//! Faults planted in copies of the example policies are found, each with a record that shows it; the originals have none.

use interdict::analysis::lint;
use interdict::check::{CheckOptions, check, load};
use interdict::diagnostic::Diagnostic;
use interdict::model::{Model, RuleId};
use interdict::reference::{Record, as_of_days, judge};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A policy into which faults are planted.
struct Planting {
    /// The policy's folder under `examples/`.
    policy: &'static str,
    /// A file of it, to which declarations are added.
    file: &'static str,
    /// The key, and what else a record must have.
    given: &'static str,
    /// A field of type country that the record has.
    country: &'static str,
    /// A field of codes, and a code with one below it.
    codes: (&'static str, &'static str, &'static str),
    /// An amount of money that may be missing.
    amount: &'static str,
    /// Rules whose conditions are changed: never true, in force on no day, always true.
    rules: [(&'static str, &'static str); 3],
    /// A verdict that is not the least severe.
    verdict: &'static str,
}

const PLANTINGS: [Planting; 6] = [
    Planting {
        policy: "quickstart",
        file: "magnets.interdict",
        given: "shipment_id: \"w\", value: 5 USD",
        country: "destination",
        codes: ("hs_code", "8411", "8411.12"),
        amount: "magnet_content",
        rules: [
            ("magnets.interdict", "embargo"),
            ("magnets.interdict", "bare_magnets"),
            ("magnets.interdict", "content"),
        ],
        verdict: "license",
    },
    Planting {
        policy: "orders",
        file: "orders.interdict",
        given: "shipment_id: \"w\"",
        country: "destination",
        codes: ("eccn", "2B350", "2B350.g"),
        amount: "value",
        rules: [
            ("orders.interdict", "electronics"),
            ("orders.interdict", "many_small_ones"),
            ("orders.interdict", "lvs"),
        ],
        verdict: "license",
    },
    Planting {
        policy: "trade/cn",
        file: "materials.interdict",
        given: "shipment_id: \"w\", event: export, item_kind: commodity, cn_status: listed",
        country: "destination",
        codes: ("hs_code", "8411", "8411.12"),
        amount: "value",
        rules: [
            ("materials.interdict", "gallium_germanium"),
            ("materials.interdict", "antimony"),
            ("japan.interdict", "japan_military"),
        ],
        verdict: "license",
    },
    Planting {
        policy: "trade/us",
        file: "part_742.interdict",
        given: "shipment_id: \"w\", event: export, item_kind: commodity, cn_status: listed",
        country: "destination",
        codes: ("eccn", "2B350", "2B350.g"),
        amount: "value",
        rules: [
            ("part_742.interdict", "chip_license"),
            ("ofac_560.interdict", "iran_reexport"),
            ("part_744.interdict", "military_any_item"),
        ],
        verdict: "license",
    },
    Planting {
        policy: "trade/eu",
        file: "article_4.interdict",
        given: "shipment_id: \"w\", event: export, item_kind: commodity, cn_status: listed",
        country: "destination",
        codes: ("hs_code", "8411", "8411.12"),
        amount: "value",
        rules: [
            ("article_4.interdict", "informed"),
            ("article_4.interdict", "aware"),
            ("article_4.interdict", "suspecting"),
        ],
        verdict: "license",
    },
    Planting {
        policy: "trade/house",
        file: "holds.interdict",
        given: "shipment_id: \"w\", event: export, item_kind: commodity, cn_status: listed",
        country: "destination",
        codes: ("hs_code", "8411", "8411.12"),
        amount: "value",
        rules: [
            ("holds.interdict", "no_end_user"),
            ("holds.interdict", "no_american_classification"),
            ("conduct.interdict", "statement_for_chip_tools"),
        ],
        verdict: "review",
    },
];

impl Planting {
    /// Declarations that are wrong in themselves, with the code of each fault and a name that its message says.
    fn declarations(&self) -> String {
        let Planting {
            country,
            codes: (field, above, below),
            amount,
            verdict,
            ..
        } = self;
        format!(
            "
rule planted_wide \"Planted\" {{ cites \"x\" when {country} in {{ BR, CL }} then {verdict} }}
rule planted_narrow \"Planted\" {{ cites \"x\" when {country} = BR and {field} under \"{above}\" then {verdict} }}
exception planted_idle \"Planted\" to planted_wide {{ cites \"x\" when {country} = JP }}
rule planted_over \"Planted\" {{ cites \"x\" when {amount} > 7_777.77 USD and {country} = PE then {verdict} }}
rule planted_from \"Planted\" {{ cites \"x\" when {amount} >= 7_777.77 USD and {country} = UY then {verdict} }}
rule planted_never \"Planted\" {{ cites \"x\" when {field} under \"{below}\" and {country} = CU unless {field} under \"{above}\" then {verdict} }}
set planted_set of country = {{ BR }}
rule planted_silence \"Planted\" {{ cites \"x\" when {field} is known and {field} under \"{above}\" and {country} = PA then {verdict} }}
rule planted_codes \"Planted\" {{ cites \"x\" when {field} under {{ \"{above}\", \"{below}\" }} and {country} = EC then {verdict} }}
case planted_record {{ {}, {}: 2026-08-03, {country}: AR }}
test \"planted once\" {{ given planted_record expect not planted_wide }}
test \"planted twice\" {{ given planted_record expect not planted_wide }}
",
            self.given,
            self.day(),
        )
    }

    fn day(&self) -> &'static str {
        "ship_date"
    }

    /// The faults, by code and a name in the message.
    fn faults(&self) -> Vec<(&'static str, String)> {
        let [never, no_day, always] = self.rules.map(|(_, rule)| rule.to_owned());
        let all = [
            ("W0730", never),
            ("W0730", no_day),
            ("W0730", "planted_never".to_owned()),
            ("W0731", always),
            ("W0732", "planted_narrow".to_owned()),
            ("W0733", "planted_idle".to_owned()),
            ("W0734", "7_777.77 USD".to_owned()),
            ("W0735", "planted_silence".to_owned()),
            ("W0736", "planted_set".to_owned()),
            ("W0737", self.codes.2.to_owned()),
            ("W0738", "this test".to_owned()),
        ];
        // One of its exceptions asks about every other rule, so that none of them is without effect.
        let asked = self.policy == "trade/us";
        all.into_iter()
            .filter(|(code, _)| !(asked && *code == "W0732"))
            .collect()
    }
}

/// In force for a year, and suspended before it begins.
const NO_DAY: &str = "in force from 2030-01-01 until 2031-01-01
  suspended from 1950-01-01
  ";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let place = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &place),
            false => {
                fs::copy(&path, &place).expect("a file");
            }
        }
    }
}

/// The model of a policy and all messages about it.
fn looked_at(folder: &Path) -> (Arc<Model>, Vec<Diagnostic>) {
    let loaded = load(&[folder.to_path_buf()]).expect("it is there");
    let options = CheckOptions {
        citation_required: false,
        ..CheckOptions::default()
    };
    let mut checked = check(loaded, &options);
    let model = checked.model.take();
    let model = Arc::new(model.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics)));
    let mut found = lint(&model);
    checked.allowed.apply(&mut found);
    checked.diagnostics.extend(found);
    checked.diagnostics.extend(checked.allowed.without_effect());
    (model, checked.diagnostics)
}

/// Replaces the condition of a rule by `change` of it, and puts `clause` before it.
fn edit(folder: &Path, (file, rule): (&str, &str), change: &str, clause: &str) {
    let (model, _) = looked_at(folder);
    let rules = model.rules.values();
    let found = rules.into_iter().find(|it| *it.name == *rule);
    let when = found.expect(rule).when.span;
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("a file");
    let (start, end) = (when.start as usize, when.end as usize);
    let keyword = text[..start]
        .rfind("when")
        .expect("`when` stands before it");
    let text = format!(
        "{}{clause}when  {}{}",
        &text[..keyword],
        change.replace("…", &text[start..end]),
        &text[end..]
    );
    fs::write(&path, text).expect("a file");
}

fn add(folder: &Path, file: &str, more: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, format!("{text}\n{more}")).expect("a file");
}

/// The record in a note, and what is said behind it.
fn record_in(message: &Diagnostic) -> Option<(String, String)> {
    let note = message.notes.iter().find(|note| note.contains("{ "))?;
    let start = note.find("{ ")?;
    let end = note.rfind(" }")?;
    Some((note[start + 2..end].to_owned(), note[end + 2..].to_owned()))
}

/// The record that a message shows, as a test would give it.
fn given(folder: &Path, planting: &Planting, text: &str) -> (Arc<Model>, Record) {
    let given = planting.given.split(", ");
    let given = given.filter(|field| {
        let name = field.split(':').next().expect("a name");
        !text.contains(&format!("{name}:"))
    });
    let given: Vec<&str> = given.collect();
    let copy_of = tempfile::tempdir().expect("a folder");
    copy(folder.parent().expect("a folder"), copy_of.path());
    let place = copy_of.path().join(folder.file_name().expect("a name"));
    let more = format!(
        "test \"the record shown\" {{ given {{ {}, {text} }} expect clear }}",
        given.join(", ")
    );
    add(&place, planting.file, &more);
    let (model, _) = looked_at(&place);
    let test = model
        .tests
        .iter()
        .find(|it| &*it.title == "the record shown");
    let mut record = Record::empty(&model);
    for (field, value) in &test.expect("it was added").given {
        record.set(*field, value.value.clone());
    }
    (model, record)
}

/// The rules and exceptions that apply, and those that are open.
fn judged(model: &Model, record: &Record) -> (Vec<String>, Vec<String>) {
    let days = as_of_days(model, record, None).expect("a day");
    let judgement = judge(model, record, &days);
    let names = |ids: &[RuleId]| {
        ids.iter()
            .map(|id| model.rules[*id].name.to_string())
            .collect()
    };
    (names(&judgement.rules), names(&judgement.unknown))
}

#[test]
fn planted_faults_are_found_with_a_record_that_shows_them() {
    let mut planted = 0;
    for planting in &PLANTINGS {
        let workspace = tempfile::tempdir().expect("a folder");
        let top = planting.policy.split('/').next().expect("a name");
        copy(&root().join(top), &workspace.path().join(top));
        let folder = workspace.path().join(planting.policy);
        let Planting {
            country, amount, ..
        } = planting;
        let never = format!("(…) and {country} = BR and {country} = JP");
        edit(&folder, planting.rules[0], &never, "");
        edit(&folder, planting.rules[1], "…", NO_DAY);
        edit(
            &folder,
            planting.rules[2],
            &format!("(…) or {amount} >= 0 USD"),
            "",
        );
        add(&folder, planting.file, &planting.declarations());
        let (_, found) = looked_at(&folder);
        for (code, name) in planting.faults() {
            planted += 1;
            let named = found.iter().find(|message| {
                let about = &message.message;
                message.code.id == code
                    && (about.contains(&format!("`{name}`")) || about.contains(&name))
            });
            let all: Vec<_> = found.iter().map(|it| (it.code.id, &it.message)).collect();
            let message = named
                .unwrap_or_else(|| panic!("{}: {code} {name} is not in {all:#?}", planting.policy));
            let shown = match code {
                "W0730" | "W0731" | "W0732" | "W0733" | "W0735" => record_in(message),
                _ => continue,
            };
            let Some((text, behind)) = shown else {
                // Where conditions go beyond tests on one field there is none for these.
                assert!(
                    matches!(code, "W0730" | "W0731"),
                    "{}: {code} {name} shows no record",
                    planting.policy
                );
                continue;
            };
            let (model, record) = given(&folder, planting, &text);
            let (applies, open) = judged(&model, &record);
            let is_in = |names: &[String], name: &str| names.iter().any(|it| it == name);
            let context = || format!("{}: {code} {name}: {text}", planting.policy);
            match code {
                "W0730" => assert!(!is_in(&applies, &name), "{}", context()),
                "W0731" => assert!(is_in(&applies, &name), "{}", context()),
                "W0732" => {
                    let both = is_in(&applies, &name) && is_in(&applies, "planted_wide");
                    assert!(both, "{}", context());
                }
                "W0733" => assert!(!is_in(&applies, "planted_wide"), "{}", context()),
                _ => {
                    assert!(
                        !is_in(&applies, &name) && !is_in(&open, &name),
                        "{}",
                        context()
                    );
                    let value = behind.split('`').nth(1).expect("a value");
                    let (model, record) = given(&folder, planting, &format!("{text}, {value}"));
                    assert!(
                        is_in(&judged(&model, &record).0, &name),
                        "{}: {value}",
                        context()
                    );
                }
            }
        }
    }
    assert_eq!(planted, 65);
}

#[test]
fn the_examples_have_no_faults() {
    let mut folders = vec![root()];
    let mut looked = 0;
    while let Some(folder) = folders.pop() {
        let mut is_policy = false;
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "interdict") {
                let text = fs::read_to_string(&path).expect("a file");
                is_policy |= text.lines().any(|line| line.starts_with("policy "));
            }
        }
        if is_policy {
            looked += 1;
            let (_, found) = looked_at(&folder);
            assert!(found.is_empty(), "{}: {found:#?}", folder.display());
        }
    }
    assert!(looked >= 10, "{looked} policies");
}
