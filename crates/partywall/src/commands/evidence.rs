//! `partywall evidence`: a ledger of what was found and decided, which shows whatever was done to it.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_evidence::ledger::{Account, Document, Folder, Standing};
use partywall_evidence::{Day, Digest, Instant, Key, Person};
use partywall_report::plain;

use super::Outcome;
use super::scan::print;
use crate::commands::Output;

/// Options of `partywall evidence`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key, put its owner on the list of the trusted, and start the ledger if there is none
    Init(InitArguments),
    /// Store a file and add a signed entry about it
    Add(AddArguments),
    /// List the entries
    List(ReadArguments),
    /// Print the entry of this number and where its document is
    Show(ShowArguments),
    /// Verify every entry, signature and document; ends with 1 when anything is wrong
    Verify(VerifyArguments),
}

#[derive(Debug, Args)]
struct InitArguments {
    #[command(flatten)]
    place: LedgerArguments,
    /// Whose key it is
    #[arg(long)]
    name: String,
    /// What they sign as, such as auditor, ciso or operator
    #[arg(long)]
    role: String,
    /// File for the private key; keep it away from the ledger
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Days for which the key is valid
    #[arg(long, default_value_t = 365)]
    days: u32,
}

#[derive(Debug, Args)]
struct AddArguments {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    place: LedgerArguments,
    /// What it is: scan, drill, certificate, review …
    #[arg(long)]
    kind: String,
    /// What it is about; by default the file's name
    #[arg(long)]
    subject: Option<String>,
    /// Its media type
    #[arg(long, default_value = "application/octet-stream")]
    media_type: String,
    /// Private key of whoever adds it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Debug, Args)]
struct ReadArguments {
    #[command(flatten)]
    place: LedgerArguments,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    output: Output,
}

#[derive(Debug, Args)]
struct ShowArguments {
    /// Number of the entry, counted from 1
    number: u64,
    #[command(flatten)]
    place: LedgerArguments,
}

#[derive(Debug, Args)]
struct VerifyArguments {
    #[command(flatten)]
    read: ReadArguments,
    /// Digest of a head that was noted elsewhere: it has to be an entry of this ledger
    #[arg(long, value_name = "DIGEST")]
    head: Option<Digest>,
}

/// Where a ledger is.
#[derive(Debug, Args)]
pub(super) struct LedgerArguments {
    /// Folder of the ledger
    #[arg(long, value_name = "DIR", default_value = "evidence")]
    pub(super) ledger: PathBuf,
    /// List of whose signatures count; by default trust.toml in the ledger's folder
    #[arg(long, value_name = "FILE")]
    pub(super) trust: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.command {
        Command::Init(arguments) => init(arguments),
        Command::Add(arguments) => add(arguments),
        Command::List(arguments) => list(arguments),
        Command::Show(arguments) => show(arguments),
        Command::Verify(arguments) => verify(arguments),
    }
}

/// The present moment.
pub(super) fn now() -> miette::Result<Instant> {
    let now = Instant::of_seconds(chrono::Utc::now().timestamp());
    now.ok_or_else(|| miette!("the clock shows a year before 1970 or after 2999; set it"))
}

/// Adds a file to a ledger, and says so.
pub(super) fn append(
    place: &LedgerArguments,
    file: &Path,
    document: &Document,
    key: &Key,
    now: Instant,
) -> miette::Result<()> {
    let folder = open(place)?;
    let trust = folder.trust(place.trust.as_deref()).into_diagnostic()?;
    let appended = folder.append(file, document, key, &trust, now).into_diagnostic()?;
    for mended in &appended.mended {
        eprintln!("mended: {mended}");
    }
    print(&format!(
        "entry {} of `{}`: {} {}\nhead {}\n",
        appended.entry.number,
        place.ledger.display(),
        plain(&appended.entry.kind),
        plain(&appended.entry.subject),
        appended.head
    ))
}

fn open(place: &LedgerArguments) -> miette::Result<Folder> {
    let folder = Folder::at(&place.ledger);
    if folder.exists() {
        return Ok(folder);
    }
    Err(miette!(
        help = "start one by `partywall evidence init --name NAME --role ROLE --key FILE`, or name its folder with --ledger",
        "there is no ledger in `{}`",
        place.ledger.display()
    ))
}

fn account(place: &LedgerArguments, noted: Option<&Digest>) -> miette::Result<Account> {
    let folder = open(place)?;
    let trust = folder.trust(place.trust.as_deref()).into_diagnostic()?;
    folder.verify(&trust, noted).into_diagnostic()
}

fn init(arguments: &InitArguments) -> miette::Result<Outcome> {
    let now = now()?;
    let key = Key::generate().into_diagnostic()?;
    key.create(&arguments.key).into_diagnostic().wrap_err("a key is never overwritten; name a new file with --key")?;
    let folder = Folder::at(&arguments.place.ledger);
    let today: Day = now.day();
    let person = Person {
        name: arguments.name.clone(),
        role: arguments.role.clone(),
        key: key.public(),
        valid_from: today,
        valid_until: today.plus(arguments.days),
    };
    folder.add_person(person).into_diagnostic()?;
    folder.start(&key, now).into_diagnostic()?;
    print(&format!(
        "key of {} ({}) in `{}`, valid until {}; `{}` lists whose signatures count\n",
        plain(&arguments.name),
        plain(&arguments.role),
        arguments.key.display(),
        today.plus(arguments.days),
        folder.trust_file().display()
    ))?;
    Ok(Outcome::Clean)
}

fn add(arguments: &AddArguments) -> miette::Result<Outcome> {
    let name = arguments.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let document = Document {
        kind: arguments.kind.clone(),
        subject: arguments.subject.clone().unwrap_or(name),
        media_type: arguments.media_type.clone(),
    };
    let key = Key::open(&arguments.key).into_diagnostic()?;
    append(&arguments.place, &arguments.file, &document, &key, now()?)?;
    Ok(Outcome::Clean)
}

fn line(standing: &Standing) -> String {
    let entry = &standing.entry;
    format!(
        "{:>5} {} {:12} {} ({}, {} bytes, {})\n",
        entry.number,
        entry.at,
        plain(&entry.kind),
        plain(&entry.subject),
        plain(&standing.signer),
        entry.size,
        entry.digest
    )
}

fn list(arguments: &ReadArguments) -> miette::Result<Outcome> {
    report(&account(&arguments.place, None)?, arguments.output, true)
}

fn verify(arguments: &VerifyArguments) -> miette::Result<Outcome> {
    let account = account(&arguments.read.place, arguments.head.as_ref())?;
    report(&account, arguments.read.output, false)
}

/// Prints what was found; entries of a damaged ledger are listed with its faults, never without.
fn report(account: &Account, output: Output, with_entries: bool) -> miette::Result<Outcome> {
    let text = match output {
        Output::Json => serde_json::to_string_pretty(account).into_diagnostic()? + "\n",
        Output::Terminal => {
            let mut out: String = account.entries.iter().filter(|_| with_entries).map(line).collect();
            for fault in &account.faults {
                let place = if fault.line == 0 { String::new() } else { format!("line {}: ", fault.line) };
                out.push_str(&format!("✗ {place}{}\n      {}\n", plain(&fault.what), fault.cure));
            }
            if account.faults.is_empty() {
                out.push_str(&format!("{} entries, all of them whole\n", account.entries.len()));
            }
            if let Some(since) = account.since_noted {
                out.push_str(&format!("{since} entries since the head that was noted\n"));
            }
            if let Some(head) = &account.head {
                out.push_str(&format!("head {head}\n"));
            }
            out
        }
    };
    print(&text)?;
    Ok(if account.faults.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

fn show(arguments: &ShowArguments) -> miette::Result<Outcome> {
    let account = account(&arguments.place, None)?;
    let Some(standing) = account.entries.iter().find(|standing| standing.entry.number == arguments.number) else {
        return Err(miette!("there is no entry {} that can be believed", arguments.number));
    };
    let folder = Folder::at(&arguments.place.ledger);
    print(&format!(
        "{}\n{}\n",
        serde_json::to_string_pretty(standing).into_diagnostic()?,
        folder.object(&standing.entry.digest).display()
    ))?;
    let faults: Vec<_> = account.faults.iter().filter(|fault| [0, arguments.number].contains(&fault.line)).collect();
    for fault in &faults {
        eprintln!("✗ {}", plain(&fault.what));
    }
    Ok(if faults.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
