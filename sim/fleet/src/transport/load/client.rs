//! One exchange: a slot, a connection, a request, an answer, and what becomes of the connection.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use muster_journal::{FailureCause, PeerTls};
use rustls::ProtocolVersion;
use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::answer::{AnswerParser, Fed};
use super::budget::{Budget, Slot};
use super::buffers::Buffers;
use super::connection::{Connection, Heard};
use super::counters::Counting;
use super::lanes::{Lanes, unless_closed};
use super::place::{Place, Places};
use super::session::{Session, peer_tls};
use super::sources::Sources;
use super::tls_setup::TlsSetup;
use super::{
    ClientCounters, ConnectionUse, LoadOptions, LoadReply, LoadRequest, Received, TlsSetupError,
    Undelivered, late, proxy,
};
use crate::target::Target;

/// A body up to this is copied behind its head and goes out with it; past it, the copy costs
/// more than another TLS record.
const JOINED_BYTES_MAX: usize = 15 * 1024;

/// Sends the requests of one shard's lanes. Single-threaded; clones are the same client.
#[derive(Clone)]
pub struct LoadClient(Rc<Parts>);

struct Parts {
    options: LoadOptions,
    places: Places,
    sources: Sources,
    budget: Rc<Budget>,
    buffers: Rc<Buffers>,
    counting: Rc<Counting>,
    lanes: RefCell<Lanes>,
    /// Requests are put together here.
    draft: RefCell<Vec<u8>>,
    /// What TLS showed, each kind once.
    peers: RefCell<Vec<(Option<ProtocolVersion>, Rc<PeerTls>)>>,
}

/// What an exchange reports beside its result.
#[derive(Default)]
struct Course {
    tls: Option<Rc<PeerTls>>,
    waited: Duration,
    sent_at: Option<Instant>,
    used: ConnectionUse,
    bytes_sent: u64,
    bytes_received: u64,
    resent: bool,
}

/// Why a connection gave no answer.
struct Lost {
    why: Undelivered,
    /// The connection ended before any byte of an answer.
    dead: bool,
}

impl LoadClient {
    /// A client that trusts `roots` and nothing else.
    pub fn new(
        roots: &[CertificateDer<'static>],
        options: LoadOptions,
    ) -> Result<Self, TlsSetupError> {
        Ok(Self::with(TlsSetup::new(roots)?, options))
    }

    /// A client for a target, with everything its profile trusts.
    pub fn for_target(target: &Target, options: LoadOptions) -> Result<Self, TlsSetupError> {
        Ok(Self::with(TlsSetup::of(target)?, options))
    }

    fn with(setup: TlsSetup, options: LoadOptions) -> Self {
        let counting = Rc::new(Counting::default());
        Self(Rc::new(Parts {
            places: Places::new(setup),
            sources: Sources::new(&options.sources),
            budget: Budget::new(options.connections_max, Rc::clone(&counting)),
            buffers: Rc::default(),
            counting,
            lanes: RefCell::default(),
            draft: RefCell::default(),
            peers: RefCell::default(),
            options,
        }))
    }

    /// Sends one request for a lane and waits for the answer. Beside the wait for a free socket,
    /// never longer than the deadlines. Dropping the future ends the connection it used.
    pub async fn exchange(&self, lane: u32, request: &LoadRequest<'_>) -> LoadReply {
        let parts = &*self.0;
        parts.counting.add(|all| all.exchanges += 1);
        let mut course = Course::default();
        let result = match request.refusal() {
            Some(refusal) => Err(refusal),
            None => {
                let work = std::pin::pin!(parts.carry(lane, request, &mut course));
                unless_closed(&parts.lanes, lane, work).await.unwrap_or_else(|| {
                    Err(Undelivered::new(FailureCause::Closed, "the lane was closed"))
                })
            }
        };
        parts.counting.add(|all| {
            all.bytes_sent += course.bytes_sent;
            all.bytes_received += course.bytes_received;
        });
        LoadReply {
            result,
            tls: course.tls,
            waited: course.waited,
            sent_at: course.sent_at,
            ended_at: Instant::now(),
            used: course.used,
            bytes_sent: course.bytes_sent,
            bytes_received: course.bytes_received,
            resent: course.resent,
        }
    }

    /// The lane lost power or network: its kept connection ends without a goodbye, and its
    /// exchanges under way end with [`FailureCause::Closed`].
    pub fn close_lane(&self, lane: u32) {
        let kept = self.0.lanes.borrow_mut().close(lane);
        // Outside the borrow: a freed slot may wake someone.
        drop(kept);
    }

    /// Totals since the client was made.
    pub fn counters(&self) -> ClientCounters {
        self.0.counting.read()
    }
}

impl Parts {
    async fn carry(
        &self,
        lane: u32,
        request: &LoadRequest<'_>,
        course: &mut Course,
    ) -> Result<Received, Undelivered> {
        let place = self.places.of(request.url, &self.options);
        let mut kept = self.take_kept(lane, &place);
        let mut slot = None;
        loop {
            let reused = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                // Boxed: it is large, and most exchanges of a keep-alive run do without it.
                None => Box::pin(self.open(&place, slot.take(), course)).await?,
            };
            if reused {
                course.used = ConnectionUse::Reused;
            }
            self.counting.carried(course.used);
            course.tls.clone_from(&connection.peer);
            let result = self.attempt(&mut connection, request, course).await;
            course.bytes_sent += std::mem::take(&mut connection.bytes_sent);
            course.bytes_received += std::mem::take(&mut connection.bytes_received);
            match result {
                Ok((received, fit)) => {
                    self.release(lane, connection, fit);
                    proxy::unless_refused(request.url, received.status, || asks(&received))?;
                    return Ok(received);
                }
                Err(lost) if reused && lost.dead => {
                    slot = Some(connection.into_slot());
                    course.resent = true;
                    self.counting.add(|all| all.resent += 1);
                }
                Err(lost) => return Err(lost.why),
            }
        }
    }

    /// The lane's kept connection, if it leads there and is fit to be used.
    fn take_kept(&self, lane: u32, place: &Rc<Place>) -> Option<Connection> {
        if !self.options.keep_alive {
            return None;
        }
        let mut kept = self.lanes.borrow_mut().take(lane)?;
        if !Rc::ptr_eq(&kept.place, place) {
            kept.close();
            return None;
        }
        if !kept.is_sound() {
            self.counting.add(|all| all.connections_found_closed += 1);
            return None;
        }
        Some(kept)
    }

    async fn slot(&self, course: &mut Course) -> Slot {
        if let Some(slot) = self.budget.try_acquire() {
            return slot;
        }
        let evicted = self.lanes.borrow_mut().take_oldest();
        if let Some(connection) = evicted {
            self.counting.add(|all| all.connections_evicted += 1);
            connection.close();
        } else {
            self.counting.add(|all| all.waited += 1);
        }
        let began = Instant::now();
        let slot = self.budget.acquire().await;
        course.waited = began.elapsed();
        slot
    }

    async fn open(
        &self,
        place: &Rc<Place>,
        slot: Option<Slot>,
        course: &mut Course,
    ) -> Result<Connection, Undelivered> {
        course.used = ConnectionUse::None;
        let slot = match slot {
            Some(slot) => slot,
            None => self.slot(course).await,
        };
        let limit = Duration::from_millis(self.options.connect_ms_max);
        let first = self.first_stop(place, limit).await;
        let tcp = first.map_err(|lost| proxy::on_the_way(&place.url, lost))?;
        self.counting.add(|all| all.connections_opened += 1);
        let (wire, carried) = proxy::pass(tcp, &place.url, &self.places.setup.trust, limit).await?;
        course.bytes_sent += carried.sent;
        course.bytes_received += carried.received;
        let buffers = Rc::clone(&self.buffers);
        let mut connection = Connection::new(wire, Rc::clone(place), slot, buffers);
        if place.speaks_tls() {
            let spoken = timeout(limit, self.speak_tls(&mut connection, place)).await;
            course.bytes_sent += std::mem::take(&mut connection.bytes_sent);
            course.bytes_received += std::mem::take(&mut connection.bytes_received);
            course.used = spoken.unwrap_or_else(|_| Err(late("TLS handshake", limit)))?;
            course.tls.clone_from(&connection.peer);
        } else {
            course.used = ConnectionUse::Plain;
        }
        Ok(connection)
    }

    async fn first_stop(&self, place: &Place, limit: Duration) -> Result<TcpStream, Undelivered> {
        let addresses = timeout(limit, place.addresses())
            .await
            .unwrap_or_else(|_| Err(late("name resolution", limit)))?;
        self.connect(&addresses, limit).await
    }

    async fn connect(
        &self,
        addresses: &[SocketAddr],
        limit: Duration,
    ) -> Result<TcpStream, Undelivered> {
        let mut last = Undelivered::new(FailureCause::Dns, "the name has no address");
        for address in addresses {
            last = match timeout(limit, self.sources.connect(*address)).await {
                Ok(Ok(tcp)) => return Ok(tcp),
                Ok(Err(error)) => {
                    Undelivered::new(FailureCause::Connect, format!("{address}: {error}"))
                }
                Err(_) => late("TCP connection", limit),
            };
        }
        Err(last)
    }

    async fn speak_tls(
        &self,
        connection: &mut Connection,
        place: &Place,
    ) -> Result<ConnectionUse, Undelivered> {
        let untold = |error: &dyn std::fmt::Display| Undelivered::new(FailureCause::Tls, error);
        let name = place.name.as_ref().map_err(|error| untold(error))?;
        let session = Session::new(&place.config, name).map_err(|error| untold(&error))?;
        let established = connection.establish(session).await;
        established.map_err(|error| untold(&place.verifier.words(&error)))?;
        let session = connection.session().expect("established above");
        let resumed = session.is_resumed();
        let (version, chain_length) = session.shown();
        connection.peer = Some(self.peer(version, chain_length));
        Ok(if resumed { ConnectionUse::ResumedHandshake } else { ConnectionUse::FullHandshake })
    }

    fn peer(&self, version: Option<ProtocolVersion>, chain_length: usize) -> Rc<PeerTls> {
        let mut peers = self.peers.borrow_mut();
        let alike = |(seen, peer): &&(_, Rc<PeerTls>)| {
            *seen == version && peer.chain_length == chain_length
        };
        if let Some((_, peer)) = peers.iter().find(alike) {
            return Rc::clone(peer);
        }
        let peer = Rc::new(peer_tls(version, chain_length));
        peers.push((version, Rc::clone(&peer)));
        peer
    }

    /// One request and its answer; and whether the connection is fit for another.
    async fn attempt(
        &self,
        connection: &mut Connection,
        request: &LoadRequest<'_>,
        course: &mut Course,
    ) -> Result<(Received, bool), Lost> {
        let body_bytes_max = self.options.answer_bytes_max;
        let mut parser = AnswerParser::new(request.method, request.headers_wanted, body_bytes_max);
        if proxy::relay(request.url).is_some() {
            parser = parser.of_relay();
        }
        let limit = Duration::from_millis(self.options.answer_ms_max);
        self.put(connection, request).map_err(|error| lost(&error, &parser))?;
        course.sent_at = Some(Instant::now());
        let mut unused = false;
        let mut until = std::pin::pin!(sleep(limit));
        std::future::poll_fn(|cx| {
            let polled = poll_answer(connection, &mut parser, &mut unused, cx);
            if polled.is_pending() && until.as_mut().poll(cx).is_ready() {
                let what = if parser.has_begun() { "answer body" } else { "answer" };
                return Poll::Ready(Err(Lost { why: late(what, limit), dead: false }));
            }
            polled
        })
        .await?;
        let fit = self.options.keep_alive
            && parser.keeps_alive()
            && !unused
            && connection.is_all_sent()
            && connection.session().is_none_or(|tls| !tls.is_peer_closed())
            && !request.asks_to_close();
        Ok((parser.into_received(), fit))
    }

    fn put(&self, connection: &mut Connection, request: &LoadRequest<'_>) -> io::Result<()> {
        let mut draft = self.draft.borrow_mut();
        draft.clear();
        request.write_head(&connection.place.host_header, &mut draft);
        if request.body.len() <= JOINED_BYTES_MAX {
            draft.extend_from_slice(request.body);
            return connection.put(&draft);
        }
        connection.put(&draft)?;
        connection.put(request.body)
    }

    /// Keeps the connection for the lane, unless someone waits for its slot.
    fn release(&self, lane: u32, mut connection: Connection, fit: bool) {
        if !fit || self.budget.wanted() {
            return connection.close();
        }
        connection.rest();
        let before = self.lanes.borrow_mut().keep(lane, connection);
        if let Some(before) = before {
            before.close();
        }
    }
}

/// What a proxy that refused a request wants to be shown.
fn asks(received: &Received) -> Vec<Vec<u8>> {
    let asks = received.headers.iter().filter(|(name, _)| name == "proxy-authenticate");
    asks.map(|(_, value)| value.clone().into_bytes()).collect()
}

/// Sends and reads until the answer is whole. Both at once: a server may answer before it has
/// read everything.
fn poll_answer(
    connection: &mut Connection,
    parser: &mut AnswerParser,
    unused: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<Result<(), Lost>> {
    loop {
        if let Poll::Ready(Err(error)) = connection.poll_send(cx) {
            return Poll::Ready(Err(lost(&error, parser)));
        }
        let mut fed = Ok(Fed::More);
        let heard = connection.poll_hear(cx, &mut |content| match fed {
            Ok(Fed::More) => fed = parser.feed(content),
            Ok(Fed::Whole { .. }) => *unused |= !content.is_empty(),
            Err(_) => {}
        });
        match fed {
            Ok(Fed::More) => {}
            Ok(Fed::Whole { unused: count }) => {
                *unused |= count > 0 || !matches!(heard, Poll::Ready(Ok(Heard::Bytes)));
                return Poll::Ready(Ok(()));
            }
            Err(why) => return Poll::Ready(Err(Lost { why, dead: false })),
        }
        match heard {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok(Heard::Bytes)) => {}
            Poll::Ready(Ok(Heard::End { clean })) => {
                let dead = !parser.has_begun();
                *unused = true;
                return Poll::Ready(parser.end(clean).map_err(|why| Lost { why, dead }));
            }
            Poll::Ready(Err(error)) => return Poll::Ready(Err(lost(&error, parser))),
        }
    }
}

fn lost(error: &io::Error, parser: &AnswerParser) -> Lost {
    Lost { why: Undelivered::new(FailureCause::Closed, error), dead: !parser.has_begun() }
}
