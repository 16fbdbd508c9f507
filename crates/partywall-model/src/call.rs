//! Which questions the AWS API is asked.
//!
//! The calls themselves are data: one file for each service under `calls/`, compiled into [`CALLS`].

use crate::{Path, Scalar, Step};

include!(concat!(env!("OUT_DIR"), "/calls.rs"));

/// One question to the AWS API.
#[derive(Debug)]
pub struct Call {
    /// The service, as botocore names it: `ec2`, `elbv2`, `logs`. The name of its file under `calls/`.
    pub service: &'static str,
    /// Unique within the service: the operation, or a variant of it with other parameters.
    pub name: &'static str,
    /// The operation: `DescribeInstances`.
    pub operation: &'static str,
    /// What is asked, when the operation does not say it.
    pub about: &'static str,
    /// How often it is asked.
    pub scope: CallScope,
    /// The IAM actions that it needs: `s3:GetEncryptionConfiguration`.
    pub actions: &'static [&'static str],
    /// When given, it is asked for each item of another answer.
    pub for_each: Option<ForEach>,
    /// Parameters that are always the same.
    pub with: &'static [(&'static str, Scalar)],
    /// Error codes, with an optional fragment of the message after `: `, that mean: it is there and nothing is set.
    pub unset: &'static [&'static str],
    /// Error codes, with an optional fragment of the message after `: `, that mean: there is no such thing.
    pub absent: &'static [&'static str],
    /// Places in the answer below which every text may be a secret and is concealed before it is stored.
    pub conceal: &'static [Path],
    /// True for the operations that let AWS compute a report and change nothing else.
    pub prepares: bool,
}

/// How often a call is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallScope {
    /// Once in each region of each account.
    Region,
    /// Once in each account.
    Account,
    /// Once, with the credentials that a collection starts from.
    Organization,
}

/// The items for which a call is repeated.
#[derive(Debug)]
pub struct ForEach {
    /// The call whose answer holds the items: the service and the name.
    pub parent: (&'static str, &'static str),
    /// Where in that answer the items are.
    pub items: Path,
    /// Request parameters and where their values are: in the item; below `Request`, in the parent's request.
    pub take: &'static [(&'static str, Path)],
    /// Only items whose attribute, the first, is one of the texts.
    pub filter: &'static [(&'static str, &'static [&'static str])],
    /// Set when one request takes up to so many items, as a list.
    pub batch: Option<usize>,
}

/// The call of this service and name.
pub fn call(service: &str, name: &str) -> Option<&'static Call> {
    let position = CALLS.binary_search_by(|call| (call.service, call.name).cmp(&(service, name)));
    position.ok().and_then(|at| CALLS.get(at))
}

impl Call {
    /// `ec2:DescribeInstances`, as tables, answers and origins name it.
    pub fn id(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }
}
