//! Adding a device by codes that two screens show each other, with a number that both compute.
//!
//! The new device commits itself to a secret number in its [`Offer`]; the old one adds a number of its own in its
//! [`Answer`]; then the new one opens its number in its [`Reveal`]. Six digits follow from all three. Whoever sits between
//! the screens has to fix what he shows to each side before he knows the number of the other side, so he cannot search for
//! one that makes the digits equal: he has one try in a million (`docs/adr/0029`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::cbor::{self, Wire};
use crate::command::DEVICE_NAME_BYTES_MAX;
use crate::id::{AccountId, NetworkId};
use crate::keys::PublicKey;
use crate::wire_map;

const SCHEME: &str = "scoin:device?";
const COMMITMENT: &[u8] = b"scoin/device-commitment/v1";
const CODE: &[u8] = b"scoin/device-code/v1";
/// The longest code there is, in bytes.
const BYTES_MAX: usize = 512;
/// How many numbers the digits can show.
const CODES: u64 = 1_000_000;

/// A number that only its maker knows until it is shown.
pub type Nonce = [u8; 16];

/// What a new device shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The city it wants to work in.
    pub network: NetworkId,
    /// The key it has made.
    pub key: PublicKey,
    /// Binds it to its number: [`commit`].
    pub commitment: [u8; 32],
    /// What it would like to be called.
    pub name: Option<String>,
}

/// What an old device shows when it has read an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Hash of the offer it has read.
    pub offer: [u8; 32],
    /// The account the new device would act for.
    pub account: AccountId,
    /// Its own number, made after it has read the offer.
    pub nonce: Nonce,
}

/// What the new device shows when it has read an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reveal {
    /// The number it has committed itself to.
    pub nonce: Nonce,
}

/// Why a text is not the code that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It is something else, or another step's code.
    #[error(
        "this is not the code that is expected here: show it again, from its beginning to its end"
    )]
    NotThisCode,
    /// It is damaged.
    #[error("the code is damaged: show it again")]
    Damaged,
    /// A field is out of its range.
    #[error("the code names a device with more than 40 bytes: choose a shorter name")]
    Name,
    /// The number is not the one the offer was bound to.
    #[error(
        "the code does not belong to the device that was offered: begin again, and look who stands between"
    )]
    NotCommitted,
}

impl Offer {
    /// The text of a QR code.
    pub fn to_link(&self) -> String {
        to_link('o', self)
    }

    /// From the text of a QR code.
    pub fn from_link(link: &str) -> Result<Self, LinkError> {
        let offer: Self = from_link('o', link)?;
        let fits = |name: &String| (1..=DEVICE_NAME_BYTES_MAX).contains(&name.len());
        if offer.name.as_ref().is_none_or(fits) { Ok(offer) } else { Err(LinkError::Name) }
    }

    /// What an answer names it by.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(cbor::encode(self)).into()
    }
}

impl Answer {
    /// The text of a QR code.
    pub fn to_link(&self) -> String {
        to_link('a', self)
    }

    /// From the text of a QR code.
    pub fn from_link(link: &str) -> Result<Self, LinkError> {
        from_link('a', link)
    }
}

impl Reveal {
    /// The text of a QR code.
    pub fn to_link(&self) -> String {
        to_link('r', self)
    }

    /// From the text of a QR code.
    pub fn from_link(link: &str) -> Result<Self, LinkError> {
        from_link('r', link)
    }
}

/// What binds a device to its number.
pub fn commit(network: NetworkId, key: &PublicKey, nonce: &Nonce) -> [u8; 32] {
    let hash = Sha256::new().chain_update(COMMITMENT).chain_update(network.0);
    hash.chain_update(key.as_bytes()).chain_update(nonce).finalize().into()
}

/// The six digits that both screens show. Fails if the number is not the one the offer was bound to, or the answer
/// belongs to another offer.
pub fn code(offer: &Offer, answer: &Answer, reveal: &Reveal) -> Result<String, LinkError> {
    let bound = commit(offer.network, &offer.key, &reveal.nonce);
    if bound != offer.commitment || answer.offer != offer.hash() {
        return Err(LinkError::NotCommitted);
    }
    // Each part has one length or says where it ends, so no two triples give the same bytes.
    let hash = Sha256::new().chain_update(CODE).chain_update(cbor::encode(offer));
    let hash = hash.chain_update(cbor::encode(answer)).chain_update(reveal.nonce).finalize();
    let number = hash.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    Ok(format!("{:06}", number.checked_rem(CODES).unwrap_or(0)))
}

fn to_link(step: char, message: &impl Wire) -> String {
    format!("{SCHEME}{step}={}", URL_SAFE_NO_PAD.encode(cbor::encode(message)))
}

fn from_link<T: Wire>(step: char, link: &str) -> Result<T, LinkError> {
    let (scheme, rest) =
        link.trim().split_at_checked(SCHEME.len()).ok_or(LinkError::NotThisCode)?;
    let body = rest.strip_prefix(step).and_then(|rest| rest.strip_prefix('='));
    let body =
        body.filter(|_| scheme.eq_ignore_ascii_case(SCHEME)).ok_or(LinkError::NotThisCode)?;
    let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| LinkError::Damaged)?;
    if bytes.len() > BYTES_MAX {
        return Err(LinkError::Damaged);
    }
    cbor::decode(&bytes).map_err(|_| LinkError::Damaged)
}

wire_map! { Offer { 1 network, 2 key, 3 commitment, 4 name } }
wire_map! { Answer { 1 offer, 2 account, 3 nonce } }
wire_map! { Reveal { 1 nonce } }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SecretKey;

    fn offer(key: u8, nonce: u8) -> (Offer, Reveal) {
        let (network, key) = (NetworkId([1; 8]), SecretKey::from_bytes(&[key; 32]).unwrap());
        let (key, nonce) = (key.public_key(), [nonce; 16]);
        let commitment = commit(network, &key, &nonce);
        let name = Some("tablet".to_owned());
        (Offer { network, key, commitment, name }, Reveal { nonce })
    }

    fn answer(offer: &Offer, nonce: u8) -> Answer {
        Answer { offer: offer.hash(), account: AccountId([7; 20]), nonce: [nonce; 16] }
    }

    #[test]
    fn both_sides_compute_the_same_digits_and_codes_read_back() {
        let (offer, reveal) = offer(2, 3);
        let answer = answer(&offer, 4);
        let (one, two) = (Offer::from_link(&offer.to_link()), Answer::from_link(&answer.to_link()));
        let three = Reveal::from_link(&reveal.to_link().replace("scoin:device", "SCOIN:DEVICE"));
        let read = code(&one.unwrap(), &two.unwrap(), &three.unwrap()).unwrap();
        assert_eq!(
            (read.as_str(), read.len()),
            (code(&offer, &answer, &reveal).unwrap().as_str(), 6)
        );
        // The text on a screen today must be read by a device of tomorrow.
        assert_eq!(read, "013175");
    }

    #[test]
    fn every_part_of_the_exchange_changes_the_digits() {
        let (offered, reveal) = offer(2, 3);
        let answered = answer(&offered, 4);
        let before = code(&offered, &answered, &reveal).unwrap();
        let (other, other_reveal) = offer(9, 3);
        let renamed = Offer { name: None, ..offer(2, 3).0 };
        let elsewhere = Answer { account: AccountId([8; 20]), ..answered };
        for changed in [
            code(&other, &answer(&other, 4), &other_reveal),
            code(&renamed, &answer(&renamed, 4), &reveal),
            code(&offered, &elsewhere, &reveal),
            code(&offered, &answer(&offered, 5), &reveal),
        ] {
            assert_ne!(changed.unwrap(), before);
        }
    }

    #[test]
    fn who_sits_between_must_keep_to_what_was_shown() {
        let (offered, reveal) = offer(2, 3);
        let answered = answer(&offered, 4);
        let (other, _) = offer(9, 3);
        let wrong = [
            code(&offered, &answered, &Reveal { nonce: [5; 16] }),
            code(&other, &answered, &reveal),
            code(&Offer { name: None, ..offered }, &answered, &reveal),
        ];
        assert_eq!(wrong, [const { Err(LinkError::NotCommitted) }; 3]);
    }

    #[test]
    fn other_texts_are_refused_by_name() {
        let (offered, reveal) = offer(2, 3);
        let link = offered.to_link();
        for other in ["", "scoin:pay?r=AA", "scoin:device?", &reveal.to_link()] {
            assert_eq!(Offer::from_link(other), Err(LinkError::NotThisCode), "{other}");
        }
        for damaged in [link.get(..link.len() - 4).unwrap(), "scoin:device?o=!", "scoin:device?o="]
        {
            assert_eq!(Offer::from_link(damaged), Err(LinkError::Damaged), "{damaged}");
        }
        let long = Offer { name: Some("x".repeat(41)), ..offered };
        assert_eq!(Offer::from_link(&long.to_link()), Err(LinkError::Name));
    }
}
