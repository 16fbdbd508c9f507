//! Power of a site: whether every load keeps its power through any single failure, also during maintenance.
//!
//! The proof is an enumeration: each failure is played on the real topology, with the ride-through of batteries, the
//! start of generators and the changes of switches in time (`course`), and each element's flow is held against what it
//! can carry. An overload counts as a fault by itself; that it trips what it overloads is not played.

pub mod course;
pub mod proof;
mod read;
mod report;
mod table;
pub mod topology;

pub use report::reports;
pub use table::add_tables;
