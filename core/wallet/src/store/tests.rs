//! Both stores under the conformance suite, and the disk store under damage and sudden death.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;

const KEY: [u8; 32] = [7; 32];

fn open(dir: &Path) -> (SledStore, bool) {
    SledStore::open(dir, &StoreKey::new(KEY)).unwrap()
}

#[test]
fn memory_conforms() {
    conformance::check(&MemoryStore::default()).unwrap();
}

#[test]
fn sled_conforms_and_keeps() {
    let dir = tempfile::tempdir().unwrap();
    let (store, rebuilt) = open(dir.path());
    assert!(!rebuilt);
    conformance::check(&store).unwrap();
    let before = store.scan("").unwrap();
    drop(store);
    let (store, rebuilt) = open(dir.path());
    assert!(!rebuilt);
    assert_eq!(store.scan("").unwrap(), before);
}

#[test]
fn another_key_or_a_lost_stamp_means_rebuild() {
    type Damage = fn(&Path);
    let damages: [Damage; 3] = [
        |_| {},
        |dir| fs::remove_file(dir.join("store/stamp")).unwrap(),
        |dir| fs::remove_dir_all(dir.join("store/sled")).unwrap(),
    ];
    for (number, damage) in damages.iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = open(dir.path());
        store.commit(conformance::probe_batch(0)).unwrap();
        drop(store);
        let (store, rebuilt) = open(dir.path());
        assert!(!rebuilt && conformance::count_probes(&store).unwrap() == 1);
        drop(store);
        damage(dir.path());
        let key = if number == 0 { [8; 32] } else { KEY };
        let (store, rebuilt) = SledStore::open(dir.path(), &StoreKey::new(key)).unwrap();
        assert!(rebuilt && store.scan("").unwrap().is_empty(), "damage {number}");
        assert!(dir.path().join("corrupt-1/").exists());
    }
}

/// The data file is a few hundred KiB; one flip in each of 60 places. Never wrong data: either what was written, or a
/// rebuilt empty store, or an error that says so.
#[test]
fn a_flipped_byte_is_never_data() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    for number in 0..6 {
        store.commit(conformance::probe_batch(number)).unwrap();
    }
    let expected = store.scan("").unwrap();
    drop(store);
    let file = dir.path().join("store/sled/db");
    let pristine = fs::read(&file).unwrap();
    let used = pristine.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for place in 0..60 {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&dir.path().join("store"), &copy.path().join("store"));
        let mut bad = pristine.clone();
        bad[used * place / 60] ^= 0x40;
        fs::write(copy.path().join("store/sled/db"), &bad).unwrap();
        let (store, rebuilt) = open(copy.path());
        let found = store.scan("").unwrap();
        assert!(found == expected || (rebuilt && found.is_empty()), "place {place}");
    }
}

#[test]
fn killed_at_any_moment_keeps_what_was_acknowledged() {
    if let Some(dir) = crash_child_dir() {
        return write_until_killed(&dir);
    }
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::tests::killed_at_any_moment_keeps_what_was_acknowledged"])
            .args(["--nocapture", "--test-threads=1"])
            .env("SCOIN_CRASH_DIR", dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines {
            let line = line.unwrap();
            if let Some(number) = line.rsplit_once("acknowledged ").map(|(_, number)| number) {
                acknowledged = number.parse::<u32>().unwrap() + 1;
                if acknowledged % 7 == round {
                    child.kill().unwrap();
                    break;
                }
            }
        }
        child.wait().unwrap();
        let (store, rebuilt) = open(dir.path());
        assert!(!rebuilt, "round {round}");
        let kept = conformance::count_probes(&store).unwrap();
        assert!(kept >= acknowledged, "kept {kept} of {acknowledged} in round {round}");
        drop(store);
    }
    assert!(acknowledged > 5);
}

#[expect(clippy::disallowed_methods, reason = "the crash probe talks to its own child")]
fn crash_child_dir() -> Option<PathBuf> {
    std::env::var("SCOIN_CRASH_DIR").ok().map(PathBuf::from)
}

#[expect(clippy::print_stdout, reason = "the parent reads the acknowledgements")]
fn write_until_killed(dir: &Path) {
    let (store, _) = open(dir);
    let first = conformance::count_probes(&store).unwrap();
    for number in (first..).take(500) {
        store.commit(conformance::probe_batch(number)).unwrap();
        println!("acknowledged {number}");
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
