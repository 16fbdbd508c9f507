//! What may be a secret never reaches the disk.

use std::path::Path;

use super::server::{Reply, Server};
use super::{ACCOUNT, calls, lines, options, run};

#[test]
fn a_start_script_is_concealed_before_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| {
        let script = match request.parameter("InstanceId").as_deref() {
            // `export KEY=PLANTED` and `echo a secret nobody knows`
            Some("i-1") => "ZXhwb3J0IEtFWT1QTEFOVEVE",
            _ => "ZWNobyBhIHNlY3JldCBub2JvZHkga25vd3M=",
        };
        Reply::ok(match request.action().as_str() {
            "DescribeInstances" => "<a><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState></item><item><instanceId>i-2</instanceId><instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet></a>".to_owned(),
            _ => format!("<a><instanceId>x</instanceId><userData><value>{script}</value></userData></a>"),
        })
    });
    run(&server, &options(folder.path()), &calls(&["ec2:DescribeInstanceUserData"])).0.unwrap();
    let mut values: Vec<String> = lines(folder.path(), ACCOUNT)["us-east-1/ec2"]
        .iter()
        .filter_map(|line| Some(line["answer"]["UserData"]["Value"].as_str()?.to_owned()))
        .collect();
    values.sort();
    assert_eq!(values, ["(concealed credential)", "(concealed)"]);
    for secret in ["ZXhwb3J0", "ZWNobyB", "PLANTED", "nobody knows"] {
        assert!(!holds(folder.path(), secret), "{secret} is on the disk");
    }
}

fn holds(path: &Path, secret: &str) -> bool {
    if path.is_dir() {
        return std::fs::read_dir(path).unwrap().any(|entry| holds(&entry.unwrap().path(), secret));
    }
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(secret)
}
