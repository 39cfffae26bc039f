//! What a check sees of a classic exchange: the messages, what went before, and ready-made
//! questions.

use muster_journal::{Deviation, Exchange};
use muster_wire::Udi;
use muster_wire::classic::proposed::poll::POLL_INTERVAL_S;
use muster_wire::classic::{AnswerData, ClassicAnswer, MessageType, RequestData};

use super::book::Book;
use super::doubts::ClassicDoubts;
use super::exchange::ClassicExchange;
use super::side::{ClassicSide, Pending};
use crate::check::Judgement;
use crate::context::Context;
use crate::history::{History, InstanceHistory, Role};
use crate::treatment::Treatment;

/// A classic exchange in its context.
#[derive(Clone, Copy, Debug)]
pub struct Classic<'a> {
    recorded: &'a Exchange,
    exchange: &'a ClassicExchange,
    before: &'a InstanceHistory,
    history: &'a History,
    udi: Option<&'a Udi>,
}

impl<'a> Classic<'a> {
    /// The classic side of an exchange; none when it is of the policy era.
    #[must_use]
    pub fn of(context: &Context<'a>) -> Option<Self> {
        Some(Self {
            recorded: context.exchange(),
            exchange: context.message.classic()?,
            before: context.before,
            history: context.history(),
            udi: context.udi,
        })
    }

    /// The same for one kind of request.
    #[must_use]
    pub fn asking(context: &Context<'a>, kind: &MessageType) -> Option<Self> {
        Self::of(context).filter(|classic| classic.asks_for(kind))
    }

    /// The exchange as recorded.
    #[must_use]
    pub const fn recorded(&self) -> &'a Exchange {
        self.recorded
    }

    /// Which server was asked.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::of(&self.recorded.endpoint)
    }

    /// The asking instance.
    #[must_use]
    pub const fn udi(&self) -> Option<&'a Udi> {
        self.udi
    }

    /// The two messages.
    #[must_use]
    pub const fn exchange(&self) -> &'a ClassicExchange {
        self.exchange
    }

    /// Whether that is asked.
    #[must_use]
    pub fn asks_for(&self, kind: &MessageType) -> bool {
        self.exchange.kind() == Some(kind)
    }

    /// What is asked, or of a poll, what its result is of.
    #[must_use]
    pub fn about(&self) -> Option<&'a MessageType> {
        match self.data() {
            Some(RequestData::Poll(poll)) => Some(&poll.poll_type),
            _ => self.exchange.kind(),
        }
    }

    /// What the request says.
    #[must_use]
    pub const fn data(&self) -> Option<&'a RequestData> {
        self.exchange.data.as_ref()
    }

    /// The answer.
    #[must_use]
    pub fn said(&self) -> Option<&'a ClassicAnswer> {
        self.exchange.said()
    }

    /// What the answer gives.
    #[must_use]
    pub fn given(&self) -> Option<&'a AnswerData> {
        self.exchange.given()
    }

    /// How the server treated the request.
    #[must_use]
    pub fn treatment(&self) -> Treatment {
        self.exchange.treatment()
    }

    /// The answer in a few words.
    #[must_use]
    pub fn described(&self) -> String {
        self.exchange.described()
    }

    /// What was made wrong on purpose.
    #[must_use]
    pub fn deviations(&self) -> &'a [Deviation] {
        &self.recorded.intent.deviations
    }

    /// Name of the ID token used.
    #[must_use]
    pub fn token(&self) -> Option<&'a str> {
        self.recorded.intent.id_token.as_deref()
    }

    /// What the asked server knew of the instance.
    #[must_use]
    pub fn side(&self) -> &'a ClassicSide {
        self.before.classic(self.role())
    }

    /// What the run knows as a whole.
    #[must_use]
    pub const fn book(&self) -> &'a Book {
        self.history.book()
    }

    /// What servers know of the other instances of a virtual account, and of this one at another
    /// server; of those whose account is not known, too.
    pub fn others(&self, account: &str) -> impl Iterator<Item = (Role, &'a ClassicSide)> {
        let own = std::ptr::from_ref(self.side());
        self.history.classic_sides().filter(move |(_, side)| {
            let known = side.account.as_ref();
            known.is_none_or(|known| known.virtual_account == account) && !std::ptr::eq(*side, own)
        })
    }

    /// The deferred result a poll asks for, when it was issued to this instance.
    #[must_use]
    pub fn pending(&self) -> Option<&'a Pending> {
        match self.data()? {
            RequestData::Poll(poll) => self.side().pending(poll.poll_id),
            _ => None,
        }
    }

    /// What is wrong with the request.
    #[must_use]
    pub fn doubts(&self) -> ClassicDoubts {
        ClassicDoubts::of(self)
    }

    /// Whether the request is one a product instance would send and a server may do.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.recorded.intent.is_honest() && !self.doubts().any()
    }

    /// Judges a request the server must not do. Any form of refusal will do; what is put off, or
    /// answered in a form that cannot be read, is not judged.
    #[must_use]
    pub fn expects_refusal(&self, expected: &str) -> Option<Judgement> {
        match self.treatment() {
            Treatment::Refused => Some(Judgement::Conforms),
            Treatment::Taken => Some(Judgement::violates(expected, self.described())),
            Treatment::Deferred | Treatment::Transient | Treatment::Unclear => None,
        }
    }

    /// Judges whether what was put off is to be asked for again in an hour; a result at once is no
    /// answer of an On-Prem, which has to ask CSSM first.
    #[must_use]
    pub fn expects_hourly_poll(&self) -> Option<Judgement> {
        let interval = match (self.treatment(), self.given()) {
            (Treatment::Deferred, Some(AnswerData::Deferred(deferred))) => deferred.poll_interval,
            (Treatment::Deferred, Some(AnswerData::Conversion(answer))) => answer.poll_interval?,
            (
                Treatment::Taken,
                Some(AnswerData::ExportAuthorization(_) | AnswerData::Conversion(_)),
            ) if self.pending().is_none() => {
                return Some(Judgement::violates("a poll in 3600 s", self.described()));
            }
            _ => return None,
        };
        let holds = interval == POLL_INTERVAL_S;
        Some(Judgement::of(holds, "a poll in 3600 s", || format!("a poll in {interval} s")))
    }

    /// Judges a request the server has to do. What is no licensing answer is judged elsewhere.
    #[must_use]
    pub fn expects_success(&self, expected: &str) -> Option<Judgement> {
        match self.treatment() {
            Treatment::Taken => Some(Judgement::Conforms),
            Treatment::Refused if self.said().is_some() => {
                Some(Judgement::violates(expected, self.described()))
            }
            _ => None,
        }
    }
}
