//! Filters leave out what is known to be harmless, and say so when they leave out nothing.

use partywall_detect::rules::Library;
use serde_json::json;

use crate::pack;

fn with_filter(rules: &str) -> Library {
    let mut library = Library::shipped();
    let filter = format!(
        "title: Patching\nid: 4d0c1bb6-4b8a-4f0e-9a56-0d7c3f3a1f10\nlogsource: {{product: aws, service: cloudtrail}}\n\
         filter:\n  rules: [{rules}]\n  selection:\n    userIdentity.userName: patcher\n  condition: not selection\n"
    );
    library.add("own.yml", &filter);
    library
}

fn command(user: &str) -> serde_json::Value {
    json!({
        "eventSource": "ssm.amazonaws.com", "eventName": "SendCommand", "eventTime": "2026-03-02T09:00:00Z",
        "eventID": user, "userIdentity": { "type": "IAMUser", "userName": user },
        "requestParameters": { "documentName": "AWS-RunShellScript" },
    })
}

#[test]
fn rules_are_filtered_by_name() {
    let library = with_filter("command-sent-to-instances");
    assert_eq!(pack::alerts(&library, &[command("patcher")]).len(), 0);
    assert_eq!(pack::alerts(&library, &[command("mallory")]).len(), 1);
}

#[test]
fn a_filter_of_no_rule_is_a_gap() {
    let (_, gaps) = with_filter("no-such-rule").compile();
    assert!(gaps.iter().any(|gap| format!("{gap:?}").contains("no-such-rule")), "{gaps:?}");
}
