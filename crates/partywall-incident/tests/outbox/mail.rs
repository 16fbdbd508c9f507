//! Mail, taken by a server that is not ours.

use std::io::{BufRead, BufReader, Lines};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use partywall_incident::channel::Sender;
use partywall_incident::incident::Settings;
use partywall_incident::store::Store;
use serde_json::Value;

use crate::estate::{alert, channel, channels};

struct Server {
    port: u16,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// The Python with aiosmtpd that `cargo xtask test` has installed.
fn python() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let requirements = std::fs::read_to_string(workspace.join("fixtures/incidents/requirements.txt")).unwrap();
    let version = requirements.lines().find_map(|line| line.strip_prefix("aiosmtpd==")).unwrap();
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let given = std::env::var_os("PARTYWALL_AIOSMTPD").map(PathBuf::from);
    let python = given.unwrap_or_else(|| cache.join(format!("partywall/aiosmtpd-{version}"))).join("bin/python");
    assert!(python.exists(), "the mail server is not installed in {python:?}: run `cargo xtask test`");
    python
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(python())
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outbox/mail_server.py"))
            .arg(port.to_string())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "ready");
        Self { port, child, lines }
    }

    fn message(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mail(port: u16, rest: &str) -> String {
    let to = "from = \"partywall <p@example.org>\"\nto = [\"ada@example.org\", \"Bo <bo@example.org>\"]";
    channel("mail", "mail", &format!("server = \"127.0.0.1:{port}\"\n{to}\n{rest}"))
}

#[test]
fn mail_arrives_once_the_server_takes_it() {
    let mut server = Server::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("incidents.db").to_str().unwrap()).unwrap();
    let channels = channels(&mail(server.port, "encryption = \"none\""));
    store.ingest(&alert(0), 0, &Settings::default(), &channels).unwrap();
    let sender = Sender::new(channels).unwrap();
    let mut clock = 0;
    let mut now = || {
        clock += 1_000;
        clock
    };
    let mut send = |notice: &_| sender.send(notice, 0);
    let told = store.deliver(&mut now, &mut send).unwrap();
    assert_eq!((told.delivered, told.refused), (0, 1));
    assert_eq!(store.notices().unwrap()[0].error, "the mail server answered 451");
    let mut later = || 10_000_000;
    assert_eq!(store.deliver(&mut later, &mut send).unwrap().delivered, 1);
    let (message, notice) = (server.message(), &store.notices().unwrap()[0]);
    assert_eq!(message["id"], format!("<{}@partywall>", notice.key));
    assert_eq!(message["to"], serde_json::json!(["ada@example.org", "bo@example.org"]));
    assert_eq!(message["subject"], notice.subject.as_str());
    let (said, written) = (message["body"].as_str().unwrap(), notice.body.as_str());
    assert_eq!(said.trim_end().lines().collect::<Vec<_>>(), written.lines().collect::<Vec<_>>());
    assert!(said.contains('😀'));
}

#[test]
fn mail_is_not_sent_where_encryption_is_asked_for_and_not_to_be_had() {
    let server = Server::start(&[]);
    for rest in ["", "encryption = \"tls\""] {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path().join("incidents.db").to_str().unwrap()).unwrap();
        let channels = channels(&mail(server.port, rest));
        store.ingest(&alert(0), 0, &Settings::default(), &channels).unwrap();
        let sender = Sender::new(channels).unwrap();
        let told = store.deliver(&mut || 0, &mut |notice| sender.send(notice, 0)).unwrap();
        assert_eq!((told.delivered, told.refused), (0, 1), "{rest}");
    }
    let open = mail(1, "encryption = \"none\"\nuser = \"a\"\nsecret_env = \"X\"");
    assert!(partywall_incident::notice::Channels::read(&open, None).is_err(), "a password would be sent in the clear");
}
