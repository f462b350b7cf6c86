//! Gifts over a bad network to the real service, by a wallet and a service that die: each is made once. And a wallet that
//! was away for hours: what it asked for is refused as too late, or it was made before, and the wallet says which.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use scoin_core::command::{AccountKind, Action};
use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount, CommandId, Timestamp};
use scoin_tests::actor::fresh_id;
use scoin_tests::chance::Chance;
use scoin_tests::{Actor, City};
use scoin_wallet::client::{ClientError, Pending, Pieces, Reply, Request};
use scoin_wallet::vault::{Language, NewVault};
use scoin_wallet::wallet::StoreKind;
use scoin_wallet::{
    Ask, Client, Done, HttpClient, Setup, SystemClock, VaultCost, Wallet, WalletError,
};

const PASSWORD: &str = "correct horse battery";
const MONEY: u64 = 100_000;
const GIFTS: u64 = 40;
const HOUR: u64 = 3_600_000_000;

/// What happens to the next command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Luck {
    Good,
    /// It never arrives.
    LostBefore,
    /// It arrives, and the answer does not.
    LostAfter,
    /// It arrives twice.
    Twice,
    /// It arrives after the next one.
    Late,
}

/// A network between the wallet and the service that may lose, repeat, delay and reorder commands.
#[derive(Debug)]
struct Network {
    service: Mutex<Arc<HttpClient>>,
    luck: Mutex<Box<dyn Lucky>>,
    late: Mutex<Vec<Request>>,
}

/// Says what happens next.
trait Lucky: Send + std::fmt::Debug {
    fn next(&mut self) -> Luck;
}

impl Lucky for Luck {
    fn next(&mut self) -> Luck {
        *self
    }
}

/// Any luck, from a seed.
#[derive(Debug)]
struct ByChance(Chance);

impl Lucky for ByChance {
    fn next(&mut self) -> Luck {
        [Luck::Good, Luck::Good, Luck::LostBefore, Luck::LostAfter, Luck::Twice, Luck::Late]
            [usize::try_from(self.0.below(6)).expect("small")]
    }
}

impl Network {
    fn new(city: &City, luck: impl Lucky + 'static) -> Arc<Self> {
        let luck = Mutex::new(Box::new(luck) as Box<dyn Lucky>);
        Arc::new(Self { service: Mutex::new(client(city)), luck, late: Mutex::default() })
    }

    /// The service listens somewhere else after a start.
    fn find(&self, city: &City) {
        *self.service.lock().expect("not poisoned") = client(city);
    }

    fn set(&self, luck: impl Lucky + 'static) {
        *self.luck.lock().expect("not poisoned") = Box::new(luck);
    }

    fn service(&self) -> Arc<HttpClient> {
        self.service.lock().expect("not poisoned").clone()
    }

    /// What was kept arrives.
    async fn deliver_late(&self) {
        let late = std::mem::take(&mut *self.late.lock().expect("not poisoned"));
        for request in late {
            drop(self.service().send(request).await);
        }
    }
}

fn client(city: &City) -> Arc<HttpClient> {
    Arc::new(HttpClient::new(city.service.line().base()).expect("a local address"))
}

impl Client for Network {
    fn send(&self, request: Request) -> Pending<'_, Reply> {
        Box::pin(async move {
            let command = request.path.starts_with("/v1/commands") && request.post.is_some();
            let luck =
                if command { self.luck.lock().expect("not poisoned").next() } else { Luck::Good };
            let lost = || ClientError::Unreachable(format!("{luck:?}"));
            match luck {
                Luck::LostBefore => return Err(lost()),
                Luck::Late => {
                    self.late.lock().expect("not poisoned").push(request);
                    return Err(lost());
                }
                Luck::Good | Luck::LostAfter | Luck::Twice => {}
            }
            if luck == Luck::Twice {
                drop(self.service().send(request.clone()).await);
            }
            let reply = self.service().send(request).await;
            if command {
                self.deliver_late().await;
            }
            if luck == Luck::LostAfter { Err(lost()) } else { reply }
        })
    }

    fn open_stream(&self, request: Request) -> Pending<'_, Pieces> {
        Box::pin(async move { self.service().open_stream(request).await })
    }
}

fn setup(network: &Arc<Network>) -> Setup {
    Setup { client: network.clone(), clock: Arc::new(SystemClock), store: StoreKind::Disk }
}

fn reopen(folder: &Path, network: &Arc<Network>) -> Wallet {
    Wallet::open(folder, PASSWORD, setup(network)).expect("the vault opens")
}

/// A city, a person with plain money in a wallet behind a bad network, and a neighbour.
async fn begin(folder: &Path) -> (City, Arc<Network>, Wallet, Actor) {
    let city = City::found().await;
    city.mint(1_000_000).await;
    let network = Network::new(&city, Luck::Good);
    let new = NewVault {
        language: Language::English,
        cost: VaultCost::FLOOR,
        created: Timestamp::default(),
    };
    let (wallet, _) = Wallet::create(folder, PASSWORD, new, setup(&network)).expect("a wallet");
    wallet.join(Some(city.network)).await.expect("the city is there");
    wallet.open_account(AccountKind::Person, &Ask::default()).await.expect("an account is free");
    let to = wallet.account_id().expect("joined");
    let gift = Action::Transfer { to, amount: Amount::new(MONEY) };
    city.accept(&city.officers[0], gift).await;
    let neighbour = city.person("neighbour").await;
    (city, network, wallet, neighbour)
}

async fn give(
    wallet: &Wallet,
    to: AccountId,
    amount: u64,
    id: Option<CommandId>,
) -> Result<Done, WalletError> {
    wallet.give(to, Amount::new(amount), None, &Ask { id, ..Ask::default() }).await
}

/// Goes on with some work until it has waited so many times, and then drops it. Was it dropped before its end? Counted in
/// waits, not in time: a fast machine is not too fast for it.
async fn stopped<T>(work: impl Future<Output = T>, mut waits: u64) -> bool {
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(false),
        Poll::Pending if waits == 0 => Poll::Ready(true),
        Poll::Pending => {
            waits -= 1;
            Poll::Pending
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_gift_is_made_once_whatever_dies() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut city, network, mut wallet, neighbour) = begin(folder.path()).await;
    network.set(ByChance(Chance::new(3)));
    let mut chance = Chance::new(5);
    let (mut sum, mut let_go) = (0, 0);
    for number in 0..GIFTS {
        let (amount, id) = (100 + number, fresh_id(city.now));
        sum += amount;
        // Somewhere on the way the program is told to stop.
        let asked = give(&wallet, neighbour.account, amount, Some(id));
        let_go += u32::from(stopped(asked, chance.below(3)).await);
        if chance.below(3) == 0 {
            drop(wallet);
            wallet = reopen(folder.path(), &network);
        }
        if chance.below(8) == 0 {
            city.service.kill();
            give(&wallet, neighbour.account, amount, Some(id)).await.expect_err("nobody answers");
            city.start().await;
            network.find(&city);
        }
        let mut made = None;
        for _ in 0..50 {
            made = give(&wallet, neighbour.account, amount, Some(id)).await.ok();
            if made.is_some() {
                break;
            }
        }
        assert_eq!(made.expect("it resolves").id, id, "gift {number}");
    }
    network.set(Luck::Good);
    network.deliver_late().await;
    assert!(let_go > 10 && u64::from(let_go) < GIFTS, "{let_go} were let go");
    assert!(wallet.waiting().await.is_empty());
    assert_eq!(city.balance(&neighbour).await, sum);
    let synced = wallet.sync().await.expect("the service is there");
    assert_eq!(synced.missing, []);
    assert_eq!(wallet.balance().expect("synced").total, Amount::new(MONEY - sum));
    let gifts = wallet.history(500).expect("synced");
    let gifts = gifts.iter().filter(|entry| entry.change < 0).count();
    assert_eq!(u64::try_from(gifts).expect("small"), GIFTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_was_away_for_hours_knows_what_became_of_its_gifts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut city, network, wallet, neighbour) = begin(folder.path()).await;
    // One was made, and only the answer was lost; one never arrived; one is still on its way.
    let mut asked = Vec::new();
    for (amount, luck) in [(500, Luck::LostAfter), (70, Luck::LostBefore), (3, Luck::Late)] {
        network.set(luck);
        let gift = give(&wallet, neighbour.account, amount, None).await;
        let Err(WalletError::Offline { waiting: Some(id) }) = gift else { panic!("{gift:?}") };
        asked.push(id);
        // The one before is sent again with the next: its answer is lost as well.
    }
    drop(wallet);
    city.service.kill();
    city.start().await;
    network.find(&city);
    city.now = city.now.saturating_add_micros(5 * HOUR);
    city.service.set_clock(city.now).await;
    network.set(Luck::Good);
    let wallet = reopen(folder.path(), &network);
    assert_eq!(wallet.waiting().await, asked);
    let answers = wallet.resume().await.expect("the service is there");
    network.deliver_late().await;
    let told: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Ok(done) => (done.id, None),
            Err(WalletError::Refused(refused)) => (refused.id, Some(refused.refusal.clone())),
            Err(error) => panic!("{error}"),
        })
        .collect();
    let late = Some(Refusal::Expired);
    assert_eq!(told, [(asked[0], None), (asked[1], late.clone()), (asked[2], late)]);
    assert_eq!(city.balance(&neighbour).await, 500);
    give(&wallet, neighbour.account, 70, None).await.expect("asked again, it is made");
    assert_eq!(city.balance(&neighbour).await, 570);
    assert!(wallet.waiting().await.is_empty());
    assert_eq!(wallet.sync().await.expect("the service is there").missing, []);
}
