//! Tests of what is found in whole estates.

pub(super) mod fixture;
