#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use partywall_model::{ColumnType, table};

use super::{Escalation, Gain, Group, On, Path, Principal, Requirement, Target};
use crate::access::facts::Actions;

/// The ids of the catalogue <https://github.com/DataDog/pathfinding.cloud> as of commit 84dd65c.
const CATALOGUE: &str = "apprunner-001 apprunner-002 bedrock-001 bedrock-002 cloudformation-001 cloudformation-002 \
    cloudformation-003 cloudformation-004 cloudformation-005 codebuild-001 codebuild-002 codebuild-003 codebuild-004 \
    datapipeline-001 ec2instanceconnect-003 ec2-001 ec2-002 ec2-003 ec2-004 ecs-001 ecs-002 ecs-003 ecs-004 ecs-005 \
    glue-001 glue-002 glue-003 glue-004 glue-005 glue-006 iam-001 iam-002 iam-003 iam-004 iam-005 iam-006 iam-007 \
    iam-008 iam-009 iam-010 iam-011 iam-012 iam-013 iam-014 iam-015 iam-016 iam-017 iam-018 iam-019 iam-020 iam-021 \
    lambda-001 lambda-002 lambda-003 lambda-004 lambda-005 lambda-006 sagemaker-001 sagemaker-002 sagemaker-003 \
    sagemaker-004 sagemaker-005 ssm-001 ssm-002 sts-001";

fn paths() -> &'static [Path] {
    Escalation::shipped()
}

/// Every path that fails, with what is wrong.
fn assert_none(wrong: impl Iterator<Item = String>) {
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_many_paths_of_every_group_and_each_has_a_name_of_its_own() {
    assert!(paths().len() >= 200, "{}", paths().len());
    let ids: BTreeSet<&str> = paths().iter().map(|path| path.id.as_str()).collect();
    assert_eq!(ids.len(), paths().len());
    let is_kebab = |id: &str| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    assert!(ids.iter().all(|id| is_kebab(id)));
    let groups: BTreeSet<Group> = paths().iter().map(|path| path.group).collect();
    assert_eq!(groups.len(), 5);
}

#[test]
fn the_published_catalogue_is_covered() {
    let covered: BTreeSet<&str> = paths().iter().flat_map(|path| &path.catalogue).map(String::as_str).collect();
    let published: BTreeSet<&str> = CATALOGUE.split_whitespace().collect();
    assert_eq!(published.len(), 65);
    assert_eq!(covered, published);
}

/// Actions are spelled as AWS spells them, and work on what the path says.
#[test]
fn actions_are_those_of_aws() {
    let actions = Actions::shipped();
    let steps = paths().iter().flat_map(|path| path.actions.iter().map(move |step| (path, step)));
    assert_none(steps.filter_map(|(path, step)| {
        let wrong = |what: &str| Some(format!("{}: {}: {what}", path.id, step.action));
        let Some(action) = actions.action(&step.action) else { return wrong("no such action") };
        if action.id != step.action {
            return wrong(action.id);
        }
        let services = actions.resource_patterns(action.id).filter_map(|pattern| pattern.split(':').nth(2));
        let services: BTreeSet<&str> = services.collect();
        match &step.on {
            On::Any => (action.resources().any(|(_, required)| required)).then(|| wrong("needs a resource")).flatten(),
            On::Pattern(pattern) if !services.contains(pattern.split(':').nth(2).unwrap_or_default()) => {
                wrong(&format!("never works on {pattern}"))
            }
            On::Pattern(pattern) if pattern.contains("${") || !pattern.starts_with("arn:{partition}:") => {
                wrong(&format!("{pattern} is no pattern"))
            }
            On::Itself | On::Target | On::Policy | On::Boundary | On::Group if !services.contains("iam") => {
                wrong("works on no identity")
            }
            _ if action.is_on_everything_only() && step.on != On::Any => wrong("works on * only"),
            _ => None,
        }
    }));
    let only = paths().iter().flat_map(|path| path.only.iter().map(move |pattern| (path, pattern)));
    let idle = only.filter(|(_, pattern)| actions.expand(pattern).next().is_none());
    assert_none(idle.map(|(path, pattern)| format!("{}: nothing is {pattern}", path.id)));
}

/// A context key that the action does not support would never be in the request.
#[test]
fn context_keys_are_those_of_the_action() {
    let actions = Actions::shipped();
    let steps = paths().iter().flat_map(|path| path.actions.iter().map(move |step| (path, step)));
    let keys = steps.flat_map(|(path, step)| step.context.keys().map(move |key| (path, step, key)));
    assert_none(keys.filter_map(|(path, step, key)| {
        let supported = actions.action(&step.action)?.condition_keys().any(|other| other == key);
        (!supported).then(|| format!("{}: {} has no {key}", path.id, step.action))
    }));
}

#[test]
fn tables_and_columns_exist() {
    assert_none(paths().iter().filter_map(|path| {
        let resource = path.resource.as_ref()?;
        let Some(table) = table(&resource.table) else { return Some(format!("{}: no {}", path.id, resource.table)) };
        let name = resource.role.as_ref()?;
        let Some((_, column)) = table.column(name) else { return Some(format!("{}: no {name}", path.id)) };
        let (kind, to) = (&column.column_type, column.to);
        let is_reference = match kind {
            ColumnType::List(of) => matches!(of, ColumnType::Reference),
            kind => matches!(kind, ColumnType::Reference),
        };
        let refers = ["aws_iam_role", "aws_iam_instance_profile"].contains(&to);
        (!is_reference || !refers).then(|| format!("{}: {name} refers to `{to}`", path.id))
    }));
    let requirements = paths().iter().flat_map(|path| path.requires.iter().map(move |required| (path, required)));
    assert_none(requirements.filter_map(|(path, requirement)| match requirement {
        Requirement::Rows(rows) => {
            let column = table(&rows.rows).and_then(|table| table.column(&rows.via));
            column.is_none().then(|| format!("{}: no {}.{}", path.id, rows.rows, rows.via))
        }
        Requirement::Column(column) => {
            let kinds = match (column.of, path.target) {
                (Principal::Target, Target::User) => vec!["aws_iam_user"],
                (Principal::Target, _) => vec!["aws_iam_role"],
                (Principal::Itself, _) => vec!["aws_iam_user", "aws_iam_role"],
            };
            let missing = kinds.iter().any(|kind| table(kind).unwrap().column(&column.column).is_none());
            let asks = column.is.is_some() != column.set.is_some();
            (missing || !asks).then(|| format!("{}: {column:?}", path.id))
        }
    }));
}

/// What an analysis relies on to know where a path leads.
#[test]
fn paths_say_where_they_lead() {
    assert_none(paths().iter().filter_map(|path| {
        let on = |wanted: &On| path.actions.iter().any(|step| step.on == *wanted);
        let passes = path.actions.iter().any(|step| step.action == "iam:PassRole" && step.on == On::Target);
        let wrong = match path.group {
            _ if path.actions.is_empty() => "no action",
            Group::NewPassrole if !passes || path.service.is_none() => "no role is passed to a service",
            Group::ExistingPassrole if path.resource.is_none() && (path.service.is_none() || path.doubt.is_none()) => {
                "which role is it?"
            }
            Group::SelfEscalation if ![Target::Itself, Target::Group].contains(&path.target) => "not of oneself",
            _ if on(&On::Resource) && path.resource.is_none() => "on which resource?",
            _ if (path.target == Target::Resource) != (path.gains == Gain::Resource) => "gains what?",
            _ if !path.source.starts_with("https://") || !path.why.ends_with('.') || !path.cure.ends_with('.') => {
                "source, why and cure"
            }
            _ => return None,
        };
        Some(format!("{}: {wrong}", path.id))
    }));
}
