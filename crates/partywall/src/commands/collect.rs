//! `partywall collect`.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic, miette};
use partywall_collect::{Event, Limits, Location, Options, Organization, Summary, collect};
use partywall_ingest::normalize::is_credential;
use partywall_model::{CALLS, Call};

use super::Outcome;
use super::scan::print;

/// Options of `partywall collect`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) account: AccountArguments,
    /// Folder, or s3://BUCKET/PREFIX, for the answers; a collection that is there already is continued
    #[arg(short, long, default_value = "collection")]
    output: String,
    /// Ask again what was refused before
    #[arg(long)]
    again: bool,
}

/// Which accounts to ask, and what.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct AccountArguments {
    /// Profile of the AWS configuration
    #[arg(long)]
    profile: Option<String>,
    /// Ask in this region only; may be repeated. By default in every region that is enabled
    #[arg(long = "region", value_name = "REGION")]
    regions: Vec<String>,
    /// Ask this service only, such as s3 or ec2; may be repeated
    #[arg(long = "service", value_name = "SERVICE")]
    services: Vec<String>,
    /// Collect every account of the organization, by assuming this role in each
    #[arg(long, value_name = "ROLE")]
    organization_role: Option<String>,
    /// External id that the role asks for
    #[arg(long, value_name = "ID", requires = "organization_role")]
    external_id: Option<String>,
    /// Of the organization, only this account; may be repeated
    #[arg(long = "account", value_name = "ACCOUNT", requires = "organization_role")]
    accounts: Vec<String>,
    /// Requests under way at once
    #[arg(long, value_name = "COUNT")]
    requests_at_once: Option<usize>,
    /// How often a request is sent when it is throttled or fails
    #[arg(long, value_name = "COUNT")]
    attempts: Option<u32>,
    /// Seconds to wait for an answer
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

impl AccountArguments {
    /// Collects into a place; what happens is shown on standard error.
    pub(super) fn collect(&self, output: &str, again: bool) -> miette::Result<Summary> {
        let calls = selected(&self.services)?;
        let options = Options {
            profile: self.profile.clone(),
            regions: self.regions.clone(),
            organization: self.organization_role.as_ref().map(|role| Organization {
                role: role.clone(),
                external_id: self.external_id.clone(),
                accounts: self.accounts.clone(),
            }),
            store: Location::from(output),
            again,
            program: format!("partywall {}", env!("CARGO_PKG_VERSION")),
            limits: self.limits(),
            ..Options::default()
        };
        let bars = Bars::new();
        collect(&options, &calls, is_credential, move |event| bars.show(&event)).into_diagnostic()
    }
}

impl AccountArguments {
    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if let Some(count) = self.requests_at_once {
            limits.requests_at_once = count.max(1);
        }
        if let Some(count) = self.attempts {
            limits.attempts_max = count.max(1);
            limits.throttled_pauses.truncate(count.saturating_sub(1) as usize);
        }
        if let Some(seconds) = self.timeout.map(Duration::from_secs) {
            limits.read_timeout = seconds;
            limits.attempt_timeout = seconds.saturating_mul(2);
        }
        limits
    }
}

/// The calls of these services; all without any.
///
/// # Errors
/// When a service has no call.
pub(super) fn selected(services: &[String]) -> miette::Result<Vec<&'static Call>> {
    if let Some(unknown) = services.iter().find(|name| !CALLS.iter().any(|call| call.service == name.as_str())) {
        let mut known: Vec<&str> = CALLS.iter().map(|call| call.service).collect();
        known.dedup();
        return Err(miette!(help = format!("the services are {}", known.join(", ")), "no call asks `{unknown}`"));
    }
    let is_wanted = |call: &&Call| services.is_empty() || services.iter().any(|name| name == call.service);
    Ok(CALLS.iter().filter(is_wanted).collect())
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let summary = arguments.account.collect(&arguments.output, arguments.again)?;
    print(&report(&summary))?;
    Ok(Outcome::Clean)
}

fn report(summary: &Summary) -> String {
    let mut out = String::new();
    for account in &summary.accounts {
        let refused: Vec<String> = account
            .refusals
            .iter()
            .filter(|(kind, _)| !kind.is_definite())
            .map(|(kind, count)| format!("{count} {}", kind.id().replace('_', " ")))
            .collect();
        let refused = if refused.is_empty() { "nothing refused".to_owned() } else { refused.join(", ") };
        let before = match account.calls_before {
            0 => String::new(),
            before => format!(" ({before} were there before)"),
        };
        let name = if account.name.is_empty() { String::new() } else { format!(" {}", account.name) };
        out.push_str(&format!("{}{name}: {} calls{before}, {refused}", account.account, account.calls));
        out.push_str(&account.failure.as_ref().map(|failure| format!("; {failure}")).unwrap_or_default());
        out.push('\n');
    }
    partywall_report::plain_lines(&out)
}

/// One bar for each account, on standard error, when that is a terminal.
struct Bars {
    all: MultiProgress,
    by_account: Mutex<BTreeMap<String, ProgressBar>>,
}

impl Bars {
    fn new() -> Self {
        let all = MultiProgress::new();
        if !std::io::stderr().is_terminal() {
            all.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        Self { all, by_account: Mutex::new(BTreeMap::new()) }
    }

    fn show(&self, event: &Event) {
        let Ok(mut bars) = self.by_account.lock() else { return };
        match event {
            Event::AccountStarted { account, name, .. } => {
                let bar = self.all.add(ProgressBar::new(0));
                if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg}") {
                    bar.set_style(style);
                }
                bar.set_prefix(format!("{account} {name}").trim_end().to_owned());
                bar.enable_steady_tick(Duration::from_millis(200));
                bars.insert(account.clone(), bar);
            }
            Event::CallsPlanned { account, count } => {
                if let Some(bar) = bars.get(account) {
                    bar.inc_length(*count as u64);
                }
            }
            Event::CallFinished { account, region, call, .. } => {
                if let Some(bar) = bars.get(account) {
                    bar.inc(1);
                    bar.set_message(format!("{region} {call}"));
                }
            }
            Event::AccountFinished(summary) => {
                if let Some(bar) = bars.remove(&summary.account) {
                    bar.finish_and_clear();
                }
            }
            _ => {}
        }
    }
}
