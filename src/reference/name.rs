//! The names under which a record's gaps are listed.

use crate::model::{FieldId, Model};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A set of fields and other names: fields in the order of declaration, then the others by bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    fields: BTreeSet<FieldId>,
    others: BTreeSet<Arc<str>>,
}

impl Names {
    pub fn add_field(&mut self, field: FieldId) {
        self.fields.insert(field);
    }

    pub fn add_other(&mut self, name: &Arc<str>) {
        self.others.insert(Arc::clone(name));
    }

    pub fn into_list(self, model: &Model) -> Vec<Arc<str>> {
        self.fields
            .into_iter()
            .map(|field| Arc::clone(&model.record.fields[field].name))
            .chain(self.others)
            .collect()
    }
}
