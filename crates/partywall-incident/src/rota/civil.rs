//! Clocks on walls, and what they show when they are changed.

use chrono::offset::LocalResult;
use chrono::{NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// The longest time that a zone ever skipped: Samoa left out the thirtieth of December 2011.
const SKIPPED_MINUTES_MAX: i64 = 26 * 60;

/// When a clock shows a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// At this instant; of two, the first.
    At(i64),
    /// Never. It is the instant at which a clock that had not been changed would show it.
    Skipped(i64),
}

impl Moment {
    /// The instant, as RFC 5545 wants it read: by the offset before the change.
    /// <https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5>
    pub(super) const fn instant(self) -> i64 {
        match self {
            Self::At(instant) | Self::Skipped(instant) => instant,
        }
    }
}

/// When a clock in the zone shows the time.
pub(super) fn moment(zone: Tz, local: NaiveDateTime) -> Moment {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => Moment::At(moment.timestamp()),
        LocalResult::None => {
            let offset = offset_before(zone, local).unwrap_or_default();
            Moment::Skipped(local.and_utc().timestamp().saturating_sub(offset))
        }
    }
}

/// Seconds east of Greenwich just before the change that skips the time.
fn offset_before(zone: Tz, local: NaiveDateTime) -> Option<i64> {
    (1..=SKIPPED_MINUTES_MAX).find_map(|minutes| {
        let earlier = local.checked_sub_signed(TimeDelta::try_minutes(minutes)?)?;
        let moment = zone.from_local_datetime(&earlier).latest()?;
        Some(i64::from(moment.offset().fix().local_minus_utc()))
    })
}

/// What a clock in the zone shows at the instant.
pub(super) fn shown(zone: Tz, instant: i64) -> Option<NaiveDateTime> {
    Some(zone.timestamp_opt(instant, 0).single()?.naive_local())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::{Moment, moment};
    use crate::instant;

    #[test]
    fn changed_clocks_are_read_as_the_standard_says() {
        let cases = [
            ("Europe/Zurich", "2026-03-29T02:30:00", Moment::Skipped(instant("2026-03-29T01:30:00Z").unwrap())),
            ("Europe/Zurich", "2026-10-25T02:30:00", Moment::At(instant("2026-10-25T00:30:00Z").unwrap())),
            ("America/New_York", "2026-03-08T02:00:00", Moment::Skipped(instant("2026-03-08T07:00:00Z").unwrap())),
            ("Pacific/Apia", "2011-12-30T12:00:00", Moment::Skipped(instant("2011-12-30T22:00:00Z").unwrap())),
            ("Australia/Lord_Howe", "2026-10-04T02:15:00", Moment::Skipped(instant("2026-10-03T15:45:00Z").unwrap())),
        ];
        for (zone, local, expected) in cases {
            assert_eq!(moment(zone.parse().unwrap(), local.parse().unwrap()), expected, "{zone} {local}");
        }
    }
}
