//! The ID certificate: issued for a year, renewed before it ends.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Authorization Status" (valid for one year),
//! "Renew Registration" (a renewal starts a new year at once) and "Troubleshooting Smart Licensing
//! Authorization" (none after its end). Public: renewal after half a year.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{PublicKey, Validity};
use muster_wire::Udi;
use muster_wire::classic::proposed::id_certificate::{IdCertificateAnswer, IdCertificateRequest};
use muster_wire::classic::{AnswerData, MessageType};

use super::exchange::Asked;
use super::refusal::Refusal;
use super::registered_instance::IdCertificate;
use super::reply::Reply;
use crate::defects::Defect;
use crate::derivation::id_certificate_serial;
use crate::server::Core;
use crate::store::Store;

/// Days an ID certificate is valid.
const CERTIFICATE_DAYS: u32 = 365;

/// Seconds until it is to be renewed: half a year.
pub(super) const RENEW_INTERVAL_S: u64 = 180 * 86_400;

/// Characters of a certificate request in base64; one for a P-256 key has some hundred.
const CSR_LENGTH_MAX: usize = 16 * 1024;

/// Three certificates in base64: the ID certificate, the signing one, and their issuer's.
pub(super) struct IssuedChain {
    pub(super) id: String,
    pub(super) signing: String,
    pub(super) sub_ca: String,
}

impl Core {
    pub(super) fn renew_id(
        &self,
        asked: &Asked<'_>,
        data: &IdCertificateRequest,
    ) -> Result<Reply, Refusal> {
        let key = certified_key(&data.csr)?;
        let mut store = self.store();
        let replayed = store.classic.instance(&asked.udi).filter(|instance| {
            // The same request again gets the same certificate.
            instance.certified_by == asked.digest && instance.certificate.key == key
        });
        let certificate = match replayed {
            Some(instance) => instance.certificate.clone(),
            None => self.new_certificate(&mut store, &asked.udi, key, asked.now_ms),
        };
        let certificate = self.renewed(&store, asked, certificate);
        let instance = store.classic.instances.get_mut(&asked.udi);
        let instance = instance.ok_or_else(|| Refusal::not_registered(None))?;
        if instance.certificate != certificate {
            let before = std::mem::replace(&mut instance.certificate, certificate.clone());
            instance.previous = Some(Box::new(before));
        }
        instance.certified_by = asked.digest;
        let (identifier, account) = (instance.identifier.clone(), instance.account);
        store.tell_renewed(&asked.udi, account);
        drop(store);
        let issued = self.issued(&asked.udi, &certificate)?;
        let data = IdCertificateAnswer {
            id_cert: issued.id,
            signing_cert: issued.signing,
            sub_ca_cert: issued.sub_ca,
            renew_interval: RENEW_INTERVAL_S,
            extra: muster_wire::Extra::new(),
        };
        let data = AnswerData::IdCertificateRenewal(data);
        let reply = Reply::complete(MessageType::IdCertificateRenewal, data);
        Ok(reply.with_identity(identifier, certificate.serial))
    }

    /// A renewed certificate as it is, or with the time of the one before.
    fn renewed(&self, store: &Store, asked: &Asked<'_>, new: IdCertificate) -> IdCertificate {
        let before = store.classic.instance(&asked.udi).map(|of| of.certificate.not_before_ms);
        let before = before.filter(|_| self.has(Defect::RENEWAL_ENDS_AS_BEFORE));
        IdCertificate { not_before_ms: before.unwrap_or(new.not_before_ms), ..new }
    }

    /// A certificate that starts now.
    pub(super) fn new_certificate(
        &self,
        store: &mut Store,
        udi: &Udi,
        key: PublicKey,
        now_ms: u64,
    ) -> IdCertificate {
        let number = match self.has(Defect::REUSES_SERIAL_NUMBERS) {
            true => 0,
            false => store.classic.number_certificate(),
        };
        let twice = self.has(Defect::ID_CERTIFICATE_FOR_TWO_YEARS);
        IdCertificate {
            serial: id_certificate_serial(&self.seed, udi, number),
            not_before_ms: now_ms / 1000 * 1000,
            days: if twice { 2 * CERTIFICATE_DAYS } else { CERTIFICATE_DAYS },
            key,
        }
    }

    /// The certificates an instance is given.
    pub(super) fn issued(
        &self,
        udi: &Udi,
        certificate: &IdCertificate,
    ) -> Result<IssuedChain, Refusal> {
        let unfit = |_| Refusal::internal("the server's time does not fit a certificate");
        let not_before_ms = i64::try_from(certificate.not_before_ms).map_err(unfit)?;
        let id = self
            .authority
            .instance_certificate_valid(
                &udi.to_string(),
                &certificate.key.to_spki_der(),
                certificate.serial,
                Validity { not_before_ms, days: certificate.days },
            )
            .map_err(|error| Refusal::internal(error.to_string()))?;
        Ok(IssuedChain {
            id: STANDARD.encode(id),
            signing: STANDARD.encode(self.authority.signing_certificate_der()),
            sub_ca: self.sub_ca_base64.clone(),
        })
    }
}

/// The key a certificate request is for, proven by its signature. Assumed: the subject is not
/// compared, because the certificate names the instance that asked.
pub(super) fn certified_key(csr: &str) -> Result<PublicKey, Refusal> {
    let text = csr.trim();
    if text.is_empty() || text.len() > CSR_LENGTH_MAX {
        return Err(Refusal::invalid_csr("csr must have 1 to 16384 characters"));
    }
    let der = STANDARD.decode(text).map_err(|_| Refusal::invalid_csr("csr is not base64"))?;
    PublicKey::from_certificate_request(&der)
        .map_err(|error| Refusal::invalid_csr(error.to_string()))
}
