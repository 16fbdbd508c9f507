//! The accounts of an organization, each with credentials of its own.

use serde_json::json;

use super::server::{Reply, Request, Server};
use super::{ACCOUNT, calls, lines, options, run};
use crate::{CollectError, Organization};

const ACCOUNTS: &str = r#"{"Accounts":[
    {"Id":"123456789012","Name":"management","Status":"ACTIVE","JoinedTimestamp":1714564800.5},
    {"Id":"111111111111","Name":"one","Status":"ACTIVE"},
    {"Id":"222222222222","Name":"two","Status":"ACTIVE"},
    {"Id":"333333333333","Name":"closed","Status":"SUSPENDED"},
    {"Id":"../escape","Name":"hostile","Status":"ACTIVE"}]}"#;

/// An organization in which nobody may enter account 222222222222.
fn answer(request: &Request) -> Reply {
    answer_but(request, "222222222222")
}

fn answer_but(request: &Request, closed: &str) -> Reply {
    if request.headers.get("x-amz-target").is_some_and(|target| target.ends_with(".ListAccounts")) {
        return Reply::ok(ACCOUNTS);
    }
    match request.action().as_str() {
        "AssumeRole" if request.body.contains(closed) => Reply::Answer(
            403,
            Vec::new(),
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
                .to_owned(),
        ),
        "AssumeRole" => Reply::ok(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAMEMBER</AccessKeyId><SecretAccessKey>PLANTED</SecretAccessKey><SessionToken>PLANTED</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        ),
        _ => Reply::ok("<a><reservationSet/></a>"),
    }
}

fn organization() -> Organization {
    Organization { role: "audit/reader".to_owned(), external_id: Some("e-1".to_owned()), accounts: Vec::new() }
}

#[test]
fn an_account_that_can_not_be_entered_is_recorded_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(answer);
    let mut options = options(folder.path());
    options.organization = Some(organization());
    let (summary, _) = run(&server, &options, &calls(&["ec2:DescribeInstances"]));
    let accounts = summary.unwrap().accounts;
    let names: Vec<_> = accounts.iter().map(|one| (one.name.as_str(), one.failure.is_some())).collect();
    assert_eq!(names, [("one", false), ("management", false), ("two", true)]);

    let refused = &lines(folder.path(), "222222222222")["global/sts"][0];
    assert_eq!((&refused["call"], &refused["refusal"]["kind"]), (&json!("sts:AssumeRole"), &json!("denied")));
    assert_eq!(refused["request"]["RoleArn"], "arn:aws:iam::222222222222:role/audit/reader");
    assert_eq!(lines(folder.path(), "111111111111").keys().collect::<Vec<_>>(), ["us-east-1/ec2"]);
    assert!(lines(folder.path(), ACCOUNT).contains_key("global/organizations"));

    let asked = server.asked();
    let keys: Vec<String> = asked
        .iter()
        .filter(|request| request.action() == "DescribeInstances")
        .map(|request| request.scope().split('/').next().unwrap().to_owned())
        .collect();
    assert!(keys.contains(&"AKIAFIRST".to_owned()) && keys.contains(&"ASIAMEMBER".to_owned()), "{keys:?}");
    let assumed: Vec<_> = asked.iter().filter(|request| request.action() == "AssumeRole").collect();
    assert_eq!(assumed.len(), 2, "each role is assumed once");
    assert!(assumed.iter().all(|request| request.parameter("ExternalId").as_deref() == Some("e-1")));
    assert!(assumed.iter().all(|request| request.parameter("RoleSessionName").as_deref() == Some("partywall")));
}

#[test]
fn an_account_that_opens_later_is_collected_and_the_refusal_no_longer_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.organization = Some(Organization { accounts: vec!["222222222222".to_owned()], ..organization() });
    let wanted = calls(&["ec2:DescribeInstances"]);
    run(&Server::start(answer), &options, &wanted).0.unwrap();
    let open = Server::start(|request| answer_but(request, "nobody"));
    let (summary, _) = run(&open, &options, &wanted);
    assert_eq!(summary.unwrap().accounts.len(), 1, "only the account that was named");
    let lines = lines(folder.path(), "222222222222");
    let refusals: Vec<bool> = lines["global/sts"].iter().map(|line| line.get("refusal").is_some()).collect();
    assert_eq!((refusals, lines["us-east-1/ec2"].len()), (vec![true, false], 1));
}

#[test]
fn accounts_that_can_not_be_listed_end_the_collection() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| {
        Reply::Answer(400, Vec::new(), r#"{"__type":"AccessDeniedException","Message":"no"}"#.to_owned())
    });
    let mut options = options(folder.path());
    options.organization = Some(organization());
    let (summary, _) = run(&server, &options, &calls(&["ec2:DescribeInstances"]));
    assert!(matches!(summary, Err(CollectError::Organization(_))));
}

#[test]
fn names_that_would_leave_their_place_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(answer);
    for (region, role) in
        [("../etc", "reader"), ("us-east-1.evil.example", "reader"), ("us-east-1", "a:b"), ("us-east-1", "")]
    {
        let mut options = options(folder.path());
        options.regions = vec![region.to_owned()];
        options.organization = Some(Organization { role: role.to_owned(), ..Organization::default() });
        let (summary, _) = run(&server, &options, &calls(&["ec2:DescribeInstances"]));
        assert!(matches!(summary, Err(CollectError::NotAName(..))), "{region} {role}");
    }
    assert_eq!(server.actions().len(), 0);
}
