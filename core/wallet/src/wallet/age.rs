//! Coming of age: from which day somebody decides alone, for the person and for the guardians.

use scoin_api::AccountBody;
use scoin_api::encode::date_text;
use scoin_core::AccountId;
use scoin_core::command::Action;

use super::{Ask, Done, Wallet};
use crate::civil::Zone;
use crate::error::WalletError;

/// How many days ahead a sync tells of the day.
const TOLD_DAYS: i32 = 30;

/// A right that begins on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To decide alone.
    OfAge,
    /// That guardians see sums and kinds of shops only.
    Private,
}

/// The day on which a right of somebody begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfAge {
    /// Which right.
    pub right: Right,
    /// Who.
    pub account: AccountId,
    /// True for this account itself, false for a ward.
    pub own: bool,
    /// The day, `2033-03-14`.
    pub from: String,
    /// True once the day has begun in the city.
    pub reached: bool,
    /// True in the last month before.
    pub near: bool,
}

impl Wallet {
    /// When rights of this account and its wards begin, as far as the city has attested it.
    pub async fn coming_of_age(&self) -> Result<Vec<OfAge>, WalletError> {
        let (proof, own) = (self.read_proof().await?, self.account_id()?);
        let mine = self.client().account(own, &proof, None).await?;
        let mut all = self.rights(own, &mine)?;
        for ward in mine.wards.iter().filter_map(|ward| ward.parse().ok()) {
            let body = self.client().account(ward, &proof, None).await?;
            all.extend(self.rights(ward, &body)?);
        }
        Ok(all)
    }

    /// When rights of this account's owner begin; those the city has not attested are left out.
    pub fn rights(
        &self,
        account: AccountId,
        body: &AccountBody,
    ) -> Result<Vec<OfAge>, WalletError> {
        let zone = Zone::named(&self.city()?.genesis.zone);
        let now = self.known_now().max(body.time.0);
        let today = zone.map(|zone| zone.civil(now).date).unwrap_or_default();
        let own = account == self.account_id()?;
        let known = &body.attributes;
        let both = [(Right::OfAge, &known.of_age_from), (Right::Private, &known.private_from)];
        let attested = both.into_iter().filter_map(|(right, day)| Some((right, day.clone()?)));
        let stated = attested.map(|(right, from)| {
            let (reached, near) = stands(&from, today.0);
            OfAge { right, account, own, from, reached, near }
        });
        Ok(stated.collect())
    }

    /// Lets a guardian see in which shops this account pays, or ends that.
    pub async fn share_shops(
        &self,
        guardian: AccountId,
        shared: bool,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::ShareShops { guardian, shared }, ask).await
    }
}

/// Has the day begun, and if not, is it near? Dates in ISO 8601 sort as texts.
fn stands(from: &str, today: i32) -> (bool, bool) {
    let reached = *from <= *date_text(today);
    (reached, !reached && *from <= *date_text(today.saturating_add(TOLD_DAYS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_near_for_a_month_and_then_reached() {
        // 20,515 is 2026-03-03.
        let cases = [
            ("2026-03-03", (true, false)),
            ("2026-03-04", (false, true)),
            ("2026-04-02", (false, true)),
            ("2026-04-03", (false, false)),
            ("2020-02-29", (true, false)),
        ];
        for (from, expected) in cases {
            assert_eq!(stands(from, 20_515), expected, "{from}");
        }
    }
}
