//! A till against the real service: money that comes in is told within two seconds, and nothing of it is missed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use scoin_core::command::{Action, KeyRole};
use scoin_core::request::from_link;
use scoin_core::{Amount, Timestamp};
use scoin_tests::actor::pay;
use scoin_tests::{Actor, City};
use scoin_wallet::vault::{Language, NewVault};
use scoin_wallet::wallet::{RequestDraft, StoreKind};
use scoin_wallet::{HttpClient, Setup, SystemClock, VaultCost, Wallet};
use tokio::time::Instant;

/// What a shop waits at most between the city's answer to the payer and the bell.
const BELL: Duration = Duration::from_secs(2);

/// A wallet on a device of its own, whose key the shop has added as a cashier's.
async fn till_of(city: &City, shop: &Actor, dir: &Path) -> Wallet {
    let client = HttpClient::new(city.service.line().base()).expect("a local address");
    let store = StoreKind::Memory;
    let setup = Setup { client: Arc::new(client), clock: Arc::new(SystemClock), store };
    let created = Timestamp::default();
    let new = NewVault { language: Language::Korean, cost: VaultCost::FLOOR, created };
    let (wallet, _) = Wallet::create(dir, "correct horse", new, setup).expect("a new wallet");
    wallet.join(Some(city.network)).await.expect("the city is there");
    let key = wallet.public_key().expect("unlocked");
    let add = Action::AddKey { key, role: KeyRole::Cashier, daily_cap: None, name: None };
    city.accept(shop, add).await;
    wallet.act_for(shop.account).expect("a free vault");
    wallet
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_hears_of_every_payment_within_two_seconds() {
    let city = City::found().await;
    city.mint(10_000).await;
    let shop = city.shop("shop", "food.bakery", "gu.mapo").await;
    let payer = city.person("payer").await;
    let give = Action::Transfer { to: payer.account, amount: Amount::new(10_000) };
    city.accept(&city.officers[0], give).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let till = Arc::new(till_of(&city, &shop, folder.path()).await);

    let mut cursor = till.received(None).await.expect("the service is there").cursor;
    let (mut slowest, mut heard) = (Duration::ZERO, Vec::new());
    for round in 0..20_u64 {
        let order = format!("A-{round}");
        let amount = Amount::new(100 + round);
        let draft = RequestDraft { amount, order: Some(order.clone()), ..RequestDraft::default() };
        let link = till.request(draft).await.expect("a cashier receives");
        let waiting = {
            let (till, cursor) = (Arc::clone(&till), cursor.clone());
            tokio::spawn(
                async move { till.wait_received(Some(&cursor), Duration::from_mins(1)).await },
            )
        };
        let paid = city.accept(&payer, pay(from_link(&link).expect("a code"))).await;
        let since = Instant::now();
        let arrivals = waiting.await.expect("it runs").expect("the service is there");
        slowest = slowest.max(since.elapsed());
        let [item] = arrivals.items.as_slice() else { panic!("{arrivals:?}") };
        assert_eq!((&item.payment, item.amount), (&paid.id, amount));
        assert_eq!(item.order.as_ref(), Some(&order));
        heard.push(item.clone());
        cursor = arrivals.cursor;
    }
    assert!(slowest <= BELL, "the slowest bell rang after {slowest:?}");
    // All of them again, from the last close on, and none twice.
    assert_eq!(till.received(None).await.expect("the service is there").items, heard);
    // Nobody pays: the wait ends by itself, where it began.
    let nothing = till.wait_received(Some(&cursor), Duration::from_millis(300)).await;
    let nothing = nothing.expect("the service is there");
    assert_eq!((nothing.items.len(), nothing.cursor), (0, cursor));
}
