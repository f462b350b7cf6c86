//! The gate: bytes become a command with a good signature, or a problem. Needs no state, so it runs in parallel.

use rayon::prelude::*;
use scoin_api::{ErrorCode, ProblemBody};
use scoin_core::cbor::CborError;
use scoin_core::envelope::{EnvelopeError, SignedCommand, VerifiedCommand};
use scoin_core::keys::SignatureError;
use scoin_ledger::Entry;

/// Read a command from its one encoding. Cheap; no signature is checked.
pub fn decode(bytes: &[u8]) -> Result<SignedCommand, Box<ProblemBody>> {
    SignedCommand::decode(bytes).map_err(|error| problem(&error))
}

/// Check the signature of a command.
pub fn verify(command: SignedCommand) -> Result<VerifiedCommand, Box<ProblemBody>> {
    command.verify().map_err(|error| problem(&error))
}

/// Read and check many commands, on all cores, and make them ready for the sequencer.
pub fn admit_all(commands: &[&[u8]]) -> Vec<Result<Entry, Box<ProblemBody>>> {
    commands.par_iter().map(|bytes| admit(bytes)).collect()
}

/// Read and check one command, and make it ready for the sequencer.
pub fn admit(command: &[u8]) -> Result<Entry, Box<ProblemBody>> {
    decode(command).and_then(verify).map(Entry::signed)
}

fn problem(error: &EnvelopeError) -> Box<ProblemBody> {
    let code = match error {
        EnvelopeError::Signature(_) | EnvelopeError::WrongDomain { .. } => ErrorCode::BadSignature,
        EnvelopeError::NotCoseSign1
        | EnvelopeError::Cbor(_)
        | EnvelopeError::UnprotectedHeader
        | EnvelopeError::Algorithm(_)
        | EnvelopeError::Field(_) => ErrorCode::Malformed,
    };
    Box::new(ProblemBody::error(code, error.to_string()).with_reason(reason(error)))
}

/// The named error of the decoder, as `docs/wire.md` lists them.
fn reason(error: &EnvelopeError) -> &'static str {
    match error {
        EnvelopeError::NotCoseSign1 => "NotCoseSign1",
        EnvelopeError::Cbor(error) => cbor_reason(error),
        EnvelopeError::UnprotectedHeader => "UnprotectedHeader",
        EnvelopeError::Algorithm(_) => "Algorithm",
        EnvelopeError::Field(_) => "Field",
        EnvelopeError::Signature(SignatureError::BadKey) => "BadKey",
        EnvelopeError::Signature(SignatureError::Malformed) => "MalformedSignature",
        EnvelopeError::Signature(SignatureError::HighS) => "HighS",
        EnvelopeError::Signature(SignatureError::Mismatch) => "SignatureMismatch",
        EnvelopeError::WrongDomain { .. } => "WrongDomain",
    }
}

fn cbor_reason(error: &CborError) -> &'static str {
    match error {
        CborError::TooLarge => "TooLarge",
        CborError::Truncated => "Truncated",
        CborError::TrailingBytes => "TrailingBytes",
        CborError::Indefinite => "Indefinite",
        CborError::NotMinimal => "NotMinimal",
        CborError::UnsortedKeys => "UnsortedKeys",
        CborError::DuplicateKey { .. } => "DuplicateKey",
        CborError::UnknownKey { .. } => "UnknownKey",
        CborError::MissingKey { .. } => "MissingKey",
        CborError::WrongType { .. } => "WrongType",
        CborError::OutOfRange { .. } => "OutOfRange",
        CborError::UnknownNumber { .. } => "UnknownNumber",
        CborError::NotUtf8 => "NotUtf8",
        CborError::Unsupported => "Unsupported",
        CborError::TooDeep => "TooDeep",
        CborError::BadKey => "BadKey",
        CborError::NotCanonical => "NotCanonical",
    }
}
