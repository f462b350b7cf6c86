//! A second evaluator, written from the semantics alone: it walks the policy, knows no prepared form and tries every
//! amount. Slow and plain on purpose.

use scoin_policy::civil::{Civil, Date};
use scoin_policy::facts::{Fact, Facts, Id, Item, World};
use scoin_policy::ir::{
    Cap, Clause, ClauseKind, Ends, Policy, Pred, Quantity, Span, Starts, Test, Weekly, Window,
};

/// Everything one evaluation looks at.
pub(crate) struct Twin<'a> {
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) world: &'a dyn World,
    pub(crate) issued: Option<Civil>,
    pub(crate) used: &'a [u64],
    pub(crate) last: &'a [Option<i64>],
}

/// A policy and all it embeds, breadth first.
pub(crate) fn all_parts(policy: &Policy) -> Vec<&Policy> {
    let mut level = vec![policy];
    let mut all = Vec::new();
    while !level.is_empty() {
        all.extend(level.iter().copied());
        level = level.iter().flat_map(|part| part.also.iter()).collect();
    }
    all
}

impl Twin<'_> {
    /// How much passes.
    pub(crate) fn pay(&self, policy: &Policy) -> u64 {
        let parts = all_parts(policy);
        if !self.open(&parts) {
            return 0;
        }
        let caps: Vec<&Cap> = parts.iter().flat_map(|part| part.caps.iter()).collect();
        let lines: Vec<(Option<&Item>, u64)> = match self.facts.items {
            Some(items) if !items.is_empty() => {
                items.iter().map(|item| (Some(item), item.amount)).collect()
            }
            _ => vec![(None, self.facts.amount)],
        };
        if let [(item, amount)] = lines[..] {
            // One line: no need to try amounts.
            let rooms = caps
                .iter()
                .enumerate()
                .filter(|(_, cap)| self.binds(cap, item))
                .map(|(at, cap)| self.room(at, cap));
            let most = rooms.min().unwrap_or(u64::MAX).min(amount).min(self.facts.amount);
            return if self.covered(&parts, item) { most } else { 0 };
        }
        let limits: Vec<(u64, Vec<bool>)> = caps
            .iter()
            .enumerate()
            .map(|(at, cap)| {
                let bound = lines.iter().map(|(item, _)| self.binds(cap, *item)).collect();
                (self.room(at, cap), bound)
            })
            .collect();
        let most: Vec<u64> = lines
            .iter()
            .map(|(item, amount)| if self.covered(&parts, *item) { *amount } else { 0 })
            .collect();
        let mut best = 0;
        self.try_all(&limits, &most, &mut Vec::new(), &mut best);
        best
    }

    /// Every amount of every line. `limits` are rooms and which lines they bind.
    fn try_all(
        &self,
        limits: &[(u64, Vec<bool>)],
        most: &[u64],
        paid: &mut Vec<u64>,
        best: &mut u64,
    ) {
        let Some(top) = most.get(paid.len()) else {
            let total: u64 = paid.iter().sum();
            let fits = limits.iter().all(|(room, bound)| {
                let inside = paid.iter().zip(bound).filter(|(_, bound)| **bound);
                inside.map(|(amount, _)| *amount).sum::<u64>() <= *room
            });
            if fits && total <= self.facts.amount && total > *best {
                *best = total;
            }
            return;
        };
        for pays in 0..=*top {
            paid.push(pays);
            self.try_all(limits, most, paid, best);
            paid.pop();
        }
    }

    fn open(&self, parts: &[&Policy]) -> bool {
        let kind = self.facts.kind.unwrap_or("purchase");
        let conditions = |part: &&Policy| {
            part.pays.iter().any(|pays| pays == kind)
                && self.alive(part)
                && part.clauses.iter().all(|clause: &Clause| match clause.kind {
                    ClauseKind::Require => self.truth(&clause.pred, None) == Some(true),
                    ClauseKind::Forbid => self.truth(&clause.pred, None) == Some(false),
                    ClauseKind::Covers => true,
                })
        };
        let gaps = parts.iter().flat_map(|part| part.gaps.iter()).enumerate().all(|(at, gap)| {
            let applies =
                gap.when.as_ref().is_none_or(|when| self.truth(when, None) != Some(false));
            let last = self.last.get(at).copied().flatten();
            !applies
                || last.is_none_or(|last| {
                    self.facts.instant_micros - last >= i64::from(gap.minutes) * 60_000_000
                })
        });
        parts.iter().all(conditions) && gaps
    }

    fn alive(&self, part: &Policy) -> bool {
        let now = self.facts.now;
        let started = match part.starts {
            Starts::AtIssue => true,
            Starts::On(date) => now.date >= date,
            Starts::After(span) => self.issued.is_none_or(|issued| now >= later(issued, span)),
        };
        let ended = match part.expires.end {
            Ends::Never => false,
            Ends::On(date) => now.date > date,
            Ends::After(span @ (Span::Minutes(_) | Span::Hours(_))) => {
                self.issued.is_some_and(|issued| now >= later(issued, span))
            }
            Ends::After(span) => {
                self.issued.is_some_and(|issued| now.date > later(issued, span).date)
            }
        };
        started && !ended
    }

    fn covered(&self, parts: &[&Policy], item: Option<&Item>) -> bool {
        let covers = parts
            .iter()
            .flat_map(|part| part.clauses.iter())
            .filter(|clause| clause.kind == ClauseKind::Covers);
        covers.into_iter().all(|clause| self.truth(&clause.pred, item) == Some(true))
    }

    fn binds(&self, cap: &Cap, item: Option<&Item>) -> bool {
        cap.on_items.as_ref().is_none_or(|on_items| self.truth(on_items, item) != Some(false))
    }

    fn room(&self, at: usize, cap: &Cap) -> u64 {
        if cap.when.as_ref().is_some_and(|when| self.truth(when, None) == Some(false)) {
            return u64::MAX;
        }
        let used =
            if cap.window == Window::Payment { 0 } else { self.used.get(at).copied().unwrap_or(0) };
        match cap.quantity {
            Quantity::Money(limit) => limit.saturating_sub(used),
            Quantity::MoneyTimes(unit, fact) => {
                let times =
                    if fact == Fact::PayerChildren { self.facts.payer.children } else { None };
                (unit * u64::try_from(times.unwrap_or(0)).unwrap_or(0)).saturating_sub(used)
            }
            Quantity::Count(limit) => {
                if used < limit {
                    u64::MAX
                } else {
                    0
                }
            }
            Quantity::Share(percent) => {
                (u128::from(self.facts.amount) * u128::from(percent) / 100) as u64
            }
        }
    }

    /// `None` is unknown.
    pub(crate) fn truth(&self, pred: &Pred, item: Option<&Item>) -> Option<bool> {
        let items = self.facts.items.filter(|items| !items.is_empty());
        match pred {
            Pred::And(parts) => all(parts.iter().map(|part| self.truth(part, item))),
            Pred::Or(parts) => any(parts.iter().map(|part| self.truth(part, item))),
            Pred::Not(inner) => self.truth(inner, item).map(|truth| !truth),
            Pred::AnyItem(inner) => any(items?.iter().map(|item| self.truth(inner, Some(item)))),
            Pred::EveryItem(inner) => all(items?.iter().map(|item| self.truth(inner, Some(item)))),
            Pred::Known(fact) => Some(match fact {
                Fact::PaymentItems => items.is_some(),
                Fact::PayerAge => self.facts.payer.age.is_some(),
                Fact::MerchantCategory => self.facts.merchant.category.is_some(),
                Fact::PaymentChannel => self.facts.channel.is_some(),
                other => self.words(*other, item).is_some(),
            }),
            Pred::Test(test) => self.test(test, item),
        }
    }

    fn test(&self, test: &Test, item: Option<&Item>) -> Option<bool> {
        let now = self.facts.now;
        match test {
            Test::InTags(fact, tags) => {
                let words = self.words(*fact, item)?;
                Some(words.iter().any(|word| {
                    tags.iter().any(|tag| word == tag || word.starts_with(&format!("{tag}.")))
                }))
            }
            Test::InRange(fact, low, high) => {
                let number = self.number(*fact, item)?;
                Some((low.unwrap_or(i64::MIN)..=high.unwrap_or(i64::MAX)).contains(&number))
            }
            Test::InList(fact, list, _) => {
                any(self.words(*fact, item)?.iter().map(|word| self.world.listed(list, word)))
            }
            Test::OnCalendar(calendar, _) => self.world.on_calendar(calendar, now.date),
            Test::InSchedule(weekly) => Some(open_by_minute_of_week(weekly, now)),
            Test::OnWeekday(days) => Some(days.contains(&now.date.weekday())),
            Test::InDates(first, last) => Some(
                first.unwrap_or(Date::MIN) <= now.date && now.date <= last.unwrap_or(Date::MAX),
            ),
            Test::Is(fact, word) => Some(self.words(*fact, item)?.contains(word)),
            Test::Equals(fact, number) => Some(self.number(*fact, item)? == *number),
            Test::Same(left, right) => {
                let (left, right) = (self.words(*left, item)?, self.words(*right, item)?);
                Some(left.iter().any(|word| right.contains(word)))
            }
        }
    }

    fn number(&self, fact: Fact, item: Option<&Item>) -> Option<i64> {
        match fact {
            Fact::PayerAge => self.facts.payer.age,
            Fact::PayerChildren => self.facts.payer.children,
            Fact::PaymentAmount => Some(i64::try_from(self.facts.amount).unwrap_or(i64::MAX)),
            Fact::ItemAmount => item.map(|item| item.amount as i64),
            Fact::Time => Some(i64::from(self.facts.now.minute)),
            other => panic!("the twin is not asked for the number {other:?}"),
        }
    }

    fn words(&self, fact: Fact, item: Option<&Item>) -> Option<Vec<String>> {
        let one = |word: Option<&str>| word.map(|word| vec![word.to_owned()]);
        let facts = self.facts;
        match fact {
            Fact::MerchantCategory => facts.merchant.category.map(<[String]>::to_vec),
            Fact::MerchantGroups => facts.merchant.groups.map(<[String]>::to_vec),
            Fact::PayerGroups => facts.payer.groups.map(<[String]>::to_vec),
            Fact::PayerHousehold => one(facts.payer.household),
            Fact::MerchantCountry => one(facts.merchant.country),
            Fact::PaymentChannel => one(facts.channel),
            Fact::PaymentKind => one(Some(facts.kind.unwrap_or("purchase"))),
            Fact::MerchantId => one(facts.merchant.id.map(Id::text)),
            Fact::PayerId => one(facts.payer.id.map(Id::text)),
            Fact::ReceiverId => one(facts.receiver.id.map(Id::text)),
            Fact::ReceiverHousehold => one(facts.receiver.household),
            Fact::ReceiverRelation => one(facts.receiver.relation),
            Fact::MerchantDistrict => one(facts.merchant.district),
            Fact::PayerDistrict => one(facts.payer.district),
            Fact::ItemCategory => {
                item.map(|item| item.tags.clone()).filter(|tags| !tags.is_empty())
            }
            Fact::ItemCode => {
                item.map(|item| vec![item.code.clone()]).filter(|codes| !codes[0].is_empty())
            }
            other => panic!("the twin is not asked for the words of {other:?}"),
        }
    }
}

fn all(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let truths: Vec<_> = truths.collect();
    if truths.contains(&Some(false)) {
        return Some(false);
    }
    if truths.contains(&None) { None } else { Some(true) }
}

fn any(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(truths.map(|truth| truth.map(|truth| !truth))).map(|truth| !truth)
}

/// A slot opens once a week and stays open for its length: minutes since it opened, modulo a week.
fn open_by_minute_of_week(weekly: &Weekly, now: Civil) -> bool {
    let minute = i64::from(now.date.weekday().index()) * 1440 + i64::from(now.minute);
    weekly.0.iter().any(|slot| {
        let opens = i64::from(slot.day.index()) * 1440 + i64::from(slot.start);
        let length = i64::from(slot.end) - i64::from(slot.start);
        let length = if length <= 0 { length + 1440 } else { length };
        (minute - opens).rem_euclid(7 * 1440) < length
    })
}

fn later(from: Civil, span: Span) -> Civil {
    let date = from.date;
    match span {
        Span::Minutes(n) => from.add_minutes(i64::from(n)),
        Span::Hours(n) => from.add_minutes(60 * i64::from(n)),
        Span::Days(n) => Civil { date: Date(date.0 + n as i32), ..from },
        Span::Months(n) => Civil { date: month_later(date, n as i32), ..from },
        Span::Years(n) => Civil { date: month_later(date, 12 * n as i32), ..from },
    }
}

/// The same day of a later month, or the last day before it.
fn month_later(date: Date, months: i32) -> Date {
    let (year, month, day) = date.ymd();
    let total = year * 12 + i32::from(month) - 1 + months;
    let (year, month) = (total / 12, (total % 12 + 1) as u8);
    (0..day).find_map(|less| Date::from_ymd(year, month, day - less)).unwrap()
}
