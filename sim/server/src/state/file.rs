//! The file: one SQLite table of records, opened by one process at a time.
//!
//! It runs in WAL mode. Without [`StateOptions::survives_power_loss`] a commit hands its bytes to
//! the operating system and does not wait for the disk (`synchronous=NORMAL`): what a process has
//! written is no longer its own, so killing it takes nothing away, and after a power cut the last
//! commits may be missing but the file is whole. With it each commit waits for the disk (`FULL`).

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};

use super::Keeps;
use super::fault::StateFault;
use super::record::{Change, RecordError};
use crate::Error;

/// Counts up when records of an earlier version can no longer be read.
pub(crate) const FORMAT: i64 = 1;

/// "Must" in ASCII, where SQLite lets a program say whose file it is.
const APPLICATION: i64 = 0x4d75_7374;

/// Pages written before the log is folded into the file, 32 MiB: often enough that the log stays
/// small, seldom enough that a busy server does not wait for the disk all the time.
const LOG_PAGES_MAX: i64 = 8_192;

/// A process that was just killed lets go of its lock within this.
const LET_GO_TIME_MAX: Duration = Duration::from_millis(500);

/// The seed the records follow from. Not a secret: whoever has the file has what follows from it.
const SEED: &str = "seed";

/// Where a server keeps what a restart must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateOptions {
    /// The file; made when there is none. Beside it lies its log, `<file>-wal`.
    pub path: PathBuf,
    /// Whether each commit waits for the disk. Killing the process loses nothing either way.
    pub survives_power_loss: bool,
}

/// Changes that go into the file together; a later one of a record replaces an earlier one.
#[derive(Debug, Default)]
pub(crate) struct Group(BTreeMap<(&'static str, Vec<u8>), Option<Vec<u8>>>);

/// The open file.
#[derive(Debug)]
pub(crate) struct StateFile {
    connection: Connection,
    path: PathBuf,
}

impl Group {
    pub(crate) fn add(&mut self, collection: &'static str, change: Change) {
        self.0.insert((collection, change.key), change.value);
    }

    /// Takes what changed in a store.
    pub(crate) fn collect(&mut self, store: &mut impl Keeps) {
        store.each_collection(&mut |name, collection| {
            collection.changes(&mut |change| self.add(name, change));
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

impl StateFile {
    /// Opens the file and fills `store` from it; a new file takes what is in `store`. `settle`
    /// brings up to date what follows from the records, before changes are noted.
    pub(crate) fn open<S: Keeps>(
        options: &StateOptions,
        seed: u64,
        store: &mut S,
        settle: impl FnOnce(&mut S),
    ) -> Result<Self, Error> {
        let path = options.path.clone();
        let opened = Self::opened(options).and_then(|connection| {
            let mut file = Self { connection, path: path.clone() };
            match file.seed()? {
                None => file.begin(seed, store)?,
                Some(made_with) if made_with != seed => {
                    return Err(StateFault::OtherSeed { made_with, asked: seed });
                }
                Some(_) => {
                    file.load(store)?;
                    settle(store);
                    store.each_collection(&mut |_, collection| collection.track());
                }
            }
            Ok(file)
        });
        opened.map_err(|fault| Error::State { path, fault })
    }

    fn opened(options: &StateOptions) -> Result<Connection, StateFault> {
        make_private(&options.path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&options.path, flags)?;
        connection.busy_timeout(LET_GO_TIME_MAX)?;
        // Before the first look: the lock is then kept, and the log needs no shared memory.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let (application, format) = (number("application_id")?, number("user_version")?);
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
        if application != APPLICATION && (application != 0 || format != 0 || tables != 0) {
            return Err(StateFault::NotOurs);
        }
        if application == APPLICATION && format != FORMAT {
            return Err(StateFault::Format { found: format, known: FORMAT });
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let synchronous = if options.survives_power_loss { "FULL" } else { "NORMAL" };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES_MAX)?;
        if application != APPLICATION {
            connection.execute_batch(&layout())?;
        }
        let sound: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
        if sound != "ok" {
            return Err(StateFault::Damaged { what: sound });
        }
        Ok(connection)
    }

    /// None when nothing was ever committed.
    fn seed(&self) -> Result<Option<u64>, StateFault> {
        let mut found = self.connection.prepare("SELECT value FROM origin WHERE name = ?1")?;
        let mut rows = found.query([SEED])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let bytes: Vec<u8> = row.get(0)?;
        let bytes = bytes.try_into().map_err(|_| damaged("the seed has not 8 bytes"))?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// The first commit: the seed and everything there is, or nothing.
    fn begin(&mut self, seed: u64, store: &mut impl Keeps) -> Result<(), StateFault> {
        let mut group = Group::default();
        store.each_collection(&mut |name, collection| {
            collection.all(&mut |change| group.add(name, change));
            collection.track();
        });
        let transaction = self.transaction()?;
        let insert = "INSERT INTO origin (name, value) VALUES (?1, ?2)";
        transaction.execute(insert, params![SEED, seed.to_be_bytes()])?;
        write(&transaction, &group)?;
        Ok(transaction.commit()?)
    }

    fn load(&self, store: &mut impl Keeps) -> Result<(), StateFault> {
        store.each_collection(&mut |_, collection| collection.clear());
        let mut known = Vec::new();
        let mut outcome = Ok(());
        store.each_collection(&mut |name, collection| {
            known.push(name);
            if outcome.is_ok() {
                outcome = self.records(name, |key, value| {
                    let wrong =
                        |error: RecordError| damaged(&format!("a record of {name:?}: {error}"));
                    collection.load(key, value).map_err(wrong)
                });
            }
        });
        outcome?;
        let mut names = self.connection.prepare("SELECT DISTINCT collection FROM record")?;
        let mut names = names.query([])?;
        while let Some(row) = names.next()? {
            let name: String = row.get(0)?;
            if !known.contains(&name.as_str()) {
                return Err(StateFault::UnknownCollection { name });
            }
        }
        Ok(())
    }

    fn records(
        &self,
        collection: &str,
        mut take: impl FnMut(&[u8], &[u8]) -> Result<(), StateFault>,
    ) -> Result<(), StateFault> {
        let select = "SELECT key, value FROM record WHERE collection = ?1 ORDER BY key";
        let mut found = self.connection.prepare(select)?;
        let mut rows = found.query([collection])?;
        while let Some(row) = rows.next()? {
            let key = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            let value = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            take(key, value)?;
        }
        Ok(())
    }

    /// Writes a group, whole or not at all.
    pub(crate) fn commit(&mut self, group: &Group) -> Result<(), StateFault> {
        let transaction = self.transaction()?;
        write(&transaction, group)?;
        Ok(transaction.commit()?)
    }

    /// Lets the file become no larger, as a full disk does.
    #[cfg(test)]
    pub(super) fn limit_to_its_size(&self) {
        self.connection.execute_batch("PRAGMA max_page_count = 1").expect("a number");
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn transaction(&mut self) -> Result<Transaction<'_>, StateFault> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

fn write(transaction: &Transaction<'_>, group: &Group) -> Result<(), StateFault> {
    let mut put = transaction.prepare(
        "INSERT INTO record (collection, key, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value",
    )?;
    let mut delete =
        transaction.prepare("DELETE FROM record WHERE collection = ?1 AND key = ?2")?;
    for ((collection, key), value) in &group.0 {
        match value {
            Some(value) => put.execute(params![collection, key, value])?,
            None => delete.execute(params![collection, key])?,
        };
    }
    Ok(())
}

/// The tables of a new file, made in one go with what says whose they are. Rows have numbers of
/// their own: a record that changes stays where it is, whatever its key.
fn layout() -> String {
    format!(
        "BEGIN;
         PRAGMA application_id = {APPLICATION};
         PRAGMA user_version = {FORMAT};
         CREATE TABLE origin (name TEXT PRIMARY KEY, value BLOB NOT NULL);
         CREATE TABLE record (
             collection TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
             UNIQUE (collection, key)
         );
         COMMIT;"
    )
}

/// Makes the file when there is none, for its owner only: the tokens in it let instances in.
fn make_private(path: &Path) -> Result<(), StateFault> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StateFault::Unusable { reason: error.to_string() }),
    }
}

fn damaged(what: &str) -> StateFault {
    StateFault::Damaged { what: what.to_owned() }
}
