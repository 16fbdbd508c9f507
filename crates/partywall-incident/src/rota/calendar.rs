//! Turns that an iCalendar holds.
//!
//! <https://www.rfc-editor.org/rfc/rfc5545>. Recurrences are computed on the clock's face, and each is then put to the
//! zone: one that the clock skips is taken out (section 3.3.10), of two that it repeats the first counts (3.3.5).

mod event;
mod recurrence;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use icalendar::parser::{read_calendar, unfold};
use partywall_model::{Gap, GapKind};

use self::event::Event;
use super::civil::Moment;
use super::coverage::Cause;
use super::member::{ContactKind, Member};
use super::roster::{Lost, Shift, Source, Turns, zone_of};
use crate::Span;

/// Events of a calendar.
const EVENTS_MAX: usize = 20_000;

/// Lines of a calendar that may open a component within a component; the parser calls itself for each.
const DEPTH_MAX: usize = 8;

/// Steps that recurrences of one calendar may take in all.
const STEPS_MAX: u64 = 20_000_000;

/// Turns that an iCalendar holds.
#[derive(Debug)]
pub(super) struct Calendar {
    pub(super) unread: Vec<Gap>,
    events: Vec<Event>,
    roles: BTreeSet<String>,
    source: Arc<str>,
}

impl Calendar {
    /// Reads a calendar. Whoever its events name becomes a member, unless it is one by id, name or mail.
    pub(super) fn read(source: &Source, members: &mut BTreeMap<String, Member>) -> Result<Self, String> {
        check_depth(&source.text)?;
        let text = unfold(&source.text);
        let read = read_calendar(&text).map_err(|_| "this is no iCalendar; export it anew".to_owned())?;
        if !text.trim_end().ends_with("END:VCALENDAR") {
            return Err("it breaks off before `END:VCALENDAR`; export it anew".to_owned());
        }
        let zone = read.properties.iter().find(|property| property.name == "X-WR-TIMEZONE");
        let zone = zone.map(|property| zone_of(property.val.as_str())).transpose()?;
        let components: Vec<_> = read.components.iter().filter(|component| component.name == "VEVENT").collect();
        if components.len() > EVENTS_MAX {
            return Err(format!("it holds more than {EVENTS_MAX} events; split it"));
        }
        let mut calendar = Self {
            unread: Vec::new(),
            events: Vec::new(),
            roles: BTreeSet::new(),
            source: source.name.as_str().into(),
        };
        let mut spoilt = BTreeSet::new();
        for component in components {
            calendar.roles.extend(event::roles(component));
            match Event::read(component, zone) {
                Ok(event) => calendar.events.push(event),
                Err((uid, cause)) => {
                    calendar.unread.push(calendar.gap(&uid, cause));
                    spoilt.insert(uid);
                }
            }
        }
        // Part of an event that is not understood might take out or move any of the rest.
        calendar.events.retain(|event| !spoilt.contains(&event.uid));
        calendar.settle();
        for event in &mut calendar.events {
            event.name_members(members);
        }
        Ok(calendar)
    }

    /// Every role that an event names, understood or not: one that nobody fills must not vanish.
    pub(super) fn roles(&self) -> BTreeSet<String> {
        self.roles.clone()
    }

    /// The turns within the window.
    pub(super) fn occurrences(&self, window: Span) -> Turns {
        let mut found = Turns::default();
        let mut steps = STEPS_MAX;
        for event in &self.events {
            match recurrence::starts(event, window, &mut steps) {
                Ok(starts) => starts.into_iter().for_each(|start| self.place(event, start, window, &mut found)),
                Err(cause) => found.unread.push(self.gap(&event.uid, cause)),
            }
        }
        found
    }

    fn place(&self, event: &Event, start: chrono::NaiveDateTime, window: Span, found: &mut Turns) {
        let moment = event.moment(start);
        if event.is_left_out(start, moment.instant()) {
            return;
        }
        let (end, shown_end) = event.ends(start, moment.instant());
        let held = Span::new(moment.instant(), end).and_then(|span| span.shared(window));
        let repeated = Span::new(end, shown_end).and_then(|span| span.shared(window));
        for (member, role) in event.members.iter().flat_map(|member| event.roles.iter().map(move |role| (member, role)))
        {
            let mut lose = |span: Option<Span>, cause: Cause| {
                found.lost.extend(span.map(|span| Lost { role: role.clone(), span, cause }));
            };
            lose(repeated, Cause::RepeatedHour { member: member.clone() });
            match moment {
                Moment::Skipped(_) => lose(held, Cause::SkippedHour { member: member.clone() }),
                Moment::At(_) => found.shifts.extend(held.map(|span| Shift {
                    role: role.clone(),
                    member: member.clone(),
                    span,
                    ways: Arc::from(Vec::<ContactKind>::new()),
                    source: self.source.clone(),
                })),
            }
        }
    }

    /// Lets events that stand for one occurrence of another take its place.
    fn settle(&mut self) {
        let mut moved: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for event in &self.events {
            if let Some(instance) = event.instance {
                moved.entry(event.uid.clone()).or_default().push(instance);
            }
        }
        for event in self.events.iter_mut().filter(|event| event.instance.is_none()) {
            event.left_out.extend(moved.get(&event.uid).into_iter().flatten().copied());
        }
        self.events.retain(|event| !event.is_cancelled);
    }

    fn gap(&self, uid: &str, cause: String) -> Gap {
        let name: String = uid.chars().take(80).collect();
        Gap::in_file(
            GapKind::NotEvaluated,
            self.source.clone(),
            0,
            format!("the event `{name}` is not understood: {cause}"),
            "nobody is on call by it; write it in another way, or as a [[rotation]]",
        )
    }
}

/// Refuses what would make the parser call itself too often.
fn check_depth(text: &str) -> Result<(), String> {
    let mut depth = 0usize;
    for line in text.lines() {
        let line = line.trim_start();
        let starts_with = |word: &str| line.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
        if starts_with("BEGIN:") {
            depth += 1;
        } else if starts_with("END:") {
            depth = depth.saturating_sub(1);
        }
        if depth > DEPTH_MAX {
            return Err(format!("components lie within each other more than {DEPTH_MAX} deep; export it anew"));
        }
    }
    Ok(())
}
