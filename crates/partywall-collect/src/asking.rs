//! One call, from its first request to its last page.

use std::collections::BTreeMap;
use std::time::Duration;

use partywall_model::Call;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::client::{Answer, AskError, Client};
use crate::conceal::{Detector, conceal};
use crate::options::Limits;
use crate::record::{Line, now};
use crate::refusal::{Refusal, RefusalKind, is_expired, is_throttled};
use crate::wire::{self, Pages, Parameters};

/// What a report says of itself while AWS still computes it.
const UNDER_WAY: [&str; 3] = ["STARTED", "INPROGRESS", "IN_PROGRESS"];

/// What every call of a collection shares.
#[derive(Debug)]
pub(crate) struct Manners {
    pub(crate) limits: Limits,
    pub(crate) detector: Detector,
    /// Requests that may be under way.
    pub(crate) requests: Semaphore,
}

/// A call to be made.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) call: &'static Call,
    /// The region that is asked.
    pub(crate) region: String,
    pub(crate) request: Parameters,
    /// Whether the answer is a report that may still be computed.
    pub(crate) is_report: bool,
}

/// What came of a call.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// The lines for the collection.
    pub(crate) lines: Vec<u8>,
    /// The pages, concealed.
    pub(crate) answers: Vec<Map<String, Value>>,
    /// Pages that were received.
    pub(crate) pages: usize,
    /// Of the bodies that were received.
    pub(crate) bytes: usize,
    /// Whether the service had to be asked for patience after all attempts of a request.
    pub(crate) was_throttled: bool,
    pub(crate) refusal: Option<Refusal>,
}

/// The credentials of the account are no longer good, so the call has not ended.
#[derive(Debug)]
pub(crate) struct Expired(pub(crate) String);

/// Asks for every page.
pub(crate) async fn ask(client: &Client, manners: &Manners, question: &Question) -> Result<Answered, Expired> {
    let call = question.call;
    let pages = wire::service(call.service)
        .and_then(|service| service.operations.get(call.operation))
        .and_then(|operation| operation.pages.as_ref());
    let mut conversation = Conversation::new(question);
    let mut request = question.request.clone();
    if let Some((limit, most)) = pages.and_then(|pages| pages.limit.as_ref()) {
        request.entry(limit).or_insert_with(|| Value::from(*most));
    }
    loop {
        let mut answer =
            match ask_page(client, manners, question, &request, &mut conversation.answered.was_throttled).await {
                Ok(answer) => answer,
                Err(error) if is_expired(&error) => return Err(Expired(error.to_string())),
                Err(error) => {
                    conversation.refuse(Refusal::of(call, &error), request_id(&error));
                    return Ok(conversation.answered);
                }
            };
        conversation.answered.bytes += answer.bytes;
        let next = pages.map_or(Ok(None), |pages| next_tokens(pages, &answer.members));
        conceal(&mut answer.members, call.conceal, manners.detector);
        let tokens = match next {
            Ok(None) => {
                conversation.add(answer, true);
                return Ok(conversation.answered);
            }
            Ok(Some(tokens)) => tokens,
            Err(reason) => {
                conversation.add(answer, false);
                conversation.refuse(Refusal::new(call, RefusalKind::Malformed, "", &reason), String::new());
                return Ok(conversation.answered);
            }
        };
        let request_id = answer.request_id.clone();
        conversation.add(answer, false);
        if let Some(reason) = conversation.endless(&tokens, &manners.limits) {
            conversation.refuse(Refusal::new(call, RefusalKind::Malformed, "", &reason), request_id);
            return Ok(conversation.answered);
        }
        request.extend(tokens.iter().cloned());
        conversation.tokens = Some(tokens);
    }
}

/// Asks for one page: once more after pauses when the service asks for patience, and until it is there when it is a
/// report.
async fn ask_page(
    client: &Client,
    manners: &Manners,
    question: &Question,
    request: &Parameters,
    was_throttled: &mut bool,
) -> Result<Answer, AskError> {
    let limits = &manners.limits;
    let mut throttled_pauses = limits.throttled_pauses.iter();
    let end = Instant::now() + limits.report_timeout;
    loop {
        let answer = {
            let _permit = manners.requests.acquire().await;
            client.ask(question.call.service, question.call.operation, &question.region, request).await
        };
        match answer {
            Err(error) if is_throttled(&error) => {
                *was_throttled = true;
                match throttled_pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(error),
                }
            }
            Ok(answer) if question.is_report && is_under_way(&answer.members) => {
                if Instant::now() + limits.report_pause > end {
                    return Err(AskError::Timeout(format!(
                        "the report is not there after {}",
                        seconds(limits.report_timeout)
                    )));
                }
                tokio::time::sleep(limits.report_pause).await;
            }
            other => return other,
        }
    }
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs())
}

fn is_under_way(answer: &Map<String, Value>) -> bool {
    ["State", "JobStatus"]
        .into_iter()
        .filter_map(|member| answer.get(member)?.as_str())
        .any(|state| UNDER_WAY.contains(&state))
}

fn request_id(error: &AskError) -> String {
    match error {
        AskError::Api(error) => error.request_id.clone(),
        AskError::Malformed { request_id, .. } => request_id.clone(),
        _ => String::new(),
    }
}

/// What was said so far.
struct Conversation<'q> {
    question: &'q Question,
    answered: Answered,
    tokens: Option<Vec<(String, Value)>>,
}

impl<'q> Conversation<'q> {
    fn new(question: &'q Question) -> Self {
        Self { question, answered: Answered::default(), tokens: None }
    }

    fn add(&mut self, answer: Answer, last: bool) {
        self.line(last, &answer.request_id, Some(&answer.sha256), Some(&answer.members), None);
        self.answered.pages += 1;
        self.answered.answers.push(answer.members);
    }

    fn refuse(&mut self, refusal: Refusal, request_id: String) {
        let nothing = Map::new();
        let answer = (refusal.kind == RefusalKind::Unset).then_some(&nothing);
        self.line(true, &request_id, None, answer, Some(&refusal));
        self.answered.refusal = Some(refusal);
    }

    fn line(
        &mut self,
        last: bool,
        request_id: &str,
        sha256: Option<&str>,
        answer: Option<&Map<String, Value>>,
        refusal: Option<&Refusal>,
    ) {
        let request: BTreeMap<&str, &Value> =
            self.question.request.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let line = Line {
            call: &self.question.call.id(),
            request: &request,
            page: self.answered.pages,
            last,
            time: now(),
            request_id,
            sha256,
            answer,
            refusal,
        };
        // A line holds texts, numbers and maps with text keys only, all of which have a JSON form.
        if serde_json::to_writer(&mut self.answered.lines, &line).is_ok() {
            self.answered.lines.push(b'\n');
        }
    }

    /// Why no further page is asked for, when the answer seems to have no end.
    fn endless(&self, tokens: &[(String, Value)], limits: &Limits) -> Option<String> {
        if self.tokens.as_deref() == Some(tokens) {
            return Some("the service gave the same token for the next page twice".to_owned());
        }
        if self.answered.pages >= limits.pages_max {
            return Some(format!("the answer has more than {} pages", limits.pages_max));
        }
        let is_large = self.answered.bytes >= limits.call_bytes_max;
        is_large.then(|| format!("the answer has more than {} bytes", limits.call_bytes_max))
    }
}

/// The tokens of the next page; none at the end.
///
/// # Errors
/// The answer says that there is more and does not say how to ask for it.
fn next_tokens(pages: &Pages, answer: &Map<String, Value>) -> Result<Option<Vec<(String, Value)>>, String> {
    let says_more =
        pages.more.as_deref().map(|more| value_at(answer, more).is_some_and(|more| more == &Value::Bool(true)));
    if says_more == Some(false) {
        return Ok(None);
    }
    let tokens: Vec<(String, Value)> = pages
        .input
        .iter()
        .zip(&pages.output)
        .filter_map(|(input, output)| Some((input.clone(), value_at(answer, output)?.clone())))
        .filter(|(_, token)| !matches!(token, Value::Null) && token != "")
        .collect();
    match (tokens.is_empty(), says_more) {
        (false, _) => Ok(Some(tokens)),
        (true, Some(true)) => Err("the answer says that there is more and gives no token for it".to_owned()),
        (true, _) => Ok(None),
    }
}

/// The value of a place as the paging data writes it: `A.B`, `List[-1].Key`, and alternatives between `||`.
fn value_at<'a>(answer: &'a Map<String, Value>, expression: &str) -> Option<&'a Value> {
    expression.split("||").find_map(|place| {
        let mut names = place.trim().split('.');
        let first = member(answer, names.next()?)?;
        names.try_fold(first, |value, name| member(value.as_object()?, name)).filter(|value| !value.is_null())
    })
}

fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    match name.strip_suffix("[-1]") {
        Some(list) => members.get(list)?.as_array()?.last(),
        None => members.get(name),
    }
}

/// A call that was refused before it was made.
pub(crate) fn refused(question: &Question, refusal: Refusal) -> Answered {
    let mut conversation = Conversation::new(question);
    conversation.refuse(refusal, String::new());
    conversation.answered
}

/// A call that went well and whose answer is not for keeping.
pub(crate) fn went_well(question: &Question) -> Answered {
    let mut conversation = Conversation::new(question);
    conversation.line(true, "", None, Some(&Map::new()), None);
    conversation.answered
}

#[cfg(test)]
mod tests;
