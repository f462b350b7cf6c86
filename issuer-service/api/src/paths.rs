//! Every path of the service, once. Templates are axum's and `OpenAPI`'s; functions fill them in.

/// What the city is, and the time. Public.
pub const CITY: &str = "/v1/city";
/// POST one signed command (`application/cose`). `?dry_run=true` decides without recording.
pub const COMMANDS: &str = "/v1/commands";
/// POST several signed commands (`application/cbor`: an array of byte strings).
pub const COMMANDS_BATCH: &str = "/v1/commands/batch";
/// The answer to a command given earlier. Signed read by the account that sent it.
pub const COMMAND: &str = "/v1/commands/{account}/{id}";
/// One account. Signed read by itself, a guardian or an officer.
pub const ACCOUNT: &str = "/v1/accounts/{address}";
/// What happened to an account, newest first. Signed read.
pub const ACCOUNT_HISTORY: &str = "/v1/accounts/{address}/history";
/// Server-sent events of an account; `Last-Event-ID` resumes. Signed read.
pub const ACCOUNT_EVENTS: &str = "/v1/accounts/{address}/events";
/// All policies. Public.
pub const POLICIES: &str = "/v1/policies";
/// One policy by id (hex). Public.
pub const POLICY: &str = "/v1/policies/{id}";
/// The source text of all published rule modules. Public.
pub const RULES: &str = "/v1/rules";
/// One list. Lists of persons are for officers only.
pub const LIST: &str = "/v1/lists/{name}";
/// One calendar. Public.
pub const CALENDAR: &str = "/v1/calendars/{name}";
/// A registered shop. Public.
pub const MERCHANT: &str = "/v1/merchants/{address}";
/// All registered shops and services, by address. Public.
pub const MERCHANTS: &str = "/v1/merchants";
/// Proposals that still wait for approvals. Signed read by an officer.
pub const PROPOSALS: &str = "/v1/proposals";
/// The reward programmes and their pools. Public.
pub const PROGRAMS: &str = "/v1/programs";
/// Totals. Signed read by an officer.
pub const REPORT: &str = "/v1/report";
/// Size, root and state digest of the journal. Public.
pub const CHECKPOINT: &str = "/v1/checkpoint";
/// Frames of the journal. Signed read by an officer.
pub const FRAMES: &str = "/v1/frames";
/// POST: move the clock of a sandbox city forward.
pub const SANDBOX_CLOCK: &str = "/v1/sandbox/clock";
/// 200 while the process lives.
pub const HEALTH: &str = "/healthz";
/// 200 while commands are taken, 503 before and after.
pub const READY: &str = "/readyz";
/// Prometheus text.
pub const METRICS: &str = "/metrics";
/// This interface as an `OpenAPI` 3.1 document.
pub const OPENAPI: &str = "/openapi.json";

/// Media type of a single signed command.
pub const TYPE_COSE: &str = "application/cose";
/// Media type of a batch of commands.
pub const TYPE_CBOR: &str = "application/cbor";
/// Media type of every error (RFC 9457).
pub const TYPE_PROBLEM: &str = "application/problem+json";
/// Scheme of the read proof: `Authorization: Scoin <base64url COSE_Sign1>`.
pub const AUTH_SCHEME: &str = "Scoin";
/// Largest body of a single command, bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Largest body of a batch, bytes.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most commands in a batch.
pub const BATCH_COMMANDS_MAX: usize = 4096;

/// [`COMMAND`] for an account's address and a command id in hex.
pub fn command(account: &str, id: &str) -> String {
    format!("/v1/commands/{account}/{id}")
}

/// [`ACCOUNT`] for an address.
pub fn account(address: &str) -> String {
    format!("/v1/accounts/{address}")
}

/// [`ACCOUNT_HISTORY`] for an address.
pub fn account_history(address: &str) -> String {
    format!("/v1/accounts/{address}/history")
}

/// [`ACCOUNT_EVENTS`] for an address.
pub fn account_events(address: &str) -> String {
    format!("/v1/accounts/{address}/events")
}

/// [`POLICY`] for an id in hex.
pub fn policy(id: &str) -> String {
    format!("/v1/policies/{id}")
}

/// [`LIST`] for a qualified name.
pub fn list(name: &str) -> String {
    format!("/v1/lists/{name}")
}

/// [`CALENDAR`] for a qualified name.
pub fn calendar(name: &str) -> String {
    format!("/v1/calendars/{name}")
}

/// [`MERCHANT`] for an address.
pub fn merchant(address: &str) -> String {
    format!("/v1/merchants/{address}")
}
