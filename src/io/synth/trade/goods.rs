//! What is traded: goods by Harmonized System code, American classifications, and what China's list names.

use super::words::Form;
use crate::io::synth::{Picks, Random, zipf};

/// Goods traded most, roughly in that order.
const TOP_GOODS: [&str; 66] = [
    "854231", "851713", "847130", "870323", "270900", "851762", "300490", "854232", "271019",
    "870829", "854239", "847330", "850440", "870899", "901890", "300215", "271111", "850760",
    "880240", "854143", "852852", "940360", "611020", "640399", "392690", "853400", "853690",
    "854442", "260111", "120190", "847989", "732690", "848180", "880730", "852990", "901380",
    "382499", "760612", "720839", "740311", "390110", "401110", "848620", "903289", "850300",
    "850511", "850131", "950300", "940542", "630790", "220421", "090111", "080390", "020230",
    "030617", "100199", "440710", "843149", "870421", "871200", "330499", "210690", "381519",
    "284690", "380110", "293399",
];

/// Chapters that begin like this are electronics.
const ELECTRONICS: [&str; 6] = ["8471", "8473", "8517", "8541", "8542", "8543"];

/// Headings in which graphite and its products are found, so that the form of an item is asked.
const GRAPHITE: [&str; 5] = ["2504", "3801", "3824", "6815", "8545"];

/// Lithium-ion batteries, of which the energy density is asked.
const LITHIUM: &str = "850760";

/// How a code is written: as six, eight or ten digits.
const TAILS: [&str; 3] = ["", "00", "0090"];

/// Classifications of electronics, of other goods, of software and of technology, with weights.
const ECCNS: [&[(&str, u64)]; 4] = [
    &[
        ("EAR99", 500),
        ("5A992.c", 140),
        ("4A994.b", 60),
        ("3A991.a.2", 40),
        ("3A991.b.2", 30),
        ("5A991.b.1", 30),
        ("5A002.a.1", 30),
        ("3A991.p", 15),
        ("5A992", 12),
        ("4A994", 10),
        ("5A991", 10),
        ("6A993.a", 10),
        ("3A992.a", 10),
        ("3A991", 8),
        ("3A999.b", 5),
        ("3A001.a.5.a.1", 5),
        ("3A001.a.2.c", 5),
        ("3A001", 4),
        ("6A003.b.4", 4),
        ("4A003.b", 3),
        ("3B991.b.1", 3),
    ],
    &[
        ("EAR99", 9600),
        ("9A991.d", 100),
        ("2B999", 60),
        ("1C350.b", 30),
        ("9A991", 30),
        ("7A994", 30),
        ("1C990", 20),
        ("2B350.g", 20),
        ("6A991", 20),
        ("8A992", 10),
        ("1C351.a", 5),
    ],
    &[
        ("5D992.c", 40),
        ("EAR99", 35),
        ("5D002.c.1", 10),
        ("4D994", 8),
        ("3D991", 7),
    ],
    &[
        ("EAR99", 70),
        ("3E991", 10),
        ("9E991", 10),
        ("5E991", 5),
        ("3E001", 5),
    ],
];

/// Classifications that only some shipments have: chips, chip tools.
pub(super) const CHIP_ECCNS: [&str; 4] = ["3A090.a", "3A090", "3A090.b", "3A991.p"];
pub(super) const TOOL_ECCNS: [&str; 6] = [
    "3B001.a.4",
    "3B001.c",
    "3B001",
    "3B001.f.1",
    "3B991.b.1",
    "3B001.e",
];

/// Numbers that a listed item comes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figures {
    None,
    Graphite,
    /// Purity from this many ten-thousandths of a per cent up to 100 %.
    PurityFrom(u64),
    Battery,
}

/// Goods on China's list.
pub(super) struct Listed {
    /// None: technology.
    pub hs: Option<&'static str>,
    pub cn: &'static [&'static str],
    pub forms: &'static [Form],
    pub figures: Figures,
    weight: u64,
}

const fn listed(hs: &'static str, cn: &'static [&'static str], weight: u64) -> Listed {
    Listed {
        hs: Some(hs),
        cn,
        forms: &[],
        figures: Figures::None,
        weight,
    }
}

const fn formed(listed: Listed, forms: &'static [Form]) -> Listed {
    Listed { forms, ..listed }
}

const fn measured(listed: Listed, figures: Figures) -> Listed {
    Listed { figures, ..listed }
}

/// What leaves China under a licence: metals, rare earths, magnets, graphite, machines, batteries, technology.
pub(super) const LISTED: [Listed; 21] = [
    listed("811292", &["3C001.a", "3C001.b", "3C001.e", "3C001"], 14),
    listed("811299", &["3C002.a", "3C002.d", "3C002.f", "3C002"], 10),
    listed("811010", &["3C003.a", "3C003.b"], 8),
    measured(
        listed("282580", &["3C003.c"], 7),
        Figures::PurityFrom(995_000),
    ),
    measured(
        listed("293190", &["3C003.d"], 2),
        Figures::PurityFrom(999_900),
    ),
    listed("846299", &["2A901.a", "2A901.b", "2B005.a"], 3),
    listed(
        "284690",
        &["1C904.b", "1C905.b", "1C902", "1C908.a.1", "1C905"],
        20,
    ),
    formed(
        listed("850511", &["1C905.a.4", "1C904.a.4", "1C902.a.4"], 14),
        &[Form::MagnetMaterial],
    ),
    formed(listed("850300", &["1C905.a.4"], 8), &[Form::RotorOrStator]),
    formed(listed("903180", &["1C902.a.4"], 3), &[Form::MouldedSensor]),
    formed(
        listed("381519", &["1C907.a.1"], 2),
        &[Form::CalcinedCatalyst],
    ),
    listed("280530", &["1C909.a", "1C910.a", "1C911", "1C913.b"], 8),
    listed("847990", &["2B902"], 2),
    listed("253090", &["1C914"], 2),
    listed("710510", &["2C902"], 5),
    measured(listed("850760", &["3A001"], 5), Figures::Battery),
    formed(
        measured(listed("380110", &["1C999"], 12), Figures::Graphite),
        &[Form::ArtificialGraphite],
    ),
    formed(
        listed("250410", &["1C999"], 6),
        &[Form::NaturalFlakeGraphite],
    ),
    listed("902750", &["6A003", "6A005.b"], 20),
    listed("841350", &["2B350.i", "2B350"], 20),
    Listed {
        hs: None,
        cn: &["1E902.a", "1E902.b"],
        forms: &[],
        figures: Figures::None,
        weight: 2,
    },
];

/// What sort of good something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sort {
    electronics: bool,
    graphite: bool,
    lithium: bool,
}

/// The goods and how often each is traded. Codes are positions in the lists of words.
pub(super) struct Goods {
    /// Six digits each; codes are written with [`TAILS`].
    headings: Vec<String>,
    sorts: Vec<Sort>,
    by_trade: Picks,
    eccns: Vec<&'static str>,
    eccn_picks: Vec<(Vec<u16>, Picks)>,
    cn_codes: Vec<&'static str>,
    listed: Picks,
}

impl Goods {
    pub fn new() -> Goods {
        let headings = all_headings();
        let begins = |heading: &str, with: &[&str]| with.iter().any(|w| heading.starts_with(w));
        let sorts = headings.iter().map(|heading| Sort {
            electronics: begins(heading, &ELECTRONICS),
            graphite: begins(heading, &GRAPHITE),
            lithium: heading == LITHIUM,
        });
        let mut eccns: Vec<&str> = Vec::new();
        let every = ECCNS
            .iter()
            .flat_map(|list| list.iter().map(|(code, _)| *code));
        for code in every.chain(CHIP_ECCNS).chain(TOOL_ECCNS) {
            if !eccns.contains(&code) {
                eccns.push(code);
            }
        }
        let mut cn_codes: Vec<&str> = Vec::new();
        for code in LISTED.iter().flat_map(|listed| listed.cn) {
            if !cn_codes.contains(code) {
                cn_codes.push(code);
            }
        }
        let place = |code: &str| position(&eccns, code);
        let eccn_picks = ECCNS.iter().map(|list| {
            let weights: Vec<u64> = list.iter().map(|(_, weight)| *weight).collect();
            let codes = list.iter().map(|(code, _)| place(code)).collect();
            (codes, Picks::new(&weights))
        });
        let listed: Vec<u64> = LISTED.iter().map(|listed| listed.weight).collect();
        Goods {
            sorts: sorts.collect(),
            by_trade: Picks::new(&zipf(headings.len())),
            eccn_picks: eccn_picks.collect(),
            listed: Picks::new(&listed),
            headings,
            eccns,
            cn_codes,
        }
    }

    /// The written codes, in the order of their numbers.
    pub fn hs_words(&self) -> impl Iterator<Item = String> {
        let written = |heading: &String| TAILS.map(|tail| format!("{heading}{tail}"));
        self.headings.iter().flat_map(written)
    }

    /// A number of Schedule B for each heading.
    pub fn schedule_b_words(&self) -> impl Iterator<Item = String> {
        let headings = self.headings.iter();
        headings.map(|heading| format!("{heading}0050"))
    }

    /// The number of Schedule B for a code, as its place among the words.
    pub fn schedule_b(&self, hs_code: u16) -> u16 {
        hs_code / TAILS.len() as u16
    }

    pub fn eccn_words(&self) -> &[&'static str] {
        &self.eccns
    }

    pub fn cn_words(&self) -> &[&'static str] {
        &self.cn_codes
    }

    /// A good, as trade has it.
    pub fn pick(&self, random: &mut Random) -> Good {
        Good(self.by_trade.pick(random))
    }

    /// The good of six digits.
    pub fn of(&self, hs: &str) -> Good {
        let found = self.headings.iter().position(|heading| heading == hs);
        Good(found.expect("the heading is among those made"))
    }

    /// One way to write a good's code.
    pub fn hs_code(&self, good: Good, random: &mut Random) -> u16 {
        let tail = match random.below(100) {
            0..=84 => 0,
            85..=92 => 1,
            _ => 2,
        };
        (good.0 * TAILS.len() + tail) as u16
    }

    /// The six digits that a written code begins with.
    pub fn heading(&self, hs_code: u16) -> &str {
        &self.headings[usize::from(hs_code) / TAILS.len()]
    }

    /// The American classification of a good.
    pub fn eccn_of_good(&self, good: Good, random: &mut Random) -> u16 {
        self.eccn_from(usize::from(!self.sorts[good.0].electronics), random)
    }

    pub fn eccn_of_software(&self, random: &mut Random) -> u16 {
        self.eccn_from(2, random)
    }

    pub fn eccn_of_technology(&self, random: &mut Random) -> u16 {
        self.eccn_from(3, random)
    }

    fn eccn_from(&self, list: usize, random: &mut Random) -> u16 {
        let (codes, picks) = &self.eccn_picks[list];
        codes[picks.pick(random)]
    }

    /// The number of a classification.
    pub fn eccn(&self, code: &str) -> u16 {
        position(&self.eccns, code)
    }

    /// Whether the figures of a processor are asked of items with this classification.
    pub fn asks_for_figures(&self, eccn: u16) -> bool {
        matches!(self.eccns[usize::from(eccn)], "3A991.p" | "3A991")
    }

    /// The number of a code of China's list.
    pub fn cn_code(&self, code: &str) -> u16 {
        position(&self.cn_codes, code)
    }

    /// Something that is on China's list.
    pub fn pick_listed(&self, random: &mut Random) -> &'static Listed {
        const ALL: &[Listed] = &LISTED;
        &ALL[self.listed.pick(random)]
    }

    pub fn asks_for_form(&self, good: Good) -> bool {
        self.sorts[good.0].graphite
    }

    pub fn is_lithium_battery(&self, good: Good) -> bool {
        self.sorts[good.0].lithium
    }
}

/// A good's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Good(usize);

fn position(words: &[&str], word: &str) -> u16 {
    let found = words.iter().position(|listed| *listed == word);
    found.expect("the word is in its list") as u16
}

/// The goods traded most, those on China's list, then a long tail through all chapters.
fn all_headings() -> Vec<String> {
    let mut headings: Vec<String> = TOP_GOODS.iter().map(|&code| code.to_owned()).collect();
    let mut tail: Vec<String> = LISTED
        .iter()
        .filter_map(|listed| listed.hs.map(str::to_owned))
        .collect();
    for chapter in (1..=97u32).filter(|chapter| *chapter != 77) {
        for heading in 1..=chapter * 7 % 12 + 4 {
            for end in ["10", "20", "90"] {
                tail.push(format!("{chapter:02}{heading:02}{end}"));
            }
        }
    }
    // An order that has nothing to do with the codes.
    let mixed = |code: &str| {
        let number: u64 = code.parse().expect("six digits");
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    };
    tail.sort_by_key(|code| mixed(code));
    tail.dedup();
    tail.retain(|code| !TOP_GOODS.contains(&code.as_str()));
    headings.extend(tail);
    headings
}
