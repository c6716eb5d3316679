//! Columns of unordered values: texts, booleans, countries, codes, enum values.
//!
//! Each distinct value is read and classified once and then known by a small number; a row costs a look-up of that
//! number (a dictionary key is one already) and a load per column of classes.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, GenericStringArray, OffsetSizeTrait, StringViewArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::dictionary::{Held, Key, WithKeys, null_rows, with_keys};
use super::texts::Texts;
use super::{Bound, BoundClasses, class_of_missing, fill};
use crate::input::read::{Expected, FieldReader, Reading, Shape, read_cell};
use crate::kernel::{CodeClasses, bits};
use crate::model::Type;
use crate::plan::classify::{Classify, DEAD, MISSING};

/// The number of a missing value in [`Table`].
const NOTHING: u32 = 0;
/// The class of a good value where no classes are wanted, only whether the value is good.
const GOOD: u32 = 2;

/// Binds one column of unordered values.
#[derive(Clone)]
pub struct Category {
    reader: Arc<FieldReader>,
    targets: Vec<(usize, Arc<dyn Classify>)>,
    table: Table,
    texts: Texts,
    ids: Vec<u32>,
    dictionary: Option<Dictionary>,
    validity: Vec<u32>,
}

/// What is known of distinct values, by their numbers: their class for each target (or just their validity), and for bad
/// ones what was expected.
#[derive(Clone, Debug, Default)]
struct Table {
    classes: Vec<Vec<u32>>,
    bad: Vec<Option<Expected>>,
}

/// The same by the keys of one dictionary.
#[derive(Clone, Debug)]
struct Dictionary {
    values: Held,
    table: Table,
    seen: Vec<bool>,
    /// How many rows have used it: its entries are all read once that is no more than the rows cost.
    rows: usize,
    /// For each target the classes of all entries, once all are read.
    coded: Option<Vec<Arc<CodeClasses>>>,
    /// Whether some entry is no value of the field.
    spoilt: bool,
}

/// A column of texts.
trait TextColumn {
    fn rows(&self) -> usize;
    fn text(&self, row: usize) -> &str;
}

impl<O: OffsetSizeTrait> TextColumn for GenericStringArray<O> {
    fn rows(&self) -> usize {
        self.len()
    }
    #[inline]
    fn text(&self, row: usize) -> &str {
        self.value(row)
    }
}

impl TextColumn for StringViewArray {
    fn rows(&self) -> usize {
        self.len()
    }
    #[inline]
    fn text(&self, row: usize) -> &str {
        self.value(row)
    }
}

impl Category {
    /// A column read by `reader`; `targets` are the slots of classes it fills.
    pub fn new(reader: Arc<FieldReader>, targets: Vec<(usize, Arc<dyn Classify>)>) -> Self {
        let mut category = Category {
            reader,
            targets,
            table: Table::default(),
            texts: Texts::default(),
            ids: Vec::new(),
            dictionary: None,
            validity: Vec::new(),
        };
        category.begin_anew();
        category
    }

    fn begin_anew(&mut self) {
        self.texts = Texts::default();
        self.table = Table {
            classes: vec![Vec::new(); self.targets.len().max(1)],
            bad: Vec::new(),
        };
        self.table.add(&self.reader, &self.targets, Ok(None));
    }

    /// All rows are missing.
    pub fn bind_absent(&mut self, rows: usize, bound: &mut Bound) {
        for (slot, _) in &self.targets {
            fill(bound.classes[*slot].direct(), rows, MISSING);
        }
    }

    /// Binds a column.
    pub fn bind(&mut self, column: &ArrayRef, bound: &mut Bound) {
        if self.texts.is_full() {
            self.begin_anew();
        }
        match column.data_type() {
            DataType::Dictionary(_, values) if Shape::of(values) == Shape::Text => {
                self.bind_dictionary(column, bound);
            }
            DataType::Dictionary(..) => self.bind_unpacked(column, bound),
            DataType::Utf8 => self.bind_texts(column.as_string::<i32>(), column, bound),
            DataType::LargeUtf8 => self.bind_texts(column.as_string::<i64>(), column, bound),
            DataType::Utf8View => self.bind_texts(column.as_string_view(), column, bound),
            DataType::Boolean => self.bind_booleans(column, bound),
            _ => {
                self.number_scalars(column);
                self.finish_ids(column, bound);
            }
        }
    }

    /// A dictionary of something other than texts, as a plain column.
    fn bind_unpacked(&mut self, column: &ArrayRef, bound: &mut Bound) {
        let dictionary = column.as_any_dictionary();
        match arrow_select::take::take(dictionary.values(), dictionary.keys(), None) {
            Ok(plain) => self.bind(&plain, bound),
            Err(_) => {
                fill(&mut self.ids, column.len(), NOTHING);
                let bad = self.bad_value();
                self.ids.fill(bad);
                self.finish_ids(column, bound);
            }
        }
    }

    fn bind_texts<C: TextColumn>(&mut self, texts: &C, column: &ArrayRef, bound: &mut Bound) {
        if self.targets.is_empty() && matches!(self.reader.ty(), Type::Text { .. }) {
            self.check_presence(texts, column, bound);
        } else {
            self.number_texts(texts);
            self.finish_ids(column, bound);
        }
    }

    /// Any text is good where only its presence counts.
    fn check_presence<C: TextColumn>(&self, texts: &C, column: &ArrayRef, bound: &mut Bound) {
        if self.reader.optional() {
            return;
        }
        let missing = &self.reader.mapping().missing;
        let plain = missing.spellings.is_empty() && missing.like.is_empty();
        let is_missing = |row: usize| {
            let text = texts.text(row);
            let visible = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
            !(plain && visible) && self.reader.mapping().is_missing(text)
        };
        for row in 0..texts.rows() {
            if is_missing(row) {
                bound.reject(row, self.reader.field(), column, self.reader.required());
            }
        }
        for row in null_rows(column) {
            bound.reject(row, self.reader.field(), column, self.reader.required());
        }
    }

    fn number_texts<C: TextColumn>(&mut self, texts: &C) {
        let (reader, targets, table) = (&self.reader, &self.targets, &mut self.table);
        self.ids.clear();
        self.ids.extend((0..texts.rows()).map(|row| {
            let text = texts.text(row);
            if text.is_empty() {
                return NOTHING;
            }
            self.texts.id_of(text.as_bytes(), || {
                table.add(reader, targets, reader.read_text(text))
            })
        }));
    }

    fn number_scalars(&mut self, column: &ArrayRef) {
        match column.data_type() {
            DataType::Null => fill(&mut self.ids, column.len(), NOTHING),
            DataType::Int8 => self.number_integers::<Int8Type>(column),
            DataType::Int16 => self.number_integers::<Int16Type>(column),
            DataType::Int32 => self.number_integers::<Int32Type>(column),
            DataType::Int64 => self.number_integers::<Int64Type>(column),
            DataType::UInt8 => self.number_integers::<UInt8Type>(column),
            DataType::UInt16 => self.number_integers::<UInt16Type>(column),
            DataType::UInt32 => self.number_integers::<UInt32Type>(column),
            DataType::UInt64 => self.number_integers::<UInt64Type>(column),
            _ => {
                let bad = self.bad_value();
                fill(&mut self.ids, column.len(), bad);
            }
        }
    }

    fn number_integers<T>(&mut self, column: &ArrayRef)
    where
        T: ArrowPrimitiveType,
        T::Native: Into<i128>,
    {
        let (reader, targets, table) = (&self.reader, &self.targets, &mut self.table);
        let integers = column.as_primitive::<T>().values();
        self.ids.clear();
        self.ids.extend(integers.iter().map(|&integer| {
            let integer: i128 = integer.into();
            self.texts.id_of_integer(integer, || {
                table.add(reader, targets, reader.read_integer(integer))
            })
        }));
    }

    fn number_booleans(&mut self) -> [u32; 2] {
        [false, true].map(|value| {
            let (reader, targets, table) = (&self.reader, &self.targets, &mut self.table);
            self.texts.id_of_integer(value.into(), || {
                table.add(reader, targets, reader.read_bool(value))
            })
        })
    }

    fn bind_booleans(&mut self, column: &ArrayRef, bound: &mut Bound) {
        let ids = self.number_booleans();
        let values = column.as_boolean().values();
        let complete = self.reader.optional() || column.null_count() == 0;
        let good = ids.iter().all(|id| self.table.bad[*id as usize].is_none());
        if !complete || !good {
            self.ids.clear();
            self.ids
                .extend(values.iter().map(|value| ids[usize::from(value)]));
            return self.finish_ids(column, bound);
        }
        for ((slot, _), classes) in self.targets.iter().zip(&self.table.classes) {
            let [no, yes] = ids.map(|id| classes[id as usize]);
            let out = bound.classes[*slot].direct();
            let known = column.nulls().map(NullBuffer::inner);
            bits::choose(values, known, [MISSING, no, yes], out);
        }
    }

    fn bad_value(&mut self) -> u32 {
        let reading = Err(self.reader.expected().clone());
        self.table.add(&self.reader, &self.targets, reading)
    }

    /// From the numbers of values to classes and rejects.
    fn finish_ids(&mut self, column: &ArrayRef, bound: &mut Bound) {
        for row in null_rows(column) {
            self.ids[row] = NOTHING;
        }
        let mut work = Gather {
            reader: &self.reader,
            targets: &self.targets,
            table: &self.table,
            validity: &mut self.validity,
            column,
            nulls: Vec::new(),
            bound,
        };
        work.run(&self.ids);
    }

    fn bind_dictionary(&mut self, column: &ArrayRef, bound: &mut Bound) {
        let values = column.as_any_dictionary().values();
        let mut dictionary = match self.dictionary.take() {
            Some(dictionary) if dictionary.values.is(values) => dictionary,
            Some(_) | None => Dictionary::new(values, self.table.classes.len()),
        };
        dictionary.rows += column.len();
        if dictionary.coded.is_none() && values.len() <= dictionary.rows {
            for entry in 0..values.len() {
                self.see(&mut dictionary, values, entry);
            }
            dictionary.finish(class_of_missing(&self.reader));
        }
        if !self.take_codes(&dictionary, column, bound) {
            self.bind_by_entry(&mut dictionary, column, bound);
        }
        self.dictionary = Some(dictionary);
    }

    /// Hands the column's codes on as they are, where every entry is good and no row lacks what it must have.
    fn take_codes(&self, dictionary: &Dictionary, column: &ArrayRef, bound: &mut Bound) -> bool {
        let (Some(coded), Some(codes)) =
            (&dictionary.coded, column.as_dictionary_opt::<Int32Type>())
        else {
            return false;
        };
        let complete = self.reader.optional() || column.null_count() == 0;
        let has_entries = !codes.values().is_empty() || column.null_count() == column.len();
        if dictionary.spoilt || !complete || !has_entries {
            return false;
        }
        for ((slot, _), classes) in self.targets.iter().zip(coded) {
            bound.classes[*slot] = BoundClasses::Coded(codes.clone(), classes.clone());
        }
        true
    }

    fn bind_by_entry(&mut self, dictionary: &mut Dictionary, column: &ArrayRef, bound: &mut Bound) {
        if dictionary.coded.is_none() {
            let mut work = See {
                category: self,
                dictionary,
                values: column.as_any_dictionary().values(),
                column,
            };
            with_keys(column, &mut work);
        }
        let mut work = Gather {
            reader: &self.reader,
            targets: &self.targets,
            table: &dictionary.table,
            validity: &mut self.validity,
            column,
            nulls: null_rows(column),
            bound,
        };
        with_keys(column, &mut work);
    }

    /// Reads an entry of a dictionary once.
    fn see(&mut self, dictionary: &mut Dictionary, values: &ArrayRef, entry: usize) {
        if dictionary.seen[entry] {
            return;
        }
        dictionary.seen[entry] = true;
        let (reader, targets, table) = (&self.reader, &self.targets, &mut self.table);
        let text = text_at(values, entry);
        let id = if text.is_empty() {
            NOTHING
        } else {
            self.texts.id_of(text.as_bytes(), || {
                table.add(reader, targets, read_cell(reader, values, entry))
            })
        };
        dictionary.table.copy(entry, table, id as usize);
    }
}

fn text_at(values: &ArrayRef, entry: usize) -> &str {
    if values.is_null(entry) {
        return "";
    }
    match values.data_type() {
        DataType::Utf8 => values.as_string::<i32>().value(entry),
        DataType::LargeUtf8 => values.as_string::<i64>().value(entry),
        DataType::Utf8View => values.as_string_view().value(entry),
        _ => "",
    }
}

impl Table {
    /// Adds a value and gives its number.
    fn add(
        &mut self,
        reader: &FieldReader,
        targets: &[(usize, Arc<dyn Classify>)],
        reading: Reading,
    ) -> u32 {
        let id = self.bad.len() as u32;
        match reader.settle(reading) {
            Ok(value) => {
                for (classes, (_, target)) in self.classes.iter_mut().zip(targets) {
                    classes.push(target.class_of(value.as_ref()));
                }
                if targets.is_empty() {
                    self.classes[0].push(if value.is_some() { GOOD } else { MISSING });
                }
                self.bad.push(None);
            }
            Err(expected) => {
                for classes in &mut self.classes {
                    classes.push(DEAD);
                }
                self.bad.push(Some(expected));
            }
        }
        id
    }

    fn copy(&mut self, to: usize, from: &Table, at: usize) {
        for (own, other) in self.classes.iter_mut().zip(&from.classes) {
            own[to] = other[at];
        }
        self.bad[to].clone_from(&from.bad[at]);
    }
}

impl Dictionary {
    fn new(values: &ArrayRef, targets: usize) -> Dictionary {
        Dictionary {
            values: Held::new(values),
            table: Table {
                classes: vec![vec![DEAD; values.len()]; targets],
                bad: vec![None; values.len()],
            },
            seen: vec![false; values.len()],
            rows: 0,
            coded: None,
            spoilt: false,
        }
    }

    /// Notes that all entries are read.
    fn finish(&mut self, of_nothing: u32) {
        let of_target =
            |classes: &Vec<u32>| Arc::new(CodeClasses::new(of_nothing, classes.iter().copied()));
        self.coded = Some(self.table.classes.iter().map(of_target).collect());
        self.spoilt = self.table.bad.iter().any(Option::is_some);
    }
}

/// Reads the entries that rows use.
struct See<'a> {
    category: &'a mut Category,
    dictionary: &'a mut Dictionary,
    values: &'a ArrayRef,
    column: &'a ArrayRef,
}

impl WithKeys for See<'_> {
    fn run<K: Key>(&mut self, keys: &[K]) {
        for (row, key) in keys.iter().enumerate() {
            let entry = key.index();
            if self.dictionary.seen.get(entry) == Some(&false) && self.column.is_valid(row) {
                self.category.see(self.dictionary, self.values, entry);
            }
        }
    }
}

/// Turns numbers of values into classes, column by column, and finds bad rows.
struct Gather<'a> {
    reader: &'a FieldReader,
    targets: &'a [(usize, Arc<dyn Classify>)],
    table: &'a Table,
    validity: &'a mut Vec<u32>,
    column: &'a ArrayRef,
    nulls: Vec<usize>,
    bound: &'a mut Bound,
}

impl WithKeys for Gather<'_> {
    fn run<K: Key>(&mut self, keys: &[K]) {
        let null_class = class_of_missing(self.reader);
        for (position, classes) in self.table.classes.iter().enumerate() {
            let out = match self.targets.get(position) {
                Some((slot, _)) => self.bound.classes[*slot].direct(),
                None => &mut *self.validity,
            };
            gather(keys, classes, out);
            for &row in &self.nulls {
                out[row] = null_class;
            }
        }
        let first = match self.targets.first() {
            Some((slot, _)) => &*self.bound.classes[*slot].direct(),
            None => &*self.validity,
        };
        if !first.contains(&DEAD) {
            return;
        }
        let dead = first
            .iter()
            .enumerate()
            .filter(|(_, class)| **class == DEAD);
        let dead: Vec<usize> = dead.map(|(row, _)| row).collect();
        for row in dead {
            let expected = match self.table.bad.get(keys[row].index()) {
                _ if self.nulls.binary_search(&row).is_ok() => self.reader.required(),
                Some(Some(expected)) => expected,
                Some(None) | None => self.reader.expected(),
            };
            self.bound
                .reject(row, self.reader.field(), self.column, expected);
        }
    }
}

#[inline]
fn gather<K: Key>(keys: &[K], classes: &[u32], out: &mut Vec<u32>) {
    let class = |key: &K| classes.get(key.index()).copied().unwrap_or(DEAD);
    out.clear();
    out.extend(keys.iter().map(class));
}
