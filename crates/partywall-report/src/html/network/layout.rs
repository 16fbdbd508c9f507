//! Where everything of the picture stands.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::{NetworkBand, NetworkFlow, NetworkPicture, NetworkSubnet};

pub(super) const MARGIN: usize = 10;
/// Width of the column with the names of tiers.
pub(super) const TIER_WIDTH: usize = 74;
pub(super) const BOX_WIDTH: usize = 206;
const BOX_HEIGHT: usize = 62;
/// Height of a box for all subnets of a band, which has no ranges to show.
const LOW_BOX_HEIGHT: usize = 50;
pub(super) const GAP: usize = 8;
/// Height of the bar that stands for the internet.
pub(super) const WORLD_HEIGHT: usize = 30;
/// Width of what is written beside a band.
pub(super) const WORDS_WIDTH: usize = 292;
pub(super) const LINE_HEIGHT: usize = 17;
const HEAD_HEIGHT: usize = 46;
/// The same without zones.
const LOW_HEAD_HEIGHT: usize = 30;
const LANE_WIDTH: usize = 11;
/// Lines beside a band; what else reaches it is counted.
const LINES_MAX: usize = 8;

/// A box for a subnet, or for all of a band.
pub(super) struct Tile<'p> {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) height: usize,
    pub(super) subnets: Vec<&'p NetworkSubnet>,
}

/// A band in its place.
pub(super) struct Placed<'p> {
    pub(super) band: &'p NetworkBand,
    pub(super) y: usize,
    pub(super) height: usize,
    pub(super) tiles: Vec<Tile<'p>>,
    /// What reaches it and is not written.
    pub(super) more: usize,
    /// Where the first line beside it stands.
    pub(super) lines_y: usize,
    pub(super) lines: usize,
}

/// A VPC in its place.
pub(super) struct Frame<'p> {
    pub(super) vpc: &'p str,
    pub(super) ranges: &'p [String],
    pub(super) y: usize,
    pub(super) height: usize,
    /// Zones with where their column begins.
    pub(super) zones: Vec<(&'p str, usize)>,
}

/// A line that tells what reaches a band, and its arrow.
pub(super) struct Arrow<'p> {
    pub(super) flow: &'p NetworkFlow,
    /// How many VPCs say the same from such a tier.
    pub(super) vpcs: usize,
    pub(super) line_y: usize,
    pub(super) way: Way,
}

/// How an arrow comes to its line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It does not: the band's own traffic.
    Within,
    /// From nowhere in particular: from many.
    Stub,
    /// From a place, along a lane.
    Lane {
        /// Where it begins.
        from_y: usize,
        /// Where its lane is.
        x: usize,
    },
}

/// The picture with places.
pub(super) struct Sheet<'p> {
    pub(super) picture: &'p NetworkPicture,
    pub(super) frames: Vec<Frame<'p>>,
    pub(super) bands: Vec<Placed<'p>>,
    pub(super) arrows: Vec<Arrow<'p>>,
    /// Where frames end and what is written beside bands begins.
    pub(super) words_x: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl<'p> Sheet<'p> {
    /// Places everything; beyond so many subnets those of one band share a box.
    pub(super) fn of(picture: &'p NetworkPicture, subnets_max: usize) -> Self {
        let subnets: usize = picture.bands.iter().map(|band| band.subnets.len()).sum();
        let is_collapsed = subnets > subnets_max;
        let told = told(picture);
        let mut sheet = Self {
            picture,
            frames: Vec::new(),
            bands: Vec::new(),
            arrows: Vec::new(),
            words_x: 0,
            width: 0,
            height: MARGIN + WORLD_HEIGHT + 2 * GAP,
        };
        let mut start = 0;
        for of_vpc in picture.bands.chunk_by(|left, right| left.vpc == right.vpc) {
            sheet.place_vpc(of_vpc, start, is_collapsed, &told);
            start += of_vpc.len();
        }
        sheet.words_x += GAP;
        sheet.place_arrows(&told);
        sheet
    }

    fn place_vpc(&mut self, bands: &'p [NetworkBand], start: usize, is_collapsed: bool, told: &Told<'p>) {
        let Some(first) = bands.first() else { return };
        let subnets = bands.iter().flat_map(|band| &band.subnets).filter(|_| !is_collapsed);
        let names: BTreeSet<&str> = subnets.map(|subnet| &*subnet.zone).collect();
        let left = MARGIN + TIER_WIDTH;
        let zones: Vec<(&str, usize)> =
            names.into_iter().enumerate().map(|(at, zone)| (zone, left + at * (BOX_WIDTH + GAP))).collect();
        let top = self.height;
        self.height += if is_collapsed { LOW_HEAD_HEIGHT } else { HEAD_HEIGHT };
        for (band, position) in bands.iter().zip(start..) {
            let (lines, more) = told.get(&position).map_or((0, 0), |inbound| (inbound.shown.len(), inbound.more));
            let y = self.height;
            let tiles = if is_collapsed { vec![whole(band, left, y)] } else { tiles(band, &zones, y) };
            let lowest = tiles.iter().map(|tile| tile.y + tile.height).max().unwrap_or(y + LINE_HEIGHT);
            let written = (lines + usize::from(more > 0)) * LINE_HEIGHT + GAP;
            let height = (lowest + GAP - y).max(written);
            let lines_y = y + (height - written) / 2 + LINE_HEIGHT;
            self.bands.push(Placed { band, y, height, tiles, more, lines_y, lines });
            self.height += height + GAP;
        }
        let height = self.height - top;
        self.frames.push(Frame { vpc: &first.vpc, ranges: &first.ranges, y: top, height, zones });
        self.height += 2 * GAP;
        let right = left + self.frames.last().map_or(1, |frame| frame.zones.len().max(1)) * (BOX_WIDTH + GAP);
        self.words_x = self.words_x.max(right);
    }

    /// Gives every line its arrow.
    fn place_arrows(&mut self, told: &Told<'p>) {
        let mut leaving: BTreeMap<usize, usize> = BTreeMap::new();
        for (position, inbound) in told {
            let Some(placed) = self.bands.get(*position) else { continue };
            let mut line_y = placed.lines_y;
            for (flow, vpcs) in &inbound.shown {
                let way = match flow.from {
                    Some(from) if from == *position => Way::Within,
                    _ if *vpcs > 1 => Way::Stub,
                    None => Way::Lane { from_y: MARGIN + WORLD_HEIGHT / 2, x: 0 },
                    Some(from) => {
                        let number = leaving.entry(from).or_default();
                        *number += 1;
                        Way::Lane { from_y: self.leaves_at(from, *number), x: 0 }
                    }
                };
                self.arrows.push(Arrow { flow, vpcs: *vpcs, line_y, way });
                line_y += LINE_HEIGHT;
            }
        }
        self.place_lanes();
    }

    /// Gives every arrow a lane in which none overlaps another; short ones first, so that they stay near. Those from the
    /// internet share one.
    fn place_lanes(&mut self) {
        let lanes_x = self.words_x + WORDS_WIDTH;
        let mut order: Vec<(usize, usize, usize)> = Vec::new();
        for (at, arrow) in self.arrows.iter().enumerate() {
            if let (Way::Lane { from_y, .. }, true) = (arrow.way, arrow.flow.from.is_some()) {
                order.push((from_y.abs_diff(arrow.line_y), from_y.min(arrow.line_y), at));
            }
        }
        order.sort_unstable();
        let mut lanes: Vec<Vec<(usize, usize)>> = Vec::new();
        for (length, top, at) in order {
            let span = (top.saturating_sub(3), top + length + 3);
            let is_free = |lane: &Vec<(usize, usize)>| lane.iter().all(|other| span.1 < other.0 || other.1 < span.0);
            let number = lanes.iter().position(is_free).unwrap_or(lanes.len());
            match lanes.get_mut(number) {
                Some(lane) => lane.push(span),
                None => lanes.push(vec![span]),
            }
            if let Some(Arrow { way: Way::Lane { x, .. }, .. }) = self.arrows.get_mut(at) {
                *x = lanes_x + (number + 1) * LANE_WIDTH;
            }
        }
        let outermost = lanes_x + (lanes.len() + 1) * LANE_WIDTH;
        for arrow in self.arrows.iter_mut().filter(|arrow| arrow.flow.from.is_none()) {
            if let Way::Lane { x, .. } = &mut arrow.way {
                *x = outermost;
            }
        }
        self.width = outermost + 2 * LANE_WIDTH;
    }

    /// Where the arrows of a band begin: below its lines, each a little lower than the one before, as far as there is
    /// room.
    fn leaves_at(&self, from: usize, number: usize) -> usize {
        let Some(band) = self.bands.get(from) else { return 0 };
        let room = band.height.saturating_sub(6);
        band.y + 3 + (number * 5) % room.max(1)
    }
}

/// What reaches a band: what is written, each with the number of VPCs that it stands for, and how much is not.
pub(super) struct Inbound<'p> {
    shown: Vec<(&'p NetworkFlow, usize)>,
    more: usize,
}

type Told<'p> = BTreeMap<usize, Inbound<'p>>;

/// What reaches each band: from the internet first, then from the same VPC, then from the others, of which those that
/// say the same from the same tier share a line.
fn told(picture: &NetworkPicture) -> Told<'_> {
    let mut by_target: BTreeMap<usize, Vec<&NetworkFlow>> = BTreeMap::new();
    for flow in &picture.flows {
        by_target.entry(flow.to).or_default().push(flow);
    }
    by_target.into_iter().map(|(to, flows)| (to, inbound(picture, to, flows))).collect()
}

fn inbound<'p>(picture: &'p NetworkPicture, to: usize, flows: Vec<&'p NetworkFlow>) -> Inbound<'p> {
    let of = |position: Option<usize>| picture.bands.get(position?).map(|band| (&*band.vpc, band.tier));
    let own = of(Some(to)).map(|(vpc, _)| vpc);
    let is_near = |flow: &&NetworkFlow| flow.from.is_none() || of(flow.from).map(|(vpc, _)| vpc) == own;
    let (near, far): (Vec<&NetworkFlow>, Vec<&NetworkFlow>) = flows.into_iter().partition(is_near);
    let mut shown: Vec<(&NetworkFlow, usize)> = near.into_iter().map(|flow| (flow, 1)).collect();
    let mut alike: BTreeMap<_, Vec<&NetworkFlow>> = BTreeMap::new();
    for flow in far {
        let tier = of(flow.from).map(|(_, tier)| tier);
        alike.entry((tier, &flow.answered, &flow.unanswered, &flow.unknown)).or_default().push(flow);
    }
    for flows in alike.into_values() {
        match flows.as_slice() {
            [first, _, _, ..] => shown.push((*first, flows.len())),
            few => shown.extend(few.iter().map(|flow| (*flow, 1))),
        }
    }
    let more = shown.len().saturating_sub(LINES_MAX);
    shown.truncate(LINES_MAX);
    Inbound { shown, more }
}

fn tiles<'p>(band: &'p NetworkBand, zones: &[(&str, usize)], y: usize) -> Vec<Tile<'p>> {
    let mut out = Vec::new();
    for (zone, x) in zones {
        let own = band.subnets.iter().filter(|subnet| subnet.zone == *zone);
        out.extend(own.enumerate().map(|(at, subnet)| Tile {
            x: *x,
            y: y + GAP + at * (BOX_HEIGHT + GAP),
            height: BOX_HEIGHT,
            subnets: vec![subnet],
        }));
    }
    out
}

/// One box for a whole band.
fn whole(band: &NetworkBand, x: usize, y: usize) -> Tile<'_> {
    Tile { x, y: y + GAP, height: LOW_BOX_HEIGHT, subnets: band.subnets.iter().collect() }
}
