//! `partywall review`: packs for executives, their signatures, and what was promised.

mod estate;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, miette};
use partywall_evidence::ledger::{Document, Folder};
use partywall_evidence::review::{Actions, PackFolder, Policy, Question, State, Status, changes, judge};
use partywall_evidence::{Day, Digest, Key};
use partywall_model::{ReviewAction, ReviewPack};
use partywall_report::{plain, review_html};

use super::Outcome;
use super::Output;
use super::evidence::{LedgerArguments, append, now};
use super::scan::print;
use super::sources::{ReadingArguments, SourceArguments};
use crate::configuration::Configuration;

/// Options of `partywall review`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scan and drill, and make the pack: a page to be printed, and JSON with the same contents
    Prepare(Box<PrepareArguments>),
    /// Sign a pack
    Sign(SignArguments),
    /// Say whether a review is current; ends with 1 unless it is
    Status(Box<StatusArguments>),
    /// Track what somebody has promised to do
    #[command(subcommand)]
    Action(ActionCommand),
}

#[derive(Debug, Args)]
struct PrepareArguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Folder for the pack
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Who makes it; may be repeated. Authors do not sign
    #[arg(long, required = true, value_name = "NAME")]
    author: Vec<String>,
    /// The pack of the review before, to tell what has changed
    #[arg(long, value_name = "DIR")]
    since: Option<PathBuf>,
    /// List of what was promised
    #[arg(long, value_name = "FILE", default_value = "review-actions.json")]
    actions: PathBuf,
}

#[derive(Debug, Args)]
struct SignArguments {
    /// Folder of the pack
    pack: PathBuf,
    #[command(flatten)]
    place: LedgerArguments,
    /// In which role
    #[arg(long)]
    role: String,
    /// Who signs
    #[arg(long)]
    name: String,
    /// Their private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Configuration with [review]
    #[arg(long, value_name = "FILE", default_value = "partywall.toml")]
    config: PathBuf,
}

#[derive(Debug, Args)]
struct StatusArguments {
    /// Folder of the pack
    pack: PathBuf,
    /// What was reviewed, to see whether it has changed since
    target: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    #[command(flatten)]
    place: LedgerArguments,
    /// List of what was promised
    #[arg(long, value_name = "FILE", default_value = "review-actions.json")]
    actions: PathBuf,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

#[derive(Debug, Subcommand)]
enum ActionCommand {
    /// Add a promise
    Add {
        /// What is to be done
        what: String,
        /// Who does it
        #[arg(long)]
        owner: String,
        /// Last day for it, YYYY-MM-DD
        #[arg(long)]
        due: Day,
        /// List of what was promised
        #[arg(long, value_name = "FILE", default_value = "review-actions.json")]
        actions: PathBuf,
    },
    /// List the promises; ends with 1 when one is overdue
    List {
        /// List of what was promised
        #[arg(long, value_name = "FILE", default_value = "review-actions.json")]
        actions: PathBuf,
    },
    /// Mark a promise as kept
    Done {
        /// Its number
        id: u64,
        /// List of what was promised
        #[arg(long, value_name = "FILE", default_value = "review-actions.json")]
        actions: PathBuf,
    },
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.command {
        Command::Prepare(arguments) => prepare(arguments),
        Command::Sign(arguments) => sign(arguments),
        Command::Status(arguments) => status(arguments),
        Command::Action(command) => action(command),
    }
}

fn page(pack: &ReviewPack, digest: &Digest) -> String {
    review_html(pack, digest.as_str())
}

fn prepare(arguments: &PrepareArguments) -> miette::Result<Outcome> {
    let folder = PackFolder::at(&arguments.out);
    if folder.pack_file().exists() {
        return Err(miette!("there is a pack in `{}`; name another folder with --out", arguments.out.display()));
    }
    let (assessment, posture) = estate::read(&arguments.sources.target, arguments.sources.options()?)?;
    let before = arguments.since.as_deref().map(|path| PackFolder::at(path).pack()).transpose().into_diagnostic()?;
    let since = before.as_ref().map(|pack| pack.prepared_at.get(..10).unwrap_or_default().to_owned());
    let is_told = |action: &ReviewAction| match (&action.done, &since) {
        (Some(done), Some(since)) => done >= since,
        _ => true,
    };
    let changes = before.map(|before| changes(&before, &posture, &assessment)).transpose().into_diagnostic()?;
    let actions = Actions::read(&arguments.actions).into_diagnostic()?.actions;
    let pack = ReviewPack {
        target: assessment.target,
        prepared_at: now()?.to_string(),
        authors: arguments.author.clone(),
        posture,
        changes,
        actions: actions.into_iter().filter(is_told).collect(),
    };
    let digest = folder.write(&pack, &|digest| page(&pack, digest)).into_diagnostic()?;
    print(&format!("`{}` and `{}`\npack {digest}\n", folder.page_file().display(), folder.pack_file().display()))?;
    Ok(Outcome::Clean)
}

fn policy(configuration: Configuration) -> miette::Result<Policy> {
    let policy = configuration.review.ok_or_else(|| {
        miette!(
            help = "write [review] roles = [\"ciso\"] and cadence_days = 90 in `partywall.toml`",
            "nobody has said who has to sign reviews"
        )
    })?;
    policy.checked().into_diagnostic()
}

fn sign(arguments: &SignArguments) -> miette::Result<Outcome> {
    let policy = policy(Configuration::load(Some(&arguments.config), Path::new("."))?)?;
    let key = Key::open(&arguments.key).into_diagnostic()?;
    let trust = Folder::at(&arguments.place.ledger).trust(arguments.place.trust.as_deref()).into_diagnostic()?;
    let folder = PackFolder::at(&arguments.pack);
    let who = (arguments.name.as_str(), arguments.role.as_str());
    let file = folder.sign(who, &key, (&policy, &trust), &page, now()?).into_diagnostic()?;
    print(&format!("{} has signed as {}: `{}`\n", plain(&arguments.name), plain(&arguments.role), file.display()))?;
    if Folder::at(&arguments.place.ledger).exists() {
        let document = Document {
            kind: "review".to_owned(),
            subject: format!("{} as {}", arguments.pack.display(), arguments.role),
            media_type: "application/vnd.dsse.envelope.v1+json".to_owned(),
        };
        append(&arguments.place, &file, &document, &key, now()?)?;
    }
    Ok(Outcome::Clean)
}

fn status(arguments: &StatusArguments) -> miette::Result<Outcome> {
    let target = arguments.target.as_deref();
    let options = arguments.reading.options(target.unwrap_or(Path::new(".")))?;
    let policy = policy(options.configuration.clone())?;
    let trust = Folder::at(&arguments.place.ledger).trust(arguments.place.trust.as_deref()).into_diagnostic()?;
    let posture = target.map(|target| estate::read(target, options)).transpose()?.map(|(_, posture)| posture);
    let beside = PackFolder::at(&arguments.pack).read().into_diagnostic()?;
    let now = now()?;
    let status = judge(&Question {
        pack: &beside.pack,
        page: beside.page.as_deref(),
        signatures: &beside.signatures,
        policy: &policy,
        trust: &trust,
        now,
        posture: posture.as_ref(),
    });
    let actions = Actions::read(&arguments.actions).into_diagnostic()?;
    let overdue: Vec<&ReviewAction> = actions.overdue(now.day()).collect();
    print(&match arguments.output {
        Output::Terminal => told(&status, &overdue),
        Output::Json => {
            let both = serde_json::json!({ "status": status, "overdue_actions": overdue });
            serde_json::to_string_pretty(&both).into_diagnostic()? + "\n"
        }
    })?;
    Ok(if status.state == State::Current { Outcome::Clean } else { Outcome::Findings })
}

fn told(status: &Status, overdue: &[&ReviewAction]) -> String {
    let mut out = format!("{}\n", status.state.id());
    for (role, name, at) in &status.signed {
        out.push_str(&format!("✓ {} as {}, {at}\n", plain(name), plain(role)));
    }
    for (state, reason) in &status.reasons {
        out.push_str(&format!("✗ {}: {}\n", state.id(), plain(reason)));
    }
    if let Some(due) = status.due {
        out.push_str(&format!("the next review is due on {due}\n"));
    }
    for action in overdue {
        let (what, owner) = (plain(&action.what), plain(&action.owner));
        out.push_str(&format!("! action {} is overdue since {}: {what} ({owner})\n", action.id, action.due));
    }
    out
}

fn action(command: &ActionCommand) -> miette::Result<Outcome> {
    let today = now()?.day();
    match command {
        ActionCommand::Add { what, owner, due, actions: file } => {
            let mut actions = Actions::read(file).into_diagnostic()?;
            let id = actions.add(what, owner, *due).into_diagnostic()?;
            actions.write(file).into_diagnostic()?;
            print(&format!("action {id}, due {due}\n"))?;
        }
        ActionCommand::Done { id, actions: file } => {
            let mut actions = Actions::read(file).into_diagnostic()?;
            actions.done(*id, today).into_diagnostic()?;
            actions.write(file).into_diagnostic()?;
        }
        ActionCommand::List { actions: file } => {
            let actions = Actions::read(file).into_diagnostic()?;
            let late: Vec<u64> = actions.overdue(today).map(|action| action.id).collect();
            let line = |action: &ReviewAction| {
                let state = match &action.done {
                    Some(done) => format!("done {done}"),
                    None if late.contains(&action.id) => "overdue".to_owned(),
                    None => "open".to_owned(),
                };
                let (what, owner) = (plain(&action.what), plain(&action.owner));
                format!("{:>4} {state:16} due {} {what} ({owner})\n", action.id, action.due)
            };
            print(&actions.actions.iter().map(line).collect::<String>())?;
            return Ok(if late.is_empty() { Outcome::Clean } else { Outcome::Findings });
        }
    }
    Ok(Outcome::Clean)
}
