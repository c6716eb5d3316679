//! Closures against the plainest reading of them: for every day and for shares filled in, the shares of owners that are
//! listed or caught are added up from the start until nothing changes.

use crate::many::{cases, in_threads};
use crate::support::random::Random;
use interdict::check::check_text_with;
use interdict::domain::{Day, Truth};
use interdict::model::{FieldId, List, ListRow, Value};
use std::fmt::Write;

/// Graphs of a plain `cargo test`.
const GRAPHS: u64 = 1_000;
/// Entities, of which the first few may be listed.
const ENTITIES: usize = 7;
/// Shares in hundredths of a per cent: some that add up to a bound exactly, some that just do not.
const SHARES: [i64; 9] = [0, 1_667, 2_500, 2_499, 3_333, 4_999, 5_000, 6_000, 10_000];
/// What a share that nobody said may be.
const COMPLETIONS: [i64; 4] = [0, 1, 3_333, 10_000];
/// The days that something happens on lie among the first few.
const DAYS: i32 = 9;

/// `(first day, first day out)`
type Days = (Option<i32>, Option<i32>);

struct Holding {
    owner: usize,
    owned: usize,
    share: Option<i64>,
    days: Days,
}

/// Grades of listed entities, from least to most severe.
const GRADES: [&str; 4] = ["low", "mild", "high", "worst"];

struct World {
    /// Two lists; each entity with its days and its grade, where somebody said it.
    listed: [Vec<(usize, Days, Option<usize>)>; 2],
    holdings: Vec<Holding>,
    bound: i64,
    exceeded: bool,
}

fn holds((from, until): Days, day: i32) -> bool {
    from.is_none_or(|from| from <= day) && until.is_none_or(|until| day < until)
}

fn random_days(random: &mut Random) -> Days {
    let mut day = |chance| {
        let day = random.below(DAYS as usize) as i32;
        random.chance(chance).then_some(day)
    };
    match (day(50), day(50)) {
        (Some(a), Some(b)) if a == b => (Some(a), None),
        (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
        days => days,
    }
}

fn random_world(random: &mut Random) -> World {
    let dated = random.chance(70);
    let days = |random: &mut Random| match dated {
        true => random_days(random),
        false => (None, None),
    };
    let mut listed = [Vec::new(), Vec::new()];
    for entities in &mut listed {
        for entity in 0..3 {
            if random.chance(50) {
                let grade = random.chance(90).then(|| random.below(GRADES.len()));
                entities.push((entity, days(random), grade));
            }
        }
        if entities.is_empty() {
            entities.push((0, days(random), None));
        }
    }
    let missing = *random.pick(&[0, 0, 15, 40]);
    let mut holdings = Vec::new();
    for _ in 0..random.between(1, 14) {
        let unsaid = holdings.iter().filter(|it: &&Holding| it.share.is_none());
        let is_said = unsaid.count() >= 4 || !random.chance(missing);
        holdings.push(Holding {
            owner: random.below(ENTITIES),
            owned: random.below(ENTITIES),
            share: is_said.then(|| *random.pick(&SHARES)),
            days: days(random),
        });
    }
    let (bound, exceeded) = *random.pick(&[
        (5_000, false),
        (5_000, false),
        (5_000, true),
        (10_000, false),
        (0, true),
        (1, false),
    ]);
    World {
        listed,
        holdings,
        bound,
        exceeded,
    }
}

impl World {
    /// Whether each entity is caught that day, with these shares.
    fn caught(&self, day: i32, shares: &[i64]) -> [bool; ENTITIES] {
        let is_listed = |entity: usize| {
            let lists = self.listed.iter().flatten();
            lists
                .filter(|(it, days, _)| *it == entity && holds(*days, day))
                .count()
                > 0
        };
        let mut caught = [false; ENTITIES];
        loop {
            let mut next = [false; ENTITIES];
            for (entity, next) in next.iter_mut().enumerate() {
                let mut sum = 0;
                for (holding, share) in self.holdings.iter().zip(shares) {
                    let counts = caught[holding.owner] || is_listed(holding.owner);
                    if holding.owned == entity && counts && holds(holding.days, day) {
                        sum += share;
                    }
                }
                *next = sum > self.bound || !self.exceeded && sum == self.bound;
            }
            if next == caught {
                return caught;
            }
            caught = next;
        }
    }

    /// The most severe grade that each caught entity takes over from its owners; `unsaid` is that of those nobody graded.
    fn grades(&self, day: i32, shares: &[i64], unsaid: usize) -> [Option<usize>; ENTITIES] {
        let caught = self.caught(day, shares);
        let own = |entity: usize| {
            let lists = self.listed.iter().flatten();
            let rows = lists.filter(|(it, days, _)| *it == entity && holds(*days, day));
            rows.map(|(_, _, grade)| grade.unwrap_or(unsaid)).max()
        };
        let mut grades = [None; ENTITIES];
        loop {
            let mut next = [None; ENTITIES];
            for (holding, share) in self.holdings.iter().zip(shares) {
                if caught[holding.owned] && *share > 0 && holds(holding.days, day) {
                    let taken = own(holding.owner).max(grades[holding.owner]);
                    next[holding.owned] = next[holding.owned].max(taken);
                }
            }
            if next == grades {
                return grades;
            }
            grades = next;
        }
    }

    /// The same for shares that nobody said: known where all completions agree; and the grade of what is caught for certain,
    /// where they agree on that.
    fn truths(&self, day: i32) -> [(Truth, Option<usize>); ENTITIES] {
        let mut graded: [Vec<Option<usize>>; ENTITIES] = Default::default();
        let unsaid = self.holdings.iter().filter(|it| it.share.is_none()).count();
        let mut some = [false; ENTITIES];
        let mut all = [true; ENTITIES];
        for mut code in 0..COMPLETIONS.len().pow(unsaid as u32) {
            let shares: Vec<i64> = self
                .holdings
                .iter()
                .map(|holding| {
                    holding.share.unwrap_or_else(|| {
                        let at = code % COMPLETIONS.len();
                        code /= COMPLETIONS.len();
                        COMPLETIONS[at]
                    })
                })
                .collect();
            let gradings: &[usize] = match self.listed.iter().flatten().any(|it| it.2.is_none()) {
                true => &[0, GRADES.len() - 1],
                false => &[0],
            };
            for &unsaid in gradings {
                let grades = self.grades(day, &shares, unsaid);
                for (all, grade) in graded.iter_mut().zip(grades) {
                    all.push(grade);
                }
            }
            for (entity, caught) in self.caught(day, &shares).into_iter().enumerate() {
                some[entity] |= caught;
                all[entity] &= caught;
            }
        }
        std::array::from_fn(|entity| {
            let (least, most) = (graded[entity].iter().min(), graded[entity].iter().max());
            let grade = most.filter(|_| least == most).copied().flatten();
            match (all[entity], some[entity]) {
                (true, _) => (Truth::True, grade),
                (false, true) => (Truth::Unknown, None),
                (false, false) => (Truth::False, None),
            }
        })
    }

    fn files(&self) -> [String; 3] {
        let columns = |(from, until): Days| {
            let day = |day: Option<i32>| day.map_or(String::new(), |day| Day(day).to_string());
            format!("{},{}", day(from), day(until))
        };
        let lists = self.listed.each_ref().map(|entities| {
            let mut text = "id,since,until,grade\n".to_owned();
            for (entity, days, grade) in entities {
                let grade = grade.map_or("", |grade| GRADES[grade]);
                writeln!(text, "{},{},{grade}", name(*entity), columns(*days)).expect("a string");
            }
            text
        });
        let mut text = "row,owner,owned,share,since,until\n".to_owned();
        for (row, holding) in self.holdings.iter().enumerate() {
            let share = holding.share.map_or(String::new(), |share| {
                format!("{}.{:02}", share / 100, share % 100)
            });
            let (owner, owned) = (name(holding.owner), name(holding.owned));
            let days = columns(holding.days);
            writeln!(text, "{row},{owner},{owned},{share},{days}").expect("a string");
        }
        let [a, b] = lists;
        [a, b, text]
    }
}

fn name(entity: usize) -> String {
    format!("E{entity}")
}

/// What membership of an entity comes to that day, and the grade of what is in the closure for certain.
fn found(list: &List, entity: usize, day: i32) -> (Truth, Option<usize>) {
    let key = Value::Text(name(entity).into());
    let rows = list.with_key(&key, false);
    let mut rows = rows.filter(|row| row.is_in_force(Day(day)));
    let row = rows.next();
    assert!(rows.next().is_none(), "two rows on one day");
    let truth = row.map_or(Truth::False, ListRow::truth);
    let grade = row.filter(|row| row.certain);
    let grade = grade.and_then(|row| match row.get(FieldId::from_index(2)) {
        Some(Value::Enum(grade)) => Some(usize::from(*grade)),
        None => None,
        other => panic!("{other:?} is no grade"),
    });
    (truth, grade)
}

#[test]
fn closures_are_what_adding_up_by_hand_makes_of_them() {
    in_threads(cases(GRAPHS), |seed| {
        let mut random = Random::new(seed);
        let world = random_world(&mut random);
        let files = world.files();
        let sign = if world.exceeded { ">" } else { ">=" };
        let bound = format!("{}.{:02}", world.bound / 100, world.bound % 100);
        let grades = GRADES.join(" < ");
        let text = format!(
            "policy closures {{ title \"Closures\" }}
            record shipment {{ key id : text  as of day : date  buyer : text? }}
            verdicts clear < deny
            closure caught of first, second over holdings {{
              owner owner  owned owned  share share
              caught at {sign} {bound}%
              carries grade as most severe
            }}
            enum grade ordered {{ {grades} }}
            list first from \"first.csv\" {{
              key id : text  valid from since until until  since : date?  until : date?
              grade : grade?
            }}
            list second from \"second.csv\" {{
              key id : text  valid from since until until  since : date?  until : date?
              grade : grade?
            }}
            list holdings from \"holdings.csv\" {{
              key row : int  valid from since until until
              owner : text  owned : text  share : percent?  since : date?  until : date?
            }}
            rule bought \"Bought\" {{ when buyer in caught  then deny }}"
        );
        let named: Vec<(&str, &[u8])> = ["first.csv", "second.csv", "holdings.csv"]
            .into_iter()
            .zip(files.each_ref().map(|file| file.as_bytes()))
            .collect();
        let checked = check_text_with("closures.interdict", &text, &named);
        let shown = || format!("seed {seed}\n{text}\n{}", files.join("\n"));
        let model = checked
            .model
            .unwrap_or_else(|| panic!("{}\n{:?}", shown(), checked.diagnostics));
        let list = model.lists.values().find(|it| &**it.name() == "caught");
        let list = list.expect("the closure");
        for day in -1..=DAYS {
            let wanted = world.truths(day);
            for (entity, wanted) in wanted.into_iter().enumerate() {
                let found = found(list, entity, day);
                assert_eq!(found, wanted, "E{entity} on {}\n{}", Day(day), shown());
            }
        }
    });
}
