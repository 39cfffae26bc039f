//! What is wrong with a certificate, in our own words: what it says, what was expected, and what to
//! do. The words of a library name a check of its own, which helps nobody who set up a server.

use jiff::Timestamp;
use muster_certs::{IssuedCertificate, ShownCertificate};
use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use crate::target::ServerKind;

/// How many names of a list are shown.
const NAMES_SHOWN_MAX: usize = 5;

/// Why a certificate was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CertificateFault {
    /// Not a certificate that can be read.
    #[error("the server's certificate cannot be read; give it one in X.509 form")]
    Unreadable,
    /// A certificate authority's own.
    #[error(
        "the server shows the certificate of an authority, `{subject}`, as its own; give it a \
         certificate that such an authority issued"
    )]
    AuthorityAsServer { subject: String },
    /// Nobody who is trusted issued it.
    #[error(
        "the certificate of `{subject}` leads to `{issuer}` and from there to no trusted authority \
         (trusted: {}); let the server show its whole chain, or {}",
        listed(trusted), remedy(*server)
    )]
    UnknownIssuer { subject: String, issuer: String, trusted: Vec<String>, server: ServerKind },
    /// Somebody who is called like one that is trusted.
    #[error(
        "the certificate of `{subject}` leads to an authority that is called `{issuer}` as a \
         trusted one is, but has another key; {}", remedy(*server)
    )]
    SameName { subject: String, issuer: String, server: ServerKind },
    /// A satellite, and nothing was imported.
    #[error(
        "the certificate of `{subject}`, issued by `{issuer}`, cannot be checked: a satellite over \
         https needs the import of its private authority; name it in trust.imported"
    )]
    NothingImported { subject: String, issuer: String },
    /// Made for another host.
    #[error(
        "the URL says `{host}`, but the certificate is for {}; write that into the URL, or give \
         the server a certificate for `{host}`",
        listed(names)
    )]
    OtherHost { host: String, names: Vec<String> },
    /// The common name is another host's, and no other name counts.
    #[error(
        "the URL says `{host}`, but the common name of the certificate is {}; strict checking \
         wants them to be the same", named(common_name.as_ref())
    )]
    OtherCommonName { host: String, common_name: Option<String> },
    /// Its time is over.
    #[error("the certificate of `{subject}` expired at {}; it is {} now", at(*not_after), at(*now))]
    Expired { subject: String, not_after: i64, now: i64 },
    /// Its time has not come.
    #[error(
        "the certificate of `{subject}` is valid from {} on; it is {} now",
        at(*not_before),
        at(*now)
    )]
    NotYetValid { subject: String, not_before: i64, now: i64 },
    /// Something else, as the library puts it.
    #[error("the certificate of `{subject}` is not accepted: {words}")]
    Other { subject: String, words: String },
}

/// What an error of the library means for a chain, leaf first, that a server showed.
pub(super) fn of_chain(
    error: &CertificateError,
    chain: &[&CertificateDer<'_>],
    trusted: &[String],
    server: ServerKind,
) -> CertificateFault {
    let is_joined = || is_joined(chain);
    let chain: Vec<_> =
        chain.iter().map_while(|der| ShownCertificate::from_der(der).ok()).collect();
    let Some(leaf) = chain.first() else { return CertificateFault::Unreadable };
    let subject = leaf.subject.clone();
    match error {
        CertificateError::BadEncoding => CertificateFault::Unreadable,
        CertificateError::UnknownIssuer => {
            // The last one shown is the one whose issuer is not known.
            let issuer = chain.last().unwrap_or(leaf).issuer.clone();
            if trusted.is_empty() && server.needs_import() {
                return CertificateFault::NothingImported { subject, issuer };
            }
            let trusted = trusted.to_vec();
            CertificateFault::UnknownIssuer { subject, issuer, trusted, server }
        }
        CertificateError::BadSignature => {
            let issuer = chain.last().unwrap_or(leaf).issuer.clone();
            if trusted.contains(&issuer) && is_joined() {
                return CertificateFault::SameName { subject, issuer, server };
            }
            let words = "a certificate of its chain was not signed by the one that follows";
            CertificateFault::Other { subject, words: words.to_owned() }
        }
        CertificateError::ExpiredContext { time, not_after } => {
            let (now, not_after) = (seconds(*time), seconds(*not_after));
            let whose = chain.iter().find(|one| one.not_after_s == not_after).unwrap_or(leaf);
            CertificateFault::Expired { subject: whose.subject.clone(), not_after, now }
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            let (now, not_before) = (seconds(*time), seconds(*not_before));
            let whose = chain.iter().find(|one| one.not_before_s == not_before).unwrap_or(leaf);
            CertificateFault::NotYetValid { subject: whose.subject.clone(), not_before, now }
        }
        CertificateError::Other(_) if leaf.is_authority => {
            CertificateFault::AuthorityAsServer { subject }
        }
        other => CertificateFault::Other { subject, words: other.to_string() },
    }
}

/// Whether each certificate of a chain was issued by the one that follows, as far as can be told.
fn is_joined(chain: &[&CertificateDer<'_>]) -> bool {
    let read: Vec<_> =
        chain.iter().map_while(|der| IssuedCertificate::from_der(der).ok()).collect();
    read.windows(2).all(|pair| pair[0].is_issued_by(&pair[1]) != Some(false))
}

/// The host a TLS session was meant for, as the URL writes it.
pub(super) fn host_text(name: &ServerName<'_>) -> String {
    match name {
        ServerName::DnsName(name) => name.as_ref().to_owned(),
        ServerName::IpAddress(address) => std::net::IpAddr::from(*address).to_string(),
        other => format!("{other:?}"),
    }
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

fn at(seconds: i64) -> String {
    match Timestamp::from_second(seconds) {
        Ok(at) => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Err(_) => format!("second {seconds} since 1970"),
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<_> =
        names.iter().take(NAMES_SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    match (shown.is_empty(), names.len().saturating_sub(NAMES_SHOWN_MAX)) {
        (true, _) => "none".to_owned(),
        (false, 0) => shown.join(", "),
        (false, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

fn named(name: Option<&String>) -> String {
    name.map_or_else(|| "missing".to_owned(), |name| format!("`{name}`"))
}

fn remedy(server: ServerKind) -> &'static str {
    match server {
        ServerKind::Satellite => "name the authority of this satellite in trust.imported",
        ServerKind::Direct | ServerKind::TransportGateway => {
            "name its authority in trust.roots, what is imported does not count here"
        }
        ServerKind::Unstated => "name its authority in trust.roots",
    }
}
