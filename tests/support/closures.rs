//! Random closures over random holdings.

use super::fields::{FieldInfo, Kind};
use super::policies::{Author, Declaration};
use super::records::present_value;
use super::reference::{ListInfo, cell};
use std::fmt::Write;

/// Bounds, also such that one share among several decides.
const BOUNDS: [&str; 6] = [">= 50%", ">= 50%", "> 50%", ">= 100%", "> 0%", ">= 33.33%"];

const SHARES: [&str; 12] = [
    "", "", "50", "50", "33.33", "16.67", "25", "24.99", "100", "0", "66.6", "1e1",
];

impl Author {
    /// Closures of some of the lists, each with its list of holdings.
    pub fn closures(&mut self) -> Vec<Declaration> {
        let mut found = Vec::new();
        for number in 0..self.reference.len() {
            if self.random.chance(40) {
                let list = self.reference[number].clone();
                found.extend(self.closure(number, &list));
            }
        }
        found
    }

    fn closure(&mut self, number: usize, list: &ListInfo) -> [Declaration; 2] {
        let mut of = vec![list.name.clone()];
        let mut carries = list.has_answers && self.random.chance(70);
        for other in &self.reference {
            if other.key == list.key && !of.contains(&other.name) && !other.is_closure {
                of.push(other.name.clone());
                carries &= other.has_answers;
            }
        }
        let column = |name: &str| FieldInfo {
            name: name.to_owned(),
            column: None,
            optional: false,
            ..list.key_field.clone()
        };
        let (owner, owned) = (column("owner"), column("owned"));
        let dated = self.random.chance(50);
        let file = format!("lists/owning_{number}.csv");
        let mut clauses = vec![
            "key row : int".to_owned(),
            owner.declaration(""),
            owned.declaration(""),
            "share : percent?".to_owned(),
        ];
        if dated {
            clauses.push("since : date?".to_owned());
            clauses.push("until : date?".to_owned());
            clauses.push("valid from since until until".to_owned());
        }
        let rows = self.holdings(&owner, dated);
        self.files.push((file.clone(), rows));
        let name = format!("closure_{number}");
        self.reference.push(ListInfo {
            name: name.clone(),
            key: list.key,
            key_field: list.key_field.clone(),
            columns: vec![because(list)],
            is_closure: true,
            has_answers: carries,
        });
        let bound = *self.random.pick(&BOUNDS);
        let mut entries = vec![
            "owner owner".to_owned(),
            "owned owned".to_owned(),
            "share share".to_owned(),
            format!("caught at {bound}"),
        ];
        if carries {
            entries.push("carries answer as most severe".to_owned());
        }
        let holdings = format!("list owning_{number} from \"{file}\"");
        [
            Declaration::block(&holdings, clauses),
            Declaration::block(
                &format!("closure {name} of {} over owning_{number}", of.join(", ")),
                entries,
            ),
        ]
    }

    fn holdings(&mut self, entity: &FieldInfo, dated: bool) -> String {
        let mut text = "row,owner,owned,share,since,until\n".to_owned();
        let many = *self.random.pick(&[3, 8, 20]);
        for row in 0..self.random.between(1, many) {
            let owner = present_value(&self.pools, &mut self.random, entity);
            let owned = present_value(&self.pools, &mut self.random, entity);
            let share = *self.random.pick(&SHARES);
            let (a, b) = self.pools.two_days(&mut self.random);
            let days = match self.random.below(4) {
                _ if !dated || a == b => ",".to_owned(),
                0 => format!("{a},"),
                1 => format!(",{b}"),
                _ => format!("{a},{b}"),
            };
            let (owner, owned) = (cell(&owner), cell(&owned));
            writeln!(text, "{row},{owner},{owned},{share},{days}").expect("writing to a string");
        }
        text
    }
}

fn because(list: &ListInfo) -> FieldInfo {
    FieldInfo {
        name: "because".to_owned(),
        kind: Kind::Text { folded: false },
        column: None,
        optional: false,
        ..list.key_field.clone()
    }
}
