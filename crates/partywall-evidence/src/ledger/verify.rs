//! Whether a ledger is as it was written.

use serde::Serialize;

use super::entry::{ENTRY_TYPE, Entry, HEAD_TYPE, Head};
use crate::{Digest, Envelope, Trust};

/// What is verified.
pub struct Sources<'a> {
    /// The bytes of the ledger.
    pub ledger: &'a [u8],
    /// The bytes of the signed head; None when there is no such file.
    pub head: Option<&'a [u8]>,
    /// Whose signatures count.
    pub trust: &'a Trust,
    /// Looks at the document of an entry.
    pub attachment: &'a dyn Fn(&Entry) -> Attachment,
    /// A head that was noted elsewhere.
    pub noted: Option<&'a Digest>,
}

/// How the document of an entry fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attachment {
    /// It is there and has the digest and size that the entry states.
    Whole,
    /// It is there and another.
    Changed,
    /// It is gone, or cannot be read, for this reason.
    Gone(String),
}

/// What was found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Account {
    /// The entries that could be read and whose signatures fit.
    pub entries: Vec<Standing>,
    /// What is wrong; empty when all is well.
    pub faults: Vec<Fault>,
    /// Digest of the last line, to be noted elsewhere.
    pub head: Option<Digest>,
    /// Entries that were added after the head that was noted elsewhere.
    pub since_noted: Option<u64>,
    /// Bytes of whole lines, without a torn one at the end.
    #[serde(skip)]
    pub whole_bytes: usize,
    /// Whether what is wrong is no more than an append that was cut short, which the next one mends.
    pub is_cut_short: bool,
}

/// An entry with its signer.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
    /// Who signed it.
    pub signer: String,
    /// The digest of its line.
    pub line: Digest,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line, counted from 1; 0 for the ledger as a whole.
    pub line: u64,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub cure: String,
}

/// Bytes of one line at most; a longer one is none of ours.
const LINE_MAX: usize = 64 * 1024;

/// Faults that are told; a ledger of another project has as many as lines.
const FAULTS_MAX: usize = 1_000;

const RESTORE: &str = "restore the ledger from a copy; what was signed cannot be written anew without the keys";
const MEND: &str = "the next `evidence add` sets the torn line aside and goes on after the last whole entry";

/// Verifies every line against the one before it, the head against the lines, and the documents against both.
pub fn verify(sources: &Sources<'_>) -> Account {
    let mut account = Account::default();
    let head = read_head(sources, &mut account);
    let covered = head.as_ref().map_or(0, |head| head.count);
    let (lines, torn) = lines_of(sources.ledger);
    account.whole_bytes = sources.ledger.len() - torn.map_or(0, <[u8]>::len);
    let mut previous: Option<(Digest, Option<Entry>)> = None;
    for (bytes, number) in lines.iter().zip(1..) {
        let digest = Digest::of(bytes);
        let before = previous.as_ref().map(|(digest, entry)| (digest, entry.as_ref()));
        let entry = read_line(sources, bytes, number, before, &mut account);
        previous = Some((digest, entry));
        if account.faults.len() >= FAULTS_MAX {
            account.fault(0, "there are more faults than are told", RESTORE);
            break;
        }
    }
    account.head = previous.as_ref().map(|(digest, _)| digest.clone());
    let was_sound = account.faults.is_empty();
    let count = lines.len() as u64;
    if let Some(head) = &head {
        compare_head(head, &lines, torn.is_some(), &mut account);
    }
    let is_beyond_head = head.is_some() && count >= covered;
    if torn.is_some() {
        let what = if is_beyond_head {
            "the last line is torn: an append was cut short before its entry was acknowledged"
        } else {
            "the last line is torn, and the head says that it was whole"
        };
        account.fault(count + 1, what, if is_beyond_head { MEND } else { RESTORE });
    }
    account.is_cut_short = was_sound && is_beyond_head && account.faults.iter().all(|fault| fault.cure == MEND);
    compare_noted(sources, &lines, &mut account);
    account
}

impl Account {
    fn fault(&mut self, line: u64, what: impl Into<String>, cure: &str) {
        self.faults.push(Fault { line, what: what.into(), cure: cure.to_owned() });
    }
}

/// The whole lines, and what follows the last line break.
fn lines_of(ledger: &[u8]) -> (Vec<&[u8]>, Option<&[u8]>) {
    let mut lines: Vec<&[u8]> = ledger.split(|byte| *byte == b'\n').collect();
    let last = lines.pop().filter(|rest| !rest.is_empty());
    (lines, last)
}

fn read_head(sources: &Sources<'_>, account: &mut Account) -> Option<Head> {
    let Some(bytes) = sources.head else {
        account.fault(0, "the head is gone; entries at the end may be missing without a trace", RESTORE);
        return None;
    };
    let opened = Envelope::read(bytes).and_then(|envelope| {
        let (head, signer) = envelope.open::<Head>(HEAD_TYPE, sources.trust)?;
        Ok((head, signer.clone()))
    });
    match opened {
        Ok((head, signer)) => {
            if let Some(objection) = signer.objection(head.at) {
                account.fault(0, format!("the head does not count: {objection}"), RESTORE);
            }
            Some(head)
        }
        Err(error) => {
            account.fault(0, format!("the head does not count: {error}"), RESTORE);
            None
        }
    }
}

/// Reads a line; None when it cannot be believed.
fn read_line(
    sources: &Sources<'_>,
    bytes: &[u8],
    number: u64,
    before: Option<(&Digest, Option<&Entry>)>,
    account: &mut Account,
) -> Option<Entry> {
    let opened = match bytes.len() {
        0..=LINE_MAX => Envelope::read(bytes).and_then(|envelope| {
            let (entry, signer) = envelope.open::<Entry>(ENTRY_TYPE, sources.trust)?;
            Ok((entry, signer.clone()))
        }),
        _ => Err(crate::EvidenceError::Envelope(format!("the line is longer than {LINE_MAX} bytes"))),
    };
    let (entry, signer) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            account.fault(number, error.to_string(), RESTORE);
            return None;
        }
    };
    if let Some(objection) = signer.objection(entry.at) {
        account.fault(number, objection, "let somebody whose key is valid add the document again");
    }
    chain(&entry, number, before, account);
    match (sources.attachment)(&entry) {
        Attachment::Whole => {}
        Attachment::Changed => account.fault(number, format!("the document {} was changed", entry.digest), RESTORE),
        Attachment::Gone(why) => {
            account.fault(number, format!("the document {} is gone: {why}", entry.digest), RESTORE)
        }
    }
    let line = Digest::of(bytes);
    account.entries.push(Standing { entry: entry.clone(), signer: signer.name, line });
    Some(entry)
}

fn chain(entry: &Entry, number: u64, before: Option<(&Digest, Option<&Entry>)>, account: &mut Account) {
    if entry.number != number {
        let what = format!("entry {} stands in place {number}: entries were dropped, doubled or moved", entry.number);
        account.fault(number, what, RESTORE);
    }
    if entry.previous.as_ref() != before.map(|(digest, _)| digest) {
        account.fault(number, "it does not follow the line before it", RESTORE);
    }
    if let Some(earlier) = before.and_then(|(_, entry)| entry).filter(|earlier| earlier.at > entry.at) {
        let what = format!("it was signed at {}, before its predecessor at {}", entry.at, earlier.at);
        account.fault(number, what, "find out whose clock was wrong");
    }
}

fn compare_head(head: &Head, lines: &[&[u8]], is_torn: bool, account: &mut Account) {
    let count = lines.len() as u64;
    if head.count > count {
        let missing = head.count - count;
        account.fault(0, format!("the head counts {} entries, {missing} more than there are", head.count), RESTORE);
        return;
    }
    let at = usize::try_from(head.count).unwrap_or(usize::MAX);
    let last = at.checked_sub(1).and_then(|at| lines.get(at)).map(|line| Digest::of(line));
    if last != head.digest {
        account.fault(0, format!("line {} is not the one that the head names", head.count), RESTORE);
    } else if head.count < count && !is_torn {
        let what = format!("{} at the end are not in the head: an append was cut short", count - head.count);
        account.fault(0, what, MEND);
    }
}

fn compare_noted(sources: &Sources<'_>, lines: &[&[u8]], account: &mut Account) {
    let Some(noted) = sources.noted else { return };
    match lines.iter().rposition(|line| Digest::of(line) == *noted) {
        Some(at) => account.since_noted = Some((lines.len() - at - 1) as u64),
        None => {
            account.fault(
                0,
                format!("no entry has the digest {noted} that was noted elsewhere: the ledger was rewritten or cut"),
                RESTORE,
            );
            account.is_cut_short = false;
        }
    }
}
