//! The elements of lists as columns: bound like those of records, over all elements of a batch at once.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::DataType;

use super::category::Category;
use super::scaled::{Scaled, ScaledTarget, View};
use super::{ABSENT, Bound, INEXACT, KNOWN, Way};
use crate::input::read::{FieldReader, Member, read_cell, scaled_of_value};
use crate::model::{FieldId, Row, Type, Value, scaled_decimals};
use crate::plan::classify::Classify;

/// A list that conditions loop over.
#[derive(Clone)]
pub struct WantedList {
    /// The list in whose elements it stands, by its place among the wanted ones, where it comes first; `None`: it stands in the record.
    pub parent: Option<usize>,
    /// The field that it is.
    pub field: FieldId,
    /// What is wanted of its elements.
    pub members: Vec<WantedMember>,
}

/// A field of the elements of a list.
#[derive(Clone)]
pub struct WantedMember {
    /// The field.
    pub field: FieldId,
    /// Its classes, where tests ask about it.
    pub class: Option<Arc<dyn Classify>>,
    /// Whether its numbers (or days) are wanted.
    pub amount: bool,
}

/// The elements of one wanted list.
#[derive(Clone, Debug, Default)]
pub struct BoundElements {
    /// The list's place among the wanted ones.
    pub list: usize,
    /// For each record or element around where its elements begin, and at last how many there are.
    pub offsets: Vec<u32>,
    /// Which lists are there; all without it.
    pub nulls: Option<NullBuffer>,
    /// Classes and amounts of the wanted fields by element, in the order wanted, and the lists within. Elements of a missing list, or of
    /// one that cannot be read, mean nothing.
    pub elements: Bound,
}

/// Binds one list field.
#[derive(Clone)]
pub struct Lists {
    reader: Arc<FieldReader>,
    /// The list's place among the wanted ones, if it is one.
    list: Option<usize>,
    /// Where it stands among the lists of its record or element.
    slot: Option<usize>,
    members: Vec<MemberBinding>,
    class_slots: usize,
    amount_decimals: Vec<u32>,
    list_slots: usize,
    space: BoundElements,
}

/// How one field of the elements is bound.
#[derive(Clone)]
struct MemberBinding {
    field: FieldId,
    ty: Type,
    /// What the data calls it; none if it has no such field.
    column: Option<String>,
    class: Option<(usize, Arc<dyn Classify>)>,
    amount: Option<usize>,
    way: Way,
}

/// A column of lists, taken apart.
struct Parts {
    offsets: Vec<u32>,
    nulls: Option<NullBuffer>,
    elements: StructArray,
}

impl Lists {
    /// For a list field of the record.
    pub fn new(reader: Arc<FieldReader>, wanted: &[WantedList]) -> Lists {
        let of_record = wanted.iter().enumerate();
        let of_record = of_record.filter(|(_, list)| list.parent.is_none());
        let own = of_record
            .enumerate()
            .find(|(_, (_, list))| list.field == reader.field());
        let place = own.map(|(slot, (place, _))| (place, slot));
        Lists::of(reader, place, wanted)
    }

    /// The field that it is.
    pub fn reader(&self) -> &Arc<FieldReader> {
        &self.reader
    }

    /// For a list field that is the wanted list of that place, in that slot.
    fn of(reader: Arc<FieldReader>, place: Option<(usize, usize)>, wanted: &[WantedList]) -> Lists {
        let list = place.map(|(list, _)| list);
        let own = list.map_or(&[][..], |list| &wanted[list].members);
        let within: Vec<(usize, &WantedList)> = (wanted.iter().enumerate())
            .filter(|(_, inner)| list.is_some() && inner.parent == list)
            .collect();
        let classed: Vec<&WantedMember> = own.iter().filter(|own| own.class.is_some()).collect();
        let counted: Vec<&WantedMember> = own.iter().filter(|own| own.amount).collect();
        let members = reader.members().iter().map(|member| {
            let field = member.reader().field();
            let class = classed.iter().enumerate();
            let mut class = class.filter(|(_, wanted)| wanted.field == field);
            let class = class.next().and_then(|(slot, wanted)| {
                let class = wanted.class.clone()?;
                Some((slot, class))
            });
            let amount = counted.iter().position(|wanted| wanted.field == field);
            let list = within.iter().position(|(_, inner)| inner.field == field);
            let list = list.map(|slot| (within[slot].0, slot));
            MemberBinding::new(member, class, amount, list, wanted)
        });
        let members: Vec<MemberBinding> = members.collect();
        let decimals = |wanted: &&WantedMember| {
            let mut bindings = members.iter();
            let binding = bindings.find(|binding| binding.field == wanted.field);
            binding.and_then(|binding| scaled_decimals(binding.ty))
        };
        let amount_decimals = counted.iter().map(|wanted| {
            decimals(wanted).expect("internal error: an amount of a field that is no number")
        });
        let amount_decimals = amount_decimals.collect();
        Lists {
            reader,
            list,
            slot: place.map(|(_, slot)| slot),
            members,
            class_slots: classed.len(),
            amount_decimals,
            list_slots: within.len(),
            space: BoundElements::default(),
        }
    }

    /// Binds a column, and rejects the rows whose list cannot be read.
    pub fn bind(&mut self, column: &ArrayRef, bound: &mut Bound) {
        match parts(column) {
            Some(parts) => self.bind_parts(parts, column, bound),
            None => self.bind_values(column, bound),
        }
        self.hand_over(bound);
    }

    /// All lists are missing.
    pub fn bind_absent(&mut self, rows: usize, bound: &mut Bound) {
        self.fill(&vec![None; rows]);
        self.hand_over(bound);
    }

    fn hand_over(&mut self, bound: &mut Bound) {
        let (Some(list), Some(slot)) = (self.list, self.slot) else {
            return;
        };
        if bound.lists.len() <= slot {
            bound.lists.resize_with(slot + 1, BoundElements::default);
        }
        self.space.list = list;
        std::mem::swap(&mut self.space, &mut bound.lists[slot]);
    }

    fn make_room(&mut self, elements: usize) {
        let bound = &mut self.space.elements;
        bound.make_room(elements, self.class_slots, &self.amount_decimals);
        bound
            .lists
            .resize_with(self.list_slots, BoundElements::default);
    }

    /// Field by field over all elements; a list in which something cannot be read is read by the definition, which says what.
    fn bind_parts(&mut self, parts: Parts, column: &ArrayRef, bound: &mut Bound) {
        let elements = parts.elements.len();
        self.make_room(elements);
        let within = &mut self.space.elements;
        for member in &mut self.members {
            let name = member.column.as_deref();
            let column = name.and_then(|name| parts.elements.column_by_name(name));
            member.way.bind(column, elements, within);
        }
        if let Some(nulls) = parts.elements.nulls() {
            for (dead, known) in within.dead.iter_mut().zip(nulls) {
                *dead |= !known;
            }
        }
        let any_dead = within.dead.contains(&true);
        let complete = self.reader.optional() || parts.nulls.is_none();
        if any_dead || !complete {
            for row in 0..column.len() {
                let own = parts.offsets[row] as usize..parts.offsets[row + 1] as usize;
                if column.is_null(row) {
                    if !self.reader.optional() {
                        bound.reject(row, self.reader.field(), column, self.reader.required());
                    }
                } else if within.dead[own].contains(&true) {
                    let reading = self.reader.settle(read_cell(&self.reader, column, row));
                    let expected = reading.err();
                    debug_assert!(expected.is_some(), "what is bad is bad by the definition");
                    let expected = expected.unwrap_or_else(|| self.reader.expected().clone());
                    bound.reject(row, self.reader.field(), column, &expected);
                }
            }
        }
        self.space.offsets = parts.offsets;
        self.space.nulls = parts.nulls;
    }

    /// List by list, by the definition.
    fn bind_values(&mut self, column: &ArrayRef, bound: &mut Bound) {
        let mut lists = Vec::with_capacity(column.len());
        for row in 0..column.len() {
            let reading = read_cell(&self.reader, column, row);
            lists.push(match self.reader.settle(reading) {
                Ok(Some(Value::List(rows))) => Some(rows),
                Ok(_) => None,
                Err(expected) => {
                    bound.reject(row, self.reader.field(), column, &expected);
                    None
                }
            });
        }
        if self.list.is_some() {
            self.fill(&lists);
        }
    }

    /// The columns of lists that have been read.
    fn fill(&mut self, lists: &[Option<Arc<[Row]>>]) {
        let rows: Vec<&Row> = lists
            .iter()
            .flatten()
            .flat_map(|rows| rows.iter())
            .collect();
        self.make_room(rows.len());
        let space = &mut self.space;
        space.offsets.clear();
        space.offsets.push(0);
        let mut end = 0;
        for rows in lists {
            let count = rows.as_ref().map_or(0, |rows| rows.len());
            end += u32::try_from(count).expect("fewer than 2^32 elements");
            space.offsets.push(end);
        }
        let missing = lists.iter().any(Option::is_none);
        space.nulls = missing.then(|| lists.iter().map(Option::is_some).collect());
        for member in &mut self.members {
            member.fill(&rows, &mut space.elements);
        }
    }
}

impl MemberBinding {
    fn new(
        member: &Member,
        class: Option<(usize, Arc<dyn Classify>)>,
        amount: Option<usize>,
        list: Option<(usize, usize)>,
        wanted: &[WantedList],
    ) -> MemberBinding {
        let reader = Arc::new(member.reader().clone());
        let ty = reader.ty();
        let field = reader.field();
        let way = if matches!(ty, Type::List(_)) {
            Way::Lists(Box::new(Lists::of(reader, list, wanted)))
        } else if scaled_decimals(ty).is_some() {
            let target = ScaledTarget::new(View::Itself, class.clone(), amount);
            let targets = match class.is_some() || amount.is_some() {
                true => vec![target],
                false => Vec::new(),
            };
            Way::Scaled(Box::new(Scaled::new(reader, targets)))
        } else {
            let targets = class.clone().into_iter().collect();
            Way::Category(Box::new(Category::new(reader, targets)))
        };
        MemberBinding {
            field,
            ty,
            column: member.column().map(str::to_owned),
            class,
            amount,
            way,
        }
    }

    fn fill(&mut self, rows: &[&Row], elements: &mut Bound) {
        let values = rows.iter().map(|row| row.get(self.field));
        if let Some((slot, classes)) = &self.class {
            let out = elements.classes[*slot].direct();
            out.clear();
            out.extend(values.clone().map(|value| classes.class_of(value)));
        }
        if let Some(slot) = self.amount {
            let amounts = &mut elements.amounts[slot];
            amounts.mantissa.clear();
            amounts.state.clear();
            for value in values.clone() {
                let scaled = value.and_then(|value| scaled_of_value(self.ty, value));
                amounts.mantissa.push(scaled.unwrap_or(0));
                amounts.state.push(match (value, scaled) {
                    (None, _) => ABSENT,
                    (Some(_), Some(_)) => KNOWN,
                    (Some(_), None) => INEXACT,
                });
            }
        }
        if let Way::Lists(lists) = &mut self.way
            && lists.list.is_some()
        {
            let inner = values.map(|value| match value {
                Some(Value::List(rows)) => Some(rows.clone()),
                _ => None,
            });
            let inner: Vec<Option<Arc<[Row]>>> = inner.collect();
            lists.fill(&inner);
            lists.hand_over(elements);
        }
    }
}

/// A column of lists of records with offsets; nothing where it is written otherwise.
fn parts(column: &ArrayRef) -> Option<Parts> {
    let (offsets, elements) = match column.data_type() {
        DataType::List(_) => {
            let lists = column.as_list::<i32>();
            rebased(lists.value_offsets(), lists.values())?
        }
        DataType::LargeList(_) => {
            let lists = column.as_list::<i64>();
            rebased(lists.value_offsets(), lists.values())?
        }
        _ => return None,
    };
    let nulls = column.nulls().filter(|nulls| nulls.null_count() > 0);
    Some(Parts {
        offsets,
        nulls: nulls.cloned(),
        elements: elements.as_struct_opt()?.clone(),
    })
}

/// Offsets from 0 on, and the elements that they are about.
fn rebased<O: ArrowNativeType>(offsets: &[O], elements: &ArrayRef) -> Option<(Vec<u32>, ArrayRef)> {
    let (first, last) = (offsets.first()?.as_usize(), offsets.last()?.as_usize());
    u32::try_from(last - first).ok()?;
    let from_zero = |offset: &O| (offset.as_usize() - first) as u32;
    let from_zero = offsets.iter().map(from_zero).collect();
    Some((from_zero, elements.slice(first, last - first)))
}
