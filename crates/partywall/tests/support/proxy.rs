//! Stands between a program and its AWS account, counts what it asks for, and lets things go wrong.
#![allow(unused_imports, reason = "each test takes from it what it needs")]

mod fault;
pub(crate) mod message;
mod request;
mod services;

use std::collections::BTreeMap;
use std::io::{BufReader, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) use fault::Fault;
use message::{Length, Message};
pub(crate) use request::Request;
pub(crate) use services::{Services, Template};

/// A running proxy. It ends, and whoever still waits for an answer is let go, when it is dropped.
pub(crate) struct Proxy {
    endpoint: String,
    shared: Arc<Shared>,
}

/// Says what goes wrong with a request.
type Choice = dyn Fn(&Request) -> Option<Fault> + Send + Sync;

struct Shared {
    /// Host and port of the account.
    upstream: String,
    services: Services,
    choose: Box<Choice>,
    seen: Mutex<Vec<Request>>,
    open: Mutex<Vec<TcpStream>>,
    ended: AtomicBool,
}

impl Proxy {
    /// Stands before the account at an endpoint. Every request is shown to `choose`, which may let it go wrong.
    pub(crate) fn start(
        upstream: &str,
        services: Services,
        choose: impl Fn(&Request) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            services,
            choose: Box::new(choose),
            seen: Mutex::default(),
            open: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if serving.ended.load(Ordering::SeqCst) {
                    return;
                }
                serving.open.lock().unwrap().push(stream.try_clone().unwrap());
                let serving = Arc::clone(&serving);
                // A connection that breaks is the program's affair, and the broken answers are ours.
                std::thread::spawn(move || serving.serve(&stream));
            }
        });
        Self { endpoint, shared }
    }

    /// Stands before an account and lets one operation of one service go wrong, always.
    pub(crate) fn breaking(
        upstream: &str,
        services: Services,
        service: &'static str,
        operation: &'static str,
        fault: Fault,
    ) -> Self {
        Self::start(upstream, services, move |request| request.is(service, operation).then_some(fault))
    }

    /// Where the program must ask.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Makes a program ask through the proxy and nothing else.
    pub(crate) fn equip(&self, command: &mut Command) {
        super::moto::equip(command, &self.endpoint);
    }

    /// Every request so far, in the order of arrival.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// How often each `service:operation` was asked for.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for request in self.shared.seen.lock().unwrap().iter() {
            *counts.entry(request.name()).or_default() += 1;
        }
        counts
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.endpoint.trim_start_matches("http://"));
        for stream in self.shared.open.lock().unwrap().iter() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    /// Answers the requests of one connection, one after the other.
    fn serve(&self, stream: &TcpStream) -> Result<()> {
        let mut reader = BufReader::new(stream);
        let mut writer = stream;
        while let Some(mut message) = Message::read_head(&mut reader)? {
            if message.header("expect").is_some() {
                writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
                message.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("expect"));
            }
            message.read_body(&mut reader, Length::Said)?;
            let request = Request::of(&message, &self.services);
            self.seen.lock().unwrap().push(request.clone());
            let fault = (self.choose)(&request);
            if fault == Some(Fault::Hang) {
                std::io::copy(&mut reader, &mut std::io::sink())?;
                return Ok(());
            }
            let answer = match fault.and_then(|fault| fault.answer(&request)) {
                Some(answer) => answer,
                None => self.forward(message, fault)?,
            };
            answer.write(&mut writer)?;
            if fault == Some(Fault::Truncated) {
                return stream.shutdown(Shutdown::Both);
            }
        }
        Ok(())
    }

    /// Asks the account itself.
    fn forward(&self, mut message: Message, fault: Option<Fault>) -> Result<Message> {
        let is_head = message.start.starts_with("HEAD ");
        if !message.body.is_empty() || message.header("transfer-encoding").is_some() {
            message.set_length();
        }
        message.set_header("Connection", "close");
        let mut upstream = TcpStream::connect(&self.upstream)?;
        message.write(&mut upstream)?;
        let mut reader = BufReader::new(upstream);
        let mut answer = Message::read_head(&mut reader)?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        answer.read_body(&mut reader, if is_head { Length::None } else { Length::UntilClosed })?;
        answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("connection"));
        if fault == Some(Fault::Truncated) {
            fault::truncate(&mut answer);
        } else if !is_head {
            answer.set_length();
        }
        Ok(answer)
    }
}
