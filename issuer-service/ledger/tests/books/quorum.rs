//! Two guardians: what one may do alone, what needs both, and how the second agrees.

use scoin_core::command::{Action, AskAnswer, Quorum};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{AccountId, CommandId};
use scoin_ledger::state::Freeze;
use scoin_ledger::{Key, Record, View, canon, replay};

use crate::asks::{Home, done, no, pending, today};
use crate::city::{DAY, HOUR, Who, accept, labels, moved, refusal, signed};

/// Both are needed for everything.
pub(crate) const BOTH: Quorum = Quorum { guards: 2, answers: 2, unfreeze: 2, ending: 2 };

/// A home with a father, who has set no rule yet, and this quorum.
pub(crate) fn home(quorum: Quorum) -> (Home, Who) {
    let mut home = Home::new();
    let father = home.city.rich(8, 1_000);
    home.link(&father);
    if quorum != Quorum::ONE {
        home.city.ok(&home.mother.clone(), Action::SetQuorum { ward: home.child.id, quorum });
    }
    (home, father)
}

/// Asks for a change and gives its id and digest.
fn asked(home: &mut Home, who: &Who, action: Action) -> (CommandId, [u8; 32]) {
    let command = home.city.command(who, action);
    let digest = *signed(&command, &who.key).digest();
    assert_eq!(home.city.send(who, &command).outcome, pending(1));
    (command.id, digest)
}

fn agree(home: &mut Home, who: &Who, (change, digest): (CommandId, [u8; 32])) -> Outcome {
    let ward = home.child.id;
    home.city.ask(who, Action::AgreeChange { ward, change, digest })
}

fn guards(home: &Home) -> usize {
    home.city.account(&home.child.id).guards.len()
}

fn not_found(what: &str) -> Refusal {
    Refusal::NotFound { what: what.to_owned() }
}

fn already(what: &str) -> Refusal {
    Refusal::AlreadyDone { what: what.to_owned() }
}

#[test]
fn to_remove_a_guard_needs_the_other_where_both_are_needed() {
    let (mut home, father) = home(BOTH);
    let (mother, account, policy) = (home.mother.clone(), home.child.id, home.limit);
    let remove = Action::RemoveGuard { account, policy };
    assert_eq!(home.city.no(&father, remove.clone()), not_found("policy"), "it is not his");
    let change = asked(&mut home, &mother, remove.clone());
    assert_eq!(guards(&home), 1);
    assert_eq!(home.city.no(&mother, remove.clone()), already("change"));
    assert_eq!(refusal(agree(&mut home, &mother, change)), already("change"));
    let other = (change.0, [7; 32]);
    assert_eq!(refusal(agree(&mut home, &father, other)), Refusal::DigestMismatch);
    let stranger = home.city.rich(6, 10);
    assert_eq!(refusal(agree(&mut home, &stranger, change)), Refusal::NotAllowed);
    let child = home.child.clone();
    assert_eq!(refusal(agree(&mut home, &child, change)), Refusal::NotAllowed);
    assert_eq!(agree(&mut home, &father, change), done());
    assert_eq!(guards(&home), 0);
    assert_eq!(refusal(agree(&mut home, &father, change)), not_found("change"));
    // To set one is one's own, and so is to end what waits.
    home.guard(&father, policy);
    let change = asked(&mut home, &father, remove);
    home.city.ok(&mother, Action::EndChange { ward: account, change: change.0 });
    assert_eq!(refusal(agree(&mut home, &mother, change)), not_found("change"));
    assert_eq!(guards(&home), 1);
    assert_eq!(replay(&home.city.frames).expect("it replays"), home.city.state);
}

#[test]
fn a_change_waits_for_a_week() {
    let (mut home, father) = home(BOTH);
    let (mother, account, policy) = (home.mother.clone(), home.child.id, home.limit);
    let change = asked(&mut home, &mother, Action::RemoveGuard { account, policy });
    home.city.pass(7 * DAY);
    assert_eq!(refusal(agree(&mut home, &father, change)), not_found("change"));
    assert_eq!(guards(&home), 1);
}

#[test]
fn each_lifts_their_own_freeze_and_only_with_the_other_where_both_are_needed() {
    let (mut home, father) = home(BOTH);
    let (mother, child) = (home.mother.clone(), home.child.clone());
    let account = child.id;
    home.city.ok(&mother, Action::Freeze { account });
    assert_eq!(home.city.no(&father, Action::Unfreeze { account }), Refusal::NotAllowed);
    // A child may freeze itself too, and lifts that alone, and not the mother's.
    home.city.ok(&child, Action::Freeze { account });
    home.city.ok(&child, Action::Unfreeze { account });
    assert_eq!(home.city.no(&child, Action::Unfreeze { account }), Refusal::NotAllowed);
    let change = asked(&mut home, &mother, Action::Unfreeze { account });
    assert_eq!(home.city.account(&account).freezes, [Freeze::Guardian(mother.id)]);
    assert_eq!(agree(&mut home, &father, change), done());
    assert_eq!(home.city.account(&account).freezes, []);
}

#[test]
fn an_answer_needs_both_and_lets_through_what_both_have_set() {
    let (mut home, father) = home(BOTH);
    let mother = home.mother.clone();
    let books = home.city.policy("home.books", &[]);
    home.guard(&father, books);
    let cake = home.code(&home.bakery.clone(), 6_000);
    assert_eq!(home.ask(&cake), pending(2));
    assert_eq!(home.answer(&mother, &cake, AskAnswer::Once), pending(1));
    let mut two = labels(&refusal(home.pay(&cake)));
    two.sort();
    assert_eq!(two, ["books", "daily"]);
    home.city.pass(20 * HOUR / 60);
    assert_eq!(home.answer(&father, &cake, AskAnswer::Once), done(), "a yes waits for the other");
    assert_eq!(moved(home.pay(&cake)), 6_000);
    // Once and today together are once.
    let cake = home.code(&home.bakery.clone(), 6_000);
    assert_eq!(home.ask(&cake), pending(2));
    assert_eq!(home.answer(&father, &cake, today(20_000)), pending(1));
    assert_eq!(home.answer(&mother, &cake, AskAnswer::Once), done());
    let other = home.code(&home.bakery.clone(), 6_000);
    assert!(matches!(home.pay(&other), Outcome::Refused(Refusal::Rules(_))));
    assert_eq!(moved(home.pay(&cake)), 6_000);
    // One no is enough, before and after the other's yes.
    for first in [true, false] {
        let pie = home.code(&home.bakery.clone(), 5_000);
        assert_eq!(home.ask(&pie), pending(2));
        if first {
            assert_eq!(home.answer(&mother, &pie, no()), done());
            assert_eq!(refusal(home.answer(&father, &pie, AskAnswer::Once)), Refusal::AskClosed);
        } else {
            assert_eq!(home.answer(&father, &pie, AskAnswer::Once), pending(1));
            assert_eq!(home.answer(&mother, &pie, no()), done());
        }
        assert!(matches!(home.pay(&pie), Outcome::Refused(Refusal::Rules(_))));
    }
}

#[test]
fn a_yes_given_alone_ends_with_it_being_enough() {
    let (mut home, father) = home(Quorum::ONE);
    let cake = home.code(&home.bakery.clone(), 6_000);
    home.allowed(&cake, AskAnswer::Once);
    home.city.ok(&father, Action::SetQuorum { ward: home.child.id, quorum: BOTH });
    assert_eq!(labels(&refusal(home.pay(&cake))), ["daily"], "judged as it stands now");
}

#[test]
fn another_rule_in_an_answer_needs_both_where_a_guard_does() {
    let (mut home, father) = home(Quorum { guards: 2, ..Quorum::ONE });
    let mother = home.mother.clone();
    let wide = home.city.policy("home.limit", &[("daily", "8_000 won")]);
    let cake = home.code(&home.bakery.clone(), 6_000);
    assert_eq!(home.ask(&cake), pending(1));
    let answer = AskAnswer::Changed { remove: Some(home.limit), set: Some(wide) };
    let action = Action::AnswerAsk { ward: home.child.id, ask: cake.digest, answer };
    let change = asked(&mut home, &mother, action);
    assert_eq!(labels(&refusal(home.pay(&cake))), ["daily"]);
    assert_eq!(agree(&mut home, &father, change), done());
    assert_eq!(home.family().changes, []);
    assert_eq!(moved(home.pay(&cake)), 6_000);
}

#[test]
fn stronger_is_one_guardians_own_and_weaker_needs_both() {
    let (mut home, father) = home(Quorum::ONE);
    let (mother, ward) = (home.mother.clone(), home.child.id);
    let set = |quorum| Action::SetQuorum { ward, quorum };
    let some = Quorum { guards: 2, ..Quorum::ONE };
    assert_eq!(home.city.ok(&mother, set(some)), Effect::Done);
    assert_eq!(home.city.no(&mother, set(some)), already("quorum"));
    assert_eq!(home.city.ok(&father, set(BOTH)), Effect::Done);
    // Stronger in one and weaker in another is weaker.
    let mixed = Quorum { guards: 1, ..BOTH };
    let change = asked(&mut home, &mother, set(mixed));
    assert_eq!(home.family().quorum, BOTH);
    assert_eq!(agree(&mut home, &father, change), done());
    assert_eq!(home.family().quorum, mixed);
    let child = home.child.clone();
    assert_eq!(home.city.no(&child, set(Quorum::ONE)), Refusal::NotAllowed);
    for number in [0, 3] {
        let wrong = set(Quorum { answers: number, ..BOTH });
        let expected = Refusal::OutOfRange { field: "quorum".to_owned() };
        assert_eq!(home.city.no(&mother, wrong), expected);
    }
}

#[test]
fn to_leave_needs_the_other_as_soon_as_anything_does() {
    // Who leaves takes guards and freeze along, and the one who stays decides alone.
    for quorum in [
        Quorum { guards: 2, ..Quorum::ONE },
        Quorum { answers: 2, ..Quorum::ONE },
        Quorum { unfreeze: 2, ..Quorum::ONE },
        Quorum { ending: 2, ..Quorum::ONE },
    ] {
        let (mut home, father) = home(quorum);
        let (mother, ward) = (home.mother.clone(), home.child.id);
        let end = |guardian: AccountId| Action::EndGuardian { ward, guardian };
        assert_eq!(home.city.no(&mother, end(father.id)), Refusal::NotAllowed);
        let change = asked(&mut home, &mother, end(mother.id));
        assert_eq!((guards(&home), home.city.account(&ward).guardians.len()), (1, 2));
        assert_eq!(agree(&mut home, &father, change), done());
        assert_eq!(home.city.account(&ward).guardians, [father.id]);
        assert_eq!(home.city.account(&mother.id).wards, []);
        assert_eq!(guards(&home), 0);
        // Alone, everything is his own.
        home.guard(&father, home.limit);
        home.city.ok(&father, Action::RemoveGuard { account: ward, policy: home.limit });
        home.city.ok(&father, Action::SetQuorum { ward, quorum: BOTH });
        home.city.ok(&father, Action::SetQuorum { ward, quorum: Quorum::ONE });
    }
    // Where one is enough, and for officers, it is as before.
    let (mut home, father) = home(BOTH);
    let (ward, officer) = (home.child.id, home.city.officers[0].clone());
    home.city.ok(&officer, Action::EndGuardian { ward, guardian: father.id });
    assert_eq!(home.city.account(&ward).guardians, [home.mother.id]);
}

#[test]
fn what_two_have_asked_for_is_not_for_a_third_to_agree_to() {
    let (mut home, father) = home(BOTH);
    let (mother, ward, officer) =
        (home.mother.clone(), home.child.id, home.city.officers[0].clone());
    let remove = Action::RemoveGuard { account: ward, policy: home.limit };
    let change = asked(&mut home, &mother, remove);
    home.city.ok(&officer, Action::EndGuardian { ward, guardian: father.id });
    let uncle = home.city.rich(9, 10);
    home.link(&uncle);
    assert_eq!(refusal(agree(&mut home, &uncle, change)), not_found("change"));
    assert_eq!(guards(&home), 1);
}

#[test]
fn a_ward_has_two_guardians_at_most_and_their_consents_are_kept() {
    let (mut home, father) = home(Quorum::ONE);
    let child = home.child.clone();
    let uncle = home.city.rich(9, 10);
    let third = Action::AskGuardian { guardian: uncle.id };
    let out = |field: &str| Refusal::OutOfRange { field: field.to_owned() };
    assert_eq!(home.city.no(&child, third.clone()), out("guardian"));
    let consents = home.family().consents;
    let by: Vec<AccountId> = consents.iter().map(|consent| consent.guardian).collect();
    assert_eq!(by, [home.mother.id, father.id]);
    assert_eq!(consents[1].key, father.key.public_key());
    assert!(consents[0].at < consents[1].at && consents[1].at.micros() <= home.city.now);
    // Asked while there was room, accepted when there is none.
    home.city.ok(&father, Action::EndGuardian { ward: child.id, guardian: father.id });
    home.city.ok(&child, third);
    home.link(&father);
    assert_eq!(home.city.no(&uncle, accept(child.id)), out("ward"));
}

#[test]
fn changes_that_wait_are_bounded_and_read_back_as_written() {
    let (mut home, father) = home(BOTH);
    let (mother, ward) = (home.mother.clone(), home.child.id);
    for number in 0..8 {
        let daily = format!("{} won", 100 + number);
        let policy = home.city.policy("home.limit", &[("daily", &daily)]);
        home.guard(&mother, policy);
        asked(&mut home, &mother, Action::RemoveGuard { account: ward, policy });
    }
    let ninth = Action::SetQuorum { ward, quorum: Quorum::ONE };
    let full = Refusal::OutOfRange { field: "change".to_owned() };
    assert_eq!(home.city.no(&father, ninth), full);
    let code = home.code(&home.books.clone(), 6_000);
    home.ask(&code);
    home.answer(&mother, &code, today(7_000));
    let key = Key::Family(ward);
    let record = home.city.state.get(&key).expect("a record").clone();
    let bytes = canon::to_bytes(&record);
    assert!(bytes.len() < 3_000, "{}", bytes.len());
    assert_eq!(canon::from_bytes::<Record>(&bytes), Ok(record));
}
