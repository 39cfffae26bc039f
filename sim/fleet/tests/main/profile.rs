//! The target profile: what it accepts, and the message of every mistake.

use std::path::Path;

use muster_fleet::hook;
use muster_fleet::{EndpointUrl, Hook, HostPolicy, Target, TargetError};

const DOCUMENT: &str = include_str!("../../../../docs/target.md");

fn read(text: &str) -> Result<Target, TargetError> {
    Target::from_toml(Path::new("lab/target.toml"), text, &HostPolicy::default())
}

fn mistake(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

/// A profile with one endpoint and more.
fn with(more: &str) -> String {
    format!("name = \"lab\"\n[endpoints]\nadmin = \"https://127.0.0.1:8443\"\n{more}\n")
}

/// The profiles that the document shows, in order.
fn examples() -> Vec<&'static str> {
    let parts = DOCUMENT.split("```toml\n").skip(1);
    parts.map(|part| part.split_once("```").unwrap().0).collect()
}

#[test]
fn the_examples_of_the_document_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let root = crate::socket_server::authority(3).root_pem();
    for file in ["lab-root.pem", "licensing-root.pem", "satellite-root.pem"] {
        std::fs::write(folder.path().join(file), &root).unwrap();
    }
    std::fs::write(folder.path().join("secret.txt"), "file-secret\n").unwrap();
    let path = folder.path().join("target.toml");
    let hosts = ["onprem-1.lab", "onprem-2.lab", "gateway.lab", "cssm.lab", "proxy.lab"];
    let hosts = HostPolicy { allowed: hosts.map(str::to_owned).to_vec() };
    let mut targets = Vec::new();
    for example in examples() {
        // The environment is shared by all tests: a file stands in for each variable.
        let variables = ["LAB_ID_TOKEN", "LAB_PROXY_PASSWORD", "COLLECTOR_PASSWORD"];
        let example = variables.iter().fold(example.to_owned(), |text, name| {
            text.replace(&format!("env = \"{name}\""), "file = \"secret.txt\"")
        });
        // One that shows a part of a profile says so by having no name.
        let example = match (example.starts_with("name"), example.contains("[endpoints")) {
            (true, _) => example,
            (false, true) => format!("name = \"part\"\n{example}"),
            (false, false) => with(&example),
        };
        std::fs::write(&path, example).unwrap();
        targets.push(Target::load(&path, &hosts).unwrap());
    }
    let target = &targets[0];
    assert_eq!(target.roots.len(), 1);
    assert_eq!(target.id_tokens["valid"].reveal(), "file-secret");
    assert!(target.id_tokens.contains_key("unknown"));
    let hooks: Vec<_> = target.hooks.keys().map(String::as_str).collect();
    assert_eq!(hooks, ["clock", "remove_product_instance"]);
    for name in muster_fleet::ENDPOINTS {
        assert!(DOCUMENT.contains(&format!("| `{name}` |")), "docs/target.md lacks {name}");
    }
    assert!(targets.iter().any(|target| target.server_count("call_home") == 2));
    assert!(targets.iter().any(|target| target.proxy.is_some()));
    assert!(targets.iter().any(|target| !target.imported.is_empty()));
}

#[test]
fn every_mistake_names_file_and_field() {
    let secret = |text: &str| with(&format!("[id_tokens]\nvalid = {text}"));
    let hook = |text: &str| with(&format!("[hooks.clock]\n{text}"));
    let endpoint = |url: &str| format!("name = \"lab\"\n[endpoints]\ncslu = \"{url}\"\n");
    let cases = [
        String::new(),
        "name = ".to_owned(),
        with("[trust]\nroot = []"),
        "name = \"lab\"\n[endpoints]\n".to_owned(),
        "name = \"lab\"\n[endpoints]\nclsu = \"http://localhost/\"\n".to_owned(),
        endpoint("localhost/cslu"),
        endpoint("ftp://localhost/"),
        endpoint("https://user:word@localhost/"),
        endpoint("https://localhost:99999/"),
        endpoint("https://onprem.lab/"),
        endpoint("https://tools.cisco.com/"),
        with("[trust]\nroots = [\"no-such.pem\"]"),
        with("[trust]\nroots_pem = \"no certificate\""),
        secret("\"the-token-itself\""),
        secret("{ valeu = \"the-token-itself\" }"),
        secret("{ env = \"MUSTER_TEST_NEVER_SET\" }"),
        secret("{ file = \"no-such-token\" }"),
        secret("{ value = \"the-token-itself\", file = \"x\" }"),
        secret("{ value = \"  \" }"),
        hook("body = \"x\""),
        hook("command = []"),
        hook("command = [\"x\"]\nmethod = \"PUT\""),
        hook("url = \"https://onprem.lab/\""),
        hook("url = \"https://{host}/clock\""),
        hook("url = \"https://localhost/\"\nmethod = \"put it\""),
        hook("url = \"https://localhost/\"\nheaders = { \"a b\" = { value = \"x\" } }"),
        hook("url = \"https://localhost/\"\nheaders = { Authorization = \"the-token-itself\" }"),
        hook("url = \"https://localhost/\"\nurll = \"x\""),
    ];
    let messages: Vec<_> = cases.iter().map(|text| mistake(text)).collect();
    for message in &messages {
        assert!(message.starts_with("lab/"), "{message}");
        assert!(!message.contains("the-token-itself"), "{message}");
    }
    let missing = Target::load(Path::new("lab/none.toml"), &HostPolicy::default()).unwrap_err();
    insta::assert_snapshot!(format!("{}\n{missing}", messages.join("\n")));
}

#[test]
fn every_mistake_about_servers_and_proxies_names_its_line_and_a_remedy() {
    let endpoint = |text: &str| format!("name = \"lab\"\n\n[endpoints]\ncall_home = {text}\n");
    let proxy = |text: &str| with(&format!("\n[proxy]\n{text}"));
    let at = |text: &str| proxy(&format!("url = \"http://127.0.0.1:3128\"\n{text}"));
    let cases = [
        endpoint("7"),
        endpoint("{ kind = \"satellite\" }"),
        endpoint("{ url = \"https://localhost/\", urls = [\"https://localhost/\"] }"),
        endpoint("{ urls = [] }"),
        endpoint("{ urls = [\"http://localhost/\", \"http://localhost/\"] }"),
        endpoint("{ urls = [\"http://localhost/\", \"localhost\"] }"),
        endpoint("{ urls = [\"http://localhost/\", \"http://onprem.lab/\"] }"),
        endpoint("{ url = \"https://localhost/\", kind = \"cloud\" }"),
        endpoint("{ url = \"http://localhost/\", kind = \"direct\" }"),
        endpoint("{ url = \"https://localhost/\", kind = \"transport_gateway\" }"),
        endpoint("{ url = \"https://localhost/\", strikt = true }"),
        endpoint("{ url = \"https://localhost/\", strict = \"yes\" }"),
        endpoint("{ url = \"https://[::1]/\", ipv6 = false }"),
        endpoint("{ url = \"https://localhost/\", proxy = true }"),
        with("[trust]\nimported = [\"no-such.pem\"]"),
        with("[trust]\nimported_pem = \"no certificate\""),
        proxy(""),
        proxy("url = \"127.0.0.1:3128\""),
        proxy("url = \"http://127.0.0.1\""),
        proxy("url = \"http://127.0.0.1:3128/proxy\""),
        proxy("url = \"http://user:the-word-itself@127.0.0.1:3128\""),
        proxy("url = \"http://proxy.lab:3128\""),
        proxy("url = \"http://proxy.esl.cisco.com:80\""),
        at("user = { value = \"muster\" }"),
        at("user = \"muster\"\npassword = \"the-word-itself\""),
        at("user = { value = \"a:b\" }\npassword = { value = \"the-word-itself\" }"),
        at("user = { value = \"a\" }\npassword = { value = \"the-word\\u0007-itself\" }"),
        at("no_proxy = [\"127.0.0.1\", \"10.0.0.0/99\"]"),
        at("no_proxy = \"127.0.0.1\""),
    ];
    let messages: Vec<_> = cases.iter().map(|text| mistake(text)).collect();
    for message in &messages {
        assert!(message.starts_with("lab/"), "{message}");
        assert!(!message.contains("the-word"), "{message}");
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn secrets_are_never_printed() {
    let text = with(
        "[id_tokens]\nvalid = { value = \"hush-token\" }\n[hooks.clock]\n\
         url = \"https://localhost/\"\nheaders = { Authorization = { value = \"hush-header\" } }\n\
         [proxy]\nurl = \"http://127.0.0.1:3128\"\nuser = { value = \"somebody\" }\n\
         password = { value = \"hush-word\" }",
    );
    let target = read(&text).unwrap();
    let shown = format!("{target:?} {:?}", target.info());
    assert!(!shown.contains("hush"), "{shown}");
    let mut secrets = target.secrets();
    secrets.retain(|secret| secret.contains("hush") || secret.starts_with("Basic "));
    let sent = "Basic c29tZWJvZHk6aHVzaC13b3Jk";
    assert_eq!(secrets, ["hush-token", "hush-header", "hush-word", sent]);
    assert_eq!(target.info().capabilities[1..], ["proxy:http://127.0.0.1:3128"]);
}

#[test]
fn a_hook_puts_arguments_into_its_url_and_body() {
    let text = with(
        "[hooks.remove]\nurl = \"https://localhost/of/{udi}?why={why}&{other}\"\n\
         body = '{\"udi\": \"{udi}\", \"n\": {n}}'\n\
         headers = { Authorization = { value = \"Bearer x\" } }",
    );
    let target = read(&text).unwrap();
    let arguments = [("udi", "P:A/B,S:\"1\""), ("why", "{udi}"), ("n", "4")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let hook = Hook::clone(&target.hooks["remove"]);
    let call = hook::prepare(&hook, &arguments.into()).unwrap();
    assert_eq!(call.url.path, "/of/P%3AA%2FB%2CS%3A%221%22?why=%7Budi%7D&{other}");
    assert_eq!(call.body, br#"{"udi": "P:A/B,S:\"1\"", "n": 4}"#);
    assert_eq!(call.method, "POST");
    let headers = [("authorization", "Bearer x"), ("content-type", "application/json")];
    assert_eq!(*call.headers, headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn a_command_hook_runs_in_the_folder_of_the_profile() {
    let text = with("[hooks.clock]\ncommand = [\"true\"]");
    for (path, expected) in [("lab/target.toml", "lab"), ("target.toml", ".")] {
        let target = Target::from_toml(Path::new(path), &text, &HostPolicy::default()).unwrap();
        let Hook::Command { folder, .. } = &target.hooks["clock"] else { panic!("a command") };
        assert_eq!(folder, Path::new(expected));
    }
}

#[test]
fn urls_are_taken_apart_and_get_other_paths() {
    let parts = |text: &str| {
        let url = EndpointUrl::parse(text).unwrap();
        (url.tls, url.host, url.port, url.path)
    };
    let expected = (true, "::1".to_owned(), 8443, "/".to_owned());
    assert_eq!(parts("https://[::1]:8443"), expected);
    assert_eq!(parts("http://h/a?b"), (false, "h".to_owned(), 80, "/a?b".to_owned()));
    assert_eq!(parts("https://h").2, 443);
    for text in ["https://h:1", "https://h:1/", "https://h:1/a/b?c#d", "https://h:1?x"] {
        let url = EndpointUrl::parse(text).unwrap().with_path("e f");
        assert_eq!((url.text.as_str(), url.path.as_str()), ("https://h:1/e f", "/e f"), "{text}");
    }
}
