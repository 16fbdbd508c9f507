//! Why a call has no answer, and what that means.

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use partywall_model::Call;
use serde::{Deserialize, Serialize};

use crate::client::AskError;

/// What stands in a collection in the place of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What it means.
    pub kind: RefusalKind,
    /// The service's word for it; empty when no service said anything.
    pub code: String,
    /// What the service, or the network, said.
    pub message: String,
    /// The IAM actions that the call needs.
    pub actions: Vec<String>,
}

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The credentials may not ask this.
    Denied,
    /// Too many requests, however long the pauses.
    Throttled,
    /// No answer in time.
    Timeout,
    /// No connection.
    Unreachable,
    /// The service failed.
    ServerError,
    /// The answer can not be read, or has no end.
    Malformed,
    /// The service does not understand the question.
    InvalidRequest,
    /// The service does not exist in the region.
    NotOffered,
    /// There is no such thing.
    Absent,
    /// It is there and nothing is set.
    Unset,
    /// Anything else.
    Other,
}

impl RefusalKind {
    /// Its name in a collection.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::ServerError => "server_error",
            Self::Malformed => "malformed",
            Self::InvalidRequest => "invalid_request",
            Self::NotOffered => "not_offered",
            Self::Absent => "absent",
            Self::Unset => "unset",
            Self::Other => "other",
        }
    }

    /// Whether nothing stays unknown, so that asking again is of no use.
    pub fn is_definite(self) -> bool {
        matches!(self, Self::NotOffered | Self::Absent | Self::Unset)
    }
}

const DENIED: [&str; 16] = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "Client.UnauthorizedOperation",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "NotAuthorizedException",
    "UnauthorizedException",
    "ForbiddenException",
    "Forbidden",
    "AllAccessDisabled",
    "AuthFailure",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
];

/// Codes that say that the credentials of the whole collection are no longer good.
const EXPIRED: [&str; 2] = ["ExpiredToken", "ExpiredTokenException"];

/// Whether no further call can succeed.
pub(crate) fn is_expired(error: &AskError) -> bool {
    match error {
        AskError::Credentials(_) => true,
        AskError::Api(error) => EXPIRED.contains(&error.code.as_str()),
        _ => false,
    }
}

/// Whether the service asks for patience.
pub(crate) fn is_throttled(error: &AskError) -> bool {
    matches!(error, AskError::Api(error) if kind(error.status, &error.code) == RefusalKind::Throttled)
}

impl Refusal {
    /// What an error means for a call.
    pub(crate) fn of(call: &Call, error: &AskError) -> Self {
        let (kind, code, message) = match error {
            AskError::Api(error) => {
                let means = |list: &[&str]| list.iter().any(|entry| is_meant(entry, &error.code, &error.message));
                let kind = match () {
                    () if means(call.unset) => RefusalKind::Unset,
                    () if means(call.absent) => RefusalKind::Absent,
                    () => kind(error.status, &error.code),
                };
                (kind, error.code.as_str(), error.message.clone())
            }
            AskError::Timeout(_) => (RefusalKind::Timeout, "", error.to_string()),
            AskError::Unreachable(_) => (RefusalKind::Unreachable, "", error.to_string()),
            AskError::Malformed { .. } => (RefusalKind::Malformed, "", error.to_string()),
            AskError::InvalidRequest(_) => (RefusalKind::InvalidRequest, "", error.to_string()),
            AskError::Credentials(_) => (RefusalKind::Denied, "", error.to_string()),
        };
        Self::new(call, kind, code, &message)
    }

    pub(crate) fn new(call: &Call, kind: RefusalKind, code: &str, message: &str) -> Self {
        let actions = call.actions.iter().map(|action| (*action).to_owned()).collect();
        Self { kind, code: code.to_owned(), message: message.to_owned(), actions }
    }
}

/// Whether an entry of a call, `Code` or `Code: fragment of the message`, means this error.
fn is_meant(entry: &str, code: &str, message: &str) -> bool {
    match entry.split_once(": ") {
        Some((meant, fragment)) => meant == code && message.contains(fragment),
        None => entry == code,
    }
}

fn kind(status: u16, code: &str) -> RefusalKind {
    let begins = |words: &[&str]| words.iter().any(|word| code.starts_with(word));
    match () {
        () if status == 429 || THROTTLING_ERRORS.contains(&code) || code == "SlowDown" => RefusalKind::Throttled,
        () if DENIED.contains(&code) || code.contains("AccessDenied") => RefusalKind::Denied,
        () if status >= 500 => RefusalKind::ServerError,
        () if status == 403 => RefusalKind::Denied,
        () if begins(&["Invalid", "Missing", "Malformed", "Unknown", "Validation", "Serialization", "BadRequest"]) => {
            RefusalKind::InvalidRequest
        }
        () => RefusalKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_call_may_ask_for_a_fragment_of_the_message() {
        assert!(is_meant("NoSuchTagSet", "NoSuchTagSet", "anything"));
        assert!(is_meant("AccessDeniedException: not enabled", "AccessDeniedException", "Macie is not enabled"));
        assert!(!is_meant("AccessDeniedException: not enabled", "AccessDeniedException", "you may not"));
        assert!(!is_meant("NoSuchTagSet", "NoSuchTagSetX", ""));
    }

    #[test]
    fn codes_have_their_kinds() {
        for (status, code, expected) in [
            (403, "AccessDenied", RefusalKind::Denied),
            (400, "AccessDeniedException", RefusalKind::Denied),
            (403, "UnauthorizedOperation", RefusalKind::Denied),
            (400, "KMSAccessDeniedFault", RefusalKind::Denied),
            (403, "SomethingNew", RefusalKind::Denied),
            (400, "ThrottlingException", RefusalKind::Throttled),
            (503, "SlowDown", RefusalKind::Throttled),
            (503, "RequestLimitExceeded", RefusalKind::Throttled),
            (429, "Odd", RefusalKind::Throttled),
            (500, "InternalFailure", RefusalKind::ServerError),
            (400, "ValidationException", RefusalKind::InvalidRequest),
            (400, "InvalidParameterValue", RefusalKind::InvalidRequest),
            (404, "NoSuchEntity", RefusalKind::Other),
            (400, "OptInRequired", RefusalKind::Other),
        ] {
            assert_eq!(kind(status, code), expected, "{status} {code}");
        }
    }
}
