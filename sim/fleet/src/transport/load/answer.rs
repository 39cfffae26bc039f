//! An HTTP/1.1 answer put together from bytes as they come, without I/O.
//!
//! Where this and the one-off client (hyper) could differ, hyper is right; the exceptions are
//! listed in the differential test.

use std::mem::MaybeUninit;

use muster_journal::FailureCause;

use super::chunked::Chunked;
use super::{Received, Undelivered};

/// Header lines of a head, as many as the one-off client takes.
const HEADERS_MAX: usize = 100;

/// Bytes of a head; the status line and blank lines before it count.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Provisional answers before the real one.
const PROVISIONAL_MAX: u8 = 16;

/// A head may come in pieces: this many are parsed as they come, so that what is no HTTP is
/// found at once. After that, parsing each would take quadratic time.
const EAGER_ATTEMPTS_MAX: u8 = 16;

/// Content is given room in advance up to this, whatever length the server promises.
const RESERVED_BYTES_MAX: usize = 64 * 1024;

/// What is known after some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// The answer is not whole.
    More,
    /// The answer is whole; so many of the bytes given last do not belong to it.
    Whole { unused: usize },
}

/// An answer under way.
#[derive(Debug)]
pub(super) struct AnswerParser {
    stage: Stage,
    to_head: bool,
    headers_wanted: bool,
    of_relay: bool,
    body_bytes_max: usize,
    head: Vec<u8>,
    attempts: u8,
    attempted_bytes: usize,
    provisional: u8,
    begun: bool,
    keep_alive: bool,
    received: Received,
}

#[derive(Debug)]
enum Stage {
    Head,
    Length(u64),
    Chunked(Chunked),
    /// Until the connection ends.
    Open,
    Whole,
}

/// How the body of an answer is delimited, as its head says.
struct Framing {
    stage: Stage,
    keep_alive: bool,
}

impl AnswerParser {
    /// For an answer to `method`.
    pub(super) fn new(method: &str, headers_wanted: bool, body_bytes_max: usize) -> Self {
        Self {
            stage: Stage::Head,
            to_head: method == "HEAD",
            headers_wanted,
            of_relay: false,
            body_bytes_max,
            head: Vec::new(),
            attempts: 0,
            attempted_bytes: 0,
            provisional: 0,
            begun: false,
            keep_alive: false,
            received: Received { status: 0, headers: Vec::new(), body: Vec::new() },
        }
    }

    /// The same for an answer that a relay passes on. One that wants credentials says so in the
    /// head, and may be gone before it has said the rest.
    pub(super) fn of_relay(self) -> Self {
        Self { of_relay: true, headers_wanted: true, ..self }
    }

    /// Whether any byte of an answer came.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether the connection may carry another exchange, once the answer is whole.
    pub(super) fn keeps_alive(&self) -> bool {
        self.keep_alive
    }

    /// The answer, once it is whole.
    pub(super) fn into_received(self) -> Received {
        self.received
    }

    /// Takes the next bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Fed, Undelivered> {
        self.begun |= !bytes.is_empty();
        if !matches!(self.stage, Stage::Head) {
            return self.feed_body(bytes);
        }
        if self.head.is_empty() {
            return self.feed_head(bytes);
        }
        let seen = self.head.len();
        self.head.extend_from_slice(bytes);
        if self.worth_parsing(seen) {
            let head = std::mem::take(&mut self.head);
            return self.feed_head(&head);
        }
        self.check_head_bytes(self.head.len())?;
        Ok(Fed::More)
    }

    /// Takes the end of the connection; `clean` if TLS, where spoken, said goodbye.
    pub(super) fn end(&mut self, clean: bool) -> Result<(), Undelivered> {
        if matches!(self.stage, Stage::Head) && !self.head.is_empty() {
            let head = std::mem::take(&mut self.head);
            self.feed_head(&head)?;
        }
        match self.stage {
            Stage::Whole => Ok(()),
            Stage::Open if clean => {
                self.stage = Stage::Whole;
                Ok(())
            }
            Stage::Head if !self.begun => Err(closed("the connection ended without an answer")),
            _ => Err(closed("the connection ended before the answer did")),
        }
    }

    fn worth_parsing(&self, seen: usize) -> bool {
        let head = &self.head;
        if self.attempts < EAGER_ATTEMPTS_MAX || head.len() >= self.attempted_bytes * 2 {
            return true;
        }
        let ends = |at: usize| {
            head[at] == b'\n' && (head[..at].ends_with(b"\n") || head[..at].ends_with(b"\n\r"))
        };
        (seen..head.len()).any(ends) && head.iter().any(|byte| !matches!(byte, b'\r' | b'\n'))
    }

    fn feed_head(&mut self, mut bytes: &[u8]) -> Result<Fed, Undelivered> {
        while !bytes.is_empty() {
            let Some((length, framing)) = self.parse_head(bytes)? else {
                self.attempts = self.attempts.saturating_add(1);
                self.attempted_bytes = bytes.len();
                self.check_head_bytes(bytes.len())?;
                self.head.extend_from_slice(bytes);
                return Ok(Fed::More);
            };
            self.check_head_bytes(length.saturating_sub(1))?;
            bytes = &bytes[length..];
            self.attempts = 0;
            if let Some(framing) = framing {
                self.stage = framing.stage;
                self.keep_alive = framing.keep_alive;
                return self.feed_body(bytes);
            }
            self.provisional += 1;
            if self.provisional > PROVISIONAL_MAX {
                return Err(unparsed("provisional answers without end"));
            }
        }
        Ok(Fed::More)
    }

    /// Refuses a head of which so many bytes came and more must follow.
    fn check_head_bytes(&self, count: usize) -> Result<(), Undelivered> {
        if count >= HEAD_BYTES_MAX {
            return Err(unparsed(format!("a head of over {HEAD_BYTES_MAX} bytes")));
        }
        Ok(())
    }

    /// The length of the head at the front of `bytes`, if it is whole; without framing if the
    /// answer is provisional.
    fn parse_head(
        &mut self,
        bytes: &[u8],
    ) -> Result<Option<(usize, Option<Framing>)>, Undelivered> {
        let mut lines = [const { MaybeUninit::uninit() }; HEADERS_MAX];
        let mut head = httparse::Response::new(&mut []);
        let config = httparse::ParserConfig::default();
        let length = match config.parse_response_with_uninit_headers(&mut head, bytes, &mut lines) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(unparsed(error)),
        };
        let status = head.code.expect("a whole head has a status");
        match status {
            0..100 => return Err(unparsed(format!("status {status:03}"))),
            100 | 102..200 => return Ok(Some((length, None))),
            _ => {}
        }
        let mut framing = framing(status, head.version, head.headers, self.to_head)?;
        if self.of_relay && status == 407 {
            framing = Framing { stage: Stage::Whole, keep_alive: false };
        }
        self.received.status = status;
        if let Stage::Length(length) = framing.stage {
            let promised = usize::try_from(length).unwrap_or(usize::MAX);
            let room = promised.min(self.body_bytes_max).min(RESERVED_BYTES_MAX);
            self.received.body.reserve_exact(room);
        }
        if self.headers_wanted {
            let text = |line: &httparse::Header<'_>| {
                let value = String::from_utf8_lossy(line.value).into_owned();
                (line.name.to_ascii_lowercase(), value)
            };
            self.received.headers = head.headers.iter().map(text).collect();
        }
        Ok(Some((length, Some(framing))))
    }

    fn feed_body(&mut self, mut bytes: &[u8]) -> Result<Fed, Undelivered> {
        let body_bytes_max = self.body_bytes_max;
        let body = &mut self.received.body;
        match &mut self.stage {
            Stage::Head | Stage::Whole => {}
            Stage::Length(remaining) => {
                let wanted = usize::try_from(*remaining).unwrap_or(usize::MAX);
                let (mine, rest) = bytes.split_at(wanted.min(bytes.len()));
                append(body, mine, body_bytes_max)?;
                *remaining -= mine.len() as u64;
                bytes = rest;
                if *remaining == 0 {
                    self.stage = Stage::Whole;
                }
            }
            Stage::Chunked(chunked) => {
                // hyper tells an unreadable body apart from a closed connection by text only.
                while let Some(data) = chunked.next(&mut bytes).map_err(closed)? {
                    append(body, data, body_bytes_max)?;
                }
                if chunked.is_whole() {
                    self.stage = Stage::Whole;
                }
            }
            Stage::Open => {
                append(body, bytes, body_bytes_max)?;
                bytes = &[];
            }
        }
        match self.stage {
            Stage::Whole => Ok(Fed::Whole { unused: bytes.len() }),
            _ => Ok(Fed::More),
        }
    }
}

/// Source: RFC 9112, section 6.3.
fn framing(
    status: u16,
    version: Option<u8>,
    headers: &[httparse::Header<'_>],
    to_head: bool,
) -> Result<Framing, Undelivered> {
    let http_1_1 = version == Some(1);
    let (mut lengths, mut coding, mut close, mut keep) = (0, None, false, false);
    let mut length = &b""[..];
    for line in headers {
        // Lengths first: few headers have one of these three.
        match line.name.len() {
            10 if line.name.eq_ignore_ascii_case("connection") => {
                close |= has_token(line.value, "close");
                keep |= has_token(line.value, "keep-alive");
            }
            14 if line.name.eq_ignore_ascii_case("content-length") => {
                (lengths, length) = (lengths + 1, line.value);
            }
            17 if line.name.eq_ignore_ascii_case("transfer-encoding") => coding = Some(line.value),
            _ => {}
        }
    }
    let mut keep_alive = !close && (http_1_1 || keep);
    let stage = match (status, coding) {
        (101, _) => {
            keep_alive = false;
            Stage::Whole
        }
        (204 | 304, _) => Stage::Whole,
        _ if to_head => Stage::Whole,
        (_, Some(_)) if !http_1_1 => return Err(unparsed("transfer-encoding in HTTP/1.0")),
        (_, Some(_)) if lengths > 0 => {
            return Err(unparsed("both transfer-encoding and content-length"));
        }
        (_, Some(coding)) if is_chunked(coding) => Stage::Chunked(Chunked::new()),
        _ if lengths > 1 => return Err(unparsed("content-length more than once")),
        (_, None) if lengths == 1 => match content_length(length) {
            Some(0) => Stage::Whole,
            Some(length) => Stage::Length(length),
            None => return Err(unparsed("content-length is no length")),
        },
        _ => {
            keep_alive = false;
            Stage::Open
        }
    };
    Ok(Framing { stage, keep_alive })
}

fn append(body: &mut Vec<u8>, bytes: &[u8], bytes_max: usize) -> Result<(), Undelivered> {
    if body.len() + bytes.len() > bytes_max {
        return Err(Undelivered::new(FailureCause::TooLong, format!("over {bytes_max} bytes")));
    }
    body.extend_from_slice(bytes);
    Ok(())
}

fn has_token(value: &[u8], token: &str) -> bool {
    visible(value).is_some_and(|text| text.split(',').any(|one| is_word(one, token)))
}

/// The last coding decides: anything else ends with the connection.
fn is_chunked(value: &[u8]) -> bool {
    visible(value)
        .and_then(|text| text.rsplit(',').next())
        .is_some_and(|one| is_word(one, "chunked"))
}

fn is_word(text: &str, word: &str) -> bool {
    text.trim().eq_ignore_ascii_case(word)
}

fn content_length(value: &[u8]) -> Option<u64> {
    let digits = visible(value)?.trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // The two largest numbers have another meaning to hyper.
    digits.parse().ok().filter(|length| *length <= u64::MAX - 2)
}

/// A value as text, if it holds nothing but visible ASCII and white space.
fn visible(value: &[u8]) -> Option<&str> {
    let ascii = value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    if ascii { std::str::from_utf8(value).ok() } else { None }
}

fn unparsed(detail: impl std::fmt::Display) -> Undelivered {
    Undelivered::new(FailureCause::Http, detail)
}

fn closed(detail: impl std::fmt::Display) -> Undelivered {
    Undelivered::new(FailureCause::Closed, detail)
}

#[cfg(test)]
mod tests;
