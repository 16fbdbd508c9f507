//! Options that say what to read, shared by every command that reads an estate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use miette::miette;
use partywall_ingest::{Options, cloudformation, terraform};

use super::target::Target;
use crate::configuration::Configuration;
use crate::scan::{Estate, ScanOptions, Step, open};

/// What to read.
#[derive(Debug, Args)]
pub(super) struct SourceArguments {
    /// A folder, a template, a Terraform plan or state in JSON, a collection, or a snapshot
    #[arg(default_value = ".")]
    pub(super) target: PathBuf,
    #[command(flatten)]
    pub(super) reading: ReadingArguments,
}

/// How to read it.
#[derive(Debug, Default, Args)]
pub(super) struct ReadingArguments {
    /// Value of a Terraform variable
    #[arg(long = "var", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// File with values of Terraform variables
    #[arg(long = "var-file", value_name = "FILE")]
    variable_files: Vec<PathBuf>,
    /// Terraform workspace
    #[arg(long, default_value = "default")]
    workspace: String,
    /// Value of a CloudFormation parameter, or of a pseudo parameter such as AWS::Region
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Pattern of files to leave out, relative to the target
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Configuration; by default partywall.toml in the target's folder
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl SourceArguments {
    /// A target, read as if no option were given.
    pub(super) fn of(target: &Path) -> Self {
        let reading = ReadingArguments { workspace: "default".to_owned(), ..ReadingArguments::default() };
        Self { target: target.to_owned(), reading }
    }

    /// The options of a scan, with the configuration loaded.
    pub(super) fn options(&self) -> miette::Result<ScanOptions> {
        self.reading.options(&self.target)
    }

    /// Reads and analyses the estate, for questions.
    pub(super) fn open(
        &self,
        derived_tables: BTreeSet<&'static str>,
        progress: &dyn Fn(Step),
    ) -> miette::Result<Estate> {
        let duties = Some(super::access::duties(&self.target)?);
        let options = ScanOptions { derived_tables, duties, ..self.options()? };
        Ok(open(Target::find(&self.target)?.path(), &options, progress)?)
    }
}

impl ReadingArguments {
    /// The options of a scan of this target, with the configuration loaded.
    pub(super) fn options(&self, target: &Path) -> miette::Result<ScanOptions> {
        let configuration = Configuration::load(self.config.as_deref(), target)?;
        let exclude = self.exclude.iter().chain(&configuration.scan.exclude).cloned().collect();
        Ok(ScanOptions {
            ingest: Options {
                terraform: terraform::Options {
                    variables: pairs(&self.variables, "--var")?,
                    variable_files: self.variable_files.clone(),
                    workspace: self.workspace.clone(),
                },
                cloudformation: cloudformation::Options { parameters: pairs(&self.parameters, "--parameter")? },
                exclude: if target.is_file() { Vec::new() } else { exclude },
            },
            configuration,
            today: chrono::Utc::now().date_naive().to_string(),
            ..ScanOptions::default()
        })
    }
}

fn pairs(texts: &[String], option: &str) -> miette::Result<BTreeMap<String, String>> {
    texts
        .iter()
        .map(|text| {
            let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
            pair.ok_or_else(|| miette!(help = "write NAME=VALUE", "{option} `{text}` has no `=`"))
        })
        .collect()
}
