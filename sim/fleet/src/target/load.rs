//! Reading a target profile: every mistake is named with file, line and what to write instead.

mod document;
mod endpoint;
mod hook;
mod instance;
mod trust;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use document::{ProfileDocument, SecretDocument, SecretForm};

use super::places::Places;
use super::{EndpointUrl, Hook, HostPolicy, HostRefused, Secret, Target};

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
    #[error("{}{field}: {problem}", place(path, *line))]
    Field {
        /// The profile.
        path: PathBuf,
        /// Line of the field, or of what was to hold it; none when it stands nowhere.
        line: Option<usize>,
        /// For example `endpoints.cslu`.
        field: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A host that may not be reached.
    #[error("{}{field}: {source}", place(path, *line))]
    Host {
        /// The profile.
        path: PathBuf,
        /// Line of the field.
        line: Option<usize>,
        /// For example `endpoints.cslu`.
        field: String,
        /// Which host and why.
        source: HostRefused,
    },
}

fn place(path: &Path, line: Option<usize>) -> String {
    let line = line.map(|line| format!("line {line}, ")).unwrap_or_default();
    format!("{}: {line}", path.display())
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
        let folder = folder.unwrap_or(Path::new("."));
        Loader { path, folder, places: Places::of(text), hosts }.target(document)
    }
}

struct Loader<'a> {
    path: &'a Path,
    folder: &'a Path,
    places: Places<'a>,
    hosts: &'a HostPolicy,
}

impl Loader<'_> {
    fn target(&self, document: ProfileDocument) -> Result<Target, TargetError> {
        let proxies = document.proxy.as_ref().map(|proxy| self.proxies(proxy)).transpose()?;
        let endpoints = self.endpoints(&document.endpoints, proxies.as_ref())?;
        let trust = &document.trust;
        let mut target = Target {
            endpoints: endpoints.first,
            secondaries: endpoints.more,
            proxy: proxies.map(|proxies| Arc::clone(&proxies.proxy)),
            roots: self.certificates("roots", trust.roots_pem.as_deref(), &trust.roots)?,
            imported: self.certificates(
                "imported",
                trust.imported_pem.as_deref(),
                &trust.imported,
            )?,
            signing: self.certificates("signing", trust.signing_pem.as_deref(), &trust.signing)?,
            id_tokens: BTreeMap::new(),
            hooks: BTreeMap::new(),
            name: document.name,
            capabilities: document.capabilities,
            instance: self.instance(&document.instance)?,
        };
        for (name, secret) in &document.id_tokens {
            let secret = self.secret(&format!("id_tokens.{name}"), secret)?;
            target.id_tokens.insert(name.clone(), secret);
        }
        // A token no server knows needs no configuration.
        target
            .id_tokens
            .entry("unknown".to_owned())
            .or_insert_with(|| Secret::new("MUSTER-TEST-TOKEN-NO-SERVER-KNOWS".to_owned()));
        for (name, hook) in document.hooks {
            let field = format!("hooks.{name}");
            target.hooks.insert(name, self.hook(&field, hook)?);
        }
        Ok(target)
    }

    fn field(&self, field: &str, problem: String) -> TargetError {
        let (path, line) = (self.path.to_owned(), self.places.line_of(field));
        TargetError::Field { path, line, field: field.to_owned(), problem }
    }

    fn url(&self, field: &str, text: &str) -> Result<EndpointUrl, TargetError> {
        let url = EndpointUrl::parse(text).map_err(|problem| self.field(field, problem))?;
        self.hosts.check(&url.host).map_err(|source| TargetError::Host {
            path: self.path.to_owned(),
            line: self.places.line_of(field),
            field: field.to_owned(),
            source,
        })?;
        Ok(url)
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
