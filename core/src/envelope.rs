//! The envelope of everything signed: `COSE_Sign1` (RFC 9052) with ES256K (RFC 8812), in one strict profile.
//!
//! Tag 18; protected header `{1: -47, 4: kid}` where kid is the signer's compressed public key, so that a signature
//! is checked without any state; empty unprotected header; `external_aad` = the message's domain; the payload is the
//! message in deterministic CBOR. The digest that is signed, and that names the message for ever, is the SHA-256 of
//! the `Sig_structure`.
//!
//! [`Signed`] has been read, [`Verified`] has been checked too, and only [`Signed::verify`] makes one of the other.

use sha2::{Digest, Sha256};

use crate::cbor::{self, CborError, MAX_BYTES, Reader, Wire, Writer};
use crate::command::Command;
use crate::keys::{self, PublicKey, SecretKey, SignatureError};
use crate::wire_map;

const TAG_COSE_SIGN1: u64 = 18;
const ALGORITHM_ES256K: i64 = -47;

/// A kind of signed message.
pub trait Message: Wire {
    /// What its signatures are bound to: `scoin/<message>/v1`.
    const DOMAIN: &'static str;

    /// Checks what must hold between the fields. Refuses with the name of a field.
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

/// Every domain there is: a signature under another one is named, not only refused.
pub const DOMAINS: [&str; 4] =
    ["scoin/command/v1", "scoin/request/v1", "scoin/seal/v1", "scoin/read/v1"];

/// A command that was read and not yet checked.
pub type SignedCommand = Signed<Command>;
/// A command whose signature holds.
pub type VerifiedCommand = Verified<Command>;

/// A message that was read from its one encoding; the signature was not checked.
#[derive(Clone, Debug)]
pub struct Signed<M> {
    bytes: Vec<u8>,
    message: M,
    kid: [u8; 33],
    signature: [u8; 64],
    digest: [u8; 32],
}

/// A message with a good signature of `key`. That the key may sign it is for the ledger to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<M> {
    bytes: Vec<u8>,
    message: M,
    key: PublicKey,
    digest: [u8; 32],
}

/// Why an envelope is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not a tagged `COSE_Sign1` array of four.
    #[error("this is not a COSE_Sign1 message: see `docs/wire.md`")]
    NotCoseSign1,
    /// The bytes, the protected header or the payload are not in their one encoding.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Something stands in the unprotected header.
    #[error("the unprotected header is not empty: leave it so")]
    UnprotectedHeader,
    /// The protected header names another algorithm.
    #[error("algorithm {0} is not accepted: use ES256K (-47)")]
    Algorithm(i64),
    /// Fields of the message contradict each other or are out of range.
    #[error("field `{0}` is out of range: see `docs/wire.md`")]
    Field(&'static str),
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The signature holds for another kind of message.
    #[error("this was signed as `{found}`: sign it as `{expected}`")]
    WrongDomain {
        /// What it should be signed as.
        expected: &'static str,
        /// What it was signed as.
        found: &'static str,
    },
}

struct ProtectedHeader {
    algorithm: i64,
    kid: [u8; 33],
}

wire_map! { ProtectedHeader { 1 algorithm, 4 kid } }

/// Signs a message.
pub fn sign<M: Message>(message: &M, key: &SecretKey) -> Vec<u8> {
    let header = ProtectedHeader { algorithm: ALGORITHM_ES256K, kid: *key.public_key().as_bytes() };
    let (protected, payload) = (cbor::encode(&header), cbor::encode(message));
    let signature = key.sign(&signed_digest(M::DOMAIN, &protected, &payload));
    let mut writer = Writer::default();
    writer.tag(TAG_COSE_SIGN1);
    writer.array(4);
    writer.bytes(&protected);
    writer.map(0);
    writer.bytes(&payload);
    writer.bytes(&signature);
    writer.into_bytes()
}

/// The digest that this message has when `key` signs it: the name of its content, without a signature.
pub fn digest<M: Message>(message: &M, key: &PublicKey) -> [u8; 32] {
    let header = ProtectedHeader { algorithm: ALGORITHM_ES256K, kid: *key.as_bytes() };
    signed_digest(M::DOMAIN, &cbor::encode(&header), &cbor::encode(message))
}

impl<M: Message> Signed<M> {
    /// Reads an envelope. Cheap: no signature is checked.
    pub fn decode(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let parts = Parts::read(bytes)?;
        let header: ProtectedHeader = cbor::decode(parts.protected)?;
        if header.algorithm != ALGORITHM_ES256K {
            return Err(EnvelopeError::Algorithm(header.algorithm));
        }
        let message: M = cbor::decode(parts.payload)?;
        message.check().map_err(EnvelopeError::Field)?;
        Ok(Self {
            bytes: bytes.to_vec(),
            message,
            kid: header.kid,
            signature: parts.signature,
            digest: signed_digest(M::DOMAIN, parts.protected, parts.payload),
        })
    }

    /// Checks the signature.
    ///
    /// A signature that does not hold is tried under the other domains, to name the mistake: a refusal costs at most
    /// four checks instead of one.
    pub fn verify(self) -> Result<Verified<M>, EnvelopeError> {
        match keys::verify(&self.kid, &self.digest, &self.signature) {
            Ok(()) => Ok(self.into_verified()),
            Err(SignatureError::Mismatch) => Err(self.why_mismatch()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a message for verified that was verified before: for the issuer's own journal, whose frames are sealed
    /// and chained. Never for anything received.
    pub fn verified_before(self) -> Verified<M> {
        self.into_verified()
    }

    /// The message, unchecked: enough to route or to show it.
    pub const fn message(&self) -> &M {
        &self.message
    }

    /// The digest that is signed: SHA-256 of the `Sig_structure`.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    fn into_verified(self) -> Verified<M> {
        let key = PublicKey::assume_on_curve(self.kid);
        Verified { bytes: self.bytes, message: self.message, key, digest: self.digest }
    }

    fn why_mismatch(&self) -> EnvelopeError {
        let holds_under = |domain: &&'static str| {
            Parts::read(&self.bytes).is_ok_and(|parts| {
                let digest = signed_digest(domain, parts.protected, parts.payload);
                keys::verify(&self.kid, &digest, &self.signature).is_ok()
            })
        };
        DOMAINS.into_iter().filter(|domain| *domain != M::DOMAIN).find(holds_under).map_or(
            SignatureError::Mismatch.into(),
            |found| EnvelopeError::WrongDomain { expected: M::DOMAIN, found },
        )
    }
}

impl<M> Verified<M> {
    /// The message.
    pub const fn message(&self) -> &M {
        &self.message
    }

    /// The message alone.
    pub fn into_message(self) -> M {
        self.message
    }

    /// Who signed.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The digest that was signed: SHA-256 of the `Sig_structure`. Names the message.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The envelope as received.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Verified<Command> {
    /// The command.
    pub const fn command(&self) -> &Command {
        &self.message
    }
}

struct Parts<'a> {
    protected: &'a [u8],
    payload: &'a [u8],
    signature: [u8; 64],
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > MAX_BYTES {
            return Err(CborError::TooLarge.into());
        }
        let mut reader = Reader::new(bytes);
        let tag = named(reader.tag())?;
        let items = named(reader.array())?;
        if (tag, items) != (TAG_COSE_SIGN1, 4) {
            return Err(EnvelopeError::NotCoseSign1);
        }
        let protected = reader.bytes()?;
        if reader.map()?.end().is_err() {
            return Err(EnvelopeError::UnprotectedHeader);
        }
        let payload = reader.bytes()?;
        let signature = reader.bytes()?.try_into().map_err(|_| SignatureError::Malformed)?;
        reader.end()?;
        Ok(Self { protected, payload, signature })
    }
}

/// Another type where the tag or the array should stand: not our kind of message at all.
fn named<T>(read: Result<T, CborError>) -> Result<T, EnvelopeError> {
    read.map_err(|error| {
        let other_type = matches!(error, CborError::WrongType { .. });
        if other_type { EnvelopeError::NotCoseSign1 } else { error.into() }
    })
}

/// SHA-256 of the `Sig_structure` (RFC 9052, 4.4).
fn signed_digest(domain: &str, protected: &[u8], payload: &[u8]) -> [u8; 32] {
    let mut writer = Writer::default();
    writer.array(4);
    writer.text("Signature1");
    writer.bytes(protected);
    writer.bytes(domain.as_bytes());
    writer.bytes(payload);
    Sha256::digest(writer.into_bytes()).into()
}
