//! What a service says when it does not answer.

use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::retry::{ErrorKind, ProvideErrorKind};

use super::{Received, xml};

/// An error that a service returned, whatever its protocol.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    /// `AccessDenied`; the number of the status when the service gives none.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) request_id: String,
    /// The region of the bucket that was asked for in another one.
    pub(crate) bucket_region: Option<String>,
    metadata: Box<ErrorMetadata>,
}

// These two let the retry classifiers of the official runtime judge the error.
impl ProvideErrorMetadata for ApiError {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

impl ProvideErrorKind for ApiError {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        (self.status == 429).then_some(ErrorKind::ThrottlingError)
    }

    fn code(&self) -> Option<&str> {
        Some(&self.code)
    }
}

impl ApiError {
    /// Reads the headers, and the body as XML or JSON by its first character.
    pub(crate) fn read(received: &Received) -> Self {
        let body = String::from_utf8_lossy(&received.body);
        let said = match body.trim_start().chars().next() {
            Some('<') => Said::xml(&body),
            Some('{') => Said::json(&body),
            _ => Said::default(),
        };
        // A service that once spoke the query protocol gives its old code here, `Code;Sender`.
        let code = received.header("x-amzn-query-error").map(|code| code.split(';').next().unwrap_or(code).to_owned());
        let code = code.or_else(|| received.header("x-amzn-errortype").map(str::to_owned)).or(said.code);
        let code = code.map(|code| bare(&code).to_owned()).filter(|code| !code.is_empty());
        // The number, as the AWS command line has it: an invented word could be taken for the service's own.
        let code = code.unwrap_or_else(|| received.status.to_string());
        let message = said.message.unwrap_or_default();
        let request_id = request_id(received).map(str::to_owned).or(said.request_id).unwrap_or_default();
        let bucket_region = received.header("x-amz-bucket-region").map(str::to_owned).or(said.region);
        let metadata = Box::new(ErrorMetadata::builder().code(&code).message(&message).build());
        Self { status: received.status, code, message, request_id, bucket_region, metadata }
    }
}

/// The id under which AWS knows the request.
pub(crate) fn request_id(received: &Received) -> Option<&str> {
    ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"].into_iter().find_map(|name| received.header(name))
}

#[derive(Default)]
struct Said {
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    region: Option<String>,
}

impl Said {
    fn xml(body: &str) -> Self {
        let names = ["Code", "Message", "RequestId", "RequestID", "Region", "message"];
        let Ok([code, message, request_id, older_request_id, region, small_message]) = xml::texts(body, names) else {
            return Self::default();
        };
        Self { code, message: message.or(small_message), request_id: request_id.or(older_request_id), region }
    }

    fn json(body: &str) -> Self {
        let Ok(body) = serde_json::from_str::<serde_json::Value>(body) else {
            return Self::default();
        };
        let text = |names: &[&str]| names.iter().find_map(|name| body.get(name)?.as_str()).map(str::to_owned);
        Self {
            code: text(&["__type", "code", "Code"]),
            message: text(&["message", "Message", "errorMessage"]),
            request_id: None,
            region: None,
        }
    }
}

/// `Foo` of `com.amazonaws.service#Foo:http://…`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code).trim()
}
