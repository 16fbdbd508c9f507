//! Redfish: DMTF DSP0266, <https://www.dmtf.org/standards/redfish>. Resources are read by following `@odata.id`.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::tls::{Shown, configuration};
use super::{Answer, Device, Patience, left};

/// Resources of one device.
const RESOURCES_MAX: usize = 1_000;

/// Bytes of one resource.
const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Where everything begins.
const ROOT: &str = "/redfish/v1/";

/// Services that say nothing of power, climate or water.
const SKIPPED: [&str; 12] = [
    "AccountService",
    "CertificateService",
    "ComponentIntegrity",
    "EventService",
    "Fabrics",
    "JsonSchemas",
    "Registries",
    "SessionService",
    "Systems",
    "TaskService",
    "TelemetryService",
    "UpdateService",
];

/// Reads every resource that can be reached.
pub(super) fn ask(device: &Device, patience: Patience, end: Instant) -> Vec<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(follow(device, patience, end)),
        Err(error) => vec![Answer::refused(question(ROOT), error.to_string(), "ask again")],
    }
}

fn question(path: &str) -> String {
    format!("GET {path}")
}

async fn follow(device: &Device, patience: Patience, end: Instant) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut client = match Client::new(device, patience, end) {
        Ok(client) => client,
        Err((cause, cure)) => return vec![Answer::refused(question(ROOT), cause, cure)],
    };
    let mut known: BTreeSet<String> = BTreeSet::from([ROOT.trim_end_matches('/').to_owned()]);
    let mut pending = VecDeque::from([ROOT.to_owned()]);
    while let Some(path) = pending.pop_front() {
        if answers.len() >= RESOURCES_MAX {
            let cause = format!("the device has more than {RESOURCES_MAX} resources");
            answers.push(Answer::refused(question(&path), cause, "ask a device with fewer parts"));
            break;
        }
        match client.get(&path).await {
            Ok(resource) => {
                links(&resource, &mut |link| {
                    let link = link.split('#').next().unwrap_or_default().trim_end_matches('/');
                    let is_skipped = |name: &str| link.split('/').any(|part| part == name);
                    if link.starts_with("/redfish/v1/")
                        && !SKIPPED.iter().any(|name| is_skipped(name))
                        && known.insert(link.to_owned())
                    {
                        pending.push_back(link.to_owned());
                    }
                });
                answers.push(Answer::given(question(&path), resource));
            }
            Err((cause, cure)) => {
                answers.push(Answer::refused(question(&path), cause, &cure));
                if answers.len() == 1 || left(patience, end).is_none() {
                    break;
                }
            }
        }
    }
    answers
}

/// A body in full. Some devices end a reply by hanging up without a farewell; whether it is whole, its JSON tells.
async fn whole(body: Incoming) -> Result<Vec<u8>, String> {
    let mut body = Limited::new(body, BODY_BYTES_MAX);
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes.extend(frame.into_data().unwrap_or_default()),
            Err(error) if is_hung_up(error.as_ref()) => break,
            Err(error) => return Err(format!("the reply breaks off or is too long: {error}")),
        }
    }
    Ok(bytes)
}

fn is_hung_up(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        if kind == Some(std::io::ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Every `@odata.id` of a resource. Its depth is bounded by the parser.
fn links(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::String(link) if name == "@odata.id" || name == "Members@odata.nextLink" => found(link),
                    inner => links(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| links(item, found)),
        _ => {}
    }
}

struct Client<'d> {
    device: &'d Device,
    origin: Uri,
    patience: Patience,
    end: Instant,
    connector: TlsConnector,
    shown: Shown,
    connection: Option<SendRequest<Empty<Bytes>>>,
}

type Refused = (String, String);

impl<'d> Client<'d> {
    fn new(device: &'d Device, patience: Patience, end: Instant) -> Result<Self, (String, &'static str)> {
        let origin: Uri = device
            .address
            .parse()
            .map_err(|_| (format!("`{}` is no URL", device.address), "write `https://host` in site.toml"))?;
        let is_plain = origin.scheme_str() == Some("http");
        if !is_plain && origin.scheme_str() != Some("https") || origin.host().is_none() {
            return Err((format!("`{}` is no URL", device.address), "write `https://host` in site.toml"));
        }
        if is_plain && device.credentials.is_some() {
            let cause = "a password is not sent over plain HTTP".to_owned();
            return Err((cause, "write `https://` in site.toml, or leave out `credentials`"));
        }
        let shown = Shown::default();
        let cure = "name a PEM file under `certificate_authority`, or a `fingerprint`";
        let configuration = configuration(device, shown.clone()).map_err(|cause| (cause, cure))?;
        let connector = TlsConnector::from(Arc::new(configuration));
        Ok(Self { device, origin, patience, end, connector, shown, connection: None })
    }

    async fn get(&mut self, path: &str) -> Result<Value, Refused> {
        let again = |cause: String| (cause, "ask again; check the device and the way to it".to_owned());
        let wait = left(self.patience, self.end).ok_or_else(|| again("the device took too long".to_owned()))?;
        match timeout(wait, self.send(path)).await {
            Ok(answer) => answer,
            Err(_) => {
                self.connection = None;
                Err(again("the device fell silent".to_owned()))
            }
        }
    }

    async fn send(&mut self, path: &str) -> Result<Value, Refused> {
        let again = |cause: String| (cause, "ask again; check the device and the way to it".to_owned());
        let mut request = Request::get(path)
            .header(header::HOST, self.origin.authority().map_or("", |authority| authority.as_str()))
            .header(header::ACCEPT, "application/json");
        if let Some(credentials) = &self.device.credentials {
            let token = BASE64_STANDARD.encode(format!("{}:{}", credentials.user, credentials.password));
            request = request.header(header::AUTHORIZATION, format!("Basic {token}"));
        }
        let request =
            request.body(Empty::new()).map_err(|error| again(format!("`{path}` cannot be asked: {error}")))?;
        let mut connection = match self.connection.take() {
            Some(connection) if connection.is_ready() => connection,
            _ => self.connect().await?,
        };
        let response = connection.send_request(request).await.map_err(|error| again(error.to_string()))?;
        let status = response.status();
        let body = whole(response.into_body()).await.map_err(again)?;
        self.connection = Some(connection);
        if !status.is_success() {
            let cure = match status.as_u16() {
                401 | 403 => "give the prefix of the variables with user and password under `credentials`",
                _ => "check the device",
            };
            return Err((format!("the device answers {status}"), cure.to_owned()));
        }
        serde_json::from_slice(&body).map_err(|error| again(format!("the reply is no JSON: {error}")))
    }

    async fn connect(&mut self) -> Result<SendRequest<Empty<Bytes>>, Refused> {
        let host = self.origin.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let is_plain = self.origin.scheme_str() == Some("http");
        let port = self.origin.port_u16().unwrap_or(if is_plain { 80 } else { 443 });
        let cure = || "check the address".to_owned();
        let stream = TcpStream::connect((host.as_str(), port)).await;
        let stream = stream.map_err(|error| (format!("`{host}:{port}` cannot be reached: {error}"), cure()))?;
        if is_plain {
            let (sender, connection) =
                handshake(TokioIo::new(stream)).await.map_err(|error| (error.to_string(), cure()))?;
            tokio::spawn(connection);
            return Ok(sender);
        }
        let name = ServerName::try_from(host).map_err(|error| (error.to_string(), cure()))?;
        let stream = self.connector.connect(name, stream).await.map_err(|error| self.distrust(&error))?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|error| (error.to_string(), cure()))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    /// Why no safe connection came about.
    fn distrust(&self, error: &std::io::Error) -> Refused {
        let shown = self.shown.lock().map(|shown| shown.clone()).unwrap_or_default();
        if shown.is_empty() {
            return (format!("no TLS connection: {error}"), "check that the device speaks TLS 1.2 or newer".to_owned());
        }
        let cause = match self.device.fingerprint.is_empty() {
            true => format!("nobody vouches for the certificate that the device shows: {error}"),
            false => "the device shows another certificate than the pinned one".to_owned(),
        };
        let cure = format!(
            "compare with the device itself, then pin it: fingerprint = \"{shown}\"; or name a PEM file under `certificate_authority`"
        );
        (cause, cure)
    }
}
