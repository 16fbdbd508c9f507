//! How packets get from one interface to another, apart from what the security groups of both say: many interfaces share
//! it.

use ipnet::IpNet;

use super::address::{everywhere, same_family};
use super::flows::Exchange;
use super::headers::Headers;
use super::model::{Interface, Network};
use super::passage::{Other, Passage, groups, groups_from_anywhere};
use super::trace::{Spot, Touched, exchange_at, plain_walk};
use super::walk::Arrival;

/// How packets get from one interface to another, by each family of addresses that both have.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Ways(Vec<Way>);

#[derive(Debug, PartialEq, Eq, Hash)]
enum Way {
    /// Every pair of interfaces has to be looked at: something on the way translates, or depends on their groups.
    Particular {
        is_v6: bool,
    },
    Plain(Box<Plain>),
}

/// What gets there and back where groups let everything pass.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Plain {
    is_v6: bool,
    certain: Headers,
    possible: Headers,
    /// What does not surely get an answer.
    unanswered: Headers,
    /// What surely gets no answer.
    never_answered: Headers,
    arrival: Arrival,
    /// Whether rules of the source may refer to the destination's groups.
    refers: bool,
}

/// An interface's first address of each family that it has.
pub(super) fn first_of_each_family(interface: &Interface) -> Vec<IpNet> {
    let mut out: Vec<IpNet> = Vec::with_capacity(2);
    for address in &interface.addresses {
        if !out.iter().any(|known| same_family(*known, address.private)) {
            out.push(address.private);
        }
    }
    out
}

fn first(interface: &Interface, is_v6: bool) -> Option<IpNet> {
    interface.addresses.iter().map(|own| own.private).find(|own| matches!(own, IpNet::V6(_)) == is_v6)
}

impl Ways {
    /// How packets get from one interface to another, noting what decided about it.
    pub(super) fn new(network: &Network, from: &Interface, to: &Interface, touched: &mut Touched) -> Self {
        let mut ways = Vec::new();
        for address in first_of_each_family(to) {
            let is_v6 = matches!(address, IpNet::V6(_));
            if first(from, is_v6).is_none() {
                continue;
            }
            match plain(network, from, to, address, touched) {
                Some(plain) if plain.possible.is_empty() => {}
                Some(plain) => ways.push(Way::Plain(Box::new(plain))),
                None => ways.push(Way::Particular { is_v6 }),
            }
        }
        Self(ways)
    }

    /// Whether nothing gets there whatever groups say.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether ways that are equal lead to equal exchanges.
    pub(super) fn is_plain_throughout(&self) -> bool {
        self.0.iter().all(|way| matches!(way, Way::Plain(_)))
    }

    /// Whether what gets there depends on where it comes from only as rules about its address or its groups say.
    pub(super) fn is_plain(&self) -> bool {
        let is_unchanged = |way: &Way| matches!(way, Way::Plain(plain) if plain.arrival != Arrival::Somehow);
        self.0.iter().all(is_unchanged)
    }

    /// What an interface can say to another that are both as those that this was made for, but for their groups.
    pub(super) fn exchange(&self, network: &Network, from: &Interface, to: &Interface) -> Option<Exchange> {
        let mut out: Option<Exchange> = None;
        for way in &self.0 {
            let one = match way {
                Way::Plain(plain) => plain.exchange(network, from, to),
                Way::Particular { is_v6 } => first(to, *is_v6).map(|address| exchange_at(network, from, to, address)),
            };
            let Some(one) = one.filter(|one| !one.is_empty()) else { continue };
            out = Some(match out {
                Some(known) => known.join(&one),
                None => one,
            });
        }
        out
    }
}

impl Plain {
    fn exchange(&self, network: &Network, from: &Interface, to: &Interface) -> Option<Exchange> {
        let entered = self.entering(network, from, to)?;
        let possible = self.possible.meet(&entered.possible);
        if possible.is_empty() {
            return None;
        }
        let member = self.refers.then_some(to);
        let other = Other { address: first(to, self.is_v6)?, member, doubt: None };
        let left = groups(network, from, true, &other, &possible);
        let certain = self.certain.meet(&entered.certain).meet(&left.certain);
        let possible = left.possible;
        Some(Exchange {
            answered: certain.without(&self.unanswered),
            maybe_answered: possible.without(&self.never_answered),
            certain,
            possible,
        })
    }

    fn entering(&self, network: &Network, from: &Interface, to: &Interface) -> Option<Passage> {
        let keeps = match &self.arrival {
            Arrival::Never => return None,
            Arrival::Somehow => return Some(groups_from_anywhere(to, &self.possible)),
            Arrival::Unchanged(keeps, _) => keeps,
        };
        let member = (*keeps != Ok(false)).then_some(from);
        let other = Other { address: first(from, self.is_v6)?, member, doubt: keeps.clone().err() };
        Some(groups(network, to, false, &other, &self.possible))
    }
}

fn plain(network: &Network, from: &Interface, to: &Interface, address: IpNet, touched: &mut Touched) -> Option<Plain> {
    let (mut walk, answer) = plain_walk(network, from, Spot::AddressOf(to, address), everywhere(address), touched)?;
    let all = Headers::all();
    let (forward, reply) = (walk.outcome(&all), answer.outcome(&all.reversed()));
    Some(Plain {
        is_v6: matches!(address, IpNet::V6(_)),
        unanswered: all.without(&all.answered_by(&reply.certain)),
        never_answered: all.without(&all.answered_by(&reply.possible)),
        certain: forward.certain,
        possible: forward.possible,
        arrival: walk.arrival.clone(),
        refers: walk.member_for_egress(from).is_some(),
    })
}
