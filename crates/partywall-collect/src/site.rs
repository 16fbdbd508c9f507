//! Asks the devices of a site, and keeps every answer and every refusal: Redfish, Network UPS Tools and the UPS-MIB.
//!
//! Nothing is judged here. A reply is bounded in size, number and time whatever the device sends.

mod nut;
mod redfish;
mod snmp;
mod store;
#[cfg(test)]
mod tests;
mod tls;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

pub use store::{StoredAnswers, store};

/// A device to ask, as `site.toml` names it.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// `redfish`, `nut` or `snmp`.
    pub protocol: String,
    /// Host and port, or the URL.
    pub address: String,
    /// User and password; for SNMP the community is the password.
    pub credentials: Option<Credentials>,
    /// SHA-256 of the certificate that it must show, in hexadecimal; '' when it is not pinned.
    pub fingerprint: String,
    /// A file with the authority that vouches for it.
    pub certificate_authority: Option<PathBuf>,
}

/// Who asks.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The user; '' for SNMP.
    pub user: String,
    /// The password, or the community.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A question with its answer or its refusal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// `LIST VAR cellar`, `WALK 1.3.6.1.2.1.33`, `GET /redfish/v1/Chassis`.
    pub question: String,
    /// What came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
    /// Why nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<DeviceRefusal>,
}

/// Why a device did not answer, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceRefusal {
    /// What happened.
    pub cause: String,
    /// What to do.
    pub cure: String,
}

/// How long a device may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For one reply.
    pub reply: Duration,
    /// For all of them.
    pub all: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { reply: Duration::from_secs(5), all: Duration::from_secs(60) }
    }
}

/// Asks a device everything.
pub fn ask(device: &Device, patience: Patience) -> Vec<Answer> {
    let end = Instant::now() + patience.all;
    match device.protocol.as_str() {
        "nut" => nut::ask(device, patience, end),
        "snmp" => snmp::ask(device, patience, end),
        "redfish" => redfish::ask(device, patience, end),
        other => {
            let cause = format!("`{other}` is no protocol that is spoken");
            vec![Answer::refused("protocol", cause, "write redfish, nut or snmp in site.toml")]
        }
    }
}

impl Answer {
    pub(crate) fn given(question: impl Into<String>, answer: Value) -> Self {
        Self { question: question.into(), answer: Some(answer), refusal: None }
    }

    pub(crate) fn refused(question: impl Into<String>, cause: impl Into<String>, cure: &str) -> Self {
        let refusal = DeviceRefusal { cause: cause.into(), cure: cure.to_owned() };
        Self { question: question.into(), answer: None, refusal: Some(refusal) }
    }
}

/// What is left of the time for a reply, before an end; None when it has come.
fn left(patience: Patience, end: Instant) -> Option<Duration> {
    let left = end.checked_duration_since(Instant::now())?;
    (!left.is_zero()).then_some(left.min(patience.reply))
}
