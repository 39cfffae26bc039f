//! `muster serve`: the embedded reference server on addresses of the user's choice.

use muster_fleet::SigningMode;
use muster_server::{ClockSource, Defect, Listen, Running, Server, ServerOptions, StateOptions};

use crate::cli::ServeArgs;
use crate::embedded::{self, Addresses};
use crate::error::Error;
use crate::exit_code::Exit;
use crate::interrupt::Interrupt;
use crate::output;

/// How often the server looks whether the user wants it to end.
const STOP_CHECK: std::time::Duration = std::time::Duration::from_millis(100);

pub(crate) fn run(args: &ServeArgs) -> Result<Exit, Error> {
    let defects = embedded::defects(&args.defects)?;
    let options = ServerOptions {
        seed: args.seed,
        defects: defects.clone(),
        signing: if args.unsigned { SigningMode::Placeholder } else { SigningMode::Fast },
        verify_signatures: !args.unsigned,
        instances_max: args.instances_max,
        onprem_acknowledge_after_ms: args.defer.saturating_mul(1_000),
        ..ServerOptions::default()
    };
    let server = match &args.state {
        None => Server::new(options, ClockSource::Wall)?,
        Some(path) => {
            let state = StateOptions { path: path.clone(), survives_power_loss: args.fsync };
            Server::with_state(options, ClockSource::Wall, &state)?
        }
    };
    let root = server.root_pem();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Bug(format!("no runtime: {error}")))?;
    let interrupt = Interrupt::listen();
    runtime.block_on(async {
        let mut listen = Listen {
            product_https: args.listen,
            product_http: Some(args.http),
            admin: Some(args.admin),
            threads: args.threads as usize,
            ..Listen::default()
        };
        listen.names.push(args.listen.ip().to_string());
        listen.names.extend(args.names.iter().cloned());
        listen.names.sort_unstable();
        listen.names.dedup();
        let running = muster_server::serve(server, listen).await?;
        announce(args, &running, &root, &defects)?;
        while !interrupt.is_raised() {
            tokio::time::sleep(STOP_CHECK).await;
        }
        running.shutdown().await;
        Ok(Exit::Ok)
    })
}

fn announce(
    args: &ServeArgs,
    running: &Running,
    root_pem: &str,
    defects: &[Defect],
) -> Result<(), Error> {
    let host = match args.listen.ip() {
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        ip => ip.to_string(),
    };
    let addresses = Addresses {
        https: running.product_https,
        http: running.product_http,
        admin: running.admin,
    };
    let profile = embedded::profile("muster-serve", &addresses, &host, root_pem, args.seed);
    output::write_file(&args.write_target, &profile)?;
    let mut text = format!("muster {} serving\n", env!("CARGO_PKG_VERSION"));
    text.push_str(&format!("  product instances  https://{}\n", running.product_https));
    if let Some(http) = running.product_http {
        text.push_str(&format!("  plain HTTP         http://{http}\n"));
    }
    if let Some(admin) = running.admin {
        text.push_str(&format!("  administration     https://{admin}\n"));
    }
    for defect in defects {
        text.push_str(&format!("  defect             {}: {}\n", defect.name(), defect.title()));
    }
    if let Some(state) = &args.state {
        text.push_str(&format!("  state              {}\n", state.display()));
    }
    text.push_str(&format!("  target profile     {}\n", args.write_target.display()));
    text.push_str("Ctrl-C ends it. Try: muster check --target ");
    text.push_str(&format!("{}\n", args.write_target.display()));
    output::print(&text)?;
    Ok(())
}
