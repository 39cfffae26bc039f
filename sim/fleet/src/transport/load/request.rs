//! A request as bytes, and what of a request HTTP cannot carry.

use std::sync::Arc;

use muster_journal::FailureCause;

use super::{Call, LoadRequest, Undelivered, proxy};
use crate::target::Proxy;

/// Longer ones are looked at closely.
const EASY_BYTES_MAX: usize = 4_096;

impl LoadRequest<'_> {
    /// Why the request cannot be sent, if it cannot.
    pub(super) fn refusal(&self) -> Option<Undelivered> {
        let fault = if self.is_easy() { None } else { self.call().fault() };
        let fault = fault.or_else(|| self.framing_fault());
        fault.map(|fault| Undelivered::new(FailureCause::Http, fault))
    }

    /// Whether every byte is one that needs no closer look: nearly all requests of a run.
    fn is_easy(&self) -> bool {
        let path = self.url.path.as_bytes();
        let path_byte = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~')
        };
        let query_byte = |byte: &u8| path_byte(byte) || matches!(byte, b'=' | b'&' | b'%' | b':');
        let (plain, query) = match path.iter().position(|byte| *byte == b'?') {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (path, &[][..]),
        };
        let token = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        let word = |text: &str| {
            !text.is_empty() && text.len() < EASY_BYTES_MAX && text.bytes().all(|b| token(&b))
        };
        let value = |byte: &u8| matches!(byte, b' '..=b'~');
        path.first() == Some(&b'/')
            && path.len() < EASY_BYTES_MAX
            && plain.iter().all(path_byte)
            && query.iter().all(query_byte)
            && word(self.method)
            && self
                .headers
                .iter()
                .all(|(name, text)| word(name) && text.as_bytes().iter().all(value))
    }

    fn call(&self) -> Call {
        Call {
            endpoint: String::new().into(),
            url: self.url.clone().into(),
            method: self.method.to_owned().into(),
            headers: Arc::new(self.headers.to_vec()),
            body: Vec::new(),
        }
    }

    /// Headers that would make the server see another body than this one.
    fn framing_fault(&self) -> Option<String> {
        if self.method == "CONNECT" {
            return Some("CONNECT asks for a tunnel, not for an answer".to_owned());
        }
        self.headers.iter().find_map(|(name, value)| {
            if name.eq_ignore_ascii_case("transfer-encoding") {
                return Some("header `transfer-encoding` on a body of known length".to_owned());
            }
            let other =
                name.eq_ignore_ascii_case("content-length") && value.parse() != Ok(self.body.len());
            other.then(|| format!("content-length {value} on a body of {}", self.body.len()))
        })
    }

    /// Whether the request itself asks that the connection be closed after it.
    pub(super) fn asks_to_close(&self) -> bool {
        self.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("connection")
                && value.split(',').any(|one| one.trim().eq_ignore_ascii_case("close"))
        })
    }

    /// Appends the head; `host` is for requests that name none.
    pub(super) fn write_head(&self, host: &str, into: &mut Vec<u8>) {
        let relay = proxy::relay(self.url);
        let mut put = |text: &str| into.extend_from_slice(text.as_bytes());
        put(self.method);
        put(" ");
        match relay {
            Some(_) => put(&proxy::request_target(self.url)),
            None => put(&self.url.path),
        }
        put(" HTTP/1.1\r\n");
        if !self.has("host") {
            put("host: ");
            put(host);
            put("\r\n");
        }
        for (name, value) in self.headers {
            put(name);
            put(": ");
            put(value);
            put("\r\n");
        }
        let known = relay.and_then(Proxy::authorization);
        if let Some(known) = known.filter(|_| !self.has("proxy-authorization")) {
            put("proxy-authorization: ");
            put(known);
            put("\r\n");
        }
        if !self.has("content-length") {
            put("content-length: ");
            put_number(self.body.len(), into);
            into.extend_from_slice(b"\r\n");
        }
        into.extend_from_slice(b"\r\n");
    }

    fn has(&self, header: &str) -> bool {
        self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header))
    }
}

fn put_number(number: usize, into: &mut Vec<u8>) {
    use std::io::Write;
    write!(into, "{number}").expect("writing to memory does not fail");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::target::EndpointUrl;

    fn url(path: &str) -> EndpointUrl {
        let url = EndpointUrl::parse("http://127.0.0.1:8080/").unwrap();
        EndpointUrl { path: path.to_owned(), ..url }
    }

    fn post<'a>(url: &'a EndpointUrl, headers: &'a [(String, String)]) -> LoadRequest<'a> {
        LoadRequest { url, method: "POST", headers, body: b"four", headers_wanted: false }
    }

    fn head(request: &LoadRequest<'_>) -> String {
        let mut bytes = Vec::new();
        request.write_head("127.0.0.1:8080", &mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_head_names_host_and_length_once() {
        let url = url("/drill?round=1");
        let own = [("host".to_owned(), "elsewhere".to_owned())];
        let mut request = post(&url, &[]);
        let expected = "POST /drill?round=1 HTTP/1.1\r\nhost: 127.0.0.1:8080\r\n\
                        content-length: 4\r\n\r\n";
        assert_eq!(head(&request), expected);
        request.headers = &own;
        let expected =
            "POST /drill?round=1 HTTP/1.1\r\nhost: elsewhere\r\ncontent-length: 4\r\n\r\n";
        assert_eq!(head(&request), expected);
        let own = [("Content-Length".to_owned(), "4".to_owned())];
        request.headers = &own;
        let expected = "POST /drill?round=1 HTTP/1.1\r\nhost: 127.0.0.1:8080\r\n\
                        Content-Length: 4\r\n\r\n";
        assert_eq!(head(&request), expected);
        assert!(request.refusal().is_none() && !request.asks_to_close());
        let own = [("connection".to_owned(), "te, Close".to_owned())];
        request.headers = &own;
        assert!(request.asks_to_close());
    }

    #[test]
    fn a_request_that_frames_another_body_is_refused() {
        let url = url("/");
        let refused =
            [("content-length", "5"), ("content-length", "x"), ("transfer-encoding", "chunked")];
        for (name, value) in refused {
            let headers = [(name.to_owned(), value.to_owned())];
            let refusal = post(&url, &headers).refusal().unwrap();
            assert_eq!(refusal.cause, FailureCause::Http, "{name}: {value}");
        }
        let request = LoadRequest { method: "CONNECT", ..post(&url, &[]) };
        assert!(request.refusal().is_some());
    }

    proptest! {
        #[test]
        fn what_a_call_refuses_is_refused(
            path in "/?[ -~é\u{0}]{0,12}",
            method in "([A-Z]{1,6}|[ -~]{0,6})",
            name in "([a-z-]{1,8}|[ -~\r]{0,4})",
            value in "([ -~\t]{0,8}|[ -~é\n]{0,4})",
        ) {
            let headers = [(name, value)];
            let url = url(&path);
            let request = LoadRequest { method: &method, ..post(&url, &headers) };
            let fault = request.call().fault().or_else(|| request.framing_fault());
            prop_assert_eq!(request.refusal().map(|refusal| refusal.detail), fault);
        }
    }
}
