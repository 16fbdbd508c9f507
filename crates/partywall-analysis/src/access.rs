//! Who can do what to which resource.

mod documents;
mod estate;
pub mod facts;
mod names;
mod organization;
mod path;
mod question;
mod resource;
mod view;

pub use documents::Document;
pub use estate::{Estate, Holder};
pub use names::Names;
pub use organization::Organization;
pub use path::{Edge, EdgeStep, Node, Paths, Way};
pub use question::{Allowed, Certainty, Target};
