//! Electronic mail.

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};

use super::{PATIENCE, secret};
use crate::notice::{Channel, Encryption, Notice};

/// Sends a notice; its key is in the message's id.
pub(super) fn send(channel: &Channel, notice: &Notice) -> Result<(), String> {
    let message = message(channel, notice)?;
    let server = channel.server.as_deref().unwrap_or_default();
    let (host, port) = server.rsplit_once(':').ok_or("`server` names no port; write `mail.example.org:587`")?;
    let port: u16 = port.parse().map_err(|_| "the port of `server` is none; write `mail.example.org:587`")?;
    let encryption = || TlsParameters::new(host.to_owned()).map_err(|_| "TLS cannot be prepared".to_owned());
    let encryption = match channel.encryption {
        Encryption::Tls => Tls::Wrapper(encryption()?),
        Encryption::Starttls => Tls::Required(encryption()?),
        Encryption::None => Tls::None,
    };
    let mut transport = SmtpTransport::builder_dangerous(host).port(port).tls(encryption).timeout(Some(PATIENCE));
    if let Some(user) = &channel.user {
        let password = secret::secret(channel)?.ok_or("it has no password")?;
        transport = transport.credentials(Credentials::new(user.clone(), password));
    }
    match transport.build().send(&message) {
        Ok(_) => Ok(()),
        Err(error) => Err(match error.status() {
            Some(code) => format!("the mail server answered {code}"),
            None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
            None => "the mail server cannot be reached, or does not encrypt".to_owned(),
        }),
    }
}

fn message(channel: &Channel, notice: &Notice) -> Result<Message, String> {
    let mailbox = |address: &str| {
        address.parse::<Mailbox>().map_err(|_| format!("`{address}` is no address; write `name@example.org`"))
    };
    let from = mailbox(channel.from.as_deref().unwrap_or_default())?;
    let mut builder = Message::builder().from(from).subject(notice.subject.clone());
    for address in &channel.to {
        builder = builder.to(mailbox(address)?);
    }
    let builder = builder.message_id(Some(format!("<{}@partywall>", notice.key))).header(ContentType::TEXT_PLAIN);
    builder.body(notice.body.clone()).map_err(|error| format!("the message cannot be written: {error}"))
}
