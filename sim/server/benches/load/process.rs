//! The server in a process of its own, and what the system says about it.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use muster_server::{Listen, Server, SigningMode, StateOptions, serve as listen};

use crate::instance;

/// Names what a child process is to do.
const ROLE: &str = "MUSTER_BENCH_ROLE";

/// Names the file a server process keeps its state in.
const STATE: &str = "MUSTER_BENCH_STATE";

/// A server process; it ends when its standard input closes.
pub(crate) struct ServerProcess {
    pub(crate) address: SocketAddr,
    pub(crate) root: String,
    child: Child,
    stop: Option<ChildStdin>,
}

impl ServerProcess {
    /// Starts one on core 0; run the bench itself under `taskset -c 1`.
    pub(crate) fn start() -> Self {
        Self::begin(&mut command("serve"))
    }

    /// As [`ServerProcess::start`], with its state in a file.
    pub(crate) fn start_with_state(file: &Path) -> Self {
        Self::begin(command("serve").env(STATE, file))
    }

    fn begin(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.next().unwrap().unwrap().parse().unwrap();
        let root = lines.map(|line| line.unwrap()).take_while(|line| !line.is_empty());
        let root = root.map(|line| line + "\n").collect();
        let stop = child.stdin.take();
        Self { address, root, child, stop }
    }

    pub(crate) fn rss_kib(&self) -> u64 {
        rss_kib(self.child.id())
    }

    /// CPU time of all its threads.
    pub(crate) fn cpu(&self) -> Duration {
        let mut spent = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap() {
            let stat = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            spent += stat.split(' ').next().unwrap().parse::<u64>().unwrap();
        }
        Duration::from_nanos(spent)
    }

    /// Ends it in its own order; how long that took.
    pub(crate) fn end(&mut self) -> Duration {
        let start = Instant::now();
        drop(self.stop.take());
        self.child.wait().unwrap();
        start.elapsed()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.end();
    }
}

/// Resident memory of a process.
pub(crate) fn rss_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Runs this program once more, to register instances in fresh memory.
pub(crate) fn register() {
    assert!(command("register").status().unwrap().success());
}

/// Lets this process use every core again.
pub(crate) fn unpin() {
    let process = std::process::id().to_string();
    let all = ["-a", "-p", "-c", "0-1023", &process];
    assert!(Command::new("taskset").args(all).stdout(Stdio::null()).status().unwrap().success());
}

/// What one P-256 verification takes on the server's core, alone: the floor of a signed report.
pub(crate) fn verification_us() -> f64 {
    let out = command("verify").output().unwrap().stdout;
    String::from_utf8(out).unwrap().trim().parse().unwrap()
}

/// What a process is that was started by [`command`].
pub(crate) fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

/// What a server process does: says where it listens and whom to trust, then serves.
pub(crate) fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = match std::env::var_os(STATE) {
        Some(file) => {
            let state = StateOptions { path: file.into(), survives_power_loss: false };
            Server::with_state(instance::options(SigningMode::Fast), instance::CLOCK, &state)
                .unwrap()
        }
        None => instance::server(SigningMode::Fast),
    };
    let root = server.root_pem();
    runtime.block_on(async {
        let running = listen(server, Listen::default()).await.unwrap();
        let mut out = std::io::stdout();
        // An empty line ends it.
        write!(out, "{}\n{root}\n", running.product_https).unwrap();
        out.flush().unwrap();
        // Reads until the parent closes the pipe; the thread blocks, the runtime does not.
        let (send, ended) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let _ = std::io::stdin().lines().count();
            let _ = send.send(());
        });
        ended.await.unwrap();
        running.shutdown().await;
    });
}

fn command(role: &str) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program).env(ROLE, role);
    command
}
