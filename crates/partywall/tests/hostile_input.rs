//! Input that is broken or means harm ends in a gap that names place and cure, in bounded time and memory, and
//! never hides the rest of the estate.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use support::{FAULTY_QUEUE, partywall, partywall_within, scan, verdict, write};

/// A file or folder of harm, and what the report must say about it.
struct Case {
    name: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
    /// Words of the cause of the gap that must be there; none when the input must be read without complaint.
    gap: Option<&'static str>,
    /// File that the gap must name; its line must be named too when it ends in `:`.
    place: &'static str,
}

fn case(
    name: &'static str,
    file: &'static str,
    text: impl Into<Vec<u8>>,
    gap: impl Into<Option<&'static str>>,
    place: &'static str,
) -> Case {
    Case { name, files: vec![(file, text.into())], gap: gap.into(), place }
}

fn several(
    name: &'static str,
    files: &[(&'static str, &str)],
    gap: impl Into<Option<&'static str>>,
    place: &'static str,
) -> Case {
    let files = files.iter().map(|(file, text)| (*file, text.as_bytes().to_vec())).collect();
    Case { name, files, gap: gap.into(), place }
}

/// Scans every case beside a faulty queue, whose finding must be there.
fn all_hold(cases: Vec<Case>) {
    let wrong: Vec<String> = cases.iter().filter_map(|case| complaint(case).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn complaint(case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<(&str, &[u8])> = case.files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    write(folder.path(), &files);
    write(folder.path(), &[("queue.tf", FAULTY_QUEUE)]);
    let (report, run) = scan(folder.path(), &[]);
    let name = case.name;
    if run.code != 1 || verdict(&report, "sqs/queue-unencrypted", "aws_sqs_queue.faulty") != "fail" {
        return Err(format!("{name}: the queue beside it got lost (exit code {})", run.code));
    }
    let gaps = report["gaps"].as_array().unwrap();
    let shown: Vec<String> = gaps
        .iter()
        .take(10)
        .map(|gap| format!("{}:{}: {} ({})", gap["file"], gap["line"], gap["cause"], gap["cure"]))
        .collect();
    match case.gap {
        None if gaps.is_empty() => Ok(()),
        None => Err(format!("{name}: complains without need: {shown:#?}")),
        Some(words) if gaps.iter().any(|gap| is_told(gap, words, case.place)) => Ok(()),
        Some(words) => Err(format!("{name}: no gap at {} says `{words}`: {shown:#?}", case.place)),
    }
}

fn is_told(gap: &Value, words: &str, place: &str) -> bool {
    let file = place.trim_end_matches(':');
    gap["cause"].as_str().unwrap().contains(words)
        && !gap["cure"].as_str().unwrap().is_empty()
        && gap["file"].as_str().unwrap() == file
        && (!place.ends_with(':') || gap["line"].as_u64().unwrap() > 0)
}

const BUCKET: &str = "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n";

#[test]
fn broken_terraform() {
    all_hold(vec![
        case(
            "broken syntax",
            "bad.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  bucket = = 1\n}\n",
            "cannot parse",
            "bad.tf:",
        ),
        case("unclosed block", "bad.tf", "resource \"aws_s3_bucket\" \"b\" {\n", "cannot parse", "bad.tf:"),
        case("invalid UTF-8", "bad.tf", b"locals {\n  a = \"\xff\xfe\"\n}\n".to_vec(), "not valid UTF-8", "bad.tf:"),
        case("byte order mark", "fine.tf", "\u{feff}locals {\n  a = 1\n}\n", None, ""),
        case("empty file", "empty.tf", "", None, ""),
        case("broken JSON syntax", "bad.tf.json", "{\"resource\": {\n", "cannot parse", "bad.tf.json:"),
        case(
            "cyclic locals",
            "bad.tf",
            "locals {\n  a = local.b\n  b = local.a\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = local.a\n}\n",
            "depends on itself",
            "bad.tf:",
        ),
        several(
            "cyclic modules",
            &[
                ("calls.tf", "module \"a\" {\n  source = \"./a\"\n}\n"),
                ("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\n"),
                ("b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\n"),
            ],
            "calls itself",
            "b/main.tf:",
        ),
        case("missing module", "bad.tf", "module \"m\" {\n  source = \"./nowhere\"\n}\n", "nowhere", "bad.tf:"),
        case("module of a registry", "bad.tf", "module \"m\" {\n  source = \"a/b/aws\"\n}\n", "a/b/aws", "bad.tf:"),
        case(
            "module outside the folder",
            "bad.tf",
            "module \"m\" {\n  source = \"../../../../../../etc\"\n}\n",
            "not on disk",
            "bad.tf:",
        ),
        case(
            "duplicate resource",
            "bad.tf",
            "resource \"aws_s3_bucket\" \"b\" {}\nresource \"aws_s3_bucket\" \"b\" {}\n",
            "twice",
            "bad.tf:",
        ),
        case(
            "waiver without a reason",
            "bad.tf",
            "# partywall:ignore s3/bucket-x\nlocals {}\n",
            "no reason",
            "bad.tf:",
        ),
        case(
            "waiver of an unknown check",
            "bad.tf",
            "# partywall:ignore no/such-check because\nlocals {}\n",
            "no check",
            "bad.tf:",
        ),
    ]);
}

#[test]
fn exploding_terraform() {
    let bucket = |value: &str| format!("resource \"aws_s3_bucket\" \"b\" {{\n  bucket = {value}\n}}\n");
    let mut doubling = String::from("locals {\n  t0 = \"ha\"\n");
    for level in 1..60 {
        doubling += &format!("  t{level} = \"${{local.t{0}}}${{local.t{0}}}\"\n", level - 1);
    }
    let doubling = doubling + "}\n" + &bucket("local.t59");
    let brackets = format!("locals {{\n  a = {}1{}\n}}\n", "[".repeat(100_000), "]".repeat(100_000));
    all_hold(vec![
        case(
            "huge count",
            "bad.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  count = 1000000000\n}\n",
            "more than",
            "bad.tf:",
        ),
        case(
            "huge for_each",
            "bad.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  for_each = toset([for n in range(100000) : tostring(n)])\n}\n",
            "",
            "bad.tf:",
        ),
        case("huge range", "bad.tf", bucket("join(\"\", range(1000000000))"), "", "bad.tf:"),
        case(
            "huge setproduct",
            "bad.tf",
            bucket("length(setproduct(range(1000), range(1000), range(1000)))"),
            "",
            "bad.tf:",
        ),
        case("text that doubles", "bad.tf", doubling, "", "bad.tf:"),
        case("deep brackets", "bad.tf", brackets, "nest deeper", "bad.tf:"),
        case(
            "deep brackets in JSON",
            "bad.tf.json",
            format!("{{\"locals\": {{\"a\": {}{}}}}}", "[".repeat(100_000), "]".repeat(100_000)),
            "",
            "bad.tf.json:",
        ),
        case("negative subnet", "bad.tf", bucket("cidrsubnet(\"10.0.0.0/8\", -1, 0)"), "cidrsubnet", "bad.tf:"),
        case("subnet of too many bits", "bad.tf", bucket("cidrsubnet(\"10.0.0.0/8\", 99, 0)"), "cidrsubnet", "bad.tf:"),
        case(
            "extreme subnets",
            "bad.tf",
            bucket("join(\",\", cidrsubnets(\"::/0\", 128, 4294967296, 1e400))"),
            "",
            "bad.tf:",
        ),
        case(
            "regular expression that backtracks",
            "fine.tf",
            bucket(&format!("length(regexall(\"(a+)+$\", \"{}b\"))", "a".repeat(5_000))),
            None,
            "",
        ),
        case("huge regular expression", "bad.tf", bucket("regex(\"((a{100}){100}){100}\", \"a\")"), "", "bad.tf:"),
        case("huge number", "bad.tf", "locals {\n  a = 1e400\n}\n", "cannot parse", "bad.tf:"),
        case(
            "huge number as count",
            "bad.tf",
            "resource \"aws_s3_bucket\" \"b\" {\n  count = 1e400\n}\n",
            "",
            "bad.tf:",
        ),
    ]);
}

#[test]
fn broken_templates() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        laughs += &format!("a{level}: &a{level} [{}]\n", format!("*a{}, ", level - 1).repeat(10));
    }
    let deep = |open: &str| format!("{BUCKET}    Properties:\n      Tags: {}\n", open.repeat(100_000));
    all_hold(vec![
        case("broken YAML", "bad.yaml", format!("{BUCKET}\t\tProperties: {{}}\n"), "", "bad.yaml:"),
        case("deep YAML", "bad.yaml", deep("["), "", "bad.yaml:"),
        case("deep block YAML", "bad.yaml", deep("- "), "", "bad.yaml:"),
        case(
            "deep JSON",
            "bad.json",
            format!("{{\"Resources\": {{\"A\": {{\"Type\": \"AWS::S3::Bucket\"}}, \"B\": {}", "[".repeat(100_000)),
            "",
            "bad.json:",
        ),
        case(
            "aliases that explode",
            "bad.yaml",
            format!("{laughs}{BUCKET}    Metadata: *a11\n"),
            "expands",
            "bad.yaml:",
        ),
        case("byte order mark", "fine.yaml", format!("\u{feff}{BUCKET}"), None, ""),
        case("unknown tag", "fine.yaml", "Modules: !Rain::Module ./a.yaml\nother: !Rain::Embed b\n", None, ""),
        case("keys that are no text", "fine.yaml", "1: a\ntrue: b\n[a, b]: c\n", None, ""),
        case("empty YAML", "fine.yaml", "", None, ""),
        case(
            "missing nested template",
            "bad.yaml",
            "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: { TemplateURL: ./nowhere.yaml }\n",
            "nowhere",
            "bad.yaml:",
        ),
        case(
            "template that nests itself",
            "bad.yaml",
            "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: { TemplateURL: ./bad.yaml }\n",
            "contains itself",
            "bad.yaml:",
        ),
        case("unclosed JSON", "bad.json", "{\"Resources\": {\"A\": {\"Type\": \"AWS::S3::Bucket\"", "", "bad.json:"),
        case(
            "invalid UTF-8 in YAML",
            "bad.yaml",
            [BUCKET.as_bytes(), b"    Properties: { BucketName: \"a\xff\" }\n"].concat(),
            "UTF-8",
            "bad.yaml:",
        ),
    ]);
}

/// Every template nests the next one ten times: ten thousand million stacks in the end.
#[test]
fn templates_that_multiply() {
    let names = ["0.yaml", "1.yaml", "2.yaml", "3.yaml", "4.yaml", "5.yaml", "6.yaml", "7.yaml", "8.yaml", "9.yaml"];
    let mut files = vec![("10.yaml", BUCKET.as_bytes().to_vec())];
    for (level, name) in names.into_iter().enumerate() {
        let mut text = String::from("Resources:\n");
        for stack in 0..10 {
            text += &format!(
                "  N{stack}:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{ TemplateURL: ./{}.yaml }}\n",
                level + 1
            );
        }
        files.push((name, text.into_bytes()));
    }
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    write(folder.path(), &files);
    write(folder.path(), &[("queue.tf", FAULTY_QUEUE)]);
    let (report, _) = scan(folder.path(), &[]);
    assert_eq!(verdict(&report, "sqs/queue-unencrypted", "aws_sqs_queue.faulty"), "fail");
    let gaps = report["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["file"].as_str().unwrap().ends_with(".yaml")), "{gaps:#?}");
}

#[test]
fn broken_documents() {
    let plan =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/webshop/plan/plan.json")).unwrap();
    let state = r#"{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {}, "resources": [
      {"mode": "managed", "type": "aws_sqs_queue", "name": "old", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
       "instances": [{"schema_version": 0, "attributes": {"name": "old", "sqs_managed_sse_enabled": true, "arn": "arn:aws:sqs:eu-central-1:123456789012:old"}}]}]}"#;
    all_hold(vec![
        case("truncated plan", "plan.json", &plan[..plan.len() / 2], "cannot parse", "plan.json:"),
        case(
            "plan of a future format",
            "plan.json",
            r#"{"format_version": "9.0", "terraform_version": "9.0.0", "planned_values": {"root_module": {}}}"#,
            "9.0",
            "plan.json",
        ),
        case("state of a future version", "old.tfstate", state.replacen('4', "5", 1), "old.tfstate", "old.tfstate"),
        case("state", "old.tfstate", state, None, ""),
        case(
            "deep plan",
            "plan.json",
            format!("{{\"format_version\": \"1.2\", \"terraform_version\": \"1.9.0\", \"x\": {}", "[".repeat(100_000)),
            "cannot parse",
            "plan.json:",
        ),
        case(
            "huge number in a plan",
            "plan.json",
            r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [{"address": "aws_sqs_queue.a", "mode": "managed", "type": "aws_sqs_queue", "name": "a", "values": {"message_retention_seconds": 1e400}}]}}}"#,
            "",
            "plan.json:",
        ),
        case(
            "invalid UTF-8 in a plan",
            "plan.json",
            b"{\"format_version\": \"\xff\", \"terraform_version\": \"1\"}".to_vec(),
            "cannot parse",
            "plan.json:",
        ),
    ]);
}

#[cfg(unix)]
#[test]
fn odd_files() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("queue.tf", FAULTY_QUEUE), ("shut.yaml", BUCKET.as_bytes())]);
    symlink(".", folder.path().join("loop")).unwrap();
    symlink("nowhere.tf", folder.path().join("dangling.tf")).unwrap();
    symlink("/dev/zero", folder.path().join("endless.yaml")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status();
    assert!(pipe.is_ok_and(|status| status.success()), "mkfifo is there on every Unix");
    let shut = folder.path().join("shut.yaml");
    std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(0o000)).unwrap();
    let (report, run) = scan(folder.path(), &[]);
    assert_eq!(run.code, 1);
    assert_eq!(verdict(&report, "sqs/queue-unencrypted", "aws_sqs_queue.faulty"), "fail");
    let gaps = report["gaps"].as_array().unwrap();
    let told = |file: &str| gaps.iter().any(|gap| gap["file"] == file && !gap["cure"].as_str().unwrap().is_empty());
    assert!(told("loop"), "{gaps:#?}");
    assert!(told("dangling.tf"), "{gaps:#?}");
    // Whoever runs as root can read everything, and then there is nothing to tell.
    let runs_as_root = std::fs::read(&shut).is_ok();
    assert!(runs_as_root || told("shut.yaml"), "{gaps:#?}");
}

#[test]
fn a_target_without_sources_is_no_clean_pass() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("README.md", b"# nothing"), ("pod.yaml", b"kind: Pod\n"), ("data.json", b"{}")]);
    for target in [".", "README.md", "pod.yaml", "data.json", "nowhere"] {
        let run = partywall(folder.path(), &["scan", target]);
        assert_eq!(run.code, 2, "{run:#?}");
        assert!(run.err.contains(target) && run.err.contains("help:"), "{}", run.err);
    }
    write(folder.path(), &[("queue.tf", FAULTY_QUEUE)]);
    assert_eq!(partywall(folder.path(), &["scan", "."]).code, 1);
    assert_eq!(partywall(folder.path(), &["scan", ".", "--exclude", "**/*.tf"]).code, 2);
    assert_eq!(partywall(folder.path(), &["scan", ".", "--exclude", "[a"]).code, 2);
}

/// Names that would clear a screen, set a title, hide text, or be markup.
const NAMES: [&str; 6] =
    ["\u{1b}[2Jgone", "\u{1b}]0;title\u{7}", "back\u{8}\r", "\u{9b}31m", "\u{202e}esrever", "<script>x</script>"];

#[test]
fn names_cannot_steer_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = (0..).zip(NAMES).map(|(number, name)| {
        let text = String::from_utf8_lossy(FAULTY_QUEUE).into_owned();
        text.replace("\"faulty\"\n", &format!("\"{name}\"\n")).replace("\"faulty\"", &format!("\"q{number}\""))
    });
    let text = blocks.collect::<String>() + "module \"m\" {\n  source = \"./\u{1b}[2J\"\n}\n";
    let missing =
        "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: { TemplateURL: \"./\\e[2J.yaml\" }\n";
    write(folder.path(), &[("main.tf", text.as_bytes()), ("odd.yaml", missing.as_bytes())]);
    let control = |text: &str| {
        text.chars().find(|character| character.is_control() && *character != '\n' || *character == '\u{202e}')
    };
    for arguments in [
        &["scan", ".", "--all"][..],
        &["query", "select * from aws_sqs_queue", "."],
        &["responsibility", ".", "--service", "sqs"],
    ] {
        let run = partywall(folder.path(), arguments);
        assert_eq!((control(&run.out), control(&run.err)), (None, None), "{run:#?}");
    }
    let page = partywall(folder.path(), &["scan", ".", "-o", "html"]).out;
    assert!(page.contains("&lt;script&gt;x") && !page.contains("<script>x"));
    let junit = partywall(folder.path(), &["scan", ".", "-o", "junit"]).out;
    assert_eq!(control(&junit).filter(|character| character.is_ascii()), None, "XML forbids it");
    write(folder.path(), &[("partywall.toml", "[scan]\n\"\u{7f}\u{9b}2J\" = \"\u{9b}\"\n".as_bytes())]);
    let run = partywall(folder.path(), &["scan", "."]);
    assert_eq!((run.code, control(&run.err)), (2, None), "{run:#?}");
}

#[test]
fn policies_of_stars_and_megabytes() {
    let statement = |action: &str, resource: &str| {
        format!(
            "{{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"{action}\", \"Resource\": \"{resource}\"}}"
        )
    };
    let stars = "*a".repeat(10) + "*";
    let texts: Vec<String> = (0..6_000).map(|number| statement(&format!("sqs:*{number}{stars}"), &stars)).collect();
    let policy = format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{}]}}", texts.join(","));
    assert!(policy.len() > 700_000);
    let folder = tempfile::tempdir().unwrap();
    let code = "resource \"aws_sqs_queue\" \"a\" {\n  name   = \"a\"\n  policy = file(\"policy.json\")\n}\nresource \"aws_iam_policy\" \"a\" {\n  policy = file(\"policy.json\")\n}\n";
    write(
        folder.path(),
        &[("main.tf", code.as_bytes()), ("policy.json", policy.as_bytes()), ("queue.tf", FAULTY_QUEUE)],
    );
    let (report, _) = scan(folder.path(), &[]);
    assert_eq!(verdict(&report, "sqs/queue-unencrypted", "aws_sqs_queue.faulty"), "fail");
    assert_eq!(verdict(&report, "sqs/queue-policy-public", "aws_sqs_queue.a"), "fail");
    let deep = format!("{}{}", "{\"Statement\":".repeat(50_000), "}".repeat(50_000));
    let long = format!("{{\"Statement\": [{}]}}", statement(&"*a".repeat(20_000), &"?*".repeat(20_000)));
    for policy in [deep, long, "{".into(), "[]".into(), "null".into(), "{\"Statement\": 1e400}".into()] {
        write(folder.path(), &[("policy.json", policy.as_bytes())]);
        let (report, _) = scan(folder.path(), &[]);
        assert_eq!(verdict(&report, "sqs/queue-unencrypted", "aws_sqs_queue.faulty"), "fail");
        let head: String = policy.chars().take(30).collect();
        assert_ne!(verdict(&report, "sqs/queue-policy-public", "aws_sqs_queue.a"), "pass", "{head}");
    }
}

#[test]
fn a_configuration_that_is_not_understood_stops_the_scan() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("queue.tf", FAULTY_QUEUE)]);
    let waiver =
        "[[waiver]]\ncheck = \"sqs/queue-unencrypted\"\nresource = \"*\"\nowner = \"me\"\nexpires = \"2999-01-01\"\n";
    for (text, word) in [
        ("[scan]\nexcluded = []\n", "partywall.toml:2"),
        ("[skan]\n", "partywall.toml:1"),
        ("[scan]\nexclude = 1\n", "partywall.toml:2"),
        ("[scan\n", "partywall.toml:1"),
        (waiver, "reason"),
        ("[sensitivity]\nuntagged = \"secret\"\n", "partywall.toml:2"),
        ("[scan]\nskip = [\"no/such-check\"]\n", "no/such-check"),
        ("[scan]\nexclude = [\"[a\"]\n", "[a"),
    ] {
        write(folder.path(), &[("partywall.toml", text.as_bytes())]);
        let run = partywall(folder.path(), &["scan", "."]);
        assert_eq!(run.code, 2, "{text}: {run:#?}");
        assert!(run.err.contains(word) && run.err.contains("help:"), "{text}: {}", run.err);
    }
    write(folder.path(), &[("partywall.toml", b"\xff")]);
    assert_eq!(partywall(folder.path(), &["scan", "."]).code, 2);
}

#[test]
fn waivers_that_do_not_count_are_gaps() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("queue.tf", FAULTY_QUEUE)]);
    let check = "sqs/queue-unencrypted";
    for (check, owner, reason, expires, words) in [
        (check, "me", "because", "2020-01-01", "expired"),
        (check, "me", " ", "2999-01-01", "a reason"),
        (check, "", "because", "2999-01-01", "an owner"),
        (check, "me", "because", "next year", "must be a day"),
        (check, "me", "because", "9999-99-99", "must be a day"),
        ("no/such-check", "me", "because", "2999-01-01", "no such check"),
    ] {
        let text = format!(
            "[[waiver]]\ncheck = \"{check}\"\nresource = \"*\"\nowner = \"{owner}\"\nreason = \"{reason}\"\nexpires = \"{expires}\"\n"
        );
        write(folder.path(), &[("partywall.toml", text.as_bytes())]);
        let (report, run) = scan(folder.path(), &[]);
        assert_eq!(run.code, 1);
        let gaps = report["gaps"].as_array().unwrap();
        assert!(gaps.iter().any(|gap| is_told(gap, words, "partywall.toml")), "{words}: {gaps:#?}");
        assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["waiver"].is_null()), "{words}");
    }
}

/// A check of one's own, by the rest of its statement.
fn check(statement: &str) -> Vec<u8> {
    format!("-- title: own\n-- severity: high\n-- layer: data\n{statement}\n").into_bytes()
}

#[test]
fn broken_checks_never_pass() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("queue.tf", FAULTY_QUEUE)]);
    for (statement, judged) in [
        ("SELEC resource", false),
        ("SELECT resource, TRUE AS ok FROM no_such_table", false),
        ("SELECT resource, no_such_column AS ok FROM aws_sqs_queue", true),
        ("SELECT resource, cast(title AS BIGINT) > 0 AS ok FROM aws_sqs_queue", true),
        ("SELECT resource, 1 / (CASE WHEN title = 'faulty' THEN 0 ELSE 1 END) > 0 AS ok FROM aws_sqs_queue", true),
        ("SELECT title, TRUE AS ok FROM aws_sqs_queue", true),
        ("SELECT resource, 'yes' AS ok FROM aws_sqs_queue", true),
        ("DELETE FROM aws_sqs_queue", false),
        ("SELECT resource, TRUE AS ok FROM aws_sqs_queue; SELECT 1", false),
    ] {
        write(folder.path(), &[("own/sqs/odd.sql", &check(statement))]);
        let (report, run) = scan(folder.path(), &["--checks", "own"]);
        assert_eq!(run.code, 1, "{statement}");
        assert_eq!(verdict(&report, "sqs/queue-unencrypted", "aws_sqs_queue.faulty"), "fail");
        let own = verdict(&report, "sqs/odd", "aws_sqs_queue.faulty");
        assert_eq!(own, if judged { "unknown" } else { "none" }, "{statement}");
        let gaps = report["gaps"].as_array().unwrap();
        let told =
            gaps.iter().any(|gap| gap["kind"] == "check_failed" && gap["cause"].as_str().unwrap().contains("sqs/odd"));
        assert!(told, "{statement}: {gaps:#?}");
        let strict = ["scan", ".", "--checks", "own", "--check", "sqs/odd"];
        assert_eq!(partywall(folder.path(), &[&strict[..], &["--fail-on-unknown"]].concat()).code, 1, "{statement}");
    }
    write(folder.path(), &[("own/sqs/odd.sql", b"-- title: no severity\nSELECT 1\n")]);
    let run = partywall(folder.path(), &["scan", ".", "--checks", "own"]);
    assert!(run.code == 2 && run.err.contains("sqs/odd") && run.err.contains("severity"), "{run:#?}");
}

#[test]
fn a_query_only_reads() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("queue.tf", FAULTY_QUEUE)]);
    for statement in [
        "DELETE FROM aws_sqs_queue",
        "INSERT INTO aws_sqs_queue VALUES (1)",
        "UPDATE aws_sqs_queue SET title = 'x'",
        "DROP TABLE aws_sqs_queue",
        "CREATE TABLE t (a INT)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "COPY aws_sqs_queue TO 'stolen.csv'",
        "SET datafusion.execution.batch_size = 1",
        "SELECT * FROM '/etc/passwd'",
        "SELECT 1; SELECT 2",
        "EXPLAIN ANALYZE SELECT 1",
        "",
        &"(".repeat(30_000),
        &format!("SELECT {}1", "NOT ".repeat(30_000)),
    ] {
        let run = partywall(folder.path(), &["query", statement, "."]);
        let head: String = statement.chars().take(40).collect();
        assert_eq!(run.code, 2, "{head}: {} {}", run.out, run.err);
        assert!(run.err.contains("help:"), "{head}: {}", run.err);
    }
    assert!(!folder.path().join("stolen.csv").exists());
}

/// Writes a plan of 200 MB. Run: `cargo test --release -p partywall --test hostile_input -- --ignored`
#[test]
#[ignore = "writes 200 MB"]
fn a_plan_of_200_megabytes() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let mut file = std::io::BufWriter::new(std::fs::File::create(folder.path().join("plan.json")).unwrap());
    file.write_all(b"{\"format_version\": \"1.2\", \"terraform_version\": \"1.9.0\", \"planned_values\": {\"root_module\": {\"resources\": [").unwrap();
    let filler = "x".repeat(1_850);
    for number in 0..100_000 {
        let separator = if number == 0 { "" } else { "," };
        write!(file, "{separator}{{\"address\": \"aws_sqs_queue.q{number}\", \"mode\": \"managed\", \"type\": \"aws_sqs_queue\", \"name\": \"q{number}\", \"values\": {{\"name\": \"q{number}\", \"sqs_managed_sse_enabled\": false, \"tags\": {{\"note\": \"{filler}\"}}}}}}").unwrap();
    }
    file.write_all(b"]}}}").unwrap();
    drop(file);
    assert!(std::fs::metadata(folder.path().join("plan.json")).unwrap().len() > 200_000_000);
    let arguments = ["scan", "plan.json", "--check", "sqs/queue-unencrypted", "-o", "csv=out.csv"];
    let run = partywall_within(folder.path(), &arguments, Duration::from_secs(120), 5 * 1024 * 1024);
    assert_eq!(run.code, 1);
    let lines = std::fs::read_to_string(folder.path().join("out.csv")).unwrap().lines().count();
    assert_eq!(lines, 100_001);
}

#[test]
fn broken_answers_of_the_api() {
    let manifest =
        |accounts: &str| format!("{{\"partywall_collection\": 1, \"accounts\": [{accounts}], \"calls\": []}}");
    let account = "{\"id\": \"111122223333\", \"regions\": []}";
    let page = "{\"call\": \"s3:ListBuckets\", \"request\": {}, \"page\": 0, \"last\": true, \"answer\": {}}\n";
    all_hold(vec![
        case(
            "deep answer",
            "describe-instances.json",
            format!("{{\"Reservations\": {}", "[".repeat(100_000)),
            "no JSON object",
            "describe-instances.json",
        ),
        case(
            "a number beyond all numbers",
            "describe-volumes.json",
            "{\"Volumes\": [{\"Size\": 1e999}]}",
            "no JSON object",
            "describe-volumes.json",
        ),
        case(
            "invalid UTF-8",
            "describe-subnets.json",
            b"{\"Subnets\": [{\"SubnetId\": \"\xff\"}]}".to_vec(),
            "cannot be read",
            "describe-subnets.json",
        ),
        case(
            "an account that leads out of the folder",
            "collection.json",
            manifest("{\"id\": \"../../../etc\", \"regions\": [\"x\"]}"),
            "cannot be",
            "collection.json",
        ),
        case(
            "a region that leads out of the folder",
            "collection.json",
            manifest("{\"id\": \"111122223333\", \"regions\": [\"../..\"]}"),
            "cannot be",
            "collection.json",
        ),
        case(
            "a newer format",
            "collection.json",
            "{\"partywall_collection\": 99, \"accounts\": []}",
            "the format 99",
            "collection.json",
        ),
        several(
            "a damaged line",
            &[
                ("collection.json", &manifest(account)),
                ("111122223333/global/s3.jsonl", &format!("{page}not JSON\n{page}")),
            ],
            "is no answer",
            "111122223333/global/s3.jsonl:",
        ),
    ]);
}
