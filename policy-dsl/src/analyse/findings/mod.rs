//! What is probably not meant: clauses that change nothing, rules that never pay, limits that never bind, coins that
//! cannot be spent in time. Each finding has a payment that shows it, confirmed by the evaluator.
//!
//! The conditions are looked at twice: for shops of any number of categories, and for shops of one. What holds only
//! for shops of one category says so.

mod clauses;
mod limits;
mod pieces;
#[cfg(feature = "compile")]
mod places;
mod words;

pub(super) use words::pred as pred_text;

use super::settings::{Settings, Shops};
use super::study::{Study, Why};
use super::witness::Witness;
use crate::civil::Date;
use crate::ir::Policy;

/// Where in a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Name of the policy that states it (an embedded one, perhaps).
    pub rule: String,
    /// Label of the clause, or the word of a clause without label (`pays`, `expires`, `transfer`); empty for the
    /// policy as a whole.
    pub clause: String,
}

/// One thing that is probably not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable code, `W0401` and on.
    pub code: &'static str,
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
    /// A payment that shows it, confirmed by the evaluator; `None` when none was found.
    pub witness: Option<Witness>,
    /// Does it hold only for shops of one category?
    pub one_category: bool,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No payment passes: these clauses exclude each other.
    NeverPays(Vec<Place>),
    /// The clause never decides: these clauses refuse all that it refuses.
    DeadClause(Vec<Place>),
    /// This part of the condition changes nothing.
    DeadPart(String),
    /// This condition is never false, so it refuses only where a fact is missing.
    AlwaysTrue(String),
    /// The clause lets nothing pass, whatever else is stated.
    Contradiction,
    /// Something passes of some payments, but the whole of none.
    NeverInFull,
    /// The limit never binds: these bind before it.
    DeadCap(Vec<Place>),
    /// Its `when` never holds for a payment that passes.
    NeverApplies,
    /// No payment of this kind passes.
    DeadKind(String),
    /// Not all of the coins can be spent in time.
    Stranded {
        /// Minor units issued.
        issued: u64,
        /// The most that can be spent.
        most: u64,
        /// Is it known that so much can?
        exact: bool,
        /// On how many days something can be spent.
        open_days: usize,
        /// The last day.
        last: Date,
    },
    /// Two item-scoped limits share some lines and not others.
    CrossingItems(Place),
    /// The limit is zero.
    ZeroCap,
    /// Nobody may be given the coins, although somebody is named.
    NobodyMayReceive,
}

impl Problem {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NeverPays(_) => "W0401",
            Self::DeadClause(_) => "W0402",
            Self::DeadPart(_) => "W0403",
            Self::AlwaysTrue(_) => "W0404",
            Self::Contradiction => "W0405",
            Self::NeverInFull => "W0406",
            Self::DeadCap(_) => "W0407",
            Self::NeverApplies => "W0408",
            Self::DeadKind(_) => "W0409",
            Self::Stranded { .. } => "W0410",
            Self::CrossingItems(_) => "W0411",
            Self::ZeroCap => "W0412",
            Self::NobodyMayReceive => "W0413",
        }
    }
}

impl Finding {
    fn new(place: Place, problem: Problem, witness: Option<Witness>) -> Self {
        Self { code: problem.code(), place, problem, witness, one_category: false }
    }
}

/// Everything that is probably not meant in a policy, in the order of codes and places.
///
/// # Errors
/// Why it could not be analysed, most often because it is too large: then nothing is said about it.
pub fn analyse(policy: &Policy, settings: &Settings) -> Result<Vec<Finding>, Why> {
    let mut found = Vec::new();
    let wide = Settings { shops: Shops::AnyCategories, ..settings.clone() };
    look(policy, &wide, true, &mut found)?;
    let narrow = Settings { shops: Shops::OneCategory, ..settings.clone() };
    let mut more = Vec::new();
    if asks_category(policy) && look(policy, &narrow, false, &mut more).is_ok() {
        for mut finding in more {
            let known = |old: &Finding| old.place == finding.place && same(old, &finding);
            if !found.iter().any(known) {
                finding.one_category = true;
                found.push(finding);
            }
        }
    }
    found.sort_by(|a, b| (a.code, &a.place).cmp(&(b.code, &b.place)));
    Ok(found)
}

/// Do two findings at one place say the same, or does the first say more?
fn same(old: &Finding, new: &Finding) -> bool {
    match (&old.problem, &new.problem) {
        (Problem::DeadPart(old), Problem::DeadPart(new)) => old == new,
        (old, new) => old.code() == new.code() || old.code() == "W0402" && new.code() == "W0403",
    }
}

fn asks_category(policy: &Policy) -> bool {
    let category = |fact| fact == crate::facts::Fact::MerchantCategory;
    let parts = crate::rule::parts(policy);
    let mut preds = parts.iter().flat_map(|part| {
        let caps = part.caps.iter().filter_map(|cap| cap.when.as_ref());
        part.clauses.iter().map(|clause| &clause.pred).chain(caps)
    });
    preds.any(|pred| super::idd::mentions(pred, category))
}

fn look(
    policy: &Policy,
    settings: &Settings,
    limits: bool,
    found: &mut Vec<Finding>,
) -> Result<(), Why> {
    let mut study = Study::new(&[policy], settings)?;
    let lives = clauses::look(&mut study, found)?;
    if lives {
        limits::look(&mut study, limits, found)?;
    }
    Ok(())
}
