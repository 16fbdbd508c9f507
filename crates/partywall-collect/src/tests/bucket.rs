//! Buckets: those that are collected, and those that a collection is kept in.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::server::{Reply, Request, Server};
use super::{ACCOUNT, calls, lines, options, run};
use crate::Location;

#[test]
fn a_bucket_elsewhere_is_asked_there_and_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match request.path.as_str() {
        path if path.starts_with("/?") || path == "/" => Reply::ok(
            "<ListAllMyBucketsResult><Buckets><Bucket><Name>there</Name></Bucket></Buckets></ListAllMyBucketsResult>",
        ),
        _ if request.scope().contains("/eu-west-1/") => {
            Reply::ok("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
        }
        _ => Reply::Answer(301, vec![("x-amz-bucket-region", "eu-west-1".to_owned())], String::new()),
    });
    let mut options = options(folder.path());
    options.limits.calls_at_once = 1;
    let wanted = ["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLogging"];
    run(&server, &options, &calls(&wanted)).0.unwrap();
    let lines = &lines(folder.path(), ACCOUNT)["global/s3"];
    assert!(lines.iter().all(|line| line.get("refusal").is_none()), "{lines:#?}");
    let regions: Vec<String> =
        server.asked().iter().map(|asked| asked.scope().split('/').nth(2).unwrap().to_owned()).collect();
    assert_eq!(regions, ["us-east-1", "us-east-1", "eu-west-1", "eu-west-1", "eu-west-1"]);
}

/// As much of S3 as a collection needs: put, get, list.
fn keep(request: &Request, objects: &Mutex<BTreeMap<String, String>>) -> Reply {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let mut objects = objects.lock().unwrap();
    match (request.method.as_str(), query) {
        ("PUT", _) => {
            objects.insert(path.to_owned(), request.body.clone());
            Reply::Answer(200, vec![("etag", "\"e\"".to_owned())], String::new())
        }
        ("GET", query) if query.contains("list-type=2") => {
            let prefix =
                query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default().replace("%2F", "/");
            let found: String = objects
                .iter()
                .filter_map(|(path, body)| Some((path.strip_prefix("/store/")?, body)))
                .filter(|(key, _)| key.starts_with(&prefix))
                .map(|(key, body)| {
                    let size = body.len();
                    format!("<Contents><Key>{key}</Key><Size>{size}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"e\"</ETag></Contents>")
                })
                .collect();
            Reply::ok(format!("<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"))
        }
        ("GET", _) => match objects.get(path) {
            Some(body) => Reply::Answer(
                200,
                vec![("etag", "\"e\"".to_owned()), ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT".to_owned())],
                body.clone(),
            ),
            None => Reply::Answer(404, Vec::new(), "<Error><Code>NoSuchKey</Code></Error>".to_owned()),
        },
        _ => Reply::ok("<a><reservationSet/></a>"),
    }
}

#[test]
fn a_collection_in_a_bucket_is_the_same_and_goes_on_too() {
    let objects = Mutex::new(BTreeMap::new());
    let server = Server::start(move |request| keep(request, &objects));
    let mut options = options(std::path::Path::new(""));
    options.store = Location::from("s3://store/some/prefix/");
    options.regions = vec!["us-east-1".to_owned(), "eu-west-1".to_owned()];
    let wanted = calls(&["ec2:DescribeInstances"]);
    let (first, _) = run(&server, &options, &wanted);
    assert_eq!(first.unwrap().accounts[0].calls, 2);
    let put: Vec<String> =
        server.asked().iter().filter(|asked| asked.method == "PUT").map(|asked| asked.path.clone()).collect();
    assert!(put.contains(&"/store/some/prefix/123456789012/us-east-1/ec2.jsonl".to_owned()), "{put:?}");
    assert!(put.contains(&"/store/some/prefix/collection.json".to_owned()));
    let (second, _) = run(&server, &options, &wanted);
    let second = second.unwrap();
    assert_eq!((second.accounts[0].calls, second.accounts[0].calls_before), (0, 2));
}
