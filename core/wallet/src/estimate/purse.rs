//! The synced account as the allocation wants to see it: the same coins, rules and counters as in the ledger.

use std::collections::{BTreeMap, BTreeSet};

use scoin_api::account::{LastBody, MeterBody};
use scoin_api::{
    AccountBody, CalendarBody, GuardBody, LayerBody, ListBody, LotBody, MerchantBody, TextsBody,
};
use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount, LotId, PolicyId, Timestamp};
use scoin_policy::alloc::{Allocation, LayerView, LotView, Used, Wallet as Coins};
use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::State;
use scoin_policy::facts::{Fact, Facts, Id, Person, Shop, World};
use scoin_policy::ir::{By, Ends, Policy, Window};
use scoin_policy::manifest::Manifest;
use scoin_policy::rule::{CapSlot, GapSlot, Rule, Unit};
use scoin_policy::{rank, scope};

use super::{Purchase, Use, not_cached};
use crate::civil::Zone;
use crate::error::WalletError;
use crate::rules::{Names, references};
use crate::wallet::Wallet;

/// The coins of an account at an instant.
#[derive(Debug)]
pub(super) struct Purse<'a> {
    account: &'a AccountBody,
    now: Timestamp,
    city_date: Date,
    zone: Zone,
    lots: Vec<PurseLot>,
    guards: Vec<Layer>,
    world: Cached,
}

#[derive(Debug)]
struct PurseLot {
    id: u64,
    titles: TextsBody,
    available: u64,
    expires: Option<i64>,
    issued: i64,
    rank: u64,
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    rule: Rule,
    whose: Whose,
    scope: u32,
    now: Civil,
    issued: Option<Civil>,
    used: Vec<u64>,
    /// The day buckets of rolling windows: they say exactly when there is room again.
    days: Vec<Vec<(Date, u64)>>,
    last: Vec<Option<i64>>,
}

/// Lists and calendars as they were at the last sync.
#[derive(Debug, Default)]
struct Cached {
    lists: BTreeMap<String, ListBody>,
    calendars: BTreeMap<String, CalendarBody>,
}

impl<'a> Purse<'a> {
    /// The coins that may work now. A lot under a rule that is not known here does not pay. The own rules of guardians in
    /// `waived` are left out.
    pub(super) fn open(
        wallet: &Wallet,
        account: &'a AccountBody,
        (merchant, waived): (AccountId, &[String]),
        now: Timestamp,
    ) -> Result<Self, WalletError> {
        let zone = Zone::named(&wallet.city()?.genesis.zone).ok_or_else(|| not_cached("zone"))?;
        let mut reader = Reader { wallet, account, merchant, waived, now, scopes: Vec::new() };
        let mut names = Names::default();
        let mut guards = Vec::new();
        let begun = |guard: &&GuardBody| guard.starts.is_none_or(|starts| starts.0 <= now);
        let judges = |guard: &&GuardBody| guard.over.is_some() || !waived.contains(&guard.set_by);
        for guard in account.guards.iter().filter(begun).filter(judges) {
            guards.push(reader.guard(guard, &mut names)?.ok_or_else(|| not_cached("guard"))?);
        }
        let mut lots = Vec::new();
        for body in &account.lots {
            lots.extend(reader.lot(body, &mut names)?);
        }
        let world = Cached::read(wallet, names)?;
        Ok(Self { account, now, city_date: zone.civil(now).date, zone, lots, guards, world })
    }

    /// Asks about a purchase.
    pub(super) fn ask<T>(
        &self,
        shop: &MerchantBody,
        purchase: &Purchase,
        question: impl FnOnce(&Coins<'_>) -> T,
    ) -> T {
        let facts = self.facts(shop, purchase);
        let guard_days: Vec<_> = self.guards.iter().map(Layer::buckets).collect();
        let guards = views(&self.guards, &guard_days);
        let lot_days: Vec<Vec<_>> =
            self.lots.iter().map(|lot| lot.layers.iter().map(Layer::buckets).collect()).collect();
        let lots = self.lots.iter().zip(&lot_days);
        let layers: Vec<Vec<LayerView<'_>>> =
            lots.map(|(lot, days)| views(&lot.layers, days)).collect();
        let lots: Vec<LotView<'_>> =
            self.lots.iter().zip(&layers).map(|(lot, layers)| lot.view(layers)).collect();
        let (world, guards) = (&self.world, guards.as_slice());
        question(&Coins { facts: &facts, world, lots: &lots, guards, order: None })
    }

    /// The amounts up to which rules of these coins treat a payment alike: just below each amount that one names.
    pub(super) fn amounts_named(&self) -> BTreeSet<u64> {
        let layers = self.lots.iter().flat_map(|lot| &lot.layers).chain(&self.guards);
        let cuts = layers.filter_map(|layer| {
            Manifest::of(layer.rule.policy()).cuts.remove(&Fact::PaymentAmount)
        });
        cuts.flatten().filter_map(|cut| u64::try_from(cut).ok()?.checked_sub(1)).collect()
    }

    /// What stands in the way before any coin is looked at.
    pub(super) fn barred(
        &self,
        shop: &MerchantBody,
        purchase: &Purchase,
        now: Timestamp,
    ) -> Option<Refusal> {
        let freezer = self.account.frozen.iter().map(|freeze| freezer(&freeze.by)).max();
        if purchase.amount.is_zero() {
            Some(Refusal::ZeroAmount)
        } else if let Some(by) = freezer {
            Some(Refusal::Frozen { by })
        } else if shop.suspended {
            Some(Refusal::MerchantClosed)
        } else if purchase.expires.is_some_and(|expires| expires < now) {
            Some(Refusal::RequestExpired)
        } else {
            None
        }
    }

    /// How much each lot pays, in order of use.
    pub(super) fn lots_of(&self, found: &Allocation) -> Vec<(LotId, Amount)> {
        let mut lots: Vec<(LotId, Amount)> = Vec::new();
        for part in &found.parts {
            let Some(lot) = self.lots.get(part.lot) else { continue };
            let amount = Amount::new(part.amount);
            match lots.iter_mut().find(|(id, _)| id.0 == lot.id) {
                Some((_, sum)) => *sum = sum.checked_add(amount).unwrap_or(Amount::MAX),
                None => lots.push((LotId(lot.id), amount)),
            }
        }
        lots
    }

    /// The lots of an allocation with their names and the reason for their order.
    pub(super) fn uses_of(&self, used: &[Used]) -> Vec<Use> {
        let one = |used: &Used| {
            let lot = self.lots.get(used.lot)?;
            // The end is the first instant at which it works no more.
            let last = lot.expires.and_then(|end| u64::try_from(end.saturating_sub(1)).ok());
            let last_day = last.map(|last| self.zone.civil(Timestamp::from_micros(last)).date);
            let (titles, amount) = (lot.titles.clone(), Amount::new(used.amount));
            Some(Use { lot: LotId(lot.id), amount, titles, last_day, why: used.why })
        };
        used.iter().filter_map(one).collect()
    }

    /// Ledger time of the snapshot.
    pub(super) const fn as_of(&self) -> Timestamp {
        self.account.time.0
    }

    /// The instant asked about.
    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    fn facts<'f>(&'f self, shop: &'f MerchantBody, purchase: &'f Purchase) -> Facts<'f> {
        let known = &self.account.attributes;
        // Dates in ISO 8601 sort as texts.
        let today = scoin_api::encode::date_text(self.city_date.0);
        let age_known = known.age_until.as_ref().is_none_or(|until| today <= *until);
        let channel = if shop.online { "online" } else { "store" };
        // An account that nobody has attested has no groups at all, not an empty set of them.
        let attested = *known != scoin_api::AttributesBody::default();
        Facts {
            instant_micros: micros(self.now),
            amount: purchase.amount.units(),
            kind: Some(&purchase.kind),
            channel: Some(purchase.channel.as_deref().unwrap_or(channel)),
            items: purchase.items.as_deref(),
            payer: Person {
                id: Some(Id::Text(&self.account.address)),
                age: known.age.filter(|_| age_known).map(i64::from),
                district: known.district.as_deref(),
                household: known.household.as_deref(),
                groups: attested.then_some(known.groups.as_slice()),
                children: known.children.map(i64::from),
            },
            merchant: Shop {
                id: Some(Id::Text(&shop.address)),
                category: Some(shop.categories.as_slice()).filter(|tags| !tags.is_empty()),
                district: shop.district.as_deref(),
                country: None,
                groups: Some(&shop.groups),
            },
            ..Facts::default()
        }
    }
}

/// The day buckets behind each cap of a layer.
type Buckets<'v> = Vec<&'v [(Date, u64)]>;

fn views<'v>(layers: &'v [Layer], days: &'v [Buckets<'v>]) -> Vec<LayerView<'v>> {
    layers.iter().zip(days).map(|(layer, days)| layer.view(days)).collect()
}

/// True for windows that move on every day and so give room bit by bit.
const fn rolls(cap: &CapSlot) -> bool {
    matches!(cap.window, Window::Days(_) | Window::Months(_) | Window::Years(_))
}

impl Layer {
    fn buckets(&self) -> Buckets<'_> {
        self.days.iter().map(Vec::as_slice).collect()
    }

    fn view<'v>(&'v self, buckets: &'v [&'v [(Date, u64)]]) -> LayerView<'v> {
        let state = State { issued: self.issued, used: &self.used, last: &self.last, buckets };
        let Self { rule, whose, scope, now, .. } = self;
        LayerView { rule, whose: *whose, scope: *scope, now: *now, state }
    }
}

impl PurseLot {
    fn view<'v>(&self, layers: &'v [LayerView<'v>]) -> LotView<'v> {
        let mut id = [0; 32];
        for (to, from) in id.iter_mut().rev().zip(self.id.to_le_bytes()) {
            *to = from;
        }
        let Self { available, expires, issued, rank, .. } = *self;
        LotView { available, expires, issued, rank, id, layers }
    }
}

/// Reads the cached account.
struct Reader<'a> {
    wallet: &'a Wallet,
    account: &'a AccountBody,
    merchant: AccountId,
    waived: &'a [String],
    now: Timestamp,
    scopes: Vec<[u8; 16]>,
}

impl Reader<'_> {
    fn guard(&mut self, body: &GuardBody, names: &mut Names) -> Result<Option<Layer>, WalletError> {
        let Some(policy) = self.policy(&body.policy, names)? else { return Ok(None) };
        let Some(scope) = body.scope.as_deref().and_then(sixteen) else { return Ok(None) };
        Ok(self.layer(Rule::new(policy), whose(body.whose.as_deref()), scope, None))
    }

    fn lot(&mut self, body: &LotBody, names: &mut Names) -> Result<Option<PurseLot>, WalletError> {
        let available = body.amount.saturating_sub(body.held);
        if available == 0 || body.expires.is_some_and(|expires| expires.0 <= self.now) {
            return Ok(None);
        }
        let mut layers = Vec::new();
        let mut waived = Vec::new();
        for layer in &body.layers {
            let Some(policy) = self.policy(&layer.policy, names)? else { return Ok(None) };
            let Some(known) = self.lot_layer(body, layer, policy) else { return Ok(None) };
            waived.push(self.waived.contains(&layer.granter));
            layers.push(known);
        }
        let expires = body.expires.map(|expires| micros(expires.0));
        let issued = micros(body.issued.0);
        let titles = body.layers.last().map(title).unwrap_or_default();
        let rank = rank::of(layers.iter().map(|layer| &layer.rule));
        let mut waived = waived.into_iter();
        layers.retain(|_| !waived.next().unwrap_or_default());
        Ok(Some(PurseLot { id: body.id, titles, available, expires, issued, rank, layers }))
    }

    fn lot_layer(&mut self, lot: &LotBody, body: &LayerBody, policy: Policy) -> Option<Layer> {
        let scope = body.scope.as_deref().and_then(sixteen)?;
        let issued = body.issued?.0;
        let id = policy.id();
        let rule = if lot.grace {
            Rule::with_id(id, without_end(policy))
        } else {
            Rule::with_id(id, policy)
        };
        let since = Some((lot.id, issued, lot.grace));
        self.layer(rule, whose(body.whose.as_deref()), scope, since)
    }

    fn layer(
        &mut self,
        rule: Rule,
        whose: Whose,
        name: [u8; 16],
        lot: Option<(u64, Timestamp, bool)>,
    ) -> Option<Layer> {
        let zone = Zone::named(rule.zone())?;
        let now = zone.civil(self.now);
        let issued = lot.filter(|(_, _, grace)| !grace).map(|(_, issued, _)| zone.civil(issued));
        let lot = lot.map(|(id, _, _)| id);
        let counted = |cap| self.counted(cap, name, lot, now.date);
        let counted: Vec<Vec<(Date, u64)>> = rule.caps().iter().map(counted).collect();
        let sum = |days: &Vec<(Date, u64)>| {
            days.iter().fold(0, |sum, day| u64::saturating_add(sum, day.1))
        };
        let used = counted.iter().map(sum).collect();
        let rolling = rule
            .caps()
            .iter()
            .zip(counted)
            .map(|(cap, days)| if rolls(cap) { days } else { Vec::new() });
        let days = rolling.collect();
        let last = rule.gaps().iter().map(|gap| self.last(gap, name, lot)).collect();
        let scope = self.number(name);
        Some(Layer { rule, whose, scope, now, issued, used, days, last })
    }

    /// What a cap counts within its window now, by day; a sum for ever stands under any day.
    fn counted(
        &self,
        cap: &CapSlot,
        name: [u8; 16],
        lot: Option<u64>,
        today: Date,
    ) -> Vec<(Date, u64)> {
        let Some((from, to)) = cap.dates(today) else { return Vec::new() };
        let (scope, household) = self.place(&cap.by, name, lot);
        let for_ever = cap.window == Window::Life;
        let same = |meter: &&MeterBody| {
            meter.household == household
                && sixteen(&meter.scope) == Some(scope)
                && sixteen(&meter.measure) == Some(cap.measure.0)
        };
        let in_window = |meter: &MeterBody| match meter.day {
            None => for_ever.then_some(today),
            Some(day) => Some(Date(day)).filter(|day| !for_ever && (from..=to).contains(day)),
        };
        let of_unit = |meter: &MeterBody| match cap.counts {
            Unit::Money => meter.amount,
            Unit::Count => meter.count,
        };
        let meters = self.account.meters.iter().filter(same);
        meters.filter_map(|meter| Some((in_window(meter)?, of_unit(meter)))).collect()
    }

    fn last(&self, gap: &GapSlot, name: [u8; 16], lot: Option<u64>) -> Option<i64> {
        let (scope, household) = self.place(&gap.by, name, lot);
        let same = |last: &&LastBody| {
            last.household == household
                && sixteen(&last.scope) == Some(scope)
                && sixteen(&last.gap) == Some(gap.measure.0)
        };
        self.account.lasts.iter().find(same).map(|last| micros(last.at.0))
    }

    /// The counter's own scope, and whether the household counts together.
    fn place(&self, by: &[By], name: [u8; 16], lot: Option<u64>) -> ([u8; 16], bool) {
        let merchant = by.contains(&By::Merchant).then_some(self.merchant.0);
        let lot = lot.filter(|_| by.contains(&By::Lot));
        let home = by.contains(&By::Household) && self.account.attributes.household.is_some();
        (scope::part(name, merchant, lot), home)
    }

    /// The number of a scope, the same for the same name.
    fn number(&mut self, name: [u8; 16]) -> u32 {
        let found = self.scopes.iter().position(|scope| *scope == name);
        let at = found.unwrap_or(self.scopes.len());
        if found.is_none() {
            self.scopes.push(name);
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn policy(&self, id: &str, names: &mut Names) -> Result<Option<Policy>, WalletError> {
        let Some(id) = PolicyId::from_hex(id) else { return Ok(None) };
        let policy = self.wallet.cached_policy(id)?;
        if let Some(policy) = &policy {
            references(policy, names);
        }
        Ok(policy)
    }
}

/// What the holder calls the coins: the title of their rule, else its name.
fn title(layer: &LayerBody) -> TextsBody {
    if layer.title.is_empty() {
        TextsBody::from([("en".to_owned(), layer.name.clone())])
    } else {
        layer.title.clone()
    }
}

impl Cached {
    fn read(wallet: &Wallet, names: Names) -> Result<Self, WalletError> {
        let mut cached = Self::default();
        for name in names.lists {
            if let Some(list) = wallet.cached(&format!("list/{name}"))? {
                cached.lists.insert(name, list);
            }
        }
        for name in names.calendars {
            if let Some(calendar) = wallet.cached(&format!("calendar/{name}"))? {
                cached.calendars.insert(name, calendar);
            }
        }
        Ok(cached)
    }
}

impl World for Cached {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        Some(self.lists.get(list)?.members.iter().any(|one| one == member))
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        let day = scoin_api::encode::date_text(date.0);
        Some(self.calendars.get(calendar)?.days.contains(&day))
    }
}

fn sixteen(hex: &str) -> Option<[u8; 16]> {
    scoin_core::CommandId::from_hex(hex).map(|id| id.0)
}

fn whose(word: Option<&str>) -> Whose {
    match word {
        Some("city") => Whose::City,
        Some("guardian") => Whose::Guardian,
        Some("own") => Whose::Own,
        _ => Whose::Granter,
    }
}

fn freezer(word: &str) -> u8 {
    match word {
        "itself" => 1,
        "guardian" => 2,
        _ => 3,
    }
}

/// The same rule for coins whose end has passed and that live again for a while.
fn without_end(mut policy: Policy) -> Policy {
    policy.expires.end = Ends::Never;
    policy.also = policy.also.into_iter().map(without_end).collect();
    policy
}

fn micros(at: Timestamp) -> i64 {
    i64::try_from(at.micros()).unwrap_or(i64::MAX)
}
