//! Comments that waive a check: `# partywall:ignore <check> <reason>`.

use std::sync::Arc;

use partywall_model::{Gap, GapKind, Suppression};

const MARK: &str = "partywall:ignore";

/// The waivers in a file's comments, and a gap for each that gives no reason.
pub(crate) fn suppressions(text: &str, name: &Arc<str>) -> (Vec<Suppression>, Vec<Gap>) {
    let mut found = Vec::new();
    let mut gaps = Vec::new();
    if !text.contains(MARK) {
        return (found, gaps);
    }
    let mut inside_block = false;
    for (line, number) in text.lines().zip(1_u32..) {
        let comment = comment_of(line, &mut inside_block);
        let Some((_, wish)) = comment.and_then(|comment| comment.split_once(MARK)) else { continue };
        let wish = wish.trim().trim_end_matches("*/").trim_end();
        let (check, reason) = wish.split_once(char::is_whitespace).unwrap_or((wish, ""));
        if check.is_empty() || reason.trim().is_empty() {
            let written = format!("{MARK} {check}");
            let cause = format!("`{}` gives no reason and waives nothing", written.trim());
            let cure = "write why the check does not apply: `# partywall:ignore <check> <reason>`";
            gaps.push(Gap::in_file(GapKind::NotEvaluated, name.clone(), number, cause, cure));
            continue;
        }
        let (check, reason) = (check.to_owned(), reason.trim().to_owned());
        found.push(Suppression { check, reason, file: name.clone(), line: number });
    }
    (found, gaps)
}

/// The part of a line that is a comment. Comment signs inside a quoted string do not count.
fn comment_of<'l>(line: &'l str, inside_block: &mut bool) -> Option<&'l str> {
    if *inside_block {
        *inside_block = !line.contains("*/");
        return Some(line);
    }
    let mut quoted = false;
    let mut escaped = false;
    for (at, character) in line.char_indices() {
        let rest = line.get(at..).unwrap_or_default();
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '#' if !quoted => return Some(rest),
            '/' if !quoted && rest.starts_with("//") => return Some(rest),
            '/' if !quoted && rest.starts_with("/*") => {
                *inside_block = !rest.contains("*/");
                return Some(rest);
            }
            _ => {}
        }
    }
    None
}
