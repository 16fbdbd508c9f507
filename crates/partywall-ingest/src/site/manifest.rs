//! `site.toml`: what a site is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use partywall_model::{Gap, GapKind, Value};
use toml::de::{DeTable, DeValue};

use super::entry::{Entry, Place};
use super::facts::LIMITS;

/// Bytes of a `site.toml`.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Lists of `site.toml`, and the kind of row that an element becomes.
const LISTS: [(&str, &str); 9] = [
    ("room", "room"),
    ("door", "door"),
    ("fire_zone", "fire_zone"),
    ("sensor", "sensor"),
    ("system", "system"),
    ("device", "device"),
    ("power", "power_element"),
    ("area", "area"),
    ("evidence", "evidence"),
];

/// What `site.toml` says.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) place: Place,
    pub(super) file: Arc<str>,
    pub(super) site: Entry,
    /// Everything that is listed, in the order of the file.
    pub(super) entries: Vec<Entry>,
}

impl Manifest {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read or is no TOML: the gap that says so.
    pub(super) fn read(base: &Path, path: &Path, gaps: &mut Vec<Gap>) -> Result<Self, Gap> {
        let folder = path.parent().unwrap_or(base);
        let scope: Arc<str> = relative(base, folder).into();
        let site: Arc<str> = folder.file_name().map_or("site".into(), |name| name.to_string_lossy()).into();
        let mut place = Place { scope, site };
        let file = place.file("site.toml");
        let refuse = |line, cause: String| {
            Gap::in_file(GapKind::UnreadableFile, file.clone(), line, cause, "correct it; docs/sites.md shows one")
        };
        let text = super::evidence::text_of(path, BYTES_MAX).map_err(|cause| refuse(0, cause))?;
        let table: toml::Table = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(0, |span| line_at(&text, span.start));
            refuse(line, format!("`{file}` is no TOML: {}", error.message()))
        })?;
        let lines = lines(&text);
        let mut scalars = BTreeMap::new();
        let mut entries = Vec::new();
        for (name, value) in table {
            match (LISTS.iter().find(|(list, _)| *list == name), value) {
                (Some((list, kind)), toml::Value::Array(elements)) => {
                    for (at, element) in elements.into_iter().enumerate() {
                        let line = lines.get(&(*list, at)).copied().unwrap_or(0);
                        match value_of(element) {
                            Value::Map(fields) => {
                                entries.push(Entry { kind, fields: (*fields).clone(), line });
                            }
                            _ => gaps.push(refuse(line, format!("an element of `{list}` is no table"))),
                        }
                    }
                }
                (Some((list, _)), _) => gaps.push(refuse(0, format!("`{list}` is no list of tables: [[{list}]]"))),
                (None, value) => {
                    scalars.insert(name, value_of(value));
                }
            }
        }
        let mut site = Entry { kind: "site", fields: scalars, line: 1 };
        match site.text("name") {
            "" => gaps.push(refuse(1, "the site has no `name`; its folder's is taken".to_owned())),
            name => place.site = name.into(),
        }
        let own = place.site.clone();
        site.otherwise("name", || Value::Text(own));
        site.otherwise("revocation_hours_max", || Value::Number(LIMITS.revocation_hours_max));
        gaps.extend(site.settle(&file));
        let mut manifest = Self { place, file, site, entries };
        manifest.settle(gaps);
        Ok(manifest)
    }

    /// The entries of a kind.
    pub(super) fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    /// Every entry has an id of its own, and fields that are known.
    fn settle(&mut self, gaps: &mut Vec<Gap>) {
        let mut seen: BTreeSet<(&'static str, String)> = BTreeSet::new();
        let file = self.file.clone();
        let mut kept = Vec::new();
        for mut entry in std::mem::take(&mut self.entries) {
            let id = entry.text("id").to_owned();
            let kind = entry.kind.replace('_', " ");
            let cause = match id.as_str() {
                "" => Some(format!("a {kind} has no `id`")),
                _ if !seen.insert((entry.kind, id.clone())) => Some(format!("there are two {kind}s `{id}`")),
                _ => None,
            };
            if let Some(cause) = cause {
                let cure = "give it an id of its own; until then it is left out";
                gaps.push(Gap::in_file(GapKind::NotEvaluated, file.clone(), entry.line, cause, cure));
                continue;
            }
            gaps.extend(entry.settle(&file));
            complete(&mut entry);
            kept.push(entry);
        }
        self.entries = kept;
    }
}

/// Adds what holds where a site says nothing.
fn complete(entry: &mut Entry) {
    match entry.kind {
        "fire_zone" => {
            entry.otherwise("alarm_test_days_max", || Value::Number(LIMITS.alarm_test_days_max));
            entry.otherwise("suppression_test_days_max", || Value::Number(LIMITS.suppression_test_days_max));
        }
        "power_element" if entry.text("kind") == "load" => {
            entry.otherwise("ride_through_seconds", || Value::Number(LIMITS.load_ride_through_seconds));
            entry.otherwise("sources_needed", || Value::Number(1.0));
        }
        _ => {}
    }
}

/// A path relative to what is scanned, with `/`.
pub(super) fn relative(base: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(base).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

fn line_at(text: &str, offset: usize) -> u32 {
    let before = text.get(..offset).unwrap_or(text);
    u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

/// Where the elements of the lists begin.
fn lines(text: &str) -> BTreeMap<(&'static str, usize), u32> {
    let mut lines = BTreeMap::new();
    let Ok(document) = DeTable::parse(text) else { return lines };
    for (list, _) in LISTS {
        let Some(DeValue::Array(elements)) = document.get_ref().get(list).map(toml::Spanned::get_ref) else { continue };
        for (at, element) in elements.iter().enumerate() {
            lines.insert((list, at), line_at(text, element.span().start));
        }
    }
    lines
}

fn value_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::text(text),
        toml::Value::Integer(number) => Value::Number(number as f64),
        toml::Value::Float(number) => Value::Number(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(time) => Value::text(time.to_string()),
        toml::Value::Array(items) => Value::list(items.into_iter().map(value_of)),
        toml::Value::Table(table) => Value::map(table.into_iter().map(|(name, value)| (name, value_of(value)))),
    }
}
