//! Arithmetic over spans of time: exact to the second, never sampled.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use crate::IncidentError;

/// Years whose clock changes are known; chrono-tz holds them up to 2100.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1970..=2099;

/// A span of time, in seconds since 1970 UTC: from the first up to but without the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first second.
    pub from: i64,
    /// The first second that is not in it.
    pub until: i64,
}

impl Span {
    /// The span, or None when it would be empty.
    pub fn new(from: i64, until: i64) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// What both share.
    pub fn shared(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.until.min(other.until))
    }

    /// Seconds.
    pub fn seconds(self) -> i64 {
        self.until.saturating_sub(self.from)
    }
}

/// Spans that are sorted and neither overlap nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// The union of spans in any order.
    pub fn union(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut sorted: Vec<Span> = spans.into_iter().collect();
        sorted.sort_unstable();
        let mut merged: Vec<Span> = Vec::new();
        for span in sorted {
            match merged.last_mut() {
                Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
                _ => merged.push(span),
            }
        }
        Self(merged)
    }

    /// What is in the window and in none of the spans.
    pub fn missing(&self, window: Span) -> Self {
        let mut missing = Vec::new();
        let mut from = window.from;
        for span in self.within(window) {
            missing.extend(Span::new(from, span.from.min(window.until)));
            from = from.max(span.until);
        }
        missing.extend(Span::new(from, window.until));
        Self(missing)
    }

    /// The parts of the spans that are in the window.
    pub fn of(&self, window: Span) -> impl Iterator<Item = Span> + '_ {
        self.within(window).filter_map(move |span| span.shared(window))
    }

    /// The spans, in order.
    pub fn iter(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().copied()
    }

    fn within(&self, window: Span) -> impl Iterator<Item = Span> + '_ {
        let first = self.0.partition_point(|span| span.until <= window.from);
        self.0.iter().skip(first).take_while(move |span| span.from < window.until).copied()
    }
}

/// The moment of a text: RFC 3339, or a day, which is its midnight in UTC.
///
/// # Errors
/// When it is neither, or of a year without known clocks.
pub fn instant(text: &str) -> Result<i64, IncidentError> {
    let day =
        || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(|midnight| midnight.and_utc());
    let moment = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.with_timezone(&Utc)).or_else(day);
    let moment = moment.filter(|moment| YEARS.contains(&moment.year()));
    moment.map(|moment| moment.timestamp()).ok_or_else(|| IncidentError::NoInstant(text.chars().take(60).collect()))
}

/// The moment as RFC 3339 in UTC.
pub fn written(instant: i64) -> String {
    DateTime::from_timestamp(instant, 0)
        .map_or_else(|| instant.to_string(), |moment| moment.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use proptest::prelude::*;

    use super::{Span, Spans, instant, written};

    proptest! {
        #[test]
        fn what_is_missing_is_what_no_span_holds(
            spans in proptest::collection::vec((0i64..60, 1i64..20), 0..12),
            window in (0i64..40, 1i64..40),
        ) {
            let spans: Vec<Span> =
                spans.into_iter().map(|(from, length)| Span { from, until: from + length }).collect();
            let window = Span { from: window.0, until: window.0 + window.1 };
            let missing = Spans::union(spans.clone()).missing(window);
            for second in 0..100 {
                let holds = |span: &Span| (span.from..span.until).contains(&second);
                let expected = holds(&window) && !spans.iter().any(holds);
                prop_assert_eq!(missing.iter().any(|span| holds(&span)), expected, "{}", second);
            }
        }
    }

    #[test]
    fn moments_are_read_and_written() {
        assert_eq!(written(instant("2026-11-22T13:00:00+01:00").unwrap()), "2026-11-22T12:00:00Z");
        assert_eq!(written(instant("2026-11-22").unwrap()), "2026-11-22T00:00:00Z");
        for text in ["2026-02-30", "1969-12-31", "2100-01-01", "99999-01-01T00:00:00Z", ""] {
            assert!(instant(text).is_err(), "{text}");
        }
    }
}
