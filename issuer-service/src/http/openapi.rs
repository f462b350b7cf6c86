//! This interface as an `OpenAPI` 3.1 document, made from the handlers themselves.

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use scoin_api::paths;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{accounts, books, city, commands, events, rules};
use crate::service::Service;

pub(super) fn routes() -> Router<Arc<Service>> {
    Router::new().route(paths::OPENAPI, get(openapi))
}

/// The document.
pub fn document() -> Document {
    Api::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "S-coin issuer",
        description = "Commands are signed COSE_Sign1 messages (docs/wire.md). Every error is an RFC 9457 problem document with a stable `code`."
    ),
    paths(
        commands::one,
        commands::batch,
        commands::lookup,
        accounts::account,
        accounts::history,
        events::events,
        accounts::merchant,
        accounts::merchants,
        city::city,
        city::clock,
        rules::policies,
        rules::policy,
        rules::modules,
        rules::list,
        rules::calendar,
        rules::programs,
        books::report,
        books::proposals,
        books::checkpoint,
        books::frames,
        city::health,
        city::ready,
        city::metrics,
        openapi,
    ),
    modifiers(&ReadProofScheme)
)]
struct Api;

/// How private reads are signed.
struct ReadProofScheme;

impl Modify for ReadProofScheme {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Default::default);
        let description = "`Scoin <base64url>`: a signed, short-lived read proof, see docs/wire.md";
        let scheme = ApiKey::Header(ApiKeyValue::with_description("Authorization", description));
        components.add_security_scheme("read_proof", SecurityScheme::ApiKey(scheme));
    }
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "health", responses((status = 200, body = serde_json::Value, description = "this document")))]
pub(super) async fn openapi() -> Json<Document> {
    Json(document())
}
