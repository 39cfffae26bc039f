//! The words of `gates`; the figures of a latency and the comparisons are those of the model.

/// Most gates of one scenario: a run that must meet more says nothing a reader could repeat.
pub(crate) const GATES_MAX: usize = 64;

/// Gates as an editor offers them.
pub(crate) const EXAMPLES: &[&str] = &[
    "p99(report usage) < 250ms",
    "raw_p99(all) < 200ms",
    "rate(errors) == 0",
    "rate(timeout) < 0.1%",
    "throughput(all) >= 500/s",
    "acknowledged == instances",
    "recovered == churned",
    "rss < 400MB",
];

/// Kinds of steps that are measured, and all of them together.
pub(crate) const MEASURED: &[&str] = &["all", "trust", "report usage", "poll", "probe", "raw"];

/// What `rate` can be the share of: every failed exchange, or those of one cause.
pub(crate) const CAUSES: &[&str] = &[
    "errors",
    "dns",
    "connect",
    "tls",
    "timeout",
    "closed",
    "http",
    "too_long",
    "http_status",
    "protocol_status",
    "nonce",
    "signature",
];

/// What is counted over the whole run.
pub(crate) const COUNTS: &[&str] = &[
    "instances",
    "trusted",
    "reported",
    "acknowledged",
    "completed",
    "dropped",
    "errors",
    "retries",
    "churned",
    "recovered",
];

/// Counts that are never more than another: instances of which something is true, and the churned
/// that work again.
pub(crate) const NEVER_MORE: &[(&str, &str)] = &[
    ("trusted", "instances"),
    ("reported", "instances"),
    ("acknowledged", "instances"),
    ("recovered", "churned"),
];

/// Words that other load generators have for a measure, and what it is called here.
pub(crate) const ELSEWHERE: &[(&str, &str)] = &[
    ("avg", "mean"),
    ("average", "mean"),
    ("med", "p50"),
    ("median", "p50"),
    ("p99.9", "p999"),
    ("p100", "max"),
    ("rps", "throughput"),
    ("http_reqs", "throughput"),
    ("http_req_duration", "p95"),
    ("http_req_failed", "rate"),
    ("error_rate", "rate"),
    ("memory", "rss"),
    ("failures", "errors"),
    ("failed", "errors"),
    ("dropped_iterations", "dropped"),
    ("iterations", "completed"),
];
