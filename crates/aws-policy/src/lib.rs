//! aws-policy
