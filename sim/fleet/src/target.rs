//! The target profile: one TOML file that says where a licensing server is and how to reach it.
//!
//! Nothing in the harness knows which server it talks to; the embedded server is described by a
//! profile of the same form. `docs/target.md` is the reference for authors.

mod host;
mod instance;
mod load;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use muster_scenarios::model::Need;
use rustls_pki_types::CertificateDer;

pub use host::{HostPolicy, HostRefused};
pub use instance::InstanceAccess;
pub use load::TargetError;

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
    /// Endpoint name to URL.
    pub endpoints: BTreeMap<Arc<str>, Arc<EndpointUrl>>,
    /// Certificates a TLS connection must lead to.
    pub roots: Vec<CertificateDer<'static>>,
    /// ID tokens by the name scenarios use.
    pub id_tokens: BTreeMap<String, Secret>,
    /// What else the profile can do, by hook name.
    pub hooks: BTreeMap<String, Hook>,
    /// Free words a profile declares, for example `cssm`.
    pub capabilities: Vec<String>,
    /// How instances let themselves be collected from.
    pub instance: InstanceAccess,
}

/// An endpoint URL taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUrl {
    /// The URL as the profile gives it.
    pub text: String,
    /// Whether TLS is spoken.
    pub tls: bool,
    /// Host name or address, without brackets.
    pub host: String,
    /// Port, defaulted from the scheme.
    pub port: u16,
    /// Path and query, `/` at least.
    pub path: String,
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
        let instance = self.instance.credentials.iter().map(|(_, password)| password);
        let secrets = self.id_tokens.values().chain(headers).chain(instance);
        secrets.map(|secret| secret.0.clone()).collect()
    }

    /// What the journal's header says of the target.
    pub fn info(&self) -> muster_journal::TargetInfo {
        let hooks = self.hooks.keys().map(|name| format!("hook:{name}"));
        muster_journal::TargetInfo {
            name: self.name.clone(),
            endpoints: self
                .endpoints
                .iter()
                .map(|(name, url)| (name.to_string(), url.text.clone()))
                .collect(),
            capabilities: self.capabilities.iter().cloned().chain(hooks).collect(),
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

impl EndpointUrl {
    /// Takes a URL apart; the error says what is wrong with it. URLs are written to journals, so
    /// one with a password in it is refused.
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri: http::Uri = text.parse().map_err(|error| format!("not a URL: {error}"))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(other) => return Err(format!("scheme `{other}`; use http or https")),
            None => return Err("no scheme; write https://host:port/path".to_owned()),
        };
        let authority = uri.authority().ok_or("no host")?;
        if authority.as_str().contains('@') {
            return Err("a user name in the URL; leave it out".to_owned());
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = match authority.as_str()[authority.host().len()..].strip_prefix(':') {
            None | Some("") => {
                if tls {
                    443
                } else {
                    80
                }
            }
            Some(port) => match port.parse() {
                Ok(number) if number > 0 => number,
                _ => return Err(format!("port `{port}`; a port is 1 to 65535")),
            },
        };
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
        Ok(Self { text: text.to_owned(), tls, host, port, path })
    }

    /// The same server with another path, text and parts alike.
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let start = self.text.find("://").map_or(0, |at| at + 3);
        let end = self.text[start..].find(['/', '?', '#']).map_or(self.text.len(), |at| start + at);
        Self { text: format!("{}{path}", &self.text[..end]), path, ..self.clone() }
    }
}
