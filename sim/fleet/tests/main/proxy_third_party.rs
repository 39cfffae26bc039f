//! Both clients through proxies that others wrote, where they are installed: what a proxy of our
//! own does could be the same misreading twice.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use muster_journal::FailureCause;

use crate::proxy::{ask, target};
use crate::socket_server::{Manner, SocketServer, authority, ok, tls};

/// A proxy that starts within this time or not at all.
const START_MAX: Duration = Duration::from_secs(20);

/// Reads lines of a user and a password, and says who is known.
const JUDGE: &str = "while read user password; do\n\
                     if [ \"$user $password\" = 'muster open-sesame' ]; then echo OK\n\
                     else echo ERR\nfi\ndone\n";

/// A running program; dropping it ends it.
struct Running {
    program: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The program of that name, where it is installed; said aloud where it is not.
#[expect(clippy::print_stderr, reason = "a test that does not test anything must say so")]
fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/bin"].map(PathBuf::from));
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        eprintln!("skipped: {name} is not installed (apt-get install {name})");
    }
    found
}

/// Starts a proxy from a configuration in which `PORT` and `FOLDER` are filled in. It may find a
/// program `judge` there that knows one user.
fn start(name: &str, arguments: &[&str], configuration: &str) -> Option<Running> {
    let program = installed(name)?;
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let filled = configuration.replace("PORT", &address.port().to_string()).replace("FOLDER", path);
    let file = folder.path().join("proxy.conf");
    std::fs::write(&file, filled).unwrap();
    std::fs::write(folder.path().join("judge"), JUDGE).unwrap();
    // A proxy that was started by root becomes somebody who must still read its files.
    #[cfg(unix)]
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let program = Command::new(program)
        .args(arguments)
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let running = Running { program, address, _folder: folder };
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begun.elapsed() < START_MAX, "{name} does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(running)
}

/// Tunnel, relay, and a server that is not there, with these credentials and without.
fn exercise(proxy: &Running, user: &str, password: &str) {
    let ours = authority(1);
    let secure =
        SocketServer::secure(tls(&ours, &["127.0.0.1"]), Manner::Bytes(ok("hello over TLS")));
    let plain = SocketServer::plain(Manner::Bytes(ok("hello")));
    let table = format!("[proxy]\nurl = \"http://{}\"\n", proxy.address);
    let known = format!(
        "{table}user = {{ value = \"{user}\" }}\npassword = {{ value = \"{password}\" }}\n"
    );
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let closed = format!("https://{free}/");
    for (url, said) in [
        (secure.url("https", "127.0.0.1"), "hello over TLS"),
        (plain.url("http", "127.0.0.1"), "hello"),
    ] {
        let received = ask(&target(&url, &known, &ours)).unwrap();
        assert_eq!((received.status, &received.body[..]), (200, said.as_bytes()), "{url}");
        let lost = ask(&target(&url, &table, &ours)).unwrap_err();
        assert_eq!(lost.cause, FailureCause::Connect, "{url}: {}", lost.detail);
        assert!(lost.detail.contains("wants credentials"), "{}", lost.detail);
        let wrong = known.replace(password, "another word");
        match ask(&target(&url, &wrong, &ours)) {
            Err(lost) if lost.cause == FailureCause::Connect => {
                assert!(lost.detail.contains("refused user or password"), "{}", lost.detail);
            }
            // A relay that says 401 cannot be told from a server that does, and one that hangs up
            // before it has read the request may not be heard at all.
            Err(lost) => {
                assert_eq!((lost.cause, url.starts_with("https")), (FailureCause::Closed, false))
            }
            Ok(received) => assert_eq!((received.status, url.starts_with("https")), (401, false)),
        }
    }
    assert_eq!(secure.first_lines(), ["POST /drill?round=1 HTTP/1.1"; 2]);
    assert_eq!(plain.first_lines(), ["POST /drill?round=1 HTTP/1.1"; 2]);
    let lost = ask(&target(&closed, &known, &ours)).unwrap_err();
    assert_eq!(lost.cause, FailureCause::Connect, "{}", lost.detail);
    assert!(lost.detail.starts_with(&format!("proxy http://{}: ", proxy.address)));
    assert!(lost.detail.contains("CONNECT"), "{}", lost.detail);
}

#[test]
fn tinyproxy_is_passed_through() {
    let configuration = "Port PORT\nListen 127.0.0.1\nTimeout 30\nMaxClients 20\n\
                         LogLevel Critical\nLogFile \"FOLDER/log\"\nPidFile \"FOLDER/pid\"\n\
                         BasicAuth muster open-sesame\n";
    let Some(proxy) = start("tinyproxy", &["-d", "-c"], configuration) else { return };
    exercise(&proxy, "muster", "open-sesame");
}

#[test]
fn squid_is_passed_through() {
    let configuration = "http_port 127.0.0.1:PORT\npid_filename none\ncache deny all\n\
                         access_log none\ncache_log /dev/null\ncoredump_dir FOLDER\n\
                         shutdown_lifetime 0 seconds\nauth_param basic children 1 startup=1\n\
                         auth_param basic realm drill\n\
                         auth_param basic program /bin/sh FOLDER/judge\n\
                         acl known proxy_auth REQUIRED\nhttp_access allow known\n\
                         http_access deny all\n";
    let Some(proxy) = start("squid", &["-N", "-f"], configuration) else { return };
    exercise(&proxy, "muster", "open-sesame");
}
