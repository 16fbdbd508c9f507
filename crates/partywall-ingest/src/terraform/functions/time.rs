//! Functions on timestamps that are given, not on the clock.

use chrono::{DateTime, Datelike, FixedOffset, SecondsFormat, TimeDelta, Timelike};
use partywall_model::Value;

use super::{Call, Function, known};
use crate::terraform::failure::{Failure, Outcome};

pub(super) const FUNCTIONS: &[Function] =
    &[known("formatdate", 2, 2, format_date), known("timeadd", 2, 2, add), known("timecmp", 2, 2, compare)];

fn parse(text: &str) -> Result<DateTime<FixedOffset>, Failure> {
    DateTime::parse_from_rfc3339(text)
        .map_err(|error| Failure::invalid(format!("`{text}` is no RFC 3339 timestamp: {error}")))
}

fn compare(call: &Call<'_, '_>) -> Outcome {
    let order = parse(&call.text(0)?)?.cmp(&parse(&call.text(1)?)?);
    Ok(Value::Number(f64::from(order as i8)))
}

fn add(call: &Call<'_, '_>) -> Outcome {
    let sum = parse(&call.text(0)?)?.checked_add_signed(duration(&call.text(1)?)?);
    let sum = sum.ok_or_else(|| Failure::invalid("the time is out of range"))?;
    Ok(Value::text(sum.to_rfc3339_opts(SecondsFormat::AutoSi, true)))
}

/// Go's notation: `1h30m`, `-10m`, `1.5s`.
fn duration(text: &str) -> Result<TimeDelta, Failure> {
    let wrong = || Failure::invalid(format!("`{text}` is no duration such as `1h30m`"));
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut nanoseconds = 0.0;
    while !rest.is_empty() && rest != "0" {
        let digits = rest.find(|character: char| !character.is_ascii_digit() && character != '.').ok_or_else(wrong)?;
        let (number, after) = rest.split_at(digits);
        let letters =
            after.find(|character: char| character.is_ascii_digit() || character == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let scale = match unit {
            "h" => 3_600e9,
            "m" => 60e9,
            "s" => 1e9,
            "ms" => 1e6,
            "us" | "µs" => 1e3,
            "ns" => 1.0,
            _ => return Err(wrong()),
        };
        nanoseconds += number.parse::<f64>().map_err(|_| wrong())? * scale;
        rest = after;
    }
    Ok(TimeDelta::nanoseconds((sign * nanoseconds) as i64))
}

/// Letters that repeat form one field; text in single quotes is kept.
fn format_date(call: &Call<'_, '_>) -> Outcome {
    let (pattern, time) = (call.text(0)?, parse(&call.text(1)?)?);
    let mut written = String::new();
    let mut characters = pattern.chars().peekable();
    while let Some(first) = characters.next() {
        if first == '\'' {
            quoted(&mut characters, &mut written)?;
            continue;
        }
        if !first.is_ascii_alphabetic() {
            written.push(first);
            continue;
        }
        let mut length = 1;
        while characters.next_if_eq(&first).is_some() {
            length += 1;
        }
        written.push_str(&field(first, length, &time)?);
    }
    Ok(Value::text(written))
}

fn quoted(characters: &mut std::iter::Peekable<std::str::Chars<'_>>, written: &mut String) -> Result<(), Failure> {
    loop {
        match characters.next() {
            Some('\'') if characters.next_if_eq(&'\'').is_some() => written.push('\''),
            Some('\'') => return Ok(()),
            Some(character) => written.push(character),
            None => return Err(Failure::invalid("a quote is not closed")),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn field(letter: char, length: usize, time: &DateTime<FixedOffset>) -> Result<String, Failure> {
    let month = MONTHS.get(time.month0() as usize).copied().unwrap_or_default();
    let day = DAYS.get(time.weekday().num_days_from_sunday() as usize).copied().unwrap_or_default();
    let short = |name: &str| name.chars().take(3).collect::<String>();
    let (afternoon, hour) = time.hour12();
    let half = if afternoon { "PM" } else { "AM" };
    Ok(match (letter, length) {
        ('Y', 4) => format!("{:04}", time.year()),
        ('Y', 2) => format!("{:02}", time.year().rem_euclid(100)),
        ('M', 4) => month.to_owned(),
        ('M', 3) => short(month),
        ('M', 2) => format!("{:02}", time.month()),
        ('M', 1) => time.month().to_string(),
        ('D', 2) => format!("{:02}", time.day()),
        ('D', 1) => time.day().to_string(),
        ('E', 4) => day.to_owned(),
        ('E', 3) => short(day),
        ('h', 2) => format!("{:02}", time.hour()),
        ('h', 1) => time.hour().to_string(),
        ('H', 2) => format!("{hour:02}"),
        ('H', 1) => hour.to_string(),
        ('A', 2) => half.to_owned(),
        ('a', 2) => half.to_lowercase(),
        ('m', 2) => format!("{:02}", time.minute()),
        ('m', 1) => time.minute().to_string(),
        ('s', 2) => format!("{:02}", time.second()),
        ('s', 1) => time.second().to_string(),
        ('Z', length) => zone(length, time)?,
        _ => return Err(Failure::invalid(format!("`{}` is no field of a date", letter.to_string().repeat(length)))),
    })
}

fn zone(length: usize, time: &DateTime<FixedOffset>) -> Result<String, Failure> {
    let minutes = time.offset().local_minus_utc() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    Ok(match length {
        5 => format!("{sign}{hours:02}:{rest:02}"),
        4 => format!("{sign}{hours:02}{rest:02}"),
        3 if minutes == 0 => "UTC".to_owned(),
        3 => format!("{sign}{hours:02}{rest:02}"),
        1 if minutes == 0 => "Z".to_owned(),
        1 => format!("{sign}{hours:02}:{rest:02}"),
        _ => return Err(Failure::invalid("the time zone has 1, 3, 4 or 5 letters")),
    })
}
