//! How it was made sure that a guardian consents: by one of the six ways the law knows (`docs/adr/0031`).

use crate::{wire_code, wire_map};

/// One of the six ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ConsentWay {
    /// The guardian said yes in the wallet and was told of it by text message.
    Message = 1,
    /// The guardian said yes in the wallet and showed a payment card.
    Card = 2,
    /// The guardian said yes in the wallet and was identified by mobile phone.
    Phone = 3,
    /// The guardian signed a paper.
    Paper = 4,
    /// The guardian answered an e-mail.
    Mail = 5,
    /// The guardian said yes in a telephone call.
    Call = 6,
}

impl ConsentWay {
    /// All six, in order.
    pub const ALL: [Self; 6] =
        [Self::Message, Self::Card, Self::Phone, Self::Paper, Self::Mail, Self::Call];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Card => "card",
            Self::Phone => "phone",
            Self::Paper => "paper",
            Self::Mail => "mail",
            Self::Call => "call",
        }
    }

    /// True where an office has seen or heard the consent, so that an officer confirms it first.
    pub const fn needs_office(self) -> bool {
        matches!(self, Self::Paper | Self::Mail | Self::Call)
    }
}

/// A consent as it is signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentProof {
    /// How it was made sure of.
    pub way: ConsentWay,
    /// SHA-256 of the number of the message, check, document, mail or call, by which it is found again.
    pub evidence: [u8; 32],
}

wire_code! { ConsentWay "way of consent" {
    1 Message, 2 Card, 3 Phone, 4 Paper, 5 Mail, 6 Call,
} }
wire_map! { ConsentProof { 1 way, 2 evidence } }
