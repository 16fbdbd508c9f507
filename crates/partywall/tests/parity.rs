//! The same estate in three languages gives equal rows and equal verdicts.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use partywall::{ScanOptions, assess, open};
use partywall_checks::Library;
use partywall_model::{Cell, Inventory};

/// What the languages cannot say alike, by table and column, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("", "account_id", "each language names the account in its own words"),
    ("", "region", "a template has no region until it is deployed"),
    ("", "arn", "follows from account and region"),
    ("", "title", "a resource without a name is called by its address"),
    ("aws_ec2_load_balancer_listener", "tags", "CloudFormation cannot tag it"),
    ("aws_iam_instance_profile", "tags", "CloudFormation cannot tag it"),
    ("aws_iam_policy", "tags", "CloudFormation cannot tag it"),
    ("aws_rds_db_instance", "promotion_tier", "Terraform's provider sends 0, the service's default is 1"),
    (
        "aws_secretsmanager_secret",
        "block_public_policy",
        "Terraform asks for it when it sets a policy, CloudFormation's default is not documented",
    ),
];

/// Where a plan shows what the provider fills in and the configuration leaves out.
const FILLED_IN_BY_PLAN: &[(&str, &str)] =
    &[("aws_ec2_target_group", "health_check_protocol"), ("aws_sqs_queue", "kms_data_key_reuse_period_seconds")];

fn webshop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/webshop")
}

fn options(terraform: bool) -> ScanOptions {
    let mut options = ScanOptions::default();
    let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    if terraform {
        options.ingest.terraform.variables = BTreeMap::from([value("reporting_delete_protection", "true")]);
        options.ingest.exclude = vec!["cloudformation/**".into(), "plan/**".into()];
    } else {
        options.ingest.cloudformation.parameters =
            BTreeMap::from([value("ReportingDeleteProtection", "true"), value("AWS::Region", "eu-central-1")]);
    }
    options
}

/// A name that is the same in every language: `module.network.aws_subnet.public_subnet["a"]` and
/// `PublicSubnetA` both become `publicsubneta`.
fn canonical_name(resource: &str) -> String {
    let (resource, rest) = resource.split_once('/').map_or((resource, ""), |(resource, rest)| (resource, rest));
    let local = match resource.rfind("aws_") {
        Some(at) => resource[at..].split_once('.').map_or(resource, |(_, name)| name),
        None => resource,
    };
    let name: String = local.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    // Positions of inline rules and the blocks' names differ; what is told apart by them is in the columns.
    let tail = rest.rsplit_once("]/").map_or(if rest.is_empty() { "" } else { "part" }, |(_, tail)| tail);
    if tail.is_empty() { name } else { format!("{name}/{}", canonical_text(tail)) }
}

fn canonical_text(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (inside, after) = after.split_once('}').unwrap_or((after, ""));
        let (owner, attribute) = inside.rsplit_once(".arn").map_or((inside, ""), |(owner, _)| (owner, ".arn"));
        out.push_str(&format!("{before}${{{}{attribute}}}", canonical_name(owner)));
        rest = after;
    }
    out.push_str(rest);
    if text.starts_with("aws_")
        || text.starts_with("module.")
        || text.chars().all(char::is_alphanumeric) && text.starts_with(char::is_uppercase)
    {
        return canonical_name(text);
    }
    out
}

fn canonical_cell(cell: &Cell) -> String {
    match cell {
        Cell::Unknown(_) => "NULL".into(),
        Cell::Text(text) => canonical_text(text),
        Cell::Boolean(truth) => truth.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::List(items) => {
            let mut items: Vec<String> = items.iter().map(canonical_cell).collect();
            items.sort();
            format!("[{}]", items.join(", "))
        }
        Cell::Map(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key}={}", canonical_cell(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Cell::Struct(fields) => format!("({})", fields.iter().map(canonical_cell).collect::<Vec<_>>().join(", ")),
    }
}

/// Every row as `table name column = value`. Left out is the row that stands for a list which a plan cannot show.
fn facts(inventory: &Inventory) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for (table, rows) in inventory.resource_tables() {
        for row in rows {
            if row.resource.contains("[?]") {
                continue;
            }
            let name = canonical_name(&row.resource);
            for (column, cell) in table.columns.iter().zip(&row.cells) {
                let excepted =
                    EXCEPTIONS.iter().any(|(of, name, _)| (of.is_empty() || *of == table.name) && *name == column.name);
                if !excepted && column.name != "resource" {
                    facts.insert(format!("{} {name} {} = {}", table.name, column.name, canonical_cell(cell)));
                }
            }
        }
    }
    facts
}

fn verdicts(target: &Path, options: &ScanOptions) -> BTreeSet<String> {
    let library = Library::shipped().unwrap();
    let estate = open(target, options, &|_| ()).unwrap();
    let assessment = assess(target, estate, &library, options, &|_| ()).unwrap();
    let line = |finding: &partywall_model::Finding| {
        format!("{} {} {}", finding.check, canonical_name(&finding.resource), finding.verdict.id())
    };
    assessment.findings.iter().map(line).collect()
}

fn assert_equal(what: &str, left: &BTreeSet<String>, right: &BTreeSet<String>) {
    let only_left: Vec<&String> = left.difference(right).collect();
    let only_right: Vec<&String> = right.difference(left).collect();
    assert!(
        only_left.is_empty() && only_right.is_empty(),
        "{what}\nonly left ({}):\n{}\nonly right ({}):\n{}",
        only_left.len(),
        only_left.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n"),
        only_right.len(),
        only_right.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n")
    );
}

fn inventory(target: &Path, options: &ScanOptions) -> BTreeSet<String> {
    facts(&open(target, options, &|_| ()).unwrap().inventory)
}

#[test]
fn configuration_and_template_give_equal_rows() {
    let code = inventory(&webshop(), &options(true));
    let template = inventory(&webshop().join("cloudformation/template.yaml"), &options(false));
    assert!(code.len() > 500, "the estate is not read: {} facts", code.len());
    assert_equal("Terraform (left) and CloudFormation (right)", &code, &template);
}

/// A plan knows less than the configuration that it was made from: its lists of references to come are one
/// unknown. What it does know must be the same.
#[test]
fn a_plan_never_contradicts_its_configuration() {
    let code = inventory(&webshop(), &options(true));
    let plan = inventory(&webshop().join("plan/plan.json"), &options(true));
    let subject = |fact: &String| fact.split_once(" = ").map(|(subject, value)| (subject.to_owned(), value.to_owned()));
    let known: BTreeMap<String, String> = code.iter().filter_map(subject).collect();
    let (mut same, mut less) = (0, 0);
    let mut contradictions = Vec::new();
    for (name, value) in plan.iter().filter_map(subject) {
        match known.get(&name) {
            Some(expected) if *expected == value => same += 1,
            Some(_) if value.contains("NULL") => less += 1,
            Some(expected) if expected == "NULL" || filled_in(&name) => same += 1,
            expected => contradictions.push(format!("{name} = {value}, in the configuration {expected:?}")),
        }
    }
    assert!(contradictions.is_empty(), "{}", contradictions.join("\n"));
    assert!(same > 10 * less, "a plan should know almost all: {same} the same, {less} unknown");
}

fn filled_in(subject: &str) -> bool {
    FILLED_IN_BY_PLAN.iter().any(|(table, column)| subject.starts_with(table) && subject.ends_with(column))
}

#[test]
fn a_template_gets_the_verdicts_of_the_configuration() {
    let code = verdicts(&webshop(), &options(true));
    let template = verdicts(&webshop().join("cloudformation/template.yaml"), &options(false));
    assert_equal("Terraform (left) and CloudFormation (right)", &code, &template);
}

#[test]
fn a_plan_gets_the_verdicts_of_its_configuration_or_none() {
    let code = verdicts(&webshop(), &options(true));
    let plan = verdicts(&webshop().join("plan/plan.json"), &options(true));
    let undecided: BTreeSet<String> = plan.iter().filter(|verdict| verdict.ends_with(" unknown")).cloned().collect();
    let decided: BTreeSet<String> = plan.difference(&undecided).cloned().collect();
    let surprising: Vec<&String> = decided.difference(&code).collect();
    assert!(surprising.is_empty(), "{surprising:#?}");
    assert!(plan.len() >= code.len(), "no verdict may vanish");
}
