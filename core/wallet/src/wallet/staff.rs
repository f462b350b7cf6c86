//! Who works at this till: names, rights and PINs (`docs/adr/0030`).
//!
//! A PIN opens no key and is no password: it says who stands at a device that is open already, and lets that person use
//! what the device may do, and no more of it than the shop gave the person. Once a device knows staff, its till verbs
//! need somebody signed in. The records are in one file of the wallet's folder, sealed under a key of the vault. A guess is
//! counted before it is checked, so that stopping the program gives no more of them.

use std::fmt;
use std::path::{Path, PathBuf};

use scoin_core::Timestamp;
use scoin_core::command::{Action, TillRights};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Wallet;
use crate::error::WalletError;
use crate::seal::{self, NONCE};
use crate::vault::{VaultError, replace};

/// The file in a wallet's folder.
pub const STAFF_FILE: &str = "staff";
/// Most people of one till.
pub const STAFF_MAX: usize = 64;
/// Longest name, in bytes.
const NAME_BYTES_MAX: usize = 64;
/// Wrong PINs in a row after which only a new PIN helps.
const WRONG_MAX: u32 = 10;
/// Binds the file to what it is.
const DOMAIN: &[u8] = b"scoin-staff/1";
/// Argon2id: 19 MiB, two passes. The file is sealed already; this is for whoever has opened it.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// What a till verb needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TillRight {
    /// Ask to be paid, and take what was reserved.
    Receive,
    /// Release what was reserved.
    Cancel,
    /// Give a payment back.
    Refund,
    /// Close the business day.
    Close,
}

impl TillRight {
    /// All of them, in this order.
    pub const ALL: [Self; 4] = [Self::Receive, Self::Cancel, Self::Refund, Self::Close];

    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Cancel => "cancel",
            Self::Refund => "refund",
            Self::Close => "close",
        }
    }

    /// Is it among these?
    pub const fn is_in(self, rights: TillRights) -> bool {
        match self {
            Self::Receive => rights.receive,
            Self::Cancel => rights.cancel,
            Self::Refund => rights.refund,
            Self::Close => rights.close,
        }
    }
}

/// Somebody who works at this till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// The name on the screen.
    pub name: String,
    /// What the shop lets this person do here.
    pub rights: TillRights,
    /// Wrong PINs since the last right one.
    pub wrong: u32,
    /// No PIN is looked at before this.
    pub wait_until: Option<Timestamp>,
}

/// Why nobody is signed in, or not for this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// The PIN is wrong.
    #[error("the PIN is not right: {left} tries are left")]
    Wrong {
        /// How many more there may be before only the shop's owner can help.
        left: u32,
    },
    /// Too many wrong ones: wait.
    #[error("too many wrong PINs: wait {seconds} seconds")]
    Wait {
        /// How long.
        seconds: u64,
    },
    /// Too many wrong ones: the owner sets a new PIN.
    #[error("too many wrong PINs: the owner must set a new one")]
    Blocked,
    /// Nobody of this name works here.
    #[error("nobody is called `{0}` at this till")]
    Unknown(String),
    /// Nobody is signed in, and this till has staff.
    #[error("this till has staff: sign in with a PIN first")]
    NotSignedIn,
    /// Who is signed in may not do this.
    #[error("{name} may not {right} at this till: ask somebody who may")]
    NoRight {
        /// Who.
        name: String,
        /// What.
        right: String,
    },
}

#[expect(clippy::struct_excessive_bools, reason = "four rights, each by itself")]
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    name: String,
    receive: bool,
    cancel: bool,
    refund: bool,
    close: bool,
    salt: String,
    hash: String,
    wrong: u32,
    until: u64,
    /// When the wait was last looked at: a clock that is turned back does not shorten it.
    seen: u64,
}

impl Kept {
    const fn rights(&self) -> TillRights {
        TillRights {
            receive: self.receive,
            cancel: self.cancel,
            refund: self.refund,
            close: self.close,
        }
    }
}

/// Who is signed in on this device now.
#[derive(Clone, Default)]
pub(super) struct Desk {
    signed_in: Option<(String, TillRights)>,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk(..)")
    }
}

/// How long after so many wrong PINs the next one is looked at, in microseconds.
const fn wait_after(wrong: u32) -> u64 {
    let seconds: u64 = match wrong {
        0..=2 => 0,
        3 => 30,
        4 => 60,
        5 => 5 * 60,
        6 => 15 * 60,
        7 => 3_600,
        _ => 24 * 3_600,
    };
    seconds.saturating_mul(1_000_000)
}

impl Wallet {
    /// The people of this till, by name.
    pub fn staff(&self) -> Result<Vec<StaffMember>, WalletError> {
        let member = |kept: &Kept| StaffMember {
            name: kept.name.clone(),
            rights: kept.rights(),
            wrong: kept.wrong,
            wait_until: (kept.until > 0).then_some(Timestamp::from_micros(kept.until)),
        };
        Ok(self.read_staff()?.iter().map(member).collect())
    }

    /// Puts somebody on this till, or gives a new PIN and other rights to who is. A PIN has 4 to 12 digits.
    pub fn put_staff(&self, name: &str, rights: TillRights, pin: &str) -> Result<(), WalletError> {
        let digits = pin.len() >= 4 && pin.len() <= 12 && pin.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            return Err(WalletError::BadInput("a PIN has 4 to 12 digits".to_owned()));
        }
        if name.trim().is_empty() || name.len() > NAME_BYTES_MAX {
            return Err(WalletError::BadInput("a name has 1 to 64 bytes".to_owned()));
        }
        let mut all = self.read_staff()?;
        all.retain(|kept| kept.name != name);
        if all.len() >= STAFF_MAX {
            return Err(WalletError::BadInput(format!("a till has at most {STAFF_MAX} people")));
        }
        let salt: [u8; 16] = seal::make_random().ok_or(VaultError::NoRandom)?;
        let TillRights { receive, cancel, refund, close } = rights;
        let hash = hex::encode(hash(pin, &salt)?);
        let (name, salt) = (name.to_owned(), hex::encode(salt));
        let (wrong, until, seen) = (0, 0, 0);
        all.push(Kept { name, receive, cancel, refund, close, salt, hash, wrong, until, seen });
        all.sort_by(|a, b| a.name.cmp(&b.name));
        self.write_staff(&all)
    }

    /// Takes somebody off this till.
    pub fn remove_staff(&self, name: &str) -> Result<(), WalletError> {
        let mut all = self.read_staff()?;
        let before = all.len();
        all.retain(|kept| kept.name != name);
        if all.len() == before {
            return Err(StaffError::Unknown(name.to_owned()).into());
        }
        self.sign_out();
        self.write_staff(&all)
    }

    /// Signs somebody in: from now on the till verbs are theirs, as far as their rights and the device's go.
    pub fn sign_in(&self, name: &str, pin: &str) -> Result<TillRights, WalletError> {
        let now = self.setup.clock.now().micros();
        let mut all = self.read_staff()?;
        let unknown = || StaffError::Unknown(name.to_owned());
        let kept = all.iter_mut().find(|kept| kept.name == name).ok_or_else(unknown)?;
        if kept.wrong >= WRONG_MAX {
            return Err(StaffError::Blocked.into());
        }
        if now < kept.seen {
            // The clock went back: the wait begins anew.
            kept.until = now.saturating_add(wait_after(kept.wrong));
        }
        kept.seen = now;
        let wait = kept.until.saturating_sub(now);
        if wait > 0 {
            self.write_staff(&all)?;
            return Err(StaffError::Wait { seconds: wait.div_ceil(1_000_000) }.into());
        }
        kept.wrong = kept.wrong.saturating_add(1);
        kept.until = now.saturating_add(wait_after(kept.wrong));
        let (wrong, rights) = (kept.wrong, kept.rights());
        let (salt, known) = (kept.salt.clone(), kept.hash.clone());
        self.write_staff(&all)?;
        let salt = hex::decode(salt).unwrap_or_default();
        if !same(&hash(pin, &salt)?, &hex::decode(known).unwrap_or_default()) {
            return Err(match WRONG_MAX.saturating_sub(wrong) {
                0 => StaffError::Blocked,
                left => StaffError::Wrong { left },
            }
            .into());
        }
        if let Some(kept) = all.iter_mut().find(|kept| kept.name == name) {
            (kept.wrong, kept.until) = (0, 0);
        }
        self.write_staff(&all)?;
        self.lock_desk().signed_in = Some((name.to_owned(), rights));
        Ok(rights)
    }

    /// Nobody is signed in any more.
    pub fn sign_out(&self) {
        self.lock_desk().signed_in = None;
    }

    /// May a till verb be used now? Always on a device that knows no staff.
    pub(super) fn check_staff(&self, right: TillRight) -> Result<(), WalletError> {
        if let Some((name, rights)) = self.lock_desk().signed_in.clone() {
            if right.is_in(rights) {
                return Ok(());
            }
            return Err(StaffError::NoRight { name, right: right.word().to_owned() }.into());
        }
        if !self.staff_file().exists() || self.read_staff()?.is_empty() {
            return Ok(());
        }
        Err(StaffError::NotSignedIn.into())
    }

    /// The same for an action; what no till does is the owner's, and not for who signed in with a PIN.
    pub(super) fn check_staff_for(&self, action: &Action) -> Result<(), WalletError> {
        match till_right(action) {
            Some(right) => self.check_staff(right),
            None => match self.lock_desk().signed_in.clone() {
                None => Ok(()),
                Some((name, _)) => {
                    let right = action.name().replace('-', " ");
                    Err(StaffError::NoRight { name, right }.into())
                }
            },
        }
    }

    fn staff_file(&self) -> PathBuf {
        self.dir.join(STAFF_FILE)
    }

    fn read_staff(&self) -> Result<Vec<Kept>, WalletError> {
        let path = self.staff_file();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let key = self.lock_vault().store_key()?;
        let opened = bytes.split_first_chunk::<NONCE>().and_then(|(nonce, sealed)| {
            let plain = seal::unseal(key.key(), nonce, DOMAIN, sealed)?;
            serde_json::from_slice(&plain).ok()
        });
        // A damaged file must not open the till to everybody.
        opened.ok_or_else(|| damaged(&path))
    }

    fn write_staff(&self, all: &[Kept]) -> Result<(), WalletError> {
        let key = self.lock_vault().store_key()?;
        let nonce: [u8; NONCE] = seal::make_random().ok_or(VaultError::NoRandom)?;
        let plain = serde_json::to_vec(all).map_err(|_| damaged(&self.staff_file()))?;
        let sealed = seal::seal(key.key(), &nonce, DOMAIN, &Zeroizing::new(plain));
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed.ok_or_else(|| damaged(&self.staff_file()))?);
        Ok(replace::replace(&self.staff_file(), &bytes)?)
    }
}

/// The right of a till that an action needs.
fn till_right(action: &Action) -> Option<TillRight> {
    if matches!(action, Action::Capture { .. }) {
        Some(TillRight::Receive)
    } else if matches!(action, Action::Void { .. }) {
        Some(TillRight::Cancel)
    } else if matches!(action, Action::Refund { .. }) {
        Some(TillRight::Refund)
    } else if matches!(action, Action::CloseDay { .. }) {
        Some(TillRight::Close)
    } else {
        None
    }
}

fn damaged(path: &Path) -> WalletError {
    let name = path.display();
    WalletError::Io(std::io::Error::other(format!("the staff of this till (`{name}`) is damaged")))
}

fn hash(pin: &str, salt: &[u8]) -> Result<[u8; 32], WalletError> {
    let hostile = |_| WalletError::Vault(VaultError::Hostile);
    let params = argon2::Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(hostile)?;
    let mut memory = vec![argon2::Block::default(); params.block_count()];
    let kdf = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut hash = [0; 32];
    kdf.hash_password_into_with_memory(pin.as_bytes(), salt, &mut hash, memory.as_mut_slice())
        .map_err(hostile)?;
    Ok(hash)
}

/// Equal, in a time that does not say where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
