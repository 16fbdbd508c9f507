//! One defect of each kind, put into plans that are in order.

use serde_json::{Value, json};

use super::{estate, fixture};

/// Plans with one defect.
pub(crate) struct Injection {
    pub(crate) kind: &'static str,
    pub(crate) what: &'static str,
    pub(crate) documents: Vec<(&'static str, Value)>,
}

const PAIR: [&str; 2] = ["customer.json", "iaas.json"];
const TRIPLE: [&str; 3] = ["saas.json", "paas.json", "iaas.json"];
const PLAN: &str = "/system-security-plan";
const REQUIREMENTS: &str = "/system-security-plan/control-implementation/implemented-requirements";

/// Sets, adds or removes (with null) what is at these pointers of these documents.
fn edited(
    kind: &'static str,
    what: &'static str,
    names: &[&'static str],
    edits: &[(usize, String, Value)],
) -> Injection {
    let mut documents = estate(names);
    for (at, pointer, value) in edits {
        let (holder, name) = pointer.rsplit_once('/').unwrap();
        match documents[*at].1.pointer_mut(holder).unwrap_or_else(|| panic!("{what}: {holder}")) {
            Value::Object(entries) if value.is_null() => drop(entries.remove(name).unwrap()),
            Value::Object(entries) => drop(entries.insert(name.to_owned(), value.clone())),
            Value::Array(items) if name == "-" => items.push(value.clone()),
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.clone(),
            other => panic!("{what}: {other}"),
        }
    }
    Injection { kind, what, documents }
}

fn uuid(letter: char, number: u32) -> Value {
    format!("{letter}0000000-0000-4000-8000-{number:012}").into()
}

/// A place in an implemented requirement.
fn control(at: usize, rest: &str) -> String {
    format!("{REQUIREMENTS}/{at}{rest}")
}

/// A place in a leveraged authorization or component.
fn system(rest: &str) -> String {
    format!("{PLAN}/system-implementation/{rest}")
}

pub(crate) fn all() -> Vec<Injection> {
    let mut all = of_identity();
    all.extend(of_authorizations());
    all.extend(of_leverage());
    all.extend(of_inherited());
    all.extend(of_inherited_terms());
    all.extend(of_satisfied());
    all.extend(of_responsibilities());
    all
}

fn of_identity() -> Vec<Injection> {
    let mut twice = estate(&PAIR);
    let mut copy = fixture("iaas.json");
    copy["system-security-plan"]["metadata"]["title"] = "Another title".into();
    twice.push(("copy.json", copy));
    vec![
        edited(
            "malformed",
            "inherited is an object",
            &PAIR,
            &[(0, control(0, "/statements/0/by-components/0/inherited"), json!({}))],
        ),
        edited("malformed", "no state", &PAIR, &[(0, format!("{PLAN}/system-characteristics/status"), Value::Null)]),
        edited(
            "not-a-uuid",
            "a name instead",
            &PAIR,
            &[(0, control(0, "/statements/0/by-components/0/inherited/0/provided-uuid"), json!("the data centre"))],
        ),
        edited(
            "not-a-uuid",
            "a version that OSCAL does not take",
            &PAIR,
            &[(
                0,
                control(0, "/statements/0/by-components/0/inherited/0/provided-uuid"),
                json!("a0000000-0000-1000-8000-000000000111"),
            )],
        ),
        edited("duplicate-uuid", "a user is a party", &PAIR, &[(0, system("users/0/uuid"), uuid('d', 2))]),
        edited(
            "duplicate-uuid-across-plans",
            "a copied requirement",
            &PAIR,
            &[(0, control(0, "/uuid"), uuid('a', 100))],
        ),
        Injection { kind: "duplicate-plan", what: "a copy that kept its uuid", documents: twice },
        edited(
            "unknown-component",
            "a component that was removed",
            &PAIR,
            &[(0, control(3, "/by-components/0/component-uuid"), uuid('d', 99))],
        ),
        edited(
            "unknown-authorization",
            "another authorization",
            &PAIR,
            &[(
                0,
                system("components/2/props"),
                json!([{ "name": "leveraged-authorization-uuid", "value": uuid('d', 98) }]),
            )],
        ),
        edited(
            "unknown-inherited-component",
            "another component",
            &PAIR,
            &[(0, system("components/2/props"), json!([{ "name": "inherited-uuid", "value": uuid('a', 97) }]))],
        ),
    ]
}

fn of_authorizations() -> Vec<Injection> {
    let date = || system("leveraged-authorizations/0/date-authorized");
    let own = || format!("{PLAN}/system-characteristics/date-authorized");
    vec![
        edited("authorization-without-plan", "the provider's plan is not given", &PAIR[..1], &[]),
        edited("authorization-undated", "no day", &PAIR, &[(0, date(), json!("last summer"))]),
        edited(
            "authorization-in-future",
            "next year",
            &PAIR,
            &[(0, date(), json!("2027-01-01")), (1, own(), Value::Null)],
        ),
        edited(
            "authorization-expired",
            "three years to the day",
            &PAIR,
            &[(0, date(), json!("2023-03-01")), (1, own(), Value::Null)],
        ),
        edited("authorization-date-differs", "another day", &PAIR, &[(0, date(), json!("2025-06-02"))]),
        edited(
            "leveraged-not-operational",
            "still being built",
            &PAIR,
            &[(1, format!("{PLAN}/system-characteristics/status/state"), json!("under-development"))],
        ),
    ]
}

fn of_leverage() -> Vec<Injection> {
    let mut stranger = fixture("iaas.json");
    stranger["system-security-plan"] = json!({
        "uuid": uuid('e', 1), "metadata": { "title": "Basalt Cloud" },
        "system-characteristics": { "system-name": "Basalt", "status": { "state": "operational" } },
        "system-implementation": { "components": [] },
        "control-implementation": { "implemented-requirements": [] },
    });
    let mut with_stranger = estate(&PAIR);
    with_stranger.push(("stranger.json", stranger.clone()));
    let mut ambiguous = edited(
        "authorization-ambiguous",
        "the title of another plan",
        &PAIR,
        &[(0, system("leveraged-authorizations/0/title"), json!("basalt  cloud"))],
    );
    ambiguous.documents.push(("stranger.json", stranger.clone()));
    // The other plan is then one that no authorization means.
    ambiguous.documents[0].1["system-security-plan"]["system-implementation"]["leveraged-authorizations"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "uuid": uuid('d', 77), "title": "Basalt", "party-uuid": uuid('d', 2), "date-authorized": "2025-06-01" }));
    let circle = json!([{
        "uuid": uuid('a', 5), "title": "Chalk Shop", "party-uuid": uuid('a', 2), "date-authorized": "2025-06-01",
    }]);
    vec![
        Injection { kind: "plan-without-authorization", what: "a plan too many", documents: with_stranger },
        ambiguous,
        edited(
            "authorization-names-another",
            "a title and components that lead nowhere",
            &PAIR,
            &[
                (0, system("leveraged-authorizations/0/title"), json!("Basalt Cloud")),
                (
                    0,
                    system("components/1/props"),
                    json!([{ "name": "leveraged-authorization-uuid", "value": uuid('d', 5) }]),
                ),
            ],
        ),
        edited(
            "cyclic-leverage",
            "the provider leverages its customer",
            &PAIR,
            &[(1, system("leveraged-authorizations"), circle.clone())],
        ),
        edited(
            "cyclic-leverage",
            "a circle of three",
            &TRIPLE,
            &[(
                2,
                system("leveraged-authorizations"),
                json!([{
                    "uuid": uuid('a', 5), "title": "Slate Invoicing", "party-uuid": uuid('a', 2), "date-authorized": "2025-06-01",
                }]),
            )],
        ),
        edited(
            "cyclic-leverage",
            "a system that leverages itself",
            &["iaas.json"],
            &[(
                0,
                system("leveraged-authorizations"),
                json!([{
                    "uuid": uuid('a', 5), "title": "Granite Cloud", "party-uuid": uuid('a', 2), "date-authorized": "2025-06-01",
                }]),
            )],
        ),
        edited(
            "skips-tier",
            "the third tier inherits from the first",
            &TRIPLE,
            &[(0, control(0, "/statements/0/by-components/0/inherited/0/provided-uuid"), uuid('a', 111))],
        ),
        edited(
            "export-not-inherited",
            "the tier between exports what it does not inherit",
            &TRIPLE,
            &[(1, control(0, "/statements/0/by-components/0/inherited"), Value::Null)],
        ),
    ]
}

fn of_inherited() -> Vec<Injection> {
    let provided = || control(0, "/statements/0/by-components/0/inherited/0/provided-uuid");
    let unnamed = || json!([{ "uuid": uuid('d', 96), "description": "All of it." }]);
    vec![
        edited("inherited-dangling", "nothing has it", &PAIR, &[(0, provided(), uuid('a', 95))]),
        edited("inherited-names-responsibility", "a responsibility", &PAIR, &[(0, provided(), uuid('a', 412))]),
        edited("inherited-names-other", "a component", &PAIR, &[(0, provided(), uuid('a', 11))]),
        edited(
            "inherited-from-itself",
            "an export of its own",
            &PAIR,
            &[
                (0, provided(), uuid('d', 94)),
                (
                    0,
                    control(3, "/by-components/0/export"),
                    json!({ "provided": [{ "uuid": uuid('d', 94), "description": "." }] }),
                ),
            ],
        ),
        edited("inherited-unnamed", "no name", &PAIR, &[(0, provided(), Value::Null)]),
        edited(
            "inherited-nothing-provided",
            "a control that nobody provides",
            &PAIR,
            &[(0, control(3, "/by-components/0/inherited"), unnamed())],
        ),
        edited(
            "inherited-where-only-responsibility",
            "the provider only leaves work",
            &PAIR,
            &[(0, control(2, "/by-components/0/inherited"), unnamed())],
        ),
        edited(
            "inherited-twice",
            "the same entry again",
            &PAIR,
            &[(
                0,
                control(0, "/statements/0/by-components/0/inherited/-"),
                json!({ "uuid": uuid('d', 93), "provided-uuid": uuid('a', 111), "description": "." }),
            )],
        ),
    ]
}

fn of_inherited_terms() -> Vec<Injection> {
    let status = || control(0, "/statements/0/by-components/0/implementation-status/state");
    vec![
        edited(
            "inherited-for-another-control",
            "for another control",
            &PAIR,
            &[(0, control(0, "/control-id"), json!("pe-6"))],
        ),
        edited(
            "inherited-for-another-statement",
            "for another statement",
            &PAIR,
            &[(0, control(0, "/statements/0/statement-id"), json!("pe-3_smt.b"))],
        ),
        edited(
            "inherited-for-another-component",
            "from another component",
            &PAIR,
            &[(1, control(0, "/statements/0/by-components/0/component-uuid"), uuid('a', 10))],
        ),
        edited("inherited-planned", "planned", &PAIR, &[(1, status(), json!("planned"))]),
        edited("inherited-partial", "partial", &PAIR, &[(1, status(), json!("partial"))]),
        edited("inherited-not-applicable", "not applicable", &PAIR, &[(1, status(), json!("not-applicable"))]),
        edited(
            "inherited-planned",
            "as FedRAMP writes it",
            &PAIR,
            &[
                (1, control(0, "/statements/0/by-components/0/implementation-status"), Value::Null),
                (1, control(0, "/props"), json!([{ "name": "implementation-status", "value": "planned" }])),
            ],
        ),
    ]
}

fn of_satisfied() -> Vec<Injection> {
    let named = |number: u32, letter: char| json!([{ "uuid": uuid('d', 92), "responsibility-uuid": uuid(letter, number), "description": "." }]);
    // The control of its own that owes nothing, so that no responsibility stays unsatisfied.
    let own = || control(3, "/by-components/0/satisfied");
    vec![
        edited("satisfied-dangling", "nothing has it", &PAIR, &[(0, own(), named(91, 'a'))]),
        edited(
            "satisfied-names-provided",
            "a provided entry, as in NIST's example",
            &PAIR,
            &[(0, own(), named(211, 'a'))],
        ),
        edited("satisfied-names-other", "a component", &PAIR, &[(0, own(), named(11, 'a'))]),
        edited(
            "satisfied-unnamed",
            "no name",
            &PAIR,
            &[(0, own(), json!([{ "uuid": uuid('d', 92), "description": "." }]))],
        ),
        edited("satisfied-for-another-control", "of another control", &PAIR, &[(0, own(), named(412, 'a'))]),
        edited(
            "satisfied-twice",
            "the same entry again",
            &PAIR,
            &[(
                0,
                control(2, "/by-components/0/satisfied/-"),
                json!({ "uuid": uuid('d', 92), "responsibility-uuid": uuid('a', 412), "description": "." }),
            )],
        ),
        edited(
            "satisfied-itself",
            "a responsibility of its own",
            &PAIR,
            &[
                (0, own(), named(90, 'd')),
                (
                    0,
                    control(3, "/by-components/0/export"),
                    json!({ "responsibilities": [{ "uuid": uuid('d', 90), "description": "." }] }),
                ),
            ],
        ),
        edited(
            "satisfied-planned",
            "planned",
            &PAIR,
            &[(0, control(2, "/by-components/0/implementation-status/state"), json!("planned"))],
        ),
    ]
}

fn of_responsibilities() -> Vec<Injection> {
    let provided = || control(2, "/by-components/0/export/responsibilities/0/provided-uuid");
    vec![
        edited(
            "responsibility-unsatisfied",
            "one that comes with what is inherited",
            &PAIR,
            &[(0, control(1, "/by-components/1/satisfied"), Value::Null)],
        ),
        edited(
            "responsibility-unsatisfied",
            "one that stands alone",
            &PAIR,
            &[(0, control(2, "/by-components/0/satisfied"), Value::Null)],
        ),
        edited(
            "responsibility-unsatisfied",
            "one that is no longer passed on",
            &TRIPLE,
            &[
                (1, control(2, "/by-components/0/export/responsibilities"), Value::Null),
                (0, control(2, "/by-components/1/satisfied"), Value::Null),
            ],
        ),
        edited("responsibility-dangling", "nothing has it", &PAIR, &[(1, provided(), uuid('a', 89))]),
        edited(
            "responsibility-names-responsibility",
            "another responsibility",
            &PAIR,
            &[(1, provided(), uuid('a', 412))],
        ),
        edited("responsibility-names-other", "a component", &PAIR, &[(1, provided(), uuid('a', 11))]),
        edited(
            "responsibility-for-another-control",
            "of another control",
            &PAIR,
            &[(1, control(1, "/by-components/0/export/responsibilities/0/provided-uuid"), uuid('a', 111))],
        ),
    ]
}
