//! The embedded server as a peer in memory: no sockets, and its clock is the run's.

use std::collections::BTreeMap;
use std::path::Path;

use muster_agent::pull::InstanceAnswer;
use muster_fleet::instance_api::InstanceCall;
use muster_fleet::transport::{Call, Received, Reply, Undelivered};
use muster_fleet::virtual_run::Peer;
use muster_fleet::{Hook, HostPolicy, SigningMode, Target, hook};
use muster_journal::FailureCause;
use muster_server::{ClockSource, Defect, Listener, Server, ServerAnswer, ServerRequest, Then};

use crate::embedded::{self, Addresses, Certificates, profile};
use crate::error::Error;

/// A server in memory.
pub(crate) struct MemoryPeer {
    server: Server,
    /// Port of each listener as the profile names it.
    http_port: u16,
    admin_port: u16,
}

impl MemoryPeer {
    /// An embedded server whose clock begins at `start_ms`, and the profile that describes it.
    pub(crate) fn start(
        seed: u64,
        signing: SigningMode,
        defects: &[Defect],
        start_ms: u64,
    ) -> Result<(Self, Target), Error> {
        let clock = ClockSource::Manual { start_ms };
        let server = embedded::server(seed, defects.to_vec(), clock, signing)?;
        Self::around(server, seed)
    }

    fn around(server: Server, seed: u64) -> Result<(Self, Target), Error> {
        // The documented ports: nothing listens, so nothing can be in the way.
        let at = |port| std::net::SocketAddr::from(([127, 0, 0, 1], port));
        let addresses = Addresses { https: at(443), http: Some(at(80)), admin: Some(at(8443)) };
        let certificates = Certificates::of(&server);
        let text = profile("embedded", &addresses, "127.0.0.1", &certificates, seed);
        let target = Target::from_toml(Path::new("embedded"), &text, &HostPolicy::default())?;
        Ok((Self { server, http_port: 80, admin_port: 8443 }, target))
    }

    fn ask(&self, call: &Call) -> ServerAnswer {
        let listener = match call.url.port {
            port if port == self.http_port => Listener::ProductHttp,
            port if port == self.admin_port => Listener::Admin,
            _ => Listener::ProductHttps,
        };
        let request = ServerRequest {
            method: &call.method,
            path_and_query: &call.url.path,
            headers: &call.headers,
            body: &call.body,
        };
        self.server.answer(listener, request)
    }
}

impl Peer for MemoryPeer {
    fn exchange(&mut self, call: &Call) -> Reply {
        let answer = self.ask(call);
        let elapsed_us = match answer.then {
            Then::AnswerAfter { delay_ms } => delay_ms.saturating_mul(1_000),
            _ => 0,
        };
        let result = match answer.then {
            Then::Answer | Then::AnswerAfter { .. } | Then::CloseAfter { .. } => {
                Ok(Received { status: answer.status, headers: answer.headers, body: answer.body })
            }
            Then::Close | Then::Reset | Then::Truncate => Err(Undelivered {
                cause: FailureCause::Closed,
                detail: "connection closed before the whole answer".to_owned(),
            }),
            Then::Garbage => Err(Undelivered {
                cause: FailureCause::Http,
                detail: "the bytes are not HTTP".to_owned(),
            }),
        };
        Reply { result, tls: None, elapsed_us }
    }

    fn set_clock(&mut self, now_ms: u64) {
        self.server.set_clock_ms(now_ms);
    }

    /// The server asks in its own words; only the connection is left out.
    fn collect(
        &mut self,
        hook: &Hook,
        arguments: &BTreeMap<String, String>,
        ask: &mut dyn FnMut(InstanceCall) -> Option<InstanceAnswer>,
    ) -> Result<String, String> {
        let order = hook::prepare(hook, arguments)?;
        let origin = arguments.get("url").cloned().unwrap_or_default();
        let json = || "application/json".to_owned();
        let answer = self.server.collect(&order.body, &mut |call| {
            let asked = InstanceCall {
                method: call.method.to_owned(),
                origin: origin.clone(),
                target: call.path,
                headers: vec![("accept".to_owned(), json()), ("content-type".to_owned(), json())],
                body: call.body,
            };
            let answer = ask(asked).ok_or("nobody is there")?;
            match answer.status {
                200..=299 => Ok(answer.body),
                status => Err(format!("answered HTTP {status}")),
            }
        });
        let ServerAnswer { status, headers, body, .. } = answer;
        let result = Ok(Received { status, headers, body });
        hook::outcome(Reply { result, tls: None, elapsed_us: 0 })
    }
}
