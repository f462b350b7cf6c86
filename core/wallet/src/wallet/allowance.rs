//! Allowances: gifts that repeat. The verbs, and a look ahead at what the next turns will come to.

use scoin_api::{AccountBody, AllowanceBody};
use scoin_core::command::{Action, Allowance};
use scoin_core::{AccountId, Amount, CommandId, Timestamp};

use super::{Ask, Done, Wallet};
use crate::error::WalletError;

/// How long before a turn its giver is told that it will not be given whole, in microseconds: 48 hours. The next sync
/// in this time tells it, so a wallet that syncs once a day tells it a day ahead.
const WARN_MICROS: u64 = 48 * 3600 * 1_000_000;

/// The next turn of an allowance this account gives, and what will become of it if nothing changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// Id of the command that set it.
    pub allowance: CommandId,
    /// Address of the receiver.
    pub receiver: String,
    /// When.
    pub at: Timestamp,
    /// How much it should be, with what is owed.
    pub amount: Amount,
    /// What will become of it.
    pub will: Will,
}

/// What will become of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Will {
    /// It is given.
    Pass,
    /// Only this much of it is given.
    Part(Amount),
    /// Nothing is given: this much is missing.
    Short(Amount),
    /// Nothing is given: the account is frozen.
    Frozen,
    /// Nothing is given: its rule is retired.
    Retired,
}

impl Will {
    /// One word: `pass`, `part`, `short`, `frozen` or `retired`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Part(_) => "part",
            Self::Short(_) => "short",
            Self::Frozen => "frozen",
            Self::Retired => "retired",
        }
    }
}

impl Wallet {
    /// Gives somebody coins again and again; [`Done::id`] names it from then on.
    pub async fn set_allowance(
        &self,
        to: AccountId,
        terms: Allowance,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::SetAllowance { to, terms }, ask).await
    }

    /// Changes an allowance this account gives, at once.
    pub async fn change_allowance(
        &self,
        allowance: CommandId,
        terms: Allowance,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::ChangeAllowance { allowance, terms }, ask).await
    }

    /// Ends an allowance: as its giver, its receiver or a guardian of the receiver.
    pub async fn end_allowance(
        &self,
        giver: AccountId,
        allowance: CommandId,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::EndAllowance { giver, allowance }, ask).await
    }

    /// The next turn of every allowance this account gives, as of the last sync: the earliest first, each with the money
    /// that those before it leave. An estimate: rules on all of the giver's money, and how many kinds of coins the
    /// receiver may still take, are left to the issuer.
    pub fn coming_allowances(&self) -> Result<Vec<Coming>, WalletError> {
        Ok(self.account()?.map_or_else(Vec::new, |account| coming(&account)))
    }
}

/// Turns that will not be given whole and are near enough to be told.
pub(super) fn warnings(account: &AccountBody) -> Vec<Coming> {
    let soon = account.time.0.saturating_add_micros(WARN_MICROS);
    let mut all = coming(account);
    all.retain(|turn| turn.will != Will::Pass && turn.at <= soon);
    all
}

fn coming(account: &AccountBody) -> Vec<Coming> {
    let mine = account.allowances.iter().filter(|one| one.giver == account.address);
    let mut next: Vec<(Timestamp, &AllowanceBody)> =
        mine.filter_map(|one| Some((one.next?.0, one))).collect();
    next.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    let plain = account.lots.iter().filter(|lot| lot.layers.is_empty());
    let mut left =
        plain.fold(0_u64, |sum, lot| sum.saturating_add(lot.amount.saturating_sub(lot.held)));
    let turn = |(at, one): (Timestamp, &AllowanceBody)| {
        let owed = one.owed.iter().fold(0_u64, |sum, owed| sum.saturating_add(owed.amount));
        let amount = one.amount.saturating_add(owed);
        let (will, given) = will(account, one, amount, left);
        left = left.saturating_sub(given);
        Some(Coming {
            allowance: CommandId::from_hex(&one.id)?,
            receiver: one.receiver.clone(),
            at,
            amount: Amount::new(amount),
            will,
        })
    };
    next.into_iter().filter_map(turn).collect()
}

/// What becomes of a turn if there is this much, and how much of that it takes.
fn will(account: &AccountBody, one: &AllowanceBody, amount: u64, left: u64) -> (Will, u64) {
    if !account.frozen.is_empty() {
        (Will::Frozen, 0)
    } else if !one.in_force {
        (Will::Retired, 0)
    } else if amount <= left {
        (Will::Pass, amount)
    } else if one.catch_up == "partial" && left > 0 {
        (Will::Part(Amount::new(left)), left)
    } else {
        (Will::Short(Amount::new(amount.saturating_sub(left))), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scoin_api::{FreezeBody, LayerBody, LotBody, OwedBody};

    const HOUR: u64 = 3_600_000_000;

    fn allowance(id: u8, hours: u64, amount: u64, catch_up: &str) -> AllowanceBody {
        AllowanceBody {
            id: CommandId([id; 16]).to_hex(),
            giver: "me".to_owned(),
            receiver: "child".to_owned(),
            amount,
            in_force: true,
            catch_up: catch_up.to_owned(),
            next: Some(Timestamp::from_micros(hours.saturating_mul(HOUR)).into()),
            ..AllowanceBody::default()
        }
    }

    fn account(plain: u64, allowances: Vec<AllowanceBody>) -> AccountBody {
        let lot = |amount, held| LotBody { amount, held, ..LotBody::default() };
        let bound = LotBody { layers: vec![LayerBody::default()], ..lot(90_000, 0) };
        let lots = vec![lot(plain.saturating_add(7), 7), bound];
        AccountBody { address: "me".to_owned(), lots, allowances, ..AccountBody::default() }
    }

    fn wills(account: &AccountBody) -> Vec<Will> {
        coming(account).into_iter().map(|turn| turn.will).collect()
    }

    #[test]
    fn each_turn_is_judged_with_what_those_before_it_leave() {
        let money = Amount::new;
        let three = vec![
            allowance(1, 30, 600, "skip"),
            allowance(2, 10, 500, "skip"),
            allowance(3, 40, 300, "partial"),
        ];
        // 500 first, then 600, then 300 of what is left.
        let cases: [(u64, [Will; 3]); 4] = [
            (1_400, [Will::Pass; 3]),
            (1_399, [Will::Pass, Will::Pass, Will::Part(money(299))]),
            (1_099, [Will::Pass, Will::Short(money(1)), Will::Pass]),
            (0, [Will::Short(money(500)), Will::Short(money(600)), Will::Short(money(300))]),
        ];
        for (plain, expected) in cases {
            assert_eq!(wills(&account(plain, three.clone())), expected, "{plain}");
        }
    }

    #[test]
    fn what_is_owed_counts_and_a_freeze_or_a_retired_rule_stops_it() {
        let mut one = allowance(1, 10, 500, "queue");
        one.owed = vec![OwedBody { date: "2026-03-06".to_owned(), amount: 200 }];
        assert_eq!(wills(&account(700, vec![one.clone()])), [Will::Pass]);
        assert_eq!(wills(&account(699, vec![one.clone()])), [Will::Short(Amount::new(1))]);
        one.in_force = false;
        let mut frozen = account(700, vec![one]);
        assert_eq!(wills(&frozen), [Will::Retired]);
        frozen.frozen = vec![FreezeBody::default()];
        assert_eq!(wills(&frozen), [Will::Frozen]);
        frozen.address = "child".to_owned();
        assert_eq!(wills(&frozen), [], "what one is given is the giver's to watch");
    }

    #[test]
    fn the_giver_is_told_two_days_ahead_and_not_of_what_will_pass() {
        let late = account(0, vec![allowance(1, 49, 500, "skip")]);
        assert_eq!(warnings(&late), []);
        let near = account(0, vec![allowance(1, 48, 500, "skip")]);
        assert_eq!(warnings(&near).len(), 1);
        assert_eq!(warnings(&account(500, near.allowances)), []);
    }
}
