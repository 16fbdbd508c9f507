//! Three-valued logic with causes.

use std::ops::{BitAnd, BitOr, Not};

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It does not.
    False,
    /// It depends on something that is not known.
    Open(Doubt),
    /// It does.
    True,
}

/// What an open answer depends on. Several causes may come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Doubt(u8);

impl Doubt {
    /// On the context of the request: a condition about a key whose value is not given.
    pub const CONDITION: Self = Self(1);
    /// On text that its author's tool has not resolved, or a policy that cannot be read.
    pub const UNRESOLVED: Self = Self(2);
    /// On behaviour that AWS does not document.
    pub const UNDOCUMENTED: Self = Self(4);

    /// Whether a cause is among these.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Truth {
    /// Whether it holds for certain.
    pub fn is_true(self) -> bool {
        self == Self::True
    }

    /// Whether it certainly does not hold.
    pub fn is_false(self) -> bool {
        self == Self::False
    }

    /// Whether one of several holds.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = Self::False;
        for truth in truths {
            sum = sum | truth;
            if sum.is_true() {
                break;
            }
        }
        sum
    }

    /// Whether all of several hold.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut product = Self::True;
        for truth in truths {
            product = product & truth;
            if product.is_false() {
                break;
            }
        }
        product
    }

    /// The answer as `Some`, or None when it is open.
    pub fn known(self) -> Option<bool> {
        match self {
            Self::True => Some(true),
            Self::False => Some(false),
            Self::Open(_) => None,
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            open => open,
        }
    }
}

impl BitAnd for Truth {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, other) => other,
            (this, Self::True) => this,
            (Self::Open(one), Self::Open(two)) => Self::Open(one.with(two)),
        }
    }
}

impl BitOr for Truth {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        !(!self & !other)
    }
}

#[cfg(test)]
mod tests {
    use super::{Doubt, Truth};

    #[test]
    fn an_open_part_decides_only_when_the_rest_does_not() {
        let open = Truth::Open(Doubt::CONDITION);
        assert_eq!(open & Truth::False, Truth::False);
        assert_eq!(open & Truth::True, open);
        assert_eq!(open | Truth::True, Truth::True);
        assert_eq!(open | Truth::False, open);
        assert_eq!(!open, open);
        let Truth::Open(both) = open & Truth::Open(Doubt::UNRESOLVED) else { unreachable!("both sides are open") };
        assert!(both.contains(Doubt::CONDITION) && both.contains(Doubt::UNRESOLVED));
    }
}
