//! A payment that dies at every step, two hundred times each, on a network that loses, repeats, delays and reorders.
//!
//! A step is one poll of the payment: between two of them the program waits for the disk or for the network, and there
//! it is stopped, as a crash does. What the file system was not told to keep may be gone as well. Then the wallet starts
//! again, may die again, and in the end must know what happened: the payment was made once, or it was not made and can be
//! asked for. The vault stays open between the lives of a wallet (its own deaths are tested where it is), and the commands
//! and answers go through the real outbox, the real client calls and real signatures.

#![expect(clippy::arithmetic_side_effects, reason = "counts of a test are small")]

use std::collections::BTreeMap;
use std::task::{Context, Waker};

use scoin_core::command::Action;
use scoin_core::{Amount, CommandId};

use super::*;
use crate::chance::Chance;
use crate::clock::FixedClock;
use crate::fake::{FakeIssuer, Fault};
use crate::vault::Language;

const SEEDS: u64 = 200;
const TO: AccountId = AccountId([5; 20]);

/// A wallet that can die: everything of it is dropped but the open vault.
struct Lives {
    dir: tempfile::TempDir,
    issuer: Arc<FakeIssuer>,
    wallet: Option<Wallet>,
    chance: Chance,
}

impl Lives {
    fn new(vault: Vault, seed: u64, step: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let chance = Chance(seed << 8 ^ u64::try_from(step).unwrap());
        let mut lives = Self { dir, issuer: FakeIssuer::new(1), wallet: None, chance };
        lives.start(vault);
        lives
    }

    fn start(&mut self, vault: Vault) {
        let clock = Arc::new(FixedClock::new(Timestamp::from_micros(77)));
        let setup = Setup { client: self.issuer.clone(), clock, store: StoreKind::Memory };
        let lock = lock_folder(self.dir.path()).unwrap();
        self.wallet = Some(Wallet::assemble(self.dir.path(), vault, setup, lock).unwrap());
    }

    fn wallet(&self) -> &Wallet {
        self.wallet.as_ref().unwrap()
    }

    /// The end of a life and the beginning of the next, with or without what the disk was not told to keep.
    fn die(&mut self) {
        let wallet = self.wallet.take().unwrap();
        let synced = wallet.outbox.try_lock().map_or(0, |outbox| outbox.synced());
        let vault = dead(wallet);
        if synced > 0 && self.chance.place(2) == 0 {
            let path = self.dir.path().join(OUTBOX_FILE);
            let file = File::options().write(true).open(path).unwrap();
            let length = file.metadata().unwrap().len();
            let tail = usize::try_from(length.saturating_sub(synced)).unwrap();
            file.set_len(synced + u64::try_from(self.chance.place(tail + 1)).unwrap()).unwrap();
        }
        self.start(vault);
    }

    /// Some of the next answers go wrong.
    fn trouble(&mut self) {
        let all = [
            Fault::LostBefore,
            Fault::LostAfter,
            Fault::Late,
            Fault::Twice,
            Fault::Busy,
            Fault::Late,
        ];
        for _ in 0..self.chance.place(4) {
            let fault = all[self.chance.place(all.len())].clone();
            self.issuer.fail([fault]);
        }
    }
}

/// Runs `work` for so many steps and drops it; how many it would have taken if it ended.
fn for_steps<T>(steps: usize, work: impl Future<Output = T>) -> Option<usize> {
    let mut work = Box::pin(work);
    let mut context = Context::from_waker(Waker::noop());
    (0..steps).find(|_| work.as_mut().poll(&mut context).is_ready())
}

/// A vault that has joined the city of every run; made once.
async fn vault() -> (tempfile::TempDir, Vault) {
    let dir = tempfile::tempdir().unwrap();
    let new = NewVault {
        language: Language::English,
        cost: VaultCost::FLOOR,
        created: Timestamp::default(),
    };
    let clock = Arc::new(FixedClock::new(Timestamp::from_micros(77)));
    let setup = Setup { client: FakeIssuer::new(1), clock, store: StoreKind::Memory };
    let (wallet, _) = Wallet::create(dir.path(), "correct horse", new, setup).unwrap();
    wallet.join(None).await.unwrap();
    wallet.set_idle(u64::MAX);
    (dir, dead(wallet))
}

/// Drops all of a wallet but the vault.
fn dead(wallet: Wallet) -> Vault {
    wallet.vault.into_inner().unwrap()
}

fn pay(amount: u64) -> Action {
    Action::Transfer { to: TO, amount: Amount::new(amount) }
}

/// Ends when the payment is made and nothing waits; the number of lives it took.
async fn resolve(lives: &mut Lives, id: CommandId) -> Done {
    let ask = Ask { id: Some(id), ..Ask::default() };
    for _ in 0..40 {
        if lives.wallet().resume().await.is_ok()
            && let Ok(done) = lives.wallet().submit(pay(10), &ask).await
        {
            return done;
        }
    }
    panic!("the wallet does not resolve");
}

#[tokio::test]
async fn a_payment_that_dies_at_any_step_is_made_once() {
    let (_kept, mut vault) = vault().await;
    let (mut runs, mut longest, mut died) = (0_u64, 0, BTreeMap::new());
    for step in 0.. {
        let mut ended_in_every_run = true;
        for seed in 0..SEEDS {
            let mut lives = Lives::new(vault, seed, step);
            // Some lives begin with a payment that was not answered.
            let earlier = lives.chance.place(3) == 0;
            if earlier {
                lives.issuer.fail([[Fault::LostBefore, Fault::LostAfter, Fault::Late]
                    [lives.chance.place(3)]
                .clone()]);
                lives.wallet().submit(pay(7), &Ask::default()).await.unwrap_err();
            }
            let random = [u8::try_from(seed).unwrap(); 10];
            let id = CommandId::time_ordered(FakeIssuer::now(), random);
            let ask = Ask { id: Some(id), ..Ask::default() };
            lives.trouble();
            let ended = for_steps(step, lives.wallet().submit(pay(10), &ask));
            ended_in_every_run &= ended.is_some();
            longest = longest.max(ended.unwrap_or(step));
            let waits =
                lives.wallet().outbox.try_lock().is_ok_and(|outbox| outbox.get(id).is_some());
            *died.entry((ended.is_some(), waits)).or_insert(0) += 1;
            for _ in 0..lives.chance.place(3) {
                lives.die();
                lives.trouble();
                let steps = lives.chance.place(20);
                for_steps(steps, lives.wallet().resume());
            }
            if lives.chance.place(2) == 0 {
                lives.die();
            }
            lives.issuer.deliver_late();
            let done = resolve(&mut lives, id).await;
            lives.issuer.deliver_late();
            // Everything that is the same command is the same bytes, and was decided once.
            assert_eq!(done.id, id, "step {step}, seed {seed}");
            assert!(lives.wallet().waiting().await.is_empty(), "step {step}, seed {seed}");
            let arrived = lives.issuer.arrived();
            let different: std::collections::BTreeSet<_> = arrived.iter().collect();
            let expected = 1 + usize::from(earlier);
            assert_eq!(lives.issuer.decided(), expected, "step {step}, seed {seed}");
            assert_eq!(different.len(), expected, "step {step}, seed {seed}");
            runs += 1;
            vault = dead(lives.wallet.take().unwrap());
        }
        if ended_in_every_run {
            break;
        }
    }
    // Every kind of death was met: before it was written, while it waits, and when it was over.
    assert!(longest >= 4 && runs >= 6 * SEEDS, "{longest} steps, {runs} runs");
    assert_eq!(died.len(), 4, "{died:?}");
}

/// The same without a crash: the shell lets go of the payment, and goes on with the same wallet.
#[tokio::test]
async fn a_payment_that_is_let_go_is_made_once() {
    let (_kept, mut vault) = vault().await;
    for step in 0..16 {
        for seed in 0..20 {
            let mut lives = Lives::new(vault, seed, step + 100);
            let id = CommandId::time_ordered(FakeIssuer::now(), [9; 10]);
            let ask = Ask { id: Some(id), ..Ask::default() };
            lives.trouble();
            for_steps(step, lives.wallet().submit(pay(10), &ask));
            resolve(&mut lives, id).await;
            lives.issuer.deliver_late();
            assert_eq!(lives.issuer.decided(), 1, "step {step}, seed {seed}");
            vault = dead(lives.wallet.take().unwrap());
        }
    }
}

/// Nobody made an id: after a crash the outbox alone says whether the payment waits.
#[tokio::test]
async fn what_waits_after_a_crash_is_all_that_can_still_be_paid() {
    let (_kept, mut vault) = vault().await;
    let mut met = [0; 2];
    for step in 0..16 {
        for seed in 0..SEEDS / 4 {
            let mut lives = Lives::new(vault, seed, step + 200);
            lives.trouble();
            let ended = for_steps(step, lives.wallet().submit(pay(10), &Ask::default()));
            lives.die();
            let waits = lives.wallet().waiting().await.len();
            let arrived_before = !lives.issuer.arrived().is_empty();
            assert!(waits == 1 || ended.is_some() || !arrived_before, "step {step}, seed {seed}");
            for _ in 0..10 {
                drop(lives.wallet().resume().await);
            }
            lives.issuer.deliver_late();
            assert!(lives.wallet().waiting().await.is_empty(), "step {step}, seed {seed}");
            let made = usize::from(waits == 1 || ended.is_some());
            assert_eq!(lives.issuer.decided(), made, "step {step}, seed {seed}");
            met[made] += 1;
            vault = dead(lives.wallet.take().unwrap());
        }
    }
    assert!(met.iter().all(|count| *count > 100), "{met:?}");
}
