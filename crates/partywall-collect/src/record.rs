//! One line of a collection: a page of an answer, or a refusal.

use std::collections::BTreeMap;

use partywall_model::Call;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::refusal::{Refusal, RefusalKind};
use crate::wire::Parameters;

/// What is written for each page.
#[derive(Debug, Serialize)]
pub(crate) struct Line<'l> {
    pub(crate) call: &'l str,
    pub(crate) request: &'l BTreeMap<&'l str, &'l Value>,
    pub(crate) page: usize,
    pub(crate) last: bool,
    pub(crate) time: String,
    pub(crate) request_id: &'l str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<&'l str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<&'l Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refusal: Option<&'l Refusal>,
}

/// What of a line says to which call it belongs.
#[derive(Debug, Deserialize)]
pub(crate) struct Head {
    pub(crate) call: String,
    pub(crate) request: BTreeMap<String, Value>,
    pub(crate) page: usize,
    pub(crate) last: bool,
    pub(crate) refusal: Option<HeadRefusal>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct HeadRefusal {
    pub(crate) kind: RefusalKind,
}

/// What of a line answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Tail {
    pub(crate) answer: Option<Map<String, Value>>,
}

/// A call with its parameters, in one region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// A region, or [`GLOBAL`].
    pub(crate) region: String,
    /// `s3:GetBucketVersioning`.
    pub(crate) call: String,
    /// JSON, keys sorted.
    pub(crate) request: String,
}

/// Where the answers stand that are no region's.
pub(crate) const GLOBAL: &str = "global";

impl Key {
    pub(crate) fn new(region: &str, call: &Call, request: &Parameters) -> Self {
        Self { region: region.to_owned(), call: call.id(), request: canonical(request) }
    }

    pub(crate) fn of_line(region: &str, head: &Head) -> Self {
        let request = serde_json::to_string(&head.request).unwrap_or_default();
        Self { region: region.to_owned(), call: head.call.clone(), request }
    }
}

fn canonical(request: &Parameters) -> String {
    let sorted: BTreeMap<&String, &Value> = request.iter().collect();
    serde_json::to_string(&sorted).unwrap_or_default()
}

/// The present time, as lines have it.
pub(crate) fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
