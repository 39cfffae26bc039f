//! What a classic message is about: `request_type`, and `response_type` of its answer.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log (`THIRD_PARTY_KEY`).
//! Assumed: every other spelling. That there are such messages is documented.

use crate::status::wire_words;

wire_words! {
    /// What one request asks for.
    MessageType {
        /// Becomes a product instance of an account (documented; Assumed: the spelling).
        Registration = "REGISTRATION",
        /// Renews the ID certificate (documented; Assumed: the spelling).
        IdCertificateRenewal = "ID_CERT_RENEW",
        /// Reports use and asks whether it is authorized (documented; Assumed: the spelling).
        Entitlement = "ENTITLEMENT",
        /// Shows life (Assumed: the spelling).
        Heartbeat = "HEARTBEAT",
        /// Leaves the account (documented; Assumed: the spelling).
        Deregistration = "DEREGISTRATION",
        /// Asks for an export-controlled licence or returns it (documented; Assumed: the spelling).
        ExportAuthorization = "EXPORT_AUTHORIZATION",
        /// Converts classic licences to smart ones (documented; Assumed: the spelling).
        Conversion = "CONVERSION",
        /// Asks for a deferred result (documented; Assumed: the spelling).
        Poll = "POLL",
        /// Asks for the key of another vendor's service (public).
        ThirdPartyKey = "THIRD_PARTY_KEY",
    }
}
