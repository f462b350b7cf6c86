//! Every order of what two guardians can do, up to a depth, in the pure ledger: no path on which one of two required
//! guardians loosens anything, and none on which either lifts alone what the other has set.

use std::collections::BTreeSet;

use scoin_core::command::{Action, AskAnswer, Quorum};
use scoin_core::outcome::{Outcome, Refusal};
use scoin_core::{Amount, PolicyId};
use scoin_ledger::state::Freeze;

use crate::asks::{Code, Home};
use crate::city::Who;
use crate::quorum::{BOTH, home};

/// What each of the two has said yes to so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    /// Let the payment asked about through.
    yes: bool,
    /// Asked for, or agreed to, what loosens: a guard away, a freeze lifted, a guardianship ended, a weaker quorum.
    loosen: bool,
}

/// What one guardian may do in a step. Everything there is, and everything that waits.
#[derive(Clone, Copy, Debug)]
enum Move {
    Once,
    Today,
    Changed,
    No,
    Remove,
    Guard,
    Freeze,
    Unfreeze,
    End,
    Weaken,
    Strengthen,
    Agree(usize),
    Decline(usize),
}

const MOVES: [Move; 15] = [
    Move::Once,
    Move::Today,
    Move::Changed,
    Move::No,
    Move::Remove,
    Move::Guard,
    Move::Freeze,
    Move::Unfreeze,
    Move::End,
    Move::Weaken,
    Move::Strengthen,
    Move::Agree(0),
    Move::Agree(1),
    Move::Decline(0),
    Move::Decline(1),
];

/// A child whose mother limits the day and whose father allows books only, and a payment that is refused.
struct Model {
    code: Code,
    books: PolicyId,
    parents: [Who; 2],
    start: Start,
    seen: BTreeSet<String>,
}

#[test]
fn with_both_required_neither_of_two_guardians_loosens_anything_alone() {
    for start in [Start::new(BOTH), Start { books: true, ..Start::new(BOTH) }] {
        let (states, loosened) = explore(start, 4);
        assert!(
            states > 2_000 && loosened > 100,
            "{start:?}: {states} states, {loosened} loosened"
        );
    }
    let frozen = Start { frozen: true, ..Start::new(BOTH) };
    // Where only to leave is easy, leaving must not make the rest easy.
    let leave = Start::new(Quorum { ending: 1, ..BOTH });
    for start in [frozen, leave] {
        let (states, loosened) = explore(start, 3);
        assert!(states > 500 && loosened > 20, "{start:?}: {states} states, {loosened} loosened");
    }
}

#[test]
fn with_one_required_neither_lifts_what_the_other_has_set() {
    for frozen in [false, true] {
        let start = Start { frozen, ..Start::new(Quorum::ONE) };
        let (states, loosened) = explore(start, 4);
        assert!(
            states > 1_000 && loosened > 100,
            "{start:?}: {states} states, {loosened} loosened"
        );
    }
}

/// Where a model begins.
#[derive(Clone, Copy, Debug)]
struct Start {
    quorum: Quorum,
    /// The mother has frozen the child's money.
    frozen: bool,
    /// The payment is at a bookshop: the father's rule lets it through, the mother's does not.
    books: bool,
}

impl Start {
    const fn new(quorum: Quorum) -> Self {
        Self { quorum, frozen: false, books: false }
    }
}

/// How many states there were, and how many of them were loosened by right.
fn explore(start: Start, depth: usize) -> (usize, usize) {
    let (mut home, father) = home(start.quorum);
    let mother = home.mother.clone();
    let books = home.city.policy("home.books", &[]);
    home.guard(&father, books);
    let shop = if start.books { home.books.clone() } else { home.bakery.clone() };
    let code = home.code(&shop, 6_000);
    assert!(matches!(home.ask(&code), Outcome::Accepted(_)));
    if start.frozen {
        home.city.ok(&mother, Action::Freeze { account: home.child.id });
    }
    forget_frames(&mut home);
    let parents = [mother, father];
    let mut model = Model { code, books, parents, start, seen: BTreeSet::new() };
    let loosened = model.walk(&home, [Said::default(); 2], depth);
    (model.seen.len(), loosened)
}

/// Only the last frame is needed to go on.
fn forget_frames(home: &mut Home) {
    let frames = &mut home.city.frames;
    frames.drain(..frames.len() - 1);
}

impl Model {
    /// All paths from here; how many states were loosened by right.
    fn walk(&mut self, home: &Home, said: [Said; 2], left: usize) -> usize {
        if !self.seen.insert(format!("{left} {said:?} {}", fingerprint(home))) {
            return 0;
        }
        let mut loosened = usize::from(self.check(home, said));
        if left == 0 {
            return loosened;
        }
        for who in 0..2 {
            for step in MOVES {
                let mut next = home.clone();
                if let Some(said) = self.take(&mut next, who, step, said) {
                    forget_frames(&mut next);
                    loosened += self.walk(&next, said, left - 1);
                }
            }
        }
        loosened
    }

    /// One step of one guardian; `None` if it is refused or not possible.
    fn take(&self, home: &mut Home, who: usize, step: Move, said: [Said; 2]) -> Option<[Said; 2]> {
        let (actor, ward) = (self.parents[who].clone(), home.child.id);
        let answer = |answer| Action::AnswerAsk { ward, ask: self.code.digest, answer };
        let own = || {
            let guards = &home.city.account(&ward).guards;
            guards.iter().find(|guard| guard.by == actor.id).map(|guard| guard.policy)
        };
        let waiting = |at: usize| home.family().changes.get(at).cloned();
        let action = match step {
            Move::Once => answer(AskAnswer::Once),
            Move::Today => answer(AskAnswer::Today { most: Amount::new(9_000) }),
            Move::Changed => answer(AskAnswer::Changed { remove: Some(own()?), set: None }),
            Move::No => answer(AskAnswer::No { note: None }),
            Move::Remove => Action::RemoveGuard { account: ward, policy: own()? },
            Move::Guard => Action::SetGuard { account: ward, policy: home.limit },
            Move::Freeze => Action::Freeze { account: ward },
            Move::Unfreeze => Action::Unfreeze { account: ward },
            Move::End => Action::EndGuardian { ward, guardian: actor.id },
            Move::Weaken => Action::SetQuorum { ward, quorum: Quorum::ONE },
            Move::Strengthen => Action::SetQuorum { ward, quorum: BOTH },
            Move::Agree(at) => {
                let change = waiting(at)?;
                Action::AgreeChange { ward, change: change.id, digest: change.digest }
            }
            Move::Decline(at) => Action::EndChange { ward, change: waiting(at)?.id },
        };
        if matches!(home.city.ask(&actor, action), Outcome::Refused(_)) {
            return None;
        }
        let mut said = said;
        match step {
            Move::Once | Move::Today => said[who].yes = true,
            Move::Changed
            | Move::Remove
            | Move::Unfreeze
            | Move::End
            | Move::Weaken
            | Move::Agree(_) => said[who].loosen = true,
            Move::No | Move::Guard | Move::Freeze | Move::Strengthen | Move::Decline(_) => {}
        }
        Some(said)
    }

    /// Whatever is looser than at the beginning, those who are required have said yes to. True if something is.
    fn check(&self, home: &Home, said: [Said; 2]) -> bool {
        let account = home.city.account(&home.child.id);
        let parents = [self.parents[0].id, self.parents[1].id];
        let set = [home.limit, self.books];
        let whole = [0, 1].map(|who| {
            account.guards.iter().any(|it| (it.by, it.policy) == (parents[who], set[who]))
        });
        let stay = parents.map(|guardian| account.guardians.contains(&guardian));
        let thawed = self.start.frozen && !account.freezes.contains(&Freeze::Guardian(parents[0]));
        let both = self.start.quorum.guards == 2;
        let context = || format!("{said:?} {}", fingerprint(home));
        for who in 0..2 {
            let missing = !whole[who] || !stay[who] || (who == 0 && thawed);
            let agreed = said[who].loosen && (!both || said[1 - who].loosen);
            assert!(!missing || agreed, "loosened by too few: {}", context());
        }
        if !home.family().quorum.is_no_weaker_than(self.start.quorum) {
            let agreed = said[0].loosen && said[1].loosen;
            assert!(agreed, "the quorum is weaker: {}", context());
        }
        let passes = passes(home, &self.code);
        let blocks = [true, !self.start.books];
        for who in (0..2).filter(|who| passes && whole[*who] && blocks[*who]) {
            let agreed = said[who].yes && (!both || said[1 - who].yes || stay != [true, true]);
            // A weaker quorum, agreed to by both, makes one yes enough.
            let settled = said[who].yes && said[0].loosen && said[1].loosen;
            assert!(agreed || settled, "let through against {who}: {}", context());
        }
        passes || whole != [true, true] || thawed
    }
}

/// Would the payment asked about pass now?
fn passes(home: &Home, code: &Code) -> bool {
    let mut fork = home.clone();
    match fork.pay(code) {
        Outcome::Accepted(_) => true,
        Outcome::Refused(Refusal::Rules(_) | Refusal::Frozen { .. }) => false,
        Outcome::Refused(other) => panic!("{other:?}"),
    }
}

/// Everything that decides what comes next, without times and ids.
fn fingerprint(home: &Home) -> String {
    let account = home.city.account(&home.child.id);
    let family = home.family();
    let asks: Vec<_> = family
        .asks
        .iter()
        .map(|ask| {
            let said: Vec<_> = ask.answers.iter().map(|said| (said.by, &said.answer)).collect();
            format!("{:?} {said:?}", ask.standing)
        })
        .collect();
    let exceptions: Vec<_> = family.exceptions.iter().map(|one| (one.by, one.of)).collect();
    let changes: Vec<_> = family.changes.iter().map(|one| (one.by, one.what)).collect();
    format!(
        "{:?} {:?} {:?} {asks:?} {exceptions:?} {changes:?} {:?}",
        account.guards, account.freezes, account.guardians, family.quorum
    )
}
