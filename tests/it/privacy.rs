//! Who sees what of a child's payments, over HTTP: a matrix of readers and fields, the second before the day and at it.

use std::collections::BTreeSet;

use scoin_api::{AccountBody, EntryBody, HistoryBody, paths};
use scoin_core::command::{Action, Attributes};
use scoin_core::{Amount, CommandId};
use scoin_tests::actor::pay;
use scoin_tests::city::accept_ward;
use scoin_tests::{Actor, City};

/// A day of age and a day of privacy: 2029-03-14 and 2026-03-04. Answers are kept for a day, so the day is the next one.
const OF_AGE: i32 = 21_622;
const PRIVATE: i32 = 20_516;

/// What a reader may see; in the order of [`seen`].
const FIELDS: [&str; 8] =
    ["sum", "kind", "shop", "reference", "answer", "causes", "meters", "day of privacy"];

const RULES: &str = "
policy test.gap { zone Asia/Seoul gap again: 10 minutes by merchant }
policy test.day { zone Asia/Seoul cap day: 4_000 won per day by merchant }
";

struct Town {
    city: City,
    child: Actor,
    mother: Actor,
    father: Actor,
    stranger: Actor,
    shop: Actor,
    payment: CommandId,
}

impl Town {
    async fn found() -> Self {
        let city = City::found().await;
        let [child, mother, father, stranger] = [
            city.person("child").await,
            city.person("mother").await,
            city.person("father").await,
            city.person("stranger").await,
        ];
        let shop = city.shop("bakery", "food.bakery", "gu.mapo").await;
        city.mint(100_000).await;
        let amount = Amount::new(20_000);
        city.accept(&city.officers[0], Action::Transfer { to: child.account, amount }).await;
        let ward = child.account;
        for guardian in [&mother, &father] {
            city.accept(&child, Action::AskGuardian { guardian: guardian.account }).await;
            city.accept(guardian, accept_ward(ward)).await;
        }
        city.publish(RULES).await;
        for rule in ["test.gap", "test.day"] {
            let policy = city.adopt(&mother, rule, &[]).await;
            city.accept(&mother, Action::SetGuard { account: ward, policy }).await;
        }
        let answer = city.accept(&child, pay(shop.request(city.now, 3_000, Vec::new()))).await;
        let payment = CommandId::from_hex(&answer.id).expect("an id");
        // Refused: the answer says which rule of which shop stood in the way.
        city.refuse(&child, pay(shop.request(city.now, 500, Vec::new())), 2031).await;
        Self { city, child, mother, father, stranger, shop, payment }
    }

    async fn attest(&self, attributes: Attributes) {
        let subject = self.child.account;
        self.city.accept(&self.city.officers[0], Action::Attest { subject, attributes }).await;
    }

    /// What this reader sees of the child's payments; nothing at all is `None`.
    async fn seen(&self, reader: &Actor) -> Option<BTreeSet<&'static str>> {
        let (line, proof) = (self.city.service.line(), self.city.proof(reader));
        let address = self.child.account.to_string();
        let get = async |path: String| line.get(&path, Some(&proof)).await.expect("an answer");
        let reply = get(paths::account(&address)).await;
        let history = get(paths::account_history(&address)).await;
        let lookup = get(format!("/v1/commands/{address}/{}", self.payment.to_hex())).await;
        if reply.status != 200 {
            assert_eq!((history.status, lookup.status), (reply.status, reply.status));
            return None;
        }
        let shop = self.shop.account.to_string();
        let account: AccountBody = reply.json();
        let page: HistoryBody = history.json();
        let paid = |entry: &&EntryBody| entry.action == "pay" && entry.change == -3_000;
        let entry = page.entries.iter().find(paid);
        let refused = page.entries.iter().any(|entry| entry.outcome.is_some());
        let all = format!("{}{}", reply.text(), history.text());
        let names_shop = all.contains(&shop);
        let found = [
            entry.is_some(),
            entry.is_some_and(|entry| entry.kinds == ["food.bakery"]) || names_shop,
            names_shop,
            entry.is_some_and(|entry| entry.other.is_some()),
            lookup.status == 200,
            refused,
            !account.meters.is_empty() && !account.lasts.is_empty(),
            account.attributes.private_from.is_some(),
        ];
        Some(
            FIELDS.into_iter().zip(found).filter(|(_, sees)| *sees).map(|(name, _)| name).collect(),
        )
    }

    async fn check(&self, what: &str, rows: &[(&Actor, Option<&[&'static str]>)]) {
        for (place, (reader, expected)) in rows.iter().enumerate() {
            let expected = expected.map(|fields| fields.iter().copied().collect());
            assert_eq!(self.seen(reader).await, expected, "{what}: row {place}");
        }
    }
}

/// All fields but the day, which is not stated at first.
fn undated() -> Option<&'static [&'static str]> {
    FIELDS.get(..7)
}

const ALL: Option<&[&str]> = Some(&FIELDS);

#[tokio::test(flavor = "multi_thread")]
async fn from_the_day_on_guardians_see_sums_and_kinds_of_shops_and_not_which() {
    let mut town = Town::found().await;
    let officer = town.city.officers[0].clone();
    let little: Option<&[&str]> = Some(&["sum", "kind", "day of privacy"]);
    let known = Attributes { age: Some(13), age_until: Some(PRIVATE - 1), ..Attributes::default() };
    let stated =
        Attributes { private_from: Some(PRIVATE), of_age_from: Some(OF_AGE), ..known.clone() };
    let steps = [
        ("no day stated", known, "2026-03-03T23:59:58+09:00", undated(), undated()),
        ("the second before", stated.clone(), "2026-03-03T23:59:59+09:00", ALL, ALL),
        ("the day", stated, "2026-03-04T00:00:00+09:00", ALL, little),
    ];
    for (what, attributes, time, own, guardians) in steps {
        town.attest(attributes).await;
        town.city.set_time(time).await;
        let rows = [
            (&town.child, own),
            (&town.mother, guardians),
            (&town.father, guardians),
            (&officer, own),
            (&town.stranger, None),
            (&town.shop, None),
        ];
        town.check(what, &rows).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ward_shares_its_shops_with_one_guardian_and_ends_that() {
    let mut town = Town::found().await;
    let little: Option<&[&str]> = Some(&["sum", "kind"]);
    town.city.set_time("2026-03-04T00:00:00+09:00").await;
    // Without a day, from the city's age on, which is 14.
    town.attest(Attributes { age: Some(14), age_until: Some(OF_AGE), ..Attributes::default() })
        .await;
    town.check("fourteen", &[(&town.child, undated()), (&town.mother, little)]).await;
    let share =
        |guardian: &Actor, shared| Action::ShareShops { guardian: guardian.account, shared };
    town.city.refuse(&town.father, share(&town.father, true), 2020).await;
    town.city.accept(&town.child, share(&town.mother, true)).await;
    let rows = [(&town.mother, undated()), (&town.father, little), (&town.stranger, None)];
    town.check("shared with one", &rows).await;
    town.city.accept(&town.child, share(&town.mother, false)).await;
    town.check("shared no more", &[(&town.mother, little)]).await;
    // Of age: nothing at all.
    town.attest(Attributes { of_age_from: Some(PRIVATE), ..Attributes::default() }).await;
    let rows = [(&town.child, undated()), (&town.mother, None), (&town.father, None)];
    town.check("of age", &rows).await;
}
