//! Channels that are spoken to by HTTP.

use reqwest::Url;
use reqwest::redirect::Policy;
use ring::hmac;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::{PATIENCE, secret};
use crate::notice::{Channel, Notice};

/// Where PagerDuty takes events. <https://developer.pagerduty.com/docs/send-alert-event>
const PAGER_DUTY: &str = "https://events.pagerduty.com/v2/enqueue";

/// Characters of PagerDuty's `dedup_key` and `summary`.
const DEDUP_KEY_MAX: usize = 255;
const SUMMARY_MAX: usize = 1024;

/// Speaks HTTP.
#[derive(Debug)]
pub(super) struct Client {
    client: reqwest::Client,
    runtime: Runtime,
}

impl Client {
    pub(super) fn new() -> Result<Self, String> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("no sockets can be had: {error}"))?;
        // A redirect would take a notice, and a secret in a URL, to somebody whom nobody named.
        let builder = reqwest::Client::builder().redirect(Policy::none()).timeout(PATIENCE).user_agent("partywall");
        let client = builder.build().map_err(|error| format!("HTTP cannot be spoken: {}", error.without_url()))?;
        Ok(Self { client, runtime })
    }

    pub(super) fn slack(&self, channel: &Channel, notice: &Notice) -> Result<(), String> {
        let text = format!("*{}*\n{}\n_{}_", escaped(&notice.subject), escaped(&notice.body), notice.key);
        let url = secret::url(channel)?.ok_or("it has no URL")?;
        self.post(&url, json!({ "text": text }).to_string(), &[("Idempotency-Key", notice.key.clone())])
    }

    /// The signature is an HMAC-SHA256 over the timestamp, a full stop and the body.
    pub(super) fn webhook(&self, channel: &Channel, notice: &Notice, now: i64) -> Result<(), String> {
        let url = secret::url(channel)?.ok_or("it has no URL")?;
        let secret = secret::secret(channel)?.ok_or("it has no secret")?;
        let body = json!({
            "key": notice.key, "event": notice.event, "incident": notice.facts, "subject": notice.subject,
            "text": notice.body,
        });
        let body = body.to_string();
        let headers = [
            ("Idempotency-Key", notice.key.clone()),
            ("Partywall-Timestamp", now.to_string()),
            ("Partywall-Signature", format!("v1={}", signature(&secret, now, &body))),
        ];
        self.post(&url, body, &headers)
    }

    pub(super) fn pager_duty(&self, channel: &Channel, notice: &Notice) -> Result<(), String> {
        let url = secret::url(channel)?.unwrap_or_else(|| PAGER_DUTY.to_owned());
        let routing = secret::secret(channel)?.ok_or("it has no routing key")?;
        let event = pager_duty_event(notice, &routing);
        self.post(&url, event.to_string(), &[("Idempotency-Key", notice.key.clone())])
    }

    fn post(&self, url: &str, body: String, headers: &[(&'static str, String)]) -> Result<(), String> {
        let url = safe(url)?;
        let mut request = self.client.post(url).header("Content-Type", "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        // The message of a failure names the URL, which may be the secret.
        let answer = self.runtime.block_on(async { request.send().await }).map_err(|error| reason(&error))?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("the receiver answered {}", status.as_u16())) }
    }
}

/// The URL, when nobody on the way can read what is sent there.
fn safe(url: &str) -> Result<Url, String> {
    let url: Url = url.parse().map_err(|_| "its URL is none; write `https://…`".to_owned())?;
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    is_safe.then_some(url).ok_or_else(|| "its URL is not encrypted; write `https://…`".to_owned())
}

fn reason(error: &reqwest::Error) -> String {
    let what = match error {
        _ if error.is_builder() => "its URL is none",
        _ if error.is_timeout() => "the receiver did not answer in time",
        _ if error.is_connect() => "the receiver cannot be reached",
        _ => "the connection broke off",
    };
    what.to_owned()
}

/// HMAC-SHA256 in hexadecimal.
fn signature(secret: &str, now: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    crate::hexadecimal(hmac::sign(&key, format!("{now}.{body}").as_bytes()).as_ref())
}

/// Slack's own marks, taken out of what others wrote. <https://docs.slack.dev/messaging/formatting-message-text/>
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn pager_duty_event(notice: &Notice, routing: &str) -> Value {
    let action = match notice.event.as_str() {
        "acknowledged" => "acknowledge",
        "resolved" | "reviewed" => "resolve",
        _ => "trigger",
    };
    let fact = |name: &str| notice.facts.get(name).and_then(Value::as_str).unwrap_or_default();
    let severity = match fact("severity") {
        "critical" => "critical",
        "high" => "error",
        "medium" => "warning",
        _ => "info",
    };
    let source = if fact("account").is_empty() { "partywall" } else { fact("account") };
    json!({
        "routing_key": routing,
        "event_action": action,
        "dedup_key": notice.incident.chars().take(DEDUP_KEY_MAX).collect::<String>(),
        "payload": {
            "summary": notice.subject.chars().take(SUMMARY_MAX).collect::<String>(),
            "source": source,
            "severity": severity,
            "custom_details": { "key": notice.key, "event": notice.event, "text": notice.body },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{safe, signature};

    /// The figure is that of `openssl dgst -sha256 -hmac Jefe`.
    #[test]
    fn the_signature_is_what_openssl_computes() {
        let expected = "fa5f6481efc59da48b19c9dc10196c9953e5651f8304b3a318b6b87d70272e0a";
        assert_eq!(signature("Jefe", 1_700_000_000, "{\"a\":1}"), expected);
    }

    #[test]
    fn what_is_sent_is_encrypted_unless_it_stays_here() {
        for (url, is_safe) in [
            ("https://example.org/x", true),
            ("http://127.0.0.1:8080/x", true),
            ("http://[::1]/x", true),
            ("http://example.org/x", false),
            ("http://127.0.0.1.example.org/x", false),
            ("ftp://127.0.0.1/x", false),
            ("nonsense", false),
        ] {
            assert_eq!(safe(url).is_ok(), is_safe, "{url}");
        }
    }
}
