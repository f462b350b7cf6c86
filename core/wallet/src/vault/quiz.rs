//! Did somebody write the words down? Three of them are asked for.

use scoin_core::keys::Mnemonic;
use zeroize::Zeroizing;

use crate::seal;

/// How many words are asked for.
pub const QUIZ_WORDS: usize = 3;
/// After so many wrong answers the vault locks: an open wallet must not be asked for its words one by one.
pub(super) const QUIZ_TRIES: u8 = 3;

/// Which words are asked for: numbers of words, from 1, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiz {
    /// The numbers.
    pub places: [usize; QUIZ_WORDS],
}

impl Quiz {
    /// Three different places among `words`; `None` without random bytes.
    pub(super) fn make(words: usize) -> Option<Self> {
        let mut left: Vec<usize> = (1..=words).collect();
        let mut places = [0; QUIZ_WORDS];
        for place in &mut places {
            let random = usize::from(u16::from_be_bytes(seal::make_random()?));
            let at = random.checked_rem(left.len())?;
            *place = left.swap_remove(at);
        }
        places.sort_unstable();
        Some(Self { places })
    }

    /// Are these the words at the places, in their order? However they are composed, as typed.
    pub(super) fn is_answered(&self, mnemonic: &Mnemonic, typed: [&str; QUIZ_WORDS]) -> bool {
        let mut phrase = Zeroizing::new(String::with_capacity(2_048));
        for (number, word) in (1..).zip(mnemonic.words()) {
            let asked = self.places.iter().position(|place| *place == number);
            let typed = asked.and_then(|at| typed.get(at));
            let word = typed.map_or(word, |typed| typed.trim());
            // Words are short: longer ones are wrong, and must not make the text move in memory.
            if word.len() > 64 {
                return false;
            }
            phrase.push_str(word);
            phrase.push(' ');
        }
        let Some(language) = mnemonic.language() else { return false };
        Mnemonic::parse(language, &phrase).is_ok_and(|same| same == *mnemonic)
    }
}
