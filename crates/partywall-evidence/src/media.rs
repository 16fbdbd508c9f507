//! Storage devices at the end of their service: what shows that nothing can be read from them any more.

mod certificate;
mod custody;
mod device;
mod folder;
mod judge;
mod read;
mod record;
mod rules;
mod seal;

pub use certificate::{CERTIFICATE_TYPE, certify, opened};
pub use device::{Account, Device};
pub use folder::MediaFolder;
pub use judge::{Question, judge};
pub use read::read;
pub use record::{Act, Asset, Disposition, HandOver, Kind, Outcome, Records, Technique};
pub use rules::{FAMILIES, Method, Rules};
pub use seal::{SEAL_TYPE, Seal};
