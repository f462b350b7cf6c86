//! A whole city run with `scoin` alone: founded, paid in, refused, refunded, checked.

use scoin_tests::Service;
use serde_json::{Value, json};

use crate::typist::{Typist, text};

impl Typist<'_> {
    /// A shop asks to be paid.
    fn request(&self, shop: &str, amount: &str, item: &str) -> String {
        text(&self.done(shop, &["wallet", "request", amount, "--item", item])["request"])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_is_run_from_the_command_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("password"), "correct horse\n").expect("a file");
    let typist = Typist { folder: folder.path() };
    let city = folder.path().join("city");
    let city_path = city.to_str().expect("a path");
    let clock = "2026-03-03T15:30:00+09:00";
    let init =
        ["city", "init", city_path, "--sandbox", "--listen", "127.0.0.1:0", "--clock", clock];
    assert_eq!(typist.done("nobody", &init)["approvals_needed"], 2);
    let mut service = Service::new(&city.join("issuer.toml"));
    service.start().await.expect("the service starts on what `city init` made");
    let server = std::fs::read_to_string(city.join("address")).expect("the address");
    let server = format!("http://{}", server.trim());

    let shop = found(&typist, &server);
    let child = give_snacks(&typist, &server);
    pay(&typist, &shop, &child);

    let checked = typist.done("city/officers/3", &["check"]);
    assert_eq!(checked["books"], "balanced");
    let report = typist.done("city/officers/3", &["report"]);
    assert_eq!((&report["balanced"], &report["minted"]), (&json!(true), &json!(1_000_000)));
    service.stop();
    typist.refused("city/officers/3", &["check"], 11, "unreachable");
}

/// Officers mint, publish and register; gives the shop's address.
fn found(typist: &Typist<'_>, server: &str) -> String {
    let (one, two) = ("city/officers/1", "city/officers/2");
    let data = |file: &str| {
        let path = scoin_tests::repository().join("data").join(file);
        path.to_str().expect("a path").to_owned()
    };
    typist.done(one, &["calendar", "put", "kr.holidays", "--file", &data("kr/holidays-2026.csv")]);
    typist.done(one, &["policy", "publish", &data("rules/city.scoin")]);
    let proposed = typist.done(one, &["mint", "propose", "1_000_000", "--reason", "budget 7"]);
    let id = text(&proposed["id"]);
    let own = typist.refused(one, &["mint", "approve", &id, "--yes"], 6, "already-done");
    assert_eq!(own["retryable"], false, "nobody approves twice");
    typist.refused(two, &["mint", "approve", &id], 2, "usage");
    typist.done(two, &["mint", "approve", &id, "--yes"]);
    typist.done(one, &["program", "fund", "city.tax", "500_000"]);
    let shop = typist.open("shop", "merchant", server);
    let add = ["merchant", "add", &shop, "--name", "빵집", "--category", "food.bakery"];
    typist.done(one, &add);
    shop
}

/// A parent earns by paying tax and gives a child snack money; gives the child's address.
fn give_snacks(typist: &Typist<'_>, server: &str) -> String {
    let one = "city/officers/1";
    let office = typist.open("office", "service", server);
    let parent = typist.open("parent", "person", server);
    let child = typist.open("child", "person", server);
    typist.done(one, &["merchant", "add", &office, "--name", "세무과", "--category", "city.tax"]);
    typist.done(one, &["account", "attest", &child, "--age", "11", "--age-until", "2026-12-31"]);
    let fact =
        ["service", "report", &parent, "tax.paid", "--evidence", "bill 1", "--amount", "480_000"];
    let earned = typist.done("office", &[&fact[..], &["--days-early", "0"]].concat());
    assert_eq!(earned["effect"]["rewards"][0]["amount"], 4_800);
    typist.done("child", &["wallet", "guardian", "ask", &parent]);
    typist.done("parent", &["wallet", "guardian", "accept", &child]);
    typist.done(one, &["wallet", "give", &parent, "20_000"]);
    let adopted =
        typist.done("parent", &["wallet", "adopt", "family.snack", "--arg", "daily=4_000 won"]);
    typist.done(
        "parent",
        &["wallet", "give", &child, "10_000", "--under", &text(&adopted["policy"])],
    );
    assert_eq!(typist.done("child", &["wallet", "balance"])["spendable"], 10_000);
    child
}

/// The child pays, is refused in words, is given something back.
fn pay(typist: &Typist<'_>, shop: &str, child: &str) {
    let bread = typist.request("shop", "2500", "bread:2500:food.bread");
    assert_eq!(typist.done("child", &["wallet", "can-pay", &bread])["passes"], 2_500);
    let tried = typist.done("child", &["wallet", "pay", &bread, "--dry-run"]);
    assert_eq!((&tried["dry_run"], &tried["receipt"]), (&json!(true), &Value::Null));
    let id = text(&typist.done("child", &["wallet", "new-id"])["id"]);
    let paid = typist.done("child", &["wallet", "pay", &bread, "--id", &id]);
    let again = typist.done("child", &["wallet", "pay", &bread, "--id", &id]);
    assert_eq!(paid, again, "the same id has the same answer");
    typist.refused("child", &["wallet", "pay", &bread], 6, "request-paid");

    let drink = typist.request("shop", "1000", "boost:1000:drink.energy");
    let refusal = typist.refused("child", &["wallet", "pay", &drink], 7, "rules");
    for language in ["ko", "en"] {
        let sentences = refusal["sentences"][language].as_array().expect("sentences");
        assert!(sentences[0].as_str().is_some_and(|text| text.contains("junk")), "{sentences:?}");
    }
    let dear = typist.request("shop", "3000", "cake:3000:food.bread");
    let refusal = typist.refused("child", &["wallet", "pay", &dear], 7, "rules");
    assert_eq!(refusal["pass_now"], 1_500);
    typist.done("shop", &["wallet", "refund", &id, "1000"]);
    let refusal = typist.refused("child", &["wallet", "pay", &dear], 7, "rules");
    assert_eq!(refusal["pass_now"], 2_500, "a refund gives the limit back");
    typist.refused("shop", &["wallet", "refund", &id, "5000"], 7, "more-than-left");

    typist.done("parent", &["wallet", "freeze", child]);
    let milk = typist.request("shop", "500", "milk:500:food.milk");
    typist.refused("child", &["wallet", "pay", &milk], 7, "frozen");
    typist.refused("child", &["account", "show", shop], 4, "not-authorised");
    let history = typist.done("child", &["wallet", "history"]);
    assert!(history["items"].as_array().is_some_and(|items| items.len() >= 5), "{history}");
}
