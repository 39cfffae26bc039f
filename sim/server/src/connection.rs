//! One HTTP/1.1 connection: limits, reading requests, and writing what the server said.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::DATE;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use muster_wire::limits;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::control::is_collection;
use crate::message::{Listener, ServerAnswer, ServerRequest, Then};
use crate::{Server, pull};

/// Time for the head of a request, idle time between requests included: over the minute that
/// clients commonly keep an unused connection.
const HEAD_TIME_MAX: Duration = Duration::from_secs(75);

/// Time for a body. 8 MiB in 30 s is under 3 Mbit/s, slower than any link to a test server.
const BODY_TIME_MAX: Duration = Duration::from_secs(30);

/// Smart Agents send under ten headers.
const HEADERS_MAX: usize = 64;

/// Bytes buffered for the head of a request; the longest URL and headers of an agent need 2 KiB.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Bytes a connection reads or writes at once. A longer body comes in parts, so that one of
/// 8 MiB does not leave a connection with a buffer of its size.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Time for the last bytes of a connection to leave.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(2);

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
    stream: impl AsyncRead + AsyncWrite + Unpin,
    server: Server,
    listener: Listener,
    mut phase: watch::Receiver<Phase>,
) {
    let last_words: Arc<Mutex<Vec<u8>>> = Arc::default();
    let service = service_fn({
        let last_words = Arc::clone(&last_words);
        move |request| {
            let (server, last_words) = (server.clone(), Arc::clone(&last_words));
            Box::pin(respond(server, listener, request, last_words))
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .max_headers(HEADERS_MAX)
        .max_header_size(HEAD_BYTES_MAX)
        .max_buf_size(BUFFER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
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
    if let Err(error) = outcome {
        tracing::debug!(%error, "connection ended early");
    }
    let mut stream = connection.into_parts().io.into_inner();
    let last_words = std::mem::take(&mut *lock(&last_words));
    let close = async {
        stream.write_all(&last_words).await?;
        stream.shutdown().await
    };
    if let Ok(Err(error)) = timeout(CLOSE_TIME_MAX, close).await {
        tracing::debug!(%error, "connection was gone before it was closed");
    }
}

/// The answer was to send no HTTP; the connection ends with it.
#[derive(Debug, thiserror::Error)]
#[error("the server was told to close without an answer")]
struct ClosedOnPurpose;

async fn respond(
    server: Server,
    listener: Listener,
    request: Request<Incoming>,
    last_words: Arc<Mutex<Vec<u8>>>,
) -> Result<Response<Full<Bytes>>, ClosedOnPurpose> {
    let (head, body) = request.into_parts();
    let body = match read_body(body).await {
        Ok(body) => body,
        Err(answer) => return Ok(response(answer)),
    };
    let path_and_query = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let request =
        ServerRequest { method: head.method.as_str(), path_and_query, headers: &[], body: &body };
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
    match answer.then {
        Then::Answer => Ok(dated(response(answer), date)),
        Then::Close => Err(ClosedOnPurpose),
        Then::Garbage => {
            *lock(&last_words) = answer.body;
            Err(ClosedOnPurpose)
        }
    }
}

fn dated(mut response: Response<Full<Bytes>>, date: Option<HeaderValue>) -> Response<Full<Bytes>> {
    if let Some(date) = date {
        response.headers_mut().insert(DATE, date);
    }
    response
}

async fn read_body(body: Incoming) -> Result<Bytes, ServerAnswer> {
    // A length announced over the limit is refused before any of it comes.
    if body.size_hint().lower() > limits::MESSAGE_BYTES_MAX as u64 {
        return Err(ServerAnswer::too_large());
    }
    let limited = Limited::new(body, limits::MESSAGE_BYTES_MAX);
    match timeout(BODY_TIME_MAX, limited.collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ServerAnswer::too_large()),
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

fn lock(last_words: &Mutex<Vec<u8>>) -> std::sync::MutexGuard<'_, Vec<u8>> {
    last_words.lock().expect("nothing panics between lock and unlock")
}
