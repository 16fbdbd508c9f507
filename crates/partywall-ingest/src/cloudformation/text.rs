//! From the bytes of a file to its nodes.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::node::Node;
use super::{json, yaml};

/// Deepest nesting of lists and maps that is read.
pub(super) const DEPTH_MAX: usize = 128;
/// Most values that a template may expand to through its aliases.
pub(super) const NODES_MAX: usize = 500_000;
/// Largest file that is read, in bytes.
pub(super) const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Why a text cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    /// Line of the problem, counted from 1; 0 when it concerns the whole file.
    pub(super) line: u32,
    /// What is wrong, to be read after the name of the file.
    pub(super) cause: String,
}

/// Reads a file as text.
///
/// # Errors
/// When it cannot be read or is too large. Bytes that are no UTF-8 are replaced.
pub(super) fn read(path: &Path) -> Result<String, Problem> {
    let problem = |cause: String| Problem { line: 0, cause };
    let metadata = std::fs::metadata(path).map_err(|error| problem(format!("cannot be read: {error}")))?;
    if !metadata.is_file() {
        return Err(problem("is no ordinary file".into()));
    }
    if metadata.len() > FILE_BYTES_MAX {
        return Err(problem(format!("is larger than {} MiB", FILE_BYTES_MAX / 1024 / 1024)));
    }
    let bytes = std::fs::read(path).map_err(|error| problem(format!("cannot be read: {error}")))?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// Reads text as JSON when it looks like it, else as YAML.
///
/// # Errors
/// When it is neither.
pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    if !text.trim_start().starts_with('{') {
        return yaml::parse(text);
    }
    match json::parse(text) {
        Ok(node) => Ok(node),
        Err(problem) => yaml::parse(text).map_err(|_| problem),
    }
}

/// Whether a text has `Resources` at its top and a `Type` that CloudFormation knows below it.
pub(super) fn looks_like_template(text: &str) -> bool {
    static RESOURCES: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"(?m)^Resources["']?[ \t]*:|^[ \t]*\{?[ \t]*["']Resources["'][ \t]*:|[{,]\s*["']Resources["']\s*:"#,
        )
        .ok()
    });
    static TYPED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"["']?Type["']?[ \t]*:\s*["']?([A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+|Custom::[A-Za-z0-9_@-]+)|Fn::ForEach::|Fn::Transform"#).ok()
    });
    let finds = |regex: &LazyLock<Option<Regex>>| regex.as_ref().is_some_and(|regex| regex.is_match(text));
    finds(&RESOURCES) && finds(&TYPED)
}
