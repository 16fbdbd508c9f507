#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::fmt::Write;

use partywall_model::{Cell, Inventory};

use crate::access::estate::Estate;
use crate::access::path::Paths;
use crate::access::tests::fixture::{Fixture, document, on_everything, trusting};

const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "777788889999"];
const SERVICES: [&str; 3] = ["lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"];
const ACTIONS: [&str; 10] = [
    "sts:AssumeRole",
    "iam:PassRole",
    "lambda:*",
    "iam:PutUserPolicy",
    "iam:CreateAccessKey",
    "iam:UpdateAssumeRolePolicy",
    "iam:AddUserToGroup",
    "*",
    "ec2:RunInstances",
    "iam:AttachRolePolicy",
];

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

fn in_account(account: &str, columns: &[(&'static str, Cell)]) -> Vec<(&'static str, Cell)> {
    columns.iter().cloned().chain([("account_id", Cell::text(account))]).collect()
}

/// The rows of one account, made of a seed.
fn add_account(fixture: &mut Fixture, account: &str, seed: u64) {
    let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let group = format!("arn:aws:iam::{account}:group/team");
    let named = [("arn", Cell::text(&*group)), ("name", Cell::text("team"))];
    fixture.add("aws_iam_group", &group, &in_account(account, &named));
    let mut holders = vec![group.clone()];
    for at in 0..2 + numbers.below(4) {
        let arn = format!("arn:aws:iam::{account}:role/r{at}");
        let root = format!("arn:aws:iam::{}:root", numbers.pick(&ACCOUNTS));
        let other = format!("arn:aws:iam::{}:role/r{}", numbers.pick(&ACCOUNTS), numbers.below(5));
        let service = numbers.pick(&SERVICES);
        let trust = match numbers.below(4) {
            0 => trusting(&[("AWS", &root)]),
            1 => trusting(&[("AWS", &other), ("Service", service)]),
            2 => trusting(&[("AWS", "*")]),
            _ => trusting(&[("Service", service)]),
        };
        let columns = [
            ("arn", Cell::text(&*arn)),
            ("name", Cell::text(format!("r{at}"))),
            ("assume_role_policy", Cell::text(trust)),
        ];
        fixture.add("aws_iam_role", &arn, &in_account(account, &columns));
        holders.push(arn);
    }
    for at in 0..numbers.below(3) {
        let arn = format!("arn:aws:iam::{account}:user/u{at}");
        let groups = if numbers.below(2) == 0 { vec![Cell::text(&*group)] } else { Vec::new() };
        let columns =
            [("arn", Cell::text(&*arn)), ("name", Cell::text(format!("u{at}"))), ("groups", Cell::List(groups))];
        fixture.add("aws_iam_user", &arn, &in_account(account, &columns));
        holders.push(arn);
    }
    for (at, holder) in holders.iter().enumerate() {
        if numbers.below(3) == 0 {
            continue;
        }
        let allowed = [numbers.pick(&ACTIONS), numbers.pick(&ACTIONS), numbers.pick(&ACTIONS)];
        let mut statements = vec![on_everything("Allow", &allowed[..1 + numbers.below(3)])];
        if numbers.below(3) == 0 {
            statements.push(on_everything("Deny", &[numbers.pick(&ACTIONS)]));
        }
        let columns = [
            ("principal", Cell::text(&**holder)),
            ("policy", Cell::text(document(&statements))),
            ("policy_name", Cell::text("inline")),
        ];
        fixture.add("aws_iam_inline_policy", &format!("{account}/inline-{at}"), &in_account(account, &columns));
    }
    let arn = format!("arn:aws:lambda:eu-west-1:{account}:function:one");
    let columns = [
        ("arn", Cell::text(&*arn)),
        ("role", Cell::text(format!("arn:aws:iam::{account}:role/r{}", numbers.below(4)))),
    ];
    fixture.add("aws_lambda_function", &arn, &in_account(account, &columns));
}

fn inventory(seeds: &[u64; 3]) -> Inventory {
    let mut fixture = Fixture::default();
    for (account, seed) in ACCOUNTS.iter().zip(seeds) {
        add_account(&mut fixture, account, *seed);
    }
    fixture.inventory.sort();
    fixture.inventory
}

/// Every hop in words, with all of its reasons.
fn in_words(estate: &Estate, paths: &Paths) -> String {
    let asker = crate::access::path::Asker::new(estate);
    let mut text = String::new();
    for edge in paths.edges.iter().flatten() {
        let from = &estate.principals[edge.from].resource;
        let to = crate::access::answer::node_in_words(estate, &edge.to);
        let steps = edge.steps(&asker);
        writeln!(text, "{from} {} {to} {:?} {:?} {steps:?}", edge.way.id(), edge.certainty, edge.setting).unwrap();
    }
    text
}

/// Edits of one account after another: roles, users, policies and functions come and go.
#[test]
fn what_follows_from_an_edit_is_what_a_fresh_reading_finds() {
    let mut numbers = Numbers(7);
    let mut seeds = [1, 2, 3];
    let first = inventory(&seeds);
    let mut estate = Estate::of(&first);
    let mut paths = Paths::of(&estate, &first);
    let mut changes = 0;
    for edit in 0..300 {
        let at = numbers.below(3);
        seeds[at] = 10 + edit;
        let after = inventory(&seeds);
        let before = in_words(&estate, &paths);
        let moved = estate.revise(&after, ACCOUNTS[at]);
        paths.revise(&estate, &after, ACCOUNTS[at], &moved);
        let fresh = Estate::of(&after);
        let expected = in_words(&fresh, &Paths::of(&fresh, &after));
        let found = in_words(&estate, &paths);
        assert_eq!(found, expected, "edit {edit} of account {at}");
        changes += usize::from(found != before);
    }
    assert!(changes > 200, "edits must change something: {changes}");
}
