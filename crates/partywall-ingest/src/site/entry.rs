//! One entry of `site.toml` or of a file of evidence, held to the columns of its table.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use partywall_model::{
    Cause, Default, Dialect, Existence, Gap, GapKind, Origin, Resource, TABLES, Table, Unknown, Value,
};

/// An entry as it was written.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The kind of row that it makes: `door`.
    pub(super) kind: &'static str,
    pub(super) fields: BTreeMap<String, Value>,
    /// Counted from 1.
    pub(super) line: u32,
}

/// What belongs to every row of a site.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Folder of `site.toml`, relative to what was scanned.
    pub(super) scope: Arc<str>,
    /// The site's name.
    pub(super) site: Arc<str>,
}

impl Place {
    /// `site.fra1`, below which everything of the site is named.
    pub(super) fn address(&self) -> String {
        format!("site.{}", self.site)
    }

    /// The `resource` of the site's row.
    pub(super) fn resource(&self) -> String {
        let address = self.address();
        if self.scope.is_empty() { address } else { format!("{}#{address}", self.scope) }
    }

    /// A file of the site, relative to what was scanned.
    pub(super) fn file(&self, name: &str) -> Arc<str> {
        if self.scope.is_empty() { name.into() } else { format!("{}/{name}", self.scope).into() }
    }
}

/// The table that entries of a kind become rows of.
pub(super) fn table_of(kind: &str) -> Option<&'static Table> {
    let source = format!("site:{kind}");
    TABLES.iter().find(|table| table.sources.iter().any(|of| of.dialect == Dialect::Site && of.kind == source))
}

/// An instant that a field holds, in seconds since 1970.
pub(super) fn seconds(fields: &BTreeMap<String, Value>, name: &str) -> Option<f64> {
    match fields.get(&format!("{name}_seconds")) {
        Some(Value::Number(seconds)) => Some(*seconds),
        _ => None,
    }
}

/// Seconds since 1970 as text.
pub(super) fn written(seconds: f64) -> String {
    DateTime::<Utc>::from_timestamp(seconds as i64, 0)
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}

/// The instant that a text names; None when it is none, or has no offset from UTC.
pub(super) fn instant(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text.trim()).ok().map(|time| time.timestamp())
}

impl Entry {
    /// The text of a field; '' when it is not set.
    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_text).unwrap_or_default()
    }

    /// Sets a field that is not set.
    pub(super) fn otherwise(&mut self, name: &str, value: impl FnOnce() -> Value) {
        if self.fields.get(name).is_none_or(|value| *value == Value::Null || value.as_text() == Some("")) {
            self.fields.insert(name.to_owned(), value());
        }
    }

    /// Reads instants, and says which fields are not understood or name no instant.
    pub(super) fn settle(&mut self, file: &Arc<str>) -> Vec<Gap> {
        let Some(table) = table_of(self.kind) else { return Vec::new() };
        let mut gaps = Vec::new();
        let mut complain = |line: u32, cause: String, cure: &str| {
            gaps.push(Gap::in_file(GapKind::NotEvaluated, file.clone(), line, cause, cure));
        };
        for name in self.fields.keys().filter(|name| table.column(name).is_none()) {
            complain(
                self.line,
                format!("`{name}` is no field of a {}", self.kind.replace('_', " ")),
                "correct its name; docs/sites.md lists the fields",
            );
        }
        for column in table.columns {
            let Some(name) = column.name.strip_suffix("_seconds") else { continue };
            if table.column(name).is_none() {
                continue;
            }
            let text = self.text(name).trim().to_owned();
            if text.is_empty() {
                continue;
            }
            let value = match instant(&text) {
                Some(seconds) => {
                    self.fields.insert(name.to_owned(), Value::text(written(seconds as f64)));
                    Value::Number(seconds as f64)
                }
                None => {
                    let shown: String = text.chars().take(40).collect();
                    let cause = format!("`{name}` is `{shown}`, which is no instant with an offset from UTC");
                    complain(self.line, cause.clone(), "write it as 2026-09-30T06:00:00Z");
                    Value::unknown(name, Cause::Invalid(cause))
                }
            };
            if matches!(value, Value::Unknown(_)) {
                self.fields.insert(name.to_owned(), value.clone());
            }
            self.fields.insert(column.name.to_owned(), value);
        }
        gaps
    }

    /// The resource that normalisation makes a row of.
    pub(super) fn resource(self, place: &Place, file: &Arc<str>) -> Resource {
        let address = match self.kind {
            "site" => place.address(),
            kind => format!("{}/{kind}/{}", place.address(), self.text("id")),
        };
        let mut attributes = self.fields;
        let known = table_of(self.kind);
        for column in known.map_or(&[][..], |table| table.columns) {
            if matches!(column.default, Default::Unknown) && !attributes.contains_key(column.name) {
                let symbol = format!("{address}.{}", column.name);
                let unknown = Unknown { symbol, cause: Cause::NoValue, reference: None };
                attributes.insert(column.name.to_owned(), Value::Unknown(Arc::new(unknown)));
            }
        }
        attributes.insert("arn".to_owned(), Value::text(""));
        if self.kind != "site" {
            attributes.insert("site".to_owned(), Value::Text(place.site.clone()));
        }
        Resource {
            dialect: Dialect::Site,
            kind: format!("site:{}", self.kind).into(),
            scope: place.scope.clone(),
            address,
            attributes,
            existence: Existence::Certain,
            region: Value::text(""),
            account_id: Value::text(place.resource()),
            unseen: None,
            origin: Origin::Code { file: file.clone(), line_start: self.line, line_end: self.line, calls: Vec::new() },
        }
    }
}
