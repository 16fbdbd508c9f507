//! partywall-analysis
