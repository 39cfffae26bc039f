//! One server's chain judged: by whom it was issued, when it is valid, and for which host.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instance Registration" (products with strict
//! checking need the URL to match the common name); Troubleshoot SLP on 9800, "Syslogs" (others
//! compare the host with the alternative names). Assumed: a certificate without alternative names
//! is for the host its common name says.

use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex};

use muster_certs::ShownCertificate;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::fault::{self, CertificateFault};
use super::host_name;
use super::trust::Anchors;
use crate::target::{ServerKind, Way};

/// Said of a server that went away instead of speaking TLS.
const ENDED: &str = "the connection ended within the TLS handshake";

/// Judges the servers of one kind. rustls gets an error of its own, which makes the alert that the
/// server hears; the words of the latest one are kept for whoever asks.
#[derive(Debug)]
pub(in crate::transport) struct StrictVerifier {
    anchors: Arc<Anchors>,
    server: ServerKind,
    is_strict: bool,
    algorithms: WebPkiSupportedAlgorithms,
    latest: Mutex<Option<CertificateFault>>,
}

impl StrictVerifier {
    pub(super) fn new(
        anchors: Arc<Anchors>,
        way: &Way,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Self {
        let (server, is_strict) = (way.server, way.is_strict);
        Self { anchors, server, is_strict, algorithms, latest: Mutex::default() }
    }

    /// Why TLS failed: what is wrong with the certificate if that was it, else the error's words.
    pub(in crate::transport) fn words(&self, error: &io::Error) -> String {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        let of_certificate = matches!(inner, Some(Error::InvalidCertificate(_)));
        let latest = self.latest.lock().expect("nothing panics while it holds the words");
        match &*latest {
            Some(fault) if of_certificate => fault.to_string(),
            _ if error.kind() == ErrorKind::UnexpectedEof => ENDED.to_owned(),
            _ => error.to_string(),
        }
    }

    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Box<Refusal>> {
        let issued = ParsedCertificate::try_from(leaf).and_then(|parsed| {
            let (anchors, known) = (&self.anchors.store, self.algorithms.all);
            verify_server_cert_signed_by_trust_anchor(&parsed, anchors, intermediates, now, known)?;
            Ok(parsed)
        });
        let parsed = issued.map_err(|error| {
            let error = inner(error);
            let chain: Vec<_> = std::iter::once(leaf).chain(intermediates).collect();
            let fault = fault::of_chain(&error, &chain, &self.anchors.names, self.server);
            Refusal::new(error, fault)
        })?;
        // Nearly all servers are who they say: what they are called is read only where it counts.
        if !self.is_strict && verify_server_name(&parsed, name).is_ok() {
            return Ok(());
        }
        self.judge_common_name(leaf, name)
    }

    /// The common name decides: of a strict instance always, else where there is no other name.
    fn judge_common_name(
        &self,
        leaf: &CertificateDer<'_>,
        name: &ServerName<'_>,
    ) -> Result<(), Box<Refusal>> {
        let shown = ShownCertificate::from_der(leaf).map_err(|_| {
            Refusal::new(CertificateError::BadEncoding, CertificateFault::Unreadable)
        })?;
        let host = fault::host_text(name);
        let is_common = shown.common_name.as_ref().is_some_and(|own| host_name::is_of(own, &host));
        if is_common && (self.is_strict || shown.alternative_names.is_empty()) {
            return Ok(());
        }
        let common = || shown.common_name.iter().cloned().collect::<Vec<_>>();
        let presented = match &shown.alternative_names {
            names if self.is_strict || names.is_empty() => common(),
            names => names.clone(),
        };
        let fault = if self.is_strict {
            CertificateFault::OtherCommonName { host, common_name: shown.common_name }
        } else {
            CertificateFault::OtherHost { host, names: presented.clone() }
        };
        let expected = name.to_owned();
        Err(Refusal::new(CertificateError::NotValidForNameContext { expected, presented }, fault))
    }
}

/// A certificate not taken: in the library's terms, and in ours.
struct Refusal {
    error: CertificateError,
    fault: CertificateFault,
}

impl Refusal {
    fn new(error: CertificateError, fault: CertificateFault) -> Box<Self> {
        Box::new(Self { error, fault })
    }
}

/// What is wrong with a certificate; an error about anything else is one about its encoding.
fn inner(error: Error) -> CertificateError {
    match error {
        Error::InvalidCertificate(error) => error,
        _ => CertificateError::BadEncoding,
    }
}

impl ServerCertVerifier for StrictVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged = self.judge(leaf, intermediates, name, now);
        let mut latest = self.latest.lock().expect("nothing panics while it holds the words");
        match judged {
            Ok(()) => {
                *latest = None;
                Ok(ServerCertVerified::assertion())
            }
            Err(refusal) => {
                *latest = Some(refusal.fault);
                Err(Error::InvalidCertificate(refusal.error))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
