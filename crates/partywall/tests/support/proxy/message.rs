//! Requests and responses of HTTP/1.1, as much of it as AWS programs and moto use.

use std::io::{BufRead, Error, ErrorKind, Read, Result, Write};

/// A request or a response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// `GET /path HTTP/1.1` or `HTTP/1.1 200 OK`.
    pub(crate) start: String,
    /// Names and values in order.
    pub(crate) headers: Vec<(String, String)>,
    /// Always whole and plain: chunks are put together.
    pub(crate) body: Vec<u8>,
}

/// What the other side needs to know to see where a message ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// Said by the headers; a request that says nothing has no body.
    Said,
    /// A response that says nothing ends with the connection.
    UntilClosed,
    /// The answer to HEAD: the headers speak of a body that does not come.
    None,
}

impl Message {
    /// Reads the start line and the headers; nothing when the connection has ended.
    pub(crate) fn read_head(reader: &mut impl BufRead) -> Result<Option<Self>> {
        let mut message = Self { start: read_line(reader)?, ..Self::default() };
        if message.start.is_empty() {
            return Ok(None);
        }
        loop {
            let line = read_line(reader)?;
            if line.is_empty() {
                return Ok(Some(message));
            }
            let (name, value) = line.split_once(':').ok_or_else(|| invalid("header"))?;
            message.headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    /// Reads the body that belongs to the head.
    pub(crate) fn read_body(&mut self, reader: &mut impl BufRead, length: Length) -> Result<()> {
        if length == Length::None || self.start.contains(" 204 ") || self.start.contains(" 304 ") {
            return Ok(());
        }
        if self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            while self.read_chunk(reader)? {}
        } else if let Some(length) = self.header("content-length") {
            let length: usize = length.parse().map_err(|_| invalid("content-length"))?;
            self.body = vec![0; length];
            reader.read_exact(&mut self.body)?;
        } else if length == Length::UntilClosed {
            reader.read_to_end(&mut self.body)?;
        }
        Ok(())
    }

    fn read_chunk(&mut self, reader: &mut impl BufRead) -> Result<bool> {
        let line = read_line(reader)?;
        let length = line.split(';').next().unwrap_or_default().trim();
        let length = u64::from_str_radix(length, 16).map_err(|_| invalid("chunk"))?;
        reader.by_ref().take(length).read_to_end(&mut self.body)?;
        read_line(reader)?;
        Ok(length > 0)
    }

    /// The first header of this name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Puts a header in the place of those of its name.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Says the body's true length, and nothing of chunks.
    pub(crate) fn set_length(&mut self) {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("transfer-encoding"));
        self.set_header("Content-Length", &self.body.len().to_string());
    }

    /// Writes the message as it stands.
    pub(crate) fn write(&self, writer: &mut impl Write) -> Result<()> {
        let mut bytes = format!("{}\r\n", self.start).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        writer.write_all(&bytes)?;
        writer.flush()
    }
}

fn read_line(reader: &mut impl BufRead) -> Result<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    String::from_utf8(line).map(|line| line.trim_end().to_owned()).map_err(|_| invalid("line"))
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what.to_owned())
}
