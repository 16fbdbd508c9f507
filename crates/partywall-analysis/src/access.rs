//! Who can do what to which resource.

mod answer;
mod conflict;
mod documents;
mod estate;
mod exposure;
pub mod facts;
mod names;
mod organization;
mod path;
mod question;
mod resource;
mod revision;
mod table;
mod unused;
mod view;

pub use answer::{conflicts, exposures, paths, report, statements_in_words, unused};
pub use documents::Document;
pub use estate::{Estate, Holder};
pub use names::Names;
pub use organization::Organization;
pub use path::{Edge, EdgeStep, Node, Paths, Reach, Way};
pub use question::{Allowed, Certainty, Target};
pub use revision::Moved;
pub use table::add_tables;

#[cfg(test)]
mod tests;
