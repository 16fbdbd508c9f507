//! Reads what is on disk into the inventory.
//!
//! A decoder for each language translates syntax into [`partywall_model::Resource`]s and applies no
//! default; normalisation gives them meaning, once, for every language.

pub mod cloudformation;
pub mod normalize;
pub mod terraform;
