//! What logs tell.
//!
//! Objects of logs are divided into records ([`intake`]), which rules judge one by one ([`rules`]) and together, in the
//! order in which things happened and not in which they were told ([`correlation`]). Hits are
//! [`partywall_model::Alert`]s.
//!
//! This crate reads no clock: time is what events say.

pub mod correlation;
pub mod event;
pub mod intake;
pub mod rules;

pub use event::{Event, Source};
