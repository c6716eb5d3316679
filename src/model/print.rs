//! The model as text, for `emit model` and snapshots.
