//! JSON Lines: one object per line in, text columns and rejects out.
//!
//! Numbers keep the digits they were written with. Of a line only the wanted keys are decoded, but the whole line
//! must be one JSON object without a key that stands twice.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_schema::SchemaRef;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{self, TextColumn};
use super::source::{Chunk, FileName, Need, Positions, WantedColumn};
use super::split::{Block, Style, is_blank};
use crate::input::errors::{self, InputError};
use crate::input::reject::Reject;

/// Keys of an object beyond which its key order is not remembered.
const MAX_REMEMBERED_KEYS: usize = 512;
/// Objects whose keys are gathered for messages.
const FIRST_OBJECTS: usize = 100;

/// What all blocks of one JSON Lines file have in common.
#[derive(Debug)]
pub(crate) struct JsonPlan {
    pub file: usize,
    pub name: FileName,
    pub schema: SchemaRef,
    wanted: Vec<WantedColumn>,
    slots: FxHashMap<String, usize>,
    key: Option<usize>,
    /// Whether a key without a column is an error: then all columns are copied.
    all_keys: bool,
    seen: Vec<AtomicBool>,
    /// The keys of the first objects, among which a key that is never there may stand under another name.
    first_keys: Vec<String>,
    batch_rows: usize,
}

impl JsonPlan {
    pub fn new(
        (file, name): (usize, FileName),
        wanted: &[WantedColumn],
        first: Option<&Block>,
        all_keys: bool,
        key: Option<&str>,
        batch_rows: usize,
    ) -> Self {
        let slots = wanted
            .iter()
            .enumerate()
            .map(|(slot, column)| (column.name.clone(), slot))
            .collect();
        JsonPlan {
            file,
            name,
            schema: columns::text_schema(wanted),
            key: key.and_then(|key| wanted.iter().position(|column| column.name == key)),
            seen: wanted.iter().map(|_| AtomicBool::new(false)).collect(),
            wanted: wanted.to_vec(),
            first_keys: first
                .map(|block| keys_of(block, FIRST_OBJECTS))
                .unwrap_or_default(),
            slots,
            all_keys,
            batch_rows: batch_rows.max(1),
        }
    }

    /// Wanted keys that no object read so far had.
    pub fn absent(&self) -> Vec<String> {
        let unseen = self.wanted.iter().zip(&self.seen);
        unseen
            .filter(|(_, seen)| !seen.load(Ordering::Relaxed))
            .map(|(column, _)| column.name.clone())
            .collect()
    }

    /// The keys of the first objects.
    pub fn first_keys(&self) -> &[String] {
        &self.first_keys
    }
}

/// The keys of the first `objects` objects in `block`, in order of first appearance.
pub(crate) fn keys_of(block: &Block, objects: usize) -> Vec<String> {
    let mut keys = Vec::new();
    let mut known = FxHashSet::default();
    for (line, _) in Lines::new(&block.bytes).take(objects) {
        let object = std::str::from_utf8(line)
            .ok()
            .and_then(|line| serde_json::from_str::<ObjectKeys>(line).ok());
        for key in object.map(|object| object.0).unwrap_or_default() {
            if known.insert(key.clone()) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The keys of one object as they stand.
struct ObjectKeys(Vec<String>);

impl<'de> serde::Deserialize<'de> for ObjectKeys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = ObjectKeys;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                    keys.push(key);
                }
                Ok(ObjectKeys(keys))
            }
        }
        from.deserialize_map(Keys)
    }
}

/// Refuses a file that is one JSON array.
pub(crate) fn check_is_lines(file: &str, block: &Block) -> Result<(), InputError> {
    match block.bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') if block.first_row == 1 => Err(errors::json_array(file)),
        _ => Ok(()),
    }
}

/// The lines of a block with the lines' numbers from 0.
struct Lines<'a> {
    rest: &'a [u8],
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Lines {
            rest: bytes,
            line: 0,
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (&'a [u8], u64);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let bytes = self.rest;
            let end = memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
            let pair = bytes.get(end) == Some(&b'\r') && bytes.get(end + 1) == Some(&b'\n');
            self.rest = bytes.get(end + 1 + usize::from(pair)..).unwrap_or_default();
            let line = self.line;
            self.line += 1;
            if !is_blank(&bytes[..end], Style::Lines) {
                return Some((&bytes[..end], line));
            }
        }
        None
    }
}

/// The chunks of one block.
pub(crate) struct JsonChunks {
    plan: Arc<JsonPlan>,
    block: Block,
    clean: bool,
    /// Bytes, rows and lines of the block already delivered.
    position: usize,
    rows: u64,
    lines: u64,
    layout: Layout,
}

impl JsonChunks {
    pub fn new(plan: Arc<JsonPlan>, block: Block) -> Self {
        JsonChunks {
            clean: std::str::from_utf8(&block.bytes).is_ok(),
            plan,
            block,
            position: 0,
            rows: 0,
            lines: 0,
            layout: Layout::default(),
        }
    }

    fn read_chunk(&mut self) -> Result<Option<Chunk>, InputError> {
        let plan = Arc::clone(&self.plan);
        let capacity = plan.batch_rows.min(self.block.rows as usize);
        let mut texts: Vec<TextColumn> = Vec::new();
        texts.resize_with(plan.wanted.len(), || TextColumn::new(capacity));
        let (mut rows, mut lines, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
        let mut values: Vec<Found<'_>> = Vec::new();
        let mut walk = Lines::new(&self.block.bytes[self.position..]);
        while rows.len() + rejects.len() < plan.batch_rows
            && let Some((line, number)) = walk.next()
        {
            let row = self.block.first_row + self.rows;
            let number = self.block.first_line + self.lines + number;
            self.rows += 1;
            values.clear();
            values.resize_with(plan.wanted.len(), || Found::Absent);
            match read_line(&plan, line, self.clean, &mut self.layout, &mut values) {
                Ok(()) => {
                    rows.push(row);
                    lines.push(number);
                    keep(&values, &mut texts);
                }
                Err(Fault::LateKey(key)) => {
                    return Err(errors::late_column(&plan.name, number, &key));
                }
                Err(Fault::Row(fault)) => {
                    let key = plan.key.and_then(|slot| values[slot].known_text());
                    rejects.push(fault.reject(&plan, row, number, key));
                }
            }
        }
        self.position = self.block.bytes.len() - walk.rest.len();
        self.lines += walk.line;
        if rows.is_empty() && rejects.is_empty() {
            debug_assert_eq!(self.rows, self.block.rows);
            return Ok(None);
        }
        let columns = texts.into_iter().map(TextColumn::finish).collect();
        let batch = columns::batch_of(&plan.schema, columns, rows.len())
            .expect("the columns were made for this schema");
        Ok(Some(Chunk {
            file: plan.file,
            rows: Positions::of(rows),
            lines: Some(Positions::of(lines)),
            batch,
            rejects,
        }))
    }
}

impl Iterator for JsonChunks {
    type Item = Result<Chunk, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_chunk().transpose()
    }
}

fn keep(values: &[Found<'_>], texts: &mut [TextColumn]) {
    for (value, column) in values.iter().zip(texts) {
        match value {
            Found::Absent => column.push(b""),
            Found::Text(text) => column.push(text.as_bytes()),
        }
    }
}

/// The value of a wanted key on one line.
#[derive(Debug)]
enum Found<'a> {
    Absent,
    Text(Cow<'a, str>),
}

impl Found<'_> {
    fn known_text(&self) -> Option<String> {
        match self {
            Found::Text(text) if !text.is_empty() => Some(text.to_string()),
            Found::Text(_) | Found::Absent => None,
        }
    }
}

/// Why a line is no record, or why the file cannot be read on.
enum Fault {
    Row(RowFault),
    LateKey(String),
}

struct RowFault {
    slot: Option<usize>,
    found: String,
    expected: String,
}

impl RowFault {
    fn reject(self, plan: &JsonPlan, row: u64, line: u64, key: Option<String>) -> Reject {
        let name = plan.name.clone();
        let reject = Reject::new(name, row, Some(line), &self.found, self.expected).key(key);
        match self.slot {
            Some(slot) => reject.field(&plan.wanted[slot].name),
            None => reject,
        }
    }
}

fn row_fault(slot: Option<usize>, found: impl Into<String>, expected: impl Into<String>) -> Fault {
    Fault::Row(RowFault {
        slot,
        found: found.into(),
        expected: expected.into(),
    })
}

/// Reads one line into `values`, which has a place for each wanted key.
fn read_line<'a>(
    plan: &JsonPlan,
    line: &'a [u8],
    clean: bool,
    layout: &mut Layout,
    values: &mut [Found<'a>],
) -> Result<(), Fault> {
    // The block was checked as a whole; a line is looked at again only to find the one at fault.
    let text = std::str::from_utf8(line).map_err(|error| {
        debug_assert!(!clean);
        let at = error.valid_up_to();
        let expected = format!("UTF-8 text (byte {}, 0x{:02X}, is not)", at + 1, line[at]);
        row_fault(None, String::from_utf8_lossy(line), expected)
    })?;
    let mut json = serde_json::Deserializer::from_str(text);
    let mut object = Object {
        plan,
        layout,
        values,
        fault: None,
    };
    let read = json.deserialize_map(&mut object);
    let fault = object.fault.take();
    read.and_then(|()| json.end()).map_err(|error| {
        let expected = format!(
            "one JSON object (byte {}: {})",
            error.column(),
            reason(&error)
        );
        row_fault(None, text, expected)
    })?;
    match fault {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

/// What the parser says, without the place, which is said already.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// The keys of the objects read before, in their order: most files write every object alike.
#[derive(Default)]
struct Layout {
    keys: Vec<(String, Option<usize>)>,
}

/// One object being read.
struct Object<'v, 'a> {
    plan: &'v JsonPlan,
    layout: &'v mut Layout,
    values: &'v mut [Found<'a>],
    fault: Option<Fault>,
}

impl<'a> Visitor<'a> for &mut Object<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let mut count = 0;
        let mut other: Option<OtherLayout> = None;
        loop {
            let known = match &other {
                None => self.layout.keys.get(count),
                Some(_) => None,
            };
            let Some(key) = map.next_key_seed(KeySeed(known))? else {
                break;
            };
            let slot = match key {
                Key::AsBefore(slot) => slot,
                Key::New(name) => {
                    let other = other.get_or_insert_with(|| OtherLayout::after(self.layout, count));
                    let slot = self.plan.slots.get(&*name).copied();
                    if !other.add(&name, slot) {
                        let found = format!("the key `{name}` twice");
                        self.fault
                            .get_or_insert(row_fault(slot, found, "each key once"));
                    }
                    if slot.is_none() && self.plan.all_keys {
                        self.fault.get_or_insert(Fault::LateKey(name.into_owned()));
                    }
                    slot
                }
            };
            count += 1;
            let value: &'a RawValue = map.next_value()?;
            if let Some(slot) = slot {
                self.take(slot, value.get());
            }
        }
        if let Some(other) = other
            && other.keys.len() <= MAX_REMEMBERED_KEYS
            && self.fault.is_none()
        {
            self.layout.keys = other.keys;
        }
        Ok(())
    }
}

impl<'a> Object<'_, 'a> {
    /// Keeps the value of a wanted key.
    fn take(&mut self, slot: usize, raw: &'a str) {
        self.plan.seen[slot].store(true, Ordering::Relaxed);
        let value = match raw.as_bytes()[0] {
            b'n' => Found::Absent,
            b'"' => match decoded(raw) {
                Ok(text) if text.contains('\0') => {
                    let found = text.replace('\0', "\u{2400}");
                    let fault = row_fault(Some(slot), found, "text without a NUL character");
                    self.fault.get_or_insert(fault);
                    return;
                }
                Ok(text) => Found::Text(text),
                Err(why) => {
                    let expected = format!("a JSON string ({why})");
                    self.fault
                        .get_or_insert(row_fault(Some(slot), raw, expected));
                    return;
                }
            },
            b'[' if self.plan.wanted[slot].lists => Found::Text(Cow::Borrowed(raw)),
            b'{' | b'[' if self.plan.wanted[slot].need != Need::Carried => {
                let expected = "a text, a number, true, false or null";
                self.fault
                    .get_or_insert(row_fault(Some(slot), raw, expected));
                return;
            }
            _ => Found::Text(Cow::Borrowed(raw)),
        };
        self.values[slot] = value;
    }
}

/// The text of a JSON string as it stands in the file.
fn decoded(raw: &str) -> Result<Cow<'_, str>, String> {
    if raw.contains('\\') {
        serde_json::from_str(raw)
            .map(Cow::Owned)
            .map_err(|error| reason(&error))
    } else {
        Ok(Cow::Borrowed(&raw[1..raw.len() - 1]))
    }
}

/// The keys of an object that is not laid out like the one before.
struct OtherLayout {
    keys: Vec<(String, Option<usize>)>,
    known: FxHashSet<String>,
}

impl OtherLayout {
    fn after(layout: &Layout, count: usize) -> Self {
        let keys = layout.keys[..count].to_vec();
        OtherLayout {
            known: keys.iter().map(|(name, _)| name.clone()).collect(),
            keys,
        }
    }

    /// Adds a key; false if it stood before.
    fn add(&mut self, name: &str, slot: Option<usize>) -> bool {
        self.keys.push((name.to_owned(), slot));
        self.known.insert(name.to_owned())
    }
}

/// A key as found.
enum Key<'a> {
    /// The one that stood here before; its slot.
    AsBefore(Option<usize>),
    New(Cow<'a, str>),
}

/// Reads a key, hoping for the one that stood here before.
struct KeySeed<'l>(Option<&'l (String, Option<usize>)>);

impl<'l> KeySeed<'l> {
    fn expected(&self, key: &str) -> Option<Option<usize>> {
        self.0
            .filter(|(name, _)| name == key)
            .map(|(_, slot)| *slot)
    }
}

impl<'a> DeserializeSeed<'a> for KeySeed<'_> {
    type Value = Key<'a>;
    fn deserialize<D: Deserializer<'a>>(self, from: D) -> Result<Key<'a>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for KeySeed<'_> {
    type Value = Key<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'a str) -> Result<Key<'a>, E> {
        Ok(match self.expected(key) {
            Some(slot) => Key::AsBefore(slot),
            None => Key::New(Cow::Borrowed(key)),
        })
    }

    fn visit_str<E>(self, key: &str) -> Result<Key<'a>, E> {
        Ok(match self.expected(key) {
            Some(slot) => Key::AsBefore(slot),
            None => Key::New(Cow::Owned(key.to_owned())),
        })
    }
}

#[cfg(test)]
#[path = "jsonl_tests.rs"]
mod tests;
