//! A certificate for one storage device, to be printed.

use std::fmt::Write;

use partywall_model::MediaCertificate;

use super::escape::escape;
use super::paper::{page, section, table};

/// Renders the page. `digest` is that of the signed file.
pub(crate) fn render(certificate: &MediaCertificate, digest: &str) -> String {
    let head = format!(
        "<p class=\"seal\">Device <code>{}</code> is {}</p>\n",
        escape(&certificate.serial),
        match certificate.achieved.as_str() {
            "clear" => "cleared: its data cannot be read with the device as it is",
            "purge" => "purged: its data cannot be recovered in a laboratory either",
            "destroy" => "destroyed: its data cannot be recovered, and nobody uses it again",
            _ => "in a state that these words do not know",
        }
    );
    let mut facts = String::from("<table class=\"facts\"><tbody>\n");
    let rules = format!("{} ({})", certificate.rules, certificate.source);
    for (name, value) in [
        ("Serial number", &certificate.serial),
        ("Model", &certificate.model),
        ("Kind", &certificate.kind.replace('_', " ")),
        ("Sensitivity of its data", &certificate.sensitivity),
        ("Site", &certificate.site),
        ("Rules in force", &rules),
        ("Required", &certificate.required),
        ("Achieved", &certificate.achieved),
        ("Technique", &certificate.technique.replace('_', " ")),
        ("Day", &certificate.day),
        ("By", &certificate.by),
        ("Certified by", &certificate.issuer),
        ("At", &certificate.issued_at),
    ] {
        let _ = writeln!(facts, "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>", escape(value));
    }
    facts.push_str("</tbody></table>\n");
    let hands: String = certificate.custody.iter().map(|hand| format!("<li>{}</li>\n", escape(hand))).collect();
    let files: Vec<Vec<String>> =
        certificate.evidence.iter().map(|(file, digest)| vec![file.clone(), digest.clone()]).collect();
    let body = section("Device", &facts, "")
        + &section("Custody", &format!("<ol>\n{hands}</ol>\n"), "")
        + &section("Evidence", &table(&["file", "SHA-256"], &files), "none");
    page(&format!("Certificate of sanitisation: {}", certificate.serial), &head, &body, digest)
}
