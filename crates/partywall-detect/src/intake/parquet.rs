//! Flow logs in Parquet. <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html>

use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Map, Value};

use super::flow_log::event;
use crate::event::Event;

/// What every file begins with.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// Hands on each row of a file: an event, or why it is none.
///
/// # Errors
/// With the cause, when the file, or the rest of it, cannot be read.
pub(super) fn read(file: Vec<u8>, mut take: impl FnMut(Result<Event, String>)) -> Result<(), String> {
    let reader = SerializedFileReader::new(Bytes::from(file)).map_err(|error| error.to_string())?;
    for row in reader.get_row_iter(None).map_err(|error| error.to_string())? {
        take(event(body(&row.map_err(|error| error.to_string())?)));
    }
    Ok(())
}

fn body(row: &Row) -> Map<String, Value> {
    row.get_column_iter().map(|(name, field)| (name.replace('-', "_"), value(field))).collect()
}

fn value(field: &Field) -> Value {
    match field {
        Field::Str(text) if text == "-" => Value::Null,
        Field::Bool(truth) => (*truth).into(),
        Field::Byte(number) => (*number).into(),
        Field::Short(number) => (*number).into(),
        Field::Int(number) => (*number).into(),
        Field::Long(number) => (*number).into(),
        Field::UByte(number) => (*number).into(),
        Field::UShort(number) => (*number).into(),
        Field::UInt(number) => (*number).into(),
        Field::ULong(number) => (*number).into(),
        Field::Str(text) => text.as_str().into(),
        Field::Null => Value::Null,
        other => other.to_string().into(),
    }
}
