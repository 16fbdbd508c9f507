//! What is sent and what is understood, in each protocol.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::endpoint::{Variant, home, is_offered, partition};
use super::request::message;
use super::{ApiError, Endpoint, Message, Received, Service, answer, service};

/// A service with one operation, `Ask`, whose answer is the shape `Answer`.
fn made(protocol: &str, operation: Value, shapes: Value) -> Service {
    let mut written = json!({"output": "=Answer", "method": "POST", "uri": "/"});
    written.as_object_mut().unwrap().extend(operation.as_object().unwrap().clone());
    serde_json::from_value(json!({
        "service_id": "Made Up", "signing_name": "made", "protocol": protocol, "version": "V1",
        "endpoints": {}, "regions": null, "operations": {"Ask": written}, "shapes": shapes,
    }))
    .unwrap()
}

fn read(service: &Service, headers: &[(&str, &str)], body: &str) -> Result<Value, String> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let received = Received { status: 200, headers, body: body.to_owned().into() };
    answer(service, &service.operations["Ask"], &received).map(Value::Object).map_err(|error| error.0)
}

fn sent(service: &Service, parameters: Value) -> Result<Message, String> {
    let endpoint =
        Endpoint { url: "https://made.example".to_owned(), signing_region: "r".to_owned(), is_custom: false };
    message(service, "Ask", &service.operations["Ask"], &endpoint, parameters.as_object().unwrap())
}

#[test]
fn xml_becomes_members_lists_and_maps() {
    let service = made(
        "ec2",
        json!({}),
        json!({
            "Answer": {"members": {
                "Name": {"type": "string", "wire": "name"},
                "Count": {"type": "integer", "wire": "count"},
                "Share": "number", "On": {"type": "boolean", "wire": "on"},
                "When": "timestamp", "Data": "blob",
                "Items": {"type": "=Items", "wire": "itemSet"},
                "Flat": {"type": "=Items", "flat": true, "wire": "flatItem"},
                "Tags": {"type": "=Tags", "wire": "tags"},
                "Self": {"type": "=Answer", "wire": "self"},
            }},
            "Items": {"list": "string", "item": "item"},
            "Tags": {"map": "string", "key": "key", "value": "value"},
        }),
    );
    let body = r#"<?xml version="1.0"?><AskResponse xmlns="http://made/">
        <name> a &amp; &#x62; <![CDATA[<c>]]></name> <count>7</count> <Share>0.5</Share> <on>true</on>
        <When>2024-05-01T12:00:00.000Z</When> <Data>AAE=</Data> <unknown><deep>x</deep></unknown>
        <itemSet><item>1</item><item>2</item></itemSet> <flatItem>3</flatItem> <flatItem>4</flatItem>
        <tags><entry><key>k</key><value>v</value></entry></tags>
        <self><name/><count/><itemSet/><on>perhaps</on></self>
    </AskResponse>"#;
    assert_eq!(
        read(&service, &[], body).unwrap(),
        json!({
            "Name": " a & b <c>", "Count": 7, "Share": 0.5, "On": true,
            "When": "2024-05-01T12:00:00+00:00", "Data": "AAE=",
            "Items": ["1", "2"], "Flat": ["3", "4"], "Tags": {"k": "v"},
            "Self": {"Name": "", "Items": []},
        })
    );
}

#[test]
fn a_query_answers_within_its_result() {
    let service = made(
        "query",
        json!({"result": "AskResult"}),
        json!({"Answer": {"members": {"Policy": "policy", "Text": "string"}}}),
    );
    let body = "<AskResponse><AskResult><Policy>%7B%22Version%22%3A%222012-10-17%22%7D</Policy><Text>%7B</Text></AskResult><ResponseMetadata/></AskResponse>";
    let expected = json!({"Policy": {"Version": "2012-10-17"}, "Text": "%7B"});
    assert_eq!(read(&service, &[], body).unwrap(), expected);
    assert_eq!(read(&service, &[], "<AskResponse/>").unwrap_err(), "the answer has no `AskResult`");
}

#[test]
fn rest_answers_stand_in_headers_and_payloads_too() {
    let shapes = json!({
        "Answer": {"members": {
            "Body": "=Body",
            "Size": {"type": "integer", "in": "header", "wire": "X-Size"},
            "Meta": {"type": "=Meta", "in": "headers", "wire": "x-meta-"},
        }},
        "Body": {"members": {"Kind": {"type": "string", "in": "attribute", "wire": "type"}, "Name": "string"}},
        "Meta": {"map": "string"},
    });
    let headers = [("x-size", "12"), ("x-meta-a", "1"), ("date", "now")];
    let service = made("rest-xml", json!({"payload": "Body"}), shapes.clone());
    let body = r#"<Body xmlns:xsi="x" xsi:type="Person"><Name>n</Name></Body>"#;
    assert_eq!(
        read(&service, &headers, body).unwrap(),
        json!({"Body": {"Kind": "Person", "Name": "n"}, "Size": 12, "Meta": {"a": "1"}})
    );
    assert_eq!(read(&service, &[], "").unwrap(), json!({}));

    let raw = made("rest-json", json!({"payload": "Text"}), json!({"Answer": {"members": {"Text": "string"}}}));
    assert_eq!(read(&raw, &[], "{\"a\":1}").unwrap(), json!({"Text": "{\"a\":1}"}));
    let raw = made("rest-json", json!({"payload": "Bytes"}), json!({"Answer": {"members": {"Bytes": "blob"}}}));
    assert_eq!(read(&raw, &[], "\u{1}").unwrap(), json!({"Bytes": "AQ=="}));
}

#[test]
fn a_bucket_without_a_location_is_where_buckets_began() {
    let service = made("rest-xml", json!({"root_text": "LocationConstraint"}), json!({"Answer": {"members": {}}}));
    let location = |body| read(&service, &[], body).unwrap()["LocationConstraint"].clone();
    assert_eq!(location("<LocationConstraint/>"), Value::Null);
    assert_eq!(location("<LocationConstraint xmlns='x'>eu-west-1</LocationConstraint>"), "eu-west-1");
}

#[test]
fn json_keeps_what_the_model_does_not_know() {
    let shapes = json!({
        "Answer": {"members": {
            "CreatedAt": {"type": "timestamp", "wire": "createdAt"},
            "Items": {"type": "=Items", "wire": "items"},
            "ByName": "=Map",
            "Plain": "any",
            "Document": "json",
        }},
        "Items": {"list": "=Item"},
        "Item": {"members": {"Id": {"type": "any", "wire": "id"}}},
        "Map": {"map": "timestamp"},
    });
    for protocol in ["json-1.0", "json-1.1", "rest-json"] {
        let service = made(protocol, json!({}), shapes.clone());
        let body = r#"{"createdAt":1714564800.25,"items":[{"id":"1","new":true}],"ByName":{"a":"2024-05-01T12:00:00Z"},
            "Plain":{"x":[null]},"Document":"{\"a\":1}","future":{"y":1},"nothing":null}"#;
        assert_eq!(
            read(&service, &[], body).unwrap(),
            json!({
                "CreatedAt": "2024-05-01T12:00:00.250000+00:00", "Items": [{"Id": "1", "new": true}],
                "ByName": {"a": "2024-05-01T12:00:00+00:00"}, "Plain": {"x": [null]}, "Document": {"a": 1},
                "future": {"y": 1},
            })
        );
        assert_eq!(read(&service, &[], "").unwrap(), json!({}));
        for malformed in ["[]", "{", "<a/>", "7"] {
            assert!(read(&service, &[], malformed).is_err(), "{malformed}");
        }
        assert!(read(&service, &[], &"[".repeat(100_000)).is_err());
    }
}

#[test]
fn times_are_written_in_one_way() {
    let service = made("json-1.1", json!({}), json!({"Answer": {"members": {"T": "timestamp"}}}));
    for (time, expected) in [
        (json!(1714564800), json!("2024-05-01T12:00:00+00:00")),
        (json!("2024-05-01T14:00:00+02:00"), json!("2024-05-01T12:00:00+00:00")),
        (json!("2024-05-01T12:00:00.123+0000"), json!("2024-05-01T12:00:00.123000+00:00")),
        (json!("Wed, 01 May 2024 12:00:00 GMT"), json!("2024-05-01T12:00:00+00:00")),
        (json!("2024-05-01T12:00:00"), json!("2024-05-01T12:00:00+00:00")),
        (json!("1714564800"), json!("2024-05-01T12:00:00+00:00")),
        (json!(1e300), json!(1e300)),
        (json!("soon"), json!("soon")),
    ] {
        assert_eq!(read(&service, &[], &json!({"T": time}).to_string()).unwrap()["T"], expected);
    }
}

#[test]
fn forms_are_written_as_each_query_protocol_has_them() {
    let parameters = json!({"parameters": {
        "Name": {}, "Max": {},
        "Owners": {"list": true, "wire": "Owner"},
        "Names": {"list": true, "wire": "Names.member"},
    }});
    for protocol in ["ec2", "query"] {
        let service = made(protocol, parameters.clone(), json!({"Answer": {"members": {}}}));
        let message =
            sent(&service, json!({"Name": "a b&c", "Max": 5, "Owners": ["self"], "Names": ["x", "y"]})).unwrap();
        assert_eq!((message.method.as_str(), message.path_and_query.as_str()), ("POST", "/"));
        assert_eq!(
            message.body,
            "Action=Ask&Version=V1&Max=5&Name=a%20b%26c&Names.member.1=x&Names.member.2=y&Owner.1=self"
        );
        assert_eq!(sent(&service, json!({"Nmae": 1})).unwrap_err(), "`Ask` has no parameter `Nmae`");
        assert_eq!(sent(&service, json!({"Name": {}})).unwrap_err(), "the parameter `Name` can not be written as text");
    }
}

#[test]
fn json_goes_into_the_body_and_names_its_target() {
    let service = made("json-1.0", json!({"parameters": {"Ids": {"list": true}, "On": {}}}), json!({}));
    let message = sent(&service, json!({"Ids": ["1"], "On": true})).unwrap();
    assert_eq!(message.body, r#"{"Ids":["1"],"On":true}"#);
    let header = |name: &str| message.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    assert_eq!(header("x-amz-target"), Some("V1.Ask"));
    assert_eq!(header("content-type"), Some("application/x-amz-json-1.0"));
}

#[test]
fn rest_parameters_go_to_their_places() {
    let operation = json!({
        "method": "GET", "uri": "/v1/{name}/{path+}?fixed", "host_prefix": "{AccountId}.",
        "parameters": {
            "Name": {"in": "uri", "wire": "name"}, "Path": {"in": "uri", "wire": "path"},
            "Max": {"in": "querystring", "wire": "max"}, "Ids": {"in": "querystring", "list": true, "wire": "id"},
            "AccountId": {"in": "header", "wire": "x-amz-account-id"},
        },
    });
    let service = made("rest-json", operation, json!({}));
    let parameters = json!({"Name": "a/ü", "Path": "x y/z", "Max": 5, "Ids": ["1", "&"], "AccountId": "123456789012"});
    let message = sent(&service, parameters).unwrap();
    assert_eq!(message.endpoint, "https://123456789012.made.example");
    assert_eq!(message.path_and_query, "/v1/a%2F%C3%BC/x%20y/z?fixed&id=1&id=%26&max=5");
    assert_eq!(
        (message.headers, message.body.as_str()),
        (vec![("x-amz-account-id".into(), "123456789012".into())], "")
    );
    assert_eq!(
        sent(&service, json!({"AccountId": "1", "Name": "a"})).unwrap_err(),
        "`Ask` needs what `/v1/a/{path+}` names"
    );
    for hostile in ["", ".", ".."] {
        assert!(sent(&service, json!({"AccountId": "1", "Name": hostile, "Path": "p"})).is_err());
    }
    assert!(sent(&service, json!({"AccountId": "evil.example/", "Name": "a", "Path": "p"})).is_err());
}

#[test]
fn buckets_are_named_in_the_host_where_certificates_allow_it() {
    let s3 = service("s3").unwrap();
    let operation = &s3.operations["GetBucketPolicy"];
    let url = |bucket: &str, region: &str, custom: Option<&str>| {
        let endpoint = s3.endpoint(region, Variant::Plain, custom).unwrap();
        let parameters = json!({"Bucket": bucket});
        let message = message(s3, "GetBucketPolicy", operation, &endpoint, parameters.as_object().unwrap()).unwrap();
        format!("{}{}", message.endpoint, message.path_and_query)
    };
    assert_eq!(url("plain", "eu-west-1", None), "https://plain.s3.eu-west-1.amazonaws.com/?policy");
    assert_eq!(url("plain", "cn-north-1", None), "https://plain.s3.cn-north-1.amazonaws.com.cn/?policy");
    assert_eq!(url("with.dots", "eu-west-1", None), "https://s3.eu-west-1.amazonaws.com/with.dots?policy");
    assert_eq!(url("Upper", "us-east-1", None), "https://s3.us-east-1.amazonaws.com/Upper?policy");
    assert_eq!(url("plain", "us-east-1", Some("http://localhost:5000/")), "http://localhost:5000/plain?policy");
}

#[test]
fn endpoints_follow_the_partition_the_variant_and_the_override() {
    let find = |name: &str, region: &str, variant| {
        let endpoint = service(name).unwrap().endpoint(region, variant, None)?;
        Some(format!("{} {}", endpoint.url, endpoint.signing_region))
    };
    for (name, region, variant, expected) in [
        ("ec2", "eu-west-1", Variant::Plain, Some("https://ec2.eu-west-1.amazonaws.com eu-west-1")),
        ("ec2", "xx-new-1", Variant::Plain, Some("https://ec2.xx-new-1.amazonaws.com xx-new-1")),
        ("ec2", "cn-north-1", Variant::Plain, Some("https://ec2.cn-north-1.amazonaws.com.cn cn-north-1")),
        ("ec2", "us-gov-west-1", Variant::Fips, Some("https://ec2.us-gov-west-1.amazonaws.com us-gov-west-1")),
        ("ec2", "us-east-1", Variant::Fips, Some("https://ec2-fips.us-east-1.amazonaws.com us-east-1")),
        ("ec2", "us-east-1", Variant::Dual, Some("https://ec2.us-east-1.api.aws us-east-1")),
        ("sts", "eusc-de-east-1", Variant::Plain, Some("https://sts.eusc-de-east-1.amazonaws.eu eusc-de-east-1")),
        ("s3", "us-east-1", Variant::FipsDual, Some("https://s3-fips.dualstack.us-east-1.amazonaws.com us-east-1")),
        ("s3", "cn-north-1", Variant::Fips, None),
        ("organizations", "eu-west-1", Variant::Plain, Some("https://organizations.us-east-1.amazonaws.com us-east-1")),
    ] {
        assert_eq!(find(name, region, variant).as_deref(), expected, "{name} {region} {variant:?}");
    }
    let custom = service("organizations").unwrap().endpoint("eu-west-1", Variant::Plain, Some("http://x/")).unwrap();
    assert_eq!((custom.url.as_str(), custom.signing_region.as_str()), ("http://x", "us-east-1"));
}

#[test]
fn partitions_are_told_by_the_region() {
    for (region, expected) in [
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
        ("xx-new-1", "aws"),
    ] {
        assert_eq!(partition(region), expected, "{region}");
        assert_eq!(partition(home(expected)), expected);
    }
    let sts = service("sts").unwrap();
    assert!(is_offered(sts, "us-east-1") && is_offered(sts, "xx-new-1"), "an unknown region is asked");
    let mut rare = made("query", json!({}), json!({}));
    assert!(is_offered(&rare, "eu-west-1"), "nothing is said");
    rare.regions = Some("us-east-1 us-west-2".to_owned());
    assert!(is_offered(&rare, "us-west-2") && is_offered(&rare, "xx-new-1") && !is_offered(&rare, "eu-west-1"));
}

#[test]
fn errors_of_every_protocol_are_understood() {
    let error = |status, headers: &[(&str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let error = ApiError::read(&Received { status, headers, body: body.to_owned().into() });
        (error.code, error.message, error.request_id)
    };
    let texts = |code: &str, message: &str, id: &str| (code.to_owned(), message.to_owned(), id.to_owned());
    let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no &lt;you&gt; may not</Message></Error></Errors><RequestID>r</RequestID></Response>";
    assert_eq!(error(403, &[], ec2), texts("UnauthorizedOperation", "no <you> may not", "r"));
    let query = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    assert_eq!(error(403, &[], query), texts("AccessDenied", "no", "r"));
    let s3 = "<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message><RequestId>r</RequestId></Error>";
    assert_eq!(error(404, &[("x-amz-request-id", "h")], s3), texts("NoSuchBucketPolicy", "none", "h"));
    let json = r#"{"__type":"com.amazonaws.made#AccessDeniedException","Message":"no"}"#;
    assert_eq!(error(400, &[("x-amzn-requestid", "h")], json), texts("AccessDeniedException", "no", "h"));
    let rest = [("x-amzn-errortype", "NotFoundException:http://internal/")];
    assert_eq!(error(404, &rest, r#"{"message":"gone"}"#), texts("NotFoundException", "gone", ""));
    let compatible = [("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")];
    assert_eq!(error(400, &compatible, json).0, "AWS.SimpleQueueService.NonExistentQueue");
    assert_eq!(error(503, &[], "<html>busy"), texts("503", "", ""));
    assert_eq!(error(403, &[], "").0, "403");
    assert_eq!(error(404, &[], "{").0, "404", "no word that a call could take for an absence");
}

#[test]
fn every_file_of_the_wire_data_can_be_read() {
    for (name, _) in super::FILES.iter().filter(|(name, _)| *name != super::PARTITIONS) {
        let service = service(name).unwrap_or_else(|| panic!("{name} can not be read"));
        for (operation, known) in &service.operations {
            let is_shape =
                |of: &super::Type| !matches!(of, super::Type::Shape(shape) if !service.shapes.contains_key(shape));
            assert!(known.output.as_ref().is_none_or(is_shape), "{name}:{operation}");
        }
    }
}
