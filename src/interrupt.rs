//! Ctrl-C and SIGTERM: the first one asks for an orderly end, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What ends a run from outside, caught from the moment this exists.
#[cfg(unix)]
struct Signals {
    pressed: tokio::signal::unix::Signal,
    // What cancels a job in a pipeline is SIGTERM.
    terminated: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn caught() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminated = signal(SignalKind::terminate())?;
        Ok(Self { pressed: signal(SignalKind::interrupt())?, terminated })
    }

    /// Waits for the next one; false when none can come.
    async fn next(&mut self) -> bool {
        tokio::select! {
            pressed = self.pressed.recv() => pressed.is_some(),
            ended = self.terminated.recv() => ended.is_some(),
        }
    }
}

/// What ends a run from outside, caught from the moment this exists.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn caught() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    /// Waits for the next one; false when none can come.
    async fn next(&mut self) -> bool {
        self.0.recv().await.is_some()
    }
}

/// Whether the user asked for an end.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on, on a thread of its own: a signal that comes after this returned is
    /// not missed.
    pub(crate) fn listen() -> Self {
        Self::listen_and_say("\ninterrupted: writing what is known so far")
    }

    /// As [`Interrupt::listen`], with other words for the first signal.
    pub(crate) fn listen_and_say(words: &'static str) -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        // Without the listener Ctrl-C still ends the process, only not orderly.
        let _ = spawn_listener(Arc::clone(&flag), words);
        Self(flag)
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

fn spawn_listener(raised: Arc<AtomicBool>, words: &'static str) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Here and not on the thread, which may begin long after whoever asked for it went on.
    let mut signals = {
        let _entered = runtime.enter();
        Signals::caught()?
    };
    let listener = std::thread::Builder::new().name("interrupt".to_owned());
    listener.spawn(move || {
        runtime.block_on(async {
            while signals.next().await {
                if raised.swap(true, Ordering::Relaxed) {
                    std::process::exit(crate::exit_code::Exit::Interrupted as i32);
                }
                crate::output::note(words);
            }
        });
    })?;
    Ok(())
}
