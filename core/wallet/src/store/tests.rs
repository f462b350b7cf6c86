//! Both stores under the conformance suite, and the disk store under damage.

use std::fs;
use std::path::Path;

use super::*;

pub(super) const KEY: [u8; 32] = [7; 32];

pub(super) fn open(dir: &Path) -> (SledStore, bool) {
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

/// A file that is whole and true, of a time before the last commit: as from a backup, or a disk that lied.
#[test]
fn records_of_another_time_are_damage() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    store.commit(conformance::probe_batch(0)).unwrap();
    drop(store);
    let before = tempfile::tempdir().unwrap();
    copy_folder(&dir.path().join("store/sled"), before.path());
    let (store, _) = open(dir.path());
    store.commit(conformance::probe_batch(1)).unwrap();
    drop(store);
    fs::remove_dir_all(dir.path().join("store/sled")).unwrap();
    copy_folder(before.path(), &dir.path().join("store/sled"));
    let (store, rebuilt) = open(dir.path());
    assert!(rebuilt && store.scan("").unwrap().is_empty());
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

pub(super) fn copy_folder(from: &Path, to: &Path) {
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
