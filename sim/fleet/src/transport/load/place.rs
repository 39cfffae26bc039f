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

use super::{LoadOptions, Undelivered, tls_setup};
use crate::target::EndpointUrl;

/// A name that did not resolve is not asked for again before this: a fleet would ask for it
/// fifty thousand times.
const REFUSED_FOR: Duration = Duration::from_secs(1);

/// One host and port.
pub(super) struct Place {
    host: String,
    port: u16,
    tls: bool,
    /// What the `host` header says.
    pub(super) host_header: String,
    /// What its certificate must name.
    pub(super) name: Result<ServerName<'static>, InvalidDnsNameError>,
    /// TLS as spoken with it.
    pub(super) config: Arc<ClientConfig>,
    addresses: RefCell<Option<Rc<[SocketAddr]>>>,
    refused: RefCell<Option<(Instant, Undelivered)>>,
    asking: Semaphore,
}

/// Every place one client has been sent to; a target has a handful.
pub(super) struct Places {
    known: RefCell<Vec<Rc<Place>>>,
    last: Cell<usize>,
    base: ClientConfig,
}

impl Places {
    pub(super) fn new(base: ClientConfig) -> Self {
        Self { known: RefCell::default(), last: Cell::new(0), base }
    }

    /// The place of a URL.
    pub(super) fn of(&self, url: &EndpointUrl, options: &LoadOptions) -> Rc<Place> {
        let mut known = self.known.borrow_mut();
        if let Some(place) = known.get(self.last.get()).filter(|place| place.is_of(url)) {
            return Rc::clone(place);
        }
        let at = known.iter().position(|place| place.is_of(url)).unwrap_or_else(|| {
            known.push(Rc::new(Place::new(url, tls_setup::for_one_server(&self.base, options))));
            known.len() - 1
        });
        self.last.set(at);
        Rc::clone(&known[at])
    }
}

impl Place {
    fn new(url: &EndpointUrl, config: Arc<ClientConfig>) -> Self {
        let mut host_header =
            if url.host.contains(':') { format!("[{}]", url.host) } else { url.host.clone() };
        if url.port != if url.tls { 443 } else { 80 } {
            host_header.push_str(&format!(":{}", url.port));
        }
        Self {
            host: url.host.clone(),
            port: url.port,
            tls: url.tls,
            host_header,
            name: ServerName::try_from(url.host.clone()),
            config,
            addresses: RefCell::default(),
            refused: RefCell::default(),
            asking: Semaphore::new(1),
        }
    }

    fn is_of(&self, url: &EndpointUrl) -> bool {
        self.port == url.port && self.tls == url.tls && self.host == url.host
    }

    pub(super) fn speaks_tls(&self) -> bool {
        self.tls
    }

    /// The addresses of the host, at least one. Lanes that ask at the same time share an answer.
    pub(super) async fn addresses(&self) -> Result<Rc<[SocketAddr]>, Undelivered> {
        if let Some(known) = self.known() {
            return known;
        }
        let _turn = self.asking.acquire().await.expect("the semaphore is never closed");
        if let Some(known) = self.known() {
            return known;
        }
        let resolved = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let addresses: Result<Rc<[SocketAddr]>, _> =
            resolved.map(|all| all.collect::<Vec<_>>().into());
        let refused = match addresses {
            Ok(addresses) if !addresses.is_empty() => {
                *self.addresses.borrow_mut() = Some(Rc::clone(&addresses));
                return Ok(addresses);
            }
            Ok(_) => Undelivered::new(FailureCause::Dns, "the name has no address"),
            Err(error) => Undelivered::new(FailureCause::Dns, error),
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
