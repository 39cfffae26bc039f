//! Reading the trust roots of a target profile, with the block and line of whatever is wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::error::{Error, PemFault, x509_reason};

/// Far above any system's bundle of roots (about 250 KiB).
const PEM_SIZE_MAX: usize = 1024 * 1024;

/// How much of a label an error repeats, characters.
const LABEL_LENGTH_MAX: usize = 40;

/// Reads the certificates of a PEM text in order. Text outside of blocks is ignored, as in
/// bundles with comments; a block that is not exactly one certificate is an error.
///
/// # Errors
///
/// When the text is over 1 MiB, holds no certificate, or holds a bad block (which is named).
pub fn trust_roots_from_pem(pem: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    if pem.len() > PEM_SIZE_MAX {
        return Err(Error::TrustRootsTooLarge { size: pem.len(), size_max: PEM_SIZE_MAX });
    }
    let mut roots = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (index, line) in pem.lines().enumerate() {
        let (number, line, line_number) = (roots.len() + 1, line.trim(), index + 1);
        let at = |line, fault| Error::TrustRoot { block: number, line, fault };
        if let Some(label) = boundary(line, "-----BEGIN ") {
            if let Some(block) = open.replace(Block::new(label, line_number)) {
                return Err(at(block.line, PemFault::NoEnd));
            }
        } else if let Some(label) = boundary(line, "-----END ") {
            let block = open.take().ok_or_else(|| at(line_number, PemFault::NoBegin))?;
            let begin = block.line;
            roots.push(block.certificate(label).map_err(|fault| at(begin, fault))?);
        } else if let Some(block) = &mut open {
            block.body.push_str(line);
        }
    }
    if let Some(Block { line, .. }) = open {
        return Err(Error::TrustRoot { block: roots.len() + 1, line, fault: PemFault::NoEnd });
    }
    if roots.is_empty() {
        return Err(Error::NoTrustRoot);
    }
    Ok(roots)
}

/// A block whose `BEGIN` line was seen.
struct Block<'a> {
    label: &'a str,
    line: usize,
    body: String,
}

impl<'a> Block<'a> {
    const fn new(label: &'a str, line: usize) -> Self {
        Self { label, line, body: String::new() }
    }

    fn certificate(self, end: &str) -> Result<CertificateDer<'static>, PemFault> {
        if self.label != end {
            return Err(PemFault::LabelMismatch { begin: shorten(self.label), end: shorten(end) });
        }
        if self.label != "CERTIFICATE" {
            return Err(PemFault::Label { label: shorten(self.label) });
        }
        let der = STANDARD.decode(&self.body).map_err(PemFault::Base64)?;
        let (trailing, _) = X509Certificate::from_der(&der)
            .map_err(|error| PemFault::Certificate(x509_reason(error)))?;
        if !trailing.is_empty() {
            return Err(PemFault::Trailing { count: trailing.len() });
        }
        Ok(CertificateDer::from(der))
    }
}

fn boundary<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}

fn shorten(label: &str) -> String {
    label.chars().take(LABEL_LENGTH_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::server_identity::pem;
    use crate::{Authority, AuthorityOptions, Seed};

    fn authority() -> Authority {
        Authority::new(&Seed::from_u64(1), &AuthorityOptions::default()).unwrap()
    }

    fn message(text: &str) -> String {
        trust_roots_from_pem(text).unwrap_err().to_string()
    }

    #[test]
    fn certificates_are_read_in_order_around_comments_and_carriage_returns() {
        let authority = authority();
        let sub_ca = pem("CERTIFICATE", authority.sub_ca_der());
        let text = format!("# ours\n{}\nsecond:\n{sub_ca}", authority.root_pem());
        let roots = trust_roots_from_pem(&text.replace('\n', "\r\n")).unwrap();
        assert_eq!(roots.len(), 2);
        assert_eq!(roots[0].as_ref(), authority.root_der());
        assert_eq!(roots[1].as_ref(), authority.sub_ca_der());
    }

    #[test]
    fn a_fault_names_its_block_and_line() {
        let root = authority().root_pem();
        let next = root.lines().count() + 1;
        let second = |block: &str| message(&format!("{root}{block}"));
        let place = format!("trust roots, PEM block 2 (line {next}): ");
        assert_eq!(second("-----BEGIN CERTIFICATE-----\nAA"), format!("{place}no END line"));
        assert_eq!(
            second(&format!("-----BEGIN CERTIFICATE-----\n{root}")),
            format!("{place}no END line")
        );
        assert_eq!(
            second("-----END CERTIFICATE-----"),
            format!("{place}an END line without a BEGIN line")
        );
        assert_eq!(
            second("-----BEGIN CERTIFICATE-----\n-----END X-----"),
            format!("{place}begins as \"CERTIFICATE\" but ends as \"X\"")
        );
        assert_eq!(
            second(&pem("PRIVATE KEY", &[1])),
            format!("{place}holds \"PRIVATE KEY\", not a CERTIFICATE")
        );
        assert!(
            second("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----")
                .starts_with(&format!("{place}is not base64: "))
        );
        assert!(
            second(&pem("CERTIFICATE", &[0x30, 0x00]))
                .starts_with(&format!("{place}is not an X.509 certificate: "))
        );
    }

    #[test]
    fn bytes_after_the_certificate_are_refused() {
        let longer = [authority().root_der(), &[0; 2]].concat();
        assert_eq!(
            message(&pem("CERTIFICATE", &longer)),
            "trust roots, PEM block 1 (line 1): has 2 bytes after the certificate"
        );
    }

    #[test]
    fn no_certificate_and_too_much_text_are_errors() {
        assert_eq!(message(""), "no certificate in the trust roots");
        assert_eq!(message("just words\n"), "no certificate in the trust roots");
        let long = "#".repeat(PEM_SIZE_MAX + 1);
        assert_eq!(
            message(&long),
            "trust roots of 1048577 bytes are over the limit of 1048576 bytes"
        );
    }

    #[test]
    fn a_long_label_is_shortened_in_the_error() {
        let label = "L".repeat(100_000);
        assert!(message(&pem(&label, &[1])).len() < 200);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            prop_assert!(trust_roots_from_pem(&text).is_err());
        }

        #[test]
        fn no_block_body_panics(der in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(trust_roots_from_pem(&pem("CERTIFICATE", &der)).is_err());
        }

        #[test]
        fn no_change_of_a_good_certificate_panics(at in any::<prop::sample::Index>(), value: u8) {
            let mut der = authority().root_der().to_vec();
            let at = at.index(der.len());
            der[at] = value;
            if let Ok(roots) = trust_roots_from_pem(&pem("CERTIFICATE", &der)) {
                prop_assert_eq!(roots[0].as_ref(), der.as_slice());
            }
        }
    }
}
