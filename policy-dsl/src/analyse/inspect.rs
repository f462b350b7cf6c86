//! Everything that can be known of the policies of a source before one is published.

use super::caps::Most;
use super::findings::{Finding, analyse};
use super::settings::Settings;
use super::show::Shown;
use super::study::{Study, Why, life_of};
use crate::civil::Date;
use crate::cost::Cost;
use crate::diagnostic::{self, Diagnostic};
use crate::ir::Policy;
use crate::manifest::Manifest;
use crate::module::Module;

/// What is known of one policy.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// The policy: every parameter at its default or, without one, at its loosest value.
    pub policy: Policy,
    /// The arguments that were made up, as the language writes them.
    pub arguments: Vec<(String, String)>,
    /// What asking it costs.
    pub cost: Cost,
    /// What it reads.
    pub manifest: Manifest,
    /// Can any payment pass?
    pub satisfiable: Shown,
    /// How much of the coins about to be issued can be spent, and until when; only when [`Settings::issue`] says so and
    /// the coins end.
    pub spendable: Option<(Most, Date)>,
    /// What is probably not meant, or why that is not known.
    pub findings: Result<Vec<Finding>, Why>,
}

impl Module {
    /// Analyses each of its own policies, in source order. A policy with a parameter that has no default and no loosest
    /// value (a list, a schedule, tags) is left out: it is analysed once it has arguments.
    pub fn inspect(&self, settings: &Settings) -> Vec<Inspected> {
        let heads = self.policies().into_iter();
        let policies = heads.filter_map(|head| {
            let arguments = head.loosest_arguments()?;
            let policy = self.policy(&head.name, &arguments).ok()?;
            Some(inspect(policy, arguments, settings))
        });
        policies.collect()
    }

    /// The findings as warnings, in the order of their places. What is wrong in an embedded policy by itself is not
    /// said again where it is embedded.
    pub fn warnings(&self, inspected: &[Inspected]) -> Vec<Diagnostic> {
        let findings = |one: &Inspected| one.findings.clone().unwrap_or_default();
        let mut said: Vec<(&'static str, super::Place)> = Vec::new();
        for one in inspected {
            let own = findings(one).into_iter().filter(|found| found.place.rule == one.policy.name);
            said.extend(own.map(|found| (found.code, found.place)));
        }
        let mut warnings = Vec::new();
        for one in inspected {
            for found in findings(one) {
                let elsewhere = found.place.rule != one.policy.name;
                if !(elsewhere && said.contains(&(found.code, found.place.clone()))) {
                    let mut warning = found.diagnostic(self, &one.policy.name);
                    if let (Some(help), false) = (&mut warning.help, one.arguments.is_empty()) {
                        let given =
                            one.arguments.iter().map(|(name, text)| format!("${name} = {text}"));
                        let given: Vec<String> = given.collect();
                        *help = format!("{help} (with {})", given.join(", "));
                    }
                    warnings.push(warning);
                }
            }
        }
        diagnostic::sort(&mut warnings);
        warnings
    }
}

fn inspect(policy: Policy, arguments: Vec<(String, String)>, settings: &Settings) -> Inspected {
    let (satisfiable, spendable) = match Study::new(&[&policy], settings) {
        Err(why) => (Shown::NotProved(why), None),
        Ok(mut study) => (study.passes(&[0]), spendable(&mut study, settings)),
    };
    Inspected {
        arguments,
        cost: Cost::of(&policy),
        manifest: Manifest::of(&policy),
        satisfiable,
        spendable,
        findings: analyse(&policy, settings),
        policy,
    }
}

fn spendable(study: &mut Study, settings: &Settings) -> Option<(Most, Date)> {
    let (first, last) = life_of(study.rules().first()?, settings.issue?)?;
    Some((study.most_spendable(0, first, last).ok()?, last))
}
