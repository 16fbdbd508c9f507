//! What the variables of a root module are given: `.tfvars` files, `--var-file` and `--var`.
//!
//! Order of precedence: <https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence>

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hcl_edit::expr::Expression;
use hcl_edit::parser::parse_expr;
use hcl_edit::structure::Structure;
use partywall_model::{Gap, Value};

use super::Options;
use super::evaluate::evaluate;
use super::failure::Outcome;
use super::module::relative_name;
use super::root::Root;
use super::scope::Scope;
use super::source_file::parse_file;
use super::types::Type;

/// What a variable of a root module is given.
#[derive(Clone)]
pub(crate) enum Input {
    /// By a file.
    Expression(Expression),
    /// By the command line: text for a text variable, an expression for others.
    Raw(String),
}

impl Input {
    /// The value, for a variable of this type.
    pub(crate) fn value(&self, root: &Root<'_>, kind: &Type) -> Outcome {
        let scope = Scope::constant(root);
        match self {
            Self::Expression(expression) => evaluate(scope, expression),
            Self::Raw(text) if matches!(kind, Type::Text | Type::Any) => Ok(Value::text(text.as_str())),
            Self::Raw(text) => match parse_expr(text) {
                Ok(Expression::Variable(_)) | Err(_) => Ok(Value::text(text.as_str())),
                Ok(expression) => evaluate(scope, &expression),
            },
        }
    }
}

/// Everything that the variables of the root in `folder` are given; later sources win.
pub(crate) fn inputs(base: &Path, folder: &Path, options: &Options) -> (BTreeMap<String, Input>, Vec<Gap>) {
    let mut inputs = BTreeMap::new();
    let mut gaps = Vec::new();
    for path in automatic_files(folder).iter().chain(&options.variable_files) {
        let name: Arc<str> = relative_name(base, path);
        match parse_file(path, &name) {
            Ok(parsed) => {
                gaps.extend(parsed.gaps);
                for structure in parsed.body {
                    if let Structure::Attribute(attribute) = structure {
                        inputs.insert(attribute.key.as_str().to_owned(), Input::Expression(attribute.value));
                    }
                }
            }
            Err(gap) => gaps.push(gap),
        }
    }
    let raw = options.variables.iter().map(|(name, text)| (name.clone(), Input::Raw(text.clone())));
    inputs.extend(raw);
    (inputs, gaps)
}

/// `terraform.tfvars`, `terraform.tfvars.json`, then `*.auto.tfvars` and `*.auto.tfvars.json` by name.
fn automatic_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut automatic: Vec<PathBuf> = entries
        .filter(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
        })
        .collect();
    automatic.sort();
    let named = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| folder.join(name));
    named.into_iter().filter(|path| path.is_file()).chain(automatic).collect()
}
