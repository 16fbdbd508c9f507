//! Coverage of random rotas over five years, beside what `python-dateutil` and Python's zones find minute by minute.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use partywall_incident::rota::Roster;
use serde_json::{Value, json};

use crate::cases::{events, source, window};

/// Rotas of an ordinary run.
const ROTAS: u64 = 25;

/// The variable that gives another number of rotas.
const VARIABLE: &str = "PARTYWALL_ROTAS";

const ZONES: [&str; 7] = [
    "Europe/Zurich",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
    "Pacific/Auckland",
    "UTC",
];

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The Python with dateutil that `cargo xtask test` has installed.
fn python() -> PathBuf {
    let requirements = std::fs::read_to_string(workspace().join("fixtures/live/requirements.txt")).unwrap();
    let version = requirements.lines().find_map(|line| line.strip_prefix("moto[server]==")).unwrap();
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let given = std::env::var_os("PARTYWALL_MOTO").map(PathBuf::from);
    let python = given.unwrap_or_else(|| cache.join(format!("partywall/moto-{version}"))).join("bin/python");
    assert!(python.exists(), "dateutil, which checks rotas, is not installed in {python:?}: run `cargo xtask test`");
    python
}

/// Numbers that are the same in each run. <https://prng.di.unimi.it/splitmix64.c>
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    /// A time of day; often one that a clock skips or repeats.
    fn time(&mut self) -> String {
        if self.below(2) == 0 {
            return self.of(&["02:00", "02:15", "02:30", "00:00", "00:30", "01:45"]).to_owned();
        }
        format!("{:02}:{:02}", self.below(24), self.of(&["00", "30", "15"]))
    }

    fn day(&mut self) -> String {
        format!("{}-{:02}-{:02}", 2022 + self.below(6), 1 + self.below(12), 1 + self.below(28))
    }

    fn member(&mut self) -> String {
        format!("m{}", self.below(4))
    }
}

/// A random rota: its TOML, its calendar, and both for the other program.
fn rota(random: &mut Random) -> (String, String, Value) {
    let zone = random.of(&ZONES);
    let mut toml = format!("zone = \"{zone}\"\nreachable = [\"phone\"]\n");
    let mut leaves = Vec::new();
    for member in 0..4 {
        let contact = if member == 3 { "mail = \"m3@example.org\"" } else { "phone = \"+41440000001\"" };
        let (from, days) = (random.day(), 1 + random.below(30));
        let until = format!("{}-12-31T{}:00", &from[..4], random.time());
        let _ = writeln!(toml, "[[member]]\nid = \"m{member}\"\n{contact}");
        if days > 10 && from[5..] < *"12-20" {
            let _ = writeln!(toml, "leave = [{{ from = {from}, until = {until} }}]");
            leaves.push(json!({"member": format!("m{member}"), "from": format!("{from}T00:00:00"), "until": until}));
        }
    }
    let rotations: Vec<Value> = (0..=random.below(3)).map(|_| rotation(random, &mut toml)).collect();
    let mut overrides = Vec::new();
    for _ in 0..random.below(3) {
        let (day, member) = (random.day(), random.member());
        let (from, until) = (format!("{day}T{}:00", random.time()), format!("{}-12-31T12:00:00", &day[..4]));
        let _ = writeln!(toml, "[[override]]\nrole = \"r\"\nmember = \"{member}\"\nfrom = {from}\nuntil = {until}");
        overrides.push(json!({"member": member, "from": from, "until": until}));
    }
    let described: Vec<(String, Value)> = (0..random.below(3)).map(|_| event(random)).collect();
    let lines: Vec<&str> = described.iter().map(|(lines, _)| lines.as_str()).collect();
    let described: Vec<&Value> = described.iter().map(|(_, event)| event).collect();
    let rota = json!({
        "zone": zone, "leaves": leaves, "rotations": rotations, "overrides": overrides, "events": described
    });
    (toml, events(&lines), rota)
}

fn rotation(random: &mut Random, toml: &mut String) -> Value {
    let zone = random.of(&ZONES);
    let members: Vec<String> = (0..=random.below(4)).map(|_| random.member()).collect();
    let (every, from, handover) = (1 + random.below(14), random.day(), random.time());
    let until = (random.below(3) == 0).then(|| format!("2027-{}", &from[5..]));
    let _ = writeln!(toml, "[[rotation]]\nrole = \"r\"\nmembers = {members:?}\nzone = \"{zone}\"\nevery = {every}");
    let _ = writeln!(toml, "from = {from}\nhandover = \"{handover}\"");
    if let Some(until) = &until {
        let _ = writeln!(toml, "until = {until}");
    }
    let hours: Vec<Value> = (0..random.below(3))
        .map(|_| {
            let days: Vec<&str> = DAYS.iter().copied().filter(|_| random.below(2) == 0).collect();
            json!({"days": days, "from": random.time(), "until": random.time()})
        })
        .collect();
    let entries: Vec<String> = hours
        .iter()
        .map(|hours| format!("{{ days = {}, from = {}, until = {} }}", hours["days"], hours["from"], hours["until"]))
        .collect();
    let _ = writeln!(toml, "hours = [{}]", entries.join(", "));
    json!({
        "members": members, "zone": zone, "every": every, "from": from, "until": until, "handover": handover,
        "hours": hours
    })
}

fn event(random: &mut Random) -> (String, Value) {
    // A rule that ends before it begins is refused.
    let (zone, member, day) = (random.of(&ZONES), random.member(), random.day().replace("2027", "2024"));
    let stamp = |day: &str, time: &str| format!("{}T{}00", day.replace('-', ""), time.replace(':', ""));
    let start = stamp(&day, &random.time());
    let hours = 1 + random.below(72);
    let rule = match random.below(6) {
        0 => format!("FREQ=DAILY;INTERVAL={}", 1 + random.below(5)),
        1 => format!("FREQ=WEEKLY;BYDAY={}", random.of(&["MO,WE,FR", "SA,SU", "TU"])),
        2 => format!("FREQ=MONTHLY;BYMONTHDAY={}", random.of(&["1", "15,31", "-1"])),
        3 => format!("FREQ=MONTHLY;BYDAY={}", random.of(&["-1SU", "2TU", "1MO"])),
        4 => format!("FREQ=DAILY;COUNT={}", 1 + random.below(400)),
        _ => format!("FREQ=WEEKLY;INTERVAL=2;UNTIL={}Z", stamp("2027-06-15", &random.time())),
    };
    let is_exact = random.below(2) == 0;
    // The first start is a date that the rule gives only by chance; a single extra one shows that RDATE is read.
    let extra = stamp(&random.day(), &random.time());
    let left_out = stamp(&random.day(), &start[9..13]);
    let mut lines = format!("SUMMARY:{member}\nCATEGORIES:r\nDTSTART;TZID={zone}:{start}\nRRULE:{rule}\n");
    let _ = write!(lines, "RDATE;TZID={zone}:{extra}\nEXDATE;TZID={zone}:{left_out}\n");
    let _ = match is_exact {
        true => write!(lines, "DURATION:PT{hours}H"),
        false => write!(lines, "DURATION:P{}DT{}H", hours / 24, hours % 24),
    };
    let (days, seconds) = if is_exact { (0, hours * 3600) } else { (hours / 24, hours % 24 * 3600) };
    let event = json!({
        "member": member, "zone": zone, "start": start, "rule": rule, "further": extra, "left_out": left_out,
        "days": days, "seconds": seconds
    });
    (lines, event)
}

fn case(seed: u64) -> Value {
    let (toml, calendar, rota) = rota(&mut Random(seed));
    let roster = Roster::read(&[source("rota.toml", &toml), source("events.ics", &calendar)]).unwrap();
    let window = window("2023-01-01", "2028-01-01");
    let coverage = roster.coverage(window, &["r".to_owned()]).unwrap();
    assert!(coverage.unread.is_empty(), "{seed}: {:?}\n{calendar}", coverage.unread);
    let gaps: Vec<[i64; 2]> = coverage.gaps.iter().map(|gap| [gap.span.from, gap.span.until]).collect();
    json!({"id": seed, "from": window.from, "until": window.until, "rota": rota, "gaps": gaps})
}

#[test]
fn coverage_is_what_another_program_finds_minute_by_minute() {
    let rotas: u64 = std::env::var(VARIABLE).ok().and_then(|count| count.parse().ok()).unwrap_or(ROTAS);
    let mut oracle = Command::new(python())
        .arg(workspace().join("xtask/referee/rota_minutes.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = oracle.stdin.take().unwrap();
    let writer = std::thread::spawn(move || (0..rotas).try_for_each(|seed| writeln!(input, "{}", case(seed))));
    let output = oracle.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the other program ended with {}", output.status);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (summary, disagreements) = lines.split_last().unwrap();
    assert!(disagreements.is_empty(), "{} disagreements, the first: {}", disagreements.len(), disagreements[0]);
    assert_eq!(summary["rotas"].as_u64(), Some(rotas));
    assert!(summary["gaps"].as_u64().unwrap() > rotas, "{summary}");
}
