//! The HTTP edge: one router a resource, thin handlers, every error a problem document.

#[expect(unused_qualifications, reason = "written by utoipa's macro")]
mod accounts;
mod auth;
mod body;
#[expect(unused_qualifications, reason = "written by utoipa's macro")]
mod books;
mod city;
#[expect(unused_qualifications, reason = "written by utoipa's macro")]
mod commands;
mod edge;
mod events;
pub(crate) mod limits;
mod openapi;
mod problem;
mod rules;
mod server;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::from_fn;

use crate::service::Service;

pub use openapi::document;
pub use server::{ServerConfig, run};

/// The state of every handler.
type App = State<Arc<Service>>;

/// All resources of a service.
pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .merge(commands::routes())
        .merge(city::routes())
        .merge(accounts::routes())
        .merge(events::routes())
        .merge(rules::routes())
        .merge(books::routes())
        .merge(openapi::routes())
        .fallback(edge::nothing_here)
        .layer(from_fn(edge::edge))
        .with_state(service)
}
