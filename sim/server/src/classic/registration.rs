//! Registration: an ID token makes an instance one of an account, with an ID certificate.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instance Registration", "Product Registration
//! Issues" (within 24 hours of the server's time), "Product Compatibility Notice"; Cisco ACI Smart
//! Licensing, "Reregister Product If Already Registered". Assumed: the order of the checks; the
//! clock window also at CSSM; a record whose certificate has expired, or that another server
//! holds, does not stand in the way; whoever registers anew gives back what it held.

use std::sync::Arc;

use muster_certs::{PublicKey, Tiers};
use muster_wire::classic::proposed::credential::Credential;
use muster_wire::classic::proposed::registration::{RegistrationAnswer, RegistrationRequest};
use muster_wire::classic::{AnswerData, MessageType};
use muster_wire::{Extra, ProductInstanceId, Udi};

use super::account_service::check_registers;
use super::compatibility::is_multi_tier;
use super::exchange::Asked;
use super::host::Host;
use super::id_certificate::{RENEW_INTERVAL_S, certified_key};
use super::refusal::Refusal;
use super::registered_instance::{IdCertificate, RegisteredInstance};
use super::reply::Reply;
use super::token::TokenFault;
use crate::account::Account;
use crate::defects::Defect;
use crate::derivation::product_instance_identifier;
use crate::handler::checked_udi;
use crate::holdings::AccountNumber;
use crate::instance_facts::InstanceFacts;
use crate::nonce_memory::NonceMemory;
use crate::router::Role;
use crate::server::Core;
use crate::store::Store;

/// How far clocks may be apart (documented), inclusive.
const CLOCK_DIFFERENCE_MAX_MS: u64 = 24 * 3_600_000;

/// Seconds between authorization renewals.
const AUTH_RENEW_INTERVAL_S: u64 = 30 * 86_400;

/// Characters of an ID token (public).
const TOKEN_LENGTH_MAX: usize = 255;

/// Product instances of one stack: more than the largest has.
const MEMBERS_MAX: usize = 32;

/// What a registration came to.
struct Admitted {
    account: Arc<Account>,
    export_allowed: bool,
    certificate: IdCertificate,
    identifier: ProductInstanceId,
}

impl Core {
    pub(super) fn register(
        &self,
        asked: &Asked<'_>,
        data: &RegistrationRequest,
    ) -> Result<Reply, Refusal> {
        let token = token(asked)?;
        let members = members(asked, data)?;
        let key = certified_key(&data.csr)?;
        let difference_max_ms = match self.has(Defect::CLOCK_WINDOW_OF_AN_HOUR) {
            true => CLOCK_DIFFERENCE_MAX_MS / 24,
            false => CLOCK_DIFFERENCE_MAX_MS,
        };
        if data.origin.timestamp.abs_diff(asked.now_ms) > difference_max_ms
            && !self.has(Defect::IGNORES_REGISTRATION_CLOCK)
        {
            return Err(Refusal::clock_out_of_window());
        }
        let mut store = self.store();
        store.settle(asked.now_ms);
        self.check_compatible(&store, asked)?;
        let admitted = match self.repeated(&store, asked, &key) {
            Some(admitted) => admitted,
            None => {
                let (account, export_allowed) = self.admitting_account(&store, asked, token)?;
                check_registers(&store, asked, account)?;
                self.check_unregistered(&store, asked, data)?;
                store.classic.tokens.count_use(token);
                if self.has(Defect::COUNTS_TOKEN_USES_TWICE) {
                    store.classic.tokens.count_use(token);
                }
                let host_name = data.hostname.as_deref();
                let software = &data.software_tag_identifier;
                let facts = InstanceFacts::registered(software, host_name, asked.now_ms);
                let granted = (account, export_allowed);
                let standbys = members.clone();
                let admitted = self.admit(&mut store, asked, granted, key, (members, facts));
                store.classic.set_host(&asked.udi, Host::of(asked.header, data));
                store.tell_added(&asked.udi, account, &standbys);
                admitted
            }
        };
        drop(store);
        self.registered(asked, admitted)
    }

    fn registered(&self, asked: &Asked<'_>, admitted: Admitted) -> Result<Reply, Refusal> {
        let Admitted { account, export_allowed, certificate, identifier } = admitted;
        let issued = self.issued(&asked.udi, &certificate)?;
        let data = RegistrationAnswer {
            product_instance_identifier: identifier.clone(),
            smart_account: account.smart_account.clone(),
            virtual_account: account.virtual_account.clone(),
            id_cert: issued.id,
            signing_cert: issued.signing,
            sub_ca_cert: issued.sub_ca,
            export_control_allowed: export_allowed,
            renew_interval: RENEW_INTERVAL_S,
            auth_renew_interval: AUTH_RENEW_INTERVAL_S,
            extra: Extra::new(),
        };
        let data = AnswerData::Registration(data);
        let reply = Reply::complete(MessageType::Registration, data);
        Ok(reply.with_identity(identifier, certificate.serial))
    }

    /// An On-Prem has the certificate for older agents some days after it was set up, once it
    /// synchronized. Assumed: CSSM always has it.
    fn check_compatible(&self, store: &Store, asked: &Asked<'_>) -> Result<(), Refusal> {
        let suits_all = asked.role == Role::Cssm
            || self.options.tiers == Tiers::Three
            || (store.settings.three_tier_certificate
                && !self.has(Defect::NEVER_COMPATIBLE_WITH_OLD_AGENTS));
        if suits_all
            || is_multi_tier(asked.header.connect_info.as_ref())
            || self.has(Defect::REGISTERS_INCOMPATIBLE_AGENT)
        {
            return Ok(());
        }
        Err(Refusal::incompatible_agent())
    }

    /// The same request again, after its answer was lost, uses the token once only.
    fn repeated(&self, store: &Store, asked: &Asked<'_>, key: &PublicKey) -> Option<Admitted> {
        let known = store.classic.instance(&asked.udi)?;
        let same = known.certified_by == asked.digest && known.certificate.key == *key;
        (same && known.role == asked.role).then(|| Admitted {
            account: Arc::clone(store.holdings.account(known.account)),
            export_allowed: known.export_allowed,
            certificate: known.certificate.clone(),
            identifier: known.identifier.clone(),
        })
    }

    /// The token alone decides the account.
    fn admitting_account(
        &self,
        store: &Store,
        asked: &Asked<'_>,
        text: &str,
    ) -> Result<(AccountNumber, bool), Refusal> {
        let token = store.classic.tokens.find(text).ok_or_else(Refusal::invalid_token)?;
        if token.uses > 0 && self.has(Defect::TOKEN_REGISTERS_ONE_INSTANCE) {
            return Err(Refusal::token_used_up());
        }
        let (forgiven, refusal) = match token.fault(asked.role, asked.now_ms) {
            None => (true, Refusal::invalid_token()),
            Some(TokenFault::Unknown) => {
                (self.has(Defect::TAKES_TOKENS_OF_OTHER_SERVERS), Refusal::invalid_token())
            }
            Some(TokenFault::Expired) => {
                (self.has(Defect::TAKES_EXPIRED_TOKENS), Refusal::token_expired())
            }
            Some(TokenFault::Revoked) => {
                (self.has(Defect::TAKES_REVOKED_TOKENS), Refusal::token_revoked())
            }
            Some(TokenFault::UsedUp) => {
                (self.has(Defect::TAKES_USED_UP_TOKENS), Refusal::token_used_up())
            }
        };
        if !forgiven {
            return Err(refusal);
        }
        let account_may = store.holdings.export_allowed(token.account);
        let export_allowed =
            token.export_allowed && (account_may || self.has(Defect::IGNORES_THE_EXPORT_FLAG));
        let first = store.holdings.numbers().next();
        let first = first.filter(|_| self.has(Defect::LANDS_IN_THE_FIRST_ACCOUNT));
        Ok((first.unwrap_or(token.account), export_allowed))
    }

    fn check_unregistered(
        &self,
        store: &Store,
        asked: &Asked<'_>,
        data: &RegistrationRequest,
    ) -> Result<(), Refusal> {
        let known = store.classic.instance(&asked.udi);
        let stands = known.is_some_and(|known| {
            known.role == asked.role && asked.now_ms <= known.certificate.not_after_ms()
        });
        let force = data.force && !self.has(Defect::IGNORES_THE_FORCE_OPTION);
        if stands && !force && !self.has(Defect::REGISTERS_TWICE_WITHOUT_FORCE) {
            return Err(Refusal::already_registered());
        }
        if store.classic.has_room_for(&asked.udi) { Ok(()) } else { Err(Refusal::TryAgain) }
    }

    fn identifier(&self, store: &Store, udi: &Udi) -> ProductInstanceId {
        if !self.has(Defect::ANOTHER_IDENTIFIER_EACH_TIME) {
            return product_instance_identifier(&self.seed, udi);
        }
        let serial = format!("{} {}", udi.serial_number, *store.classic.certificates_issued);
        product_instance_identifier(&self.seed, &Udi::new(&udi.product_id, &serial))
    }

    fn admit(
        &self,
        store: &mut Store,
        asked: &Asked<'_>,
        (account, export_allowed): (AccountNumber, bool),
        key: PublicKey,
        (members, facts): (Box<[Udi]>, InstanceFacts),
    ) -> Admitted {
        store.deregister(&asked.udi);
        let identifier = self.identifier(store, &asked.udi);
        let certificate = self.new_certificate(store, &asked.udi, key, asked.now_ms);
        let mut nonces = NonceMemory::default();
        nonces.note(&asked.header.nonce, asked.digest);
        let instance = RegisteredInstance {
            role: asked.role,
            account,
            identifier: identifier.clone(),
            export_allowed,
            certificate: certificate.clone(),
            previous: None,
            certified_by: asked.digest,
            members,
            uses: Vec::new(),
            last_contact_ms: asked.now_ms,
            facts,
            host: None,
            is_warned: false,
            is_released: false,
            told: None,
            nonces,
            promises: Vec::new(),
        };
        store.classic.enter(asked.udi.clone(), Box::new(instance));
        let account = Arc::clone(store.holdings.account(account));
        Admitted { account, export_allowed, certificate, identifier }
    }
}

fn token<'a>(asked: &Asked<'a>) -> Result<&'a str, Refusal> {
    let credential = asked.envelope.credential.as_ref().ok_or_else(Refusal::missing_token)?;
    let fits = (1..=TOKEN_LENGTH_MAX).contains(&credential.value.len());
    if credential.kind != Credential::ID_TOKEN || !fits {
        return Err(Refusal::missing_token());
    }
    Ok(&credential.value)
}

/// The other product instances of the set.
fn members(asked: &Asked<'_>, data: &RegistrationRequest) -> Result<Box<[Udi]>, Refusal> {
    if data.device_list.len() > MEMBERS_MAX {
        return Err(Refusal::invalid_request("device_list may have 32 entries"));
    }
    let mut members = Vec::new();
    for udi in data.device_list.iter().map(|member| member.sudi.udi()) {
        checked_udi(&udi).map_err(Refusal::invalid_request)?;
        if udi != asked.udi && !members.contains(&udi) {
            members.push(udi);
        }
    }
    Ok(members.into())
}
