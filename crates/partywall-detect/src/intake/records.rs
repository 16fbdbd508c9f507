//! Where one record ends and the next begins.

use std::io::{ErrorKind, Read};

use memchr::{memchr, memchr2, memchr3};
use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 1 << 20;

/// A record, not yet parsed.
pub(super) struct Record<'b> {
    /// Where it begins, in bytes from the beginning of the unpacked object.
    pub(super) offset: u64,
    /// Its text.
    pub(super) text: &'b [u8],
    /// What it is.
    pub(super) kind: Kind,
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An object of JSON.
    Json,
    /// What looks like one and is none.
    Broken,
    /// A line of text.
    Text,
}

/// What is no record.
pub(super) struct Fault {
    pub(super) offset: u64,
    pub(super) cause: String,
    pub(super) cure: &'static str,
}

/// The records of an object: of `{"Records": […]}` or a list its members, otherwise its lines.
pub(super) struct Records<R> {
    source: R,
    buffer: Vec<u8>,
    /// Where in the buffer the next record is looked for.
    position: usize,
    /// Bytes before the buffer.
    passed: u64,
    form: Form,
    is_complete: bool,
    failure: Option<Fault>,
    record_bytes_max: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Unknown,
    /// Members of a list, which commas divide.
    List,
    /// Objects or lines of text, which line breaks divide.
    Lines,
    /// Objects over several lines, one behind the other.
    Objects,
    Over,
}

/// What stands at the position.
enum Found {
    Record {
        start: usize,
        end: usize,
        next: usize,
        kind: Kind,
    },
    /// The record's end is not in the buffer.
    More,
    Nothing,
}

impl<R: Read> Records<R> {
    pub(super) fn new(source: R, record_bytes_max: usize) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            position: 0,
            passed: 0,
            form: Form::Unknown,
            is_complete: false,
            failure: None,
            record_bytes_max,
        }
    }

    /// The next record, or why there is none; None at the end.
    pub(super) fn next(&mut self) -> Option<Result<Record<'_>, Fault>> {
        loop {
            if self.form == Form::Unknown {
                self.find_form();
            }
            match self.find() {
                Found::Record { start, end, next, kind } => {
                    self.position = next;
                    let offset = self.passed + start as u64;
                    let text = self.buffer.get(start..end).unwrap_or_default();
                    return Some(Ok(Record { offset, text, kind }));
                }
                found if self.is_complete || self.form == Form::Over => {
                    let is_torn = matches!(found, Found::More);
                    self.form = Form::Over;
                    return self.failure.take().or_else(|| is_torn.then(|| self.torn())).map(Err);
                }
                Found::More if self.buffer.len() - self.position > self.record_bytes_max => {
                    return Some(Err(self.pass_over()));
                }
                Found::More | Found::Nothing => self.fill(),
            }
        }
    }

    fn torn(&self) -> Fault {
        let cause = "the object ends in the middle of a record".to_owned();
        Fault { offset: self.passed + self.position as u64, cause, cure: "fetch the object again" }
    }

    /// Reads some more, and forgets what is behind. What cannot be read is said when everything before it was.
    fn fill(&mut self) {
        self.buffer.drain(..self.position);
        self.passed += self.position as u64;
        self.position = 0;
        let mut filled = self.buffer.len();
        self.buffer.resize(filled + CHUNK_BYTES, 0);
        while let Some(rest) = self.buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.source.read(rest) {
                Ok(0) => {
                    self.is_complete = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.is_complete = true;
                    let (offset, cause) = (self.passed + filled as u64, format!("the rest cannot be read: {error}"));
                    self.failure = Some(Fault { offset, cause, cure: "fetch the object again" });
                    break;
                }
            }
        }
        self.buffer.truncate(filled);
    }

    /// Goes on behind a record that is longer than any may be: with lines at the next one, otherwise nowhere.
    fn pass_over(&mut self) -> Fault {
        let offset = self.passed + self.position as u64;
        let limit = self.record_bytes_max;
        if self.form != Form::Lines {
            self.form = Form::Over;
            let cause = format!("a record is longer than {limit} bytes; what is behind it is not read");
            return Fault { offset, cause, cure: "divide the object" };
        }
        loop {
            self.position = self.buffer.len();
            if self.is_complete {
                break;
            }
            self.fill();
            if let Some(end) = memchr(b'\n', &self.buffer) {
                self.position = end + 1;
                break;
            }
        }
        Fault { offset, cause: format!("a line is longer than {limit} bytes and passed over"), cure: "divide the line" }
    }

    /// Looks at the beginning: which form it has, and where the first record may be.
    fn find_form(&mut self) {
        self.fill();
        let start = skip(&self.buffer, 0, |byte| byte.is_ascii_whitespace() || matches!(byte, 0xef | 0xbb | 0xbf));
        let head = self.buffer.get(start..).unwrap_or_default();
        if head.first() == Some(&b'[') {
            (self.form, self.position) = (Form::List, start + 1);
            return;
        }
        if let Some(inside) = list_of_records(head) {
            (self.form, self.position) = (Form::List, start + inside);
            return;
        }
        self.position = start;
        let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let is_whole = line.first() != Some(&b'{') || object(line, 0).is_some() || line.len() == head.len();
        self.form = if is_whole { Form::Lines } else { Form::Objects };
    }

    fn find(&mut self) -> Found {
        match self.form {
            Form::Unknown | Form::Over => Found::Nothing,
            Form::List => self.find_object(|byte| byte.is_ascii_whitespace() || byte == b','),
            Form::Objects => self.find_object(|byte| byte.is_ascii_whitespace()),
            Form::Lines => self.find_line(),
        }
    }

    fn find_object(&mut self, between: impl Fn(u8) -> bool) -> Found {
        let start = skip(&self.buffer, self.position, between);
        self.position = start;
        match self.buffer.get(start) {
            None => Found::Nothing,
            Some(b'{') => match object(&self.buffer, start) {
                Some((end, kind)) => Found::Record { start, end, next: end, kind },
                None => Found::More,
            },
            Some(b']') => {
                self.form = Form::Over;
                Found::Nothing
            }
            // What is no object is handed on up to the next comma or line, to be told as what it is.
            Some(_) => {
                let rest = self.buffer.get(start..).unwrap_or_default();
                match memchr3(b',', b'\n', b']', rest) {
                    Some(length) => {
                        Found::Record { start, end: start + length, next: start + length.max(1), kind: Kind::Broken }
                    }
                    None if self.is_complete => {
                        let end = self.buffer.len();
                        Found::Record { start, end, next: end, kind: Kind::Broken }
                    }
                    None => Found::More,
                }
            }
        }
    }

    fn find_line(&mut self) -> Found {
        let start = skip(&self.buffer, self.position, |byte| byte.is_ascii_whitespace());
        self.position = start;
        let rest = self.buffer.get(start..).unwrap_or_default();
        if rest.is_empty() {
            return Found::Nothing;
        }
        let is_object = matches!(rest.first(), Some(b'{'));
        let end = match memchr(b'\n', rest) {
            Some(length) => start + length,
            None if self.is_complete => self.buffer.len(),
            None => return Found::More,
        };
        if !is_object {
            return Found::Record { start, end, next: end, kind: Kind::Text };
        }
        // Firehose writes objects one behind the other on one line.
        match object(self.buffer.get(..end).unwrap_or_default(), start) {
            Some((end, kind)) => Found::Record { start, end, next: end, kind },
            None => Found::Record { start, end, next: end, kind: Kind::Broken },
        }
    }
}

fn skip(bytes: &[u8], from: usize, passes: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !passes(*byte)).unwrap_or(rest.len())
}

/// Where the first member of `{"Records": [` may be.
fn list_of_records(head: &[u8]) -> Option<usize> {
    let mut at = 0;
    for token in [&b"{"[..], b"\"Records\"", b":", b"["] {
        at = skip(head, at, |byte| byte.is_ascii_whitespace());
        at = head.get(at..)?.starts_with(token).then_some(at + token.len())?;
    }
    Some(at)
}

/// Where the object that begins at `start` ends, and whether it is one; None when its end is not there.
fn object(bytes: &[u8], start: usize) -> Option<(usize, Kind)> {
    let mut values = Deserializer::from_slice(bytes.get(start..)?).into_iter::<IgnoredAny>();
    match values.next()? {
        Ok(_) => Some((start + values.byte_offset(), Kind::Json)),
        Err(error) if error.is_eof() => None,
        Err(_) => object_end(bytes, start).map(|end| (end, Kind::Broken)),
    }
}

/// Where the object that begins at `start` ends, without looking at anything but braces and strings.
fn object_end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        at += memchr3(b'"', b'{', b'}', bytes.get(at..)?)?;
        match bytes.get(at)? {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => at = string_end(bytes, at + 1)?,
        }
        at += 1;
    }
}

/// The place of the quotation mark that closes a string.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(at)? {
            b'"' => return Some(at),
            _ => at += 2,
        }
    }
}
