//! What every engine must do, run on all of them.

use std::sync::Arc;

use scoin_core::keys::SecretKey;
use scoin_issuer::engine::{
    Engine, EngineError, MemoryEngine, RecordWrite, RedbEngine, StoredFrame, Tip, WriteBack,
};

use crate::city;

fn frame(number: u64) -> StoredFrame {
    let byte = u8::try_from(number % 256).unwrap();
    StoredFrame {
        number,
        hash: [byte; 32],
        frame: vec![byte; 100],
        seal: vec![byte; 10],
        touched: vec![byte; 3],
    }
}

fn record(key: u8, value: Option<u8>) -> RecordWrite {
    (vec![key], value.map(|value| vec![value; 4]))
}

type Records = Vec<(Vec<u8>, Vec<u8>)>;

fn records(engine: &dyn Engine) -> (Option<u64>, Records) {
    let mut records = Vec::new();
    let at = engine.records(&mut |key, record| {
        records.push((key.to_vec(), record.to_vec()));
        Ok(())
    });
    (at.unwrap(), records)
}

/// The contract of [`Engine`], step by step.
fn conforms(engine: &dyn Engine) {
    assert_eq!(engine.tip().unwrap(), None);
    assert!(engine.frames(0, 10).unwrap().is_empty());
    assert_eq!(records(engine), (None, Vec::new()));

    let first = WriteBack { at: 0, records: vec![record(1, Some(1)), record(2, Some(2))] };
    engine.commit(&frame(0), Some(&first)).unwrap();
    engine.commit(&frame(1), None).unwrap();
    for wrong in [0, 1, 3] {
        let refused = engine.commit(&frame(wrong), None);
        assert!(matches!(refused, Err(EngineError::OutOfOrder { expected: 2, .. })), "{wrong}");
    }
    let second = WriteBack { at: 2, records: vec![record(1, Some(9)), record(2, None)] };
    engine.commit(&frame(2), Some(&second)).unwrap();
    assert_eq!(engine.tip().unwrap(), Some(Tip { number: 2, hash: [2; 32] }));
    assert_eq!(engine.frames(1, 10).unwrap(), [frame(1), frame(2)]);
    assert_eq!(engine.frames(0, 1).unwrap(), [frame(0)]);
    assert!(engine.frames(3, 1).unwrap().is_empty());
    assert_eq!(records(engine), (Some(2), vec![(vec![1], vec![9; 4])]));

    engine.commit(&frame(3), None).unwrap();
    let rest = WriteBack { at: 3, records: vec![record(7, Some(7))] };
    engine.write_back(&rest).unwrap();
    assert_eq!(records(engine).0, Some(3));
    assert_eq!(records(engine).1.len(), 2);
}

#[test]
fn memory_conforms() {
    conforms(&MemoryEngine::new());
}

#[test]
fn redb_conforms_and_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.redb");
    let engine = RedbEngine::open(&path, 8).unwrap();
    conforms(&engine);
    let before = records(&engine);
    engine.close().unwrap();
    assert!(engine.tip().is_err(), "closed is closed");

    let again = RedbEngine::open(&path, 8).unwrap();
    assert_eq!(again.tip().unwrap(), Some(Tip { number: 3, hash: [3; 32] }));
    assert_eq!(records(&again), before);
    assert_eq!(again.frames(0, 10).unwrap(), [frame(0), frame(1), frame(2), frame(3)]);
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.redb");
    let _first = RedbEngine::open(&path, 8).unwrap();
    assert!(matches!(RedbEngine::open(&path, 8), Err(EngineError::InUse)));
}

#[test]
fn a_file_that_lost_acknowledged_frames_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.redb");
    let engine = RedbEngine::open(&path, 8).unwrap();
    engine.commit(&frame(0), None).unwrap();
    engine.close().unwrap();
    let older = std::fs::read(&path).unwrap();
    let engine = RedbEngine::open(&path, 8).unwrap();
    engine.commit(&frame(1), None).unwrap();
    engine.close().unwrap();

    std::fs::write(&path, &older).unwrap();
    let refused = RedbEngine::open(&path, 8).unwrap_err();
    assert!(matches!(refused, EngineError::LostFrames { acknowledged: 1, .. }), "{refused}");
    assert!(refused.to_string().contains("ends at frame 0"), "{refused}");

    std::fs::remove_file(&path).unwrap();
    let refused = RedbEngine::open(&path, 8).unwrap_err();
    assert!(refused.to_string().contains("ends at nothing"), "{refused}");
}

#[test]
fn a_frame_after_the_acknowledged_one_is_welcome() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.redb");
    let head = folder.path().join("data.redb.head");
    let engine = RedbEngine::open(&path, 8).unwrap();
    engine.commit(&frame(0), None).unwrap();
    let behind = std::fs::read(&head).unwrap();
    engine.commit(&frame(1), None).unwrap();
    engine.close().unwrap();
    // As after a power cut: the head file was never synced.
    std::fs::write(&head, behind).unwrap();
    assert_eq!(RedbEngine::open(&path, 8).unwrap().tip().unwrap().unwrap().number, 1);
}

#[tokio::test]
async fn engines_make_the_same_frames_from_the_same_commands() {
    let folder = tempfile::tempdir().unwrap();
    let redb = Arc::new(RedbEngine::open(&folder.path().join("data.redb"), 8).unwrap());
    let memory = Arc::new(MemoryEngine::new());
    let mut one = city::start(redb.clone(), 2);
    let mut other = city::start(memory.clone(), 1000);
    for id in 0..10 {
        let command = city::open_account(&format!("person {id}"), id);
        one.decide(&command).await;
        other.decide(&command).await;
    }
    let (a, b) = (redb.frames(0, 100).unwrap(), memory.frames(0, 100).unwrap());
    assert_eq!(a.len(), 11);
    assert_eq!(a, b);
    one.stop();
    other.stop();
}

#[test]
fn another_issuers_key_is_not_taken_for_this_city() {
    let engine = Arc::new(MemoryEngine::new());
    drop(city::books(engine.clone()));
    let mut other = city::genesis();
    other.name = "Another city".to_owned();
    let key: SecretKey = city::key("issuer");
    let refused = scoin_issuer::books::Books::open(other, key, engine).unwrap_err();
    assert!(refused.to_string().contains("another city"), "{refused}");
}
