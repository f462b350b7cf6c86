//! A naive reference ledger: heaps of coins in a list, three hand-written rules, no code shared with the real books.
//!
//! It is slow and obvious on purpose. A property test drives the real ledger and this one with the same steps and compares
//! every answer and every balance. Where the real ledger may choose (which coins of several pay), the reference takes
//! its choice, checks that it was legal, and follows.

use std::collections::BTreeMap;

/// Whoever can hold coins: people, shops, and the city's own pots, by number.
pub type Owner = usize;
/// A civil day in Seoul, days since 1970-01-01.
pub type Day = i64;

/// The rules the reference knows by heart. The texts in [`RULES`] say the same in the rule language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// No limit at all.
    Open,
    /// Only at bakeries, at most 30 a day.
    Snack,
    /// At most 10 a payment; ends two days after it was given and goes back to the giver.
    Once,
    /// Two payments a day; cannot be given on.
    Twice,
}

/// The same rules as text, and a programme that turns reports into open coins.
pub const RULES: &str = "
policy city.t-open { zone Asia/Seoul }
policy city.t-snack {
  zone Asia/Seoul
  require bakery: merchant.category in { food.bakery }
  cap day: 30 won per day
}
policy city.t-once {
  zone Asia/Seoul
  cap once: 10 won per payment
  expires 2 days after issue then return to granter
}
policy city.t-twice {
  zone Asia/Seoul
  cap twice: 2 payments per day
  transfer never
}
policy city.t-home { zone Asia/Seoul cap home: 60 won per day by household }
program city.t-reward {
  zone Asia/Seoul
  pool city.test
  open 2026-01-01..
  reward gift: on earn test.gift give 100% of event.amount under city.t-open
}
";

impl Rule {
    /// Its name in [`RULES`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "city.t-open",
            Self::Snack => "city.t-snack",
            Self::Once => "city.t-once",
            Self::Twice => "city.t-twice",
        }
    }
}

/// One rule on some coins, and who put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The rule.
    pub rule: Rule,
    /// Who gave the coins under it.
    pub giver: Owner,
}

/// Rules from the first given to the last.
pub type Marks = Vec<Mark>;
/// Equal coins: their rules, and the day on which each was put on them.
pub type Kind = (Marks, Vec<Day>);
/// Coins by kind.
pub type Coins = BTreeMap<Kind, u64>;

/// Some equal coins.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Heap {
    owner: Owner,
    marks: Marks,
    /// The day on which each mark was put there.
    given: Vec<Day>,
    coins: u64,
}

impl Heap {
    /// The last day on which these coins work, and the mark that ends them.
    fn last_day(&self) -> Option<(Day, usize)> {
        let ends = self.marks.iter().zip(&self.given).enumerate();
        ends.filter(|(_, (mark, _))| mark.rule == Rule::Once)
            .map(|(at, (_, day))| (day + 2, at))
            .min()
    }

    fn works(&self, today: Day) -> bool {
        self.last_day().is_none_or(|(last, _)| today <= last)
    }
}

/// What a payment took: from which coins, and when.
#[derive(Clone, Debug)]
struct Paid {
    payer: Owner,
    shop: Owner,
    day: Day,
    taken: Coins,
    left: u64,
    /// The guard of the household counted it.
    home: bool,
}

/// What a step asks. Ids of payments and holds are the numbers of the steps that made them.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A report that earns this much out of the pool.
    Earn { to: Owner, amount: u64 },
    /// Coins under one more rule.
    Grant { from: Owner, to: Owner, amount: u64, rule: Rule },
    /// Coins as they are.
    Transfer { from: Owner, to: Owner, amount: u64 },
    /// A payment at a shop.
    Pay { from: Owner, shop: Owner, amount: u64, number: usize },
    /// A reservation at a shop.
    Hold { from: Owner, shop: Owner, amount: u64, number: usize },
    /// The shop takes some of a reservation; the rest is released.
    Capture { number: usize, amount: u64 },
    /// The shop lets a reservation go.
    Void { number: usize },
    /// The shop gives all that is left of a payment back.
    RefundAll { number: usize },
    /// The shop cashes out.
    Redeem { shop: Owner, amount: u64 },
    /// Stop or resume one's own spending.
    Freeze { who: Owner, on: bool },
    /// The city retires a rule, or adopts it anew.
    Retire { rule: Rule, on: bool },
    /// The city guards the household all people here live in, or no longer: [`HOME_LIMIT`] a day for all of them.
    Guard { on: bool },
}

/// What the guarded household may spend in a day.
pub const HOME_LIMIT: u64 = 60;

/// The naive books.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    heaps: Vec<Heap>,
    /// Money without rules: shops' takings and the city's pots.
    plain: BTreeMap<Owner, u64>,
    /// (owner, marks up to the rule, day) -> (money, payments).
    used: BTreeMap<(Owner, Marks, Day), (u64, u64)>,
    paid: BTreeMap<usize, Paid>,
    holds: BTreeMap<usize, (Paid, i64)>,
    frozen: Vec<Owner>,
    retired: Vec<Rule>,
    guarded: bool,
    /// What the household spent while it was guarded, by day.
    home: BTreeMap<Day, u64>,
    bakeries: Vec<Owner>,
    redeemed: u64,
}

/// How long a reservation lives, in minutes.
const HOLD_MINUTES: i64 = 24 * 60;

/// The day in Seoul of a minute since 1970-01-01T00:00Z.
pub fn day_of(minute: i64) -> Day {
    (minute + 9 * 60).div_euclid(24 * 60)
}

impl Reference {
    /// A city whose pool has this much, and which of its shops are bakeries.
    pub fn new(pool: Owner, amount: u64, bakeries: Vec<Owner>) -> Self {
        Self { plain: BTreeMap::from([(pool, amount)]), bakeries, ..Self::default() }
    }

    /// Would this be accepted now? `pool` is where rewards come from.
    pub fn allows(&self, ask: &Ask, now: i64, pool: Owner) -> bool {
        let today = day_of(now);
        match ask {
            Ask::Earn { amount, .. } => {
                *amount > 0 && self.plain_of(pool) >= *amount && !self.retired.contains(&Rule::Open)
            }
            Ask::Grant { from, amount, rule, .. } => {
                !self.retired.contains(rule) && self.may_give(*from, *amount, today)
            }
            Ask::Transfer { from, to, amount } => {
                from != to && self.may_give(*from, *amount, today)
            }
            Ask::Pay { from, shop, amount, .. } | Ask::Hold { from, shop, amount, .. } => {
                *amount > 0
                    && !self.frozen.contains(from)
                    && self.payable(*from, *shop, today) >= *amount
            }
            Ask::Capture { number, amount } => self
                .holds
                .get(number)
                .is_some_and(|(paid, until)| now < *until && *amount > 0 && *amount <= paid.left),
            Ask::Void { number } => self.holds.contains_key(number),
            Ask::RefundAll { number } => self
                .paid
                .get(number)
                .is_some_and(|paid| paid.left > 0 && self.plain_of(paid.shop) >= paid.left),
            Ask::Redeem { shop, amount } => *amount > 0 && self.plain_of(*shop) >= *amount,
            Ask::Freeze { who, on } => self.frozen.contains(who) != *on,
            Ask::Retire { rule, on } => !on || !self.retired.contains(rule),
            Ask::Guard { on } => self.guarded != *on,
        }
    }

    /// Do it. `taken` is which coins the real ledger chose; an error says why that was not legal.
    pub fn apply(&mut self, ask: &Ask, now: i64, pool: Owner, taken: &Coins) -> Result<(), String> {
        let today = day_of(now);
        match ask {
            Ask::Earn { to, amount } => {
                self.take_plain(pool, *amount)?;
                self.put(*to, vec![Mark { rule: Rule::Open, giver: pool }], vec![today], *amount);
            }
            Ask::Grant { from, to, amount, rule } => {
                self.take(*from, today, *amount, taken)?;
                for ((marks, given), part) in taken {
                    let (mut marks, mut given) = (marks.clone(), given.clone());
                    marks.push(Mark { rule: *rule, giver: *from });
                    given.push(today);
                    self.put(*to, marks, given, *part);
                }
            }
            Ask::Transfer { from, to, amount } => {
                self.take(*from, today, *amount, taken)?;
                for ((marks, given), part) in taken {
                    self.put(*to, marks.clone(), given.clone(), *part);
                }
            }
            Ask::Pay { from, shop, amount, number } | Ask::Hold { from, shop, amount, number } => {
                self.spend(*from, *shop, today, taken)?;
                let paid = Paid {
                    payer: *from,
                    shop: *shop,
                    day: today,
                    taken: taken.clone(),
                    left: *amount,
                    home: self.guarded,
                };
                if matches!(ask, Ask::Pay { .. }) {
                    self.give_plain(*shop, *amount);
                    self.paid.insert(*number, paid);
                } else {
                    self.holds.insert(*number, (paid, now + HOLD_MINUTES));
                }
            }
            Ask::Capture { number, amount } => {
                self.capture(*number, *amount, taken)?;
                // Reserved coins outlive their end; once free again they go where ended coins go.
                self.sweep(today);
            }
            Ask::Void { number } => {
                self.release(*number);
                self.sweep(today);
            }
            Ask::RefundAll { number } => {
                self.refund_all(*number)?;
                // Without a time of grace, coins that ended meanwhile do not come to life again.
                self.sweep(today);
            }
            Ask::Redeem { shop, amount } => {
                self.take_plain(*shop, *amount)?;
                self.redeemed += amount;
            }
            Ask::Freeze { who, on: true } => self.frozen.push(*who),
            Ask::Freeze { who, on: false } => self.frozen.retain(|other| other != who),
            Ask::Retire { rule, on: true } => self.retired.push(*rule),
            Ask::Retire { rule, on: false } => self.retired.retain(|other| other != rule),
            Ask::Guard { on } => self.guarded = *on,
        }
        Ok(())
    }

    /// Time passes: reservations end, coins end.
    pub fn tick(&mut self, now: i64) {
        let over: Vec<usize> = self
            .holds
            .iter()
            .filter(|(_, (_, until))| now >= *until)
            .map(|(number, _)| *number)
            .collect();
        for number in over {
            self.release(number);
        }
        self.sweep(day_of(now));
    }

    /// Coins that have ended go back to who gave them under the ended rule.
    fn sweep(&mut self, today: Day) {
        while let Some(at) = self.heaps.iter().position(|heap| heap.coins > 0 && !heap.works(today))
        {
            let heap = self.heaps.swap_remove(at);
            let (_, layer) = heap.last_day().unwrap_or_default();
            let giver = heap.marks[layer].giver;
            self.put(giver, heap.marks[..layer].to_vec(), heap.given[..layer].to_vec(), heap.coins);
        }
    }

    /// What an owner has, reserved coins included.
    pub fn holdings(&self, owner: Owner) -> Coins {
        let mut sums = Coins::new();
        for heap in self.heaps.iter().filter(|heap| heap.owner == owner) {
            *sums.entry((heap.marks.clone(), heap.given.clone())).or_default() += heap.coins;
        }
        for (paid, _) in self.holds.values().filter(|(paid, _)| paid.payer == owner) {
            for (kind, part) in &paid.taken {
                *sums.entry(kind.clone()).or_default() += part;
            }
        }
        *sums.entry(Kind::default()).or_default() += self.plain_of(owner);
        sums.retain(|_, sum| *sum > 0);
        sums
    }

    /// Everything there is and what was cashed out.
    pub fn total(&self) -> u64 {
        let heaps: u64 = self.heaps.iter().map(|heap| heap.coins).sum();
        let reserved: u64 = self.holds.values().map(|(paid, _)| paid.left).sum();
        heaps + reserved + self.plain.values().sum::<u64>() + self.redeemed
    }

    /// What is left of a payment, or of a reservation.
    pub fn left_of(&self, number: usize) -> u64 {
        self.record(number).map_or(0, |paid| paid.left)
    }

    /// Where a payment or reservation was made.
    pub fn shop_of(&self, number: usize) -> Option<Owner> {
        self.record(number).map(|paid| paid.shop)
    }

    fn record(&self, number: usize) -> Option<&Paid> {
        self.paid.get(&number).or_else(|| self.holds.get(&number).map(|(paid, _)| paid))
    }

    fn may_give(&self, from: Owner, amount: u64, today: Day) -> bool {
        amount > 0 && !self.frozen.contains(&from) && self.givable(from, today) >= amount
    }

    fn givable(&self, from: Owner, today: Day) -> u64 {
        self.heaps
            .iter()
            .filter(|heap| heap.owner == from && heap.works(today))
            .filter(|heap| heap.marks.iter().all(|mark| mark.rule != Rule::Twice))
            .map(|heap| heap.coins)
            .sum()
    }

    /// The most a payment may take: the rooms of nested rules form a tree. Frozen or not.
    pub fn payable(&self, from: Owner, shop: Owner, today: Day) -> u64 {
        let able: Vec<&Heap> = self
            .heaps
            .iter()
            .filter(|heap| heap.owner == from && heap.works(today) && self.sells(shop, &heap.marks))
            .collect();
        self.payable_under(&Vec::new(), from, today, &able).min(self.room_at_home(today))
    }

    fn room_at_home(&self, today: Day) -> u64 {
        let spent = self.home.get(&today).copied().unwrap_or(0);
        if self.guarded { HOME_LIMIT.saturating_sub(spent) } else { u64::MAX }
    }

    fn payable_under(&self, marks: &Marks, from: Owner, today: Day, able: &[&Heap]) -> u64 {
        let exact: u64 =
            able.iter().filter(|heap| heap.marks == *marks).map(|heap| heap.coins).sum();
        let mut children: Vec<Marks> = able
            .iter()
            .filter(|heap| heap.marks.len() > marks.len() && heap.marks.starts_with(marks))
            .map(|heap| heap.marks[..=marks.len()].to_vec())
            .collect();
        children.sort();
        children.dedup();
        let below: u64 =
            children.iter().map(|child| self.payable_under(child, from, today, able)).sum();
        (exact + below).min(self.room(marks, from, today))
    }

    /// What the last rule of these marks lets through in one payment today.
    fn room(&self, marks: &Marks, owner: Owner, today: Day) -> u64 {
        let (money, payments) =
            self.used.get(&(owner, marks.clone(), today)).copied().unwrap_or_default();
        match marks.last().map(|mark| mark.rule) {
            Some(Rule::Snack) => 30_u64.saturating_sub(money),
            Some(Rule::Once) => 10,
            Some(Rule::Twice) if payments >= 2 => 0,
            Some(Rule::Open | Rule::Twice) | None => u64::MAX,
        }
    }

    fn sells(&self, shop: Owner, marks: &Marks) -> bool {
        self.bakeries.contains(&shop) || marks.iter().all(|mark| mark.rule != Rule::Snack)
    }

    /// Take the chosen coins away from their owner.
    fn take(&mut self, from: Owner, today: Day, amount: u64, taken: &Coins) -> Result<(), String> {
        if taken.values().sum::<u64>() != amount {
            return Err(format!("{taken:?} is not {amount} in all"));
        }
        for ((marks, given), part) in taken {
            let heap = self
                .heaps
                .iter_mut()
                .find(|heap| {
                    heap.owner == from
                        && heap.marks == *marks
                        && heap.given == *given
                        && heap.works(today)
                })
                .ok_or(format!("no working coins {marks:?}"))?;
            heap.coins = heap
                .coins
                .checked_sub(*part)
                .ok_or(format!("fewer than {part} coins {marks:?}"))?;
        }
        self.heaps.retain(|heap| heap.coins > 0);
        Ok(())
    }

    /// Take coins for a payment: every rule of every prefix must have had room.
    fn spend(&mut self, from: Owner, shop: Owner, today: Day, taken: &Coins) -> Result<(), String> {
        let mut by_purse: BTreeMap<Marks, u64> = BTreeMap::new();
        for ((marks, _), part) in taken {
            if !self.sells(shop, marks) {
                return Err(format!("{marks:?} cannot pay at shop {shop}"));
            }
            for length in 1..=marks.len() {
                *by_purse.entry(marks[..length].to_vec()).or_default() += part;
            }
        }
        for (purse, sum) in by_purse {
            if sum > self.room(&purse, from, today) {
                return Err(format!("{sum} is more than {purse:?} lets through"));
            }
            let used = self.used.entry((from, purse, today)).or_default();
            used.0 += sum;
            used.1 += 1;
        }
        let total = taken.values().sum();
        if total > self.room_at_home(today) {
            return Err(format!("{total} is more than the household may spend"));
        }
        if self.guarded {
            *self.home.entry(today).or_default() += total;
        }
        self.take(from, today, total, taken)
    }

    fn capture(&mut self, number: usize, amount: u64, taken: &Coins) -> Result<(), String> {
        let (mut paid, _) = self.holds.remove(&number).ok_or("no such hold")?;
        if taken.values().sum::<u64>() != amount {
            return Err(format!("{taken:?} is not {amount} in all"));
        }
        let mut rest = Coins::new();
        for (kind, part) in &paid.taken {
            let kept = part
                .checked_sub(taken.get(kind).copied().unwrap_or(0))
                .ok_or("more than was reserved")?;
            rest.insert(kind.clone(), kept);
        }
        self.give_back(&paid, &rest, false);
        self.give_plain(paid.shop, amount);
        paid.taken.clone_from(taken);
        paid.left = amount;
        self.paid.insert(number, paid);
        Ok(())
    }

    fn release(&mut self, number: usize) {
        if let Some((paid, _)) = self.holds.remove(&number) {
            let all = paid.taken.clone();
            self.give_back(&paid, &all, true);
        }
    }

    fn refund_all(&mut self, number: usize) -> Result<(), String> {
        let mut paid = self.paid.remove(&number).ok_or("no such payment")?;
        self.take_plain(paid.shop, paid.left)?;
        let all = paid.taken.clone();
        self.give_back(&paid, &all, true);
        paid.left = 0;
        self.paid.insert(number, paid);
        Ok(())
    }

    /// Coins go back where they came from, and the counters of that day fall.
    fn give_back(&mut self, paid: &Paid, coins: &Coins, whole: bool) {
        if paid.home {
            *self.home.entry(paid.day).or_default() -= coins.values().sum::<u64>();
        }
        let mut purses: BTreeMap<Marks, u64> = BTreeMap::new();
        for ((marks, given), part) in coins {
            self.put(paid.payer, marks.clone(), given.clone(), *part);
            for length in 1..=marks.len() {
                *purses.entry(marks[..length].to_vec()).or_default() += part;
            }
        }
        for (purse, sum) in purses {
            let used = self.used.entry((paid.payer, purse, paid.day)).or_default();
            used.0 -= sum;
            used.1 -= u64::from(whole);
        }
    }

    fn put(&mut self, owner: Owner, marks: Marks, given: Vec<Day>, coins: u64) {
        if marks.is_empty() {
            return self.give_plain(owner, coins);
        }
        match self
            .heaps
            .iter_mut()
            .find(|h| h.owner == owner && h.marks == marks && h.given == given)
        {
            Some(heap) => heap.coins += coins,
            None if coins > 0 => self.heaps.push(Heap { owner, marks, given, coins }),
            None => {}
        }
    }

    fn plain_of(&self, owner: Owner) -> u64 {
        self.plain.get(&owner).copied().unwrap_or(0)
    }

    fn give_plain(&mut self, owner: Owner, amount: u64) {
        *self.plain.entry(owner).or_default() += amount;
    }

    fn take_plain(&mut self, owner: Owner, amount: u64) -> Result<(), String> {
        let plain = self.plain.entry(owner).or_default();
        *plain =
            plain.checked_sub(amount).ok_or(format!("owner {owner} has less than {amount}"))?;
        Ok(())
    }
}
