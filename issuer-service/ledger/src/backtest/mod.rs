//! Back-test: the past decided once more with another rule, and what would have come out differently.
//!
//! [`Past::read`] executes a journal and keeps the part that is asked about. [`backtest`] then lets every command of that
//! part be decided again, by the same code, in a world in which a [`Candidate`] stands: a payment that the candidate
//! refuses leaves its money with the payer, its counters where they were and its shop without it, and everything after it
//! is decided in the world that has become of it. Nobody behaves differently: the same people ask for the same things at
//! the same times. Why it is done so, and what it cannot say, is in `docs/adr/0022-what-a-back-test-asks.md`.
//!
//! A candidate that is the rule in force changes nothing at all: every outcome comes out as it was, byte for byte
//! ([`Report::differing`] is 0).

mod again;
mod candidate;
mod past;
mod report;
mod tally;
mod wanted;
mod world;

pub use candidate::{Candidate, NotPossible, Whom};
pub use past::{During, Past};
pub use report::{
    AGE_BANDS, Change, Follower, Group, Payments, PoolRewards, Reason, ReasonCount, Report,
    SAMPLES_MAX, Sample, Twice, Verb,
};

use self::candidate::Stand;
use self::tally::Tally;

/// Decides the past again under a candidate and says what changed.
///
/// # Errors
/// If the candidate names a rule, a zone or an account that the past does not know.
pub fn backtest(past: &Past, candidate: &Candidate) -> Result<Report, NotPossible> {
    let stand = Stand::new(past, candidate)?;
    let mut again = past.before.clone();
    again.keep_only(&past.wanted);
    let accounts = again.world.accounts();
    let stacks = again.world.stacks();
    again.prepare(past.from, |work| stand.begin(work, &accounts, &stacks));
    let mut tally = Tally::new(past, &stand);
    for step in &past.steps {
        let entries = step.entries.iter().map(|one| (&one.entry, Some(one.lots)));
        again.frame(step.time, entries, |work, index, outcome| {
            if let Some(one) = step.entries.get(index) {
                tally.count(work, one, outcome);
                stand.after(work, &one.entry, outcome);
            }
        });
    }
    Ok(tally.finish(&past.after, &again.world))
}
