//! Where a request goes: a server's addresses, asked for once, and what TLS and HTTP call it.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_journal::FailureCause;
use rustls::ClientConfig;
use rustls::pki_types::{InvalidDnsNameError, ServerName};
use tokio::sync::Semaphore;

use super::tls_setup::TlsSetup;
use super::{LoadOptions, StrictVerifier, Undelivered, proxy, usable};
use crate::target::EndpointUrl;

/// A name that did not resolve is not asked for again before this: a fleet would ask for it
/// fifty thousand times.
const REFUSED_FOR: Duration = Duration::from_secs(1);

/// One host and port, and the way there.
pub(super) struct Place {
    /// A URL of it; another path leads to the same place.
    pub(super) url: EndpointUrl,
    /// What the `host` header says.
    pub(super) host_header: String,
    /// What its certificate must name.
    pub(super) name: Result<ServerName<'static>, InvalidDnsNameError>,
    /// TLS as spoken with it.
    pub(super) config: Arc<ClientConfig>,
    /// Who judges its certificate.
    pub(super) verifier: Arc<StrictVerifier>,
    addresses: RefCell<Option<Rc<[SocketAddr]>>>,
    refused: RefCell<Option<(Instant, Undelivered)>>,
    asking: Semaphore,
}

/// Every place one client has been sent to; a target has a handful.
pub(super) struct Places {
    known: RefCell<Vec<Rc<Place>>>,
    last: Cell<usize>,
    pub(super) setup: TlsSetup,
}

impl Places {
    pub(super) fn new(setup: TlsSetup) -> Self {
        Self { known: RefCell::default(), last: Cell::new(0), setup }
    }

    /// The place of a URL.
    pub(super) fn of(&self, url: &EndpointUrl, options: &LoadOptions) -> Rc<Place> {
        let mut known = self.known.borrow_mut();
        if let Some(place) = known.get(self.last.get()).filter(|place| place.is_of(url)) {
            return Rc::clone(place);
        }
        let at = known.iter().position(|place| place.is_of(url)).unwrap_or_else(|| {
            known.push(Rc::new(Place::new(url, &self.setup, options)));
            known.len() - 1
        });
        self.last.set(at);
        Rc::clone(&known[at])
    }
}

impl Place {
    fn new(url: &EndpointUrl, setup: &TlsSetup, options: &LoadOptions) -> Self {
        let (config, verifier) = setup.for_one_server(&url.way, options);
        Self {
            url: url.clone(),
            host_header: url.host_header(),
            name: ServerName::try_from(url.host.clone()),
            config,
            verifier,
            addresses: RefCell::default(),
            refused: RefCell::default(),
            asking: Semaphore::new(1),
        }
    }

    fn is_of(&self, url: &EndpointUrl) -> bool {
        let own = &self.url;
        own.port == url.port && own.tls == url.tls && own.host == url.host && own.way == url.way
    }

    pub(super) fn speaks_tls(&self) -> bool {
        self.url.tls
    }

    /// The addresses of the first stop on the way, at least one. Lanes that ask at the same time
    /// share an answer.
    pub(super) async fn addresses(&self) -> Result<Rc<[SocketAddr]>, Undelivered> {
        if let Some(known) = self.known() {
            return known;
        }
        let _turn = self.asking.acquire().await.expect("the semaphore is never closed");
        if let Some(known) = self.known() {
            return known;
        }
        let resolved = tokio::net::lookup_host(proxy::first_stop(&self.url)).await;
        let addresses = match resolved {
            Ok(all) => usable(all, &self.url),
            Err(error) => Err(Undelivered::new(FailureCause::Dns, error)),
        };
        let refused = match addresses {
            Ok(addresses) => {
                let addresses: Rc<[SocketAddr]> = addresses.into();
                *self.addresses.borrow_mut() = Some(Rc::clone(&addresses));
                return Ok(addresses);
            }
            Err(refused) => refused,
        };
        *self.refused.borrow_mut() = Some((Instant::now(), refused.clone()));
        Err(refused)
    }

    fn known(&self) -> Option<Result<Rc<[SocketAddr]>, Undelivered>> {
        if let Some(addresses) = &*self.addresses.borrow() {
            return Some(Ok(Rc::clone(addresses)));
        }
        match &*self.refused.borrow() {
            Some((at, refused)) if at.elapsed() < REFUSED_FOR => Some(Err(refused.clone())),
            _ => None,
        }
    }
}
