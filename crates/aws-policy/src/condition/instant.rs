//! Moments as policies write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// A moment, in nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i128);

impl Instant {
    /// Reads a date of ISO 8601 as W3C profiles it, or seconds since 1970. A time without a zone is UTC.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.len() == 4 && text == digits && all_digits(digits) {
            return day(&format!("{text}-01-01"));
        }
        if all_digits(digits) {
            return text.parse::<i64>().ok().map(|seconds| Self(i128::from(seconds) * 1_000_000_000));
        }
        if let Some((whole, fraction)) = text.split_once('.')
            && all_digits(whole)
            && all_digits(fraction)
            && fraction.len() <= 9
        {
            let seconds: i64 = whole.parse().ok()?;
            let nanoseconds: i128 = format!("{fraction:0<9}").parse().ok()?;
            return Some(Self(i128::from(seconds) * 1_000_000_000 + nanoseconds));
        }
        match text.len() {
            7 => day(&format!("{text}-01")),
            10 => day(text),
            _ => time(text),
        }
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn day(text: &str) -> Option<Instant> {
    let midnight = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?;
    Some(utc(midnight))
}

fn time(text: &str) -> Option<Instant> {
    // W3C's profile allows times without seconds, which RFC 3339 does not.
    let with_seconds = match text.as_bytes().get(16) {
        Some(b':') | None => text.to_owned(),
        Some(_) => format!("{}:00{}", text.get(..16)?, text.get(16..)?),
    };
    let with_seconds = if text.len() == 16 { format!("{text}:00") } else { with_seconds };
    if let Ok(moment) = DateTime::parse_from_rfc3339(&with_seconds) {
        return Some(utc(moment.naive_utc()));
    }
    if let Ok(moment) = DateTime::parse_from_str(&with_seconds, "%Y-%m-%dT%H:%M:%S%.f%z") {
        return Some(utc(moment.naive_utc()));
    }
    NaiveDateTime::parse_from_str(&with_seconds, "%Y-%m-%dT%H:%M:%S%.f").ok().map(utc)
}

fn utc(moment: NaiveDateTime) -> Instant {
    let moment = moment.and_utc();
    Instant(i128::from(moment.timestamp()) * 1_000_000_000 + i128::from(moment.timestamp_subsec_nanos()))
}

#[cfg(test)]
mod tests {

    use super::Instant;

    #[test]
    fn dates_of_every_form_are_the_same_moment() {
        for forms in [
            &["2024-01-01", "2024", "2024-01", "2024-01-01T00:00Z", "2024-01-01T00:00:00Z", "1704067200"][..],
            &["2024-01-01T02:30:00+02:30", "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00"][..],
            &["2024-06-30T23:59:59.5Z", "1719791999.5", "2024-07-01T01:59:59.5+0200"][..],
        ] {
            for form in forms {
                assert_eq!(Some(Instant::parse(form)), forms.first().map(|first| Instant::parse(first)), "{form}");
                assert!(Instant::parse(form).is_some(), "{form}");
            }
        }
        for text in ["", "yesterday", "2024-13-01", "2024-01-01T25:00:00Z", "99999999999999999999"] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
