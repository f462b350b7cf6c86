//! Counting what changed, one entry at a time.

use std::collections::{BTreeMap, BTreeSet};

use scoin_core::command::{Action, Payment};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, Amount};
use scoin_policy::causes;

use super::candidate::Stand;
use super::past::{Past, PastEntry, Told};
use super::report::{
    AGE_BANDS, Change, Follower, Group, PoolRewards, Reason, ReasonCount, Report, SAMPLES_MAX,
    Sample, Twice, Verb,
};
use super::world::World;
use crate::batch::{Admitted, Entry};
use crate::state::{Key, Record, View};
use crate::work::Work;

/// The report as it grows.
pub(super) struct Tally<'s> {
    stand: &'s Stand,
    report: Report,
    reasons: BTreeMap<(Change, Reason), ReasonCount>,
    people: BTreeSet<AccountId>,
    shops: BTreeSet<AccountId>,
    ages: BTreeMap<Option<String>, (Group, BTreeSet<AccountId>)>,
    districts: BTreeMap<Option<String>, (Group, BTreeSet<AccountId>)>,
    pools: BTreeMap<AccountId, PoolRewards>,
    followers: BTreeMap<Verb, Follower>,
}

/// A payment that changed.
struct Changed<'e> {
    change: Change,
    asked: &'e PaymentRequest,
    payer: AccountId,
    paid: Twice,
}

impl<'s> Tally<'s> {
    pub(super) fn new(past: &Past, stand: &'s Stand) -> Self {
        let mut pools = BTreeMap::new();
        for (id, pool) in past.after.pools() {
            pools.insert(*id, none_of(pool.clone()));
        }
        Self {
            stand,
            report: Report::default(),
            reasons: BTreeMap::new(),
            people: BTreeSet::new(),
            shops: BTreeSet::new(),
            ages: BTreeMap::new(),
            districts: BTreeMap::new(),
            pools,
            followers: BTreeMap::new(),
        }
    }

    /// Counts one entry: as it was, and as it came out now.
    pub(super) fn count(&mut self, work: &Work<'_>, was: &PastEntry, is: &Outcome) {
        add_one(&mut self.report.entries);
        let told = Told::of(work, &was.entry);
        self.rewards(work, &was.told, &told);
        add(&mut self.report.ended.was, was.told.ended);
        add(&mut self.report.ended.is, told.ended);
        let differs = was.outcome != *is;
        if differs {
            add_one(&mut self.report.differing);
        }
        let Entry::Signed(admitted) = &was.entry else { return };
        match (payment(admitted), admitted.request()) {
            (Some(_), Some(request)) => {
                self.payment(work, admitted, request.message(), (&was.outcome, is));
            }
            (None, _) if differs => {
                self.follower(&admitted.signed().command().action, &was.outcome, is);
            }
            (Some(_), None) | (None, _) => {}
        }
    }

    fn payment(
        &mut self,
        work: &Work<'_>,
        admitted: &Admitted,
        asked: &PaymentRequest,
        (was, is): (&Outcome, &Outcome),
    ) {
        let paid = Twice { was: moved(was), is: moved(is) };
        let counts = &mut self.report.payments;
        add_one(&mut counts.decided);
        add(&mut counts.money.was, paid.was);
        add(&mut counts.money.is, paid.is);
        if was == is {
            return;
        }
        let (change, place) = match (was, is) {
            (Outcome::Accepted(_), Outcome::Refused(_)) => {
                add(&mut counts.money_refused, paid.was);
                (Change::Refused, &mut counts.refused)
            }
            (Outcome::Refused(_), Outcome::Accepted(_)) => {
                add(&mut counts.money_paid, paid.is);
                (Change::Paid, &mut counts.paid)
            }
            (Outcome::Accepted(_), Outcome::Accepted(_)) if paid.was != paid.is => {
                (Change::Amount, &mut counts.amount)
            }
            (Outcome::Accepted(_), Outcome::Accepted(_)) => return add_one(&mut counts.coins),
            (Outcome::Refused(_), Outcome::Refused(_)) => return add_one(&mut counts.reason),
        };
        add_one(place);
        let payer = admitted.signed().command().by;
        let changed = Changed { change, asked, payer, paid };
        let refusal = match (was, is) {
            (_, Outcome::Refused(refusal)) | (Outcome::Refused(refusal), _) => Some(refusal),
            _ => None,
        };
        self.people.insert(payer);
        self.shops.insert(asked.merchant);
        self.group(work, &changed);
        for reason in self.reasons_of(refusal) {
            self.reason(work, &changed, reason, refusal);
        }
    }

    /// Why: the clauses of the rule in question, else those of other rules, else what no rule is to blame for.
    fn reasons_of(&self, refusal: Option<&Refusal>) -> BTreeSet<Reason> {
        let rules = match refusal {
            None => return BTreeSet::from([Reason::Part]),
            Some(Refusal::Rules(rules)) => rules,
            Some(refusal) => return BTreeSet::from([Reason::Refusal(refusal.code())]),
        };
        let causes = causes::decode(&rules.causes).unwrap_or_default();
        let (ours, others): (Vec<_>, Vec<_>) = causes
            .into_iter()
            .partition(|cause| self.stand.is_candidate(scoin_core::PolicyId(cause.policy.0)));
        if ours.is_empty() {
            let reason =
                |cause: causes::Cause| Reason::OtherRule { rule: cause.rule, label: cause.label };
            others.into_iter().map(reason).collect()
        } else {
            let reason =
                |cause: causes::Cause| Reason::Clause { rule: cause.rule, label: cause.label };
            ours.into_iter().map(reason).collect()
        }
    }

    fn reason(
        &mut self,
        work: &Work<'_>,
        changed: &Changed<'_>,
        reason: Reason,
        refusal: Option<&Refusal>,
    ) {
        let by_rule = !matches!(reason, Reason::Refusal(_));
        let key = (changed.change, reason.clone());
        let count = self.reasons.entry(key).or_insert_with(|| ReasonCount {
            change: changed.change,
            reason,
            refusal: refusal.filter(|_| !by_rule).cloned(),
            payments: 0,
            money: Amount::ZERO,
            samples: Vec::new(),
        });
        add_one(&mut count.payments);
        add(&mut count.money, changed.asked.amount);
        if count.samples.len() < SAMPLES_MAX {
            let shop = work.account(&changed.asked.merchant);
            let profile = shop.and_then(|shop| shop.merchant.as_ref()).map(|entry| &entry.profile);
            count.samples.push(Sample {
                time: work.now(),
                asked: changed.asked.amount,
                paid: changed.paid,
                shop: profile.and_then(|profile| profile.categories.first().cloned()),
            });
        }
    }

    fn group(&mut self, work: &Work<'_>, changed: &Changed<'_>) {
        let known = work.account(&changed.payer).and_then(|account| account.attributes.as_deref());
        let district = known.and_then(|known| known.district.clone());
        let today = work.today().0;
        let age = known
            .filter(|known| known.age_until.is_none_or(|until| today <= until))
            .and_then(|known| known.age);
        count_in(&mut self.ages, age.map(band), changed);
        count_in(&mut self.districts, district, changed);
    }

    fn rewards(&mut self, work: &Work<'_>, was: &Told, is: &Told) {
        if was.rewards.is_empty() && is.rewards.is_empty() {
            return;
        }
        if was.rewards != is.rewards {
            add_one(&mut self.report.rewards_changed);
            let earners = was.rewards.iter().chain(&is.rewards).map(|reward| reward.earner);
            self.people.extend(earners);
        }
        let mut pool = |id: AccountId, then: bool, amount: Amount| {
            let name = || work.account(&id).and_then(|account| account.pool.clone());
            let pool = self.pools.entry(id).or_insert_with(|| none_of(name().unwrap_or_default()));
            add_one(if then { &mut pool.times_was } else { &mut pool.times_is });
            add(if then { &mut pool.money.was } else { &mut pool.money.is }, amount);
        };
        was.rewards.iter().for_each(|reward| pool(reward.pool, true, reward.amount));
        is.rewards.iter().for_each(|reward| pool(reward.pool, false, reward.amount));
    }

    fn follower(&mut self, action: &Action, was: &Outcome, is: &Outcome) {
        let verb = verb(action);
        let none = Follower { verb, refused: 0, done: 0, other: 0 };
        let follower = self.followers.entry(verb).or_insert(none);
        add_one(match (was, is) {
            (Outcome::Accepted(_), Outcome::Refused(_)) => &mut follower.refused,
            (Outcome::Refused(_), Outcome::Accepted(_)) => &mut follower.done,
            _ => &mut follower.other,
        });
    }

    /// The report, with what is left at the end of both worlds.
    pub(super) fn finish(self, was: &World, is: &World) -> Report {
        let policies = self.stand.policies();
        let left = |world: &World| {
            let accounts = world.iter().filter_map(|record| {
                if let Record::Account(account) = record { Some(account.as_ref()) } else { None }
            });
            let accounts = accounts.filter(|account| account.pool.is_none());
            let follows = |stack| match world.get(&Key::Stack(stack)) {
                Some(Record::Stack(layers)) => {
                    layers.iter().any(|layer| policies.contains(&layer.policy))
                }
                _ => false,
            };
            let lots = accounts.flat_map(|account| &account.lots);
            let amounts = lots.filter(|lot| follows(lot.stack)).map(|lot| lot.amount);
            Amount::checked_sum(amounts).unwrap_or(Amount::MAX)
        };
        let groups = |groups: BTreeMap<Option<String>, (Group, BTreeSet<AccountId>)>| {
            groups
                .into_values()
                .map(|(group, who)| Group { people: count(&who), ..group })
                .collect()
        };
        let mut reasons: Vec<ReasonCount> = self.reasons.into_values().collect();
        reasons.sort_by_key(|reason| (reason.change, std::cmp::Reverse(reason.payments)));
        Report {
            reasons,
            people: count(&self.people),
            shops: count(&self.shops),
            by_age: groups(self.ages),
            by_district: groups(self.districts),
            rewards: self.pools.into_values().filter(PoolRewards::is_used).collect(),
            followers: self.followers.into_values().collect(),
            left: Twice { was: left(was), is: left(is) },
            ..self.report
        }
    }
}

impl PoolRewards {
    fn is_used(&self) -> bool {
        self.times_was > 0 || self.times_is > 0
    }
}

fn none_of(pool: String) -> PoolRewards {
    PoolRewards { pool, times_was: 0, times_is: 0, money: Twice::default() }
}

fn payment(admitted: &Admitted) -> Option<&Payment> {
    if let Action::Pay(payment) | Action::Authorise(payment) = &admitted.signed().command().action {
        Some(payment)
    } else {
        None
    }
}

fn moved(outcome: &Outcome) -> Amount {
    if let Outcome::Accepted(Effect::Moved { amount, .. }) = outcome {
        *amount
    } else {
        Amount::ZERO
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever payments do not lead to is one verb")]
fn verb(action: &Action) -> Verb {
    match action {
        Action::Earn { .. } => Verb::Earn,
        Action::Grant { .. } | Action::Transfer { .. } => Verb::Give,
        Action::Capture { .. } => Verb::Capture,
        Action::Void { .. } => Verb::Void,
        Action::Refund { .. } => Verb::Refund,
        Action::Redeem { .. } => Verb::Redeem,
        _ => Verb::Other,
    }
}

/// The band of an age: `13-18`; the last one is open, `65-`.
fn band(age: u8) -> String {
    let first = AGE_BANDS.iter().rev().find(|first| **first <= age).copied().unwrap_or(0);
    let next = AGE_BANDS.iter().find(|next| **next > age);
    next.map_or_else(|| format!("{first}-"), |next| format!("{first}-{}", next.saturating_sub(1)))
}

fn count_in(
    groups: &mut BTreeMap<Option<String>, (Group, BTreeSet<AccountId>)>,
    name: Option<String>,
    changed: &Changed<'_>,
) {
    let none =
        |name| Group { name, people: 0, refused: 0, paid: 0, amount: 0, money: Twice::default() };
    let (group, who) = groups.entry(name.clone()).or_insert_with(|| (none(name), BTreeSet::new()));
    who.insert(changed.payer);
    add_one(match changed.change {
        Change::Refused => &mut group.refused,
        Change::Paid => &mut group.paid,
        Change::Amount => &mut group.amount,
    });
    add(&mut group.money.was, changed.paid.was);
    add(&mut group.money.is, changed.paid.is);
}

fn count(set: &BTreeSet<AccountId>) -> u64 {
    u64::try_from(set.len()).unwrap_or(u64::MAX)
}

fn add_one(sum: &mut u64) {
    *sum = sum.saturating_add(1);
}

fn add(sum: &mut Amount, more: Amount) {
    *sum = sum.checked_add(more).unwrap_or(Amount::MAX);
}
