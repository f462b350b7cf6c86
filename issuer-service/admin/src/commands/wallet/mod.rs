//! `scoin wallet …`: a text wallet for a citizen, a parent, a child or a shop.

mod age;
mod allowance;
mod ask;
mod chore;
mod device;
mod family;
mod keys;
mod make;
mod money;
mod most;
pub(super) mod recovery;
mod settle;
mod shop;
mod till;
mod view;
mod watch;

use crate::args::Global;
use crate::args::wallet::Wallet;
use crate::failure::Failure;
use crate::output::Report;

/// Runs one command.
pub(crate) async fn run(global: &Global, wallet: Wallet) -> Result<Report, Failure> {
    match wallet {
        Wallet::Init(init) => make::init(global, &init).await,
        Wallet::Restore(restore) => make::restore(global, &restore).await,
        Wallet::Address { qr } => make::address(global, qr).await,
        Wallet::Balance => view::balance(global).await,
        Wallet::History { account, limit } => view::history(global, account.as_ref(), limit).await,
        Wallet::Sync => view::sync(global).await,
        Wallet::Watch { count } => watch::watch(global, count).await,
        Wallet::Password(password) => keys::password(global, &password),
        Wallet::Quiz { words_file } => keys::quiz(global, words_file.as_deref()),
        Wallet::Keyring(keyring) => keys::keyring(global, keyring),
        Wallet::Vault => keys::vault(global),
        Wallet::Repair => keys::repair(global),
        Wallet::NewId => make::new_id(global).await,
        Wallet::CanPay { request } => view::can_pay(global, &request).await,
        Wallet::Most { shop } => most::most(global, &shop).await,
        Wallet::Give(give) => money::give(global, give).await,
        Wallet::Adopt(adopt) => super::rules::adopt(global, adopt).await,
        Wallet::Pay(pay) => money::pay(global, pay).await,
        Wallet::Authorise(pay) => money::authorise(global, pay).await,
        Wallet::Request(request) => shop::request(global, request).await,
        Wallet::Capture { hold, amount, change } => {
            shop::capture(global, hold, amount, &change).await
        }
        Wallet::Void { hold, change } => shop::void(global, hold, &change).await,
        Wallet::Refund { payment, amount, lines, change } => {
            shop::refund(global, (payment, amount, lines), &change).await
        }
        Wallet::Redeem { amount, change } => shop::redeem(global, amount, &change).await,
        Wallet::Freeze(whose) => family::freeze(global, whose, true).await,
        Wallet::Unfreeze(whose) => family::freeze(global, whose, false).await,
        Wallet::Guardian(guardian) => family::guardian(global, guardian).await,
        Wallet::Guard(guard) => family::guard(global, guard).await,
        Wallet::Retire(retire) => super::life::retire(global, retire).await,
        Wallet::Migrate(migrate) => super::life::migrate_own(global, migrate).await,
        Wallet::Offer(offer) => super::life::offer(global, offer).await,
        Wallet::Allowance(allowance) => allowance::run(global, allowance).await,
        Wallet::Chore(chore) => chore::run(global, chore).await,
        Wallet::Shop(shop) => till::run(global, shop).await,
        Wallet::Key(key) => family::key(global, key).await,
        Wallet::Device(what) => device::run(global, what).await,
        Wallet::Recovery(what) => recovery::run(global, what).await,
        Wallet::Ask(asked) => ask::run(global, asked).await,
        Wallet::Family(family) => settle::run(global, family).await,
    }
}
