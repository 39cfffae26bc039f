//! Why a server cannot be made or cannot listen.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::holdings::virtual_account::TooManyAccounts;
use crate::state::fault::StateFault;

/// A failure before the first request; a request never fails, it is answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The test PKI refused something.
    #[error("cannot issue the server's certificates: {0}")]
    Certificates(#[from] muster_certs::Error),
    /// TLS does not take the certificate or the key.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The start time does not fit a calendar date.
    #[error("the clock starts at {start_ms} ms, outside the calendar")]
    StartTime {
        /// The start time, unix milliseconds.
        start_ms: u64,
    },
    /// A server without tenants has no On-Prem side.
    #[error("at least one tenant is needed")]
    NoTenant,
    /// Two tenants would have one URL.
    #[error("tenant {name:?} is given twice")]
    TenantTwice {
        /// The last segment of the tenant's URL.
        name: String,
    },
    /// A grant names no token, and none follows from the seed.
    #[error("ID token {name:?} needs a value: only \"valid\" and \"other_account\" are derived")]
    NoIdToken {
        /// The grant's name.
        name: String,
    },
    /// The options, or they and the state file together, name more accounts than there may be.
    #[error("{count} {what} are too many: there may be {count_max}")]
    TooManyAccounts {
        /// Which kind of account.
        what: &'static str,
        /// How many there would be.
        count: usize,
        /// How many there may be.
        count_max: usize,
    },
    /// The state file cannot be used.
    #[error("state file {}: {fault}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        fault: StateFault,
    },
    /// The control interface would be open to other machines.
    #[error("{address} is not a loopback address, and the admin listener moves clocks")]
    AdminNotLoopback {
        /// The address asked for.
        address: SocketAddr,
    },
    /// A thread of the server, or its runtime, could not be started.
    #[error("cannot start a thread of the server: {source}")]
    Thread {
        /// The operating system's words.
        source: std::io::Error,
    },
    /// A socket could not be opened.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// The operating system's words.
        source: std::io::Error,
    },
}

impl From<TooManyAccounts> for Error {
    fn from(TooManyAccounts { what, count, count_max }: TooManyAccounts) -> Self {
        Self::TooManyAccounts { what, count, count_max }
    }
}
