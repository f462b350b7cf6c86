//! Chores: who says what, on which days, and what is paid when.

use scoin_core::command::{Action, Chore, ChorePayout, ChoreWhen, KeyRole, PayDay};
use scoin_core::outcome::{Outcome, Refusal};
use scoin_core::{Amount, CommandId};
use scoin_ledger::backtest::{During, Past};
use scoin_ledger::state::{MarkStanding, Task};
use scoin_ledger::{Key, Record, View, replay};

use crate::allowance::settle;
use crate::city::{City, DAY, HOUR, START, Who, accept, refusal};

/// 2026-03-03, a Tuesday.
const TODAY: i32 = 20_515;
/// The first Sunday after it, 18:00 in Seoul.
const SUNDAY: u64 = START + 5 * DAY + 3 * HOUR;
const WEEK: u64 = 7 * DAY;
/// Tuesday and Thursday.
const DAYS: u8 = 2 + 8;
const PAY: PayDay = PayDay { on: 7, minute: 18 * 60 };

struct Home {
    city: City,
    mother: Who,
    father: Who,
    child: Who,
}

impl Home {
    fn new(money: u64) -> Self {
        let mut city = City::new();
        let (mother, father, child) = (city.rich(1, money), city.rich(2, 9_000), city.person(3));
        for guardian in [&mother, &father] {
            city.ok(&child, Action::AskGuardian { guardian: guardian.id });
            city.ok(guardian, accept(child.id));
        }
        Self { city, mother, father, child }
    }

    fn set(&mut self, when: ChoreWhen, payout: ChorePayout) -> CommandId {
        let (ward, mother) = (self.child.id, self.mother.clone());
        self.city.done(&mother, Action::SetChore { ward, terms: chore(700, when, payout) })
    }

    fn mark(&mut self, chore: CommandId, day: i32) -> Outcome {
        let child = self.child.clone();
        self.city.ask(&child, Action::MarkChore { chore, day })
    }

    fn answer(&mut self, who: &Who, chore: CommandId, day: i32, done: bool) -> Outcome {
        let (ward, note) = (self.child.id, Some("well".to_owned()));
        self.city.ask(who, Action::AnswerChore { ward, chore, day, done, note })
    }

    /// Marked by the child and confirmed by the mother.
    #[track_caller]
    fn does(&mut self, chore: CommandId, day: i32) {
        let mother = self.mother.clone();
        assert!(matches!(self.mark(chore, day), Outcome::Accepted(_)));
        assert!(matches!(self.answer(&mother, chore, day, true), Outcome::Accepted(_)));
    }

    fn tasks(&self) -> Vec<Task> {
        match self.city.state.get(&Key::Chores(self.child.id)) {
            Some(Record::Chores(tasks)) => tasks.clone(),
            _ => Vec::new(),
        }
    }

    fn has(&self) -> u64 {
        self.city.balance(&self.child)
    }

    /// A replay comes to the same state, and a back-test to the same outcomes.
    fn check(&self) {
        assert_eq!(replay(&self.city.frames).expect("it replays"), self.city.state);
        Past::read(&self.city.frames, During::ALWAYS).expect("the past comes out again");
    }
}

fn chore(amount: u64, when: ChoreWhen, payout: ChorePayout) -> Chore {
    let text = "put the bottles out".to_owned();
    Chore { text, amount: Amount::new(amount), policy: None, when, payout }
}

#[test]
fn a_chore_done_once_is_paid_with_the_yes_and_gone() {
    let mut home = Home::new(500);
    let mother = home.mother.clone();
    let id = home.set(ChoreWhen::Once, ChorePayout::Confirmed);
    assert!(matches!(refusal(home.answer(&mother, id, TODAY, true)), Refusal::NotFound { .. }));
    assert!(matches!(home.mark(id, TODAY), Outcome::Accepted(_)));
    assert!(matches!(refusal(home.mark(id, TODAY)), Refusal::AlreadyDone { .. }));
    // The money is not there: nothing changes, and the guardian is told why.
    let refused = refusal(home.answer(&mother, id, TODAY, true));
    assert_eq!(refused, Refusal::NotEnough { have: Amount::new(500) });
    assert_eq!(home.tasks()[0].marks[0].standing, MarkStanding::Waiting);
    // Given back, it may be marked again.
    assert!(matches!(home.answer(&mother, id, TODAY, false), Outcome::Accepted(_)));
    assert_eq!(home.tasks()[0].marks[0].note.as_deref(), Some("well"));
    let officer = home.city.officers[0].clone();
    home.city.ok(&officer, Action::Transfer { to: mother.id, amount: Amount::new(200) });
    home.does(id, TODAY);
    assert_eq!((home.has(), home.city.balance(&mother), home.tasks()), (700, 0, vec![]));
    home.check();
}

#[test]
fn all_or_nothing_needs_every_day_since_the_last_payout() {
    let mut home = Home::new(10_000);
    let id = home.set(ChoreWhen::Weekly(DAYS), ChorePayout::AllOrNothing(PAY));
    home.does(id, TODAY);
    settle(&mut home.city, SUNDAY);
    let last = home.tasks()[0].last.expect("a payout day came");
    assert_eq!((last.confirmed, last.assigned, last.paid), (1, 2, Amount::ZERO));
    for day in [TODAY + 7, TODAY + 9] {
        home.city.pass(START + u64::try_from(day - TODAY).expect("ahead") * DAY - home.city.now);
        home.does(id, day);
    }
    settle(&mut home.city, SUNDAY + WEEK - 1);
    assert_eq!(home.has(), 0);
    settle(&mut home.city, SUNDAY + WEEK);
    assert_eq!(home.has(), 700);
    home.check();
}

#[test]
fn a_part_of_the_days_earns_a_part_rounded_down() {
    let mut home = Home::new(10_000);
    // Tuesday to Sunday of the first week: six days.
    let id = home.set(ChoreWhen::Weekly(127), ChorePayout::Partial(PAY));
    home.does(id, TODAY);
    home.city.pass(DAY);
    home.does(id, TODAY + 1);
    // Marked and not confirmed does not count.
    home.city.pass(DAY);
    home.mark(id, TODAY + 2);
    settle(&mut home.city, SUNDAY);
    let last = home.tasks()[0].last.expect("a payout");
    assert_eq!((last.confirmed, last.assigned, last.paid), (2, 6, Amount::new(233)));
    assert_eq!(home.has(), 233);
    // A week of nothing earns nothing, and the next is counted from its own days.
    settle(&mut home.city, SUNDAY + WEEK);
    assert_eq!((home.has(), home.tasks()[0].since), (233, TODAY + 13));
    home.check();
}

#[test]
fn only_days_it_is_on_can_be_marked_and_only_fresh_ones() {
    let mut home = Home::new(10_000);
    let id = home.set(ChoreWhen::Weekly(DAYS), ChorePayout::Confirmed);
    for day in [TODAY - 5, TODAY - 1, TODAY + 1, TODAY + 2, i32::MIN, i32::MAX] {
        assert!(matches!(refusal(home.mark(id, day)), Refusal::OutOfRange { .. }), "{day}");
    }
    home.city.pass(DAY);
    // Yesterday was Tuesday; today is Wednesday, on which it is not.
    assert!(matches!(refusal(home.mark(id, TODAY + 1)), Refusal::OutOfRange { .. }));
    home.does(id, TODAY);
    assert_eq!(home.has(), 700);
    assert!(matches!(refusal(home.mark(id, TODAY)), Refusal::AlreadyDone { .. }));
    home.city.pass(3 * DAY);
    assert!(matches!(refusal(home.mark(id, TODAY + 2)), Refusal::OutOfRange { .. }));
}

#[test]
fn only_the_ward_marks_and_only_who_pays_answers() {
    let mut home = Home::new(10_000);
    let (mother, father, child) = (home.mother.clone(), home.father.clone(), home.child.clone());
    let id = home.set(ChoreWhen::Once, ChorePayout::Confirmed);
    let ward = child.id;
    let stranger = home.city.rich(9, 1_000);
    let terms = chore(1, ChoreWhen::Once, ChorePayout::Confirmed);
    let set = |ward| Action::SetChore { ward, terms: terms.clone() };
    assert_eq!(home.city.no(&stranger, set(ward)), Refusal::NotAllowed);
    assert_eq!(home.city.no(&child, set(ward)), Refusal::NotAllowed);
    let mark = Action::MarkChore { chore: id, day: TODAY };
    assert!(matches!(home.city.no(&mother, mark.clone()), Refusal::NotFound { .. }));
    home.city.ok(&child, mark);
    assert!(matches!(refusal(home.answer(&father, id, TODAY, true)), Refusal::NotFound { .. }));
    assert_eq!(refusal(home.answer(&child, id, TODAY, true)), Refusal::NotAllowed);
    assert_eq!(refusal(home.answer(&stranger, id, TODAY, true)), Refusal::NotAllowed);
    // A key with a cap of its own sets none: payouts would pass the cap by.
    let capped = home.city.add_key(&mother, 7, KeyRole::Owner, Some(100));
    assert!(matches!(home.city.no(&capped, set(ward)), Refusal::KeyCap { .. }));
    assert!(matches!(refusal(home.answer(&capped, id, TODAY, true)), Refusal::KeyCap { .. }));
    // Any guardian may end it; nobody else.
    let end = Action::EndChore { ward, chore: id };
    assert_eq!(home.city.no(&child, end.clone()), Refusal::NotAllowed);
    assert_eq!(home.city.no(&stranger, end.clone()), Refusal::NotAllowed);
    home.city.ok(&father, end);
    assert_eq!((home.tasks(), home.has()), (vec![], 0));
}

#[test]
fn a_payout_without_money_waits_and_comes_with_it() {
    let mut home = Home::new(100);
    let id = home.set(ChoreWhen::Weekly(2), ChorePayout::AllOrNothing(PAY));
    home.does(id, TODAY);
    let answers = settle(&mut home.city, SUNDAY);
    let refused: Vec<_> = answers.into_iter().map(|one| refusal(one.outcome)).collect();
    assert_eq!(refused, [Refusal::NotEnough { have: Amount::new(100) }]);
    let task = &home.tasks()[0];
    assert_eq!((task.owed.len(), task.last.expect("tried").missed), (1, 2032));
    let officer = home.city.officers[0].clone();
    let give = Action::Transfer { to: home.mother.id, amount: Amount::new(600) };
    home.city.ok(&officer, give);
    let now = home.city.now + 1;
    settle(&mut home.city, now);
    assert_eq!((home.has(), home.tasks()[0].owed.len()), (700, 0));
    assert_eq!(home.city.balance(&home.mother), 0);
    home.check();
}

#[test]
fn all_payouts_that_wait_come_one_after_another() {
    let mut home = Home::new(100);
    let id = home.set(ChoreWhen::Weekly(2), ChorePayout::AllOrNothing(PAY));
    for week in 0..3 {
        let day = TODAY + 7 * week;
        home.city.now = home.city.now.max(START + u64::try_from(7 * week).expect("ahead") * DAY);
        home.does(id, day);
        settle(&mut home.city, SUNDAY + u64::try_from(week).expect("few") * WEEK);
    }
    assert_eq!((home.tasks()[0].owed.len(), home.has()), (3, 0));
    let officer = home.city.officers[0].clone();
    let give = |amount| Action::Transfer { to: home.mother.id, amount: Amount::new(amount) };
    // Enough for one of them, and then for the rest.
    for (amount, has) in [(700, 700), (1_400, 2_100)] {
        home.city.ok(&officer, give(amount));
        let now = home.city.now + 1;
        settle(&mut home.city, now);
        assert_eq!(home.has(), has);
    }
    assert_eq!(home.tasks()[0].owed, []);
    home.check();
}

#[test]
fn what_is_paid_may_be_under_a_rule() {
    let mut home = Home::new(10_000);
    let policy = home.city.policy("test.snack", &[]);
    let (ward, mother) = (home.child.id, home.mother.clone());
    let terms =
        Chore { policy: Some(policy), ..chore(500, ChoreWhen::Once, ChorePayout::Confirmed) };
    let id = home.city.done(&mother, Action::SetChore { ward, terms });
    home.does(id, TODAY);
    let (toys, bakery) = (home.city.shop(20, "toys"), home.city.bakery(21));
    let child = home.child.clone();
    assert_eq!(home.city.would_pay(&child, &toys, 500, 0), 0);
    assert_eq!(home.city.would_pay(&child, &bakery, 500, 0), 500);
    assert_eq!(home.city.account(&child.id).lots[0].granter, mother.id);
}

#[test]
fn the_end_of_a_guardianship_ends_its_chores() {
    let mut home = Home::new(10_000);
    let (mother, ward) = (home.mother.clone(), home.child.id);
    let id = home.set(ChoreWhen::Weekly(2), ChorePayout::AllOrNothing(PAY));
    home.does(id, TODAY);
    home.city.ok(&mother, Action::EndGuardian { ward, guardian: mother.id });
    assert_eq!(home.tasks(), []);
    assert!(settle(&mut home.city, SUNDAY + WEEK).is_empty());
    assert_eq!(home.has(), 0);
    home.check();
}
