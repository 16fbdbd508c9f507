//! The program as its users run it: exit codes, options, and what must never be printed.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use support::{FAULTY_QUEUE, partywall, scan, verdict, write};

const UNENCRYPTED: &str = "sqs/queue-unencrypted";
const QUEUE: &str = "aws_sqs_queue.faulty";

fn estate(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    folder
}

#[test]
fn the_exit_code_tells_how_bad_it_is() {
    let folder = estate(&[("queue.tf", FAULTY_QUEUE)]);
    let doubt = estate(&[(
        "queue.tf",
        b"variable \"v\" {}\nresource \"aws_sqs_queue\" \"q\" {\n  sqs_managed_sse_enabled = var.v\n}\n",
    )]);
    let only = ["--check", UNENCRYPTED];
    for (folder, arguments, expected) in [
        (&folder, &[][..], 1),
        (&folder, &["--fail-on", "low"], 1),
        (&folder, &["--fail-on", "medium"], 1),
        (&folder, &["--fail-on", "high"], 0),
        (&folder, &["--fail-on", "critical"], 0),
        (&folder, &["--fail-on", "never"], 0),
        (&folder, &["--fail-on", "never", "--fail-on-unknown"], 0),
        (&doubt, &[], 0),
        (&doubt, &["--fail-on-unknown"], 1),
        (&doubt, &["--fail-on-unknown", "--fail-on", "critical"], 0),
        (&doubt, &["--fail-on-unknown", "--var", "v=true"], 0),
        (&doubt, &["--var", "v=false"], 1),
        (&folder, &["--fail-on", "sometimes"], 2),
        (&folder, &["--check", "no/such-check"], 2),
        (&folder, &["--framework", "no-such-framework"], 2),
        (&folder, &["-o", "docx"], 2),
        (&folder, &["-o", "json=/no/such/folder/report.json"], 2),
        (&folder, &["--baseline", "nowhere.json"], 2),
        (&folder, &["--checks", "nowhere"], 2),
        (&folder, &["--config", "nowhere.toml"], 2),
        (&folder, &["--var", "novalue"], 2),
        (&folder, &["--parameter", "novalue"], 2),
    ] {
        let run = partywall(folder.path(), &[&["scan", "."], &only[..], arguments].concat());
        assert_eq!(run.code, expected, "{arguments:?}: {run:#?}");
        assert!(expected != 2 || !run.err.is_empty(), "{arguments:?} says nothing");
    }
    for help in [&["--help"][..], &["help"]] {
        let run = partywall(folder.path(), help);
        assert!(run.code == 0 && run.out.contains("0 clean") && run.out.contains("2 could not run"), "{}", run.out);
    }
}

#[test]
fn values_of_variables_and_parameters_decide() {
    let code = b"variable \"v\" {\n  type = bool\n}\nresource \"aws_sqs_queue\" \"faulty\" {\n  sqs_managed_sse_enabled = var.v\n}\n";
    let template = b"Parameters:\n  V: { Type: String }\nResources:\n  Faulty:\n    Type: AWS::SQS::Queue\n    Properties: { SqsManagedSseEnabled: !Ref V }\n";
    let folder = estate(&[
        ("a/main.tf", code),
        ("yes.tfvars", b"v = true\n"),
        ("no.tfvars.json", b"{\"v\": false}"),
        ("b/t.yaml", template),
    ]);
    for (target, resource, arguments, expected) in [
        ("a", QUEUE, &[][..], "unknown"),
        ("a", QUEUE, &["--var", "v=true"], "pass"),
        ("a", QUEUE, &["--var", "v=false"], "fail"),
        ("a", QUEUE, &["--var-file", "yes.tfvars"], "pass"),
        ("a", QUEUE, &["--var-file", "no.tfvars.json"], "fail"),
        ("a", QUEUE, &["--var-file", "yes.tfvars", "--var", "v=false"], "fail"),
        ("b/t.yaml", "Faulty", &[], "unknown"),
        ("b/t.yaml", "Faulty", &["--parameter", "V=true"], "pass"),
        ("b/t.yaml", "Faulty", &["--parameter", "V=false"], "fail"),
    ] {
        let run = partywall(folder.path(), &[&["scan", target, "-o", "json"], arguments].concat());
        assert_eq!(verdict(&run.json(), UNENCRYPTED, resource), expected, "{target} {arguments:?}: {}", run.out);
    }
    let (report, _) = scan(&folder.path().join("a"), &["--var-file", "nowhere.tfvars"]);
    assert!(report["gaps"].to_string().contains("nowhere.tfvars"), "{}", report["gaps"]);
}

#[test]
fn a_baseline_keeps_old_faults_from_failing() {
    let folder = estate(&[("queue.tf", FAULTY_QUEUE)]);
    assert_eq!(partywall(folder.path(), &["scan", ".", "--write-baseline", "old.json"]).code, 1);
    let (report, run) = scan(folder.path(), &["--baseline", "old.json"]);
    assert_eq!((run.code, verdict(&report, UNENCRYPTED, QUEUE)), (0, "fail"));
    let more = String::from_utf8_lossy(FAULTY_QUEUE).replace("faulty", "new");
    write(folder.path(), &[("new.tf", more.as_bytes())]);
    assert_eq!(partywall(folder.path(), &["scan", ".", "--baseline", "old.json"]).code, 1);
    write(folder.path(), &[("old.json", b"{\"fingerprints\": 1}")]);
    assert_eq!(partywall(folder.path(), &["scan", ".", "--baseline", "old.json"]).code, 2);
}

#[test]
fn faults_are_waived_in_the_code_and_in_the_configuration() {
    let comment =
        |text: &str| format!("# partywall:ignore {UNENCRYPTED} {text}\n{}", String::from_utf8_lossy(FAULTY_QUEUE));
    let waiver = |resource: &str, expires: &str| {
        format!(
            "[[waiver]]\ncheck = \"{UNENCRYPTED}\"\nresource = \"{resource}\"\nowner = \"me\"\nreason = \"moved\"\nexpires = \"{expires}\"\n"
        )
    };
    let plain = String::from_utf8_lossy(FAULTY_QUEUE).into_owned();
    let yaml = format!(
        "Resources:\n  # partywall:ignore {UNENCRYPTED} moved\n  Faulty:\n    Type: AWS::SQS::Queue\n    Properties: {{ SqsManagedSseEnabled: false }}\n"
    );
    let json = format!(
        r#"{{"Resources": {{"Faulty": {{"Type": "AWS::SQS::Queue", "Metadata": {{"partywall": {{"ignore": {{"{UNENCRYPTED}": "moved"}}}}}}, "Properties": {{"SqsManagedSseEnabled": false}}}}}}}}"#
    );
    for (file, code, configuration, expected) in [
        ("queue.tf", comment("moved next week"), String::new(), 0),
        ("queue.tf", comment(""), String::new(), 1),
        ("queue.tf", comment("moved").replace(UNENCRYPTED, "sqs/no-dead-letter-queue"), String::new(), 1),
        ("t.yaml", yaml, String::new(), 0),
        ("t.json", json, String::new(), 0),
        ("queue.tf", plain.clone(), waiver(QUEUE, "2999-12-31"), 0),
        ("queue.tf", plain.clone(), waiver("*.faulty", "2999-12-31"), 0),
        ("queue.tf", plain.clone(), waiver("*.other", "2999-12-31"), 1),
        ("queue.tf", plain.clone(), waiver(QUEUE, "2020-12-31"), 1),
        ("queue.tf", plain, format!("[scan]\nskip = [\"{UNENCRYPTED}\"]\n"), 0),
    ] {
        let folder = estate(&[(file, code.as_bytes()), ("partywall.toml", configuration.as_bytes())]);
        let run = partywall(folder.path(), &["scan", ".", "--check", UNENCRYPTED]);
        assert_eq!(run.code, expected, "{file} {code}{configuration}: {}", run.out);
    }
}

#[test]
fn a_check_of_ones_own_is_started_tested_and_run() {
    let folder = estate(&[("queue.tf", FAULTY_QUEUE)]);
    let here = folder.path();
    assert_eq!(partywall(here, &["checks", "new", "sqs/odd-name", "--folder", "own"]).code, 0);
    assert_eq!(partywall(here, &["checks", "new", "sqs/odd-name", "--folder", "own"]).code, 2);
    assert_eq!(partywall(here, &["checks", "new", "../../etc/x", "--folder", "own"]).code, 2);
    let sql = "-- title: SQS queue has an odd name\n-- severity: low\n-- layer: data\n-- aliases: [OWN_1]\n-- message: \"`{title}` is odd\"\nSELECT resource, title, queue_name <> 'faulty' AS ok FROM aws_sqs_queue\n";
    let queue = |name: &str| format!("```hcl\nresource \"aws_sqs_queue\" \"q\" {{\n  name = {name}\n}}\n```\n\n");
    let page = format!(
        "# Odd\n\nNames matter.\n\n## Remedy\n\nChoose another name.\n\n## Fails\n\n{}## Passes\n\n{}## Unknown\n\nvariable\n\n{}",
        queue("\"faulty\""),
        queue("\"good\""),
        queue("var.name").replace("```hcl\n", "```hcl\nvariable \"name\" {}\n")
    );
    write(here, &[("own/sqs/odd-name.sql", sql.as_bytes()), ("own/sqs/odd-name.md", page.as_bytes())]);
    let tested = partywall(here, &["checks", "--checks", "own", "test", "sqs/odd-name"]);
    assert_eq!(tested.code, 0, "{tested:#?}");
    assert!(tested.out.contains("3 examples"), "{}", tested.out);
    let (report, run) = scan(here, &["--checks", "own", "--check", "OWN_1"]);
    assert_eq!((run.code, verdict(&report, "sqs/odd-name", QUEUE)), (1, "fail"));
    write(here, &[("own/sqs/odd-name.md", page.replace("\"good\"", "\"faulty\"").as_bytes())]);
    let tested = partywall(here, &["checks", "--checks", "own", "test", "sqs/odd-name"]);
    assert!(tested.code == 1 && tested.out.contains("sqs/odd-name"), "{tested:#?}");
    let listed = partywall(here, &["checks", "list", "--json"]).json();
    assert!(listed.as_array().unwrap().len() > 80);
    let shown = partywall(here, &["checks", "show", UNENCRYPTED]);
    assert!(shown.code == 0 && shown.out.contains("SELECT"), "{shown:#?}");
    assert_eq!(partywall(here, &["checks", "show", "no/such-check"]).code, 2);
    assert_eq!(partywall(here, &["checks", "list", "--frameworks"]).code, 0);
}

#[test]
fn the_checks_of_a_framework_run_alone() {
    let folder = estate(&[("queue.tf", FAULTY_QUEUE)]);
    let listed = partywall(folder.path(), &["checks", "list", "--frameworks"]).out;
    for line in listed.lines().filter(|line| !line.starts_with(' ')) {
        let name = line.split(':').next().unwrap();
        let (report, _) = scan(folder.path(), &["--framework", name]);
        assert!(report["checks"].as_object().unwrap().len() < 10, "{name}");
    }
}

#[test]
fn questions_are_answered_in_every_form() {
    let folder = estate(&[("queue.tf", FAULTY_QUEUE)]);
    let ask = |more: &[&str]| {
        partywall(
            folder.path(),
            &[&["query", "select title, sqs_managed_sse_enabled, 'a,\"b' as t from aws_sqs_queue", "."], more].concat(),
        )
    };
    assert!(ask(&[]).out.contains("(1 row)"));
    assert_eq!(ask(&["-o", "csv"]).out, "title,sqs_managed_sse_enabled,t\nfaulty,false,\"a,\"\"b\"\n");
    assert_eq!(
        ask(&["-o", "json"]).json(),
        serde_json::json!([{ "title": "faulty", "sqs_managed_sse_enabled": false, "t": "a,\"b" }])
    );
    let duties = |more: &[&str]| partywall(folder.path(), &[&["responsibility", "."], more].concat());
    assert!(duties(&[]).out.contains("sqs"));
    assert!(duties(&["--resource", QUEUE]).out.contains("host OS"));
    assert!(duties(&["--service", "sqs"]).out.contains(QUEUE));
    assert!(!duties(&["-o", "json"]).json().as_array().unwrap().is_empty());
    assert_eq!(duties(&["--resource", "no.such"]).code, 2);
    assert_eq!(duties(&["--service", "s3"]).code, 2);
}

#[test]
fn several_reports_are_written_at_once() {
    let folder = estate(&[("queue.tf", FAULTY_QUEUE)]);
    let outputs = ["json", "sarif", "junit", "csv", "html", "terminal"];
    let arguments: Vec<String> =
        outputs.iter().flat_map(|name| ["-o".to_owned(), format!("{name}=report.{name}")]).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = partywall(folder.path(), &[&["scan", "."], &arguments[..]].concat());
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    for name in outputs {
        assert!(std::fs::metadata(folder.path().join(format!("report.{name}"))).unwrap().len() > 100, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/webshop");
    let mut child = Command::new(env!("CARGO_BIN_EXE_partywall"))
        .args(["scan", ".", "-o", "json"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(1), ""));
}

/// What no report may show. Each is planted in another place.
const SECRETS: [&str; 8] = [
    "hunter2-database",
    "AKIAIOSFODNN7EXAMPLE",
    "hunter2-environment",
    "hunter2-default",
    "hunter2-noecho",
    "hunter2-plan",
    "hunter2-yaml",
    "hunter2-heredoc",
];

#[test]
fn secrets_are_never_shown() {
    let code = r#"
variable "database_password" {
  default = "hunter2-default"
}
resource "aws_db_instance" "a" {
  identifier = "a"
  username   = "root"
  password   = "hunter2-database"
}
resource "aws_db_instance" "b" {
  password = var.database_password
}
resource "aws_instance" "c" {
  user_data = <<-EOT
    export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
    export DB_PASSWORD=hunter2-heredoc
  EOT
}
resource "aws_lambda_function" "d" {
  function_name = "d"
  environment {
    variables = {
      DB_PASSWORD = "hunter2-environment"
    }
  }
}
"#;
    let template = "Parameters:\n  P: { Type: String, NoEcho: true, Default: hunter2-noecho }\nResources:\n  E:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Ref P\n  F:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUsername: root\n      MasterUserPassword: 'hunter2-yaml'\n";
    let plan = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [{"address": "aws_db_instance.g", "mode": "managed", "type": "aws_db_instance", "name": "g", "values": {"password": "hunter2-plan", "identifier": "g"}, "sensitive_values": {"password": true}}]}}}"#;
    let folder =
        estate(&[("main.tf", code.as_bytes()), ("t.yaml", template.as_bytes()), ("plan.json", plan.as_bytes())]);
    let mut shown = Vec::new();
    let queries =
        ["select * from aws_rds_db_instance", "select * from aws_lambda_function", "select * from aws_ec2_instance"];
    let mut runs: Vec<Vec<&str>> = ["terminal", "json", "sarif", "junit", "csv", "html"]
        .map(|format| vec!["scan", ".", "--all", "-o", format])
        .to_vec();
    runs.extend(queries.map(|query| vec!["query", query, ".", "-o", "json"]));
    runs.push(vec!["responsibility", ".", "-o", "json"]);
    for arguments in runs {
        let run = partywall(folder.path(), &arguments);
        assert_ne!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(run.out.len() > 50, "{run:#?}");
        let found = SECRETS.iter().filter(|secret| run.out.contains(**secret) || run.err.contains(**secret));
        shown.extend(found.map(|secret| format!("{arguments:?} shows {secret}")));
    }
    assert!(shown.is_empty(), "{shown:#?}");
}
