//! English.

use scoin_core::Amount;
use scoin_core::outcome::Refusal;

/// A refusal that no rule made, in one sentence that says what to do.
pub(super) fn sentence(refusal: &Refusal, money: &dyn Fn(Amount) -> String) -> String {
    let text = match refusal {
        Refusal::WrongNetwork => "This is for another city. Check the address of the service",
        Refusal::UnknownAccount => "This account does not exist yet. Open it first",
        Refusal::UnknownKey => {
            "This device does not belong to the account. Add it from another device"
        }
        Refusal::IdConflict => "This number was used for something else. Ask again with a new one",
        Refusal::Expired => "It was too late when this arrived. Ask again",
        Refusal::TooFarAhead => "This device's clock is wrong. Set it and ask again",
        Refusal::OutOfRange { field } => return format!("`{field}` is too long or out of range."),
        Refusal::ZeroAmount => "The amount is zero. Say how much",
        Refusal::NotAllowed => "This account may not do that",
        Refusal::Frozen { by } => frozen(*by),
        Refusal::MerchantClosed => "The shop cannot take payments now. Ask the shop",
        Refusal::KeyCap { left } => {
            return format!("This device may spend {} more today.", money(*left));
        }
        Refusal::PolicyRetired => {
            "This rule is retired. Nothing new can be given under it; what was given keeps working"
        }
        Refusal::GuardOnly => {
            "This rule counts by person or household, so it can guard an account but not mark coins"
        }
        Refusal::NotFound { what } => return format!("There is no such {what}."),
        Refusal::AlreadyDone { .. } => "This was done before",
        Refusal::RequestNotGenuine => {
            "This payment code is not from the shop it names. Do not pay it"
        }
        Refusal::RequestExpired => "The payment code is too old. Ask the shop to show it again",
        Refusal::RequestPaid { .. } => "This was paid before",
        Refusal::RulesRejected { code, message } => {
            return format!("The rules are not accepted ({code}): {message}.");
        }
        Refusal::DigestMismatch => "The proposal is not the one you saw. Look at it again",
        Refusal::ProposalClosed => "The proposal is closed",
        Refusal::HoldClosed => "The reservation is over",
        Refusal::MoreThanLeft { left } => return format!("Only {} is left of it.", money(*left)),
        Refusal::NotGivable { givable } => {
            return format!("These coins cannot be given there. You can give {}.", money(*givable));
        }
        Refusal::Rules(_) => "The rules of these coins say no",
        Refusal::NotEnough { have } => {
            return format!("There is not enough money. You have {}.", money(*have));
        }
        Refusal::PoolEmpty { have } => return format!("The pool has only {} left.", money(*have)),
        Refusal::NothingEarned => "No programme rewards this, or its limit is reached",
        Refusal::TooManyLots => "The account holds too many kinds of coins. Spend some first",
        Refusal::Overflow => "The amount is too large",
    };
    format!("{text}.")
}

const fn frozen(by: u8) -> &'static str {
    match by {
        1 => "You have frozen this account. Unfreeze it to pay",
        2 => "A guardian has frozen this account. Ask them",
        _ => "The city has frozen this account. Ask the city",
    }
}
