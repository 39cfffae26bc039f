//! Which endpoint a request is for, and what HTTP itself has to say before a handler does.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instance Registration"; Troubleshoot SLP on
//! 9800, "Smart with CSSM", "SSM On-Prem", "Test Connection to Smart Receiver". Public: the Call
//! Home URL of CSSM, from many configurations.

use muster_wire::status::RECEIVER_BANNER;
use serde::{Deserialize, Serialize};

use crate::message::{Listener, ServerAnswer, ServerRequest, Then};
use crate::mishap::{Drawn, GARBAGE};
use crate::server::Core;
use crate::settings::Fault;
use crate::{admin, callhome, classic, control, handler, metrics, strictness};

/// A licensing URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// CSSM.
    SmartReceiver,
    /// CSSM, Call Home.
    CallHomeReceiver,
    /// On-Prem, Smart Transport.
    SmartTransport,
    /// On-Prem, Call Home.
    CallHome,
    /// On-Prem, CSLU: a tenant by its position.
    Tenant(usize),
    /// No URL: the account's web page, where operators bring files.
    AccountPage,
}

/// Which server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Role {
    Cssm,
    OnPrem,
}

impl Endpoint {
    /// The tenant behind an On-Prem endpoint. Assumed: URLs without a tenant mean the first one.
    pub(crate) fn tenant(self) -> Option<usize> {
        match self {
            Self::SmartReceiver | Self::CallHomeReceiver => None,
            Self::SmartTransport | Self::CallHome | Self::AccountPage => Some(0),
            Self::Tenant(at) => Some(at),
        }
    }

    pub(crate) fn role(self) -> Role {
        match self.tenant() {
            None => Role::Cssm,
            Some(_) => Role::OnPrem,
        }
    }

    /// Whether classic messages are read here. Assumed: CSLU knows the policy era only.
    pub(crate) fn serves_classic(self) -> bool {
        !matches!(self, Self::Tenant(_) | Self::AccountPage)
    }
}

pub(crate) fn answer(core: &Core, listener: Listener, request: &ServerRequest<'_>) -> ServerAnswer {
    let bytes_max = core.options.limits.body_bytes_max_of(listener);
    if request.body.len() > bytes_max {
        return ServerAnswer::too_large(bytes_max);
    }
    if listener == Listener::Admin
        && let Some(answer) = admin::answer(core, request)
    {
        return answer;
    }
    let path = request.path_and_query;
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| {
        // A fragment never travels; whatever follows the question mark is the query.
        (path, Some(query))
    });
    let Some(path) = percent_decoded(path) else { return ServerAnswer::not_found() };
    if listener == Listener::Admin {
        if let Some(answer) = metrics::answer(core, request.method, &path) {
            return answer;
        }
        return control::answer(core, request, &path, query);
    }
    let Some(endpoint) = endpoint(core, listener, &path) else { return ServerAnswer::not_found() };
    match request.method {
        "GET" => ServerAnswer::text(200, RECEIVER_BANNER),
        "HEAD" => ServerAnswer::text(200, ""),
        "POST" => licensing(core, endpoint, request),
        _ => ServerAnswer::method_not_allowed("GET, HEAD, POST"),
    }
}

fn endpoint(core: &Core, listener: Listener, path: &str) -> Option<Endpoint> {
    match path {
        // CSSM is never reached over plain HTTP.
        "/licservice/license" if listener == Listener::ProductHttps => {
            return Some(Endpoint::SmartReceiver);
        }
        "/its/service/oddce/services/DDCEService" if listener == Listener::ProductHttps => {
            return Some(Endpoint::CallHomeReceiver);
        }
        "/SmartTransport" => return Some(Endpoint::SmartTransport),
        "/Transportgateway/services/DeviceRequestHandler" => return Some(Endpoint::CallHome),
        // CSLU on a workstation is configured without a tenant (public sample).
        "/cslu/v1/pi" => return Some(Endpoint::Tenant(0)),
        _ => {}
    }
    let name = path.strip_prefix("/cslu/v1/pi/")?;
    core.options.tenants.iter().position(|tenant| tenant.name == name).map(Endpoint::Tenant)
}

fn licensing(core: &Core, endpoint: Endpoint, request: &ServerRequest<'_>) -> ServerAnswer {
    let body = request.body;
    if core.options.strict
        && let Err(refusal) = strictness::check_content_type(endpoint, request)
    {
        return refusal;
    }
    let mishap = core.mishaps.draw();
    if let Some(instead) = mishap.and_then(Drawn::instead) {
        return instead;
    }
    let fault = core.store().take_fault();
    match fault {
        Some(Fault::BadGateway) => return ServerAnswer::text(502, "Bad Gateway"),
        Some(Fault::Close) => return ServerAnswer::closing(Then::Close, b""),
        Some(Fault::Garbage) => return ServerAnswer::closing(Then::Garbage, GARBAGE),
        Some(Fault::TryAgain) | None => {}
    }
    let try_again = fault == Some(Fault::TryAgain) || mishap.is_some_and(Drawn::is_try_again);
    let answer = match endpoint {
        Endpoint::CallHome | Endpoint::CallHomeReceiver => {
            callhome::answer(core, endpoint, body, try_again)
        }
        _ => message(core, endpoint, body, try_again),
    };
    match mishap {
        Some(mishap) => mishap.spoil(answer),
        None => answer,
    }
}

/// Answers a licensing message, however it came: the two eras share their URLs.
pub(crate) fn message(
    core: &Core,
    endpoint: Endpoint,
    body: &[u8],
    try_again: bool,
) -> ServerAnswer {
    if endpoint.serves_classic() && classic::shape::is_classic(body) {
        return classic::exchange::answer(core, endpoint, body, try_again);
    }
    handler::smart_transport(core, endpoint, body, try_again)
}

/// The text behind percent-escapes; none when it is not UTF-8 or an escape is broken.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        decoded.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use muster_wire::limits::MESSAGE_BYTES_MAX;

    use super::*;
    use crate::{ClockSource, Server, ServerOptions};

    fn server() -> Server {
        Server::new(ServerOptions::default(), ClockSource::Manual { start_ms: 0 }).unwrap()
    }

    fn call(server: &Server, listener: Listener, method: &str, path: &str) -> ServerAnswer {
        let request = ServerRequest { method, path_and_query: path, headers: &[], body: b"" };
        server.answer(listener, request)
    }

    const PATHS: [&str; 8] = [
        "/licservice/license",
        "/SmartTransport",
        "/Transportgateway/services/DeviceRequestHandler",
        "/cslu/v1/pi",
        "/cslu/v1/pi/Default-1",
        "/cslu/v1/pi/My%20VA-1",
        "/cslu/v1/pi/Validated-1?x=1",
        "/its/service/oddce/services/DDCEService",
    ];

    #[test]
    fn every_licensing_url_shows_the_banner() {
        let server = server();
        for path in PATHS {
            let answer = call(&server, Listener::ProductHttps, "GET", path);
            assert_eq!((answer.status, answer.body.as_slice()), (200, RECEIVER_BANNER.as_bytes()));
            assert!(answer.headers[0].1.starts_with("text/plain"));
        }
    }

    #[test]
    fn other_paths_and_methods_are_refused() {
        let server = server();
        for path in ["", "/", "/cslu/v1/pi/Nobody-1", "/cslu/v1/pi/My+VA-1", "/%zz", "/%ff"] {
            let answer = call(&server, Listener::ProductHttps, "GET", path);
            assert_eq!(answer.status, 404, "{path}");
        }
        let answer = call(&server, Listener::ProductHttps, "DELETE", PATHS[0]);
        assert_eq!(answer.status, 405);
        assert!(answer.headers.iter().any(|(name, _)| name == "allow"));
    }

    #[test]
    fn plain_http_serves_on_prem_only() {
        let server = server();
        for (path, status) in [(PATHS[0], 404), (PATHS[7], 404), (PATHS[1], 200), (PATHS[4], 200)] {
            assert_eq!(call(&server, Listener::ProductHttp, "GET", path).status, status, "{path}");
        }
    }

    #[test]
    fn a_body_over_the_limit_is_refused() {
        let body = vec![b' '; MESSAGE_BYTES_MAX + 1];
        let request =
            ServerRequest { method: "POST", path_and_query: PATHS[0], headers: &[], body: &body };
        assert_eq!(server().answer(Listener::ProductHttps, request).status, 413);
    }
}
