//! Files that the AWS CLI printed with `--output json`, one file for each call, in folders of any shape.
//!
//! The file's name says the operation (`describe-instances.json`, `s3api-get-bucket-policy-logs.json`); the account
//! and the region come from the folders, or from what the files mention.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use partywall_model::{Call, CallScope, Gap, GapKind, Value};
use serde_json::Map;

use super::answer::{Answer, Answers, GLOBAL, Outcome, unreadable};
use super::operation::{Named, candidates};
use super::place::{Mentions, is_account, is_region, most_frequent, partition_of};
use crate::normalize::attributes::follow;

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

struct Document {
    file: Arc<str>,
    call: &'static Call,
    named: Option<Named>,
    /// Words of the folders and the file's name that may name what was asked about.
    words: Vec<String>,
    account_id: Option<String>,
    region: Option<String>,
    mentions: Mentions,
    value: Value,
}

/// Reads the files.
pub(super) fn read(base: &Path, files: &[PathBuf], read: &mut Answers) {
    let documents: Vec<Document> =
        files.iter().filter_map(|file| document(base, file).map_err(|gap| read.gaps.push(*gap)).ok()).collect();
    let mut all = Mentions::default();
    for document in &documents {
        all.absorb(&document.mentions);
    }
    let mut answers: Vec<Answer> = Vec::new();
    // Parents first: what a file asked about is known from the items of the answer before it.
    let (roots, children): (Vec<_>, Vec<_>) =
        documents.into_iter().partition(|document| document.call.for_each.is_none());
    for document in roots.into_iter().chain(children) {
        answers.push(answer(document, &all, &answers));
    }
    read.answers.append(&mut answers);
}

fn document(base: &Path, path: &Path) -> Result<Document, Box<Gap>> {
    let shown = path.strip_prefix(base).unwrap_or(path);
    let file: Arc<str> = shown.to_string_lossy().replace('\\', "/").into();
    let broken = |cause: String| Box::new(unreadable(&file, 0, cause));
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if size > FILE_BYTES_MAX {
        return Err(broken(format!("`{file}` is larger than {FILE_BYTES_MAX} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| broken(format!("`{file}` cannot be read: {error}")))?;
    let map: Map<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|error| broken(format!("`{file}` is no JSON object: {error}")))?;
    let (named, calls) = candidates(shown, &map);
    let [call] = calls.as_slice() else {
        let cause = match calls.as_slice() {
            [] => format!("`{file}` answers a call that no table reads"),
            several => {
                let names: Vec<String> = several.iter().map(|call| format!("`{}`", call.id())).collect();
                format!("`{file}` may answer {}", names.join(" or "))
            }
        };
        let cure = "name the file after the service and the call, as in `ec2-describe-instances.json`";
        return Err(Box::new(Gap::in_file(GapKind::NotEvaluated, file, 0, cause, cure)));
    };
    let mut mentions = Mentions::default();
    let json = serde_json::Value::Object(map);
    mentions.find(&json);
    let mut words: Vec<String> = shown
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    words.extend(named.iter().map(|named| named.after.clone()));
    let pieces: Vec<&str> = words.iter().flat_map(|word| word.split(['_', '.', ' ', '='])).collect();
    let find = |is: fn(&str) -> bool| {
        words.iter().map(String::as_str).chain(pieces.iter().copied()).find(|word| is(word)).map(str::to_owned)
    };
    Ok(Document {
        account_id: find(is_account),
        region: find(is_region),
        value: Value::from_json(&json),
        file,
        call,
        named,
        words,
        mentions,
    })
}

fn answer(document: Document, all: &Mentions, before: &[Answer]) -> Answer {
    let likeliest = |own: Option<&str>, everywhere: Option<&str>| own.or(everywhere).unwrap_or_default().to_owned();
    let account_id = document
        .account_id
        .clone()
        .unwrap_or_else(|| likeliest(most_frequent(&all.accounts), most_frequent(&document.mentions.accounts)));
    let region = match document.call.scope {
        CallScope::Region => document
            .region
            .clone()
            .unwrap_or_else(|| likeliest(most_frequent(&document.mentions.regions), most_frequent(&all.regions))),
        CallScope::Account | CallScope::Organization => GLOBAL.to_owned(),
    };
    let partition = most_frequent(&document.mentions.partitions)
        .or_else(|| most_frequent(&all.partitions))
        .unwrap_or_else(|| partition_of(&region));
    Answer {
        call: document.call,
        request: request(&document, before),
        account_id: account_id.into(),
        region: region.into(),
        partition: partition.into(),
        file: document.file,
        outcome: Outcome::Complete(document.value),
    }
}

/// What was asked about, when the call is one of a row of questions: the parent's item whose parameter the file's name
/// or folder is; else the words of the file's name.
fn request(document: &Document, before: &[Answer]) -> BTreeMap<String, Value> {
    let Some(each) = &document.call.for_each else { return BTreeMap::new() };
    let parents = before.iter().filter(|answer| (answer.call.service, answer.call.name) == each.parent);
    for parent in parents {
        let Outcome::Complete(whole) = &parent.outcome else { continue };
        let items = follow(whole, each.items.steps, "").unwrap_or(Value::Null);
        for item in items.as_list().unwrap_or(std::slice::from_ref(&items)) {
            let taken =
                each.take.iter().filter_map(|(name, path)| Some(((*name).to_owned(), follow(item, path.steps, "")?)));
            let taken: BTreeMap<String, Value> = taken.collect();
            let is_named = |value: &Value| {
                value.as_text().is_some_and(|text| document.words.iter().any(|word| is_name(word, text)))
            };
            if !taken.is_empty() && taken.values().all(is_named) {
                return taken;
            }
        }
    }
    let after = document.named.as_ref().map(|named| named.after.as_str()).unwrap_or_default();
    match (each.take, after) {
        ([(name, _)], after) if !after.is_empty() => BTreeMap::from([((*name).to_owned(), Value::text(after))]),
        _ => BTreeMap::new(),
    }
}

/// Whether a word of a path names a thing: by its whole name, or by the last part of its ARN or URL, in which a file
/// name cannot hold every character.
fn is_name(word: &str, text: &str) -> bool {
    let last = text.rsplit(['/', ':']).next().unwrap_or(text);
    let written = |text: &str| text.replace(['/', ':'], "_");
    word == text || word == last || word == written(text) || word.rsplit('/').next() == Some(last)
}
