//! The embedded server on a thread of its own, and the target profile that describes it.

use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;

use muster_fleet::{HostPolicy, SigningMode, Target};
use muster_server::{ClockSource, Defect, Listen, Server, ServerOptions};
use tokio::sync::oneshot;

use crate::error::Error;

/// ID tokens of the profile, by the names scenarios use.
const ID_TOKENS: [&str; 8] = [
    "valid",
    "other_account",
    "expired",
    "revoked",
    "single_use",
    "export_not_allowed",
    "cssm_only",
    "onprem_only",
];

/// Name, method, path below the control API and body of each hook of the profile.
const HOOKS: [(&str, &str, &str, Option<&str>); 13] = [
    ("clock", "POST", "clock", Some(r#"{"advance_ms": {advance_ms}}"#)),
    ("remove_product_instance", "DELETE", "product-instances?udi={udi}", None),
    ("remove_registration", "DELETE", "registrations?udi={udi}", None),
    ("collect", "POST", "collect", Some(r#"{"url": "{url}", "interface": "{interface}"}"#)),
    ("upload", "POST", "upload", Some(r#"{"file": "{file}"}"#)),
    ("fail_next", "PUT", "faults", Some(r#"{"faults": {"{kind}": {"next": {count}}}}"#)),
    ("settings", "PUT", "settings", Some("{document}")),
    ("accounts", "PUT", "accounts", Some("{document}")),
    ("entitlements", "PUT", "entitlements", Some("{document}")),
    ("tokens", "POST", "tokens", Some("{document}")),
    ("synchronize", "POST", "synchronize", None),
    ("backups", "POST", "backups", Some(r#"{"name": "{name}"}"#)),
    ("restore", "POST", "restore", Some(r#"{"name": "{name}"}"#)),
];

/// A running embedded server; dropping it ends it.
pub(crate) struct Embedded {
    /// The profile that reaches it.
    pub(crate) target: Target,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The certificates a profile names, PEM.
pub(crate) struct Certificates {
    /// What TLS connections lead to.
    pub(crate) root: String,
    /// Of the key that signs artefacts; none when nothing is signed.
    pub(crate) signing: Option<String>,
}

impl Certificates {
    /// Those of a server.
    pub(crate) fn of(server: &Server) -> Self {
        Self { root: server.root_pem(), signing: server.signing_pem() }
    }
}

/// Where a server listens.
pub(crate) struct Addresses {
    pub(crate) https: SocketAddr,
    pub(crate) http: Option<SocketAddr>,
    pub(crate) admin: Option<SocketAddr>,
}

impl Embedded {
    /// Starts a server on free loopback ports.
    pub(crate) fn start(
        seed: u64,
        defects: Vec<Defect>,
        signing: SigningMode,
    ) -> Result<Self, Error> {
        let server = server(seed, defects, ClockSource::Wall, signing)?;
        let certificates = Certificates::of(&server);
        let (ready, listening) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("embedded-server".to_owned())
            .spawn(move || serve(server, &ready, stopped))
            .map_err(|error| Error::Bug(format!("no thread for the server: {error}")))?;
        let addresses = listening
            .recv()
            .map_err(|_| Error::Bug("the embedded server ended before it began".to_owned()))??;
        let profile = profile("embedded", &addresses, "127.0.0.1", &certificates, seed);
        let target = Target::from_toml(Path::new("embedded"), &profile, &HostPolicy::default())?;
        Ok(Self { target, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A server with the embedded profile.
pub(crate) fn server(
    seed: u64,
    defects: Vec<Defect>,
    clock: ClockSource,
    signing: SigningMode,
) -> Result<Server, Error> {
    // Whoever does not sign is not to be verified.
    let verify_signatures = signing != SigningMode::Placeholder;
    let options = ServerOptions { seed, defects, signing, verify_signatures, ..Default::default() };
    Ok(Server::new(options, clock)?)
}

/// Looks defects up by name.
pub(crate) fn defects(names: &[String]) -> Result<Vec<Defect>, Error> {
    let known = || Defect::all().map(|defect| defect.name());
    names
        .iter()
        .map(|name| Defect::named(name).ok_or_else(|| Error::unknown("defect", name, known())))
        .collect()
}

fn serve(
    server: Server,
    ready: &std::sync::mpsc::Sender<Result<Addresses, Error>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(Error::Bug(format!("no runtime for the server: {error}"))));
            return;
        }
    };
    runtime.block_on(async {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let listen = Listen {
            product_https: free,
            product_http: Some(free),
            admin: Some(free),
            ..Listen::default()
        };
        match muster_server::serve(server, listen).await {
            Ok(running) => {
                let _ = ready.send(Ok(Addresses {
                    https: running.product_https,
                    http: running.product_http,
                    admin: running.admin,
                }));
                let _ = stopped.await;
                running.shutdown().await;
            }
            Err(error) => {
                let _ = ready.send(Err(error.into()));
            }
        }
    });
}

/// A target profile for a server of ours.
pub(crate) fn profile(
    name: &str,
    addresses: &Addresses,
    host: &str,
    certificates: &Certificates,
    seed: u64,
) -> String {
    let bracketed = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let https = format!("https://{bracketed}:{}", addresses.https.port());
    let mut text = format!(
        "# Target profile of Muster's embedded server. Everything in it is a test object.\n\
         name = \"{name}\"\n\n[endpoints]\n\
         smart_receiver = \"{https}/licservice/license\"\n\
         smart_transport = \"{https}/SmartTransport\"\n\
         call_home = \"{https}/Transportgateway/services/DeviceRequestHandler\"\n\
         cslu = \"{https}/cslu/v1/pi/Default-1\"\n\
         cslu_other = \"{https}/cslu/v1/pi/My%20VA-1\"\n\
         cslu_validating = \"{https}/cslu/v1/pi/Validated-1\"\n"
    );
    if let Some(http) = addresses.http {
        let port = http.port();
        text.push_str(&format!(
            "smart_transport_http = \"http://{bracketed}:{port}/SmartTransport\"\n"
        ));
    }
    let admin = addresses.admin.map(|admin| format!("https://{bracketed}:{}", admin.port()));
    if let Some(admin) = &admin {
        text.push_str(&format!("admin = \"{admin}/\"\n"));
    }
    text.push_str(&format!("\n[trust]\nroots_pem = '''\n{}'''\n", certificates.root));
    if let Some(signing) = &certificates.signing {
        text.push_str(&format!("signing_pem = '''\n{signing}'''\n"));
    }
    text.push_str("\n[id_tokens]\n");
    for token in ID_TOKENS {
        if let Some(value) = muster_server::id_token(seed, token) {
            text.push_str(&format!("{token} = {{ value = \"{value}\" }}\n"));
        }
    }
    if let Some(admin) = &admin {
        text.push_str(&hooks(&format!("{admin}/muster/control")));
    }
    text
}

/// The hooks of a server whose control API is at `control`.
fn hooks(control: &str) -> String {
    let mut text = String::new();
    for (name, method, path, body) in HOOKS {
        text.push_str(&format!(
            "\n[hooks.{name}]\nmethod = \"{method}\"\nurl = \"{control}/{path}\"\n"
        ));
        if let Some(body) = body {
            text.push_str(&format!("body = '{body}'\n"));
        }
    }
    text
}
