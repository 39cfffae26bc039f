//! How a request reaches a target: the call and the reply, and the ways between them.

mod certificate;
pub mod failover;
mod https;
mod load;
mod proxy;
mod wire;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use muster_journal::{FailureCause, PeerTls};

pub use certificate::TlsSetupError;
pub use https::{Client, ClientOptions};
pub use load::{ClientCounters, ConnectionUse, LoadClient, LoadOptions, LoadReply, LoadRequest};

use crate::target::EndpointUrl;

/// One HTTP request, ready to send.
#[derive(Clone, Debug)]
pub struct Call {
    /// Endpoint name in the target profile.
    pub endpoint: Arc<str>,
    /// Where to.
    pub url: Arc<EndpointUrl>,
    /// `POST` or `GET`.
    pub method: Cow<'static, str>,
    /// Headers, names in lower case.
    pub headers: Arc<Vec<(String, String)>>,
    /// Body bytes.
    pub body: Vec<u8>,
}

impl Call {
    /// What of the request HTTP cannot carry, if anything: a client would refuse it or bend it.
    pub fn fault(&self) -> Option<String> {
        if http::Method::from_bytes(self.method.as_bytes()).is_err() {
            return Some(format!("method `{}` is no HTTP method", self.method));
        }
        let path = &self.url.path;
        if path.contains(' ') {
            return Some("the path holds a space".to_owned());
        }
        if let Some(what) = path.chars().find_map(unsendable) {
            return Some(format!("the path holds {what}"));
        }
        let parsed = path.parse::<http::uri::PathAndQuery>();
        if !parsed.is_ok_and(|parsed| parsed.as_str() == path) {
            return Some("the path is no path of a URL".to_owned());
        }
        self.headers.iter().find_map(|(name, value)| {
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                return Some(format!("`{}` is no header name", name.escape_debug()));
            }
            let what = value.chars().find_map(unsendable)?;
            Some(format!("header `{name}` holds {what}"))
        })
    }
}

/// Characters no header value and no path may hold, in words.
fn unsendable(one: char) -> Option<&'static str> {
    match one {
        '\t' => None,
        one if one.is_control() => Some("a control character"),
        one if !one.is_ascii() => Some("a character that is not ASCII"),
        _ => None,
    }
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The answer or why there was none.
    pub result: Result<Received, Undelivered>,
    /// What the TLS connection showed.
    pub tls: Option<PeerTls>,
    /// Wall time from send to receipt, microseconds; 0 where there is no wall clock.
    pub elapsed_us: u64,
}

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Received {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

/// Why there was no answer.
#[derive(Clone, Debug)]
pub struct Undelivered {
    /// At which stage.
    pub cause: FailureCause,
    /// The transport's words.
    pub detail: String,
}

impl Undelivered {
    pub(crate) fn new(cause: FailureCause, detail: impl std::fmt::Display) -> Self {
        Self { cause, detail: detail.to_string() }
    }
}

fn late(stage: &str, limit: Duration) -> Undelivered {
    Undelivered::new(FailureCause::Timeout, format!("no {stage} within {} ms", limit.as_millis()))
}

/// What a name resolved to, as far as it is of use to an instance that goes this way.
fn usable(
    addresses: impl Iterator<Item = SocketAddr>,
    url: &EndpointUrl,
) -> Result<Vec<SocketAddr>, Undelivered> {
    let all: Vec<_> = addresses.collect();
    if all.is_empty() {
        return Err(Undelivered::new(FailureCause::Dns, "the name has no address"));
    }
    if !url.way.is_ipv4_only {
        return Ok(all);
    }
    let four: Vec<_> = all.into_iter().filter(SocketAddr::is_ipv4).collect();
    if four.is_empty() {
        let detail = "the name has IPv6 addresses only, which Smart Licensing of this product \
                      does not support";
        return Err(Undelivered::new(FailureCause::Dns, detail));
    }
    Ok(four)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_another_kind_are_left_alone_where_ipv6_is_not_spoken() {
        let (four, six) = ("192.0.2.7:443".parse().unwrap(), "[2001:db8::7]:443".parse().unwrap());
        let any = EndpointUrl::parse("https://onprem.lab/").unwrap();
        let only = any.over_ipv4().unwrap();
        assert_eq!(usable([six, four].into_iter(), &any).unwrap(), [six, four]);
        assert_eq!(usable([six, four].into_iter(), &only).unwrap(), [four]);
        let lost = usable([six].into_iter(), &only).unwrap_err();
        assert_eq!(lost.cause, FailureCause::Dns);
        assert!(lost.detail.contains("IPv6 addresses only"), "{}", lost.detail);
        let lost = usable([].into_iter(), &only).unwrap_err();
        assert_eq!(lost.detail, "the name has no address");
    }
}
