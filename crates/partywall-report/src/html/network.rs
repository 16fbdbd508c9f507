//! The network in SVG: zones are columns, tiers of each VPC are bands with their subnets as boxes, and arrows say what
//! bands can say to each other.

mod drawing;
mod layout;

use std::fmt::Write;

use partywall_model::NetworkPicture;

use layout::Sheet;

/// Subnets up to which each has a box of its own; beyond, those of one tier of a VPC share one.
const SUBNETS_MAX: usize = 50;

/// Colours and strokes, for the page and for a picture of its own.
pub(super) const STYLE: &str = include_str!("network.css");

/// Colours that the page defines otherwise.
const COLOURS: &str = include_str!("network_colours.css");

/// The section about what stands where; '' when there is nothing to tell.
pub(super) fn section(picture: &NetworkPicture) -> String {
    if picture.bands.is_empty() {
        return String::new();
    }
    let exposed: usize = picture.bands.iter().flat_map(|band| &band.subnets).map(|subnet| subnet.exposed.len()).sum();
    let mut out = String::from("<section aria-labelledby=\"network\">\n<h2 id=\"network\">The network</h2>\n");
    let _ = writeln!(
        out,
        "<p>Zones are columns; a band holds the subnets of one tier. What is written beside a band reaches it, and an arrow comes from those that it comes from. The internet reaches {exposed} {}; <code>partywall network exposed</code> lists them.</p>",
        if exposed == 1 { "interface" } else { "interfaces" }
    );
    let sheet = Sheet::of(picture, SUBNETS_MAX);
    let _ = write!(out, "<div class=\"scroll\">{}</div>\n{LEGEND}", drawing::draw(&sheet, ""));
    out + "</section>\n"
}

const LEGEND: &str = "<ul class=\"legend\">\n<li><span class=\"stroke answered\"></span>gets there, and answers back</li>\n<li><span class=\"stroke unanswered\"></span>gets there; answers are lost</li>\n<li><span class=\"stroke unknown\"></span>something that is not known decides</li>\n<li><span class=\"stroke internet\"></span>from the internet</li>\n</ul>\n";

/// A picture of its own, with its colours.
pub(crate) fn standalone(picture: &NetworkPicture) -> String {
    let sheet = Sheet::of(picture, SUBNETS_MAX);
    drawing::draw(&sheet, &format!("<style>\n{COLOURS}{STYLE}</style>\n"))
}
