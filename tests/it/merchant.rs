//! The shop is told nothing of the payer's rules: not when a payment is refused, not when it is accepted, at no path and
//! in no event. What a till may hear are five neutral classes.

use std::time::Duration;

use scoin_api::{HistoryBody, paths};
use scoin_core::command::{Action, AskAnswer};
use scoin_core::request::{Item, PaymentRequest};
use scoin_core::{AccountId, Amount, PolicyId};
use scoin_tests::actor::pay;
use scoin_tests::city::accept_ward;
use scoin_tests::{Actor, City};

/// Every name in it would give the payer away.
const RULES: &str = r#"
policy telltale.pocket {
  title ko "비밀 제목" en "Telltale title"
  zone Asia/Seoul
  require telltale-age: payer.age in ..18
  cap telltale-limit: 1_000 won per payment
    because ko "비밀 까닭" en "Telltale reason"
  expires 30 days after issue then return to granter
}
policy telltale.rest {
  title ko "비밀 나머지" en "Telltale rest"
  zone Asia/Seoul
  cap telltale-share: 40% of payment
  expires never
}
"#;

struct Scene {
    city: City,
    payer: Actor,
    shop: Actor,
    policies: Vec<PolicyId>,
}

impl Scene {
    /// A child of eleven with coins under two rules, and a bakery.
    async fn new() -> Self {
        let city = City::found().await;
        city.mint(10_000).await;
        city.publish(RULES).await;
        let payer = city.person("payer").await;
        city.attest(&payer, 11, "gu.mapo").await;
        let shop = city.shop("shop", "food.bakery", "gu.mapo").await;
        let mut policies = Vec::new();
        for (name, amount) in [("telltale.pocket", 5_000), ("telltale.rest", 5_000)] {
            let policy = city.adopt(&city.officers[0], name, &[]).await;
            city.grant(payer.account, amount, policy).await;
            policies.push(policy);
        }
        Self { city, payer, shop, policies }
    }

    fn payment(&self, amount: u64) -> Action {
        pay(self.shop.request(self.city.now, amount, Vec::<Item>::new()))
    }

    /// What this path answers the shop.
    async fn shop_reads(&self, path: &str) -> (u16, String) {
        let proof = self.city.proof(&self.shop);
        let reply = self.city.service.line().get(path, Some(&proof)).await;
        let reply = reply.expect("the service answers");
        (reply.status, reply.text())
    }

    /// Nothing of the payer's rules, coins or person, not even the account.
    fn check_silent(&self, whence: &str, text: &str) {
        let mut telling: Vec<String> =
            ["telltale", "비밀", "cap", "cause", "lot", "layer", "polic", "gu.mapo", "age", "rule"]
                .map(str::to_owned)
                .to_vec();
        telling.extend(self.policies.iter().map(|policy| policy.to_hex()));
        telling.push(self.payer.account.to_string());
        for word in telling {
            let found = text.to_lowercase().contains(&word);
            assert!(!found, "{whence} tells the shop `{word}`: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_hears_nothing_of_the_rules_of_a_payer() {
    let scene = Scene::new().await;
    let (city, shop) = (&scene.city, &scene.shop.account.to_string());
    let mut events = listen(city, &scene.shop, &paths::account_events(shop)).await;

    let refused = city.refuse(&scene.payer, scene.payment(4_000), 2031).await;
    assert!(refused.text().contains("telltale-limit"), "the payer is told: {}", refused.text());
    let id = refused.answer().expect("a recorded answer").id;
    // One payment out of two coins, since each pays a part only.
    let paid = city.accept(&scene.payer, scene.payment(1_500)).await;
    let back = Action::Refund {
        payment: scoin_core::CommandId::from_hex(&paid.id).expect("an id"),
        amount: Amount::new(300),
        lines: vec![],
        reason: Some("stale".to_owned()),
    };
    let back = city.accept(&scene.shop, back).await;
    let answer = serde_json::to_value(&back.outcome).expect("JSON");
    assert_eq!(answer["effect"]["parts"], serde_json::json!([]), "{answer}");

    let (status, history) = scene.shop_reads(&paths::account_history(shop)).await;
    assert_eq!(status, 200);
    scene.check_silent("the history", &history.replace("open-account", ""));
    let history: HistoryBody = serde_json::from_str(&history).expect("a history");
    let ids: Vec<_> = history.entries.iter().filter_map(|entry| entry.command.clone()).collect();
    assert!(ids.contains(&paid.id) && !ids.contains(&id), "{ids:?}");

    // The first thing its till hears of is the payment that came.
    let heard = next(&mut events).await;
    assert!(heard.contains(&paid.id), "{heard}");
    scene.check_silent("an event", &heard);

    let payer = scene.payer.account;
    for path in private(&payer, &[&id, &paid.id]) {
        let (status, text) = scene.shop_reads(&path).await;
        assert!((400..500).contains(&status), "{path}: {status}");
        assert!(!text.contains("telltale") && !text.contains("cause"), "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ask_and_its_answer_tell_the_shop_nothing() {
    let scene = Scene::new().await;
    let (city, shop) = (&scene.city, &scene.shop.account.to_string());
    let mut events = listen(city, &scene.shop, &paths::account_events(shop)).await;
    let (parent, ward) = (city.person("parent").await, scene.payer.account);
    city.accept(&scene.payer, Action::AskGuardian { guardian: parent.account }).await;
    city.accept(&parent, accept_ward(ward)).await;
    let policy = scene.policies[0];
    city.accept(&parent, Action::SetGuard { account: ward, policy }).await;

    // Above the guard's limit and below that of the coins: 40 % each of two lots is not the whole.
    city.mint(9_000).await;
    let plain = Action::Transfer { to: ward, amount: Amount::new(9_000) };
    city.accept(&city.officers[0], plain).await;
    let request = scene.shop.request(city.now, 4_000, Vec::<Item>::new());
    let digest = *PaymentRequest::open(&request).expect("signed").digest();
    let refused = city.refuse(&scene.payer, pay(request.clone()), 2031).await;
    let refused = refused.answer().expect("a recorded answer").id;
    let reason = Some("telltale wish".to_owned());
    let asked = city.accept(&scene.payer, Action::Ask { request: request.clone(), reason }).await;
    let yes = Action::AnswerAsk { ward, ask: digest, answer: AskAnswer::Once };
    let yes = city.accept(&parent, yes).await;
    let paid = city.accept(&scene.payer, pay(request)).await;

    let heard = next(&mut events).await;
    assert!(heard.contains(&paid.id), "the first thing its till hears of is the payment: {heard}");
    scene.check_silent("an event", &heard);
    let (_, history) = scene.shop_reads(&paths::account_history(shop)).await;
    scene.check_silent("the history", &history.replace("open-account", ""));
    for id in [&refused, &asked.id, &yes.id] {
        assert!(!history.contains(id), "{history}");
    }
    let private = private(&ward, &[&asked.id]).into_iter();
    for path in private.chain([paths::command(&parent.account.to_string(), &yes.id)]) {
        let (status, text) = scene.shop_reads(&path).await;
        assert!((400..500).contains(&status), "{path}: {status}");
        assert!(!text.contains("telltale"), "{path}: {text}");
    }
}

/// What only the payer, a guardian and officers may read.
fn private(payer: &AccountId, commands: &[&str]) -> Vec<String> {
    let payer = payer.to_string();
    let mut all = vec![paths::account(&payer), paths::account_history(&payer)];
    all.push(paths::account_events(&payer));
    all.extend(commands.iter().map(|id| paths::command(&payer, id)));
    all.extend([paths::FRAMES, paths::REPORT, paths::PROPOSALS].map(str::to_owned));
    all
}

async fn listen(city: &City, shop: &Actor, path: &str) -> reqwest::Response {
    let line = city.service.line();
    let request = line.http().get(format!("{}{path}", line.base()));
    let request = request.header("authorization", city.proof(shop));
    let response = request.send().await.expect("the service answers");
    assert_eq!(response.status(), 200);
    response
}

/// The next event, keep-alive comments aside.
async fn next(events: &mut reqwest::Response) -> String {
    let mut text = String::new();
    loop {
        let chunk = tokio::time::timeout(Duration::from_secs(30), events.chunk()).await;
        let chunk = chunk.expect("an event within 30 s").expect("a chunk").expect("no end");
        text.push_str(&String::from_utf8_lossy(&chunk));
        if let Some((event, _)) = text.split_once("\n\n")
            && event.contains("data:")
        {
            return event.to_owned();
        }
    }
}
