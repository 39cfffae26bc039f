//! How an instance of the classic era reaches its server, as its operator chose. Only servers that
//! the target profile names are reached: it alone says which hosts may be contacted.

use std::sync::Arc;

use muster_agent::ClassicCommand;
use muster_agent::classic::{ClassicTransport, Framing, ServerChoice, TransportMode};

use super::classic_line::Reach;
use super::no_endpoint;
use crate::journey::framing;
use crate::target::{EndpointUrl, ServerKind, Target};

/// The endpoint that is CSSM, where a profile does not say what its servers are.
const CSSM: &str = "smart_receiver";
/// The endpoint for messages of Call Home.
const CALL_HOME: &str = "call_home";

/// The way to the server.
pub(super) struct ClassicWay {
    target: Target,
    /// Endpoint requests go to.
    endpoint: Arc<str>,
    mode: TransportMode,
    /// Whether the product speaks IPv4 only.
    is_ipv4_only: bool,
}

impl ClassicWay {
    /// The way a product takes before anybody chose one: to CSSM, or the first server there is.
    pub(super) fn new(target: &Target, is_ipv4_only: bool) -> Self {
        let first = target.first_endpoint().map(|(name, _)| Arc::clone(name));
        let endpoint = first.unwrap_or_else(|| Arc::from(CSSM));
        let mode = TransportMode::Direct;
        let mut way = Self { target: target.clone(), endpoint, mode, is_ipv4_only };
        way.mode = way.mode_of_endpoint();
        way
    }

    /// What the instance is told of it.
    pub(super) fn command(&self) -> ClassicCommand {
        let framing = match framing::speaks_call_home(&self.endpoint) {
            true => Framing::CallHome,
            false => Framing::SmartTransport,
        };
        let urls = self.urls();
        let urls: Vec<_> = urls.iter().map(String::as_str).collect();
        ClassicCommand::SetTransport(ClassicTransport::over(self.mode, framing, &urls))
    }

    /// Where requests go, primary first.
    pub(super) fn urls(&self) -> Vec<String> {
        let servers = (0..self.target.server_count(&self.endpoint))
            .filter_map(|at| self.target.server(&self.endpoint, at));
        servers.map(|(_, url)| url.text.clone()).collect()
    }

    /// The server a request goes to.
    pub(super) fn server(
        &self,
        choice: ServerChoice,
    ) -> Result<(Arc<str>, Arc<EndpointUrl>), String> {
        let at = usize::from(choice == ServerChoice::Secondary);
        let found = self.target.server(&self.endpoint, at);
        let (name, url) = found.ok_or_else(|| no_endpoint(&self.target, &self.endpoint))?;
        let mut url = Arc::unwrap_or_clone(url);
        if self.mode == TransportMode::Proxy {
            url.way.proxy.clone_from(&self.target.proxy);
        }
        if self.is_ipv4_only {
            url = url.over_ipv4().map_err(|refused| refused.to_string())?;
        }
        Ok((name, url.into()))
    }

    /// Takes another way; the error says why there is none.
    pub(super) fn take(&mut self, reach: &Reach) -> Result<(), String> {
        match reach {
            Reach::Direct => self.toward(CSSM, TransportMode::Direct),
            Reach::CallHome => {
                self.via(CALL_HOME)?;
                self.mode = self.mode_of_endpoint();
                Ok(())
            }
            Reach::Gateway => {
                self.mode = TransportMode::Gateway;
                Ok(())
            }
            Reach::Proxy => match &self.target.proxy {
                Some(_) => self.toward(CSSM, TransportMode::Proxy),
                None => Err("the target profile has no proxy".to_owned()),
            },
            Reach::ProxyAt { host, port } => {
                let is_there = |url: &EndpointUrl| url.host == *host && url.port == *port;
                match &self.target.proxy {
                    Some(proxy) if is_there(&proxy.url) => self.toward(CSSM, TransportMode::Proxy),
                    Some(proxy) => Err(format!(
                        "the proxy of the target profile is at {}",
                        proxy.url.host_and_port()
                    )),
                    None => Err("the target profile has no proxy".to_owned()),
                }
            }
            Reach::Url { url, gateway } => {
                let known = |(_, there): &(&Arc<str>, &Arc<EndpointUrl>)| there.text == *url;
                let Some((name, _)) = self.target.endpoints.iter().find(known) else {
                    let urls: Vec<_> =
                        self.target.endpoints.values().map(|url| url.text.as_str()).collect();
                    return Err(format!(
                        "the target profile has no endpoint with this URL; it has {}",
                        urls.join(", ")
                    ));
                };
                self.endpoint = Arc::clone(name);
                self.mode = if *gateway { TransportMode::Gateway } else { self.mode_of_endpoint() };
                Ok(())
            }
        }
    }

    /// Sends to another endpoint, in the mode its server is reached.
    pub(super) fn via(&mut self, name: &str) -> Result<(), String> {
        let found = self.target.endpoints.get_key_value(name);
        let (name, _) = found.ok_or_else(|| no_endpoint(&self.target, name))?;
        self.endpoint = Arc::clone(name);
        self.mode = self.mode_of_endpoint();
        Ok(())
    }

    fn toward(&mut self, endpoint: &str, mode: TransportMode) -> Result<(), String> {
        self.via(endpoint)?;
        self.mode = mode;
        Ok(())
    }

    fn mode_of_endpoint(&self) -> TransportMode {
        let way = self.target.server(&self.endpoint, 0).map(|(_, url)| url.way.clone());
        let way = way.unwrap_or_default();
        match way.server {
            _ if way.proxy.is_some() => TransportMode::Proxy,
            ServerKind::Direct => TransportMode::Direct,
            ServerKind::TransportGateway | ServerKind::Satellite => TransportMode::Gateway,
            ServerKind::Unstated if *self.endpoint == *CSSM => TransportMode::Direct,
            ServerKind::Unstated => TransportMode::Gateway,
        }
    }
}
