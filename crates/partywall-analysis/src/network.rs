//! Who can reach whom: whether a packet gets through, and whether its answer gets back.
//!
//! The model is read from the inventory; packets are followed through it hop by hop. Every answer has three values:
//! what is allowed, what is denied, and what depends on something that is not known, which is then named.

pub mod address;
pub mod exposure;
pub mod firewall;
pub mod flows;
pub mod headers;
mod lookup;
pub mod model;
mod passage;
pub mod picture;
mod read;
mod rules;
pub mod select;
mod table;
pub mod tier;
mod trace;
mod walk;
mod way;

pub use read::read;
pub use table::add_tables;
pub use trace::{Answer, Flow, Leg, Spot, spot, trace};
pub use walk::{Hop, Reason};
