//! Evidence that stays: a ledger of signed, chained entries; reviews that executives sign; proof of what became of
//! storage devices.
//!
//! Decisions here take the instant as an argument and bytes or records as input. Files are touched only in the modules
//! `ledger::folder`, `key::file`, `review::folder` and `media::folder`.

mod canonical;
mod digest;
mod envelope;
mod error;
mod instant;
mod key;
pub mod ledger;
pub mod media;
mod reading;
pub mod review;
mod trust;

pub use canonical::{canonical, is_canonical};
pub use digest::Digest;
pub use envelope::{Envelope, pae};
pub use error::EvidenceError;
pub use instant::{Day, Instant};
pub use key::{Key, PublicKey};
pub use reading::{bounded, entries};
pub use trust::{Person, Trust};
