//! Why a synchronization is refused, in the documented words.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Failed (Network Synchronization)" and
//! "Synchronization Failed (Manual Synchronization)". Assumed: the ends the guide cuts off.

use serde::{Deserialize, Serialize};

/// How a synchronization is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Network,
    File,
}

impl Way {
    /// As the event log calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::File => "file",
        }
    }
}

/// What is wrong with an answer of CSSM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rejection {
    /// Not YAML, or another ending than `.yml`.
    NotYaml,
    Corrupted,
    Modified,
    OtherOnPrem,
    AlreadyProcessed,
    CertificatesMissing,
    CertificateTimestamp,
    IdCertificate,
    SigningCertificate,
    /// The certificate has expired: a full synchronization brings a new one.
    Certificate,
}

impl Rejection {
    /// The documented text.
    pub(crate) const fn text(self, way: Way) -> &'static str {
        match (way, self) {
            (Way::File, Self::NotYaml) => {
                "The file you selected is not a valid synchronization response file. It must be in \
                 YAML format with the file extension \".yml\". Ensure the correct file was \
                 selected and try again."
            }
            (Way::File, Self::Corrupted) => {
                "The file you selected is not a valid synchronization response file. It might be \
                 corrupted or was modified after being downloaded from Smart Software Manager. \
                 Redownload the synchronization response file and try again."
            }
            (Way::File, Self::Modified) => {
                "The file you selected is not a valid synchronization response file. It appears to \
                 have been modified after it was downloaded from Smart Software Manager. \
                 Redownload the synchronization response file and try again."
            }
            (Way::File, Self::OtherOnPrem) => {
                "Please ensure the file being uploaded corresponds to this On-Prem."
            }
            (Way::File, Self::AlreadyProcessed) => {
                "The synchronization response file you selected has already been processed by this \
                 On-Prem. Ensure that you are selecting the most recent file and try again."
            }
            (Way::File, Self::CertificatesMissing) => {
                "The file you selected is not a valid synchronization response file. Certificates \
                 are missing in the response file which you have uploaded. Redownload the \
                 synchronization response file and try again."
            }
            (_, Self::CertificateTimestamp) => {
                "Invalid Certificate timestamp. Please ensure the On-Prem is synchronized with the \
                 NTP server."
            }
            (Way::File, Self::IdCertificate) => {
                "Invalid ID Certificate. The file you uploaded has an invalid certificate. Ensure \
                 the file you uploaded corresponds to this On-Prem and it has not been modified."
            }
            (Way::File, Self::SigningCertificate) => {
                "Invalid Signing Certificate. The file you uploaded has an invalid certificate. \
                 Ensure the file you uploaded corresponds to this On-Prem and it has not been \
                 modified."
            }
            (Way::File, Self::Certificate) => {
                "Invalid Certificate. The file uploaded during synchronization has an invalid \
                 certificate. Please do a full synchronization to get a new certificate."
            }
            (Way::Network, Self::IdCertificate) => {
                "Invalid ID Certificate. The file being processed has an invalid certificate."
            }
            (Way::Network, Self::SigningCertificate) => {
                "Invalid Signing Certificate. The file being processed has an invalid certificate."
            }
            (Way::Network, Self::Certificate) => {
                "Invalid Certificate. The file being processed during synchronization has an \
                 invalid certificate. Please do a full synchronization to get a new certificate."
            }
            (Way::Network, _) => "The file being processed for this On-Prem is invalid.",
        }
    }
}
