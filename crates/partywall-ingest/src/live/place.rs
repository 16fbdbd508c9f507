//! The account, the region and the partition of an answer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// The partition of a region. <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
pub(super) fn partition_of(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// Whether a word is the number of an account.
pub(super) fn is_account(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit())
}

static REGION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso[a-z]?|eusc)-[a-z]+-[0-9]$").ok());

/// Whether a word is the name of a region, such as `eu-central-1`.
pub(super) fn is_region(word: &str) -> bool {
    REGION.as_ref().is_some_and(|pattern| pattern.is_match(word))
}

/// How often a word was met.
type Count = BTreeMap<String, usize>;

/// Accounts, regions and partitions that a document's ARNs, owners and zones name.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    pub(super) accounts: Count,
    pub(super) regions: Count,
    pub(super) partitions: Count,
}

/// Names of attributes that hold the account of the caller.
const OWNERS: [&str; 4] = ["OwnerId", "Account", "AccountId", "AwsAccountId"];

impl Mentions {
    /// Looks through a document.
    pub(super) fn find(&mut self, document: &Value) {
        match document {
            Value::String(text) => self.read(text),
            Value::Array(items) => items.iter().for_each(|item| self.find(item)),
            Value::Object(entries) => {
                for (name, value) in entries {
                    match value.as_str() {
                        Some(owner) if OWNERS.contains(&name.as_str()) && is_account(owner) => {
                            note(&mut self.accounts, owner);
                        }
                        Some(zone) if name == "AvailabilityZone" => {
                            let region = zone.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
                            if is_region(region) {
                                note(&mut self.regions, region);
                            }
                        }
                        _ => self.find(value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Adds what another document mentions.
    pub(super) fn absorb(&mut self, other: &Self) {
        for (own, others) in [
            (&mut self.accounts, &other.accounts),
            (&mut self.regions, &other.regions),
            (&mut self.partitions, &other.partitions),
        ] {
            for (word, times) in others {
                *own.entry(word.clone()).or_default() += times;
            }
        }
    }

    fn read(&mut self, text: &str) {
        let words: Vec<&str> = text.splitn(6, ':').collect();
        if let ["arn", partition, _, region, account, _] = words.as_slice() {
            note(&mut self.partitions, partition);
            if is_region(region) {
                note(&mut self.regions, region);
            }
            if is_account(account) {
                note(&mut self.accounts, account);
            }
        }
    }
}

fn note(count: &mut Count, word: &str) {
    *count.entry(word.to_owned()).or_default() += 1;
}

/// The word that occurs most often; among equals the first in the alphabet.
pub(super) fn most_frequent(count: &Count) -> Option<&str> {
    count.iter().rev().max_by_key(|(_, times)| **times).map(|(word, _)| word.as_str())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::{Mentions, is_region, most_frequent};

    #[test]
    fn regions_are_told_from_other_words() {
        for region in ["eu-central-1", "us-gov-west-1", "cn-north-1", "ap-southeast-5"] {
            assert!(is_region(region), "{region}");
        }
        for word in ["eu-central-1a", "my-bucket-1", "us-east", "global"] {
            assert!(!is_region(word), "{word}");
        }
    }

    #[test]
    fn a_document_names_its_account_and_region() {
        let mut mentions = Mentions::default();
        mentions.find(&json!({ "Vpcs": [
            { "OwnerId": "111122223333", "Peer": "arn:aws:ec2:eu-west-1:444455556666:vpc/x" },
            { "OwnerId": "111122223333", "AvailabilityZone": "eu-west-1b" }
        ] }));
        assert_eq!(most_frequent(&mentions.accounts).unwrap(), "111122223333");
        assert_eq!(mentions.regions["eu-west-1"], 2);
    }
}
