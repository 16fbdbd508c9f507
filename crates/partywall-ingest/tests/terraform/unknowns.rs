//! What can and what cannot be said of expressions with unknown parts.

use std::fs;

use partywall_ingest::terraform::{Options, decode};

/// Expression, and what it evaluates to, as JSON with `${symbol}` for unknowns. `var.u` and `var.v` have no value.
const CASES: &[(&str, &str)] = &[
    ("var.u", "\"${var.u}\""),
    ("\"a-${var.u}\"", "\"a-${var.u}\""),
    ("var.u && false", "false"),
    ("false && var.u", "false"),
    ("var.u || true", "true"),
    ("true || var.u", "true"),
    ("true && var.u", "\"${var.u}\""),
    ("var.u == var.u", "true"),
    ("var.u != var.u", "false"),
    ("var.u == var.v", "\"${(var.u == var.v)}\""),
    ("var.u == \"a\"", "\"${(var.u == \\\"a\\\")}\""),
    ("\"x${var.u}\" == \"y\"", "false"),
    ("\"x${var.u}\" != \"\"", "true"),
    ("var.u == null", "\"${(var.u == null)}\""),
    ("var.u ? \"a\" : \"a\"", "\"a\""),
    ("var.u ? var.v : var.v", "\"${var.v}\""),
    ("var.u ? 1 : 2", "\"${var.u ? 1 : 2}\""),
    ("var.u ? [1] : [undeclared.x.y]", "\"${var.u ? [1,] : `undeclared.x` is not declared}\""),
    ("!var.u", "\"${!var.u}\""),
    ("var.u + 1", "\"${(var.u + 1)}\""),
    ("[1, var.u]", "[1,\"${var.u}\"]"),
    ("length([var.u, var.v])", "2"),
    ("length(var.u)", "\"${length(var.u)}\""),
    ("var.u[0].name", "\"${var.u[0].name}\""),
    ("var.u[*].name", "\"${var.u[*].name}\""),
    ("slice(var.u, 0, 2)", "[\"${var.u[0]}\",\"${var.u[1]}\"]"),
    ("[for x in var.u : x]", "\"${for … in var.u}\""),
    ("[for x in [1, 2] : x if var.u]", "\"${for … in var.u#2}\""),
    ("{ a = var.u }", "{\"a\":\"${var.u}\"}"),
    ("{ (var.u) = 1 }.k", "\"${{(var.u)=…,{}}.k}\""),
    ("merge({ a = 1 }, { b = var.u })", "{\"a\":1,\"b\":\"${var.u}\"}"),
    ("merge({ a = 1 }, var.u)", "\"${merge({\\\"a\\\"=1,}, var.u)}\""),
    ("contains([var.u, \"a\"], \"a\")", "true"),
    ("contains([\"a\"], var.u)", "\"${contains([\\\"a\\\",], var.u)}\""),
    ("contains([var.u], var.u)", "true"),
    ("lookup({}, var.u, \"d\")", "\"d\""),
    ("coalesce(null, var.u)", "\"${var.u}\""),
    ("coalesce(var.u, \"d\")", "\"${coalesce(var.u, \\\"d\\\")}\""),
    ("try(var.u.a.b, 1)", "\"${var.u.a.b}\""),
    ("try(undeclared.x.y, var.u)", "\"${var.u}\""),
    ("can(var.u)", "\"${can(var.u)}\""),
    ("upper(\"a-${var.u}\")", "\"${upper(\\\"a-${var.u}\\\")}\""),
    ("join(\"-\", [\"a\", var.u])", "\"a-${var.u}\""),
    ("format(\"%s/%s\", \"a\", var.u)", "\"a/${var.u}\""),
    ("replace(\"${var.u}/_MARK_\", \"_MARK_\", \"b\")", "\"${var.u}/b\""),
    ("replace(\"${var.u}/a\", \"a\", \"b\")", "\"${replace(\\\"${var.u}/a\\\", \\\"a\\\", \\\"b\\\")}\""),
    ("startswith(\"arn:${var.u}\", \"arn:\")", "true"),
    ("startswith(\"arn:${var.u}\", \"arx\")", "false"),
    ("jsonencode({ a = var.u, (var.v) = [1] })", "\"{\\\"a\\\":\\\"${var.u}\\\",\\\"${var.v}\\\":[1]}\""),
    ("jsondecode(jsonencode({ a = [var.u, \"b-${var.v}\"] }))", "{\"a\":[\"${var.u}\",\"b-${var.v}\"]}"),
    ("timestamp()", "\"${timestamp()}\""),
    ("uuid()", "\"${uuid()}\""),
    ("provider::aws::arn_parse(\"x\")", "\"${provider::aws::arn_parse(\\\"x\\\")}\""),
    ("tonumber(var.u)", "\"${var.u}\""),
    ("flatten([[var.u], [1]])", "\"${flatten([[var.u,],[1,],])}\""),
    ("toset([\"b\", \"a\"])", "[\"a\",\"b\"]"),
    ("cidrsubnet(var.u, 4, 1)", "\"${cidrsubnet(var.u, 4, 1)}\""),
];

#[test]
fn unknowns_flow_through_expressions() {
    let estate = tempfile::tempdir().unwrap();
    let mut text = String::from("variable \"u\" {}\nvariable \"v\" {}\nresource \"t\" \"x\" {\n");
    for (at, (expression, _)) in CASES.iter().enumerate() {
        text.push_str(&format!("  e{at:03} = {expression}\n"));
    }
    text.push_str("}\n");
    fs::write(estate.path().join("main.tf"), text).unwrap();
    let decoded = decode(estate.path(), &[estate.path().to_owned()], &Options::default());
    assert!(decoded.gaps.is_empty(), "{:#?}", decoded.gaps);
    let attributes = &decoded.resources[0].attributes;
    let mut wrong = Vec::new();
    for (at, (expression, expected)) in CASES.iter().enumerate() {
        let actual = attributes[&format!("e{at:03}")].to_json(&|unknown| unknown.placeholder()).to_string();
        if actual != *expected {
            wrong.push(format!("{expression}\n  expected {expected}\n  actual   {actual}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
