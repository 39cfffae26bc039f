//! What a file keeps, what it refuses, and a server that is killed and comes back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use muster_certs::Seed;
use muster_wire::Udi;
use rusqlite::Connection;

use super::fault::StateFault;
use super::file::{FORMAT, Group, StateFile};
use super::snapshot::Snapshot;
use super::writer::{NotWritten, Writer};
use super::*;
use crate::handler::tests::{SEED, START_MS};
use crate::server::Core;
use crate::store::Store;
use crate::{ClockSource, Error, Server, ServerOptions, StateOptions};

/// Runs to the end on this thread.
fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without I/O needs nothing").block_on(work)
}

fn at(path: &Path) -> StateOptions {
    StateOptions { path: path.to_owned(), survives_power_loss: false }
}

pub(crate) fn options() -> ServerOptions {
    ServerOptions { seed: SEED, ..ServerOptions::default() }
}

/// A server that keeps its state in a folder.
pub(crate) fn server_in(folder: &Path, options: ServerOptions) -> Result<Server, Error> {
    let clock = ClockSource::Manual { start_ms: START_MS };
    Server::with_state(options, clock, &at(&folder.join("server.state")))
}

/// Every record of a server.
pub(crate) fn records(server: &Server) -> BTreeMap<(&'static str, Vec<u8>), Option<Vec<u8>>> {
    let mut records = BTreeMap::new();
    server.0.store().each_collection(&mut |name, collection| {
        collection.all(&mut |of| drop(records.insert((name, of.key), of.value)));
    });
    records
}

/// Whatever a test did to a server: its records, read again, are the same records.
impl Drop for Core {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let snapshot = Snapshot::of(&mut *self.store());
        let mut again = Store::new(&self.seed, &self.options, &self.defects);
        snapshot.put_back(&mut again).expect("what was written can be read");
        again.rebuild();
        assert_eq!(snapshot, Snapshot::of(&mut again));
    }
}

/// What comes back when a server is killed now: one that reads a copy of the file and its log, as
/// they are while the other still runs.
pub(crate) fn after_a_kill(server: &Server, folder: &Path) -> (Server, PathBuf) {
    wait(server.written()).expect("there is room in the temporary folder");
    let copy = folder.join("after the kill");
    std::fs::create_dir(&copy).expect("it is killed once");
    for name in ["server.state", "server.state-wal"] {
        std::fs::copy(folder.join(name), copy.join(name)).expect("the file is written");
    }
    let again = server_in(&copy, options()).expect("the file is as good as before");
    assert_eq!(records(server), records(&again));
    (again, copy)
}

/// Some collections without a server around them.
#[derive(Debug, Default)]
struct Shelf {
    books: Kept<String, u64>,
    order: KeptList<String>,
    count: Single<u32>,
}

collections!(Shelf {
    kept {
        books => "books",
        order => "order",
        count => "count",
    }
    inner {}
    not_kept {}
});

fn opened(path: &Path, shelf: &mut Shelf) -> Result<StateFile, StateFault> {
    StateFile::open(&at(path), 5, shelf, |_| ()).map_err(|error| match error {
        Error::State { fault, .. } => fault,
        other => panic!("{other}"),
    })
}

fn commit(file: &mut StateFile, shelf: &mut Shelf) {
    let mut group = Group::default();
    group.collect(shelf);
    file.commit(&group).unwrap();
}

fn refusal(path: &Path) -> String {
    let fault = opened(path, &mut Shelf::default()).map(drop).unwrap_err();
    Error::State { path: "f".into(), fault }.to_string()
}

/// A file with some records in it, closed.
fn written(folder: &Path) -> PathBuf {
    let path = folder.join("shelf");
    let mut shelf = Shelf::default();
    for book in 0..2_000 {
        shelf.books.insert(format!("book {book}"), book);
    }
    shelf.order.push("first".to_owned());
    *shelf.count = 7;
    drop(opened(&path, &mut shelf).unwrap());
    path
}

#[test]
fn what_changed_is_there_again_and_what_was_removed_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let mut shelf = Shelf::default();
    let mut file = opened(&path, &mut shelf).unwrap();
    assert_eq!((shelf.books.len(), &*shelf.order, *shelf.count), (2_000, &["first".into()][..], 7));
    shelf.books.retain(|_, book| *book >= 1_990);
    shelf.books.remove("book 1999");
    *shelf.books.get_mut("book 1990").unwrap() = 1;
    shelf.books.insert("new".to_owned(), 2);
    shelf.order.push("second".to_owned());
    shelf.order[0].push('!');
    *shelf.count += 1;
    commit(&mut file, &mut shelf);
    drop(file);
    let mut again = Shelf::default();
    opened(&path, &mut again).unwrap();
    assert_eq!(*again.books, *shelf.books);
    assert_eq!((&*again.order, *again.count), (&*shelf.order, 8));
    assert_eq!((again.books.len(), again.books["book 1990"]), (10, 1));
}

#[test]
fn only_what_changed_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let mut shelf = Shelf::default();
    let _file = opened(&path, &mut shelf).unwrap();
    let mut changed = Vec::new();
    let mut look = |shelf: &mut Shelf| {
        let mut found = Vec::new();
        shelf.each_collection(&mut |name, collection| {
            collection.changes(&mut |_| found.push(name));
        });
        changed.push(found);
    };
    look(&mut shelf);
    assert_eq!(shelf.books.get("book 1"), Some(&1));
    assert_eq!(shelf.books.get_mut("nowhere"), None);
    look(&mut shelf);
    for _ in 0..3 {
        *shelf.books.get_mut("book 1").unwrap() += 1;
    }
    look(&mut shelf);
    look(&mut shelf);
    assert_eq!(changed, [vec![], vec![], vec!["books"], vec![]]);
}

#[test]
fn without_a_file_nothing_is_noted() {
    let mut shelf = Shelf::default();
    shelf.books.insert("a".to_owned(), 1);
    *shelf.count += 1;
    shelf.order.push("a".to_owned());
    let mut group = Group::default();
    group.collect(&mut shelf);
    assert!(group.is_empty());
}

#[test]
fn each_file_that_does_not_fit_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let change = |sql: &str| Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let mut said = vec![refusal(&folder.path().join("nowhere/f"))];
    let file = opened(&path, &mut Shelf::default()).unwrap();
    said.push(refusal(&path));
    drop(file);
    change("INSERT INTO record VALUES ('pamphlets', x'01', x'01')");
    said.push(refusal(&path));
    change("DELETE FROM record WHERE collection = 'pamphlets'");
    change("UPDATE record SET value = x'c1' WHERE collection = 'count'");
    said.push(refusal(&path));
    change(&format!("PRAGMA user_version = {}", FORMAT + 1));
    said.push(refusal(&path));
    std::fs::write(&path, "a letter").unwrap();
    said.push(refusal(&path));
    std::fs::remove_file(&path).unwrap();
    change("CREATE TABLE theirs (x)");
    said.push(refusal(&path));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let mut bytes = std::fs::read(&path).unwrap();
    // The second page is the root of a table.
    bytes[4_096..8_192].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let fault = opened(&path, &mut Shelf::default()).map(drop).unwrap_err();
    assert!(matches!(fault, StateFault::Damaged { .. }), "{fault:?}");
}

#[test]
fn a_file_of_another_seed_is_refused_and_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    drop(server_in(folder.path(), options()).unwrap());
    let other = ServerOptions { seed: SEED + 1, ..options() };
    let said = server_in(folder.path(), other).unwrap_err().to_string();
    assert!(said.contains("it was made with seed 77, not 78"), "{said}");
    assert!(server_in(folder.path(), options()).is_ok());
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let _server = server_in(folder.path(), options()).unwrap();
    for file in ["server.state", "server.state-wal"] {
        let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}");
    }
}

#[test]
fn a_group_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let mut shelf = Shelf::default();
    let mut file = opened(&path, &mut shelf).unwrap();
    file.limit_to_its_size();
    for book in 0..10_000 {
        shelf.books.insert(format!("too much {book}"), book);
    }
    let mut group = Group::default();
    group.collect(&mut shelf);
    assert!(file.commit(&group).is_err());
    drop(file);
    let mut again = Shelf::default();
    opened(&path, &mut again).unwrap();
    assert_eq!(again.books.len(), 2_000);
}

#[test]
fn while_the_disk_is_full_nobody_is_told_that_anything_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let options = options();
    let mut store = Store::new(&Seed::from_u64(SEED), &options, &Arc::default());
    let path = folder.path().join("server.state");
    let file = StateFile::open(&at(&path), SEED, &mut store, Store::rebuild).unwrap();
    file.limit_to_its_size();
    let store = Arc::new(Mutex::new(store));
    let writer = Writer::start(file, Arc::clone(&store)).unwrap();
    assert_eq!(wait(writer.written(false)), Ok(()));
    for number in 0..2_000 {
        let udi = Udi::new("C9300-24T", &format!("MST{number:08}"));
        store.lock().unwrap().instance_mut(&udi).unwrap();
    }
    assert_eq!(wait(writer.written(true)), Err(NotWritten));
    assert_eq!(wait(writer.written(true)), Err(NotWritten));
}

#[test]
fn every_collection_of_the_store_has_a_name_of_its_own() {
    let server = Server::new(options(), ClockSource::Manual { start_ms: 0 }).unwrap();
    let mut names = Vec::new();
    server.0.store().each_collection(&mut |name, _| names.push(name));
    let different: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(different.len(), names.len(), "{names:?}");
}

#[test]
fn the_clock_stands_where_it_stood_and_the_certificates_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let server = server_in(folder.path(), options()).unwrap();
    // Over the end of the year, which a new server's certificates would start with.
    server.advance_clock(400 * 86_400_000);
    let (again, _) = after_a_kill(&server, folder.path());
    assert_eq!(again.now_ms(), server.now_ms());
    assert_eq!(again.root_pem(), server.root_pem());
    assert_eq!(again.0.store().time.started_ms, START_MS);
}

#[test]
fn accounts_and_tenants_the_options_add_later_are_there_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    drop(server_in(folder.path(), options()).unwrap());
    let mut more = options();
    more.tenants.insert(0, crate::Tenant::of("Physics"));
    let server = server_in(folder.path(), more).unwrap();
    let number = |server: &Server| server.0.store().holdings.named("Physics");
    assert_eq!(number(&server).map(|number| number.position()), Some(3));
    assert!(server.0.store().settings.tenants.contains_key("Physics-1"));
    let (again, _) = after_a_kill(&server, folder.path());
    assert_eq!(number(&again), number(&server));
}

#[test]
fn more_accounts_than_there_may_be_are_refused() {
    let mut many = options();
    many.tenants.extend((0..1_000).map(|number| crate::Tenant::of(&format!("VA {number}"))));
    let clock = ClockSource::Manual { start_ms: 0 };
    let said = Server::new(many, clock).unwrap_err().to_string();
    assert_eq!(said, "1003 virtual accounts are too many: there may be 1000");
}
