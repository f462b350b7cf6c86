//! Is every limit of the new policy at least as loose as one of the old, whatever has been counted before?

use crate::analyse::study::{Study, Why};
use crate::ir::{Quantity, Window};
use crate::rule::{CapSlot, Rule};

/// The labels of the limits of `new` for which this is not known. The study holds both policies, the old one first.
pub(super) fn might_be_tighter(
    study: &mut Study,
    old: &Rule,
    new: &Rule,
) -> Result<Vec<String>, Why> {
    let most = study.greatest_amount(0);
    let mut labels = Vec::new();
    for cap in new.caps() {
        let mut known = match cap.quantity {
            Quantity::Share(percent) => percent >= 100,
            // A limit for each payment, above every payment that can pass.
            Quantity::Money(limit) if cap.window == Window::Payment => {
                limit == u64::MAX || most.is_some_and(|most| most <= limit)
            }
            Quantity::Money(_) | Quantity::MoneyTimes(..) | Quantity::Count(_) => false,
        };
        for tight in old.caps() {
            known = known || is_bound_by(study, cap, tight)?;
        }
        if !known {
            labels.push(cap.label.clone());
        }
    }
    Ok(labels)
}

/// Does `tight` leave at most as much as `cap`, in every state of the counters?
fn is_bound_by(study: &mut Study, cap: &CapSlot, tight: &CapSlot) -> Result<bool, Why> {
    let smaller = match (&tight.quantity, &cap.quantity) {
        (Quantity::Money(less), Quantity::Money(more))
        | (Quantity::Count(less), Quantity::Count(more)) => less <= more,
        (Quantity::Share(less), Quantity::Share(more)) => less <= more,
        (Quantity::MoneyTimes(less, one), Quantity::MoneyTimes(more, other)) => {
            one == other && less <= more
        }
        _ => false,
    };
    if !smaller {
        return Ok(false);
    }
    if cap.keeps_count() {
        // The same counter: who it counts for and what it counts are part of its name.
        return Ok(tight.keeps_count() && tight.measure == cap.measure && holds(tight, cap));
    }
    // What is left for one payment is never more than the whole limit.
    if tight.on_items.is_some() && tight.on_items != cap.on_items {
        return Ok(false);
    }
    let all = study.allowed(0);
    let tight = study.counted(all, tight)?;
    let cap = study.counted(all, cap)?;
    Ok(study.space.store.without(cap, tight)?.is_nothing())
}

/// Does the window of `wide` hold that of `narrow` on every day?
fn holds(wide: &CapSlot, narrow: &CapSlot) -> bool {
    use Window::{Day, Days, Life, Month, Months, Payment, Week, Year, Years};
    let n = |count: u16| u32::from(count.max(1));
    match (wide.window, narrow.window) {
        (Payment, _) | (_, Payment) => false,
        // What is counted for ever is a bucket of its own: coins that no such limit watches do not fill it.
        (Life, narrow) => narrow == Life,
        (_, Day | Days(0 | 1))
        | (Month | Year | Months(_) | Years(_), Month)
        | (Year | Years(_), Year)
        | (Months(_) | Years(_), Week) => true,
        (Week, Week) => wide.week_starts == narrow.week_starts,
        (Days(wide), Week) => wide >= 7,
        (Days(wide), Month) => wide >= 31,
        (Days(wide), Year) => wide >= 366,
        (Days(wide), Days(narrow))
        | (Months(wide), Months(narrow))
        | (Years(wide), Years(narrow)) => wide >= narrow,
        (Days(wide), Months(narrow)) => u32::from(wide) >= n(narrow).saturating_mul(31),
        (Days(wide), Years(narrow)) => u32::from(wide) >= n(narrow).saturating_mul(366),
        (Months(wide), Year) => wide >= 12,
        (Months(wide), Days(narrow)) => u32::from(narrow) <= n(wide).saturating_mul(28),
        (Months(wide), Years(narrow)) => n(wide) >= n(narrow).saturating_mul(12),
        (Years(wide), Days(narrow)) => u32::from(narrow) <= n(wide).saturating_mul(365),
        (Years(wide), Months(narrow)) => n(wide).saturating_mul(12) >= n(narrow),
        _ => false,
    }
}
