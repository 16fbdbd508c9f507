//! A cluster of PostgreSQL of our own, for as long as a test lasts.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A cluster.
pub(crate) struct Cluster {
    pub(crate) url: String,
    folder: TempDir,
}

/// Where Debian keeps the programs of the newest version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = versions.map(|version| version.path().join("bin")).filter(|folder| folder.join("initdb").exists());
    let newest = folders.max();
    assert!(newest.is_some(), "PostgreSQL, which keeps incidents, is not installed: run `cargo xtask test`");
    newest.unwrap()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// A program of PostgreSQL, which refuses to run as root.
fn program(name: &str) -> Command {
    let path = programs().join(name);
    if !is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(path);
    command
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stdin(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?} ended with {status}");
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let data = folder.path().join("data");
        run(program("initdb").args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "-D"]).arg(&data));
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -k {}", folder.path().display());
        let log = folder.path().join("log");
        run(program("pg_ctl").args(["start", "-w", "-o", &options, "-l"]).arg(log).arg("-D").arg(&data));
        Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable"), folder }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let mut stop = program("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"]).arg(data).stdout(Stdio::null());
        let _ = stop.status();
    }
}
