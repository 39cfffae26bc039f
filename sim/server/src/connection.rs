//! One HTTP/1.1 connection: limits, reading requests, and writing what the server said.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONNECTION, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::control::is_collection;
use crate::message::{Listener, ServerAnswer, ServerRequest, Then};
use crate::metrics::Asked;
use crate::patient_stream::{OnSocket, PatientStream};
use crate::{Server, pull};

/// Bytes a connection reads or writes at once. A longer body comes in parts, so that one of
/// 8 MiB does not leave a connection with a buffer of its size.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Time for the last bytes of a connection to leave.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(2);

/// The answer to half a head: no request came of it that a service could answer.
const HEAD_TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 24\r\nconnection: close\r\n\r\n\
    the head came too slowly";

/// How far the end of a server has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Not ending.
    Serving,
    /// Requests under way finish, idle connections close.
    Draining,
    /// Everything closes.
    Ended,
}

/// Runs `work`, but not past `end` in the life of the server.
pub(crate) async fn until(
    end: Phase,
    mut phase: watch::Receiver<Phase>,
    work: impl Future<Output = ()>,
) {
    let mut work = pin!(work);
    let mut ended = pin!(async move { drop(phase.wait_for(|now| *now >= end).await) });
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => ended.as_mut().poll(cx),
    })
    .await;
}

/// Serves requests on one stream until either side closes it.
pub(crate) async fn serve_stream(
    stream: impl OnSocket,
    server: Server,
    listener: Listener,
    mut phase: watch::Receiver<Phase>,
) {
    let limits = server.0.options.limits;
    let parting: Arc<Mutex<Parting>> = Arc::default();
    let service = service_fn({
        let parting = Arc::clone(&parting);
        move |request| {
            let (server, parting) = (server.clone(), Arc::clone(&parting));
            Box::pin(respond(server, listener, request, parting))
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time_max)
        .max_headers(limits.headers_max)
        .max_header_size(limits.head_bytes_max)
        .max_buf_size(BUFFER_BYTES_MAX)
        .serve_connection(TokioIo::new(PatientStream::new(stream, limits.write_time_max)), service);
    let mut draining = false;
    let mut drain = pin!(async move { drop(phase.wait_for(|now| *now > Phase::Serving).await) });
    let outcome = poll_fn(|cx| {
        if !draining && drain.as_mut().poll(cx).is_ready() {
            draining = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        connection.poll_without_shutdown(cx)
    })
    .await;
    let came_slowly = outcome.as_ref().is_err_and(hyper::Error::is_timeout);
    if let Err(error) = outcome {
        tracing::debug!(%error, "connection ended early");
    }
    let parts = connection.into_parts();
    let mut stream = parts.io.into_inner();
    let Parting { mut last_words, linger_ms, reset } = std::mem::take(&mut *lock(&parting));
    // Whoever began a request is told; a connection that was merely idle is closed without a word,
    // or its client would take the answer for that to its next request.
    if came_slowly && !parts.read_buf.is_empty() {
        last_words = HEAD_TOO_SLOW.to_vec();
    }
    if reset {
        // The kernel then says so instead of goodbye, whatever TLS would still have to say.
        let socket = SockRef::from(stream.stream.socket());
        if let Err(error) = socket.set_linger(Some(Duration::ZERO)) {
            tracing::debug!(%error, "cannot reset a connection");
        }
        return;
    }
    if linger_ms > 0 {
        sleep(Duration::from_millis(linger_ms)).await;
    }
    let close = async {
        stream.write_all(&last_words).await?;
        stream.shutdown().await
    };
    if let Ok(Err(error)) = timeout(CLOSE_TIME_MAX, close).await {
        tracing::debug!(%error, "connection was gone before it was closed");
    }
}

/// How a connection is to end.
#[derive(Default)]
struct Parting {
    /// Sent as they are, before the end.
    last_words: Vec<u8>,
    linger_ms: u64,
    reset: bool,
}

/// The answer was to send no HTTP; the connection ends with it.
#[derive(Debug, thiserror::Error)]
#[error("the server was told to close without an answer")]
struct ClosedOnPurpose;

async fn respond(
    server: Server,
    listener: Listener,
    request: Request<Incoming>,
    parting: Arc<Mutex<Parting>>,
) -> Result<Response<Full<Bytes>>, ClosedOnPurpose> {
    let (head, body) = request.into_parts();
    let limits = server.0.options.limits;
    let bytes_max = limits.body_bytes_max_of(listener);
    let body = match read_body(body, bytes_max, limits.body_time_max).await {
        Ok(body) => body,
        Err(answer) => return Ok(response(answer)),
    };
    let path_and_query = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let looks = server.0.options.strict || listener == Listener::Admin;
    let headers = if looks { headers(&head.headers) } else { Vec::new() };
    let began = Instant::now();
    let method = head.method.as_str();
    let request = ServerRequest { method, path_and_query, headers: &headers, body: &body };
    // The server lives in its own time: whoever reads the date must see that time.
    let date = server.date();
    let answer = if listener == Listener::Admin && is_collection(request.method, path_and_query) {
        pull::answer(&server, request.body).await
    } else {
        server.answer(listener, request)
    };
    // Nothing is acknowledged that could still be lost.
    let answer = match server.written().await {
        Ok(()) => answer,
        Err(error) => ServerAnswer::text(503, &error.to_string()),
    };
    let asked = Asked::of(listener, path_and_query);
    server.0.metrics.answered(asked, answer.status, began.elapsed());
    match answer.then {
        Then::Answer => return Ok(dated(response(answer), date)),
        Then::AnswerAfter { delay_ms } => {
            sleep(Duration::from_millis(delay_ms)).await;
            return Ok(dated(response(answer), date));
        }
        Then::CloseAfter { delay_ms } => {
            lock(&parting).linger_ms = delay_ms;
            let mut response = dated(response(answer), date);
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            return Ok(response);
        }
        Then::Close => {}
        Then::Garbage => lock(&parting).last_words = answer.body,
        Then::Truncate => lock(&parting).last_words = truncated(&answer),
        Then::Reset => lock(&parting).reset = true,
    }
    Err(ClosedOnPurpose)
}

/// What only the admin API looks at, and everything when the server is strict.
fn headers(of: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    of.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// An answer that ends in the middle of its body, as it would go over the wire.
fn truncated(answer: &ServerAnswer) -> Vec<u8> {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", answer.body.len());
    for (name, value) in &answer.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&answer.body[..answer.body.len() / 2]);
    bytes
}

fn dated(mut response: Response<Full<Bytes>>, date: Option<HeaderValue>) -> Response<Full<Bytes>> {
    if let Some(date) = date {
        response.headers_mut().insert(DATE, date);
    }
    response
}

async fn read_body(
    body: Incoming,
    bytes_max: usize,
    time_max: Duration,
) -> Result<Bytes, ServerAnswer> {
    // A length announced over the limit is refused before any of it comes.
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(ServerAnswer::too_large(bytes_max));
    }
    let limited = Limited::new(body, bytes_max);
    match timeout(time_max, limited.collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ServerAnswer::too_large(bytes_max)),
        Ok(Err(_)) => Err(ServerAnswer::text(400, "the body ended early")),
        Err(_) => Err(ServerAnswer::text(408, "the body came too slowly")),
    }
}

fn response(answer: ServerAnswer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn lock(parting: &Mutex<Parting>) -> std::sync::MutexGuard<'_, Parting> {
    parting.lock().expect("nothing panics between lock and unlock")
}
