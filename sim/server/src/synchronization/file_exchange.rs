//! One synchronization by files: a request goes to CSSM, its response comes back.
//!
//! Source: SSM On-Prem 7 User Guide, "On-Demand Manual Synchronization", "Synchronization Failed
//! (Manual Synchronization)". Assumed: the order in which a file is looked at, and how CSSM refuses
//! one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::IssuedCertificate;

use super::document::{Certificates, DocumentKind, SyncRequest, SyncResponse, SyncType};
use super::exchange::{NotSynchronized, Synchronized, certificate_fault, new_certificate};
use super::rejection::{Rejection, Way};
use super::sealed::{File, Opened, seal};
use crate::local_account::account_state::AccountInput;
use crate::local_account::{LocalAccount, Refused, Registration};
use crate::server::Core;

/// How CSSM refuses a file (documented for the network).
const INVALID: &str = "The file being processed for this On-Prem is invalid.";

/// What an uploaded response did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Uploaded {
    Synchronized(Synchronized),
    /// CSSM wants everything told anew.
    FullRequired,
}

impl Core {
    /// The request file of an account.
    pub(crate) fn request_file(
        &self,
        name: &str,
        sync_type: SyncType,
    ) -> Result<File, NotSynchronized> {
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        let account = store.synchronizable(name, now_ms)?;
        let registration = registration_of(&account)?.clone();
        let needs_full = account.clock.needs_full || account.owes_full_synchronization;
        let asked = if needs_full { SyncType::Full } else { sync_type };
        let mut request = store.next_request(&account, asked, now_ms)?;
        drop(store);
        let certificate = self.account_certificate(&registration.uid, registration.certificate);
        request.certificates.id_cert = certificate.unwrap_or_default();
        let key = self.account_key(&registration.uid);
        let content = seal(&request, |text| key.sign(text));
        Ok(File::new(&registration.on_prem, "synchronization_request", request.sync_id, content))
    }

    /// CSSM: the response file to a request file; the error is what its page says.
    pub(crate) fn response_file(&self, opened: &Opened) -> Result<File, String> {
        let request: SyncRequest =
            serde_json::from_value(opened.members.clone()).map_err(|_| INVALID.to_owned())?;
        let key = self.account_key(&request.on_prem.uid).public_key();
        if request.kind != DocumentKind::Request || !opened.is_signed_by(&key) {
            return Err(INVALID.to_owned());
        }
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        let mut response = store.cssm_answer(&request, now_ms)?;
        drop(store);
        let uid = &request.on_prem.uid;
        let certificate = new_certificate(uid, request.sync_id, response.timestamp);
        response.certificates = Some(Certificates {
            id_cert: self.account_certificate(uid, certificate).unwrap_or_default(),
            signing_cert: STANDARD.encode(self.authority.signing_certificate_der()),
        });
        let content = self.seal_by_cssm(&response);
        let on_prem = &response.on_prem.name;
        Ok(File::new(on_prem, "synchronization_response", response.sync_id, content))
    }

    /// Takes a response file.
    pub(crate) fn upload_response(
        &self,
        name: &str,
        (file_name, content): (&str, &str),
    ) -> Result<Uploaded, NotSynchronized> {
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        let account = store.synchronizable(name, now_ms)?;
        let response = match self.checked_response(&account, file_name, content, now_ms) {
            Ok(response) => response,
            Err(rejection) => return Err(store.failed(&account, rejection.text(Way::File))),
        };
        if response.full_sync_required {
            if let Ok(account) = store.local_accounts.find(name) {
                account.clock.needs_full = true;
                account.clock.asked = None;
            }
            return Ok(Uploaded::FullRequired);
        }
        let told = account.clock.asked.as_ref().map_or(0, |(_, _, told)| told.len());
        Ok(Uploaded::Synchronized(store.take_over(name, told, &response, Way::File, now_ms)))
    }

    fn checked_response(
        &self,
        account: &LocalAccount,
        file_name: &str,
        content: &str,
        now_ms: u64,
    ) -> Result<SyncResponse, Rejection> {
        if !file_name.ends_with(".yml") {
            return Err(Rejection::NotYaml);
        }
        let opened = Opened::read(content).map_err(|_| Rejection::NotYaml)?;
        let response: SyncResponse =
            serde_json::from_value(opened.members.clone()).map_err(|_| Rejection::Corrupted)?;
        if response.kind != DocumentKind::Response || !opened.has_signature() {
            return Err(Rejection::Corrupted);
        }
        let certificates = response.certificates.as_ref();
        let certificates = certificates
            .filter(|of| !of.id_cert.is_empty() && !of.signing_cert.is_empty())
            .ok_or(Rejection::CertificatesMissing)?;
        let registration = account.registration.as_ref().ok_or(Rejection::OtherOnPrem)?;
        if response.on_prem.uid != registration.uid {
            return Err(Rejection::OtherOnPrem);
        }
        let signing = STANDARD.decode(&certificates.signing_cert).unwrap_or_default();
        if signing != self.authority.signing_certificate_der() {
            return Err(Rejection::SigningCertificate);
        }
        let id = self.checked_id_certificate(&registration.uid, &certificates.id_cert)?;
        if !opened.is_signed_by(&self.authority.signing_public_key()) {
            return Err(Rejection::Modified);
        }
        if let Some(fault) = certificate_fault((id.not_before_ms(), id.not_after_ms()), now_ms) {
            return Err(fault);
        }
        let asked = account.clock.asked.as_ref().map(|(id, ..)| *id);
        if asked != Some(response.sync_id) {
            return Err(Rejection::AlreadyProcessed);
        }
        Ok(response)
    }

    fn checked_id_certificate(
        &self,
        uid: &str,
        base64: &str,
    ) -> Result<IssuedCertificate, Rejection> {
        let der = STANDARD.decode(base64).map_err(|_| Rejection::IdCertificate)?;
        let read = IssuedCertificate::from_der(&der).map_err(|_| Rejection::IdCertificate)?;
        let issuer = IssuedCertificate::from_der(self.authority.sub_ca_der());
        let is_issued = issuer.is_ok_and(|issuer| read.is_issued_by(&issuer) == Some(true));
        let is_own = read.public_key() == Some(&self.account_key(uid).public_key());
        if is_issued && is_own { Ok(read) } else { Err(Rejection::IdCertificate) }
    }
}

fn registration_of(account: &LocalAccount) -> Result<&Registration, Refused> {
    let (state, input) = (account.state, AccountInput::SynchronizeFully);
    account.registration.as_ref().ok_or(Refused::State { state, input })
}
