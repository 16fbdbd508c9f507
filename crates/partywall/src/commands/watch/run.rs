//! `partywall watch run`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use miette::{IntoDiagnostic, WrapErr};
use partywall_detect::Event;
use partywall_detect::correlation::Settings;
use partywall_detect::detector::{Detector, News, Scanned, scan};
use partywall_detect::intake::Limits;
use partywall_detect::journal::Journal;
use partywall_detect::rules::Rules;
use partywall_model::{Alert, AlertLevel, Gap};
use partywall_report::plain;

use super::knowledge::Knowledge;
use super::logs::{LogObject, Logs};
use super::rules::RuleArguments;
use crate::commands::Outcome;
use crate::commands::Output;
use crate::commands::scan::print;

/// How far ahead of this machine's clock an event may be.
const AHEAD_MS: i64 = 5 * 60 * 1000;

/// Objects that each thread scans before what is in them is told.
const OBJECTS_A_THREAD: usize = 8;

/// Options of `partywall watch run`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files, folders and s3://BUCKET/PREFIX with logs: CloudTrail, flow logs, resolver logs, GuardDuty findings,
    /// OCSF; packed or not
    #[arg(required = true)]
    logs: Vec<String>,
    /// Profile of the AWS configuration, for buckets
    #[arg(long)]
    profile: Option<String>,
    #[command(flatten)]
    rules: RuleArguments,
    /// Folder for what has to outlive a restart; without it every run reads everything
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Go on when everything is read, and look for more every so many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "10", requires = "state")]
    follow: Option<u64>,
    /// Code, a collection or a snapshot of the estate: the first use of a path to more than one's own permissions, and
    /// flows that nothing there lets through, are told too
    #[arg(long, value_name = "DIR")]
    estate: Option<PathBuf>,
    /// How late events may arrive, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15)]
    lateness: u32,
    /// End with 1 when an alert is at least this grave
    #[arg(long, value_name = "LEVEL", default_value = "high")]
    fail_on: Level,
    /// How alerts are written
    #[arg(short, long, default_value = "terminal")]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    const fn alert_level(self) -> AlertLevel {
        match self {
            Self::Informational => AlertLevel::Informational,
            Self::Low => AlertLevel::Low,
            Self::Medium => AlertLevel::Medium,
            Self::High => AlertLevel::High,
            Self::Critical => AlertLevel::Critical,
        }
    }
}

/// What was read and told so far.
#[derive(Default)]
struct Totals {
    objects: u64,
    records: u64,
    alerts: u64,
    copies: u64,
    gaps: u64,
    is_grave: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    let mut library = arguments.rules.library()?;
    let mut knowledge = arguments.estate.as_deref().map(Knowledge::open).transpose()?.unwrap_or_default();
    knowledge.words().for_each(|word| library.also_want(word));
    let (mut detector, refused) = Detector::new(&library, arguments.settings());
    let mut totals = Totals::default();
    totals.tell_gaps(&refused);
    let mut journal = arguments.state.as_deref().map(|state| open(state, &mut detector)).transpose()?;
    // What was told before is told again, under the same ids: nobody knows how far the last run came.
    totals.tell(arguments, detector.news(), &mut knowledge)?;
    let logs = Logs::open(&arguments.logs, arguments.profile.as_deref())?;
    let bar = progress();
    let side_by_side = std::thread::available_parallelism().map_or(1, usize::from) * OBJECTS_A_THREAD;
    loop {
        let is_new = |object: &LogObject| journal.as_ref().is_none_or(|journal| !journal.has(&object.object));
        let new: Vec<LogObject> = logs.list()?.into_iter().filter(is_new).collect();
        bar.set_length(bar.position() + new.len() as u64);
        for objects in new.chunks(side_by_side) {
            for (object, scanned) in objects.iter().zip(scan_all(&logs, objects, detector.rules(), &knowledge)) {
                accept(arguments, object, scanned, (&mut detector, &mut knowledge), &mut totals, journal.as_mut())?;
                bar.inc(1);
            }
        }
        let Some(seconds) = arguments.follow else { break };
        std::thread::sleep(Duration::from_secs(seconds));
    }
    detector.finish();
    totals.tell(arguments, detector.news(), &mut knowledge)?;
    bar.finish_and_clear();
    let Totals { objects, records, alerts, copies, gaps, is_grave } = totals;
    eprintln!("{objects} objects, {records} records, {alerts} alerts, {copies} copies left out, {gaps} gaps");
    Ok(if is_grave { Outcome::Findings } else { Outcome::Clean })
}

fn open(state: &Path, detector: &mut Detector) -> miette::Result<Journal> {
    std::fs::create_dir_all(state)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be made", state.display()))?;
    Journal::open(&state.join("journal.jsonl"), |event| detector.replay(event)).into_diagnostic()
}

/// Scans objects side by side, and answers in their order.
fn scan_all(logs: &Logs, objects: &[LogObject], rules: &Rules, knowledge: &Knowledge) -> Vec<Result<Scanned, String>> {
    let also = |event: &Event| knowledge.concerns(event);
    let one = |object: &LogObject| {
        logs.read(object).map(|bytes| scan(rules, &object.object.name, bytes, &Limits::default(), &also))
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let parts = objects.chunks(objects.len().div_ceil(threads).max(1));
        let workers: Vec<_> =
            parts.map(|part| (part.len(), scope.spawn(move || part.iter().map(one).collect::<Vec<_>>()))).collect();
        let fell = || Err("the thread that read it fell; this is a fault of partywall".to_owned());
        let outcome = |(count, worker): (usize, ScopedJoinHandle<'_, Vec<_>>)| {
            worker.join().unwrap_or_else(|_| std::iter::repeat_with(fell).take(count).collect())
        };
        workers.into_iter().flat_map(outcome).collect()
    })
}

fn accept(
    arguments: &Arguments,
    object: &LogObject,
    scanned: Result<Scanned, String>,
    (detector, knowledge): (&mut Detector, &mut Knowledge),
    totals: &mut Totals,
    journal: Option<&mut Journal>,
) -> miette::Result<()> {
    let name = &object.object.name;
    let tally = match scanned {
        Ok(scanned) => detector.accept(scanned),
        // It is not done: whoever has a journal finds it again the next time.
        Err(error) => {
            eprintln!("`{}` cannot be read: {}", plain(name), plain(&error));
            totals.gaps += 1;
            return Ok(());
        }
    };
    totals.objects += 1;
    totals.records += tally.records;
    totals.tell_gaps(&tally.gaps);
    totals.gaps += tally.further_gaps;
    if tally.further_gaps > 0 {
        eprintln!("`{}`: {} more records that cannot be read", plain(name), tally.further_gaps);
    }
    let news = detector.news();
    totals.tell_gaps(&detector.gaps());
    if let Some(journal) = journal {
        let refused = || format!("the journal cannot be written behind `{name}`");
        journal.append(object.object.clone(), &news.matched).into_diagnostic().wrap_err_with(refused)?;
    }
    totals.tell(arguments, news, knowledge)
}

impl Arguments {
    fn settings(&self) -> Settings {
        let now = chrono::Utc::now().timestamp_millis();
        let not_after_ms = if self.follow.is_some() { i64::MAX } else { now.saturating_add(AHEAD_MS) };
        Settings { lateness_ms: i64::from(self.lateness) * 60_000, not_after_ms, ..Settings::default() }
    }
}

impl Totals {
    fn tell(&mut self, arguments: &Arguments, news: News, knowledge: &mut Knowledge) -> miette::Result<()> {
        self.copies += news.copies;
        let known: Vec<Alert> = news.matched.iter().flat_map(|event| knowledge.alerts(event)).collect();
        for alert in news.alerts.into_iter().chain(known) {
            self.alerts += 1;
            self.is_grave |= alert.rule.level >= arguments.fail_on.alert_level();
            match arguments.output {
                Output::Terminal => print(&line(&alert))?,
                Output::Json => print(&format!("{}\n", serde_json::to_string(&alert).into_diagnostic()?))?,
            }
        }
        Ok(())
    }

    fn tell_gaps(&mut self, gaps: &[Gap]) {
        self.gaps += gaps.len() as u64;
        for gap in gaps {
            eprintln!("{}: {}", plain(&gap.cause), plain(&gap.cure));
        }
    }
}

fn line(alert: &Alert) -> String {
    let time = chrono::DateTime::from_timestamp_millis(alert.last_ms);
    let time = time.map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default();
    let account =
        if alert.account.is_empty() { String::new() } else { format!(" in {} {}", alert.account, alert.region) };
    let author = if alert.rule.author.is_empty() { String::new() } else { format!(", rule by {}", alert.rule.author) };
    let line = format!("{time} {:<13} {}{account}{author}", alert.rule.level.id(), alert.message);
    format!("{}\n", plain(&line))
}

fn progress() -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} of {len} objects, {per_sec}, {elapsed}") {
        bar.set_style(style);
    }
    bar
}
