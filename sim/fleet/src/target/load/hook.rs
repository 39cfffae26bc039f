//! The hooks of a profile.

use std::collections::BTreeMap;

use super::document::{HookDocument, SecretForm};
use super::{Hook, Loader, TargetError};

impl Loader<'_> {
    pub(super) fn hook(&self, field: &str, document: HookDocument) -> Result<Hook, TargetError> {
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
