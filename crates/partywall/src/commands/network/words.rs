//! Parts of sentences that several questions share.

use partywall_analysis::network::flows::Exchange;
use partywall_analysis::network::headers::{Block, EPHEMERAL_PORTS, Headers, ICMP, ICMPV6, PORTS, Span, TCP, UDP};
use partywall_report::plain;

/// Reads `443`, `tcp/443`, `udp/1000-2000`, `icmp` or `all`.
pub(super) fn port(text: &str) -> Result<Headers, String> {
    let unreadable = || format!("`{text}` is no port; write 443, tcp/443, udp/1000-2000, icmp or all");
    let (name, ports) = match text.split_once('/') {
        Some((name, ports)) => (name, Some(ports)),
        None if text.starts_with(|first: char| first.is_ascii_digit()) => ("tcp", Some(text)),
        None => (text, None),
    };
    let protocol = match name {
        "all" => return Ok(Headers::all()),
        "tcp" => TCP,
        "udp" => UDP,
        "icmp" => {
            return Ok(Block { source: Span::one(8), destination: Span::one(0), ..Block::of_protocol(ICMP) }.into());
        }
        "icmpv6" => {
            return Ok(Block { source: Span::one(128), destination: Span::one(0), ..Block::of_protocol(ICMPV6) }.into());
        }
        _ => return Err(unreadable()),
    };
    let destination = match ports {
        None => PORTS,
        Some(ports) => {
            let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
            let number = |text: &str| text.trim().parse().map_err(|_| unreadable());
            Span { first: number(first)?, last: number(last)? }
        }
    };
    Ok(Block { source: EPHEMERAL_PORTS, destination, ..Block::of_protocol(protocol) }.into())
}

/// What passes, without the client's ports.
pub(super) fn ports(headers: &Headers) -> String {
    headers.with_sources(PORTS).to_string()
}

/// What an exchange amounts to, in a few words.
pub(super) fn exchange(exchange: &Exchange) -> String {
    let unanswered = exchange.certain.without(&exchange.answered);
    let unsure = exchange.maybe_answered.without(&exchange.answered);
    let mut parts = Vec::new();
    if !exchange.answered.is_empty() {
        parts.push(ports(&exchange.answered));
    }
    if exchange.answered.is_empty() && !unanswered.is_empty() {
        parts.push(format!("{} without an answer", ports(&unanswered)));
    }
    if exchange.answered.is_empty() && !unsure.is_empty() {
        parts.push(format!("perhaps {}", ports(&unsure)));
    }
    plain(&parts.join("; "))
}
