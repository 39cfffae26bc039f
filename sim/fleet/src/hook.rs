//! Calling what a target's operator wired up: an HTTP request or a program.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use crate::target::{EndpointUrl, Hook};
use crate::transport::{Call, Client, Reply};

/// A hook program that takes longer is given up; a server restart may need a minute.
const HOOK_MS_MAX: u64 = 60_000;
/// Characters of a failing hook's words that are kept: they go into journals and reports.
const WORDS_MAX: usize = 500;

/// Calls `hook` with `arguments` put into its templates. The error says what failed.
pub async fn call(
    client: &Client,
    hook: &Hook,
    arguments: &BTreeMap<String, String>,
) -> Result<String, String> {
    match hook {
        Hook::Http { .. } => {
            let call = prepare(hook, arguments)?;
            outcome(client.exchange(&call).await)
        }
        Hook::Command { argv, folder } => command(argv, folder, arguments, HOOK_MS_MAX).await,
    }
}

/// The request an HTTP hook makes; a command hook has none.
pub fn prepare(hook: &Hook, arguments: &BTreeMap<String, String>) -> Result<Call, String> {
    let Hook::Http { method, url, body, headers } = hook else {
        return Err("a command hook needs a run in real time".to_owned());
    };
    let url = EndpointUrl::parse(&fill(url, arguments, encode_url))?;
    let body = body.as_deref().map(|body| fill_body(body, arguments));
    let mut sent: Vec<_> =
        headers.iter().map(|(name, value)| (name.clone(), value.reveal().to_owned())).collect();
    if body.is_some() && !sent.iter().any(|(name, _)| name == "content-type") {
        sent.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    Ok(Call {
        endpoint: "hook".into(),
        url: Arc::new(url),
        method: method.clone().into(),
        headers: Arc::new(sent),
        body: body.unwrap_or_default().into_bytes(),
    })
}

/// What an HTTP hook's reply means: any 2xx is good.
pub fn outcome(reply: Reply) -> Result<String, String> {
    let received = reply.result.map_err(|error| error.detail)?;
    let text = String::from_utf8_lossy(&received.body).into_owned();
    if (200..300).contains(&received.status) {
        Ok(text)
    } else {
        Err(format!("HTTP {}: {}", received.status, clipped(&text)))
    }
}

async fn command(
    argv: &[String],
    folder: &Path,
    arguments: &BTreeMap<String, String>,
    limit_ms: u64,
) -> Result<String, String> {
    let argv: Vec<_> = argv.iter().map(|part| fill(part, arguments, str::to_owned)).collect();
    let mut command = tokio::process::Command::new(&argv[0]);
    // A hook that is given up must not go on behind the run's back.
    command.args(&argv[1..]).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_millis(limit_ms), command.output())
        .await
        .map_err(|_| format!("`{}` took over {limit_ms} ms", argv[0]))?
        .map_err(|error| format!("`{}`: {error}", argv[0]))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{}` ended with {}: {}", argv[0], output.status, clipped(&said)))
}

fn clipped(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(WORDS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Fills a JSON body. A body that is one placeholder takes the argument as it stands: the scenario
/// gives the whole document.
fn fill_body(body: &str, arguments: &BTreeMap<String, String>) -> String {
    let whole = body.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    match whole.and_then(|name| arguments.get(name)) {
        Some(document) => document.clone(),
        None => fill(body, arguments, encode_json),
    }
}

/// Replaces every `{name}` of `template`; a name without an argument stays as it is. One pass: an
/// argument that looks like a placeholder is not looked into.
fn fill(
    template: &str,
    arguments: &BTreeMap<String, String>,
    encode: fn(&str) -> String,
) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, tail) = rest.split_at(at);
        text.push_str(before);
        let name = tail.find('}').map(|end| &tail[1..end]);
        match name.and_then(|name| Some((name, arguments.get(name)?))) {
            Some((name, value)) => {
                text.push_str(&encode(value));
                rest = &tail[name.len() + 2..];
            }
            None => {
                text.push('{');
                rest = &tail[1..];
            }
        }
    }
    text + rest
}

fn encode_json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn encode_url(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_encoded_for_where_they_stand() {
        let arguments = BTreeMap::from([("udi".to_owned(), "P:A \"b\",S:1".to_owned())]);
        assert_eq!(fill("/x?udi={udi}", &arguments, encode_url), "/x?udi=P%3AA%20%22b%22%2CS%3A1");
        assert_eq!(
            fill("{\"udi\":\"{udi}\"}", &arguments, encode_json),
            "{\"udi\":\"P:A \\\"b\\\",S:1\"}"
        );
    }

    #[test]
    fn an_argument_that_looks_like_a_placeholder_is_not_filled_in_again() {
        let arguments = BTreeMap::from(
            [("a", "{b}"), ("b", "secret"), ("c", "{c}{")].map(|(k, v)| (k.into(), v.into())),
        );
        assert_eq!(fill("{a} {b} {c}", &arguments, str::to_owned), "{b} secret {c}{");
        assert_eq!(fill("{\"n\": {b}, {d} {{a}", &arguments, str::to_owned), {
            "{\"n\": secret, {d} {{b}"
        });
    }

    #[test]
    fn a_body_that_is_one_placeholder_takes_the_whole_document() {
        let arguments = BTreeMap::from([("document".to_owned(), "{\"a\":1}".to_owned())]);
        assert_eq!(fill_body("{document}", &arguments), "{\"a\":1}");
        assert_eq!(fill_body("{other}", &arguments), "{other}");
    }

    fn shell(script: &str, limit_ms: u64) -> Result<String, String> {
        let argv = ["sh", "-c", script, "hook", "{udi}"].map(str::to_owned);
        let arguments = BTreeMap::from([("udi".to_owned(), "P:A b,S:1".to_owned())]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(command(&argv, Path::new("."), &arguments, limit_ms))
    }

    #[test]
    fn a_program_gets_its_arguments_whole_and_its_words_come_back() {
        assert_eq!(shell("echo \"<$1>\"", 5_000), Ok("<P:A b,S:1>".to_owned()));
        let failed = shell("echo no such record >&2; exit 3", 5_000).unwrap_err();
        assert_eq!(failed, "`sh` ended with exit status: 3: no such record");
        let long = shell("printf 'é%.0s' $(seq 2000) >&2; exit 1", 5_000).unwrap_err();
        assert!(long.ends_with("é...") && long.chars().count() < 600, "{long}");
    }

    #[test]
    fn a_program_that_takes_too_long_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let script = format!("sleep 0.3; touch '{}'", mark.display());
        assert_eq!(shell(&script, 50), Err("`sh` took over 50 ms".to_owned()));
        std::thread::sleep(Duration::from_millis(300));
        std::thread::sleep(Duration::from_millis(100));
        assert!(!mark.exists(), "the program went on");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let argv = ["./no-such-program".to_owned()];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let failed = runtime.block_on(command(&argv, Path::new("."), &BTreeMap::new(), 1_000));
        assert!(failed.unwrap_err().starts_with("`./no-such-program`: "));
    }
}
