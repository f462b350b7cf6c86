//! One byte of the data file is changed: either it is noticed, or the books are provably the same. Never silently other books.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use scoin_tests::chance::Chance;
use scoin_tests::city::check;
use scoin_tests::load::send_all;

use crate::world::World;

/// redb's page size.
const PAGE: usize = 4096;

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_is_never_silently_accepted() {
    let mut world = World::with("test.free", 10_000).await;
    send_all(world.city.service.line().clone(), world.payments(60), 4).await;
    world.city.service.stop();
    let folder = world.city.folder.path();
    let good = verdict(folder).expect("the undamaged file passes");

    let whole = contents(folder);
    let file = folder.join("scoin.redb");
    let bytes = &whole[&file];
    let mut noticed = 0;
    let places = places(bytes.len());
    for &place in &places {
        restore(&whole);
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x40;
        fs::write(&file, &damaged).unwrap();
        match verdict(folder) {
            None => noticed += 1,
            Some(books) => assert_eq!(books, good, "byte {place} changed the books unnoticed"),
        }
    }
    restore(&whole);
    assert_eq!(verdict(folder).as_ref(), Some(&good), "the file itself was not at fault");
    assert!(noticed > 0, "no damage at {} places was noticed at all", places.len());
}

/// The beginning of every page, and some places anywhere.
fn places(length: usize) -> Vec<usize> {
    let mut chance = Chance::new(4_096);
    let mut places: Vec<usize> = (0..length).step_by(PAGE).collect();
    let anywhere = || usize::try_from(chance.below(length as u64)).unwrap();
    places.extend(std::iter::repeat_with(anywhere).take(100));
    places
}

/// Every file of the city's folder: a check may mend what it can, so all of them are put back each time.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn restore(contents: &BTreeMap<PathBuf, Vec<u8>>) {
    for (path, bytes) in contents {
        fs::write(path, bytes).unwrap();
    }
}

/// What the offline check says of the books; `None` if it refuses the file.
fn verdict(folder: &Path) -> Option<String> {
    let config: PathBuf = folder.join("issuer.toml");
    let output = check(&config);
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
