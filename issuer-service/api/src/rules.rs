//! Policies, modules, lists, calendars, programmes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::TextsBody;
use crate::encode::{Base64, Time};

/// All policies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PoliciesBody {
    /// Number of the last frame this view contains.
    pub frame: u64,
    /// By name, then id.
    pub policies: Vec<PolicyBody>,
}

/// One policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyBody {
    /// 64 hex digits.
    pub id: String,
    /// Qualified name.
    pub name: String,
    /// Title by language.
    #[serde(default, skip_serializing_if = "TextsBody::is_empty")]
    pub title: TextsBody,
    /// Canonical compiled form; `scoin_policy` decides with it.
    pub canonical: Base64,
    /// Module it was compiled from, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Arguments it was adopted with, by parameter name.
    pub arguments: Vec<(String, String)>,
    /// `active`, or `retired`: no new coins and no new guards under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Address of the officer who published it first; absent for what people adopted for themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When it was published or adopted last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Time>,
    /// When it was retired, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<Time>,
    /// SHA-256 of the source text it was compiled from, 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// One published rule module: source text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModuleBody {
    /// Name or number of the module.
    pub name: String,
    /// The text as published.
    pub source: String,
}

/// A list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListBody {
    /// Qualified name.
    pub name: String,
    /// `merchants`, `products` or `persons`.
    pub kind: String,
    /// Members, sorted.
    pub members: Vec<String>,
}

/// A calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarBody {
    /// Qualified name.
    pub name: String,
    /// Its dates, `2026-03-02`, ascending.
    pub days: Vec<String>,
}

/// A reward programme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgramBody {
    /// Qualified name.
    pub name: String,
    /// Title by language.
    #[serde(default, skip_serializing_if = "TextsBody::is_empty")]
    pub title: TextsBody,
    /// The pool that pays.
    pub pool: String,
    /// What the pool has left, minor units.
    pub left: u64,
    /// When the programme was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Time>,
    /// Events it rewards, `tax.paid`.
    pub events: Vec<String>,
}
