//! A small HTTP server that notes what it is asked and answers as a test says.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server on a port of its own, for as long as the test runs.
pub(super) struct Server {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Request>>>,
}

/// What was asked.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    /// Names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

/// What the server does.
pub(super) enum Reply {
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Less of the body than was promised.
    Truncated(String),
    Hang,
}

impl Reply {
    pub(super) fn ok(body: impl Into<String>) -> Self {
        Self::Answer(200, Vec::new(), body.into())
    }

    /// An error as EC2 writes it.
    pub(super) fn error(status: u16, code: &str) -> Self {
        let body = format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>because &amp; so</Message></Error></Errors><RequestID>r-1</RequestID></Response>"
        );
        Self::Answer(status, Vec::new(), body)
    }
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

impl Server {
    /// A server that knows whose the credentials are and leaves the rest to the handler.
    pub(super) fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (notes, handler): (_, Arc<Handler>) = (asked.clone(), Arc::new(handler));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (notes, handler) = (notes.clone(), handler.clone());
                std::thread::spawn(move || drop(serve(stream, &notes, handler.as_ref())));
            }
        });
        Self { url, asked }
    }

    /// What was asked so far, but for the question whose the credentials are.
    pub(super) fn asked(&self) -> Vec<Request> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|request| request.action() != "GetCallerIdentity").cloned().collect()
    }

    /// The actions that were asked for so far.
    pub(super) fn actions(&self) -> Vec<String> {
        self.asked().iter().map(Request::action).collect()
    }

    pub(super) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }
}

impl Request {
    /// The action of a query; for the others method and path.
    pub(super) fn action(&self) -> String {
        self.parameter("Action").unwrap_or_else(|| format!("{} {}", self.method, self.path))
    }

    /// A parameter of a query, as it is encoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
    }

    /// `key/date/region/service/aws4_request` of the signature.
    pub(super) fn scope(&self) -> String {
        let authorization = self.headers.get("authorization").unwrap();
        authorization.split("Credential=").nth(1).unwrap().split(',').next().unwrap().to_owned()
    }
}

fn serve(stream: TcpStream, asked: &Mutex<Vec<Request>>, handler: &Handler) -> std::io::Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        asked.lock().unwrap().push(request.clone());
        let reply = if request.action() == "GetCallerIdentity" { Reply::ok(CALLER) } else { handler(&request) };
        let (status, headers, body, missing) = match reply {
            Reply::Answer(status, headers, body) => (status, headers, body, 0),
            Reply::Truncated(body) => (200, Vec::new(), body, 100),
            Reply::Hang => {
                std::thread::sleep(Duration::from_secs(30));
                return Ok(());
            }
        };
        let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len() + missing);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        writer.write_all(format!("{head}\r\n{body}").as_bytes())?;
        if missing > 0 {
            return Ok(());
        }
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request { method, path, headers, body: String::from_utf8(body).unwrap() }))
}

const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/first</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>";
