//! Limits are exact, however many clients race for them.

use scoin_core::Amount;
use scoin_core::outcome::{Refusal, RuleRefusal};
use scoin_tests::load::send_all;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_clients_share_one_cap_of_a_thousand_payments() {
    let world = World::with("test.thousand", 10_000).await;
    let sent = send_all(world.city.service.line().clone(), world.payments(1_280), 64).await;
    assert_eq!(sent.len(), 1_280, "every command was sent");

    let rules = Refusal::Rules(RuleRefusal { pass_now: Amount::ZERO, next: None, causes: vec![] });
    let mut accepted = 0;
    for one in &sent {
        let reply = one.reply.as_ref().expect("every command was answered");
        world.city.verify_receipt(&one.command, reply);
        if reply.accepted() {
            accepted += 1;
        } else {
            assert_eq!(reply.code(), rules.code(), "{}", reply.text());
        }
    }
    assert_eq!(accepted, 1_000);
    assert_eq!(world.balance(&world.payer).await, 9_000);
    assert_eq!(world.balance(&world.shop).await, 1_000);
}
