//! "What is the most I can pay here?", by the issuer's own allocation.

use scoin_core::{AccountId, Amount};
use scoin_policy::alloc::allocate;

use super::purse::Purse;
use super::{Estimate, Purchase, not_cached};
use crate::error::WalletError;
use crate::wallet::Wallet;

/// A share of the payment approaches its answer step by step; one of 99 % needs the most.
const STEPS_MAX: usize = 10_000;

impl Wallet {
    /// The greatest amount, the basket unknown, that would be paid whole at this shop now, and with which coins. When
    /// nothing would be, the estimate is that of the smallest payment, with what stands in its way.
    pub async fn most(&self, merchant: AccountId) -> Result<Estimate, WalletError> {
        let shop = self.shop(merchant).await?;
        let account = self.account()?.ok_or_else(|| not_cached("account"))?;
        self.city_now().await?;
        let now = self.now_for(&account)?;
        let purse = Purse::open(self, &account, (merchant, &[]), now)?;
        let paid = |amount: Amount| {
            let purchase = Purchase::of_amount(merchant, amount);
            Amount::new(purse.ask(&shop, &purchase, |wallet| allocate(wallet).total))
        };
        // What passes of more than one has shrinks until all of it passes. A rule about the amount itself may let
        // less pass of more, so the search begins anew below each amount that a rule names.
        let below = purse.amounts_named().into_iter().map(Amount::new);
        let most = below.chain([Amount::MAX]).map(|start| settle(start, paid)).max();
        let amount = most.filter(|most| !most.is_zero()).unwrap_or(Amount::new(1));
        self.estimate(&Purchase::of_amount(merchant, amount)).await
    }
}

/// The greatest amount up to `start` of which all passes, if less passes of less.
fn settle(start: Amount, paid: impl Fn(Amount) -> Amount) -> Amount {
    let mut amount = start;
    for _ in 0..STEPS_MAX {
        let passes = paid(amount);
        if passes == amount {
            return amount;
        }
        amount = passes;
    }
    Amount::new(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_settles_where_own_money_covers_the_rest() {
        // 80 % of the payment from a voucher of a million, the rest from 1,000 of one's own.
        let paid = |amount: Amount| {
            let voucher = (amount.units() / 5 * 4).min(1_000_000);
            Amount::new((voucher + 1_000).min(amount.units()))
        };
        assert_eq!(settle(Amount::MAX, paid), Amount::new(5_000));
        assert_eq!(settle(Amount::MAX, |_| Amount::new(0)), Amount::new(0));
    }
}
