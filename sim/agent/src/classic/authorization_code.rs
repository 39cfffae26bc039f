//! The authorization code that comes with an export authorization: opened, and compared with what
//! was asked for.
//!
//! Public: the agent errors. Assumed: that a code is a SLAC or, as with reservations, a
//! `specificPLR`; that an authorization without one counts, for no document says that it is there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_certs::PublicKey;
use muster_wire::classic::AgentErrorCode;
use muster_wire::classic::proposed::export_authorization::ExportAuthorization;
use muster_wire::grant::GrantedLicense;
use muster_wire::{Artefact, Udi};

/// How many licences the code in `found` gives; none without a code.
pub(crate) fn open(
    found: &ExportAuthorization,
    udi: &Udi,
    server_key: Option<&PublicKey>,
) -> Result<Option<u32>, AgentErrorCode> {
    let Some(text) = &found.smart_license else { return Ok(None) };
    let bytes = STANDARD.decode(text.trim()).map_err(|_| AgentErrorCode::BASE64_DECODING)?;
    let artefact = Artefact::decode(&bytes).map_err(|_| AgentErrorCode::RESERVATION_PARSE)?;
    let (theirs, signed, signature, licenses) = match &artefact {
        Artefact::Authorization(answer) => {
            if !answer.code.status.success {
                return Err(AgentErrorCode::CODE_VALIDATION);
            }
            (&answer.udi, &answer.signed, &answer.signature, &answer.code.licenses)
        }
        Artefact::Reservation(code) => {
            (&code.udi, &code.signed, &code.signature, &code.code.licenses)
        }
        _ => return Err(AgentErrorCode::RESERVATION_PARSE),
    };
    if theirs.parse::<Udi>().as_ref() != Ok(udi) {
        return Err(AgentErrorCode::CODE_VALIDATION);
    }
    if let Some(key) = server_key
        && !STANDARD.decode(signature).is_ok_and(|der| key.verify(signed.as_bytes(), &der))
    {
        return Err(AgentErrorCode::SIGNATURE_VERIFICATION);
    }
    let of_tag = |license: &&GrantedLicense| license.tag == found.tag;
    let counts = licenses.iter().filter(of_tag).map(|license| license.count);
    match counts.fold(0, u32::saturating_add) {
        0 => Err(AgentErrorCode::INVALID_TAG),
        count => Ok(Some(count)),
    }
}

#[cfg(test)]
mod tests {
    use muster_certs::{InstanceKey, Seed};
    use muster_wire::artefact::to_smart_license;
    use muster_wire::classic::proposed::export_authorization::ExportStatus;
    use muster_wire::classic::reservation::{ReservationCode, ReservedLicenses};
    use muster_wire::proposed::slac::{AuthorizationAnswer, AuthorizationCode};
    use muster_wire::trust::TrustStatus;
    use muster_wire::{EntitlementTag, Extra};

    use super::*;

    const TAG: &str = "regid.2019-03.com.cisco.DNA_HSEC,1.0_509c41ab-05a8-431f-95fe-ec28086e8844";

    fn key() -> InstanceKey {
        InstanceKey::derive(&Seed::from_u64(3), 0, 0)
    }

    fn sign(text: &str) -> String {
        STANDARD.encode(key().sign(text.as_bytes()))
    }

    fn granted(count: u32) -> Vec<GrantedLicense> {
        vec![GrantedLicense { tag: EntitlementTag::new(TAG), count, ..GrantedLicense::default() }]
    }

    fn slac(udi: &str, licenses: Vec<GrantedLicense>, success: bool) -> String {
        let code = AuthorizationCode {
            customer: None,
            flag: "A".to_owned(),
            version: "C".to_owned(),
            product_instance_identifier: None,
            timestamp: None,
            licenses,
            status: TrustStatus { success, message: None, code: None, correlation_id: None },
        };
        to_smart_license(&AuthorizationAnswer::new(udi.to_owned(), code, sign).encode())
    }

    fn opened(smart_license: Option<String>) -> Result<Option<u32>, AgentErrorCode> {
        let found = ExportAuthorization {
            tag: EntitlementTag::new(TAG),
            count: 2,
            status: ExportStatus::Success,
            message: None,
            smart_license,
            extra: Extra::new(),
        };
        open(&found, &Udi::new("CSR1000V", "MST1"), Some(&key().public_key()))
    }

    #[test]
    fn a_code_of_either_kind_says_how_many_it_gives() {
        const UDI: &str = "P:CSR1000V,S:MST1";
        assert_eq!(opened(None), Ok(None));
        assert_eq!(opened(Some(slac(UDI, granted(2), true))), Ok(Some(2)));
        let code = ReservedLicenses { licenses: granted(1), ..ReservedLicenses::default() };
        let code = ReservationCode::new(code, UDI.to_owned(), sign);
        assert_eq!(opened(Some(to_smart_license(&code.encode()))), Ok(Some(1)));
    }

    #[test]
    fn a_code_that_is_not_for_this_instance_and_licence_gives_nothing() {
        const UDI: &str = "P:CSR1000V,S:MST1";
        let forged = slac(UDI, granted(2), true);
        let forged = STANDARD.decode(forged).unwrap();
        let forged = String::from_utf8(forged).unwrap().replace("<count>2<", "<count>9<");
        for (text, code) in [
            (Some("%".to_owned()), AgentErrorCode::BASE64_DECODING),
            (Some(STANDARD.encode("<a")), AgentErrorCode::RESERVATION_PARSE),
            (Some(STANDARD.encode("<other/>")), AgentErrorCode::RESERVATION_PARSE),
            (Some(slac("P:CSR1000V,S:MST2", granted(2), true)), AgentErrorCode::CODE_VALIDATION),
            (Some(slac(UDI, granted(2), false)), AgentErrorCode::CODE_VALIDATION),
            (Some(slac(UDI, Vec::new(), true)), AgentErrorCode::INVALID_TAG),
            (Some(to_smart_license(&forged)), AgentErrorCode::SIGNATURE_VERIFICATION),
        ] {
            assert_eq!(opened(text), Err(code));
        }
    }
}
