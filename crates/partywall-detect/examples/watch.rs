//! Events in a second of processor time, beside the bare library and a peer: `watch EVENTS RULES…`.
//!
//! Run by `cargo xtask bench watch`. Events are made up in the shape of CloudTrail's, rules too; each program reads the
//! same bytes and puts them to the same rules.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark ends when something is wrong, and prints")]

use std::io::Write;
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use partywall_detect::correlation::Settings;
use partywall_detect::detector::{Detector, scan};
use partywall_detect::intake::Limits;
use partywall_detect::rules::Library;
use rsigma_eval::{Engine, JsonEvent};
use rsigma_parser::parse_sigma_yaml;
use serde_json::{Value, json};

/// Records of one object; CloudTrail writes some thousands into one at most.
const RECORDS_OF_AN_OBJECT: usize = 2_000;

/// What callers do most, in about the proportions of an account that runs by itself.
const CALLS: [(&str, &str); 16] = [
    ("sts.amazonaws.com", "AssumeRole"),
    ("s3.amazonaws.com", "GetObject"),
    ("s3.amazonaws.com", "PutObject"),
    ("kms.amazonaws.com", "Decrypt"),
    ("kms.amazonaws.com", "GenerateDataKey"),
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("ec2.amazonaws.com", "DescribeNetworkInterfaces"),
    ("logs.amazonaws.com", "CreateLogStream"),
    ("monitoring.amazonaws.com", "GetMetricData"),
    ("dynamodb.amazonaws.com", "DescribeTable"),
    ("ssm.amazonaws.com", "GetParametersByPath"),
    ("lambda.amazonaws.com", "ListFunctions20150331"),
    ("ecr.amazonaws.com", "BatchGetImage"),
    ("autoscaling.amazonaws.com", "DescribeAutoScalingGroups"),
    ("elasticloadbalancing.amazonaws.com", "DescribeTargetHealth"),
    ("secretsmanager.amazonaws.com", "GetSecretValue"),
];

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>().unwrap());
    let events = numbers.next().unwrap_or(200_000);
    let counts: Vec<usize> = numbers.collect();
    let records: Vec<Value> = (0..events).map(record).collect();
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let objects: Vec<Vec<u8>> = records
        .chunks(RECORDS_OF_AN_OBJECT)
        .map(|chunk| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(json!({"Records": chunk}).to_string().as_bytes()).unwrap();
            encoder.finish().unwrap()
        })
        .collect();
    drop(records);
    println!("{events} events, {} bytes each, of which one in 500 matches", lines.len() / events);
    println!(
        "| rules | partywall, lines | partywall, gzip | on two cores, gzip | rsigma alone, lines | sigma-rust, lines | memory |"
    );
    println!("|---|---|---|---|---|---|---|");
    for count in if counts.is_empty() { vec![50, 800, 3_000] } else { counts } {
        let rules = rules(count);
        let (ours, found) = ours(&rules, lines.as_bytes());
        let (packed, found_packed) = packed(&rules, &objects);
        let (both, _) = side_by_side(&rules, &objects);
        let (bare, found_bare) = bare(&rules, &lines);
        assert_eq!((found, found), (found_packed, found_bare), "each finds the same");
        // The peer looks at every rule for every event: a part of the events is enough to know its speed.
        let part = (events / 20).max(1);
        let peer = peer(&rules, &lines, part);
        let rate = |seconds: f64, events: usize| format!("{:.0}", events as f64 / seconds);
        println!(
            "| {count} | {} | {} | {} | {} | {} | {} MiB |",
            rate(ours, events),
            rate(packed, events),
            rate(both, events),
            rate(bare, events),
            rate(peer, part),
            memory()
        );
    }
}

fn record(number: usize) -> Value {
    let (source, name) = if number % 500 == 7 {
        ("iam.amazonaws.com", format!("Action{:04}", number / 500 % 50))
    } else {
        let (source, name) = CALLS.get(number * 7 % CALLS.len()).copied().unwrap();
        (source, name.to_owned())
    };
    let role = format!("service-{}", number % 37);
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": format!("AROAEXAMPLE{:09}:session", number % 37),
            "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/session"),
            "accountId": "111122223333",
            "accessKeyId": format!("ASIAEXAMPLE{:09}", number % 1000),
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE", "arn": format!("arn:aws:iam::111122223333:role/{role}"),
                    "accountId": "111122223333", "userName": role},
                "attributes": {"creationDate": "2026-11-22T09:00:00Z", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": chrono::DateTime::from_timestamp(1_795_000_000 + number as i64 / 50, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": format!("10.0.{}.{}", number / 250 % 250, number % 250),
        "userAgent": "aws-sdk-java/2.25.1 Linux/5.10 OpenJDK_64-Bit_Server_VM/17.0.9 Java/17.0.9",
        "requestParameters": {"bucketName": format!("bucket-{}", number % 91), "key": format!("2026/11/22/part-{number}.parquet"), "Host": "s3.eu-central-1.amazonaws.com"},
        "responseElements": null,
        "additionalEventData": {"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "bytesTransferredIn": number % 4096, "AuthenticationMethod": "AuthHeader"},
        "requestID": format!("{number:016X}"),
        "eventID": format!("00000000-0000-4000-8000-{number:012}"),
        "readOnly": !number.is_multiple_of(3),
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    })
}

/// Rules by name, by parts of texts, and by several fields with an exception, in turn.
fn rules(count: usize) -> String {
    let rule = |number: usize| {
        let detection = match number % 3 {
            0 => format!(
                "selection: {{eventSource: iam.amazonaws.com, eventName: Action{number:04}}}\n  condition: selection"
            ),
            1 => format!("selection: {{userAgent|contains: 'tool-{number:04}'}}\n  condition: selection"),
            _ => format!(
                "selection: {{eventName|startswith: 'Forbidden{number:04}'}}\n  filter: {{userIdentity.type: AWSService}}\n  condition: selection and not filter"
            ),
        };
        format!(
            "title: Rule {number}\nid: rule-{number}\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  {detection}\nlevel: low\n"
        )
    };
    (0..count).map(rule).collect::<Vec<_>>().join("---\n")
}

fn detector(rules: &str) -> Detector {
    let mut library = Library::default();
    library.add("rules.yml", rules);
    let (detector, gaps) = Detector::new(&library, Settings::default());
    assert!(gaps.is_empty(), "{gaps:?}");
    detector
}

fn ours(rules: &str, lines: &[u8]) -> (f64, usize) {
    let mut detector = detector(rules);
    let start = Instant::now();
    let scanned = scan(detector.rules(), "lines", lines, &Limits::default(), &|_| false);
    let tally = detector.accept(scanned);
    assert!(tally.gaps.is_empty(), "{:?}", tally.gaps);
    (start.elapsed().as_secs_f64(), detector.news().alerts.len())
}

fn packed(rules: &str, objects: &[Vec<u8>]) -> (f64, usize) {
    let mut detector = detector(rules);
    let start = Instant::now();
    for object in objects {
        let scanned = scan(detector.rules(), "object", object.as_slice(), &Limits::default(), &|_| false);
        detector.accept(scanned);
    }
    (start.elapsed().as_secs_f64(), detector.news().alerts.len())
}

fn side_by_side(rules: &str, objects: &[Vec<u8>]) -> (f64, usize) {
    let mut detector = detector(rules);
    let start = Instant::now();
    let one = detector.rules();
    let halves = objects.split_at(objects.len() / 2);
    let scan_half = |half: &[Vec<u8>]| {
        half.iter()
            .map(|object| scan(one, "object", object.as_slice(), &Limits::default(), &|_| false))
            .collect::<Vec<_>>()
    };
    let (first, second) = std::thread::scope(|scope| {
        let other = scope.spawn(|| scan_half(halves.1));
        (scan_half(halves.0), other.join().unwrap())
    });
    for scanned in first.into_iter().chain(second) {
        detector.accept(scanned);
    }
    (start.elapsed().as_secs_f64(), detector.news().alerts.len())
}

/// The library as anybody would use it: each line parsed, then evaluated.
fn bare(rules: &str, lines: &str) -> (f64, usize) {
    let mut engine = Engine::new();
    engine.add_collection(&parse_sigma_yaml(rules).unwrap()).unwrap();
    let start = Instant::now();
    let found = lines.lines().map(|line| {
        let body: Value = serde_json::from_str(line).unwrap();
        engine.evaluate(&JsonEvent::borrow(&body)).len()
    });
    let found = found.sum();
    (start.elapsed().as_secs_f64(), found)
}

fn peer(rules: &str, lines: &str, part: usize) -> f64 {
    let rules: Vec<sigma_rust::Rule> =
        rules.split("---\n").map(|rule| sigma_rust::rule_from_yaml(rule).unwrap()).collect();
    let start = Instant::now();
    let mut found = 0_usize;
    for line in lines.lines().take(part) {
        let event = sigma_rust::event_from_json(line).unwrap();
        found += rules.iter().filter(|rule| rule.is_match(&event)).count();
    }
    assert!(found > 0 || part < 1_000);
    start.elapsed().as_secs_f64()
}

/// The most memory that this process has had, in MiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) / 1024
}
