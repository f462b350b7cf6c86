//! Questions about policies, each answered with a proof or a witness that the evaluator confirms.

use super::idd::Diagram;
use super::settings::Settings;
use super::show::Shown;
use super::study::Study;
use crate::ir::Policy;

/// Can any payment pass?
pub fn satisfiable(policy: &Policy, settings: &Settings) -> Shown {
    match Study::new(&[policy], settings) {
        Err(why) => why.into(),
        Ok(mut study) => study.passes(&[0]),
    }
}

/// Is there a payment that the first policy pays something of and the second nothing? [`Shown::Impossible`] proves
/// that the first is at most as wide as the second.
pub fn only_first(first: &Policy, second: &Policy, settings: &Settings) -> Shown {
    match Study::new(&[first, second], settings) {
        Err(why) => why.into(),
        Ok(mut study) => study.passes_only(0, 1),
    }
}

/// Is there a payment that all of these pay something of? With the policies of a stack and the guards of its owner:
/// [`Shown::Impossible`] proves that the guards kill the coins.
pub fn overlap(policies: &[&Policy], settings: &Settings) -> Shown {
    match Study::new(policies, settings) {
        Err(why) => why.into(),
        Ok(mut study) => {
            let all: Vec<usize> = (0..policies.len()).collect();
            study.passes(&all)
        }
    }
}

impl Study {
    /// A payment of which all these policies pay something.
    pub fn passes(&mut self, rules: &[usize]) -> Shown {
        let mut set = Diagram::EVERYTHING;
        for at in rules {
            set = match self.space.store.and(set, self.allowed(*at)) {
                Ok(set) => set,
                Err(large) => return Shown::NotProved(large.into()),
            };
        }
        // An upper bound that is empty is a proof.
        self.show(set, true, |all, witness| {
            rules.iter().all(|at| all.get(*at).is_some_and(|rule| witness.pay(rule, *at) > 0))
        })
    }

    /// A payment of which the first policy pays something and the second nothing.
    pub fn passes_only(&mut self, first: usize, second: usize) -> Shown {
        let set = match self.space.store.without(self.allowed(first), self.allowed(second)) {
            Ok(set) => set,
            Err(large) => return Shown::NotProved(large.into()),
        };
        let exact = !self.is_loose(second);
        self.show(set, exact, |all, witness| {
            let pays = |at: usize| all.get(at).is_some_and(|rule| witness.pay(rule, at) > 0);
            pays(first) && !pays(second)
        })
    }

    /// Do two policies pay something of exactly the same payments? `None` when not known.
    pub fn equal(&self, one: usize, other: usize) -> Option<bool> {
        let exact = !self.is_loose(one) && !self.is_loose(other);
        exact.then(|| self.allowed(one) == self.allowed(other))
    }
}
