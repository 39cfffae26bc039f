//! The target profile: one TOML file that says where a licensing server is and how to reach it.
//!
//! Nothing in the harness knows which server it talks to; the embedded server is described by a
//! profile of the same form. `docs/target.md` is the reference for authors.

mod endpoint;
mod host;
mod instance;
mod load;
mod places;
mod proxy;
mod server_kind;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_scenarios::model::Need;
use rustls_pki_types::CertificateDer;

pub use endpoint::{EndpointUrl, Ipv6Refused, Way};
pub use host::{HostPolicy, HostRefused};
pub use instance::InstanceAccess;
pub use load::TargetError;
pub use proxy::Proxy;
pub use server_kind::ServerKind;

/// Every endpoint name a profile may give.
pub const ENDPOINTS: &[&str] = &[
    "smart_receiver",
    "smart_transport",
    "smart_transport_http",
    "call_home",
    "cslu",
    "cslu_other",
    "cslu_validating",
    "admin",
];

/// A licensing server under test.
#[derive(Clone, Debug)]
pub struct Target {
    /// Name of the profile, shown in every report.
    pub name: String,
    /// Endpoint name to URL; of several, the first.
    pub endpoints: BTreeMap<Arc<str>, Arc<EndpointUrl>>,
    /// Endpoint name to the URLs after the first, in the order they are turned to.
    pub secondaries: BTreeMap<Arc<str>, Vec<Arc<EndpointUrl>>>,
    /// The proxy between instances and server; each URL says whether it is used.
    pub proxy: Option<Arc<Proxy>>,
    /// Certificates a TLS connection must lead to.
    pub roots: Vec<CertificateDer<'static>>,
    /// Private authorities that instances imported; a satellite must lead to one of these.
    pub imported: Vec<CertificateDer<'static>>,
    /// Certificates of the keys the server signs artefacts with, as far as anybody knows them.
    pub signing: Vec<CertificateDer<'static>>,
    /// ID tokens by the name scenarios use.
    pub id_tokens: BTreeMap<String, Secret>,
    /// What else the profile can do, by hook name.
    pub hooks: BTreeMap<String, Hook>,
    /// Free words a profile declares, for example `cssm`.
    pub capabilities: Vec<String>,
    /// How instances let themselves be collected from.
    pub instance: InstanceAccess,
}

/// A value that must never be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Something the target's operator wired up for the harness to call.
#[derive(Clone, Debug)]
pub enum Hook {
    /// An HTTP request; `{name}` in the URL and body is replaced by the argument `name`.
    Http {
        /// Method.
        method: String,
        /// URL template.
        url: String,
        /// Body template, JSON.
        body: Option<String>,
        /// Headers; values are secrets.
        headers: Vec<(String, Secret)>,
    },
    /// A program; `{name}` in an argument is replaced.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
        /// Where it runs: the profile's folder.
        folder: PathBuf,
    },
}

impl Secret {
    /// Wraps a secret.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the wire only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl Target {
    /// What of `needs` this target lacks, by name.
    pub fn lacks<'a>(&self, needs: impl IntoIterator<Item = &'a Need>) -> Vec<String> {
        needs
            .into_iter()
            .filter(|need| !self.offers(need))
            .map(|need| need.name().to_owned())
            .collect()
    }

    fn offers(&self, need: &Need) -> bool {
        match need {
            Need::Endpoint(name) => self.endpoints.contains_key(name.as_str()),
            Need::IdToken(name) => self.id_tokens.contains_key(name),
            Need::Hook(name) => self.hooks.contains_key(name),
            Need::Clock => self.hooks.contains_key("clock"),
        }
    }

    /// Every secret of the profile, for redaction.
    pub fn secrets(&self) -> Vec<String> {
        let headers = self.hooks.values().flat_map(|hook| match hook {
            Hook::Http { headers, .. } => headers.iter().map(|(_, value)| value).collect(),
            Hook::Command { .. } => Vec::new(),
        });
        let proxy = self.proxy.iter().flat_map(|proxy| proxy.secrets());
        let instance = self.instance.credentials.iter().map(|(_, password)| password);
        let secrets = self.id_tokens.values().chain(headers).chain(proxy).chain(instance);
        secrets.map(|secret| secret.0.clone()).collect()
    }

    /// How many servers an endpoint has: its first URL and those to fail over to.
    pub fn server_count(&self, endpoint: &str) -> usize {
        let more = self.secondaries.get(endpoint).map_or(0, Vec::len);
        usize::from(self.endpoints.contains_key(endpoint)) + more
    }

    /// The name and the URL of an endpoint's server; server 0 is the first.
    pub fn server(&self, endpoint: &str, server: usize) -> Option<(Arc<str>, Arc<EndpointUrl>)> {
        let (name, first) = self.endpoints.get_key_value(endpoint)?;
        let url = match server.checked_sub(1) {
            None => first,
            Some(at) => self.secondaries.get(endpoint)?.get(at)?,
        };
        Some((Arc::clone(name), Arc::clone(url)))
    }

    /// What the journal's header says of the target.
    pub fn info(&self) -> muster_journal::TargetInfo {
        let hooks = self.hooks.keys().map(|name| format!("hook:{name}"));
        let proxy = self.proxy.iter().map(|proxy| format!("proxy:{}", proxy.url.text));
        let failover = self.secondaries.keys().map(|name| format!("failover:{name}"));
        muster_journal::TargetInfo {
            name: self.name.clone(),
            endpoints: self
                .endpoints
                .iter()
                .map(|(name, url)| (name.to_string(), url.text.clone()))
                .collect(),
            capabilities: self
                .capabilities
                .iter()
                .cloned()
                .chain(hooks)
                .chain(proxy)
                .chain(failover)
                .collect(),
            signing_certificates: self.signing.iter().map(|der| STANDARD.encode(der)).collect(),
        }
    }

    /// The endpoint used to see whether the target is there at all.
    pub fn first_endpoint(&self) -> Option<(&Arc<str>, &Arc<EndpointUrl>)> {
        ["smart_receiver", "cslu", "smart_transport"]
            .into_iter()
            .find_map(|name| self.endpoints.get_key_value(name))
            .or_else(|| self.endpoints.iter().next())
    }
}
