//! Why one lot is used before another: the first thing in which they differ, in the published order.

use super::prepare::order;
use super::{Allocation, LotView, Wallet};

/// What puts a lot before the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The payer chose the order.
    Chosen,
    /// These coins pay alone or not at all (`split never`).
    Alone,
    /// Its rule has the lower priority number.
    Priority,
    /// Its rules let fewer payments pass.
    Narrower,
    /// It has rules, and the other has none.
    Rules,
    /// It ends first.
    EndsFirst,
    /// It was issued first.
    Older,
    /// Nothing: they differ in their number only.
    Alike,
}

impl Why {
    /// A stable word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Alone => "alone",
            Self::Priority => "priority",
            Self::Narrower => "narrower",
            Self::Rules => "rules",
            Self::EndsFirst => "ends-first",
            Self::Older => "older",
            Self::Alike => "alike",
        }
    }
}

/// One lot of an allocation, in order of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Index into [`Wallet::lots`].
    pub lot: usize,
    /// How much of it, minor units.
    pub amount: u64,
    /// Why before the next lot in order; `None` for the last.
    pub why: Option<Why>,
}

/// The lots of an allocation of this wallet, in order of use, each with the reason why it comes before the next lot that
/// has money, whether that one pays or not.
pub fn reasons(wallet: &Wallet<'_>, allocation: &Allocation) -> Vec<Used> {
    let mut used: Vec<(usize, u64)> = Vec::new();
    for part in &allocation.parts {
        match used.iter_mut().find(|(lot, _)| *lot == part.lot) {
            Some((_, amount)) => *amount = amount.saturating_add(part.amount),
            None => used.push((part.lot, part.amount)),
        }
    }
    let funded = |place: &usize| wallet.lots.get(*place).is_some_and(|lot| lot.available > 0);
    let places: Vec<usize> = order(wallet).into_iter().filter(funded).collect();
    let why = |lot: usize| {
        let after = places.iter().skip_while(|place| **place != lot).nth(1)?;
        let (this, next) = (wallet.lots.get(lot)?, wallet.lots.get(*after)?);
        Some(if pays_alone(this) {
            Why::Alone
        } else if wallet.order.is_some() {
            Why::Chosen
        } else {
            this.before(next)
        })
    };
    used.into_iter().map(|(lot, amount)| Used { lot, amount, why: why(lot) }).collect()
}

fn pays_alone(lot: &LotView<'_>) -> bool {
    lot.layers.iter().any(|layer| layer.rule.pays_alone())
}

impl LotView<'_> {
    /// The first thing in which this lot and one after it in the published order differ.
    fn before(&self, next: &Self) -> Why {
        let (priority, rank, plain, endless, expires, issued, _) = self.key();
        let other = next.key();
        if priority != other.0 {
            Why::Priority
        } else if rank != other.1 {
            if next.layers.is_empty() { Why::Rules } else { Why::Narrower }
        } else if plain != other.2 {
            Why::Rules
        } else if (endless, expires) != (other.3, other.4) {
            Why::EndsFirst
        } else if issued != other.5 {
            Why::Older
        } else {
            Why::Alike
        }
    }
}
