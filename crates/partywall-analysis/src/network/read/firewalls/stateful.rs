//! Stateful rules: lists of them, domains, and those in Suricata's language.
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html>

use std::sync::Arc;

use super::super::view::{Fields, View};
use super::variables::Variables;
use super::{Named, unseen};
use crate::network::firewall::{Addresses, FirewallRule, Verdict};
use crate::network::headers::{Block, Headers, ICMP, ICMPV6, PORTS, Span, TCP, UDP};
use crate::network::model::{Fact, Missing};

/// Keywords of options that say nothing about what a rule matches.
/// <https://docs.suricata.io/en/latest/rules/meta.html>
const NEUTRAL: [&str; 9] = ["sid", "rev", "msg", "gid", "classtype", "priority", "metadata", "reference", "noalert"];

/// Most bytes of rules in Suricata's language that are read: AWS takes two million.
/// <https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html>
const TEXT_MAX: usize = 2_000_000;

/// One rule in words, whatever source it is from.
struct Words<'w> {
    action: &'w str,
    protocol: &'w str,
    source: (&'w str, &'w str),
    is_both_ways: bool,
    destination: (&'w str, &'w str),
    options: Vec<&'w str>,
}

/// The rules of a group in the order in which they stand, for a policy that keeps to it or sorts them by their actions.
pub(super) fn rules<'v>(
    group: &Named<'v>,
    is_strict: bool,
    variables: &dyn Fn(View<'v>) -> Variables,
) -> Vec<FirewallRule> {
    let Some(view) = group.group else { return vec![unseen(group)] };
    let variables = variables(view);
    let resource = &view.row.resource;
    let mut out = Vec::new();
    let (listed, more) = view.structs("stateful_rules");
    let mut unknown = more;
    for fields in listed {
        match declared(resource, fields, is_strict, &variables) {
            Ok(rules) => out.extend(rules),
            Err(missing) => {
                out.push(FirewallRule { verdict: Err(missing.clone()), doubt: Some(missing), ..unseen(group) })
            }
        }
    }
    match view.text("rules_string") {
        Ok(text) if text.len() > TEXT_MAX => unknown = Some(format!("the rules of `{resource}` are too long").into()),
        Ok(text) => lines(&text).for_each(|line| out.extend(written(resource, line, is_strict, &variables))),
        Err(missing) => unknown = Some(missing),
    }
    let (domains, more) = view.texts("domains");
    let has_domains = !domains.is_empty() || more.is_some() || view.text("domain_rule_type").is_err();
    if has_domains {
        out.extend(of_domains(resource, &domains));
    }
    if let Some(missing) = unknown {
        out.push(FirewallRule { verdict: Err(missing.clone()), doubt: Some(missing), ..unseen(group) });
    }
    if let Some(missing) = &group.doubt {
        out.iter_mut().for_each(|rule| rule.doubt = rule.doubt.take().or_else(|| Some(missing.clone())));
    }
    out
}

/// What happens to what no rule matches, in strict order.
/// <https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html>
pub(super) fn default((actions, more): &(Vec<Arc<str>>, Option<Missing>)) -> Fact<Verdict> {
    if actions.iter().any(|action| action.as_ref() == "aws:drop_strict") {
        return Ok(Verdict::Drop);
    }
    if let Some(missing) = more {
        return Err(missing.clone());
    }
    let drops = actions.iter().find(|action| !action.starts_with("aws:alert_"));
    match drops {
        None => Ok(Verdict::Pass),
        Some(action) => Err(format!("`{action}` lets connections be opened and drops what is sent over them").into()),
    }
}

/// Puts rules in the order of their actions: pass, drop and reject, alert.
pub(super) fn by_action(rules: &mut [FirewallRule]) {
    // What may pass or may be dropped stands first, where it can do either.
    rules.sort_by_key(|rule| match &rule.verdict {
        Err(_) => 0,
        Ok(Verdict::Pass) => 1,
        Ok(_) => 2,
    });
}

fn declared(
    resource: &Arc<str>,
    fields: Fields<'_>,
    is_strict: bool,
    variables: &Variables,
) -> Fact<Vec<FirewallRule>> {
    let text = |name: &str| fields.text(name);
    let (action, protocol, direction) = (text("action")?, text("protocol")?, text("direction")?);
    let (source, source_port) = (text("source")?, text("source_port")?);
    let (destination, destination_port) = (text("destination")?, text("destination_port")?);
    let (options, more) = fields.texts("options");
    let words = Words {
        action: &action,
        protocol: &protocol,
        source: (&source, &source_port),
        is_both_ways: direction.eq_ignore_ascii_case("any"),
        destination: (&destination, &destination_port),
        options: options.iter().map(|option| &**option).collect(),
    };
    let mut rules = rule(resource, &words, is_strict, variables);
    rules.iter_mut().for_each(|rule| rule.doubt = rule.doubt.take().or_else(|| more.clone()));
    Ok(rules)
}

/// The lines of a text that hold rules, where a backslash goes on in the next line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut goes_on = false;
    let pieces = text.split_inclusive('\n');
    let mut start = 0;
    let mut end = 0;
    let mut out = Vec::new();
    for piece in pieces {
        if !goes_on {
            start = end;
        }
        end += piece.len();
        goes_on = piece.trim_end().ends_with('\\');
        if !goes_on {
            out.extend(text.get(start..end).map(str::trim));
        }
    }
    if goes_on {
        out.extend(text.get(start..end).map(str::trim));
    }
    out.into_iter().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A rule in Suricata's language.
/// <https://docs.suricata.io/en/latest/rules/intro.html>
fn written(resource: &Arc<str>, line: &str, is_strict: bool, variables: &Variables) -> Vec<FirewallRule> {
    let (head, options) = line.split_once('(').unwrap_or((line, ""));
    let words = pieces(head);
    let [action, protocol, source, source_port, arrow, destination, destination_port] = words.as_slice() else {
        let missing: Missing = format!("a rule of `{resource}` cannot be read: `{}`", head.trim()).into();
        return vec![anything(resource, Err(missing.clone()), Headers::all(), missing)];
    };
    let words = Words {
        action,
        protocol,
        source: (source, source_port),
        is_both_ways: *arrow == "<>",
        destination: (destination, destination_port),
        options: keywords(options.trim_end().strip_suffix(')').unwrap_or(options)),
    };
    rule(resource, &words, is_strict, variables)
}

/// Words, those in brackets in one piece.
fn pieces(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let split = text.split(move |letter: char| {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter.is_whitespace() && depth == 0
    });
    split.filter(|piece| !piece.is_empty()).collect()
}

/// The keywords of options, which semicolons end outside of quotes.
fn keywords(options: &str) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let split = options.split(move |letter| {
        let ends = letter == ';' && !is_quoted && !is_escaped;
        is_quoted ^= letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends
    });
    split.map(str::trim).filter(|option| !option.is_empty()).collect()
}

/// A rule, and where it is meant for both directions its mirror image.
fn rule(resource: &Arc<str>, words: &Words<'_>, is_strict: bool, variables: &Variables) -> Vec<FirewallRule> {
    let verdict = match words.action.to_ascii_lowercase().as_str() {
        "pass" | "alert" => Ok(Verdict::Pass),
        "drop" | "reject" | "rejectsrc" | "rejectdst" | "rejectboth" => Ok(Verdict::Drop),
        other => Err(format!("what the action `{other}` does is not known").into()),
    };
    let keyword = |option: &&str| option.split(':').next().unwrap_or(option).trim().to_ascii_lowercase();
    let option = words.options.iter().map(keyword).find(|keyword| !NEUTRAL.contains(&keyword.as_str()));
    let option = option.map(|name| format!("a rule of `{resource}` has the option `{name}`, which looks at more"));
    // Where actions decide about the order, alerts are last and what is left passes. In strict order AWS's pages differ
    // on whether an alert ends the inspection.
    let is_alert = words.action.eq_ignore_ascii_case("alert");
    if is_alert && !is_strict {
        return Vec::new();
    }
    let alert = is_alert.then(|| {
        format!("an alert of `{resource}` matches, and whether later rules still apply is documented in two ways")
    });
    let (protocols, content) = protocols(words.protocol);
    let content = content.then(|| format!("whether a flow is `{}` shows only in its content", words.protocol));
    let doubt: Option<Missing> = option.or(content).or(alert).map(Into::into);
    let make = |from: (&str, &str), to: (&str, &str)| FirewallRule {
        resource: resource.clone(),
        verdict: verdict.clone(),
        source: variables.addresses(from.0),
        destination: variables.addresses(to.0),
        headers: headers(&protocols, &variables.ports(from.1), &variables.ports(to.1)),
        doubt: doubt.clone(),
    };
    let mut out = vec![make(words.source, words.destination)];
    if words.is_both_ways {
        out.push(make(words.destination, words.source));
    }
    out
}

/// The protocols that a name means, and whether only the content of packets tells.
fn protocols(name: &str) -> (Vec<Block>, bool) {
    let of = |numbers: &[u8]| numbers.iter().map(|number| Block::of_protocol(*number)).collect();
    match name.to_ascii_lowercase().as_str() {
        "ip" => (vec![Block::ALL], false),
        "tcp" => (of(&[TCP]), false),
        "udp" => (of(&[UDP]), false),
        "icmp" => (of(&[ICMP, ICMPV6]), false),
        "http" | "http1" | "http2" | "tls" | "ssh" | "ftp" | "smtp" | "smb" | "msn" | "dcerpc" => (of(&[TCP]), true),
        "dns" | "krb5" => (of(&[TCP, UDP]), true),
        "ntp" | "tftp" | "dhcp" | "ikev2" | "ike" | "quic" => (of(&[UDP]), true),
        _ => (vec![Block::ALL], true),
    }
}

type Ports = Fact<Vec<Span<u16>>>;

fn headers(protocols: &[Block], sources: &Ports, destinations: &Ports) -> Fact<Headers> {
    let (sources, destinations) =
        (sources.as_ref().map_err(Clone::clone)?, destinations.as_ref().map_err(Clone::clone)?);
    let is_any = sources.contains(&PORTS) && destinations.contains(&PORTS);
    let with_ports = [Block::of_protocol(TCP), Block::of_protocol(UDP)];
    let mut out = Headers::none();
    for block in protocols {
        if is_any {
            out.add_block(*block);
            continue;
        }
        // Only TCP and UDP have ports.
        for part in with_ports.iter().filter(|part| *block == Block::ALL || block == *part) {
            for source in sources {
                for destination in destinations {
                    out.add_block(Block { source: *source, destination: *destination, ..*part });
                }
            }
        }
    }
    Ok(out)
}

fn anything(resource: &Arc<str>, verdict: Fact<Verdict>, headers: Headers, missing: Missing) -> FirewallRule {
    FirewallRule {
        resource: resource.clone(),
        verdict,
        source: Ok(Addresses::ANY),
        destination: Ok(Addresses::ANY),
        headers: Ok(headers),
        doubt: Some(missing),
    }
}

/// Domains are looked for in what is sent over TCP: some flows may pass, others may not.
/// <https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html>
fn of_domains(resource: &Arc<str>, domains: &[Arc<str>]) -> [FirewallRule; 2] {
    let named = match domains {
        [] => "domains".to_owned(),
        [one] => format!("the domain `{one}`"),
        [one, rest @ ..] => format!("the domain `{one}` and {} more", rest.len()),
    };
    let missing: Missing = format!("`{resource}` looks for {named} in the content of a flow").into();
    let tcp = || Headers::from(Block::of_protocol(TCP));
    [Verdict::Pass, Verdict::Drop].map(|verdict| anything(resource, Ok(verdict), tcp(), missing.clone()))
}
