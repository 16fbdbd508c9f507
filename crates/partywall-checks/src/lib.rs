//! partywall-checks
