//! `partywall drill`, on cases that each name the AWS page that they follow, and on whole estates.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::partywall;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").canonicalize().unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn single_resources_fare_as_the_documentation_says() {
    let path = fixtures().join("availability/cases.jsonl");
    let run = partywall(&fixtures(), &["drill", "--cases", path.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.err);
    let (cases, answers) = (lines(&std::fs::read_to_string(&path).unwrap()), lines(&run.out));
    assert_eq!(cases.len(), answers.len());
    for (case, answer) in cases.iter().zip(&answers) {
        let found = json!({
            "effect": answer["effect"], "automatic": answer["automatic"], "rpo": answer["rpo"], "rto": answer["rto"],
        });
        assert_eq!(case["id"], answer["id"]);
        assert_eq!(found, case["expect"], "{}: {}\n{answer:#}", case["why"], case["page"]);
        assert!(answer.get("ignored").is_none(), "{answer:#}");
        assert!(answer["why"].as_str().unwrap().len() > 5, "{answer:#}");
        assert!(case["page"].as_str().unwrap().starts_with("https://docs.aws.amazon.com/"));
    }
}

#[test]
fn cases_that_make_no_sense_end_in_a_clear_error_or_in_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.jsonl");
    for (text, code, part) in [
        ("{\"type\":\"aws_instance\",\"fail\":\"zone\"", 2, "line 1"),
        ("{\"type\":\"aws_instance\",\"fail\":\"planet\"}", 2, "planet"),
        ("{\"type\":\"aws_nothing\",\"fail\":\"zone\"}", 0, "\"unknown\""),
        ("{\"type\":\"aws_instance\",\"fail\":\"zone\",\"properties\":{\"colour\":1}}", 0, "\"ignored\":[\"colour\"]"),
        ("{\"type\":\"aws_rds_db_instance\",\"fail\":\"zone\",\"properties\":{\"multi_az\":[]}}", 0, "\"down\""),
        ("\n\n", 0, ""),
    ] {
        std::fs::write(&path, text).unwrap();
        let run = partywall(folder.path(), &["drill", "--cases", path.to_str().unwrap()]);
        assert_eq!(run.code, code, "{text}: {run:#?}");
        assert!(format!("{}{}", run.out, run.err).contains(part), "{text}: {run:#?}");
    }
}

/// What the drill says of the workload `shop` of an estate.
fn shop(estate: &str) -> Value {
    let run = partywall(&fixtures(), &["drill", "-o", "json", estate]);
    assert_eq!(run.code, 0, "{}", run.err);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let workloads = report["workloads"].as_array().unwrap();
    assert_eq!(workloads.len(), 1, "{:#}", report["workloads"]);
    workloads[0].clone()
}

/// Scenario, level, least capacity left, whether it carries the load, RPO and RTO at most.
fn outcomes(workload: &Value) -> Vec<Value> {
    let one = |outcome: &Value| {
        json!([
            outcome["scenario"],
            outcome["level"],
            outcome["capacity_left"][0],
            outcome["carries_load"],
            outcome["rpo"][1],
            outcome["rto"]
        ])
    };
    workload["outcomes"].as_array().unwrap().iter().map(one).collect()
}

/// The sets of one event that certainly bring the workload down.
fn single_points(workload: &Value) -> Vec<&str> {
    let cuts = workload["cuts"].as_array().unwrap().iter();
    let single = cuts.filter(|cut| cut["of"].as_array().unwrap().len() == 1 && cut["is_certain"] == true);
    single.map(|cut| cut["of"][0].as_str().unwrap()).collect()
}

/// `docs/availability.md` works both shops out by hand.
#[test]
fn the_weak_shop_fares_as_worked_out_by_hand() {
    let shop = shop("webshop-weak");
    assert_eq!(
        outcomes(&shop),
        [
            json!(["zone eu-central-1a", "degraded", 50, false, 0, [0, null]]),
            json!(["zone eu-central-1b", "down", 0, false, 300, [0, null]]),
            json!(["region eu-central-1", "down", 0, false, null, [0, null]]),
        ]
    );
    assert_eq!(single_points(&shop), ["aws_db_instance.orders", "zone eu-central-1b", "region eu-central-1"]);
    let cures: Vec<_> =
        shop["cuts"].as_array().unwrap().iter().take(2).map(|cut| (&cut["change"], &cut["after"])).collect();
    let cure = json!("turn on Multi-AZ of `aws_db_instance.orders`");
    assert_eq!(cures, [(&cure, &json!("degraded")), (&cure, &json!("degraded"))]);
    let why = shop["outcomes"][0]["why"].to_string();
    assert!(why.contains("aws_autoscaling_group.web in eu-central-1b goes on without its way out"), "{why}");
}

#[test]
fn the_strong_shop_fares_as_worked_out_by_hand() {
    let shop = shop("webshop-strong");
    let zone =
        |name: &str, left: u32, pause: u32| json!([format!("zone {name}"), "degraded", left, true, 0, [0, pause]]);
    assert_eq!(
        outcomes(&shop),
        [
            zone("eu-central-1a", 66, 60),
            zone("eu-central-1b", 66, 60),
            zone("eu-central-1c", 66, 60),
            zone("eu-west-1a", 100, 0),
            zone("eu-west-1b", 100, 0),
            zone("eu-west-1c", 100, 0),
            json!(["region eu-central-1", "degraded", 100, true, 5, [30, 120]]),
            json!(["region eu-west-1", "degraded", 100, true, 0, [0, 0]]),
        ]
    );
    assert_eq!(single_points(&shop), Vec::<&str>::new());
    let cuts = shop["cuts"].as_array().unwrap();
    assert!(cuts.iter().any(|cut| cut["of"] == json!(["region eu-central-1", "region eu-west-1"])), "{cuts:#?}");
    assert!(shop["cold_sites"][0].as_str().unwrap().contains("second"), "{:#}", shop["cold_sites"]);
}

/// The way out of both zones is a NAT gateway of another network, behind a transit gateway: packets are followed there.
/// <https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html>
#[test]
fn a_zone_that_survives_has_no_way_out_when_the_gateway_of_another_network_fell() {
    for (zone, is_cut_off) in [("eu-central-1a", true), ("eu-central-1b", false)] {
        let run = partywall(&fixtures(), &["drill", "--zone", zone, "-o", "json", "availability/central-egress"]);
        assert_eq!(run.code, 0, "{}", run.err);
        let answer: Value = serde_json::from_str(&run.out).unwrap();
        let why = answer["workloads"][0]["outcomes"][0]["why"].as_array().unwrap().clone();
        let says = |part: &str| why.iter().any(|line| line.as_str().unwrap().contains(part));
        assert_eq!(says("goes on without its way out"), is_cut_off, "{why:#?}");
        assert_eq!(says("aws_nat_gateway.only is down"), is_cut_off, "{why:#?}");
    }
}

/// Where packets go on their way out hangs on a variable: then nobody can tell what has to stand.
#[test]
fn a_way_out_that_is_not_known_may_fall() {
    let text = std::fs::read_to_string(fixtures().join("availability/central-egress/main.tf")).unwrap();
    let attachment = "aws_ec2_transit_gateway_vpc_attachment.egress.id";
    assert!(text.contains(attachment));
    let folder = tempfile::tempdir().unwrap();
    let unknown = text.replace(attachment, "var.attachment") + "\nvariable \"attachment\" {}\n";
    std::fs::write(folder.path().join("main.tf"), unknown).unwrap();
    let run = partywall(folder.path(), &["drill", "--zone", "eu-central-1b", "-o", "json", "."]);
    assert_eq!(run.code, 0, "{}", run.err);
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    let outcome = &answer["workloads"][0]["outcomes"][0];
    assert!(outcome["why"].to_string().contains("var.attachment"), "{outcome:#}");
}

#[test]
fn targets_decide_the_exit_code() {
    for (estate, code) in [("webshop-weak", 1), ("webshop-strong", 0)] {
        let run = partywall(&fixtures(), &["drill", "--assert", estate]);
        assert_eq!(run.code, code, "{estate}: {}", run.out);
    }
    let run = partywall(&fixtures(), &["drill", "--zone", "mars-1a", "webshop-weak"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("eu-central-1a"), "{}", run.err);
}

#[test]
fn pictures_show_what_fell() {
    let run = partywall(&fixtures(), &["drill", "--zone", "eu-central-1b", "-o", "svg", "webshop-weak"]);
    assert!(run.out.starts_with("<svg") && run.out.contains("zone eu-central-1b falls"), "{}", run.out);
    let run = partywall(&fixtures(), &["drill", "-o", "html", "webshop-strong"]);
    assert_eq!(run.out.matches("<svg").count(), 8);
    assert!(run.out.contains("class=\"degraded\""), "{}", run.out);
}
