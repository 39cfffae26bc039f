//! goose as the bench drives it: a keep-alive POST of one body, or the journey of a product
//! instance (trust, poll, then report and poll for as long as it lasts). Bodies come ready-made
//! from the bench; goose puts serial number, nonce and poll id in, and signs nothing.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use goose::goose::{GooseMethod, GooseRequest, GooseResponse};
use goose::prelude::*;

/// What the bench hands over: the path, and the bodies.
struct Bodies {
    path: String,
    stateless: String,
    trust: String,
    report: String,
    poll: String,
}

/// What one user knows between its steps.
#[derive(Clone)]
struct Instance {
    serial: String,
    poll_id: String,
}

static BODIES: OnceLock<Bodies> = OnceLock::new();
static INSTANCES: AtomicU64 = AtomicU64::new(0);
static NONCES: AtomicU64 = AtomicU64::new(1);

fn bodies() -> &'static Bodies {
    BODIES.get_or_init(|| {
        let folder = std::env::var("PEERS_FOLDER").expect("the bench names its folder");
        let read = |name: &str| {
            std::fs::read_to_string(format!("{folder}/{name}")).expect("the bench wrote the bodies")
        };
        Bodies {
            path: std::env::var("PEERS_PATH").expect("the bench names the path"),
            stateless: read("body.json"),
            trust: read("trust.json"),
            report: read("report.json"),
            poll: read("poll.json"),
        }
    })
}

#[tokio::main]
async fn main() -> Result<(), GooseError> {
    let stateful = std::env::var("PEERS_MODE").is_ok_and(|mode| mode == "stateful");
    let scenario = if stateful {
        scenario!("journey")
            .register_transaction(transaction!(take_trust).set_on_start())
            .register_transaction(transaction!(report_usage))
    } else {
        scenario!("stateless").register_transaction(transaction!(post_body))
    };
    GooseAttack::initialize()?.register_scenario(scenario).execute().await?;
    Ok(())
}

async fn post(user: &mut GooseUser, body: String) -> Result<GooseResponse, Box<TransactionError>> {
    let builder = user
        .get_request_builder(&GooseMethod::Post, &bodies().path)?
        .header("content-type", "application/json")
        .body(body);
    user.request(GooseRequest::builder().set_request_builder(builder).build()).await
}

async fn post_body(user: &mut GooseUser) -> TransactionResult {
    let goose = post(user, bodies().stateless.clone()).await?;
    let text = read(goose).await?;
    assert!(!text.is_empty(), "an empty answer");
    Ok(())
}

async fn read(goose: GooseResponse) -> Result<String, Box<TransactionError>> {
    let response = goose.response.map_err(|error| Box::new(error.into()))?;
    assert!(response.status().is_success(), "status {}", response.status());
    response.text().await.map_err(|error| Box::new(error.into()))
}

/// One exchange of the journey; the answer must echo the nonce and have the status expected.
async fn exchange(
    user: &mut GooseUser,
    template: &str,
    expected: &str,
) -> Result<String, Box<TransactionError>> {
    let nonce = NONCES.fetch_add(1, Ordering::Relaxed).to_string();
    let instance = user.get_session_data::<Instance>().expect("set when the user starts");
    let body = template
        .replace("@nonce@", &nonce)
        .replace("@serial@", &instance.serial)
        .replace("\"@poll_id@\"", &instance.poll_id);
    let text = read(post(user, body).await?).await?;
    assert!(text.contains(&format!("\"nonce\":\"{nonce}\"")), "another nonce: {text}");
    assert!(text.contains(&format!("\"status\":\"{expected}\"")), "not {expected}: {text}");
    Ok(text)
}

async fn deferred(user: &mut GooseUser, template: &str) -> TransactionResult {
    let text = exchange(user, template, "OK_POLL").await?;
    let (_, rest) = text.split_once("\"poll_id\":").expect("a deferred result has a poll id");
    let poll_id: String = rest.chars().take_while(char::is_ascii_digit).collect();
    user.get_session_data_mut::<Instance>().expect("set when the user starts").poll_id = poll_id;
    let text = exchange(user, &bodies().poll, "COMPLETE").await?;
    assert!(text.contains("\"smart_license\":\""), "no artefact: {text}");
    Ok(())
}

async fn take_trust(user: &mut GooseUser) -> TransactionResult {
    let number = INSTANCES.fetch_add(1, Ordering::Relaxed);
    let serial = format!("GOOSE{number:08}");
    user.set_session_data(Instance { serial, poll_id: String::new() });
    deferred(user, &bodies().trust).await
}

async fn report_usage(user: &mut GooseUser) -> TransactionResult {
    deferred(user, &bodies().report).await
}
