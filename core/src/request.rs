//! Payment requests: what a till asks for, signed by the merchant, shown as a QR code.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::amount::Amount;
use crate::command::{LINES_MAX, NAME_BYTES_MAX, REQUEST_BYTES_MAX, TAGS_MAX};
use crate::envelope::{self, EnvelopeError, Message, Signed, Verified};
use crate::id::{AccountId, NetworkId, RequestId};
use crate::keys::SecretKey;
use crate::time::Timestamp;
use crate::{wire_list, wire_map};

/// Longest reference, in bytes of UTF-8.
pub const REFERENCE_BYTES_MAX: usize = 64;

/// What a merchant asks to be paid. It is paid at most once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequest {
    /// Made by the till.
    pub id: RequestId,
    /// The city.
    pub network: NetworkId,
    /// Who is paid.
    pub merchant: AccountId,
    /// How much in all.
    pub amount: Amount,
    /// What is paid for.
    pub kind: PaymentKind,
    /// The basket; empty if it is not told. Amounts add up to `amount`. Lines count from 0.
    pub items: Vec<Item>,
    /// Not payable after this instant.
    pub expires: Timestamp,
    /// The merchant's own number, shown to the payer.
    pub reference: Option<String>,
    /// Where it is sold, `store` or `online`, as policies may ask.
    pub channel: Option<String>,
}

/// One line of a basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Product code, `8801234567893`.
    pub code: String,
    /// What this line costs.
    pub amount: Amount,
    /// Tags, `food.bread`. Sorted.
    pub tags: Vec<String>,
}

/// What a payment is for, as policies ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaymentKind {
    /// Goods or services of a shop.
    Purchase,
    /// A ride.
    Transit,
    /// A bill of the city.
    Bill,
}

impl PaymentKind {
    /// The word on the wire and in policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Transit => "transit",
            Self::Bill => "bill",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Purchase, Self::Transit, Self::Bill].into_iter().find(|kind| kind.as_str() == word)
    }
}

impl PaymentRequest {
    /// Signs the request with a key of the merchant; refuses what nobody could read back.
    pub fn sign(&self, key: &SecretKey) -> Result<Vec<u8>, EnvelopeError> {
        self.check().map_err(EnvelopeError::Field)?;
        Ok(envelope::sign(self, key))
    }

    /// Reads a signed request and checks its signature. Whether the key is a live one of the merchant, and whether
    /// the request is still payable, is for the ledger to say.
    pub fn open(bytes: &[u8]) -> Result<Verified<Self>, EnvelopeError> {
        Signed::decode(bytes)?.verify()
    }
}

impl Message for PaymentRequest {
    const DOMAIN: &'static str = "scoin/request/v1";

    fn check(&self) -> Result<(), &'static str> {
        let text = |text: &str, max: usize| (1..=max).contains(&text.len());
        let adds_up = || Amount::checked_sum(self.items.iter().map(|item| item.amount));
        let checks = [
            ("amount", !self.amount.is_zero() && self.amount <= Amount::MAX),
            ("items", self.items.len() <= LINES_MAX),
            ("items", self.items.is_empty() || adds_up() == Some(self.amount)),
            ("items", self.items.iter().all(|item| text(&item.code, NAME_BYTES_MAX))),
            ("items", self.items.iter().all(Item::tags_fit)),
            ("reference", self.reference.as_ref().is_none_or(|r| text(r, REFERENCE_BYTES_MAX))),
            ("channel", self.channel.as_ref().is_none_or(|c| text(c, NAME_BYTES_MAX))),
        ];
        checks.into_iter().find(|(_, holds)| !holds).map_or(Ok(()), |(field, _)| Err(field))
    }
}

impl Item {
    fn tags_fit(&self) -> bool {
        self.tags.len() <= TAGS_MAX
            && self.tags.is_sorted_by(|before, after| before < after)
            && self.tags.iter().all(|tag| (1..=NAME_BYTES_MAX).contains(&tag.len()))
    }
}

wire_map! { PaymentRequest {
    1 id, 2 network, 3 merchant, 4 amount, 5 kind, 6 items, 7 expires, 8 reference, 9 channel
} }
wire_list! { Item { code, amount, tags } }

impl crate::cbor::Wire for PaymentKind {
    fn write(&self, to: &mut crate::cbor::Writer) {
        to.text(self.as_str());
    }
    fn read(from: &mut crate::cbor::Reader<'_>) -> Result<Self, crate::cbor::CborError> {
        const EXPECTED: &str = "purchase, transit or bill";
        Self::from_word(from.text()?)
            .ok_or(crate::cbor::CborError::OutOfRange { expected: EXPECTED })
    }
}

const SCHEME: &str = "scoin:pay?";

/// Why a link is not a payment request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It does not begin with `scoin:pay?`.
    #[error("this is not a payment code of S-coin: ask the shop for a new one")]
    NotALink,
    /// No parameter `r`, or more than one.
    #[error("the payment code has no single request in it: ask the shop for a new one")]
    NoRequest,
    /// The request is not base64url without padding, or is too long.
    #[error("the payment code is damaged: ask the shop for a new one")]
    Damaged,
    /// A parameter that must be understood and is not.
    #[error("the payment code needs `{0}`: use a newer wallet")]
    Required(String),
}

/// The text of a QR code for a signed request: `scoin:pay?r=<base64url>`.
pub fn to_link(request: &[u8]) -> String {
    format!("{SCHEME}r={}", URL_SAFE_NO_PAD.encode(request))
}

/// The signed request in the text of a QR code.
///
/// As in BIP-21, a parameter that is not known is skipped, unless its name begins with `req-`.
pub fn from_link(link: &str) -> Result<Vec<u8>, LinkError> {
    let (scheme, query) = link.split_at_checked(SCHEME.len()).ok_or(LinkError::NotALink)?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Err(LinkError::NotALink);
    }
    let mut request = None;
    for parameter in query.split('&') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name.starts_with("req-") {
            return Err(LinkError::Required(name.to_owned()));
        }
        if name == "r" && request.replace(value).is_some() {
            return Err(LinkError::NoRequest);
        }
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(request.ok_or(LinkError::NoRequest)?)
        .map_err(|_| LinkError::Damaged)?;
    if bytes.len() > REQUEST_BYTES_MAX { Err(LinkError::Damaged) } else { Ok(bytes) }
}
