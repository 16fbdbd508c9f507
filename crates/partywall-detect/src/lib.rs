//! What logs tell.
//!
//! Objects of logs are divided into records ([`intake`]), which rules judge one by one ([`rules`]) and together, in the
//! order in which things happened and not in which they were told ([`correlation`]). Hits are
//! [`partywall_model::Alert`]s.
//!
//! This crate reads no clock: time is what events say.

pub mod alert;
pub mod correlation;
pub mod detector;
pub mod event;
pub mod intake;
pub mod integrity;
pub mod journal;
pub mod rules;

pub use detector::{Detector, News};
pub use event::{Event, Source};
