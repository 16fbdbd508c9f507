//! Laws that follow from AWS's evaluation logic and hold for all policies and requests, tried on many.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use aws_policy::{
    Attached, ContextValues, Doubt, Level, Outcome, Policy, PolicySet, Principal, Request, Subject, decide,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const ADA: &str = "arn:aws:iam::111122223333:user/ada";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/deploy/run";
const KEYS: [&str; 5] =
    ["aws:useragent", "aws:principaltag/team", "aws:securetransport", "aws:tagkeys", "aws:username"];

/// A request and the statements of each layer; None for a layer that is not there.
#[derive(Debug, Clone)]
struct World {
    principal: &'static str,
    action: &'static str,
    resource: &'static str,
    owner: &'static str,
    context: Vec<(&'static str, Vec<&'static str>)>,
    identity: Vec<Value>,
    resource_policy: Option<Vec<Value>>,
    boundary: Option<Vec<Value>>,
    session: Option<Vec<Value>>,
    service_control: Option<Vec<Value>>,
    resource_control: Option<Vec<Value>>,
}

/// Policies of one layer, read; None when there are none.
fn read(statements: Option<&Vec<Value>>) -> Option<Policy> {
    let document = json!({ "Version": "2012-10-17", "Statement": statements? });
    Some(Policy::parse_code(&document.to_string()).unwrap())
}

impl World {
    fn known(&self) -> ContextValues {
        self.context.iter().fold(ContextValues::closed(), |context, (key, values)| context.with(key, values.clone()))
    }

    fn decide(&self) -> Outcome {
        self.decide_in(&self.known())
    }

    fn decide_in(&self, context: &ContextValues) -> Outcome {
        let identity = read(Some(&self.identity)).unwrap();
        let resource = read(self.resource_policy.as_ref());
        let [boundary, session, service_control, resource_control] =
            [&self.boundary, &self.session, &self.service_control, &self.resource_control]
                .map(|statements| read(statements.as_ref()));
        let attached = |policy| Attached { name: "policy", policy };
        let level = |policy| Level { name: "level", policies: vec![attached(policy)] };
        let policies = PolicySet {
            identity: vec![attached(&identity)],
            resource: resource.as_ref().map(attached),
            boundary: boundary.as_ref().map(|policy| vec![attached(policy)]),
            session: session.as_ref().map(|policy| vec![attached(policy)]),
            service_control: service_control.iter().map(level).collect(),
            resource_control: resource_control.iter().map(level).collect(),
            ..PolicySet::default()
        };
        let request = Request {
            principal: &Principal::parse(self.principal).unwrap(),
            action: self.action,
            resource: Subject::plain(self.resource),
            resource_account: Some(self.owner),
            context,
        };
        decide(&request, &policies)
    }

    fn layers(&mut self) -> Vec<&mut Vec<Value>> {
        let others = [
            &mut self.resource_policy,
            &mut self.boundary,
            &mut self.session,
            &mut self.service_control,
            &mut self.resource_control,
        ];
        std::iter::once(&mut self.identity).chain(others.into_iter().flatten()).collect()
    }
}

/// Whether it is allowed; None when it depends.
fn allowed(outcome: Outcome) -> Option<bool> {
    match outcome {
        Outcome::Allowed => Some(true),
        Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied => Some(false),
        Outcome::Undecided(_) => None,
    }
}

/// From denied to allowed; what depends stands between.
fn height(outcome: Outcome) -> u8 {
    match allowed(outcome) {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }
}

fn value() -> impl Strategy<Value = &'static str> {
    select(vec!["red", "blue", "ada", "r*", "?da", "*", "${aws:username}", "${aws:PrincipalTag/team}", "true", "false"])
}

fn condition() -> impl Strategy<Value = Value> {
    let operator = select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLikeIfExists",
        "StringEqualsIgnoreCaseIfExists",
        "ForAllValues:StringLike",
        "ForAnyValue:StringEquals",
        "ForAnyValue:StringNotEquals",
        "Bool",
        "BoolIfExists",
        "Null",
    ]);
    let values = prop::collection::vec(value(), 1..3);
    prop::collection::vec((operator, select(KEYS.to_vec()), values), 0..3).prop_map(|entries| {
        let mut conditions = json!({});
        for (operator, key, values) in entries {
            conditions[operator][key] = json!(values);
        }
        conditions
    })
}

fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
    let actions = select(vec!["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:Put?bject", "kms:*", "sts:AssumeRole"]);
    let resources = select(vec![
        "*",
        "arn:aws:s3:::data/*",
        "arn:aws:s3:::data/${aws:username}/*",
        "arn:aws:s3:::d?ta/ada/x",
        "arn:aws:*:*:*:key/1",
        "arn:aws:iam::111122223333:role/*",
    ]);
    let principals = select(vec![
        json!("*"),
        json!({ "AWS": ACCOUNT }),
        json!({ "AWS": ADA }),
        json!({ "AWS": ["arn:aws:iam::111122223333:role/deploy", "444455556666"] }),
        json!({ "AWS": SESSION }),
        json!({ "Service": "logs.amazonaws.com" }),
    ]);
    (actions, resources, principals, condition(), any::<[bool; 3]>(), any::<u8>()).prop_map(
        move |(action, resource, principal, condition, [not_action, not_resource, not_principal], dice)| {
            let (rare, not) = (dice < 40, |name: &str| format!("Not{name}"));
            let name = |negated: bool, name: &str| if rare && negated { not(name) } else { name.to_owned() };
            json!({
                "Effect": effect,
                name(not_principal, "Principal"): principal,
                name(not_action, "Action"): [action],
                name(not_resource, "Resource"): [resource],
                "Condition": condition,
            })
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(prop_oneof![3 => statement("Allow"), 1 => statement("Deny")], 0..4)
}

fn layer() -> impl Strategy<Value = Option<Vec<Value>>> {
    let broad = json!({ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" });
    let wide = statements().prop_map(move |mut statements| {
        statements.push(broad.clone());
        statements
    });
    prop_oneof![3 => Just(None), 1 => statements().prop_map(Some), 2 => wide.prop_map(Some)]
}

fn world() -> impl Strategy<Value = World> {
    let principal = select(vec![
        ADA,
        SESSION,
        "arn:aws:iam::111122223333:role/deploy",
        "arn:aws:iam::111122223333:root",
        "logs.amazonaws.com",
        "*",
    ]);
    let target = select(vec![
        ("s3:getobject", "arn:aws:s3:::data/ada/x"),
        ("s3:putobject", "arn:aws:s3:::data/red"),
        ("kms:decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1"),
        ("sts:assumerole", "arn:aws:iam::111122223333:role/target"),
    ]);
    let owner = prop_oneof![3 => Just(ACCOUNT), 1 => Just("444455556666")];
    let values = prop::collection::vec(select(vec!["red", "blue", "ada", "true", "false", "*"]), 1..3);
    let context = prop::collection::vec((select(KEYS.get(..4).unwrap().to_vec()), values), 0..4);
    (principal, target, owner, context, statements(), [layer(), layer(), layer(), layer(), layer()]).prop_map(
        |(principal, (action, resource), owner, context, identity, layers)| {
            let [resource_policy, boundary, session, service_control, resource_control] = layers;
            World {
                principal,
                action,
                resource,
                owner,
                context,
                identity,
                resource_policy,
                boundary,
                session,
                service_control,
                resource_control,
            }
        },
    )
}

/// Puts a placeholder in the place of the `at`-th text, or of a part of it.
fn forget(value: &mut Value, at: &mut usize, part: bool) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if name != "Effect" {
                    forget(field, at, part);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| forget(item, at, part)),
        Value::String(text) if *at == 0 => {
            // A placeholder that begins inside of a policy variable is no text that anybody writes.
            let kept = if part && !text.contains("${") {
                text.char_indices().nth(text.len() / 2).map_or(0, |(at, _)| at)
            } else {
                0
            };
            *text = format!("{}${{var.rest}}", text.get(..kept).unwrap());
            *at = usize::MAX;
        }
        Value::String(_) => *at = at.saturating_sub(1),
        _ => {}
    }
}

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    let persistence = FileFailurePersistence::Off;
    ProptestConfig { cases, failure_persistence: Some(Box::new(persistence)), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_further_deny_never_allows_more(mut world in world(), deny in statement("Deny"), at in any::<prop::sample::Index>()) {
        let before = world.decide();
        let mut layers = world.layers();
        let count = layers.len();
        layers.get_mut(at.index(count)).unwrap().push(deny);
        prop_assert!(height(world.decide()) <= height(before), "{before:?} became {:?}", world.decide());
    }

    #[test]
    fn a_further_allow_never_denies_more(mut world in world(), allow in statement("Allow"), at in any::<prop::sample::Index>()) {
        let before = world.decide();
        let mut layers = world.layers();
        let count = layers.len();
        layers.get_mut(at.index(count)).unwrap().push(allow);
        prop_assert!(height(world.decide()) >= height(before), "{before:?} became {:?}", world.decide());
    }

    #[test]
    fn a_further_layer_only_restricts(mut world in world(), added in statements(), at in 0..4_usize) {
        let layers = [&mut world.boundary, &mut world.session, &mut world.service_control, &mut world.resource_control];
        let Some(layer) = layers.into_iter().nth(at) else { unreachable!("there are four") };
        let kept = layer.take();
        let without = world.decide();
        let layers = [&mut world.boundary, &mut world.session, &mut world.service_control, &mut world.resource_control];
        let Some(layer) = layers.into_iter().nth(at) else { unreachable!("there are four") };
        *layer = Some(kept.unwrap_or(added));
        prop_assert!(height(world.decide()) <= height(without), "{without:?} became {:?}", world.decide());
    }

    #[test]
    fn a_key_that_is_not_known_never_turns_an_answer(world in world(), key in select(KEYS.to_vec())) {
        let mut context = ContextValues::closed();
        for (other, values) in world.context.iter().filter(|(other, _)| *other != key) {
            context = context.with(other, values.clone());
        }
        let known = world.decide();
        for open in [world.decide_in(&context.with_unknown(key, Doubt::CONDITION)), world.decide_in(&ContextValues::open())] {
            prop_assert!(allowed(open).is_none() || allowed(open) == allowed(known) || allowed(known).is_none(),
                "{known:?} became {open:?}");
        }
    }

    #[test]
    fn text_that_is_not_resolved_never_turns_an_answer(world in world(), at in 0..60_usize, part in any::<bool>()) {
        let known = world.decide();
        let mut forgetful = world.clone();
        let mut at = at;
        for statement in forgetful.layers().into_iter().flatten() {
            forget(statement, &mut at, part);
        }
        let open = forgetful.decide();
        prop_assert!(allowed(open).is_none() || allowed(open) == allowed(known) || allowed(known).is_none(),
            "{known:?} became {open:?}");
    }
}
