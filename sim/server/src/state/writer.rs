//! The thread that writes changes to the file, and who waits for it.
//!
//! A request that changed something takes a ticket and is answered once the ticket is written. The
//! writer takes everything that changed since its last commit, so requests that arrive during a
//! commit share the next one.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use super::fault::StateFault;
use super::file::{Group, StateFile};
use crate::Error;
use crate::store::Store;

/// After a failed commit, this long before the next try: a full disk is seldom emptied sooner.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Changes up to which ticket are in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    written: u64,
    is_failing: bool,
}

/// What was changed is not in the file, and may not get there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state file cannot be written")]
pub(crate) struct NotWritten;

/// What server and writer tell each other.
#[derive(Debug, Default)]
struct Wishes {
    /// The last ticket that was taken.
    ticket: AtomicU64,
    is_ending: AtomicBool,
}

/// The thread. When it is dropped, what is left is written first.
#[derive(Debug)]
pub(crate) struct Writer {
    wishes: Arc<Wishes>,
    progress: watch::Receiver<Progress>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(file: StateFile, store: Arc<Mutex<Store>>) -> Result<Self, Error> {
        let wishes = Arc::<Wishes>::default();
        let (report, progress) = watch::channel(Progress::default());
        let run = {
            let wishes = Arc::clone(&wishes);
            move || write_all(file, &store, &wishes, &report)
        };
        let thread = std::thread::Builder::new().name("muster-state".to_owned()).spawn(run);
        let thread = thread.map_err(|source| Error::Thread { source })?;
        Ok(Self { wishes, progress, thread: Some(thread) })
    }

    /// Waits until everything in the store, as it is now, is in the file. The caller must hold no
    /// lock on the store. A look-up waits as well when others' changes are under way: what it
    /// shows must not be forgotten later.
    pub(crate) async fn written(&self, has_changed: bool) -> Result<(), NotWritten> {
        let ticket = if has_changed {
            let ticket = self.wishes.ticket.fetch_add(1, Ordering::AcqRel) + 1;
            self.wake();
            ticket
        } else {
            self.wishes.ticket.load(Ordering::Acquire)
        };
        let mut progress = self.progress.clone();
        if progress.borrow().written >= ticket {
            return Ok(());
        }
        let settled = progress.wait_for(|now| now.written >= ticket || now.is_failing).await;
        let is_written = settled.is_ok_and(|now| now.written >= ticket);
        if is_written { Ok(()) } else { Err(NotWritten) }
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.wishes.is_ending.store(true, Ordering::Release);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // A panic in it was already printed.
            let _ = thread.join();
        }
    }
}

fn write_all(
    mut file: StateFile,
    store: &Mutex<Store>,
    wishes: &Wishes,
    report: &watch::Sender<Progress>,
) {
    let mut group = Group::default();
    let mut written = 0;
    loop {
        // Read before the store: whatever changed before them is then seen in it.
        let is_ending = wishes.is_ending.load(Ordering::Acquire);
        let ticket = wishes.ticket.load(Ordering::Acquire);
        if ticket == written && group.is_empty() && !is_ending {
            std::thread::park();
            continue;
        }
        group.collect(&mut *store.lock().expect("no code panics while it holds the store"));
        let committed = if group.is_empty() { Ok(()) } else { file.commit(&group) };
        match committed {
            Ok(()) => {
                group.clear();
                written = ticket;
                report.send_replace(Progress { written, is_failing: false });
            }
            Err(fault) => {
                // Kept for the next try, together with what changes until then.
                warn(&file, &fault, report.borrow().is_failing);
                report.send_replace(Progress { written, is_failing: true });
                if !is_ending {
                    std::thread::park_timeout(RETRY_AFTER);
                }
            }
        }
        if is_ending {
            return;
        }
    }
}

/// Says it once per shortage: at one try a second it would fill the log.
fn warn(file: &StateFile, fault: &StateFault, was_failing: bool) {
    if !was_failing {
        let path = file.path().display();
        tracing::error!(%path, %fault, "the state file cannot be written; requests are refused");
    }
}
