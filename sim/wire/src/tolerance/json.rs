//! Repairs on braces and strings: misplaced, doubled at a page break, or lost around a payload.

use serde_json::{Map, Value, json};

/// One piece of a JSON text that is wrong as a whole.
enum Piece {
    Open,
    Close,
    /// A string, number or word.
    Scalar(Value),
    Colon,
    Comma,
}

/// The pieces of `text`; none when something is not JSON at all.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.bytes().next() {
        let (piece, length) = match first {
            b'{' | b'[' => (Piece::Open, 1),
            b'}' | b']' => (Piece::Close, 1),
            b':' => (Piece::Colon, 1),
            b',' => (Piece::Comma, 1),
            _ => {
                let length = match first {
                    b'"' => string_end(rest)?,
                    _ => rest.find([',', '}', ']', ':', '{', '[', '"']).unwrap_or(rest.len()),
                };
                (Piece::Scalar(serde_json::from_str(&rest[..length]).ok()?), length)
            }
        };
        pieces.push(piece);
        rest = rest[length..].trim_start();
    }
    Some(pieces)
}

/// Length of the string literal at the front of `text`, with its quotes.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some(end + 2)
}

/// Where the members of a request sample belong, as they come.
#[derive(Default)]
struct Sample {
    connect_info: Map<String, Value>,
    sender: Map<String, Value>,
    sender_sudi: Map<String, Value>,
    instances: Vec<(Map<String, Value>, Map<String, Value>)>,
    line: Map<String, Value>,
    in_instances: bool,
    in_line: bool,
}

impl Sample {
    fn open(&mut self, key: &str) {
        match key {
            "device_list" => self.in_instances = true,
            "sudi" if self.in_instances && !self.in_line => self.instances.push(Default::default()),
            "additional_info" => drop(self.connect_info.insert(key.to_owned(), json!(""))),
            _ => {}
        }
    }

    fn member(&mut self, key: &str, value: Value) {
        self.in_line |= matches!(key, "request_type" | "request_line_id");
        let sudi = key.starts_with("udi_");
        let target = match self.instances.last_mut() {
            _ if self.in_line => &mut self.line,
            Some((instance_sudi, _)) if sudi => instance_sudi,
            Some((_, instance)) => instance,
            None if sudi => &mut self.sender_sudi,
            None => match key {
                "name" | "version" | "production" | "additional_info" => &mut self.connect_info,
                _ => &mut self.sender,
            },
        };
        target.insert(key.to_owned(), value);
    }

    fn into_request(mut self) -> Value {
        const SERIAL: &str = "udi_serial_number";
        let same = |sudi: &&Map<String, Value>| sudi.get(SERIAL) == self.sender_sudi.get(SERIAL);
        let listed = self.instances.iter().map(|(sudi, _)| sudi).find(same).cloned();
        let mut sender_info =
            json!({"connect_info": self.connect_info, "timestamp": 0, "nonce": ""});
        sender_info["sudi"] = Value::Object(listed.unwrap_or(self.sender_sudi));
        for (key, value) in self.sender {
            sender_info[key] = value;
        }
        let device_list: Vec<_> = self
            .instances
            .into_iter()
            .map(|(sudi, mut instance)| {
                instance.shift_insert(0, "sudi".to_owned(), Value::Object(sudi));
                instance
            })
            .collect();
        self.line.entry("smart_license").or_insert(json!(""));
        json!({
            "sender_info": sender_info,
            "device_list": device_list,
            "license_data": [self.line],
        })
    }
}

/// A request sample put together again from its members in order.
pub(super) fn with_braces_placed(text: &str) -> Option<String> {
    if serde_json::from_str::<Value>(text).is_ok() {
        return None;
    }
    let mut sample = Sample::default();
    let mut known = false;
    let mut pieces = pieces(text)?.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let Piece::Scalar(Value::String(key)) = piece else { continue };
        if pieces.next_if(|next| matches!(next, Piece::Colon)).is_none() {
            continue;
        }
        known |= key == "sender_info";
        match pieces.peek() {
            Some(Piece::Open) => sample.open(&key),
            Some(Piece::Scalar(_)) => {
                if let Some(Piece::Scalar(value)) = pieces.next() {
                    sample.member(&key, value);
                }
            }
            // `"smart_license":` and the end of the page.
            _ => sample.member(&key, json!("")),
        }
    }
    (known && sample.in_line).then(|| sample.into_request().to_string())
}

/// The code blocks of a listing joined into one message.
pub(super) fn joined(text: &str) -> Option<String> {
    let is_frame = |line: &&str| {
        let line = line.trim();
        !line.starts_with("```") && !line.starts_with("REQUEST:") && !line.starts_with("RESPONSE:")
    };
    let mut blocks = vec![String::new()];
    for line in text.lines() {
        if is_frame(&line) {
            if let Some(block) = blocks.last_mut() {
                block.push_str(line.trim_end());
                block.push('\n');
            }
        } else {
            blocks.push(String::new());
        }
    }
    blocks.retain(|block| !block.trim().is_empty());
    match blocks.as_slice() {
        [] => None,
        [whole] => Some(whole.trim().to_owned()),
        [first, second] => {
            let first = first.trim_end_matches(|c: char| c.is_whitespace() || "]}".contains(c));
            Some(format!("{first}\n{}", second.trim()))
        }
        _ => None,
    }
}

/// The payload of a report printed as an object, as compact JSON; none when there is no such
/// payload or it is cut off.
pub fn printed_payload(text: &str) -> Option<String> {
    Printed::find(text).map(|printed| printed.compact)
}

pub(super) fn with_payload_as_string(text: &str) -> Option<String> {
    let Printed { compact, start, end } = Printed::find(text)?;
    Some(format!("{}{}{}", &text[..start], Value::String(compact), &text[end..]))
}

/// A printed payload and where it stands.
struct Printed {
    compact: String,
    start: usize,
    end: usize,
}

impl Printed {
    fn find(text: &str) -> Option<Self> {
        const KEY: &str = "\"payload\":";
        let after_key = text.find(KEY)? + KEY.len();
        let start = after_key + blanks(&text[after_key..]);
        // Some pages keep the quote that opens the string and lose the one that closes it.
        let quoted = text[start..].strip_prefix('"');
        let object = start + usize::from(quoted.is_some());
        let object = object + blanks(&text[object..]);
        let length = object_end(&text[object..])?;
        let mut end = object + length;
        if quoted.is_some() && text[end..].starts_with('"') {
            end += 1;
        }
        let unwrapped: String =
            text[object..object + length].chars().filter(|c| !"\r\n".contains(*c)).collect();
        let value: Value = crate::limits::json("printed payload", &unwrapped).ok()?;
        Some(Self { compact: value.to_string(), start, end })
    }
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Length of the object at the front of `text`.
fn object_end(text: &str) -> Option<usize> {
    if !text.starts_with('{') {
        return None;
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                at += string_end(&text[at..])?;
                continue;
            }
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}
