//! Whom a request is from: the signature of the ID certificate proves it.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Authorization Status" (the certificate
//! identifies and authenticates) and "Troubleshooting Smart Licensing Authorization" (an expired
//! one no longer works). Assumed: that any proven message counts as contact, and that the
//! certificate before a renewal proves its holder until the new one is used.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::ProductInstanceId;
use muster_wire::classic::MessageType;
use muster_wire::classic::envelope::SHA_256;

use super::account_service::check_serves;
use super::exchange::Asked;
use super::refusal::Refusal;
use super::registered_instance::IdCertificate;
use crate::defects::Defect;
use crate::holdings::AccountNumber;
use crate::nonce_memory::NonceUse;
use crate::server::Core;

/// Characters of a signature: a P-256 signature has 72 bytes at most, in base64.
const SIGNATURE_LENGTH_MAX: usize = 128;

/// Who a proven request is from.
pub(super) struct Sender {
    pub(super) account: AccountNumber,
    pub(super) identifier: ProductInstanceId,
    /// Of the certificate it signed with.
    pub(super) serial: u64,
}

impl Core {
    /// Proves who sent a request, and notes the contact and the nonce.
    pub(super) fn proven(&self, asked: &Asked<'_>) -> Result<Sender, Refusal> {
        let stranger =
            || Refusal::not_registered(asked.header.product_instance_identifier.as_ref());
        let mut store = self.store();
        store.settle(asked.now_ms);
        let known = store.classic.instance(&asked.udi).filter(|known| known.role == asked.role);
        let known = known.ok_or_else(stranger)?;
        if asked.header.product_instance_identifier.as_ref() != Some(&known.identifier) {
            return Err(stranger());
        }
        check_serves(&store, asked, known.account)?;
        let (current, previous) = (known.certificate.clone(), known.previous.clone());
        drop(store);
        let certificate = if self.is_signed_by(asked, &current) {
            current
        } else {
            let previous = previous.filter(|previous| self.is_signed_by(asked, previous));
            *previous.ok_or_else(Refusal::invalid_signature)?
        };
        let renews = *asked.kind == MessageType::IdCertificateRenewal
            && self.has(Defect::RENEWS_EXPIRED_ID_CERTIFICATE);
        if asked.now_ms > certificate.not_after_ms() && !renews {
            return Err(Refusal::id_certificate_expired());
        }
        self.noted(asked, &certificate)
    }

    fn noted(&self, asked: &Asked<'_>, certificate: &IdCertificate) -> Result<Sender, Refusal> {
        let mut store = self.store();
        if !self.has(Defect::CONTACT_NOT_RECORDED) {
            store.classic.contact(&asked.udi, asked.now_ms);
            store.end_silence(&asked.udi);
        }
        // Between the two looks another thread may have taken the record away.
        let Some(known) = store.classic.instances.get_mut(&asked.udi) else {
            let identifier = asked.header.product_instance_identifier.as_ref();
            return Err(Refusal::not_registered(identifier));
        };
        if known.nonces.note(&asked.header.nonce, asked.digest) == NonceUse::OtherRequest {
            return Err(Refusal::nonce_replayed());
        }
        if known.certificate == *certificate {
            known.previous = None;
        }
        let (account, identifier) = (known.account, known.identifier.clone());
        Ok(Sender { account, identifier, serial: certificate.serial })
    }

    fn is_signed_by(&self, asked: &Asked<'_>, certificate: &IdCertificate) -> bool {
        if !self.options.verify_signatures || self.has(Defect::ACCEPTS_FOREIGN_SIGNATURE) {
            return true;
        }
        let Some(signature) = &asked.envelope.signature else {
            return self.has(Defect::TAKES_UNSIGNED_REQUESTS);
        };
        if signature.kind != SHA_256 || signature.value.len() > SIGNATURE_LENGTH_MAX {
            return false;
        }
        let Ok(value) = STANDARD.decode(&signature.value) else { return false };
        certificate.key.verify(asked.envelope.request.as_bytes(), &value)
    }
}
