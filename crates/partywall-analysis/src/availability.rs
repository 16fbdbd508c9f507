//! What still stands when a zone or a region falls.
//!
//! What the loss of a zone or a region does to a single resource is data (`facts/availability/`). Resources and what
//! they need make a graph; a drill fails places in it and sees what is left. Every answer has three values: what
//! cannot be known names what would have to be.

pub mod answer;
mod copies;
pub mod cuts;
pub mod drill;
pub mod evaluate;
pub mod facts;
pub mod graph;
pub mod place;
pub mod single;
mod table;
pub mod tree;
pub mod words;
pub mod workload;

pub use table::add_tables;
