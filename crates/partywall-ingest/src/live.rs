//! Reads what the AWS API answered: a collection, or files that the AWS CLI printed.
//!
//! Both become [`Answer`]s in the same words, and answers become resources as the tables' `api` sources say.

mod address;
mod answer;
mod collection;
mod command_line;
mod gaps;
mod operation;
mod place;
mod report;
mod resources;

use std::path::{Path, PathBuf};

use partywall_model::Decoded;

pub use collection::is_collection;
pub use operation::is_answer;

/// Reads collections and the CLI's files. Paths are shown relative to `base`.
pub fn decode(base: &Path, collections: &[PathBuf], files: &[PathBuf]) -> Decoded {
    let mut read = answer::Answers::default();
    for folder in collections {
        collection::read(base, folder, &mut read);
    }
    if !files.is_empty() {
        command_line::read(base, files, &mut read);
    }
    report::unfold(&mut read.answers);
    resources::decode(read)
}
