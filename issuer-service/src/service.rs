//! What every handler needs, and how a service is put together and taken apart.

use std::sync::Arc;
use std::thread::JoinHandle;

use scoin_core::{AccountId, Timestamp};
use tokio::sync::watch;

use crate::books::{Books, OpenError};
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::config::{ClockConfig, LimitsConfig};
use crate::http::limits::Buckets;
use crate::sequencer::Sequencer;

/// A running city, as the handlers see it.
#[derive(Debug)]
pub struct Service {
    /// The books.
    pub books: Arc<Books>,
    /// Where commands go.
    pub sequencer: Sequencer,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Commands a second by device key.
    pub(crate) key_buckets: Buckets<[u8; 33]>,
    /// Commands and reads a second by account.
    pub(crate) account_buckets: Buckets<AccountId>,
    /// From which attested age on guardians see sums and kinds of shops only, where no day is attested; 0 for never.
    pub(crate) private_age: u8,
    stopping: watch::Sender<bool>,
}

impl Service {
    /// Start the sequencer over open books.
    pub fn start(
        books: Books,
        clock: Arc<dyn Clock>,
        limits: &LimitsConfig,
        write_back_frames: u64,
    ) -> std::io::Result<(Arc<Self>, JoinHandle<()>)> {
        let books = Arc::new(books);
        let (sequencer, thread) = Sequencer::start(
            Arc::clone(&books),
            Arc::clone(&clock),
            limits.queue_commands_max,
            write_back_frames,
        )?;
        let service = Self {
            books,
            sequencer,
            clock,
            key_buckets: Buckets::new(limits.key_per_second, limits.key_burst),
            account_buckets: Buckets::new(limits.account_per_second, limits.account_burst),
            private_age: limits.private_age,
            stopping: watch::Sender::new(false),
        };
        Ok((Arc::new(service), thread))
    }

    /// What the next frame would be stamped with.
    pub fn now(&self) -> Timestamp {
        self.books.live().time_after(self.clock.now())
    }

    /// From now on not ready; open event streams end.
    pub fn announce_stop(&self) {
        self.stopping.send_replace(true);
    }

    /// True once [`Service::announce_stop`] was called.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Tells when [`Service::announce_stop`] is called.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }
}

/// The clock a configuration asks for. A live city refuses one that can be moved.
pub fn clock(config: &ClockConfig, sandbox: bool) -> Result<Arc<dyn Clock>, OpenError> {
    match config.start {
        None => Ok(Arc::new(SystemClock)),
        Some(start) if sandbox => Ok(Arc::new(ManualClock::new(start.0))),
        Some(_) => Err(OpenError::LiveCityWithManualClock),
    }
}
