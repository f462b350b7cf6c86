//! Asking from a refusal: what a yes lets through, what it does not, and for how long.

use scoin_core::command::{Action, AskAnswer, Over};
use scoin_core::envelope::Signed;
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::request::PaymentRequest;
use scoin_core::{Amount, PolicyId, Timestamp};
use scoin_ledger::state::{AskStanding, Family};
use scoin_ledger::{Key, Record, View, replay};

use crate::city::{City, DAY, HOUR, Who, accept, labels, moved, refusal, whole};

const MINUTE: u64 = HOUR / 60;

const RULES: &str = "
policy home.limit($daily: money) { zone Asia/Seoul cap daily: $daily per day }
policy home.books { zone Asia/Seoul require books: merchant.category in { books } }
policy town.sweets { zone Asia/Seoul forbid sweets: merchant.category in { food.sweets } }
";

/// A child with plain money, a mother whose guard allows 4,000 a day, and two shops.
#[derive(Clone)]
pub(crate) struct Home {
    pub(crate) city: City,
    pub(crate) mother: Who,
    pub(crate) child: Who,
    pub(crate) bakery: Who,
    pub(crate) books: Who,
    pub(crate) limit: PolicyId,
}

/// A request of a shop, as often as it is needed.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) signed: Vec<u8>,
    pub(crate) digest: [u8; 32],
}

impl Home {
    pub(crate) fn new() -> Self {
        let mut city = City::new();
        let officer = city.officers[0].clone();
        city.ok(&officer, Action::PublishRules { source: RULES.to_owned() });
        let (mother, child) = (city.rich(1, 50_000), city.rich(2, 20_000));
        let (bakery, books) = (city.bakery(3), city.shop(4, "books"));
        let limit = city.policy("home.limit", &[("daily", "4_000 won")]);
        let mut home = Self { city, mother, child, bakery, books, limit };
        home.link(&home.mother.clone());
        home.guard(&home.mother.clone(), home.limit);
        home
    }

    pub(crate) fn link(&mut self, guardian: &Who) {
        let child = self.child.clone();
        self.city.ok(&child, Action::AskGuardian { guardian: guardian.id });
        self.city.ok(guardian, accept(child.id));
    }

    pub(crate) fn guard(&mut self, by: &Who, policy: PolicyId) {
        self.city.ok(by, Action::SetGuard { account: self.child.id, policy });
    }

    pub(crate) fn code(&mut self, shop: &Who, amount: u64) -> Code {
        let signed = whole(&self.city.request(shop, amount), shop).request;
        let digest = *Signed::<PaymentRequest>::decode(&signed).expect("our own").digest();
        Code { signed, digest }
    }

    pub(crate) fn ask(&mut self, code: &Code) -> Outcome {
        let action = Action::Ask { request: code.signed.clone(), reason: Some("cake".to_owned()) };
        self.city.ask(&self.child.clone(), action)
    }

    pub(crate) fn answer(&mut self, by: &Who, code: &Code, answer: AskAnswer) -> Outcome {
        let (ward, ask) = (self.child.id, code.digest);
        self.city.ask(by, Action::AnswerAsk { ward, ask, answer })
    }

    pub(crate) fn pay(&mut self, code: &Code) -> Outcome {
        let request = code.signed.clone();
        let payment = scoin_core::command::Payment { request, part: false, lots: Vec::new() };
        self.city.ask(&self.child.clone(), Action::Pay(payment))
    }

    /// Asks, is answered yes by the mother, and nothing more is missing.
    pub(crate) fn allowed(&mut self, code: &Code, answer: AskAnswer) {
        assert_eq!(self.ask(code), pending(1));
        assert_eq!(self.answer(&self.mother.clone(), code, answer), done());
    }

    pub(crate) fn family(&self) -> Family {
        match self.city.state.get(&Key::Family(self.child.id)) {
            Some(Record::Family(family)) => family.as_ref().clone(),
            _ => Family::default(),
        }
    }

    /// What the mother's guard has counted today.
    fn counted(&self) -> u64 {
        let counters = &self.city.account(&self.child.id).counters;
        counters.buckets().map(|bucket| bucket.amount.units()).sum()
    }
}

pub(crate) fn pending(missing: u8) -> Outcome {
    Outcome::Accepted(Effect::Pending { missing })
}

pub(crate) fn done() -> Outcome {
    Outcome::Accepted(Effect::Done)
}

pub(crate) fn today(most: u64) -> AskAnswer {
    AskAnswer::Today { most: Amount::new(most) }
}

pub(crate) fn no() -> AskAnswer {
    AskAnswer::No { note: Some("tomorrow".to_owned()) }
}

#[test]
fn a_yes_lets_one_purchase_through_and_the_limit_stays_exact() {
    let mut home = Home::new();
    let bakery = home.bakery.clone();
    assert_eq!(moved(home.city.pay(&home.child.clone(), &bakery, 1_500)), 1_500);
    let cake = home.code(&bakery, 6_000);
    assert_eq!(labels(&refusal(home.pay(&cake))), ["daily"]);
    home.allowed(&cake, AskAnswer::Once);
    // Another request is not meant, and not even one won above what the limit leaves.
    let other = home.code(&bakery, 6_000);
    assert_eq!(labels(&refusal(home.pay(&other))), ["daily"]);
    assert_eq!(moved(home.pay(&cake)), 6_000);
    assert_eq!(home.counted(), 1_500, "an exception is not counted by the rule it leaves out");
    assert!(matches!(refusal(home.pay(&cake)), Refusal::RequestPaid { .. }));
    assert_eq!(home.family().exceptions, []);
    assert_eq!(home.family().asks[0].standing, AskStanding::Paid);
    assert_eq!(home.city.would_pay(&home.child, &bakery, 9_000, 0), 2_500);
    assert_eq!(replay(&home.city.frames).expect("it replays"), home.city.state);
}

#[test]
fn a_payment_that_passes_by_itself_uses_no_exception_and_is_counted() {
    let mut home = Home::new();
    let bakery = home.bakery.clone();
    let cake = home.code(&bakery, 4_500);
    home.allowed(&cake, today(9_000));
    let roll = home.code(&bakery, 1_000);
    assert_eq!(moved(home.pay(&roll)), 1_000);
    assert_eq!(home.counted(), 1_000);
    assert_eq!(moved(home.pay(&cake)), 4_500);
    assert_eq!(home.counted(), 1_000);
}

#[test]
fn a_yes_ends_after_a_quarter_of_an_hour_and_may_be_asked_for_again() {
    let mut home = Home::new();
    let cake = home.code(&home.bakery.clone(), 6_000);
    home.allowed(&cake, AskAnswer::Once);
    home.city.pass(15 * MINUTE + 1);
    assert_eq!(labels(&refusal(home.pay(&cake))), ["daily"]);
    home.allowed(&cake, AskAnswer::Once);
    home.city.pass(15 * MINUTE - 10);
    assert_eq!(moved(home.pay(&cake)), 6_000);
}

#[test]
fn a_yes_never_outlives_the_request() {
    let mut home = Home::new();
    let cake = home.code(&home.bakery.clone(), 6_000);
    home.city.pass(50 * MINUTE);
    home.allowed(&cake, AskAnswer::Once);
    assert!(home.family().asks[0].until.micros() <= home.city.now + 10 * MINUTE);
    home.city.pass(10 * MINUTE + 1);
    assert_eq!(refusal(home.pay(&cake)), Refusal::RequestExpired);
}

#[test]
fn today_is_this_shop_until_midnight_up_to_an_amount() {
    let mut home = Home::new();
    let (bakery, books) = (home.bakery.clone(), home.books.clone());
    let cake = home.code(&bakery, 6_000);
    assert_eq!(home.ask(&cake), pending(1));
    let mother = home.mother.clone();
    let too_little = refusal(home.answer(&mother, &cake, today(5_999)));
    assert_eq!(too_little, Refusal::OutOfRange { field: "most".to_owned() });
    assert_eq!(home.answer(&mother, &cake, today(11_000)), done());
    assert_eq!(moved(home.pay(&cake)), 6_000);
    let more = home.code(&bakery, 5_001);
    assert_eq!(labels(&refusal(home.pay(&more))), ["daily"]);
    let atlas = home.code(&books, 5_000);
    assert_eq!(labels(&refusal(home.pay(&atlas))), ["daily"]);
    // 15:00 in Seoul: nine hours to midnight.
    home.city.now += 9 * HOUR - 10 * MINUTE;
    let late = home.code(&bakery, 5_000);
    let mut tomorrow = home.city.clone();
    assert_eq!(moved(home.pay(&late)), 5_000);
    tomorrow.now += 10 * MINUTE;
    let after = Home { city: tomorrow, ..home }.pay(&late);
    assert_eq!(labels(&refusal(after)), ["daily"]);
}

#[test]
fn a_guardian_may_change_the_rule_instead() {
    let mut home = Home::new();
    let mother = home.mother.clone();
    let cake = home.code(&home.bakery.clone(), 6_000);
    assert_eq!(home.ask(&cake), pending(1));
    let wide = home.city.policy("home.limit", &[("daily", "5_000 won")]);
    let change = |set| AskAnswer::Changed { remove: Some(home.limit), set: Some(set) };
    let (narrow, wider) = (change(wide), home.city.policy("home.limit", &[("daily", "8_000 won")]));
    // The new rule does not let it through either: the ask goes on.
    assert_eq!(home.answer(&mother, &cake, narrow), pending(1));
    assert_eq!(labels(&refusal(home.pay(&cake))), ["daily"]);
    let change = AskAnswer::Changed { remove: Some(wide), set: Some(wider) };
    assert_eq!(home.answer(&mother, &cake, change), done());
    assert_eq!(home.family().exceptions, []);
    assert_eq!(moved(home.pay(&cake)), 6_000);
    assert_eq!(home.counted(), 6_000);
}

#[test]
fn a_rule_changed_before_is_told_without_a_change() {
    let mut home = Home::new();
    let (mother, policy) = (home.mother.clone(), home.limit);
    let cake = home.code(&home.bakery.clone(), 6_000);
    assert_eq!(home.ask(&cake), pending(1));
    let told = AskAnswer::Changed { remove: None, set: None };
    assert_eq!(home.answer(&mother, &cake, told.clone()), pending(1));
    home.city.ok(&mother, Action::RemoveGuard { account: home.child.id, policy });
    assert_eq!(home.answer(&mother, &cake, told), done());
    assert_eq!(moved(home.pay(&cake)), 6_000);
}

#[test]
fn a_no_is_final_for_its_request_and_takes_a_yes_back() {
    let mut home = Home::new();
    let mother = home.mother.clone();
    let cake = home.code(&home.bakery.clone(), 6_000);
    assert_eq!(home.ask(&cake), pending(1));
    assert_eq!(home.answer(&mother, &cake, no()), done());
    assert_eq!(refusal(home.ask(&cake)), Refusal::AskClosed);
    assert_eq!(refusal(home.answer(&mother, &cake, AskAnswer::Once)), Refusal::AskClosed);
    assert_eq!(refusal(home.answer(&mother, &cake, no())), Refusal::AskClosed);
    let other = home.code(&home.bakery.clone(), 6_000);
    home.allowed(&other, AskAnswer::Once);
    assert_eq!(home.answer(&mother, &other, no()), done());
    assert_eq!(labels(&refusal(home.pay(&other))), ["daily"]);
    let paid = home.code(&home.bakery.clone(), 6_000);
    home.allowed(&paid, AskAnswer::Once);
    assert_eq!(moved(home.pay(&paid)), 6_000);
    assert_eq!(refusal(home.answer(&mother, &paid, no())), Refusal::AskClosed);
}

#[test]
fn asking_again_changes_nothing_and_needless_asks_are_refused() {
    let mut home = Home::new();
    let mother = home.mother.clone();
    let (bread, cake) =
        (home.code(&home.bakery.clone(), 4_000), home.code(&home.bakery.clone(), 6_000));
    assert_eq!(refusal(home.ask(&bread)), Refusal::AskNeedless);
    assert_eq!(home.ask(&cake), pending(1));
    let before = home.family();
    home.city.pass(MINUTE);
    assert_eq!(home.ask(&cake), pending(1));
    assert_eq!(home.family(), before);
    assert_eq!(home.answer(&mother, &cake, AskAnswer::Once), done());
    assert_eq!(refusal(home.ask(&cake)), Refusal::AskNeedless);
    assert_eq!(refusal(home.answer(&mother, &cake, AskAnswer::Once)), Refusal::AskClosed);
}

#[test]
fn asks_are_bounded_in_number_length_and_time() {
    let mut home = Home::new();
    let (child, bakery) = (home.child.clone(), home.bakery.clone());
    let codes: Vec<Code> = (0..9).map(|_| home.code(&bakery, 6_000)).collect();
    for code in &codes[..8] {
        assert_eq!(home.ask(code), pending(1));
    }
    assert_eq!(refusal(home.ask(&codes[8])), Refusal::TooManyAsks { most: 8 });
    let mother = home.mother.clone();
    assert_eq!(home.answer(&mother, &codes[0], no()), done());
    let long = Action::Ask { request: codes[8].signed.clone(), reason: Some("x".repeat(201)) };
    assert_eq!(home.city.no(&child, long), Refusal::OutOfRange { field: "reason".to_owned() });
    assert_eq!(home.ask(&codes[8]), pending(1));
    assert!(home.family().asks.iter().all(|ask| ask.until.micros() <= home.city.now + HOUR));
    // A request that can be paid for days is asked about for one.
    let mut request = home.city.request(&bakery, 6_000);
    request.expires = Timestamp::from_micros(home.city.now + 3 * DAY);
    let signed = whole(&request, &bakery).request;
    let digest = *Signed::<PaymentRequest>::decode(&signed).expect("our own").digest();
    let late = Code { signed, digest };
    home.city.pass(2 * HOUR);
    assert_eq!(home.ask(&late), pending(1), "the others are past their time");
    assert_eq!(home.family().asks.len(), 1);
    home.city.pass(DAY);
    let gone = refusal(home.answer(&mother, &late, AskAnswer::Once));
    assert_eq!(gone, Refusal::NotFound { what: "ask".to_owned() });
}

#[test]
fn no_more_than_thirty_two_asks_are_kept() {
    let mut home = Home::new();
    let (mother, bakery) = (home.mother.clone(), home.bakery.clone());
    for _ in 0..40 {
        let code = home.code(&bakery, 6_000);
        assert_eq!(home.ask(&code), pending(1));
        assert_eq!(home.answer(&mother, &code, no()), done());
    }
    assert_eq!(home.family().asks.len(), 32);
}

#[test]
fn what_a_guardian_did_not_set_still_binds() {
    let mut home = Home::new();
    let (child, officer) = (home.child.clone(), home.city.officers[0].clone());
    let sweets = home.city.shop(9, "food.sweets");
    let policy = home.city.policy("town.sweets", &[]);
    let starts = Timestamp::from_micros(home.city.now + DAY + HOUR);
    home.city.ok(&officer, Action::SetSharedGuard { over: Over::City, policy, starts });
    // Allowed yesterday, the city's rule began since: the payment is judged as it stands now.
    home.city.now += DAY + HOUR - MINUTE;
    let candy = home.code(&sweets, 6_000);
    home.allowed(&candy, AskAnswer::Once);
    home.city.pass(2 * MINUTE);
    assert_eq!(labels(&refusal(home.pay(&candy))), ["sweets"]);
    let more = home.code(&sweets, 6_000);
    assert_eq!(labels(&refusal(home.ask(&more))), ["sweets"], "nobody is asked in vain");
    // Too little money is nobody's rule.
    let dear = home.code(&home.bakery.clone(), 20_001);
    assert!(matches!(refusal(home.ask(&dear)), Refusal::NotEnough { .. }));
    // Frozen by the city, by itself.
    let cake = home.code(&home.bakery.clone(), 6_000);
    home.allowed(&cake, AskAnswer::Once);
    for (who, by) in [(&officer, 3), (&child, 1)] {
        home.city.ok(who, Action::Freeze { account: child.id });
        assert_eq!(refusal(home.pay(&cake)), Refusal::Frozen { by });
        assert_eq!(refusal(home.ask(&cake)), Refusal::Frozen { by });
        home.city.ok(who, Action::Unfreeze { account: child.id });
    }
    assert_eq!(moved(home.pay(&cake)), 6_000);
}

#[test]
fn coins_a_guardian_gave_are_let_through_and_those_of_others_are_not() {
    let mut home = Home::new();
    let mother = home.mother.clone();
    let aunt = home.city.rich(7, 9_000);
    // Nothing of one's own: what pays are coins for bakeries, from the mother and from an aunt.
    let child = home.child.clone();
    home.city.ok(&child, Action::Transfer { to: aunt.id, amount: Amount::new(20_000) });
    let snack = home.city.policy("test.snack", &[]);
    for giver in [&mother, &aunt] {
        let amount = Amount::new(3_000);
        home.city.ok(giver, Action::Grant { to: child.id, amount, policy: snack });
    }
    let atlas = home.code(&home.books.clone(), 3_000);
    home.allowed(&atlas, AskAnswer::Once);
    assert_eq!(moved(home.pay(&atlas)), 3_000);
    let lots = &home.city.account(&child.id).lots;
    assert_eq!(lots.len(), 1, "the mother's coins paid");
    assert_eq!(lots[0].granter, aunt.id);
    let second = home.code(&home.books.clone(), 3_000);
    assert_eq!(labels(&refusal(home.ask(&second))), ["bakery"]);
}

#[test]
fn of_two_guardians_each_lets_through_only_what_they_set() {
    let mut home = Home::new();
    let mother = home.mother.clone();
    let father = home.city.rich(8, 1_000);
    home.link(&father);
    let books = home.city.policy("home.books", &[]);
    home.guard(&father, books);
    let cake = home.code(&home.bakery.clone(), 6_000);
    assert_eq!(home.ask(&cake), pending(1));
    assert_eq!(home.answer(&mother, &cake, AskAnswer::Once), pending(1));
    let mut both = labels(&refusal(home.pay(&cake)));
    both.sort();
    assert_eq!(both, ["books", "daily"]);
    assert_eq!(home.answer(&father, &cake, AskAnswer::Once), done());
    assert_eq!(moved(home.pay(&cake)), 6_000);
    // Where only the mother's rule stands in the way, the father is not waited for, and his yes alone is not enough.
    let atlas = home.code(&home.books.clone(), 6_000);
    assert_eq!(home.ask(&atlas), pending(1));
    assert_eq!(home.answer(&father, &atlas, AskAnswer::Once), pending(1));
    assert_eq!(labels(&refusal(home.pay(&atlas))), ["daily"]);
    assert_eq!(home.answer(&mother, &atlas, AskAnswer::Once), done());
    // One no is enough.
    assert_eq!(home.answer(&father, &atlas, no()), done());
    assert_eq!(labels(&refusal(home.pay(&atlas))), ["daily"]);
    let stranger = home.city.rich(6, 10);
    assert_eq!(refusal(home.answer(&stranger, &atlas, no())), Refusal::NotAllowed);
}

#[test]
fn who_is_no_guardian_any_more_lets_nothing_through() {
    let mut home = Home::new();
    let (mother, child) = (home.mother.clone(), home.child.clone());
    let own = home.limit;
    home.guard(&child, own);
    let atlas = home.code(&home.books.clone(), 6_000);
    let refused = labels(&refusal(home.ask(&atlas)));
    assert_eq!(refused, ["daily"], "one's own rule is not the guardian's to lift");
    home.city.ok(&child, Action::RemoveGuard { account: child.id, policy: own });
    home.allowed(&atlas, AskAnswer::Once);
    let (ward, guardian) = (child.id, mother.id);
    home.city.ok(&mother, Action::EndGuardian { ward, guardian });
    assert_eq!(home.family().exceptions, []);
    assert_eq!(moved(home.pay(&atlas)), 6_000, "her guard went with her");
}

#[test]
fn a_hold_uses_a_yes_and_a_void_does_not_bring_it_back() {
    let mut home = Home::new();
    let (child, bakery) = (home.child.clone(), home.bakery.clone());
    let cake = home.code(&bakery, 6_000);
    home.allowed(&cake, AskAnswer::Once);
    let request = cake.signed.clone();
    let payment = scoin_core::command::Payment { request, part: false, lots: Vec::new() };
    let hold = home.city.done(&child, Action::Authorise(payment));
    assert_eq!(home.family().exceptions, []);
    home.city.ok(&bakery, Action::Void { hold });
    assert_eq!(labels(&refusal(home.pay(&cake))), ["daily"]);
    home.allowed(&cake, AskAnswer::Once);
    let request = cake.signed.clone();
    let payment = scoin_core::command::Payment { request, part: false, lots: Vec::new() };
    let hold = home.city.done(&child, Action::Authorise(payment));
    home.city.ok(&bakery, Action::Capture { hold, amount: Amount::new(5_000) });
    assert_eq!((home.counted(), home.city.balance(&child)), (0, 15_000));
    let refund = Action::Refund {
        payment: hold,
        amount: Amount::new(5_000),
        lines: Vec::new(),
        reason: None,
    };
    home.city.ok(&bakery, refund);
    assert_eq!((home.counted(), home.city.balance(&child)), (0, 20_000));
    assert_eq!(replay(&home.city.frames).expect("it replays"), home.city.state);
}

#[test]
fn a_frozen_ward_is_told_who_froze_it_and_what_was_asked_before_is_answered() {
    let mut home = Home::new();
    let (mother, child, bakery) = (home.mother.clone(), home.child.clone(), home.bakery.clone());
    let officer = home.city.officers[0].clone();
    let (before, code) = (home.code(&bakery, 5_000), home.code(&bakery, 6_000));
    assert_eq!(home.ask(&before), pending(1));
    for (who, by) in [(&child, 1), (&mother, 2), (&officer, 3)] {
        let account = child.id;
        home.city.ok(who, Action::Freeze { account });
        // The payment and the question about it are refused alike, and nothing waits for an answer.
        assert_eq!(refusal(home.pay(&code)), Refusal::Frozen { by });
        assert_eq!(refusal(home.ask(&code)), Refusal::Frozen { by });
        home.city.ok(who, Action::Unfreeze { account });
    }
    let account = child.id;
    home.city.ok(&mother, Action::Freeze { account });
    assert_eq!(home.answer(&mother, &before, AskAnswer::Once), done());
    assert_eq!(refusal(home.pay(&before)), Refusal::Frozen { by: 2 });
    home.city.ok(&mother, Action::Unfreeze { account });
    assert_eq!(moved(home.pay(&before)), 5_000);
}
