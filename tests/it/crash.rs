//! `kill -9` at any moment: what was acknowledged is there, and the books hold.

use std::time::Duration;

use scoin_tests::chance::Chance;
use scoin_tests::load::{Sent, send_all};

use crate::world::World;

const ROUNDS: u64 = 30;
const CLIENTS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_thirty_kills_under_load() {
    let mut world = World::with("test.free", 1_000_000).await;
    let mut chance = Chance::new(20_260_303);
    let mut accepted = 0;
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let line = world.city.service.line().clone();
        let load = tokio::spawn(send_all(line, world.payments(600), CLIENTS));
        tokio::time::sleep(Duration::from_micros(chance.below(200_000))).await;
        world.city.service.kill();
        let sent = load.await.expect("the load does not panic");
        world.city.start().await;
        acknowledged += sent.iter().filter(|one| one.reply.is_some()).count();
        accepted += settle(&world, &sent, round).await;
    }
    assert!(acknowledged > 30, "the kills came too early to show anything: {acknowledged}");
    assert_eq!(world.balance(&world.shop).await, accepted);
    assert_eq!(world.balance(&world.payer).await, 1_000_000 - accepted);
    world.city.service.stop();
    let check = world.city.check();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_start_replayed_is_still_there_after_the_next_start() {
    let mut world = World::with("test.free", 1_000).await;
    let payment = world.payment(300);
    assert!(world.city.service.line().send(&payment).await.unwrap().accepted());
    world.city.service.kill();
    world.city.start().await;
    // Somebody else changes the books, so that the stop writes back a newer state than the payment's.
    world.city.person("somebody else").await;
    world.city.service.stop();
    let check = world.city.check();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    world.city.start().await;
    assert_eq!(world.balance(&world.payer).await, 700);
    assert_eq!(world.balance(&world.shop).await, 300);
}

/// Asks every command of a round again: an acknowledged one must get its first answer, the others get one now.
/// Gives the number of accepted ones.
async fn settle(world: &World, sent: &[Sent], round: u64) -> u64 {
    let again = sent.iter().map(|one| one.command.clone()).collect();
    let answers = send_all(world.city.service.line().clone(), again, CLIENTS).await;
    let mut accepted = 0;
    for answer in answers {
        let reply = answer.reply.expect("the service runs");
        let first = sent.iter().find(|one| one.command == answer.command).expect("it was sent");
        if let Some(first) = &first.reply {
            assert_eq!(first.text(), reply.text(), "round {round}: an acknowledged answer changed");
        }
        assert!(reply.accepted(), "round {round}: {}", reply.text());
        world.city.verify_receipt(&answer.command, &reply);
        accepted += 1;
    }
    accepted
}
