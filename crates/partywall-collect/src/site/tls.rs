//! Which certificate a device must show: a pinned one, or one that an authority vouches for.

use std::sync::{Arc, Mutex};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256};

use super::Device;

/// The fingerprint of the certificate that was shown, once it was.
pub(super) type Shown = Arc<Mutex<String>>;

/// How to speak TLS with a device.
///
/// # Errors
/// When the authority's file cannot be read.
pub(super) fn configuration(device: &Device, shown: Shown) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let pinned = device.fingerprint.replace([':', ' '], "").to_lowercase();
    let vouched = match pinned.is_empty() {
        true => Some(authorities(device, &provider)?),
        false => None,
    };
    let verifier = Arc::new(Verifier { provider: provider.clone(), pinned, vouched, shown });
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn authorities(device: &Device, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, String> {
    let mut roots = RootCertStore::empty();
    match &device.certificate_authority {
        Some(file) => {
            let refused = |error: &dyn std::fmt::Display| format!("`{}` is no certificate: {error}", file.display());
            let all = CertificateDer::pem_file_iter(file).map_err(|error| refused(&error))?;
            for certificate in all {
                let certificate = certificate.map_err(|error| refused(&error))?;
                roots.add(certificate).map_err(|error| refused(&error))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    builder.build().map_err(|error| format!("there is no authority to trust: {error}"))
}

/// Holds a certificate to its pin or to the authorities.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// '' when the authorities decide.
    pinned: String,
    vouched: Option<Arc<WebPkiServerVerifier>>,
    shown: Shown,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let fingerprint: String =
            Sha256::digest(end_entity.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect();
        if let Ok(mut shown) = self.shown.lock() {
            shown.clone_from(&fingerprint);
        }
        match &self.vouched {
            Some(verifier) => verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None if fingerprint == self.pinned => Ok(ServerCertVerified::assertion()),
            None => Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
