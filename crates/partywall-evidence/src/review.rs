//! Reviews: what executives look at, who has to sign it, and whether what was signed still holds.

mod action;
mod changes;
mod folder;
mod policy;
mod posture;
mod statement;
mod status;

pub use action::Actions;
pub use changes::changes;
pub use folder::{Beside, PackFolder};
pub use policy::Policy;
pub use posture::posture;
pub use statement::{REVIEW_TYPE, Statement};
pub use status::{Question, State, Status, judge};
