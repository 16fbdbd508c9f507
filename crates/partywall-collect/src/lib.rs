//! Asks the AWS API what there is, and keeps every answer and every refusal.
//!
//! [`collect`] makes the calls of [`partywall_model::CALLS`] with the credentials of the default chain and keeps the
//! answers as they came, in the names that the AWS command line prints: a folder, or a prefix in a bucket, with
//! `collection.json` and `<account>/<region>/<service>.jsonl`. Nothing is judged here, and nothing is changed there.

mod account;
mod asking;
mod client;
mod collect;
mod conceal;
mod credentials;
mod description;
mod download;
mod error;
mod logs;
mod options;
mod permissions;
mod places;
mod plan;
mod progress;
mod record;
mod refusal;
pub mod site;
mod store;
mod wire;

#[cfg(test)]
mod tests;

pub use collect::collect;
pub use conceal::Detector;
pub use download::download;
pub use error::CollectError;
pub use logs::{LogBucket, LogObject};
pub use options::{Limits, Location, Options, Organization};
pub use permissions::permissions;
pub use progress::{AccountSummary, Event, Summary};
pub use refusal::{Refusal, RefusalKind};
pub use store::StoreError;
