//! That refused memory is an error and not a fault.
