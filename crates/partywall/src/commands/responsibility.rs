//! `partywall responsibility`.

use std::io::IsTerminal;

use clap::Args;
use miette::IntoDiagnostic;
use partywall_model::Duty;

use super::Outcome;
use super::scan::{Progress, library, print, style};
use super::sources::SourceArguments;
use crate::commands::Output;
use crate::scan::{assess, open};

/// Options of `partywall responsibility`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Explain every layer of this resource
    #[arg(long, value_name = "RESOURCE")]
    resource: Option<String>,
    /// Show the resources of this service only
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let options = arguments.sources.options()?;
    let progress = Progress::start();
    let target = &arguments.sources.target;
    let estate = open(target, &options, &|step| progress.show(step))?;
    let assessment = assess(target, estate, &library(&[])?, &options, &|step| progress.show(step))?;
    progress.finish();
    let wanted = |duty: &Duty| {
        let resource = &duty.responsibility.resource;
        arguments.resource.as_ref().is_none_or(|name| resource.as_ref() == name)
            && arguments.service.as_ref().is_none_or(|service| duty.service == service)
    };
    let duties: Vec<Duty> = assessment.duties.into_iter().filter(wanted).collect();
    if duties.is_empty() {
        return Err(miette::miette!(
            help = "`partywall query \"select resource, service from aws_resource\"` lists the resources",
            "no resource matches"
        ));
    }
    let text = match arguments.output {
        Output::Json => serde_json::to_string_pretty(&duties).into_diagnostic()? + "\n",
        Output::Terminal => {
            let style = style(std::io::stdout().is_terminal(), false);
            partywall_report::responsibility(
                &duties,
                arguments.resource.is_some() || arguments.service.is_some(),
                &style,
            )
        }
    };
    print(&text)?;
    Ok(Outcome::Clean)
}
