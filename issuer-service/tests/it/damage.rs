//! One flipped bit anywhere in the data file: refused, or provably without effect.

use std::path::Path;
use std::sync::Arc;

use scoin_issuer::books::Books;
use scoin_issuer::check;
use scoin_issuer::engine::{Engine, RedbEngine};

use crate::city;

const PAGE: usize = 4096;

/// What a start and a check say of a data file.
fn verdict(path: &Path) -> Result<String, String> {
    // A damaged page may make the store itself give up; that is a refusal too.
    std::panic::catch_unwind(|| {
        let engine = Arc::new(RedbEngine::open(path, 8).map_err(|error| error.to_string())?);
        let checked = check::check(&city::genesis(), engine.as_ref()).map_err(|e| e.to_string())?;
        let books = Books::open(city::genesis(), city::key("issuer"), engine.clone());
        let tip = books.map_err(|error| error.to_string())?.live().tip.hash;
        engine.close().map_err(|error| error.to_string())?;
        Ok(format!("{checked} {tip:?}"))
    })
    .unwrap_or_else(|_| Err("the store gave up".to_owned()))
}

#[tokio::test]
async fn a_flipped_bit_is_refused_or_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.redb");
    let head = folder.path().join("data.redb.head");
    let mut running = city::start(Arc::new(RedbEngine::open(&path, 8).unwrap()), 4);
    for id in 0..20 {
        running.decide(&city::open_account(&format!("person {id}"), id)).await;
    }
    running.stop();
    let good = verdict(&path).unwrap();
    let whole = (std::fs::read(&path).unwrap(), std::fs::read(&head).unwrap());

    let mut refused = 0;
    let places = (0..whole.0.len()).step_by(PAGE).flat_map(|page| [page, page + 9, page + 1000]);
    let places: Vec<_> =
        places.filter(|place| whole.0.get(*place).is_some_and(|b| *b != 0)).collect();
    for &place in &places {
        let mut bytes = whole.0.clone();
        bytes[place] ^= 0x10;
        std::fs::write(&path, &bytes).unwrap();
        std::fs::write(&head, &whole.1).unwrap();
        match verdict(&path) {
            Err(_) => refused += 1,
            Ok(said) => assert_eq!(said, good, "byte {place} changed the books unnoticed"),
        }
    }
    assert!(refused > 0, "none of {} flips was noticed", places.len());
}
