//! The endpoints of a profile: their URLs, what the servers are, and the proxy on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::document::{EndpointDocument, ProxyDocument};
use super::{Loader, TargetError};
use crate::target::proxy::{NoProxy, Proxy};
use crate::target::server_kind::ServerKind;
use crate::target::{ENDPOINTS, EndpointUrl, Way};

/// URLs of one endpoint. Assumed: the documents know a primary and a secondary server; two more
/// cost nothing, and an endless list would only hide that none answers.
const URLS_MAX: usize = 4;

/// The operator's own way in, which no product instance takes.
const ADMIN: &str = "admin";

/// What was read of the endpoints.
#[derive(Default)]
pub(super) struct Endpoints {
    pub(super) first: BTreeMap<Arc<str>, Arc<EndpointUrl>>,
    pub(super) more: BTreeMap<Arc<str>, Vec<Arc<EndpointUrl>>>,
}

/// The proxy and the hosts it is not asked for.
pub(super) struct Proxies {
    pub(super) proxy: Arc<Proxy>,
    none_for: NoProxy,
}

impl Loader<'_> {
    pub(super) fn endpoints(
        &self,
        document: &BTreeMap<String, EndpointDocument>,
        proxies: Option<&Proxies>,
    ) -> Result<Endpoints, TargetError> {
        if document.is_empty() {
            let problem = format!("no endpoint; give at least one of {}", ENDPOINTS.join(", "));
            return Err(self.field("endpoints", problem));
        }
        let mut endpoints = Endpoints::default();
        for (name, document) in document {
            let field = format!("endpoints.{name}");
            if !ENDPOINTS.contains(&name.as_str()) {
                let problem = format!("unknown endpoint; known are {}", ENDPOINTS.join(", "));
                return Err(self.field(&field, problem));
            }
            let mut urls = self.servers(&field, name, document, proxies)?.into_iter();
            let first = urls.next().expect("an endpoint without a URL was refused");
            let name: Arc<str> = name.as_str().into();
            if urls.len() > 0 {
                endpoints.more.insert(Arc::clone(&name), urls.collect());
            }
            endpoints.first.insert(name, first);
        }
        Ok(endpoints)
    }

    /// The servers of one endpoint, at least one.
    fn servers(
        &self,
        field: &str,
        name: &str,
        document: &EndpointDocument,
        proxies: Option<&Proxies>,
    ) -> Result<Vec<Arc<EndpointUrl>>, TargetError> {
        let (place, texts) = match (&document.url, &document.urls) {
            (Some(url), None) => (field.to_owned(), std::slice::from_ref(url)),
            (None, Some(urls)) if (1..=URLS_MAX).contains(&urls.len()) => {
                (format!("{field}.urls"), urls.as_slice())
            }
            (None, Some(_)) => {
                let problem = format!("give 1 to {URLS_MAX} URLs, the first one first");
                return Err(self.field(&format!("{field}.urls"), problem));
            }
            _ => {
                let problem = "give either `url` or `urls = [..]`".to_owned();
                return Err(self.field(field, problem));
            }
        };
        let kind = match &document.kind {
            None => ServerKind::default(),
            Some(kind) => ServerKind::named(kind)
                .map_err(|problem| self.field(&format!("{field}.kind"), problem))?,
        };
        let (mut urls, mut seen) = (Vec::new(), BTreeSet::new());
        for text in texts {
            let mut url = self.url(&place, text)?;
            if let Some(problem) = kind.fault(&url) {
                return Err(self.field(&place, format!("{text}: {problem}")));
            }
            if !seen.insert(text) {
                let problem = format!("{text} stands there twice; give each server once");
                return Err(self.field(&place, problem));
            }
            url.way = Way {
                server: kind,
                is_strict: document.strict.unwrap_or(kind.is_strict()),
                proxy: self.proxy_of(field, name, document, &url, proxies)?,
                is_ipv4_only: false,
            };
            if document.ipv6 == Some(false) {
                url = url.over_ipv4().map_err(|refused| {
                    let remedy = "write a name or an IPv4 address, or leave `ipv6 = false` out";
                    self.field(&place, format!("{refused}; {remedy}"))
                })?;
            }
            urls.push(Arc::new(url));
        }
        Ok(urls)
    }

    fn proxy_of(
        &self,
        field: &str,
        name: &str,
        document: &EndpointDocument,
        url: &EndpointUrl,
        proxies: Option<&Proxies>,
    ) -> Result<Option<Arc<Proxy>>, TargetError> {
        let Some(proxies) = proxies else {
            if document.proxy == Some(true) {
                let problem = "there is no proxy; describe it in [proxy]".to_owned();
                return Err(self.field(&format!("{field}.proxy"), problem));
            }
            return Ok(None);
        };
        let is_wanted = document.proxy.unwrap_or(name != ADMIN);
        let is_used = is_wanted && !proxies.none_for.covers(url);
        Ok(is_used.then(|| Arc::clone(&proxies.proxy)))
    }

    pub(super) fn proxies(&self, document: &ProxyDocument) -> Result<Proxies, TargetError> {
        let url = self.url("proxy.url", &document.url)?;
        if let Some(problem) = Proxy::fault(&url) {
            return Err(self.field("proxy.url", problem));
        }
        let mut proxy = Proxy::at(url);
        match (&document.user, &document.password) {
            (None, None) => {}
            (Some(user), Some(password)) => {
                let user = self.secret("proxy.user", user)?;
                let password = self.secret("proxy.password", password)?;
                proxy = proxy
                    .with_credentials(&user, &password)
                    .map_err(|problem| self.field("proxy.user", problem))?;
            }
            _ => {
                let problem = "give `user` and `password`, or neither".to_owned();
                return Err(self.field("proxy", problem));
            }
        }
        let none_for = NoProxy::parse(&document.no_proxy)
            .map_err(|problem| self.field("proxy.no_proxy", problem))?;
        Ok(Proxies { proxy: Arc::new(proxy), none_for })
    }
}
