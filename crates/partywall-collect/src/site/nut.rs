//! Network UPS Tools: RFC 9271, <https://www.rfc-editor.org/rfc/rfc9271>. Only LIST is ever sent.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Instant;

use serde_json::Value;

use super::{Answer, Device, Patience, left};

/// Bytes of a line.
const LINE_BYTES_MAX: usize = 4 * 1024;

/// Lines of one reply.
const LINES_MAX: usize = 5_000;

/// UPSs of one server.
const UNITS_MAX: usize = 200;

/// Asks for every UPS and its variables.
pub(super) fn ask(device: &Device, patience: Patience, end: Instant) -> Vec<Answer> {
    const LIST: &str = "LIST UPS";
    let mut connection = match Connection::open(device, patience, end) {
        Ok(connection) => connection,
        Err(cause) => {
            let cure = "check the address and that upsd listens there: LISTEN in upsd.conf";
            return vec![Answer::refused(LIST, cause, cure)];
        }
    };
    let units = match connection.list("UPS") {
        Ok(lines) => lines,
        Err(cause) => return vec![Answer::refused(LIST, cause, "check upsd and its log")],
    };
    let names: Vec<String> = units.iter().filter_map(|line| name_in(line)).collect();
    let mut answers = vec![Answer::given(LIST, lines(&units))];
    if names.len() != units.len() || names.len() > UNITS_MAX {
        let cause = format!("{} lines name no UPS, or there are more than {UNITS_MAX}", units.len() - names.len());
        answers.push(Answer::refused("LIST VAR", cause, "check that the address is that of upsd"));
    }
    for name in names.into_iter().take(UNITS_MAX) {
        let question = format!("LIST VAR {name}");
        answers.push(match connection.list(&format!("VAR {name}")) {
            Ok(variables) => Answer::given(question, lines(&variables)),
            Err(cause) => Answer::refused(question, cause, "check the driver of the UPS: `upsdrvctl start`"),
        });
    }
    answers
}

fn lines(lines: &[String]) -> Value {
    Value::Array(lines.iter().map(|line| line.as_str().into()).collect())
}

/// `UPS <name> "<description>"`.
fn name_in(line: &str) -> Option<String> {
    let name = line.strip_prefix("UPS ")?.split(' ').next()?;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_owned())
}

struct Connection {
    stream: TcpStream,
    /// Bytes that were read and not yet used.
    rest: Vec<u8>,
    patience: Patience,
    end: Instant,
}

impl Connection {
    fn open(device: &Device, patience: Patience, end: Instant) -> Result<Self, String> {
        let address = match device.address.contains(':') {
            true => device.address.clone(),
            false => format!("{}:3493", device.address),
        };
        let unreachable = |error: std::io::Error| format!("`{address}` cannot be reached: {error}");
        let mut found = address.to_socket_addrs().map_err(unreachable)?;
        let socket = found.next().ok_or_else(|| format!("`{address}` is no address"))?;
        let stream = TcpStream::connect_timeout(&socket, patience.reply).map_err(unreachable)?;
        Ok(Self { stream, rest: Vec::new(), patience, end })
    }

    /// `LIST <what>`: the lines between BEGIN and END.
    fn list(&mut self, what: &str) -> Result<Vec<String>, String> {
        self.stream.write_all(format!("LIST {what}\n").as_bytes()).map_err(|error| error.to_string())?;
        let first = self.line()?;
        if let Some(code) = first.strip_prefix("ERR ") {
            return Err(format!("the server answers `{code}`"));
        }
        if first != format!("BEGIN LIST {what}") {
            return Err("the reply does not begin as a list".to_owned());
        }
        let mut lines = Vec::new();
        loop {
            let line = self.line()?;
            if line == format!("END LIST {what}") {
                return Ok(lines);
            }
            lines.push(line);
            if lines.len() > LINES_MAX {
                return Err(format!("the list is longer than {LINES_MAX} lines"));
            }
        }
    }

    fn line(&mut self) -> Result<String, String> {
        loop {
            if let Some(at) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=at).collect();
                let text = String::from_utf8(line).map_err(|_| "the reply is no UTF-8 text".to_owned())?;
                return Ok(text.trim_end().to_owned());
            }
            if self.rest.len() > LINE_BYTES_MAX {
                return Err(format!("a line is longer than {LINE_BYTES_MAX} bytes"));
            }
            let left = left(self.patience, self.end).ok_or("the device took too long")?;
            self.stream.set_read_timeout(Some(left)).map_err(|error| error.to_string())?;
            let mut buffer = [0; 4096];
            let count = self.stream.read(&mut buffer).map_err(|error| format!("the device fell silent: {error}"))?;
            if count == 0 {
                return Err("the device hung up".to_owned());
            }
            self.rest.extend(buffer.iter().take(count));
        }
    }
}
