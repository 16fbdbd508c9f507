//! The Terraform decoder on small estates, on what Terraform itself answers, and on hostile input.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

#[path = "terraform/dump.rs"]
mod dump;
#[path = "terraform/estates.rs"]
mod estates;
#[path = "terraform/functions.rs"]
mod functions;
#[path = "terraform/hostile.rs"]
mod hostile;
#[path = "terraform/unknowns.rs"]
mod unknowns;
