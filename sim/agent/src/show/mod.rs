//! The texts a product instance of the policy era prints for its `show license` commands, as pure
//! functions of what it knows.
//!
//! Source: Troubleshoot SLP on 9800; the layout of texts that it does not show whole follows
//! public samples of the same commands. Times are printed in UTC. Assumed: everything that is the
//! same on each instance (`Smart Licensing is ENABLED`, privacy, capabilities of the software), for
//! no agent can be configured otherwise.
//!
//! - one file per command; `page` lays out lines, `stamp` writes times
//! - `classic`: the same for the classic era
//! - `settings`, `entitlement`, `summary_of_reports`, `udis`: blocks that several commands share

use crate::event_log::EventLog;
use crate::platform::Platform;
use crate::view::AgentView;

mod all;
mod authorization;
mod classic;
mod entitlement;
mod eventlog;
mod history_message;
mod license;
mod page;
mod rum_id_all;
mod rum_id_detail;
mod rum_state;
mod settings;
mod stamp;
mod status;
mod summary;
mod summary_of_reports;
mod tech_support;
mod udi;
mod udis;
mod usage;

pub use classic::{ClassicShowCommand, ClassicShown};

/// What a show looks at.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What the instance knows.
    pub view: &'a AgentView,
    /// What it is.
    pub platform: &'a Platform,
    /// What was noted of its past; an empty one shows as if nothing had happened yet.
    pub log: &'a EventLog,
    /// Where it sends its requests, which the agent itself is not told.
    pub server_url: Option<&'a str>,
    /// The time, milliseconds since the epoch.
    pub now_ms: u64,
}

/// A `show license` command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShowCommand {
    /// `show license`.
    License,
    /// `show license all`.
    All,
    /// `show license status`.
    Status,
    /// `show license summary`.
    Summary,
    /// `show license usage`.
    Usage,
    /// `show license udi`.
    Udi,
    /// `show license tech support`.
    TechSupport,
    /// `show license eventlog [days]`.
    Eventlog {
        /// How far back; none for everything.
        days: Option<u32>,
    },
    /// `show license history message`.
    HistoryMessage,
    /// `show license rum id all`.
    RumIdAll,
    /// `show license rum id <number> detail`.
    RumIdDetail {
        /// The report.
        report_id: u64,
    },
    /// `show license authorization`.
    Authorization,
}

impl ShowCommand {
    /// Reads a command line; none when it is no command of this family. Spaces do not matter.
    pub fn parse(line: &str) -> Option<Self> {
        let words: Vec<_> = line.split_whitespace().collect();
        let ["show", "license", rest @ ..] = words.as_slice() else { return None };
        Some(match rest {
            [] => Self::License,
            ["all"] => Self::All,
            ["status"] => Self::Status,
            ["summary"] => Self::Summary,
            ["usage"] => Self::Usage,
            ["udi"] => Self::Udi,
            ["tech", "support"] => Self::TechSupport,
            ["eventlog"] => Self::Eventlog { days: None },
            ["eventlog", days] => Self::Eventlog { days: Some(days.parse().ok()?) },
            ["history", "message"] => Self::HistoryMessage,
            ["rum", "id", "all"] => Self::RumIdAll,
            ["rum", "id", id, "detail"] => Self::RumIdDetail { report_id: id.parse().ok()? },
            ["authorization"] => Self::Authorization,
            _ => return None,
        })
    }

    /// What the instance prints.
    pub fn text(self, shown: &Shown<'_>) -> String {
        match self {
            Self::License => license::text(shown),
            Self::All => all::text(shown),
            Self::Status => status::text(shown),
            Self::Summary => summary::text(shown),
            Self::Usage => usage::text(shown),
            Self::Udi => udi::text(shown),
            Self::TechSupport => tech_support::text(shown),
            Self::Eventlog { days } => eventlog::text(shown, days),
            Self::HistoryMessage => history_message::text(shown),
            Self::RumIdAll => rum_id_all::text(shown),
            Self::RumIdDetail { report_id } => rum_id_detail::text(shown, report_id),
            Self::Authorization => authorization::text(shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_read_word_by_word() {
        let parse = ShowCommand::parse;
        assert_eq!(parse("  show  license "), Some(ShowCommand::License));
        assert_eq!(parse("show license tech support"), Some(ShowCommand::TechSupport));
        assert_eq!(parse("show license eventlog 2"), Some(ShowCommand::Eventlog { days: Some(2) }));
        let detail = ShowCommand::RumIdDetail { report_id: 7 };
        assert_eq!(parse("show license rum id 7 detail"), Some(detail));
        for line in ["", "show", "license all", "show license al", "show license rum id x detail"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
