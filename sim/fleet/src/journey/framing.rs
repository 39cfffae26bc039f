//! What a transport puts around a message: content types, and the Call Home envelope.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use muster_agent::{ClassicAgent, Identity, TransportFailure};
use muster_journal::FailureCause;
use muster_wire::transport::callhome::{
    APPLIANCE, Attachment, BACKEND, BlockGroup, Builder, CallHome, CallHomeMessage, Content,
    Sender, TYPE_SMART_LICENSING,
};

/// How the name of every endpoint that speaks Call Home begins.
const CALL_HOME: &str = "call_home";

/// Headers of a Smart Transport request, the same for all.
static JSON: LazyLock<Arc<Vec<(String, String)>>> = LazyLock::new(|| typed("application/json"));
/// The same of a Call Home request.
static XML: LazyLock<Arc<Vec<(String, String)>>> =
    LazyLock::new(|| typed("text/xml; charset=utf-8"));

fn typed(content_type: &str) -> Arc<Vec<(String, String)>> {
    Arc::new(vec![("content-type".to_owned(), content_type.to_owned())])
}

/// Whether what is sent to an endpoint travels in Call Home messages.
pub(crate) fn speaks_call_home(endpoint: &str) -> bool {
    endpoint.starts_with(CALL_HOME)
}

/// Headers and body for a message that an instance of the policy era sends to `endpoint`.
pub(super) fn wrap(
    endpoint: &str,
    identity: impl FnOnce() -> Identity,
    body: Vec<u8>,
    now_ms: u64,
) -> (Arc<Vec<(String, String)>>, Vec<u8>) {
    if !speaks_call_home(endpoint) {
        return (Arc::clone(&JSON), body);
    }
    // A message that was cut or garbled on purpose may not be text: it travels as it is.
    let data = match String::from_utf8(body) {
        Ok(data) => data,
        Err(error) => return (Arc::clone(&XML), error.into_bytes()),
    };
    let envelope = CallHome::Message(Box::new(call_home(&identity(), data, now_ms))).encode();
    (Arc::clone(&XML), envelope.into_bytes())
}

/// The message inside an answer from `endpoint`; an answer of another form stays as it is.
pub(super) fn unwrap(endpoint: &str, body: Vec<u8>) -> Vec<u8> {
    if speaks_call_home(endpoint)
        && let Ok(CallHome::Message(message)) = CallHome::decode(&body)
        && let Some(data) = message.smart_licensing_data()
    {
        return data.as_bytes().to_vec();
    }
    body
}

/// Headers and body for the `number`th message that an instance of the classic era sends to
/// `endpoint`.
pub(crate) fn wrap_classic(
    endpoint: &str,
    agent: &ClassicAgent,
    number: u64,
    body: Vec<u8>,
    now_ms: u64,
) -> (Arc<Vec<(String, String)>>, Vec<u8>) {
    if !speaks_call_home(endpoint) {
        return (Arc::clone(&JSON), body);
    }
    // As above: what is no text travels as it is.
    let data = match String::from_utf8(body) {
        Ok(data) => data,
        Err(error) => return (Arc::clone(&XML), error.into_bytes()),
    };
    let identity = agent.identity();
    let sender = Sender {
        product_id: &identity.udi.product_id,
        serial_number: &identity.udi.serial_number,
        series: &agent.platform().title,
        hostname: &identity.hostname,
    };
    let message = CallHomeMessage::licensing(sender, number, now_ms / 1_000, &data);
    (Arc::clone(&XML), CallHome::Message(Box::new(message)).encode().into_bytes())
}

/// The classic message inside an answer from `endpoint`; where it is not attached as it must be,
/// the answer stays as it is, and the instance sees that it is none.
pub(crate) fn unwrap_classic(endpoint: &str, body: Vec<u8>) -> Vec<u8> {
    if speaks_call_home(endpoint)
        && let Ok(CallHome::Message(message)) = CallHome::decode(&body)
        && let Ok(data) = message.licensing_text()
    {
        return data.as_bytes().to_vec();
    }
    body
}

/// A transport failure in the agent's words.
pub(crate) fn agent_failure(cause: FailureCause) -> TransportFailure {
    match cause {
        FailureCause::Dns => TransportFailure::Dns,
        FailureCause::Connect => TransportFailure::Connect,
        FailureCause::Tls => TransportFailure::Tls,
        FailureCause::Http => TransportFailure::Http,
        FailureCause::Timeout => TransportFailure::Timeout,
        FailureCause::Closed => TransportFailure::Closed,
        FailureCause::TooLong => TransportFailure::TooLong,
    }
}

fn call_home(identity: &Identity, data: String, now_ms: u64) -> CallHomeMessage {
    let (serial, model) = (identity.udi.serial_number.to_string(), &identity.udi.product_id);
    let seconds = now_ms / 1_000;
    let date = i64::try_from(now_ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%S GMT+00:00").to_string())
        .unwrap_or_default();
    CallHomeMessage {
        to: BACKEND.to_owned(),
        via: Some(APPLIANCE.to_owned()),
        from: APPLIANCE.to_owned(),
        message_id: format!("M1:{serial}:{seconds:08X}"),
        block_type: TYPE_SMART_LICENSING.to_owned(),
        creation_date: date.clone(),
        builder: Some(Builder { name: model.to_string(), version: "2.0".to_owned() }),
        group: Some(BlockGroup {
            id: format!("G1:{serial}:{seconds:08X}"),
            number: 0,
            is_last: true,
            is_primary: true,
            wait_for_primary: false,
        }),
        severity: None,
        content: Some(Content {
            event_time: date,
            description: "smart licensing".to_owned(),
            event_type: "smart_licensing".to_owned(),
            series: model.to_string(),
            device_id: format!("{model}@C@{serial}"),
            system_name: identity.hostname.to_string(),
            model: model.to_string(),
            serial_number: serial,
        }),
        attachments: vec![Attachment::smart_licensing(&data)],
    }
}
