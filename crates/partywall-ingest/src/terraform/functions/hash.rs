//! Digests and identifiers that depend on nothing but their input.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use partywall_model::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use uuid::Uuid;

use super::filesystem::read_bytes;
use super::{Call, Function, known};
use crate::terraform::failure::{Failure, Outcome};

pub(super) const FUNCTIONS: &[Function] = &[
    known("md5", 1, 1, |call| Ok(hexadecimal::<Md5>(call.text(0)?.as_bytes()))),
    known("sha1", 1, 1, |call| Ok(hexadecimal::<Sha1>(call.text(0)?.as_bytes()))),
    known("sha256", 1, 1, |call| Ok(hexadecimal::<Sha256>(call.text(0)?.as_bytes()))),
    known("sha512", 1, 1, |call| Ok(hexadecimal::<Sha512>(call.text(0)?.as_bytes()))),
    known("base64sha256", 1, 1, |call| Ok(base64::<Sha256>(call.text(0)?.as_bytes()))),
    known("base64sha512", 1, 1, |call| Ok(base64::<Sha512>(call.text(0)?.as_bytes()))),
    known("filemd5", 1, 1, |call| Ok(hexadecimal::<Md5>(&read_bytes(call)?))),
    known("filesha1", 1, 1, |call| Ok(hexadecimal::<Sha1>(&read_bytes(call)?))),
    known("filesha256", 1, 1, |call| Ok(hexadecimal::<Sha256>(&read_bytes(call)?))),
    known("filesha512", 1, 1, |call| Ok(hexadecimal::<Sha512>(&read_bytes(call)?))),
    known("filebase64sha256", 1, 1, |call| Ok(base64::<Sha256>(&read_bytes(call)?))),
    known("filebase64sha512", 1, 1, |call| Ok(base64::<Sha512>(&read_bytes(call)?))),
    known("uuidv5", 2, 2, uuid_v5),
];

fn hexadecimal<D: Digest>(bytes: &[u8]) -> Value {
    let digest = D::digest(bytes);
    Value::text(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn base64<D: Digest>(bytes: &[u8]) -> Value {
    Value::text(STANDARD.encode(D::digest(bytes)))
}

fn uuid_v5(call: &Call<'_, '_>) -> Outcome {
    let namespace = match call.text(0)?.as_ref() {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other).map_err(|error| Failure::invalid(format!("`{other}`: {error}")))?,
    };
    Ok(Value::text(Uuid::new_v5(&namespace, call.text(1)?.as_bytes()).to_string()))
}
