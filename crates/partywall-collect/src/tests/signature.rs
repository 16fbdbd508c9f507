//! Requests are signed as AWS documents it: computed anew from what arrived.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use sha2::{Digest, Sha256};

use super::server::{Reply, Request, Server};
use super::{calls, options, run};

#[test]
fn requests_of_both_kinds_are_signed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| {
        Reply::ok(if request.method == "GET" {
            "<ListAllMyBucketsResult><Buckets><Bucket><Name>it's ünusual+(1)</Name></Bucket></Buckets></ListAllMyBucketsResult>"
        } else {
            "<a><reservationSet/></a>"
        })
    });
    run(&server, &options(folder.path()), &calls(&["ec2:DescribeInstances", "s3:GetBucketPolicy"])).0.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().any(|request| request.path == "/it%27s%20%C3%BCnusual%2B%281%29?policy"), "{asked:#?}");
    for request in asked {
        assert_eq!(given(&request), computed(&request), "{request:#?}");
    }
}

fn field(request: &Request, name: &str) -> String {
    let authorization = &request.headers["authorization"];
    authorization.split(&format!("{name}=")).nth(1).unwrap().split(',').next().unwrap().to_owned()
}

fn given(request: &Request) -> String {
    field(request, "Signature")
}

fn computed(request: &Request) -> String {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let mut query: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    query.sort();
    let signed = field(request, "SignedHeaders");
    let headers: String = signed.split(';').map(|name| format!("{name}:{}\n", request.headers[name])).collect();
    let payload = hex(&Sha256::digest(&request.body));
    let canonical = format!("{}\n{path}\n{}\n{headers}\n{signed}\n{payload}", request.method, query.join("&"));
    let scope = request.scope();
    let parts: Vec<&str> = scope.split('/').collect();
    let scope = parts[1..].join("/");
    let date = &request.headers["x-amz-date"];
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(&canonical)));
    let key = parts[1..].iter().fold(b"AWS4secret".to_vec(), |key, part| hmac(&key, part.as_bytes()));
    hex(&hmac(&key, text.as_bytes()))
}

/// RFC 2104, for keys of at most one block.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect::<Vec<u8>>();
    let inner = Sha256::digest([pad(0x36).as_slice(), text].concat());
    Sha256::digest([pad(0x5c).as_slice(), &inner].concat()).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
