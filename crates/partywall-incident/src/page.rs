//! A static page that tells the outside how things stand, and the same as a feed.
//!
//! It holds nothing of the inside: no titles, accounts or names.

use serde_json::{Value, json};

use crate::incident::{Details, Incident, Status};
use crate::notice::{Audience, Event, Templates};
use crate::written;
use partywall_model::AlertLevel;

/// Incidents that are shown at most, newest first.
const INCIDENTS_MAX: usize = 100;

/// The page.
pub fn html(incidents: &[Incident], minimum: AlertLevel, now_ms: i64) -> String {
    let shown = shown(incidents, minimum);
    let open = shown.iter().filter(|incident| incident.status < Status::Resolved).count();
    let at = written(now_ms.div_euclid(1000));
    let head = match open {
        0 => format!("No open incident is known as of {at}."),
        1 => format!("1 incident is open as of {at}."),
        _ => format!("{open} incidents are open as of {at}."),
    };
    let rows = shown.iter().map(|incident| {
        let (opened, status) = (written(incident.opened_ms.div_euclid(1000)), incident.status.id());
        format!(
            "<tr><td>{}</td><td>{opened}</td><td>{}</td><td>{status}</td></tr>\n",
            incident.id,
            incident.severity.id()
        )
    });
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Status</title>\
         <link rel=\"alternate\" type=\"application/feed+json\" href=\"feed.json\">\
         <style>body{{font:16px sans-serif;max-width:50em;margin:2em auto}}td,th{{padding:.3em 1em;text-align:left}}\
         </style></head>\n<body>\n<h1>Status</h1>\n<p>{head}</p>\n<table>\n<tr><th>Incident</th><th>Opened</th>\
         <th>Severity</th><th>Status</th></tr>\n{}</table>\n</body>\n</html>\n",
        rows.collect::<String>()
    )
}

/// The same as a JSON Feed. <https://www.jsonfeed.org/version/1.1/>
pub fn feed(incidents: &[Incident], minimum: AlertLevel) -> Value {
    let item = |incident: &&Incident| {
        let (severity, status) = (incident.severity.id(), incident.status.id());
        json!({
            "id": incident.id,
            "title": format!("Incident {}", incident.id),
            "content_text": format!("Severity {severity}, {status}."),
            "date_published": written(incident.opened_ms.div_euclid(1000)),
            "tags": [severity, status],
        })
    };
    let items: Vec<Value> = shown(incidents, minimum).iter().map(item).collect();
    json!({ "version": "https://jsonfeed.org/version/1.1", "title": "Status", "items": items })
}

/// What those of a role need to know about unresolved incidents.
pub fn briefing(incidents: &[Details], audience: Audience, templates: &Templates) -> String {
    let unresolved = incidents.iter().filter(|details| details.incident.status < Status::Resolved);
    let texts: Vec<String> = unresolved
        .map(|details| {
            let last = match details.incident.status {
                Status::Acknowledged => Event::Acknowledged,
                Status::Mitigated => Event::Mitigated,
                _ => Event::Opened,
            };
            let (subject, body) = templates.fill(audience, last, details, "");
            format!("{subject}\n\n{}", body.trim())
        })
        .collect();
    if texts.is_empty() { "no open incident is known\n".to_owned() } else { texts.join("\n\n--\n\n") + "\n" }
}

fn shown(incidents: &[Incident], minimum: AlertLevel) -> Vec<&Incident> {
    let mut shown: Vec<&Incident> = incidents.iter().filter(|incident| incident.severity >= minimum).collect();
    shown.sort_by_key(|incident| {
        (incident.status >= Status::Resolved, std::cmp::Reverse(incident.opened_ms), incident.id.clone())
    });
    shown.truncate(INCIDENTS_MAX);
    shown
}

#[cfg(test)]
mod tests {
    use partywall_model::AlertLevel;
    use serde_json::Value;

    use super::{feed, html};
    use crate::incident::{Incident, Status};

    fn incident(id: &str, status: Status) -> Incident {
        Incident {
            id: id.to_owned(),
            status,
            severity: AlertLevel::High,
            title: "SECRET".to_owned(),
            account: "SECRET".to_owned(),
            opened_ms: 0,
            first_ms: 0,
            last_ms: 0,
            level: 0,
            picture: Value::Null,
            cause: Value::Null,
        }
    }

    #[test]
    fn the_outside_sees_status_and_nothing_of_the_inside() {
        let incidents = [incident("inc-1", Status::Reviewed), incident("inc-2", Status::Open)];
        let page = html(&incidents, AlertLevel::High, 0);
        let feed = feed(&incidents, AlertLevel::High).to_string();
        for text in [&page, &feed] {
            assert!(!text.contains("SECRET") && text.contains("inc-1"), "{text}");
            assert!(text.find("inc-2") < text.find("inc-1"), "open ones come first: {text}");
        }
        assert!(page.contains("1 incident is open"));
        let none = html(&incidents, AlertLevel::Critical, 0);
        assert!(none.contains("No open incident is known") && !none.contains("inc-"));
    }
}
