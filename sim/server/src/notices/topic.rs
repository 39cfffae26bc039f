//! What a notice can be about, by its documented title.
//!
//! Source: SSM On-Prem 7 User Guide, "Alerts Tab", "Licensing Events", "Product Instance Events",
//! "Related SYSLOG Message Text and Their Explanations", and the alerts of "Using Smart Software
//! Manager On-Prem APIs".

use serde::{Deserialize, Serialize};

use super::alert::Dismissal;

macro_rules! topics {
    ($($name:ident, $title:literal;)*) => {
        /// What a notice is about.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub(crate) enum Topic {
            $(#[serde(rename = $title)] $name,)*
        }

        impl Topic {
            /// All of them.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// As the guide titles it.
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

topics! {
    UpdatedLicenseAgreement, "Updated Smart Software Licensing Agreement";
    InsufficientLicenses, "Insufficient Licenses";
    LicensesCorrected, "Licenses Corrected";
    NewLicenses, "New Licenses";
    LicensesRemoved, "Licenses Removed";
    LicensesTransferred, "Licenses Transferred";
    LicensesExpired, "Licenses Expired";
    LicensesExpiring, "Licenses Expiring";
    LicensesReserved, "Licenses Reserved";
    LicenseUpgrade, "License Upgrade";
    DuplicateLicenses, "Duplicate Licenses";
    ReservedLicenseExpired, "Reserved License Expired";
    ReservedLicensesReturned, "Reserved Licenses Returned to Smart Account";
    NewProductInstance, "New Product Instance";
    ProductInstanceTransferred, "Product Instance Transferred";
    ProductInstanceRemoved, "Product Instance Removed";
    ProductInstanceRequestedLicense, "Product Instance Requested License";
    ProductInstanceRenewedCertificate, "Product Instance Renewed Certificate";
    ProductInstanceConnected, "Product Instance Connected";
    ProductInstanceFailedToConnect, "Product Instance Failed to Connect";
    ProductInstanceFailedToRenew, "Product Instance Failed to Renew";
    ProductInstanceAddedViaOnPrem, "Product Instance Added via SSM On-Prem";
    ProductInstanceRequestedLicenseViaOnPrem, "Product Instance Requested License via SSM On-Prem";
    ProductInstanceRemovedViaOnPrem, "Product Instance Removed via SSM On-Prem";
    ConversionRequested, "Device Led Conversion Requested";
    ConversionComplete, "Device Led Conversion Complete";
    ConversionFailed, "Device Led Conversion Failed";
    LicensesNotConverted, "Licenses Not Converted";
    LicensesConverted, "Licenses Converted";
    ExportAuthorizationPending, "Export Control Authorization Pending";
    ExportReturnPending, "Export Control Authorization Return Pending";
    ExportKeysConsumed, "Export Keys Consumed";
    ExportKeysReturned, "Export Keys Returned";
    ExportLicenseNotAvailable, "License Not Available";
    ThirdPartyKey, "Get Third Party Key";
    OnPremRegistered, "SSM On-Prem Registered";
    OnPremReRegistered, "SSM On-Prem Re-Registration";
    OnPremRemoved, "SSM On-Prem Removed";
    OnPremRenamed, "SSM On-Prem Renamed";
    OnPremUnregistered, "On-Prem Unregistered and Removed";
    AuthorizationPending, "Authorization Pending";
    AuthorizationFileReady, "Authorization File Ready";
    SynchronizationOverdue, "Synchronization Overdue";
    SynchronizationRequired, "Synchronization Required";
    SynchronizationFailed, "Synchronization Failed";
    SynchronizationSuccessful, "Synchronization Successful";
    EntitlementsFailed, "One or More Entitlements Failed to Synchronize";
    ProductsFailed, "One or more products failed to synchronize";
    ReRegistrationRequired, "Re-registration Required";
    VersionCompatibility, "Version Compatibility Note";
    TokenCreated, "Token Created";
    TokenRevoked, "Token Revoked";
    TokenRemoved, "Token Removed";
    UserAdded, "User Added";
    UserRoleAdded, "User Roles Added";
    UserRoleRemoved, "User Roles Removed";
    UserGroupAdded, "User Group Added";
    UserGroupUpdated, "User Group Updated";
    UserGroupRemoved, "User Group Removed";
    UserGroupUserRemoved, "User Group User Removed";
    UserGroupUserAdded, "User Group User Added";
    VirtualAccountCreated, "New Virtual Account";
    VirtualAccountRenamed, "Virtual Account Renamed";
    VirtualAccountRemoved, "Virtual Account Removed";
    VirtualAccountAssociated, "Virtual Account Associated to an SSM On-Prem";
    VirtualAccountDisassociated, "Virtual Account Disassociated from an SSM On-Prem";
    AccountChanged, "Account Changed";
}

impl Topic {
    /// What an administrator may do with an alert. Assumed: those about synchronization end with
    /// one, except the reminders; others can be dismissed.
    pub(crate) const fn dismissal(self) -> Dismissal {
        match self {
            Self::InsufficientLicenses
            | Self::UpdatedLicenseAgreement
            | Self::DuplicateLicenses
            | Self::SynchronizationOverdue
            | Self::ReRegistrationRequired => Dismissal::Never,
            Self::LicensesExpiring | Self::ProductInstanceFailedToConnect => Dismissal::RemindLater,
            _ => Dismissal::Dismiss,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn titles_differ_and_are_what_a_topic_is_written_as() {
        let titles: BTreeSet<_> = Topic::ALL.iter().map(|topic| topic.title()).collect();
        assert_eq!(titles.len(), Topic::ALL.len());
        for topic in Topic::ALL {
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.title());
        }
    }
}
