//! BIP-39: a seed as 12 to 24 words that people can write down.

use std::fmt;

use zeroize::Zeroizing;

/// The languages of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// 한국어.
    Korean,
    /// English.
    English,
    /// 简体中文.
    ChineseSimplified,
    /// 日本語.
    Japanese,
}

/// Words with a good checksum. Wiped from memory on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Mnemonic {
    words: Zeroizing<bip39::Mnemonic>,
}

/// Why words are refused. Never says which words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MnemonicError {
    /// Entropy is not 16, 20, 24, 28 or 32 bytes.
    #[error("{0} random bytes cannot become words: use 16, 20, 24, 28 or 32")]
    EntropyLength(usize),
    /// Not 12, 15, 18, 21 or 24 words.
    #[error("{0} words are not a backup: write all 12, 15, 18, 21 or 24")]
    WordCount(usize),
    /// A word is not on the list.
    #[error("word number {0} is not on the list: check its spelling")]
    UnknownWord(usize),
    /// Every word is on the list, but the last one does not fit the others.
    #[error("the words do not fit together: check their order and look for a wrong one")]
    Checksum,
    /// The words stand on the lists of several languages.
    #[error("the words are of more than one language: say which")]
    Ambiguous,
}

impl Language {
    /// Every language, in the order a wallet offers them.
    pub const ALL: [Self; 4] =
        [Self::Korean, Self::English, Self::ChineseSimplified, Self::Japanese];

    const fn list(self) -> bip39::Language {
        match self {
            Self::Korean => bip39::Language::Korean,
            Self::English => bip39::Language::English,
            Self::ChineseSimplified => bip39::Language::SimplifiedChinese,
            Self::Japanese => bip39::Language::Japanese,
        }
    }
}

impl Mnemonic {
    /// The words for 16, 20, 24, 28 or 32 random bytes.
    pub fn from_entropy(language: Language, entropy: &[u8]) -> Result<Self, MnemonicError> {
        bip39::Mnemonic::from_entropy_in(language.list(), entropy)
            .map(Self::wrap)
            .map_err(|_| MnemonicError::EntropyLength(entropy.len()))
    }

    /// Words as typed: any white space between them, composed or decomposed letters.
    pub fn parse(language: Language, words: &str) -> Result<Self, MnemonicError> {
        bip39::Mnemonic::parse_in(language.list(), words)
            .map(Self::wrap)
            .map_err(|error| named(&error))
    }

    /// As [`Mnemonic::parse`], in whichever language it is.
    pub fn parse_any(words: &str) -> Result<Self, MnemonicError> {
        bip39::Mnemonic::parse(words).map(Self::wrap).map_err(|error| named(&error))
    }

    /// The random bytes the words stand for.
    pub fn entropy(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.words.to_entropy())
    }

    /// The language of the words. The seed hangs on it: other words for the same bytes are another seed.
    pub fn language(&self) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.list() == self.words.language())
    }

    /// One word after the other.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.words.words()
    }

    /// All words in a line, as they are shown and hashed.
    pub fn phrase(&self) -> Zeroizing<String> {
        Zeroizing::new(self.words.to_string())
    }

    /// The seed under a passphrase (empty if there is none): PBKDF2 with 2,048 rounds of HMAC-SHA-512.
    pub fn seed(&self, passphrase: &str) -> Zeroizing<[u8; 64]> {
        Zeroizing::new(self.words.to_seed(passphrase))
    }

    fn wrap(words: bip39::Mnemonic) -> Self {
        Self { words: Zeroizing::new(words) }
    }
}

impl fmt::Debug for Mnemonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mnemonic({} words)", self.words.word_count())
    }
}

fn named(error: &bip39::Error) -> MnemonicError {
    match error {
        bip39::Error::BadWordCount(count) => MnemonicError::WordCount(*count),
        bip39::Error::UnknownWord(index) => MnemonicError::UnknownWord(index.saturating_add(1)),
        bip39::Error::BadEntropyBitCount(bits) => MnemonicError::EntropyLength(bits / 8),
        bip39::Error::InvalidChecksum => MnemonicError::Checksum,
        bip39::Error::AmbiguousLanguages(_) => MnemonicError::Ambiguous,
    }
}
