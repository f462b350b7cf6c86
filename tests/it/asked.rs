//! What guardians let through is estimated on the phone as the issuer decides it, for random baskets, rules and answers.

use scoin_core::command::{Action, AskAnswer};
use scoin_core::outcome::Refusal;
use scoin_core::request::{PaymentRequest, from_link};
use scoin_core::{Amount, Timestamp};
use scoin_tests::Actor;
use scoin_tests::chance::Chance;
use scoin_tests::city::accept_ward;
use scoin_wallet::{Ask, WalletError};

use crate::wallet::{Child, by_lot};

const RULES: &str = r#"
policy test.parent {
  title ko "보호자 규칙" en "A parent's rule"
  zone Asia/Seoul
  cap few: 2 payments per day
  cap dear: 1_800 won per payment
  gap rest: 20 minutes by merchant
}
policy test.gift {
  title ko "보호자 선물" en "A parent's gift"
  zone Asia/Seoul
  require bread: merchant.category in { food.bakery }
  cap little: 900 won per day
}
"#;

/// A child whose parent has set a guard and given coins under another rule.
struct Home {
    child: Child,
    parent: Actor,
}

impl Home {
    async fn new() -> Self {
        let child = Child::new().await;
        let city = &child.city;
        city.publish(RULES).await;
        let parent = city.person("parent").await;
        let ward = child.wallet.account_id().expect("joined");
        child.wallet.ask_guardian(parent.account, &Ask::default()).await.expect("named");
        city.accept(&parent, accept_ward(ward)).await;
        let guard = city.adopt(&parent, "test.parent", &[]).await;
        city.accept(&parent, Action::SetGuard { account: ward, policy: guard }).await;
        let amount = Amount::new(30_000);
        city.accept(&city.officers[0], Action::Transfer { to: parent.account, amount }).await;
        let policy = city.adopt(&parent, "test.gift", &[]).await;
        city.accept(&parent, Action::Grant { to: ward, amount, policy }).await;
        Self { child, parent }
    }

    /// Estimates, pays, and both say the same. How much was paid, or why not.
    async fn pay(&self, code: &str, round: u64) -> Result<Amount, Refusal> {
        let wallet = &self.child.wallet;
        wallet.sync().await.expect("the service is there");
        let estimate = wallet.can_i_pay(code).await.expect("everything is cached");
        match wallet.pay(code, &Ask::default()).await {
            Ok(done) => {
                assert_eq!(estimate.refusal, None, "round {round}");
                let lots = estimate.lots.into_iter().collect();
                assert_eq!(by_lot(&done.effect), lots, "round {round}");
                Ok(estimate.passes)
            }
            Err(WalletError::Refused(found)) => {
                assert_eq!(estimate.refusal.as_ref(), Some(&found.refusal), "round {round}");
                Err(found.refusal)
            }
            Err(error) => panic!("round {round}: {error}"),
        }
    }

    /// The child asks; the parent says something.
    async fn ask(&self, code: &str, chance: &mut Chance) -> bool {
        let wallet = &self.child.wallet;
        if let Err(refused) = wallet.ask_guardians(code, None, &Ask::default()).await {
            assert!(matches!(refused, WalletError::Refused(_)), "{refused}");
            return false;
        }
        let request = PaymentRequest::open(&from_link(code).expect("a code")).expect("signed");
        let amount = request.message().amount.units();
        let answer = match chance.below(5) {
            0 => AskAnswer::No { note: None },
            1 | 2 => AskAnswer::Today { most: Amount::new(amount + chance.below(2_000)) },
            _ => AskAnswer::Once,
        };
        let ward = wallet.account_id().expect("joined");
        let said = !matches!(answer, AskAnswer::No { .. });
        let answer = Action::AnswerAsk { ward, ask: *request.digest(), answer };
        self.child.city.accept(&self.parent, answer).await;
        said
    }

    /// Never to the turn of a minute, nor a whole number of minutes on: the phone's clock runs on for some seconds while
    /// the city's stands, so at the very end of a pause the two would rightly differ.
    async fn pass(&mut self, minutes: u64) {
        let micros = minutes * 60_000_000 + 200_000;
        let now: Timestamp = self.child.city.now.saturating_add_micros(micros);
        self.child.city.now = now;
        self.child.city.service.set_clock(now).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guardian_lets_through_is_estimated_as_the_issuer_decides() {
    let mut home = Home::new().await;
    home.child.city.now = home.child.city.now.saturating_add_micros(3_500_000);
    home.pass(0).await;
    let mut chance = Chance::new(24);
    let (mut let_through, mut kept, mut late) = (0, 0, 0);
    for round in 0..90 {
        let code = home.child.code(&mut chance);
        if home.pay(&code, round).await.is_err() {
            let yes = home.ask(&code, &mut chance).await;
            // Sometimes the answer comes to nothing, because it is used too late.
            let waits = chance.below(5) == 0;
            if waits {
                home.pass(16).await;
            }
            match (home.pay(&code, round).await, yes) {
                (Ok(_), true) => let_through += 1,
                (Ok(_), false) => assert!(waits, "round {round}: paid without a yes"),
                (Err(_), true) => late += 1,
                (Err(_), false) => kept += 1,
            }
        }
        let minutes = 1 + chance.below(if round % 10 == 0 { 900 } else { 9 });
        home.pass(minutes).await;
    }
    assert!(let_through >= 5, "{let_through} let through");
    assert!(kept >= 5 && late >= 1, "{kept} kept, {late} too late");
}
