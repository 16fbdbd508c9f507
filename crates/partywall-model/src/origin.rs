//! Where a row came from.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where a row came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// A block of code.
    Code {
        /// Path of the file, relative to what was scanned, with `/` between its parts.
        file: Arc<str>,
        /// First line of the block, counted from 1.
        line_start: u32,
        /// Last line of the block, counted from 1.
        line_end: u32,
        /// The module calls (or nested stacks) that lead to the block, outermost first.
        calls: Vec<ModuleCall>,
    },
    /// An entry of a plan, a state or another document that has no lines of its own.
    Document {
        /// Path of the file, relative to what was scanned.
        file: Arc<str>,
        /// Where in the document: `planned_values/aws_s3_bucket.logs`.
        path: String,
    },
    /// An answer of the AWS API.
    Api {
        /// File that holds the answer, relative to what was scanned.
        file: Arc<str>,
        /// The call: `ec2:DescribeInstances`.
        call: Arc<str>,
        /// Account that was asked; empty when the source does not say.
        account_id: Arc<str>,
        /// Region that was asked, `global` for calls about a whole account; empty when the source does not say.
        region: Arc<str>,
    },
}

/// One call of a module, or one nested stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModuleCall {
    /// Address of the call: `module.network["eu"]`.
    pub address: String,
    /// File that holds the call, relative to what was scanned.
    pub file: Arc<str>,
    /// Line of the call, counted from 1.
    pub line: u32,
}

impl Origin {
    /// The file it came from.
    pub fn file(&self) -> &str {
        match self {
            Self::Code { file, .. } | Self::Document { file, .. } | Self::Api { file, .. } => file,
        }
    }

    /// First and last line, counted from 1; a document without lines answers its first.
    pub fn lines(&self) -> (u32, u32) {
        match self {
            Self::Code { line_start, line_end, .. } => (*line_start, *line_end),
            Self::Document { .. } | Self::Api { .. } => (1, 1),
        }
    }

    /// The module calls that lead to it, outermost first.
    pub fn calls(&self) -> &[ModuleCall] {
        match self {
            Self::Code { calls, .. } => calls,
            Self::Document { .. } | Self::Api { .. } => &[],
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code { file, line_start, .. } => write!(formatter, "{file}:{line_start}"),
            Self::Document { file, path } => write!(formatter, "{file} ({path})"),
            Self::Api { call, account_id, region, .. } => {
                let place = [account_id.as_ref(), region.as_ref()].into_iter().filter(|word| !word.is_empty());
                write!(formatter, "{call}")?;
                for (index, word) in place.enumerate() {
                    write!(formatter, "{}{word}", if index == 0 { " in " } else { "/" })?;
                }
                Ok(())
            }
        }
    }
}
