//! Alerts that are made up, and a clock that runs faster.

use std::time::{SystemTime, UNIX_EPOCH};

use partywall_incident::notice::Channels;
use partywall_model::{Alert, AlertLevel, AlertRule, Entity, EntityKind};

/// Alerts of an incident.
pub(crate) const ALERTS: usize = 3;

/// How much faster the clock runs, so that waits are short.
const FASTER: u128 = 1000;

/// The alert of this number.
pub(crate) fn alert(number: usize) -> Alert {
    let at = 1_767_225_600_000 + number as i64 * 1000;
    Alert {
        id: format!("alert-{number}"),
        rule: AlertRule {
            id: "rule".to_owned(),
            title: "A rule".to_owned(),
            author: "somebody".to_owned(),
            level: AlertLevel::High,
            tags: Vec::new(),
        },
        first_ms: at,
        last_ms: at,
        events: vec![format!("event-{number}")],
        event_count: 1,
        entities: vec![Entity {
            kind: EntityKind::Principal,
            name: format!("arn:aws:iam::1:user/{}", number / ALERTS),
        }],
        account: "111122223333".to_owned(),
        region: "eu-central-1".to_owned(),
        message: format!("something <b>happened</b>\r\nto {number} 😀"),
    }
}

/// Milliseconds since 1970 of a clock that runs faster than others.
pub(crate) fn now_ms() -> i64 {
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    i64::try_from((real - 1_700_000_000_000) * FASTER).unwrap()
}

/// A channel of this kind.
pub(crate) fn channel(name: &str, kind: &str, rest: &str) -> String {
    format!(
        "[[channel]]\nname = \"{name}\"\nkind = \"{kind}\"\naudience = \"technical\"\ndeadline_minutes = 4000000\n{rest}\n"
    )
}

pub(crate) fn channels(text: &str) -> Channels {
    Channels::read(text, None).unwrap()
}
