//! Certificates: a signed statement for one device that passes.

use std::collections::BTreeMap;

use partywall_model::{MediaCertificate, Verdict};

use super::device::Device;
use crate::{Digest, Envelope, EvidenceError, Instant, Key, Trust};

/// Type of a certificate's payload.
pub const CERTIFICATE_TYPE: &str = "application/vnd.partywall.media-certificate+json";

/// Certifies a device that passes, with the digests of the files that it rests on.
///
/// # Errors
/// When it does not pass, or the signer is not trusted now.
pub fn certify(
    device: &Device,
    files: &BTreeMap<String, Digest>,
    key: &Key,
    trust: &Trust,
    now: Instant,
) -> Result<(MediaCertificate, Vec<u8>), EvidenceError> {
    let refuse = |why: String| EvidenceError::Media(why);
    let Some(proof) = device.proof.as_ref().filter(|_| device.verdict == Verdict::Pass) else {
        let why = device.reasons.join("; ");
        return Err(refuse(format!(
            "`{}` is not certified, its verdict is {}: {why}",
            device.serial,
            device.verdict.id()
        )));
    };
    let Some(person) = trust.owner(&key.public().id()) else {
        return Err(refuse("the key is on no line of the list of the trusted".to_owned()));
    };
    if let Some(why) = person.objection(now) {
        return Err(refuse(why));
    }
    let of_file = |file: &String| files.get(file).map(|digest| (file.clone(), digest.to_string()));
    let certificate = MediaCertificate {
        serial: device.serial.clone(),
        model: proof.asset.model.clone(),
        kind: proof.asset.kind.map(super::Kind::id).unwrap_or_default(),
        sensitivity: proof.asset.sensitivity.map_or("unknown", partywall_model::Sensitivity::id).to_owned(),
        site: proof.asset.site.clone(),
        rules: proof.rules.title.clone(),
        source: proof.rules.source.clone(),
        required: device.required.map_or("", |(_, most)| most.id()).to_owned(),
        achieved: device.achieved.map_or("", super::Method::id).to_owned(),
        technique: proof.act.technique.id(),
        day: proof.act.day.map(|day| day.to_string()).unwrap_or_default(),
        by: proof.act.by.clone(),
        custody: device.custody.clone(),
        evidence: device.files.iter().filter_map(of_file).collect(),
        issuer: format!("{}, {}", person.name, person.role),
        issued_at: now.to_string(),
    };
    let bytes = Envelope::seal(CERTIFICATE_TYPE, &certificate, key)?.to_bytes()?;
    Ok((certificate, bytes))
}

/// What a certificate says, when it is as it was signed.
///
/// # Errors
/// When it was changed, or a stranger or somebody whose key was not valid signed it.
pub fn opened(bytes: &[u8], trust: &Trust) -> Result<MediaCertificate, EvidenceError> {
    let (certificate, person) = Envelope::read(bytes)?.open::<MediaCertificate>(CERTIFICATE_TYPE, trust)?;
    match person.objection(certificate.issued_at.parse()?) {
        Some(why) => Err(EvidenceError::Signature(why)),
        None => Ok(certificate),
    }
}
