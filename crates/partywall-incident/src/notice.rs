//! Who is told what: notices are written in the transaction of what they tell, and delivered from there.

mod outbox;
mod template;

use std::collections::BTreeMap;

use partywall_model::AlertLevel;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use outbox::{Delivered, Notice, NoticeState};
pub use template::{Audience, Templates};

use crate::IncidentError;
use crate::incident::Details;
use crate::store::Transaction;

/// Minutes for which a notice is tried when its channel does not say.
const DEADLINE_MINUTES: u32 = 24 * 60;

/// Something about an incident that may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// There is an incident.
    Opened,
    /// It is graver than it was.
    Raised,
    /// Nobody has taken it in time.
    Escalated,
    /// Somebody works on it.
    Acknowledged,
    /// It does no more harm.
    Mitigated,
    /// It is over.
    Resolved,
    /// It is understood.
    Reviewed,
}

impl Event {
    /// Every event, in order.
    pub const ALL: [Self; 7] = [
        Self::Opened,
        Self::Raised,
        Self::Escalated,
        Self::Acknowledged,
        Self::Mitigated,
        Self::Resolved,
        Self::Reviewed,
    ];

    /// Its name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Raised => "raised",
            Self::Escalated => "escalated",
            Self::Acknowledged => "acknowledged",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Reviewed => "reviewed",
        }
    }
}

/// The channels, and what is said on them.
#[derive(Debug, Clone, Default)]
pub struct Channels {
    channels: BTreeMap<String, Channel>,
    templates: Templates,
}

/// A way to tell somebody.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// How it is spoken to.
    pub kind: Kind,
    /// For whom it is.
    pub audience: Audience,
    /// The least grave incident that is told; every one when it is left out.
    #[serde(default = "least")]
    pub minimum: AlertLevel,
    /// What is told; everything when it is empty.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Minutes for which a notice is tried.
    #[serde(default = "deadline")]
    pub deadline_minutes: u32,
    /// The environment variable that holds the URL, or PagerDuty's when another than its own is spoken to.
    pub url_env: Option<String>,
    /// The file that holds it.
    pub url_file: Option<String>,
    /// The environment variable that holds the key that signs, PagerDuty's routing key, or the password for mail.
    pub secret_env: Option<String>,
    /// The file that holds it.
    pub secret_file: Option<String>,
    /// Of mail: the server, `mail.example.org:587`.
    pub server: Option<String>,
    /// Of mail: who logs in.
    pub user: Option<String>,
    /// Of mail: whom it is from.
    pub from: Option<String>,
    /// Of mail: whom it is to.
    #[serde(default)]
    pub to: Vec<String>,
    /// Of mail: how it is encrypted.
    #[serde(default)]
    pub encryption: Encryption,
}

/// How a channel is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An incoming webhook of Slack. <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/>
    Slack,
    /// Any receiver; each request is signed.
    Webhook,
    /// PagerDuty's Events API v2. <https://developer.pagerduty.com/docs/send-alert-event>
    PagerDuty,
    /// Electronic mail by SMTP.
    Mail,
}

/// How mail is encrypted on its way to the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// From the first byte.
    Tls,
    /// After STARTTLS, or not at all sent.
    #[default]
    Starttls,
    /// Not: for a server on the same machine.
    None,
}

const fn least() -> AlertLevel {
    AlertLevel::Informational
}

const fn deadline() -> u32 {
    DEADLINE_MINUTES
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelFile {
    #[serde(default, rename = "channel")]
    channels: Vec<Channel>,
}

impl Channels {
    /// Reads channels, and templates when there are others than our own.
    ///
    /// # Errors
    /// When they are not understood.
    pub fn read(text: &str, templates: Option<&str>) -> Result<Self, IncidentError> {
        let wrong =
            |error: toml::de::Error| IncidentError::Channel(format!("the channels are not understood: {error}"));
        let file: ChannelFile = toml::from_str(text).map_err(wrong)?;
        let templates = templates.map_or_else(|| Ok(Templates::default()), Templates::read)?;
        let mut channels = BTreeMap::new();
        for channel in file.channels {
            channel.check()?;
            if let Some(before) = channels.insert(channel.name.clone(), channel) {
                return Err(IncidentError::Channel(format!(
                    "the channel `{}` is described twice; keep one",
                    before.name
                )));
            }
        }
        Ok(Self { channels, templates })
    }

    /// The channel of this name.
    pub fn get(&self, name: &str) -> Option<&Channel> {
        self.channels.get(name)
    }

    /// Writes the notices about an event of an incident.
    pub(crate) fn tell(
        &self,
        transaction: &mut Transaction<'_>,
        event: Event,
        incident: &str,
        now_ms: i64,
    ) -> Result<(), IncidentError> {
        self.tell_to(transaction, event, incident, now_ms, "")
    }

    /// The same, to somebody who is called by name.
    pub(crate) fn tell_to(
        &self,
        transaction: &mut Transaction<'_>,
        event: Event,
        incident: &str,
        now_ms: i64,
        on_call: &str,
    ) -> Result<(), IncidentError> {
        if self.channels.is_empty() {
            return Ok(());
        }
        let details = crate::incident::details(transaction, incident)?;
        for channel in self.channels.values().filter(|channel| channel.wants(event, &details)) {
            let (subject, body) = self.templates.fill(channel.audience, event, &details, on_call);
            outbox::put(transaction, channel, event, &details, (&subject, &body), now_ms)?;
        }
        Ok(())
    }
}

impl Channel {
    fn wants(&self, event: Event, details: &Details) -> bool {
        details.incident.severity >= self.minimum && (self.events.is_empty() || self.events.contains(&event))
    }

    fn check(&self) -> Result<(), IncidentError> {
        let missing = |what: &str| Err(IncidentError::Channel(format!("the channel `{}` needs {what}", self.name)));
        let has_url = self.url_env.is_some() || self.url_file.is_some();
        let has_secret = self.secret_env.is_some() || self.secret_file.is_some();
        match self.kind {
            Kind::Slack | Kind::Webhook if !has_url => missing("`url_env` or `url_file`"),
            Kind::Webhook | Kind::PagerDuty if !has_secret => missing("`secret_env` or `secret_file`"),
            Kind::Mail if self.server.is_none() || self.from.is_none() || self.to.is_empty() => {
                missing("`server`, `from` and `to`")
            }
            Kind::Mail if self.user.is_some() && !has_secret => missing("`secret_env` or `secret_file` for its user"),
            Kind::Mail if self.user.is_some() && self.encryption == Encryption::None => {
                missing("encryption, since it logs in")
            }
            _ => Ok(()),
        }
    }
}

/// The key of a notice: the same for the same event of the same incident on the same channel, whenever it is sent.
fn key(channel: &str, event: Event, incident: &str, sequence: i64) -> String {
    let digest = Sha256::digest(format!("{channel}\n{}\n{incident}\n{sequence}", event.id()).as_bytes());
    crate::hexadecimal(digest.get(..16).unwrap_or_default())
}
