//! All calls of one account.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use partywall_model::{Call, CallScope};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::asking::{Answered, Expired, Manners, Question, ask, refused};
use crate::client::Client;
use crate::description::Description;
use crate::error::CollectError;
use crate::plan::{Plan, child_requests, is_regional, root_request};
use crate::progress::{AccountSummary, Event};
use crate::record::{GLOBAL, Key};
use crate::refusal::{Refusal, RefusalKind};
use crate::store::{Finished, Store, StoreError};
use crate::wire::{self, Parameters};

/// Tells what happens.
pub(crate) type Progress = Arc<dyn Fn(Event) + Send + Sync>;

/// What the accounts of a collection share.
pub(crate) struct Shared {
    pub(crate) manners: Manners,
    pub(crate) plan: Plan,
    pub(crate) store: Store,
    pub(crate) progress: Progress,
    /// Whether what was refused is asked again.
    pub(crate) again: bool,
    pub(crate) description: Mutex<Description>,
}

impl Shared {
    /// Changes the description of the collection and keeps it.
    pub(crate) async fn describe(&self, change: impl FnOnce(&mut Description)) -> Result<(), StoreError> {
        let mut description = self.description.lock().await;
        change(&mut description);
        self.store.describe(description.to_json()).await
    }
}

/// An account that is collected.
pub(crate) struct Account {
    pub(crate) shared: Arc<Shared>,
    pub(crate) client: Arc<Client>,
    pub(crate) finished: Finished,
    /// Whether the calls of the organization are made with its credentials.
    pub(crate) is_first: bool,
    pub(crate) summary: AccountSummary,
}

/// A service in a region: what is paced together.
type Lane = (String, &'static str);

/// A call that waits, with the name of its region in the collection.
struct Waiting {
    question: Question,
    place: String,
}

type Ended = (Lane, Waiting, Result<Answered, Expired>);

/// The state of a running account.
struct Run {
    account: Account,
    lanes: BTreeMap<Lane, VecDeque<Waiting>>,
    under_way: BTreeMap<Lane, usize>,
    /// How many calls may be under way in a lane that was throttled.
    allowed: BTreeMap<Lane, usize>,
    /// The lane whose turn was last.
    turn: Option<Lane>,
    asked: HashSet<Key>,
    planned: usize,
}

impl Account {
    /// Makes every call that has not ended yet. What the account refuses is recorded; only a failing store is an error.
    pub(crate) async fn collect(self) -> Result<AccountSummary, CollectError> {
        let shared = self.shared.clone();
        let mut run = Run {
            account: self,
            lanes: BTreeMap::new(),
            under_way: BTreeMap::new(),
            allowed: BTreeMap::new(),
            turn: None,
            asked: HashSet::new(),
            planned: 0,
        };
        run.plan_roots()?;
        run.make_calls().await?;
        let summary = run.account.summary;
        shared.store.close_account(&summary.account).await?;
        Ok(summary)
    }

    fn home(&self) -> &'static str {
        wire::home(&self.summary.partition)
    }

    /// Asks one call of the collector itself, or takes the answer of an earlier run.
    pub(crate) async fn ask_own(&mut self, call: &'static Call) -> Result<Answered, CollectError> {
        let question = Question {
            call,
            region: self.home().to_owned(),
            request: root_request(call, &self.summary.account),
            is_report: false,
        };
        let key = Key::new(GLOBAL, call, &question.request);
        if self.finished.contains(&key, true) {
            return Ok(Answered { answers: self.finished.answers(&key)?, ..Answered::default() });
        }
        let answered = ask(&self.client, &self.shared.manners, &question)
            .await
            .map_err(|Expired(_)| CollectError::Expired { profile: None })?;
        self.keep(GLOBAL, call, &answered).await?;
        self.finished.note(answered.lines.clone(), GLOBAL);
        Ok(answered)
    }

    pub(crate) async fn keep(&mut self, place: &str, call: &Call, answered: &Answered) -> Result<(), StoreError> {
        let account = &self.summary.account;
        self.shared.store.append(account, place, call.service, answered.lines.clone()).await?;
        self.summary.calls += 1;
        self.summary.pages += answered.pages;
        self.summary.bytes += answered.bytes;
        if let Some(refusal) = &answered.refusal {
            *self.summary.refusals.entry(refusal.kind).or_default() += 1;
        }
        (self.shared.progress)(Event::CallFinished {
            account: account.clone(),
            region: place.to_owned(),
            call: call.id(),
            pages: answered.pages,
            refusal: answered.refusal.as_ref().map(|refusal| refusal.kind),
        });
        Ok(())
    }
}

impl Run {
    fn plan_roots(&mut self) -> Result<(), StoreError> {
        let shared = self.account.shared.clone();
        for call in &shared.plan.roots {
            let request = root_request(call, &self.account.summary.account);
            self.plan(call, None, &request)?;
        }
        self.tell_planned();
        Ok(())
    }

    /// Plans a call in its region, in every region, or for the whole account, after its scope and its parent's.
    fn plan(
        &mut self,
        call: &'static Call,
        parent_place: Option<&str>,
        request: &Parameters,
    ) -> Result<(), StoreError> {
        if call.scope == CallScope::Organization && !self.account.is_first {
            return Ok(());
        }
        let places = match parent_place.filter(|place| *place != GLOBAL) {
            _ if !is_regional(call) => vec![GLOBAL.to_owned()],
            Some(place) => vec![place.to_owned()],
            None => self.account.summary.regions.clone(),
        };
        for place in places {
            self.plan_at(call, place, request.clone())?;
        }
        Ok(())
    }

    fn plan_at(&mut self, call: &'static Call, place: String, request: Parameters) -> Result<(), StoreError> {
        let key = Key::new(&place, call, &request);
        if !self.asked.insert(key.clone()) {
            return Ok(());
        }
        let is_report = call.prepares || self.follows_report(call);
        let region = if place == GLOBAL { self.account.home().to_owned() } else { place.clone() };
        let question = Question { call, region, request, is_report };
        if self.account.finished.contains(&key, self.account.shared.again) {
            self.account.summary.calls_before += 1;
            if !self.account.shared.plan.children(call).is_empty() {
                let answers = self.account.finished.answers(&key)?;
                self.plan_children(&question, &place, &answers)?;
            }
            return Ok(());
        }
        self.planned += 1;
        self.lanes.entry((place.clone(), call.service)).or_default().push_back(Waiting { question, place });
        Ok(())
    }

    fn follows_report(&self, call: &'static Call) -> bool {
        call.for_each
            .as_ref()
            .and_then(|each| partywall_model::call(each.parent.0, each.parent.1))
            .is_some_and(|parent| parent.prepares)
    }

    fn plan_children(
        &mut self,
        question: &Question,
        place: &str,
        answers: &[Map<String, Value>],
    ) -> Result<(), StoreError> {
        let shared = self.account.shared.clone();
        for child in shared.plan.children(question.call) {
            for request in child_requests(child, &self.account.summary.account, &question.request, answers) {
                self.plan(child, Some(place), &request)?;
            }
        }
        Ok(())
    }

    fn tell_planned(&mut self) {
        if self.planned > 0 {
            let count = std::mem::take(&mut self.planned);
            let account = self.account.summary.account.clone();
            (self.account.shared.progress)(Event::CallsPlanned { account, count });
        }
    }

    async fn make_calls(&mut self) -> Result<(), CollectError> {
        let mut under_way: FuturesUnordered<BoxFuture<'static, Ended>> = FuturesUnordered::new();
        let at_once = self.account.shared.manners.limits.requests_at_once;
        let is_custom = self.has_custom_endpoints();
        loop {
            while under_way.len() < at_once {
                let Some((lane, waiting)) = self.next() else {
                    break;
                };
                let (client, shared) = (self.account.client.clone(), self.account.shared.clone());
                under_way.push(Box::pin(async move {
                    let answered = match offered(&client, &waiting.question, is_custom).await {
                        Some(refusal) => Ok(refused(&waiting.question, refusal)),
                        None => ask(&client, &shared.manners, &waiting.question).await,
                    };
                    (lane, waiting, answered)
                }));
            }
            let Some((lane, waiting, answered)) = under_way.next().await else {
                return Ok(());
            };
            if let Some(count) = self.under_way.get_mut(&lane) {
                *count = count.saturating_sub(1);
            }
            match answered {
                Ok(answered) => {
                    self.adapt(lane, answered.was_throttled);
                    self.end(&waiting, &answered).await?;
                }
                Err(Expired(reason)) => {
                    self.account.summary.failure = Some(reason);
                    return Ok(());
                }
            }
        }
    }

    /// The next call: the lanes take turns, and each has only so many calls under way.
    fn next(&mut self) -> Option<(Lane, Waiting)> {
        let calls_at_once = self.account.shared.manners.limits.calls_at_once;
        let is_free = |lane: &Lane| {
            let allowed = self.allowed.get(lane).copied().unwrap_or(calls_at_once);
            self.under_way.get(lane).copied().unwrap_or_default() < allowed
        };
        let later = self.lanes.keys().filter(|lane| self.turn.as_ref().is_none_or(|turn| *lane > turn));
        let lane = later.chain(self.lanes.keys()).find(|lane| is_free(lane))?.clone();
        let queue = self.lanes.get_mut(&lane)?;
        let waiting = queue.pop_front()?;
        if queue.is_empty() {
            self.lanes.remove(&lane);
        }
        *self.under_way.entry(lane.clone()).or_default() += 1;
        self.turn = Some(lane.clone());
        Some((lane, waiting))
    }

    /// A lane that throttles has half as many calls under way, and one more with each that goes well.
    fn adapt(&mut self, lane: Lane, was_throttled: bool) {
        let most = self.account.shared.manners.limits.calls_at_once;
        let allowed = self.allowed.get(&lane).copied().unwrap_or(most);
        let allowed = if was_throttled { (allowed / 2).max(1) } else { allowed + 1 };
        if allowed < most {
            self.allowed.insert(lane, allowed);
        } else {
            self.allowed.remove(&lane);
        }
    }

    async fn end(&mut self, waiting: &Waiting, answered: &Answered) -> Result<(), StoreError> {
        self.account.keep(&waiting.place, waiting.question.call, answered).await?;
        let is_generated_later = waiting.question.call.prepares && answered.answers.is_empty();
        if !answered.answers.is_empty() || is_generated_later {
            self.plan_children(&waiting.question, &waiting.place, &answered.answers)?;
        }
        self.tell_planned();
        Ok(())
    }

    fn has_custom_endpoints(&self) -> bool {
        let home = self.account.home();
        wire::service("sts")
            .and_then(|service| self.account.client.endpoint(service, home).ok())
            .is_some_and(|endpoint| endpoint.is_custom)
    }
}

/// A refusal when the service does not exist in the region: the data knows the region and does not list the service
/// there, and its name does not resolve while the name of another service does.
async fn offered(client: &Client, question: &Question, is_custom: bool) -> Option<Refusal> {
    let service = wire::service(question.call.service)?;
    if is_custom || wire::is_offered(service, &question.region) {
        return None;
    }
    let host = |service: &wire::Service| {
        let endpoint = client.endpoint(service, &question.region).ok()?;
        (!endpoint.is_custom).then(|| endpoint.url.trim_start_matches("https://").to_owned())
    };
    let (name, known) = (host(service)?, host(wire::service("sts")?)?);
    if resolves(&name).await || !resolves(&known).await {
        return None;
    }
    let message = format!("`{}` does not exist in `{}`", question.call.service, question.region);
    Some(Refusal::new(question.call, RefusalKind::NotOffered, "", &message))
}

async fn resolves(host: &str) -> bool {
    tokio::net::lookup_host((host, 443)).await.is_ok_and(|mut addresses| addresses.next().is_some())
}
