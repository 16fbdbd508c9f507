//! Terraform: configuration in HCL, plans and states in JSON.
//!
//! Every root module is evaluated as `terraform plan` would, save that nothing outside the folder is
//! asked: what only AWS, a state or a missing variable could tell is [`partywall_model::Value::Unknown`].

mod body;
mod collection;
mod comments;
mod data_source;
mod document;
mod estate;
mod evaluate;
mod expansion;
mod failure;
mod functions;
mod instance;
mod json_syntax;
mod limits;
mod memo;
mod module;
mod object;
mod placeholder;
mod policy_document;
mod provider;
mod root;
mod scope;
mod size;
mod source_file;
mod types;
mod unknown;
mod variables;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use partywall_model::Decoded;

pub use document::{decode_document, is_document};

/// How to evaluate configurations.
#[derive(Debug, Clone)]
pub struct Options {
    /// `--var name=value`: raw text, converted to the declared type.
    pub variables: BTreeMap<String, String>,
    /// `--var-file`: files in the syntax of `.tfvars` or, by their ending, JSON.
    pub variable_files: Vec<PathBuf>,
    /// The value of `terraform.workspace`.
    pub workspace: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { variables: BTreeMap::new(), variable_files: Vec::new(), workspace: "default".into() }
    }
}

/// Evaluates every root module among `folders` (each holds `*.tf` / `*.tf.json` files).
///
/// `base` is what paths are made relative to; nothing outside it is read by the configuration's own
/// functions. A folder that another one calls as a module is evaluated at each call instead.
pub fn decode(base: &Path, folders: &[PathBuf], options: &Options) -> Decoded {
    walk::decode(base, folders, options)
}
