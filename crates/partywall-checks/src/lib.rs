//! The check library: loading, verdicts, waivers, frameworks and duties.
//!
//! A check is a SELECT in `checks/<service>/<fault>.sql` with a page beside it. Nothing about a
//! particular check is written in Rust.

mod acceptance;
mod check;
mod duties;
mod framework;
mod judge;
mod library;
mod page;
mod unseen;

pub use acceptance::{Accepted, Baseline, ConfiguredWaiver, accept};
pub use check::{Check, FrontMatterError};
pub use duties::duties;
pub use framework::{Control, Framework};
pub use judge::{Judgement, judge};
pub use library::{Library, LibraryError};
pub use page::{Case, Language, Page, Section};

mod shipped {
    include!(concat!(env!("OUT_DIR"), "/shipped.rs"));
}
