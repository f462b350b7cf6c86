//! Power cuts at every moment of a commit, on copies of the files: what was forced to the disk is there, and of what was
//! written since, every block of 4 KiB is there or is not, as a seed says. Nothing acknowledged may be gone in silence.
//!
//! `kills.rs` has the real thing beside it: a file system of its own whose memory is thrown away.

#![expect(clippy::arithmetic_side_effects, reason = "counts of a test are small")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::sled::Moment;
use super::tests::{copy_folder, open};
use super::*;
use crate::chance::Chance;

const COMMITS: u32 = 30;
const BLOCK: usize = 4_096;
/// sled's data; the only file that a commit changes in place.
const DATA: &str = "store/sled/db";

/// What the disk has after a cut: all that was written, or each block of one of both images, and one of both lengths.
fn after_cut(durable: &[u8], live: &[u8], chance: &mut Chance) -> Vec<u8> {
    if chance.below(3) == 0 {
        return live.to_vec();
    }
    let longest = durable.len().max(live.len());
    let mut image = Vec::with_capacity(longest);
    for at in (0..longest).step_by(BLOCK) {
        let source = if chance.below(2) == 0 { durable } else { live };
        let block = source.get(at..(at + BLOCK).min(source.len())).unwrap_or_default();
        image.extend_from_slice(block);
        image.resize((at + BLOCK).min(longest), 0);
    }
    let length = if chance.below(2) == 0 { durable.len() } else { live.len() };
    image.truncate(length);
    image
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let data = dir.path().join(DATA);
    let mut durable = fs::read(&data).unwrap();
    let mut chance = Chance(7);
    let mut seen: BTreeMap<String, [u32; 3]> = BTreeMap::new();
    for number in 0..COMMITS {
        let mut acknowledged = number;
        store
            .commit_stepwise(conformance::probe_batch(number), &mut |moment| {
                let live = fs::read(&data).unwrap();
                if moment == Moment::Synced {
                    durable.clone_from(&live);
                }
                acknowledged += u32::from(moment == Moment::Acknowledged);
                let image = after_cut(&durable, &live, &mut chance);
                let outcome = open_after_cut(dir.path(), &image, acknowledged)
                    .unwrap_or_else(|error| panic!("commit {number}, {moment:?}: {error}"));
                seen.entry(format!("{moment:?}")).or_default()[outcome] += 1;
            })
            .unwrap();
    }
    // Both ends of a cut commit were met, and a torn file was never taken for a whole one.
    let total = |outcome: usize| seen.values().map(|counts| counts[outcome]).sum::<u32>();
    assert_eq!(total(0) + total(1) + total(2), COMMITS * 5);
    assert!(total(0) > COMMITS && total(1) > COMMITS && seen["Flushed"][1] > 0, "{seen:?}");
    for settled in ["Synced", "Acknowledged", "Stamped"] {
        assert_eq!(seen[settled][2], 0, "nothing is torn here: {seen:?}");
    }
}

/// 0: as before the commit, 1: as after it, 2: found damaged, and empty.
fn open_after_cut(dir: &Path, image: &[u8], acknowledged: u32) -> Result<usize, String> {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&dir.join("store"), &copy.path().join("store"));
    fs::write(copy.path().join(DATA), image).unwrap();
    let (store, rebuilt) = open(copy.path());
    let kept = conformance::count_probes(&store)?;
    match kept.checked_sub(acknowledged) {
        _ if rebuilt && kept == 0 => Ok(2),
        Some(0) if !rebuilt => Ok(0),
        Some(1) if !rebuilt => Ok(1),
        _ => Err(format!("{kept} commits of {acknowledged}, rebuilt: {rebuilt}")),
    }
}
