//! Random and damaged bytes: never a panic, and what is accepted has one encoding.

use scoin_core::AccountId;
use scoin_core::cbor::{self, Wire};
use scoin_core::command::{Action, Command};
use scoin_core::envelope::{self, Signed, SignedCommand};
use scoin_core::genesis::Genesis;
use scoin_core::link::{self, Answer, Offer, Reveal};
use scoin_core::outcome::Outcome;
use scoin_core::read_proof::ReadProof;
use scoin_core::receipt::{FrameHead, Receipt};
use scoin_core::request::{PaymentRequest, from_link};

use crate::receipts::{genesis, receipt};
use crate::samples::{NETWORK, actions, command, key, outcomes, request};

/// xorshift64*: the same bytes in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.below(96);
        (0..length).map(|_| self.next().to_be_bytes()[0]).collect()
    }

    /// Flips, removes, repeats or inserts a few bytes.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len().max(1));
            let byte = self.next().to_be_bytes()[0];
            match self.below(4) {
                0 => bytes.iter_mut().skip(at).take(1).for_each(|b| *b ^= byte),
                1 => bytes.truncate(at),
                2 => bytes.insert(at, byte),
                _ => bytes.extend_from_within(at..),
            }
        }
    }
}

fn one_encoding<T: Wire>(bytes: &[u8]) -> bool {
    cbor::decode::<T>(bytes).map(|value| assert_eq!(cbor::encode(&value), bytes)).is_ok()
}

/// Reads the bytes as everything there is; says whether anything accepted them.
fn read_as_everything(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    // A code of a device that is read is the one text of what it says.
    let body = |link: &str| link.split_once('?').map(|(_, body)| body.trim().to_owned());
    let same =
        |read: Option<String>| read.map(|link| assert_eq!(body(&link), body(&text))).is_some();
    let devices = same(Offer::from_link(&text).ok().map(|offer| offer.to_link()))
        | same(Answer::from_link(&text).ok().map(|answer| answer.to_link()))
        | same(Reveal::from_link(&text).ok().map(|reveal| reveal.to_link()));
    let texts = from_link(&text).is_ok() | text.parse::<AccountId>().is_ok() | devices;
    let signed = SignedCommand::decode(bytes).is_ok()
        | Signed::<PaymentRequest>::decode(bytes).is_ok()
        | Signed::<FrameHead>::decode(bytes).is_ok()
        | Signed::<ReadProof>::decode(bytes).is_ok();
    let plain = one_encoding::<Command>(bytes)
        | one_encoding::<Action>(bytes)
        | one_encoding::<Outcome>(bytes)
        | one_encoding::<Genesis>(bytes)
        | one_encoding::<Receipt>(bytes)
        | one_encoding::<PaymentRequest>(bytes)
        | one_encoding::<FrameHead>(bytes);
    texts | signed | plain
}

#[test]
fn a_hundred_thousand_random_inputs_do_no_harm() {
    let mut random = Random(0x5c01);
    for _ in 0..100_000 {
        assert!(!read_as_everything(&random.bytes()));
    }
}

#[test]
fn damaged_messages_do_no_harm() {
    let mut good: Vec<Vec<u8>> = actions().iter().map(|(_, action)| cbor::encode(action)).collect();
    good.extend(outcomes().iter().map(|(_, outcome)| outcome.to_bytes()));
    good.extend(actions().into_iter().map(|(_, action)| envelope::sign(&command(action), &key(1))));
    good.extend([genesis().to_bytes(), receipt().to_bytes(), request().sign(&key(2)).unwrap()]);
    let (public, nonce) = (key(3).public_key(), [5; 16]);
    let commitment = link::commit(NETWORK, &public, &nonce);
    let name = Some("tablet".to_owned());
    let offer = Offer { network: NETWORK, key: public, commitment, name };
    let answer = Answer { offer: offer.hash(), account: command(Action::CancelRecovery).by, nonce };
    let links = [offer.to_link(), answer.to_link(), Reveal { nonce }.to_link()];
    good.extend(links.map(String::into_bytes));
    assert!(good.iter().all(|bytes| read_as_everything(bytes)));
    let mut random = Random(0x5c02);
    for _ in 0..20_000 {
        let mut bytes = good[random.below(good.len())].clone();
        random.damage(&mut bytes);
        read_as_everything(&bytes);
    }
}
