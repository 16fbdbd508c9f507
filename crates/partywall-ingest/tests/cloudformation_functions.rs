//! Each intrinsic function, one expression after the other.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;

use partywall_ingest::cloudformation::{Options, decode};
use partywall_model::{Cause, Decoded, Value};
use serde_json::json;

const HEAD: &str = r#"
Transform: AWS::LanguageExtensions
Parameters:
  Open: { Type: String }
  Env: { Type: String, Default: prod }
  Count: { Type: Number, Default: 3 }
  Version: { Type: String, Default: 1.10 }
  Names: { Type: CommaDelimitedList, Default: "a, b,c" }
  Ports: { Type: List<Number>, Default: "80,443" }
  Secret: { Type: String, NoEcho: true, Default: hunter2 }
  Image: { Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /x }
Mappings:
  Same: { eu-west-1: { k: v }, us-east-1: { k: v } }
  Other: { eu-west-1: { k: v, n: 1 }, us-east-1: { k: w } }
  Ids: { prod: { account: 012345678901, list: [x, y] } }
Conditions:
  Yes: !Equals [!Ref Env, prod]
  No: !Not [!Condition Yes]
  Maybe: !Equals [!Ref Open, x]
  AndNo: !And [!Condition Maybe, !Condition No]
  OrYes: !Or [!Condition Maybe, !Condition Yes]
  AndMaybe: !And [!Condition Maybe, !Condition Yes]
  SameSymbol: !Equals [!Ref Open, !Ref Open]
  Prefix: !Equals [!Sub "x-${Open}", y]
  Empty: !Equals [!Join ["", !Ref Names], ""]
  Circle: !Not [!Condition Circle]
Resources:
  Bucket: { Type: AWS::S3::Bucket }
  It:
    Type: AWS::Test::Thing::It
    Properties:
      Value: "#;

fn decode_text(text: &str, options: &Options) -> Decoded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.yaml");
    fs::write(&path, text).unwrap();
    decode(folder.path(), &[path], options)
}

fn evaluate(expression: &str) -> (Value, Vec<String>) {
    let decoded = decode_text(&format!("{HEAD}{expression}\n"), &Options::default());
    let it = decoded
        .resources
        .iter()
        .find(|resource| resource.address == "It")
        .unwrap_or_else(|| panic!("{expression}: {:?}", decoded.gaps));
    let value = it.attributes.get("Value").cloned().unwrap_or(Value::Null);
    (value, decoded.gaps.into_iter().map(|gap| gap.cause).collect())
}

#[test]
fn expressions_evaluate() {
    let cases = [
        // Scalars, as YAML 1.1 has them but for dates and leading zeros.
        ("012345678901", json!("012345678901")),
        ("2012-10-17", json!("2012-10-17")),
        ("yes", json!(true)),
        ("'yes'", json!("yes")),
        ("Off", json!(false)),
        ("1.10", json!("1.10")),
        ("1.5", json!(1.5)),
        ("1_000", json!("1_000")),
        ("0x1F", json!("0x1F")),
        ("12345678901234567890", json!("12345678901234567890")),
        ("!!str 12", json!("12")),
        // Ref.
        ("!Ref Env", json!("prod")),
        ("{ Ref: Count }", json!(3)),
        ("!Ref Version", json!("1.10")),
        ("!Ref Names", json!(["a", "b", "c"])),
        ("!Ref Ports", json!([80, 443])),
        ("!Ref Open", json!("${Open}")),
        ("!Ref Secret", json!("${Secret}")),
        ("!Ref Image", json!("${Image}")),
        ("!Ref Bucket", json!("${Bucket.Ref}")),
        ("!Ref AWS::Partition", json!("${AWS::Partition}")),
        ("[a, !Ref AWS::NoValue, b]", json!(["a", "b"])),
        ("{ a: !Ref AWS::NoValue, b: 1 }", json!({"b": 1})),
        // GetAtt.
        ("!GetAtt Bucket.Arn", json!("${Bucket.Arn}")),
        ("!GetAtt [Bucket, Arn]", json!("${Bucket.Arn}")),
        ("{ 'Fn::GetAtt': [Bucket, A.B] }", json!("${Bucket.A.B}")),
        // Sub.
        ("!Sub '${Env}-${!Env}-${Bucket.Arn}-${Open}'", json!("prod-${Env}-${Bucket.Arn}-${Open}")),
        ("!Sub ['${Env}${Own}', { Own: !Ref Count }]", json!("prod3")),
        ("!Sub '${Open}'", json!("${Open}")),
        ("!Sub 'a ${ Env } $x ${'", json!("a prod $x ${")),
        ("!Sub '${AWS::Region}'", json!("${AWS::Region}")),
        // Join, Split, Select, Length.
        ("!Join ['-', [a, !Ref Count, true]]", json!("a-3-true")),
        ("!Join [',', !Ref Names]", json!("a,b,c")),
        ("!Join ['', [x, !Ref Open]]", json!("x${Open}")),
        ("!Split ['.', a.b.c]", json!(["a", "b", "c"])),
        ("!Select [1, !Split ['|', 'a|b']]", json!("b")),
        ("!Select ['1', !Ref Names]", json!("b")),
        ("!Select [0, !GetAZs '']", json!("${Fn::GetAZs(AWS::Region)[0]}")),
        ("{ 'Fn::Length': !Ref Names }", json!(3)),
        // If.
        ("!If [Yes, 1, 2]", json!(1)),
        ("!If [No, 1, !Ref AWS::NoValue]", json!(null)),
        ("!If [Maybe, same, same]", json!("same")),
        ("!If [Maybe, a, b]", json!("${Fn::If(condition Maybe, a, b)}")),
        ("!If [AndNo, a, b]", json!("b")),
        ("!If [OrYes, a, b]", json!("a")),
        ("!If [AndMaybe, a, b]", json!("${Fn::If(condition AndMaybe, a, b)}")),
        ("!If [SameSymbol, a, b]", json!("a")),
        ("!If [Prefix, a, b]", json!("b")),
        ("!If [Empty, a, b]", json!("b")),
        // FindInMap.
        ("!FindInMap [Ids, !Ref Env, account]", json!("012345678901")),
        ("!FindInMap [Ids, prod, list]", json!(["x", "y"])),
        ("!FindInMap [Same, !Ref AWS::Region, k]", json!("v")),
        ("!FindInMap [Other, !Ref AWS::Region, k]", json!("${Fn::FindInMap(Other, AWS::Region, k)}")),
        ("!FindInMap [Ids, test, account, { DefaultValue: none }]", json!("none")),
        // Cidr.
        ("!Cidr [10.0.0.0/24, 2, 5]", json!(["10.0.0.0/27", "10.0.0.32/27"])),
        ("!Cidr ['2001:db8::/56', 2, 64]", json!(["2001:db8::/64", "2001:db8:0:1::/64"])),
        ("!Select [1, !Cidr [!GetAtt Bucket.Cidr, 2, 5]]", json!("${Fn::Cidr(Bucket.Cidr, 2, 5)[1]}")),
        // Others.
        ("!ImportValue x", json!("${Fn::ImportValue(x)}")),
        ("{ 'Fn::Base64': hello }", json!("aGVsbG8=")),
        ("{ 'Fn::Base64': !Sub 'run ${Open}' }", json!("run ${Open}")),
        ("{ 'Fn::Base64': !Ref Open }", json!("${Fn::Base64(Open)}")),
        ("!ToJsonString { b: [1, !Ref Open], a: 'x\"' }", json!("{\"a\":\"x\\\"\",\"b\":[1,\"${Open}\"]}")),
        (
            "{ 'Fn::ForEach::L': [K, [a, b], { '${K}1': !Sub '${K}-x' }], c: d }",
            json!({"a1": "a-x", "b1": "b-x", "c": "d"}),
        ),
        // Dynamic references.
        ("'x{{resolve:ssm:/a:1}}y'", json!("x${resolve:ssm:/a:1}y")),
        ("!Sub '{{resolve:secretsmanager:${Open}:a}}'", json!("${resolve:secretsmanager:${Open}:a}")),
        ("'{{resolve:ssm'", json!("{{resolve:ssm")),
    ];
    for (expression, expected) in cases {
        let (value, gaps) = evaluate(expression);
        assert_eq!(value.to_json(&|unknown| unknown.placeholder()), expected, "{expression}");
        let own: Vec<&String> = gaps.iter().filter(|cause| !cause.contains("Circle")).collect();
        assert!(own.is_empty(), "{expression}: {own:?}");
    }
}

#[test]
fn what_fails_is_unknown_and_a_gap() {
    for expression in [
        "!Ref Nothing",
        "!GetAtt Nothing.Arn",
        "!GetAtt Bucket",
        "!Sub '${Nothing}'",
        "!Sub '${Names}'",
        "!Join [a]",
        "!Join ['-', x]",
        "!Select [9, [a]]",
        "!Select [x, [a]]",
        "!Split ['', a]",
        "!If [Nothing, a, b]",
        "!If [Circle, a, b]",
        "!If [Yes]",
        "!FindInMap [Ids, test, account]",
        "!Cidr [10.0.0.0/30, 200, 1]",
        "!Cidr [nonsense, 1, 1]",
        "!Cidr [10.0.0.0/16, 0, 8]",
        "!Rain::Embed x",
        "{ 'Fn::Invented': x }",
        "{ 'Fn::Transform': { Name: Invented } }",
        "{ 'Fn::ForEach::L': [K, !Ref Open, { '${K}': 1 }] }",
    ] {
        let (value, gaps) = evaluate(expression);
        let unknown = value.first_unknown().unwrap_or_else(|| panic!("{expression}: {value:?}"));
        let blamed = matches!(unknown.cause, Cause::Invalid(_) | Cause::NotUnderstood(_) | Cause::Undetermined(_));
        assert!(blamed, "{expression}: {unknown:?}");
        assert!(!gaps.is_empty() || expression.contains("ForEach"), "{expression}");
    }
}

#[test]
fn a_key_that_is_given_twice_is_unknown_only_where_the_values_differ() {
    let (value, gaps) = evaluate("{ a: 1, a: 2, b: 3, b: 3 }");
    assert!(matches!(value.as_map().unwrap()["a"], Value::Unknown(_)));
    assert_eq!(value.as_map().unwrap()["b"], Value::Number(3.0));
    assert!(gaps.iter().any(|cause| cause.contains("`a` is given twice")));
}

#[test]
fn the_default_of_a_secret_is_never_shown() {
    let decoded = decode_text(&format!("{HEAD}!Sub '${{Secret}}'\n"), &Options::default());
    assert!(!format!("{decoded:?}").contains("hunter2"));
}

#[test]
fn parameters_and_pseudo_parameters_can_be_given() {
    let given = [("Open", "x"), ("AWS::Region", "cn-north-1"), ("AWS::AccountId", "012345678901")];
    let options =
        Options { parameters: given.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect() };
    let text = format!(
        "{HEAD}!Sub '${{Open}} ${{AWS::Region}} ${{AWS::AccountId}} ${{AWS::Partition}} ${{AWS::URLSuffix}}'\n"
    );
    let decoded = decode_text(&text, &options);
    let it = decoded.resources.iter().find(|resource| resource.address == "It").unwrap();
    assert_eq!(it.attributes["Value"], Value::text("x cn-north-1 012345678901 aws-cn amazonaws.com.cn"));
    assert_eq!((it.region.as_text(), it.account_id.as_text()), (Some("cn-north-1"), Some("012345678901")));
}

#[test]
fn a_transform_of_the_whole_template_that_is_not_known_is_a_gap() {
    for (transform, gaps) in [
        ("AWS::LanguageExtensions", 0),
        ("[AWS::Serverless-2016-10-31, AWS::LanguageExtensions]", 0),
        ("Invented", 1),
        ("[{ Name: AWS::Include, Parameters: { Location: s3://bucket/part.yaml } }, Invented]", 2),
    ] {
        let text = format!("Transform: {transform}\nResources:\n  A: {{ Type: AWS::S3::Bucket }}\n");
        let decoded = decode_text(&text, &Options::default());
        assert_eq!((decoded.gaps.len(), decoded.resources.len()), (gaps, 1), "{transform}");
        assert!(decoded.gaps.iter().all(|gap| gap.cause.contains("may change, add or remove resources")));
    }
}
