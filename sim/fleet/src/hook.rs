//! Calling what a target's operator wired up: an HTTP request or a program.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::target::{EndpointUrl, Hook};
use crate::transport::{Call, Client, Reply};

/// A hook that takes longer is given up; a server restart may need a minute.
const HOOK_MS_MAX: u64 = 60_000;

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
        Hook::Command { argv, folder } => command(argv, folder, arguments).await,
    }
}

/// The request an HTTP hook makes; a command hook has none.
pub fn prepare(hook: &Hook, arguments: &BTreeMap<String, String>) -> Result<Call, String> {
    let Hook::Http { method, url, body, headers } = hook else {
        return Err("a command hook needs a run in real time".to_owned());
    };
    let url = EndpointUrl::parse(&fill(url, arguments, encode_url))?;
    let body = body.as_deref().map(|body| fill_body(body, arguments));
    let mut sent = vec![("content-type".to_owned(), "application/json".to_owned())];
    sent.extend(headers.iter().map(|(name, value)| (name.clone(), value.reveal().to_owned())));
    Ok(Call {
        endpoint: "hook".to_owned(),
        url,
        method: method.clone(),
        headers: sent,
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
        Err(format!("HTTP {}: {}", received.status, text.trim()))
    }
}

async fn command(
    argv: &[String],
    folder: &Path,
    arguments: &BTreeMap<String, String>,
) -> Result<String, String> {
    let argv: Vec<_> = argv.iter().map(|part| fill(part, arguments, str::to_owned)).collect();
    let mut command = tokio::process::Command::new(&argv[0]);
    // A hook that is given up must not go on behind the run's back.
    command.args(&argv[1..]).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_millis(HOOK_MS_MAX), command.output())
        .await
        .map_err(|_| format!("`{}` took over {HOOK_MS_MAX} ms", argv[0]))?
        .map_err(|error| format!("`{}`: {error}", argv[0]))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{}` ended with {}: {}", argv[0], output.status, said.trim()))
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

/// Replaces every `{name}` of `template`; a name without an argument stays as it is.
fn fill(
    template: &str,
    arguments: &BTreeMap<String, String>,
    encode: fn(&str) -> String,
) -> String {
    let mut text = template.to_owned();
    for (name, value) in arguments {
        text = text.replace(&format!("{{{name}}}"), &encode(value));
    }
    text
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
}
