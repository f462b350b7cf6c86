//! Programmes: what a payment, a top-up or a reported fact earns.

use crate::civil::Date;
use crate::facts::{Fact, Facts, World};
use crate::ir::{Gift, Program, Quantity, Reward, Trigger, Under, Window};
use crate::rule::CapSlot;
use crate::truth::{Scene, Truth};

/// One reward that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<'p> {
    /// Label of the reward.
    pub label: &'p str,
    /// How much, minor units; never zero.
    pub amount: u64,
    /// Under which policy.
    pub under: &'p Under,
}

/// Is the programme open on this date? First and last day are inclusive.
pub fn is_open(program: &Program, date: Date) -> bool {
    let (first, last) = program.open;
    first.is_none_or(|first| date >= first) && last.is_none_or(|last| date <= last)
}

/// The caps of a programme with their counters, in the order of [`Program::caps`].
pub fn caps(program: &Program) -> Vec<CapSlot> {
    program.caps.iter().map(|cap| CapSlot::new(cap, &program.name, program.week_starts)).collect()
}

/// What is given, in label order. `on` is what happened (`None`: every reward is considered, as in examples);
/// `used` is parallel to [`Program::caps`]: money or rewards given within each window; what is missing counts as zero.
///
/// When the caps leave less than the rewards add up to, rewards are cut in label order: the first ones are given
/// first. Each reward given counts once against count caps, and its amount against money caps.
pub fn reward<'p>(
    program: &'p Program,
    on: Option<&Trigger>,
    facts: &Facts<'_>,
    world: &dyn World,
    used: &[u64],
) -> Vec<Given<'p>> {
    if !is_open(program, facts.now.date) {
        return Vec::new();
    }
    let scene = Scene::new(facts, world);
    let mut room = rooms(program, &scene, used);
    let mut given = Vec::new();
    for reward in &program.rewards {
        let due = on.is_none_or(|on| *on == reward.on)
            && reward.when.as_ref().is_none_or(|when| scene.holds(when, None) == Truth::True);
        let gift = if due { gift(reward, &scene) } else { 0 };
        let amount = room.iter().map(Room::most).min().unwrap_or(u64::MAX).min(gift);
        if amount > 0 {
            for room in &mut room {
                room.take(amount);
            }
            given.push(Given { label: &reward.label, amount, under: &reward.under });
        }
    }
    given
}

/// The amount and number of rewards to add to the counter of each of [`caps`], in the same order; `(0, 0)` where the
/// cap's `when` is false.
pub fn charges(
    program: &Program,
    facts: &Facts<'_>,
    world: &dyn World,
    given: &[Given<'_>],
) -> Vec<(u64, u64)> {
    let scene = Scene::new(facts, world);
    let total = given.iter().fold(0_u64, |sum, given| sum.saturating_add(given.amount));
    let count = u64::try_from(given.len()).unwrap_or(u64::MAX);
    let charge = |cap: &crate::ir::Cap| {
        if cap.when.as_ref().is_some_and(|when| scene.holds(when, None) == Truth::False) {
            (0, 0)
        } else {
            (total, count)
        }
    };
    program.caps.iter().map(charge).collect()
}

/// What a cap still leaves.
enum Room {
    Money(u64),
    Count(u64),
    Open,
}

impl Room {
    fn most(&self) -> u64 {
        match self {
            Self::Money(left) => *left,
            Self::Count(0) => 0,
            Self::Count(_) | Self::Open => u64::MAX,
        }
    }

    fn take(&mut self, amount: u64) {
        match self {
            Self::Money(left) => *left = left.saturating_sub(amount),
            Self::Count(left) => *left = left.saturating_sub(1),
            Self::Open => {}
        }
    }
}

fn rooms(program: &Program, scene: &Scene<'_>, used: &[u64]) -> Vec<Room> {
    let room = |(at, cap): (usize, &crate::ir::Cap)| {
        if cap.when.as_ref().is_some_and(|when| scene.holds(when, None) == Truth::False) {
            return Room::Open;
        }
        let used =
            if cap.window == Window::Payment { 0 } else { used.get(at).copied().unwrap_or(0) };
        match &cap.quantity {
            Quantity::Money(limit) => Room::Money(limit.saturating_sub(used)),
            Quantity::MoneyTimes(unit, fact) => {
                Room::Money(times(*unit, *fact, scene).saturating_sub(used))
            }
            Quantity::Count(limit) => Room::Count(limit.saturating_sub(used)),
            Quantity::Share(percent) => {
                Room::Money(crate::decide::share(scene.facts.amount, *percent))
            }
        }
    };
    program.caps.iter().enumerate().map(room).collect()
}

fn times(unit: u64, fact: Fact, scene: &Scene<'_>) -> u64 {
    let factor = scene.number(fact, None).and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
    unit.saturating_mul(factor)
}

fn gift(reward: &Reward, scene: &Scene<'_>) -> u64 {
    match reward.gift {
        Gift::Money(amount) => amount,
        Gift::Percent { percent, of, up_to } => {
            let base =
                scene.number(of, None).and_then(|value| u64::try_from(value).ok()).unwrap_or(0);
            crate::decide::share(base, percent).min(up_to.unwrap_or(u64::MAX))
        }
    }
}
