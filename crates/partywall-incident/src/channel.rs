//! Speaks to channels. No message of a failure holds a URL, a key or a password.

mod http;
mod mail;
mod secret;

use std::time::Duration;

use crate::notice::{Channels, Kind, Notice};

/// How long a channel may take for a notice.
const PATIENCE: Duration = Duration::from_secs(20);

/// Speaks to channels.
#[derive(Debug)]
pub struct Sender {
    channels: Channels,
    http: http::Client,
}

impl Sender {
    /// Makes ready to speak.
    ///
    /// # Errors
    /// When the machine cannot: no trusted certificates, no sockets.
    pub fn new(channels: Channels) -> Result<Self, crate::IncidentError> {
        let http = http::Client::new().map_err(crate::IncidentError::Channel)?;
        Ok(Self { channels, http })
    }

    /// Sends a notice at an instant, in seconds since 1970.
    ///
    /// # Errors
    /// When the channel is not described, its secret is not there, or it does not take the notice.
    pub fn send(&self, notice: &Notice, now: i64) -> Result<(), String> {
        let channel = self.channels.get(&notice.channel);
        let channel =
            channel.ok_or_else(|| format!("no channel is called `{}`; describe it in the channels", notice.channel))?;
        match channel.kind {
            Kind::Slack => self.http.slack(channel, notice),
            Kind::Webhook => self.http.webhook(channel, notice, now),
            Kind::PagerDuty => self.http.pager_duty(channel, notice),
            Kind::Mail => mail::send(channel, notice),
        }
    }
}
