//! Cycles among imports.

use super::Loaded;
use crate::check::errors;
use crate::check::graph::Graph;
use crate::text::Span;

/// Reports each import that leads back to the unit it stands in, with the way round.
pub(super) fn report(loaded: &mut Loaded) {
    let mut imports = Graph::new(loaded.units.len());
    for (unit, source) in loaded.units.iter() {
        for import in &source.imports {
            imports.need(unit.index(), import.unit.index(), import.span);
        }
    }
    for circle in imports.walk(0..loaded.units.len()).circles {
        let name = |at: usize| loaded.units[super::UnitId::from_index(at)].name.clone();
        let round: Vec<(String, Span)> = circle
            .iter()
            .map(|&(unit, span)| (name(unit), span))
            .collect();
        loaded.diagnostics.push(errors::import_cycle(&round));
    }
}
