//! The texts a product instance of the classic era prints for its `show license` commands.
//!
//! Source: ACI Smart Licensing, "Smart Licensing NX-OS Style CLI Show Commands" (which there are).
//! Public: the layout of `all` and `status`, from samples of a CSR 1000V and a C9200L. Assumed: all
//! texts of the APIC, of which no source shows one; they are laid out as those of the CSR.
//!
//! - one file per command; `registration`, `settings`, `licenses`: blocks that several share

use crate::classic::ClassicView;
use crate::event_log::EventLog;
use crate::platform::Platform;

mod all;
mod catalog;
mod eventlog;
mod hostname_privacy;
mod licenses;
mod mode;
mod registration;
mod server;
mod settings;
mod status;
mod summary;
mod tech_support;
mod udi;
mod usage;

/// What a show of a classic instance looks at.
#[derive(Clone, Copy, Debug)]
pub struct ClassicShown<'a> {
    /// What the instance knows.
    pub view: &'a ClassicView,
    /// What it is.
    pub platform: &'a Platform,
    /// Lines that were noted of its log.
    pub log: &'a EventLog,
    /// Where it sends its requests, primary first; the agent itself is not told.
    pub server_urls: &'a [&'a str],
    /// The time, milliseconds since the epoch.
    pub now_ms: u64,
}

/// A `show license` command of the classic era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassicShowCommand {
    /// `show license all`.
    All,
    /// `show license status`.
    Status,
    /// `show license summary`.
    Summary,
    /// `show license tech support`.
    TechSupport,
    /// `show license usage`.
    Usage,
    /// `show license udi`; not on an APIC.
    Udi,
    /// `show license eventlog [days]`; not on an APIC.
    Eventlog {
        /// How far back; none for everything.
        days: Option<u32>,
    },
    /// `show license mode`; on an APIC only.
    Mode,
    /// `show license server`; on an APIC only.
    Server,
    /// `show license catalog`; on an APIC only.
    Catalog,
    /// `show hostname privacy`; on an APIC only.
    HostnamePrivacy,
}

impl ClassicShowCommand {
    /// Reads a command line; none when `platform` has no such command. Spaces do not matter.
    pub fn parse(line: &str, platform: &Platform) -> Option<Self> {
        let words: Vec<_> = line.split_whitespace().collect();
        let command = match words.as_slice() {
            ["show", "license", "all"] => Self::All,
            ["show", "license", "status"] => Self::Status,
            ["show", "license", "summary"] => Self::Summary,
            ["show", "license", "tech", "support"] => Self::TechSupport,
            ["show", "license", "usage"] => Self::Usage,
            ["show", "license", "udi"] => Self::Udi,
            ["show", "license", "eventlog"] => Self::Eventlog { days: None },
            ["show", "license", "eventlog", days] => {
                Self::Eventlog { days: Some(days.parse().ok()?) }
            }
            ["show", "license", "mode"] => Self::Mode,
            ["show", "license", "server"] => Self::Server,
            ["show", "license", "catalog"] => Self::Catalog,
            ["show", "hostname", "privacy"] => Self::HostnamePrivacy,
            _ => return None,
        };
        command.is_of(platform).then_some(command)
    }

    /// Whether a product has this command. What has a fabric is an APIC.
    pub const fn is_of(self, platform: &Platform) -> bool {
        let on_apic = platform.fabric.is_some();
        match self {
            Self::All | Self::Status | Self::Summary | Self::TechSupport | Self::Usage => true,
            Self::Udi | Self::Eventlog { .. } => !on_apic,
            Self::Mode | Self::Server | Self::Catalog | Self::HostnamePrivacy => on_apic,
        }
    }

    /// What the instance prints.
    pub fn text(self, shown: &ClassicShown<'_>) -> String {
        match self {
            Self::All => all::text(shown),
            Self::Status => status::text(shown),
            Self::Summary => summary::text(shown),
            Self::TechSupport => tech_support::text(shown),
            Self::Usage => usage::text(shown),
            Self::Udi => udi::text(shown),
            Self::Eventlog { days } => eventlog::text(shown, days),
            Self::Mode => mode::text(shown),
            Self::Server => server::text(shown),
            Self::Catalog => catalog::text(shown),
            Self::HostnamePrivacy => hostname_privacy::text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_its_own_commands() {
        let of = |line, name| ClassicShowCommand::parse(line, Platform::named(name).unwrap());
        assert_eq!(of("show  license mode", "apic"), Some(ClassicShowCommand::Mode));
        assert_eq!(of("show license mode", "csr1000v"), None);
        assert_eq!(of("show license udi", "csr1000v"), Some(ClassicShowCommand::Udi));
        assert_eq!(of("show license udi", "apic"), None);
        let eventlog = ClassicShowCommand::Eventlog { days: Some(3) };
        assert_eq!(of("show license eventlog 3", "csr1000v"), Some(eventlog));
        for line in ["", "show license", "license all", "show license rum id all"] {
            assert_eq!(of(line, "csr1000v"), None, "{line}");
        }
    }
}
