//! crates/partywall
fn main() {}
