//! How sensitive a resource's data is, from its tags.

use std::collections::BTreeMap;

use partywall_model::{Cell, Inventory, ResourceKey, Sensitivity, Table};

/// Which tags say how sensitive data is, and in which words.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Tag keys, compared without regard to case; the first that a resource carries counts.
    pub tag_keys: Vec<String>,
    /// Words for each level besides the levels' own names, lower-case.
    pub words: BTreeMap<String, Sensitivity>,
    /// The level of a resource that carries none of the tags.
    pub untagged: Sensitivity,
}

impl Default for Settings {
    fn default() -> Self {
        let keys =
            ["DataClassification", "data-classification", "data_classification", "Classification", "Sensitivity"];
        let words = [
            ("open", Sensitivity::Public),
            ("private", Sensitivity::Internal),
            ("sensitive", Sensitivity::Confidential),
            ("pii", Sensitivity::Restricted),
            ("phi", Sensitivity::Restricted),
            ("pci", Sensitivity::Restricted),
            ("secret", Sensitivity::Restricted),
            ("highly confidential", Sensitivity::Restricted),
        ];
        Self {
            tag_keys: keys.map(str::to_owned).to_vec(),
            words: words.into_iter().map(|(word, level)| (word.to_owned(), level)).collect(),
            untagged: Sensitivity::Internal,
        }
    }
}

/// The level of every resource.
///
/// Tags or a word that cannot be read count as the highest level: what is not known must not owe less.
pub fn classify(inventory: &Inventory, settings: &Settings) -> BTreeMap<ResourceKey, Sensitivity> {
    inventory
        .resource_tables()
        .flat_map(|(table, rows)| {
            rows.iter().map(move |row| (row.resource.clone(), level(row.cell(table, "tags"), settings, table)))
        })
        .collect()
}

fn level(tags: Option<&Cell>, settings: &Settings, table: &Table) -> Sensitivity {
    match tags {
        Some(Cell::Map(tags)) => {
            let tagged = settings.tag_keys.iter().find_map(|wanted| {
                tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
            });
            match tagged {
                None => settings.untagged,
                Some(value) => value.as_text().and_then(|word| read(word, settings)).unwrap_or(Sensitivity::Restricted),
            }
        }
        Some(Cell::Unknown(_)) if table.sources.iter().any(|source| source.each.is_none()) => Sensitivity::Restricted,
        _ => settings.untagged,
    }
}

fn read(word: &str, settings: &Settings) -> Option<Sensitivity> {
    let word = word.trim().to_lowercase();
    Sensitivity::from_id(&word).or_else(|| settings.words.get(&word).copied())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use std::sync::Arc;

    use partywall_model::{Cause, Unknown, table};

    use super::{Cell, Sensitivity, Settings, level};

    fn tags(entries: &[(&str, &str)]) -> Cell {
        Cell::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), Cell::text(*value))).collect())
    }

    #[test]
    fn tags_decide_and_what_cannot_be_read_owes_most() {
        let unknown =
            Cell::Unknown(Arc::new(Unknown { symbol: "var.tags".into(), cause: Cause::NoValue, reference: None }));
        let queue = table("aws_sqs_queue").unwrap();
        for (cell, expected) in [
            (tags(&[]), Sensitivity::Internal),
            (tags(&[("dataclassification", "Public")]), Sensitivity::Public),
            (tags(&[("DataClassification", "PII")]), Sensitivity::Restricted),
            (tags(&[("DataClassification", "level 7")]), Sensitivity::Restricted),
            (unknown, Sensitivity::Restricted),
        ] {
            assert_eq!(level(Some(&cell), &Settings::default(), queue), expected, "{cell:?}");
        }
    }
}
