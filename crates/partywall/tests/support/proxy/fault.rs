//! What goes wrong between a program and AWS.

use super::message::Message;
use super::request::{Protocol, Request};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No policy allows it.
    Denied,
    /// Asked too often.
    Throttled,
    /// AWS fails.
    ServerError,
    /// No answer ever comes.
    Hang,
    /// The answer stops in the middle.
    Truncated,
    /// An answer that is no XML or JSON, and says that all is well.
    Malformed,
}

impl Fault {
    /// The answer in AWS's own words; nothing where there is none, or it must come from AWS first.
    pub(crate) fn answer(self, request: &Request) -> Option<Message> {
        use Protocol::{Ec2, Json, Query, RestJson, RestXml, S3};
        let (status, code) = match (self, request.protocol) {
            (Self::Denied, Ec2) => ("403 Forbidden", "UnauthorizedOperation"),
            (Self::Denied, Query | RestXml | S3) => ("403 Forbidden", "AccessDenied"),
            (Self::Denied, Json) => ("400 Bad Request", "AccessDeniedException"),
            (Self::Denied, RestJson) => ("403 Forbidden", "AccessDeniedException"),
            (Self::Throttled, Ec2) => ("503 Service Unavailable", "RequestLimitExceeded"),
            (Self::Throttled, Query | RestXml) => ("400 Bad Request", "Throttling"),
            (Self::Throttled, S3) => ("503 Service Unavailable", "SlowDown"),
            (Self::Throttled, Json) => ("400 Bad Request", "ThrottlingException"),
            (Self::Throttled, RestJson) => ("429 Too Many Requests", "TooManyRequestsException"),
            (Self::ServerError, Ec2 | S3) => ("500 Internal Server Error", "InternalError"),
            (Self::ServerError, _) => ("500 Internal Server Error", "InternalFailure"),
            (Self::Malformed, protocol) => return Some(response("200 OK", protocol, malformed(protocol))),
            (Self::Hang | Self::Truncated, _) => return None,
        };
        let mut answer = response(status, request.protocol, body(request.protocol, code, &self.message(request)));
        if request.protocol == RestJson {
            answer.set_header("x-amzn-errortype", code);
        }
        Some(answer)
    }

    fn message(self, request: &Request) -> String {
        match self {
            Self::Denied => format!(
                "User: arn:aws:iam::123456789012:user/tester is not authorized to perform: {name} because no \
                 identity-based policy allows the {name} action",
                name = request.name()
            ),
            Self::Throttled => "Rate exceeded".to_owned(),
            _ => "An internal error occurred".to_owned(),
        }
    }
}

/// Takes away the second half of an answer, which still promises more than it holds.
pub(crate) fn truncate(answer: &mut Message) {
    answer.set_length();
    answer.set_header("Content-Length", &(answer.body.len() + 1).to_string());
    answer.body.truncate(answer.body.len() / 2);
}

fn response(status: &str, protocol: Protocol, body: String) -> Message {
    let mut answer = Message { start: format!("HTTP/1.1 {status}"), body: body.into_bytes(), ..Message::default() };
    let kind = match protocol {
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::RestJson => "application/json",
        _ => "text/xml",
    };
    answer.set_header("Content-Type", kind);
    answer.set_header("x-amzn-requestid", REQUEST_ID);
    answer.set_length();
    answer
}

fn body(protocol: Protocol, code: &str, message: &str) -> String {
    let error = format!("<Code>{code}</Code><Message>{message}</Message>");
    match protocol {
        Protocol::Query | Protocol::RestXml => format!(
            "<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
        ),
        Protocol::Ec2 => {
            format!("<Response><Errors><Error>{error}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>")
        }
        Protocol::S3 => format!("<Error>{error}<RequestId>{REQUEST_ID}</RequestId></Error>"),
        Protocol::Json => serde_json::json!({"__type": code, "message": message}).to_string(),
        Protocol::RestJson => serde_json::json!({"message": message}).to_string(),
    }
}

fn malformed(protocol: Protocol) -> String {
    match protocol {
        Protocol::Json | Protocol::RestJson => "{\"a\":".to_owned(),
        _ => "<not".to_owned(),
    }
}

const REQUEST_ID: &str = "7a62c49f-347e-4fc4-9331-6e8e00000000";
