//! Collecting from an account, and judging what was collected.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;

use crate::support::moto::{Moto, REGION};
use crate::support::proxy::Proxy;

/// The web shop, in an account of its own that every test only reads.
pub(crate) static WEBSHOP: LazyLock<Moto> = LazyLock::new(|| {
    let moto = Moto::start_as("111122223333");
    moto.seed("webshop.py", &[]);
    moto
});

/// What makes a program ask an account.
pub(crate) trait Equip {
    /// Sets a command's environment.
    fn equip(&self, command: &mut Command);
}

impl Equip for Moto {
    fn equip(&self, command: &mut Command) {
        Moto::equip(self, command);
    }
}

impl Equip for Proxy {
    fn equip(&self, command: &mut Command) {
        Proxy::equip(self, command);
    }
}

/// The program, ready to ask an account, without its long patience.
pub(crate) fn asking(account: &dyn Equip, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_partywall"));
    account.equip(&mut command);
    command.args(arguments);
    command
}

/// Collects one region of an account into a folder.
pub(crate) fn collect(account: &dyn Equip, folder: &Path, more: &[&str]) -> Output {
    let folder = folder.to_str().unwrap();
    let patience =
        if more.contains(&"--timeout") { &["--attempts", "1"][..] } else { &["--attempts", "1", "--timeout", "20"] };
    let arguments = [&["collect", "-o", folder, "--region", REGION], patience, more].concat();
    let output = asking(account, &arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A verdict with its causes.
pub(crate) type Judged = (String, String);

/// The verdicts of a scan by check and resource.
pub(crate) fn verdicts(target: &Path) -> BTreeMap<(String, String), Judged> {
    let report = report(target);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let key = (text(&finding["check"]), text(&finding["resource"]));
            (key, (text(&finding["verdict"]), finding["causes"].to_string()))
        })
        .collect()
}

/// The JSON report of a scan.
pub(crate) fn report(target: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_partywall"))
        .args(["scan", "--fail-on", "never", "-o", "json"])
        .arg(target)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
