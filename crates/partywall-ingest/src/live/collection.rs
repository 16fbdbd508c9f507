//! The folder that `partywall collect` writes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partywall_model::{Call, Cause, Gap, GapKind, Unknown, Value, call};
use serde::Deserialize;

use super::answer::{Answer, Answers, LostAccount, Outcome, Refusal, append_page, unreadable};
use super::place::{is_account, partition_of};

/// The file that makes a folder a collection.
const MANIFEST: &str = "collection.json";

/// Longest line that is read, in bytes: one page of one answer.
const LINE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Whether a file's beginning shows the manifest of a collection.
pub fn is_collection(file: &Path, head: &str) -> bool {
    file.file_name().is_some_and(|name| name == MANIFEST) && head.contains("\"partywall_collection\"")
}

#[derive(Deserialize)]
struct Manifest {
    /// The version of the format.
    partywall_collection: u32,
    #[serde(default)]
    accounts: Vec<Account>,
    #[serde(default)]
    calls: Vec<String>,
}

#[derive(Deserialize)]
struct Account {
    id: Arc<str>,
    #[serde(default)]
    partition: Arc<str>,
    #[serde(default)]
    regions: Vec<Arc<str>>,
    failure: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    call: String,
    #[serde(default)]
    request: serde_json::Map<String, serde_json::Value>,
    page: u64,
    #[serde(default)]
    last: bool,
    answer: Option<serde_json::Value>,
    refusal: Option<Refusal>,
}

/// Reads the collection of which this is the manifest.
pub(super) fn read(base: &Path, manifest: &Path, read: &mut Answers) {
    let shown = |path: &Path| -> Arc<str> { path.strip_prefix(base).unwrap_or(path).to_string_lossy().into() };
    let file = shown(manifest);
    let parsed = std::fs::read_to_string(manifest)
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_str::<Manifest>(&text).map_err(|error| error.to_string()));
    let plan = match parsed {
        Ok(plan) if plan.partywall_collection == 1 => plan,
        Ok(plan) => {
            let cause =
                format!("`{file}` has the format {}, which this version cannot read", plan.partywall_collection);
            return read.gaps.push(unreadable(&file, 0, cause));
        }
        Err(error) => return read.gaps.push(unreadable(&file, 0, format!("`{file}` is no manifest: {error}"))),
    };
    let root = manifest.parent().unwrap_or(base);
    for account in &plan.accounts {
        if let (Some(failure), []) = (&account.failure, account.regions.as_slice()) {
            read.lost_accounts.push(lost(account, failure, plan.calls.clone()));
            continue;
        }
        // The names become paths.
        let is_plain = |region: &Arc<str>| region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_account(&account.id) || !account.regions.iter().all(is_plain) {
            let cause = format!("`{file}` names an account `{}` or a region of it that cannot be", account.id);
            read.gaps.push(unreadable(&file, 0, cause));
            continue;
        }
        let regions = account.regions.iter().map(AsRef::as_ref).chain([super::answer::GLOBAL]);
        for region in regions {
            for id in &plan.calls {
                read.planned.insert((account.id.clone(), region.into(), id.clone()));
            }
            let folder = root.join(account.id.as_ref()).join(region);
            for files in services(&folder) {
                let mut pages = Pages::default();
                for path in &files {
                    let place = Place { account, region: region.into(), file: shown(path) };
                    read_file(path, &place, &mut pages, read);
                }
                read.answers.extend(pages.answers.into_values());
            }
        }
    }
}

fn lost(account: &Account, failure: &str, calls: Vec<String>) -> LostAccount {
    let how = format!("could not be entered: {failure}; let the role trust whoever collects, then collect again");
    let symbol = format!("account {}", account.id);
    let cause = Arc::new(Unknown { symbol, cause: Cause::Refused(how), reference: None });
    LostAccount { account_id: account.id.clone(), cause, calls }
}

/// The files of each service, the first one first: `ec2.jsonl`, `ec2.2.jsonl`.
fn services(folder: &Path) -> Vec<Vec<PathBuf>> {
    let mut services: BTreeMap<String, Vec<(u64, PathBuf)>> = BTreeMap::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(stem) = name.strip_suffix(".jsonl") else { continue };
        let (service, number) = match stem.rsplit_once('.') {
            Some((service, number)) => (service, number.parse().unwrap_or(1)),
            None => (stem, 1),
        };
        services.entry(service.to_owned()).or_default().push((number, path));
    }
    let ordered = |mut files: Vec<(u64, PathBuf)>| {
        files.sort();
        files.into_iter().map(|(_, path)| path).collect()
    };
    services.into_values().map(ordered).collect()
}

struct Place<'a> {
    account: &'a Account,
    region: Arc<str>,
    file: Arc<str>,
}

/// What the files of a service hold, by call and request.
#[derive(Default)]
struct Pages {
    open: BTreeMap<(String, String), Open>,
    answers: BTreeMap<(String, String), Answer>,
}

/// Pages of one call that are not complete yet.
struct Open {
    call: &'static Call,
    request: BTreeMap<String, Value>,
    whole: serde_json::Map<String, serde_json::Value>,
}

fn read_file(path: &Path, place: &Place<'_>, pages: &mut Pages, read: &mut Answers) {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) => {
            let cause = format!("`{}` cannot be read: {error}", place.file);
            return read.gaps.push(unreadable(&place.file, 0, cause));
        }
    };
    let mut reader = BufReader::new(file);
    for number in 1.. {
        let mut line = String::new();
        match std::io::Read::take(&mut reader, LINE_BYTES_MAX).read_line(&mut line) {
            Ok(0) => break,
            // A line that was being written when the collector stopped; the call counts as not made.
            Ok(_) if !line.ends_with('\n') => break,
            Ok(_) => {}
            Err(error) => {
                read.gaps.push(unreadable(&place.file, number, format!("`{}` cannot be read: {error}", place.file)));
                break;
            }
        }
        match serde_json::from_str::<Page>(&line) {
            Ok(page) => take_page(page, place, pages, &mut read.gaps),
            Err(error) => {
                let cause = format!("line {number} of `{}` is no answer: {error}", place.file);
                read.gaps.push(unreadable(&place.file, number, cause));
            }
        }
    }
}

/// How the collector notes that it entered an account; that it could not is in the manifest.
const ENTERED: &str = "sts:AssumeRole";

fn take_page(page: Page, place: &Place<'_>, pages: &mut Pages, gaps: &mut Vec<Gap>) {
    if page.call == ENTERED {
        return;
    }
    let Some(call) = page.call.split_once(':').and_then(|(service, name)| call(service, name)) else {
        return gaps.push(Gap::in_file(
            GapKind::NotEvaluated,
            place.file.clone(),
            0,
            format!("`{}` is a call that this version does not know", page.call),
            "use the version that collected it, or collect again",
        ));
    };
    let request = serde_json::Value::Object(page.request);
    let key = (page.call, request.to_string());
    if page.page == 0 {
        pages.open.remove(&key);
    }
    let Value::Map(parameters) = Value::from_json(&request) else { return };
    let entry = pages.open.entry(key.clone()).or_insert_with(|| Open {
        call,
        request: parameters.as_ref().clone(),
        whole: serde_json::Map::new(),
    });
    let is_first = entry.whole.is_empty() && page.page == 0;
    if let Some(answer) = page.answer {
        append_page(&mut entry.whole, answer);
    }
    if !page.last {
        return;
    }
    let Some(done) = pages.open.remove(&key) else { return };
    let whole = Value::from_json(&serde_json::Value::Object(done.whole));
    let outcome = match page.refusal {
        None => Outcome::Complete(whole),
        Some(refusal) if refusal.kind == "unset" => Outcome::Complete(whole),
        Some(refusal) if refusal.means_absent() => Outcome::Absent,
        Some(refusal) if is_first => Outcome::Refused(refusal.unknown(&key.0)),
        Some(refusal) => Outcome::Partial(whole, refusal.unknown(&key.0)),
    };
    let partition = match place.account.partition.as_ref() {
        "" => partition_of(&place.region).into(),
        _ => place.account.partition.clone(),
    };
    let answer = Answer {
        call: done.call,
        account_id: place.account.id.clone(),
        region: place.region.clone(),
        partition,
        request: done.request,
        file: place.file.clone(),
        outcome,
    };
    pages.answers.insert(key, answer);
}
