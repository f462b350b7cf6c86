//! The small world most tests need: a payer with coins under a rule, and a shop.

use scoin_core::request::Item;
use scoin_tests::actor::pay;
use scoin_tests::{Actor, City};

/// Rules that only the tests publish.
const RULES: &str = r#"
policy test.free {
  title ko "시험 코인" en "Test coin"
  zone Asia/Seoul
  expires never
}
policy test.thousand {
  title ko "천 번" en "A thousand times"
  zone Asia/Seoul
  cap all: 1_000 payments per day
  expires never
}
policy test.until($until: date) {
  title ko "기한" en "Until"
  zone Asia/Seoul
  expires on $until then burn
}
"#;

/// A city with one payer and one shop.
pub(crate) struct World {
    pub(crate) city: City,
    pub(crate) payer: Actor,
    pub(crate) shop: Actor,
}

impl World {
    /// The payer has `amount` under `policy` of [`RULES`].
    pub(crate) async fn with(policy: &str, amount: u64) -> Self {
        let city = City::found().await;
        city.mint(amount).await;
        city.publish(RULES).await;
        let payer = city.person("payer").await;
        let shop = city.shop("shop", "food.bakery", "gu.mapo").await;
        let policy = city.adopt(&city.officers[0], policy, &[]).await;
        city.grant(payer.account, amount, policy).await;
        Self { city, payer, shop }
    }

    /// So many signed payments of 1 won, each of its own request.
    pub(crate) fn payments(&self, count: usize) -> Vec<Vec<u8>> {
        std::iter::repeat_with(|| self.payment(1)).take(count).collect()
    }

    /// One signed payment.
    pub(crate) fn payment(&self, amount: u64) -> Vec<u8> {
        let request = self.shop.request(self.city.now, amount, Vec::<Item>::new());
        self.payer.sign(self.city.now, pay(request))
    }

    /// What somebody has, in all lots.
    pub(crate) async fn balance(&self, actor: &Actor) -> u64 {
        self.city.balance(actor).await
    }
}
