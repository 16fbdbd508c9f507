//! Asks the AWS API.
