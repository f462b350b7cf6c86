//! The wallet against an issuer that fails where it is told to: never two payments, never a lost one.

use std::task::{Context, Waker};

use scoin_core::command::{AccountKind, Action};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{Amount, CommandId};

use super::*;
use crate::client::ClientError;
use crate::clock::FixedClock;
use crate::fake::{FakeIssuer, Fault};
use crate::vault::{Language, VaultError};

const PASSWORD: &str = "correct horse";
const TO: AccountId = AccountId([5; 20]);

fn setup(issuer: &Arc<FakeIssuer>) -> Setup {
    let clock = Arc::new(FixedClock::new(Timestamp::from_micros(77)));
    Setup { client: issuer.clone(), clock, store: StoreKind::Disk }
}

async fn joined(dir: &Path, issuer: &Arc<FakeIssuer>) -> Wallet {
    let new = NewVault {
        language: Language::English,
        cost: VaultCost::FLOOR,
        created: Timestamp::default(),
    };
    let (wallet, _) = Wallet::create(dir, PASSWORD, new, setup(issuer)).unwrap();
    wallet.join(None).await.unwrap();
    wallet
}

fn reopen(dir: &Path, issuer: &Arc<FakeIssuer>) -> Wallet {
    Wallet::open(dir, PASSWORD, setup(issuer)).unwrap()
}

async fn give(wallet: &Wallet, amount: u64) -> Result<Done, WalletError> {
    wallet.give(TO, Amount::new(amount), None, &Ask::default()).await
}

#[tokio::test]
async fn an_accepted_command_comes_with_its_verified_receipt() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    let done = wallet.open_account(AccountKind::Person, &Ask::default()).await.unwrap();
    assert_eq!(done.effect, Effect::Done);
    let proof = done.proof.unwrap();
    assert!(proof.sandbox && proof.frame == 1);
    assert_eq!(wallet.receipt(done.id).unwrap().unwrap().to_bytes(), proof.receipt);
    assert!(wallet.waiting().await.is_empty());
    drop(wallet);
    let wallet = reopen(dir.path(), &issuer);
    assert!(wallet.receipt(done.id).unwrap().is_some());
    assert!(wallet.clock_skew().is_none());
    wallet.city_now().await.unwrap();
    assert!(wallet.clock_skew().unwrap() > 0);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_bytes() {
    for fault in [Fault::LostBefore, Fault::LostAfter, Fault::Busy] {
        let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
        let wallet = joined(dir.path(), &issuer).await;
        issuer.fail([fault.clone()]);
        let waiting = match give(&wallet, 10).await {
            Err(WalletError::Offline { waiting: Some(id) }) => id,
            Err(WalletError::Busy { waiting, problem }) if problem.code == 1006 + 1 => waiting,
            other => panic!("{fault:?}: {other:?}"),
        };
        assert_eq!(wallet.waiting().await, [waiting]);
        drop(wallet);
        let wallet = reopen(dir.path(), &issuer);
        let done = wallet.resume().await.unwrap().pop().unwrap().unwrap();
        assert_eq!((done.id, issuer.decided()), (waiting, 1), "{fault:?}");
        let arrived = issuer.arrived();
        assert!(arrived.iter().all(|bytes| bytes == &arrived[0]));
        assert!(wallet.waiting().await.is_empty());
    }
}

/// Stops a payment after every possible number of steps, as a crash would, and starts again.
#[tokio::test]
async fn a_crash_at_any_step_pays_once_or_not_at_all() {
    let mut outcomes = [0u32; 3];
    for steps in 0..24 {
        let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
        let wallet = joined(dir.path(), &issuer).await;
        let ended = {
            let mut payment = Box::pin(give(&wallet, 10));
            let mut context = Context::from_waker(Waker::noop());
            (0..steps).any(|_| payment.as_mut().poll(&mut context).is_ready())
        };
        drop(wallet);
        let wallet = reopen(dir.path(), &issuer);
        let kept = wallet.waiting().await.len();
        let resumed = wallet.resume().await.unwrap();
        assert!(resumed.iter().all(Result::is_ok) && resumed.len() == kept);
        assert!(wallet.waiting().await.is_empty());
        assert_eq!(issuer.decided(), usize::from(ended || kept == 1), "after {steps} steps");
        outcomes[if ended { 2 } else { kept }] += 1;
    }
    assert!(outcomes.iter().all(|seen| *seen > 0), "not every case was met: {outcomes:?}");
}

#[tokio::test]
async fn a_false_receipt_is_not_believed_and_the_command_goes_on_waiting() {
    for fault in [Fault::Forged, Fault::Forked] {
        let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
        let wallet = joined(dir.path(), &issuer).await;
        give(&wallet, 1).await.unwrap();
        issuer.fail([fault.clone()]);
        let answer = give(&wallet, 10).await;
        assert!(matches!(answer, Err(WalletError::ReceiptInvalid(_))), "{fault:?}: {answer:?}");
        assert_eq!(wallet.waiting().await.len(), 1);
        assert!(wallet.resume().await.unwrap().pop().unwrap().is_ok());
    }
}

#[tokio::test]
async fn refusals_are_final_and_untouched() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    let refusal = Refusal::NotEnough { have: Amount::new(3) };
    issuer.fail([Fault::Decides(Box::new(Outcome::Refused(refusal.clone())))]);
    let Err(WalletError::Refused(refused)) = give(&wallet, 10).await else { panic!() };
    assert_eq!(refused.refusal, refusal);
    assert!(refused.proof.is_some());
    issuer.fail([Fault::Rejected(2002), Fault::Rejected(1001)]);
    let Err(WalletError::Refused(refused)) = give(&wallet, 10).await else { panic!() };
    assert_eq!((refused.refusal, refused.proof), (Refusal::UnknownAccount, None));
    let Err(WalletError::Client(error)) = give(&wallet, 10).await else { panic!() };
    assert_eq!(error.code(), Some(scoin_api::ErrorCode::Malformed));
    assert!(wallet.waiting().await.is_empty());
}

#[tokio::test]
async fn a_rotation_changes_the_key_when_it_is_accepted_even_after_a_lost_answer() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    let (account, first) = (wallet.account_id().unwrap(), wallet.public_key().unwrap());
    let refused = Outcome::Refused(Refusal::NotAllowed);
    issuer.fail([Fault::Decides(Box::new(refused))]);
    assert!(wallet.rotate_key(&Ask::default()).await.is_err());
    assert_eq!(wallet.public_key().unwrap(), first);
    issuer.fail([Fault::LostAfter]);
    assert!(wallet.rotate_key(&Ask::default()).await.is_err());
    assert_eq!(wallet.public_key().unwrap(), first);
    drop(wallet);
    let wallet = reopen(dir.path(), &issuer);
    give(&wallet, 5).await.unwrap();
    assert_ne!(wallet.public_key().unwrap(), first);
    assert_eq!(wallet.account_id().unwrap(), account);
    let last = issuer.arrived().pop().unwrap();
    let signed = scoin_core::envelope::SignedCommand::decode(&last).unwrap().verify().unwrap();
    assert_eq!(*signed.key(), wallet.public_key().unwrap());
}

#[tokio::test]
async fn the_same_id_gives_the_same_bytes_and_another_action_is_refused_while_it_waits() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    let id = CommandId::time_ordered(FakeIssuer::now(), [9; 10]);
    let ask = Ask { id: Some(id), ..Ask::default() };
    let action = |amount| Action::Transfer { to: TO, amount: Amount::new(amount) };
    let first = wallet.submit(action(4), &ask).await.unwrap();
    assert_eq!(wallet.submit(action(4), &ask).await.unwrap(), first);
    let arrived = issuer.arrived();
    assert_eq!(arrived[0], arrived[1]);
    issuer.fail([Fault::LostBefore, Fault::LostBefore]);
    let other = Ask { id: Some(CommandId([0x41; 16])), ..ask };
    assert!(wallet.submit(action(5), &other).await.is_err());
    assert!(matches!(wallet.submit(action(6), &other).await, Err(WalletError::Outbox(_))));
}

#[tokio::test]
async fn a_dry_run_leaves_no_trace() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    let ask = Ask { dry_run: true, ..Ask::default() };
    let done = wallet.give(TO, Amount::new(5), None, &ask).await.unwrap();
    assert!(done.proof.is_none() && issuer.decided() == 0 && wallet.waiting().await.is_empty());
    issuer.fail([Fault::Decides(Box::new(Outcome::Refused(Refusal::ZeroAmount)))]);
    let Err(WalletError::Refused(refused)) = wallet.give(TO, Amount::ZERO, None, &ask).await else {
        panic!()
    };
    assert_eq!(refused.refusal, Refusal::ZeroAmount);
}

#[tokio::test]
async fn a_history_that_comes_twice_and_in_disorder_is_one_history() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    for amount in 1..=3 {
        give(&wallet, amount).await.unwrap();
    }
    let synced = wallet.sync().await.unwrap();
    assert_eq!((synced.entries, synced.receipts, synced.missing.len()), (3, 3, 0));
    issuer.fail([Fault::Twice]);
    give(&wallet, 4).await.unwrap();
    issuer.fail([Fault::LostAfter]);
    give(&wallet, 5).await.unwrap_err();
    let synced = wallet.sync().await.unwrap();
    assert_eq!((synced.entries, synced.answered, synced.missing.len()), (2, 1, 0));
    let frames: Vec<u64> = wallet.history(9).unwrap().iter().map(|entry| entry.frame).collect();
    assert_eq!((frames, issuer.decided()), (vec![5, 4, 3, 2, 1], 5));
    // What is read is at least as new as what there is a receipt for; the history as new as the account.
    let asked = issuer.asked();
    let of = |part: &str| asked.iter().rfind(|path| path.contains(part)).unwrap().clone();
    assert!(asked.iter().any(|path| path.ends_with("?min_seq=3")), "{asked:?}");
    assert!(of("?min_seq").ends_with("?min_seq=5"), "{asked:?}");
    assert!(of("/history").ends_with("min_seq=5"), "{asked:?}");
}

/// The machine's clock jumps ahead by ten days while the wallet runs: the ledger refuses one command as of another time,
/// and the next one is right again.
#[tokio::test]
async fn a_clock_that_jumps_is_heard_of_and_set_right() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::live(1));
    drop(joined(dir.path(), &issuer).await);
    let here = FakeIssuer::now().saturating_add_micros(3_600_000_000);
    let clock = Arc::new(FixedClock::new(here));
    let setup = Setup { clock: clock.clone(), ..setup(&issuer) };
    let wallet = Wallet::open(dir.path(), PASSWORD, setup).unwrap();
    wallet.set_idle(u64::MAX);
    give(&wallet, 1).await.unwrap();
    let hour = -3_600_000_000_i64;
    assert!(wallet.clock_skew().unwrap().abs_diff(hour) < 1_000, "an hour ahead, and told");
    let near = |valid: Timestamp| {
        let meant = FakeIssuer::now().saturating_add_micros(3_600_000_000);
        valid.micros().abs_diff(meant.micros()) < 60_000_000
    };
    let last = || {
        let bytes = issuer.arrived().pop().unwrap();
        let signed = scoin_core::envelope::SignedCommand::decode(&bytes).unwrap();
        signed.message().valid_until
    };
    assert!(near(last()), "by the city's time, not by this machine's");
    clock.set(here.saturating_add_micros(10 * 24 * 3_600_000_000));
    let refusal = Outcome::Refused(Refusal::TooFarAhead);
    issuer.fail([Fault::Decides(Box::new(refusal))]);
    let refused = give(&wallet, 2).await;
    assert!(matches!(refused, Err(WalletError::Refused(_))) && !near(last()), "{refused:?}");
    give(&wallet, 3).await.unwrap();
    assert!(near(last()), "the city was asked for its time again");
    // And set back by a month: nothing is refused, since the city's time does not go back.
    clock.set(FakeIssuer::now());
    give(&wallet, 4).await.unwrap();
    assert!(near(last()));
}

#[tokio::test]
async fn several_commands_go_in_one_batch_and_resolve_one_by_one() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    let actions: Vec<Action> =
        (1..=5).map(|units| Action::Transfer { to: TO, amount: Amount::new(units) }).collect();
    let refused = Fault::Decides(Box::new(Outcome::Refused(Refusal::NotAllowed)));
    issuer.fail([refused, Fault::Busy]);
    let answers = wallet.submit_all(actions, &Ask::default()).await.unwrap();
    assert!(matches!(answers[0], Err(WalletError::Refused(_))));
    assert!(matches!(answers[1], Err(WalletError::Busy { .. })));
    assert!(answers[2..].iter().all(Result::is_ok));
    assert_eq!(wallet.resume().await.unwrap().len(), 1);
    assert_eq!(issuer.decided(), 5);
}

/// A proxy with a smaller limit, say: the commands must not wait for ever.
#[tokio::test]
async fn a_batch_that_is_refused_as_a_whole_is_asked_one_by_one() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    let actions: Vec<Action> =
        (1..=3).map(|units| Action::Transfer { to: TO, amount: Amount::new(units) }).collect();
    let refused = Fault::Decides(Box::new(Outcome::Refused(Refusal::NotAllowed)));
    issuer.fail([Fault::BatchRefused, refused]);
    let answers = wallet.submit_all(actions, &Ask::default()).await.unwrap();
    assert!(matches!(answers[0], Err(WalletError::Refused(_))));
    assert!(answers[1..].iter().all(Result::is_ok));
    assert!(wallet.waiting().await.is_empty());
    assert_eq!(issuer.decided(), 3);
}

/// The count of a command, as it arrived.
fn count_of(bytes: &[u8]) -> Option<u64> {
    scoin_core::envelope::SignedCommand::decode(bytes).unwrap().message().sequence
}

#[tokio::test]
async fn counts_rise_and_are_never_decided_out_of_order() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    give(&wallet, 1).await.unwrap();
    // A dry run uses no count.
    let ask = Ask { dry_run: true, ..Ask::default() };
    wallet.give(TO, Amount::new(1), None, &ask).await.unwrap();
    give(&wallet, 2).await.unwrap();
    let actions: Vec<Action> =
        (3..=5).map(|units| Action::Transfer { to: TO, amount: Amount::new(units) }).collect();
    issuer.fail([Fault::BatchRefused, Fault::Busy]);
    wallet.submit_all(actions, &Ask::default()).await.unwrap();
    let counts = || issuer.arrived().iter().map(|bytes| count_of(bytes)).collect::<Vec<_>>();
    assert_eq!(counts(), [Some(1), Some(2), Some(2), Some(3)], "nothing passes the one that waits");
    drop(wallet);
    let wallet = reopen(dir.path(), &issuer);
    give(&wallet, 6).await.unwrap();
    assert_eq!(counts()[4..], [Some(3), Some(4), Some(5), Some(6)]);
}

#[tokio::test]
async fn a_device_that_is_told_of_a_copy_learns_its_count_anew() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    give(&wallet, 1).await.unwrap();
    assert!(issuer.asked().is_empty(), "a new device knows its count");
    let used = Refusal::SequenceUsed { last: 9 };
    issuer.fail([Fault::Decides(Box::new(Outcome::Refused(used)))]);
    assert!(matches!(give(&wallet, 2).await, Err(WalletError::Refused(_))));
    give(&wallet, 3).await.unwrap();
    assert_eq!(issuer.asked().len(), 1);
    assert!(issuer.asked()[0].starts_with("/v1/accounts/"));
}

#[tokio::test]
async fn another_city_a_locked_vault_and_a_second_program_are_named() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let wallet = joined(dir.path(), &issuer).await;
    wallet.lock();
    assert!(matches!(give(&wallet, 1).await, Err(WalletError::VaultLocked)));
    assert!(matches!(wallet.unlock("wrong"), Err(WalletError::Vault(VaultError::WrongPassword))));
    wallet.unlock(PASSWORD).unwrap();
    give(&wallet, 1).await.unwrap();
    drop(wallet);
    let other = FakeIssuer::new(2);
    let wallet = reopen(dir.path(), &other);
    assert!(matches!(wallet.join(None).await, Err(WalletError::OtherCity)));
    assert!(matches!(give(&wallet, 1).await, Err(WalletError::OtherCity)));
    let elsewhere = tempfile::tempdir().unwrap();
    let missing = Wallet::open(elsewhere.path(), PASSWORD, setup(&issuer));
    assert!(matches!(missing, Err(WalletError::Vault(VaultError::Missing))));
}

#[tokio::test]
async fn a_request_is_signed_read_back_and_paid() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let shop = joined(dir.path(), &issuer).await;
    let draft = RequestDraft {
        amount: Amount::new(4_300),
        items: vec![
            ("bread".to_owned(), Amount::new(3_000), vec!["food.bread".to_owned()]),
            ("milk".to_owned(), Amount::new(1_300), vec![]),
        ],
        reference: Some("R-1".to_owned()),
        ..RequestDraft::default()
    };
    let code = shop.request(draft.clone()).await.unwrap();
    let request = shop.read_request(&code).unwrap();
    assert_eq!(request.message().merchant, shop.account_id().unwrap());
    shop.pay(&code, &Ask::default()).await.unwrap();
    let wrong = RequestDraft { amount: Amount::new(1), ..draft };
    assert!(matches!(shop.request(wrong).await, Err(WalletError::BadInput(_))));
    let damaged = code.replace("pay?r=", "pay?r=A");
    assert!(matches!(shop.read_request(&damaged), Err(WalletError::BadInput(_))));
}

/// A clock that runs with the runtime's own, which a test can stop and turn.
#[derive(Debug)]
struct RuntimeClock(tokio::time::Instant);

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        let passed = u64::try_from(self.0.elapsed().as_micros()).unwrap();
        Timestamp::from_micros(1_000_000_000).saturating_add_micros(passed)
    }
}

#[tokio::test(start_paused = true)]
async fn a_wallet_that_is_not_used_locks_itself() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    drop(joined(dir.path(), &issuer).await);
    let clock = Arc::new(RuntimeClock(tokio::time::Instant::now()));
    let setup = Setup { clock, ..setup(&issuer) };
    let wallet = Wallet::open(dir.path(), PASSWORD, setup).unwrap();
    let minutes = |count| tokio::time::sleep(Duration::from_mins(count));
    let used = async {
        minutes(4).await;
        give(&wallet, 1).await.unwrap();
        minutes(4).await;
        assert!(!wallet.is_locked(), "four minutes after it was used");
    };
    let began = tokio::time::Instant::now();
    tokio::join!(used, wallet.lock_when_idle());
    assert!(wallet.is_locked());
    let waited = began.elapsed();
    assert!(waited >= Duration::from_mins(9) && waited < Duration::from_mins(10), "{waited:?}");
    wallet.lock_when_idle().await;
}

#[tokio::test]
async fn the_words_bring_back_the_wallet_with_what_waits() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::new(1));
    let new = NewVault {
        language: Language::English,
        cost: VaultCost::FLOOR,
        created: Timestamp::default(),
    };
    let (wallet, words) = Wallet::create(dir.path(), PASSWORD, new, setup(&issuer)).unwrap();
    wallet.join(None).await.unwrap();
    issuer.fail([Fault::LostAfter]);
    assert!(give(&wallet, 3).await.is_err());
    let account = wallet.account_id().unwrap();
    drop(wallet);
    let wallet =
        Wallet::recover(dir.path(), "another password", words.expose(), new, setup(&issuer))
            .unwrap();
    assert_eq!((wallet.account_id().unwrap(), wallet.waiting().await.len()), (account, 1));
    assert!(wallet.check_words(words.expose()).unwrap() && wallet.words_checked().unwrap());
    assert!(wallet.resume().await.unwrap().pop().unwrap().is_ok());
    assert_eq!(issuer.decided(), 1);
    drop(wallet);
    assert!(Wallet::open(dir.path(), PASSWORD, setup(&issuer)).is_err());
    assert!(!Wallet::repair(dir.path()).unwrap());
}

#[test]
fn errors_of_the_client_keep_their_code() {
    let error = WalletError::from(ClientError::Unreachable("x".to_owned()));
    assert!(matches!(error, WalletError::Offline { waiting: None }));
}

/// Nobody answers.
#[derive(Debug)]
struct Nobody;

impl Client for Nobody {
    fn send(&self, _: crate::client::Request) -> crate::client::Pending<'_, crate::client::Reply> {
        Box::pin(async { Err(ClientError::Unreachable("nobody".to_owned())) })
    }

    fn open_stream(
        &self,
        _: crate::client::Request,
    ) -> crate::client::Pending<'_, crate::client::Pieces> {
        Box::pin(async { Err(ClientError::Unreachable("nobody".to_owned())) })
    }
}

#[tokio::test]
async fn without_a_connection_commands_are_dated_as_the_city_was_last_heard() {
    let (dir, issuer) = (tempfile::tempdir().unwrap(), FakeIssuer::live(1));
    let wallet = joined(dir.path(), &issuer).await;
    drop(wallet);
    // Ten seconds later on a machine whose clock is years behind the city's.
    let clock = Arc::new(FixedClock::new(Timestamp::from_micros(77 + 10_000_000)));
    let away = Setup { client: Arc::new(Nobody), clock, store: StoreKind::Disk };
    let wallet = Wallet::open(dir.path(), PASSWORD, away).unwrap();
    let expected = FakeIssuer::now().saturating_add_micros(10_000_000);
    assert_eq!((wallet.known_now(), wallet.clock_skew()), (expected, None));
    let Err(WalletError::Offline { waiting: Some(id) }) = give(&wallet, 5).await else {
        panic!("nobody answers")
    };
    let millis = expected.micros() / 1_000;
    assert_eq!(id.0[..6], millis.to_be_bytes()[2..]);
    drop(wallet);
    let wallet = reopen(dir.path(), &issuer);
    wallet.resume().await.unwrap().pop().unwrap().unwrap();
    // And a clock that was set back never brings a time before the last one heard.
    drop(wallet);
    let clock = Arc::new(FixedClock::new(Timestamp::from_micros(1)));
    let away = Setup { client: Arc::new(Nobody), clock, store: StoreKind::Disk };
    assert!(Wallet::open(dir.path(), PASSWORD, away).unwrap().known_now() >= FakeIssuer::now());
}
