//! `partywall media`: what became of storage devices at the end of their service.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, WrapErr, miette};
use partywall_evidence::ledger::{Document, Folder};
use partywall_evidence::media::{Account, FAMILIES, MediaFolder, certify, opened};
use partywall_evidence::{Digest, Key, Trust, bounded};
use partywall_model::Verdict;
use partywall_report::{certificate_html, plain};

use super::Outcome;
use super::Output;
use super::evidence::{LedgerArguments, append, now};
use super::scan::print;

/// Options of `partywall media`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign a list of every file of a folder, so that none can be taken away unseen
    Seal(SealArguments),
    /// Judge every device; ends with 1 unless each is in service or proven to be unreadable
    Verify(VerifyArguments),
    /// Sign a certificate for a device that passes, and add it to the ledger when there is one
    Certify(CertifyArguments),
    /// Verify a certificate
    Check(CheckArguments),
}

#[derive(Debug, Args)]
struct SealArguments {
    /// Folder with registers, logs, certificates and lists of hand-overs
    folder: PathBuf,
    /// Private key of whoever seals it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(Debug, Args)]
struct VerifyArguments {
    /// Folder with registers, logs, certificates and lists of hand-overs
    folder: PathBuf,
    #[command(flatten)]
    place: LedgerArguments,
    /// Family of rules: nist-800-88 or dod-5220.22-m
    #[arg(long, value_name = "FAMILY", default_value = FAMILIES[0])]
    rules: String,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Terminal)]
    format: Output,
}

#[derive(Debug, Args)]
struct CertifyArguments {
    #[command(flatten)]
    verify: VerifyArguments,
    /// Serial number of the device
    #[arg(long)]
    serial: String,
    /// Private key of whoever certifies it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Folder for the certificate
    #[arg(long, value_name = "DIR", default_value = "certificates")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct CheckArguments {
    /// The certificate's JSON
    certificate: PathBuf,
    #[command(flatten)]
    place: LedgerArguments,
}

/// Bytes of a certificate at most.
const CERTIFICATE_MAX: u64 = 16 * 1024 * 1024;

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> miette::Result<Outcome> {
    match &arguments.command {
        Command::Seal(arguments) => seal(arguments),
        Command::Verify(arguments) => verify(arguments),
        Command::Certify(arguments) => issue(arguments),
        Command::Check(arguments) => check(arguments),
    }
}

fn seal(arguments: &SealArguments) -> miette::Result<Outcome> {
    let key = Key::open(&arguments.key).into_diagnostic()?;
    let count = MediaFolder::at(&arguments.folder).seal(&key, now()?).into_diagnostic()?;
    print(&format!("{count} files of `{}` are sealed\n", arguments.folder.display()))?;
    Ok(Outcome::Clean)
}

fn trust(place: &LedgerArguments) -> miette::Result<Trust> {
    Folder::at(&place.ledger)
        .trust(place.trust.as_deref())
        .into_diagnostic()
        .wrap_err("whose seal counts is not known; name the list by --trust, or the ledger by --ledger")
}

fn judged(arguments: &VerifyArguments) -> miette::Result<(Account, std::collections::BTreeMap<String, Digest>)> {
    if !FAMILIES.contains(&arguments.rules.as_str()) {
        return Err(miette!("there are no rules `{}`; there are: {}", arguments.rules, FAMILIES.join(", ")));
    }
    let trust = trust(&arguments.place)?;
    MediaFolder::at(&arguments.folder).judge(&trust, &arguments.rules, now()?.day()).into_diagnostic()
}

fn verify(arguments: &VerifyArguments) -> miette::Result<Outcome> {
    let (account, _) = judged(arguments)?;
    print(&match arguments.format {
        Output::Json => serde_json::to_string_pretty(&account).into_diagnostic()? + "\n",
        Output::Terminal => told(&account),
    })?;
    Ok(if account.is_clean() { Outcome::Clean } else { Outcome::Findings })
}

fn told(account: &Account) -> String {
    let mut out = String::new();
    for device in &account.devices {
        let (mark, word) = match device.verdict {
            Verdict::Pass => ("✓", "pass"),
            Verdict::Fail => ("✗", "fail"),
            Verdict::Unknown => ("?", "unknown"),
            Verdict::NotApplicable => ("·", "in service"),
        };
        let achieved = device.achieved.map_or(String::new(), |method| format!(", {}", method.id()));
        out.push_str(&format!("{mark} {}: {word}{achieved} {}\n", plain(&device.serial), device.rules));
        for reason in &device.reasons {
            out.push_str(&format!("      {}\n", plain(reason)));
        }
    }
    let told = |title: &str, serials: &[String]| match serials {
        [] => String::new(),
        serials => format!("{title}: {}\n", plain(&serials.join(", "))),
    };
    out.push_str(&told("out of service without proof", &account.without_proof));
    out.push_str(&told("in records and in no register", &account.unregistered));
    out.push_str(&told("contradicted", &account.contradicted));
    for fault in &account.seal {
        out.push_str(&format!("! {}\n", plain(fault)));
    }
    if !account.seal.is_empty() {
        out.push_str("      while that is so nothing passes; look into it, then `partywall media seal`\n");
    }
    for (file, cause) in &account.not_understood {
        out.push_str(&format!("! `{}` is not understood: {}\n", plain(file), plain(cause)));
    }
    out
}

fn issue(arguments: &CertifyArguments) -> miette::Result<Outcome> {
    let key = Key::open(&arguments.key).into_diagnostic()?;
    let (account, files) = judged(&arguments.verify)?;
    let wanted: String = arguments.serial.split_whitespace().collect::<String>().to_uppercase();
    let device = account.devices.iter().find(|device| device.serial == wanted);
    let device = device.ok_or_else(|| miette!("no register or record names `{}`", arguments.serial))?;
    let place = &arguments.verify.place;
    let (certificate, bytes) = certify(device, &files, &key, &trust(place)?, now()?).into_diagnostic()?;
    std::fs::create_dir_all(&arguments.out)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be made", arguments.out.display()))?;
    let is_safe = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    let name: String =
        device.serial.chars().map(|character| if is_safe(character) { character } else { '_' }).collect();
    let file = arguments.out.join(format!("{name}.json"));
    let page = arguments.out.join(format!("{name}.html"));
    Folder::replace(&page, certificate_html(&certificate, Digest::of(&bytes).as_str()).as_bytes()).into_diagnostic()?;
    Folder::replace(&file, &bytes).into_diagnostic()?;
    print(&format!("`{}` and `{}`\n", file.display(), page.display()))?;
    if Folder::at(&place.ledger).exists() {
        let document = Document {
            kind: "certificate".to_owned(),
            subject: device.serial.clone(),
            media_type: "application/vnd.dsse.envelope.v1+json".to_owned(),
        };
        append(place, &file, &document, &key, now()?)?;
    }
    Ok(Outcome::Clean)
}

fn check(arguments: &CheckArguments) -> miette::Result<Outcome> {
    let trust = trust(&arguments.place)?;
    let bytes = bounded(&arguments.certificate, CERTIFICATE_MAX).into_diagnostic()?;
    let certificate = match opened(&bytes, &trust) {
        Ok(certificate) => certificate,
        Err(error) => {
            print(&format!("✗ `{}`: {}\n", arguments.certificate.display(), plain(&error.to_string())))?;
            return Ok(Outcome::Findings);
        }
    };
    let page = arguments.certificate.with_extension("html");
    let drawn = certificate_html(&certificate, Digest::of(&bytes).as_str());
    if page.exists() && bounded(&page, CERTIFICATE_MAX).into_diagnostic()? != drawn.as_bytes() {
        print(&format!("✗ `{}` is not the page of this certificate\n", page.display()))?;
        return Ok(Outcome::Findings);
    }
    print(&format!(
        "✓ {}: {} by {}, certified by {}\n",
        plain(&certificate.serial),
        certificate.achieved,
        certificate.technique,
        plain(&certificate.issuer)
    ))?;
    Ok(Outcome::Clean)
}
