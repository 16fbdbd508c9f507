//! `partywall network`, on an account of the AWS CLI's files whose every case names the AWS page that it follows.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::partywall;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").canonicalize().unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What becomes of the cases in a folder, by the case's id.
fn traced(account: &Path) -> BTreeMap<String, Value> {
    traced_of("network/cases.jsonl", account)
}

fn traced_of(cases: &str, account: &Path) -> BTreeMap<String, Value> {
    let cases = fixtures().join(cases);
    let run =
        partywall(&fixtures(), &["network", "trace", "--cases", cases.to_str().unwrap(), account.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.err);
    lines(&run.out).into_iter().map(|answer| (answer["id"].as_str().unwrap().to_owned(), answer)).collect()
}

/// The accounts and their cases: one of everything, three that share subnets and a transit gateway, one about which of
/// several rules decides, and two whose gateways are shut.
const ACCOUNTS: [(&str, &str); 5] = [
    ("network/cases.jsonl", "network/account"),
    ("network/shared-cases.jsonl", "network/shared"),
    ("network/precedence-cases.jsonl", "network/precedence"),
    ("network/shut-ingress-cases.jsonl", "network/shut-ingress"),
    ("network/shut-both-cases.jsonl", "network/shut-both"),
];

#[test]
fn packets_get_where_the_documentation_says() {
    for (cases, source) in ACCOUNTS {
        holds(cases, &fixtures().join(source));
    }
}

/// The page about the network says which case holds what.
#[test]
fn each_thing_that_is_followed_has_a_case() {
    let ids: BTreeSet<String> = ACCOUNTS
        .iter()
        .flat_map(|(cases, _)| lines(&std::fs::read_to_string(fixtures().join(cases)).unwrap()))
        .inspect(|case| assert!(case["page"].as_str().unwrap().starts_with("https://docs.aws.amazon.com/"), "{case}"))
        .map(|case| case["id"].as_str().unwrap().to_owned())
        .collect();
    let page = std::fs::read_to_string(fixtures().join("../docs/network.md")).unwrap();
    let (_, table) = page.split_once("| what | cases |").unwrap();
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 22);
    for row in rows {
        let cases = row.rsplit('|').nth(1).unwrap();
        let named: Vec<&str> = cases.split('`').skip(1).step_by(2).filter(|name| !name.starts_with("shut-")).collect();
        assert!(!named.is_empty(), "{row}");
        for name in named {
            assert!(ids.contains(name), "no case is named `{name}`: {row}");
        }
    }
}

fn holds(cases: &str, source: &Path) {
    let answers = traced_of(cases, source);
    let cases = lines(&std::fs::read_to_string(fixtures().join(cases)).unwrap());
    assert_eq!(answers.len(), cases.len());
    for case in cases {
        let answer = &answers[case["id"].as_str().unwrap()];
        let found = serde_json::json!([answer["forward"], answer["reply"]]);
        assert_eq!(found, case["expect"], "{}: {}\n{answer:#}", case["why"], case["page"]);
        let has_reason = answer["reasons"].as_array().unwrap().iter().any(|reason| reason["effect"] != "note");
        assert!(has_reason || answer["reply"] == "allowed", "{} without a reason", case["id"]);
    }
}

/// Answers that everything rests on: without one of them nothing turns from denied to allowed, or the other way round.
#[test]
fn without_an_answer_packets_are_not_known_to_arrive() {
    let account = fixtures().join("network/account");
    let whole = traced(&account);
    for missing in [
        "describe-network-acls",
        "describe-route-tables",
        "describe-security-groups",
        "describe-subnets",
        "describe-nat-gateways",
        "elbv2-describe-load-balancers",
        "describe-listeners-60dc6c495c0c9188",
        "describe-target-groups",
        "describe-target-health-73e2d6bc24d8a001",
        "list-firewalls",
        "describe-firewall-fw-front",
        "describe-firewall-policy-front",
        "describe-rule-group-ports",
        "describe-rule-group-edge",
    ] {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(&account).unwrap().map(|entry| entry.unwrap().path()) {
            if file.file_stem().unwrap() != missing {
                std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
            }
        }
        for (id, answer) in traced(folder.path()) {
            for direction in ["forward", "reply"] {
                let (before, after) = (&whole[&id][direction], &answer[direction]);
                assert!(before == after || after == "unknown", "without {missing}, {id} is {after} and was {before}");
            }
        }
    }
}

/// In code a route names its firewall, by way of what that will show of its endpoints.
#[test]
fn code_leads_through_firewalls_too() {
    let source = fixtures().join("network/firewall");
    for (port, expected) in [(443, "allowed"), (22, "denied"), (8443, "unknown")] {
        let folder = tempfile::tempdir().unwrap();
        let case = serde_json::json!({
            "id": "case", "from": "aws_network_interface.app", "to": "aws_network_interface.data",
            "protocol": "tcp", "sourcePort": 40000, "destinationPort": port,
        });
        let cases = folder.path().join("cases.jsonl");
        std::fs::write(&cases, case.to_string()).unwrap();
        let answers = traced_of(cases.to_str().unwrap(), &source);
        assert_eq!(answers["case"]["forward"], expected, "{port}: {:#}", answers["case"]);
        assert_eq!(answers["case"]["reply"], expected, "{port}: {:#}", answers["case"]);
    }
}

/// Whose subnets they are alone knows their routes and filters.
#[test]
fn without_the_owner_nothing_is_known_of_shared_subnets() {
    let shared = fixtures().join("network/shared");
    let whole = traced_of("network/shared-cases.jsonl", &shared);
    let folder = tempfile::tempdir().unwrap();
    for account in ["444455556666", "777788889999"] {
        std::fs::create_dir(folder.path().join(account)).unwrap();
        for file in std::fs::read_dir(shared.join(account)).unwrap().map(|entry| entry.unwrap().path()) {
            std::fs::copy(&file, folder.path().join(account).join(file.file_name().unwrap())).unwrap();
        }
    }
    for (id, answer) in traced_of("network/shared-cases.jsonl", folder.path()) {
        for direction in ["forward", "reply"] {
            let (before, after) = (&whole[&id][direction], &answer[direction]);
            assert!(before == after || after == "unknown", "{id} is {after} and was {before}");
            assert_ne!(after, "allowed", "{id}");
        }
    }
}

/// Without appliance mode each direction enters the inspecting network in the zone of its own sender, where another
/// endpoint of the firewall stands: <https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html>.
#[test]
fn without_appliance_mode_answers_of_another_zone_come_to_another_firewall() {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(fixtures().join("network/account")).unwrap().map(|entry| entry.unwrap().path()) {
        let text = std::fs::read_to_string(&file).unwrap();
        let changed = text.replace("\"ApplianceModeSupport\": \"enable\"", "\"ApplianceModeSupport\": \"disable\"");
        std::fs::write(folder.path().join(file.file_name().unwrap()), changed).unwrap();
    }
    let answers = traced(folder.path());
    for (id, expected) in [("tgw-appliance-mode", "unknown"), ("nfw-strict-pass", "allowed")] {
        let answer = &answers[id];
        assert_eq!((&answer["forward"], &answer["reply"]), (&"allowed".into(), &expected.into()), "{answer:#}");
    }
}

#[test]
fn every_form_of_the_web_shop_gives_the_same_flows() {
    let matrix = |target: &str| {
        let run = partywall(&fixtures(), &["network", "matrix", "--by", "tag:Name", "-o", "json", target]);
        assert_eq!(run.code, 0, "{}", run.err);
        serde_json::from_str::<Value>(&run.out).unwrap()
    };
    let (terraform, template, account) =
        (matrix("webshop"), matrix("webshop/cloudformation"), matrix("network/webshop"));
    assert!(terraform.as_array().unwrap().len() > 3, "{terraform:#}");
    assert_eq!(terraform, template);
    assert_eq!(terraform, account);
}

/// Pairs of owners and whether packets surely pass, of a matrix by interface. An interface that no source shows is called
/// after its owner, with its subnet behind a slash.
fn pairs(target: &str) -> BTreeMap<(String, String), bool> {
    let run = partywall(&fixtures(), &["network", "matrix", "--by", "interface", "-o", "json", target]);
    assert_eq!(run.code, 0, "{}", run.err);
    let owner =
        |name: &Value| name.as_str().unwrap().split("/module.").next().unwrap().trim_end_matches("/?").to_owned();
    let mut out = BTreeMap::new();
    for cell in serde_json::from_str::<Vec<Value>>(&run.out).unwrap() {
        let is_sure = cell["answered"] != "nothing";
        *out.entry((owner(&cell["from"]), owner(&cell["to"]))).or_insert(is_sure) |= is_sure;
    }
    out
}

/// A plan does not show in what subnets resources will be, where references go through outputs.
#[test]
fn a_plan_never_contradicts_the_flows_of_its_code() {
    let (code, plan) = (pairs("webshop"), pairs("webshop/plan/plan.json"));
    assert!(code.len() > 5, "{code:?}");
    // What a plan does not know to be several cannot speak to itself.
    for (pair, is_sure) in code.iter().filter(|((from, to), _)| from != to) {
        assert!(plan.contains_key(pair), "{pair:?} passes in code ({is_sure}) and is denied in the plan: {plan:?}");
    }
    for (pair, is_sure) in &plan {
        assert!(!is_sure || code.contains_key(pair), "{pair:?} passes in the plan and is denied in code");
    }
}

#[test]
fn tables_say_what_commands_say() {
    let account = fixtures().join("network/account");
    let ask = |arguments: &[&str]| {
        let run = partywall(&fixtures(), &[arguments, &["-o", "json", account.to_str().unwrap()]].concat());
        serde_json::from_str::<Vec<Value>>(&run.out).unwrap()
    };
    let texts = |rows: &[Value], names: [&str; 2]| -> BTreeSet<(String, String)> {
        rows.iter().map(|row| names.map(|name| row[name].as_str().unwrap().to_owned()).into()).collect()
    };
    let (told, rows) = (ask(&["network", "exposed"]), ask(&["query", "select interface, range from network_exposure"]));
    assert!(told.len() > 1);
    assert_eq!(texts(&told, ["interface", "range"]), texts(&rows, ["interface", "range"]));

    // A route that leads nowhere, answers that a gateway drops, and who is behind which routes.
    let routes = ask(&["query", "select resource, why from network_rule where not is_used"]);
    assert!(routes.iter().any(|row| row["resource"].as_str().unwrap().contains("rtb-private-a")), "{routes:?}");
    let lost = ask(&["query", "select interface, why from network_asymmetry where is_lost"]);
    assert!(lost.iter().all(|row| !row["why"].as_array().unwrap().is_empty()) && !lost.is_empty(), "{lost:?}");
    let tiers = ask(&["query", "select distinct tier, subnet from network_interface"]);
    let expected = [("public", "subnet-public-a"), ("private", "subnet-private-a"), ("isolated", "subnet-db-a")];
    for (tier, subnet) in expected {
        let has = |row: &Value| row["tier"] == tier && row["subnet"].as_str().unwrap().ends_with(subnet);
        assert!(tiers.iter().any(has), "{subnet} is not {tier}: {tiers:?}");
    }
}

/// Without an answer that a table rests on, its cells are unknown, and none is better than before.
#[test]
fn without_an_answer_tables_say_that_they_do_not_know() {
    let account = fixtures().join("network/account");
    let exposed = |folder: &Path| -> BTreeMap<String, Value> {
        let sql = "select resource, is_exposed from network_endpoint";
        let run = partywall(&fixtures(), &["query", sql, "-o", "json", folder.to_str().unwrap()]);
        let rows = serde_json::from_str::<Vec<Value>>(&run.out).unwrap();
        rows.into_iter().map(|row| (row["resource"].as_str().unwrap().to_owned(), row["is_exposed"].clone())).collect()
    };
    let whole = exposed(&account);
    assert!(whole.values().any(|value| value == &Value::Bool(true)) && whole.len() > 5, "{whole:?}");
    for missing in ["describe-network-acls", "describe-route-tables", "describe-security-groups", "describe-subnets"] {
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(&account).unwrap().map(|entry| entry.unwrap().path()) {
            if file.file_stem().unwrap() != missing {
                std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
            }
        }
        for (resource, now) in exposed(folder.path()) {
            let before = &whole[&resource];
            assert!(now.is_null() || now == *before, "without {missing}, {resource} is {now} and was {before}");
        }
    }
}

/// Where packets do not pass, everything that stops them is named with the block or the object to change.
#[test]
fn every_reason_why_not_is_named_with_its_place() {
    let account = "network/account";
    for (source, from, to, port, expected) in [
        ("webshop", "aws_instance.bastion", "aws_db_instance.orders_database", "5432", &["network.tf:65"][..]),
        (
            "webshop",
            "internet",
            "aws_db_instance.orders_database",
            "5432",
            &["data.tf:97", "network.tf:65", "modules/network/main.tf:68"],
        ),
        ("webshop", "aws_lb.web_balancer", "aws_instance.bastion", "22", &["network.tf:21"]),
        ("webshop", "internet", "aws_lb.web_balancer", "80", &["network.tf:21"]),
        (account, "internet", "i-db1", "5432", &["eni-db1", "acl-db", "sg-db", "rtb-main-a"]),
        (account, "eni-web1", "eni-closed", "80", &["sg-closed"]),
        (account, "eni-c1", "eni-web1", "443", &["igw-aaaaaaaa"]),
    ] {
        let run = partywall(&fixtures(), &["network", "reach", from, to, "--port", port, "-o", "json", source]);
        assert_eq!(run.code, 1, "{run:?}");
        let answer: Value = serde_json::from_str(&run.out).unwrap();
        let legs = ["forward", "reply"].map(|leg| answer[leg]["reasons"].as_array().unwrap().clone());
        let reasons: Vec<Value> = legs.concat();
        for reason in &reasons {
            assert!(!reason["declared"].as_str().unwrap().is_empty(), "no place for {reason:#}");
        }
        let is_at = |place: &str| {
            reasons.iter().any(|reason| {
                let resource = reason["resource"].as_str().unwrap();
                reason["declared"].as_str().unwrap().starts_with(place) || resource.ends_with(place)
            })
        };
        let absent: Vec<_> = expected.iter().filter(|place| !is_at(place)).collect();
        assert!(absent.is_empty(), "{from} to {to}: {absent:?} is not among {reasons:#?}");
    }
}

#[test]
fn a_picture_stands_alone() {
    let run = partywall(&fixtures(), &["network", "picture", "webshop"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for part in ["<svg xmlns", "<style>", "webshop-public-a", "internet: tcp 22, tcp 443", "eu-central-1b"] {
        assert!(run.out.contains(part), "no {part} in the picture");
    }
    let mut reader = quick_xml::Reader::from_str(&run.out);
    while reader.read_event().unwrap() != quick_xml::events::Event::Eof {}
}

#[test]
fn a_watched_folder_tells_what_an_edit_opens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("main.tf");
    let page = std::fs::read_to_string(fixtures().join("../checks/network/ssh-reachable.md")).unwrap();
    let code = page.split("```hcl\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
    std::fs::write(&file, code.replace("0.0.0.0/0\"]", "10.0.0.0/8\"]")).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_partywall"))
        .args(["network", "watch", "--changes", "1"])
        .arg(folder.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert!(line.contains("waiting for changes"), "{line}");
    // What is being written is no answer.
    std::fs::write(&file, "resource \"aws_vpc").unwrap();
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert!(line.contains("still comparing"), "{line}");
    std::fs::write(&file, code).unwrap();
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut out, &mut rest).unwrap();
    assert!(rest.contains("internet") && rest.contains("tcp 22"), "{rest}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn policies_decide_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let account = fixtures().join("network/account");
    for (from, to, ports, expect, code) in [
        ("internet", "group:sg-db", "tcp/5432", "denied", 0),
        ("internet", "eni-web1", "tcp/443", "denied", 1),
        ("eni-web1", "eni-app1", "tcp/8080", "allowed", 0),
        ("eni-app1", "eni-closed", "tcp/80", "allowed", 1),
        ("any", "group:sg-nobody", "tcp/80", "denied", 1),
    ] {
        let policy = format!(
            "[[assert]]\ntitle = \"it\"\nfrom = {from:?}\nto = {to:?}\nports = [{ports:?}]\nexpect = {expect:?}\n"
        );
        std::fs::write(folder.path().join("policies.toml"), policy).unwrap();
        let run = partywall(folder.path(), &["network", "assert", "policies.toml", account.to_str().unwrap()]);
        assert_eq!(run.code, code, "{from} to {to} {expect}: {run:#?}");
    }
    std::fs::write(folder.path().join("policies.toml"), "[[assert]]\ntitle = 1\n").unwrap();
    assert_eq!(partywall(folder.path(), &["network", "assert", "policies.toml", account.to_str().unwrap()]).code, 2);
}
