//! Access tokens for client credentials and passwords.
//!
//! Source: SSM On-Prem 7 User Guide, "API Call for Access Tokens". Public: clients send the members
//! as JSON, as a form, or in the query. Assumed: the errors, which are those of RFC 6749.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::good;
use super::call::{Query, header};
use super::console::{Holder, NotKnown, TOKEN_LIFE_MS};
use crate::message::{ServerAnswer, ServerRequest};
use crate::server::Core;

/// What a client sends.
#[derive(Debug, Default, PartialEq, JsonSchema)]
pub(super) struct TokenRequest {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    /// For the grant `password`.
    username: Option<String>,
    /// For the grant `password`.
    password: Option<String>,
}

/// What it gets.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
}

/// Answers a request for a token.
pub(super) fn answer(core: &Core, request: &ServerRequest<'_>, query: &Query) -> ServerAnswer {
    if request.method != "POST" {
        return ServerAnswer::method_not_allowed("POST");
    }
    let mut answer = match TokenRequest::read(request, query) {
        Some(wanted) => granted(core, &wanted).unwrap_or_else(|refusal| refusal),
        None => failed(400, "invalid_request", "The body is neither JSON nor a form."),
    };
    answer.headers.push(("cache-control".to_owned(), "no-store".to_owned()));
    answer
}

fn granted(core: &Core, wanted: &TokenRequest) -> Result<ServerAnswer, ServerAnswer> {
    let missing =
        |name| failed(400, "invalid_request", &format!("The parameter {name} is missing."));
    let grant = wanted.grant_type.as_deref().ok_or_else(|| missing("grant_type"))?;
    let id = wanted.client_id.as_ref().ok_or_else(|| missing("client_id"))?;
    let secret = wanted.client_secret.as_ref().ok_or_else(|| missing("client_secret"))?;
    let client = Holder::Client(id.clone());
    let holder = match grant {
        "client_credentials" => {
            checked(core, &client, secret).map_err(|fault| not_the_client(core, fault))?;
            client
        }
        "password" => {
            let user = wanted.username.as_ref().ok_or_else(|| missing("username"))?;
            let password = wanted.password.as_ref().ok_or_else(|| missing("password"))?;
            checked(core, &client, secret).map_err(|fault| not_the_client(core, fault))?;
            let user = Holder::User(user.clone());
            checked(core, &user, password).map_err(not_the_user)?;
            user
        }
        _ => {
            let what = "The grant is neither client_credentials nor password.";
            return Err(failed(400, "unsupported_grant_type", what));
        }
    };
    let now_ms = core.clock.now_ms();
    let access_token = core.store().console.open((&core.seed, &core.clock), &holder, now_ms);
    let expires_in = TOKEN_LIFE_MS / 1_000;
    Ok(good(&TokenAnswer { access_token, token_type: "Bearer", expires_in }))
}

/// Why somebody is not who they say.
enum Fault {
    /// Or the secret is wrong, which is told nobody apart.
    Unknown,
    Locked,
}

/// Checks a secret outside the lock around the store. Whoever is not known costs no key
/// derivation: names are no secret of a test server, its processor time is worth keeping.
fn checked(core: &Core, holder: &Holder, secret: &str) -> Result<(), Fault> {
    let now_ms = core.clock.now_ms();
    let hash = core.store().console.attempt(holder, now_ms);
    let hash = hash.map_err(|why| match why {
        NotKnown::Unknown => Fault::Unknown,
        NotKnown::Locked => Fault::Locked,
    })?;
    if !hash.is_of(secret) {
        tracing::warn!(name = holder.name(), "wrong secret or password");
        return Err(Fault::Unknown);
    }
    core.store().console.succeeded(holder);
    Ok(())
}

fn not_the_client(core: &Core, fault: Fault) -> ServerAnswer {
    if !core.store().console.is_enabled() {
        return failed(403, "access_denied", "The API console is disabled: it has no clients.");
    }
    let what = match fault {
        Fault::Unknown => "The client is not known, or its secret is wrong.",
        Fault::Locked => "The client is locked after too many failures.",
    };
    let mut answer = failed(401, "invalid_client", what);
    answer.headers.push(("www-authenticate".to_owned(), "Basic realm=\"api\"".to_owned()));
    answer
}

fn not_the_user(fault: Fault) -> ServerAnswer {
    failed(
        400,
        "invalid_grant",
        match fault {
            Fault::Unknown => "The user is not known, or the password is wrong.",
            Fault::Locked => "The user is locked after too many failures.",
        },
    )
}

fn failed(status: u16, error: &str, what: &str) -> ServerAnswer {
    ServerAnswer { status, ..good(&json!({ "error": error, "error_description": what })) }
}

impl TokenRequest {
    /// Reads the members wherever they are; none when the body is unreadable.
    fn read(request: &ServerRequest<'_>, query: &Query) -> Option<Self> {
        let text = std::str::from_utf8(request.body).ok()?.trim();
        let json: BTreeMap<String, Value> = match text.starts_with('{') {
            true => serde_json::from_str(text).ok()?,
            false => BTreeMap::new(),
        };
        let form = Query::new(if text.starts_with('{') || text == "null" { "" } else { text });
        let basic = header(request.headers, "authorization").and_then(basic);
        let member = |name: &str| {
            let in_json = json.get(name).and_then(Value::as_str);
            in_json.or_else(|| form.value(name)).or_else(|| query.value(name)).map(str::to_owned)
        };
        let (id, secret) = basic.unzip();
        Some(Self {
            grant_type: member("grant_type"),
            client_id: member("client_id").or(id),
            client_secret: member("client_secret").or(secret),
            username: member("username"),
            password: member("password"),
        })
    }
}

fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, text) = value.trim().split_once(' ')?;
    let bytes =
        STANDARD.decode(text.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(bytes).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}
