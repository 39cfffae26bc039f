//! CSLU-initiated collection over sockets: how the calls of a conversation reach the instance.
//!
//! Assumed: any 2xx as success, and no credentials, because only instances on this machine are
//! called.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::uri::{Scheme, Uri};
use http::{Request, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use muster_wire::limits::MESSAGE_BYTES_MAX;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Server;
use crate::control::wrong;
use crate::message::ServerAnswer;
use crate::pull_conversation::{CollectionOrder, Conversation, PullCall};

/// Time for one call. An instance on this machine answers in milliseconds.
const CALL_TIME_MAX: Duration = Duration::from_secs(5);

/// Collects from one product instance and says what came of it.
pub(crate) async fn answer(server: &Server, body: &[u8]) -> ServerAnswer {
    collected(server, body).await.unwrap_or_else(|refusal| refusal)
}

async fn collected(server: &Server, body: &[u8]) -> Result<ServerAnswer, ServerAnswer> {
    let order = CollectionOrder::read(body)?;
    let instance = InstanceUrl::parse(&order.url).map_err(|reason| wrong(400, reason))?;
    let mut conversation = Conversation::begin(&order);
    while let Some(call) = conversation.next_call() {
        let answer = instance.call(call).await.map_err(|reason| wrong(502, &reason))?;
        conversation.answered(&server.0, &answer)?;
    }
    Ok(conversation.end())
}

/// Where a product instance on this machine serves its pull interface.
#[derive(Debug, PartialEq, Eq)]
struct InstanceUrl {
    address: SocketAddr,
    /// Value of the `host` header.
    authority: String,
    /// Without a slash at its end; often empty.
    path: String,
}

impl InstanceUrl {
    fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "the url is not one")?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err("the url must start with http://");
        };
        if *scheme != Scheme::HTTP {
            return Err("the url must start with http://");
        }
        if authority.as_str().contains('@') || uri.query().is_some() {
            return Err("the url may have host, port and path only");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        // No look-up: what resolves to this machine today may be another one tomorrow.
        let ip = match host {
            "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            _ => host.parse::<IpAddr>().ok().filter(IpAddr::is_loopback),
        };
        let Some(ip) = ip else { return Err("the url must be on a loopback address") };
        // `Authority::port` takes a number too large for a port as none at all.
        let port = match &authority.as_str()[authority.host().len()..] {
            "" => Some(80),
            port => port.strip_prefix(':').and_then(|port| port.parse().ok()),
        };
        let Some(port) = port else { return Err("the port is not one") };
        Ok(Self {
            address: SocketAddr::new(ip, port),
            authority: authority.as_str().to_owned(),
            path: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The body of a successful answer.
    async fn call(&self, call: PullCall) -> Result<Bytes, String> {
        let called = format!("{} {}", call.method, call.path);
        let exchange = self.exchange(call);
        let outcome = timeout(CALL_TIME_MAX, exchange).await;
        let outcome = outcome.unwrap_or_else(|_| {
            Err(format!("no whole answer within {} s", CALL_TIME_MAX.as_secs()))
        });
        outcome.map_err(|reason| format!("{called} at {}: {reason}", self.authority))
    }

    async fn exchange(&self, call: PullCall) -> Result<Bytes, String> {
        let request = Request::builder()
            .method(call.method)
            .uri(format!("{}{}", self.path, call.path))
            .header(header::HOST, &self.authority)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONNECTION, "close")
            .body(Full::new(Bytes::from(call.body)))
            .map_err(|error| error.to_string())?;
        let stream = TcpStream::connect(self.address).await;
        let stream = stream.map_err(|error| format!("cannot connect: {error}"))?;
        let broken = |error: hyper::Error| format!("the connection broke: {error}");
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        // Dropped with the call, so that a silent instance leaves no connection behind.
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        let answer = sender.send_request(request).await.map_err(broken)?;
        if !answer.status().is_success() {
            return Err(format!("answered HTTP {}", answer.status().as_u16()));
        }
        match Limited::new(answer.into_body(), MESSAGE_BYTES_MAX).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(format!("the answer has over {MESSAGE_BYTES_MAX} bytes"))
            }
            Err(error) => Err(format!("the answer ended early: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_urls_on_loopback_are_called() {
        for (url, address, path) in [
            ("http://127.0.0.1:8081", "127.0.0.1:8081", ""),
            ("http://127.9.9.9:8081/", "127.9.9.9:8081", ""),
            ("http://localhost/a/b/", "127.0.0.1:80", "/a/b"),
            ("http://[::1]:8081", "[::1]:8081", ""),
        ] {
            let parsed = InstanceUrl::parse(url).unwrap();
            assert_eq!((parsed.address.to_string(), parsed.path.as_str()), (address.into(), path));
        }
        for url in [
            "",
            "/a",
            "127.0.0.1:8081",
            "https://127.0.0.1:8081",
            "http://192.0.2.1:8081",
            "http://0.0.0.0:8081",
            "http://instance.test",
            "http://127.0.0.1@192.0.2.1/",
            "http://me@127.0.0.1/",
            "http://127.0.0.1:99999",
            "http://127.0.0.1:",
            "http://127.0.0.1/?x=1",
            "http://[::ffff:192.0.2.1]/",
        ] {
            assert!(InstanceUrl::parse(url).is_err(), "{url}");
        }
    }
}
