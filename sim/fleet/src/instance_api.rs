//! What a product instance serves when a CSLU collects from it: its reports, and an import.
//!
//! Source: public IOS XE documentation of the `/smartlic-service` interface (paths, bodies).
//! Assumed: no credentials, because the listener is on loopback for the time of one collection.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Path of the reports.
const ALL_REPORTS: &str = "/smartlic-service/all-reports";
/// Path of the import.
pub(crate) const IMPORT: &str = "/smartlic-service/import";

/// Pushes kept of one collection; each may be as large as a message.
const PUSHED_MAX: usize = 16;

/// Something a server pushed.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// The full URL it was pushed to.
    pub url: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

/// A listener for one product instance; dropping it closes it.
pub(crate) struct InstanceApi {
    pub(crate) url: String,
    pushed: Rc<RefCell<Vec<Pushed>>>,
    task: JoinHandle<()>,
}

impl InstanceApi {
    /// Opens a free loopback port that offers `reports`. Needs a `LocalSet`.
    pub(crate) async fn open(reports: Vec<u8>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let pushed = Rc::new(RefCell::new(Vec::new()));
        let desk = Desk { url: url.clone(), reports: Bytes::from(reports), pushed: pushed.clone() };
        let task = tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let desk = desk.clone();
                tokio::task::spawn_local(async move {
                    let service = service_fn(|request| desk.clone().answer(request));
                    let connection = http1::Builder::new();
                    // A peer that breaks off has nothing more to be told.
                    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { url, pushed, task })
    }

    /// What was pushed so far.
    pub(crate) fn pushed(&self) -> Vec<Pushed> {
        self.pushed.borrow().clone()
    }
}

impl Drop for InstanceApi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Desk {
    url: String,
    reports: Bytes,
    pushed: Rc<RefCell<Vec<Pushed>>>,
}

impl Desk {
    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let path = request.uri().path().to_owned();
        Ok(match (request.method(), path.as_str()) {
            (&Method::GET, ALL_REPORTS) => json(StatusCode::OK, self.reports.clone()),
            (&Method::POST, IMPORT) => self.import(request).await,
            (_, ALL_REPORTS | IMPORT) => json(StatusCode::METHOD_NOT_ALLOWED, Bytes::new()),
            _ => json(StatusCode::NOT_FOUND, Bytes::new()),
        })
    }

    async fn import(self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let limit = muster_wire::limits::MESSAGE_BYTES_MAX;
        match Limited::new(request.into_body(), limit).collect().await {
            Ok(_) if self.pushed.borrow().len() >= PUSHED_MAX => {
                json(StatusCode::TOO_MANY_REQUESTS, Bytes::new())
            }
            Ok(body) => {
                let (url, body) = (format!("{}{IMPORT}", self.url), body.to_bytes().to_vec());
                self.pushed.borrow_mut().push(Pushed { url, headers, body });
                json(StatusCode::OK, Bytes::from_static(b"{\"import\":\"success\"}"))
            }
            Err(_) => json(StatusCode::PAYLOAD_TOO_LARGE, Bytes::new()),
        }
    }
}

fn json(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let value = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, value);
    response
}

/// The file inside a pushed body: the XML itself, base64 of it, or a JSON object that holds that.
pub(crate) fn imported_file(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.starts_with('<') {
        return body.to_vec();
    }
    let wrapped: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let inner = wrapped.as_ref().and_then(|value| {
        value.as_str().or_else(|| value.get("import").and_then(serde_json::Value::as_str))
    });
    STANDARD.decode(inner.unwrap_or(text)).unwrap_or_else(|_| body.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pushed_file_is_found_in_every_known_wrapping() {
        let xml = b"<smartLicense/>".to_vec();
        let base64 = STANDARD.encode(&xml);
        let wrapped = format!("{{\"import\":\"{base64}\"}}");
        for body in [xml.clone(), base64.into_bytes(), wrapped.into_bytes()] {
            assert_eq!(imported_file(&body), xml);
        }
    }

    #[test]
    fn a_body_of_no_known_wrapping_is_handed_on_as_it_is() {
        assert_eq!(imported_file(b"\xff\x00 not base64"), b"\xff\x00 not base64");
    }
}
