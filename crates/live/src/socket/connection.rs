//! One connection: frames in, in order; events out, from its position on; and the clock.

use actix_web::web;
use actix_ws::AggregatedMessage;
use showrunner_domain::event::{LogBounds, ResumePoint, Seq, Topic, UnknownTopic};
use showrunner_domain::identity::{AccessService, Action, permit};
use showrunner_domain::presence::Place;
use showrunner_domain::{Clock, ResourceKind, ServiceError};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::client_frame::ClientFrame;
use super::close_code::{AUTHENTICATE, POLICY, RESUME};
use super::company::Company;
use super::ending::Ending;
use super::intake::Intake;
use super::outlet::Outlet;
use super::server_frame::{ErrorCode, Refusal, ServerFrame};
use super::standing::Standing;
use crate::delivery::{Delivery, Next};
use crate::hub::{Membership, Pulse};
use crate::pace::Pace;
use crate::subscriptions::Subscriptions;
use crate::tcp::SocketHandle;
use crate::vigil::Vigil;
use crate::watchers::Watchers;

/// After how many refused frames in a row the connection is closed.
const PATIENCE: u8 = 100;
/// How many topics a connection may hold.
const MOST_TOPICS: usize = 200;

/// What a connection knows.
pub(super) struct Connection {
    pub(super) hub: Membership,
    pub(super) access: web::Data<AccessService>,
    pub(super) clock: web::Data<dyn Clock>,
    pub(super) pace: web::Data<Pace>,
    pub(super) watchers: web::Data<Watchers>,
    pub(super) company: Company,
    pub(super) pulse: watch::Receiver<Pulse>,
    pub(super) outlet: Outlet,
    pub(super) standing: Standing,
    pub(super) vigil: Vigil,
    pub(super) subscriptions: Subscriptions,
    /// `None` until the first subscription.
    pub(super) delivery: Option<Delivery>,
    pub(super) refused_in_a_row: u8,
    pub(super) last_heard: Instant,
    pub(super) next_ping: Instant,
}

/// Runs a connection to its end. `head` is for the first `ready` frame, where the upgrade already carried a token.
pub(super) async fn attend(
    mut connection: Connection,
    mut intake: Intake,
    socket: Option<SocketHandle>,
    head: Option<Seq>,
) {
    let ending = connection.run(&mut intake, head).await;
    drop(intake);
    let Connection { hub, outlet, pace, company, .. } = connection;
    drop(company);
    ending.carry_out(outlet, socket, &pace).await;
    drop(hub);
}

impl Connection {
    /// Runs until the connection must end, and says why.
    async fn run(&mut self, intake: &mut Intake, head: Option<Seq>) -> Ending {
        if let Some(head) = head
            && let Err(ending) = self.outlet.frame(&ServerFrame::Ready { head }).await
        {
            return ending;
        }
        loop {
            if let Err(ending) = self.turn(intake).await {
                return ending;
            }
        }
    }

    /// Looks at the clock, sends a batch, then waits for whatever comes next. Frames come first there: they are proof
    /// of life, and nobody is given up for silence while one waits to be read.
    async fn turn(&mut self, intake: &mut Intake) -> Result<(), Ending> {
        self.keep_time().await?;
        self.keep_vigil().await?;
        self.tell_presence().await?;
        let next = self.deliver().await?;
        let due = self.due(next);
        tokio::select! {
            biased;
            // In a box, so that an idle connection does not hold the room that handling a frame takes.
            message = intake.next() => Box::pin(self.hear(message?)).await,
            () = next.progress(&mut self.pulse, self.vigil.mark()) => Ok(()),
            () = self.company.has_news() => Ok(()),
            () = sleep_until(due) => self.mind_silence(),
        }
    }

    async fn keep_time(&mut self) -> Result<(), Ending> {
        if self.pulse.borrow().draining {
            return Err(Ending::Close(RESUME, "this server stops: resume with since"));
        }
        if let Some(expired) = self.standing.keep_time(self.clock.as_ref(), self.pace.renewal)? {
            self.outlet.frame(&ServerFrame::Error(&expired)).await?;
        }
        if self.next_ping <= Instant::now() {
            self.next_ping = Instant::now() + self.pace.ping;
            self.outlet.ping().await?;
        }
        Ok(())
    }

    /// Asks whether the user may still be here, if their account has changed.
    async fn keep_vigil(&mut self) -> Result<(), Ending> {
        let Some(actor) = self.standing.user_mut() else {
            self.vigil = Vigil::since(self.hub.mark(), None);
            return Ok(());
        };
        let gone = |reason| Ending::Close(AUTHENTICATE, reason);
        self.vigil.look(&self.hub, &self.access, actor).await.map_err(gone)
    }

    /// Sends what lies next, if anything may be sent, and answers what to wait for then.
    async fn deliver(&mut self) -> Result<Next, Ending> {
        match (&self.standing, &mut self.delivery) {
            (Standing::Known(actor), Some(delivery)) if !self.subscriptions.is_empty() => {
                delivery.go_on(&self.hub, actor, &self.subscriptions, &mut self.outlet).await
            }
            _ => Ok(Next::Nothing),
        }
    }

    /// Tells who looks at what the connection watches, while its token is good.
    async fn tell_presence(&mut self) -> Result<(), Ending> {
        let Standing::Known(actor) = &self.standing else { return Ok(()) };
        for frame in self.company.news(actor) {
            self.outlet.text(frame).await?;
        }
        Ok(())
    }

    /// When to look at the clock again, at the latest.
    fn due(&self, next: Next) -> Instant {
        let silence = self.last_heard + self.pace.silence;
        self.vigil.or_at(next.or_at(self.standing.due(self.clock.as_ref()).min(self.next_ping).min(silence)))
    }

    fn mind_silence(&self) -> Result<(), Ending> {
        if self.last_heard.elapsed() < self.pace.silence {
            return Ok(());
        }
        Err(Ending::Close(RESUME, "nothing was heard for too long: resume with since"))
    }

    async fn hear(&mut self, message: AggregatedMessage) -> Result<(), Ending> {
        self.last_heard = Instant::now();
        let refusal = match message {
            AggregatedMessage::Ping(payload) => return self.outlet.pong(payload).await,
            AggregatedMessage::Pong(_) => return Ok(()),
            AggregatedMessage::Close(reason) => return Err(Ending::Answered(reason)),
            AggregatedMessage::Binary(_) => Refusal::new(ErrorCode::Malformed, "frames are JSON text, not binary"),
            AggregatedMessage::Text(text) => match ClientFrame::parse(&text) {
                Ok(frame) => match self.handle(frame).await {
                    Ok(()) => {
                        self.refused_in_a_row = 0;
                        return Ok(());
                    }
                    Err(Stop::Ending(ending)) => return Err(ending),
                    Err(Stop::Refusal(refusal)) => refusal,
                },
                Err(refusal) => refusal,
            },
        };
        self.outlet.frame(&ServerFrame::Error(&refusal)).await?;
        self.refused_in_a_row += 1;
        if self.refused_in_a_row == PATIENCE {
            return Err(Ending::Close(POLICY, "too many frames were refused in a row"));
        }
        Ok(())
    }

    async fn handle(&mut self, frame: ClientFrame) -> Result<(), Stop> {
        // What clients send by themselves, again and again, says nothing of their users.
        if !matches!(frame, ClientFrame::Ping | ClientFrame::Auth { .. }) {
            self.company.is_active();
        }
        match frame {
            ClientFrame::Auth { token } => self.authenticate(&token).await,
            ClientFrame::Subscribe { topics, from } => self.subscribe(&topics, from).await,
            ClientFrame::Unsubscribe { topics } => {
                self.standing.actor()?;
                self.subscriptions.remove(&parse_topics(&topics)?);
                self.company.subscribe(&self.subscriptions);
                Ok(())
            }
            ClientFrame::View(place) => self.view(place).await,
            ClientFrame::Unview(place) => {
                self.standing.actor()?;
                self.company.unview(place, &self.subscriptions);
                Ok(())
            }
            ClientFrame::Ping => Ok(self.outlet.frame(&ServerFrame::Pong).await?),
        }
    }

    async fn authenticate(&mut self, token: &str) -> Result<(), Stop> {
        let mark = self.hub.mark();
        let accepted = match self.access.authenticate(token).await {
            Ok(actor) => {
                let proof = self.access.proof(token).await.map_err(Refusal::from)?;
                self.vigil = Vigil::since(mark, Some(proof));
                let head = self.bounds().await?.head;
                let accepted = self.standing.accept(actor).map(|()| head);
                self.join_company();
                accepted
            }
            Err(error) => Err(Refusal::from(error)),
        };
        match accepted {
            Ok(head) => Ok(self.outlet.frame(&ServerFrame::Ready { head }).await?),
            Err(refusal) if refusal.code == ErrorCode::Unauthenticated => {
                self.outlet.frame(&ServerFrame::Error(&refusal)).await?;
                Err(Stop::Ending(Ending::Close(AUTHENTICATE, "the token was not accepted")))
            }
            Err(refusal) => Err(Stop::Refusal(refusal)),
        }
    }

    async fn subscribe(&mut self, texts: &[String], wanted: Option<ResumePoint>) -> Result<(), Stop> {
        let actor = self.standing.actor()?;
        permit(actor, Action::Read, ResourceKind::Event).map_err(Refusal::from)?;
        let topics = parse_topics(texts)?;
        if wanted.is_some() && self.delivery.is_some() {
            let message = "since counts in a connection's first subscription only";
            return Err(Refusal::new(ErrorCode::SinceNotAllowed, message).into());
        }
        if self.subscriptions.count_with(&topics) > MOST_TOPICS {
            return Err(Refusal::new(ErrorCode::TooManyTopics, "a connection may hold 200 topics").into());
        }
        let from = match wanted {
            None => self.bounds().await?.head,
            Some(wanted) => self.resume(wanted).await?,
        };
        if self.subscriptions.is_empty() {
            self.delivery = Some(Delivery::after(from));
        }
        self.subscriptions.add(&topics, from);
        self.company.subscribe(&self.subscriptions);
        Ok(self.outlet.frame(&ServerFrame::Subscribed { topics: texts, from }).await?)
    }

    /// The user looks at a record that they may read. Who else does is told at once, and then whenever that changes. To
    /// say so again costs nothing, and shows that the user is still there.
    async fn view(&mut self, place: Place) -> Result<(), Stop> {
        let actor = self.standing.actor()?.clone();
        if self.company.views(place) {
            return Ok(());
        }
        self.watchers.admit(actor, place).await.map_err(Refusal::from)?;
        self.company.view(place, &self.subscriptions)?;
        Ok(self.outlet.text(self.watchers.frame(place)).await?)
    }

    /// The user whose token was accepted is there.
    pub(super) fn join_company(&mut self) {
        if let Standing::Known(actor) = &self.standing {
            self.company.begin(actor, &self.watchers);
        }
    }

    /// Where a client goes on that stopped at `wanted`. One that cannot is told to read the records again.
    async fn resume(&mut self, wanted: ResumePoint) -> Result<Seq, Stop> {
        let history = self.hub.log().history(wanted.since).await;
        let history = history.map_err(|error| Refusal::from(ServiceError::from(error)))?;
        let Err(reason) = history.verify(wanted) else { return Ok(wanted.since) };
        let head = history.bounds.head;
        self.outlet.frame(&ServerFrame::Resync { head, reason: &reason.to_string() }).await?;
        Ok(head)
    }

    /// What the log holds, read from the store after the frame came: it covers every change answered before that.
    async fn bounds(&self) -> Result<LogBounds, Refusal> {
        self.hub.log().bounds().await.map_err(|error| ServiceError::from(error).into())
    }
}

/// Reads topics, all or none.
fn parse_topics(texts: &[String]) -> Result<Vec<Topic>, Refusal> {
    let parse = |text: &String| {
        text.parse().map_err(|error: UnknownTopic| Refusal::new(ErrorCode::UnknownTopic, error.to_string()))
    };
    texts.iter().map(parse).collect()
}

/// Why a frame was not carried out.
enum Stop {
    /// The client is told, and the connection goes on.
    Refusal(Refusal),
    /// The connection ends.
    Ending(Ending),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Ending> for Stop {
    fn from(ending: Ending) -> Self {
        Self::Ending(ending)
    }
}
