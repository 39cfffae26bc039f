//! HTTP on a free loopback port, for the time of one collection.

use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use muster_agent::pull::InstanceAnswer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::{InstanceCall, InstanceTls};

/// Connections served at once; a collector needs one or two.
const CONNECTIONS_MAX: usize = 16;
/// How long the agent may take to answer; it does no I/O, so only a busy shard takes any time.
const ANSWER_MS_MAX: u64 = 30_000;

/// Carries a call to the agent; the answer comes back by the other argument.
pub(crate) type Ask = Rc<dyn Fn(InstanceCall, oneshot::Sender<InstanceAnswer>)>;

/// A listener for one product instance; dropping it closes it and all its connections.
pub(crate) struct InstanceApi {
    pub(crate) url: String,
    task: JoinHandle<()>,
}

impl InstanceApi {
    /// Opens a free loopback port. Needs a `LocalSet`.
    pub(crate) async fn open(tls: Option<&InstanceTls>, ask: Ask) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr()?);
        let acceptor = tls.map(|tls| tls.acceptor.clone());
        let door = Door { origin: url.clone().into(), ask };
        let task = tokio::task::spawn_local(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                if connections.len() < CONNECTIONS_MAX {
                    connections.spawn_local(connection(stream, acceptor.clone(), door.clone()));
                }
            }
        });
        Ok(Self { url, task })
    }
}

impl Drop for InstanceApi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Where requests come in, and who takes them.
#[derive(Clone)]
struct Door {
    origin: Rc<str>,
    ask: Ask,
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, door: Door) {
    match tls {
        None => serve(stream, door).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                serve(stream, door).await;
            }
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, door: Door) {
    let service = service_fn(|request| answer(request, door.clone()));
    // A peer that breaks off has nothing more to be told.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    door: Door,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter().map(|(name, value)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let mut call = InstanceCall {
        method: head.method.to_string(),
        origin: door.origin.to_string(),
        target: head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    match Limited::new(body, muster_wire::limits::MESSAGE_BYTES_MAX).collect().await {
        Ok(body) => call.body = body.to_bytes().to_vec(),
        Err(_) => return Ok(bare(StatusCode::PAYLOAD_TOO_LARGE)),
    }
    let (reply, answered) = oneshot::channel();
    (door.ask)(call, reply);
    let limit = Duration::from_millis(ANSWER_MS_MAX);
    Ok(match tokio::time::timeout(limit, answered).await {
        Ok(Ok(answer)) => response(answer),
        // The journey has ended meanwhile, or its shard does nothing any more.
        Ok(Err(_)) | Err(_) => bare(StatusCode::SERVICE_UNAVAILABLE),
    })
}

fn bare(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

fn response(answer: InstanceAnswer) -> Response<Full<Bytes>> {
    let status = StatusCode::from_u16(answer.status).expect("an instance answers with HTTP status");
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = status;
    for (name, value) in answer.headers {
        let value = HeaderValue::from_str(&value).expect("an instance writes plain headers");
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}
