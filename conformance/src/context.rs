//! What a check sees of one exchange: the messages, what went before, and ready-made questions.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use memchr::{memchr, memchr2};
use muster_journal::{Entry, Exchange};
use muster_wire::proposed::acknowledgement::Acknowledgement;
use muster_wire::proposed::trust_request::TrustRequestEntry;
use muster_wire::rum_report::{RumPayload, RumReport};
use muster_wire::transport::smart_answer::SmartAnswer;
use muster_wire::{AnswerStatus, Artefact, EntitlementTag, PollId, RequestType, Udi};

use crate::check::Judgement;
use crate::doubts::Doubts;
use crate::history::{Account, History, InstanceHistory, Poll, Role, ServerSide};
use crate::licensing_path;
use crate::message::Message;
use crate::signature;
use crate::signers::Signers;
use crate::treatment::{self, Treatment};

/// One exchange in its context.
#[derive(Debug)]
pub struct Context<'a> {
    /// The journal entry.
    pub entry: &'a Entry,
    /// The messages.
    pub message: &'a Message<'a>,
    /// What was known of the asking instance before this exchange.
    pub before: &'a InstanceHistory,
    /// The asking instance.
    pub udi: Option<&'a Udi>,
    history: &'a History,
    endpoints: Option<&'a BTreeMap<String, String>>,
    signers: Option<&'a Signers>,
    origin: OnceCell<Option<&'a Poll>>,
    payloads: OnceCell<Vec<RumPayload>>,
    treatment: OnceCell<Treatment>,
    doubts: OnceCell<Doubts>,
}

impl<'a> Context<'a> {
    /// The exchange with what was known of the instance before.
    #[must_use]
    pub fn new(
        entry: &'a Entry,
        message: &'a Message<'a>,
        history: &'a History,
        before: &'a InstanceHistory,
        udi: Option<&'a Udi>,
    ) -> Self {
        Self {
            entry,
            message,
            before,
            udi,
            history,
            endpoints: None,
            signers: None,
            origin: OnceCell::new(),
            payloads: OnceCell::new(),
            treatment: OnceCell::new(),
            doubts: OnceCell::new(),
        }
    }

    /// The same with the URLs the target profile gives the endpoints, as far as they are known.
    #[must_use]
    pub const fn at(mut self, endpoints: &'a BTreeMap<String, String>) -> Self {
        self.endpoints = Some(endpoints);
        self
    }

    /// The same with the keys the server signs with, as far as they are known.
    #[must_use]
    pub const fn signed_by(mut self, signers: &'a Signers) -> Self {
        self.signers = Some(signers);
        self
    }

    /// The exchange as recorded.
    #[must_use]
    pub const fn exchange(&self) -> &'a Exchange {
        self.message.exchange()
    }

    /// Name of the endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &'a str {
        &self.exchange().endpoint
    }

    /// Whether the endpoint is a CSLU tenant.
    #[must_use]
    pub fn is_cslu(&self) -> bool {
        self.endpoint().starts_with("cslu")
    }

    /// Which server was asked.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::of(self.endpoint())
    }

    /// What the asked server knew of the instance.
    #[must_use]
    pub fn side(&self) -> &'a ServerSide {
        self.before.side(self.role())
    }

    /// Whether the request was one a product instance would send.
    #[must_use]
    pub fn is_honest(&self) -> bool {
        self.exchange().intent.is_honest()
    }

    /// What the first request line asks for.
    #[must_use]
    pub fn request_type(&self) -> Option<&RequestType> {
        self.message.request_type()
    }

    /// Whether the first request line asks for that.
    #[must_use]
    pub fn asks_for(&self, kind: &RequestType) -> bool {
        self.request_type() == Some(kind)
    }

    /// How the server treated the request.
    #[must_use]
    pub fn treatment(&self) -> Treatment {
        *self.treatment.get_or_init(|| treatment::of(self.message))
    }

    /// The answer to an honest request, when it says the envelope was processed.
    #[must_use]
    pub fn processed(&self) -> Option<&SmartAnswer> {
        let refused = [AnswerStatus::Failed, AnswerStatus::OkTryAgain];
        let answer = self.message.answer().filter(|answer| !refused.contains(&answer.status));
        answer.filter(|_| self.is_honest())
    }

    /// What is wrong with the request; of a poll, with the request whose result is polled.
    #[must_use]
    pub fn doubts(&self) -> Doubts {
        *self.doubts.get_or_init(|| match self.poll_origin() {
            Some(origin) => origin.doubts,
            None => Doubts::of(self),
        })
    }

    /// The poll id asked for.
    #[must_use]
    pub fn poll_id(&self) -> Option<PollId> {
        if self.asks_for(&RequestType::Poll) { self.message.line()?.poll_id } else { None }
    }

    /// The deferred result asked for, when it was issued to this instance.
    #[must_use]
    pub fn poll_origin(&self) -> Option<&'a Poll> {
        *self.origin.get_or_init(|| self.before.poll(self.poll_id()?))
    }

    /// The first entry of the trust request.
    #[must_use]
    pub fn trust_request(&self) -> Option<&TrustRequestEntry> {
        match self.message.asked()? {
            Ok(Artefact::TrustRequest(request)) => request.entries.first(),
            _ => None,
        }
    }

    /// Whether the trust request is signed by the key it names; none when that cannot be told, as
    /// with an ID token, which journals mask. Assumed: the signature covers the text of `data`.
    #[must_use]
    pub fn is_trust_request_signed(&self) -> Option<bool> {
        let Some(Ok(Artefact::TrustRequest(request))) = self.message.asked() else { return None };
        let entry = request.entries.first().filter(|entry| entry.id_token.is_none())?;
        signature::verifies(&entry.public_key, &request.signed, &request.signature)
    }

    /// Whether the request asks for authorization codes; one that gives them back does not.
    #[must_use]
    pub fn asks_for_licenses(&self) -> bool {
        matches!(self.message.asked(), Some(Ok(Artefact::AuthorizationRequest(request)))
            if request.entries.iter().any(|entry| !entry.keys.is_empty()))
    }

    /// The RUM reports of the request.
    #[must_use]
    pub fn usage_reports(&self) -> &[RumReport] {
        match self.message.asked() {
            Some(Ok(Artefact::Usage(file))) => &file.reports,
            _ => &[],
        }
    }

    /// The payloads of those reports that can be read.
    #[must_use]
    pub fn payloads(&self) -> &[RumPayload] {
        self.payloads.get_or_init(|| {
            self.usage_reports().iter().filter_map(|report| report.payload().ok()).collect()
        })
    }

    /// The licences reported.
    pub fn reported_tags(&self) -> impl Iterator<Item = &EntitlementTag> {
        self.payloads().iter().filter_map(|payload| payload.meta.entitlement_tag.as_ref())
    }

    /// The account an ID token was seen to grant.
    #[must_use]
    pub fn account_of_token(&self, token: &str) -> Option<&'a Account> {
        self.history.account_of_token(token)
    }

    /// What was known of the run before this exchange.
    #[must_use]
    pub const fn history(&self) -> &'a History {
        self.history
    }

    /// `message_code` of a refusal, of the envelope or else of the line.
    #[must_use]
    pub fn refusal_code(&self) -> Option<&str> {
        if self.treatment() != Treatment::Refused {
            return None;
        }
        let envelope = self.message.answer()?.message_code.as_deref();
        envelope.or_else(|| self.message.answer_line()?.message_code.as_deref())
    }

    /// The path of the URL as it was asked for.
    #[must_use]
    pub fn path(&self) -> &'a str {
        let url = self.exchange().url.as_str();
        let behind = |at: usize| url[at + 1..].strip_prefix("//");
        let rest = memchr(b':', url.as_bytes()).and_then(behind).unwrap_or(url);
        let path = memchr(b'/', rest.as_bytes()).map_or("/", |at| &rest[at..]);
        memchr2(b'?', b'#', path.as_bytes()).map_or(path, |end| &path[..end])
    }

    /// Whether the request went to the endpoint's own URL, not to another path of its server.
    /// Where nobody says what that URL is, a path of the documented form is taken for it.
    #[must_use]
    pub fn is_at_own_url(&self) -> bool {
        match self.endpoints.and_then(|endpoints| endpoints.get(self.endpoint())) {
            Some(url) => self.exchange().url == *url,
            None => licensing_path::is_documented(self.endpoint(), self.path()),
        }
    }

    /// The answer in a few words.
    #[must_use]
    pub fn described(&self) -> String {
        treatment::describe(self.message)
    }

    /// Whether a signature is one over a text by a key the target profile names; none when it names
    /// none, or enough signatures were verified.
    #[must_use]
    pub fn is_signed_by_server(&self, text: &str, signature: &str) -> Option<bool> {
        self.signers?.signed(text, signature)
    }

    /// Judges the signature of an artefact of the server: there must be one, and where the target
    /// profile names the key, it must be that key's. Assumed: over which text.
    #[must_use]
    pub fn expects_signature(&self, text: &str, signature: &str) -> Judgement {
        let expected = "a signature by the key of the server";
        if signature.is_empty() {
            return Judgement::violates(expected, "none");
        }
        let holds = self.is_signed_by_server(text, signature) != Some(false);
        Judgement::of(holds, expected, || "a signature that does not verify".to_owned())
    }

    /// The acknowledgement given, when it is one of honest and sound reports.
    #[must_use]
    pub fn acknowledgement(&self) -> Option<&Acknowledgement> {
        let Some(Ok(Artefact::Acknowledgement(given))) = self.message.given() else { return None };
        let sound = match self.poll_origin() {
            Some(origin) => origin.honest,
            None => self.poll_id().is_none(),
        };
        (sound && self.is_honest() && self.doubts() == Doubts::default()).then_some(given)
    }

    /// Judges a request the server must not process. Any form of refusal will do; an answer put
    /// off is left open until the poll.
    #[must_use]
    pub fn expects_refusal(&self, expected: &str) -> Option<Judgement> {
        match self.treatment() {
            Treatment::Refused => Some(Judgement::Conforms),
            Treatment::Taken => Some(Judgement::violates(expected, self.described())),
            Treatment::Deferred if self.poll_origin().is_none() => Some(Judgement::Open),
            Treatment::Deferred | Treatment::Transient | Treatment::Unclear => None,
        }
    }

    /// The same for a refusal the documents show in the answer to the request itself: putting it
    /// off is taking the request in.
    #[must_use]
    pub fn expects_refusal_at_once(&self, expected: &str) -> Option<Judgement> {
        match self.expects_refusal(expected) {
            Some(Judgement::Open) => Some(Judgement::violates(expected, self.described())),
            judgement => judgement,
        }
    }

    /// Judges whether a licensing service is where it should be: an honest licensing request gets a
    /// licensing answer at a path of the documented form.
    #[must_use]
    pub fn expects_service(&self, form: &str, fits: impl Fn(&str) -> bool) -> Option<Judgement> {
        if self.exchange().method != "POST" || !self.is_honest() {
            return None;
        }
        self.request_type()?;
        let http = self.message.http()?;
        if self.treatment() == Treatment::Transient {
            return None;
        }
        let path = self.path().trim_end_matches('/');
        if !fits(path) {
            let (expected, actual) = (format!("the service at {form}"), format!("it is at {path}"));
            return Some(Judgement::violates(expected, actual));
        }
        if self.message.answer().is_some() {
            return Some(Judgement::Conforms);
        }
        // Other bytes under HTTP 2xx show that the service is there; they are judged elsewhere.
        let actual = format!("HTTP {} without a licensing answer", http.status);
        let missing = !(200..300).contains(&http.status);
        missing.then(|| Judgement::violates(format!("a licensing answer at {form}"), actual))
    }

    /// Judges the answer to the connection test: a bare GET on a licensing URL. What another path
    /// of the server answers, or what becomes of a GET with a body, no document says.
    #[must_use]
    pub fn expects_banner(&self) -> Option<Judgement> {
        let exchange = self.exchange();
        let is_bare_get = exchange.method == "GET" && exchange.request.body.0.is_empty();
        if !is_bare_get || !self.is_honest() || !self.is_at_own_url() {
            return None;
        }
        let http = self.message.http()?;
        if matches!(http.status, 408 | 425 | 429 | 500..=599) {
            return None;
        }
        let banner = muster_wire::status::RECEIVER_BANNER;
        let body = http.message.body.as_text().unwrap_or_default().trim();
        let holds = http.status == 200 && body == banner;
        Some(Judgement::of(holds, format_args!("HTTP 200 with {banner:?}"), || {
            let shown: String = body.chars().take(80).collect();
            format!("HTTP {} with {shown:?}", http.status)
        }))
    }
}
