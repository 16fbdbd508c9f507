//! Whether a device went from hand to hand without a gap.

use partywall_model::Verdict;

use super::record::{Act, Asset, HandOver};

/// The chain of hands, and whether it is unbroken.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) verdict: Verdict,
    pub(super) reasons: Vec<String>,
    pub(super) hands: Vec<String>,
}

impl Chain {
    fn doubt(&mut self, why: String) {
        self.verdict = self.verdict.min(Verdict::Unknown);
        self.reasons.push(why);
    }

    fn fault(&mut self, why: String) {
        self.verdict = Verdict::Fail;
        self.reasons.push(why);
    }
}

/// Follows a device from its custodian to whoever made its data unreadable.
pub(super) fn follow(asset: &Asset, hand_overs: &[&HandOver], act: Option<&Act>) -> Chain {
    let mut chain = Chain { verdict: Verdict::Pass, reasons: Vec::new(), hands: Vec::new() };
    let mut sorted = hand_overs.to_vec();
    sorted.sort();
    // The same hand-over in two lists is one.
    sorted.dedup_by(|one, other| (one.at, &one.from, &one.to) == (other.at, &other.from, &other.to));
    let mut holder = asset.custodian.trim().to_owned();
    let mut earlier: Vec<String> = Vec::new();
    if holder.is_empty() {
        chain.doubt("the register does not say who answered for it".to_owned());
    } else {
        chain.hands.push(holder.clone());
    }
    let mut before = None;
    for step in sorted {
        let (from, to) = (step.from.trim(), step.to.trim());
        if before == Some(step.at) {
            chain.doubt(format!("two hand-overs at {}: which was first is not known", step.at));
        }
        before = Some(step.at);
        if from.is_empty() || to.is_empty() {
            chain.doubt(format!("at {} it went from `{from}` to `{to}`: one of them is not known", step.at));
        } else if from != holder && earlier.iter().any(|hand| hand == from) {
            chain.fault(format!("at {} `{from}` hands it over, which it had given away before", step.at));
        } else if from != holder {
            chain.doubt(format!("between `{holder}` and `{from}` nobody says how it went, before {}", step.at));
        }
        if act
            .and_then(|act| act.day)
            .is_some_and(|day| day < step.at.day() && act.is_some_and(|act| act.technique.destroys()))
        {
            chain.fault(format!("at {} it was handed over, after it was destroyed", step.at));
        }
        earlier.push(std::mem::replace(&mut holder, to.to_owned()));
        chain.hands.push(format!("{} → {to}, {}", if from.is_empty() { "?" } else { from }, step.at));
    }
    if let Some(vendor) = act.and_then(|act| act.vendor.as_deref()).filter(|vendor| vendor.trim() != holder) {
        chain.doubt(format!("`{vendor}` destroyed it, and by the hand-overs `{holder}` had it"));
    }
    chain
}
