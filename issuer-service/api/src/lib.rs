//! What travels over HTTP between the issuer and its clients: paths, bodies, error codes. Pure.
//!
//! Amounts are JSON numbers up to 2^53 - 1, ids hex, accounts bech32m addresses, byte strings standard base64,
//! times RFC 3339 in UTC with microseconds. Fields may be added; a client ignores what it does not know.

pub mod paths;

pub mod encode;

pub mod error;
pub mod problem;

pub mod answer;
pub mod refusal;

mod decode;

pub mod account;
pub mod allowance;
pub mod books;
pub mod chore;
pub mod city;
pub mod device;
pub mod family;
pub mod history;
pub mod rules;
pub mod shop;

pub mod setup;

pub use account::{
    AccountBody, AttributesBody, CounterBody, FreezeBody, GuardBody, KeyBody, LayerBody, LotBody,
    MerchantBody, MerchantsBody, OfferBody,
};
pub use allowance::{AllowanceBody, OwedBody, TurnBody};
pub use answer::{AnswerBody, BatchItem, EffectBody, OutcomeBody, PartBody, RewardBody, Status};
pub use books::{
    CheckpointBody, FrameBody, FramesBody, PoolBody, ProposalBody, ProposalsBody, ReportBody,
    StackBody,
};
pub use chore::{ChoreBody, MarkBody, PayoutBody};
pub use city::{CityBody, ClockBody, HealthBody};
pub use device::{AskingBody, RecoveryBody, RunningBody};
pub use encode::{Base64, Time};
pub use error::ErrorCode;
pub use family::{
    AskAnswerBody, AskBody, ChangeBody, ConsentBody, ExceptionBody, GiversBody, QuorumBody,
};
pub use history::{EntryBody, HistoryBody, ItemBody};
pub use problem::ProblemBody;
pub use refusal::{CauseBody, RefusalBody};
pub use rules::{CalendarBody, ListBody, ModuleBody, PoliciesBody, PolicyBody, ProgramBody};
pub use setup::GenesisFile;
pub use shop::{ClosedDayBody, ShopBody, TakingsBody, TillBody};

/// A text in several languages: language code to words, `{"en": "...", "ko": "..."}`.
pub type TextsBody = std::collections::BTreeMap<String, String>;

/// Texts of the rule language as they travel.
pub fn texts(pairs: &[(String, String)]) -> TextsBody {
    pairs.iter().cloned().collect()
}
