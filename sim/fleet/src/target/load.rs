//! Reading a target profile: every mistake is named with file, line and what to write instead.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    id_tokens: BTreeMap<String, SecretDocument>,
    #[serde(default)]
    hooks: BTreeMap<String, HookDocument>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustDocument {
    #[serde(default)]
    roots: Vec<PathBuf>,
    #[serde(default)]
    roots_pem: Option<String>,
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
    headers: BTreeMap<String, SecretDocument>,
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
            TargetError::Syntax { path: path.to_owned(), detail: error.to_string() }
        })?;
        let loader = Loader { path, folder: path.parent().unwrap_or(Path::new(".")), hosts };
        let mut target = Self {
            endpoints: loader.endpoints(&document.endpoints)?,
            roots: loader.roots(&document.trust)?,
            id_tokens: BTreeMap::new(),
            hooks: BTreeMap::new(),
            name: document.name,
            capabilities: document.capabilities,
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
    ) -> Result<BTreeMap<String, EndpointUrl>, TargetError> {
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
            endpoints.insert(name.clone(), self.url(&field, text)?);
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

    fn secret(&self, field: &str, document: &SecretDocument) -> Result<Secret, TargetError> {
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
        match (document.url, document.command) {
            (Some(url), None) => {
                // Placeholders are not URL characters: they are judged with a stand-in.
                self.url(field, &url.replace(['{', '}'], ""))?;
                let mut headers = Vec::new();
                for (name, secret) in &document.headers {
                    let secret = self.secret(&format!("{field}.headers.{name}"), secret)?;
                    headers.push((name.clone(), secret));
                }
                let method = document.method.unwrap_or_else(|| "POST".to_owned());
                Ok(Hook::Http { method, url, body: document.body, headers })
            }
            (None, Some(argv)) if !argv.is_empty() => {
                Ok(Hook::Command { argv, folder: self.folder.to_owned() })
            }
            _ => Err(self.field(field, "give either `url` or `command = [..]`".to_owned())),
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> TargetError {
    TargetError::Unreadable { path: path.to_owned(), reason: error.to_string() }
}
