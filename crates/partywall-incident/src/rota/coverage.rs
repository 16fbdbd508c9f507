//! A proof that somebody is on call, or every second in which nobody is.

use std::collections::{BTreeMap, BTreeSet};

use partywall_model::Gap;
use serde::Serialize;

use super::ContactKind;
use super::roster::{Lost, Roster, Shift, Turns};
use crate::{IncidentError, Span, Spans};

/// What a window holds, role by role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The window.
    pub window: Span,
    /// Seconds of the window in which somebody is on call, by role.
    pub covered_seconds: BTreeMap<String, i64>,
    /// When nobody is, in order of role and time.
    pub gaps: Vec<RoleGap>,
    /// What of the rotas could not be understood; nobody is on call by it.
    pub unread: Vec<Gap>,
}

/// A time in which nobody is on call in a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleGap {
    /// The role.
    pub role: String,
    /// From when to when.
    pub span: Span,
    /// Its parts, each with its causes.
    pub segments: Vec<Segment>,
}

/// A part of a gap that has the same causes throughout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// From when to when.
    pub span: Span,
    /// Why nobody is on call.
    pub causes: BTreeSet<Cause>,
}

/// Why nobody is on call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// It is nobody's turn.
    NobodyScheduled,
    /// Whoever's turn it is is away.
    OnLeave {
        /// Who.
        member: String,
    },
    /// Whoever's turn it is cannot be reached as the rota asks.
    Unreachable {
        /// Who.
        member: String,
        /// The ways of which one is needed; any when empty.
        needs: Vec<ContactKind>,
    },
    /// Whoever's turn it is does not fill the role.
    LacksRole {
        /// Who.
        member: String,
    },
    /// A turn would begin at a time that the clock skips; the standard takes it out.
    SkippedHour {
        /// Who.
        member: String,
    },
    /// A turn has a fixed length and ends before the clock shows its end, since an hour repeats.
    RepeatedHour {
        /// Who.
        member: String,
    },
}

impl Cause {
    /// The cause in words.
    pub fn words(&self) -> String {
        match self {
            Self::NobodyScheduled => "nobody is scheduled".to_owned(),
            Self::OnLeave { member } => format!("`{member}` is on leave"),
            Self::Unreachable { member, needs } if needs.is_empty() => {
                format!("`{member}` has no contact that can be reached")
            }
            Self::Unreachable { member, needs } => {
                let needs: Vec<&str> = needs.iter().map(|kind| kind.id()).collect();
                format!("`{member}` cannot be reached by {}", needs.join(" or "))
            }
            Self::LacksRole { member } => format!("`{member}` does not fill this role"),
            Self::SkippedHour { member } => format!("the turn of `{member}` begins in an hour that the clock skips"),
            Self::RepeatedHour { member } => {
                format!("the turn of `{member}` ends early, since the clock repeats an hour")
            }
        }
    }
}

/// Somebody who is on call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OnCall {
    /// The role.
    pub role: String,
    /// Who, by id.
    pub member: String,
    /// Who, for people.
    pub name: String,
    /// When the turn ends, or when the window does.
    pub span: Span,
    /// The rota that says so.
    pub source: String,
}

impl Roster {
    /// Every second of the window in which nobody is on call in a role; of all roles when none is named.
    ///
    /// # Errors
    /// When the window or the number of turns in it is too large, or there is no role.
    pub fn coverage(&self, window: Span, roles: &[String]) -> Result<Coverage, IncidentError> {
        let Turns { shifts, lost, unread } = self.shifts(window)?;
        let roles = self.chosen(roles)?;
        let (mut covered_seconds, mut gaps) = (BTreeMap::new(), Vec::new());
        for role in roles {
            let of_role = shifts.iter().filter(|shift| shift.role == role);
            let mut missed: Vec<Lost> = lost.iter().filter(|lost| lost.role == role).cloned().collect();
            let mut held = Vec::new();
            for shift in of_role {
                self.judge(shift, &mut held, &mut missed);
            }
            let held = Spans::union(held);
            missed.sort_by_key(|lost| lost.span);
            let missing = held.missing(window);
            let uncovered: i64 = missing.iter().map(Span::seconds).sum();
            gaps.extend(explained(&role, &missing, &missed));
            covered_seconds.insert(role, window.seconds() - uncovered);
        }
        Ok(Coverage { window, covered_seconds, gaps, unread })
    }

    /// Who is on call in the window, in order of role and time.
    ///
    /// # Errors
    /// When the window or the number of turns in it is too large, or there is no role.
    pub fn on_call(&self, window: Span, roles: &[String]) -> Result<Vec<OnCall>, IncidentError> {
        let shifts = self.shifts(window)?.shifts;
        let roles = self.chosen(roles)?;
        let mut found = Vec::new();
        for shift in shifts.iter().filter(|shift| roles.contains(&shift.role)) {
            let mut held = Vec::new();
            self.judge(shift, &mut held, &mut Vec::new());
            found.extend(held.into_iter().map(|span| OnCall {
                role: shift.role.clone(),
                member: shift.member.clone(),
                name: self.members.get(&shift.member).map(|member| member.name.clone()).unwrap_or_default(),
                span,
                source: shift.source.to_string(),
            }));
        }
        found.sort();
        Ok(found)
    }

    fn chosen(&self, roles: &[String]) -> Result<BTreeSet<String>, IncidentError> {
        let chosen = if roles.is_empty() { self.roles() } else { roles.iter().cloned().collect() };
        let none = || IncidentError::Window("the rotas fill no role; add a [[rotation]] or an event".to_owned());
        (!chosen.is_empty()).then_some(chosen).ok_or_else(none)
    }

    /// What of a turn holds, and what is lost and why.
    fn judge(&self, shift: &Shift, held: &mut Vec<Span>, lost: &mut Vec<Lost>) {
        let name = shift.member.clone();
        let mut lose = |span, cause| lost.push(Lost { role: shift.role.clone(), span, cause });
        let Some(member) = self.members.get(&shift.member) else {
            return lose(shift.span, Cause::Unreachable { member: name, needs: shift.ways.to_vec() });
        };
        if member.roles.as_ref().is_some_and(|roles| !roles.contains(&shift.role)) {
            return lose(shift.span, Cause::LacksRole { member: name });
        }
        if !member.is_reachable(&shift.ways) {
            return lose(shift.span, Cause::Unreachable { member: name, needs: shift.ways.to_vec() });
        }
        let leave = Spans::union(member.leave.iter().copied());
        for span in leave.of(shift.span) {
            lose(span, Cause::OnLeave { member: name.clone() });
        }
        held.extend(leave.missing(shift.span).iter());
    }
}

/// Gaps with their causes.
fn explained(role: &str, missing: &Spans, lost: &[Lost]) -> Vec<RoleGap> {
    let mut gaps = Vec::new();
    // Lost turns begin in order; those that end before a gap are passed by for all later ones.
    let mut open: Vec<&Lost> = Vec::new();
    let mut next = 0;
    for span in missing.iter() {
        open.retain(|lost| lost.span.until > span.from);
        while let Some(lost) = lost.get(next).filter(|lost| lost.span.from < span.until) {
            open.push(lost);
            next += 1;
        }
        let segments = segments(span, &open);
        gaps.push(RoleGap { role: role.to_owned(), span, segments });
    }
    gaps
}

fn segments(gap: Span, lost: &[&Lost]) -> Vec<Segment> {
    let inside: Vec<(Span, &Cause)> =
        lost.iter().filter_map(|lost| Some((lost.span.shared(gap)?, &lost.cause))).collect();
    let mut edges: Vec<(i64, bool, &Cause)> = Vec::new();
    for (span, cause) in &inside {
        edges.push((span.from, true, cause));
        edges.push((span.until, false, cause));
    }
    edges.sort();
    let mut active: BTreeMap<&Cause, usize> = BTreeMap::new();
    let mut segments: Vec<Segment> = Vec::new();
    let mut from = gap.from;
    let mut close = |until: i64, active: &BTreeMap<&Cause, usize>| {
        let Some(span) = Span::new(from, until) else { return };
        let mut causes: BTreeSet<Cause> = active.keys().map(|cause| (*cause).clone()).collect();
        if causes.is_empty() {
            causes.insert(Cause::NobodyScheduled);
        }
        match segments.last_mut() {
            Some(last) if last.causes == causes => last.span.until = until,
            _ => segments.push(Segment { span, causes }),
        }
        from = until;
    };
    for (at, begins, cause) in edges {
        close(at, &active);
        let count = active.entry(cause).or_default();
        *count = if begins { *count + 1 } else { count.saturating_sub(1) };
        if *count == 0 {
            active.remove(cause);
        }
    }
    close(gap.until, &active);
    segments
}
