//! What the cryptography of one registration costs a client, measured in memory on the client's
//! core: a full TLS handshake with the chain verified, a P-256 key, a signature over 2 KB.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use rustls::client::Resumption;
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
use rustls_pki_types::ServerName;

use crate::error::{Error, broken, io};
use crate::identity::{Chain, Identity};
use crate::process::{CLIENT_CORE, CommandLine};
use crate::server::{BODY, provider, tls_config};

/// Enough for a median that a few gaps do not move.
const TIMES: usize = 2_000;

/// Client time of one registration, microseconds: medians.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClientCrypto {
    pub(crate) handshake: f64,
    pub(crate) keygen: f64,
    pub(crate) sign: f64,
}

impl ClientCrypto {
    /// One handshake, one key, one signature.
    pub(crate) fn sum(&self) -> f64 {
        self.handshake + self.keygen + self.sign
    }

    /// Halfway between two measurements.
    pub(crate) fn mean(self, other: Self) -> Self {
        Self {
            handshake: f64::midpoint(self.handshake, other.handshake),
            keygen: f64::midpoint(self.keygen, other.keygen),
            sign: f64::midpoint(self.sign, other.sign),
        }
    }

    /// Measures in a process of its own on the client's core.
    pub(crate) fn measured(chain: Chain) -> Result<Self, Error> {
        let own = std::env::current_exe().map_err(io("own program"))?;
        let output = CommandLine::new(Path::new(&own), &["--crypto", chain.word()])
            .pinned(CLIENT_CORE)
            .stderr(Stdio::inherit())
            .output()
            .map_err(io("taskset"))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let numbers: Vec<f64> = text.split_whitespace().flat_map(str::parse).collect();
        let [handshake, keygen, sign] = numbers[..] else {
            return Err(broken("the measurement of cryptography says nothing"));
        };
        Ok(Self { handshake, keygen, sign })
    }
}

/// Measures here and now; the process must be pinned.
pub(crate) fn measure(chain: Chain) -> Result<ClientCrypto, Error> {
    let identity = Identity::new(chain)?;
    let unfit = |what: &str| broken(format!("TLS in memory: {what}"));
    let mut roots = RootCertStore::empty();
    for root in muster_certs::trust_roots_from_pem(&identity.root_pem)
        .map_err(|error| unfit(&error.to_string()))?
    {
        roots.add(root).map_err(|error| unfit(&error.to_string()))?;
    }
    let server = Arc::new(tls_config(identity)?);
    let mut client = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| unfit(&error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.resumption = Resumption::disabled();
    let client = Arc::new(client);
    let handshake = |_| handshake_us(&client, &server).map_err(|error| unfit(&error.to_string()));
    let handshakes = (0..TIMES).map(handshake).collect::<Result<Vec<_>, _>>()?;
    let random = SystemRandom::new();
    let (mut keygens, mut signs) = (Vec::with_capacity(TIMES), Vec::with_capacity(TIMES));
    for _ in 0..TIMES {
        let started = Instant::now();
        let key =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| unfit("no key"))?;
        keygens.push(since_us(started));
        let started = Instant::now();
        key.sign(&random, BODY.as_bytes()).map_err(|_| unfit("no signature"))?;
        signs.push(since_us(started));
    }
    Ok(ClientCrypto {
        handshake: median(handshakes).unwrap_or_default(),
        keygen: median(keygens).unwrap_or_default(),
        sign: median(signs).unwrap_or_default(),
    })
}

/// The client's part of one handshake.
fn handshake_us(
    client: &Arc<ClientConfig>,
    server: &Arc<ServerConfig>,
) -> Result<f64, std::io::Error> {
    let name = ServerName::try_from("localhost").expect("a host name");
    let mut server = ServerConnection::new(Arc::clone(server)).map_err(std::io::Error::other)?;
    let started = Instant::now();
    let mut client =
        ClientConnection::new(Arc::clone(client), name).map_err(std::io::Error::other)?;
    let mut spent = since_us(started);
    let mut bytes = Vec::new();
    while client.is_handshaking() || server.is_handshaking() {
        let started = Instant::now();
        bytes.clear();
        while client.wants_write() {
            client.write_tls(&mut bytes)?;
        }
        spent += since_us(started);
        hand(&bytes, |rest| {
            server.read_tls(rest)?;
            server.process_new_packets().map(drop).map_err(std::io::Error::other)
        })?;
        bytes.clear();
        while server.wants_write() {
            server.write_tls(&mut bytes)?;
        }
        let started = Instant::now();
        hand(&bytes, |rest| {
            client.read_tls(rest)?;
            client.process_new_packets().map(drop).map_err(std::io::Error::other)
        })?;
        spent += since_us(started);
    }
    client.writer().flush()?;
    Ok(spent)
}

/// Hands all of `bytes` over, however little is taken at a time.
fn hand(
    mut bytes: &[u8],
    mut take: impl FnMut(&mut dyn Read) -> std::io::Result<()>,
) -> std::io::Result<()> {
    while !bytes.is_empty() {
        take(&mut bytes)?;
    }
    Ok(())
}

fn since_us(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6
}

/// The middle value.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}
