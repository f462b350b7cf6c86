//! A thousand power cuts during a change of password: the file opens with the old one or with the new one.
//!
//! The change runs on a played file system that keeps apart what a program sees and what the disk has. A cut comes at any
//! call, or inside a write. What was not forced to the disk is then there, or not, or half, as a seed says; names are
//! durable one by one and in no order.

#![expect(clippy::arithmetic_side_effects, reason = "counts of a test are small")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;

use scoin_core::Timestamp;

use super::replace::Files;
use super::*;
use crate::chance::Chance;

const OLD: &str = "correct horse";
const NEXT: &str = "battery staple";
const NEW: NewVault = NewVault {
    language: Language::English,
    cost: VaultCost::FLOOR,
    created: Timestamp::from_micros(1_000),
};
const CUTS: u64 = 1_000;

/// One file's content: as programs see it, and as it is on the disk if it ever was forced there.
#[derive(Clone, Default)]
struct Inode {
    live: Vec<u8>,
    durable: Option<Vec<u8>>,
}

/// A change of a name that the disk may not have yet: the name, and the file it names from then on.
type NameChange = (PathBuf, Option<usize>);

/// The played file system.
struct Played {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    pending: Vec<NameChange>,
    /// Calls until the power goes.
    left: usize,
    chance: Chance,
}

impl Played {
    fn with(path: &Path, file: &[u8], previous: &[u8], (left, seed): (usize, u64)) -> Self {
        let inode = |bytes: &[u8]| Inode { live: bytes.to_vec(), durable: Some(bytes.to_vec()) };
        let names = BTreeMap::from([(path.to_owned(), 0), (replace::old(path), 1)]);
        Self {
            inodes: vec![inode(file), inode(previous)],
            durable_names: names.clone(),
            names,
            pending: Vec::new(),
            left,
            chance: Chance(seed),
        }
    }

    fn step(&mut self) -> io::Result<()> {
        self.left = self.left.checked_sub(1).ok_or(io::ErrorKind::Interrupted)?;
        Ok(())
    }

    fn name(&mut self, path: &Path, inode: Option<usize>) {
        match inode {
            Some(inode) => self.names.insert(path.to_owned(), inode),
            None => self.names.remove(path),
        };
        self.pending.push((path.to_owned(), inode));
    }

    /// What is there after the power is back.
    fn after_the_cut(mut self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut names = self.durable_names.clone();
        for (path, inode) in std::mem::take(&mut self.pending) {
            if self.chance.place(2) == 0 {
                continue;
            }
            match inode {
                Some(inode) => names.insert(path, inode),
                None => names.remove(&path),
            };
        }
        let inodes = std::mem::take(&mut self.inodes);
        let content = |inode: &Inode, chance: &mut Chance| match &inode.durable {
            Some(durable) if *durable == inode.live => durable.clone(),
            durable => torn(durable.as_deref().unwrap_or_default(), &inode.live, chance),
        };
        names
            .into_iter()
            .map(|(path, inode)| (path, content(&inodes[inode], &mut self.chance)))
            .collect()
    }
}

/// Something between what was on the disk and what was written: an end is missing, or was never filled.
fn torn(durable: &[u8], live: &[u8], chance: &mut Chance) -> Vec<u8> {
    let kept = chance.place(live.len() + 1);
    match chance.place(4) {
        0 => durable.to_vec(),
        1 => live.to_vec(),
        2 => live[..kept].to_vec(),
        _ => [&live[..kept], vec![0; live.len() - kept].as_slice()].concat(),
    }
}

impl Files for Played {
    fn read(&mut self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        self.step()?;
        Ok(self.names.get(path).map(|inode| self.inodes[*inode].live.clone()))
    }

    fn write_durably(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        let inode = self.names.get(path).copied().unwrap_or_else(|| {
            self.inodes.push(Inode::default());
            self.inodes.len() - 1
        });
        self.name(path, Some(inode));
        self.inodes[inode].live.clear();
        self.step()?;
        self.inodes[inode].live.extend_from_slice(&bytes[..bytes.len() / 2]);
        self.step()?;
        self.inodes[inode].live = bytes.to_vec();
        self.step()?;
        self.inodes[inode].durable = Some(bytes.to_vec());
        Ok(())
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        let inode = self.names.get(from).copied().ok_or(io::ErrorKind::NotFound)?;
        self.name(to, Some(inode));
        self.name(from, None);
        Ok(())
    }

    fn sync_dir(&mut self, _: &Path) -> io::Result<()> {
        self.step()?;
        self.durable_names = self.names.clone();
        self.pending.clear();
        Ok(())
    }
}

/// Opens like [`Vault::open`], with each key derived once: what a password gives under a salt never changes.
#[derive(Default)]
struct Keys(RefCell<BTreeMap<(Vec<u8>, String), SealKey>>);

impl Keys {
    fn open(&self, file: &[u8], password: &str) -> Result<Body, VaultError> {
        let (_, _, body) = open_file(file, &mut |header| {
            let name = (header.salt().to_vec(), password.to_owned());
            if let Some(known) = self.0.borrow().get(&name) {
                return Ok(known.clone());
            }
            let key = header.key(password, None)?;
            self.0.borrow_mut().insert(name, key.clone());
            Ok(key)
        })?;
        Ok(body)
    }
}

#[test]
fn a_thousand_power_cuts_while_changing_the_password_leave_old_or_new() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let (mut vault, _) = Vault::create(&path, OLD, NEW).unwrap();
    vault.set_account(AccountId([9; 20])).unwrap();
    let entropy = vault.secrets().unwrap().entropy().to_vec();
    let (file, previous) = (fs::read(&path).unwrap(), fs::read(replace::old(&path)).unwrap());
    // The new file is made once: a change of password that ran through gives its bytes, which every cut then writes.
    vault.change_password(OLD, NEXT, VaultCost::FLOOR).unwrap();
    let changed = fs::read(&path).unwrap();
    let keys = Keys::default();
    let (mut by_old, mut by_new, mut whole) = (0, 0, 0);
    for seed in 0..CUTS {
        let cut = usize::try_from(seed % 15).unwrap();
        let mut played = Played::with(&path, &file, &previous, (cut, seed));
        let done = replace_both(&mut played, &path, &changed);
        let after = played.after_the_cut();
        let main = after.get(&path).unwrap_or_else(|| panic!("seed {seed}: the vault is gone"));
        let body = match (keys.open(main, OLD), keys.open(main, NEXT)) {
            (Ok(body), Err(_)) => (by_old += 1, body).1,
            (Err(_), Ok(body)) => (by_new += 1, body).1,
            other => panic!("seed {seed}: {:?}", (other.0.map(drop), other.1.map(drop))),
        };
        assert_eq!(body.entropy(), entropy, "seed {seed}");
        if done.is_ok() {
            whole += 1;
            for name in [path.clone(), replace::old(&path)] {
                assert!(keys.open(&after[&name], OLD).is_err(), "seed {seed}");
            }
        }
    }
    assert!(by_old > 100 && by_new > 100 && whole > 50, "{by_old} {by_new} {whole}");
}

/// As the change of password does it; that it does is seen in the test below.
fn replace_both(files: &mut dyn Files, path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace::replace_on(files, path, bytes)?;
    replace::replace_on(files, &replace::old(path), bytes)
}

/// The whole change of password, with its own key and its own bytes, cut at each of its calls.
#[test]
fn a_password_change_cut_at_any_call_leaves_a_vault_that_says_which_password() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("v");
    let (vault, _) = Vault::create(&path, OLD, NEW).unwrap();
    let file = fs::read(&path).unwrap();
    let entropy = vault.secrets().unwrap().entropy().to_vec();
    let keys = Keys::default();
    let mut calls = 0;
    for cut in 0.. {
        fs::write(&path, &file).unwrap();
        let mut vault = Vault::open(&path, OLD, Timestamp::default()).unwrap();
        let mut played = Played::with(&path, &file, &file, (cut, u64::try_from(cut).unwrap()));
        let done = vault.change_password_on(&mut played, (OLD, NEXT), VaultCost::FLOOR);
        // The vault in memory goes on working, whichever file there is.
        assert_eq!(vault.secrets().unwrap().entropy(), entropy);
        let after = played.after_the_cut();
        let opened = keys.open(&after[&path], OLD).or_else(|_| keys.open(&after[&path], NEXT));
        assert_eq!(opened.unwrap().entropy(), entropy, "cut at {cut}");
        if done.is_ok() {
            calls = cut;
            break;
        }
    }
    assert_eq!(calls, 12, "two files of six calls each");
}
