//! partywall and Prowler on the same account.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use miette::{IntoDiagnostic, miette};

use super::{PROWLER, figures, installed, target};
use crate::command::{cache, cargo, root, run};
use crate::moto;

/// The region that the account's things are in.
const REGION: &str = "eu-central-1";

/// The services that both programs are asked about, as partywall and as Prowler name them.
const SERVICES: [(&str, &str); 12] = [
    ("iam", "iam"),
    ("s3", "s3"),
    ("ec2", "ec2"),
    ("rds", "rds"),
    ("lambda", "awslambda"),
    ("sqs", "sqs"),
    ("sns", "sns"),
    ("dynamodb", "dynamodb"),
    ("kms", "kms"),
    ("secretsmanager", "secretsmanager"),
    ("elbv2", "elbv2"),
    ("ecr", "ecr"),
];

/// Compares processor time, memory and requests with Prowler on the same account, played by moto.
pub(crate) fn run_both() -> miette::Result<()> {
    cargo(&["build", "--release", "--package", "partywall"], &[])?;
    let partywall = target().join("release/partywall");
    let prowler = installed("prowler", PROWLER)?;
    let account = Account::start()?;
    let folder = cache().join("bench/live");
    std::fs::create_dir_all(&folder).into_diagnostic()?;
    let report = folder.join("report.csv");
    let report = format!("csv={}", report.display());
    let ours: Vec<&str> = ["scan", "--aws", "--region", REGION, "--fail-on", "never", "-o", &report]
        .into_iter()
        .chain(["--service", "sts", "--service", "s3control"])
        .chain(SERVICES.iter().flat_map(|(name, _)| ["--service", *name]))
        .collect();
    let output = folder.join("prowler").display().to_string();
    let theirs: Vec<&str> = ["aws", "-f", REGION, "-M", "csv", "-o", &output, "--no-banner", "-s"]
        .into_iter()
        .chain(SERVICES.iter().map(|(_, name)| *name))
        .collect();
    println!("| program | processor time | wall time | memory | requests |\n|---|---|---|---|---|");
    let ours = account.measure("partywall", &partywall, &ours)?;
    let theirs = account.measure("Prowler", &prowler, &theirs)?;
    println!(
        "| ratio | {:.1} | {:.1} | {:.1} | {:.2} |",
        theirs.processor_seconds / ours.processor_seconds,
        theirs.wall_seconds / ours.wall_seconds,
        theirs.memory_mebibytes / ours.memory_mebibytes,
        theirs.requests / ours.requests
    );
    Ok(())
}

/// What a program cost on an account.
struct Cost {
    processor_seconds: f64,
    wall_seconds: f64,
    memory_mebibytes: f64,
    requests: f64,
}

/// An account of about 900 resources, played by moto, that counts what it is asked.
struct Account {
    server: Child,
    endpoint: String,
    log: PathBuf,
}

impl Account {
    fn start() -> miette::Result<Self> {
        let python = moto::environment()?.join("bin/python");
        let scripts = root().join("fixtures/live");
        let log = cache().join("bench/moto.log");
        let mut server = Command::new(&python)
            .arg(scripts.join("serve.py"))
            .env("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env("MOTO_LOG_REQUESTS", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).into_diagnostic()?)
            .spawn()
            .into_diagnostic()?;
        let mut port = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output).read_line(&mut port).into_diagnostic()?;
        }
        let account = Self { server, endpoint: format!("http://127.0.0.1:{}", port.trim()), log };
        run(account.equipped(&python, &[&scripts.join("estate.py").display().to_string()]).stdout(Stdio::null()))?;
        Ok(account)
    }

    fn equipped(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env("AWS_ENDPOINT_URL", &self.endpoint).env("AWS_MAX_ATTEMPTS", "1");
        command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing");
        command.env("AWS_REGION", REGION).env("AWS_DEFAULT_REGION", REGION);
        command
    }

    fn requests(&self) -> usize {
        std::fs::read_to_string(&self.log).unwrap_or_default().matches(" HTTP/1.1\"").count()
    }

    fn measure(&self, name: &str, program: &Path, arguments: &[&str]) -> miette::Result<Cost> {
        let before = self.requests();
        let program = program.display().to_string();
        let timed = [&["-f", "partywall-bench %e %M %U %S", "--", &program], arguments].concat();
        let output =
            self.equipped(Path::new("/usr/bin/time"), &timed).stdout(Stdio::null()).output().into_diagnostic()?;
        let figures = figures(&String::from_utf8_lossy(&output.stderr))?;
        let [wall_seconds, kibibytes, user, system] = figures.as_slice() else {
            return Err(miette!("{name} was not measured"));
        };
        let cost = Cost {
            processor_seconds: user + system,
            wall_seconds: *wall_seconds,
            memory_mebibytes: kibibytes / 1024.0,
            requests: (self.requests() - before) as f64,
        };
        println!(
            "| {name} | {:.1} s | {:.1} s | {:.0} MiB | {} |",
            cost.processor_seconds, cost.wall_seconds, cost.memory_mebibytes, cost.requests
        );
        Ok(cost)
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
