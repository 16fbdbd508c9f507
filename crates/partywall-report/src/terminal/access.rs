//! Who can do what, for people.

use std::fmt::Write;

use partywall_model::{AccessAction, AccessCertainty, AccessHop, AccessPath, DutyConflict, Exposure, UnusedAccess};

use super::counted;
use super::paint::{Color, Paint};
use super::plain::plain;
use crate::Style;

/// Entries that are listed before the rest is only counted.
const LISTED: usize = 25;

/// Draws chains as trees, one for each principal.
pub(crate) fn paths(paths: &[AccessPath], style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = String::new();
    let listed = if style.all { usize::MAX } else { LISTED };
    for path in paths.iter().take(listed) {
        let to = if path.reaches_administrator { paint.with(Color::Red, &path.to) } else { plain(&path.to) };
        let _ = writeln!(
            out,
            "{} {} {to}  {}",
            paint.bold(&plain(&path.from)),
            arrow(&paint),
            certainty(path.certainty, &paint)
        );
        for (at, hop) in path.hops.iter().enumerate() {
            draw(&mut out, hop, at, at + 1 == path.hops.len(), &paint);
        }
    }
    more(&mut out, paths.len(), listed);
    let administrators = paths.iter().filter(|path| path.reaches_administrator).count();
    let _ = writeln!(
        out,
        "{}, of which {} to everything",
        counted(paths.len(), "path"),
        paint.bold(&administrators.to_string())
    );
    out
}

fn draw(out: &mut String, hop: &AccessHop, depth: usize, is_last: bool, paint: &Paint) {
    let indent = "   ".repeat(depth);
    let branch = if is_last { "└─" } else { "├─" };
    let _ = writeln!(out, "{indent}{branch} {} {} {}", hop.title, arrow(paint), plain(&hop.to));
    for action in &hop.actions {
        let _ = writeln!(out, "{indent}   {} {}", paint.with(Color::Dim, "·"), described(action, paint));
    }
    if let Some(doubt) = &hop.doubt {
        let _ = writeln!(out, "{indent}   {} {}", paint.with(Color::Yellow, "?"), plain(doubt));
    }
    if !hop.cure.is_empty() {
        let _ = writeln!(out, "{indent}   {} {}", paint.with(Color::Green, "cure:"), hop.cure);
    }
}

fn described(action: &AccessAction, paint: &Paint) -> String {
    let statements = action.statements.iter().map(|text| plain(text)).collect::<Vec<_>>().join("; ");
    let sure = match action.certainty {
        AccessCertainty::Allowed => String::new(),
        other => format!(" {}", certainty(other, paint)),
    };
    format!("{} on {}{sure}  {}", plain(&action.action), plain(&action.on), paint.with(Color::Dim, &statements))
}

fn arrow(paint: &Paint) -> String {
    paint.with(Color::Dim, "→")
}

fn certainty(certainty: AccessCertainty, paint: &Paint) -> String {
    match certainty {
        AccessCertainty::Allowed => paint.with(Color::Red, "allowed"),
        AccessCertainty::Conditional => paint.with(Color::Yellow, "allowed under conditions"),
        AccessCertainty::Unknown => paint.with(Color::Yellow, "unknown: something that is not known decides"),
    }
}

fn more(out: &mut String, count: usize, listed: usize) {
    if count > listed {
        let _ = writeln!(out, "… and {} more; --all lists them", count - listed);
    }
}

/// Lists whom resources let in.
pub(crate) fn exposures(exposures: &[Exposure], style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = String::new();
    let listed = if style.all { usize::MAX } else { LISTED };
    for exposure in exposures.iter().take(listed) {
        let who = match &*exposure.who {
            "*" => paint.with(Color::Red, "everybody"),
            who => plain(who),
        };
        let member = match exposure.is_in_organization {
            Some(true) => " (of the organization)",
            Some(false) => " (not of the organization)",
            None => "",
        };
        let access = if exposure.access.is_empty() { "use".to_owned() } else { exposure.access.join(", ") };
        let shown = if exposure.action.is_empty() { String::new() } else { format!(", such as {}", exposure.action) };
        let _ = writeln!(
            out,
            "{}  {who}{member} can {access}{shown}  {}  {}",
            paint.bold(&plain(&exposure.resource)),
            certainty(exposure.certainty, &paint),
            paint.with(Color::Dim, &format!("through {}", exposure.through)),
        );
    }
    more(&mut out, exposures.len(), listed);
    let public = exposures.iter().filter(|exposure| &*exposure.who == "*").count();
    let _ = writeln!(out, "{}, {} to everybody", counted(exposures.len(), "exposure"), paint.bold(&public.to_string()));
    out
}

/// Lists who holds duties together that belong apart.
pub(crate) fn conflicts(conflicts: &[DutyConflict], style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = String::new();
    let listed = if style.all { usize::MAX } else { LISTED };
    for conflict in conflicts.iter().take(listed) {
        let _ = writeln!(
            out,
            "{}  {} ({})  {}",
            paint.bold(&plain(&conflict.principal)),
            plain(&conflict.title),
            plain(&conflict.rule),
            certainty(conflict.certainty, &paint)
        );
        for side in &conflict.sides {
            let how =
                side.action.as_ref().map_or_else(|| "may do everything".to_owned(), |action| described(action, &paint));
            let through = match side.through == conflict.principal {
                true => String::new(),
                false => format!(" as {}", plain(&side.through)),
            };
            let _ = writeln!(out, "   {} {}{through}: {how}", paint.with(Color::Dim, "·"), plain(&side.name));
        }
        let _ = writeln!(out, "   {}", paint.with(Color::Dim, &plain(&conflict.why)));
    }
    more(&mut out, conflicts.len(), listed);
    let _ = writeln!(out, "{}", counted(conflicts.len(), "conflict"));
    out
}

/// Lists permissions that nobody uses.
pub(crate) fn unused(unused: &[UnusedAccess], style: &Style) -> String {
    let paint = Paint { color: style.color };
    let mut out = String::new();
    for one in unused {
        let _ = writeln!(
            out,
            "{}  has not used {}; it has used {}",
            paint.bold(&plain(&one.principal)),
            plain(&one.unused_services.join(", ")),
            if one.used_services.is_empty() { "nothing".to_owned() } else { plain(&one.used_services.join(", ")) },
        );
        let _ = writeln!(out, "   {} {}", paint.with(Color::Green, "would do:"), plain(&one.smaller_policy));
    }
    let _ = writeln!(out, "{}", counted(unused.len(), "principal"));
    out
}
