//! A sandbox city for tests: founded in a temporary folder, run by the real service, with a clock that the test sets.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use scoin_api::{AccountBody, AnswerBody, EffectBody, GenesisFile, paths};
use scoin_core::command::{
    AccountKind, Action, Attributes, ConsentProof, ConsentWay, MerchantProfile, Proposal,
};
use scoin_core::envelope;
use scoin_core::keys::SecretKey;
use scoin_core::read_proof::ReadProof;
use scoin_core::receipt::Receipt;
use scoin_core::{AccountId, Amount, CommandId, NetworkId, PolicyId, Timestamp};
use tempfile::TempDir;

use crate::actor::{fresh_id, key_of};
use crate::binaries::binary;
use crate::{Actor, Reply, Service};

/// A city, its service, and the officers who run it.
#[derive(Debug)]
pub struct City {
    /// Where everything lies.
    pub folder: TempDir,
    /// The real service.
    pub service: Service,
    /// Names the city.
    pub network: NetworkId,
    /// Three officers; two must approve.
    pub officers: Vec<Actor>,
    /// What the clock shows.
    pub now: Timestamp,
    issuer: SecretKey,
}

/// A Tuesday on which everybody works and the schools are open.
pub const START: &str = "2026-03-03T15:30:00+09:00";

/// A guardian accepts a ward, identified by phone.
pub fn accept_ward(ward: AccountId) -> Action {
    let consent = Some(ConsentProof { way: ConsentWay::Phone, evidence: [7; 32] });
    Action::AcceptWard { ward, consent }
}

impl City {
    /// Founds a city and starts its service. The clock stands at [`START`].
    pub async fn found() -> Self {
        let mut city = Self::lay_out();
        city.start().await;
        city
    }

    /// Writes genesis, key and configuration; nothing runs yet.
    pub fn lay_out() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let issuer = key_of("issuer");
        let officers: Vec<SecretKey> = ["officer 1", "officer 2", "officer 3"].map(key_of).to_vec();
        let now = instant(START);
        let genesis = GenesisFile {
            name: "Test city".to_owned(),
            currency: "won".to_owned(),
            currency_code: "KRW".to_owned(),
            exponent: 0,
            zone: "Asia/Seoul".to_owned(),
            sandbox: true,
            officers: sorted_keys(&officers),
            approvals_needed: 2,
            issuer: hex::encode(issuer.public_key().as_bytes()),
            created: now.into(),
            hold_hours: 24,
            recovery_hours: None,
        };
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("the temporary folder can be written");
        };
        write("genesis.toml", &toml::to_string(&genesis).expect("a genesis file is TOML"));
        write("issuer.key", &hex::encode(issuer.to_bytes().as_slice()));
        write("issuer.toml", &config());
        private(&folder.path().join("issuer.key"));
        let service = Service::new(&folder.path().join("issuer.toml"));
        let network = NetworkId([0; 8]);
        let officers = Vec::new();
        Self { folder, service, network, officers, now, issuer }
    }

    /// Starts the service (again) and sets its clock to where the test is.
    pub async fn start(&mut self) {
        self.service
            .start()
            .await
            .unwrap_or_else(|log| panic!("the service does not start: {log}"));
        let city = self.service.city().await;
        self.network = NetworkId::from_hex(&city.network).expect("a network id is hex");
        if self.officers.is_empty() {
            self.officers = ["officer 1", "officer 2", "officer 3"]
                .map(|name| Actor::named(name, self.network))
                .to_vec();
        } else {
            self.service.set_clock(self.now).await;
        }
    }

    /// Moves the clock, `2026-03-03T19:10:00+09:00`.
    pub async fn set_time(&mut self, time: &str) {
        self.now = instant(time);
        self.service.set_clock(self.now).await;
    }

    /// Sends a command of somebody.
    pub async fn ask(&self, actor: &Actor, action: Action) -> Reply {
        self.service.line().send(&actor.sign(self.now, action)).await.expect("the service answers")
    }

    /// Sends a command that must be accepted; its receipt is verified.
    pub async fn accept(&self, actor: &Actor, action: Action) -> AnswerBody {
        let command = actor.sign(self.now, action);
        let reply = self.service.line().send(&command).await.expect("the service answers");
        assert!(reply.accepted(), "{}", reply.text());
        self.verify_receipt(&command, &reply);
        reply.json()
    }

    /// Sends a command that must be refused with this code.
    pub async fn refuse(&self, actor: &Actor, action: Action, code: u16) -> Reply {
        let reply = self.ask(actor, action).await;
        assert_eq!(reply.code(), code, "{}", reply.text());
        reply
    }

    /// Checks the issuer's signature and the place in the frame; panics if anything does not hold.
    pub fn verify_receipt(&self, command: &[u8], reply: &Reply) {
        let answer = reply.answer().expect("a recorded answer");
        let receipt = answer.receipt.expect("a recorded answer has a receipt");
        let signed = envelope::SignedCommand::decode(command).expect("our own command");
        let receipt = Receipt::from_bytes(&receipt.0).expect("a receipt can be read");
        let verified = receipt
            .verify(&self.issuer.public_key(), self.network, signed.digest())
            .expect("the receipt holds");
        assert_eq!(Some(verified.frame()), answer.frame);
        assert_eq!(Some(verified.index), answer.index.map(u64::from));
        assert!(verified.sandbox(), "a sandbox city says so in every receipt");
    }

    /// Opens a person's account.
    pub async fn person(&self, name: &str) -> Actor {
        let actor = Actor::named(name, self.network);
        self.accept(&actor, Action::OpenAccount { kind: AccountKind::Person }).await;
        actor
    }

    /// Opens a shop's account and registers it.
    pub async fn shop(&self, name: &str, category: &str, district: &str) -> Actor {
        let actor = Actor::named(name, self.network);
        self.accept(&actor, Action::OpenAccount { kind: AccountKind::Merchant }).await;
        let profile = MerchantProfile {
            name: name.to_owned(),
            categories: vec![category.to_owned()],
            district: Some(district.to_owned()),
            groups: vec!["small-business".to_owned()],
            mcc: None,
            online: false,
        };
        let account = actor.account;
        self.accept(&self.officers[0], Action::RegisterMerchant { account, profile }).await;
        actor
    }

    /// States a person's age and district.
    pub async fn attest(&self, person: &Actor, age: u8, district: &str) {
        let attributes = Attributes {
            age: Some(age),
            age_until: Some(i32::from(u16::MAX)),
            district: Some(district.to_owned()),
            ..Attributes::default()
        };
        let subject = person.account;
        self.accept(&self.officers[0], Action::Attest { subject, attributes }).await;
    }

    /// Mints into the treasury: one officer proposes, another approves.
    pub async fn mint(&self, amount: u64) {
        let (proposal, digest) = self.propose_mint(amount).await;
        self.accept(&self.officers[1], Action::Approve { proposal, digest }).await;
    }

    /// The first officer proposes to mint; gives the proposal's id and digest.
    pub async fn propose_mint(&self, amount: u64) -> (CommandId, [u8; 32]) {
        let proposal = Proposal::Mint { amount: Amount::new(amount), reason: "test".to_owned() };
        let id = fresh_id(self.now);
        let until = self.now.saturating_add_micros(3_600_000_000);
        let command = self.officers[0].sign_as(id, until, Action::Propose { proposal });
        let reply = self.service.line().send(&command).await.expect("the service answers");
        assert!(reply.accepted(), "{}", reply.text());
        let signed = envelope::SignedCommand::decode(&command).expect("our own command");
        (id, *signed.digest())
    }

    /// Publishes rules.
    pub async fn publish(&self, source: &str) {
        let source = source.to_owned();
        self.accept(&self.officers[0], Action::PublishRules { source }).await;
    }

    /// The id of a published policy with these arguments.
    pub async fn adopt(&self, by: &Actor, name: &str, arguments: &[(&str, &str)]) -> PolicyId {
        let arguments =
            arguments.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        let action = Action::AdoptPolicy { name: name.to_owned(), arguments };
        match self.accept(by, action).await.outcome.effect {
            Some(EffectBody::Policy { policy }) => PolicyId::from_hex(&policy).expect("hex"),
            other => panic!("adopting gave {other:?}"),
        }
    }

    /// The city gives treasury money under a policy.
    pub async fn grant(&self, to: AccountId, amount: u64, policy: PolicyId) {
        let action = Action::Grant { to, amount: Amount::new(amount), policy };
        self.accept(&self.officers[0], action).await;
    }

    /// A read proof, as the `Authorization` header has it.
    pub fn proof(&self, actor: &Actor) -> String {
        let proof = ReadProof {
            network: self.network,
            account: actor.account,
            expires: self.now.saturating_add_micros(60_000_000),
        };
        proof.to_header(&actor.key)
    }

    /// What somebody has, in all lots, as an officer sees it.
    pub async fn balance(&self, actor: &Actor) -> u64 {
        let path = paths::account(&actor.account.to_string());
        let reply = self.service.line().get(&path, Some(&self.proof(&self.officers[0]))).await;
        reply.expect("the service answers").json::<AccountBody>().balance
    }

    /// The totals of the whole city.
    pub async fn report(&self) -> serde_json::Value {
        let proof = self.proof(&self.officers[0]);
        let reply = self.service.line().get(paths::REPORT, Some(&proof)).await;
        reply.expect("the service answers").json()
    }

    /// `scoin-issuerd check` on the data file of a stopped service.
    pub fn check(&self) -> Output {
        check(self.service.config())
    }
}

/// `scoin-issuerd check` on a configuration.
pub fn check(config: &Path) -> Output {
    Command::new(binary("scoin-issuerd"))
        .args(["check", "--config"])
        .arg(config)
        .output()
        .expect("scoin-issuerd starts")
}

/// An instant as people write it, `2026-03-03T15:30:00+09:00`.
pub fn instant(text: &str) -> Timestamp {
    let instant: jiff::Timestamp = text.parse().unwrap_or_else(|error| panic!("`{text}`: {error}"));
    Timestamp::from_micros(u64::try_from(instant.as_microsecond()).expect("after 1970"))
}

/// A genesis names its officers in order.
fn sorted_keys(officers: &[SecretKey]) -> Vec<String> {
    let mut keys: Vec<_> = officers.iter().map(|key| key.public_key().to_hex()).collect();
    keys.sort();
    keys
}

fn config() -> String {
    format!(
        "[city]\ngenesis = \"genesis.toml\"\n[issuer]\nkey_file = \"issuer.key\"\n[data]\nfile = \"scoin.redb\"\n\
         [http]\nlisten = \"127.0.0.1:0\"\naddress_file = \"address\"\n\
         [limits]\nkey_per_second = 0\naccount_per_second = 0\n[clock]\nstart = \"{START}\"\n[log]\nlevel = \"warn\"\n"
    )
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("own file");
}

#[cfg(not(unix))]
fn private(_path: &Path) {}
