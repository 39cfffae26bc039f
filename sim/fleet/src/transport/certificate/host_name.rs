//! Whether a name in a certificate is the host of a URL.
//!
//! Source: SSM On-Prem 7 User Guide, "Certificates Tab" (the common name is what the product is
//! configured with); Cisco ACI Smart Licensing, "Registering for Smart Licensing with Transport
//! Gateway Using the GUI" (an address where the certificate was made for an address).

use std::net::IpAddr;

/// Whether `name` is the host: the same address, the same name in whatever case, or a `*.` in
/// place of the host's first label.
pub(super) fn is_of(name: &str, host: &str) -> bool {
    match (name.parse::<IpAddr>(), host.parse::<IpAddr>()) {
        (Ok(name), Ok(host)) => return name == host,
        // An address and a name are never the same, whatever the name resolves to.
        (Ok(_), _) | (_, Ok(_)) => return false,
        _ => {}
    }
    let (name, host) = (name.trim_end_matches('.'), host.trim_end_matches('.'));
    match name.strip_prefix("*.") {
        None => !name.is_empty() && name.eq_ignore_ascii_case(host),
        // A single label would stand for every host of a top-level domain.
        Some(domain) => host.split_once('.').is_some_and(|(label, rest)| {
            !label.is_empty() && domain.contains('.') && rest.eq_ignore_ascii_case(domain)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_compared_each_with_its_kind() {
        for (name, host, expected) in [
            ("onprem.lab", "OnPrem.Lab", true),
            ("onprem.lab", "onprem.lab.", true),
            ("onprem.lab", "onprem", false),
            ("onprem", "onprem.lab", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("2001:DB8::7", "2001:db8:0::7", true),
            ("onprem.lab", "192.0.2.7", false),
            ("192.0.2.7", "onprem.lab", false),
            ("*.site.lab", "onprem.site.lab", true),
            ("*.site.lab", "a.onprem.site.lab", false),
            ("*.site.lab", "site.lab", false),
            ("*.lab", "onprem.lab", false),
            ("*.0.2.7", "192.0.2.7", false),
            ("Muster TEST server", "localhost", false),
            ("", "", false),
            (".", "", false),
            ("*.", "x.", false),
        ] {
            assert_eq!(is_of(name, host), expected, "{name:?} {host:?}");
        }
    }
}
