//! Random commands: the books stay sound, replay to themselves, and give nobody money that is not there.

use proptest::prelude::*;
use scoin_core::command::{Action, Proposal};
use scoin_core::{Amount, CommandId};
use scoin_ledger::{Record, replay};

use crate::city::{City, DAY, HOUR, Who};

#[derive(Clone, Copy, Debug)]
enum Step {
    Pay { payer: usize, shop: usize, amount: u64, part: bool },
    Authorise { payer: usize, shop: usize, amount: u64 },
    Capture { pick: usize, amount: u64 },
    Void { pick: usize },
    Refund { pick: usize, amount: u64 },
    Grant { giver: usize, to: usize, policy: usize, amount: u64 },
    Transfer { giver: usize, to: usize, amount: u64 },
    Redeem { shop: usize, amount: u64 },
    ClawBack { person: usize, amount: u64 },
    Mint { amount: u64 },
    Burn { amount: u64 },
    Wait { hours: u64, tick: bool },
}

const POLICIES: [&str; 8] = [
    "test.free",
    "test.snack",
    "test.short",
    "test.grace",
    "test.burn",
    "test.melt",
    "test.share",
    "test.gap",
];

fn step() -> impl Strategy<Value = Step> {
    let (person, shop, amount) = (0..4_usize, 0..2_usize, 1..6_000_u64);
    let some = any::<usize>();
    prop_oneof![
        6 => (person.clone(), shop.clone(), amount.clone(), any::<bool>())
            .prop_map(|(payer, shop, amount, part)| Step::Pay { payer, shop, amount, part }),
        3 => (person.clone(), shop.clone(), amount.clone())
            .prop_map(|(payer, shop, amount)| Step::Authorise { payer, shop, amount }),
        2 => (some, amount.clone()).prop_map(|(pick, amount)| Step::Capture { pick, amount }),
        1 => some.prop_map(|pick| Step::Void { pick }),
        4 => (some, amount.clone()).prop_map(|(pick, amount)| Step::Refund { pick, amount }),
        4 => (0..5_usize, person.clone(), 0..POLICIES.len(), amount.clone())
            .prop_map(|(giver, to, policy, amount)| Step::Grant { giver, to, policy, amount }),
        3 => (0..5_usize, person.clone(), amount.clone())
            .prop_map(|(giver, to, amount)| Step::Transfer { giver, to, amount }),
        1 => (shop, amount.clone()).prop_map(|(shop, amount)| Step::Redeem { shop, amount }),
        1 => (person, amount.clone()).prop_map(|(person, amount)| Step::ClawBack { person, amount }),
        1 => amount.clone().prop_map(|amount| Step::Mint { amount }),
        1 => amount.prop_map(|amount| Step::Burn { amount }),
        3 => (1..100_u64, any::<bool>()).prop_map(|(hours, tick)| Step::Wait { hours, tick }),
    ]
}

/// A city with people and shops, and what was paid and held in it.
struct Play {
    city: City,
    people: Vec<Who>,
    shops: Vec<Who>,
    policies: Vec<scoin_core::PolicyId>,
    payments: Vec<(CommandId, usize)>,
}

impl Play {
    fn new() -> Self {
        let mut city = City::new();
        let mut people: Vec<Who> = (1..5).map(|number| city.person(number)).collect();
        let shops = vec![city.bakery(11), city.bakery(12)];
        let policies = POLICIES.iter().map(|name| city.policy(name, &[])).collect();
        // The fifth giver is an officer, who gives of the treasury.
        people.push(city.officers[0].clone());
        Self { city, people, shops, policies, payments: Vec::new() }
    }

    fn picked(&self, pick: usize) -> Option<(CommandId, Who)> {
        let (id, shop) = self.payments.get(pick.checked_rem(self.payments.len())?)?;
        Some((*id, self.shops[*shop].clone()))
    }

    /// Whatever the answer, the books are checked after every command by the city.
    fn take(&mut self, step: Step) {
        match step {
            Step::Pay { payer, shop, amount, part } => {
                let mut payment = self.city.payment(&self.shops[shop].clone(), amount);
                payment.part = part;
                self.sell(payer, shop, Action::Pay(payment));
            }
            Step::Authorise { payer, shop, amount } => {
                let payment = self.city.payment(&self.shops[shop].clone(), amount);
                self.sell(payer, shop, Action::Authorise(payment));
            }
            Step::Capture { pick, amount } => {
                let Some((hold, shop)) = self.picked(pick) else { return };
                self.city.ask(&shop, Action::Capture { hold, amount: Amount::new(amount) });
            }
            Step::Void { pick } => {
                let Some((hold, shop)) = self.picked(pick) else { return };
                self.city.ask(&shop, Action::Void { hold });
            }
            Step::Refund { pick, amount } => {
                let Some((payment, shop)) = self.picked(pick) else { return };
                let (amount, lines) = (Amount::new(amount), Vec::new());
                self.city.ask(&shop, Action::Refund { payment, amount, lines, reason: None });
            }
            Step::Grant { giver, to, policy, amount } => {
                let (to, policy) = (self.people[to].id, self.policies[policy]);
                let action = Action::Grant { to, amount: Amount::new(amount), policy };
                self.city.ask(&self.people[giver].clone(), action);
            }
            Step::Transfer { giver, to, amount } => {
                let action =
                    Action::Transfer { to: self.people[to].id, amount: Amount::new(amount) };
                self.city.ask(&self.people[giver].clone(), action);
            }
            Step::Redeem { shop, amount } => {
                let shop = self.shops[shop].clone();
                self.city.ask(&shop, Action::Redeem { amount: Amount::new(amount) });
            }
            Step::Wait { hours, tick } => {
                self.city.now += hours * HOUR;
                if tick {
                    self.city.tick();
                }
            }
            Step::Mint { amount } => self.city.mint(amount),
            Step::Burn { amount } => {
                let (amount, reason) = (Amount::new(amount), "too much".to_owned());
                self.city.agree_if_possible(Proposal::Burn { amount, reason });
            }
            Step::ClawBack { person, amount } => {
                let account = self.people[person].id;
                let Some(lot) = self.city.account(&account).lots.first().map(|lot| lot.id) else {
                    return;
                };
                let amount = Amount::new(amount);
                self.city.agree_if_possible(Proposal::ClawBack { account, lot, amount, reason: 1 });
            }
        }
    }

    fn sell(&mut self, payer: usize, shop: usize, action: Action) {
        let payer = self.people[payer].clone();
        let command = self.city.command(&payer, action);
        let answer = self.city.send(&payer, &command);
        if matches!(answer.outcome, scoin_core::outcome::Outcome::Accepted(_)) {
            self.payments.push((command.id, shop));
        }
    }

    /// Everything there is, by two ways of counting.
    fn supply(&self) -> (u64, u64) {
        let (mut lots, mut made) = (0, 0);
        for (_, record) in self.city.state.iter() {
            match record {
                Record::Account(account) => lots += account.balance().units(),
                Record::Totals(totals) => {
                    made += i128::from(totals.minted)
                        - i128::from(totals.burned)
                        - i128::from(totals.redeemed);
                }
                _ => {}
            }
        }
        (lots, u64::try_from(made).expect("nobody owes"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_books_are_sound_after_any_commands(steps in prop::collection::vec(step(), 1..60)) {
        let mut play = Play::new();
        for step in steps {
            play.take(step);
        }
        // In the end every hold has ended, and every limited coin has met its fate.
        play.city.pass(2 * DAY);
        let (lots, made) = play.supply();
        prop_assert_eq!(lots, made);
        prop_assert_eq!(&replay(&play.city.frames).expect("it replays"), &play.city.state);
    }

    #[test]
    fn paying_and_refunding_everything_changes_no_balance(
        amounts in prop::collection::vec(1..2_000_u64, 1..8),
        policy in 0..POLICIES.len(),
        splits in prop::collection::vec(1..2_000_u64, 0..4),
    ) {
        let mut play = Play::new();
        let (child, shop) = (play.people[0].clone(), play.shops[0].clone());
        play.city.grant(&child, POLICIES[policy], 10_000);
        play.city.grant(&child, "test.free", 10_000);
        let before = play.city.account(&child.id).clone();
        let mut paid = Vec::new();
        for amount in amounts {
            let payment = play.city.payment(&shop, amount);
            let command = play.city.command(&child, Action::Pay(payment));
            let answer = play.city.send(&child, &command);
            if matches!(answer.outcome, scoin_core::outcome::Outcome::Accepted(_)) {
                paid.push((command.id, amount));
            }
        }
        for (payment, mut left) in paid {
            for split in splits.iter().copied().chain([u64::MAX]) {
                let part = split.min(left);
                if part > 0 {
                    let (amount, lines) = (Amount::new(part), Vec::new());
                    play.city.ok(&shop, Action::Refund { payment, amount, lines, reason: None });
                    left -= part;
                }
            }
        }
        let after = play.city.account(&child.id);
        prop_assert_eq!(&after.lots, &before.lots);
        prop_assert!(after.counters.buckets().eq(before.counters.buckets()));
    }
}
