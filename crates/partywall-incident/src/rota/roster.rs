//! Everybody, and when it is whose turn.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono_tz::Tz;
use partywall_model::Gap;

use super::calendar::Calendar;
use super::coverage::Cause;
use super::escalation::Escalation;
use super::file::{self, MemberEntry, RotaFile};
use super::member::{ContactKind, Member};
use super::rotation::Rotation;
use crate::{IncidentError, Span};

/// Turns of all rotas in a window; more are a mistake or an attack.
const SHIFTS_MAX: usize = 1_000_000;

/// Rotations of a file.
const ROTATIONS_MAX: usize = 1_000;

/// Bytes of a rota.
const BYTES_MAX: usize = 16 << 20;

/// Seconds of the longest window.
const WINDOW_MAX: i64 = 11 * 366 * 86_400;

/// The text of a rota.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file; one that ends in `.ics` is an iCalendar, others are TOML.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// Everybody, and when it is whose turn.
#[derive(Debug, Default)]
pub struct Roster {
    /// Everybody, by id.
    pub members: BTreeMap<String, Member>,
    /// Who is told next, by name.
    pub escalations: BTreeMap<String, Escalation>,
    /// What of the calendars could not be understood; nobody is on call by it.
    pub unread: Vec<Gap>,
    rotations: Vec<Rotation>,
    calendars: Vec<Calendar>,
    overrides: Vec<Override>,
    required: BTreeSet<String>,
}

/// Somebody's turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shift {
    pub(super) role: String,
    pub(super) member: String,
    pub(super) span: Span,
    pub(super) ways: Arc<[ContactKind]>,
    pub(super) source: Arc<str>,
}

/// A turn that nobody takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) role: String,
    pub(super) span: Span,
    pub(super) cause: Cause,
}

/// What the rotas hold in a window.
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub(super) shifts: Vec<Shift>,
    pub(super) lost: Vec<Lost>,
    pub(super) unread: Vec<Gap>,
}

#[derive(Debug)]
struct Override {
    shift: Shift,
}

impl Roster {
    /// Reads rotas. Members of TOML files are known to calendars, whatever the order.
    ///
    /// # Errors
    /// When a file is no rota, names somebody that it does not describe, or describes somebody twice.
    pub fn read(sources: &[Source]) -> Result<Self, IncidentError> {
        let mut roster = Self::default();
        let (calendars, files): (Vec<&Source>, Vec<&Source>) = sources.iter().partition(|source| is_calendar(source));
        for source in &files {
            let rota = parsed(source)?;
            roster.take(source, rota).map_err(|message| refused(source, message))?;
        }
        roster.members_are_known().map_err(|(file, message)| IncidentError::Rota { file, message, span: None })?;
        for source in calendars {
            bounded(source)?;
            let calendar = Calendar::read(source, &mut roster.members).map_err(|message| refused(source, message))?;
            roster.unread.extend(calendar.unread.iter().cloned());
            roster.calendars.push(calendar);
        }
        Ok(roster)
    }

    /// Every role that a rota fills, requires or tells in an escalation.
    pub fn roles(&self) -> BTreeSet<String> {
        let rotations = self.rotations.iter().map(|rotation| rotation.entry.role.clone());
        let overrides = self.overrides.iter().map(|given| given.shift.role.clone());
        let told = self.escalations.values().flat_map(|escalation| &escalation.levels);
        let told = told.map(|level| level.role.clone()).chain(self.required.iter().cloned());
        rotations.chain(overrides).chain(told).chain(self.calendars.iter().flat_map(Calendar::roles)).collect()
    }

    /// Who has which turn in the window, what is lost to changed clocks, and what cannot be understood.
    pub(super) fn shifts(&self, window: Span) -> Result<Turns, IncidentError> {
        if window.seconds() > WINDOW_MAX {
            return Err(IncidentError::Window(
                "the window is longer than ten years; ask about a shorter one".to_owned(),
            ));
        }
        let (mut shifts, mut lost, mut unread) = (Vec::new(), Vec::new(), self.unread.clone());
        for rotation in &self.rotations {
            shifts.extend(rotation.shifts(window));
            few(shifts.len())?;
        }
        for calendar in &self.calendars {
            let found = calendar.occurrences(window);
            shifts.extend(found.shifts);
            lost.extend(found.lost);
            unread.extend(found.unread);
            few(shifts.len().saturating_add(lost.len()))?;
        }
        for role in self.roles() {
            self.replace(&role, window, &mut shifts);
        }
        few(shifts.len())?;
        shifts.sort_by(|one, other| (&one.role, one.span, &one.member).cmp(&(&other.role, other.span, &other.member)));
        Ok(Turns { shifts, lost, unread })
    }

    /// Puts those whom overrides name in the place of those whose turn it would be.
    fn replace(&self, role: &str, window: Span, shifts: &mut Vec<Shift>) {
        let given: Vec<&Shift> =
            self.overrides.iter().map(|given| &given.shift).filter(|shift| shift.role == role).collect();
        if given.is_empty() {
            return;
        }
        let replaced = crate::Spans::union(given.iter().map(|shift| shift.span));
        let (own, mut rest): (Vec<Shift>, Vec<Shift>) =
            std::mem::take(shifts).into_iter().partition(|shift| shift.role == role);
        for shift in own {
            let left = replaced.missing(shift.span);
            rest.extend(left.iter().map(|span| Shift { span, ..shift.clone() }));
        }
        rest.extend(
            given.into_iter().filter_map(|shift| Some(Shift { span: shift.span.shared(window)?, ..shift.clone() })),
        );
        *shifts = rest;
    }

    fn take(&mut self, source: &Source, rota: RotaFile) -> Result<(), String> {
        let zone = zone_of(&rota.zone)?;
        if rota.rotations.len().max(rota.overrides.len()) > ROTATIONS_MAX {
            return Err(format!("there are more than {ROTATIONS_MAX} rotations or overrides; split the rota"));
        }
        let (ways, name): (Arc<[ContactKind]>, Arc<str>) = (rota.reachable.into(), source.name.as_str().into());
        self.required.extend(rota.required);
        for entry in rota.members {
            let member = member(zone, entry)?;
            if let Some(before) = self.members.insert(member.id.clone(), member) {
                return Err(format!("`{}` is described twice; keep one", before.id));
            }
        }
        for entry in rota.rotations {
            let zone = entry.zone.as_deref().map_or(Ok(zone), zone_of)?;
            if entry.members.is_empty() || entry.every.days() == 0 {
                return Err(format!("a rotation of `{}` has no members or no days; give both", entry.role));
            }
            if entry.hours.len() > 50 {
                return Err(format!("a rotation of `{}` has more than 50 entries of hours", entry.role));
            }
            self.rotations.push(Rotation { entry, zone, ways: ways.clone(), source: name.clone() });
        }
        for entry in rota.overrides {
            let span = span(zone, &entry.from, &entry.until)?;
            let (ways, source) = (ways.clone(), name.clone());
            let shift = Shift { role: entry.role, member: entry.member, span, ways, source };
            self.overrides.push(Override { shift });
        }
        for escalation in rota.escalations {
            if let Some(fault) = escalation.fault() {
                return Err(fault);
            }
            if let Some(before) = self.escalations.insert(escalation.name.clone(), escalation) {
                return Err(format!("the escalation `{}` is described twice; keep one", before.name));
            }
        }
        Ok(())
    }

    fn members_are_known(&self) -> Result<(), (String, String)> {
        let rotations = self
            .rotations
            .iter()
            .flat_map(|rotation| rotation.entry.members.iter().map(|member| (&rotation.source, member)));
        let overrides = self.overrides.iter().map(|given| (&given.shift.source, &given.shift.member));
        for (source, member) in rotations.chain(overrides) {
            if !self.members.contains_key(member) {
                let member = member.chars().take(60).collect::<String>();
                return Err((
                    source.to_string(),
                    format!("nobody is called `{member}`; add a [[member]] with this id"),
                ));
            }
        }
        Ok(())
    }
}

fn few(shifts: usize) -> Result<(), IncidentError> {
    let many = || IncidentError::Window(format!("there are more than {SHIFTS_MAX} turns; ask about a shorter window"));
    (shifts <= SHIFTS_MAX).then_some(()).ok_or_else(many)
}

fn is_calendar(source: &Source) -> bool {
    source.name.to_ascii_lowercase().ends_with(".ics")
}

fn refused(source: &Source, message: String) -> IncidentError {
    IncidentError::Rota { file: source.name.clone(), message, span: None }
}

fn bounded(source: &Source) -> Result<(), IncidentError> {
    let large = || refused(source, format!("it is larger than {BYTES_MAX} bytes, more than a rota ever is"));
    (source.text.len() <= BYTES_MAX).then_some(()).ok_or_else(large)
}

fn parsed(source: &Source) -> Result<RotaFile, IncidentError> {
    bounded(source)?;
    toml::from_str(&source.text).map_err(|error: toml::de::Error| IncidentError::Rota {
        file: source.name.clone(),
        message: format!("this is no rota: {}", error.message()),
        span: error.span(),
    })
}

/// The zone of this name.
pub(super) fn zone_of(name: &str) -> Result<Tz, String> {
    let shown = || name.chars().take(60).collect::<String>();
    name.parse()
        .map_err(|_| format!("there is no time zone `{}`; write one of IANA's, such as `Europe/Zurich`", shown()))
}

fn span(zone: Tz, from: &toml::value::Datetime, until: &toml::value::Datetime) -> Result<Span, String> {
    let span = Span::new(file::instant(zone, from)?, file::instant(zone, until)?);
    span.ok_or_else(|| format!("`{from}` is not before `{until}`; exchange them"))
}

fn member(zone: Tz, entry: MemberEntry) -> Result<Member, String> {
    let leave = entry.leave.iter().map(|window| span(zone, &window.from, &window.until));
    let given = [entry.phone, entry.mail, entry.slack, entry.pager];
    let contacts = ContactKind::ALL.into_iter().zip(given).filter_map(|(kind, address)| Some((kind, address?)));
    Ok(Member {
        name: entry.name.unwrap_or_else(|| entry.id.clone()),
        leave: leave.collect::<Result<_, _>>()?,
        contacts: contacts.collect(),
        roles: entry.roles.map(|roles| roles.into_iter().collect()),
        id: entry.id,
    })
}
