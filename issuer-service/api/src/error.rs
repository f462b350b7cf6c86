//! Codes of errors that are not decisions of the ledger: 1001 and up, stable for ever.
//!
//! Decisions have the codes of [`scoin_core::outcome::Refusal`], 2001 and up; see [`crate::refusal`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request got no decision. The number is the contract, the words may improve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[repr(u16)]
pub enum ErrorCode {
    /// The body is not a well-formed command (`reason` names the decoder's error), JSON or query.
    Malformed = 1001,
    /// The content type is not the one this path takes.
    WrongContentType = 1002,
    /// The body is larger than allowed.
    TooLarge = 1003,
    /// The signature does not verify under this message's domain.
    BadSignature = 1004,
    /// The read proof is missing, past its time, or not of an account that may see this.
    NotAuthorised = 1005,
    /// Too many requests of this device key or account.
    RateLimited = 1006,
    /// The queue is full; nothing was recorded.
    Overloaded = 1007,
    /// The service is starting or stopping; nothing was recorded.
    NotReady = 1008,
    /// There is no such path, account, policy, list, calendar, shop or answer.
    NotFound = 1009,
    /// The service has not reached the frame asked for with `min_seq`.
    BehindMinSeq = 1010,
    /// Only a sandbox city does this.
    SandboxOnly = 1011,
    /// The path exists, with another method.
    WrongMethod = 1012,
    /// The request took too long to arrive.
    TooSlow = 1013,
    /// A fault of the service. Whether a command was recorded can be asked by its id.
    Internal = 1099,
}

impl ErrorCode {
    /// All of them, in order of number.
    pub const ALL: [Self; 14] = [
        Self::Malformed,
        Self::WrongContentType,
        Self::TooLarge,
        Self::BadSignature,
        Self::NotAuthorised,
        Self::RateLimited,
        Self::Overloaded,
        Self::NotReady,
        Self::NotFound,
        Self::BehindMinSeq,
        Self::SandboxOnly,
        Self::WrongMethod,
        Self::TooSlow,
        Self::Internal,
    ];

    /// The stable number.
    #[expect(clippy::as_conversions, reason = "the discriminants are the numbers")]
    pub const fn code(self) -> u16 {
        self as u16
    }

    /// The stable name, kebab-case.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// One line for people who read logs.
    pub const fn title(self) -> &'static str {
        self.row().1
    }

    /// HTTP status.
    pub const fn status(self) -> u16 {
        self.row().2
    }

    /// True if the same request may succeed later, unchanged.
    pub const fn retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimited
                | Self::Overloaded
                | Self::NotReady
                | Self::BehindMinSeq
                | Self::TooSlow
                | Self::Internal
        )
    }

    const fn row(self) -> (&'static str, &'static str, u16) {
        match self {
            Self::Malformed => ("malformed", "the request is not well formed", 400),
            Self::WrongContentType => ("wrong-content-type", "this content type is not taken", 415),
            Self::TooLarge => ("too-large", "the body is too large", 413),
            Self::BadSignature => ("bad-signature", "the signature does not verify", 401),
            Self::NotAuthorised => ("not-authorised", "a valid read proof is needed", 401),
            Self::RateLimited => ("rate-limited", "too many requests", 429),
            Self::Overloaded => ("overloaded", "the service is busy", 503),
            Self::NotReady => ("not-ready", "the service is starting or stopping", 503),
            Self::NotFound => ("not-found", "there is nothing here", 404),
            Self::BehindMinSeq => ("behind-min-seq", "that frame is not reached yet", 409),
            Self::SandboxOnly => ("sandbox-only", "only a sandbox city does this", 403),
            Self::WrongMethod => ("wrong-method", "this path has other methods", 405),
            Self::TooSlow => ("too-slow", "the request took too long to arrive", 408),
            Self::Internal => ("internal", "a fault of the service", 500),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique_and_below_the_refusals() {
        let mut codes: Vec<_> = ErrorCode::ALL.iter().map(|e| e.code()).collect();
        let mut names: Vec<_> = ErrorCode::ALL.iter().map(|e| e.name()).collect();
        names.sort_unstable();
        names.dedup();
        codes.dedup();
        assert_eq!(names.len(), ErrorCode::ALL.len());
        assert_eq!(codes.len(), ErrorCode::ALL.len());
        assert!(codes.iter().all(|code| (1001..2000).contains(code)));
    }

    #[test]
    fn the_serialised_name_is_the_name() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
    }
}
