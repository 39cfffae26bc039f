//! The paths of the API, under all the names clients call them by.
//!
//! Source: SSM On-Prem 7 User Guide, "Creating a Local Virtual Account" (`/api/v1/accounts/…`) and
//! "API Call for Access Tokens" (`/oauth/token`). Public: the prefix `/backend`, the paths of CSSM,
//! prefixes that clients double, slashes that they double, and spaces as `%20`.

use super::route::{self, Route};
use crate::router::{Role, percent_decoded};

/// Segments of a path; the longest call has nine.
const SEGMENTS_MAX: usize = 32;

/// What a path leads to.
#[derive(Clone, Copy)]
pub(super) enum Gate {
    /// Access tokens.
    Token,
    /// The description of the API.
    OpenApi,
    /// The calls of one server.
    Calls(&'static [Route], Role),
}

/// The decoded parts of a path, without empty ones; none when it cannot be decoded.
pub(super) fn segments(path: &str) -> Option<Vec<String>> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.take(SEGMENTS_MAX).map(percent_decoded).collect()
}

/// What a path leads to, and what is left of it.
pub(super) fn gate(segments: &[String]) -> Option<(Gate, &[String])> {
    let segments = after(segments, &["backend"]).unwrap_or(segments);
    for token in
        [&["oauth", "token"][..], &["as", "token.oauth2"], &["oauth2", "default", "v1", "token"]]
    {
        if let Some([]) = after(segments, token) {
            return Some((Gate::Token, &[]));
        }
    }
    if let Some([]) = after(segments, &["openapi.json"]) {
        return Some((Gate::OpenApi, &[]));
    }
    if let Some(rest) = after(segments, &["api", "v1"]) {
        return Some((Gate::Calls(route::ON_PREM, Role::OnPrem), rest));
    }
    let mut rest = segments;
    while let Some(inner) = after(rest, &["services", "api"]) {
        rest = inner;
    }
    let rest = after(rest, &["smart-accounts-and-licensing"])?;
    Some((Gate::Calls(route::CSSM, Role::Cssm), rest))
}

fn after<'a>(segments: &'a [String], prefix: &[&str]) -> Option<&'a [String]> {
    let (first, rest) = segments.split_at_checked(prefix.len())?;
    first.iter().zip(prefix).all(|(segment, wanted)| segment == wanted).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads_to(path: &str) -> Option<(&'static str, String)> {
        let segments = segments(path)?;
        let (gate, rest) = gate(&segments)?;
        let gate = match gate {
            Gate::Token => "token",
            Gate::OpenApi => "openapi",
            Gate::Calls(_, Role::OnPrem) => "on-prem",
            Gate::Calls(_, Role::Cssm) => "cssm",
        };
        Some((gate, rest.join("|")))
    }

    #[test]
    fn every_name_of_a_path_leads_to_the_same_place() {
        for (path, gate, rest) in [
            ("/oauth/token", "token", ""),
            ("/backend/oauth/token", "token", ""),
            ("/as/token.oauth2", "token", ""),
            ("/api/v1/accounts/A%20B/licenses", "on-prem", "accounts|A B|licenses"),
            ("/backend/api/v1/accounts/A%2FB", "on-prem", "accounts|A/B"),
            ("//services/api/smart-accounts-and-licensing/v2/x", "cssm", "v2|x"),
            ("/services/api/services/api/smart-accounts-and-licensing/v1", "cssm", "v1"),
            ("/openapi.json", "openapi", ""),
        ] {
            assert_eq!(leads_to(path), Some((gate, rest.to_owned())), "{path}");
        }
    }

    #[test]
    fn other_paths_lead_nowhere() {
        for path in
            ["", "/", "/api", "/api/v2/x", "/oauth/token/x", "/%zz/api/v1", "/muster/control/clock"]
        {
            assert_eq!(leads_to(path), None, "{path}");
        }
    }
}
