//! What to collect, from where, to where, and how hard.

use std::path::PathBuf;
use std::time::Duration;

/// What to collect, from where and to where.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The profile of the AWS configuration; none means the one that the environment names.
    pub profile: Option<String>,
    /// Only these regions; empty means all that are enabled.
    pub regions: Vec<String>,
    /// Collects the accounts of the organization as well.
    pub organization: Option<Organization>,
    /// Where the collection is kept.
    pub store: Location,
    /// Asks again what an earlier run into the same collection was refused.
    pub again: bool,
    /// The name and version of the program, for the record.
    pub program: String,
    /// One endpoint for every service, instead of those of AWS. `AWS_ENDPOINT_URL` does the same.
    pub endpoint_url: Option<String>,
    /// How hard to ask.
    pub limits: Limits,
}

/// Which accounts of an organization are collected, and how.
#[derive(Debug, Clone, Default)]
pub struct Organization {
    /// The name of the role that is assumed in each account.
    pub role: String,
    /// Given when the role is assumed.
    pub external_id: Option<String>,
    /// Only these accounts; empty means every active account of the organization.
    pub accounts: Vec<String>,
}

/// Where a collection is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder.
    Folder(PathBuf),
    /// A bucket and a prefix in it, without slashes around it.
    Bucket {
        /// The bucket's name.
        bucket: String,
        /// What stands before every key; may be empty.
        prefix: String,
    },
}

impl Default for Location {
    fn default() -> Self {
        Self::Folder(PathBuf::from("collection"))
    }
}

impl From<&str> for Location {
    /// `s3://bucket/prefix` is a bucket, anything else a folder.
    fn from(text: &str) -> Self {
        let Some(rest) = text.strip_prefix("s3://") else {
            return Self::Folder(PathBuf::from(text));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        Self::Bucket { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() }
    }
}

/// How hard to ask, and when to stop waiting.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Accounts that are collected at once.
    pub accounts_at_once: usize,
    /// Requests under way at once, over all accounts.
    pub requests_at_once: usize,
    /// Calls under way at once to one service in one region of one account; fewer while it throttles.
    pub calls_at_once: usize,
    /// How often a request is sent when it is throttled or fails, the first time included.
    pub attempts_max: u32,
    /// Before the first repetition; each further pause is longer.
    pub first_pause: Duration,
    /// Pauses before a call that is still throttled after all attempts is made again.
    pub throttled_pauses: Vec<Duration>,
    /// To a connection.
    pub connect_timeout: Duration,
    /// To the first byte of an answer.
    pub read_timeout: Duration,
    /// For one attempt.
    pub attempt_timeout: Duration,
    /// For all attempts of a request, with the pauses between them.
    pub request_timeout: Duration,
    /// Of the body of one answer.
    pub body_bytes_max: usize,
    /// Of all answers to one call.
    pub call_bytes_max: usize,
    /// Answers to one call.
    pub pages_max: usize,
    /// How long to wait for a report that AWS computes.
    pub report_timeout: Duration,
    /// Between two questions whether such a report is there.
    pub report_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            accounts_at_once: 16,
            requests_at_once: 64,
            calls_at_once: 4,
            attempts_max: 5,
            first_pause: Duration::from_millis(500),
            throttled_pauses: [5, 10, 20, 40, 60].map(Duration::from_secs).to_vec(),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(60),
            attempt_timeout: Duration::from_secs(120),
            request_timeout: Duration::from_secs(600),
            body_bytes_max: 256 << 20,
            call_bytes_max: 1 << 30,
            pages_max: 10_000,
            report_timeout: Duration::from_secs(120),
            report_pause: Duration::from_secs(2),
        }
    }
}
