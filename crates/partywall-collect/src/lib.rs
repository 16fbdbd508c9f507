//! Asks the AWS API what there is, and keeps every answer and every refusal.
mod client;
mod options;
mod wire;
