//! Did somebody write the words down? Three of them are asked for.

use scoin_core::keys::Mnemonic;
use zeroize::Zeroizing;

use super::memory::with_clean_stack;
use super::{Language, Vault, VaultError};
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

impl Vault {
    /// Three words to ask for, to see that they are written down. Ask anew after every answer.
    pub fn quiz(&mut self) -> Result<Quiz, VaultError> {
        with_clean_stack(|| {
            let count = self.mnemonic()?.words().count();
            let quiz = Quiz::make(count).ok_or(VaultError::NoRandom)?;
            self.opened_mut()?.quiz = Some(quiz);
            Ok(quiz)
        })
    }

    /// Are these the words that the last [`Vault::quiz`] asked for, in its order? A right answer is remembered, durably;
    /// after three wrong ones the vault locks.
    pub fn answer_quiz(&mut self, typed: [&str; QUIZ_WORDS]) -> Result<bool, VaultError> {
        with_clean_stack(|| {
            let mnemonic = self.mnemonic()?;
            let open = self.opened_mut()?;
            let right = open.quiz.take().is_some_and(|quiz| quiz.is_answered(&mnemonic, typed));
            if right {
                open.wrong_answers = 0;
                if !open.facts.words_checked {
                    self.change(|facts| facts.words_checked = true)?;
                }
                return Ok(true);
            }
            open.wrong_answers = open.wrong_answers.saturating_add(1);
            if open.wrong_answers >= QUIZ_TRIES {
                self.lock();
            }
            Ok(false)
        })
    }

    /// Are these all the words of this vault? A yes is remembered, durably. Whoever has to guess has 2^128 guesses.
    pub fn check_words(&mut self, typed: &str) -> Result<bool, VaultError> {
        with_clean_stack(|| {
            let mnemonic = self.mnemonic()?;
            let language = mnemonic.language().unwrap_or(Language::English);
            let right = Mnemonic::parse(language, typed).is_ok_and(|same| same == mnemonic);
            if right && !self.words_checked()? {
                self.change(|facts| facts.words_checked = true)?;
            }
            Ok(right)
        })
    }

    /// True once a quiz was answered: nobody need be reminded to write the words down.
    pub fn words_checked(&self) -> Result<bool, VaultError> {
        Ok(self.opened()?.facts.words_checked)
    }
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
