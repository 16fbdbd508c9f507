//! An estate as exports need it: judged, and with what reports cover.

use std::path::Path;

use chrono::NaiveDate;
use clap::Args;
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_model::{Assessment, AssuranceReport};
use partywall_oscal::Estate;

use crate::commands::scan::{Progress, library, print};
use crate::commands::sources::SourceArguments;
use crate::commands::target::Target;
use crate::scan::{assess, derived_tables_of, evidence_of, open};

/// What to read, and for which day.
#[derive(Debug, Args)]
pub(super) struct EstateArguments {
    #[command(flatten)]
    pub(super) sources: SourceArguments,
    /// What the system is called; the name of its folder by default
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The day on which reports and waivers have to hold; today by default
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
}

/// A judged estate.
pub(super) struct Judged {
    name: String,
    assessment: Assessment,
    assurance: AssuranceReport,
    day: NaiveDate,
}

impl Judged {
    /// The same, as exports take it.
    pub(super) fn estate(&self) -> Estate<'_> {
        Estate { name: &self.name, assessment: &self.assessment, assurance: &self.assurance, day: self.day }
    }
}

impl EstateArguments {
    /// Reads and judges the estate.
    pub(super) fn judge(&self) -> miette::Result<Judged> {
        let library = library(&[])?;
        let mut options = self.sources.options()?;
        let day = self.as_of.unwrap_or_else(|| chrono::Utc::now().date_naive());
        options.today = day.to_string();
        options.derived_tables = derived_tables_of(&library, &options)?;
        options.duties = Some(crate::commands::access::duties(&self.sources.target)?);
        let found = Target::find(&self.sources.target)?;
        let progress = Progress::start();
        let (evidence, _) = evidence_of(found.path(), &options);
        let estate = open(found.path(), &options, &|step| progress.show(step))?;
        let derived = &estate.derived;
        let assurance = partywall_analysis::assurance::report(
            &estate.inventory,
            &derived.responsibilities,
            &derived.sensitivities,
            &evidence,
        );
        let assessment = assess(found.path(), estate, &library, &options, &|step| progress.show(step))?;
        progress.finish();
        Ok(Judged { name: self.name(), assessment, assurance, day })
    }

    fn name(&self) -> String {
        let target = &self.sources.target;
        let folder = target.canonicalize().unwrap_or_else(|_| target.clone());
        let own = folder.file_stem().map(|name| name.to_string_lossy().into_owned());
        self.name.clone().or(own).unwrap_or_else(|| "system".to_owned())
    }
}

/// Writes to a file, or prints.
pub(super) fn write(text: &str, out: Option<&Path>) -> miette::Result<()> {
    match out {
        None => print(text),
        Some(file) => std::fs::write(file, text)
            .into_diagnostic()
            .wrap_err_with(|| miette!("`{}` cannot be written", file.display())),
    }
}
