//! Where licensing services are documented to be on their server.
//!
//! Source: Troubleshoot SLP on 9800, "Smart with CSSM" and "SSM On-Prem"; SSM On-Prem 7 User Guide,
//! "About PI Registration".

/// Path of the smart receiver.
pub const RECEIVER: &str = "/licservice/license";

/// Path of Smart Transport on an SSM On-Prem.
pub const SMART_TRANSPORT: &str = "/SmartTransport";

/// Path of Smart Call Home on an SSM On-Prem.
pub const CALL_HOME: &str = "/Transportgateway/services/DeviceRequestHandler";

/// Folder of the CSLU tenants on an SSM On-Prem.
const TENANTS: &str = "/cslu/v1/pi";

/// Whether `path` is that of a CSLU tenant.
#[must_use]
pub fn is_tenant(path: &str) -> bool {
    path.rsplit_once('/')
        .is_some_and(|(folder, tenant)| folder.ends_with(TENANTS) && !tenant.is_empty())
}

/// Whether `path` has the form documented for that endpoint of a target profile; true for an
/// endpoint whose path no document gives.
#[must_use]
pub fn is_documented(endpoint: &str, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    match endpoint {
        "smart_receiver" => path.ends_with(RECEIVER),
        "call_home" => path.ends_with(CALL_HOME),
        _ if endpoint.starts_with("smart_transport") => path.ends_with(SMART_TRANSPORT),
        _ if endpoint.starts_with("cslu") => is_tenant(path),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_has_a_name() {
        assert!(is_tenant("/cslu/v1/pi/Default-1"));
        assert!(is_tenant("/proxy/cslu/v1/pi/My%20VA-1"));
        assert!(!is_tenant("/cslu/v1/pi/"));
        assert!(!is_tenant("/nowhere"));
    }

    #[test]
    fn another_path_of_the_server_is_not_the_service() {
        assert!(is_documented("smart_receiver", "/licservice/license"));
        assert!(!is_documented("smart_receiver", "/nowhere"));
        assert!(is_documented("cslu_other", "/cslu/v1/pi/Other-1/"));
        assert!(!is_documented("cslu_other", "/cslu/v1/pi"));
        assert!(!is_documented("smart_transport_http", "/"));
        assert!(is_documented("admin", "/anything"));
    }
}
