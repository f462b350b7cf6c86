//! Interval and tag decision diagrams: conditions as exact sets of payments.
//!
//! Every test looks at one dimension. The constants of all policies involved cut each dimension into cells that no
//! test can tell apart, with a cell for *absent* where a fact may be missing; a condition is a pair of diagrams, where
//! it is true and where it is false, and unknown is neither. Only the first of these is ever money.
//!
//! Weekday, date and calendar are one dimension, so that 2 March 2026 is a Monday everywhere. Calendars and lists with
//! known contents split dates and words; others are three cells of their own (unknown, no, yes), which is "for any
//! contents". `any item` and `every item` become questions about one line (see `form`).

mod axis;
mod demand;
mod form;
mod lines;
mod space;
mod walk;

pub use crate::diagram::{
    DIMENSIONS_MAX, Diagram, EDGES_MAX, NODES_MAX, Pair, STEPS_MAX, Store, TooLarge,
};
pub use axis::{Axis, Class, Pin};
pub use space::Space;

pub(crate) use axis::WordCell;
pub(crate) use demand::Demand;
pub(crate) use form::{Form, form, is_item, mentions, some_line};
pub(crate) use lines::Lines;
pub(crate) use walk::{Cells, typical};
