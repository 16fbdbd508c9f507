//! Devices that are played by real programs: dummy-ups of Network UPS Tools, sushy-static and snmpsim.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::fixtures;

/// Seconds for which the outage has not begun.
const CALM_SECONDS: u64 = 4;

/// A program that ends with the test.
struct Playing(Child);

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(command: &mut Command) -> Playing {
    Playing(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

fn tcp_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for(port: u16) {
    let begin = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begin.elapsed() < Duration::from_secs(20), "nothing listens on port {port}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn partywall(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_partywall")).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The programs of the environment that `cargo xtask test` has installed.
fn program(name: &str) -> PathBuf {
    let requirements = std::fs::read_to_string(fixtures().join("requirements.txt")).unwrap();
    let version = requirements.lines().find_map(|line| line.strip_prefix("sushy-tools==")).unwrap();
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let given = std::env::var_os("PARTYWALL_SITE_DEVICES").map(PathBuf::from);
    let environment = given.unwrap_or_else(|| cache.join(format!("partywall/site-devices-{version}")));
    let path = environment.join("bin").join(name);
    assert!(
        path.exists(),
        "{name}, which plays a device, is not installed in {environment:?}: run `cargo xtask site-devices`"
    );
    path
}

fn site(folder: &Path, device: &str) {
    let line = |line: &str| {
        format!(
            "[[power]]\nid = \"grid-{line}\"\nkind = \"utility\"\ncapacity_watts = 20000\n[[power]]\nid = \"ups-{line}\"\nkind = \"ups\"\nsources = [\"grid-{line}\"]\ncapacity_watts = 20000\nride_through_seconds = 300\n"
        )
    };
    let load = "[[power]]\nid = \"rack\"\nkind = \"load\"\nsources = [\"ups-a\"]\nload_watts = 4000\n";
    std::fs::write(folder.join("site.toml"), format!("name = \"lab\"\n{}{load}{device}", line("a"))).unwrap();
}

/// A driver and a server of Network UPS Tools that play `OL`, then `OB`.
fn outage(folder: &Path, port: u16) -> [Playing; 2] {
    let sequence = format!(
        "ups.status: OL\nbattery.runtime: 600\nTIMER {CALM_SECONDS}\nups.status: OB DISCHRG\nbattery.runtime: 8\nTIMER 600\n"
    );
    let nut = folder.join("nut");
    std::fs::create_dir_all(&nut).unwrap();
    std::fs::write(nut.join("cellar.seq"), sequence).unwrap();
    let driver = format!("[cellar]\ndriver = dummy-ups\nport = {}\n", nut.join("cellar.seq").display());
    for (name, text) in [
        ("ups.conf", driver.as_str()),
        ("upsd.conf", &format!("LISTEN 127.0.0.1 {port}\n")),
        ("upsd.users", ""),
        ("nut.conf", "MODE=standalone\n"),
    ] {
        std::fs::write(nut.join(name), text).unwrap();
    }
    let user = Command::new("id").arg("-un").output().unwrap();
    let user = String::from_utf8(user.stdout).unwrap().trim().to_owned();
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(format!("/lib/nut/{program}"));
        command.args(arguments).args(["-u", &user, "-D"]);
        start(command.env("NUT_CONFPATH", &nut).env("NUT_STATEPATH", &nut).env("NUT_ALTPIDPATH", &nut))
    };
    let driver = run("dummy-ups", &["-a", "cellar"]);
    let socket = nut.join("dummy-ups-cellar");
    let begin = Instant::now();
    while !socket.exists() && begin.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let server = run("upsd", &[]);
    wait_for(port);
    [driver, server]
}

/// What an independent client reads: `upsc` of the same tools.
fn status(port: u16) -> String {
    let output = Command::new("upsc").args([&format!("cellar@127.0.0.1:{port}"), "ups.status"]).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn an_outage_is_seen_within_five_seconds_and_stands_on_the_proof() {
    if !Path::new("/lib/nut/dummy-ups").exists() {
        println!("skipped: Network UPS Tools are not installed; `cargo xtask site-devices` does, as root");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = tcp_port();
    let device = format!(
        "[[device]]\nid = \"nut\"\nprotocol = \"nut\"\naddress = \"127.0.0.1:{port}\"\nelements = {{ cellar = \"ups-a\" }}\n"
    );
    site(folder.path(), &device);
    let _playing = outage(folder.path(), port);
    let path = folder.path().to_str().unwrap();
    let mut watch = Command::new(env!("CARGO_BIN_EXE_partywall"));
    watch.args(["site", "watch", path, "--interval", "1", "--times", "15"]).stdout(Stdio::piped());
    let mut watch = Playing(watch.spawn().unwrap());
    let lines = BufReader::new(watch.0.stdout.take().unwrap()).lines();
    let began = std::thread::spawn(move || {
        let begin = Instant::now();
        while !status(port).contains("OB") {
            assert!(begin.elapsed() < Duration::from_secs(30), "the outage did not begin: {}", status(port));
            std::thread::sleep(Duration::from_millis(100));
        }
        Instant::now()
    });
    let mut seen: Vec<(Instant, String)> = Vec::new();
    for line in lines.map(Result::unwrap) {
        seen.push((Instant::now(), line));
        let has = |words: &str| seen.iter().any(|(_, line)| line.contains(words));
        if has("rack: will be dark for good") && has("cellar: OB") {
            break;
        }
    }
    let began = began.join().unwrap();
    let said: Vec<&str> = seen.iter().map(|(_, line)| line.as_str()).collect();
    assert!(said.iter().any(|line| line.contains("nut/cellar: OL")), "{said:#?}");
    let (instant, _) = seen.iter().find(|(_, line)| line.contains("nut/cellar: OB DISCHRG")).unwrap();
    let delay = instant.saturating_duration_since(began);
    println!("the outage was seen after {delay:?}");
    assert!(delay < Duration::from_secs(5), "{delay:?}");
    assert!(said.iter().any(|line| line.contains("lab/rack: will be dark for good")), "{said:#?}");
    let power = partywall(&["site", "power", path]);
    assert_eq!(power.status.code(), Some(1));
    assert!(text(&power).contains("failed ups-a: OB DISCHRG"), "{}", text(&power));
    let picture = text(&partywall(&["site", "power", path, "--output", "svg"]));
    assert!(picture.contains("dark for good") && picture.contains("OB DISCHRG"), "{picture}");
}

#[test]
fn a_redfish_tree_is_read_and_understood() {
    let folder = tempfile::tempdir().unwrap();
    let port = tcp_port();
    site(
        folder.path(),
        &format!("[[device]]\nid = \"pdu\"\nprotocol = \"redfish\"\naddress = \"http://127.0.0.1:{port}\"\n"),
    );
    let tree = fixtures().join("redfish/redfish/v1");
    let _playing =
        start(Command::new(program("sushy-static")).args(["-i", "127.0.0.1", "-p", &port.to_string(), "-m"]).arg(tree));
    wait_for(port);
    let path = folder.path().to_str().unwrap();
    let collected = partywall(&["site", "collect", path]);
    assert_eq!(collected.status.code(), Some(0), "{}", text(&collected));
    assert!(text(&collected).contains("23 answers, 0 refused"), "{}", text(&collected));
    let sql = "select id from site_telemetry where breaker_open or redundancy_lost or is_leaking order by id";
    let found = text(&partywall(&["query", sql, path, "--output", "csv"]));
    let expected = [
        "pdu/Chassis/1/PowerSubsystem#PowerSupplyRedundancy/0",
        "pdu/Chassis/1/PowerSubsystem/PowerSupplies/2",
        "pdu/PowerEquipment/RackPDUs/1/Outlets/A2",
        "pdu/ThermalEquipment/LeakDetection/LeakDetectors/1",
    ];
    assert_eq!(found.lines().skip(1).collect::<Vec<_>>(), expected);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_until_it_is_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("certificate.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", text(&made));
    let port = tcp_port();
    let tree = fixtures().join("redfish/redfish/v1");
    let mut server = Command::new(program("sushy-static"));
    server
        .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-c"])
        .arg(&certificate)
        .arg("-k")
        .arg(&key)
        .arg("-m")
        .arg(tree);
    let _playing = start(&mut server);
    wait_for(port);
    let path = folder.path().to_str().unwrap();
    let device = format!("[[device]]\nid = \"pdu\"\nprotocol = \"redfish\"\naddress = \"https://localhost:{port}\"\n");
    site(folder.path(), &device);
    assert_eq!(partywall(&["site", "collect", path]).status.code(), Some(1));
    let stored = std::fs::read_to_string(folder.path().join("devices/pdu.jsonl")).unwrap();
    assert!(stored.contains("nobody vouches for the certificate"), "{stored}");
    let fingerprint = stored.split("fingerprint = \\\"").nth(1).unwrap().split('\\').next().unwrap().to_owned();
    let scanned = text(&partywall(&["scan", path, "--fail-on", "never"]));
    assert!(scanned.contains("nobody vouches for the certificate") && scanned.contains("then pin it"), "{scanned}");
    site(folder.path(), &format!("{device}fingerprint = \"{fingerprint}\"\n"));
    let pinned = partywall(&["site", "collect", path]);
    assert_eq!(pinned.status.code(), Some(0), "{}", text(&pinned));
    site(folder.path(), &format!("{device}fingerprint = \"{}\"\n", "0".repeat(64)));
    assert_eq!(partywall(&["site", "collect", path]).status.code(), Some(1));
    let stored = std::fs::read_to_string(folder.path().join("devices/pdu.jsonl")).unwrap();
    assert!(stored.contains("another certificate than the pinned one"), "{stored}");
}

#[test]
fn an_agent_with_the_ups_mib_is_read_and_understood() {
    let folder = tempfile::tempdir().unwrap();
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    site(
        folder.path(),
        &format!(
            "[[device]]\nid = \"card\"\nprotocol = \"snmp\"\naddress = \"127.0.0.1:{port}\"\nelements = {{ ups = \"ups-a\" }}\n"
        ),
    );
    let mut agent = Command::new(program("snmpsim-command-responder"));
    agent.arg(format!("--data-dir={}", fixtures().join("snmp").display()));
    agent.arg(format!("--cache-dir={}", folder.path().join("cache").display()));
    agent.arg(format!("--agent-udpv4-endpoint=127.0.0.1:{port}"));
    agent.args(["--process-user=root", "--process-group=root"]);
    let _playing = start(&mut agent);
    let path = folder.path().to_str().unwrap();
    let begin = Instant::now();
    while partywall(&["site", "collect", path]).status.code() != Some(0) {
        assert!(begin.elapsed() < Duration::from_secs(40), "the agent does not answer");
    }
    let sql = "select id, state, on_battery, runtime_seconds, load_percent from site_telemetry";
    let found = text(&partywall(&["query", sql, path, "--output", "csv"]));
    assert_eq!(found.lines().nth(1), Some("card/ups,normal,false,600.0,38.0"), "{found}");
}
