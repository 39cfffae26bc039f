//! An account that gives authorization codes, as these tests read the documents.

use muster_wire::grant::{GrantedLicense, PERPETUAL};
use muster_wire::proposed::authorization_request::AuthorizationRequest;
use muster_wire::proposed::slac::{AuthorizationAnswer, AuthorizationCode};
use muster_wire::trust::{CustomerInfo, TrustStatus};

/// What the account has seen of codes.
#[derive(Default)]
pub(crate) struct CodeAccount {
    /// Licences it does not have.
    pub(crate) is_empty: bool,
    /// Time stamp of the next code.
    pub(crate) stamp_ms: u64,
    pub(crate) confirmed: Vec<String>,
    pub(crate) returned: Vec<String>,
}

impl CodeAccount {
    pub(crate) fn answer(&mut self, request: &AuthorizationRequest) -> AuthorizationAnswer {
        let [entry] = &request.entries[..] else { panic!("{request:?}") };
        if let Some(code) = &entry.confirm_code {
            code.check().unwrap();
            self.confirmed.push(code.to_string());
        }
        if let Some(code) = &entry.remove_code {
            code.check().unwrap();
            assert!(entry.keys.is_empty(), "a return asks for nothing");
            self.returned.push(code.to_string());
        }
        let granted = |key: &muster_wire::proposed::authorization_request::RequestedKey| {
            assert!(key.count > 0);
            GrantedLicense {
                tag: key.entitlement.clone(),
                count: key.count,
                license_type: PERPETUAL.to_owned(),
                ..GrantedLicense::default()
            }
        };
        let success = !self.is_empty;
        let licenses = entry.keys.iter().filter(|_| success).map(granted).collect();
        let customer = CustomerInfo {
            smart_account: "Muster Test SA".to_owned(),
            virtual_account: "Default".to_owned(),
        };
        let code = AuthorizationCode {
            customer: success.then_some(customer),
            flag: "A".to_owned(),
            version: "C".to_owned(),
            product_instance_identifier: None,
            timestamp: Some(self.stamp_ms),
            licenses,
            status: TrustStatus {
                success,
                message: (!success).then(|| "No licences are left.".to_owned()),
                code: (!success).then(|| "LICENSE_NOT_AVAILABLE".to_owned()),
                correlation_id: None,
            },
        };
        self.stamp_ms += 1;
        AuthorizationAnswer::new(entry.sudi.udi().to_string(), code, |_| String::new())
    }
}
