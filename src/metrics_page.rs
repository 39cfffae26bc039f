//! `/metrics`: the live figures of a run, for Prometheus.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::error::Error;
use crate::output;

/// A scraper that takes longer than this to ask is not waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes of a request that are read; a scraper's is a few hundred.
const REQUEST_BYTES_MAX: usize = 8 * 1_024;

/// A page that is served until the process ends.
pub(crate) struct MetricsPage(Arc<Mutex<String>>);

impl MetricsPage {
    /// Serves an empty page at `address` from a thread of its own.
    pub(crate) fn open(address: SocketAddr) -> Result<Self, Error> {
        let wrong =
            |error: std::io::Error| Error::Arguments(format!("--metrics {address}: {error}"));
        let listener = TcpListener::bind(address).map_err(wrong)?;
        let at = listener.local_addr().map_err(wrong)?;
        output::note(&format!("metrics are at http://{at}/metrics"));
        let text = Arc::new(Mutex::new(String::new()));
        let page = Arc::downgrade(&text);
        let serve = move || {
            for stream in listener.incoming().flatten() {
                let Some(text) = page.upgrade() else { return };
                let text = text.lock().map(|text| text.clone()).unwrap_or_default();
                // A scraper that went away is none of ours.
                let _ = answer(stream, &text);
            }
        };
        let thread = std::thread::Builder::new().name("metrics".to_owned()).spawn(serve);
        thread.map_err(|error| Error::Bug(format!("no thread for /metrics: {error}")))?;
        Ok(Self(text))
    }

    /// Replaces the page.
    pub(crate) fn set(&self, text: String) {
        if let Ok(mut page) = self.0.lock() {
            *page = text;
        }
    }
}

fn answer(mut stream: TcpStream, text: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut request = Vec::new();
    let mut piece = [0; 1_024];
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = stream.read(&mut piece)?;
        if read == 0 || request.len() > REQUEST_BYTES_MAX {
            return Ok(());
        }
        request.extend_from_slice(&piece[..read]);
    }
    let (status, body) = if request.starts_with(b"GET /metrics") {
        ("200 OK", text)
    } else {
        ("404 Not Found", "the figures are at /metrics\n")
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len(),
    )
}
