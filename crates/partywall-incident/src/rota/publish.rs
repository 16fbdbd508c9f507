//! A rota as an iCalendar, for the calendars of those who are on call.

use std::fmt::Write as _;

use chrono::DateTime;

use super::coverage::OnCall;

/// Octets of a line; longer ones are folded. <https://www.rfc-editor.org/rfc/rfc5545#section-3.1>
const LINE_BYTES_MAX: usize = 75;

/// The turns as an iCalendar.
pub fn calendar(turns: &[OnCall]) -> String {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//partywall//on call//EN\r\n");
    for turn in turns {
        let (from, until) = (utc(turn.span.from), utc(turn.span.until));
        let uid = format!("{}/{}/{from}@partywall", turn.role, turn.member);
        let lines = [
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escaped(&uid)),
            format!("DTSTAMP:{from}"),
            format!("DTSTART:{from}"),
            format!("DTEND:{until}"),
            format!("SUMMARY:{}", escaped(&turn.name)),
            format!("CATEGORIES:{}", escaped(&turn.role)),
            "END:VEVENT".to_owned(),
        ];
        lines.iter().for_each(|line| fold(&mut text, line));
    }
    text.push_str("END:VCALENDAR\r\n");
    text
}

fn utc(instant: i64) -> String {
    DateTime::from_timestamp(instant, 0).map(|moment| moment.format("%Y%m%dT%H%M%SZ").to_string()).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            character if character.is_control() => {}
            character => out.push(character),
        }
    }
    out
}

fn fold(text: &mut String, line: &str) {
    let mut bytes = 0;
    for character in line.chars() {
        if bytes + character.len_utf8() > LINE_BYTES_MAX {
            text.push_str("\r\n ");
            bytes = 1;
        }
        bytes += character.len_utf8();
        let _ = write!(text, "{character}");
    }
    text.push_str("\r\n");
}
