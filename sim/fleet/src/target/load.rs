//! Reading a target profile: every mistake is named with file, line and what to write instead.

mod instance;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use instance::InstanceDocument;
use rustls_pki_types::CertificateDer;
use serde::Deserialize;

use super::{ENDPOINTS, EndpointUrl, Hook, HostPolicy, HostRefused, Secret, Target};

/// Why a profile cannot be used. The text names file, place and remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// A file of the profile cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// Not TOML of the expected form; the text shows line and column.
    #[error("{}: {detail}", path.display())]
    Syntax {
        /// The profile.
        path: PathBuf,
        /// The parser's words with the place.
        detail: String,
    },
    /// A value that cannot be used.
    #[error("{}: {field}: {problem}", path.display())]
    Field {
        /// The profile.
        path: PathBuf,
        /// For example `endpoints.cslu`.
        field: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A host that may not be reached.
    #[error("{}: {field}: {source}", path.display())]
    Host {
        /// The profile.
        path: PathBuf,
        /// For example `endpoints.cslu`.
        field: String,
        /// Which host and why.
        source: HostRefused,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileDocument {
    name: String,
    #[serde(default)]
    capabilities: Vec<String>,
    endpoints: BTreeMap<String, String>,
    #[serde(default)]
    trust: TrustDocument,
    #[serde(default)]
    id_tokens: BTreeMap<String, SecretForm>,
    #[serde(default)]
    hooks: BTreeMap<String, HookDocument>,
    #[serde(default)]
    instance: InstanceDocument,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustDocument {
    #[serde(default)]
    roots: Vec<PathBuf>,
    #[serde(default)]
    roots_pem: Option<String>,
}

/// Anything but a reference is kept out of the parser's messages: it may be the secret itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum SecretForm {
    Reference(SecretDocument),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretDocument {
    env: Option<String>,
    file: Option<PathBuf>,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HookDocument {
    method: Option<String>,
    url: Option<String>,
    body: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, SecretForm>,
    command: Option<Vec<String>>,
}

impl Target {
    /// Reads a profile file; relative paths in it start at its folder.
    pub fn load(path: &Path, hosts: &HostPolicy) -> Result<Self, TargetError> {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        Self::from_toml(path, &text, hosts)
    }

    /// Reads a profile from text; `path` is for messages and relative files.
    pub fn from_toml(path: &Path, text: &str, hosts: &HostPolicy) -> Result<Self, TargetError> {
        let document: ProfileDocument = toml::from_str(text).map_err(|error| {
            TargetError::Syntax { path: path.to_owned(), detail: located(text, &error) }
        })?;
        // The parent of a bare file name is an empty path, which is no folder to run a hook in.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let loader = Loader { path, folder: folder.unwrap_or(Path::new(".")), hosts };
        let mut target = Self {
            endpoints: loader.endpoints(&document.endpoints)?,
            roots: loader.roots(&document.trust)?,
            id_tokens: BTreeMap::new(),
            hooks: BTreeMap::new(),
            name: document.name,
            capabilities: document.capabilities,
            instance: loader.instance(&document.instance)?,
        };
        for (name, secret) in &document.id_tokens {
            let secret = loader.secret(&format!("id_tokens.{name}"), secret)?;
            target.id_tokens.insert(name.clone(), secret);
        }
        // A token no server knows needs no configuration.
        target
            .id_tokens
            .entry("unknown".to_owned())
            .or_insert_with(|| Secret::new("MUSTER-TEST-TOKEN-NO-SERVER-KNOWS".to_owned()));
        for (name, hook) in document.hooks {
            let field = format!("hooks.{name}");
            target.hooks.insert(name, loader.hook(&field, hook)?);
        }
        Ok(target)
    }
}

struct Loader<'a> {
    path: &'a Path,
    folder: &'a Path,
    hosts: &'a HostPolicy,
}

impl Loader<'_> {
    fn field(&self, field: &str, problem: String) -> TargetError {
        TargetError::Field { path: self.path.to_owned(), field: field.to_owned(), problem }
    }

    fn url(&self, field: &str, text: &str) -> Result<EndpointUrl, TargetError> {
        let url = EndpointUrl::parse(text).map_err(|problem| self.field(field, problem))?;
        self.hosts.check(&url.host).map_err(|source| TargetError::Host {
            path: self.path.to_owned(),
            field: field.to_owned(),
            source,
        })?;
        Ok(url)
    }

    fn endpoints(
        &self,
        document: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<Arc<str>, Arc<EndpointUrl>>, TargetError> {
        if document.is_empty() {
            let problem = format!("no endpoint; give at least one of {}", ENDPOINTS.join(", "));
            return Err(self.field("endpoints", problem));
        }
        let mut endpoints = BTreeMap::new();
        for (name, text) in document {
            let field = format!("endpoints.{name}");
            if !ENDPOINTS.contains(&name.as_str()) {
                let problem = format!("unknown endpoint; known are {}", ENDPOINTS.join(", "));
                return Err(self.field(&field, problem));
            }
            endpoints.insert(name.as_str().into(), Arc::new(self.url(&field, text)?));
        }
        Ok(endpoints)
    }

    fn roots(&self, trust: &TrustDocument) -> Result<Vec<CertificateDer<'static>>, TargetError> {
        let mut roots = Vec::new();
        let mut add = |field: &str, pem: &str| {
            let found = muster_certs::trust_roots_from_pem(pem)
                .map_err(|error| self.field(field, error.to_string()))?;
            roots.extend(found);
            Ok(())
        };
        if let Some(pem) = &trust.roots_pem {
            add("trust.roots_pem", pem)?;
        }
        for file in &trust.roots {
            let file = self.folder.join(file);
            let pem = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
            add(&format!("trust.roots ({})", file.display()), &pem)?;
        }
        Ok(roots)
    }

    fn secret(&self, field: &str, form: &SecretForm) -> Result<Secret, TargetError> {
        let SecretForm::Reference(document) = form else {
            let problem = "write { env = \"NAME\" }, { file = \"path\" } or { value = \"text\" }";
            return Err(self.field(field, problem.to_owned()));
        };
        let text = match document {
            SecretDocument { env: Some(name), file: None, value: None } => std::env::var(name)
                .map_err(|_| {
                    self.field(field, format!("environment variable {name} is not set"))
                })?,
            SecretDocument { env: None, file: Some(file), value: None } => {
                let file = self.folder.join(file);
                std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?
            }
            SecretDocument { env: None, file: None, value: Some(value) } => value.clone(),
            _ => {
                let problem = "give exactly one of `env`, `file`, `value`".to_owned();
                return Err(self.field(field, problem));
            }
        };
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(self.field(field, "is empty".to_owned()));
        }
        Ok(Secret::new(text))
    }

    fn hook(&self, field: &str, document: HookDocument) -> Result<Hook, TargetError> {
        let HookDocument { method, url, body, headers, command } = document;
        match (url, command) {
            (Some(url), None) => self.http_hook(field, url, method, body, &headers),
            (None, Some(argv)) if !argv.is_empty() => {
                if method.is_some() || body.is_some() || !headers.is_empty() {
                    let problem = "`method`, `body` and `headers` go with `url`, not `command`";
                    return Err(self.field(field, problem.to_owned()));
                }
                Ok(Hook::Command { argv, folder: self.folder.to_owned() })
            }
            _ => Err(self.field(field, "give either `url` or `command = [..]`".to_owned())),
        }
    }

    fn http_hook(
        &self,
        field: &str,
        url: String,
        method: Option<String>,
        body: Option<String>,
        headers: &BTreeMap<String, SecretForm>,
    ) -> Result<Hook, TargetError> {
        let place = format!("{field}.url");
        // A scenario must not choose the host: only the profile is checked against the policy.
        let server = url.find("://").map_or(&*url, |at| &url[at + 3..]);
        let server = &server[..server.find(['/', '?', '#']).unwrap_or(server.len())];
        if server.contains(['{', '}']) {
            let problem = "arguments may stand in the path and the query only".to_owned();
            return Err(self.field(&place, problem));
        }
        // Placeholders are not URL characters: they are judged with a stand-in.
        self.url(&place, &url.replace(['{', '}'], ""))?;
        let method = method.unwrap_or_else(|| "POST".to_owned());
        if !method.bytes().all(|byte| byte.is_ascii_uppercase()) || method.is_empty() {
            let problem = format!("`{method}` is no HTTP method; write for example POST");
            return Err(self.field(&format!("{field}.method"), problem));
        }
        let mut sent = Vec::new();
        for (name, secret) in headers {
            let place = format!("{field}.headers.{name}");
            let secret = self.secret(&place, secret)?;
            if name.parse::<http::HeaderName>().is_err()
                || secret.reveal().parse::<http::HeaderValue>().is_err()
            {
                let problem = "not a header name, or a value that no header can hold".to_owned();
                return Err(self.field(&place, problem));
            }
            sent.push((name.to_ascii_lowercase(), secret));
        }
        Ok(Hook::Http { method, url, body, headers: sent })
    }
}

/// The parser's message with its place, without the line itself: that may hold a secret.
fn located(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim_end();
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return message.to_owned();
    };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |text| text.chars().count()) + 1;
    format!("line {line}, column {column}: {message}")
}

fn unreadable(path: &Path, error: &std::io::Error) -> TargetError {
    TargetError::Unreadable { path: path.to_owned(), reason: error.to_string() }
}
