//! A good command, re-made in every way that must not pass: each is refused by its own name.

use scoin_core::cbor::{CborError, MAX_BYTES, Writer, encode};
use scoin_core::command::Action;
use scoin_core::envelope::{DOMAINS, EnvelopeError, Signed, SignedCommand, VerifiedCommand, sign};
use scoin_core::keys::{SecretKey, SignatureError};
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, Amount};
use sha2::{Digest, Sha256};

use crate::samples::{NETWORK, command, key, request};

const COMMAND: &str = "scoin/command/v1";

fn transfer() -> scoin_core::command::Command {
    let to = AccountId::derive(NETWORK, &key(5).public_key());
    command(Action::Transfer { to, amount: Amount::new(3_000) })
}

/// `{1: -47, 4: kid}`, by hand.
fn header(algorithm: i64, key: &SecretKey) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.map(2);
    writer.uint(1);
    writer.int(algorithm);
    writer.uint(4);
    writer.bytes(key.public_key().as_bytes());
    writer.into_bytes()
}

/// The envelope by hand: what a sender with other software could make, with a good signature.
struct Hand {
    domain: &'static str,
    protected: Vec<u8>,
    unprotected: Vec<u8>,
    payload: Vec<u8>,
    signature: Option<Vec<u8>>,
    tag: u64,
}

impl Hand {
    fn new(payload: Vec<u8>) -> Self {
        let protected = header(-47, &key(1));
        Self {
            domain: COMMAND,
            protected,
            unprotected: vec![0xa0],
            payload,
            signature: None,
            tag: 18,
        }
    }

    fn digest(&self) -> [u8; 32] {
        let mut writer = Writer::default();
        writer.array(4);
        writer.text("Signature1");
        writer.bytes(&self.protected);
        writer.bytes(self.domain.as_bytes());
        writer.bytes(&self.payload);
        Sha256::digest(writer.into_bytes()).into()
    }

    fn bytes(&self) -> Vec<u8> {
        let signature =
            self.signature.clone().unwrap_or_else(|| key(1).sign(&self.digest()).to_vec());
        let mut writer = Writer::default();
        writer.tag(self.tag);
        writer.array(4);
        writer.bytes(&self.protected);
        let mut bytes = writer.into_bytes();
        bytes.extend(&self.unprotected);
        let mut writer = Writer::default();
        writer.bytes(&self.payload);
        writer.bytes(&signature);
        bytes.extend(writer.into_bytes());
        bytes
    }

    fn refused(&self) -> EnvelopeError {
        refused(&self.bytes())
    }
}

fn open(bytes: &[u8]) -> Result<VerifiedCommand, EnvelopeError> {
    SignedCommand::decode(bytes)?.verify()
}

fn refused(bytes: &[u8]) -> EnvelopeError {
    open(bytes).expect_err("must not pass")
}

#[test]
fn a_good_command_passes_and_has_one_digest() {
    let bytes = sign(&transfer(), &key(1));
    let verified = open(&bytes).unwrap();
    assert_eq!((verified.command(), *verified.key()), (&transfer(), key(1).public_key()));
    assert_eq!(verified.bytes(), bytes);
    let by_hand = Hand::new(encode(&transfer()));
    assert_eq!((by_hand.bytes(), by_hand.digest()), (bytes, *verified.digest()));
}

#[test]
fn a_re_made_payload_is_refused_by_name() {
    let good = encode(&transfer());
    // 0xa5, then key 1 with 16 bytes (18 in all), then key 2 with 8 bytes (10 in all).
    let (head, entries) = good.split_at(1);
    let (first, rest) = entries.split_at(18);
    let (second, others) = rest.split_at(10);
    assert_eq!((head, &first[..2], &second[..2]), (&[0xa5][..], &[1, 0x50][..], &[2, 0x48][..]));
    let re_made: [(CborError, Vec<u8>); 12] = [
        (CborError::NotMinimal, [&[0xa5, 0x18, 1], &entries[1..]].concat()),
        (CborError::NotMinimal, [&[0xb8, 5], entries].concat()),
        (CborError::UnsortedKeys, [head, second, first, others].concat()),
        (CborError::DuplicateKey { key: 1 }, [&[0xa6], first, entries].concat()),
        (CborError::UnknownKey { key: 99 }, [&[0xa6], entries, &[0x18, 99, 0]].concat()),
        (CborError::MissingKey { key: 1 }, [&[0xa4], rest].concat()),
        (CborError::Indefinite, [&[0xbf], entries, &[0xff]].concat()),
        (CborError::TrailingBytes, [&good[..], &[0]].concat()),
        (CborError::Truncated, good[..good.len() - 1].to_vec()),
        (CborError::Unsupported, [&[0xa6], entries, &[6, 0xf9, 0x3c, 0]].concat()),
        (CborError::TooDeep, [&[0xa6], entries, &[6], &[0x81; 20][..], &[0]].concat()),
        (CborError::NotUtf8, [&[0xa6], entries, &[6, 0x61, 0xff]].concat()),
    ];
    for (expected, payload) in re_made {
        assert_eq!(Hand::new(payload).refused(), EnvelopeError::Cbor(expected));
    }
}

#[test]
fn an_unknown_action_or_a_written_empty_list_is_refused_by_name() {
    let with_action = |action: &[u8]| {
        let mut payload = encode(&transfer());
        let own = encode(&transfer().action);
        payload.truncate(payload.len() - own.len());
        payload.extend(action);
        Hand::new(payload).refused()
    };
    let unknown = CborError::UnknownNumber { what: "action", number: 99 };
    assert_eq!(with_action(&[0x82, 0x18, 99, 0xa0]), EnvelopeError::Cbor(unknown));
    // pay with `lots: []`, which must be left out instead.
    let empty_list = [0x82, 0x18, 43, 0xa3, 1, 0x41, 0, 2, 0xf4, 3, 0x80];
    assert_eq!(with_action(&empty_list), EnvelopeError::Cbor(CborError::NotCanonical));
    let key_off_curve = [&[0x82, 3, 0xa1, 1, 0x58, 33, 2][..], &[0xff; 32]].concat();
    assert_eq!(with_action(&key_off_curve), EnvelopeError::Cbor(CborError::BadKey));
    let not_an_array = CborError::WrongType { expected: "an array" };
    assert_eq!(with_action(&[0xa0]), EnvelopeError::Cbor(not_an_array));
}

#[test]
fn a_re_made_envelope_is_refused_by_name() {
    let good = || Hand::new(encode(&transfer()));
    let bytes = good().bytes();
    assert_eq!(refused(&[&bytes[..], &[0]].concat()), CborError::TrailingBytes.into());
    assert_eq!(refused(&bytes[..20]), CborError::Truncated.into());
    assert_eq!(refused(&[]), CborError::Truncated.into());
    assert_eq!(refused(&vec![0; MAX_BYTES + 1]), CborError::TooLarge.into());
    assert_eq!(refused(&bytes[1..]), EnvelopeError::NotCoseSign1);
    assert_eq!(refused(b"{\"not\":\"cbor\"}"), EnvelopeError::NotCoseSign1);
    assert_eq!(Hand { tag: 98, ..good() }.refused(), EnvelopeError::NotCoseSign1);

    let unprotected = vec![0xa1, 1, 0x26];
    assert_eq!(Hand { unprotected, ..good() }.refused(), EnvelopeError::UnprotectedHeader);
    let protected = header(-7, &key(1));
    assert_eq!(Hand { protected, ..good() }.refused(), EnvelopeError::Algorithm(-7));
    let mut protected = header(-47, &key(1));
    protected[0] = 0xa3;
    protected.extend([5, 0]);
    let unknown = CborError::UnknownKey { key: 5 };
    assert_eq!(Hand { protected, ..good() }.refused(), unknown.into());

    let signature = Some(vec![1; 63]);
    assert_eq!(Hand { signature, ..good() }.refused(), SignatureError::Malformed.into());
    let signature = Some(vec![0; 64]);
    assert_eq!(Hand { signature, ..good() }.refused(), SignatureError::Malformed.into());
}

#[test]
fn the_high_s_twin_of_a_signature_is_refused() {
    let good = Hand::new(encode(&transfer()));
    let low = k256::ecdsa::Signature::from_slice(&key(1).sign(&good.digest())).unwrap();
    let high = k256::ecdsa::Signature::from_scalars(low.r(), -*low.s()).unwrap();
    let signature = Some(high.to_vec());
    assert_eq!(Hand { signature, ..good }.refused(), SignatureError::HighS.into());
}

#[test]
fn a_signature_for_another_kind_of_message_is_refused_by_name() {
    for found in DOMAINS.into_iter().filter(|domain| *domain != COMMAND) {
        let other = Hand { domain: found, ..Hand::new(encode(&transfer())) };
        assert_eq!(other.refused(), EnvelopeError::WrongDomain { expected: COMMAND, found });
    }
    let other = Hand { domain: "scoin/command/v2", ..Hand::new(encode(&transfer())) };
    assert_eq!(other.refused(), SignatureError::Mismatch.into());
    // Whole messages of another kind do not even read.
    assert!(Signed::<PaymentRequest>::decode(&sign(&transfer(), &key(1))).is_err());
    assert!(SignedCommand::decode(&request().sign(&key(2)).unwrap()).is_err());
}

#[test]
fn a_signature_of_another_key_or_content_is_refused() {
    let good = Hand::new(encode(&transfer()));
    let other_key = Hand { signature: Some(key(2).sign(&good.digest()).to_vec()), ..good };
    assert_eq!(other_key.refused(), SignatureError::Mismatch.into());

    let bytes = sign(&transfer(), &key(1));
    for index in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[index] ^= 1;
        assert!(open(&flipped).is_err(), "byte {index}");
    }
}

#[test]
fn signing_is_deterministic_and_never_shows_the_secret() {
    assert_eq!(sign(&transfer(), &key(1)), sign(&transfer(), &key(1)));
    let shown = format!("{:?}", key(1));
    assert!(!shown.contains(&hex::encode([1; 32])) && shown.starts_with("SecretKey(of"), "{shown}");
    assert!(
        SecretKey::from_bytes(&[0; 32]).is_none() && SecretKey::from_bytes(&[0xff; 32]).is_none()
    );
}
