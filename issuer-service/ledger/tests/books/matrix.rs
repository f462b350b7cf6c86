//! The undo matrix: every row of `undo.txt` against the real books.

use scoin_core::command::Action;
use scoin_core::outcome::Outcome;
use scoin_core::request::PaymentRequest;
use scoin_core::{Amount, CommandId, LotId, Timestamp};
use scoin_ledger::state::PLAIN;

use crate::city::{City, DAY, Who, whole};

const TABLE: &str = include_str!("undo.txt");

const RULES: &str = "
policy m.day { zone Asia/Seoul cap each: 5_000 won per day cap times: 3 payments per day }
policy m.amount {
  zone Asia/Seoul cap each: 5_000 won per day cap times: 3 payments per day
  refund restores amount
}
policy m.none {
  zone Asia/Seoul cap each: 5_000 won per day cap times: 3 payments per day
  refund restores nothing
}
policy m.both {
  zone Asia/Seoul cap each: 5_000 won per day cap times: 3 payments per day
  refund restores amount and count
}
policy m.short { zone Asia/Seoul expires 2 days after issue then move to pool m.back }
policy m.grace {
  zone Asia/Seoul expires 2 days after issue then move to pool m.back
  refund grace 3 days
}
policy m.burn { zone Asia/Seoul expires 2 days after issue then burn }
policy m.share { zone Asia/Seoul cap part: 80% of payment }
policy m.food { zone Asia/Seoul covers food: item.category in { food } }
policy m.life { zone Asia/Seoul cap life: 6_000 won per life }
";

/// A child, a bakery, and what was done so far.
struct Row {
    city: City,
    child: Who,
    shop: Who,
    done: Vec<CommandId>,
    last: Option<CommandId>,
    hold: Option<CommandId>,
}

impl Row {
    fn new(rule: &str) -> Self {
        let mut city = City::new();
        let officer = city.officers[0].clone();
        city.ok(&officer, Action::PublishRules { source: RULES.to_owned() });
        let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
        city.grant(&child, rule, 20_000);
        Self { city, child, shop, done: Vec::new(), last: None, hold: None }
    }

    fn step(&mut self, step: &str) {
        let mut words = step.split_whitespace();
        let verb = words.next().expect("a verb");
        let numbers: Vec<u64> = words.map(|word| word.parse().expect("a number")).collect();
        match (verb, numbers.as_slice()) {
            ("pay", [amount]) => {
                let request = self.city.request(&self.shop, *amount);
                let coins = self.coins();
                self.spend(&request, coins, Action::Pay);
                self.last = self.done.last().copied();
            }
            ("mix", [food, books]) => {
                let lines = [("bread", *food, "food.bread"), ("pen", *books, "books")];
                let lines: Vec<_> = lines.into_iter().filter(|line| line.1 > 0).collect();
                let request = self.city.basket(&self.shop, &lines);
                self.spend(&request, Vec::new(), Action::Pay);
                self.last = self.done.last().copied();
            }
            ("hold", [amount]) => {
                let request = self.city.request(&self.shop, *amount);
                let coins = self.coins();
                self.spend(&request, coins, Action::Authorise);
                (self.hold, self.last) = (self.done.last().copied(), self.done.last().copied());
            }
            // What comes too late is refused, and the row says what is left then.
            ("take", [amount]) => {
                let (hold, amount) = (self.hold.expect("a hold"), Amount::new(*amount));
                self.city.ask(&self.shop, Action::Capture { hold, amount });
            }
            ("void", []) => {
                let hold = self.hold.expect("a hold");
                self.city.ok(&self.shop, Action::Void { hold });
            }
            ("back", [amount]) => self.refund(*amount, Vec::new()),
            ("line", [line, amount]) => {
                let line = u32::try_from(*line).expect("a line");
                self.refund(*amount, vec![(line, Amount::new(*amount))]);
            }
            ("days", [days]) => self.city.pass(days * DAY),
            ("first", []) => self.last = self.done.first().copied(),
            _ => panic!("`{step}` is no step"),
        }
    }

    fn spend(
        &mut self,
        request: &PaymentRequest,
        lots: Vec<LotId>,
        action: fn(scoin_core::command::Payment) -> Action,
    ) {
        let payment = scoin_core::command::Payment { lots, ..whole(request, &self.shop) };
        let id = self.city.done(&self.child, action(payment));
        self.done.push(id);
    }

    fn refund(&mut self, amount: u64, lines: Vec<(u32, Amount)>) {
        let payment = self.last.expect("a payment");
        let amount = Amount::new(amount);
        self.city.ask(&self.shop, Action::Refund { payment, amount, lines, reason: None });
    }

    /// The child's lots under the rule.
    fn coins(&self) -> Vec<LotId> {
        let lots = self.city.account(&self.child.id).lots.iter();
        lots.filter(|lot| lot.stack != PLAIN).map(|lot| lot.id).collect()
    }

    fn money(&self) -> [u64; 4] {
        let sum = |ruled: bool| {
            let lots = self.city.account(&self.child.id).lots.iter();
            lots.filter(|lot| (lot.stack != PLAIN) == ruled).map(|lot| lot.amount.units()).sum()
        };
        [sum(true), sum(false), self.city.balance(&self.shop), self.city.pool("m.back")]
    }

    /// What would pass from the coins alone.
    fn pays(&mut self, amount: u64) -> u64 {
        let lots = self.coins();
        if lots.is_empty() {
            return 0;
        }
        let request = PaymentRequest {
            expires: Timestamp::from_micros(self.city.now + DAY),
            ..self.city.basket(&self.shop, &[("bread", amount, "food.bread")])
        };
        let payment =
            scoin_core::command::Payment { lots, part: true, ..whole(&request, &self.shop) };
        match self.city.ask(&self.child, Action::Pay(payment)) {
            Outcome::Accepted(scoin_core::outcome::Effect::Moved { amount, .. }) => amount.units(),
            _ => 0,
        }
    }

    fn room(&self) -> [u64; 2] {
        let fork = || Self {
            city: self.city.clone(),
            child: self.child.clone(),
            shop: self.shop.clone(),
            done: Vec::new(),
            last: None,
            hold: None,
        };
        let mut one_by_one = fork();
        let times = (0..9).take_while(|_| one_by_one.pays(1) == 1).count();
        [fork().pays(100_000), u64::try_from(times).expect("a few")]
    }
}

fn numbers<const N: usize>(text: &str) -> [u64; N] {
    let numbers: Vec<u64> =
        text.split_whitespace().map(|word| word.parse().expect("a number")).collect();
    numbers.try_into().expect("as many as there are columns")
}

#[test]
fn every_undo_gives_back_what_its_row_says() {
    let rows = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in rows {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [rule, steps, money, room] = columns[..] else { panic!("`{line}` is no row") };
        let mut row = Row::new(rule);
        for step in steps.split(';') {
            row.step(step);
        }
        count += 1;
        let found = (row.money(), row.room());
        if found != (numbers::<4>(money), numbers::<2>(room)) {
            wrong.push(format!("{line}\n    was {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 40, "only {count} rows were read");
}

#[test]
fn partial_refunds_in_any_order_come_to_the_same() {
    let parts = [1_u64, 333, 1_250, 916];
    let mut first = None;
    for order in permutations(&parts) {
        let mut row = Row::new("m.share");
        row.step("mix 2500 0");
        for part in &order {
            row.step(&format!("back {part}"));
            let [coins, own, shop, _] = row.money();
            assert_eq!(coins + own + shop, 30_000);
            assert!(coins <= 20_000 && own <= 10_000, "{order:?}: more came back than was paid");
        }
        let lots = row.city.account(&row.child.id).lots.clone();
        assert_eq!(first.get_or_insert_with(|| lots.clone()), &lots, "{order:?}");
        assert_eq!(row.money(), [20_000, 10_000, 0, 0]);
    }
}

fn permutations(items: &[u64]) -> Vec<Vec<u64>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for tail in permutations(rest) {
        for at in 0..=tail.len() {
            let mut one = tail.clone();
            one.insert(at, *first);
            all.push(one);
        }
    }
    all
}
