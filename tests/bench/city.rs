//! The city of the bench: many payers with programmed coins, some shops, and payments signed beforehand.

use std::num::NonZero;
use std::thread;

use scoin_core::command::{AccountKind, Action, MerchantProfile, Proposal};
use scoin_core::envelope::SignedCommand;
use scoin_core::{Amount, NetworkId, PolicyId, Timestamp};
use scoin_policy::module::Module;
use scoin_tests::Actor;
use scoin_tests::actor::pay;
use scoin_tests::city::{START, instant};

/// The rule that every payment passes: a place, a ban, hours, and four limits.
pub(crate) const RULES: &str = r#"policy bench.daily {
  title ko "하루 코인" en "Daily coin"
  zone Asia/Seoul
  require local: merchant.district in { gu.mapo, gu.jongno }
  forbid big: merchant.category in { retail.department, gambling }
  require waking: time in weekly { mon..sun 06:00..24:00 }
  cap each: 10_000 won per payment
  cap day: 1_000_000 won per day
  cap month: 20_000_000 won per month
  cap often: 100_000 payments per day
  expires 12 months after issue then return to granter
}
"#;
/// The rule in a line, for the report.
pub(crate) const RULES_IN_A_LINE: &str =
    "1 layer of 3 conditions and 4 caps on the paying lot, 1 lot a payer, no items";

const SHOPS: usize = 100;
/// What each payer has, won: enough for any run.
const PURSE: u64 = 1_000_000;
/// Of ten payments to a hot shop, so many go there.
const HOT_OF_TEN: usize = 9;

/// Who lives in the city.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) accounts: usize,
    pub(crate) shops: usize,
    pub(crate) now: Timestamp,
}

/// The city, with its keys.
#[derive(Debug)]
pub(crate) struct People {
    now: Timestamp,
    officers: [Actor; 2],
    payers: Vec<Actor>,
    shops: Vec<Actor>,
}

/// Where the payments go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spread {
    /// To all shops alike.
    Uniform,
    /// Nine of ten to one shop.
    Hot,
}

impl Spread {
    /// The shop of a payment, by number.
    pub(crate) fn shop(self, at: usize, shops: usize) -> usize {
        match self {
            Self::Hot if at % 10 < HOT_OF_TEN => 0,
            Self::Hot | Self::Uniform => at % shops,
        }
    }
}

impl Plan {
    pub(crate) fn new(accounts: usize) -> Self {
        Self { accounts, shops: SHOPS, now: instant(START) }
    }

    /// Everybody, for one network.
    pub(crate) fn people(&self, network: NetworkId) -> People {
        let named = |name: String| Actor::named(&name, network);
        People {
            now: self.now,
            officers: ["officer 1", "officer 2"].map(|name| Actor::named(name, network)),
            payers: (0..self.accounts).map(|at| named(format!("payer {at}"))).collect(),
            shops: (0..self.shops).map(|at| named(format!("shop {at}"))).collect(),
        }
    }
}

impl People {
    /// What makes the city, in stages; each must be decided before the next is sent.
    pub(crate) fn founding(&self) -> Vec<Vec<Vec<u8>>> {
        let [first, second] = &self.officers;
        let by_first = |action| first.sign(self.now, action);
        let all = u64::try_from(self.payers.len()).unwrap_or(u64::MAX).saturating_mul(PURSE);
        let mint = Proposal::Mint { amount: Amount::new(all), reason: "bench".to_owned() };
        let propose = by_first(Action::Propose { proposal: mint });
        let proposed = SignedCommand::decode(&propose).expect("our own command");
        let approve =
            Action::Approve { proposal: proposed.message().id, digest: *proposed.digest() };
        let open = |actor: &Actor, kind| actor.sign(self.now, Action::OpenAccount { kind });
        let policy = policy();
        let register = |shop: &Actor| {
            by_first(Action::RegisterMerchant { account: shop.account, profile: profile() })
        };
        let grant = |payer: &Actor| {
            by_first(Action::Grant { to: payer.account, amount: Amount::new(PURSE), policy })
        };
        vec![
            vec![propose, by_first(Action::PublishRules { source: RULES.to_owned() })],
            vec![second.sign(self.now, approve)],
            self.shops.iter().map(|shop| open(shop, AccountKind::Merchant)).collect(),
            self.shops.iter().map(register).collect(),
            in_parallel(&self.payers, |_, payer| open(payer, AccountKind::Person)),
            in_parallel(&self.payers, |_, payer| grant(payer)),
        ]
    }

    /// So many payments, signed by shop and payer; no two are the same.
    pub(crate) fn payments(&self, count: usize, spread: Spread) -> Vec<Vec<u8>> {
        let numbers: Vec<usize> = (0..count).collect();
        in_parallel(&numbers, |_, at| {
            let payer = &self.payers[at % self.payers.len()];
            let shop = &self.shops[spread.shop(*at, self.shops.len())];
            let amount = 1 + u64::try_from(at % 9).unwrap_or(0);
            payer.sign(self.now, pay(shop.request(self.now, amount, Vec::new())))
        })
    }
}

/// The id of [`RULES`]' policy.
fn policy() -> PolicyId {
    let (module, found) = Module::parse(RULES);
    let module = module.unwrap_or_else(|| panic!("the rules of the bench: {found:?}"));
    let policy = module.policy("bench.daily", &[]).expect("a policy without parameters");
    PolicyId(policy.id().0)
}

fn profile() -> MerchantProfile {
    MerchantProfile {
        name: "bench".to_owned(),
        categories: vec!["food.bakery".to_owned()],
        district: Some("gu.mapo".to_owned()),
        groups: vec!["small-business".to_owned()],
        mcc: None,
        online: false,
    }
}

/// Works on all cores; what comes out is in order.
fn in_parallel<T: Sync, R: Send>(all: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = all.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = all
            .chunks(share)
            .enumerate()
            .map(|(part, chunk)| {
                let work = &work;
                let first = part * share;
                scope.spawn(move || {
                    (first..).zip(chunk).map(|(at, one)| work(at, one)).collect::<Vec<_>>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("signing does not panic")).collect()
    })
}
