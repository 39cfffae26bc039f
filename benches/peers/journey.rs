//! The journey every client makes, walked once by a real Smart Agent against the bench server's
//! answers: proof that an agent accepts them, and the request bodies that the peers send.

use std::path::Path;

use muster_agent::{Command, Common, Effect, Input, Outbound, Platform, SmartAgent, TransportKind};
use muster_certs::Seed;

use crate::error::{Error, broken, io};
use crate::licensing::Licensing;
use crate::scan::{digits_after, text_after};
use crate::server::BODY;

/// One licence is in use on it, so a usage request carries one signed report.
pub(crate) const PLATFORM: &str = "c8000v";

/// Writes `body.json`, and the bodies of the journey with `@nonce@`, `@serial@` and `"@poll_id@"`
/// where each request differs: `trust.json`, `report.json`, `poll.json`.
pub(crate) fn write_bodies(folder: &Path) -> Result<(), Error> {
    let (trust, report, poll) = walked()?;
    let files = [
        ("body.json", BODY),
        ("trust.json", &trust),
        ("report.json", &report),
        ("poll.json", &poll),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).map_err(io(name))?;
    }
    Ok(())
}

/// Bytes of a usage request.
pub(crate) fn report_length() -> Result<usize, Error> {
    Ok(walked()?.1.len())
}

fn walked() -> Result<(String, String, String), Error> {
    let platform = Platform::named(PLATFORM).ok_or_else(|| broken("no such platform"))?;
    let license = platform.licenses[0].feature.clone();
    let mut walk = Walk {
        agent: SmartAgent::new(platform, &Seed::from_u64(1), 0),
        server: Licensing::new(),
        now_ms: crate::licensing::now_ms(),
    };
    walk.command(Command::SetTransport(TransportKind::Cslu));
    walk.command(Command::Use { feature: license, count: 1 });
    let trust = walk.sent(Command::TrustSync { force: false })?;
    let poll = walk.sent(Command::PollNow { poll_id: None })?;
    if !walk.agent.view().trusted {
        return Err(broken("an agent does not accept the bench server's trust code"));
    }
    let report = walk.sent(Command::Sync)?;
    walk.sent(Command::PollNow { poll_id: None })?;
    match walk.agent.view().acknowledged {
        0 => Err(broken("an agent does not accept the bench server's acknowledgement")),
        _ => Ok((trust, report, poll)),
    }
}

struct Walk {
    agent: SmartAgent,
    server: Licensing,
    now_ms: u64,
}

impl Walk {
    /// Carries one command out and gives the body of the request it led to, with its gaps.
    fn sent(&mut self, command: Command) -> Result<String, Error> {
        let name = format!("{command:?}");
        self.command(command).ok_or_else(|| broken(format!("{name} led to no request")))
    }

    fn command(&mut self, command: Command) -> Option<String> {
        let outbound = self.step(Input::Command(command))?;
        let body = self.agent.seal(&outbound, &mut Common::default()).request.encode();
        let answer = self.server.answer(&body);
        self.step(Input::Answer { status: 200, body: &answer });
        with_gaps(&body)
    }

    fn step(&mut self, input: Input<'_>) -> Option<Box<Outbound>> {
        let mut effects = Vec::new();
        self.agent.handle(self.now_ms, input, &mut effects);
        effects.into_iter().find_map(|effect| match effect {
            Effect::Send(outbound) => Some(outbound),
            _ => None,
        })
    }
}

fn with_gaps(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let part = |key: &[u8]| std::str::from_utf8(text_after(body, key)?).ok();
    let text = text
        .replace(part(b"\"nonce\":\"")?, "@nonce@")
        .replace(part(b"\"udi_serial_number\":\"")?, "@serial@");
    let poll_id = digits_after(body, b"\"poll_id\":").and_then(|id| std::str::from_utf8(id).ok());
    Some(match poll_id {
        Some(id) => text.replace(id, "\"@poll_id@\""),
        None => text,
    })
}
