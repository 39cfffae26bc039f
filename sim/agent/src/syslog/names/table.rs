//! The rows: one per line a product instance can log.

use super::{Facility, LogEra, LogName, Provenance};

const EVENTLOG_9800: &str = "Troubleshoot SLP on 9800, Errors Reported in show license eventlog";
const BOOT: &str = "public boot logs of switches and routers";
const EVENTLOG_SAMPLE: &str = "a public sample of show license eventlog";
const FIELD_NOTICE: &str = "a public field notice on a root certificate";
const YANG: &str = "a notification of the public YANG model cisco-smart-license";
const MIB: &str = "a trap of the public CISCO-SMART-LIC-MIB";

log_names! {
    PLATFORM_ERROR: SmartLic Some(2), "PLATFORM_ERROR", Both,
        "Smart Licensing has encountered an internal software error. Contact TAC: [chars]",
        Public, "a public recording of a console";
    COMM_FAILED: SmartLic Some(3), "COMM_FAILED", Both,
        "Communications failure with the [chars] : [chars]",
        Documented, EVENTLOG_9800;
    COMM_RESTORED: SmartLic Some(5), "COMM_RESTORED", Both,
        "Communications with [chars] restored",
        Documented, EVENTLOG_9800;
    AGENT_READY: SmartLic Some(6), "AGENT_READY", Both,
        "Smart Agent for Licensing is initialized",
        Public, BOOT;
    AGENT_ENABLED: SmartLic Some(6), "AGENT_ENABLED", Both,
        "Smart Agent for Licensing is enabled",
        Public, BOOT;
    EXPORT_CONTROLLED: SmartLic Some(6), "EXPORT_CONTROLLED", Both,
        "Usage of export controlled features is not allowed",
        Public, BOOT;
    HA_ROLE_CHANGED: SmartLic Some(6), "HA_ROLE_CHANGED", Both,
        "Smart Agent HA role changed to [chars].",
        Public, BOOT;
    SYSTEM_CLOCK_CHANGED: SmartLic Some(5), "SYSTEM_CLOCK_CHANGED", Both,
        "Smart Agent for Licensing System clock has been changed",
        Public, BOOT;
    TRUST_CODE_INSTALL_FAILED: SmartLic Some(3), "TRUST_CODE_INSTALL_FAILED", Policy,
        "The install of a new licensing trust code has failed on [chars]: [chars].",
        Documented, "SLP on Catalyst 9400, System Messages";
    TRUST_CODE_INSTALL_SUCCESS: SmartLic Some(6), "TRUST_CODE_INSTALL_SUCCESS", Policy,
        "A new licensing trust code was successfully installed on [chars].",
        Assumed, MIB;
    POLICY_INSTALL_SUCCESS: SmartLic Some(6), "POLICY_INSTALL_SUCCESS", Policy,
        "A new licensing policy was successfully installed.",
        Assumed, MIB;
    POLICY_INSTALL_FAILED: SmartLic Some(3), "POLICY_INSTALL_FAILED", Policy,
        "The installation of a new licensing policy has failed: [chars].",
        Assumed, MIB;
    POLICY_REMOVED: SmartLic Some(3), "POLICY_REMOVED", Policy,
        "The licensing policy has been removed.",
        Assumed, MIB;
    REPORTING_REQUIRED: SmartLic Some(6), "REPORTING_REQUIRED", Policy,
        "A Usage report acknowledgement will be required in [dec] days.",
        Public, BOOT;
    REPORTING_NOT_SUPPORTED: SmartLic Some(4), "REPORTING_NOT_SUPPORTED", Policy,
        "Smart Agent for Licensing CSSM OnPrem is down rev and does not support the enhanced \
         policy and usage reporting mode.",
        Public, "a public article on SSM On-Prem and Smart Licensing Using Policy";
    AUTHORIZATION_INSTALL_SUCCESS: SmartLic Some(6), "AUTHORIZATION_INSTALL_SUCCESS", Policy,
        "A new licensing authorization code was successfully installed on: [chars].",
        PublicName, "a public guide to Smart Licensing";
    AUTHORIZATION_INSTALL_FAILED: SmartLic Some(3), "AUTHORIZATION_INSTALL_FAILED", Policy,
        "The install of a new licensing authorization code has failed on [chars]: [chars].",
        Assumed, MIB;
    AUTHORIZATION_REMOVED: SmartLic Some(6), "AUTHORIZATION_REMOVED", Policy,
        "A licensing authorization code has been removed from [chars].",
        Assumed, MIB;
    AGENT_REG_SUCCESS: SmartLic Some(6), "AGENT_REG_SUCCESS", Classic,
        "Smart Agent for Licensing Registration with the [chars] successful for udi [chars]",
        Assumed, YANG;
    AGENT_REG_FAILED: SmartLic Some(3), "AGENT_REG_FAILED", Classic,
        "Smart Agent for Licensing Registration with the [chars] failed: [chars]",
        PublicName, FIELD_NOTICE;
    AGENT_DEREG_SUCCESS: SmartLic Some(6), "AGENT_DEREG_SUCCESS", Classic,
        "Smart Agent for Licensing De-registration with the [chars] successful for udi [chars]",
        Assumed, YANG;
    AGENT_DEREG_FAILED: SmartLic Some(3), "AGENT_DEREG_FAILED", Classic,
        "Smart Agent for Licensing De-registration with the [chars] failed: [chars]",
        Assumed, YANG;
    EVAL_START: SmartLic Some(5), "EVAL_START", Classic,
        "Entering evaluation period",
        Public, BOOT;
    EVAL_EXPIRED_WARNING: SmartLic Some(4), "EVAL_EXPIRED_WARNING", Classic,
        "Evaluation period will expire in [chars].",
        Assumed, YANG;
    EVAL_EXPIRED: SmartLic Some(3), "EVAL_EXPIRED", Classic,
        "Evaluation period expired on [chars].",
        PublicName, "a public guide to lab routers";
    AUTH_RENEW_SUCCESS: SmartLic Some(6), "AUTH_RENEW_SUCCESS", Classic,
        "Authorization renewal with the [chars] successful. State=[chars] for udi [chars]",
        Assumed, YANG;
    AUTH_RENEW_FAILED: SmartLic Some(3), "AUTH_RENEW_FAILED", Classic,
        "Authorization renewal with the [chars] : [chars] for udi [chars]",
        Public, FIELD_NOTICE;
    AUTH_EXPIRED: SmartLic Some(3), "AUTH_EXPIRED", Classic,
        "Authorization period expired",
        Assumed, YANG;
    IN_COMPLIANCE: SmartLic Some(5), "IN_COMPLIANCE", Classic,
        "All entitlements and licenses in use on this product are authorized",
        Assumed, YANG;
    OUT_OF_COMPLIANCE: SmartLic Some(3), "OUT_OF_COMPLIANCE", Classic,
        "One or more entitlements are out of compliance",
        Assumed, YANG;
    ID_CERT_RENEW_SUCCESS: SmartLic Some(6), "ID_CERT_RENEW_SUCCESS", Classic,
        "Identity certificate renewal successful for udi [chars]",
        Assumed, YANG;
    ID_CERT_RENEW_FAILED: SmartLic Some(3), "ID_CERT_RENEW_FAILED", Classic,
        "Identity certificate renewal for udi [chars] failed: [chars]",
        Assumed, YANG;
    ID_CERT_EXPIRED_WARNING: SmartLic Some(4), "ID_CERT_EXPIRED_WARNING", Classic,
        "The registration will expire in [chars].",
        Assumed, YANG;
    ID_CERT_EXPIRED: SmartLic Some(3), "ID_CERT_EXPIRED", Classic,
        "Registration period has expired. Smart Licensing will transition to the unregistered \
         state.",
        Assumed, YANG;
    ID_CERT_OUT_OF_RANGE: SmartLic Some(4), "ID_CERT_OUT_OF_RANGE", Classic,
        "The system clock is outside the validity of the identity certificate.",
        Assumed, YANG;
    EXPORT_REQUEST_SUCCESS: SmartLic Some(6), "EXPORT_REQUEST_SUCCESS", Classic,
        "The export key for [chars] was successfully installed.",
        Assumed, MIB;
    EXPORT_REQUEST_FAILED: SmartLic Some(3), "EXPORT_REQUEST_FAILED", Classic,
        "The request for an export key for [chars] has failed: [chars].",
        Assumed, MIB;
    SL_MESSAGE_FAILED: CallHome Some(5), "SL_MESSAGE_FAILED", Classic,
        "Fail to send out Smart Licensing message to: [chars] ([chars])",
        PublicName, FIELD_NOTICE;
    CALL_HOME_ENABLED: CallHome Some(6), "CALL_HOME_ENABLED", Both,
        "Call-home is enabled by Smart Agent for Licensing.",
        Public, BOOT;
    EVENT_SYSTEM_INIT: EventLog None, "INIT_SYSTEM_INIT", Both,
        "",
        Documented, EVENTLOG_9800;
    EVENT_CRYPTO_READY: EventLog None, "INIT_CRYPTO", Both,
        " success=\"True\"",
        Documented, EVENTLOG_9800;
    EVENT_CRYPTO_NOT_READY: EventLog None, "INIT_CRYPTO", Both,
        " success=\"False\" error=\"Crypto Initialization has not been completed\"",
        Documented, EVENTLOG_9800;
    EVENT_COMM_FAIL: EventLog None, "COMM_FAIL", Both,
        " error=\"[chars]\"",
        Documented, EVENTLOG_9800;
    EVENT_COMM_RESTORED: EventLog None, "COMM_RESTORED", Both,
        "",
        Documented, EVENTLOG_9800;
    EVENT_UTILITY_RUM_FAIL: EventLog None, "UTILITY_RUM_FAIL", Policy,
        " error=\"[chars]\"",
        Documented, EVENTLOG_9800;
    EVENT_ENDPOINT_USAGE: EventLog None, "ENDPOINT_USAGE", Both,
        " count=\"[dec]\" entitlementTag=\"[chars]\"",
        Public, EVENTLOG_SAMPLE;
    EVENT_PLATFORM: EventLog None, "PLATFORM", Both,
        " eventSource=\"[chars]\" eventName=\"[chars]\" MSG=\"[chars]\"",
        Public, EVENTLOG_SAMPLE;
    EVENT_RUM_ACK_IGNORED: EventLog None, "RUM_ACK_IGNORED", Policy,
        " reportId=\"[dec]\" error=\"[chars]\"",
        Assumed, "no source: a server's wrong acknowledgement must leave a trace";
}
