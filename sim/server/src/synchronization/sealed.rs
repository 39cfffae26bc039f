//! Documents that are signed: what was changed after it was written is noticed.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Failed (Manual Synchronization)" (files carry
//! certificates and notice a change). Assumed: the signature is the last member, over every byte
//! before it; the On-Prem signs with its account's key, CSSM with its signing key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{InstanceKey, PublicKey, Validity};
use serde::Serialize;
use serde_json::Value;

use super::exchange::CERTIFICATE_DAYS;
use super::yaml::{self, NotYaml};
use crate::derivation::Digest;
use crate::local_account::AccountCertificate;
use crate::server::Core;

/// How the signature begins.
const MARK: &str = "\n:signature:\n";

/// Characters of a file's name that are taken from an On-Prem's.
const NAME_LENGTH_MAX: usize = 64;

/// A file to download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct File {
    pub(crate) file_name: String,
    pub(crate) content: String,
}

impl File {
    /// A file named after its On-Prem (documented), its purpose and a number.
    pub(crate) fn new(on_prem: &str, purpose: &str, number: u64, content: String) -> Self {
        let fits = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let on_prem: String = on_prem.chars().take(NAME_LENGTH_MAX).map(fits).collect();
        Self { file_name: format!("{on_prem}_{purpose}_{number}.yml"), content }
    }
}

/// A document that was read.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) members: Value,
    /// The text that is signed.
    signed: String,
    signature: Option<Vec<u8>>,
}

impl Opened {
    pub(crate) fn read(text: &str) -> Result<Self, NotYaml> {
        let mut members = yaml::read(text)?;
        let signature = members.as_object_mut().and_then(|of| of.remove("signature"));
        let value = signature.as_ref().and_then(|of| of.get("value")?.as_str());
        let signature = value.and_then(|value| STANDARD.decode(value).ok());
        let end = text.rfind(MARK).map_or(text.len(), |at| at + 1);
        Ok(Self { members, signed: text[..end].to_owned(), signature })
    }

    pub(crate) fn has_signature(&self) -> bool {
        self.signature.is_some()
    }

    /// Whether this key signed it.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signature = self.signature.as_deref();
        signature.is_some_and(|signature| key.verify(self.signed.as_bytes(), signature))
    }
}

/// A document as signed text.
pub(crate) fn seal(document: &impl Serialize, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let value = serde_json::to_value(document).expect("plain values always serialise");
    let members = value.as_object().expect("documents are structs");
    let mut text = yaml::write(members);
    let signature = STANDARD.encode(sign(text.as_bytes()));
    // The mark's first line break is the one the text ends with.
    text.push_str(&MARK[1..]);
    text.push_str(&format!("  :type: SHA-256\n  :value: \"{signature}\"\n"));
    text
}

impl Core {
    /// The key of an On-Prem's account, by its identifier at CSSM.
    pub(crate) fn account_key(&self, uid: &str) -> InstanceKey {
        InstanceKey::derive(&self.seed, Digest::of(uid.as_bytes()).number(), 0)
    }

    /// The account's ID certificate, base64; none when its time does not fit one.
    pub(crate) fn account_certificate(
        &self,
        uid: &str,
        certificate: AccountCertificate,
    ) -> Option<String> {
        let key = self.account_key(uid).public_key();
        let not_before_ms = i64::try_from(certificate.not_before_ms).ok()?;
        let days = u32::try_from(CERTIFICATE_DAYS).ok()?;
        let der = self
            .authority
            .instance_certificate_valid(
                &format!("On-Prem {uid}"),
                &key.to_spki_der(),
                certificate.serial,
                Validity { not_before_ms, days },
            )
            .ok()?;
        Some(STANDARD.encode(der))
    }

    /// A document of CSSM as signed text.
    pub(crate) fn seal_by_cssm(&self, document: &impl Serialize) -> String {
        seal(document, |text| self.authority.sign(text))
    }
}

#[cfg(test)]
mod tests {
    use muster_certs::Seed;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_after_sealing_is_noticed() {
        let key = InstanceKey::derive(&Seed::from_u64(1), 1, 0);
        let text = seal(&json!({ "a": "b", "number": 7 }), |text| key.sign(text));
        let opened = Opened::read(&text).unwrap();
        assert_eq!(opened.members, json!({ "a": "b", "number": 7 }));
        assert!(opened.is_signed_by(&key.public_key()));
        let other = InstanceKey::derive(&Seed::from_u64(1), 2, 0);
        assert!(!opened.is_signed_by(&other.public_key()));
        let changed = Opened::read(&text.replace(":number: 7", ":number: 8")).unwrap();
        assert!(changed.has_signature() && !changed.is_signed_by(&key.public_key()));
        let cut = Opened::read(&text[..text.find(":signature").unwrap()]).unwrap();
        assert!(!cut.has_signature());
    }

    #[test]
    fn a_file_is_named_after_its_on_prem() {
        let file = File::new("Lab 1/../x", "request", 3, String::new());
        assert_eq!(file.file_name, "Lab_1_.._x_request_3.yml");
    }
}
