//! One file of configuration: read, checked and parsed.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hcl_edit::parser::parse_body;
use hcl_edit::structure::Body;
use partywall_model::{Gap, GapKind, Suppression};

use super::limits::{FILE_BYTES_MAX, NESTING_MAX};
use super::{comments, json_syntax};

/// What is kept of a file once it is parsed: its name and where its lines begin.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Path relative to what is scanned, with `/`.
    pub(crate) name: Arc<str>,
    line_starts: Vec<usize>,
    /// The text of a JSON file, whose tree knows no places.
    json: Option<String>,
}

/// A parsed file.
pub(crate) struct Parsed {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) body: Body,
    pub(crate) suppressions: Vec<Suppression>,
    pub(crate) gaps: Vec<Gap>,
}

impl SourceFile {
    /// The line of a byte, counted from 1.
    pub(crate) fn line(&self, offset: usize) -> u32 {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        u32::try_from(line.max(1)).unwrap_or(u32::MAX)
    }

    /// The line where a JSON file writes these names, each after the one before; the first line when it does not.
    pub(crate) fn line_of(&self, names: &[&str]) -> u32 {
        let mut at = 0;
        for name in names {
            let rest = self.json.as_deref().and_then(|text| text.get(at..)).unwrap_or_default();
            let quoted = format!("\"{name}\"");
            match rest.find(&quoted) {
                Some(found) => at += found + quoted.len(),
                None => return 1,
            }
        }
        self.line(at.saturating_sub(1))
    }

    fn new(name: Arc<str>, text: &str) -> Self {
        let json = name.ends_with(".json").then(|| text.to_owned());
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { name, line_starts: std::iter::once(0).chain(after_breaks).collect(), json }
    }
}

/// Reads a file's text.
///
/// # Errors
/// A gap when it cannot be read, is too large, or is not UTF-8.
pub(crate) fn read_text(path: &Path, name: &Arc<str>) -> Result<String, Gap> {
    let unreadable =
        |line: u32, cause: String, cure: &str| Gap::in_file(GapKind::UnreadableFile, name.clone(), line, cause, cure);
    let size = fs::metadata(path).map(|metadata| metadata.len());
    if size.as_ref().is_ok_and(|size| *size > FILE_BYTES_MAX) {
        let cause = format!("`{name}` is larger than {} MiB", FILE_BYTES_MAX >> 20);
        return Err(unreadable(0, cause, "split the file, or leave it out of the scan"));
    }
    let bytes = fs::read(path)
        .map_err(|error| unreadable(0, format!("cannot read `{name}`: {error}"), "make the file readable"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        unreadable(line, format!("`{name}` is not valid UTF-8"), "save the file as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

/// Reads and parses a `.tf`, `.tfvars` or `.json` file.
///
/// # Errors
/// A gap when it cannot be read or parsed.
pub(crate) fn parse_file(path: &Path, name: &Arc<str>) -> Result<Parsed, Gap> {
    let text = read_text(path, name)?;
    let file = Arc::new(SourceFile::new(name.clone(), &text));
    if name.ends_with(".json") {
        let body = json_syntax::parse(&text).map_err(|(line, message)| syntax_gap(name, line, message))?;
        return Ok(Parsed { file, body, suppressions: Vec::new(), gaps: Vec::new() });
    }
    check_nesting(&text).map_err(|offset| {
        let message = format!("brackets nest deeper than {NESTING_MAX} levels");
        syntax_gap(name, file.line(offset), message)
    })?;
    let body = parse_body(&text).map_err(|error| {
        let location = error.location();
        let line = u32::try_from(location.line()).unwrap_or(u32::MAX);
        syntax_gap(name, line, format!("column {}: {}", location.column(), error.message().replace('\n', "; ")))
    })?;
    let (suppressions, gaps) = comments::suppressions(&text, name);
    Ok(Parsed { file, body, suppressions, gaps })
}

fn syntax_gap(name: &Arc<str>, line: u32, message: String) -> Gap {
    let cause = format!("cannot parse `{name}`, line {line}, {message}");
    Gap::in_file(GapKind::UnreadableFile, name.clone(), line, cause, "correct the syntax; `terraform fmt` shows where")
}

/// Counts brackets without regard for strings, so it may refuse what the parser would take, never the reverse.
///
/// # Errors
/// The byte where the nesting becomes too deep.
pub(crate) fn check_nesting(text: &str) -> Result<(), usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTING_MAX {
            return Err(at);
        }
    }
    Ok(())
}
