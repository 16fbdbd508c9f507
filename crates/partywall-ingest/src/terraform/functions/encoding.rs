//! Base64, CSV and URL encodings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use partywall_model::Value;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Call, Function, known, too_large};
use crate::terraform::failure::{Failure, Outcome};
use crate::terraform::limits::VALUE_NODES_MAX;

pub(super) const FUNCTIONS: &[Function] = &[
    known("base64encode", 1, 1, |call| Ok(Value::text(STANDARD.encode(call.text(0)?.as_bytes())))),
    known("base64decode", 1, 1, base64_decode),
    known("textencodebase64", 2, 2, text_encode),
    known("textdecodebase64", 2, 2, text_decode),
    known("urlencode", 1, 1, |call| {
        let text = call.text(0)?;
        Ok(Value::text(utf8_percent_encode(&text, QUERY).to_string().replace("%20", "+")))
    }),
    known("urldecode", 1, 1, |call| {
        let text = call.text(0)?.replace('+', " ");
        let decoded = percent_decode_str(&text).decode_utf8().map_err(|error| Failure::invalid(error.to_string()))?;
        Ok(Value::text(decoded.as_ref()))
    }),
    known("csvdecode", 1, 1, csv_decode),
];

/// What Go's `url.QueryEscape` leaves as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn base64_decode(call: &Call<'_, '_>) -> Outcome {
    let bytes = decode(&call.text(0)?)?;
    String::from_utf8(bytes).map(Value::text).map_err(|_| Failure::invalid("the decoded bytes are not valid UTF-8"))
}

fn decode(text: &str) -> Result<Vec<u8>, Failure> {
    STANDARD.decode(text.as_bytes()).map_err(|error| Failure::invalid(format!("this is not base64: {error}")))
}

fn text_encode(call: &Call<'_, '_>) -> Outcome {
    let text = call.text(0)?;
    match call.text(1)?.to_ascii_uppercase().as_str() {
        "UTF-8" => Ok(Value::text(STANDARD.encode(text.as_bytes()))),
        "UTF-16LE" => {
            Ok(Value::text(STANDARD.encode(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())))
        }
        "UTF-16BE" => {
            Ok(Value::text(STANDARD.encode(text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>())))
        }
        other => Err(Failure::invalid(format!("encoding `{other}` is not understood"))),
    }
}

fn text_decode(call: &Call<'_, '_>) -> Outcome {
    let bytes = decode(&call.text(0)?)?;
    let wide = |unit: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes.as_chunks::<2>();
        String::from_utf16_lossy(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<u16>>())
    };
    match call.text(1)?.to_ascii_uppercase().as_str() {
        "UTF-8" => Ok(Value::text(String::from_utf8_lossy(&bytes).as_ref())),
        "UTF-16LE" => Ok(Value::text(wide(u16::from_le_bytes))),
        "UTF-16BE" => Ok(Value::text(wide(u16::from_be_bytes))),
        other => Err(Failure::invalid(format!("encoding `{other}` is not understood"))),
    }
}

fn csv_decode(call: &Call<'_, '_>) -> Outcome {
    let text = call.text(0)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let wrong = |error: csv::Error| Failure::invalid(format!("this is not CSV: {error}"));
    let headers = reader.headers().map_err(wrong)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        rows.push(Value::map(headers.iter().zip(record.iter()).map(|(name, field)| (name, Value::text(field)))));
        if rows.len().saturating_mul(headers.len()) > VALUE_NODES_MAX {
            return Err(too_large());
        }
    }
    Ok(Value::list(rows))
}
