//! Who may give a ward coins: each guardian narrows, and nobody widens what the other has set.

use scoin_core::command::{Action, Allowance, CatchUp, Every};
use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount};
use scoin_ledger::{Key, View, replay};

use crate::allowance::settle;
use crate::city::{City, DAY, START, Who, accept, refusal};

struct Home {
    city: City,
    mother: Who,
    father: Who,
    child: Who,
    gran: Who,
    aunt: Who,
}

impl Home {
    fn new() -> Self {
        let mut city = City::new();
        let [mother, father, gran, aunt] = [1, 2, 4, 5].map(|number| city.rich(number, 9_000));
        let child = city.person(3);
        for guardian in [&mother, &father] {
            city.ok(&child, Action::AskGuardian { guardian: guardian.id });
            city.ok(guardian, accept(child.id));
        }
        Self { city, mother, father, child, gran, aunt }
    }

    fn only(&mut self, guardian: &Who, givers: &[&Who]) {
        let mut givers: Vec<AccountId> = givers.iter().map(|one| one.id).collect();
        givers.sort_unstable();
        let set = Action::SetGivers { ward: self.child.id, only: true, givers };
        self.city.ok(guardian, set);
    }

    /// Who of mother, father, grandmother, aunt and the city may give now: as they are, and under a layer.
    fn may(&self) -> [bool; 5] {
        let mut fork = self.city.clone();
        let (to, amount, policy) = (self.child.id, Amount::new(1), fork.policy("test.snack", &[]));
        let officer = fork.officers[0].clone();
        let givers = [&self.mother, &self.father, &self.gran, &self.aunt, &officer];
        givers.map(|giver| {
            let plain = fork.ask(giver, Action::Transfer { to, amount });
            let bound = fork.ask(giver, Action::Grant { to, amount, policy });
            let is_no = |outcome: &scoin_core::outcome::Outcome| {
                matches!(outcome, scoin_core::outcome::Outcome::Refused(Refusal::NotAGiver))
            };
            assert_eq!(is_no(&plain), is_no(&bound));
            if !is_no(&plain) {
                assert!(matches!(plain, scoin_core::outcome::Outcome::Accepted(_)), "{plain:?}");
            }
            !is_no(&plain)
        })
    }
}

#[test]
fn a_giver_must_be_on_the_list_of_every_guardian_who_has_one() {
    let mut home = Home::new();
    let (mother, father) = (home.mother.clone(), home.father.clone());
    let (gran, aunt) = (home.gran.clone(), home.aunt.clone());
    assert_eq!(home.may(), [true; 5]);
    home.only(&mother, &[&gran, &aunt]);
    assert_eq!(home.may(), [true; 5]);
    home.only(&father, &[&gran]);
    assert_eq!(home.may(), [true, true, true, false, true]);
    // The mother cannot widen what the father has narrowed, whatever she says.
    let ward = home.child.id;
    let anybody = Action::SetGivers { ward, only: false, givers: Vec::new() };
    home.city.ok(&mother, anybody.clone());
    assert_eq!(home.may(), [true, true, true, false, true]);
    home.only(&mother, &[]);
    assert_eq!(home.may(), [true, true, false, false, true]);
    // With a guardianship its list ends.
    home.city.ok(&mother, Action::EndGuardian { ward, guardian: mother.id });
    assert_eq!(home.may(), [false, true, true, false, true]);
    home.city.ok(&father, anybody);
    assert_eq!(home.may(), [true; 5]);
    assert_eq!(home.city.state.get(&Key::Givers(ward)), None);
    assert_eq!(replay(&home.city.frames).expect("it replays"), home.city.state);
}

#[test]
fn only_guardians_keep_lists() {
    let mut home = Home::new();
    let (child, aunt) = (home.child.clone(), home.aunt.clone());
    for who in [&child, &aunt] {
        let set = Action::SetGivers { ward: child.id, only: true, givers: vec![aunt.id] };
        assert_eq!(home.city.no(who, set), Refusal::NotAllowed);
    }
}

#[test]
fn an_allowance_of_a_stranger_is_not_set_and_one_that_stands_does_not_come() {
    let mut home = Home::new();
    let (mother, aunt, to) = (home.mother.clone(), home.aunt.clone(), home.child.id);
    let terms = Allowance {
        amount: Amount::new(100),
        policy: None,
        every: Every::Week(5),
        minute: 420,
        from: 20_515,
        until: None,
        catch_up: CatchUp::Skip,
    };
    let set = Action::SetAllowance { to, terms };
    home.city.ok(&aunt, set.clone());
    home.only(&mother, &[]);
    assert_eq!(home.city.no(&aunt, set), Refusal::NotAGiver);
    let answers = settle(&mut home.city, START + 7 * DAY);
    let refused: Vec<_> = answers.into_iter().map(|one| refusal(one.outcome)).collect();
    assert_eq!(refused, [Refusal::NotAGiver]);
    assert_eq!(home.city.balance(&home.child), 0);
}
