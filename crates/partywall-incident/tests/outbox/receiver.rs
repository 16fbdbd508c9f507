//! A receiver of notices that fails half of the time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A request that came in, whatever was answered.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) path: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A receiver.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    pub(crate) fails: Arc<AtomicBool>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    /// Starts one. While it fails, it answers every second request with an error or not at all.
    pub(crate) fn start(fails: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            port: listener.local_addr().unwrap().port(),
            fails: Arc::new(AtomicBool::new(fails)),
            requests: Arc::default(),
        };
        let (fails, requests) = (receiver.fails.clone(), receiver.requests.clone());
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { continue };
                let failure = if fails.load(Ordering::SeqCst) { number % 4 } else { 0 };
                let _ = answer(stream, failure, &requests);
            }
        });
        receiver
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(stream: TcpStream, failure: usize, requests: &Mutex<Vec<Request>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        // A sender that is killed breaks off anywhere.
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or_default();
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    requests.lock().unwrap().push(Request { headers, body: String::from_utf8_lossy(&body).into_owned(), path });
    let status = match failure {
        1 => "500 Internal Server Error",
        // The request has come in, and nobody tells the sender.
        3 => return Ok(()),
        _ => "202 Accepted",
    };
    write!(reader.get_mut(), "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
