//! A small sandbox city for tests, with keys made from names.

use std::sync::Arc;

use scoin_core::command::{AccountKind, Action, Command};
use scoin_core::envelope;
use scoin_core::genesis::Genesis;
use scoin_core::keys::SecretKey;
use scoin_core::request::{PaymentKind, PaymentRequest};
use scoin_core::{AccountId, Amount, CommandId, NetworkId, RequestId, Timestamp};
use scoin_issuer::admit;
use scoin_issuer::books::{Books, Decision};
use scoin_issuer::clock::ManualClock;
use scoin_issuer::config::{HttpConfig, LimitsConfig};
use scoin_issuer::engine::{Engine, MemoryEngine};
use scoin_issuer::http::{ServerConfig, run};
use scoin_issuer::service::Service;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// 2026-03-03T06:30:00Z.
pub(crate) const START: u64 = 1_772_519_400_000_000;
const HOUR: u64 = 3_600_000_000;

/// A key made from a name.
pub(crate) fn key(name: &str) -> SecretKey {
    let mut bytes = [1; 32];
    for (to, from) in bytes.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    SecretKey::from_bytes(&bytes).unwrap()
}

pub(crate) fn genesis() -> Genesis {
    let mut officers: Vec<_> = ["officer 1", "officer 2"].map(|name| key(name).public_key()).into();
    officers.sort_unstable();
    Genesis {
        name: "Test city".to_owned(),
        currency: "won".to_owned(),
        iso: "KRW".to_owned(),
        exponent: 0,
        zone: "Asia/Seoul".to_owned(),
        sandbox: true,
        officers,
        approvals_needed: 2,
        issuer: key("issuer").public_key(),
        created: Timestamp::from_micros(START),
        hold_hours: 24,
        recovery_hours: None,
    }
}

pub(crate) fn network() -> NetworkId {
    genesis().network_id()
}

pub(crate) fn account_of(name: &str) -> AccountId {
    AccountId::derive(network(), &key(name).public_key())
}

/// A command of somebody, with an id made from a number.
pub(crate) fn command(name: &str, id: u64, action: Action) -> Vec<u8> {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&id.to_be_bytes());
    let command = Command {
        id: CommandId(bytes),
        network: network(),
        by: account_of(name),
        valid_until: Timestamp::from_micros(START + HOUR),
        action,
        sequence: None,
    };
    envelope::sign(&command, &key(name))
}

pub(crate) fn open_account(name: &str, id: u64) -> Vec<u8> {
    command(name, id, Action::OpenAccount { kind: AccountKind::Person })
}

/// A payment request of a shop.
pub(crate) fn request(shop: &str, amount: u64) -> Vec<u8> {
    let request = PaymentRequest {
        id: RequestId([5; 16]),
        network: network(),
        merchant: account_of(shop),
        amount: Amount::new(amount),
        kind: PaymentKind::Purchase,
        items: Vec::new(),
        expires: Timestamp::from_micros(START + HOUR),
        reference: None,
        channel: None,
    };
    request.sign(&key(shop)).unwrap()
}

pub(crate) fn books(engine: Arc<dyn Engine>) -> Books {
    Books::open(genesis(), key("issuer"), engine).unwrap()
}

/// A running sequencer without HTTP.
pub(crate) struct Running {
    pub(crate) service: Arc<Service>,
    pub(crate) clock: Arc<ManualClock>,
    thread: Option<std::thread::JoinHandle<()>>,
}

pub(crate) fn start(engine: Arc<dyn Engine>, write_back_frames: u64) -> Running {
    start_with(engine, write_back_frames, &unlimited())
}

pub(crate) fn start_with(
    engine: Arc<dyn Engine>,
    write_back_frames: u64,
    limits: &LimitsConfig,
) -> Running {
    let clock = Arc::new(ManualClock::new(Timestamp::from_micros(START)));
    let (service, thread) =
        Service::start(books(engine), clock.clone(), limits, write_back_frames).unwrap();
    Running { service, clock, thread: Some(thread) }
}

pub(crate) fn unlimited() -> LimitsConfig {
    LimitsConfig { key_per_second: 0, account_per_second: 0, ..LimitsConfig::default() }
}

impl Running {
    pub(crate) async fn decide(&self, command: &[u8]) -> Decision {
        let entry = admit::admit(command).unwrap();
        self.service.sequencer.decide(vec![entry]).await.unwrap().remove(0)
    }

    pub(crate) fn stop(&mut self) {
        self.service.sequencer.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// A city served over HTTP on a port of its own.
pub(crate) struct Served {
    pub(crate) running: Running,
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) server: tokio::task::JoinHandle<()>,
}

pub(crate) async fn serve() -> Served {
    serve_with(unlimited()).await
}

pub(crate) async fn serve_with(limits: LimitsConfig) -> Served {
    serve_on(limits, &HttpConfig::default()).await
}

pub(crate) async fn serve_on(limits: LimitsConfig, http: &HttpConfig) -> Served {
    // Refused when another test was first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let running = start_with(Arc::new(MemoryEngine::new()), 1000, &limits);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let config = ServerConfig::new(http).unwrap();
    let service = Arc::clone(&running.service);
    let server = tokio::spawn(run(listener, service, config, async move {
        let _ = stopped.await;
    }));
    Served { running, base, http: reqwest::Client::new(), stop: Some(stop), server }
}
