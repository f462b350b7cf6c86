//! Every target on its corpus and on a bounded number of changes of it, always the same ones.

use std::collections::BTreeSet;
use std::fs;

use scoin_fuzz::mutate::{Chance, mutated};
use scoin_fuzz::{TARGETS, corpora, corpus};

#[test]
fn targets_survive_their_corpus_and_changes_of_it() {
    for target in TARGETS {
        let inputs = corpus(target).unwrap();
        assert!(!inputs.is_empty(), "{} has no input", target.name);
        for input in &inputs {
            (target.run)(input);
        }
        for n in 0..target.tries {
            let input = mutated(&inputs, &mut Chance::new(u64::from(n)));
            let run = std::panic::catch_unwind(|| (target.run)(&input));
            // The seed is enough to make the input again.
            assert!(
                run.is_ok(),
                "{} broke at change {n}: {:?}",
                target.name,
                String::from_utf8_lossy(&input)
            );
        }
    }
}

#[test]
fn every_corpus_belongs_to_a_target() {
    let folders = fs::read_dir(corpora()).unwrap();
    let folders: BTreeSet<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let used: BTreeSet<String> = TARGETS.iter().map(|target| target.corpus.to_owned()).collect();
    assert_eq!(folders, used);
}
