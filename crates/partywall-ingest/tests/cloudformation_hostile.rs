//! Input that is broken or means harm ends in a gap, in bounded time and memory.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use partywall_ingest::cloudformation::{Options, decode, is_template};
use partywall_model::{Decoded, GapKind};

fn decode_files(files: &[(&str, Vec<u8>)]) -> Decoded {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        paths.push(path);
    }
    let started = Instant::now();
    let decoded = decode(folder.path(), &paths, &Options::default());
    assert!(started.elapsed() < Duration::from_secs(60), "it took {:?}", started.elapsed());
    decoded
}

fn one(text: impl Into<Vec<u8>>) -> Decoded {
    decode_files(&[("template.yaml", text.into())])
}

const RESOURCE: &str = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n";

#[test]
fn only_templates_are_taken_for_templates() {
    assert!(is_template(RESOURCE));
    assert!(is_template(r#"{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}"#));
    assert!(is_template(
        "{\n  \"AWSTemplateFormatVersion\": \"2010-09-09\",\n  \"Resources\" : {\"A\": {\"Type\" : \"Custom::X\"}}}"
    ));
    assert!(!is_template("apiVersion: v1\nkind: Pod\nspec:\n  Resources: {}\n"));
    assert!(!is_template("Resources: none\n"));
    assert!(!is_template(""));
}

#[test]
fn broken_files_are_gaps_with_a_line() {
    for text in [
        format!("{RESOURCE}\t\tProperties: {{}}\n"),
        format!("{RESOURCE}  B: [\n"),
        format!("{RESOURCE}  B: *nothing\n"),
        format!("{RESOURCE}  ? [a]\n  : b\n"),
        format!("{RESOURCE}  B: {}\n", "[".repeat(100_000)),
        format!("{{\"Resources\": {{\"A\": {{\"Type\": \"AWS::S3::Bucket\"}}, \"B\": {}", "[".repeat(100_000)),
        format!("{RESOURCE}  B: &a [*a]\n"),
    ] {
        let decoded = one(text.clone());
        let head: String = text.chars().take(80).collect();
        assert!(
            decoded.gaps.iter().any(|gap| gap.kind == GapKind::UnreadableFile && gap.line > 0 && !gap.cure.is_empty()),
            "{head}: {:?}",
            decoded.gaps
        );
    }
}

#[test]
fn odd_files_are_read() {
    let bom = one(format!("\u{feff}{RESOURCE}"));
    assert_eq!(bom.resources.len(), 1);
    let windows = one(RESOURCE.replace('\n', "\r\n"));
    assert_eq!(windows.resources.len(), 1);
    let outdented = one(
        "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      Tags: [\n    a,\n  ]\n      Policy: !Sub '{\n  x\n    }'\n",
    );
    assert_eq!(
        format!("{:?}", outdented.resources[0].attributes),
        r#"{"Policy": Text("{ x }"), "Tags": List([Text("a")])}"#
    );
    let mut invalid = RESOURCE.as_bytes().to_vec();
    invalid.extend(b"    Properties: { BucketName: \"a\xff\xfeb\" }\n");
    assert_eq!(one(invalid).resources.len(), 1);
    let documents = one(format!("{RESOURCE}---\nkind: Pod\n"));
    assert_eq!(documents.resources.len(), 1);
    let keys = one(format!("{RESOURCE}    Properties: {{ 1: a, true: b, ~: c }}\n"));
    assert_eq!(keys.resources[0].attributes.len(), 3);
    let merged =
        one("x: &x { a: 1, b: 2 }\nResources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: { <<: *x, b: 3 }\n");
    assert_eq!(format!("{:?}", merged.resources[0].attributes), r#"{"a": Number(1.0), "b": Number(3.0)}"#);
}

#[test]
fn aliases_that_explode_are_a_gap() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let inner = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("a{level}: &a{level} [{inner}]\n");
    }
    let decoded = one(format!("{text}{RESOURCE}    Properties: {{ X: *a11 }}\n"));
    assert!(
        decoded
            .gaps
            .iter()
            .any(|gap| gap.kind == GapKind::UnreadableFile && gap.cause.contains("expands to more than"))
    );
}

#[test]
fn loops_that_explode_are_a_gap() {
    let many = format!("[{}]", (0..2000).map(|number| format!("n{number}")).collect::<Vec<_>>().join(","));
    let text = format!(
        "{RESOURCE}    Properties:\n      'Fn::ForEach::I':\n        - I\n        - {many}\n        - 'Fn::ForEach::J':\n            - J\n            - {many}\n            - '${{I}}${{J}}': x\n"
    );
    let decoded = one(text);
    assert!(decoded.gaps.iter().any(|gap| gap.cause.contains("too many steps")), "{:?}", decoded.gaps.len());
}

#[test]
fn text_that_doubles_is_a_gap() {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for level in 0..31 {
        let next = level + 1;
        let text = format!(
            "Parameters:\n  P: {{ Type: String, Default: 0123456789012345678901234567890123456789 }}\nResources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./{next}.yaml\n      Parameters: {{ P: !Sub '${{P}}${{P}}' }}\n"
        );
        files.push((format!("{level}.yaml"), text.into_bytes()));
    }
    files.push(("31.yaml".into(), RESOURCE.as_bytes().to_vec()));
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let decoded = decode_files(&files);
    assert!(decoded.gaps.iter().any(|gap| gap.cause.contains("too many steps")));
}

#[test]
fn long_chains_of_conditions_are_a_gap() {
    let mut text = String::from("Conditions:\n  C0: !Equals [a, a]\n");
    for number in 1..20_000 {
        text += &format!("  C{number}: !Not [!Condition C{}]\n", number - 1);
    }
    let decoded = one(format!("{text}{RESOURCE}    Condition: C19999\n"));
    assert!(decoded.gaps.iter().any(|gap| gap.cause.contains("nested too deeply")));
    assert_eq!(decoded.resources.len(), 1);
}

#[test]
fn templates_that_nest_each_other_are_a_gap() {
    let nests = |name: &str| {
        format!("Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{ TemplateURL: {name} }}\n")
            .into_bytes()
    };
    let decoded =
        decode_files(&[("a.yaml", nests("b.yaml")), ("b.yaml", nests("a.yaml")), ("c.yaml", nests("c.yaml"))]);
    assert_eq!(decoded.gaps.iter().filter(|gap| gap.cause.contains("contains itself")).count(), 2);
    assert_eq!(decoded.resources.len(), 3);
}

#[test]
fn files_that_are_too_large_are_a_gap() {
    let decoded = one(format!("{RESOURCE}#{}", "x".repeat(17 * 1024 * 1024)));
    assert!(decoded.gaps.iter().any(|gap| gap.cause.contains("larger than 16 MiB")));
}

/// Cuts, doubles and flips pieces of every template of the tests.
#[test]
fn no_mutation_panics() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below.max(1)).unwrap()).unwrap()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cloudformation");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let rounds: usize = std::env::var("PARTYWALL_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let tokens: [&[u8]; 14] =
        [b"[", b"{", b"}", b"]", b": ", b"- ", b"!Sub ", b"&a ", b"*a ", b"\t", b"\"", b"|\n", b"!Ref ", b"\xff"];
    for case in cases {
        for file in fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            let original = fs::read(file).unwrap();
            for _ in 0..rounds {
                let mut bytes = original.clone();
                for _ in 0..=random(4) {
                    if bytes.is_empty() {
                        break;
                    }
                    let (at, length) = (random(bytes.len()), random(40));
                    let end = (at + length).min(bytes.len());
                    match random(4) {
                        0 => drop(bytes.drain(at..end)),
                        1 => {
                            let piece = bytes[at..end].to_vec();
                            let to = random(bytes.len());
                            drop(bytes.splice(to..to, piece));
                        }
                        2 => drop(bytes.splice(at..at, tokens[random(tokens.len())].iter().copied())),
                        _ => bytes[at] = u8::try_from(random(256)).unwrap(),
                    }
                }
                let decoded = one(bytes);
                assert!(!decoded.gaps.iter().any(|gap| gap.cause.contains("no thread")));
            }
        }
    }
}
