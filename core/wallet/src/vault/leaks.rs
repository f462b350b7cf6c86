//! What is left in memory: another process opens a vault, uses it and locks it, and its memory is read from outside.
//!
//! Before the lock the same search must find every secret, or it would prove nothing.

#![expect(clippy::arithmetic_side_effects, reason = "counts of a test are small")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use scoin_core::NetworkId;
use scoin_core::keys::{KeyPath, SecretKey, derive};
use scoin_core::read_proof::ReadProof;
use sha2::{Digest, Sha256};

use super::*;

const FOLDER: &str = "SCOIN_LEAK_DIR";
const HOW: &str = "SCOIN_LEAK_HOW";
const NAME: &str = "vault::leaks::a_locked_vault_leaves_no_secret_in_memory";
const NEW: NewVault = NewVault {
    language: Language::English,
    cost: VaultCost::FLOOR,
    created: Timestamp::from_micros(1_000),
};

#[test]
fn a_locked_vault_leaves_no_secret_in_memory() {
    if let Some((dir, how)) = as_child() {
        return use_and_lock(&dir, &how);
    }
    for how in ["lock", "idle", "drop"] {
        let dir = tempfile::tempdir().unwrap();
        let mut secrets = make_vault(dir.path());
        let (mut child, mut input, mut output) = start(dir.path(), how);
        wait_for(&mut output, "open");
        secrets.extend(keys_of(dir.path(), "2"));
        let before = search(child.id(), &secrets);
        writeln!(input, "go on").unwrap();
        wait_for(&mut output, "locked");
        let after = search(child.id(), &secrets);
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, count) in &before {
            // The first key was wiped when the password changed; the key of the words is used for a moment only.
            let gone = name.starts_with("key 1") || name.starts_with("words key");
            assert_eq!(*count > 0, !gone, "{how}: {name} before the lock: {count}");
        }
        let left: Vec<_> = after.iter().filter(|(_, count)| **count > 0).collect();
        assert!(left.is_empty(), "{how}: still in memory: {left:?}");
    }
}

/// What must not be found, by name: each in pieces of 16 bytes, so that a part of it counts.
type Patterns = BTreeMap<String, Vec<u8>>;

fn add(patterns: &mut Patterns, name: &str, bytes: &[u8]) {
    for (number, piece) in bytes.chunks_exact(16).enumerate() {
        patterns.insert(format!("{name}/{number}"), piece.to_vec());
    }
}

/// A vault with secrets that stand nowhere in this program, and files from which the child learns what a person types.
fn make_vault(dir: &Path) -> Patterns {
    let random = || hex::encode(seal::make_random::<16>().unwrap());
    let (first, second) = (random(), random());
    let (vault, words) = Vault::create(&dir.join("v"), &first, NEW).unwrap();
    for (name, text) in [("1", first.as_str()), ("2", &second), ("words", words.expose())] {
        fs::write(dir.join(name), text).unwrap();
    }
    let entropy = vault.secrets().unwrap().entropy().to_vec();
    let seed = vault.mnemonic().unwrap().seed("");
    let signer = derive(&seed, KeyPath::FIRST).unwrap();
    let mut patterns = Patterns::new();
    add(&mut patterns, "entropy", &entropy);
    add(&mut patterns, "seed", seed.as_slice());
    add(&mut patterns, "device key", &in_memory(&signer));
    add(&mut patterns, "words", &words.expose().as_bytes()[..32]);
    add(&mut patterns, "words as numbers", &numbers(&entropy)[..16]);
    add(&mut patterns, "password 1", first.as_bytes());
    add(&mut patterns, "password 2", second.as_bytes());
    patterns.extend(keys_of(dir, "1"));
    patterns
}

/// The keys that the file has now.
fn keys_of(dir: &Path, password: &str) -> Patterns {
    let header = Sealed::parse(&fs::read(dir.join("v")).unwrap()).unwrap().header;
    let typed = fs::read_to_string(dir.join(password)).unwrap();
    let words = fs::read_to_string(dir.join("words")).unwrap();
    let entropy = mnemonic_of(&words, Language::English).unwrap().entropy();
    let mut patterns = Patterns::new();
    add(&mut patterns, &format!("key {password}"), header.key(&typed, None).unwrap().as_slice());
    let words_key = header.expand(&entropy, b"scoin-vault/words").unwrap();
    add(&mut patterns, &format!("words key {password}"), words_key.as_slice());
    patterns
}

/// A private key as the curve's arithmetic keeps it: least significant byte first.
fn in_memory(key: &SecretKey) -> Vec<u8> {
    key.to_bytes().iter().rev().copied().collect()
}

/// The words as the numbers that stand for them: eleven bits each, two bytes in memory.
fn numbers(entropy: &[u8]) -> Vec<u8> {
    let all = [entropy, Sha256::digest(entropy).as_slice()].concat();
    let bit = |at: usize| u16::from((all[at / 8] >> (7 - at % 8)) & 1);
    let word = |number: usize| (0..11).fold(0_u16, |word, at| word << 1 | bit(number * 11 + at));
    (0..12).flat_map(|number| word(number).to_ne_bytes()).collect()
}

#[expect(clippy::disallowed_methods, reason = "the probe talks to its own child")]
fn as_child() -> Option<(PathBuf, String)> {
    Some((PathBuf::from(std::env::var(FOLDER).ok()?), std::env::var(HOW).ok()?))
}

fn start(dir: &Path, how: &str) -> (Child, ChildStdin, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture", "--test-threads=1"])
        .env(FOLDER, dir)
        .env(HOW, how)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    (child, input, BufReader::new(output))
}

fn wait_for(output: &mut BufReader<ChildStdout>, word: &str) {
    let mut line = String::new();
    while !line.contains(&format!("vault {word}")) {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the child ended before `{word}`");
    }
}

/// The child: everything a person does with a wallet, then the lock.
fn use_and_lock(dir: &Path, how: &str) {
    let typed = |name: &str| Zeroizing::new(fs::read_to_string(dir.join(name)).unwrap());
    let (first, second, words) = (typed("1"), typed("2"), typed("words"));
    let now = Timestamp::from_micros(2_000);
    let mut vault = Vault::open(&dir.join("v"), &first, now).unwrap();
    let proof = ReadProof { network: NetworkId([1; 8]), account: AccountId([2; 20]), expires: now };
    vault.sign(&Intent::Read(&proof), now).unwrap();
    let quiz = vault.quiz().unwrap();
    let all: Vec<&str> = words.split(' ').collect();
    assert!(vault.answer_quiz(quiz.places.map(|place| all[place - 1])).unwrap());
    drop(all);
    vault.change_password(&first, &second, VaultCost::FLOOR).unwrap();
    vault.lock();
    assert!(vault.unlock("not the password", now).is_err());
    vault.unlock(&second, now).unwrap();
    vault.next_key().unwrap();
    vault.sign(&Intent::Read(&proof), now).unwrap();
    // The words as numbers are held by nobody: this is for the search before the lock.
    let held = with_clean_stack(|| Box::new(mnemonic_of(&words, Language::English).unwrap()));
    pause("open");
    drop((first, second, words, held));
    match how {
        "lock" => vault.lock(),
        "idle" => vault.lock_if_idle(now.saturating_add_micros(IDLE_MICROS)),
        _ => drop(vault),
    }
    pause("locked");
}

#[expect(clippy::print_stdout, reason = "the parent reads how far the child is")]
fn pause(word: &str) {
    println!("vault {word}");
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
}

/// How often each pattern stands in what the process can write to.
fn search(process: u32, patterns: &Patterns) -> BTreeMap<String, usize> {
    let mut found: BTreeMap<String, usize> =
        patterns.keys().map(|name| (name.clone(), 0)).collect();
    let mut by_start: BTreeMap<[u8; 2], Vec<(&String, &Vec<u8>)>> = BTreeMap::new();
    for (name, pattern) in patterns {
        by_start.entry([pattern[0], pattern[1]]).or_default().push((name, pattern));
    }
    let mut may_start = vec![false; 1 << 16];
    for start in by_start.keys() {
        may_start[usize::from(u16::from_be_bytes(*start))] = true;
    }
    let mut bytes_read = 0;
    for region in writable(process) {
        bytes_read += region.len();
        for at in 0..region.len().saturating_sub(15) {
            let start = [region[at], region[at + 1]];
            if may_start[usize::from(u16::from_be_bytes(start))] {
                for (name, pattern) in &by_start[&start] {
                    if region[at..].starts_with(pattern) {
                        *found.get_mut(*name).unwrap() += 1;
                    }
                }
            }
        }
    }
    assert!(bytes_read > 1 << 17, "only {bytes_read} bytes could be read");
    found
}

/// Everything the process can write to: heap, stacks, data.
fn writable(process: u32) -> Vec<Vec<u8>> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut regions = Vec::new();
    for line in
        maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|may| may.starts_with("rw")))
    {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        let mut bytes = vec![0; usize::try_from(number(to) - number(from)).unwrap()];
        memory.read_exact_at(&mut bytes, number(from)).unwrap();
        regions.push(bytes);
    }
    regions
}
