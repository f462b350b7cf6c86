//! Guardians and wards, rules on an account, device keys.

use scoin_core::command::{Action, KeyRole};
use serde_json::json;

use super::make::failed;
use crate::args::Global;
use crate::args::wallet::{Guard, Guardian, Key, Role, Whose};
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account, account_or_own};
use crate::words;

/// `wallet freeze`, `wallet unfreeze`
pub(crate) async fn freeze(global: &Global, whose: Whose, stop: bool) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let account = account_or_own(&session, whose.account.as_ref())?;
    let action = if stop { Action::Freeze { account } } else { Action::Unfreeze { account } };
    let done = session.submit(action, &whose.change).await?;
    let said = if stop { "frozen" } else { "no longer frozen" };
    let said = words::settled(&done, format!("{said}: {account}"));
    Ok(words::done(&done, &whose.change, said))
}

/// `wallet guardian …`
pub(crate) async fn guardian(global: &Global, guardian: Guardian) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let (action, change, said) = match guardian {
        Guardian::Ask { guardian, change } => (
            Action::AskGuardian { guardian: account(&guardian)? },
            change,
            format!("asked {guardian}; they must accept"),
        ),
        Guardian::Accept { ward, consent, evidence, change } => (
            Action::AcceptWard {
                ward: account(&ward)?,
                consent: consent.zip(evidence).map(|(way, number)| way.proof(&number)),
            },
            change,
            format!("you are a guardian of {ward}"),
        ),
        Guardian::End { ward, guardian, change } => {
            let guardian = account_or_own(&session, guardian.as_ref())?;
            let said = format!("{guardian} is no longer a guardian of {ward}");
            (Action::EndGuardian { ward: account(&ward)?, guardian }, change, said)
        }
    };
    let done = session.submit(action, &change).await?;
    let said = words::settled(&done, said);
    Ok(words::done(&done, &change, said))
}

/// `wallet guard …`
pub(crate) async fn guard(global: &Global, guard: Guard) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let (on, set) = match guard {
        Guard::Set(on) => (on, true),
        Guard::Remove(on) => (on, false),
    };
    let account = account_or_own(&session, on.account.as_ref())?;
    let policy = on.policy;
    let action = if set {
        Action::SetGuard { account, policy }
    } else {
        Action::RemoveGuard { account, policy }
    };
    let done = session.submit(action, &on.change).await?;
    let said =
        if set { "now applies to all money of" } else { "no longer applies to the money of" };
    let said = words::settled(&done, format!("sp1:{} {said} {account}", policy.to_hex()));
    Ok(words::done(&done, &on.change, said))
}

/// `wallet key …`
pub(crate) async fn key(global: &Global, key: Key) -> Result<Report, Failure> {
    if let Key::Show = key {
        let session = Session::open_offline(global)?;
        let key = session.wallet.public_key().map_err(failed(global))?.to_hex();
        return Ok(Report::new(json!({ "public_key": key })).text(key));
    }
    let session = Session::open(global).await?;
    let (action, change, said) = match key {
        Key::Add { key, role, daily_cap, change } => {
            let said = format!("added key {}", key.to_hex());
            (Action::AddKey { key, role: role_of(role), daily_cap, name: None }, change, said)
        }
        Key::Revoke { key, change } => {
            (Action::RevokeKey { key }, change, format!("revoked key {}", key.to_hex()))
        }
        Key::Show => return Err(Failure::new(crate::exit::Exit::Failed, "answered above")),
    };
    let done = session.submit(action, &change).await?;
    Ok(words::done(&done, &change, said))
}

pub(super) fn role_of(role: Role) -> KeyRole {
    match role {
        Role::Owner => KeyRole::Owner,
        Role::Cashier => KeyRole::Cashier,
        Role::Manager => KeyRole::Manager,
    }
}
