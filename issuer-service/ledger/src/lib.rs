//! The books of an S-coin city as two pure functions: [`footprint`] says what must be read, [`apply`] decides.
//!
//! Nothing here reads a clock, a random source, a file or the network. The service, the auditor and every test run the
//! same code, so replaying the journal proves it.

pub mod age;
mod apply;
pub mod backtest;
mod batch;
pub mod canon;
mod coins;
mod decide;
mod facts;
mod frame;
mod guards;
pub mod invariants;
mod life;
mod looser;
mod purse;
mod replay;
pub mod scope;
pub mod state;
mod work;
pub mod zone;

pub use apply::{apply, state_digest};
pub use batch::{
    Admitted, Answer, Batch, Disposition, Effects, Entry, Event, EventKind, footprint,
};
pub use canon::BadBytes;
pub use decide::tick::{TICK_MAX, ticks_for};
pub use frame::{Frame, FrameEntry, Source};
pub use guards::{GuardOn, guards};
pub use invariants::Breach;
pub use looser::is_retired;
pub use purse::whose;
pub use replay::{Trust, genesis_frame, next_time, replay, verify_frame, verify_frame_trusting};
pub use state::{Key, Record, State, View, Writes};
