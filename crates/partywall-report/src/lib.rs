//! partywall-report
