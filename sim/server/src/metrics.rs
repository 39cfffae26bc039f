//! Figures of a server, for Prometheus: what was asked and how it went, and what stands now.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::message::{Listener, ServerAnswer};
use crate::mishap::Mishap;
use crate::server::Core;

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Status codes told apart; any other counts as `other`.
const STATUSES: [u16; 15] =
    [200, 201, 302, 400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 502, 503];

/// Upper bounds of the latencies told apart, microseconds: an answer takes 0.1 to 1 ms.
const BOUNDS_US: [u64; 12] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_000_000];

/// What is asked for, as far as figures tell it apart: few words, whatever anybody sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Cssm,
    CssmCallHome,
    OnPrem,
    OnPremCallHome,
    Cslu,
    Control,
    Api,
    Other,
}

impl Asked {
    const ALL: [Self; 8] = [
        Self::Cssm,
        Self::CssmCallHome,
        Self::OnPrem,
        Self::OnPremCallHome,
        Self::Cslu,
        Self::Control,
        Self::Api,
        Self::Other,
    ];

    /// By listener and path as sent.
    pub(crate) fn of(listener: Listener, path_and_query: &str) -> Self {
        let path = path_and_query.split('?').next().unwrap_or_default();
        match (listener, path) {
            (Listener::Admin, path) if path.starts_with("/muster/control/") => Self::Control,
            (Listener::Admin, path)
                if ["/api/", "/oauth/", "/backend/"]
                    .iter()
                    .any(|prefix| path.starts_with(prefix)) =>
            {
                Self::Api
            }
            (Listener::Admin, _) => Self::Other,
            (_, "/licservice/license") => Self::Cssm,
            (_, "/its/service/oddce/services/DDCEService") => Self::CssmCallHome,
            (_, "/SmartTransport") => Self::OnPrem,
            (_, "/Transportgateway/services/DeviceRequestHandler") => Self::OnPremCallHome,
            (_, path) if path.starts_with("/cslu/") => Self::Cslu,
            _ => Self::Other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cssm => "cssm",
            Self::CssmCallHome => "cssm_call_home",
            Self::OnPrem => "onprem",
            Self::OnPremCallHome => "onprem_call_home",
            Self::Cslu => "cslu",
            Self::Control => "control",
            Self::Api => "api",
            Self::Other => "other",
        }
    }
}

/// How a TLS handshake went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handshake {
    Done,
    Failed,
    TooSlow,
}

/// The counters of one server.
#[derive(Debug)]
pub(crate) struct Metrics {
    endpoints: [Endpoint; Asked::ALL.len()],
    handshakes: [AtomicU64; 3],
    connections: AtomicU64,
    /// Signed: a reader may come between two threads.
    open: AtomicI64,
}

#[derive(Debug, Default)]
struct Endpoint {
    /// One more than the codes, for all others.
    statuses: [AtomicU64; STATUSES.len() + 1],
    /// One more than the bounds, for what is over the last.
    latencies: [AtomicU64; BOUNDS_US.len() + 1],
    latency_sum_us: AtomicU64,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            endpoints: Default::default(),
            handshakes: Default::default(),
            connections: AtomicU64::new(0),
            open: AtomicI64::new(0),
        }
    }

    /// Counts an answer, and the time between the whole request and it.
    pub(crate) fn answered(&self, asked: Asked, status: u16, took: Duration) {
        let endpoint = &self.endpoints[asked as usize];
        let code = STATUSES.iter().position(|known| *known == status);
        endpoint.statuses[code.unwrap_or(STATUSES.len())].fetch_add(1, Ordering::Relaxed);
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bound = BOUNDS_US.iter().position(|bound| took_us <= *bound);
        endpoint.latencies[bound.unwrap_or(BOUNDS_US.len())].fetch_add(1, Ordering::Relaxed);
        endpoint.latency_sum_us.fetch_add(took_us, Ordering::Relaxed);
    }

    pub(crate) fn handshake(&self, outcome: Handshake) {
        self.handshakes[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a connection as long as the mark is held.
    pub(crate) fn connection(core: &std::sync::Arc<Core>) -> OpenConnection {
        core.metrics.connections.fetch_add(1, Ordering::Relaxed);
        core.metrics.open.fetch_add(1, Ordering::Relaxed);
        OpenConnection(std::sync::Arc::clone(core))
    }
}

/// A connection that is counted as open.
pub(crate) struct OpenConnection(std::sync::Arc<Core>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.metrics.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the administration address says about the server itself; none for other paths.
pub(crate) fn answer(core: &Core, method: &str, path: &str) -> Option<ServerAnswer> {
    let body = match path {
        "/metrics" => page(core),
        "/healthz" => "ok\n".to_owned(),
        _ => return None,
    };
    Some(match method {
        "GET" => ServerAnswer::new(200, CONTENT_TYPE, body.into_bytes()),
        "HEAD" => ServerAnswer::text(200, ""),
        _ => ServerAnswer::method_not_allowed("GET, HEAD"),
    })
}

/// The page of figures.
fn page(core: &Core) -> String {
    let mut text = String::with_capacity(16 * 1024);
    requests(&mut text, &core.metrics);
    latencies(&mut text, &core.metrics);
    connections(&mut text, &core.metrics);
    standing(&mut text, core);
    text
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n").expect("memory");
}

fn row(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    match labels {
        "" => writeln!(text, "{name} {value}").expect("memory"),
        _ => writeln!(text, "{name}{{{labels}}} {value}").expect("memory"),
    }
}

fn requests(text: &mut String, metrics: &Metrics) {
    let name = "muster_server_requests_total";
    family(text, name, "counter", "Requests answered, by endpoint and HTTP status.");
    for (asked, endpoint) in Asked::ALL.into_iter().zip(&metrics.endpoints) {
        let codes = STATUSES.iter().map(u16::to_string).chain(["other".to_owned()]);
        for (code, count) in codes.zip(&endpoint.statuses) {
            let count = count.load(Ordering::Relaxed);
            if count > 0 {
                let labels = format!("endpoint=\"{}\",status=\"{code}\"", asked.name());
                row(text, name, &labels, count);
            }
        }
    }
}

fn latencies(text: &mut String, metrics: &Metrics) {
    let name = "muster_server_request_seconds";
    family(text, name, "histogram", "Time from a whole request to its answer.");
    for (asked, endpoint) in Asked::ALL.into_iter().zip(&metrics.endpoints) {
        let counts = endpoint.latencies.each_ref().map(|count| count.load(Ordering::Relaxed));
        let all: u64 = counts.iter().sum();
        if all == 0 {
            continue;
        }
        let label = format!("endpoint=\"{}\"", asked.name());
        let mut below = 0;
        for (bound, count) in BOUNDS_US.iter().zip(counts) {
            below += count;
            let labels = format!("{label},le=\"{}\"", seconds(*bound));
            row(text, &format!("{name}_bucket"), &labels, below);
        }
        row(text, &format!("{name}_bucket"), &format!("{label},le=\"+Inf\""), all);
        let sum = seconds(endpoint.latency_sum_us.load(Ordering::Relaxed));
        row(text, &format!("{name}_sum"), &label, sum);
        row(text, &format!("{name}_count"), &label, all);
    }
}

fn seconds(microseconds: u64) -> String {
    format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000)
}

fn connections(text: &mut String, metrics: &Metrics) {
    let name = "muster_server_tls_handshakes_total";
    family(text, name, "counter", "TLS handshakes, by how they went.");
    for (outcome, count) in ["done", "failed", "too_slow"].iter().zip(&metrics.handshakes) {
        let labels = format!("outcome=\"{outcome}\"");
        row(text, name, &labels, count.load(Ordering::Relaxed));
    }
    let name = "muster_server_connections_total";
    family(text, name, "counter", "Connections accepted.");
    row(text, name, "", metrics.connections.load(Ordering::Relaxed));
    let name = "muster_server_connections_open";
    family(text, name, "gauge", "Connections open now.");
    row(text, name, "", metrics.open.load(Ordering::Relaxed).max(0));
}

fn standing(text: &mut String, core: &Core) {
    let (policy, classic) = {
        let store = core.store();
        let listed = store.instances().filter(|(_, instance)| instance.account.is_some());
        (listed.count(), store.classic.instances().count())
    };
    let name = "muster_server_product_instances";
    family(text, name, "gauge", "Product instances in an account, by era.");
    row(text, name, "era=\"policy\"", policy);
    row(text, name, "era=\"classic\"", classic);
    let name = "muster_server_faults_total";
    family(text, name, "counter", "Faults injected, by kind.");
    for mishap in Mishap::ALL {
        let labels = format!("kind=\"{}\"", mishap.name());
        row(text, name, &labels, core.mishaps.happened(mishap));
    }
    let name = "muster_server_defects_active";
    family(text, name, "gauge", "Named deviations that are active.");
    row(text, name, "", core.defects.active().count());
    let name = "muster_server_defect_active";
    family(text, name, "gauge", "1 for each named deviation that is active.");
    for defect in core.defects.active() {
        row(text, name, &format!("name=\"{}\"", defect.name()), 1);
    }
    let name = "muster_server_clock_seconds";
    family(text, name, "gauge", "The server's own time, seconds since 1970.");
    row(text, name, "", core.clock.now_ms() / 1_000);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defects::Defect;
    use crate::defects::probe::call;
    use crate::handler::tests::server;

    fn get(server: &crate::Server, path: &str) -> (u16, String) {
        let answer = call(server, Listener::Admin, "GET", path, b"");
        (answer.status, String::from_utf8(answer.body).unwrap())
    }

    #[test]
    fn the_page_says_what_was_asked_and_what_stands() {
        let server = server(&[Defect::NO_BANNER]);
        let metrics = &server.0.metrics;
        let asked = Asked::of(Listener::ProductHttps, "/cslu/v1/pi/My%20VA-1?x");
        metrics.answered(asked, 200, Duration::from_micros(300));
        metrics.answered(asked, 418, Duration::from_secs(9));
        metrics.handshake(Handshake::Failed);
        let open = Metrics::connection(&server.0);
        let (status, page) = get(&server, "/metrics");
        assert_eq!(status, 200);
        for line in [
            "muster_server_requests_total{endpoint=\"cslu\",status=\"200\"} 1",
            "muster_server_requests_total{endpoint=\"cslu\",status=\"other\"} 1",
            "muster_server_request_seconds_bucket{endpoint=\"cslu\",le=\"0.000250\"} 0",
            "muster_server_request_seconds_bucket{endpoint=\"cslu\",le=\"0.000500\"} 1",
            "muster_server_request_seconds_bucket{endpoint=\"cslu\",le=\"+Inf\"} 2",
            "muster_server_request_seconds_sum{endpoint=\"cslu\"} 9.000300",
            "muster_server_tls_handshakes_total{outcome=\"failed\"} 1",
            "muster_server_connections_open 1",
            "muster_server_product_instances{era=\"policy\"} 0",
            "muster_server_faults_total{kind=\"reset\"} 0",
            "muster_server_defects_active 1",
            "muster_server_defect_active{name=\"no-banner\"} 1",
        ] {
            assert!(page.lines().any(|one| one == line), "{line}\n{page}");
        }
        drop(open);
        assert!(get(&server, "/metrics").1.contains("muster_server_connections_open 0"));
    }

    #[test]
    fn each_family_is_described_once_and_each_line_is_a_sample() {
        let (_, page) = get(&server(&[]), "/metrics");
        let named = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        let named: Vec<_> = named.filter_map(|line| line.split(' ').next()).collect();
        let unique: std::collections::BTreeSet<_> = named.iter().collect();
        assert_eq!(unique.len(), named.len());
        for line in page.lines().filter(|line| !line.starts_with('#')) {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            assert!(named.iter().any(|name| sample.starts_with(name)), "{line}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }

    #[test]
    fn the_server_says_that_it_is_well() {
        let server = server(&[]);
        assert_eq!(get(&server, "/healthz"), (200, "ok\n".to_owned()));
        assert_eq!(call(&server, Listener::Admin, "POST", "/healthz", b"").status, 405);
        assert_eq!(call(&server, Listener::ProductHttps, "GET", "/metrics", b"").status, 404);
    }
}
