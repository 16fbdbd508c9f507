//! Plays AWS: each test that wants an account starts an empty one of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The account that a test has unless it asks for another.
pub(crate) const ACCOUNT: &str = "123456789012";

/// The region that `webshop.py` and `estate.py` build in, and that programs are told.
pub(crate) const REGION: &str = "eu-central-1";

/// A running account. It ends when it is dropped, and with the test however that ends.
#[derive(Debug)]
pub(crate) struct Moto {
    server: Child,
    endpoint: String,
}

impl Moto {
    /// An empty account; with [`ACCOUNT`]'s credentials one can enter others by AssumeRole.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// An empty account of this number, and no other account beside it.
    pub(crate) fn start_as(account: &str) -> Self {
        Self::start_with(&[("MOTO_ACCOUNT_ID", account)])
    }

    /// With moto's own settings, such as `MOTO_IAM_LOAD_MANAGED_POLICIES`.
    pub(crate) fn start_with(settings: &[(&str, &str)]) -> Self {
        let mut server = Command::new(python())
            .arg("-B")
            .arg(scripts().join("serve.py"))
            .env("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
            .envs(settings.iter().copied())
            // The server ends when this end of the pipe is closed, which the system does for a killed test too.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let port: u16 = port.trim().parse().unwrap_or_else(|_| panic!("moto has not started; its output is above"));
        Self { server, endpoint: format!("http://127.0.0.1:{port}") }
    }

    /// Where the account answers.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Makes a program ask this account and nothing else.
    pub(crate) fn equip(&self, command: &mut Command) {
        equip(command, &self.endpoint);
    }

    /// Runs a script of `fixtures/live` and answers the JSON that it prints.
    pub(crate) fn seed(&self, script: &str, arguments: &[&str]) -> Value {
        let mut command = Command::new(python());
        command.arg("-B").arg(scripts().join(script)).args(arguments);
        self.equip(&mut command);
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{script} ended with {}; its output is above", output.status);
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Makes a program ask one endpoint and find no credentials or settings but those of the tests.
pub(crate) fn equip(command: &mut Command, endpoint: &str) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command.envs(environment(endpoint));
}

/// What a program must find in its environment to ask one endpoint.
pub(crate) fn environment(endpoint: &str) -> [(&'static str, &str); 10] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_SESSION_TOKEN", "testing"),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("NO_PROXY", "127.0.0.1"),
    ]
}

/// The folder of the seed scripts.
pub(crate) fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/live")
}

/// The Python, with boto3, of the environment that `cargo xtask test` has installed.
pub(crate) fn python() -> PathBuf {
    let requirements = std::fs::read_to_string(scripts().join("requirements.txt")).unwrap();
    let version = requirements.lines().find_map(|line| line.strip_prefix("moto[server]==")).unwrap();
    let given = std::env::var_os("PARTYWALL_MOTO").map(PathBuf::from);
    let environment = given.unwrap_or_else(|| cache().join(format!("partywall/moto-{version}")));
    let installed = std::fs::read_to_string(environment.join("installed-requirements.txt"));
    assert!(
        installed.is_ok_and(|installed| installed == requirements),
        "moto, which plays AWS, is not installed in {environment:?}: run `cargo xtask test`, or `cargo xtask moto`"
    );
    environment.join("bin/python")
}

fn cache() -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from)
}
