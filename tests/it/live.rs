//! A wallet follows its account over a line that cuts off, loses, repeats and mixes up events: what it tells is the history,
//! each entry once and in order.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use scoin_core::command::{AccountKind, Action};
use scoin_core::{AccountId, Amount, Timestamp};
use scoin_tests::City;
use scoin_tests::chance::Chance;
use scoin_wallet::client::{ClientError, Pending, Pieces, Reply, Request};
use scoin_wallet::vault::{Language, NewVault};
use scoin_wallet::wallet::{Live, Patience, StoreKind};
use scoin_wallet::{Ask, Client, HttpClient, Setup, SystemClock, VaultCost, Wallet, WalletError};

const GIFTS: u64 = 30;
const PATIENCE: Patience = Patience {
    quiet: Duration::from_millis(300),
    first: Duration::from_millis(5),
    most: Duration::from_millis(40),
};

/// What becomes of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Luck {
    Good,
    Dropped,
    Twice,
    /// After the next one.
    Late,
    /// The connection ends before it.
    Cut,
}

/// A line to the service on which only the event stream is bad.
#[derive(Debug)]
struct Line {
    service: HttpClient,
    chance: Arc<Mutex<Chance>>,
    luck: &'static [Luck],
    /// How often each kind of luck was met.
    met: Arc<[AtomicU64; 5]>,
}

impl Line {
    fn new(city: &City, seed: u64, luck: &'static [Luck]) -> Arc<Self> {
        let service = HttpClient::new(city.service.line().base()).expect("a local address");
        let chance = Arc::new(Mutex::new(Chance::new(seed)));
        Arc::new(Self { service, chance, luck, met: Arc::default() })
    }

    fn met(&self, luck: Luck) -> u64 {
        self.met[luck as usize].load(Ordering::Relaxed)
    }

    /// The same events with other luck.
    fn spoil(&self, pieces: Pieces) -> Pieces {
        let (chance, met, luck) = (self.chance.clone(), self.met.clone(), self.luck);
        let begin = (pieces, Vec::new(), Vec::new(), false);
        Box::pin(futures_util::stream::unfold(
            begin,
            move |(mut pieces, mut rest, mut late, cut)| {
                let (chance, met) = (chance.clone(), met.clone());
                async move {
                    if cut {
                        return None;
                    }
                    loop {
                        if let Some(event) = next_event(&mut rest) {
                            let place =
                                chance.lock().expect("not poisoned").below(luck.len() as u64);
                            let luck = luck[usize::try_from(place).expect("small")];
                            met[luck as usize].fetch_add(1, Ordering::Relaxed);
                            let mut out = Vec::new();
                            match luck {
                                Luck::Dropped | Luck::Cut => {}
                                Luck::Good => out.extend_from_slice(&event),
                                Luck::Twice => out.extend([&event[..], &event[..]].concat()),
                                Luck::Late => {
                                    late.extend_from_slice(&event);
                                    continue;
                                }
                            }
                            out.append(&mut late);
                            return Some((Ok(out), (pieces, rest, late, luck == Luck::Cut)));
                        }
                        match pieces.next().await {
                            Some(Ok(piece)) => rest.extend_from_slice(&piece),
                            Some(Err(error)) => {
                                return Some((Err(error), (pieces, rest, late, true)));
                            }
                            None => return None,
                        }
                    }
                }
            },
        ))
    }
}

/// The first whole event or comment.
fn next_event(rest: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
    Some(rest.drain(..end + 2).collect())
}

impl Client for Line {
    fn send(&self, request: Request) -> Pending<'_, Reply> {
        self.service.send(request)
    }

    fn open_stream(&self, request: Request) -> Pending<'_, Pieces> {
        Box::pin(async move {
            let refused =
                self.luck.len() > 1 && self.chance.lock().expect("not poisoned").below(4) == 0;
            if refused {
                return Err(ClientError::Unreachable("nobody there".to_owned()));
            }
            Ok(self.spoil(self.service.open_stream(request).await?))
        })
    }
}

async fn wallet(folder: &Path, city: &City, line: &Arc<Line>) -> Wallet {
    let new = NewVault {
        language: Language::English,
        cost: VaultCost::FLOOR,
        created: Timestamp::default(),
    };
    let clock = Arc::new(SystemClock);
    let setup = Setup { client: line.clone(), clock, store: StoreKind::Disk };
    let (wallet, _) = Wallet::create(folder, "correct horse", new, setup).expect("a wallet");
    wallet.join(Some(city.network)).await.expect("the city is there");
    wallet.open_account(AccountKind::Person, &Ask::default()).await.expect("an account is free");
    wallet
}

async fn give(city: &City, to: AccountId, amount: u64) {
    let gift = Action::Transfer { to, amount: Amount::new(amount) };
    city.accept(&city.officers[0], gift).await;
}

/// Follows until the gifts and the refused commands of its own are told.
async fn told(wallet: &Wallet, entries: usize) -> Vec<Live> {
    let mut follower = wallet.follow(PATIENCE);
    let mut told = Vec::new();
    while told.iter().filter(|live| matches!(live, Live::Entry(_))).count() < entries {
        told.push(follower.next().await.expect("what passes is waited for"));
    }
    told
}

async fn check(seed: u64, luck: &'static [Luck]) -> (Vec<Live>, Arc<Line>) {
    let city = City::found().await;
    city.mint(1_000_000).await;
    let line = Line::new(&city, seed, luck);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let wallet = wallet(folder.path(), &city, &line).await;
    let to = wallet.account_id().expect("joined");
    let gifts = async {
        for amount in 1..=GIFTS {
            give(&city, to, amount).await;
            if amount % 10 == 0 {
                let (to, ask) = (city.officers[0].account, Ask::default());
                let poor = wallet.give(to, Amount::new(1), None, &ask).await;
                assert!(matches!(poor, Err(WalletError::Refused(_))));
            }
        }
    };
    // The account was opened before it is followed: that is told as well.
    let entries = 1 + usize::try_from(GIFTS + GIFTS / 10).expect("small");
    let (told, ()) = tokio::join!(told(&wallet, entries), gifts);
    let mut history = wallet.history(1_000).expect("cached");
    history.reverse();
    let shown: Vec<_> = told
        .iter()
        .filter_map(
            |news| if let Live::Entry(entry) = news { Some(entry.as_ref().clone()) } else { None },
        )
        .collect();
    assert_eq!(shown, history, "seed {seed}: each entry once and in order");
    let total: i64 = shown.iter().map(|entry| entry.change).sum();
    assert_eq!(total, i64::try_from(GIFTS * (GIFTS + 1) / 2).expect("small"));
    let balance = wallet.balance().expect("cached").total.units();
    assert_eq!(
        i64::try_from(balance).expect("small"),
        total,
        "the balance is that of the last entry"
    );
    (told, line)
}

fn count(told: &[Live], what: impl Fn(&Live) -> bool) -> usize {
    told.iter().filter(|news| what(news)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_line_is_followed_without_gaps() {
    let (told, line) = check(1, &[Luck::Good]).await;
    assert_eq!(count(&told, |news| matches!(news, Live::Gap(_) | Live::Lost(_))), 0, "{told:?}");
    assert_eq!(told.first(), Some(&Live::Connected));
    assert!(line.met(Luck::Good) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_repeated_and_mixed_up_is_told_once_and_in_order() {
    const ANY: &[Luck] =
        &[Luck::Good, Luck::Dropped, Luck::Twice, Luck::Late, Luck::Cut, Luck::Good];
    let mut met = [0; 5];
    let (mut lost, mut gaps) = (0, 0);
    for seed in 0..4 {
        let (told, line) = check(seed, ANY).await;
        lost += count(&told, |news| matches!(news, Live::Lost(_)));
        gaps += count(&told, |news| matches!(news, Live::Gap(_)));
        for luck in [Luck::Good, Luck::Dropped, Luck::Twice, Luck::Late, Luck::Cut] {
            met[luck as usize] += line.met(luck);
        }
    }
    assert!(met.iter().all(|times| *times > 0), "every kind of luck is met: {met:?}");
    assert!(lost > 0 && gaps > 0, "{lost} lost, {gaps} gaps");
}

/// Not a single event arrives: only the look after a quiet time finds what happened, and says that no event told of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_brings_no_event_is_noticed() {
    let (told, line) = check(7, &[Luck::Dropped]).await;
    assert!(count(&told, |news| matches!(news, Live::Gap(_))) > 0, "{told:?}");
    assert!(line.met(Luck::Dropped) > 0 && line.met(Luck::Good) == 0);
}
