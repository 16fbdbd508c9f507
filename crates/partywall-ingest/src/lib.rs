//! Reads what is on disk into the inventory.
//!
//! A decoder for each language translates syntax into [`partywall_model::Resource`]s and applies no
//! default; normalisation gives them meaning, once, for every language.

pub mod attestation;
pub mod cloudformation;
pub mod discover;
pub mod live;
pub mod normalize;
mod site;
pub mod terraform;

use std::path::Path;
use std::sync::Arc;

use partywall_model::{Decoded, Dialect, Resource};

pub use discover::DiscoverError;

/// How to read.
#[derive(Debug, Default)]
pub struct Options {
    /// Values and files for Terraform.
    pub terraform: terraform::Options,
    /// Values for CloudFormation.
    pub cloudformation: cloudformation::Options,
    /// Patterns of files to leave out, relative to the target.
    pub exclude: Vec<String>,
}

/// Reads a folder, with everything below it, or one file.
///
/// # Errors
/// When the target does not exist, a pattern of `exclude` is not a glob, or nothing to read is found. What cannot
/// be read below the target is a gap, not an error.
pub fn read(target: &Path, options: &Options) -> Result<Decoded, DiscoverError> {
    let found = discover::discover(target, &options.exclude)?;
    let is_file = target.is_file();
    let base = if is_file { target.parent().unwrap_or(target) } else { target };
    let mut decoded = Decoded { gaps: found.gaps, ..Decoded::default() };
    if !found.terraform_folders.is_empty() {
        decoded.append(terraform::decode(base, &found.terraform_folders, &options.terraform));
    }
    for document in &found.terraform_documents {
        decoded.append(terraform::decode_document(base, document));
    }
    if !found.templates.is_empty() {
        decoded.append(cloudformation::decode(base, &found.templates, &options.cloudformation));
    }
    if !found.collections.is_empty() || !found.answers.is_empty() {
        decoded.append(live::decode(base, &found.collections, &found.answers));
    }
    if !found.sites.is_empty() || !found.strays.is_empty() {
        decoded.append(site::decode(base, &found.sites, &found.strays));
    }
    if is_file {
        // One file is one estate: its addresses need no scope to be unique.
        let nowhere: Arc<str> = "".into();
        let is_code = |resource: &Resource| matches!(resource.dialect, Dialect::Terraform | Dialect::CloudFormation);
        let of_code = decoded.resources.iter_mut().filter(|resource| is_code(resource));
        of_code.for_each(|resource| resource.scope = nowhere.clone());
    }
    Ok(decoded)
}
