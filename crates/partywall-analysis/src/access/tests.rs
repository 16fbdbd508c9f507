//! Tests of what is found in whole estates.

pub(super) mod fixture;

use std::collections::BTreeMap;
use std::sync::Arc;

use partywall_model::{AccessCertainty, Cause, Cell, Unknown, Unseen};

use super::facts::Duties;
use super::{Estate, report};
use fixture::{ACCOUNT, Fixture, document, on_everything, trusting};

fn unseen(fixture: &mut Fixture, table: &'static str) {
    let cause = Unknown { symbol: "a call".into(), cause: Cause::Refused("denied".into()), reference: None };
    let unseen = Unseen { table, account_id: ACCOUNT.into(), region: "".into(), cause: Arc::new(cause), asked: true };
    fixture.inventory.add_unseen(unseen);
}

/// How sure it is that the caller comes to everything in the account.
fn comes_to_everything(fixture: &Fixture, caller: &str) -> Option<AccessCertainty> {
    let estate = Estate::of(&fixture.inventory);
    let report = report(&estate, &fixture.inventory, Duties::shipped(), &BTreeMap::new());
    let paths = report.paths.iter().filter(|path| &*path.from == caller && path.reaches_administrator);
    paths.map(|path| path.certainty).max()
}

/// How sure it is that the caller breaks a rule about duties.
fn breaks(fixture: &Fixture, caller: &str, rule: &str) -> Option<AccessCertainty> {
    let estate = Estate::of(&fixture.inventory);
    let report = report(&estate, &fixture.inventory, Duties::shipped(), &BTreeMap::new());
    report.conflicts.iter().find(|one| &*one.principal == caller && one.rule == rule).map(|one| one.certainty)
}

/// A caller that may change the code of functions, and an administrator's role that functions may have.
fn functions() -> (Fixture, String, String) {
    let mut fixture = Fixture::default();
    let caller = fixture.user("caller", &[]);
    fixture.inline(&caller, &document(&[on_everything("Allow", &["lambda:UpdateFunctionCode"])]));
    let administrator = fixture.role("administrator", &trusting(&[("Service", "lambda.amazonaws.com")]), &[]);
    fixture.inline(&administrator, &document(&[on_everything("Allow", &["*"])]));
    (fixture, caller, administrator)
}

#[test]
fn a_resource_out_of_sight_leaves_a_path_possible() {
    let (bare, caller, administrator) = functions();
    assert_eq!(comes_to_everything(&bare, &caller), None);
    let arn = format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:one");
    let mut seen = bare.clone();
    seen.add("aws_lambda_function", &arn, &[("arn", Cell::text(&*arn)), ("role", Cell::text(administrator))]);
    assert_eq!(comes_to_everything(&seen, &caller), Some(AccessCertainty::Allowed));
    let mut refused = bare.clone();
    unseen(&mut refused, "aws_lambda_function");
    assert_eq!(comes_to_everything(&refused, &caller), Some(AccessCertainty::Unknown));
    let mut unknown_role = bare;
    let role = Unknown { symbol: "var.role".into(), cause: Cause::NoValue, reference: None };
    let columns = [("arn", Cell::text(&*arn)), ("role", Cell::Unknown(Arc::new(role)))];
    unknown_role.add("aws_lambda_function", &arn, &columns);
    assert_eq!(comes_to_everything(&unknown_role, &caller), Some(AccessCertainty::Unknown));
}

#[test]
fn a_boundary_that_is_not_known_leaves_a_path_possible() {
    let with = |boundary: Option<Cell>| {
        let mut fixture = Fixture::default();
        let columns: Vec<(&str, Cell)> = boundary.into_iter().map(|cell| ("permissions_boundary_arn", cell)).collect();
        let caller = fixture.user("caller", &columns);
        fixture.inline(&caller, &document(&[on_everything("Allow", &["iam:PutUserPolicy"])]));
        comes_to_everything(&fixture, &caller)
    };
    let unknown = Unknown { symbol: "var.boundary".into(), cause: Cause::NoValue, reference: None };
    assert_eq!(with(None), Some(AccessCertainty::Allowed));
    assert_eq!(with(Some(Cell::Unknown(Arc::new(unknown)))), Some(AccessCertainty::Unknown));
}

#[test]
fn rows_out_of_sight_leave_a_conflict_of_duties_possible() {
    let mut fixture = Fixture::default();
    let caller = fixture.user("caller", &[]);
    fixture.inline(&caller, &document(&[on_everything("Allow", &["kms:CreateKey", "kms:Decrypt"])]));
    assert_eq!(breaks(&fixture, &caller, "make-keys-and-use-them"), None);
    unseen(&mut fixture, "aws_kms_key");
    assert_eq!(breaks(&fixture, &caller, "make-keys-and-use-them"), Some(AccessCertainty::Unknown));
}

#[test]
fn a_group_is_judged_by_all_its_policies() {
    let mut fixture = Fixture::default();
    let caller = fixture.user("caller", &[]);
    fixture.inline(&caller, &document(&[on_everything("Allow", &["iam:AddUserToGroup"])]));
    let group = format!("arn:aws:iam::{ACCOUNT}:group/owners");
    fixture.add("aws_iam_group", &group, &[("arn", Cell::text(&*group)), ("name", Cell::text("owners"))]);
    assert_eq!(comes_to_everything(&fixture, &caller), None);
    fixture.inline(&group, &document(&[on_everything("Allow", &["*"])]));
    assert_eq!(comes_to_everything(&fixture, &caller), Some(AccessCertainty::Allowed));
}
