//! The rules that come with partywall, put to the events beside them, to attacks, and to a day on which nothing happens.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "rules/examples.rs"]
mod examples;
#[path = "rules/filters.rs"]
mod filters;
#[path = "rules/form.rs"]
mod form;
#[path = "rules/pack.rs"]
mod pack;
#[path = "rules/prefilter.rs"]
mod prefilter;
#[path = "rules/quiet_day.rs"]
mod quiet_day;
#[path = "rules/stories.rs"]
mod stories;
