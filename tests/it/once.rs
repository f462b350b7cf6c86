//! One command, one effect, one answer, however often it is sent and whatever happens in between.

use scoin_tests::Reply;
use scoin_tests::load::send_all;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_copies_of_a_command_have_one_effect_also_across_a_restart() {
    let mut world = World::with("test.free", 10_000).await;
    let command = world.payment(300);
    let first = copies(&world, &command, 500).await;
    world.city.service.kill();
    world.city.start().await;
    let second = copies(&world, &command, 300).await;
    world.city.service.stop();
    world.city.start().await;
    let third = copies(&world, &command, 200).await;

    let answers: Vec<Reply> = [first, second, third].concat();
    assert_eq!(answers.len(), 1_000);
    assert!(answers[0].accepted(), "{}", answers[0].text());
    for answer in &answers {
        assert_eq!(answer.text(), answers[0].text(), "every answer is the same, byte for byte");
    }
    assert_eq!(world.balance(&world.payer).await, 9_700);
    assert_eq!(world.balance(&world.shop).await, 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_command_stays_refused_when_it_would_pass_later() {
    let world = World::with("test.free", 100).await;
    let command = world.payment(150);
    let before = copies(&world, &command, 1).await;
    assert!(!before[0].accepted());
    world.city.mint(1_000).await;
    let policy = world.city.adopt(&world.city.officers[0], "test.free", &[]).await;
    world.city.grant(world.payer.account, 1_000, policy).await;
    let after = copies(&world, &command, 1).await;
    assert_eq!(before[0].answer(), after[0].answer(), "the answer to an id never changes");
}

async fn copies(world: &World, command: &[u8], count: usize) -> Vec<Reply> {
    let commands = std::iter::repeat_n(command.to_vec(), count).collect();
    send_all(world.city.service.line().clone(), commands, 32)
        .await
        .into_iter()
        .map(|sent| sent.reply.expect("every copy is answered"))
        .collect()
}
