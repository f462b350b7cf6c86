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
    live_and_end(&typist, &child);

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
    typist.done(
        "parent",
        &["wallet", "guardian", "accept", &child, "--consent", "phone", "--evidence", "1"],
    );
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

/// Rules get new versions, coins follow, guards narrow, rules retire.
fn live_and_end(typist: &Typist<'_>, child: &str) {
    let one = "city/officers/1";
    typist.done("parent", &["wallet", "unfreeze", child]);
    let publish = |body: &str| -> (i32, Value) {
        let file = typist.folder.join("life.scoin");
        std::fs::write(&file, body).expect("a file");
        typist.run(one, &["policy", "publish", file.to_str().expect("a path")])
    };
    let version = |cap: &str| {
        let (exit, document) = publish(&format!("policy life.v {{ zone Asia/Seoul {cap} }}"));
        assert_eq!(exit, 0, "{document}");
        let listed = typist.done(one, &["policy", "list", "life.v"]);
        let policies = listed["policies"].as_array().expect("policies").clone();
        let newest = policies.into_iter().max_by_key(|one| text(&one["published"]));
        format!("sp1:{}", text(&newest.expect("a version")["id"]))
    };
    // An example that does not hold is found here, before anything is sent.
    let (exit, document) = publish(
        "policy life.v { zone Asia/Seoul cap c: 9 won per day
           example \"ten\" { at 2026-03-03 12:00 amount 10 won } expect allow 10 won }",
    );
    assert_eq!((exit, &document["error"]["frame"]), (7, &Value::Null), "{document}");
    assert_eq!(document["error"]["diagnostics"].as_array().map(Vec::len), Some(1), "{document}");

    let [old, loose, tight] = ["1_000", "2_000", "500"]
        .map(|limit| version(&format!("cap c: {limit} won per day transfer never")));
    // What the city has can be held against another version of it, or against a file.
    let found = &typist.done(one, &["policy", "compare", &old, &tight])["items"][0];
    assert_eq!((&found["name"], &found["tighter"]), (&json!("life.v"), &json!(["c"])), "{found}");
    let file = typist.folder.join("life.scoin");
    let file = file.to_str().expect("a path");
    let found = &typist.done(one, &["policy", "compare", &loose, file])["items"][0];
    assert_eq!((&found["relation"], &found["tighter"]), (&json!("same"), &json!(["c"])), "{found}");
    typist.refused(one, &["policy", "compare", "life.none", file], 3, "not-found");
    typist.done(one, &["wallet", "give", child, "3_000", "--under", &old]);
    let moved = typist.done(one, &["account", "migrate", child, "--from", &old, "--to", &loose]);
    assert_eq!(moved["effect"]["amount"], 3_000, "{moved}");
    typist.done(one, &["account", "migrate", child, "--from", &loose, "--to", &tight]);
    let synced = typist.done("child", &["wallet", "sync"]);
    assert_eq!(synced["offered"][0]["name"], "life.v", "{synced}");
    let offer = text(&typist.done("child", &["wallet", "offer", "list"])["items"][0]["id"]);
    let accept = ["wallet", "offer", "accept", &offer];
    typist.refused("child", &[&accept[..], &["--to", &old]].concat(), 6, "digest-mismatch");
    assert_eq!(typist.done("child", &accept)["effect"]["amount"], 3_000);
    typist.refused("child", &["wallet", "offer", "decline", &offer], 3, "no-such-thing");

    in_parts_and_in_order(typist, child, &version("split never"));
    guards(typist, &tight);

    typist.refused("child", &["wallet", "retire", &tight], 5, "not-allowed");
    typist.done(one, &["policy", "retire", "life.v"]);
    let shown = typist.done(one, &["policy", "show", &tight]);
    assert_eq!((&shown["status"], &shown["doc"].is_string()), (&json!("retired"), &true));
    let give = ["wallet", "give", child, "1", "--under", &tight];
    typist.refused(one, &give, 7, "policy-retired");
}

/// Part of a payment by consent, the payer's own choice of coins, and coins that pay alone or not at all.
fn in_parts_and_in_order(typist: &Typist<'_>, child: &str, alone: &str) {
    let one = "city/officers/1";
    typist.done(one, &["wallet", "give", child, "300", "--under", alone]);
    typist.done("child", &["wallet", "sync"]);
    let lots = typist.done("child", &["wallet", "balance"])["lots"].clone();
    let lots = lots.as_array().expect("lots");
    let lot = |policy: &str| {
        let policy = policy.trim_start_matches("sp1:");
        let found = lots.iter().find(|lot| lot["layers"][0]["policy"] == policy);
        found.expect("a lot")["id"].to_string()
    };
    let (single, limited) = (lot(alone), lots.iter().find(|lot| lot["amount"] == 3_000));
    let moved = limited.expect("the coins that moved")["id"].clone();
    let limited = moved.to_string();

    let request = typist.request("shop", "400", "bread:400:food.bread");
    // Coins that do not split pay no part beside others, and not more than they are.
    let words = ["wallet", "pay", &request, "--lot", &single, "--lot", &limited];
    let paid = typist.done("child", &words);
    let parts = paid["effect"]["parts"].as_array().expect("parts").clone();
    assert!(parts.iter().all(|part| part["lot"] == moved), "{paid}");
    let request = typist.request("shop", "300", "bread:300:food.bread");
    typist.refused("child", &["wallet", "pay", &request, "--lot", &limited], 7, "rules");
    let part = typist.done("child", &["wallet", "pay", &request, "--lot", &limited, "--part"]);
    assert_eq!(part["effect"]["amount"], 100, "{part}");
    let request = typist.request("shop", "300", "bread:300:food.bread");
    let paid = typist.done("child", &["wallet", "pay", &request, "--lot", &single]);
    assert_eq!(paid["effect"]["parts"][0]["lot"].to_string(), single);
}

/// A guard of the city is announced a day ahead, estimated and enforced.
fn guards(typist: &Typist<'_>, policy: &str) {
    let one = "city/officers/1";
    let set = typist.done(one, &["city", "guard", "set", policy]);
    assert_eq!(set["dry_run"], false, "{set}");
    let synced = typist.done("child", &["wallet", "sync"]);
    assert_eq!(synced["announced"][0]["over"], "city", "{synced}");
    assert_eq!(typist.done("child", &["wallet", "sync"])["announced"], json!([]));
    typist.done(one, &["city", "clock", "2026-03-05T15:30:00+09:00"]);
    let request = typist.request("shop", "900", "bread:900:food.bread");
    assert_eq!(typist.done("child", &["wallet", "can-pay", &request])["passes"], 500);
    let refusal = typist.refused("child", &["wallet", "pay", &request], 7, "rules");
    assert_eq!(refusal["causes"][0]["whose"], "city", "{refusal}");
    typist.refused("child", &["city", "guard", "remove", policy], 5, "not-allowed");
    typist.done(one, &["city", "guard", "remove", policy]);
    typist.done("child", &["wallet", "pay", &request]);
}

/// What rules say, in every language, from their text alone.
#[test]
fn rules_are_told_in_plain_words() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let typist = Typist { folder: folder.path() };
    let rules = scoin_tests::repository().join("data/rules/city.scoin");
    let explain = |more: &[&str]| {
        let mut words = vec!["policy", "explain", rules.to_str().expect("a path")];
        words.extend(["--on", "2026-03-03"]);
        words.extend(more);
        typist.done("nobody", &words)["items"].clone()
    };
    for (lang, title, thrice) in [
        ("ko", "방과 후 간식 돈", "하루 3번까지예요."),
        ("en", "After-school snack money", "Up to 3 times a day."),
        ("zh", "放学后零食钱", "最多每天 3 次。"),
    ] {
        let items = explain(&["family.snack", "--lang", lang]);
        assert_eq!(items[0]["title"], title);
        let clauses = items[0]["clauses"].as_array().expect("clauses");
        let clause = clauses.iter().find(|clause| clause["label"] == "thrice").expect("thrice");
        assert_eq!(clause["text"], thrice);
    }
    let tighter = explain(&["family.snack", "--arg", "daily=1_000 won", "--child"]);
    let promise = text(&tighter[0]["promise"]).replace('\u{a0}', " ");
    assert!(
        promise.contains("You can spend up to 3,000 won at a time, 1,000 won a day"),
        "{promise}"
    );
    let all = explain(&[]);
    assert_eq!(all.as_array().map(Vec::len), Some(13), "ten policies and three programmes");
    let of = |name: &str| all.as_array().expect("items").iter().find(|item| item["name"] == name);
    assert_eq!(of("city.relief").expect("there")["needs"], json!(["district", "until"]));
    assert_eq!(of("city.child-match").expect("there")["kind"], "program");
    let wrong = ["policy", "explain", rules.to_str().expect("a path"), "no.such"];
    assert_eq!(typist.run("nobody", &wrong).0, 3);
}
