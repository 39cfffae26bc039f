//! The journal of a load run: what each shard records, and the thread that writes it down.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use muster_conformance::{Judge, Judged};
use muster_fleet::log::Log;
use muster_journal::{
    Batches, ContextLimits, Entry, Event, Failures, FileWriter, Header, Interest, Numbers,
    Redactor, Sampled, Sink,
};

use crate::cli::JournalMode;
use crate::error::Error;
use crate::output;

/// Entries a shard sends at once.
const BATCH_MAX: usize = 256;
/// Batches that wait for the writer; then the shards wait.
const BATCHES_WAITING_MAX: usize = 64;

/// A journal that is being written.
pub(crate) struct LoadJournal {
    to: SyncSender<Vec<Entry>>,
    writer: JoinHandle<Result<Vec<PathBuf>, muster_journal::Error>>,
    mode: JournalMode,
}

/// What one shard records into.
pub(crate) enum ShardSinks {
    /// A judge, and nothing is written.
    Judged(Box<Judge>),
    /// Nobody looks at exchanges.
    Unjudged(CourseOnly),
    /// A judge, and a journal of all entries or of a sample.
    Written(Box<Judge>, Box<dyn Sink>),
    /// A judge that says which journeys are written.
    Failures(Box<Judged<Batches>>),
}

impl LoadJournal {
    /// Begins the journals at these paths; none without paths.
    pub(crate) fn open(
        paths: Vec<PathBuf>,
        header: &Header,
        secrets: &[String],
        mode: JournalMode,
    ) -> Result<Option<Self>, Error> {
        if paths.is_empty() {
            return Ok(None);
        }
        let header = match mode {
            JournalMode::Full => header.clone(),
            JournalMode::Sampled(every) => header.sampled(Sampled::<Batches>::sampling(every)),
            JournalMode::Failures => {
                header.sampled(Failures::<Batches>::sampling(ContextLimits::default()))
            }
        };
        let mut files = Vec::new();
        for path in paths {
            files.push(FileWriter::create(path, &header, Redactor::new(secrets.to_vec()))?);
        }
        let (to, from) = sync_channel(BATCHES_WAITING_MAX);
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write(files, &from))
            .map_err(|error| Error::Bug(format!("no thread for the journal: {error}")))?;
        Ok(Some(Self { to, writer, mode }))
    }

    /// The sinks of one shard.
    fn sinks(&self, judge: Judge) -> ShardSinks {
        let batches = Batches::new(self.to.clone(), BATCH_MAX);
        match self.mode {
            JournalMode::Full => ShardSinks::Written(Box::new(judge), Box::new(batches)),
            JournalMode::Sampled(every) => {
                let sampled = Sampled::new(batches, every);
                ShardSinks::Written(Box::new(judge), Box::new(sampled))
            }
            JournalMode::Failures => {
                let failures = Failures::new(batches, ContextLimits::default());
                ShardSinks::Failures(Box::new(Judged::new(judge, failures)))
            }
        }
    }

    /// Writes the last entries, numbered after all others, and ends the journals.
    pub(crate) fn finish(self, mut last: Vec<Entry>) -> Result<(), Error> {
        last.iter_mut().for_each(|entry| entry.seq = 0);
        // A writer that is gone says below why.
        let _ = self.to.send(last);
        drop(self.to);
        let written =
            self.writer.join().map_err(|_| Error::Bug("the journal panicked".into()))??;
        for path in written {
            output::note(&format!("the journal is {}", path.display()));
        }
        Ok(())
    }
}

/// The sinks of one shard, with or without a journal.
pub(crate) fn sinks(journal: Option<&LoadJournal>, judge: Judge, judges: bool) -> ShardSinks {
    match journal {
        Some(journal) => journal.sinks(judge),
        None if judges => ShardSinks::Judged(Box::new(judge)),
        None => ShardSinks::Unjudged(CourseOnly(Box::new(judge))),
    }
}

/// Lets a judge see how journeys go, but no exchange.
pub(crate) struct CourseOnly(Box<Judge>);

impl Sink for CourseOnly {
    fn record(&mut self, entry: &Entry) {
        if !matches!(entry.event, Event::Exchange(_) | Event::InstanceJoined { .. }) {
            self.0.record(entry);
        }
    }

    fn interest(&self) -> Interest {
        Interest::Course
    }
}

impl ShardSinks {
    /// A log into these sinks.
    pub(crate) fn log(&mut self, numbers: Numbers) -> Log<'_> {
        let sinks: Vec<&mut dyn Sink> = match self {
            Self::Judged(judge) => vec![judge.as_mut()],
            Self::Unjudged(course) => vec![course],
            Self::Written(judge, journal) => vec![judge.as_mut(), journal.as_mut()],
            Self::Failures(judged) => vec![judged.as_mut()],
        };
        Log::numbered(sinks, numbers)
    }

    /// The judge, once the shard is done.
    pub(crate) fn into_judge(self) -> Judge {
        match self {
            Self::Judged(judge) | Self::Unjudged(CourseOnly(judge)) | Self::Written(judge, _) => {
                *judge
            }
            Self::Failures(judged) => {
                let (judge, _, kept) = judged.finish();
                if kept.failed_without_context > 0 {
                    output::note(&format!(
                        "journal: {} failed journeys are without what came before; their entries \
                         no longer fitted into memory",
                        kept.failed_without_context,
                    ));
                }
                judge
            }
        }
    }
}

fn write(
    mut files: Vec<FileWriter>,
    batches: &Receiver<Vec<Entry>>,
) -> Result<Vec<PathBuf>, muster_journal::Error> {
    let mut seq = 0;
    for mut batch in batches {
        for entry in &mut batch {
            if entry.seq == 0 {
                entry.seq = seq + 1;
            }
            seq = seq.max(entry.seq);
        }
        for file in &mut files {
            batch.iter().for_each(|entry| file.record(entry));
        }
    }
    files.into_iter().map(FileWriter::finish).collect()
}
