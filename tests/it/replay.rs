//! The journal is the books: executed again from nothing it gives the same digest, and no other journal does.

use scoin_api::{FramesBody, paths};
use scoin_core::merkle;
use scoin_ledger::{Frame, replay};
use scoin_tests::load::send_all;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn replaying_the_journal_into_an_empty_state_gives_the_same_digest() {
    let world = World::with("test.free", 10_000).await;
    let payments = world.payments(400);
    send_all(world.city.service.line().clone(), payments, 16).await;

    let (frames, checkpoint) = (frames(&world).await, world.city.service.checkpoint().await);
    assert_eq!(frames.len() as u64, checkpoint.size);
    replay(&frames).expect("the journal holds");
    let last = frames.last().expect("there is a frame");
    assert_eq!(hex::encode(last.head.state_digest), checkpoint.state_digest);
    assert_eq!(hex::encode(last.hash()), checkpoint.head);
    let leaves = frames.iter().map(|frame| merkle::leaf_hash(&frame.hash())).collect();
    assert_eq!(hex::encode(merkle::Levels::new(leaves).root()), checkpoint.root);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_with_anything_changed_does_not_replay() {
    let world = World::with("test.free", 10_000).await;
    send_all(world.city.service.line().clone(), world.payments(5), 1).await;
    let frames = frames(&world).await;
    let middle = frames.len() / 2;
    let mut changes: Vec<(&str, Vec<Frame>)> = Vec::new();
    let mut change = |name, edit: &dyn Fn(&mut Vec<Frame>)| {
        let mut broken = frames.clone();
        edit(&mut broken);
        changes.push((name, broken));
    };
    change("a frame left out", &|frames| drop(frames.remove(middle)));
    change("two frames swapped", &|frames| frames.swap(middle, middle + 1));
    change("an entry left out", &|frames| drop(frames[middle].entries.pop()));
    change("an outcome changed", &|frames| frames[middle].entries[0].outcome.0.push(0));
    change("another state digest", &|frames| frames[middle].head.state_digest[0] ^= 1);
    change("another time", &|frames| {
        let time = frames[middle].head.time;
        frames[middle].head.time = time.saturating_add_micros(1);
    });
    change("the beginning left out", &|frames| drop(frames.remove(0)));
    for (name, broken) in changes {
        assert!(replay(&broken).is_err(), "{name} was not noticed");
    }
}

/// The whole journal, as an officer may read it.
async fn frames(world: &World) -> Vec<Frame> {
    let mut frames = Vec::new();
    loop {
        let proof = world.city.proof(&world.city.officers[0]);
        let path = format!("{}?from={}", paths::FRAMES, frames.len());
        let reply = world.city.service.line().get(&path, Some(&proof)).await.unwrap();
        let body: FramesBody = reply.json();
        for frame in &body.frames {
            frames.push(Frame::from_bytes(&frame.frame.0).expect("a frame can be read"));
        }
        if body.frames.is_empty() || frames.len() as u64 >= body.size {
            return frames;
        }
    }
}
