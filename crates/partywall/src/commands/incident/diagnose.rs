//! Runs runbooks: each step that needs an engine is a run of this program, so that none can take the others down.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;
use miette::{IntoDiagnostic, WrapErr};
use partywall_incident::incident::Status;
use partywall_incident::runbook::{StepKind, read, run};
use partywall_incident::store::Store;

use super::now_ms;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: u64 = 1 << 20;

/// The name under which results are attached.
const NAME: &str = "runbooks";

#[derive(Debug, Args)]
pub(super) struct Diagnosis {
    /// Runbooks that are run when an incident opens, TOML
    #[arg(long, value_name = "FILE")]
    runbooks: Option<PathBuf>,
    /// Code, a collection or a snapshot of the estate: runbooks are run there, and what the alerts' principals and
    /// resources could reach in it is attached to incidents, with who is answerable for each layer
    #[arg(long, value_name = "DIR")]
    pub(super) estate: Option<PathBuf>,
}

impl Diagnosis {
    /// Runs the runbooks of unresolved incidents that have no results yet, also of those that an earlier run left.
    pub(super) fn run(&self, store: &mut Store) -> miette::Result<()> {
        let Some(path) = &self.runbooks else { return Ok(()) };
        let text = std::fs::read_to_string(path).into_diagnostic();
        let text = text.wrap_err_with(|| format!("`{}` cannot be read; name another file", path.display()))?;
        let runbooks = read(&text).into_diagnostic()?;
        let estate = self.estate.as_deref().unwrap_or(Path::new("."));
        for incident in store.incidents().into_diagnostic()? {
            if incident.status >= Status::Resolved || incident.picture.get(NAME).is_some() {
                continue;
            }
            let details = store.details(&incident.id).into_diagnostic()?;
            let results = run(&runbooks, &details, &mut |kind, arguments| ask(kind, arguments, estate));
            store.attach(&incident.id, NAME, results, now_ms()).into_diagnostic()?;
        }
        Ok(())
    }
}

fn ask(kind: StepKind, arguments: &[String], estate: &Path) -> Result<String, String> {
    let program = std::env::current_exe().map_err(|error| format!("this program is not found: {error}"))?;
    let mut child = Command::new(program)
        .arg(kind.id())
        .args(arguments)
        .current_dir(estate)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the step cannot be started: {error}"))?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let (output, errors) = (std::thread::spawn(|| text(output)), std::thread::spawn(|| text(errors)));
    let started = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if started.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it took more than {} seconds", PATIENCE.as_secs()));
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let (output, errors) = (output.join().unwrap_or_default(), errors.join().unwrap_or_default());
    // Zero and one are answers; anything else means that it could not run.
    match status.code() {
        Some(0 | 1) => Ok(output),
        _ => Err(format!("it could not run: {}", errors.trim())),
    }
}

/// What is written there; what is beyond the bound is read and dropped, so that the writer ends.
fn text(stream: Option<impl Read>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut bytes = Vec::new();
    let _ = stream.by_ref().take(ANSWER_BYTES_MAX).read_to_end(&mut bytes);
    let _ = std::io::copy(&mut stream, &mut std::io::sink());
    String::from_utf8_lossy(&bytes).into_owned()
}
