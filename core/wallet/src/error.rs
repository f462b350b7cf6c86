//! What can go wrong in a wallet, as types: each says what to do next.

use scoin_core::CommandId;
use scoin_core::outcome::Refusal;
use thiserror::Error;

use crate::client::ClientError;
use crate::explain::Lang;
use crate::outbox::OutboxError;
use crate::store::StoreError;
use crate::vault::VaultError;
use crate::wallet::{Proof, StaffError};

/// The ledger said no: final, and nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The command that was refused.
    pub id: CommandId,
    /// Why, untouched.
    pub refusal: Refusal,
    /// The verified receipt of the refusal; `None` for a dry run and for refusals that are not journaled.
    pub proof: Option<Proof>,
    /// The refusal in words, with what the coin is for as far as its rule could be read.
    pub told: Told,
}

/// Sentences for the holder, the most important first, by language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Korean.
    pub ko: Vec<String>,
    /// English.
    pub en: Vec<String>,
    /// Chinese.
    pub zh: Vec<String>,
}

impl Told {
    /// Asks for the sentences in every language.
    pub(crate) fn by(mut tell: impl FnMut(Lang) -> Vec<String>) -> Self {
        Self { ko: tell(Lang::Ko), en: tell(Lang::En), zh: tell(Lang::Zh) }
    }

    /// The sentences of a language.
    pub fn of(&self, lang: Lang) -> &[String] {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// Why a wallet could not do what it was asked.
#[derive(Debug, Error)]
pub enum WalletError {
    /// The ledger refused. Explain it with [`crate::explain`].
    #[error("the ledger refused command {}", .0.id.to_hex())]
    Refused(Box<Refused>),
    /// No answer came. The command (if any) is kept and sent again, byte for byte, by the next call or by `sync`.
    #[error("the issuer cannot be reached: check the connection and sync again")]
    Offline {
        /// The command that waits for its answer. Do not ask for the same thing again under another id.
        waiting: Option<CommandId>,
    },
    /// The service answered that it cannot decide now. The command is kept and sent again, as for [`WalletError::Offline`].
    #[error("the issuer is busy: sync again in a moment")]
    Busy {
        /// The command that waits for its answer.
        waiting: CommandId,
        /// What the service said, untouched.
        problem: Box<scoin_api::ProblemBody>,
    },
    /// The vault is locked: unlock it with the password.
    #[error("the wallet is locked: unlock it with the password")]
    VaultLocked,
    /// The vault could not be read, written or opened.
    #[error(transparent)]
    Vault(VaultError),
    /// The issuer sent something that does not prove what it says. Do not trust this answer.
    #[error("the receipt is not valid ({0}): do not trust this answer and report it to the city")]
    ReceiptInvalid(String),
    /// The local cache was damaged and could not be set aside. Keys and unanswered commands are elsewhere and safe.
    #[error("the local cache is damaged ({0}): move the folder `store` away and sync again")]
    StoreCorrupt(String),
    /// The outbox file is damaged in its middle.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The service answered with an error that is not a refusal of the ledger.
    #[error(transparent)]
    Client(ClientError),
    /// The wallet does not belong to a city yet.
    #[error("this wallet has not joined a city: join one first")]
    NotJoined,
    /// The issuer serves another city than the one this wallet joined.
    #[error("the issuer serves another city: check its address")]
    OtherCity,
    /// Another process uses this wallet.
    #[error("another program uses this wallet: close it first")]
    InUse,
    /// Something is not known on this device yet.
    #[error("the {0} is not known on this device yet: sync while there is a connection")]
    NotCached(String),
    /// Nobody is signed in at this till, or not for this.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// An argument is not what it should be.
    #[error("{0}")]
    BadInput(String),
    /// A file could not be read or written.
    #[error("a wallet file could not be read or written: {0}")]
    Io(#[from] std::io::Error),
}

impl From<VaultError> for WalletError {
    fn from(error: VaultError) -> Self {
        if matches!(error, VaultError::Locked) { Self::VaultLocked } else { Self::Vault(error) }
    }
}

impl From<StoreError> for WalletError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(what) => Self::StoreCorrupt(what),
            StoreError::Io(error) => Self::Io(error),
        }
    }
}

impl From<ClientError> for WalletError {
    fn from(error: ClientError) -> Self {
        if matches!(error, ClientError::Unreachable(_)) {
            Self::Offline { waiting: None }
        } else {
            Self::Client(error)
        }
    }
}
