//! `muster serve`: the embedded reference server on addresses of the user's choice.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use muster_fleet::SigningMode;
use muster_server::{
    ApiGrant, Chaos, ClockSource, Defect, Listen, Running, Server, ServerOptions, StateOptions,
};
use serde_json::json;

use crate::cli::{LogFormat, ServeArgs};
use crate::embedded::{self, Addresses, Certificates};
use crate::error::Error;
use crate::exit_code::Exit;
use crate::interrupt::Interrupt;
use crate::serve_config::ServeConfig;
use crate::{log_lines, output};

/// How often the server looks whether the user wants it to end.
const STOP_CHECK: std::time::Duration = std::time::Duration::from_millis(100);

/// Where product instances are told to go, unless something else is said.
const LISTEN: SocketAddr = loopback(8443);

/// What a first signal says.
const ENDING: &str = "\nending: requests under way may finish, for two seconds at most";

/// What is to be served, from arguments, file and defaults.
struct Plan {
    https: SocketAddr,
    http: SocketAddr,
    admin: SocketAddr,
    names: Vec<String>,
    threads: usize,
    seed: u64,
    write_target: PathBuf,
    write_ca: PathBuf,
    state: Option<StateOptions>,
    json: bool,
    /// The client that was made up, when nobody named one.
    made_up_client: Option<ApiGrant>,
    options: ServerOptions,
}

pub(crate) fn run(args: &ServeArgs) -> Result<Exit, Error> {
    let config = ServeConfig::read(args.config.as_deref())?;
    let format = args.log_format.or(config.log_format).unwrap_or(LogFormat::Human);
    log_lines::begin_at(args.log.as_deref().or(config.log.as_deref()), format)?;
    let plan = plan(args, config)?;
    let server = match &plan.state {
        None => Server::new(plan.options.clone(), ClockSource::Wall)?,
        Some(state) => Server::with_state(plan.options.clone(), ClockSource::Wall, state)?,
    };
    let certificates = Certificates::of(&server);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Bug(format!("no runtime: {error}")))?;
    let interrupt = Interrupt::listen_and_say(ENDING);
    runtime.block_on(async {
        let mut listen = Listen {
            product_https: plan.https,
            product_http: Some(plan.http),
            admin: Some(plan.admin),
            threads: plan.threads,
            ..Listen::default()
        };
        listen.names.push(plan.https.ip().to_string());
        listen.names.extend(plan.names.iter().cloned());
        listen.names.sort_unstable();
        listen.names.dedup();
        let running = muster_server::serve(server, listen).await?;
        announce(&plan, &running, &certificates)?;
        while !interrupt.is_raised() {
            tokio::time::sleep(STOP_CHECK).await;
        }
        running.shutdown().await;
        Ok(Exit::Ok)
    })
}

fn plan(args: &ServeArgs, config: ServeConfig) -> Result<Plan, Error> {
    let limits = config.limits();
    let mut names = args.defects.clone();
    names.extend(config.defects);
    let chaos = match args.chaos.as_deref().or(config.chaos.as_deref()) {
        Some(name) => Some(chaos(name)?),
        None => None,
    };
    let state = args.state.clone().or(config.state);
    let fsync = args.fsync || config.fsync;
    if fsync && state.is_none() {
        return Err(Error::Arguments("--fsync: there is no --state FILE to keep".to_owned()));
    }
    let seed = args.seed.or(config.seed).unwrap_or(1);
    let unsigned = args.unsigned || config.unsigned;
    let usual = ServerOptions::default();
    let write_target = args.write_target.clone().or(config.write_target);
    let write_target = write_target.unwrap_or_else(|| PathBuf::from("target.toml"));
    let write_ca = args.write_ca.clone().or(config.write_ca);
    let mut api_clients = grants("--client", &[&args.clients, &config.clients])?;
    let made_up_client = api_clients.is_empty().then(|| ApiGrant::with_random_secret("muster"));
    api_clients.extend(made_up_client.clone());
    Ok(Plan {
        https: args.listen.or(config.listen).unwrap_or(LISTEN),
        http: args.http.or(config.http).unwrap_or(loopback(0)),
        admin: args.admin.or(config.admin).unwrap_or(loopback(0)),
        names: args.names.iter().cloned().chain(config.names).collect(),
        threads: args.threads.or(config.threads).unwrap_or(1) as usize,
        seed,
        write_ca: write_ca.unwrap_or_else(|| write_target.with_extension("pem")),
        write_target,
        state: state.map(|path| StateOptions { path, survives_power_loss: fsync }),
        json: args.json,
        made_up_client,
        options: ServerOptions {
            seed,
            api_clients,
            api_users: grants("--user", &[&args.users, &config.users])?,
            defects: embedded::defects(&names)?,
            signing: if unsigned { SigningMode::Placeholder } else { SigningMode::Fast },
            verify_signatures: !unsigned,
            instances_max: args
                .instances_max
                .or(config.instances_max)
                .unwrap_or(usual.instances_max),
            onprem_acknowledge_after_ms: match args.defer.or(config.defer) {
                Some(seconds) => seconds.saturating_mul(1_000),
                None => usual.onprem_acknowledge_after_ms,
            },
            admin_beyond_loopback: config.admin_beyond_loopback,
            strict: args.strict || config.strict,
            chaos,
            limits,
            ..usual
        },
    })
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port)
}

fn chaos(name: &str) -> Result<Chaos, Error> {
    let known = Chaos::ALL.iter().map(Chaos::name);
    Chaos::named(name).ok_or_else(|| Error::unknown("chaos preset", name, known))
}

fn announce(plan: &Plan, running: &Running, certificates: &Certificates) -> Result<(), Error> {
    let host = match plan.https.ip() {
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        ip => ip.to_string(),
    };
    let addresses = Addresses {
        https: running.product_https,
        http: running.product_http,
        admin: running.admin,
    };
    let profile = embedded::profile("muster-serve", &addresses, &host, certificates, plan.seed);
    output::write_file(&plan.write_ca, &certificates.root)?;
    output::write_file(&plan.write_target, &profile)?;
    let text = match plan.json {
        true => line(plan, running),
        false => words(plan, running),
    };
    output::print(&text)
}

/// Clients or users, each with the secret after the first colon.
fn grants(option: &str, texts: &[&[String]]) -> Result<Vec<ApiGrant>, Error> {
    let grant = |text: &String| {
        let (id, secret) = text.split_once(':').unwrap_or((text, ""));
        if id.is_empty() || secret.is_empty() {
            let what = "give name and secret with a colon between them";
            return Err(Error::Arguments(format!("{option}: {what}")));
        }
        Ok(ApiGrant::everything(id, secret))
    };
    texts.iter().copied().flatten().map(grant).collect()
}

/// The command that judges this server.
fn check_line(target: &Path) -> String {
    let text = target.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    match text.chars().all(is_plain) {
        true => format!("muster check --target {text}"),
        // As a shell takes it.
        false => format!("muster check --target '{}'", text.replace('\'', "'\\''")),
    }
}

fn line(plan: &Plan, running: &Running) -> String {
    let admin = running.admin.map(|admin| format!("https://{admin}"));
    let below = |path: &str| admin.as_ref().map(|admin| format!("{admin}{path}"));
    let said = json!({
        "muster": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "https": format!("https://{}", running.product_https),
        "http": running.product_http.map(|http| format!("http://{http}")),
        "admin": admin,
        "control": below("/muster/control/"),
        "metrics": below("/metrics"),
        "healthz": below("/healthz"),
        "ca": plan.write_ca,
        "target": plan.write_target,
        "state": plan.state.as_ref().map(|state| &state.path),
        "id_token": muster_server::id_token(plan.seed, "valid"),
        "client": plan.made_up_client.as_ref().map(|of| format!("{}:{}", of.id, of.secret)),
        "check": check_line(&plan.write_target),
        "defects": plan.options.defects.iter().map(Defect::name).collect::<Vec<_>>(),
        "chaos": plan.options.chaos.map(|chaos| chaos.name()),
        "strict": plan.options.strict,
    });
    format!("{said}\n")
}

fn words(plan: &Plan, running: &Running) -> String {
    let mut text = format!("muster {} serving\n", env!("CARGO_PKG_VERSION"));
    let mut row = |what: &str, value: &str| text.push_str(&format!("  {what:17}  {value}\n"));
    row("product instances", &format!("https://{}", running.product_https));
    if let Some(http) = running.product_http {
        row("plain HTTP", &format!("http://{http}"));
    }
    if let Some(admin) = running.admin {
        row("administration", &format!("https://{admin}"));
        row("admin API", &format!("https://{admin}/api/v1/"));
        row("control API", &format!("https://{admin}/muster/control/"));
        row("figures", &format!("https://{admin}/metrics"));
    }
    if let Some(state) = &plan.state {
        row("state", &state.path.display().to_string());
    }
    for defect in &plan.options.defects {
        row("defect", &format!("{}: {}", defect.name(), defect.title()));
    }
    if let Some(chaos) = plan.options.chaos {
        row("chaos", &format!("{}: {}", chaos.name(), chaos.title()));
    }
    if plan.options.strict {
        row("strict", "refuses what a lenient server overlooks");
    }
    row("CA certificate", &plan.write_ca.display().to_string());
    row("target profile", &plan.write_target.display().to_string());
    if let Some(ApiGrant { id, secret, .. }) = &plan.made_up_client {
        row("API client", &format!("{id}:{secret}"));
    }
    if let Some(token) = muster_server::id_token(plan.seed, "valid") {
        row("ID token", &token);
    }
    text.push_str(&format!("Ctrl-C ends it. Try: {}\n", check_line(&plan.write_target)));
    text
}
