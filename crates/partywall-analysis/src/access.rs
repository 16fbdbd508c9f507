//! Who can do what to which resource.

pub mod facts;
