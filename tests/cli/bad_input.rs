//! Bad input: one precise error, exit 4, nothing half-written; a dead target: exit 5.

use std::path::PathBuf;

use crate::{code, err, muster, said, text};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("a writable folder");
        path
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.0.path())
            .expect("a readable folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

#[test]
fn a_scenario_with_a_mistyped_key_is_shown_in_its_line() {
    let folder = Folder::new();
    let scenario = folder.file(
        "s.yaml",
        "title: A typing error\ninstances:\n  wlc: { platform: c9800-l, via: cslu }\nsteps:\n  - sync\n  - repot\n",
    );
    let run = muster(&["run", text(&scenario)]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    let said = err(&run);
    assert!(said.contains("s.yaml:6:"), "{said}");
    assert!(said.contains('^'), "{said}");
    assert!(said.contains("report"), "{said}");
}

#[test]
fn an_unknown_platform_is_answered_with_the_known_ones() {
    let folder = Folder::new();
    let scenario = folder.file(
        "s.yaml",
        "title: A platform nobody knows\ninstances:\n  wlc: { platform: c9801, via: cslu }\nsteps:\n  - sync\n",
    );
    let run = muster(&["scenario", "lint", text(&scenario)]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    assert!(err(&run).contains("c9800-l"), "{}", said(&run));
}

#[test]
fn a_profile_with_an_unknown_key_is_refused_with_its_place() {
    let folder = Folder::new();
    let profile = folder.file(
        "t.toml",
        "name = \"t\"\n\n[endpoints]\ncslu = \"https://127.0.0.1:1/cslu/v1/pi/D-1\"\n\n[truzt]\n",
    );
    let run = muster(&["check", "--target", text(&profile)]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    assert!(err(&run).contains("t.toml"), "{}", said(&run));
    assert!(err(&run).contains("line 6"), "{}", said(&run));
}

#[test]
fn other_hosts_must_be_named_and_the_vendors_are_refused() {
    let folder = Folder::new();
    let profile = |host: &str| {
        format!(
            "name = \"t\"\n[endpoints]\nsmart_receiver = \"https://{host}/licservice/license\"\n"
        )
    };
    let other = folder.file("other.toml", &profile("onprem.example"));
    let run = muster(&["check", "--target", text(&other)]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    assert!(err(&run).contains("--allow-host onprem.example"), "{}", said(&run));
    let vendor = folder.file("vendor.toml", &profile("smartreceiver.cisco.com"));
    let allow = ["--allow-host", "smartreceiver.cisco.com"];
    let run = muster(&["check", "--target", text(&vendor), allow[0], allow[1]]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    assert!(err(&run).contains("never a target"), "{}", said(&run));
}

#[test]
fn a_broken_trust_root_is_named() {
    let folder = Folder::new();
    folder.file("root.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let profile = folder.file(
        "t.toml",
        "name = \"t\"\n[endpoints]\ncslu = \"https://127.0.0.1:1/cslu/v1/pi/D-1\"\n[trust]\nroots = [\"root.pem\"]\n",
    );
    let run = muster(&["check", "--target", text(&profile)]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    assert!(err(&run).contains("root.pem"), "{}", said(&run));
}

#[test]
fn a_target_that_is_down_is_exit_5_and_leaves_nothing_behind() {
    let folder = Folder::new();
    // Port 1 of loopback: nothing listens there.
    let profile = folder.file(
        "t.toml",
        "name = \"t\"\n[endpoints]\ncslu = \"https://127.0.0.1:1/cslu/v1/pi/D-1\"\n",
    );
    let journal = folder.0.path().join("run.journal.zst");
    let run = muster(&["check", "--target", text(&profile), "--journal", text(&journal)]);
    assert_eq!(code(&run), 5, "{}", said(&run));
    assert!(err(&run).contains("unreachable"), "{}", said(&run));
    assert_eq!(folder.names(), ["t.toml"]);
}

#[test]
fn a_malformed_expectation_file_is_refused_before_anything_runs() {
    let folder = Folder::new();
    let expect = folder.file("e.toml", "[[expectation]]\ncheck = \"rum/*\"\nresaon = \"x\"\n");
    let run = muster(&["check", "--virtual", "--expect", text(&expect)]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    assert!(err(&run).contains("e.toml"), "{}", said(&run));
    let target =
        folder.file("t.toml", "name = \"t\"\n[endpoints]\ncslu = \"https://127.0.0.1:1/c\"\n");
    let run = muster(&["check", "--target", text(&target), "--expect", text(&expect)]);
    assert_eq!(code(&run), 4, "a wrong file outranks a dead target\n{}", said(&run));
}

#[test]
fn a_malformed_journal_is_refused_with_its_line() {
    let folder = Folder::new();
    let journal = folder.file("j.jsonl", "{\"schema\":\"muster.journal/1\"}\n");
    let run = muster(&["recheck", text(&journal)]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    assert!(err(&run).contains("j.jsonl"), "{}", said(&run));
    let missing = folder.0.path().join("none.journal.zst");
    assert_eq!(code(&muster(&["recheck", text(&missing)])), 4);
}

#[test]
fn wrong_usage_is_exit_4() {
    assert_eq!(code(&muster(&["chekc"])), 4);
    assert_eq!(code(&muster(&["run"])), 4);
    assert_eq!(code(&muster(&["check", "--target", "x.toml", "--virtual"])), 4);
}
