//! The server itself: what never changes during a run, the clock, and the locked store.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use jiff::Timestamp;
use muster_certs::{Authority, AuthorityOptions, IssuedCertificate, Seed, ServerIdentity};
use muster_wire::Udi;
use muster_wire::proposed::policy::Policy;

use crate::account::{Account, id_token};
use crate::clock::{Clock, ClockSource, KeptTime};
use crate::control::wrong;
use crate::date::DateHeader;
use crate::defects::{Defect, DefectSet};
use crate::derivation::PollIntervals;
use crate::message::{Listener, ServerAnswer, ServerRequest};
use crate::metrics::Metrics;
use crate::mishap::{MishapPlan, Mishaps};
use crate::notices::Notices;
use crate::options::ServerOptions;
use crate::pull_conversation::{CollectionOrder, Conversation, PullCall};
use crate::state::Single;
use crate::state::file::{StateFile, StateOptions};
use crate::state::writer::{NotWritten, Writer};
use crate::store::Store;
use crate::verifying_keys::VerifyingKeys;
use crate::{Error, router};

/// Two years from the start of a year cover every run that starts in it.
const CERTIFICATE_DAYS: u32 = 730;

/// A licensing server; clones are the same server.
#[derive(Clone)]
pub struct Server(pub(crate) Arc<Core>);

/// What the handlers work with.
pub(crate) struct Core {
    pub(crate) options: ServerOptions,
    pub(crate) seed: Seed,
    pub(crate) clock: Clock,
    pub(crate) authority: Authority,
    pub(crate) defects: Arc<DefectSet>,
    pub(crate) mishaps: Mishaps,
    pub(crate) metrics: Metrics,
    /// The tenants' accounts, in their order.
    pub(crate) accounts: Vec<Arc<Account>>,
    /// Known ID tokens and what they grant.
    pub(crate) tokens: Vec<(String, Arc<Account>)>,
    /// As every trust code carries it.
    pub(crate) sub_ca_base64: String,
    /// Serial number of the signing certificate, decimal.
    pub(crate) signing_serial: String,
    /// Made when it is first supplied.
    pub(crate) policy: OnceLock<Policy>,
    pub(crate) poll_intervals: PollIntervals,
    pub(crate) verifying_keys: VerifyingKeys,
    date: DateHeader,
    store: Arc<Mutex<Store>>,
    /// None when everything is forgotten at the end. After the store: it writes what is left.
    writer: Option<Writer>,
}

impl Server {
    /// Makes the server's keys and certificates. Nothing listens yet.
    ///
    /// # Errors
    ///
    /// When the options contradict themselves, or a certificate cannot be issued.
    pub fn new(options: ServerOptions, clock: ClockSource) -> Result<Self, Error> {
        Self::made(options, clock, None)
    }

    /// As [`Server::new`], with a file that keeps what is to outlive the process. What the file
    /// says goes before the options: the settings, the tokens, and where the clock stood.
    ///
    /// # Errors
    ///
    /// As [`Server::new`], and when the file cannot be used.
    pub fn with_state(
        options: ServerOptions,
        clock: ClockSource,
        state: &StateOptions,
    ) -> Result<Self, Error> {
        Self::made(options, clock, Some(state))
    }

    fn made(
        options: ServerOptions,
        clock: ClockSource,
        state: Option<&StateOptions>,
    ) -> Result<Self, Error> {
        check_tenants(&options)?;
        let clock = Clock::new(clock);
        let seed = Seed::from_u64(options.seed);
        let defects = Arc::new(DefectSet::of(&options.defects));
        let mut store = Store::new(&seed, &options, &defects);
        store.notices = Notices::since(clock.now_ms());
        store.time = Single::new(KeptTime {
            started_ms: clock.now_ms(),
            certificates_from_ms: certificates_from_ms(&options, &clock)?,
            clock: clock.moved(),
        });
        let file = match state {
            Some(state) => {
                let file = StateFile::open(state, options.seed, &mut store, Store::rebuild)?;
                store.admit(&options);
                clock.go_on_from(store.time.clock);
                Some(file)
            }
            None => None,
        };
        store.holdings.check_limits()?;
        store.now_ms = clock.now_ms();
        store.found_local_accounts(&seed, clock.now_ms());
        let authority = Authority::new(&seed, &authority_options(&options, &store.time))?;
        if !options.verify_signatures {
            tracing::warn!("signatures are not verified: for measuring clients only");
        }
        let store = Arc::new(Mutex::new(store));
        let writer = file.map(|file| Writer::start(file, Arc::clone(&store))).transpose()?;
        Ok(Self(Arc::new(Core {
            signing_serial: signing_serial(&authority)?,
            sub_ca_base64: STANDARD.encode(authority.sub_ca_der()),
            policy: OnceLock::new(),
            poll_intervals: PollIntervals::new(&seed),
            seed,
            verifying_keys: VerifyingKeys::new(),
            date: DateHeader::default(),
            authority,
            defects,
            mishaps: Mishaps::new(match options.chaos {
                Some(chaos) => MishapPlan::of(chaos, options.seed),
                None => MishapPlan::none(options.seed),
            }),
            metrics: Metrics::new(),
            accounts: options.tenants.iter().map(|of| Arc::new(of.account.clone())).collect(),
            tokens: known_tokens(&options)?,
            store,
            writer,
            clock,
            options,
        })))
    }

    /// Answers one request. No I/O: sockets and in-memory transports both call it.
    #[must_use]
    pub fn answer(&self, listener: Listener, request: ServerRequest<'_>) -> ServerAnswer {
        let mut answer = router::answer(&self.0, listener, &request);
        self.0.defects.alter_http(listener, &request, &mut answer);
        answer
    }

    /// Collects from a product instance as the control API's `collect` does, without sockets:
    /// `order` is its body, and `ask` carries a request to the instance and brings the body of a
    /// successful answer, or why there is none.
    pub fn collect(
        &self,
        order: &[u8],
        ask: &mut dyn FnMut(PullCall) -> Result<Vec<u8>, String>,
    ) -> ServerAnswer {
        let mut collected = || {
            let mut conversation = Conversation::begin(&CollectionOrder::read(order)?);
            while let Some(call) = conversation.next_call() {
                let named = format!("{} {}", call.method, call.path);
                let answer = ask(call).map_err(|why| wrong(502, &format!("{named}: {why}")))?;
                conversation.answered(&self.0, &answer)?;
            }
            Ok(conversation.end())
        };
        collected().unwrap_or_else(|refusal: ServerAnswer| refusal)
    }

    /// The server's time, unix milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.0.clock.now_ms()
    }

    /// Sets the server's time, unix milliseconds.
    pub fn set_clock_ms(&self, now_ms: u64) {
        self.0.clock.set_ms(now_ms);
    }

    /// Moves the server's time forward.
    pub fn advance_clock(&self, by_ms: u64) {
        self.0.clock.advance_ms(by_ms);
    }

    /// The root certificate as PEM text: the trust anchor of clients.
    #[must_use]
    pub fn root_pem(&self) -> String {
        self.0.authority.root_pem()
    }

    /// The certificate of the key that signs its artefacts, PEM; none when it signs nothing.
    #[must_use]
    pub fn signing_pem(&self) -> Option<String> {
        let signs = self.0.options.signing != muster_certs::SigningMode::Placeholder;
        signs.then(|| self.0.authority.signing_pem())
    }

    /// Takes one product instance out of its account, with the record of its usage; whether it
    /// was in one.
    pub fn remove_product_instance(&self, udi: &Udi) -> bool {
        self.0.remove_product_instance(udi)
    }

    pub(crate) fn identity(&self, names: &[String]) -> Result<ServerIdentity, Error> {
        let mut identity = self.0.authority.server_identity(names)?;
        self.0.defects.alter_identity(&self.0.authority, &mut identity);
        Ok(identity)
    }

    /// The server's time as the value of a `date` header.
    pub(crate) fn date(&self) -> Option<HeaderValue> {
        self.0.date.at(self.now_ms())
    }

    /// Waits until everything said so far is in the state file, if there is one.
    pub(crate) async fn written(&self) -> Result<(), NotWritten> {
        let Some(writer) = &self.0.writer else { return Ok(()) };
        let has_changed = self.0.timed_store().has_changed();
        writer.written(has_changed).await
    }

    pub(crate) fn resumption(&self) -> bool {
        self.0.options.resumption
    }

    pub(crate) fn admin_beyond_loopback(&self) -> bool {
        self.0.options.admin_beyond_loopback
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("options", &self.0.options).finish_non_exhaustive()
    }
}

impl Core {
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().expect("no code panics while it holds the store")
    }

    /// The store, once it knows how far the clock was moved.
    pub(crate) fn timed_store(&self) -> MutexGuard<'_, Store> {
        let mut store = self.store();
        let moved = self.clock.moved();
        if store.time.clock != moved {
            store.time.clock = moved;
        }
        store
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defects.has(defect)
    }

    pub(crate) fn remove_product_instance(&self, udi: &Udi) -> bool {
        let mut store = self.store();
        let was_registered = store.remove_registered(udi);
        if self.has(Defect::KEEPS_REMOVED_RECORD) {
            return store.is_listed(udi) || was_registered;
        }
        store.remove(udi) || was_registered
    }
}

fn signing_serial(authority: &Authority) -> Result<String, Error> {
    let certificate = IssuedCertificate::from_der(authority.signing_certificate_der())?;
    Ok(certificate.serial().to_owned())
}

/// Every tenant has a URL of its own, and there is one at least.
fn check_tenants(options: &ServerOptions) -> Result<(), Error> {
    let names: BTreeSet<_> = options.tenants.iter().map(|tenant| &tenant.name).collect();
    if names.is_empty() {
        return Err(Error::NoTenant);
    }
    if names.len() != options.tenants.len() {
        let twice = options.tenants.iter().enumerate().find(|(at, tenant)| {
            options.tenants[..*at].iter().any(|other| other.name == tenant.name)
        });
        let name = twice.map(|(_, tenant)| tenant.name.clone()).unwrap_or_default();
        return Err(Error::TenantTwice { name });
    }
    Ok(())
}

fn authority_options(options: &ServerOptions, time: &KeptTime) -> AuthorityOptions {
    AuthorityOptions {
        tiers: options.tiers,
        not_before_ms: time.certificates_from_ms,
        validity_days: CERTIFICATE_DAYS,
        signing: options.signing,
    }
}

fn certificates_from_ms(options: &ServerOptions, clock: &Clock) -> Result<i64, Error> {
    match options.certificates_from_ms {
        Some(from_ms) => Ok(from_ms),
        None => start_of_year_ms(clock.now_ms()),
    }
}

/// The start of the year, so that a server restarted within it shows the same certificates.
fn start_of_year_ms(start_ms: u64) -> Result<i64, Error> {
    let wrong = Error::StartTime { start_ms };
    let Some(start) =
        i64::try_from(start_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok())
    else {
        return Err(wrong);
    };
    let start = start.to_zoned(jiff::tz::TimeZone::UTC).first_of_year();
    let Ok(start) = start.and_then(|day| day.start_of_day()) else { return Err(wrong) };
    Ok(start.timestamp().as_millisecond())
}

fn known_tokens(options: &ServerOptions) -> Result<Vec<(String, Arc<Account>)>, Error> {
    let token = |grant: &crate::IdTokenGrant| {
        grant.token.clone().or_else(|| id_token(options.seed, &grant.name))
    };
    options
        .id_tokens
        .iter()
        .map(|grant| match token(grant) {
            Some(token) => Ok((token, Arc::new(grant.account.clone()))),
            None => Err(Error::NoIdToken { name: grant.name.clone() }),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tenant;

    const MANUAL: ClockSource = ClockSource::Manual { start_ms: 1_780_000_000_000 };

    fn refused(options: ServerOptions) -> String {
        Server::new(options, MANUAL).unwrap_err().to_string()
    }

    #[test]
    fn contradicting_options_are_refused_by_name() {
        let tenants = vec![Tenant::of("A"), Tenant::of("B"), Tenant::of("A")];
        let twice = ServerOptions { tenants, ..ServerOptions::default() };
        assert_eq!(refused(twice), "tenant \"A-1\" is given twice");
        let none = ServerOptions { tenants: Vec::new(), ..ServerOptions::default() };
        assert_eq!(refused(none), "at least one tenant is needed");
        let mut options = ServerOptions::default();
        options.id_tokens[0].name = "mine".to_owned();
        assert!(refused(options).starts_with("ID token \"mine\" needs a value"));
    }

    #[test]
    fn certificates_start_with_the_year() {
        // 2026-05-28 and 2026-01-01.
        assert_eq!(start_of_year_ms(1_780_000_000_000).unwrap(), 1_767_225_600_000);
        assert_eq!(start_of_year_ms(0).unwrap(), 0);
        assert!(start_of_year_ms(u64::MAX).is_err());
    }

    #[test]
    fn a_restarted_server_shows_the_same_root() {
        let root = || Server::new(ServerOptions::default(), MANUAL).unwrap().root_pem();
        assert_eq!(root(), root());
    }
}
