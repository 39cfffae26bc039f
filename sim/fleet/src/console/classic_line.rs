//! What a line means to an instance of the classic era: commands of its product, and words of
//! Muster's own that stand for what a shell cannot type.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing NX-OS Style CLI Configuration Commands" and
//! the procedures after it (an APIC). Public: the license chapter of the command reference of
//! Unified Communications, and `license smart url` of routers. Assumed: a count behind the feature
//! of an export request, for no source says how more than one is asked for.

use muster_agent::classic::{FabricChange, KeyWanted};
use muster_agent::{ClassicCommand, ClassicShowCommand, Platform, SwitchRole, Tier};

use super::argument::{no_command, number, says_nothing, signed_span, small, span};

mod application;

/// What can be typed at an APIC.
const APIC: &str = "\
show license [all|status|summary|usage|tech support|mode|server|catalog] | show hostname privacy
license smart transport-mode smart-licensing
license smart transport-mode satellite url URL           one of the target profile, with its port
license smart transport-mode proxy ip-address HOST port PORT       the target profile's proxy
license smart server URL | HOST port PORT                where the mode chosen last goes
configure | end                                          commands are the same in both modes
";

/// What can be typed at other products.
const OTHERS: &str = "\
show license [all|status|summary|usage|udi|tech support] | show license eventlog [DAYS]
license smart transport smart|callhome|direct            the endpoints of the target profile
license smart transport gateway|ssm-satellite URL | proxy HOST PORT
license smart url URL                                    one of the target profile
platform hardware throughput level MB MBPS
test license smart conversion sched_poll                 ask for deferred results now
configure | end
";

/// What can be typed at all of them.
const ALL: &str = "\
license smart register idtoken TOKEN [force]             TOKEN may be a name in the target profile
license smart deregister
license smart renew auth|id
license smart export request local FEATURE [COUNT] | return local FEATURE | cancel
license smart conversion start | automatic               `no` before it takes the latter back
reload
muster use FEATURE COUNT      the configuration now uses so many licences; 0 for none
muster fabric commission|decommission leaf|spine COUNT | enable|disable TIER COUNT
muster application FEATURE active|standby NAME ID [peer IDENTIFIER active|standby NAME ID]...
muster application FEATURE take-over|remove-peers|clear
muster key NAME FEATURE VENDOR     ask for the key of another vendor's service
muster release MAJOR          start another release of the software
muster poll                   ask for deferred results now
muster via ENDPOINT           send to another endpoint of the target profile
muster advance 8h             let time pass, for the server, too
muster clock 2h | -2h         set the instance's own clock wrong
muster power off | on
muster facts                  everything the instance knows, as JSON
exit
Lines that begin with `!` or `#` are comments.
";

/// A line that was understood.
#[derive(Debug, PartialEq)]
pub(super) enum ClassicTyped {
    Show(ClassicShowCommand),
    Command(ClassicCommand),
    /// How the server is reached.
    Reach(Reach),
    /// Requests for export authorizations are taken back.
    CancelExports,
    Throughput {
        mbps: u32,
    },
    Configure,
    /// Leaves the configuration, or the command line.
    Exit,
    End,
    Via(String),
    Advance {
        by_ms: u64,
    },
    Boot,
    PowerOff,
    Facts,
    Help,
    /// Configures what is so anyway.
    Nothing,
}

/// A way to a server, as an operator says it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To CSSM.
    Direct,
    /// To a Transport Gateway, a satellite or On-Prem.
    Gateway,
    /// To CSSM over a proxy.
    Proxy,
    /// To a server by its URL.
    Url {
        url: String,
        /// Whether the mode becomes that of a gateway.
        gateway: bool,
    },
    /// To CSSM over the proxy that is there.
    ProxyAt { host: String, port: u16 },
    /// In messages of Call Home.
    CallHome,
}

/// The help of a product.
pub(super) fn help(platform: &Platform) -> String {
    let own = if is_apic(platform) { APIC } else { OTHERS };
    format!("{own}{ALL}")
}

/// What has a fabric is an APIC.
const fn is_apic(platform: &Platform) -> bool {
    platform.fabric.is_some()
}

type Read = Result<Option<ClassicTyped>, String>;

/// Reads one line; none when it says nothing.
pub(super) fn read(line: &str, platform: &Platform, id_token: &dyn Fn(&str) -> String) -> Read {
    if says_nothing(line) {
        return Ok(None);
    }
    let words: Vec<_> = line.split_whitespace().collect();
    let typed = match words.as_slice() {
        ["show", ..] => ClassicShowCommand::parse(line, platform).map(ClassicTyped::Show),
        ["license", "smart", rest @ ..] => smart(rest, platform, id_token)?,
        ["license", "transport-smart", "mode", rest @ ..] if is_apic(platform) => mode(rest)?,
        ["no", "license", "smart", "conversion", "automatic"] => {
            command(ClassicCommand::SetAutomaticConversion { automatic: false })
        }
        ["platform", "hardware", "throughput", "level", "MB", mbps] if !is_apic(platform) => {
            let mbps = small(mbps, "a number of Mbit/s")?;
            Some(ClassicTyped::Throughput { mbps })
        }
        // Operational test commands are not supported in an APIC.
        ["test", "license", "smart", "conversion", "sched_poll"] if !is_apic(platform) => {
            command(ClassicCommand::PollNow)
        }
        ["reload"] => command(ClassicCommand::Reload),
        ["configure"] | ["configure", "terminal"] => Some(ClassicTyped::Configure),
        ["end"] => Some(ClassicTyped::End),
        ["muster", rest @ ..] => own(rest)?,
        ["help" | "?"] => Some(ClassicTyped::Help),
        ["exit" | "quit" | "logout"] => Some(ClassicTyped::Exit),
        _ => None,
    };
    typed.map(Some).ok_or_else(|| no_command(line))
}

fn smart(words: &[&str], platform: &Platform, id_token: &dyn Fn(&str) -> String) -> Read {
    Ok(match words {
        ["register", "idtoken", token] => {
            command(ClassicCommand::Register { id_token: id_token(token), force: false })
        }
        ["register", "idtoken", token, "force"] => {
            command(ClassicCommand::Register { id_token: id_token(token), force: true })
        }
        ["deregister"] => command(ClassicCommand::Deregister),
        ["renew", "auth"] => command(ClassicCommand::RenewAuthorization),
        // Written `ID` by an APIC and by products of Unified Communications.
        ["renew", "id" | "ID"] => command(ClassicCommand::RenewId),
        ["conversion", "start"] => command(ClassicCommand::StartConversion),
        ["conversion", "automatic"] => {
            command(ClassicCommand::SetAutomaticConversion { automatic: true })
        }
        ["export", rest @ ..] => export(rest)?,
        ["reservation", ..] => return Err("no instance reserves its licences".to_owned()),
        ["transport-mode", rest @ ..] if is_apic(platform) => mode(rest)?,
        ["server", rest @ ..] if is_apic(platform) => server(rest)?,
        // An APIC does not have this command.
        ["enable"] if !is_apic(platform) => Some(ClassicTyped::Nothing),
        ["transport", rest @ ..] if !is_apic(platform) => transport(rest)?,
        ["url", url] if !is_apic(platform) => {
            reach(Reach::Url { url: (*url).to_owned(), gateway: false })
        }
        _ => None,
    })
}

fn export(words: &[&str]) -> Read {
    let request = |feature: &str, count| {
        command(ClassicCommand::RequestExport { feature: feature.into(), count })
    };
    Ok(match words {
        ["request", "local", feature] => request(feature, 1),
        ["request", "local", feature, count] => {
            request(feature, small(count, "a number of licences")?)
        }
        ["return", "local", feature] => {
            command(ClassicCommand::ReturnExport { feature: (*feature).into() })
        }
        ["cancel"] => Some(ClassicTyped::CancelExports),
        _ => None,
    })
}

/// The transport of an APIC.
fn mode(words: &[&str]) -> Read {
    Ok(match words {
        ["smart-licensing"] => reach(Reach::Direct),
        ["satellite"] => reach(Reach::Gateway),
        ["satellite", "url", url] => reach(Reach::Url { url: (*url).to_owned(), gateway: true }),
        ["proxy"] => reach(Reach::Proxy),
        ["proxy", "ip-address", host, "port", port] => reach(proxy(host, port)?),
        _ => None,
    })
}

fn server(words: &[&str]) -> Read {
    Ok(match words {
        [url] | ["url", url] => reach(Reach::Url { url: (*url).to_owned(), gateway: true }),
        [host, "port", port] => reach(proxy(host, port)?),
        _ => None,
    })
}

/// The transport of other products.
fn transport(words: &[&str]) -> Read {
    Ok(match words {
        ["smart" | "direct"] => reach(Reach::Direct),
        ["callhome"] => reach(Reach::CallHome),
        ["gateway" | "ssm-satellite", url] => {
            reach(Reach::Url { url: (*url).to_owned(), gateway: true })
        }
        ["proxy", host, port] => reach(proxy(host, port)?),
        _ => None,
    })
}

fn proxy(host: &str, port: &str) -> Result<Reach, String> {
    let number = port.parse().map_err(|_| format!("`{port}` is not a port"))?;
    Ok(Reach::ProxyAt { host: host.to_owned(), port: number })
}

fn own(words: &[&str]) -> Read {
    Ok(match words {
        ["use", feature, count] => {
            let count = small(count, "a number of licences")?;
            command(ClassicCommand::Use { feature: (*feature).into(), count })
        }
        ["fabric", what, of, count] => fabric(what, of, count)?.map(ClassicTyped::Command),
        ["application", feature, rest @ ..] => application::read(feature, rest)?,
        ["key", name, feature, routing] => {
            let (name, feature, routing) = ((*name).into(), (*feature).into(), (*routing).into());
            command(ClassicCommand::RequestThirdPartyKey(KeyWanted { name, feature, routing }))
        }
        ["release", major] => {
            let major = major.parse().map_err(|_| format!("`{major}` is no major release"))?;
            command(ClassicCommand::SetRelease { major })
        }
        ["poll"] => command(ClassicCommand::PollNow),
        ["via", name] => Some(ClassicTyped::Via((*name).to_owned())),
        ["advance", duration] => Some(ClassicTyped::Advance { by_ms: span(duration)? }),
        ["clock", by] => command(ClassicCommand::StepClock { by_ms: signed_span(by)? }),
        ["power", "off"] => Some(ClassicTyped::PowerOff),
        ["power", "on"] => Some(ClassicTyped::Boot),
        ["facts"] => Some(ClassicTyped::Facts),
        _ => None,
    })
}

fn fabric(what: &str, of: &str, count: &str) -> Result<Option<ClassicCommand>, String> {
    let count = u16::try_from(number(count, "a number of switches")?).unwrap_or(u16::MAX);
    let role = match of {
        "leaf" => Some(SwitchRole::Leaf),
        "spine" => Some(SwitchRole::Spine),
        _ => None,
    };
    let tier = match of {
        "essentials" => Some(Tier::Essentials),
        "advantage" => Some(Tier::Advantage),
        "premier" => Some(Tier::Premier),
        _ => None,
    };
    let change = match (what, role, tier) {
        ("commission", Some(role), _) => FabricChange::Commission { role, count },
        ("decommission", Some(role), _) => FabricChange::Decommission { role, count },
        ("enable", _, Some(tier)) => FabricChange::Enable { tier, count },
        ("disable", _, Some(tier)) => FabricChange::Disable { tier, count },
        _ => return Ok(None),
    };
    Ok(Some(ClassicCommand::Fabric(change)))
}

fn command(command: ClassicCommand) -> Option<ClassicTyped> {
    Some(ClassicTyped::Command(command))
}

fn reach(reach: Reach) -> Option<ClassicTyped> {
    Some(ClassicTyped::Reach(reach))
}

#[cfg(test)]
mod tests;
