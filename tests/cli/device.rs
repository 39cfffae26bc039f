//! `muster device`: the command line of one product instance.

use std::io::Write as _;
use std::process::Stdio;

use crate::{code, command, muster, said, text};

const LINES: &str = "\
! a controller takes trust, reports and is acknowledged
show license summary
license smart trust idtoken valid
muster advance 2h
license smart sync all
muster advance 2d
show license status
show license rum id all
show license authorization
";

fn typed(arguments: &[&str], lines: &str) -> std::process::Output {
    let mut child = command(&[&["device"], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("muster was built");
    let mut stdin = child.stdin.take().expect("it was piped");
    stdin.write_all(lines.as_bytes()).expect("it reads what it is given");
    drop(stdin);
    child.wait_with_output().expect("it ends with its input")
}

#[test]
fn an_instance_takes_trust_reports_and_shows_it() {
    let run = typed(&["--platform", "c9800-l"], LINES);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let shown = said(&run);
    for part in [
        "#show license summary",
        "%% 2026-01-01T00:00:00Z ID_TOKEN_TRUST: HTTP 200, COMPLETE",
        " LICENSE_USAGE: HTTP 200, OK_POLL",
        " POLL: HTTP 200, COMPLETE",
        "Trust Code Installed:",
        "ACK",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let again = typed(&["--platform", "c9800-l"], LINES);
    assert_eq!(said(&again), shown, "the same seed shows the same");
}

const ROUTER: &str = "\
show license summary
license smart register idtoken valid
show license status
license smart renew id
license smart renew auth
license smart conversion start
muster advance 2h
show license all
license smart deregister
show license usage
";

const FABRIC: &str = "\
configure
license smart transport-mode satellite url \
https://127.0.0.1:443/Transportgateway/services/DeviceRequestHandler
license smart register idtoken valid
exit
show license mode
show license server
muster fabric enable premier 1
muster advance 2d
show license status
license smart deregister
exit
";

#[test]
fn a_router_of_the_classic_era_registers_renews_converts_and_leaves() {
    let run = typed(&["--platform", "csr1000v"], ROUTER);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let shown = said(&run);
    for part in [
        "  Status: EVAL MODE",
        "%% 2026-01-01T00:00:00Z REGISTRATION: HTTP 200, COMPLETE",
        " ENTITLEMENT: HTTP 200, COMPLETE",
        "  Status: REGISTERED",
        " ID_CERT_RENEW: HTTP 200, COMPLETE",
        " CONVERSION: HTTP 200, ",
        "License Conversion:",
        " DEREGISTRATION: HTTP 200, COMPLETE",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(said(&typed(&["--platform", "csr1000v"], ROUTER)), shown);
    insta::assert_snapshot!(shown);
}

#[test]
fn an_apic_takes_its_own_commands_and_raises_faults() {
    let run = typed(&["--platform", "apic"], FABRIC);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let shown = said(&run);
    for part in [
        "(config)#license smart register idtoken valid",
        " fault raised, info: not_registered",
        " fault cleared: not_registered",
        "Smart Licensing Mode: satellite",
        "/Transportgateway/services/DeviceRequestHandler",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    insta::assert_snapshot!(shown);
    let run = typed(&["--platform", "apic"], "show license udi\n");
    assert_eq!(code(&run), 4);
    assert!(said(&run).contains("`show license udi` is no command"), "{}", said(&run));
}

#[test]
fn certificates_that_lead_to_another_root_are_not_taken() {
    let options = muster_certs::AuthorityOptions::default();
    let other = muster_certs::Authority::new(&muster_certs::Seed::from_u64(99), &options);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, other.expect("the dates fit").root_pem()).expect("room");
    let lines = "license smart register idtoken valid\nshow license status\n";
    let run = typed(&["--platform", "csr1000v", "--licensing-roots", text(&roots)], lines);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(said(&run).contains("Failure reason: the certificate chain does not verify"));
    let run = typed(&["--platform", "csr1000v", "--licensing-roots", "missing.pem"], lines);
    assert_eq!(code(&run), 4, "{}", said(&run));
}

#[test]
fn a_script_ends_where_a_line_is_refused_and_says_which() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = folder.path().join("lines.txt");
    std::fs::write(&script, "show license udi\nshow lizense\nshow license all\n").expect("room");
    let run = muster(&["device", "--script", text(&script)]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    let wrong = "lines.txt, line 2: `show lizense` is no command; `help` lists them";
    assert!(said(&run).contains(wrong), "{}", said(&run));
    assert!(!said(&run).contains("#show license all"), "{}", said(&run));
}

#[test]
fn usage_goes_to_a_file_and_an_unknown_platform_is_said_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("usage.xml");
    let lines = format!(
        "license smart trust idtoken valid\nmuster advance 1d\nlicense smart transport off\n\
         license smart save usage all file {}\n",
        text(&file)
    );
    let run = typed(&[], &lines);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let saved = std::fs::read_to_string(&file).expect("it was saved");
    assert!(saved.contains("smartLicense"), "{saved}");

    let run = typed(&["--platform", "c9800"], "");
    assert_eq!(code(&run), 4);
    assert!(said(&run).contains("no platform is called `c9800`"), "{}", said(&run));
}
