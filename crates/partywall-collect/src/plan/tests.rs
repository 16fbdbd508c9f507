#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use partywall_model::{Call, CallScope, ForEach, Path, Scalar, Step};
use serde_json::{Map, Value, json};

use super::{Plan, child_requests};

const fn path(steps: &'static [Step]) -> Path {
    Path { part: None, steps }
}

const fn made(name: &'static str, for_each: Option<ForEach>) -> Call {
    Call {
        service: "made",
        name,
        operation: name,
        about: "",
        scope: CallScope::Region,
        actions: &[],
        for_each,
        with: &[("Fixed", Scalar::Integer(1))],
        unset: &[],
        absent: &[],
        conceal: &[],
        prepares: false,
    }
}

const ITEMS: Path = path(&[Step::Name("Groups"), Step::All, Step::Name("Items"), Step::All]);

fn requests(for_each: ForEach, answer: Value) -> Vec<Value> {
    let call = made("Child", Some(for_each));
    let request = json!({"Cluster": "c"}).as_object().unwrap().clone();
    let answers: Vec<Map<String, Value>> = vec![answer.as_object().unwrap().clone()];
    child_requests(&call, "1", &request, &answers).into_iter().map(Value::Object).collect()
}

#[test]
fn each_item_is_asked_once() {
    const TAKE: &[(&str, Path)] =
        &[("Id", path(&[Step::Name("Id")])), ("Cluster", path(&[Step::Name("Request"), Step::Name("Cluster")]))];
    let for_each = ForEach {
        parent: ("made", "Parent"),
        items: ITEMS,
        take: TAKE,
        filter: &[("Kind.Name", &["a", "b"])],
        batch: None,
    };
    let answer = json!({"Groups": [
        {"Items": [{"Id": "1", "Kind": {"Name": "a"}}, {"Id": "2", "Kind": {"Name": "other"}}, {"Id": "3"}]},
        {"Items": [{"Id": "1", "Kind": {"Name": "b"}}, {"Kind": {"Name": "a"}}, {"Id": "", "Kind": {"Name": "a"}}]},
        {},
    ]});
    assert_eq!(requests(for_each, answer), [json!({"Cluster": "c", "Fixed": 1, "Id": "1"})]);
}

#[test]
fn items_that_are_texts_are_taken_whole() {
    const WHOLE: &[(&str, Path)] = &[("Name", path(&[]))];
    let for_each = ForEach {
        parent: ("made", "Parent"),
        items: path(&[Step::Name("Names"), Step::All]),
        take: WHOLE,
        filter: &[],
        batch: None,
    };
    let found = requests(for_each, json!({"Names": ["x", "y", "x"]}));
    assert_eq!(found, [json!({"Fixed": 1, "Name": "x"}), json!({"Fixed": 1, "Name": "y"})]);
}

#[test]
fn parents_are_planned_before_what_needs_them() {
    let child = partywall_model::call("s3", "GetBucketPolicy").unwrap();
    let plan = Plan::new(&[child]);
    assert_eq!(plan.roots.iter().map(|call| call.id()).collect::<Vec<_>>(), ["s3:ListBuckets"]);
    assert_eq!(plan.children(plan.roots.first().unwrap()).len(), 1);
}
