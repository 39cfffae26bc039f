//! HTTP requests and answers without a socket.

/// Which socket a request came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// Product instances over TLS (port 443 in the documents).
    ProductHttps,
    /// Product instances over plain HTTP (port 80).
    ProductHttp,
    /// Web interface and control API (port 8443).
    Admin,
}

/// One HTTP request.
#[derive(Clone, Copy, Debug)]
pub struct ServerRequest<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// Path and query as sent, still percent-encoded.
    pub path_and_query: &'a str,
    /// Header names in lower case. The admin API looks at them, and a strict server: behind
    /// sockets they are passed to no other.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAnswer {
    /// HTTP status code.
    pub status: u16,
    /// Header names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What to do on the connection.
    pub then: Then,
}

/// What to do on the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// Send status, headers and body.
    #[default]
    Answer,
    /// Send nothing and close.
    Close,
    /// Send the body without any HTTP around it, and close.
    Garbage,
    /// Send status, headers and body, but only after a while.
    AnswerAfter {
        /// Milliseconds to wait.
        delay_ms: u64,
    },
    /// Send status, headers and body, and close after a while in which nothing more is answered.
    CloseAfter {
        /// Milliseconds to wait.
        delay_ms: u64,
    },
    /// Send status, headers and half of the body, and close.
    Truncate,
    /// Send nothing and reset the connection.
    Reset,
}

impl ServerAnswer {
    pub(crate) fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body, then: Then::Answer }
    }

    pub(crate) fn text(status: u16, text: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text.as_bytes().to_vec())
    }

    pub(crate) fn json(status: u16, body: Vec<u8>) -> Self {
        Self::new(status, "application/json", body)
    }

    pub(crate) fn not_found() -> Self {
        Self::text(404, "Not Found")
    }

    pub(crate) fn too_large(bytes_max: usize) -> Self {
        Self::text(413, &format!("a body may have at most {bytes_max} bytes"))
    }

    pub(crate) fn method_not_allowed(allow: &str) -> Self {
        let mut answer = Self::text(405, "Method Not Allowed");
        answer.headers.push(("allow".to_owned(), allow.to_owned()));
        answer
    }

    pub(crate) fn closing(then: Then, body: &[u8]) -> Self {
        // The status is never sent; 502 is what a proxy in between would make of it.
        Self { status: 502, headers: Vec::new(), body: body.to_vec(), then }
    }
}
