//! Whether evidence speaks of today.

use partywall_model::{Gap, GapKind, Inventory};

use super::badge::written;
use super::view::Site;

/// Days between the end of a site's evidence and today that pass without a word.
const DAYS_MAX: i64 = 31;

/// Sites whose evidence ended long before a day, `YYYY-MM-DD`.
pub fn stale(inventory: &Inventory, today: &str) -> Vec<Gap> {
    let gap = |site: &Site<'_>| {
        let end = written(site.end()?);
        let days = days_of(today)? - days_of(end.get(..10)?)?;
        let cause = format!("the evidence of site `{}` ends on {end}, {days} days before today", site.name());
        let file = site.own.row.origin.file().to_owned();
        let cure = "collect and export it anew: what happened since is not known";
        (days > DAYS_MAX).then(|| Gap::in_file(GapKind::MissingSource, file, 1, cause, cure))
    };
    Site::all(inventory).iter().filter_map(gap).collect()
}

/// Days since 1970 of a date. <https://howardhinnant.github.io/date_algorithms.html>
fn days_of(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let year = if month <= 2 { year - 1 } else { year };
    let (era, month) = (year.div_euclid(400), (month + 9) % 12);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::{days_of, written};

    #[test]
    fn dates_go_there_and_back() {
        for day in [-719_468_i64, -1, 0, 59, 60, 11_016, 20_000, 20_513, 2_932_896] {
            let text = written(day * 86_400);
            assert_eq!(text.get(..10).and_then(days_of), Some(day), "{text}");
        }
        assert_eq!(days_of("2026-11-22"), Some(20_779));
        assert_eq!(written(1_790_726_400), "2026-09-30T00:00:00Z");
    }
}
