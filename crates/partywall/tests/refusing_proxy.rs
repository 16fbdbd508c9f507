//! The proxy that stands before an account, seen by botocore: what it breaks is broken as AWS breaks it, what it does
//! not break is untouched.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use support::moto::{Moto, REGION, environment, python, scripts};
use support::proxy::message::{Length, Message};
use support::proxy::{Fault, Proxy, Services, Template};

/// One operation of each protocol: service, operation, its name in Python.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("iam", "ListUsers", "list_users"),
    ("ec2", "DescribeVpcs", "describe_vpcs"),
    ("kms", "ListKeys", "list_keys"),
    ("lambda", "ListFunctions", "list_functions"),
    ("route53", "ListHostedZones", "list_hosted_zones"),
    ("s3", "GetBucketPolicy", "get_bucket_policy"),
];

/// What the collector's wire descriptions say of services whose operations have no name on the wire.
fn services() -> Services {
    let mut services = Services::default();
    let mut add = |name: &str, protocol: &str, operations: &[(&str, &str)]| {
        let operation = |(name, uri): &(&str, &str)| (name.to_string(), json!({"method": "GET", "uri": uri}));
        let operations: serde_json::Map<String, Value> = operations.iter().map(operation).collect();
        services
            .add(name, &json!({"signing_name": name, "protocol": protocol, "version": "", "operations": operations}));
    };
    add(
        "lambda",
        "rest-json",
        &[("ListFunctions", "/2015-03-31/functions"), ("GetFunction", "/2015-03-31/functions/{F}")],
    );
    add("route53", "rest-xml", &[("ListHostedZones", "/2013-04-01/hostedzone")]);
    add(
        "s3",
        "rest-xml",
        &[
            ("ListBuckets", "/"),
            ("ListObjectsV2", "/{Bucket}?list-type=2"),
            ("GetBucketPolicy", "/{Bucket}?policy"),
            ("GetBucketVersioning", "/{Bucket}?versioning"),
        ],
    );
    services.add("elbv2", &query_service("2015-12-01"));
    services.add("elb", &query_service("2012-06-01"));
    services
}

fn query_service(version: &str) -> Value {
    json!({"signing_name": "elasticloadbalancing", "protocol": "query", "version": version, "operations": {}})
}

/// What botocore makes of the answers.
fn ask(proxy: &Proxy, requests: &Value) -> Vec<String> {
    let mut command = Command::new(python());
    proxy.equip(&mut command);
    let output = command.arg("-B").arg(scripts().join("ask.py")).arg(requests.to_string()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// An account with a bucket that has a policy, for all tests: none changes it. It ends with the process.
static ACCOUNT: LazyLock<Moto> = LazyLock::new(|| {
    let moto = Moto::start();
    let proxy = Proxy::start(moto.endpoint(), Services::default(), |_| None);
    let policy = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    let here = json!({"Bucket": "logs", "CreateBucketConfiguration": {"LocationConstraint": REGION}});
    let made = json!([
        ["s3", "create_bucket", here],
        ["s3", "put_bucket_policy", {"Bucket": "logs", "Policy": policy}],
        ["s3", "put_object", {"Bucket": "logs", "Key": "a b", "Body": "text"}],
        ["s3", "head_object", {"Bucket": "logs", "Key": "a b"}],
        ["s3", "get_object", {"Bucket": "logs", "Key": "a b"}],
    ]);
    assert_eq!(ask(&proxy, &made), vec!["ok"; 5]);
    moto
});

fn one_of_each_protocol() -> Value {
    let parameters = |service: &str| if service == "s3" { json!({"Bucket": "logs"}) } else { json!({}) };
    OPERATIONS.iter().map(|(service, _, python)| json!([service, python, parameters(service)])).collect()
}

#[test]
fn what_is_not_broken_passes_and_is_counted_by_name() {
    let proxy = Proxy::start(ACCOUNT.endpoint(), services(), |_| None);
    let mut requests = one_of_each_protocol();
    let more = [
        json!(["s3", "list_buckets", {}]),
        json!(["s3", "get_bucket_versioning", {"Bucket": "logs"}]),
        json!(["s3", "get_bucket_versioning", {"Bucket": "none"}]),
        json!(["elbv2", "describe_load_balancers", {}]),
        json!(["elb", "describe_load_balancers", {}]),
        json!(["sqs", "list_queues", {}]),
    ];
    requests.as_array_mut().unwrap().extend(more);
    let mut expected = vec!["ok"; 12];
    expected[8] = "404 NoSuchBucket";
    assert_eq!(ask(&proxy, &requests), expected);
    let counts: BTreeMap<String, usize> = OPERATIONS
        .iter()
        .map(|(service, operation, _)| (format!("{service}:{operation}"), 1))
        .chain([
            ("s3:ListBuckets".into(), 1),
            ("s3:GetBucketVersioning".into(), 2),
            ("elbv2:DescribeLoadBalancers".into(), 1),
            ("elb:DescribeLoadBalancers".into(), 1),
            ("sqs:ListQueues".into(), 1),
        ])
        .collect();
    assert_eq!(proxy.counts(), counts);
    let seen = proxy.seen();
    assert!(seen.iter().all(|request| request.access_key == "testing"), "{seen:#?}");
    assert!(seen.iter().filter(|request| request.service == "ec2").all(|request| request.region == REGION));
}

/// What botocore sees of each fault, in the order of [`OPERATIONS`].
const OUTCOMES: &[(Fault, [&str; 6])] = &[
    (
        Fault::Denied,
        [
            "403 AccessDenied",
            "403 UnauthorizedOperation",
            "400 AccessDeniedException",
            "403 AccessDeniedException",
            "403 AccessDenied",
            "403 AccessDenied",
        ],
    ),
    (
        Fault::Throttled,
        [
            "400 Throttling",
            "503 RequestLimitExceeded",
            "400 ThrottlingException",
            "429 TooManyRequestsException",
            "400 Throttling",
            "503 SlowDown",
        ],
    ),
    (
        Fault::ServerError,
        [
            "500 InternalFailure",
            "500 InternalError",
            "500 InternalFailure",
            "500 InternalFailure",
            "500 InternalFailure",
            "500 InternalError",
        ],
    ),
];

#[test]
fn each_fault_is_what_aws_would_do() {
    for (fault, outcomes) in OUTCOMES {
        let proxy = Proxy::start(ACCOUNT.endpoint(), services(), {
            let fault = *fault;
            move |request| {
                OPERATIONS.iter().any(|(service, operation, _)| request.is(service, operation)).then_some(fault)
            }
        });
        let mut requests = one_of_each_protocol();
        requests.as_array_mut().unwrap().push(json!(["s3", "get_bucket_versioning", {"Bucket": "logs"}]));
        let mut answers = ask(&proxy, &requests);
        assert_eq!(answers.pop().unwrap(), "ok", "{fault:?}: only the operations that were named break");
        assert_eq!(answers, outcomes, "{fault:?}");
    }
}

/// Asks without botocore, which forgives much: for a list of queues, in JSON, and for a bucket's policy.
fn bytes_of_answers(proxy: &Proxy) -> Vec<(Message, std::io::Result<()>)> {
    let credential = |service: &str| format!("AWS4-HMAC-SHA256 Credential=testing/20260101/eu-central-1/{service}/a");
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let queues = Message {
        start: "POST / HTTP/1.1".into(),
        headers: vec![
            header("Authorization", &credential("sqs")),
            header("X-Amz-Target", "AmazonSQS.ListQueues"),
            header("Content-Type", "application/x-amz-json-1.0"),
            header("Content-Length", "2"),
        ],
        body: b"{}".to_vec(),
    };
    let policy = Message {
        start: "GET /logs?policy HTTP/1.1".into(),
        headers: vec![header("Authorization", &credential("s3"))],
        body: Vec::new(),
    };
    let exchange = |mut message: Message| {
        let address = proxy.endpoint().trim_start_matches("http://");
        message.set_header("Host", address);
        let mut stream = TcpStream::connect(address).unwrap();
        message.write(&mut stream).unwrap();
        let mut reader = BufReader::new(stream);
        let mut answer = Message::read_head(&mut reader).unwrap().unwrap();
        let end = answer.read_body(&mut reader, Length::Said);
        (answer, end)
    };
    vec![exchange(queues), exchange(policy)]
}

#[test]
fn a_truncated_answer_promises_more_than_it_holds() {
    let proxy = Proxy::start(ACCOUNT.endpoint(), services(), |_| Some(Fault::Truncated));
    for (answer, end) in bytes_of_answers(&proxy) {
        assert_eq!(answer.start, "HTTP/1.1 200 OK");
        assert_eq!(end.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
    assert_eq!(proxy.counts().values().sum::<usize>(), 2);
}

#[test]
fn a_malformed_answer_is_neither_json_nor_xml() {
    let proxy = Proxy::start(ACCOUNT.endpoint(), services(), |_| Some(Fault::Malformed));
    let bodies: Vec<String> = bytes_of_answers(&proxy)
        .into_iter()
        .map(|(answer, end)| {
            end.unwrap();
            assert_eq!(answer.start, "HTTP/1.1 200 OK");
            String::from_utf8(answer.body).unwrap()
        })
        .collect();
    assert_eq!(bodies, ["{\"a\":", "<not"]);
}

#[test]
fn what_hangs_is_let_go_with_the_proxy() {
    let proxy = Proxy::start(ACCOUNT.endpoint(), services(), |_| Some(Fault::Hang));
    let address = proxy.endpoint().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(matches!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
    drop(proxy);
    stream.set_read_timeout(None).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn one_operation_breaks_and_the_others_do_not() {
    let proxy = Proxy::breaking(ACCOUNT.endpoint(), services(), "s3", "GetBucketPolicy", Fault::Denied);
    let broken = |answer: &&String| answer.starts_with("403");
    let answers = ask(&proxy, &one_of_each_protocol());
    assert_eq!(answers.iter().filter(broken).count(), 1, "{answers:?}");
    assert_eq!(answers[5], "403 AccessDenied");
}

#[test]
fn a_template_fits_what_it_describes() {
    for (uri, target, fits) in [
        ("/", "/", true),
        ("/", "/bucket", false),
        ("/{Bucket}?versioning", "/bucket?versioning", true),
        ("/{Bucket}?versioning", "/bucket?versioning=&x-id=GetBucketVersioning", true),
        ("/{Bucket}?versioning", "/bucket", false),
        ("/{Bucket}?versioning", "/bucket/key?versioning", false),
        ("/{Bucket}?list-type=2", "/bucket?prefix=a&list-type=2", true),
        ("/{Bucket}?list-type=2", "/bucket?list-type=1", false),
        ("/{Bucket}?analytics&x-id=GetBucketAnalyticsConfiguration", "/bucket?analytics&id=a", true),
        ("/{Bucket}?analytics&x-id=GetBucketAnalyticsConfiguration", "/bucket?analytics&x-id=Other", false),
        ("/{Bucket}/{Key+}", "/bucket/a/b/c", true),
        ("/{Bucket}/{Key+}", "/bucket", false),
        ("/portals/{arn+}/settings", "/portals/a/b/settings", true),
        ("/portals/{arn+}/settings", "/portals/a/b", false),
        ("/portals/{arn+}/settings", "/portals/settings", false),
        ("/2015-03-31/functions/", "/2015-03-31/functions?Marker=a", true),
        ("/v1/tags/{arn}", "/v1/tags/arn%3Aaws%3Abatch%3A%3Aqueue%2Fa", true),
    ] {
        assert_eq!(Template::new("GET", uri).fits("GET", target), fits, "{uri} {target}");
        assert!(!Template::new("GET", uri).fits("PUT", target), "{uri} {target}");
    }
}

#[test]
fn a_program_is_told_the_account_and_nothing_of_the_users_own() {
    let mut command = Command::new("true");
    support::moto::equip(&mut command, "http://127.0.0.1:1");
    let given: BTreeMap<_, _> = command.get_envs().map(|(name, value)| (name.to_str().unwrap(), value)).collect();
    for (name, value) in environment("http://127.0.0.1:1") {
        assert_eq!(given[name].unwrap(), value);
    }
}
