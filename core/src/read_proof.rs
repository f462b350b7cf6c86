//! Read proofs: a signed, short-lived "I hold a key of this account", for reading private data.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::envelope::{self, EnvelopeError, Message, Signed, Verified};
use crate::id::{AccountId, NetworkId};
use crate::keys::SecretKey;
use crate::time::Timestamp;
use crate::wire_map;

/// The longest life of a read proof, in microseconds: 5 minutes.
pub const LIFE_MICROS_MAX: u64 = 5 * 60 * 1_000_000;

/// The scheme of the `Authorization` header.
pub const SCHEME: &str = "Scoin";

/// Who wants to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadProof {
    /// The city.
    pub network: NetworkId,
    /// Whose data.
    pub account: AccountId,
    /// Not accepted after this instant.
    pub expires: Timestamp,
}

/// Why a read proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadProofError {
    /// The header is not `Scoin <base64url>`.
    #[error("the authorization header is not `Scoin` and a base64url text: sign a read proof")]
    Header,
    /// The envelope is refused.
    #[error("the read proof does not hold: {0}")]
    Envelope(#[from] EnvelopeError),
    /// It is for another city.
    #[error("the read proof is for another city: sign one for this network")]
    WrongNetwork,
    /// It is past its time.
    #[error("the read proof has expired: sign a new one")]
    Expired,
    /// It would live longer than five minutes.
    #[error("the read proof lives too long: let it expire within five minutes")]
    TooFarAhead,
}

impl ReadProof {
    /// The value of the `Authorization` header.
    pub fn to_header(&self, key: &SecretKey) -> String {
        format!("{SCHEME} {}", URL_SAFE_NO_PAD.encode(envelope::sign(self, key)))
    }

    /// Reads and checks the value of an `Authorization` header. That the key is a live one of the account is for the
    /// caller to check.
    pub fn from_header(
        header: &str,
        network: NetworkId,
        now: Timestamp,
    ) -> Result<Verified<Self>, ReadProofError> {
        let text = header
            .split_once(' ')
            .and_then(|(scheme, text)| scheme.eq_ignore_ascii_case(SCHEME).then_some(text))
            .ok_or(ReadProofError::Header)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ReadProofError::Header)?;
        let signed = Signed::<Self>::decode(&bytes)?;
        let proof = signed.message();
        if proof.network != network {
            return Err(ReadProofError::WrongNetwork);
        }
        if proof.expires < now {
            return Err(ReadProofError::Expired);
        }
        if proof.expires > now.saturating_add_micros(LIFE_MICROS_MAX) {
            return Err(ReadProofError::TooFarAhead);
        }
        Ok(signed.verify()?)
    }
}

impl Message for ReadProof {
    const DOMAIN: &'static str = "scoin/read/v1";
}

wire_map! { ReadProof { 1 network, 2 account, 3 expires } }
