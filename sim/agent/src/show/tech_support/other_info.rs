//! What an instance tells about its software.
//!
//! Assumed: all of it but the tag, the transport, the trust and the clock, which are the agent's;
//! the rest is as in the public samples of release 17.12 and the releases next to it.

use super::super::Shown;
use super::super::page::{Page, one_line};
use super::super::settings::transport_type;
use crate::input::TransportKind;

const BEFORE_CAPABILITIES: &[(&str, &str)] = &[
    ("Locale", "en_US.UTF-8"),
    ("Debug flags", "0x7"),
    ("Privacy Send Hostname", "True"),
    ("Privacy Send IP", "True"),
    ("Build type:", "Production"),
    ("sizeof(char)  ", "1"),
    ("sizeof(int)   ", "4"),
    ("sizeof(long)  ", "4"),
    ("sizeof(char *)", "8"),
    ("sizeof(time_t)", "4"),
    ("sizeof(size_t)", "8"),
    ("Endian", "Big"),
    ("Write Erase Occurred", "False"),
    ("XOS version", "0.12.0.0"),
    ("Config Persist Received", "False"),
    ("Message Version", "1.3"),
    ("connect_info.name", "<empty>"),
    ("connect_info.version", "<empty>"),
    ("connect_info.additional", "<empty>"),
    ("connect_info.prod", "False"),
    ("connect_info.capabilities", "<empty>"),
];

const AFTER_CAPABILITIES: &[(&str, &str)] = &[
    ("Check Point Interface", "True"),
    ("Config Management Interface", "False"),
    ("License Map Interface", "True"),
    ("HA Interface", "True"),
    ("Trusted Store Interface", "True"),
    ("Platform Data Interface", "True"),
    ("Crypto Version 2 Interface", "False"),
    ("SAPluginMgmtInterfaceMutex", "True"),
    ("SAPluginMgmtIPDomainName", "True"),
    ("SmartTransportVRFSupport", "True"),
    ("SmartAgentClientWaitForServer", "2000"),
    ("SmartAgentCmReTrySend", "True"),
    ("SmartAgentClientIsUnified", "True"),
    ("SmartAgentCmClient", "True"),
    ("SmartAgentClientName", "UnifiedClient"),
    ("builtInEncryption", "True"),
    ("enableOnInit", "True"),
    ("routingReadyByEvent", "True"),
    ("systemInitByEvent", "True"),
    ("SmartTransportServerIdCheck", "True"),
    ("SmartTransportProxySupport", "True"),
    ("SmartAgentComplianceStatus", "False"),
    ("SmartAgentTelemetryRumReportMax", "600"),
    ("SmartAgentRumTelemetryRumStoreMin", "500"),
    ("SmartAgentPolicyDisplayFormat", "0"),
    ("SmartAgentReportOnUpgrade", "False"),
    ("SmartAgentIndividualRUMEncrypt", "2"),
    ("SmartAgentMaxRumMemory", "50"),
    ("SmartAgentConcurrentThreadMax", "10"),
    ("SmartAgentPolicyControllerModel", "False"),
    ("SmartAgentDisableCacheSWID", "False"),
    ("SmartAgentPolicyModel", "True"),
    ("SmartAgentFederalLicense", "True"),
    ("SmartAgentMultiTenant", "False"),
    ("attr365DayEvalSyslog", "True"),
    ("checkPointWriteOnly", "False"),
    ("SmartAgentDelayCertValidation", "False"),
    ("enableByDefault", "False"),
    ("conversionAutomatic", "False"),
    ("conversionAllowed", "False"),
    ("storageEncryptDisable", "False"),
    ("storageLoadUnencryptedDisable", "False"),
    ("TSPluginDisable", "False"),
    ("bypassUDICheck", "False"),
    ("loggingAddTStamp", "False"),
    ("loggingAddTid", "True"),
    ("HighAvailabilityOverrideEvent", "UnknownPlatformEvent"),
    ("platformIndependentOverrideEvent", "UnknownPlatformEvent"),
    ("platformOverrideEvent", "SmartAgentSystemDataListChanged"),
    ("WaitForHaRole", "False"),
    ("standbyIsHot", "True"),
    ("chkPtType", "2"),
    ("delayCommInit", "False"),
    ("roleByEvent", "True"),
    ("maxTraceLength", "150"),
    ("traceAlwaysOn", "True"),
    ("debugFlags", "0"),
    ("Event log max size", "5120 KB"),
    ("Event log current size", "0 KB"),
];

pub(super) fn block(page: &mut Page, shown: &Shown<'_>) {
    page.heading("Other Info");
    page.fact(0, "Software ID", shown.platform.software_tag.as_str());
    page.fact(0, "Agent State", "authorized");
    page.fact(0, "TS enable", "True");
    page.fact(0, "Transport", transport_type(shown.view.transport));
    if shown.view.transport == TransportKind::Smart {
        let url = shown.server_url.map_or_else(|| "<empty>".to_owned(), one_line);
        page.fact(2, "Default URL", url);
    }
    facts(page, BEFORE_CAPABILITIES);
    page.fact(0, "agent.capabilities", shown.platform.capabilities.join(", "));
    facts(page, AFTER_CAPABILITIES);
    trust(page, shown);
    let clock_kept = shown.view.clock_offset_ms == 0;
    page.fact(0, "Clock sync-ed with NTP", if clock_kept { "True" } else { "False" });
    page.blank();
}

fn facts(page: &mut Page, facts: &[(&str, &str)]) {
    for (name, value) in facts {
        page.fact(0, name, value);
    }
}

fn trust(page: &mut Page, shown: &Shown<'_>) {
    let (udi, trust_id) = (&shown.view.udi, shown.view.trust_id);
    if trust_id == 0 {
        page.fact(0, &udi.to_string(), "No Trust Data");
        page.fact(0, "Overall Trust", "No ID");
    } else {
        let data = format!("{udi}, state[2], Trust Data INSTALLED  TrustId:{trust_id}");
        page.fact(0, &udi.to_string(), data);
        page.fact(0, "Overall Trust", "INSTALLED (2)");
    }
}
