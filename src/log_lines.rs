//! Lines of the log: how many, where to, and what they look like.

use tracing_subscriber::EnvFilter;

use crate::cli::LogFormat;
use crate::error::Error;

const VARIABLE: &str = "MUSTER_LOG";

/// Logs what `MUSTER_LOG` asks for, for people.
pub(crate) fn begin() {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_env(VARIABLE))
        .with_writer(std::io::stderr)
        .init();
}

/// Logs at `level`, else what `MUSTER_LOG` asks for, else warnings.
pub(crate) fn begin_at(level: Option<&str>, format: LogFormat) -> Result<(), Error> {
    let wanted = level.map(str::to_owned).or_else(|| std::env::var(VARIABLE).ok());
    let wanted = wanted.unwrap_or_else(|| "warn".to_owned());
    let filter = EnvFilter::try_new(&wanted).map_err(|error| {
        let remedy = "give off, error, warn, info, debug, trace, or a filter";
        Error::Arguments(format!("--log {wanted:?}: {error}; {remedy}"))
    })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Human => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
