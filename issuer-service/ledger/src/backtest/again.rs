//! Commands of a journal, decided again in order: as `apply` does it, without frames, digests and answers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use scoin_core::Timestamp;
use scoin_core::outcome::{Effect, Outcome};

use super::wanted::Wanted;
use super::world::World;
use crate::apply::{decide_again, kept_until};
use crate::batch::Entry;
use crate::decide::allowance::wake;
use crate::decide::tick::{TICK_MAX, carry_out, turn};
use crate::state::{City, Due, Key, Record, View, Writes};
use crate::work::{Numbers, Work};
use crate::zone::Zone;

/// The lot numbers an entry gave: the first, and the first it did not give.
pub(super) type Lots = (u64, u64);

/// The books of a past, being decided again.
#[derive(Clone, Debug)]
pub(super) struct Again {
    /// The state after the last frame. It holds no answers.
    pub(super) world: World,
    city: Option<(Arc<City>, Zone)>,
    /// When answers are forgotten: a tick does a bounded number of things, and this is one of them.
    answers: BinaryHeap<Reverse<(Timestamp, Due)>>,
    next_lot: u64,
    spare_lot: u64,
    /// `None`: everything is kept.
    wanted: Option<Arc<Wanted>>,
}

impl Again {
    /// Before frame 0. `seed`: see [`World::new`].
    pub(super) fn new(seed: u64) -> Self {
        Self {
            world: World::new(seed),
            city: None,
            answers: BinaryHeap::new(),
            next_lot: 1,
            spare_lot: Numbers::SPARE,
            wanted: None,
        }
    }

    /// Forget at once what nothing else will ask for.
    pub(super) fn keep_only(&mut self, wanted: &Arc<Wanted>) {
        self.wanted = Some(Arc::clone(wanted));
    }

    /// Take over frame 0.
    pub(super) fn found(&mut self, writes: Writes) {
        self.world.absorb(writes);
        if let Some(Record::City(city)) = self.world.get(&Key::City) {
            self.city = Zone::named(&city.zone).map(|zone| (Arc::clone(city), zone));
        }
    }

    /// Change the state before anything is decided again.
    pub(super) fn prepare(&mut self, now: Timestamp, change: impl FnOnce(&mut Work<'_>)) {
        let Some((city, zone)) = &self.city else { return };
        let mut work = Work::on(&self.world, Arc::clone(city), now, zone.date(now));
        change(&mut work);
        let writes = work.into_entry();
        self.world.absorb(writes);
    }

    /// Decide the entries of one frame; `seen` looks at each outcome, and at the work before it is kept.
    /// An entry gives lots the numbers it gave in the past, if they are known.
    pub(super) fn frame<'e>(
        &mut self,
        time: Timestamp,
        entries: impl Iterator<Item = (&'e Entry, Option<Lots>)>,
        mut seen: impl FnMut(&mut Work<'_>, usize, &Outcome),
    ) {
        let Some((city, zone)) = &self.city else { return };
        let today = zone.date(time);
        for (index, (entry, lots)) in entries.enumerate() {
            let mut work = Work::on(&self.world, Arc::clone(city), time, today);
            let (next, end) = lots.unwrap_or((self.next_lot, Numbers::SPARE));
            work.number_lots(Numbers { next, end, spare: self.spare_lot });
            let outcome = match entry {
                Entry::Signed(admitted) => match decide_again(&mut work, admitted) {
                    Ok(effect) => Outcome::Accepted(effect),
                    Err(refusal) => {
                        work.drop_entry();
                        Outcome::Refused(refusal)
                    }
                },
                Entry::Tick => tick(&mut work, &mut self.answers),
            };
            if let Some(numbers) = work.numbers() {
                (self.next_lot, self.spare_lot) = (numbers.next, numbers.spare);
            }
            seen(&mut work, index, &outcome);
            if let Entry::Signed(admitted) = entry {
                let command = admitted.signed().command();
                let until = kept_until(command, time);
                self.answers.push(Reverse((until, Due::Answer(command.by, command.id))));
            }
            let writes = work.into_entry();
            let wanted = self.wanted.as_ref();
            let writes = writes.into_iter();
            self.world.absorb(writes.filter(|(key, _)| wanted.is_none_or(|all| all.wants(key))));
        }
    }

    /// The number of the next lot.
    pub(super) fn next_lot(&self) -> u64 {
        self.next_lot
    }
}

/// What is due by now, oldest first, as many things as a tick does; answers are only forgotten.
fn tick(work: &mut Work<'_>, answers: &mut BinaryHeap<Reverse<(Timestamp, Due)>>) -> Outcome {
    let now = work.now();
    let due = work.keys(&Key::first_due(), &Key::due_after(now), TICK_MAX);
    let mut due = due
        .into_iter()
        .filter_map(|key| if let Key::Due(at, what) = key { Some((at, what)) } else { None })
        .peekable();
    for place in 0..TICK_MAX {
        let answer = answers.peek().map(|Reverse(at)| *at).filter(|(at, _)| *at <= now);
        let next = match (due.peek().copied(), answer) {
            (Some(thing), Some(answer)) if answer < thing => None,
            (Some(thing), _) => Some(thing),
            (None, Some(_)) => None,
            (None, None) => break,
        };
        let Some((at, what)) = next else {
            answers.pop();
            continue;
        };
        due.next();
        if what.is_alone() {
            if place == 0 {
                return turn(work, at, what);
            }
            break;
        }
        if let Err(refusal) = carry_out(work, at, what) {
            work.drop_entry();
            return Outcome::Refused(refusal);
        }
    }
    wake(work);
    Outcome::Accepted(Effect::Done)
}
