#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use partywall_model::{Cell, ColumnType, table};

use super::{Edge, Node, Paths, Way};
use crate::access::estate::Estate;
use crate::access::facts::Escalation;
use crate::access::facts::escalation::{Gain, Kind, On, Path, Principal as Whom, Requirement, Target};
use crate::access::question::Certainty;
use crate::access::tests::fixture::{ACCOUNT, Fixture, document, on_everything, trusting};

/// What keeps the caller from an action.
#[derive(Clone, Copy, Debug)]
enum Obstacle<'a> {
    Nothing,
    NotAllowed(&'a str),
    Denied(&'a str),
    OutOfBounds(&'a str),
    ServiceControl(&'a str),
}

/// An estate in which a caller may do exactly what a path needs.
fn estate(path: &Path, obstacle: Obstacle<'_>) -> (Estate, Fixture) {
    let mut fixture = Fixture::default();
    let actions: Vec<&str> = path.actions.iter().map(|step| step.action.as_str()).collect();
    let allowed: Vec<&str> = actions
        .iter()
        .copied()
        .filter(|action| match obstacle {
            Obstacle::NotAllowed(other) => other != *action,
            Obstacle::OutOfBounds(other) => path.gains != Gain::Unbounded || other != *action,
            _ => true,
        })
        .collect();
    let is_freed = matches!(path.gains, Gain::Unbounded | Gain::Undenied);
    let mut statements = Vec::new();
    if is_freed {
        // Whoever gets rid of what limits it must have been given more.
        statements.push(on_everything("Allow", &["*"]));
    } else if !allowed.is_empty() {
        statements.push(on_everything("Allow", &allowed));
    }
    if let Obstacle::Denied(action) = obstacle {
        statements.push(on_everything("Deny", &[action]));
    }
    let mut own = requirements(path, Whom::Itself);
    if let Obstacle::OutOfBounds(action) = obstacle {
        let bounds = document(&[format!(r#"{{"Effect":"Allow","NotAction":"{action}","Resource":"*"}}"#)]);
        own.push(("permissions_boundary_arn", Cell::text(fixture.managed("bounds", &bounds))));
    }
    if let Obstacle::ServiceControl(action) = obstacle {
        fixture.control(
            "SERVICE_CONTROL_POLICY",
            &document(&[on_everything("Allow", &["*"]), on_everything("Deny", &[action])]),
        );
    }
    let group = format!("arn:aws:iam::{ACCOUNT}:group/team");
    fixture.add("aws_iam_group", &group, &[("arn", Cell::text(&*group)), ("name", Cell::text("team"))]);
    let attached = fixture.managed("attached", &document(&[on_everything("Allow", &["ec2:DescribeRegions"])]));
    let targets_itself = path.target == Target::Itself;
    if is_freed {
        limit(&mut fixture, path, &allowed, &group, &mut own);
    } else if targets_itself {
        own.push(("attached_policy_arns", Cell::List(vec![Cell::text(&*attached)])));
    }
    let denials: Vec<String> = own
        .iter()
        .filter(|(column, _)| *column == "inline")
        .filter_map(|(_, cell)| Some(cell.as_text()?.to_owned()))
        .collect();
    own.retain(|(column, _)| *column != "inline");
    let caller = if path.self_is.contains(&Kind::User) {
        own.push(("groups", Cell::List(vec![Cell::text(&*group)])));
        fixture.user("caller", &own)
    } else {
        fixture.role("caller", &trusting(&[("Service", "ec2.amazonaws.com")]), &own)
    };
    fixture.inline(&caller, &document(&statements));
    for denial in denials {
        fixture.inline(&caller, &denial);
    }
    add_target(&mut fixture, path, &attached);
    (Estate::of(&fixture.inventory), fixture)
}

/// Limits the caller to some actions, in the way that the path takes away.
fn limit(fixture: &mut Fixture, path: &Path, allowed: &[&str], group: &str, own: &mut Vec<(&'static str, Cell)>) {
    let only = if allowed.is_empty() { vec!["ec2:DescribeRegions"] } else { allowed.to_vec() };
    let names: Vec<String> = only.iter().map(|action| format!("\"{action}\"")).collect();
    let denial = document(&[format!(r#"{{"Effect":"Deny","NotAction":[{}],"Resource":"*"}}"#, names.join(","))]);
    let kind = path.actions.first().unwrap().action.clone();
    if path.gains == Gain::Unbounded {
        own.retain(|(column, _)| *column != "permissions_boundary_arn");
        own.push((
            "permissions_boundary_arn",
            Cell::text(fixture.managed("limits", &document(&[on_everything("Allow", &only)]))),
        ));
    } else if kind.contains("Organization") {
        fixture.control("SERVICE_CONTROL_POLICY", &document(&[on_everything("Allow", &only)]));
    } else if kind.contains("DetachUser") || kind.contains("DetachRole") {
        own.push(("attached_policy_arns", Cell::List(vec![Cell::text(fixture.managed("denial", &denial))])));
    } else if kind.contains("DetachGroup") {
        let managed = fixture.managed("denial", &denial);
        fixture.add(
            "aws_iam_policy_attachment",
            "attachment",
            &[("principal", Cell::text(group)), ("policy_arn", Cell::text(managed))],
        );
    } else if kind.contains("Group") {
        fixture.inline(group, &denial);
    } else {
        own.push(("inline", Cell::text(denial)));
    }
}

/// Whether the path needs a target with a boundary.
fn bounds_target(path: &Path) -> bool {
    path.requires.iter().any(|one| matches!(one, Requirement::Column(column) if column.column == "permissions_boundary_arn" && column.set == Some(true)))
}

fn requirements(path: &Path, whose: Whom) -> Vec<(&'static str, Cell)> {
    let columns = path.requires.iter().filter_map(|requirement| match requirement {
        Requirement::Column(column) if column.of == whose && column.column != "permissions_boundary_arn" => {
            Some(column)
        }
        _ => None,
    });
    columns
        .filter_map(|column| {
            let of = |name: &str| table(name).unwrap().column(&column.column);
            let (_, declared) = of("aws_iam_user").or_else(|| of("aws_iam_role"))?;
            let cell = match (column.is, column.set, declared.column_type) {
                (Some(truth), _, _) => Cell::Boolean(truth),
                (_, Some(true), ColumnType::List(_)) => Cell::List(vec![Cell::text("something")]),
                (_, Some(true), _) => Cell::text("something"),
                _ => return None,
            };
            Some((declared.name, cell))
        })
        .collect()
}

fn add_target(fixture: &mut Fixture, path: &Path, attached: &str) {
    let mut trusts: Vec<(&str, String)> = vec![("Service", "scheduler.amazonaws.com".into())];
    if let Some(service) = &path.service {
        let kind = if service == "cognito-identity.amazonaws.com" { "Federated" } else { "Service" };
        trusts.push((kind, service.clone()));
    }
    if path.actions.iter().any(|step| step.action.starts_with("sts:AssumeRole")) {
        trusts.push(("AWS", format!("arn:aws:iam::{ACCOUNT}:root")));
    }
    let through = path
        .resource
        .as_ref()
        .map(|resource| (resource, format!("arn:aws:{}:eu-west-1:{ACCOUNT}:thing/one", resource.table)));
    if let Some((resource, arn)) = &through
        && resource.role.is_none()
    {
        trusts.push(("AWS", arn.clone()));
    }
    let trusts: Vec<(&str, &str)> = trusts.iter().map(|(kind, name)| (*kind, name.as_str())).collect();
    let mut columns = requirements(path, Whom::Target);
    columns.push(("attached_policy_arns", Cell::List(vec![Cell::text(attached)])));
    if path.target != Target::Itself && (bounds_target(path) || path.actions.iter().any(|step| step.on == On::Boundary))
    {
        let limits = fixture.managed("limits", &document(&[on_everything("Allow", &["ec2:*"])]));
        columns.push(("permissions_boundary_arn", Cell::text(limits)));
    }
    let target = match path.target {
        Target::User => fixture.user("target", &columns),
        _ => {
            columns.retain(|(column, _)| table("aws_iam_role").unwrap().column(column).is_some());
            fixture.role("target", &trusting(&trusts), &columns)
        }
    };
    fixture.inline(&target, &document(&[on_everything("Allow", &["s3:GetObject"])]));
    for requirement in &path.requires {
        if let Requirement::Rows(rows) = requirement {
            for at in 0..rows.at_least {
                fixture.add(&rows.rows, &format!("row-{at}"), &[(&rows.via, Cell::text(&*target))]);
            }
        }
    }
    if let Some((resource, arn)) = &through {
        add_resource(fixture, &resource.table, resource.role.as_deref(), arn, &target);
    }
}

fn add_resource(fixture: &mut Fixture, name: &str, role: Option<&str>, arn: &str, target: &str) {
    let mut columns = vec![("arn", Cell::text(arn))];
    if let Some(role) = role {
        let (_, column) = table(name).unwrap().column(role).unwrap();
        let reference = match column.to {
            "aws_iam_instance_profile" => {
                let profile = format!("arn:aws:iam::{ACCOUNT}:instance-profile/one");
                fixture.add(
                    "aws_iam_instance_profile",
                    &profile,
                    &[("arn", Cell::text(&*profile)), ("role", Cell::text(target))],
                );
                profile
            }
            _ => target.to_owned(),
        };
        let cell = match column.column_type {
            ColumnType::List(_) => Cell::List(vec![Cell::text(reference)]),
            _ => Cell::text(reference),
        };
        columns.push((column.name, cell));
    }
    fixture.add(name, arn, &columns);
}

/// The caller's hops along a path.
fn hops(path: &Path, obstacle: Obstacle<'_>) -> Vec<Edge> {
    let (estate, fixture) = estate(path, obstacle);
    let caller = estate.principals.iter().position(|holder| holder.resource.ends_with("/caller")).unwrap();
    let paths = Paths::of(&estate, &fixture.inventory);
    let is_path = |edge: &Edge| matches!(edge.way, Way::Path(way) if way.id == path.id);
    paths.edges.into_iter().nth(caller).unwrap().into_iter().filter(is_path).collect()
}

#[test]
fn every_path_is_found_where_it_is_open() {
    let missing: Vec<&str> = Escalation::shipped()
        .iter()
        .filter(|path| hops(path, Obstacle::Nothing).is_empty())
        .map(|path| path.id.as_str())
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_path_vanishes_with_any_of_its_actions() {
    let mut wrong = Vec::new();
    for path in Escalation::shipped() {
        let actions: BTreeSet<&str> = path.actions.iter().map(|step| step.action.as_str()).collect();
        for action in actions {
            for obstacle in [
                Obstacle::NotAllowed(action),
                Obstacle::Denied(action),
                Obstacle::OutOfBounds(action),
                Obstacle::ServiceControl(action),
            ] {
                if !hops(path, obstacle).is_empty() {
                    wrong.push(format!("{} despite {obstacle:?}", path.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_resource_control_policy_keeps_a_role_from_being_assumed() {
    let mut fixture = Fixture::default();
    let caller = fixture.user("caller", &[]);
    fixture.inline(&caller, &document(&[on_everything("Allow", &["sts:AssumeRole"])]));
    let target = fixture.role("target", &trusting(&[("AWS", ACCOUNT)]), &[]);
    let open = |fixture: &Fixture| {
        let estate = Estate::of(&fixture.inventory);
        let (at, _) = estate.holder(&caller).unwrap();
        let (to, _) = estate.holder(&target).unwrap();
        Paths::of(&estate, &fixture.inventory).reach(at).certainty(&Node::Holder(to))
    };
    assert_eq!(open(&fixture), Some(Certainty::Certain));
    let mut shut = fixture.clone();
    shut.control(
        "RESOURCE_CONTROL_POLICY",
        &document(&[r#"{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}"#.to_owned()]),
    );
    assert_eq!(open(&shut), None);
    let mut conditional = fixture.clone();
    conditional.control(
        "RESOURCE_CONTROL_POLICY",
        &document(&[r#"{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#.to_owned()]),
    );
    assert_eq!(open(&conditional), Some(Certainty::Conditional));
}

/// Who assumes whom in random estates, against following every pair by hand.
#[test]
fn chains_agree_with_brute_force() {
    let mut seed: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut below = |limit: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % limit
    };
    for _ in 0..40 {
        let count = 7;
        let mut fixture = Fixture::default();
        let name = |at: u64| format!("arn:aws:iam::{ACCOUNT}:role/r{at}");
        let (mut may, mut trusts) = (BTreeSet::new(), BTreeSet::new());
        for from in 0..count {
            for to in 0..count {
                if below(3) == 0 {
                    may.insert((from, to));
                }
                if below(2) == 0 {
                    trusts.insert((to, from));
                }
            }
        }
        for at in 0..count {
            let trusted: Vec<String> = (0..count).filter(|from| trusts.contains(&(at, *from))).map(name).collect();
            let trusted: Vec<(&str, &str)> = trusted.iter().map(|arn| ("AWS", arn.as_str())).collect();
            let trust =
                if trusted.is_empty() { trusting(&[("Service", "ec2.amazonaws.com")]) } else { trusting(&trusted) };
            let arn = fixture.role(&format!("r{at}"), &trust, &[]);
            let denied: Vec<String> = (0..count)
                .filter(|to| !may.contains(&(at, *to)))
                .map(|to| format!(r#"{{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"{}"}}"#, name(to)))
                .collect();
            if !denied.is_empty() {
                fixture.inline(&arn, &document(&denied));
            }
        }
        // A trust policy that names a role suffices, unless the role's own policies deny.
        let mut reached: BTreeSet<(u64, u64)> = trusts
            .iter()
            .map(|(to, from)| (*from, *to))
            .filter(|(from, to)| from != to && may.contains(&(*from, *to)))
            .collect();
        for _ in 0..count {
            let longer: Vec<(u64, u64)> = reached
                .iter()
                .flat_map(|(from, middle)| {
                    reached.iter().filter(move |(at, _)| at == middle).map(move |(_, to)| (*from, *to))
                })
                .filter(|(from, to)| from != to)
                .collect();
            reached.extend(longer);
        }
        let estate = Estate::of(&fixture.inventory);
        let paths = Paths::of(&estate, &fixture.inventory);
        for from in 0..count {
            let (at, _) = estate.holder(&name(from)).unwrap();
            let reach = paths.reach(at);
            for to in (0..count).filter(|to| *to != from) {
                let (target, _) = estate.holder(&name(to)).unwrap();
                let found = reach.certainty(&Node::Holder(target)).is_some();
                assert_eq!(found, reached.contains(&(from, to)), "{from} to {to}");
            }
        }
    }
}
