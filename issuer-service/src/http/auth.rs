//! Who reads: a signed, short-lived proof of a device key, in the `Authorization` header.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use scoin_api::ErrorCode;
use scoin_core::command::AccountKind;
use scoin_core::read_proof::ReadProof;
use scoin_core::{AccountId, Timestamp};
use scoin_ledger::age::{is_of_age, is_private};
use scoin_ledger::{Key, Record, View};

use super::problem::Problem;
use crate::books::Live;
use crate::service::Service;

/// Somebody who has proved to hold a live key of an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    account: AccountId,
    officer: bool,
}

/// Check the proof of a request.
pub(super) fn reader(service: &Service, headers: &HeaderMap) -> Result<Reader, Problem> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let header =
        header.ok_or_else(|| refused("send a read proof in the `Authorization` header"))?;
    let proof = ReadProof::from_header(header, service.books.network(), service.now())
        .map_err(|error| refused(error.to_string()))?;
    let account = proof.message().account;
    service.account_buckets.take(&account).map_err(too_many)?;
    let live = service.books.live();
    match live.account(&account) {
        Some(found) if found.key(proof.key()).is_some() => {
            Ok(Reader { account, officer: found.kind == AccountKind::Officer })
        }
        // Its own key would open it: no secret is told, and a wallet learns that it has no account yet.
        None if AccountId::derive(service.books.network(), proof.key()) == account => {
            Err(Problem::not_found("account", &account.to_string()))
        }
        _ => Err(refused("this key is not a live key of the account")),
    }
}

impl Reader {
    /// Only for officers.
    pub(super) fn must_be_officer(self) -> Result<(), Problem> {
        if self.officer { Ok(()) } else { Err(refused("only an officer may read this")) }
    }

    /// Only for the account itself, its guardians and officers.
    pub(super) fn must_see(self, service: &Service, account: &AccountId) -> Result<(), Problem> {
        let now = service.now();
        if self.sees(&service.books.live(), account, now) {
            Ok(())
        } else {
            Err(refused("this account is not yours to read"))
        }
    }

    /// Not for a guardian who sees sums and kinds of shops only: an answer tells what the rules found of a shop.
    pub(super) fn must_see_shops(
        self,
        service: &Service,
        account: &AccountId,
    ) -> Result<(), Problem> {
        let limited = self.is_limited(service, account);
        if limited { Err(refused("in which shops this account pays is its own")) } else { Ok(()) }
    }

    /// Is this a guardian who sees sums and kinds of shops only?
    pub(super) fn is_limited(self, service: &Service, account: &AccountId) -> bool {
        if self.officer || self.account == *account {
            return false;
        }
        let now = service.now();
        let live = service.books.live();
        let (Some(ward), Some(city)) = (live.account(account), live.city()) else { return true };
        let shared = match live.state.get(&Key::Shared(*account)) {
            Some(Record::Shared(with)) => with.contains(&self.account),
            _ => false,
        };
        !shared && is_private(city, ward, now, service.private_age)
    }

    /// May this account be read at this time? Nobody is the guardian of somebody who is of age, even before the tick.
    pub(super) fn sees(self, live: &Live, account: &AccountId, now: Timestamp) -> bool {
        let is_guardian = || {
            let ward = live.account(account).filter(|ward| ward.guardians.contains(&self.account));
            let of_age = |ward| live.city().is_some_and(|city| is_of_age(city, ward, now));
            ward.is_some_and(|ward| !of_age(ward))
        };
        self.account == *account || self.officer || is_guardian()
    }
}

/// 429 with the seconds to wait.
pub(super) fn too_many(seconds: u32) -> Problem {
    Problem::new(ErrorCode::RateLimited, "too many requests of this key or account")
        .retry_after(seconds)
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::NotAuthorised, detail)
}
