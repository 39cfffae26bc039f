//! Ctrl-C and SIGTERM: the first one asks for an orderly end, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Waits for the next signal to end; false when none can come.
async fn signalled() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // What cancels a job in a pipeline is SIGTERM.
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            return tokio::select! {
                pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
                ended = terminated.recv() => ended.is_some(),
            };
        }
    }
    tokio::signal::ctrl_c().await.is_ok()
}

/// Whether the user asked for an end.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on, on a thread of its own.
    pub(crate) fn listen() -> Self {
        Self::listen_and_say("\ninterrupted: writing what is known so far")
    }

    /// As [`Interrupt::listen`], with other words for the first signal.
    pub(crate) fn listen_and_say(words: &'static str) -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&flag);
        let listener = std::thread::Builder::new().name("interrupt".to_owned());
        // Without the listener Ctrl-C still ends the process, only not orderly.
        let _ = listener.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                while signalled().await {
                    if raised.swap(true, Ordering::Relaxed) {
                        std::process::exit(crate::exit_code::Exit::Interrupted as i32);
                    }
                    crate::output::note(words);
                }
            });
        });
        Self(flag)
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
