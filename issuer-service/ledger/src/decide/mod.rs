//! Deciding one command: one file for each group of verbs. Every check stands in the order of [`Refusal`].

mod account;
pub(crate) mod age;
pub(crate) mod allowance;
mod ask;
mod chore;
mod consent;
pub(crate) mod device;
mod earn;
mod gift;
mod givers;
mod guardian;
mod hold;
mod merchant;
mod migrate;
mod pay;
mod pool;
mod proposal;
mod protect;
mod quorum;
pub(crate) mod recovery;
mod redeem;
mod refund;
mod retire;
mod reward;
mod rules;
mod share;
mod shop;
pub(crate) mod tick;

pub(crate) use self::rules::compile_checked;

use scoin_core::command::{AccountKind, Action, KeyRole};
use scoin_core::envelope::Verified;
use scoin_core::keys::PublicKey;
use scoin_core::outcome::Refusal;
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, Amount, CommandId};

use crate::state::Account;
use crate::work::{Decision, Work};

/// Who asks, with which key, and under which id.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) by: AccountId,
    pub(crate) key: PublicKey,
    pub(crate) id: CommandId,
    pub(crate) digest: [u8; 32],
    pub(crate) request: Option<&'a Verified<PaymentRequest>>,
}

/// Decide an action whose command is genuine, in time and in range.
#[expect(clippy::too_many_lines, reason = "one arm for each action: there is nothing to split")]
pub(crate) fn decide(work: &mut Work<'_>, asker: &Asker<'_>, action: &Action) -> Decision {
    match action {
        Action::OpenAccount { kind } => account::open(work, asker, *kind),
        Action::AddKey { key, role, daily_cap, name } => {
            let device = account::fresh(*key, *role, *daily_cap);
            account::add_key(work, asker, device, name.as_deref())
        }
        Action::RevokeKey { key } => account::revoke_key(work, asker, *key),
        Action::RotateKey { key } => account::rotate_key(work, asker, *key),
        Action::Attest { subject, attributes } => {
            account::attest(work, asker, *subject, attributes)
        }
        Action::AskGuardian { guardian } => guardian::name(work, asker, *guardian),
        Action::AcceptWard { ward, consent: proof } => guardian::accept(work, asker, *ward, *proof),
        Action::EndGuardian { ward, guardian } => guardian::end(work, asker, *ward, *guardian),
        Action::PublishRules { source } => rules::publish(work, asker, source),
        Action::AdoptPolicy { name, arguments } => rules::adopt(work, asker, name, arguments),
        Action::PutList { name, kind, add, remove } => {
            rules::put_list(work, asker, (name, *kind), (add, remove))
        }
        Action::PutCalendar { name, days } => rules::put_calendar(work, asker, name, days),
        Action::RegisterMerchant { account, profile } => {
            merchant::register(work, asker, *account, profile)
        }
        Action::SuspendMerchant { account, suspended } => {
            merchant::suspend(work, asker, *account, *suspended)
        }
        Action::Propose { proposal } => proposal::propose(work, asker, proposal),
        Action::Approve { proposal, digest } => proposal::approve(work, asker, *proposal, digest),
        Action::Decline { proposal } => proposal::decline(work, asker, *proposal),
        Action::FundPool { pool, amount } => pool::fund(work, asker, pool, *amount),
        Action::Earn { .. } => earn::earn(work, asker, action),
        Action::Grant { to, amount, policy } => {
            gift::give(work, asker, *to, *amount, Some(*policy))
        }
        Action::Transfer { to, amount } => gift::give(work, asker, *to, *amount, None),
        Action::Pay(payment) => pay::pay(work, asker, payment),
        Action::Authorise(payment) => hold::authorise(work, asker, payment),
        Action::Capture { hold, amount } => hold::capture(work, asker, *hold, *amount),
        Action::Void { hold } => hold::void(work, asker, *hold),
        Action::Refund { payment, amount, lines, .. } => {
            refund::refund(work, asker, *payment, *amount, lines)
        }
        Action::SetChore { .. }
        | Action::MarkChore { .. }
        | Action::AnswerChore { .. }
        | Action::EndChore { .. } => chore::decide(work, asker, action),
        Action::SetGivers { ward, only, givers } => {
            givers::set(work, asker, *ward, (*only, givers))
        }
        Action::CloseDay { day } => shop::close(work, asker, *day),
        Action::SetTill { key, rights } => shop::set_till(work, asker, *key, *rights),
        Action::Redeem { amount } => redeem::redeem(work, asker, *amount),
        Action::SetGuard { account, policy } => protect::set_guard(work, asker, *account, *policy),
        Action::RemoveGuard { account, policy } => {
            protect::remove_guard(work, asker, *account, *policy)
        }
        Action::Freeze { account } => protect::freeze(work, asker, *account),
        Action::Unfreeze { account } => protect::unfreeze(work, asker, *account),
        Action::RetirePolicy { policy } => retire::retire(work, asker, *policy),
        Action::RetireName { name } => retire::retire_name(work, asker, name),
        Action::Migrate { .. }
        | Action::AcceptMigration { .. }
        | Action::DeclineMigration { .. } => migration(work, asker, action),
        Action::SetSharedGuard { over, policy, starts } => {
            protect::set_shared(work, asker, (*over, *policy), *starts)
        }
        Action::RemoveSharedGuard { over, policy } => {
            protect::remove_shared(work, asker, *over, *policy)
        }
        Action::SetAllowance { .. }
        | Action::ChangeAllowance { .. }
        | Action::EndAllowance { .. } => allowance::decide(work, asker, action),
        Action::SetCap { .. }
        | Action::NameKey { .. }
        | Action::UnlockKey { .. }
        | Action::SetRecoveryKey { .. }
        | Action::Recover { .. }
        | Action::CancelRecovery => of_devices(work, asker, action),
        Action::Ask { .. }
        | Action::AnswerAsk { .. }
        | Action::SetQuorum { .. }
        | Action::AgreeChange { .. }
        | Action::EndChange { .. }
        | Action::ConfirmConsent { .. }
        | Action::ShareShops { .. } => in_family(work, asker, action),
    }
}

/// Decide what moves held coins to another version of their rule.
fn migration(work: &mut Work<'_>, asker: &Asker<'_>, action: &Action) -> Decision {
    if let Action::Migrate { owner, granter, from, to } = *action {
        migrate::migrate(work, asker, migrate::Change { owner, granter, from, to })
    } else if let Action::AcceptMigration { owner, offer, to } = *action {
        migrate::accept(work, asker, (owner, offer), to)
    } else if let Action::DeclineMigration { owner, offer } = *action {
        migrate::decline(work, asker, (owner, offer))
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// Decide what changes a device, and what recovers an account.
fn of_devices(work: &mut Work<'_>, asker: &Asker<'_>, action: &Action) -> Decision {
    if let Action::SetCap { key, daily_cap } = action {
        device::set_cap(work, asker, *key, *daily_cap)
    } else if let Action::NameKey { key, name } = action {
        device::name(work, asker, *key, name)
    } else if let Action::UnlockKey { key } = action {
        device::unlock(work, asker, *key)
    } else if let Action::SetRecoveryKey { key } = action {
        recovery::register(work, asker, *key)
    } else if let Action::Recover { key } = action {
        recovery::ask(work, asker, *key)
    } else if let Action::CancelRecovery = action {
        recovery::cancel(work, asker)
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// Decide what a ward asks, and what guardians answer and settle.
fn in_family(work: &mut Work<'_>, asker: &Asker<'_>, action: &Action) -> Decision {
    if let Action::AnswerAsk { ward, ask, answer } = action {
        ask::answer(work, asker, (*ward, *ask), answer)
    } else if let Action::SetQuorum { ward, quorum } = action {
        quorum::set(work, asker, *ward, *quorum)
    } else if let Action::AgreeChange { ward, change, digest } = action {
        quorum::agree(work, asker, (*ward, *change), digest)
    } else if let Action::EndChange { ward, change } = action {
        quorum::end(work, asker, (*ward, *change))
    } else if let Action::ShareShops { guardian, shared } = *action {
        share::share(work, asker, guardian, shared)
    } else if let Action::ConfirmConsent { ward, guardian, consent: proof } = *action {
        consent::confirm(work, asker, (ward, guardian), proof)
    } else if let Action::Ask { reason, .. } = action {
        ask::ask(work, asker, reason.as_deref())
    } else {
        Err(Refusal::NotAllowed)
    }
}

impl Asker<'_> {
    /// The acting account, if it is of one of these kinds and the key is an owner key.
    fn acting<'w>(
        &self,
        work: &'w Work<'_>,
        kinds: &[AccountKind],
    ) -> Result<&'w Account, Refusal> {
        self.acting_as(work, kinds, &[KeyRole::Owner])
    }

    /// The acting account, if it is of one of these kinds and the key has one of these roles.
    fn acting_as<'w>(
        &self,
        work: &'w Work<'_>,
        kinds: &[AccountKind],
        roles: &[KeyRole],
    ) -> Result<&'w Account, Refusal> {
        let account = work.account(&self.by).ok_or(Refusal::UnknownAccount)?;
        let key = account.key(&self.key).ok_or(Refusal::UnknownKey)?;
        if kinds.contains(&account.kind) && roles.contains(&key.role) {
            Ok(account)
        } else {
            Err(Refusal::NotAllowed)
        }
    }

    /// The acting officer.
    fn officer(&self, work: &Work<'_>) -> Result<(), Refusal> {
        self.acting(work, &[AccountKind::Officer]).map(|_| ())
    }

    /// What the key may still spend today; `None` if it has no cap.
    fn key_room(&self, work: &Work<'_>) -> Option<Amount> {
        let device = work.account(&self.by)?.key(&self.key)?;
        let spent = if device.day == work.today().0 { device.spent } else { Amount::ZERO };
        device.daily_cap.map(|cap| cap.saturating_sub(spent))
    }

    /// The key's own cap leaves room for this.
    fn check_key(&self, work: &Work<'_>, amount: Amount) -> Result<(), Refusal> {
        match self.key_room(work) {
            Some(left) if amount > left => Err(Refusal::KeyCap { left }),
            Some(_) | None => Ok(()),
        }
    }

    /// Count what the key has spent.
    fn spend_key(&self, work: &mut Work<'_>, amount: Amount) {
        let today = work.today().0;
        let Some(account) = work.account_mut(&self.by) else { return };
        let Some(device) = account.keys.iter_mut().find(|device| device.key == self.key) else {
            return;
        };
        if device.daily_cap.is_some() {
            let before = if device.day == today { device.spent } else { Amount::ZERO };
            device.spent = before.checked_add(amount).unwrap_or(Amount::MAX);
            device.day = today;
        }
    }
}

/// The account may spend: nobody has frozen it.
fn check_frozen(account: &Account) -> Result<(), Refusal> {
    account.frozen().map_or(Ok(()), |by| Err(Refusal::Frozen { by }))
}

/// Put into a sorted list, unless it is there already.
fn insert_sorted<T: Ord>(list: &mut Vec<T>, item: T) {
    if let Err(at) = list.binary_search(&item) {
        list.insert(at, item);
    }
}
