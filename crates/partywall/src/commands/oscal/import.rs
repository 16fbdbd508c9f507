//! `partywall oscal import`: a provider's system security plan, described as an attestation.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{Months, NaiveDate};
use clap::Args;
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_oscal::Plan;
use toml::{Table, Value};

use super::check::read;
use super::estate::write;
use crate::commands::Outcome;

/// Options of `partywall oscal import`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The provider's system security plan, in OSCAL's JSON format
    #[arg(value_name = "SSP")]
    plan: PathBuf,
    /// The programme under which it was authorized
    #[arg(long, default_value = "fedramp")]
    programme: String,
    /// Who authorized it
    #[arg(long, value_name = "NAME")]
    auditor: String,
    /// On whom it reports; the name of the plan's system by default
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// A region that it is about; may be repeated. Without one it is not known which
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// A service that it is about; may be repeated. The titles of its components by default
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// For how many years an authorization lasts
    #[arg(long, value_name = "YEARS", default_value_t = 3)]
    authorized_for: u32,
    /// Where to write it, below `attestations/`; printed by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let plan = read(&arguments.plan)?;
    if let Some(defect) = plan.defects.first() {
        let (line, message) = (defect.place.line, partywall_report::plain(&defect.message));
        return Err(miette!(
            help = "`partywall oscal check` shows every defect",
            "`{}`, line {line}: {message}",
            arguments.plan.display()
        ));
    }
    if plan.state != "operational" {
        let state = partywall_report::plain(&plan.state);
        return Err(miette!(
            help = "inherit once it is operational",
            "the system of `{}` is `{state}`: nothing can be inherited from it",
            arguments.plan.display()
        ));
    }
    let text = toml::to_string_pretty(&description(arguments, &plan)?).into_diagnostic()?;
    write(&text, arguments.out.as_deref())?;
    Ok(Outcome::Clean)
}

fn description(arguments: &Arguments, plan: &Plan) -> miette::Result<Table> {
    let texts = |texts: &[String]| Value::Array(texts.iter().cloned().map(Value::String).collect());
    let date: NaiveDate = plan.date_authorized.get(..10).unwrap_or_default().parse().map_err(|_| {
        miette!(
            help = "an authorization without a day cannot be shown to hold",
            "`{}` has no system-characteristics/date-authorized",
            arguments.plan.display()
        )
    })?;
    let mut table = Table::new();
    let mut put = |name: &str, value: Value| table.insert(name.to_owned(), value);
    put("programme", Value::String(arguments.programme.clone()));
    put("provider", Value::String(arguments.provider.clone().unwrap_or_else(|| plan.system_name.clone())));
    put("auditor", Value::String(arguments.auditor.clone()));
    put("report", Value::String(plan.uuid.clone()));
    put("issued", day(date)?);
    if let Some(end) = date.checked_add_months(Months::new(arguments.authorized_for.saturating_mul(12))) {
        put("expires", day(end)?);
    }
    let titles = plan.components.iter().map(|component| component.title.clone()).collect::<Vec<_>>();
    put("services", texts(if arguments.service.is_empty() { &titles } else { &arguments.service }));
    if !arguments.region.is_empty() {
        put("regions", texts(&arguments.region));
    }
    // What is only planned, or done in part, is not attested.
    let done = plan.implementations.iter().filter(|one| matches!(one.status.as_ref(), "" | "implemented"));
    let controls: BTreeSet<String> =
        done.filter(|one| !one.provided.is_empty()).map(|one| one.control.to_string()).collect();
    put("controls", texts(&controls.into_iter().collect::<Vec<_>>()));
    if let Some(document) = document(&arguments.plan, arguments.out.as_deref())? {
        put("document", document);
    }
    let complements: Vec<Value> = plan
        .implementations
        .iter()
        .flat_map(|one| one.responsibilities.iter().map(move |responsibility| (one, responsibility)))
        .map(|(one, responsibility)| {
            let entries = [
                ("id", Value::String(responsibility.uuid.clone())),
                ("text", Value::String(format!("{}: {}", one.control, responsibility.description))),
                ("checks", Value::Array(Vec::new())),
            ];
            Value::Table(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        })
        .collect();
    if !complements.is_empty() {
        put("complementary", Value::Array(complements));
    }
    Ok(table)
}

fn day(date: NaiveDate) -> miette::Result<Value> {
    Ok(Value::Datetime(date.to_string().parse().into_diagnostic()?))
}

/// The plan itself is the document, when it lies beside the description.
fn document(plan: &Path, out: Option<&Path>) -> miette::Result<Option<Value>> {
    let folder = |path: &Path| path.parent().and_then(|folder| folder.join(".").canonicalize().ok());
    let beside = out.is_some_and(|out| folder(out).is_some() && folder(out) == folder(plan));
    let Some(name) = plan.file_name().filter(|_| beside) else { return Ok(None) };
    let digest = partywall_ingest::attestation::digest_of(plan)
        .into_diagnostic()
        .wrap_err_with(|| miette!("`{}` cannot be read", plan.display()))?;
    let entries = [("file", name.to_string_lossy().into_owned()), ("sha256", digest)];
    Ok(Some(Value::Table(entries.into_iter().map(|(name, text)| (name.to_owned(), Value::String(text))).collect())))
}
