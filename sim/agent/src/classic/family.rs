//! What the product families of the classic era differ in.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Usage Guidelines and Limitations", "Device
//! Led Conversion Tool", "Troubleshooting"; SSM On-Prem 7 User Guide, "Conversion Workflow".

use super::transport::TransportMode;
use crate::platform::Platform;
use crate::timer::SECOND_MS;

/// How long a conversion of an APIC may take (release 3.2.2 and later).
const APIC_CONVERSION_LIMIT_MS: u64 = 10 * 60 * SECOND_MS;

/// A family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClassicFamily {
    /// The controller of an ACI fabric.
    Apic,
    /// Routers, switches and voice products, which behave alike in the documents.
    Generic,
}

impl ClassicFamily {
    /// The family of a platform: what has a fabric is an APIC.
    pub(crate) const fn of(platform: &Platform) -> Self {
        match platform.fabric {
            Some(_) => Self::Apic,
            None => Self::Generic,
        }
    }

    /// Whether conditions are shown as faults. The documents describe faults of the APIC only.
    pub(crate) const fn raises_faults(self) -> bool {
        matches!(self, Self::Apic)
    }

    /// What registers, in the text of a failure. Assumed for all but the APIC.
    pub(crate) const fn registrant(self) -> &'static str {
        match self {
            Self::Apic => "APIC Controller product",
            Self::Generic => "product",
        }
    }

    /// Whether a server with an IPv6 address will do.
    pub(crate) const fn speaks_ipv6(self) -> bool {
        !matches!(self, Self::Apic)
    }

    /// Whether the URL of a Transport Gateway must name its port.
    pub(crate) const fn needs_gateway_port(self) -> bool {
        matches!(self, Self::Apic)
    }

    /// Whether a change from one major release to another loses the registration.
    pub(crate) const fn loses_registration(self, from: u8, to: u8) -> bool {
        matches!(self, Self::Apic) && from == 3 && to >= 4
    }

    /// Whether classic licences can be converted over this transport.
    pub(crate) const fn converts_over(self, mode: TransportMode) -> bool {
        !matches!((self, mode), (Self::Apic, TransportMode::Gateway))
    }

    /// How long a conversion may take. On-Prem defers for an hour, so that only an APIC, which
    /// converts with CSSM itself, can have the documented limit of ten minutes.
    pub(crate) const fn conversion_limit_ms(self) -> Option<u64> {
        match self {
            Self::Apic => Some(APIC_CONVERSION_LIMIT_MS),
            Self::Generic => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_step_from_three_to_four_loses_the_registration() {
        let loses = |from, to| ClassicFamily::Apic.loses_registration(from, to);
        assert_eq!([loses(3, 4), loses(3, 5), loses(3, 3)], [true, true, false]);
        assert_eq!([loses(4, 3), loses(4, 5), loses(2, 3)], [false; 3]);
        assert!(!ClassicFamily::Generic.loses_registration(3, 4));
    }
}
