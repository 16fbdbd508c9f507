//! Whether what was signed still holds.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::{Posture, ReviewPack};
use serde::Serialize;

use super::policy::Policy;
use super::statement::{REVIEW_TYPE, Statement};
use crate::{Day, Digest, Envelope, EvidenceError, Instant, Person, Trust, is_canonical};

/// What is judged.
pub struct Question<'a> {
    /// The bytes of the pack.
    pub pack: &'a [u8],
    /// The bytes of the page; None when it is gone.
    pub page: Option<&'a [u8]>,
    /// Files with signatures: name and bytes.
    pub signatures: &'a [(String, Vec<u8>)],
    /// Who has to sign.
    pub policy: &'a Policy,
    /// Whose signatures count.
    pub trust: &'a Trust,
    /// The present moment.
    pub now: Instant,
    /// How the estate stands now; None when that was not asked.
    pub posture: Option<&'a Posture>,
}

/// How a review stands, best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is signed, and holds.
    #[default]
    Current,
    /// The estate is no longer what was signed.
    Changed,
    /// It is too old.
    Stale,
    /// Somebody has not signed.
    Unsigned,
    /// The pack was changed after it was signed, or somebody signed who may not.
    Invalid,
}

/// What was found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Status {
    /// The worst of what is the case.
    pub state: State,
    /// Everything that is not as it should be, worst first.
    pub reasons: Vec<(State, String)>,
    /// Who signed: role, name, moment.
    pub signed: Vec<(String, String, Instant)>,
    /// Digest of the pack, when it can be read.
    pub pack: Option<Digest>,
    /// Last day on which it is not too old.
    pub due: Option<Day>,
}

/// Judges a review.
pub fn judge(question: &Question<'_>) -> Status {
    let mut status = Status::default();
    match read(question.pack) {
        Err(error) => status.tell(State::Invalid, error.to_string()),
        Ok(pack) => {
            status.pack = Some(Digest::of(question.pack));
            if question.page.is_none() {
                status.tell(State::Invalid, "the page of the pack is gone".to_owned());
            }
            signatures(question, &pack, &mut status);
            age(question, &pack, &mut status);
            if question.posture.is_some_and(|posture| *posture != pack.posture) {
                let why = "the estate is no longer what was signed; prepare the review anew to see what differs";
                status.tell(State::Changed, why.to_owned());
            }
        }
    }
    status.reasons.sort_by(|one, other| other.cmp(one));
    status.state = status.reasons.first().map_or(State::Current, |(state, _)| *state);
    status
}

impl State {
    /// A word for output.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Changed => "changed",
            Self::Stale => "stale",
            Self::Unsigned => "unsigned",
            Self::Invalid => "invalid",
        }
    }
}

impl Status {
    fn tell(&mut self, state: State, why: String) {
        self.reasons.push((state, why));
    }
}

fn read(bytes: &[u8]) -> Result<ReviewPack, EvidenceError> {
    if !is_canonical(bytes) {
        return Err(EvidenceError::Review("the pack is not spelled as it was written: it was changed".to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|error| EvidenceError::Json(error.to_string()))
}

/// Believes the signatures that can be believed, and looks who is missing.
fn signatures(question: &Question<'_>, pack: &ReviewPack, status: &mut Status) {
    let mut by_role: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut people: BTreeMap<String, String> = BTreeMap::new();
    for (file, bytes) in question.signatures {
        let statement = match believed(question, pack, bytes) {
            Ok(statement) => statement,
            Err(why) => {
                status.tell(State::Invalid, format!("`{file}`: {why}"));
                continue;
            }
        };
        if let Some(before) = people.insert(folded(&statement.name), statement.role.clone()) {
            let why = format!(
                "`{}` has signed as {before} and as {}; one person counts once",
                statement.name, statement.role
            );
            status.tell(State::Invalid, why);
            continue;
        }
        by_role.entry(statement.role.clone()).or_default().insert(folded(&statement.name));
        status.signed.push((statement.role, statement.name, statement.at));
    }
    status.signed.sort();
    for role in question.policy.roles.iter().filter(|role| !by_role.contains_key(*role)) {
        let able: Vec<&str> = question
            .trust
            .people()
            .iter()
            .filter(|person| person.role == **role)
            .map(|person| person.name.as_str())
            .collect();
        let who =
            if able.is_empty() { "nobody on the list of the trusted is one".to_owned() } else { able.join(" or ") };
        status.tell(State::Unsigned, format!("no {role} has signed ({who})"));
    }
    let (count, quorum) = (people.len(), question.policy.quorum());
    if count < quorum {
        status.tell(State::Unsigned, format!("{count} have signed, and {quorum} have to"));
    }
}

/// What somebody stated, when it counts.
fn believed(question: &Question<'_>, pack: &ReviewPack, bytes: &[u8]) -> Result<Statement, String> {
    let envelope = Envelope::read(bytes).map_err(|error| error.to_string())?;
    let opened = envelope.open::<Statement>(REVIEW_TYPE, question.trust);
    let (statement, person) = opened.map_err(|error| error.to_string())?;
    if statement.pack != Digest::of(question.pack) {
        return Err("the pack was changed after it was signed, or another pack was signed".to_owned());
    }
    if question.page.is_some_and(|page| Digest::of(page) != statement.page) {
        return Err("the page was changed after it was signed".to_owned());
    }
    if statement.name != person.name || statement.role != person.role {
        return Err(format!("the key is that of `{}`, {}, who signed as another", person.name, person.role));
    }
    objection(question.policy, pack, person, statement.at, question.now).map_or(Ok(statement), Err)
}

/// Why somebody may not sign this pack at this moment; None when they may.
pub(super) fn objection(
    policy: &Policy,
    pack: &ReviewPack,
    person: &Person,
    at: Instant,
    now: Instant,
) -> Option<String> {
    if let Some(objection) = person.objection(at) {
        return Some(objection);
    }
    if at > now || pack.prepared_at.parse::<Instant>().is_ok_and(|prepared| at < prepared) {
        return Some(format!("signed at {at}, which is before the pack was made or has not come yet"));
    }
    if !policy.roles.contains(&person.role) {
        return Some(format!("`{}` signs as {}, which [review] does not ask for", person.name, person.role));
    }
    let is_them = |name: &String| folded(name) == folded(&person.name);
    if pack.authors.iter().any(is_them) {
        return Some(format!("`{}` is an author of the pack", person.name));
    }
    if pack.posture.exceptions.iter().any(|exception| is_them(&exception.owner)) {
        return Some(format!("`{}` has accepted a fault of the pack", person.name));
    }
    None
}

fn age(question: &Question<'_>, pack: &ReviewPack, status: &mut Status) {
    let Ok(prepared) = pack.prepared_at.parse::<Instant>() else {
        status.tell(State::Invalid, "the pack does not say when it was made".to_owned());
        return;
    };
    if prepared > question.now {
        status.tell(State::Invalid, format!("the pack was made at {prepared}, which has not come yet"));
    }
    let due = prepared.day().plus(question.policy.cadence_days);
    status.due = Some(due);
    let late = question.now.day().since(due);
    if late > 0 {
        status.tell(State::Stale, format!("a review was due on {due}, {late} days ago"));
    }
}

/// A name as it is compared.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
