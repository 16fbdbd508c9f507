//! What the records come to, device by device.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::Verdict;

use super::custody::follow;
use super::device::{Account, Device, Proof};
use super::record::{Act, Asset, HandOver, Outcome, Records, folded};
use super::rules::{Method, Rules};
use crate::Day;

/// What is judged.
pub struct Question<'a> {
    /// Everything that was read.
    pub records: &'a Records,
    /// Why the folder may not be whole.
    pub seal: Vec<String>,
    /// The family of rules.
    pub family: &'a str,
    /// The present day.
    pub today: Day,
}

/// What names one device.
#[derive(Default)]
struct Named<'a> {
    assets: Vec<&'a Asset>,
    acts: Vec<&'a Act>,
    hand_overs: Vec<&'a HandOver>,
}

/// What an act comes to under the rules of its day.
struct Rated<'a> {
    act: &'a Act,
    rules: Option<&'static Rules>,
    certain: Option<Method>,
    possible: Option<Method>,
    reasons: Vec<String>,
}

/// Judges every device that is named.
pub fn judge(question: Question<'_>) -> Account {
    let mut named: BTreeMap<String, Named<'_>> = BTreeMap::new();
    for asset in &question.records.assets {
        named.entry(folded(&asset.serial)).or_default().assets.push(asset);
    }
    for act in &question.records.acts {
        named.entry(folded(&act.serial)).or_default().acts.push(act);
    }
    for hand_over in &question.records.hand_overs {
        named.entry(folded(&hand_over.serial)).or_default().hand_overs.push(hand_over);
    }
    let mut account = Account { not_understood: question.records.faults.clone(), ..Account::default() };
    for (serial, named) in named {
        let mut device = device(&serial, &named, &question, &mut account);
        if device.verdict == Verdict::Pass && !(question.seal.is_empty() && account.not_understood.is_empty()) {
            device.verdict = Verdict::Unknown;
            device.reasons.push("what speaks against it may be in what is missing or not understood".to_owned());
        }
        account.devices.push(device);
    }
    account.seal = question.seal;
    account
}

fn device(serial: &str, named: &Named<'_>, question: &Question<'_>, account: &mut Account) -> Device {
    let files: BTreeSet<&String> = (named.assets.iter().map(|asset| &asset.file))
        .chain(named.acts.iter().map(|act| &act.file))
        .chain(named.hand_overs.iter().map(|hand_over| &hand_over.file))
        .collect();
    let mut device = Device {
        serial: serial.to_owned(),
        verdict: Verdict::Unknown,
        reasons: Vec::new(),
        rules: String::new(),
        required: None,
        achieved: None,
        custody: Vec::new(),
        files: files.into_iter().cloned().collect(),
        proof: None,
    };
    let Some(asset) = registered(&mut device, named, account) else { return device };
    let Some(out_of_service) = asset.decommissioned else {
        if named.acts.is_empty() {
            device.verdict = Verdict::NotApplicable;
            device.reasons.push("it is in service".to_owned());
        } else {
            device.reasons.push("records say that it was sanitised, and the register that it is in service".to_owned());
        }
        return device;
    };
    let rated: Vec<Rated<'_>> = named.acts.iter().map(|act| rate(act, asset, out_of_service, question)).collect();
    let best = decide(&mut device, asset, &rated);
    if let Some(why) = contradiction(&named.acts) {
        device.verdict = Verdict::Fail;
        device.reasons.push(why);
        account.contradicted.push(device.serial.clone());
    }
    if rated.is_empty() {
        account.without_proof.push(device.serial.clone());
    }
    let chain = follow(asset, &named.hand_overs, best.map(|best| best.act));
    device.verdict = device.verdict.min(chain.verdict);
    device.reasons.extend(chain.reasons);
    device.custody = chain.hands;
    if let (Verdict::Pass, Some(Rated { act, rules: Some(rules), .. })) = (device.verdict, best) {
        device.proof = Some(Proof { asset: asset.clone(), act: (*act).clone(), rules });
    }
    device
}

/// The device's row, when there is one and all registers agree about it.
fn registered<'a>(device: &mut Device, named: &Named<'a>, account: &mut Account) -> Option<&'a Asset> {
    let Some((first, others)) = named.assets.split_first() else {
        device.reasons.push("records name it, and no register does".to_owned());
        account.unregistered.push(device.serial.clone());
        return None;
    };
    let says = |asset: &Asset| Asset { file: String::new(), ..asset.clone() };
    if others.iter().any(|other| says(other) != says(first)) {
        device.reasons.push("registers, or lines of one, say different things about it".to_owned());
        account.contradicted.push(device.serial.clone());
        return None;
    }
    if device.serial.is_empty() {
        device.reasons.push("it has no serial number".to_owned());
        return None;
    }
    Some(first)
}

/// What an act comes to under the rules that were in force on its day.
fn rate<'a>(act: &'a Act, asset: &Asset, out_of_service: Day, question: &Question<'_>) -> Rated<'a> {
    let mut rated = Rated { act, rules: None, certain: None, possible: None, reasons: Vec::new() };
    let name = format!("{} ({})", act.technique.id(), act.file);
    if let Outcome::Failed(why) = &act.outcome {
        rated.reasons.push(format!("{name}: {why}"));
        return rated;
    }
    rated.possible = Some(Method::Destroy);
    let Some(day) = act.day else {
        rated.reasons.push(format!("{name}: the record does not say on which day"));
        return rated;
    };
    let Some(rules) = Rules::in_force(question.family, day) else {
        rated.reasons.push(format!("{name}: no rules of `{}` were in force on {day}", question.family));
        return rated;
    };
    rated.rules = Some(rules);
    let rating = rules.rate(act, asset);
    rated.possible = rating.possible;
    let mut doubts = Vec::new();
    if let Outcome::Unknown(why) = &act.outcome {
        doubts.push(why.clone());
    }
    if day < out_of_service {
        doubts.push(format!("done on {day}, while it served until {out_of_service}"));
    }
    if day > question.today {
        doubts.push(format!("done on {day}, which has not come yet"));
    }
    if doubts.is_empty() {
        rated.certain = rating.certain;
    }
    if rating.possible.is_none() {
        rated.reasons.push(format!("{name}: does not count for this device under {}", rules.title));
    }
    rated.reasons.extend(doubts.into_iter().chain(rating.doubts).map(|doubt| format!("{name}: {doubt}")));
    rated
}

/// Compares what was achieved with what is required. Answers the act that a certificate would name.
fn decide<'a, 'b>(device: &mut Device, asset: &Asset, rated: &'b [Rated<'a>]) -> Option<&'b Rated<'a>> {
    let best = rated.iter().max_by_key(|one| (one.certain, one.possible));
    let needs = |one: &Rated<'_>| one.rules.map(|rules| rules.required(asset));
    let satisfies = |one: &&Rated<'_>| needs(one).is_some_and(|(_, most)| one.certain >= Some(most));
    let may_satisfy =
        |one: &Rated<'_>| needs(one).map_or(one.possible.is_some(), |(least, _)| one.possible >= Some(least));
    let chosen = rated.iter().find(satisfies).or(best);
    device.required = chosen.and_then(needs);
    device.achieved = chosen.and_then(|one| one.certain);
    device.rules = chosen.and_then(|one| one.rules).map(|rules| rules.title.clone()).unwrap_or_default();
    device.verdict = match chosen {
        None => {
            device.reasons.push("it is out of service, and nothing shows what became of it".to_owned());
            Verdict::Unknown
        }
        Some(one) if satisfies(&one) => Verdict::Pass,
        Some(_) if rated.iter().any(may_satisfy) => Verdict::Unknown,
        Some(_) => Verdict::Fail,
    };
    if device.verdict != Verdict::Pass {
        device.reasons.extend(rated.iter().flat_map(|one| one.reasons.iter().cloned()));
        if let (Some((least, most)), achieved) = (device.required, device.achieved) {
            let required = if least == most {
                most.id().to_owned()
            } else {
                format!("{} or {}, as it is not known what becomes of it or how sensitive it is", least.id(), most.id())
            };
            let achieved = achieved.map_or("nothing certain", Method::id);
            device.reasons.push(format!("required is {required}, achieved {achieved}"));
        }
    }
    chosen
}

/// Fates that cannot both be true.
fn contradiction(acts: &[&Act]) -> Option<String> {
    let destroyed: Vec<&&Act> =
        acts.iter().filter(|act| act.technique.destroys() && !matches!(act.outcome, Outcome::Failed(_))).collect();
    let first = destroyed.first()?;
    if let Some(other) = destroyed
        .iter()
        .find(|act| (act.day, &act.vendor, act.technique) != (first.day, &first.vendor, first.technique))
    {
        return Some(format!("it was destroyed twice, by {} and by {}", first.by, other.by));
    }
    let later = acts.iter().find(|act| !act.technique.destroys() && act.day > first.day && first.day.is_some())?;
    Some(format!("`{}` says that it was sanitised after it was destroyed", later.file))
}
