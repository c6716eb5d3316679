//! Which fields are read, and which columns of the data hold them.

use std::sync::Arc;

use arrow_schema::Schema;

use super::{BindError, BindProblem, BindProblemKind, BoundColumn, Source};
use crate::diagnostic::nearest;
use crate::input::mapping::{Column, Mapping};
use crate::input::read::FieldReader;
use crate::model::{FieldId, Model};

/// A field's reader and the position of its column, if the data has one.
pub(super) type Located = (Arc<FieldReader>, Option<usize>);

/// The fields that screening for `wanted` reads: those asked about, the key and the as-of field, in field order.
pub fn fields_read(model: &Model, wanted: &[BoundColumn]) -> Vec<FieldId> {
    let asked = wanted.iter().filter_map(|column| match column.source {
        Source::Field(field) => Some(field),
        Source::Day(_) => Some(model.record.as_of),
        Source::Total(_) => None,
    });
    let mut fields: Vec<FieldId> = asked
        .chain([model.record.key, model.record.as_of])
        .collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// The name of the column that holds `field`; none if the mapping says that no column does.
pub fn column_of<'a>(model: &'a Model, mapping: &'a Mapping, field: FieldId) -> Option<&'a str> {
    let declared = &model.record.fields[field];
    match &mapping.field(&declared.name).column {
        Column::Declared => Some(&declared.column),
        Column::Named(name) => Some(name),
        Column::Absent => None,
    }
}

/// A reader for each field and the position of its column; or all that is wrong.
pub(super) fn locate(
    model: &Model,
    mapping: &Mapping,
    fields: &[FieldId],
    schema: &Schema,
) -> Result<Vec<Located>, BindError> {
    let mut located = Vec::new();
    let mut problems = Vec::new();
    for &field in fields {
        match locate_one(model, mapping, field, schema) {
            Ok(found) => located.push(found),
            Err(kind) => problems.push(BindProblem {
                field: model.record.fields[field].name.to_string(),
                column: column_of(model, mapping, field)
                    .unwrap_or_default()
                    .to_owned(),
                kind,
            }),
        }
    }
    if problems.is_empty() {
        Ok(located)
    } else {
        Err(BindError { problems })
    }
}

fn locate_one(
    model: &Model,
    mapping: &Mapping,
    field: FieldId,
    schema: &Schema,
) -> Result<Located, BindProblemKind> {
    let reader = FieldReader::new(model, field, mapping).map_err(BindProblemKind::Mapping)?;
    let Some(column) = column_of(model, mapping, field) else {
        return if reader.optional() {
            Ok((Arc::new(reader), None))
        } else {
            Err(BindProblemKind::AbsentRequired)
        };
    };
    let position = position_of(column, schema)?;
    let data_type = schema.field(position).data_type();
    match reader.accepts(data_type) {
        Ok(()) => Ok((Arc::new(reader), Some(position))),
        Err(wants) => Err(BindProblemKind::WrongType {
            found: data_type.to_string(),
            wants,
        }),
    }
}

fn position_of(column: &str, schema: &Schema) -> Result<usize, BindProblemKind> {
    let names = || schema.fields().iter().map(|field| field.name().as_str());
    let mut positions = names()
        .enumerate()
        .filter(|(_, name)| *name == column)
        .map(|(position, _)| position);
    match (positions.next(), positions.next()) {
        (Some(position), None) => Ok(position),
        (Some(_), Some(_)) => Err(BindProblemKind::Repeated),
        (None, _) => Err(BindProblemKind::Missing {
            nearest: nearest(column, names()).map(str::to_owned),
        }),
    }
}
