//! The books of an S-coin city as two pure functions: [`footprint`] says what must be read, [`apply`] decides.
//!
//! Nothing here reads a clock, a random source, a file or the network. The service, the auditor and every test run the
//! same code, so replaying the journal proves it.

mod apply;
mod batch;
pub mod canon;
mod frame;
pub mod invariants;
mod replay;
pub mod state;
mod work;
pub mod zone;

pub use apply::apply;
pub use batch::{
    Admitted, Answer, Batch, Disposition, Effects, Entry, Event, EventKind, footprint,
};
pub use canon::BadBytes;
pub use frame::{Frame, FrameEntry, Source};
pub use invariants::Breach;
pub use replay::{genesis_frame, replay, verify_frame};
pub use state::{Key, Record, State, View, Writes};
