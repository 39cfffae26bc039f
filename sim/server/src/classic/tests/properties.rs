//! No bytes bring the server down, and none grow it without limit.

use muster_wire::transport::callhome::CallHome;
use proptest::prelude::*;

use super::*;

const CALL_HOME: &str = "/Transportgateway/services/DeviceRequestHandler";

fn any_path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![CSSM, ONPREM, CALL_HOME, "/cslu/v1/pi/Default-1"])
}

/// Bodies an instance would send, by number.
fn body(instance: &mut Instance, kind: usize) -> Vec<u8> {
    let (t, hsec) = (tag("X"), tag("X_HSEC"));
    let data = match kind {
        0 => {
            let data = instance.registration(true);
            return instance.registration_body(data, &token("valid"));
        }
        1 => instance.using(&[(&t, 3), (&hsec, 1)]),
        2 => instance.heartbeat(),
        3 => instance.export(ExportAction::Request, &[(&hsec, 1)]),
        4 => instance.export(ExportAction::Return, &[(&hsec, 1)]),
        5 => instance.conversion(&[(&t, 2)]),
        6 => instance.poll(PollId(7), MessageType::Conversion),
        _ => life::goodbye(instance),
    };
    instance.body(&data)
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(
        path in any_path(),
        head in prop::sample::select(vec!["", "{\"request\":\"", "{\"signature\":", "<"]),
        tail in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = [head.as_bytes(), &tail].concat();
        let answer = post(&good_server(), path, &bytes);
        prop_assert!((200..600).contains(&answer.status));
    }

    #[test]
    fn no_changed_byte_panics_and_every_answer_is_signed(
        kind in 0..8_usize,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let server = good_server();
        let mut instance = Instance::registered(&server, 1);
        let mut body = body(&mut instance, kind);
        let at = at.index(body.len());
        body[at] = byte;
        if cut {
            body.truncate(keep.index(body.len()));
        }
        let answer = post(&server, ONPREM, &body);
        prop_assert_eq!(answer.status, 200);
        if crate::classic::shape::is_classic(&body) {
            opened(&server, &answer.body);
        }
    }

    #[test]
    fn no_changed_byte_of_a_call_home_message_panics(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let server = good_server();
        let mut instance = Instance::registered(&server, 1);
        let body = body(&mut instance, 1);
        let asked = call_home::enveloped(&instance, &body);
        let mut document = CallHome::Message(Box::new(asked)).encode().into_bytes();
        let at = at.index(document.len());
        document[at] = byte;
        if cut {
            document.truncate(keep.index(document.len()));
        }
        let answer = post(&server, CALL_HOME, &document);
        prop_assert!([200, 400, 500].contains(&answer.status));
        prop_assert!(CallHome::decode(&answer.body).is_ok());
    }

    /// What the owner of a key says is signed whatever it says.
    #[test]
    fn no_signed_text_panics(
        kind in prop::sample::select(vec![
            "ENTITLEMENT", "HEARTBEAT", "EXPORT_AUTHORIZATION", "CONVERSION", "POLL",
            "THIRD_PARTY_KEY", "ID_CERT_RENEW", "REGISTRATION", "X",
        ]),
        data in "[{}\\[\\]\":,a-z0-9 ]{0,80}",
        member in "[a-z_]{1,16}",
    ) {
        let server = good_server();
        let mut instance = Instance::registered(&server, 1);
        let whole = ClassicRequest::new(instance.header(), &instance.clone().heartbeat());
        let mut odd: Value = serde_json::from_str(&instance.heartbeat().encode()).unwrap();
        odd[member.as_str()] = Value::String(data.clone());
        for request_data in [data, odd.to_string()] {
            let mut request = ClassicRequest { request_data, ..whole.clone() };
            request.header.request_type = Some(MessageType::from(kind));
            let text = request.encode();
            let signature = instance.sign(&text);
            let body = RequestEnvelope::new(text, Some(signature), None).encode();
            opened(&server, &post(&server, ONPREM, &body).body);
        }
    }
}

proptest! {
    // Each course is some hundred signatures long.
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever an instance does, in whatever order: what is in use is what the instances say,
    /// nothing export-controlled is short, and all of it is gone when they are.
    #[test]
    fn the_books_balance_after_any_course_of_events(
        steps in prop::collection::vec((0..3_u64, 0..8_usize, 0..4_u32), 1..40),
    ) {
        let server = good_server();
        let (t, hsec) = (tag("X"), tag("X_HSEC"));
        hold(&server, "Default", &hsec, 2);
        let mut instances: Vec<_> = (0..3).map(|n| Instance::registered(&server, n)).collect();
        for (who, step, count) in steps {
            let instance = &mut instances[usize::try_from(who).unwrap()];
            instance.now_ms = server.now_ms();
            let data = match step {
                0 => instance.using(&[(&t, count)]),
                1 => instance.export(ExportAction::Request, &[(&hsec, count)]),
                2 => instance.export(ExportAction::Return, &[(&hsec, count)]),
                3 => instance.heartbeat(),
                4 => life::goodbye(instance),
                5 => {
                    instance.register(&server, "valid", count > 1);
                    continue;
                }
                6 => {
                    control(&server, "POST", "synchronize", &json!({}));
                    continue;
                }
                _ => {
                    server.advance_clock(u64::from(count) * 31 * DAY_MS);
                    continue;
                }
            };
            instance.ask(&server, &data);
            let row = held(&server, "Default", &hsec);
            prop_assert!(row["available"].as_i64().unwrap() >= 0, "{row}");
            let counted: u64 = instances
                .iter()
                .filter_map(|instance| listed(&server, &instance.udi))
                .flat_map(|one| one["uses"].as_array().unwrap().clone())
                .filter_map(|used| used["counted"].as_u64())
                .sum();
            let in_use = held(&server, "Default", &t)["in_use"].as_u64().unwrap_or_default();
            prop_assert_eq!(in_use, counted);
        }
        for instance in &instances {
            server.remove_product_instance(&instance.udi);
        }
        prop_assert_eq!(held(&server, "Default", &t), Value::Null);
        prop_assert_eq!(&held(&server, "Default", &hsec)["reserved"], 0);
        let store = server.0.store();
        prop_assert!(store.classic.due.is_empty() && store.classic.releases.is_empty());
        prop_assert!(store.classic.by_identifier.is_empty());
    }
}
