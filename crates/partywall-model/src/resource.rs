//! What a decoder reads from a source: resources in the source's own words.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Gap, Origin, Unknown, Value};

/// The language whose type and attribute names a [`Resource`] uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// The Terraform AWS provider: `aws_s3_bucket`, `versioning_configuration`.
    Terraform,
    /// CloudFormation: `AWS::S3::Bucket`, `VersioningConfiguration`.
    CloudFormation,
    /// The answers of the AWS API, with the names that the AWS CLI prints: `s3:GetBucketVersioning`, `Status`.
    Api,
    /// The `site.toml` and the evidence of a site that we run ourselves, with the names of their fields.
    Site,
}

/// One resource as a source declares it, evaluated, with no default applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The language of `kind` and `attributes`.
    pub dialect: Dialect,
    /// The type in that language: `aws_s3_bucket`, `AWS::S3::Bucket`.
    pub kind: Arc<str>,
    /// The folder or file whose addresses these are, relative to what was scanned; empty for the top.
    ///
    /// Two roots may both declare `aws_s3_bucket.logs`; the scope keeps them apart.
    pub scope: Arc<str>,
    /// Unique within the scope: `module.web["a"].aws_instance.this[0]`, `LogsBucket`.
    pub address: String,
    /// The arguments, evaluated. Nested blocks are lists of maps, as in Terraform's plans.
    pub attributes: BTreeMap<String, Value>,
    /// Whether the resource will exist at all.
    pub existence: Existence,
    /// The region, when the source says it: a known text, or an unknown.
    pub region: Value,
    /// The account, when the source says it: a known text, or an unknown.
    pub account_id: Value,
    /// Set when attributes that are not listed are unknown instead of not set: the call that would show them failed.
    pub unseen: Option<Arc<Unknown>>,
    /// Where it was declared.
    pub origin: Origin,
}

/// A question to the AWS API that has no full answer: it was refused, it broke off, or nobody asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnansweredCall {
    /// The call: `ec2:DescribeInstances`.
    pub call: Arc<str>,
    /// Account that was asked; empty when the source does not say.
    pub account_id: Arc<str>,
    /// Region that was asked; `global` for calls about a whole account; empty when the source does not say.
    pub region: Arc<str>,
    /// Why.
    pub cause: Arc<Unknown>,
    /// Whether somebody asked.
    pub asked: bool,
}

/// Rows of a table that a source could not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unseen {
    /// The table.
    pub table: &'static str,
    /// Account whose rows are missing; empty when the source does not say.
    pub account_id: Arc<str>,
    /// Region whose rows are missing; empty when they are of no region, or the source does not say.
    pub region: Arc<str>,
    /// Why.
    pub cause: Arc<Unknown>,
    /// Whether somebody asked for the rows and was refused. When nobody asked, no finding stands for them.
    pub asked: bool,
}

/// Whether a declared resource will exist.
#[derive(Debug, Clone, PartialEq)]
pub enum Existence {
    /// It will.
    Certain,
    /// It depends on something unknown, such as `count = var.enabled ? 1 : 0` without a value.
    Unknown(Arc<Unknown>),
}

/// A comment in the source that asks not to be told about a check: `partywall:ignore <check> <reason>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The check's id or alias.
    pub check: String,
    /// Why it does not apply. Never empty.
    pub reason: String,
    /// File that holds the comment, relative to what was scanned.
    pub file: Arc<str>,
    /// Line of the comment, counted from 1.
    pub line: u32,
}

/// All that a decoder read from its source.
#[derive(Debug, Default)]
pub struct Decoded {
    /// Resources, in the order of their address.
    pub resources: Vec<Resource>,
    /// What could not be read or understood.
    pub gaps: Vec<Gap>,
    /// Comments that waive a check.
    pub suppressions: Vec<Suppression>,
    /// Questions to the AWS API that have no full answer.
    pub unanswered: Vec<UnansweredCall>,
}

impl Decoded {
    /// Takes over all that another decoder read.
    pub fn append(&mut self, other: Self) {
        self.resources.extend(other.resources);
        self.gaps.extend(other.gaps);
        self.suppressions.extend(other.suppressions);
        self.unanswered.extend(other.unanswered);
    }
}
