//! May coins move from one policy to another without asking their holders? Only when the new one is proved looser.

use std::fmt;

mod found;
mod limits;
mod terms;

use self::found::counter_example;
use self::limits::might_be_tighter;
use self::terms::{covers_alike, handled_alike, is_longer, lives_as_long};
use super::settings::Settings;
use super::show::Shown;
use super::study::{Study, Why};
use super::witness::Witness;
use crate::civil::Civil;
use crate::ir::Policy;
use crate::rule::Rule;

/// Is whatever the old policy lets pass let pass by the new one too?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Yes, proved for every payment, every day and every content of lists and calendars.
    Yes,
    /// No: of this payment the new policy pays less than the old.
    No(Box<Refused>),
    /// Neither is known, so the holder must be asked.
    NotProved(Doubt),
}

/// A payment that loses by a change, as the evaluator says under both policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The payment; its first moment of issue is that under the old policy, its second that under the new.
    pub payment: Witness,
    /// What was paid before from the same purse, under the old policy: when, and how much.
    pub before: Vec<(Civil, u64)>,
    /// Minor units that the old policy pays of it.
    pub old: u64,
    /// Minor units that the new policy pays of it: fewer.
    pub new: u64,
}

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Diagrams too large, other zones, or outside the exact fragment.
    Why(Why),
    /// Coins might live shorter, or begin to work later.
    Life,
    /// Other lines of a basket are covered.
    Covers,
    /// Splitting, decay, giving on, refunds or the end are handled otherwise.
    Handling,
    /// These limits of the new policy (labels) might be tighter.
    Limits(Vec<String>),
}

impl From<Why> for Doubt {
    fn from(why: Why) -> Self {
        Self::Why(why)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Why(why) => why.fmt(out),
            Self::Life => out.write_str("coins might end sooner or begin later"),
            Self::Covers => out.write_str("other lines of a basket are covered"),
            Self::Handling => out
                .write_str("splitting, decay, giving on, refunds or the end are handled otherwise"),
            Self::Limits(labels) => {
                let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
                write!(out, "these limits might be tighter: {}", labels.join(", "))
            }
        }
    }
}

/// May coins held under `old` be moved to `new` without their holders' consent?
///
/// Pure and bounded: the same policies give the same answer everywhere, and what would take too long is
/// [`Proof::NotProved`]. A yes holds whatever the counters say, because a purse may hold coins of other versions that
/// count together with these: so a limit must have one at least as tight, on the same counter, in the old policy.
pub fn looser(old: &Policy, new: &Policy) -> Proof {
    looser_under(old, new, &Settings::default())
}

/// As [`looser`], taking something for granted: known contents of lists and calendars, for example.
pub fn looser_under(old: &Policy, new: &Policy, settings: &Settings) -> Proof {
    match prove(old, new, settings) {
        Ok(proof) => proof,
        Err(why) => Proof::NotProved(why.into()),
    }
}

fn prove(old: &Policy, new: &Policy, settings: &Settings) -> Result<Proof, Why> {
    let mut study = Study::new(&[old, new], settings)?;
    let [one, two] = study.rules() else { return Err(Why::Outside) };
    let (one, two) = (one.clone(), two.clone());
    match study.passes_only(0, 1) {
        Shown::Example(payment) => {
            if let Some(refused) = refused(*payment, &one, &two) {
                return Ok(Proof::No(Box::new(refused)));
            }
            return Err(Why::Outside);
        }
        Shown::NotProved(why) => return Err(why),
        Shown::Impossible => {}
    }
    let doubt = doubt(&mut study, &one, &two)?;
    Ok(match doubt {
        None => Proof::Yes,
        Some(doubt) => match counter_example(&mut study, &one, &two) {
            Some(refused) => Proof::No(Box::new(refused)),
            None => Proof::NotProved(doubt),
        },
    })
}

/// The first thing that stands in the way of a proof, once every payment of the old policy is known to pass in part.
fn doubt(study: &mut Study, old: &Rule, new: &Rule) -> Result<Option<Doubt>, Why> {
    if !lives_as_long(old, new) {
        return Ok(Some(Doubt::Life));
    }
    if !covers_alike(old, new) {
        return Ok(Some(Doubt::Covers));
    }
    if !handled_alike(old, new) {
        return Ok(Some(Doubt::Handling));
    }
    let gaps = new.gaps().iter().filter(|gap| !old.gaps().iter().any(|old| is_longer(old, gap)));
    let mut labels: Vec<String> = gaps.map(|gap| gap.label.clone()).collect();
    labels.extend(might_be_tighter(study, old, new)?);
    Ok((!labels.is_empty()).then_some(Doubt::Limits(labels)))
}

fn refused(payment: Witness, old: &Rule, new: &Rule) -> Option<Refused> {
    let (before, after) = (payment.pay(old, 0), payment.pay(new, 1));
    (before > after).then_some(Refused { payment, before: Vec::new(), old: before, new: after })
}
