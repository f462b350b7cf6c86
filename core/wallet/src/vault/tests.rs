//! Tests of the vault: what opens, what must not, and what a crash leaves.

use std::fs;

use scoin_core::NetworkId;
use scoin_core::envelope::Signed;
use scoin_core::read_proof::ReadProof;

use super::*;

const PASSWORD: &str = "correct horse";
const NEW: NewVault = NewVault {
    language: Language::Korean,
    cost: VaultCost::FLOOR,
    created: Timestamp::from_micros(1_000),
};
const NOW: Timestamp = Timestamp::from_micros(2_000);
const PROOF: ReadProof =
    ReadProof { network: NetworkId([1; 8]), account: AccountId([2; 20]), expires: NOW };

fn create(dir: &Path) -> (PathBuf, Vault, Words) {
    let path = dir.join("wallet.scks");
    let (vault, words) = Vault::create(&path, PASSWORD, NEW).unwrap();
    (path, vault, words)
}

#[test]
fn opens_with_the_password_and_signs_as_before() {
    for language in Language::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("v");
        let (mut made, words) =
            Vault::create(&path, PASSWORD, NewVault { language, ..NEW }).unwrap();
        let mut opened = Vault::open(&path, PASSWORD, NOW).unwrap();
        let bytes = opened.sign(&Intent::Read(&PROOF), NOW).unwrap();
        assert_eq!(bytes, made.sign(&Intent::Read(&PROOF), NOW).unwrap());
        let signed = Signed::<ReadProof>::decode(&bytes).unwrap().verify().unwrap();
        assert_eq!(*signed.key(), made.public_key().unwrap());
        assert_eq!(words.expose().split_whitespace().count(), 12);
        let again = dir.path().join("again");
        let restored = Vault::restore(&again, PASSWORD, words.expose(), NEW).unwrap();
        assert_eq!(restored.public_key().unwrap(), made.public_key().unwrap());
    }
}

#[test]
fn a_wrong_password_is_one_clear_error() {
    let dir = tempfile::tempdir().unwrap();
    let (path, ..) = create(dir.path());
    for wrong in ["correct hors", "", "correct horse "] {
        assert!(matches!(Vault::open(&path, wrong, NOW), Err(VaultError::WrongPassword)));
    }
    assert!(matches!(Vault::create(&path, PASSWORD, NEW), Err(VaultError::Exists)));
    let other = dir.path().join("other");
    assert!(matches!(Vault::create(&other, "short", NEW), Err(VaultError::WeakPassword)));
    assert!(matches!(Vault::open(&other, PASSWORD, NOW), Err(VaultError::Missing)));
    let cheap = NewVault { cost: VaultCost { memory_kib: 1024, passes: 1 }, ..NEW };
    assert!(matches!(Vault::create(&other, PASSWORD, cheap), Err(VaultError::Hostile)));
}

#[test]
fn a_thousand_flipped_bits_are_a_thousand_clear_errors() {
    let dir = tempfile::tempdir().unwrap();
    let (path, ..) = create(dir.path());
    let good = fs::read(&path).unwrap();
    let bits = good.len() * 8;
    for number in 0..1_000 {
        let bit = number * bits / 1_000;
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &bad).unwrap();
        let opened = Vault::open(&path, PASSWORD, NOW);
        assert!(matches!(opened, Err(VaultError::Damaged)), "bit {bit}: {opened:?}");
    }
    for cut in 0..good.len() {
        fs::write(&path, &good[..cut]).unwrap();
        assert!(matches!(Vault::open(&path, PASSWORD, NOW), Err(VaultError::Damaged)), "cut {cut}");
    }
}

#[test]
fn a_changed_byte_under_a_new_checksum_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let (path, ..) = create(dir.path());
    let good = fs::read(&path).unwrap();
    let content = good.len() - 32;
    for at in (0..content).step_by(content / 24) {
        let mut bad = good[..content].to_vec();
        bad[at] ^= 0x01;
        file::tests::reseal(&mut bad);
        fs::write(&path, &bad).unwrap();
        assert!(Vault::open(&path, PASSWORD, NOW).is_err(), "byte {at}");
    }
}

#[test]
fn a_damaged_file_can_be_put_back_to_the_generation_before() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut vault, _) = create(dir.path());
    vault.set_account(AccountId([9; 20])).unwrap();
    vault.set_account(AccountId([8; 20])).unwrap();
    fs::write(&path, b"gone").unwrap();
    assert!(matches!(Vault::open(&path, PASSWORD, NOW), Err(VaultError::Damaged)));
    Vault::restore_previous(&path).unwrap();
    let vault = Vault::open(&path, PASSWORD, NOW).unwrap();
    assert_eq!(vault.account().unwrap(), Some(AccountId([9; 20])));
}

#[test]
fn rotation_and_city_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut vault, _) = create(dir.path());
    let (first, next) = (vault.first_key().unwrap(), vault.next_key().unwrap());
    vault.set_genesis(b"genesis").unwrap();
    vault.advance_key().unwrap();
    assert_eq!(vault.public_key().unwrap(), next);
    let vault = Vault::open(&path, PASSWORD, NOW).unwrap();
    assert_eq!((vault.public_key().unwrap(), vault.first_key().unwrap()), (next, first));
    assert_eq!(vault.genesis().unwrap().as_deref(), Some(&b"genesis"[..]));
}

#[test]
fn locks_itself_when_idle() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut vault, _) = create(dir.path());
    let later = NOW.saturating_add_micros(IDLE_MICROS - 1);
    vault.sign(&Intent::Read(&PROOF), NOW).unwrap();
    vault.sign(&Intent::Read(&PROOF), later).unwrap();
    let idle = later.saturating_add_micros(IDLE_MICROS);
    assert!(matches!(vault.sign(&Intent::Read(&PROOF), idle), Err(VaultError::Locked)));
    assert!(matches!(vault.public_key(), Err(VaultError::Locked)));
    assert!(matches!(vault.unlock("wrong password", idle), Err(VaultError::WrongPassword)));
    vault.unlock(PASSWORD, idle).unwrap();
    vault.sign(&Intent::Read(&PROOF), idle).unwrap();
    vault.lock();
    assert!(vault.is_locked());
}

/// Stops the password change at every step, and lets what was not synced vanish: the old password opens, or the new one.
#[test]
fn a_crash_while_changing_the_password_leaves_old_or_new() {
    const OTHER: &str = "battery staple";
    for stop in 0..12 {
        let dir = tempfile::tempdir().unwrap();
        let (path, mut vault, _) = create(dir.path());
        let key = vault.public_key().unwrap();
        let mut steps = 0;
        let result =
            vault.change_password_stepwise(PASSWORD, OTHER, VaultCost::FLOOR, &mut |step| {
                if steps == stop {
                    if step == Step::Written {
                        lose_unsynced(dir.path());
                    }
                    return Err(io::ErrorKind::Interrupted.into());
                }
                steps += 1;
                Ok(())
            });
        let opened = Vault::open(&path, PASSWORD, NOW).or_else(|_| Vault::open(&path, OTHER, NOW));
        assert_eq!(opened.unwrap().public_key().unwrap(), key, "stopped at {stop}");
        if result.is_ok() {
            assert!(stop >= 8);
            assert!(Vault::open(&path, PASSWORD, NOW).is_err());
            assert!(Vault::open(&replace::old(&path), PASSWORD, NOW).is_err());
        }
    }
}

/// What a power cut does to a file that was written and not synced: half of it is there.
fn lose_unsynced(dir: &Path) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "tmp") {
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        }
    }
}
