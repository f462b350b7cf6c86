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

#[test]
fn a_clock_that_is_set_back_does_not_keep_the_vault_open() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut vault, _) = create(dir.path());
    let late = Timestamp::from_micros(900_000_000_000);
    vault.touch(late);
    vault.lock_if_idle(NOW);
    assert_eq!(vault.idle_left(NOW.saturating_add_micros(1)), Some(IDLE_MICROS - 1));
    vault.lock_if_idle(NOW.saturating_add_micros(IDLE_MICROS));
    assert!(vault.is_locked() && vault.idle_left(late).is_none());
}

#[test]
fn three_words_show_that_they_are_written_down() {
    for language in Language::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("v");
        let (mut vault, words) =
            Vault::create(&path, PASSWORD, NewVault { language, ..NEW }).unwrap();
        let words: Vec<&str> = words.expose().split_whitespace().collect();
        assert!(!vault.words_checked().unwrap());
        let quiz = vault.quiz().unwrap();
        assert!(quiz.places.is_sorted_by(|one, next| one < next) && quiz.places[2] <= 12);
        let right = quiz.places.map(|place| words[place - 1]);
        assert!(!vault.answer_quiz([right[0], right[1], "nonsense"]).unwrap());
        assert!(!vault.answer_quiz(right).unwrap(), "one answer for one quiz");
        let quiz = vault.quiz().unwrap();
        let right = quiz.places.map(|place| format!(" {} ", words[place - 1]));
        assert!(vault.answer_quiz(right.each_ref().map(String::as_str)).unwrap());
        let mut vault = Vault::open(&path, PASSWORD, NOW).unwrap();
        assert!(vault.words_checked().unwrap());
        for tries in 1..=3 {
            let quiz = vault.quiz().unwrap();
            let wrong = [words[quiz.places[0] - 1], words[quiz.places[1] - 1], ""];
            assert!(!vault.answer_quiz(wrong).unwrap());
            assert_eq!(vault.is_locked(), tries == 3);
        }
        assert!(matches!(vault.quiz(), Err(VaultError::Locked)));
    }
}

/// Korean is shown in one form and typed in another.
#[test]
fn words_may_be_typed_composed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let shown = "\u{1100}\u{1161}\u{1100}\u{1167}\u{11a8}";
    let phrase = [shown; 12].join(" ");
    let composed = phrase.replace(shown, "\u{ac00}\u{aca9}");
    assert_ne!(phrase, composed);
    let korean = |text: &str| Mnemonic::parse(Language::Korean, text).unwrap();
    let entropy = [0; 16];
    let zero = Mnemonic::from_entropy(Language::Korean, &entropy).unwrap();
    let typed = zero.phrase().replace(shown, "\u{ac00}\u{aca9}");
    assert_eq!(korean(&typed), zero);
    let mut vault = Vault::restore(&path, PASSWORD, &typed, NEW).unwrap();
    assert!(device::words(&zero).are(&typed));
    let typed: Vec<&str> = typed.split(' ').collect();
    let quiz = vault.quiz().unwrap();
    assert!(vault.answer_quiz(quiz.places.map(|place| typed[place - 1])).unwrap());
}

#[test]
fn the_words_open_the_file_when_the_password_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut vault, words) = create(dir.path());
    vault.set_genesis(b"genesis").unwrap();
    vault.set_account(AccountId([9; 20])).unwrap();
    vault.advance_key().unwrap();
    let key = vault.public_key().unwrap();
    drop(vault);
    let (_, other) = Vault::create(&dir.path().join("other"), PASSWORD, NEW).unwrap();
    let foreign = Vault::recover(&path, other.expose(), "battery staple", NEW);
    assert!(matches!(foreign, Err(VaultError::OtherWords)));
    assert!(matches!(Vault::recover(&path, "a b c", "x", NEW), Err(VaultError::WeakPassword)));
    assert!(Vault::protection(&path).unwrap().recovery);
    let vault = Vault::recover(&path, words.expose(), "battery staple", NEW).unwrap();
    assert_eq!(vault.public_key().unwrap(), key);
    for file in [path.clone(), replace::old(&path)] {
        assert!(matches!(Vault::open(&file, PASSWORD, NOW), Err(VaultError::WrongPassword)));
        let vault = Vault::open(&file, "battery staple", NOW).unwrap();
        assert_eq!(vault.public_key().unwrap(), key);
        assert_eq!(vault.genesis().unwrap().as_deref(), Some(&b"genesis"[..]));
        assert_eq!(vault.account().unwrap(), Some(AccountId([9; 20])));
    }
}

#[test]
fn a_second_secret_is_needed_and_the_words_go_around_it() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut vault, words) = create(dir.path());
    let key = vault.public_key().unwrap();
    let keyring = Arc::new(MemoryFactor::new("gnome"));
    let known: Arc<dyn SecondFactor> = keyring.clone();
    assert!(matches!(
        vault.add_second_factor("wrong password", known.clone()),
        Err(VaultError::WrongPassword)
    ));
    assert_eq!(vault.add_second_factor(PASSWORD, known.clone()).unwrap(), "gnome");
    assert_eq!(Vault::protection(&path).unwrap().second.as_deref(), Some("gnome"));
    vault.set_genesis(b"genesis").unwrap();
    vault.lock();
    vault.unlock(PASSWORD, NOW).unwrap();
    let opens = |file: &Path, factor: Option<&Arc<dyn SecondFactor>>| {
        Vault::open_with(file, PASSWORD, NOW, factor.cloned())
    };
    for file in [path.clone(), replace::old(&path)] {
        assert_eq!(opens(&file, Some(&known)).unwrap().public_key().unwrap(), key);
        let without = opens(&file, None);
        assert!(
            matches!(without, Err(VaultError::SecondMissing { ref backend }) if backend == "gnome")
        );
    }
    // Another desktop, as when GNOME became KDE: named, not guessed at.
    let other: Arc<dyn SecondFactor> = Arc::new(MemoryFactor::new("kde"));
    assert!(matches!(opens(&path, Some(&other)), Err(VaultError::SecondMissing { .. })));
    let emptied: Arc<dyn SecondFactor> = Arc::new(MemoryFactor::new("gnome"));
    assert!(matches!(opens(&path, Some(&emptied)), Err(VaultError::SecondMissing { .. })));
    vault.change_password(PASSWORD, "battery staple", VaultCost::FLOOR).unwrap();
    assert!(matches!(opens(&path, Some(&known)), Err(VaultError::WrongPassword)));
    Vault::open_with(&path, "battery staple", NOW, Some(known.clone())).unwrap();
    let vault = Vault::recover(&path, words.expose(), PASSWORD, NEW).unwrap();
    assert_eq!(vault.public_key().unwrap(), key);
    assert_eq!(opens(&path, None).unwrap().genesis().unwrap().as_deref(), Some(&b"genesis"[..]));
    let mut vault = opens(&path, None).unwrap();
    vault.add_second_factor(PASSWORD, known).unwrap();
    assert_eq!(keyring.len(), 2, "what recovery could not ask for stays behind");
    vault.remove_second_factor(PASSWORD).unwrap();
    assert_eq!(keyring.len(), 1);
    opens(&path, None).unwrap();
}

/// A keeper that breaks in one way.
#[derive(Debug)]
struct Broken(&'static str);

impl SecondFactor for Broken {
    fn backend(&self) -> &str {
        if self.0 == "name" { "no good name!" } else { "broken" }
    }

    fn keep(&self, _: &str, _: &[u8; FACTOR_BYTES]) -> Result<(), FactorError> {
        if self.0 == "keep" { Err(FactorError("is full".to_owned())) } else { Ok(()) }
    }

    fn find(&self, _: &str) -> Result<Option<FactorSecret>, FactorError> {
        match self.0 {
            "other" => Ok(Some(FactorSecret::new([7; 32]))),
            "find" => Err(FactorError("is closed".to_owned())),
            _ => Ok(None),
        }
    }

    fn forget(&self, _: &str) -> Result<(), FactorError> {
        Err(FactorError("does not".to_owned()))
    }
}

#[test]
fn a_keeper_that_does_not_keep_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut vault, _) = create(dir.path());
    let before = fs::read(&path).unwrap();
    for fault in ["keep", "find", "other", "nothing", "name"] {
        let added = vault.add_second_factor(PASSWORD, Arc::new(Broken(fault)));
        assert!(added.is_err(), "{fault}");
        assert_eq!(fs::read(&path).unwrap(), before, "{fault}");
        Vault::open(&path, PASSWORD, NOW).unwrap();
    }
    vault.set_account(AccountId([1; 20])).unwrap();
}

#[test]
fn a_vault_of_before_opens_and_gets_its_way_back_in() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    // Written by the first release: format 1, no key under the words.
    fs::write(&path, include_bytes!("../../../../tests/data/vault/vault-1.scks")).unwrap();
    assert!(!Vault::protection(&path).unwrap().recovery);
    let words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    let early = Vault::recover(&path, words, PASSWORD, NEW);
    assert!(matches!(early, Err(VaultError::NoRecovery)));
    let mut vault = Vault::open(&path, PASSWORD, NOW).unwrap();
    assert_eq!(vault.genesis().unwrap().as_deref(), Some(&b"genesis"[..]));
    vault.set_account(AccountId([1; 20])).unwrap();
    let recovered = Vault::recover(&path, words, "battery staple", NEW).unwrap();
    assert_eq!(recovered.public_key().unwrap(), vault.public_key().unwrap());
}

#[test]
fn hostile_files_take_no_memory() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let mut files = file::tests::hostile();
    files.push(vec![0; 10 * 1024 * 1024]);
    for bytes in files {
        fs::write(&path, &bytes).unwrap();
        let mut opened = Ok(());
        let used = allocation_counter::measure(|| {
            opened = Vault::open(&path, PASSWORD, NOW).map(drop);
        });
        assert!(opened.is_err());
        let most = 4 * file::FILE_BYTES_MAX;
        assert!(used.bytes_max < most, "{} bytes for {opened:?}", used.bytes_max);
    }
    // The same measure sees the memory of a file that is not hostile.
    let good = dir.path().join("good");
    create(dir.path());
    fs::rename(dir.path().join("wallet.scks"), &good).unwrap();
    let used = allocation_counter::measure(|| drop(Vault::open(&good, PASSWORD, NOW).unwrap()));
    assert!(used.bytes_max >= u64::from(VaultCost::FLOOR.memory_kib) * 1024);
}
