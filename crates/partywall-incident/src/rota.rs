//! Who is on call when, and a proof that somebody always is.
//!
//! A rota is a TOML file, an iCalendar, or both together. Coverage is decided by arithmetic over spans of time.

mod calendar;
mod civil;
mod coverage;
mod escalation;
mod file;
mod member;
mod publish;
mod roster;
mod rotation;

pub use coverage::{Cause, Coverage, OnCall, RoleGap, Segment};
pub use escalation::{Escalation, Level};
pub use member::{ContactKind, Member};
pub use publish::calendar;
pub use roster::{Roster, Source};
