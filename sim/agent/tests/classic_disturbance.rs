//! Anything in any order: no input panics, every move is legal, and what is left of the evaluation
//! period never grows.

use muster_agent::classic::{
    ClassicTransport, FabricChange, Framing, KeyWanted, RedundancyPeer, RedundantApplication,
    TransportMode,
};
use muster_agent::{
    ClassicCommand, ClassicEffect, ClassicInput, ClassicOutbound, SwitchRole, Tier,
    TransportFailure,
};
use muster_certs::SigningMode;
use muster_wire::ProductInstanceId;
use muster_wire::classic::proposed::agent_action::AgentAction;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::classic::proposed::entitlement::ApplicationRole;
use muster_wire::classic::proposed::export_authorization::ExportStatus;
use muster_wire::classic::{ClassicStatus, MessageType};
use proptest::prelude::*;

use crate::classic_server::ClassicBench;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    Command(ClassicCommand),
    /// Time passes, in minutes; what falls due is told or not.
    Wait {
        minutes: u32,
        told: bool,
    },
    /// The request in flight is answered by the server.
    Answer,
    /// The server is changed; see [`Life::change`].
    Server(u8),
    Fail(TransportFailure),
    Status(u16),
    Garbage(Vec<u8>),
    Boot,
    PowerLost,
}

/// An agent, its server, and what is in flight.
pub(crate) struct Life {
    pub(crate) bench: ClassicBench,
    pub(crate) sent: Option<Box<ClassicOutbound>>,
}

impl Life {
    pub(crate) fn new(platform: &str) -> Self {
        Self { bench: ClassicBench::with_signing(platform, SigningMode::Fast), sent: None }
    }

    pub(crate) fn happens(&mut self, happening: Happening) {
        let input = match happening {
            Happening::Command(command) => ClassicInput::Command(command),
            Happening::Wait { minutes, told } => {
                self.bench.now_ms += u64::from(minutes) * 60_000;
                if !told {
                    return;
                }
                ClassicInput::TimerDue
            }
            Happening::Answer => {
                let Some(sent) = self.sent.take() else { return };
                self.bench.server.now_ms = self.bench.now_ms;
                let body = self.bench.answer(&sent);
                return self.take(ClassicInput::Answer { status: 200, body: &body });
            }
            Happening::Server(what) => return self.change(what),
            Happening::Fail(failure) => ClassicInput::Failure(failure),
            Happening::Status(status) => ClassicInput::Answer { status, body: b"" },
            Happening::Garbage(body) => {
                return self.take(ClassicInput::Answer { status: 200, body: &body });
            }
            Happening::Boot => ClassicInput::Boot,
            Happening::PowerLost => ClassicInput::PowerLost,
        };
        self.take(input);
    }

    fn take(&mut self, input: ClassicInput<'_>) {
        let ends = matches!(
            input,
            ClassicInput::Answer { .. } | ClassicInput::Failure(_) | ClassicInput::PowerLost
        );
        if ends {
            self.sent = None;
        }
        if let Some(sent) = self.bench.step(input) {
            assert!(self.sent.is_none(), "one request at a time");
            self.sent = Some(sent);
        }
        assert_eq!(self.sent.is_some(), self.bench.agent.in_flight());
    }

    fn change(&mut self, what: u8) {
        let server = &mut self.bench.server;
        match what {
            0 => server.known = None,
            1 => server.refuses = Some("The token has expired."),
            2 => server.refuses = None,
            3 => server.ready = !server.ready,
            4 => server.forget_deferred(),
            5 => server.export_status = ExportStatus::Failed,
            6 => server.export_status = ExportStatus::Other("NOT_AVAILABLE".to_owned()),
            7 => server.export_status = ExportStatus::Success,
            8 => server.conversion_status = ConversionStatus::MigrateFailed,
            9 => server.conversion_status = ConversionStatus::AgentNotRegistered,
            10 => server.conversion_status = ConversionStatus::AlreadyConverted,
            11 => server.signs = !server.signs,
            12 => server.tamper = None,
            13 => server.tamper = Some(Box::new(|answer| answer.status = ClassicStatus::Failed)),
            14 => server.tamper = Some(Box::new(|answer| answer.status = ClassicStatus::OkPoll)),
            15 => {
                server.tamper = Some(Box::new(|answer| {
                    answer.status = ClassicStatus::OkPoll;
                    answer.response_data = r#"{"poll_id":9,"poll_interval":60}"#.to_owned();
                }));
            }
            16 => {
                server.tamper = Some(Box::new(|answer| {
                    answer.header.set_actions(&[AgentAction::RenewId, AgentAction::Deregister]);
                }));
            }
            17 => {
                server.tamper = Some(Box::new(|answer| {
                    answer.header.response_type = Some(MessageType::ExportAuthorization);
                }));
            }
            _ => {
                let tags: Vec<_> = (0..4).map(|at| self.bench.tag(at)).collect();
                self.bench.server.purchased = tags.into_iter().map(|tag| (tag, 1)).collect();
            }
        }
    }
}

fn feature() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["prem_250M", "hseck9", "CUBE_T_RED", "ACI_SPINE", "warp-drive"])
}

fn application() -> impl Strategy<Value = RedundantApplication> {
    let role = || prop::sample::select(vec![ApplicationRole::Active, ApplicationRole::Standby]);
    (role(), prop::option::of(role())).prop_map(|(role, peer)| RedundantApplication {
        name: "AppA".into(),
        id: "1".into(),
        role,
        peers: peer
            .into_iter()
            .map(|role| RedundancyPeer {
                name: "AppB".into(),
                id: "2".into(),
                role,
                product_instance_identifier: ProductInstanceId::new("peer"),
            })
            .collect(),
    })
}

fn fabric() -> impl Strategy<Value = FabricChange> {
    let (leaf, premier) = (SwitchRole::Leaf, Tier::Premier);
    (0..5_u8, 0..4_u16).prop_map(move |(what, count)| match what {
        0 => FabricChange::Report,
        1 => FabricChange::Commission { role: leaf, count },
        2 => FabricChange::Decommission { role: leaf, count },
        3 => FabricChange::Enable { tier: premier, count },
        _ => FabricChange::Disable { tier: premier, count },
    })
}

fn clock_step() -> impl Strategy<Value = i64> {
    let over_a_year_ms = 40_000_000_000_i64;
    prop_oneof![Just(0), Just(i64::MIN), Just(i64::MAX), -over_a_year_ms..over_a_year_ms]
}

fn command() -> impl Strategy<Value = ClassicCommand> {
    let of = |make: fn(&'static str) -> ClassicCommand| feature().prop_map(make);
    prop_oneof![
        4 => any::<bool>().prop_map(crate::classic_server::register),
        1 => Just(ClassicCommand::Deregister),
        1 => Just(ClassicCommand::RenewId),
        2 => Just(ClassicCommand::RenewAuthorization),
        4 => (feature(), 0..3_u32)
            .prop_map(|(feature, count)| ClassicCommand::Use { feature: feature.into(), count }),
        2 => fabric().prop_map(ClassicCommand::Fabric),
        1 => any::<bool>().prop_map(|two| {
            let urls = ["https://a.example.test:443", "https://b.example.test:443"];
            let urls = if two { &urls[..] } else { &urls[..1] };
            let over = ClassicTransport::over(TransportMode::Gateway, Framing::CallHome, urls);
            ClassicCommand::SetTransport(over)
        }),
        1 => (2..5_u8).prop_map(|major| ClassicCommand::SetRelease { major }),
        3 => of(|name| ClassicCommand::RequestExport { feature: name.into(), count: 1 }),
        2 => of(|name| ClassicCommand::ReturnExport { feature: name.into() }),
        3 => Just(ClassicCommand::StartConversion),
        1 => any::<bool>()
            .prop_map(|automatic| ClassicCommand::SetAutomaticConversion { automatic }),
        3 => (feature(), application()).prop_map(|(feature, application)| {
            ClassicCommand::SetApplication { feature: feature.into(), application }
        }),
        1 => of(|name| ClassicCommand::TakeOver { feature: name.into() }),
        1 => of(|name| ClassicCommand::RemovePeers { feature: name.into() }),
        1 => of(|name| ClassicCommand::ClearApplication { feature: name.into() }),
        2 => of(|name| ClassicCommand::RequestThirdPartyKey(KeyWanted {
            name: "VOUCHER_CODE".into(),
            feature: name.into(),
            routing: "NUANCE".into(),
        })),
        2 => Just(ClassicCommand::PollNow),
        1 => Just(ClassicCommand::Reload),
        1 => clock_step().prop_map(|by_ms| ClassicCommand::StepClock { by_ms }),
    ]
}

pub(crate) fn happening() -> impl Strategy<Value = Happening> {
    let minutes = prop_oneof![0..3_u32, 50..70_u32, 1400..1500_u32, 40_000..200_000_u32];
    prop_oneof![
        10 => command().prop_map(Happening::Command),
        6 => (minutes, any::<bool>()).prop_map(|(minutes, told)| Happening::Wait { minutes, told }),
        14 => Just(Happening::Answer),
        4 => (0..19_u8).prop_map(Happening::Server),
        2 => prop::sample::select(vec![TransportFailure::Dns, TransportFailure::Timeout])
            .prop_map(Happening::Fail),
        1 => (100..600_u16).prop_map(Happening::Status),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Happening::Garbage),
        1 => Just(Happening::Boot),
        1 => Just(Happening::PowerLost),
    ]
}

fn platform() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["apic", "csr1000v"])
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 192,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_sequence_leaves_the_tables_and_the_evaluation_never_grows(
        platform in platform(),
        happenings in prop::collection::vec(happening(), 1..120),
    ) {
        let mut life = Life::new(platform);
        let mut left_ms = life.bench.agent.evaluation_left_ms();
        for happening in happenings {
            life.happens(happening);
            let now_left_ms = life.bench.agent.evaluation_left_ms();
            prop_assert!(now_left_ms <= left_ms);
            left_ms = now_left_ms;
            let view = life.bench.view();
            let held = view.registration.registered;
            prop_assert!(held || view.registration.state != "registered");
            prop_assert_eq!(held, view.id_certificate.serial.is_some());
            prop_assert!(!(held && view.evaluation.in_use));
            // What is told as raised and cleared is what stands.
            let stands = life.bench.log.iter().fold(0_i64, |stands, effect| match effect {
                ClassicEffect::FaultRaised(_) => stands + 1,
                ClassicEffect::FaultCleared { .. } => stands - 1,
                _ => stands,
            });
            prop_assert_eq!(usize::try_from(stands).unwrap(), view.faults.len());
        }
    }
}

proptest! {
    // Each case is more than a year.
    #![proptest_config(ProptestConfig {
        cases: 16,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn timers_come_to_rest(
        platform in platform(),
        happenings in prop::collection::vec(happening(), 1..40),
    ) {
        let mut life = Life::new(platform);
        for happening in happenings {
            life.happens(happening);
        }
        life.bench.up = false;
        life.bench.exchange(life.sent.take());
        life.bench.advance(400 * 86_400_000);
    }
}
