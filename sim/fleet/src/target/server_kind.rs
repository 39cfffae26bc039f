//! What a server is to the instances that speak with it, and which rules follow.
//!
//! Source: Cisco ACI Smart Licensing, "Transport Setting", "Registering for Smart Licensing with
//! Transport Gateway Using the GUI", "Smart Licensing Registration with Smart Software Manager
//! Satellite has Failed"; SSM On-Prem 7 User Guide, "About Product Instance Registration".

use super::EndpointUrl;

/// What a server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServerKind {
    /// The profile does not say; the certificate must lead to a trusted root and name the host.
    #[default]
    Unstated,
    /// CSSM, reached directly or through a proxy.
    Direct,
    /// A Transport Gateway, which passes messages on to CSSM.
    TransportGateway,
    /// A satellite, today called SSM On-Prem.
    Satellite,
}

/// The kinds a profile can state, by name.
const KINDS: [(&str, ServerKind); 3] = [
    ("direct", ServerKind::Direct),
    ("transport_gateway", ServerKind::TransportGateway),
    ("satellite", ServerKind::Satellite),
];

impl ServerKind {
    /// The kind of that name; the error names those there are.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let found = KINDS.iter().find(|(known, _)| *known == name);
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let known: Vec<_> = KINDS.iter().map(|(known, _)| *known).collect();
            format!("`{name}` is no kind of server; known are {}", known.join(", "))
        })
    }

    /// What of a URL this kind of server cannot have, and what to write instead.
    pub(super) fn fault(self, url: &EndpointUrl) -> Option<String> {
        match self {
            // Both documented URLs of CSSM are https, and a direct instance asks for no other.
            Self::Direct if !url.tls => {
                Some("CSSM is reached over https; write https://host/path".to_owned())
            }
            Self::TransportGateway if !url.names_port() => Some(
                "the URL of a Transport Gateway must name its port; write for example \
                 https://host:8443/Transportgateway/services/DeviceRequestHandler"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// Whether the common name of the certificate must be the host of the URL.
    ///
    /// Documented for gateway and satellite. Assumed: not so for CSSM, whose certificate names
    /// its hosts as those of any public server do.
    pub const fn is_strict(self) -> bool {
        matches!(self, Self::TransportGateway | Self::Satellite)
    }

    /// Whether its certificate leads to a private authority that was imported, and not to one
    /// that is built in.
    ///
    /// Assumed: nothing that is built in leads to a satellite, since "otherwise the registration
    /// will fail" leaves no other way.
    pub const fn needs_import(self) -> bool {
        matches!(self, Self::Satellite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_rules() {
        let rules = |name| {
            let kind = ServerKind::named(name).unwrap();
            let fault = |text| kind.fault(&EndpointUrl::parse(text).unwrap()).is_some();
            (kind.is_strict(), kind.needs_import(), fault("http://h:80/"), fault("https://h/"))
        };
        assert_eq!(rules("direct"), (false, false, true, false));
        assert_eq!(rules("transport_gateway"), (true, false, false, true));
        assert_eq!(rules("satellite"), (true, true, false, false));
        assert_eq!(
            ServerKind::named("cloud").unwrap_err(),
            "`cloud` is no kind of server; known are direct, transport_gateway, satellite"
        );
        let unstated = ServerKind::default();
        assert!(!unstated.is_strict() && !unstated.needs_import());
    }
}
