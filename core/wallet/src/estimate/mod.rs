//! "Can I pay this?" without a connection: the issuer's own allocation over the last synced coins and counters.

mod most;
mod purse;

use scoin_api::{AccountBody, ExceptionBody, MerchantBody, TextsBody};
use scoin_core::envelope::Verified;
use scoin_core::outcome::{Refusal, RuleRefusal};
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, Amount, LotId, Timestamp};
use scoin_policy::alloc::{Allocation, Why, allocate, reasons, refuse};
use scoin_policy::causes::{self, Cause};
use scoin_policy::civil::Date;
use scoin_policy::explain::Lang;
use scoin_policy::facts::Item;

use self::purse::Purse;
use crate::civil::Zone;
use crate::client::ClientError;
use crate::error::WalletError;
use crate::wallet::Wallet;

/// What would happen to a payment, as far as this device knows. Never a promise: only the issuer decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// What was asked for.
    pub asked: Amount,
    /// How much of it would pass.
    pub passes: Amount,
    /// From which lots, in order of use.
    pub lots: Vec<(LotId, Amount)>,
    /// The same with what they are called and why they come in this order.
    pub uses: Vec<Use>,
    /// What the issuer would probably answer, if not all of it passes.
    pub refusal: Option<Refusal>,
    /// Every clause that stands in the way; the content of `refusal`, read.
    pub causes: Vec<Cause>,
    /// When all of it would first pass, if nothing more is spent.
    pub next: Option<Timestamp>,
    /// Ledger time of the coins and counters this is made from.
    pub as_of: Timestamp,
    /// City time it is made for.
    pub at: Timestamp,
    /// Always true, so that nobody who prints this can forget it.
    pub estimate: bool,
}

/// Coins of one lot that a payment would use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The lot.
    pub lot: LotId,
    /// How much of it.
    pub amount: Amount,
    /// What its uppermost rule is called, by language; empty for money without rules.
    pub titles: TextsBody,
    /// The last day on which it works, in the city's zone.
    pub last_day: Option<Date>,
    /// Why it comes before the next lot; `None` for the last one there is.
    pub why: Option<Why>,
}

impl Use {
    /// What its rule is called in a language, else in English, else in any.
    pub fn title(&self, lang: Lang) -> Option<&str> {
        let of = |lang: Lang| self.titles.get(lang.code());
        let found = of(lang).or_else(|| of(Lang::En)).or_else(|| self.titles.values().next());
        found.map(String::as_str)
    }
}

/// What one would buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Where.
    pub merchant: AccountId,
    /// For how much in all.
    pub amount: Amount,
    /// `purchase`, `transit` or `bill`.
    pub kind: String,
    /// `store` or `online`; the shop's own when absent.
    pub channel: Option<String>,
    /// The basket, if it is known.
    pub items: Option<Vec<Item>>,
    /// After this instant the shop does not take it any more.
    pub expires: Option<Timestamp>,
    /// Digest of the payment request, if there is one: a guardian may have let it through.
    pub request: Option<[u8; 32]>,
}

impl Purchase {
    /// Something for this amount at this shop, the basket unknown.
    pub fn of_amount(merchant: AccountId, amount: Amount) -> Self {
        let kind = "purchase".to_owned();
        Self { merchant, amount, kind, channel: None, items: None, expires: None, request: None }
    }

    /// What a payment request asks for.
    pub fn of_request(verified: &Verified<PaymentRequest>) -> Self {
        let request = verified.message();
        let item = |item: &scoin_core::request::Item| Item {
            code: item.code.clone(),
            amount: item.amount.units(),
            tags: item.tags.clone(),
        };
        let items: Vec<Item> = request.items.iter().map(item).collect();
        Self {
            merchant: request.merchant,
            amount: request.amount,
            kind: request.kind.as_str().to_owned(),
            channel: request.channel.clone(),
            items: Some(items).filter(|items| !items.is_empty()),
            expires: Some(request.expires),
            request: Some(*verified.digest()),
        }
    }
}

impl Wallet {
    /// Would this payment code be paid, and with which coins? Works without a connection once the account has been synced
    /// and the shop has been seen.
    pub async fn can_i_pay(&self, code: &str) -> Result<Estimate, WalletError> {
        let request = self.read_request(code)?;
        self.estimate(&Purchase::of_request(&request)).await
    }

    /// As [`Wallet::can_i_pay`], for any purchase.
    pub async fn estimate(&self, purchase: &Purchase) -> Result<Estimate, WalletError> {
        let shop = self.shop(purchase.merchant).await?;
        let account = self.account()?.ok_or_else(|| not_cached("account"))?;
        // A sandbox' clock may have been moved; without a connection the last known time has to do.
        self.city_now().await?;
        let now = self.now_for(&account)?;
        let mut purse = Purse::open(self, &account, (purchase.merchant, &[]), now)?;
        let barred = purse.barred(&shop, purchase, now);
        // As the issuer does it: what guardians let through counts where a payment does not pass as it is.
        let waived = waived(&account, purchase, now);
        let passes = purse.ask(&shop, purchase, |wallet| allocate(wallet).total);
        if !waived.is_empty() && passes < purchase.amount.units() {
            purse = Purse::open(self, &account, (purchase.merchant, &waived), now)?;
        }
        Ok(purse.ask(&shop, purchase, |wallet| {
            let found = allocate(wallet);
            let refusal = barred.or_else(|| {
                let short = found.total < purchase.amount.units();
                short.then(|| why_not(&refuse(wallet)))
            });
            let mut estimate = conclude(purchase, &purse, &found, refusal);
            if !estimate.lots.is_empty() {
                estimate.uses = purse.uses_of(&reasons(wallet, &found));
            }
            estimate
        }))
    }

    /// What the city's registry says of a shop: from the cache, or from the issuer.
    pub async fn shop(&self, merchant: AccountId) -> Result<MerchantBody, WalletError> {
        let key = shop_key(&merchant.to_string());
        if let Some(shop) = self.cached(&key)? {
            return Ok(shop);
        }
        match self.client().merchant(merchant).await {
            Ok(Some(shop)) => {
                self.cache(key, &shop)?;
                Ok(shop)
            }
            Ok(None) => {
                Err(WalletError::BadInput(format!("`{merchant}` is not a registered shop")))
            }
            Err(ClientError::Unreachable(_)) => Err(not_cached("shop")),
            Err(error) => Err(error.into()),
        }
    }
}

/// Where a shop is kept in the cache.
pub(crate) fn shop_key(address: &str) -> String {
    format!("merchant/{address}")
}

/// Addresses of the guardians without whose own rules this payment is judged.
fn waived(account: &AccountBody, purchase: &Purchase, now: Timestamp) -> Vec<String> {
    let (request, shop) = (purchase.request.map(hex::encode), purchase.merchant.to_string());
    let covers = |exception: &&ExceptionBody| {
        let one = exception.request.is_some() && exception.request == request;
        let at_shop = exception.shop.as_ref() == Some(&shop)
            && exception.left.is_some_and(|left| purchase.amount.units() <= left);
        exception.until.0 > now && (one || at_shop)
    };
    let by = account.exceptions.iter().filter(covers).map(|exception| exception.by.clone());
    let mut by: Vec<String> = by.filter(|by| account.guardians.contains(by)).collect();
    by.sort_unstable();
    by.dedup();
    let needed = usize::from(account.quorum.answers).min(account.guardians.len());
    if by.len() < needed { Vec::new() } else { by }
}

fn not_cached(what: &str) -> WalletError {
    WalletError::NotCached(what.to_owned())
}

fn conclude(
    purchase: &Purchase,
    purse: &Purse<'_>,
    found: &Allocation,
    refusal: Option<Refusal>,
) -> Estimate {
    let rules = match &refusal {
        Some(Refusal::Rules(rules)) => Some(rules),
        _ => None,
    };
    let barred =
        rules.is_none() && refusal.is_some() && !matches!(refusal, Some(Refusal::NotEnough { .. }));
    let total = if barred { 0 } else { found.total };
    Estimate {
        asked: purchase.amount,
        passes: Amount::new(total),
        lots: if barred { Vec::new() } else { purse.lots_of(found) },
        uses: Vec::new(),
        causes: rules.and_then(|rules| causes::decode(&rules.causes).ok()).unwrap_or_default(),
        next: rules.and_then(|rules| rules.next),
        refusal,
        as_of: purse.as_of(),
        at: purse.now(),
        estimate: true,
    }
}

/// As the ledger says it: rules before want of money.
fn why_not(refused: &scoin_policy::alloc::Refused) -> Refusal {
    if refused.causes.is_empty() {
        return Refusal::NotEnough { have: Amount::new(refused.have) };
    }
    let zone = Zone::named(&refused.zone);
    Refusal::Rules(RuleRefusal {
        pass_now: Amount::new(refused.pass_now),
        next: refused.next.zip(zone).and_then(|(next, zone)| zone.instant(next)),
        causes: causes::encode(&refused.causes),
    })
}
