//! What a Smart Agent says went wrong: number, name and meaning, in one table.
//!
//! Source: the public YANG model of agent errors (numbers and names). The texts are Muster's own
//! words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The number of an agent error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgentErrorCode(pub u16);

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentError {
    /// The number.
    pub code: AgentErrorCode,
    /// Its name in the model.
    pub name: &'static str,
    /// What it means, as a fragment.
    pub text: &'static str,
}

macro_rules! agent_errors {
    ($($constant:ident = $code:literal, $name:literal, $text:literal;)*) => {
        impl AgentErrorCode {
            $(
                #[doc = concat!("`", $name, "`: ", $text, ".")]
                pub const $constant: Self = Self($code);
            )*

            /// Every row, by number without a gap.
            pub const TABLE: &'static [AgentError] = &[
                $(AgentError { code: Self($code), name: $name, text: $text },)*
            ];
        }
    };
}

agent_errors! {
    SUCCESS = 0, "success", "no error";
    OUT_OF_MEMORY = 1, "malloc", "no memory could be allocated";
    NULL_POINTER = 2, "nullpointer", "a pointer is null";
    DEPRECATED_3 = 3, "error3", "no longer in use";
    DEPRECATED_4 = 4, "error4", "no longer in use";
    DEPRECATED_5 = 5, "error5", "no longer in use";
    BAD_INPUT = 6, "BadInputParams", "a parameter is wrong";
    DEPRECATED_7 = 7, "error7", "no longer in use";
    BAD_HANDLE = 8, "badhandle", "a handle is wrong";
    NOT_FOUND = 9, "notfound", "there is no such item";
    NOT_SUPPORTED = 10, "notsupported", "the operation is not supported";
    ALREADY_INITIALIZED = 11, "alreadyinit", "the agent is initialized already";
    NOT_INITIALIZED = 12, "notinit", "the agent is not initialized yet";
    STATE_MACHINE_NOT_CREATED = 13, "smfailtocreate", "a state machine could not be created";
    STATE_MACHINE_NOT_RUNNING = 14, "smfailtorun", "a state machine does not run";
    STATE_MACHINE_NOT_INITIALIZED = 15, "smfailtoinit", "a state machine could not be initialized";
    STATE_MACHINE_NOT_DESTROYED = 16, "smfailtodestroy", "a state machine could not be removed";
    MESSAGE_PARSE = 17, "msgparse", "a message does not parse";
    MESSAGE_BUILD = 18, "msgbuild", "a message could not be built";
    NOT_ENABLED = 19, "notenabled", "the agent is not enabled";
    INVALID_REQUEST = 20, "invalidrequest", "the request makes no sense to the agent";
    INITIALIZATION = 21, "init",
        "the system refused something during initialization; the log says what";
    STATE_NOT_SET = 22, "failtosetstate", "the state could not be set";
    UNSUPPORTED_RESPONSE = 23, "unsupportedresponse", "the response is of an unknown type";
    INVALID_RESPONSE = 24, "invalidresponse", "the response is of another type than the request";
    STORAGE_WRITE = 25, "storagefailtostore", "trusted storage could not be written";
    STORAGE_READ = 26, "storagefailtoretrieve", "trusted storage could not be read";
    NO_CREDENTIAL = 27, "nullccoidtoken", "there is neither a CCO id nor an ID token";
    IDENTIFIER_MISMATCH = 28, "matchidentifier", "the product instance identifier is another one";
    VENDOR_MISMATCH = 29, "matchvendor", "the vendor is another one";
    NONCE_MISMATCH = 30, "matchnonce", "the nonce is not that of the request";
    COMMUNICATION_DISABLED = 31, "commdisabled", "Call Home is disabled";
    COMMUNICATION_SEND = 32, "commsend", "a message could not be sent; a timeout is tried again";
    COMMUNICATION_RESPONSE = 33, "commresponse", "the response could not be received";
    COMMUNICATION_UNKNOWN = 34, "communkown", "Call Home failed for an unknown reason";
    NOT_ALLOWED_IN_STATE = 35, "smpostnotallow", "the operation does not fit the state";
    MISSING_FIELD = 36, "reqmsgmissingmandatoryfield", "a field that must be there is not";
    RESPONSE_FAILED = 37, "responsefailed", "the response says that the request failed";
    INSTANCE_NOT_INITIALIZED = 38, "pinotinit", "the product instance is not initialized";
    ALREADY_ENABLED = 39, "alreadyenabled", "the agent is enabled already";
    ALREADY_REGISTERED = 40, "alreadyregistered", "the agent is registered already";
    CERTIFICATE_INVALID = 41, "certinvalid", "a certificate is not valid";
    CERTIFICATE_EXPIRED = 42, "certexpired", "a certificate has expired";
    NOT_REGISTERED = 43, "notregistered", "the agent is not registered";
    CSR_GENERATION = 44, "csrgenerationfailed", "a certificate signing request could not be made";
    SIGNATURE_VERIFICATION = 45, "verifysignaturefailed", "the signature does not verify";
    SIGNATURE_GENERATION = 46, "generatesignaturefailed", "a signature could not be made";
    SIGNING_CERTIFICATE = 47, "signcertverificationfailed",
        "the signing certificate does not verify";
    NODE_CERTIFICATE = 48, "nodecertverificationfailed", "the ID certificate does not verify";
    CERTIFICATE_PARSE = 49, "parsecertificatefailed", "a certificate does not parse";
    ROOT_IMPORT = 50, "cryptorootcaimportfailed", "the root certificate could not be imported";
    INVALID_TAG = 51, "taginvalid", "the tag is not valid";
    STANDBY = 52, "standby", "the agent runs on a standby route processor";
    REGISTRATION_IN_PROGRESS = 53, "registrationinprogress", "a registration is under way";
    COMMUNICATION_RETRY = 54, "commretry", "Call Home restarts; try again";
    AUTHORIZATION_IN_PROGRESS = 55, "authrenewinprogress", "an authorization renewal is under way";
    ID_CERTIFICATE_IN_PROGRESS = 56, "idcertrenewinprogress",
        "an ID certificate renewal is under way";
    UDI_UNCHANGED = 57, "noudichange", "the list of UDIs is the same";
    CALL_HOME_OFF = 58, "callhomeserviceoff", "the Call Home service cannot be turned on";
    MESSAGE_IN_PROGRESS = 59, "msgexecinprogress", "a message is under way";
    MESSAGE_LOCKED = 60, "msgexecinproglocked", "the mark of a message under way is locked";
    CERTIFICATE_OF_SUBSET = 61, "certmatchessubsetudis",
        "the ID certificate fits only some of the UDIs";
    STORAGE_GROUP_INCOMPLETE = 62, "storagegroupchangeincomplete",
        "only part of a storage group changed";
    STORAGE_NOT_INITIALIZED = 63, "storagemgmtnotinit", "storage is not initialized";
    STORAGE_PATH_UNCHANGED = 64, "tspathnotchanged", "the storage paths are the same";
    CRYPTO_NOT_COMPLETED = 65, "cryptoinitnotcompleted", "crypto initialization is not complete";
    NOT_UNIDENTIFIED = 66, "notinunidentified", "the agent is not in the unidentified state";
    PLATFORM_PATH = 67, "platformpathinvalid", "the path the platform gave is not valid";
    PLATFORM_UDI = 68, "platformudiinvalid", "the UDI the platform gave is not valid";
    STORAGE_OBJECT_CREATE = 69, "storageobjfailtocreate", "a stored object could not be created";
    STORAGE_OBJECT_ERASE = 70, "storageobjfailtoerase", "a stored object could not be erased";
    STORAGE_OBJECT_MISSING = 71, "storageobjdoesnotexist", "there is no such stored object";
    MESSAGE_BEYOND_PEER = 72, "messageeventexceedspeer", "the message is past what the peer knows";
    CODE_VALIDATION = 73, "codevalidationfailed", "the authorization code is not for this UDI";
    RESERVED = 74, "reserved", "not possible with a permanent reservation";
    NO_RESERVATION_IN_PROGRESS = 75, "noreservationinprogress", "no reservation is under way";
    NO_AUTHORIZATION = 76, "noauthorizationinstalled", "no authorization code is installed";
    RESERVATION_MISMATCH = 77, "reservationmismatch",
        "the authorization code answers another request code";
    NOT_RESERVATION_MODE = 78, "notreservationmode", "the agent is not in reservation mode";
    RESERVATION = 79, "reservationerror", "the reservation failed; its text says why";
    SYSTEM_MANAGER = 80, "sysmgrinit", "the system manager could not be initialized";
    ALREADY_EXISTS = 81, "alreadyexists", "it exists already";
    LIST_INSERT = 82, "listinsertfailed", "an item could not be put into a list";
    SESSIONS_NOT_INITIALIZED = 83, "sessionmgmtnotinit", "client sessions are not initialized";
    LIST_INIT = 84, "listinitfailed", "a list could not be created";
    LIST_BUSY = 85, "listbusy", "a list is in use";
    NO_CLIENTS = 86, "noclients", "no client is connected";
    IPC = 87, "ipc", "communication between processes failed";
    IPC_OPEN = 88, "ipcopen", "an IPC socket could not be opened";
    IPC_INIT = 89, "ipcinit", "IPC could not be initialized";
    IPC_CONNECT = 90, "ipcconnect", "an IPC connection could not be made";
    IPC_EVENTS = 91, "ipcevents", "the IPC server reports an error";
    IPC_MANAGEMENT = 92, "ipcmgmt", "IPC management failed";
    IPC_SEND = 93, "ipcsend", "an IPC message could not be sent";
    IPC_RECEIVE = 94, "ipcreceive", "an IPC message could not be received";
    IPC_TIMEOUT = 95, "ipctimeout", "no IPC message came in time";
    ENQUEUE = 96, "enqueuefailed", "a message could not be put into the IPC queue";
    DEQUEUE = 97, "dequeuefailed", "a message could not be taken from the IPC queue";
    SHUTTING_DOWN = 98, "shuttingdown", "the agent shuts down and takes nothing more";
    TRUST_CHAIN = 99, "couldnotvalidatetrustchain", "the certificate chain does not verify";
    RESERVATION_INSTALLED = 100, "reservationalreadyinstalled",
        "the authorization code is installed already";
    RESERVATION_PARSE = 101, "reservationinstallparsefail", "the authorization code does not parse";
    BASE64_ENCODING = 102, "base64encoding", "base64 could not be written";
    BASE64_DECODING = 103, "base64decoding", "base64 could not be read";
    TAG_WITHOUT_UUID = 104, "invalidsoftwareidtag", "the software tag holds no UUID";
    CERTIFICATE_MISMATCH = 105, "certificatemismatch",
        "development certificates meet a production root";
    NO_RESERVATION = 106, "noreservation", "there is no reservation";
    AGENT_UNREACHABLE = 107, "agentunreachable", "the agent's process cannot be reached";
    EVENT_IGNORED = 108, "ignoreevent", "the agent passes over the event";
    BASE58_OVERFLOW = 109, "b58overflow", "the number is too large for base58";
    BASE58_DECODE = 110, "b58decode", "base58 could not be read";
    BASE58_LENGTH = 111, "b58badlen", "the base58 text has a wrong length";
    BASE58_DIGIT = 112, "b58invdigit", "a character is no base58 digit";
    BASE58_DECODE_OVERFLOW = 113, "b58decodeoverflow", "the base58 text holds too large a number";
    RESERVATION_VERSION = 114, "reservationversionoutofbound",
        "the reservation's version is out of bounds";
    BASE58_ENCODING = 115, "base58encode", "base58 could not be written";
    DUPLICATE_ENTRY = 116, "duplicatedentry", "the redundancy peer was added before";
    MISSING_ENTRY = 117, "missingentry", "there is no such redundancy peer to remove";
    PEER_FORMAT = 118, "badpeerinfoformat", "the redundancy peer is not described properly";
    REDUNDANCY_INCOMPLETE = 119, "badapplicationhaattributedataset",
        "attributes of the redundant application are missing";
    RESERVATION_IN_PROGRESS = 120, "reservationinprogress", "a reservation is under way";
    DATA_HANDLE = 121, "xdmcreatehandle", "a data handle could not be created";
    ENTITLEMENT_VERSION = 122, "versionmismatchinentitlementrsp",
        "the version changed since the last response; the entitlement request is due again";
    REDUNDANCY_ROLE = 123, "harolenotsupported", "the operation is for active and standby only";
    REDUNDANCY_CHARACTER = 124, "apphainvalidcharacter",
        "a redundancy attribute is not alphanumeric";
    PEER_OF_SAME_INSTANCE = 125, "apphaaddpeerfromsamedevice",
        "the redundancy peer is the instance itself";
    DUPLICATE_APPLICATION = 126, "apphaappduplicatedinstance",
        "another handle has the same tag, application and id";
    REGISTRATION_VERSION = 127, "versionmismatchinregresponse",
        "the server does not speak the message version of the registration";
    NO_CONVERSION_CALLBACK = 128, "conversionnocb",
        "nobody on the instance takes part in conversion";
    CONVERSION_NOT_ALLOWED = 129, "conversionnotallowed", "the product does not allow conversion";
    CONVERSION_IN_PROGRESS = 130, "conversioninprogress", "a conversion is under way";
    CONVERSION_STARTED = 131, "conversionalreadystarted", "the conversion was started before";
    CONVERSION_NOT_ENABLED = 132, "conversionnotenabled", "conversion is not enabled";
    CONVERSION_NOT_SUPPORTED = 133, "versionconversionnotsupported",
        "the server does not support conversion";
    NO_CONVERSION_IN_PROGRESS = 134, "noconversioninprogress", "no conversion is under way";
    CRYPTO_VERSION = 135, "cryptoversionmismatch",
        "another crypto library is loaded than was built with";
    CONVERSION_PARTLY_STOPPED = 136, "conversionstoppedpartially", "some conversions were stopped";
    UTILITY_ENABLED = 137, "utilityenabled", "not possible with utility reporting";
    UTILITY_NOT_ENABLED = 138, "utilitynotenabled", "utility reporting is not enabled";
    TRANSPORT_NOT_AVAILABLE = 139, "transportnotavailable", "the transport is not available";
    FQDN = 140, "fqdn", "the full domain name is not known";
    TRANSPORT_WITHOUT_FEATURE = 141, "thirdparty", "the transport cannot do this";
    TRANSPORT_TYPE = 142, "transporttype", "the transport that is needed is not configured";
    REQUESTED_ITEM_NOT_FOUND = 143, "requesteditemnotfound", "there is no such item as requested";
    NO_RESERVATION_CODE = 144, "noreservationauthcode",
        "no authorization code of a reservation is installed";
}

impl AgentErrorCode {
    /// The row of the table; none past its end.
    pub fn row(self) -> Option<&'static AgentError> {
        Self::TABLE.get(usize::from(self.0))
    }

    /// What an agent says of bytes that do not decode: [`Self::MISSING_FIELD`] when a part is not
    /// there, else [`Self::MESSAGE_PARSE`].
    pub fn of_undecodable(error: &Error) -> Self {
        match error {
            Error::Missing { .. } => Self::MISSING_FIELD,
            Error::Json { detail, .. } if detail.starts_with("missing field") => {
                Self::MISSING_FIELD
            }
            _ => Self::MESSAGE_PARSE,
        }
    }
}

impl fmt::Display for AgentErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row() {
            Some(row) => f.write_str(row.text),
            None => write!(f, "agent error {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_number_once() {
        for (at, row) in AgentErrorCode::TABLE.iter().enumerate() {
            assert_eq!(usize::from(row.code.0), at, "{}", row.name);
        }
        assert_eq!(AgentErrorCode::TABLE.len(), 145);
        let mut names: Vec<_> = AgentErrorCode::TABLE.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 145);
    }

    #[test]
    fn a_missing_part_is_told_from_a_message_that_does_not_parse() {
        use crate::classic::ClassicRequest;

        let code =
            |text| AgentErrorCode::of_undecodable(&ClassicRequest::decode(text).unwrap_err());
        assert_eq!(code("{}"), AgentErrorCode::MISSING_FIELD);
        assert_eq!(code("{"), AgentErrorCode::MESSAGE_PARSE);
        assert_eq!(code("7"), AgentErrorCode::MESSAGE_PARSE);
    }

    #[test]
    fn a_number_past_the_table_has_no_row() {
        assert_eq!(AgentErrorCode(145).row(), None);
        assert_eq!(AgentErrorCode(145).to_string(), "agent error 145");
        assert_eq!(AgentErrorCode::NONCE_MISMATCH.row().unwrap().name, "matchnonce");
    }
}
