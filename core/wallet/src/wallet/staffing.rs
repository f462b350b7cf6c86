//! Staff at a till: what a PIN opens, and what guessing at it costs.

use std::sync::Arc;

use scoin_core::command::TillRights;
use scoin_core::{AccountId, Amount, CommandId, Timestamp};

use super::*;
use crate::clock::FixedClock;
use crate::fake::FakeIssuer;
use crate::vault::Language;

const PASSWORD: &str = "correct horse";
const SECOND: u64 = 1_000_000;
const RECEIVE: TillRights =
    TillRights { receive: true, cancel: false, refund: false, close: false };

struct Till {
    dir: tempfile::TempDir,
    clock: Arc<FixedClock>,
    issuer: Arc<FakeIssuer>,
    wallet: Option<Wallet>,
}

impl Till {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(Timestamp::from_micros(1_000 * SECOND)));
        let mut till = Self { dir, clock, issuer: FakeIssuer::new(1), wallet: None };
        let created = Timestamp::default();
        let new = NewVault { language: Language::English, cost: VaultCost::FLOOR, created };
        let (wallet, _) = Wallet::create(till.dir.path(), PASSWORD, new, till.setup()).unwrap();
        wallet.join(None).await.unwrap();
        wallet.put_staff("Bora", RECEIVE, "4711").unwrap();
        till.wallet = Some(wallet);
        till
    }

    fn setup(&self) -> Setup {
        let (client, clock) = (self.issuer.clone(), self.clock.clone());
        Setup { client, clock, store: StoreKind::Disk }
    }

    /// As after a restart.
    fn again(&mut self) -> &Wallet {
        self.wallet = None;
        let wallet = Wallet::open(self.dir.path(), PASSWORD, self.setup()).unwrap();
        self.wallet.insert(wallet)
    }

    fn wallet(&self) -> &Wallet {
        self.wallet.as_ref().unwrap()
    }

    fn guess(&self, pin: &str) -> Result<TillRights, StaffError> {
        self.wallet().sign_in("Bora", pin).map_err(|error| {
            let WalletError::Staff(error) = error else { panic!("{error}") };
            error
        })
    }

    fn pass(&self, seconds: u64) {
        let now = self.clock.now().saturating_add_micros(seconds.saturating_mul(SECOND));
        self.clock.set(now);
    }
}

fn draft() -> RequestDraft {
    RequestDraft { amount: Amount::new(10), ..RequestDraft::default() }
}

#[tokio::test]
async fn every_wrong_pin_is_counted_and_each_more_costs_a_longer_wait() {
    let mut till = Till::new().await;
    assert_eq!(till.guess("0000"), Err(StaffError::Wrong { left: 9 }));
    assert_eq!(till.guess("0001"), Err(StaffError::Wrong { left: 8 }));
    assert_eq!(till.guess("0002"), Err(StaffError::Wrong { left: 7 }));
    // Not even the right one, nor after a restart, nor with a clock that is turned back.
    assert_eq!(till.guess("4711"), Err(StaffError::Wait { seconds: 30 }));
    till.pass(29);
    till.again();
    assert_eq!(till.guess("4711"), Err(StaffError::Wait { seconds: 1 }));
    till.clock.set(Timestamp::from_micros(5 * SECOND));
    assert_eq!(till.guess("4711"), Err(StaffError::Wait { seconds: 30 }));
    till.pass(30);
    let mut last = 0;
    for left in (1..=6).rev() {
        assert_eq!(till.guess("0003"), Err(StaffError::Wrong { left }));
        let Err(StaffError::Wait { seconds }) = till.guess("4711") else { panic!("no wait") };
        assert!(seconds > last || seconds == 24 * 3_600, "{seconds} after {last}");
        last = seconds;
        till.pass(seconds);
        till.again();
    }
    assert_eq!(till.guess("0004"), Err(StaffError::Blocked));
    till.pass(365 * 24 * 3_600);
    till.again();
    assert_eq!(till.guess("4711"), Err(StaffError::Blocked));
    till.wallet().put_staff("Bora", RECEIVE, "4712").unwrap();
    assert_eq!(till.guess("4712"), Ok(RECEIVE));
}

#[tokio::test]
async fn the_right_pin_forgets_the_wrong_ones() {
    let till = Till::new().await;
    for _ in 0..5 {
        assert_eq!(till.guess("0000"), Err(StaffError::Wrong { left: 9 }));
        assert_eq!(till.guess("4711"), Ok(RECEIVE));
    }
}

#[tokio::test]
async fn a_till_with_staff_needs_somebody_who_may() {
    let mut till = Till::new().await;
    let id = CommandId([1; 16]);
    let hidden = |wallet: &Wallet| !wallet.dir.join(STAFF_FILE).exists();
    assert!(!hidden(till.wallet()));
    let wallet = till.again();
    let refused = wallet.request(draft()).await;
    assert!(matches!(refused, Err(WalletError::Staff(StaffError::NotSignedIn))), "{refused:?}");
    let refused = wallet.void(id, &Ask::default()).await;
    assert!(matches!(refused, Err(WalletError::Staff(StaffError::NotSignedIn))), "{refused:?}");
    wallet.sign_in("Bora", "4711").unwrap();
    wallet.request(draft()).await.unwrap();
    let amount = Amount::new(1);
    let refund = Refund { payment: id, amount, lines: Vec::new(), reason: None };
    for refused in [
        wallet.void(id, &Ask::default()).await,
        wallet.refund(refund, &Ask::default()).await,
        wallet.close_day(Some(1), &Ask::default()).await,
        wallet.redeem(amount, &Ask::default()).await,
        wallet.give(AccountId([5; 20]), amount, None, &Ask::default()).await,
    ] {
        let no_right = matches!(refused, Err(WalletError::Staff(StaffError::NoRight { .. })));
        assert!(no_right, "{refused:?}");
    }
    wallet.capture(id, amount, &Ask::default()).await.unwrap();
    assert!(wallet.waiting().await.is_empty());
    wallet.sign_out();
    assert!(wallet.request(draft()).await.is_err());
    wallet.remove_staff("Bora").unwrap();
    wallet.request(draft()).await.unwrap();
}

#[tokio::test]
async fn a_damaged_file_of_staff_opens_no_till() {
    let till = Till::new().await;
    let path = till.dir.path().join(STAFF_FILE);
    let mut bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(4).any(|part| part == b"Bora"));
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(till.wallet().request(draft()).await, Err(WalletError::Io(_))));
    assert!(till.wallet().sign_in("Bora", "4711").is_err());
}

#[tokio::test]
async fn pins_and_names_have_their_forms() {
    let till = Till::new().await;
    for pin in ["123", "1234567890123", "12a4", "", "１２３４"] {
        assert!(till.wallet().put_staff("Chan", RECEIVE, pin).is_err(), "{pin}");
    }
    for name in ["", " ", &"x".repeat(65)] {
        assert!(till.wallet().put_staff(name, RECEIVE, "4711").is_err(), "{name}");
    }
    assert_eq!(till.wallet().staff().unwrap().len(), 1);
}

#[tokio::test]
async fn an_order_has_one_request_whoever_asks() {
    let till = Till::new().await;
    till.wallet().sign_in("Bora", "4711").unwrap();
    let order = |number: &str| RequestDraft { order: Some(number.to_owned()), ..draft() };
    let mut seen = Vec::new();
    for number in ["A-17", "A-17", "A-18"] {
        let link = till.wallet().request(order(number)).await.unwrap();
        let read = till.wallet().read_request(&link).unwrap();
        assert_eq!(read.message().reference.as_deref(), Some(number));
        let now = till.wallet().city_now().await.unwrap();
        assert!(read.message().expires <= now.saturating_add_micros(ORDER_VALID_MICROS));
        seen.push(read.message().id);
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
    let shop = AccountId([9; 20]);
    assert_ne!(Wallet::order_request(shop, "A-17"), seen[0]);
}
