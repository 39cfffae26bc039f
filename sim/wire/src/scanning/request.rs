//! Requests as instances usually write them.

use super::answer::or_none;
use super::{Scan, members, once};
use crate::proposed::system_info::SystemInfo;
use crate::transport::smart::{ListedInstance, RequestLine, SmartRequest};
use crate::{Extra, Nonce, PollId, ProductInstanceId, RequestType, SoftwareTag};

/// A request, if nothing in it is unusual.
pub(crate) fn smart_request(text: &str) -> Option<SmartRequest> {
    Scan::whole(text, Scan::smart_request)
}

/// What a file says of its writer, if nothing in it is unusual.
pub(crate) fn system_info(text: &str) -> Option<SystemInfo> {
    Scan::whole(text, Scan::system_info)
}

impl Scan<'_> {
    fn system_info(&mut self) -> Option<SystemInfo> {
        let (mut sudi, mut timestamp, mut nonce, mut hostname) = (None, None, None, None);
        let (mut identifier, mut tag, mut device_list) = (None, None, None);
        members!(self {
            "sudi" => once(&mut sudi, self.sudi()),
            "timestamp" => once(&mut timestamp, self.number()),
            "nonce" => once(&mut nonce, self.text().map(Nonce::new)),
            "hostname" => once(&mut hostname, self.or_null(Self::text)),
            "product_instance_identifier" => once(&mut identifier, self.or_null(Self::text)),
            "software_tag_identifier" => once(&mut tag, self.text().map(SoftwareTag::new)),
            "device_list" => once(&mut device_list, self.items(Self::listed_instance)),
        });
        Some(SystemInfo {
            sudi: sudi?,
            timestamp: timestamp?,
            nonce: nonce?,
            hostname: hostname.flatten().map(Into::into),
            product_instance_identifier: or_none(identifier).map(ProductInstanceId::new),
            software_tag_identifier: tag?,
            device_list: device_list.unwrap_or_default(),
            extra: Extra::new(),
        })
    }

    fn smart_request(&mut self) -> Option<SmartRequest> {
        let (mut sender_info, mut device_list) = (None, None);
        let (mut license_data, mut request_type) = (None, None);
        members!(self {
            "sender_info" => once(&mut sender_info, self.sender_info()),
            "device_list" => {
                once(&mut device_list, self.or_null(|scan| scan.items(Self::listed_instance)))
            },
            "license_data" => {
                once(&mut license_data, self.or_null(|scan| scan.items(Self::request_line)))
            },
            "request_type" => once(&mut request_type, self.or_null(Self::request_type)),
        });
        Some(SmartRequest {
            sender_info: sender_info?,
            device_list: device_list.flatten().unwrap_or_default(),
            license_data: license_data.flatten().unwrap_or_default(),
            request_type: request_type.flatten(),
            extra: Extra::new(),
        })
    }

    fn listed_instance(&mut self) -> Option<ListedInstance> {
        let (mut sudi, mut tag, mut identifier) = (None, None, None);
        let (mut product_version, mut hostname, mut role) = (None, None, None);
        members!(self {
            "sudi" => once(&mut sudi, self.sudi()),
            "software_tag_identifier" => once(&mut tag, self.text().map(SoftwareTag::new)),
            "product_instance_identifier" => once(&mut identifier, self.or_null(Self::text)),
            "product_version" => once(&mut product_version, self.or_null(Self::text)),
            "hostname" => once(&mut hostname, self.or_null(Self::text)),
            "role" => once(&mut role, self.or_null(Self::text)),
        });
        Some(ListedInstance {
            sudi: sudi?,
            software_tag_identifier: tag?,
            product_instance_identifier: or_none(identifier).map(ProductInstanceId::new),
            product_version: product_version.flatten().map(Into::into),
            hostname: hostname.flatten().map(Into::into),
            role: role.flatten().map(Into::into),
            extra: Extra::new(),
        })
    }

    fn request_line(&mut self) -> Option<RequestLine> {
        let (mut request_type, mut request_line_id) = (None, None);
        let (mut sudi, mut poll_id, mut smart_license) = (None, None, None);
        members!(self {
            "request_type" => once(&mut request_type, self.or_null(Self::request_type)),
            "request_line_id" => once(&mut request_line_id, self.number()),
            "sudi" => once(&mut sudi, self.or_null(Self::sudi)),
            "poll_id" => once(&mut poll_id, self.or_null(Self::number)),
            "smart_license" => once(&mut smart_license, self.or_null(Self::text)),
        });
        Some(RequestLine {
            request_type: request_type.flatten(),
            request_line_id: request_line_id?,
            sudi: sudi.flatten(),
            poll_id: poll_id.flatten().map(PollId),
            smart_license: or_none(smart_license).map(str::to_owned),
            extra: Extra::new(),
        })
    }

    fn request_type(&mut self) -> Option<RequestType> {
        self.text().map(RequestType::from)
    }
}
