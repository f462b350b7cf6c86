//! Ten thousand damaged files are ten thousand clear errors, and so are those that somebody damaged on purpose.
//!
//! A flip that the checksum sees ends before any key is made: those go through [`Vault::open`] itself. Under a checksum
//! made anew a key would have to be derived for each, at 19 MiB. Instead each such file is opened with the key that the
//! right password gave for the good file. No password can do better: another one gives another key, and a flip in what
//! the key hangs on (salt, cost) gives another key even for the right password. Only the derivation is left out; parsing,
//! the bounds and the seal are the ones of every opening.

use std::cell::Cell;
use std::fs;

use scoin_core::Timestamp;

use super::*;

const PASSWORD: &str = "correct horse";
const NEW: NewVault = NewVault {
    language: Language::English,
    cost: VaultCost::FLOOR,
    created: Timestamp::from_micros(1_000),
};
const FLIPS: usize = 10_000;

/// A vault that has joined a city, so that its body is as long as in life.
fn good(dir: &Path) -> (PathBuf, Vec<u8>) {
    let path = dir.join("v");
    let (mut vault, _) = Vault::create(&path, PASSWORD, NEW).unwrap();
    vault.set_genesis(&[0x5a; 700]).unwrap();
    let file = fs::read(&path).unwrap();
    (path, file)
}

fn flip(file: &mut [u8], bit: usize) {
    file[bit / 8] ^= 1 << (bit % 8);
}

#[test]
fn ten_thousand_flipped_bits_are_ten_thousand_clear_errors() {
    let dir = tempfile::tempdir().unwrap();
    let (path, good) = good(dir.path());
    let bits = good.len() * 8;
    assert!((4_000..FLIPS).contains(&bits), "every bit alone, and the rest in pairs: {bits}");
    for number in 0..FLIPS {
        let mut bad = good.clone();
        flip(&mut bad, number % bits);
        if number >= bits {
            flip(&mut bad, (number * 7 + 1) % bits);
        }
        assert_ne!(bad, good);
        fs::write(&path, &bad).unwrap();
        let opened = Vault::open(&path, PASSWORD, Timestamp::default());
        assert!(matches!(opened, Err(VaultError::Damaged)), "flip {number}: {opened:?}");
    }
    for cut in 0..good.len() {
        fs::write(&path, &good[..cut]).unwrap();
        let opened = Vault::open(&path, PASSWORD, Timestamp::default());
        assert!(matches!(opened, Err(VaultError::Damaged)), "cut at {cut}: {opened:?}");
    }
    fs::write(&path, &good).unwrap();
    Vault::open(&path, PASSWORD, Timestamp::default()).unwrap();
}

#[test]
fn no_flip_under_a_checksum_made_anew_opens_even_with_the_right_key() {
    let dir = tempfile::tempdir().unwrap();
    let (_, good) = good(dir.path());
    let key = Sealed::parse(&good).unwrap().header.key(PASSWORD, None).unwrap();
    let asked = Cell::new(0_usize);
    let open = |file: &[u8]| {
        open_file(file, &mut |_| {
            asked.set(asked.get() + 1);
            Ok(key.clone())
        })
        .map(drop)
    };
    open(&good).unwrap();
    let content = good.len() - 32;
    let (mut refused_early, mut bits) = (0, 0);
    for bit in 0..content * 8 {
        let mut bad = good[..content].to_vec();
        flip(&mut bad, bit);
        file::tests::reseal(&mut bad);
        let before = asked.get();
        let opened = open(&bad);
        let clear = matches!(
            opened,
            Err(VaultError::WrongPassword
                | VaultError::Damaged
                | VaultError::Version
                | VaultError::Hostile)
        );
        assert!(clear, "bit {bit}: {opened:?}");
        refused_early += usize::from(asked.get() == before);
        bits += 1;
    }
    assert!(bits > 6_000 && refused_early > 100 && asked.get() > 5_000, "{bits} {refused_early}");
}
