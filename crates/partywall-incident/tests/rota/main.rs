//! Coverage by rotas, beside what another program finds minute by minute.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod cases;
mod hostile;
mod oracle;
