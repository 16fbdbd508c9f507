//! Servers that are slow, overloaded, broken or hostile: what they say becomes a refusal, in bounded time.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::server::{Reply, Server};
use super::{ACCOUNT, calls, lines, options, run};
use crate::Options;

const EMPTY: &str = "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>";

/// The lines of `ec2:DescribeInstances` when it is answered so.
fn describe(handler: impl Fn(usize) -> Reply + Send + Sync + 'static) -> (Vec<Value>, usize) {
    describe_within(handler, |_| ())
}

fn describe_within(
    handler: impl Fn(usize) -> Reply + Send + Sync + 'static,
    change: impl Fn(&mut Options),
) -> (Vec<Value>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| handler(count.fetch_add(1, Ordering::SeqCst)));
    let mut options = options(folder.path());
    change(&mut options);
    let (summary, _) = run(&server, &options, &calls(&["ec2:DescribeInstances"]));
    assert_eq!(summary.unwrap().accounts[0].failure, None);
    (lines(folder.path(), ACCOUNT)["us-east-1/ec2"].clone(), server.asked().len())
}

fn kind(line: &Value) -> &str {
    line["refusal"]["kind"].as_str().unwrap_or("answered")
}

#[test]
fn a_throttled_call_is_made_again() {
    let (lines, asked) = describe(|count| match count {
        0 | 1 => Reply::error(503, "RequestLimitExceeded"),
        _ => Reply::ok(EMPTY),
    });
    assert_eq!((lines.len(), kind(&lines[0]), asked), (1, "answered", 3));
}

#[test]
fn a_call_that_stays_throttled_is_refused() {
    let (lines, asked) = describe(|_| Reply::error(503, "RequestLimitExceeded"));
    assert_eq!((lines.len(), kind(&lines[0]), asked), (1, "throttled", 6), "three attempts, and three after a pause");
}

#[test]
fn a_failing_server_is_asked_again_and_then_refused() {
    let (lines, asked) = describe(|_| Reply::error(500, "InternalError"));
    assert_eq!((lines.len(), kind(&lines[0]), asked), (1, "server_error", 3));
}

#[test]
fn a_server_that_hangs_is_not_waited_for() {
    let start = Instant::now();
    let (lines, _) = describe(|_| Reply::Hang);
    assert_eq!(kind(&lines[0]), "timeout");
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn bodies_that_are_cut_off_or_no_xml_are_malformed() {
    for body in ["", "<a>", "<a><b></a>", "not XML", "<a>&bomb;</a>", "{}"] {
        let (lines, _) = describe(move |_| Reply::Truncated(body.to_owned()));
        assert_eq!(kind(&lines[0]), "malformed", "{body:?} cut off");
    }
    for body in ["<a>", "<a><reservationSet><item>", "not XML", "{}"] {
        let (lines, _) = describe(move |_| Reply::ok(body));
        assert_eq!(kind(&lines[0]), "malformed", "{body:?}");
    }
}

#[test]
fn elements_without_end_do_not_overflow_the_stack() {
    let deep = "<item>".repeat(100_000);
    let (lines, _) = describe(move |_| Reply::ok(format!("<a><reservationSet>{deep}")));
    assert_eq!(kind(&lines[0]), "malformed");
}

#[test]
fn a_body_beyond_the_limit_is_malformed() {
    let large = format!("<a>{}</a>", " ".repeat(100_000));
    let (lines, _) =
        describe_within(move |_| Reply::ok(large.clone()), |options| options.limits.body_bytes_max = 50_000);
    assert_eq!(kind(&lines[0]), "malformed");
}

#[test]
fn a_token_that_comes_again_ends_the_call_and_keeps_its_pages() {
    let page = "<a><reservationSet/><nextToken>again</nextToken></a>";
    let (lines, asked) = describe(move |_| Reply::ok(page));
    assert_eq!(lines.iter().map(kind).collect::<Vec<_>>(), ["answered", "answered", "malformed"]);
    assert_eq!((asked, lines[0]["last"].as_bool(), lines[2]["last"].as_bool()), (2, Some(false), Some(true)));
    assert_eq!(lines[2]["page"], 2);
}

#[test]
fn an_answer_of_endless_pages_ends() {
    let page = |count| format!("<a><reservationSet/><nextToken>{count}</nextToken></a>");
    let (lines, asked) = describe_within(move |count| Reply::ok(page(count)), |options| options.limits.pages_max = 20);
    assert_eq!((asked, lines.len(), kind(&lines[20])), (20, 21, "malformed"));
}

#[test]
fn pages_before_a_refusal_are_kept() {
    let (lines, _) = describe(|count| match count {
        0 => Reply::ok("<a><reservationSet/><nextToken>more</nextToken></a>"),
        _ => Reply::error(403, "UnauthorizedOperation"),
    });
    assert_eq!(lines.iter().map(kind).collect::<Vec<_>>(), ["answered", "denied"]);
    assert_eq!(
        lines[1]["refusal"],
        json!({"kind": "denied", "code": "UnauthorizedOperation", "message": "because & so", "actions": ["ec2:DescribeInstances"]})
    );
    assert_eq!((&lines[1]["request"], &lines[1]["request_id"]), (&json!({}), &json!("r-1")));
}

#[test]
fn nothing_listens() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(|_| Reply::Hang);
    server.url = "http://127.0.0.1:1".to_owned();
    let (summary, _) = run(&server, &options(folder.path()), &calls(&["ec2:DescribeInstances"]));
    assert!(summary.unwrap_err().to_string().contains("can not be reached"));
}

#[test]
fn a_service_that_answers_few_requests_a_second_is_asked_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Mutex::new((5.0, Instant::now()));
    let server = Server::start(move |request| {
        let (tokens, last) = &mut *bucket.lock().unwrap();
        *tokens = f64::min(*tokens + last.elapsed().as_secs_f64() * 100.0, 5.0);
        *last = Instant::now();
        if *tokens < 1.0 {
            return Reply::Answer(503, Vec::new(), "<Error><Code>SlowDown</Code></Error>".to_owned());
        }
        *tokens -= 1.0;
        let buckets: String = (0..200).map(|number| format!("<Bucket><Name>b{number}</Name></Bucket>")).collect();
        let is_list = !request.path.starts_with("/b");
        Reply::ok(if is_list { format!("<a><Buckets>{buckets}</Buckets></a>") } else { "<a/>".to_owned() })
    });
    let mut options = options(folder.path());
    options.limits.calls_at_once = 32;
    options.limits.first_pause = Duration::from_millis(20);
    options.limits.throttled_pauses = vec![Duration::from_millis(100); 5];
    let (summary, _) = run(&server, &options, &calls(&["s3:GetBucketVersioning"]));
    assert_eq!(summary.unwrap().accounts[0].refusals, BTreeMap::new());
}
