//! The wallet engine against the real service: what it estimates is what the issuer decides, and it loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use scoin_core::command::{AccountKind, Action, Attributes, ListKind, Over};
use scoin_core::outcome::Effect;
use scoin_core::request::{Item, to_link};
use scoin_core::{Amount, LotId, Timestamp};
use scoin_tests::chance::Chance;
use scoin_tests::{Actor, City, data};
use scoin_wallet::explain::Lang;
use scoin_wallet::vault::{Language, NewVault};
use scoin_wallet::wallet::StoreKind;
use scoin_wallet::{Ask, HttpClient, Setup, SystemClock, VaultCost, Wallet, WalletError};

const PASSWORD: &str = "correct horse battery";

/// Rules whose counters are kept in every way there is: by lot, by merchant, for ever, in rolling days, with gaps.
const RULES: &str = r#"
policy test.mixed {
  title ko "섞은 규칙" en "Mixed rules"
  zone Asia/Seoul
  cap week: 9_000 won per 7 days
  cap shop: 4_000 won per day by merchant
  cap lot: 3 payments per month by lot
  cap ever: 40 payments per life
  gap again: 5 minutes by merchant
  cap bread: 2_000 won per day on items item.category in { food.bread }
  expires 20 days after issue then return to granter
}
policy test.guarded {
  title ko "하루 한도" en "A limit a day"
  zone Asia/Seoul
  cap all: 12_000 won per day
  expires never
}
policy test.home {
  title ko "가구 한도" en "A limit of the household"
  zone Asia/Seoul
  cap home: 4_000 won per 2 days by household
  gap home-gap: 8 minutes by household
}
policy test.city {
  title ko "도시 한도" en "A limit of the city"
  zone Asia/Seoul
  cap ever: 30 payments per month by payer
  forbid toys: merchant.category in { toys } and payment.amount > 1_500 won
}
"#;

fn setup(city: &City) -> Setup {
    let client = HttpClient::new(city.service.line().base()).expect("a local address");
    Setup { client: Arc::new(client), clock: Arc::new(SystemClock), store: StoreKind::Disk }
}

async fn open_wallet(city: &City, dir: &Path) -> Wallet {
    let new = NewVault {
        language: Language::Korean,
        cost: VaultCost::FLOOR,
        created: Timestamp::default(),
    };
    let (wallet, words) = Wallet::create(dir, PASSWORD, new, setup(city)).expect("a new wallet");
    assert_eq!(words.expose().split_whitespace().count(), 12);
    wallet.join(Some(city.network)).await.expect("the city is there");
    wallet.open_account(AccountKind::Person, &Ask::default()).await.expect("an account is free");
    wallet
}

/// A child with coins of three kinds and a guard, and two shops.
pub(crate) struct Child {
    pub(crate) city: City,
    pub(crate) wallet: Wallet,
    pub(crate) shops: [Actor; 2],
    folder: tempfile::TempDir,
}

impl Child {
    pub(crate) async fn new() -> Self {
        let city = City::found().await;
        city.mint(1_000_000).await;
        publish_days_and_shops(&city).await;
        city.publish(&data::rules()).await;
        city.publish(RULES).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let wallet = open_wallet(&city, folder.path()).await;
        let account = wallet.account_id().expect("joined");
        let officer = &city.officers[0];
        let child = Actor { account, ..officer.clone() };
        city.attest(&child, 11, "gu.mapo").await;
        for (name, amount) in
            [("family.snack", 30_000), ("test.mixed", 20_000), ("test.mixed", 9_000)]
        {
            let policy = city.adopt(officer, name, &[]).await;
            city.grant(account, amount, policy).await;
        }
        let guard = wallet.adopt("test.guarded", vec![], &Ask::default()).await.expect("adopted");
        let guard = guard.policy().expect("an adopted policy has an id");
        wallet.set_guard(account, guard, &Ask::default()).await.expect("one's own money");
        set_shared_guards(&city, &child).await;
        let shops = [
            city.shop("bread", "food.bakery", "gu.mapo").await,
            city.shop("toys", "toys", "gu.jung").await,
        ];
        Self { city, wallet, shops, folder }
    }

    /// What the wallet says is the most passes the issuer, and one won more does not.
    async fn pays_the_most(&self, round: u64) -> bool {
        self.wallet.sync().await.expect("the service is there");
        let shop = &self.shops[0];
        let most = self.wallet.most(shop.account).await.expect("everything is cached");
        let code = |amount| to_link(&shop.request(self.city.now, amount, vec![]));
        let amount = most.passes.units();
        let more = self.wallet.pay(&code(amount + 1), &Ask::default()).await;
        assert!(matches!(more, Err(WalletError::Refused(_))), "round {round}: {more:?}");
        if amount > 0 {
            let done = self.wallet.pay(&code(amount), &Ask::default()).await;
            let done = done.unwrap_or_else(|error| panic!("round {round}: {amount}: {error}"));
            assert_eq!(by_lot(&done.effect), most.lots.into_iter().collect(), "round {round}");
        }
        amount > 0
    }

    pub(crate) fn code(&self, chance: &mut Chance) -> String {
        let shop = &self.shops[usize::from(chance.below(3) == 0)];
        let first = 1 + chance.below(3_000);
        let second = 1 + chance.below(2_500);
        let item = |code: &str, amount, tag: &str| Item {
            code: code.to_owned(),
            amount: Amount::new(amount),
            tags: vec![tag.to_owned()],
        };
        let drink = if chance.below(8) == 0 { "drink.energy" } else { "drink.milk" };
        let (amount, items) = match chance.below(3) {
            0 => (first, vec![]),
            1 => (first, vec![item("bread", first, "food.bread")]),
            _ => (first + second, vec![item("a", first, "food.bread"), item("b", second, drink)]),
        };
        to_link(&shop.request(self.city.now, amount, items))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_wallet_estimates_is_what_the_issuer_decides() {
    let mut child = Child::new().await;
    let mut chance = Chance::new(7);
    let (mut paid, mut refused, mut whole) = (0, 0, 0);
    let mut met = BTreeSet::new();
    for round in 0..120_u64 {
        child.wallet.sync().await.expect("the service is there");
        let code = child.code(&mut chance);
        let estimate = child.wallet.can_i_pay(&code).await.expect("everything is cached");
        assert!(estimate.estimate);
        match child.wallet.pay(&code, &Ask::default()).await {
            Ok(done) => {
                assert_eq!(estimate.refusal, None, "round {round}");
                let told: Vec<_> =
                    estimate.uses.iter().map(|used| (used.lot, used.amount)).collect();
                assert_eq!(told, estimate.lots, "round {round}");
                let words = child.wallet.explain_lots(&estimate, Lang::En).expect("joined");
                assert_eq!(words.len(), told.len(), "round {round}: {words:?}");
                let named =
                    ["Used first: ", "Used: "].iter().any(|word| words[0].starts_with(word));
                assert!(named && words[0].contains("won."), "round {round}: {words:?}");
                assert_eq!(
                    by_lot(&done.effect),
                    estimate.lots.into_iter().collect(),
                    "round {round}"
                );
                paid += 1;
            }
            Err(WalletError::Refused(found)) => {
                let causes = scoin_wallet::explain::causes_of(&found.refusal);
                for (ours, theirs) in estimate.causes.iter().zip(&causes) {
                    assert_eq!(ours, theirs, "round {round}");
                }
                assert_eq!(estimate.causes.len(), causes.len(), "round {round}");
                met.extend(causes.into_iter().map(|cause| cause.label));
                assert_eq!(estimate.refusal.as_ref(), Some(&found.refusal), "round {round}");
                for lang in Lang::ALL {
                    let told = found.told.of(lang).join(" ");
                    let whole = told.len() > 20 && !told.contains("denial.") && !told.contains('{');
                    assert!(whole, "round {round}: {told}");
                }
                refused += 1;
            }
            Err(error) => panic!("round {round}: {error}"),
        }
        if round % 24 == 23 && child.pays_the_most(round).await {
            whole += 1;
        }
        let minutes = 1 + chance.below(if round % 10 == 0 { 3_000 } else { 9 });
        child.city.now = child.city.now.saturating_add_micros(minutes * 60_000_000);
        child.city.service.set_clock(child.city.now).await;
    }
    assert!(paid >= 10 && refused >= 10, "{paid} paid, {refused} refused");
    assert!(met.contains("home") && met.contains("toys"), "no guard was met: {met:?}");
    assert!(whole >= 2, "only {whole} payments of the most there is");
    let synced = child.wallet.sync().await.expect("the service is there");
    assert_eq!(synced.missing, []);
    assert!(child.wallet.history(500).expect("cached").len() > 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_outlives_the_service_and_hears_of_its_money() {
    let mut child = Child::new().await;
    let mut events = child.wallet.events(None).await.expect("events");
    let shop = child.shops[0].account;
    let give = |amount| Action::Transfer { to: shop, amount: Amount::new(amount) };
    let code = to_link(&child.shops[0].request(child.city.now, 1_500, vec![]));
    let done = child.wallet.pay(&code, &Ask::default()).await.expect("bread after school");
    let event = events.next().await.expect("an event").expect("a good event");
    assert_eq!(event.entry.command, Some(done.id.to_hex()));
    assert_eq!(event.entry.change, -1_500);

    child.city.service.kill();
    let asked = child.wallet.submit(give(1), &Ask::default()).await;
    let Err(WalletError::Offline { waiting: Some(id) }) = asked else { panic!("{asked:?}") };
    child.city.start().await;
    // The service listens on a new port: the same folder is opened with another address.
    let folder = child.folder.path().to_owned();
    drop(child.wallet);
    let wallet = Wallet::open(&folder, PASSWORD, setup(&child.city)).expect("the vault opens");
    assert_eq!(wallet.waiting().await, [id]);
    let synced = wallet.sync().await.expect("the service is there");
    assert_eq!(synced.answered, 1);
    assert!(synced.missing.is_empty() && !synced.rebuilt);
    assert!(wallet.receipt(id).expect("cached").is_some());
}

/// The cache is damaged in three ways; keys and waiting commands are elsewhere, and the rest comes from the issuer again.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_cache_is_set_aside_and_read_from_the_issuer_again() {
    type Damage = fn(&Path);
    let mut child = Child::new().await;
    let folder = child.folder.path().to_owned();
    let mut paid = Vec::new();
    for amount in [700, 1_100] {
        let code = to_link(&child.shops[0].request(child.city.now, amount, vec![]));
        paid.push(child.wallet.pay(&code, &Ask::default()).await.expect("bread").id);
        child.city.now = child.city.now.saturating_add_micros(20 * 60_000_000);
        child.city.service.set_clock(child.city.now).await;
    }
    child.wallet.sync().await.expect("the service is there");
    let balance = child.wallet.balance().expect("cached");
    let history = child.wallet.history(50).expect("cached");
    let mut wallet = child.wallet;
    let damages: [Damage; 3] = [
        |store| {
            let file = store.join("sled/db");
            let mut bytes = std::fs::read(&file).expect("the data");
            let used = bytes.iter().rposition(|byte| *byte != 0).expect("some data");
            bytes[used / 2..][..64].fill(0x5a);
            std::fs::write(&file, bytes).expect("written");
        },
        |store| std::fs::remove_file(store.join("stamp")).expect("removed"),
        |store| std::fs::remove_dir_all(store.join("sled")).expect("removed"),
    ];
    for (number, damage) in (1..).zip(damages) {
        drop(wallet);
        damage(&folder.join("store"));
        wallet = Wallet::open(&folder, PASSWORD, setup(&child.city)).expect("the vault opens");
        assert!(folder.join(format!("corrupt-{number}")).exists());
        assert_eq!(wallet.balance().expect("empty").total, Amount::ZERO);
        let synced = wallet.sync().await.expect("the service is there");
        assert!(synced.rebuilt && synced.missing.is_empty(), "{synced:?}");
        assert!(synced.receipts >= 2, "{synced:?}");
        assert_eq!(wallet.balance().expect("cached"), balance);
        assert_eq!(wallet.history(50).expect("cached"), history);
        for id in &paid {
            assert!(wallet.receipt(*id).expect("cached").is_some(), "its receipt came again");
        }
    }
}

/// A guard over the child's household from now on, and one over the city from tomorrow on.
async fn set_shared_guards(city: &City, child: &Actor) {
    let officer = &city.officers[0];
    let attributes = Attributes {
        age: Some(11),
        age_until: Some(i32::from(u16::MAX)),
        district: Some("gu.mapo".to_owned()),
        household: Some([7; 16]),
        ..Attributes::default()
    };
    city.accept(officer, Action::Attest { subject: child.account, attributes }).await;
    for (over, name, minutes) in
        [(Over::Household([7; 16]), "test.home", 1), (Over::City, "test.city", 25 * 60)]
    {
        let policy = city.adopt(officer, name, &[]).await;
        let starts = city.now.saturating_add_micros(minutes * 60_000_000);
        city.accept(officer, Action::SetSharedGuard { over, policy, starts }).await;
    }
}

/// The calendar and the list that `family.snack` names.
async fn publish_days_and_shops(city: &City) {
    let days: Vec<i32> = data::holidays().iter().map(|day| days_since_1970(day)).collect();
    let calendar = Action::PutCalendar { name: "kr.holidays".to_owned(), days };
    city.accept(&city.officers[0], calendar).await;
    let list = Action::PutList {
        name: "city.snack-shops".to_owned(),
        kind: ListKind::Merchants,
        add: vec![],
        remove: vec![],
    };
    city.accept(&city.officers[0], list).await;
}

fn days_since_1970(date: &str) -> i32 {
    let date: jiff::civil::Date = date.parse().expect("a date");
    let since = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)));
    since.expect("in range").get_days()
}

pub(crate) fn by_lot(effect: &Effect) -> BTreeMap<LotId, Amount> {
    let Effect::Moved { parts, .. } = effect else { panic!("{effect:?}") };
    let mut lots = BTreeMap::new();
    for part in parts {
        let sum: &mut Amount = lots.entry(part.lot).or_default();
        *sum = sum.checked_add(part.amount).expect("small sums");
    }
    lots
}
