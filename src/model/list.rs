//! Lists: reference data that is read from a file when the policy is compiled.

use super::{Field, FieldId, Type, Value};
use crate::domain::{Bound, Code, Day, Truth, Window, Windows, text::fold};
use crate::text::{Arena, Id, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The number of a [`List`].
pub type ListId = Id<List>;

/// Where a row stands in its file, from 1: the line in text files, the row of a sheet as a spreadsheet numbers it, else
/// the row without headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowPlace {
    /// `line 7`
    Line(u64),
    /// `row 7`
    Row(u64),
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowPlace::Line(line) => write!(f, "line {line}"),
            RowPlace::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// The file that reference data was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// The path as the author wrote it, relative to the file that says so.
    pub written: Arc<str>,
    /// The name to show.
    pub name: Arc<str>,
    /// The sheet of a workbook, where one is named.
    pub sheet: Option<Arc<str>>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: Arc<str>,
}

/// `lists/parties.xlsx, sheet "Parties"`.
impl fmt::Display for DataFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.sheet {
            Some(sheet) => write!(f, ", sheet \"{sheet}\""),
            None => Ok(()),
        }
    }
}

/// What the author says of a list.
#[derive(Clone, Debug)]
pub struct ListHead {
    /// Its name.
    pub name: Arc<str>,
    /// Its columns in the order of declaration.
    pub columns: Arena<Field>,
    /// The columns that are asked for, never missing: one, of a table one or more.
    pub keys: Vec<FieldId>,
    /// The columns of the days on which a row is in the list.
    pub valid: Option<Valid>,
    /// The column of the day on which a row came into the list.
    pub recorded: Option<FieldId>,
    /// Where its rows come from.
    pub source: ListSource,
    /// Where the name stands.
    pub span: Span,
    /// The documentation comment.
    pub doc: Option<Arc<str>>,
}

/// Where the rows of a list come from.
#[derive(Clone, Debug)]
pub enum ListSource {
    /// A file.
    File(DataFile),
    /// A file, asked as a table: called with its keys it comes to one of its values, and is undefined where it has no row.
    Table(DataFile),
    /// Other lists.
    Closure(Box<Closure>),
}

/// `closure NAME of LIST over LIST { … }`: its rows say who is caught through its owners. The key is the entity; the column
/// [`Closure::BECAUSE`] tells of the owners.
#[derive(Clone, Debug)]
pub struct Closure {
    /// The lists whose entities are listed.
    pub of: Vec<ListId>,
    /// The list of who owns whom, and its columns.
    pub over: ListId,
    /// Who holds.
    pub owner: FieldId,
    /// What is held.
    pub owned: FieldId,
    /// How much.
    pub share: FieldId,
    /// From which sum of shares on an entity is caught.
    pub bound: Bound,
    /// What is taken over from owners, by the columns behind `because`: of each the columns of [`Closure::of`].
    pub carries: Vec<Vec<FieldId>>,
}

impl Closure {
    /// The name of the column that tells of the owners.
    pub const BECAUSE: &str = "because";

    /// Its place among the columns.
    pub fn because() -> FieldId {
        FieldId::from_index(1)
    }

    /// The columns that are taken over.
    pub fn carried(&self) -> impl Iterator<Item = FieldId> {
        let behind = Closure::because().index() + 1;
        (behind..behind + self.carries.len()).map(FieldId::from_index)
    }
}

impl ListHead {
    /// The file its rows come from, if it is one.
    pub fn file(&self) -> Option<&DataFile> {
        match &self.source {
            ListSource::File(file) | ListSource::Table(file) => Some(file),
            ListSource::Closure(_) => None,
        }
    }

    /// What it is derived from, if it is a closure.
    pub fn closure(&self) -> Option<&Closure> {
        match &self.source {
            ListSource::File(_) | ListSource::Table(_) => None,
            ListSource::Closure(closure) => Some(closure),
        }
    }

    /// Whether it is asked as a table.
    pub fn is_table(&self) -> bool {
        matches!(self.source, ListSource::Table(_))
    }

    /// The column asked for first; of a list and of a closure the only one.
    pub fn key(&self) -> FieldId {
        self.keys[0]
    }
}

/// `valid from A until B`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Valid {
    /// The column of the first day; a row without one was always in the list.
    pub from: Option<FieldId>,
    /// The column of the end, and whether that day is included; a row without one stays in the list.
    pub end: Option<(FieldId, bool)>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct ListRow {
    /// Its values by [`FieldId`] of [`ListHead::columns`]; `None` is missing.
    pub values: Vec<Option<Value>>,
    /// The days on which it is in the list.
    pub window: Window,
    /// Where it stands in the file; in a closure, which row it is.
    pub place: RowPlace,
    /// False of an entity that is caught only if a share that nobody said is large enough: it is unknown whether the row is
    /// in the list.
    pub certain: bool,
}

/// `list NAME from "FILE" { … }`, with its rows. Cheap to clone.
#[derive(Clone, Debug)]
pub struct List {
    /// What the author says of it.
    pub head: Arc<ListHead>,
    data: Arc<Data>,
}

#[derive(Debug)]
struct Data {
    rows: Vec<ListRow>,
    by_key: FxHashMap<Value, Places>,
    /// Text keys as `text folded` compares them, made when that is asked for.
    by_folded: OnceLock<FxHashMap<Box<str>, Places>>,
    /// Rows by all their keys, texts folded, made when that is asked for.
    by_keys: OnceLock<FxHashMap<Vec<Value>, Places>>,
    /// Of each key for each code above one the rows below it, made when that is asked for.
    below: Vec<OnceLock<FxHashMap<Code, Vec<u32>>>>,
    /// The days on which some row is in the list.
    days: Windows,
    /// The different windows of its rows.
    windows: Vec<Window>,
}

/// Places of rows, of which there is one most of the time.
#[derive(Debug)]
enum Places {
    One([u32; 1]),
    Several(Vec<u32>),
}

impl Places {
    fn as_slice(&self) -> &[u32] {
        match self {
            Places::One(one) => one,
            Places::Several(several) => several,
        }
    }

    fn add(&mut self, place: u32) {
        match self {
            Places::One([first]) => *self = Places::Several(vec![*first, place]),
            Places::Several(several) => several.push(place),
        }
    }
}

fn enter<K: std::hash::Hash + Eq>(map: &mut FxHashMap<K, Places>, key: K, place: u32) {
    match map.entry(key) {
        std::collections::hash_map::Entry::Occupied(mut known) => known.get_mut().add(place),
        std::collections::hash_map::Entry::Vacant(free) => {
            free.insert(Places::One([place]));
        }
    }
}

impl List {
    /// A list of these rows, each with a key.
    pub fn new(head: ListHead, rows: Vec<ListRow>) -> List {
        let mut by_key = FxHashMap::with_capacity_and_hasher(rows.len(), Default::default());
        for (place, row) in (0..).zip(&rows) {
            enter(&mut by_key, key_of(&head, row).clone(), place);
        }
        let windows: FxHashSet<Window> = rows.iter().map(|row| row.window).collect();
        let mut windows: Vec<Window> = windows.into_iter().collect();
        windows.sort_by_key(|window| (window.from, window.until));
        let below = head.keys.iter().map(|_| OnceLock::new()).collect();
        List {
            head: Arc::new(head),
            data: Arc::new(Data {
                rows,
                by_key,
                by_folded: OnceLock::new(),
                by_keys: OnceLock::new(),
                below,
                days: Windows::from_windows(windows.iter().copied()),
                windows,
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &Arc<str> {
        &self.head.name
    }

    /// The rows in the order of the file.
    pub fn rows(&self) -> &[ListRow] {
        &self.data.rows
    }

    /// The type of the key.
    pub fn key_type(&self) -> Type {
        self.head.columns[self.head.key()].ty
    }

    /// The key of a row.
    pub fn key<'l>(&self, row: &'l ListRow) -> &'l Value {
        key_of(&self.head, row)
    }

    /// Whether membership depends on the day.
    pub fn is_dated(&self) -> bool {
        self.head.valid.is_some() || self.data.windows.iter().any(|it| *it != Window::ALWAYS)
    }

    /// The days on which some row is in the list.
    pub fn days(&self) -> &Windows {
        &self.data.days
    }

    /// The different windows of its rows, in order.
    pub fn windows(&self) -> &[Window] {
        &self.data.windows
    }

    /// The rows with that key, whatever their days; texts are compared folded where the key is `text folded` or `folded` says so.
    pub fn with_key<'l>(
        &'l self,
        key: &Value,
        folded: bool,
    ) -> impl Iterator<Item = &'l ListRow> + use<'l> {
        let fold_it = folded || self.key_type() == Type::Text { folded: true };
        let places = match key {
            Value::Text(text) if fold_it => self.by_folded().get(fold(text).as_str()),
            key => self.data.by_key.get(key),
        };
        self.at(places.map(Places::as_slice).unwrap_or_default())
    }

    /// The keys of a row in the order of their columns.
    pub fn keys<'l>(&'l self, row: &'l ListRow) -> impl Iterator<Item = &'l Value> {
        let key = |column: &FieldId| row.get(*column);
        let keys = self.head.keys.iter().map(key);
        keys.map(|key| key.expect("internal error: a row without a key"))
    }

    /// The rows with these keys, whatever their days; `folded` says of each whether texts are compared folded.
    pub fn with_keys<'l, 'k>(
        &'l self,
        keys: &'k [Value],
        folded: &'k [bool],
    ) -> impl Iterator<Item = &'l ListRow> + use<'l, 'k> {
        let by_keys = self.data.by_keys.get_or_init(|| {
            let mut by_keys = FxHashMap::default();
            for (place, row) in (0..).zip(&self.data.rows) {
                enter(
                    &mut by_keys,
                    self.keys(row).map(folded_key).collect(),
                    place,
                );
            }
            by_keys
        });
        let wanted: Vec<Value> = keys.iter().map(folded_key).collect();
        let places = by_keys.get(&wanted).map(Places::as_slice);
        self.at(places.unwrap_or_default()).filter(move |row| {
            let mut all = self.keys(row).zip(keys).zip(folded);
            all.all(|((own, wanted), folded)| *folded || own == wanted)
        })
    }

    /// The rows whose key number `at` is a code below `code`, whatever their days.
    pub fn below<'l>(
        &'l self,
        at: usize,
        code: &Code,
    ) -> impl Iterator<Item = &'l ListRow> + use<'l> {
        let below = self.data.below[at].get_or_init(|| {
            let mut below: FxHashMap<Code, Vec<u32>> = FxHashMap::default();
            for (place, row) in (0..).zip(&self.data.rows) {
                if let Some(Value::Code(key)) = row.get(self.head.keys[at]) {
                    for above in key.ancestors() {
                        below.entry(above).or_default().push(place);
                    }
                }
            }
            below
        });
        self.at(below.get(code).map(Vec::as_slice).unwrap_or_default())
    }

    /// Rows of the same keys that are in the list on one day, the later of the two in the file second. At most one pair for
    /// the same keys.
    pub fn overlaps(&self) -> Vec<(&ListRow, &ListRow)> {
        // A list that is not understood has no rows, and perhaps no key.
        if self.rows().is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        // Keys are the same as far as their columns compare them.
        let mut groups: FxHashMap<Vec<Value>, Places> = FxHashMap::default();
        for (place, row) in (0..).zip(&self.data.rows) {
            let columns = self.head.keys.iter().zip(self.keys(row));
            let keys = columns.map(|(column, key)| match self.head.columns[*column].ty {
                Type::Text { folded: true } => folded_key(key),
                _ => key.clone(),
            });
            enter(&mut groups, keys.collect(), place);
        }
        for group in groups.values() {
            let mut rows: Vec<(u32, &ListRow)> = group
                .as_slice()
                .iter()
                .map(|&place| (place, &self.data.rows[place as usize]))
                .collect();
            // Begun first, then by place: of windows in this order two neighbours overlap if any do.
            rows.sort_by_key(|(place, row)| (row.window.from, *place));
            let mut pairs = rows.array_windows::<2>();
            let clash = pairs.find(|[a, b]| a.1.window.overlaps(&b.1.window));
            if let Some([a, b]) = clash {
                found.push(if a.0 <= b.0 { (a.1, b.1) } else { (b.1, a.1) });
            }
        }
        found.sort_by_key(|(_, second)| second.place);
        found
    }

    fn by_folded(&self) -> &FxHashMap<Box<str>, Places> {
        self.data.by_folded.get_or_init(|| {
            let mut folded = FxHashMap::default();
            for (place, row) in (0..).zip(&self.data.rows) {
                if let Value::Text(text) = self.key(row) {
                    enter(&mut folded, fold(text).into_boxed_str(), place);
                }
            }
            folded
        })
    }

    fn at<'l>(&'l self, places: &'l [u32]) -> impl Iterator<Item = &'l ListRow> + use<'l> {
        places.iter().map(|place| &self.data.rows[*place as usize])
    }
}

/// A key with its text folded.
fn folded_key(key: &Value) -> Value {
    match key {
        Value::Text(text) => Value::Text(fold(text).into()),
        other => other.clone(),
    }
}

fn key_of<'l>(head: &ListHead, row: &'l ListRow) -> &'l Value {
    row.values[head.key().index()]
        .as_ref()
        .expect("internal error: a row of a list without its key")
}

impl ListRow {
    /// The value in a column, if it is there.
    pub fn get(&self, column: FieldId) -> Option<&Value> {
        self.values[column.index()].as_ref()
    }

    /// Whether it is in the list, on the days of its window.
    pub fn truth(&self) -> Truth {
        match self.certain {
            true => Truth::True,
            false => Truth::Unknown,
        }
    }

    /// Whether it is in the list that day, if it is at all.
    pub fn is_in_force(&self, day: Day) -> bool {
        self.window.contains(day)
    }
}
