//! Two guardians at the same moment, a hundred times over HTTP: whoever comes first, there is one effect.

use scoin_core::command::{Action, AskAnswer, Quorum};
use scoin_core::envelope::SignedCommand;
use scoin_core::request::{Item, PaymentRequest};
use scoin_core::{AccountId, Amount, PolicyId};
use scoin_tests::actor::pay;
use scoin_tests::city::accept_ward;
use scoin_tests::load::send_all;
use scoin_tests::{Actor, City, Reply};

const RULES: &str = r#"
policy test.little {
  title ko "조금" en "A little"
  zone Asia/Seoul
  cap little: 10 won per payment
  expires never
}
"#;
const ROUNDS: u64 = 25;
const PRICE: u64 = 100;

struct Home {
    city: City,
    mother: Actor,
    father: Actor,
    child: Actor,
    shop: Actor,
    guard: PolicyId,
}

impl Home {
    /// A child whose mother allows 10 won a payment, with a father beside her.
    async fn new(quorum: Quorum) -> Self {
        let city = City::found().await;
        city.mint(100_000).await;
        city.publish(RULES).await;
        let [mother, father, child] =
            [city.person("mother").await, city.person("father").await, city.person("child").await];
        let shop = city.shop("shop", "food.bakery", "gu.mapo").await;
        let ward = child.account;
        for guardian in [&mother, &father] {
            city.accept(&child, Action::AskGuardian { guardian: guardian.account }).await;
            city.accept(guardian, accept_ward(ward)).await;
        }
        let guard = city.adopt(&mother, "test.little", &[]).await;
        city.accept(&mother, Action::SetGuard { account: ward, policy: guard }).await;
        if quorum != Quorum::ONE {
            city.accept(&father, Action::SetQuorum { ward, quorum }).await;
        }
        let amount = Amount::new(100_000);
        city.accept(&city.officers[0], Action::Transfer { to: ward, amount }).await;
        Self { city, mother, father, child, shop, guard }
    }

    fn ward(&self) -> AccountId {
        self.child.account
    }

    /// The child asks about a new request.
    async fn ask(&self) -> (Vec<u8>, [u8; 32]) {
        let request = self.shop.request(self.city.now, PRICE, Vec::<Item>::new());
        let digest = *PaymentRequest::open(&request).expect("signed").digest();
        let ask = Action::Ask { request: request.clone(), reason: None };
        self.city.accept(&self.child, ask).await;
        (request, digest)
    }

    /// Two commands at the same moment; the answers in the order asked.
    async fn at_once(&self, both: [(&Actor, Action); 2]) -> [Reply; 2] {
        let commands = both.map(|(actor, action)| actor.sign(self.city.now, action));
        let sent = send_all(self.city.service.line().clone(), commands.to_vec(), 2).await;
        commands.map(|command| {
            let found = sent.iter().find(|sent| sent.command == command).expect("sent");
            found.reply.clone().expect("answered")
        })
    }

    fn answer(&self, ask: [u8; 32], answer: AskAnswer) -> Action {
        Action::AnswerAsk { ward: self.ward(), ask, answer }
    }

    /// The child pays the request twice at the same moment: once at most.
    async fn pay(&self, request: &[u8]) -> bool {
        let twice = [(); 2].map(|()| (&self.child, pay(request.to_vec())));
        let [first, second] = self.at_once(twice).await;
        let paid = [&first, &second].into_iter().filter(|reply| reply.accepted()).count();
        assert!(paid <= 1, "{} {}", first.text(), second.text());
        let refused = if first.accepted() { &second } else { &first };
        assert_eq!(refused.code(), if paid == 1 { 2024 } else { 2031 }, "{}", refused.text());
        paid == 1
    }
}

/// `missing` of an effect, or nothing if it is done.
fn missing(reply: &Reply) -> Option<u64> {
    let answer: serde_json::Value = reply.json();
    answer["outcome"]["effect"]["missing"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_yeses_at_once_are_one_payment() {
    let home = Home::new(Quorum::ONE).await;
    for round in 0..ROUNDS {
        let (request, ask) = home.ask().await;
        let yes = || home.answer(ask, AskAnswer::Once);
        let [mother, father] = home.at_once([(&home.mother, yes()), (&home.father, yes())]).await;
        // Hers is the rule: her yes is enough, and his comes too early to be enough or too late to be needed.
        assert_eq!((mother.accepted(), missing(&mother)), (true, None), "{}", mother.text());
        let early = father.accepted() && missing(&father) == Some(1);
        assert!(early || father.code() == 2041, "round {round}: {}", father.text());
        assert!(home.pay(&request).await, "round {round}");
    }
    assert_eq!(home.city.balance(&home.child).await, 100_000 - ROUNDS * PRICE);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_required_yeses_at_once_are_one_yes() {
    let home = Home::new(Quorum { answers: 2, ..Quorum::ONE }).await;
    for round in 0..ROUNDS {
        let (request, ask) = home.ask().await;
        let yes = || home.answer(ask, AskAnswer::Once);
        let both = home.at_once([(&home.mother, yes()), (&home.father, yes())]).await;
        let mut told: Vec<_> =
            both.iter().map(|reply| (reply.accepted(), missing(reply))).collect();
        told.sort_unstable();
        assert_eq!(told, [(true, None), (true, Some(1))], "round {round}");
        assert!(home.pay(&request).await, "round {round}");
    }
    assert_eq!(home.city.balance(&home.child).await, 100_000 - ROUNDS * PRICE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_wins_over_a_yes_of_the_same_moment() {
    let home = Home::new(Quorum { answers: 2, ..Quorum::ONE }).await;
    for round in 0..ROUNDS {
        let (request, ask) = home.ask().await;
        let (yes, no) = (AskAnswer::Once, AskAnswer::No { note: None });
        let both = [(&home.mother, home.answer(ask, yes)), (&home.father, home.answer(ask, no))];
        let [yes, no] = home.at_once(both).await;
        assert!(no.accepted(), "round {round}: {}", no.text());
        assert!(yes.accepted() || yes.code() == 2041, "round {round}: {}", yes.text());
        assert!(!home.pay(&request).await, "round {round}");
    }
    assert_eq!(home.city.balance(&home.child).await, 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_agreed_to_or_withdrawn_and_never_both() {
    let home = Home::new(Quorum { guards: 2, ..Quorum::ONE }).await;
    let (ward, policy) = (home.ward(), home.guard);
    let mut agreed = 0;
    for round in 0..ROUNDS {
        let remove = Action::RemoveGuard { account: ward, policy };
        let command = home.mother.sign(home.city.now, remove);
        let reply = home.city.service.line().send(&command).await.expect("answered");
        assert_eq!(missing(&reply), Some(1), "{}", reply.text());
        let signed = SignedCommand::decode(&command).expect("our own");
        let (change, digest) = (signed.message().id, *signed.digest());
        let agree = Action::AgreeChange { ward, change, digest };
        let both = [(&home.father, agree), (&home.mother, Action::EndChange { ward, change })];
        let [agree, end] = home.at_once(both).await;
        assert_ne!(agree.accepted(), end.accepted(), "round {round}: {}", agree.text());
        let refused = if agree.accepted() { &end } else { &agree };
        assert_eq!(refused.code(), 2020, "{}", refused.text());
        let request = home.shop.request(home.city.now, PRICE, Vec::<Item>::new());
        assert_eq!(home.pay(&request).await, agree.accepted(), "round {round}");
        if agree.accepted() {
            agreed += 1;
            home.city.accept(&home.mother, Action::SetGuard { account: ward, policy }).await;
        }
    }
    assert_eq!(home.city.balance(&home.child).await, 100_000 - agreed * PRICE);
}
