//! Parts of pages that are printed and signed.

use std::fmt::Write;

use super::STYLE;
use super::escape::escape;

const PAPER: &str = include_str!("paper.css");

/// A page for A4, without any script.
pub(super) fn page(title: &str, head: &str, body: &str, digest: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>\n{STYLE}{PAPER}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n{head}</header>\n<main>\n{body}</main>\n<footer><p class=\"digest\">SHA-256 {digest}</p></footer>\n</body>\n</html>\n",
        title = escape(title),
        digest = escape(digest)
    )
}

/// A section; `none` stands for an empty one.
pub(super) fn section(title: &str, body: &str, none: &str) -> String {
    let body = if body.is_empty() { format!("<p class=\"none\">{}</p>\n", escape(none)) } else { body.to_owned() };
    format!("<section>\n<h2>{}</h2>\n{body}</section>\n", escape(title))
}

/// A table of texts; empty without rows.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = String::from("<table>\n<thead><tr>");
    for head in heads {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(head));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            let _ = write!(out, "<td>{}</td>", escape(cell));
        }
        out.push_str("</tr>\n");
    }
    out + "</tbody></table>\n"
}
