//! [OSCAL](https://pages.nist.gov/OSCAL/) 1.2: whether what one system security plan inherits is there in the plans
//! that it leverages, on the terms on which it is provided.
//!
//! OSCAL's schemas and constraints look at one document at a time; an `inherited` or `satisfied` entry names uuids of
//! another. [`check`] follows them, over any number of tiers. [`export`] writes what partywall found out. This crate is pure: texts come in, defects go out.

mod check;
mod coverage;
mod defect;
mod export;
mod matrix;
mod read;

pub use check::{Checked, Followed, Settings, check};
pub use coverage::{CoveredControl, Evaluation, coverage};
pub use defect::{Defect, DefectKind, Place};
pub use export::{Estate, ExportKind, export};
pub use matrix::{MatrixRow, matrix, matrix_csv, matrix_html};
pub use read::{
    Authorization, Component, Identifier, Implementation, Plan, Provided, ReadError, Reference, Responsibility, read,
};

/// The largest document that is read, in bytes. The largest plans in use are some tens of megabytes.
pub const BYTES_MAX: usize = 256 * 1024 * 1024;
