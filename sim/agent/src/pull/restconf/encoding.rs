//! JSON or XML: which one a client wants, and an answer written in it.
//!
//! Source: RFC 8040, sections 3.2 and 5.2 (both encodings, and the one of the request where the
//! client names none), 4.3 (of a list, XML can hold one entry only).

use serde_json::Value;

use super::fault::Fault;
use super::{YANG_JSON, xml};
use crate::pull::{InstanceAnswer, InstanceRequest};

pub(super) const YANG_XML: &str = "application/yang-data+xml";

/// How data is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::pull) enum Encoding {
    #[default]
    Json,
    Xml,
}

impl Encoding {
    /// The encoding of a media type; none when it is neither.
    pub(super) fn of(kind: &str) -> Option<Self> {
        match media_type(kind).as_str() {
            YANG_JSON | "application/json" => Some(Self::Json),
            YANG_XML | "application/xml" | "text/xml" => Some(Self::Xml),
            _ => None,
        }
    }

    /// What the answer to a request is written in; none when neither is welcome.
    pub(super) fn wanted(request: &InstanceRequest<'_>) -> Option<Self> {
        let own = request.header("content-type").filter(|_| !request.body.is_empty());
        let own = own.and_then(Self::of).unwrap_or_default();
        let Some(accept) = request.header("accept").filter(|text| !text.trim().is_empty()) else {
            return Some(own);
        };
        let (json, xml) = (quality(accept, Self::Json), quality(accept, Self::Xml));
        match json.cmp(&xml) {
            _ if json.max(xml) == 0 => None,
            std::cmp::Ordering::Less => Some(Self::Xml),
            std::cmp::Ordering::Equal => Some(own),
            std::cmp::Ordering::Greater => Some(Self::Json),
        }
    }

    /// The answer in this encoding. Answers are made in JSON, for the model's names are the same
    /// in both.
    pub(super) fn write(self, answer: InstanceAnswer) -> InstanceAnswer {
        let is_data = |(name, kind): &(&str, String)| *name == "content-type" && kind == YANG_JSON;
        if self == Self::Json || !answer.headers.iter().any(is_data) {
            return answer;
        }
        let data = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
        let Some(document) = xml::document(&data) else {
            return self.write(Fault::SEVERAL.answer());
        };
        let headers = answer.headers.into_iter().map(|(name, text)| match name {
            "content-type" => (name, YANG_XML.to_owned()),
            _ => (name, text),
        });
        InstanceAnswer {
            status: answer.status,
            headers: headers.collect(),
            body: document.into_bytes(),
        }
    }
}

/// How welcome an encoding is, in thousandths; the most particular range that covers it counts.
fn quality(accept: &str, encoding: Encoding) -> u32 {
    let mut best = (0, 0);
    for range in accept.split(',') {
        let particular = match media_type(range).as_str() {
            "*/*" => 1,
            "application/*" => 2,
            _ if Encoding::of(range) == Some(encoding) => 3,
            _ => continue,
        };
        if particular >= best.0 {
            let thousandths = thousandths(range);
            let most = if particular == best.0 { best.1.max(thousandths) } else { thousandths };
            best = (particular, most);
        }
    }
    best.1
}

/// `q=0.5` of a range, in thousandths; all of it where it is not said or makes no sense.
fn thousandths(range: &str) -> u32 {
    let value = range.split(';').skip(1).find_map(|one| one.trim().strip_prefix("q="));
    let number = value.and_then(|text| text.trim().parse::<f64>().ok());
    number.map_or(1_000, |q| (q.clamp(0.0, 1.0) * 1_000.0) as u32)
}

/// `application/json` of `application/json; charset=utf-8`.
fn media_type(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: Option<&str>, content: Option<&str>) -> Option<Encoding> {
        let header = |name: &str, text: Option<&str>| Some((name.to_owned(), text?.to_owned()));
        let headers = [header("accept", accept), header("content-type", content)];
        let headers: Vec<_> = headers.into_iter().flatten().collect();
        Encoding::wanted(&InstanceRequest {
            method: "GET",
            target: "/",
            headers: &headers,
            body: b"x",
        })
    }

    #[test]
    fn the_client_chooses_and_else_its_own_body_does() {
        use Encoding::{Json, Xml};
        for (accept, content, encoding) in [
            (None, None, Some(Json)),
            (None, Some("application/yang-data+xml"), Some(Xml)),
            (Some("*/*"), Some("text/xml"), Some(Xml)),
            (Some("*/*"), None, Some(Json)),
            (Some("application/yang-data+xml"), None, Some(Xml)),
            (Some("application/xml;q=0.9, application/json;q=0.1"), None, Some(Xml)),
            (Some("application/yang-data+json, application/xml;q=0.5"), None, Some(Json)),
            (Some("application/*, application/json;q=0"), None, Some(Xml)),
            (Some("text/html"), None, None),
            (Some("application/json;q=0"), None, None),
            (Some(" "), None, Some(Json)),
        ] {
            assert_eq!(wanted(accept, content), encoding, "{accept:?} {content:?}");
        }
    }
}
