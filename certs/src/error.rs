//! Why a certificate was not issued, or key and certificate bytes were not accepted.

use x509_parser::error::X509Error;

/// Everything this crate refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The period is empty or does not fit an X.509 date.
    #[error(
        "a validity of {days} days from unix time {not_before_ms} ms is empty or leaves the years \
         1970 to 9999"
    )]
    Validity {
        /// Start of the period, unix milliseconds.
        not_before_ms: i64,
        /// Length of the period, days.
        days: u32,
    },
    /// A server identity was asked for without a name.
    #[error("a server identity needs at least one DNS name or IP address")]
    NoServerName,
    /// A server name is neither a DNS name (a leading `*.` is accepted) nor an IP address.
    #[error("server name {name:?} is neither a DNS name nor an IP address")]
    ServerName {
        /// The name as given.
        name: String,
    },
    /// The subject of an instance certificate is empty, too long or holds control characters.
    #[error("a certificate subject must be 1 to {length_max} printable characters, not {length}")]
    Subject {
        /// Characters given.
        length: usize,
        /// Most characters that fit beside the test marking.
        length_max: usize,
    },
    /// Certificate serial numbers are positive (RFC 5280, 4.1.2.2).
    #[error("a certificate serial number must not be zero")]
    SerialNumberZero,
    /// The public key is longer than any supported key.
    #[error("a public key of {size} bytes is over the limit of {size_max} bytes")]
    PublicKeyTooLarge {
        /// Bytes given.
        size: usize,
        /// The limit in bytes.
        size_max: usize,
    },
    /// The public key is not standard base64.
    #[error("the public key is not base64")]
    PublicKeyBase64(#[source] base64::DecodeError),
    /// The bytes are not one SubjectPublicKeyInfo.
    #[error("the public key is not a SubjectPublicKeyInfo structure")]
    PublicKeyDer(#[source] X509Error),
    /// Bytes follow the SubjectPublicKeyInfo.
    #[error("{count} bytes follow the public key")]
    PublicKeyTrailing {
        /// How many bytes follow.
        count: usize,
    },
    /// The key is not an elliptic curve key on P-256.
    #[error("the public key is not a P-256 key (algorithm {algorithm})")]
    PublicKeyAlgorithm {
        /// The algorithm's object identifier.
        algorithm: String,
    },
    /// The key bytes are not a point of P-256.
    #[error("the public key is not a point of P-256")]
    PublicKeyPoint,
    /// The certificate is longer than any of a licensing chain.
    #[error("a certificate of {size} bytes is over the limit of {size_max} bytes")]
    CertificateTooLarge {
        /// Bytes given.
        size: usize,
        /// The limit in bytes.
        size_max: usize,
    },
    /// The bytes are not an X.509 certificate.
    #[error("the bytes are not an X.509 certificate")]
    CertificateDer(#[source] X509Error),
    /// Bytes follow the certificate.
    #[error("{count} bytes follow the certificate")]
    CertificateTrailing {
        /// How many bytes follow.
        count: usize,
    },
    /// The bytes are not a request for a certificate.
    #[error("the bytes are not a certificate request")]
    CertificateRequestDer(#[source] X509Error),
    /// Another key than the requested one signed the request.
    #[error("the certificate request is not signed by the key it is for")]
    CertificateRequestSignature,
    /// Certificate building failed, or a subject key is of a kind that cannot be certified.
    #[error("no certificate could be issued for {subject:?}")]
    Issue {
        /// The certificate's common name.
        subject: String,
        /// What the certificate builder refused.
        #[source]
        source: rcgen::Error,
    },
    /// The PEM text of trust roots is over the limit.
    #[error("trust roots of {size} bytes are over the limit of {size_max} bytes")]
    TrustRootsTooLarge {
        /// Bytes given.
        size: usize,
        /// The limit in bytes.
        size_max: usize,
    },
    /// The PEM text holds no block at all.
    #[error("no certificate in the trust roots")]
    NoTrustRoot,
    /// One block of the PEM text of trust roots is wrong.
    #[error("trust roots, PEM block {block} (line {line}): {fault}")]
    TrustRoot {
        /// Position of the block, counted from 1.
        block: usize,
        /// Line the block begins on, counted from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        fault: PemFault,
    },
}

/// What is wrong with one PEM block.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PemFault {
    /// The text ends, or another block begins, before the `END` line.
    #[error("no END line")]
    NoEnd,
    /// An `END` line without its `BEGIN` line.
    #[error("an END line without a BEGIN line")]
    NoBegin,
    /// The `END` line names another kind of object than the `BEGIN` line.
    #[error("begins as {begin:?} but ends as {end:?}")]
    LabelMismatch {
        /// Label of the `BEGIN` line, shortened.
        begin: String,
        /// Label of the `END` line, shortened.
        end: String,
    },
    /// The block is well formed but not a certificate.
    #[error("holds {label:?}, not a CERTIFICATE")]
    Label {
        /// Label of the block, shortened.
        label: String,
    },
    /// The body is not base64.
    #[error("is not base64: {0}")]
    Base64(#[source] base64::DecodeError),
    /// The decoded bytes are not an X.509 certificate.
    #[error("is not an X.509 certificate: {0}")]
    Certificate(#[source] X509Error),
    /// Bytes follow the certificate inside its block.
    #[error("has {count} bytes after the certificate")]
    Trailing {
        /// How many bytes follow.
        count: usize,
    },
}

/// The reason inside a parser's outcome; truncation is a reason like any other here.
pub(crate) fn x509_reason(error: x509_parser::nom::Err<X509Error>) -> X509Error {
    match error {
        x509_parser::nom::Err::Error(reason) | x509_parser::nom::Err::Failure(reason) => reason,
        x509_parser::nom::Err::Incomplete(_) => X509Error::Generic,
    }
}
