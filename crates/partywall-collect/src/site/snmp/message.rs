//! Messages of SNMP v2c in BER: RFC 3416, RFC 1901 and X.690, as far as GetBulk needs them.

use serde_json::Value;

/// The kind of a value that says that there is nothing further.
pub(super) const END: &str = "end";

/// Variables that are asked for at once.
const AT_ONCE: u8 = 20;

/// Parts of a name: RFC 2578 allows 128.
const NAME_PARTS_MAX: usize = 128;

/// Bytes of one text.
const TEXT_BYTES_MAX: usize = 4 * 1024;

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const RESPONSE: u8 = 0xa2;
const GET_BULK: u8 = 0xa5;

/// A variable of a reply.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variable {
    pub(super) name: Vec<u64>,
    pub(super) kind: &'static str,
    pub(super) value: Value,
}

/// What an agent answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    /// 0 when all is well.
    pub(super) error: i64,
    pub(super) variables: Vec<Variable>,
}

/// A request for the variables that follow a name.
pub(super) fn get_bulk(community: &str, request: i32, after: &[u64]) -> Vec<u8> {
    let variable = part(SEQUENCE, &[part(OBJECT_IDENTIFIER, &[name(after)]), part(NULL, &[])]);
    let body = [
        part(INTEGER, &[request.to_be_bytes().to_vec()]),
        part(INTEGER, &[vec![0]]),
        part(INTEGER, &[vec![AT_ONCE]]),
        part(SEQUENCE, &[variable]),
    ];
    let version_2c = part(INTEGER, &[vec![1]]);
    part(SEQUENCE, &[version_2c, part(OCTET_STRING, &[community.as_bytes().to_vec()]), part(GET_BULK, &body)])
}

fn part(tag: u8, inner: &[Vec<u8>]) -> Vec<u8> {
    let body = inner.concat();
    let mut out = vec![tag];
    match u8::try_from(body.len()) {
        Ok(short @ 0..0x80) => out.push(short),
        _ => {
            let bytes = body.len().to_be_bytes();
            let bytes: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(0));
            out.extend(bytes);
        }
    }
    out.extend(body);
    out
}

fn name(parts: &[u64]) -> Vec<u8> {
    let (first, rest) = match parts {
        [first, second, rest @ ..] => (first * 40 + second, rest),
        _ => (0, &[][..]),
    };
    let mut out = Vec::new();
    for number in std::iter::once(&first).chain(rest) {
        let mut groups = vec![(number & 0x7f) as u8];
        let mut left = number >> 7;
        while left > 0 {
            groups.push((left & 0x7f) as u8 | 0x80);
            left >>= 7;
        }
        out.extend(groups.iter().rev());
    }
    out
}

/// Reads a reply to a request.
///
/// # Errors
/// When the datagram is none: what is wrong with it.
pub(super) fn reply(datagram: &[u8], request: i32) -> Result<Reply, &'static str> {
    let mut message = Reader(Reader(datagram).of(SEQUENCE)?);
    message.of(INTEGER)?;
    message.of(OCTET_STRING)?;
    let mut body = Reader(message.of(RESPONSE)?);
    if integer(body.of(INTEGER)?)? != i64::from(request) {
        return Err("the datagram answers another request");
    }
    let error = integer(body.of(INTEGER)?)?;
    body.of(INTEGER)?;
    let mut list = Reader(body.of(SEQUENCE)?);
    let mut variables = Vec::new();
    while !list.0.is_empty() {
        let mut pair = Reader(list.of(SEQUENCE)?);
        let name = numbers(pair.of(OBJECT_IDENTIFIER)?)?;
        let (tag, bytes) = pair.next()?;
        let (kind, value) = value(tag, bytes)?;
        variables.push(Variable { name, kind, value });
    }
    Ok(Reply { error, variables })
}

fn value(tag: u8, bytes: &[u8]) -> Result<(&'static str, Value), &'static str> {
    Ok(match tag {
        INTEGER => ("integer", integer(bytes)?.into()),
        // Counter32, Gauge32, TimeTicks and Counter64 of RFC 2578.
        0x41 | 0x42 | 0x43 | 0x46 => ("unsigned", unsigned(bytes)?.into()),
        OCTET_STRING if bytes.len() > TEXT_BYTES_MAX => return Err("a text is too long"),
        OCTET_STRING => ("text", String::from_utf8_lossy(bytes).into_owned().into()),
        OBJECT_IDENTIFIER => {
            let parts: Vec<String> = numbers(bytes)?.iter().map(u64::to_string).collect();
            ("name", parts.join(".").into())
        }
        // endOfMibView of RFC 3416.
        0x82 => (END, Value::Null),
        _ => ("other", Value::Null),
    })
}

fn integer(bytes: &[u8]) -> Result<i64, &'static str> {
    let (first, length) = (bytes.first().ok_or("a number is empty")?, bytes.len());
    if length > 8 {
        return Err("a number is too large");
    }
    let sign = if first & 0x80 == 0 { 0 } else { -1 };
    Ok(bytes.iter().fold(sign, |sum: i64, byte| (sum << 8) | i64::from(*byte)))
}

fn unsigned(bytes: &[u8]) -> Result<u64, &'static str> {
    let significant: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    if significant.len() > 8 {
        return Err("a number is too large");
    }
    Ok(significant.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

fn numbers(bytes: &[u8]) -> Result<Vec<u64>, &'static str> {
    let mut parts: Vec<u64> = Vec::new();
    let mut sum: u64 = 0;
    for byte in bytes {
        sum = sum.checked_mul(128).ok_or("a name is too large")? + u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        match parts.is_empty() {
            true => parts.extend([(sum / 40).min(2), sum - 40 * (sum / 40).min(2)]),
            false => parts.push(sum),
        }
        if parts.len() > NAME_PARTS_MAX {
            return Err("a name has too many parts");
        }
        sum = 0;
    }
    Ok(parts)
}

/// Bytes that are left.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    /// The next element: its tag and what is in it.
    fn next(&mut self) -> Result<(u8, &'b [u8]), &'static str> {
        const SHORT: &str = "the datagram is too short";
        let (tag, rest) = self.0.split_first().ok_or(SHORT)?;
        let (length, rest) = rest.split_first().ok_or(SHORT)?;
        let (length, rest) = match length {
            0..0x80 => (usize::from(*length), rest),
            _ => {
                let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f)).ok_or(SHORT)?;
                (usize::try_from(unsigned(bytes)?).map_err(|_| SHORT)?, rest)
            }
        };
        let (inside, rest) = rest.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        Ok((*tag, inside))
    }

    fn of(&mut self, wanted: u8) -> Result<&'b [u8], &'static str> {
        match self.next()? {
            (tag, inside) if tag == wanted => Ok(inside),
            _ => Err("the datagram is no SNMP reply"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

    use super::{END, get_bulk, part, reply};

    /// The request for what follows 1.3.6.1.2.1.33.1, byte by byte.
    #[test]
    fn a_request_is_written() {
        let expected = [
            0x30, 0x28, 2, 1, 1, 4, 6, b'p', b'u', b'b', b'l', b'i', b'c', 0xa5, 0x1b, 2, 4, 0, 0, 0, 7, 2, 1, 0, 2, 1,
            20, 0x30, 0x0d, 0x30, 0x0b, 6, 7, 0x2b, 6, 1, 2, 1, 33, 1, 5, 0,
        ];
        let written = get_bulk("public", 7, &[1, 3, 6, 1, 2, 1, 33, 1]);
        assert_eq!(written[2..], expected[2..]);
        assert_eq!(usize::from(written[1]), written.len() - 2);
    }

    fn answer(request: u8, variables: &[Vec<u8>]) -> Vec<u8> {
        let body = [part(2, &[vec![request]]), part(2, &[vec![0]]), part(2, &[vec![0]]), part(0x30, variables)];
        part(0x30, &[part(2, &[vec![1]]), part(4, &[b"public".to_vec()]), part(0xa2, &body)])
    }

    #[test]
    fn a_reply_is_read() {
        let name = |last: u8| part(6, &[vec![0x2b, 6, 1, 0x82, 0x37, last]]);
        let variables = [
            part(0x30, &[name(1), part(2, &[vec![0xff]])]),
            part(0x30, &[name(2), part(0x42, &[vec![0, 0xff, 0xff, 0xff, 0xff]])]),
            part(0x30, &[name(3), part(0x82, &[])]),
        ];
        let read = reply(&answer(7, &variables), 7).unwrap();
        assert_eq!(read.variables[0].name, [1, 3, 6, 1, 311, 1]);
        assert_eq!(
            (read.variables[0].value.as_i64(), read.variables[1].value.as_u64()),
            (Some(-1), Some(4_294_967_295))
        );
        assert_eq!(read.variables[2].kind, END);
        assert!(reply(&answer(8, &variables), 7).is_err());
    }

    /// Whatever comes, it ends in an answer or an error.
    #[test]
    fn a_damaged_reply_is_an_error_and_no_panic() {
        let sound = answer(7, &[part(0x30, &[part(6, &[vec![0x2b, 6]]), part(2, &[vec![1]])])]);
        for at in 0..sound.len() {
            assert!(reply(&sound[..at], 7).is_err(), "cut after {at}");
            for byte in 0..=255 {
                let mut damaged = sound.clone();
                damaged[at] = byte;
                let _ = reply(&damaged, 7);
            }
        }
        let long = [vec![0x30, 0x88], vec![0xff; 8], vec![0; 40]].concat();
        assert!(reply(&long, 7).is_err());
    }
}
