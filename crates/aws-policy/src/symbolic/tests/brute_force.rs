//! Every request of a small universe, asked one by one.

use super::super::{Answer, difference, intersection};
use crate::context::ContextValues;
use crate::document::Policy;
use crate::principal::Principal;
use crate::request::Request;
use crate::text::Subject;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const ACTIONS: [&str; 4] = ["s:a", "s:b", "t:a", "t:bb"];
const ACTION_PATTERNS: [&str; 7] = ["*", "s:*", "s:a", "?:a", "t:b*", "*:b", "t:*b"];
const RESOURCES: [&str; 5] = ["*", "arn:aws:s:::a", "arn:aws:s:::ab", "arn:aws:s:::b/a", "arn:aws:t:x::ab"];
const RESOURCE_PATTERNS: [&str; 7] =
    ["*", "arn:aws:s:::a*", "arn:aws:s:::?b", "arn:aws:*:::*", "arn:aws:s*", "arn:*:t:*::ab", "arn:aws:s:::*/a"];
const TAGS: [&str; 4] = ["", "a", "ab", "B"];
const TAG_CONDITIONS: [&str; 8] = [
    r#"{"StringEquals":{"k:tag":"a"}}"#,
    r#"{"StringNotEquals":{"k:tag":["a","ab"]}}"#,
    r#"{"StringLike":{"k:tag":"a*"}}"#,
    r#"{"StringNotLike":{"k:tag":"?"}}"#,
    r#"{"StringEqualsIgnoreCaseIfExists":{"k:tag":"b"}}"#,
    r#"{"Null":{"k:tag":"true"}}"#,
    r#"{"Null":{"k:tag":"false"}}"#,
    r#"{"StringLikeIfExists":{"k:tag":"*b"}}"#,
];
const SETS: [&[&str]; 6] = [&[], &["x"], &["y"], &["z"], &["x", "y"], &["x", "z"]];
const SET_CONDITIONS: [&str; 5] = [
    r#"{"ForAllValues:StringEquals":{"k:set":["x","y"]}}"#,
    r#"{"ForAnyValue:StringEquals":{"k:set":"x"}}"#,
    r#"{"ForAllValues:StringNotEquals":{"k:set":"x"}}"#,
    r#"{"ForAnyValue:StringNotEquals":{"k:set":"x"}}"#,
    r#"{"ForAnyValue:StringLike":{"k:set":["y","z"]}}"#,
];
const PORTS: [&str; 5] = ["", "1", "2", "3", "2.5"];
const PORT_CONDITIONS: [&str; 5] = [
    r#"{"NumericLessThan":{"k:port":"2"}}"#,
    r#"{"NumericGreaterThanEquals":{"k:port":"2"}}"#,
    r#"{"NumericNotEquals":{"k:port":["2","3"]}}"#,
    r#"{"NumericLessThanEqualsIfExists":{"k:port":"3"}}"#,
    r#"{"NumericEquals":{"k:port":"2.5"}}"#,
];

fn statement(dice: &mut Dice) -> String {
    let effect = if dice.below(3) == 0 { "Deny" } else { "Allow" };
    let not = |dice: &mut Dice| if dice.below(5) == 0 { "Not" } else { "" };
    let (no_action, no_resource) = (not(dice), not(dice));
    let (action, second) = (dice.pick(&ACTION_PATTERNS), dice.pick(&ACTION_PATTERNS));
    let resource = dice.pick(&RESOURCE_PATTERNS);
    let mut conditions = Vec::new();
    for all in [&TAG_CONDITIONS[..], &SET_CONDITIONS, &PORT_CONDITIONS] {
        if dice.below(3) == 0 {
            let one = dice.pick(all);
            conditions.push(one[1..one.len() - 1].to_owned());
        }
    }
    format!(
        r#"{{"Effect":"{effect}","{no_action}Action":["{action}","{second}"],"{no_resource}Resource":"{resource}","Condition":{{{}}}}}"#,
        conditions.join(",")
    )
}

fn policy(dice: &mut Dice) -> (String, Policy) {
    let statements: Vec<String> = (0..1 + dice.below(3)).map(|_| statement(dice)).collect();
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let parsed = Policy::parse(&text).unwrap();
    (text, parsed)
}

fn contexts() -> Vec<ContextValues> {
    let mut contexts = Vec::new();
    for tag in TAGS {
        for set in SETS {
            for port in PORTS {
                let mut context = ContextValues::closed();
                if !tag.is_empty() {
                    context = context.with("k:tag", [tag]);
                }
                if !set.is_empty() {
                    context = context.with("k:set", set.iter().copied());
                }
                if !port.is_empty() {
                    context = context.with("k:port", [port]);
                }
                contexts.push(context);
            }
        }
    }
    contexts
}

/// Which requests of the universe a policy permits.
fn permitted(policy: &Policy, contexts: &[ContextValues]) -> Vec<bool> {
    let principal = Principal::parse("arn:aws:iam::123456789012:user/example").unwrap();
    let mut permitted = Vec::new();
    for action in ACTIONS {
        for resource in RESOURCES {
            for context in contexts {
                let resource = Subject::plain(resource);
                let request = Request { principal: &principal, action, resource, resource_account: None, context };
                permitted.push(policy.permits(&request).known().unwrap());
            }
        }
    }
    permitted
}

#[test]
fn answers_agree_with_asking_every_request() {
    let rounds = std::env::var("PARTYWALL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    let contexts = contexts();
    let mut dice = Dice(88_172_645_463_325_252);
    let (mut yes, mut no) = (0, 0);
    for _ in 0..rounds {
        let ((one_text, one), (two_text, two)) = (policy(&mut dice), policy(&mut dice));
        let (in_one, in_two) = (permitted(&one, &contexts), permitted(&two, &contexts));
        let beyond = in_one.iter().zip(&in_two).any(|(one, two)| *one && !*two);
        let common = in_one.iter().zip(&in_two).any(|(one, two)| *one && *two);
        for (found, answer) in [(beyond, difference(&one, &two)), (common, intersection(&one, &two))] {
            match answer {
                // The evaluator of single requests has confirmed the witness; the universe need not hold it.
                Answer::Yes(_) => yes += 1,
                Answer::No => {
                    no += 1;
                    assert!(!found, "there is a request\n{one_text}\n{two_text}");
                }
                Answer::Unknown(obstacle) => unreachable!("{obstacle:?}\n{one_text}\n{two_text}"),
            }
        }
    }
    assert!(yes > rounds / 4 && no > rounds / 4, "both answers are common: {yes} {no}");
}
