//! Numbers of any length, compared without rounding.

use std::cmp::Ordering;
use std::fmt;

/// Digits that a number may have.
const DIGITS_MAX: usize = 400;

/// A decimal number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// Without leading zeros.
    whole: Box<str>,
    /// Without trailing zeros.
    fraction: Box<str>,
}

impl Decimal {
    /// Reads a number such as `-12.50`; None when it is none, or absurdly long.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if digits.len() > DIGITS_MAX
            || !all_digits(whole)
            || !all_digits(fraction)
            || (whole.is_empty() && fraction.is_empty())
        {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !is_zero, whole: whole.into(), fraction: fraction.into() })
    }

    /// Digits after the point.
    pub fn fraction_digits(&self) -> usize {
        self.fraction.len()
    }

    /// The next number of so many digits after the point, up or down; the number itself when it is too long to count.
    pub(crate) fn nudged(&self, digits: usize, up: bool) -> String {
        let scaled: Result<i128, _> = format!("{}{:0<digits$}", self.whole, self.fraction).parse();
        let Ok(magnitude) = scaled else { return self.to_string() };
        let value = if self.negative { -magnitude } else { magnitude };
        let value = if up { value.saturating_add(1) } else { value.saturating_sub(1) };
        let text = format!("{:0>width$}", value.unsigned_abs(), width = digits + 1);
        let (whole, fraction) = text.split_at(text.len() - digits);
        format!("{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
    }

    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        (self.whole.len().cmp(&other.whole.len()))
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        write!(formatter, "{sign}{whole}{point}{}", self.fraction)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_magnitude(other),
            (true, true) => other.cmp_magnitude(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::Decimal;

    #[test]
    fn numbers_compare_without_rounding() {
        for (less, more) in [
            ("9007199254740992", "9007199254740993"),
            ("-2", "-1.5"),
            ("-0.1", "0"),
            ("0.09", "0.1"),
            ("1.5", "1.50000000000000000000000001"),
            ("99", "100"),
        ] {
            assert!(Decimal::parse(less).unwrap() < Decimal::parse(more).unwrap(), "{less} {more}");
        }
        assert_eq!(Decimal::parse("-0"), Decimal::parse("0.00"));
        assert_eq!(Decimal::parse("007.10"), Decimal::parse("7.1"));
        for text in ["", "-", ".", "1e3", "x", "1.2.3"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
