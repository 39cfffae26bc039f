//! Renewal of the ID certificate, and its end.

use muster_certs::IssuedCertificate;
use muster_wire::classic::proposed::id_certificate::{IdCertificateAnswer, IdCertificateRequest};

use super::*;

fn renewal(instance: &mut Instance) -> RequestData {
    let csr = instance.csr();
    let (origin, extra) = (instance.origin(), Extra::new());
    RequestData::IdCertificateRenewal(IdCertificateRequest { origin, csr, extra })
}

fn renewed(answer: &ClassicAnswer) -> (IdCertificateAnswer, IssuedCertificate) {
    let Ok(AnswerData::IdCertificateRenewal(data)) = answer.data() else { panic!("{answer:?}") };
    let der = STANDARD.decode(&data.id_cert).unwrap();
    (data, IssuedCertificate::from_der(&der).unwrap())
}

#[test]
fn a_renewal_starts_a_new_year_at_once_and_a_repeated_one_gives_the_same() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    server.advance_clock(30 * DAY_MS);
    let data = renewal(&mut instance);
    let body = instance.body(&data);
    let answers = [(); 2].map(|()| opened(&server, &post(&server, ONPREM, &body).body));
    let (data, certificate) = renewed(&answers[0]);
    assert_eq!(data, renewed(&answers[1]).0);
    assert_eq!(data.renew_interval, 15_552_000);
    assert_eq!(certificate.not_after_ms(), server.now_ms() + 365 * DAY_MS);
    let header = &answers[0].header;
    assert_eq!(header.id_cert_serial_number.as_deref(), Some(certificate.serial()));
}

#[test]
fn the_old_key_proves_its_holder_until_the_new_one_is_used() {
    let server = good_server();
    let old = Instance::registered(&server, 1);
    let key = InstanceKey::derive(&Seed::from_u64(6), 1, 1);
    let mut new = Instance { key, ..old.clone() };
    let data = renewal(&mut new);
    // The request for another key is signed with the one that is certified.
    let answer = opened(&server, &post(&server, ONPREM, &old.body(&data)).body);
    assert_eq!(renewed(&answer).1.public_key(), Some(&new.key.public_key()));
    let mut old = Instance { nonce: new.nonce, ..old };
    let beat = old.heartbeat();
    assert_eq!(old.ask(&server, &beat).status, ClassicStatus::Complete);
    new.nonce = old.nonce;
    let beat = new.heartbeat();
    assert_eq!(new.ask(&server, &beat).status, ClassicStatus::Complete);
    old.nonce = new.nonce;
    let beat = old.heartbeat();
    assert_eq!(code(&old.ask(&server, &beat)), "LS_INVALID_SIGNATURE");
}

#[test]
fn the_last_moment_still_renews_and_the_next_does_not() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let mut late = Instance::registered(&server, 2);
    server.advance_clock(365 * DAY_MS);
    let data = renewal(&mut instance);
    renewed(&instance.ask(&server, &data));
    server.advance_clock(1);
    let data = renewal(&mut late);
    assert_eq!(code(&late.ask(&server, &data)), "LS_ID_CERTIFICATE_EXPIRED");
    let beat = late.heartbeat();
    assert_eq!(code(&late.ask(&server, &beat)), "LS_ID_CERTIFICATE_EXPIRED");
    late.now_ms = server.now_ms();
    assert_eq!(late.register(&server, "valid", false).status, ClassicStatus::Complete);
}

#[test]
fn a_renewal_without_a_request_changes_nothing() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let before = listed(&server, &instance.udi).unwrap()["id_certificate"].clone();
    let (origin, csr, extra) = (instance.origin(), "AAAA".to_owned(), Extra::new());
    let data = RequestData::IdCertificateRenewal(IdCertificateRequest { origin, csr, extra });
    assert_eq!(code(&instance.ask(&server, &data)), "LS_INVALID_CSR");
    assert_eq!(listed(&server, &instance.udi).unwrap()["id_certificate"], before);
}
