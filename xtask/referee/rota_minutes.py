"""Finds minute by minute when nobody is on call, by python-dateutil and Python's own zones.

Reads rotas, one JSON object a line, each with the gaps that somebody claims; writes a line for each disagreement and a
summary at the end. Every minute of the window is a byte.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, rrule, rrulestr

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
REACHABLE = {"m0", "m1", "m2"}


def instant(local, zone):
    return int(local.replace(tzinfo=ZoneInfo(zone), fold=0).timestamp())


def exists(local, zone):
    aware = local.replace(tzinfo=ZoneInfo(zone), fold=0)
    return aware.astimezone(timezone.utc).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == local


def clock(day, time):
    hour, minute = time.split(":")
    return day.replace(hour=int(hour), minute=int(minute))


class Minutes:
    def __init__(self, first, last):
        self.first = first
        self.count = (last - first) // 60
        self.held = bytearray(self.count)

    def place(self, start, end):
        at = lambda second: min(max((second - self.first) // 60, 0), self.count)
        return at(start), at(end)

    def set(self, start, end, value):
        first, last = self.place(start, end)
        if last > first:
            self.held[first:last] = bytes([value]) * (last - first)

    def mask(self, other):
        number = int.from_bytes(self.held, "big") & int.from_bytes(other.held, "big")
        self.held = bytearray(number.to_bytes(self.count, "big"))

    def add(self, other):
        number = int.from_bytes(self.held, "big") | int.from_bytes(other.held, "big")
        self.held = bytearray(number.to_bytes(self.count, "big"))

    def gaps(self):
        found, at = [], 0
        while (start := self.held.find(0, at)) >= 0:
            end = self.held.find(1, start)
            end = self.count if end < 0 else end
            found.append([self.first + start * 60, self.first + end * 60])
            at = end
        return found


def rotation_turns(rotation, last):
    zone = rotation["zone"]
    first = clock(datetime.fromisoformat(rotation["from"]), rotation["handover"])
    stop = rotation["until"]
    stop = instant(clock(datetime.fromisoformat(stop), rotation["handover"]), zone) if stop else last
    horizon = datetime.fromtimestamp(last, timezone.utc).replace(tzinfo=None) + timedelta(days=40)
    handovers = list(rrule(DAILY, interval=rotation["every"], dtstart=first, until=horizon))
    for turn, (begin, end) in enumerate(zip(handovers, handovers[1:])):
        member = rotation["members"][turn % len(rotation["members"])]
        start, finish = instant(begin, zone), min(instant(end, zone), stop)
        if not rotation["hours"]:
            yield member, start, finish
            continue
        day = begin.replace(hour=0, minute=0) - timedelta(days=1)
        while day <= end:
            for hours in rotation["hours"]:
                if hours["days"] and WEEKDAYS[day.weekday()] not in hours["days"]:
                    continue
                opens, closes = clock(day, hours["from"]), clock(day, hours["until"])
                if hours["until"] <= hours["from"]:
                    closes += timedelta(days=1)
                yield member, max(start, instant(opens, zone)), min(finish, instant(closes, zone))
            day += timedelta(days=1)


def event_turns(event, last):
    zone = event["zone"]
    read = lambda text: datetime.strptime(text, "%Y%m%dT%H%M%S")
    start = read(event["start"])
    rule = event["rule"]
    if "UNTIL=" in rule:
        head, until = rule.split("UNTIL=")
        aware = read(until.rstrip("Z")).replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
        rule = head + "UNTIL=" + aware.strftime("%Y%m%dT%H%M%S")
    horizon = datetime.fromtimestamp(last, timezone.utc).replace(tzinfo=None) + timedelta(days=3)
    starts = set(rrulestr(rule, dtstart=start).between(datetime(1970, 1, 1), horizon, inc=True))
    starts.add(read(event["further"]))
    starts.discard(read(event["left_out"]))
    for begin in starts:
        if not exists(begin, zone):
            continue
        end = begin + timedelta(days=event["days"])
        finish = instant(end, zone) if event["days"] else instant(begin, zone)
        yield event["member"], instant(begin, zone), finish + event["seconds"]


def gaps(case):
    first, last, rota = case["from"], case["until"], case["rota"]
    members = [f"m{number}" for number in range(4)]
    replaced = Minutes(first, last)
    replaced.held = bytearray(b"\x01") * replaced.count
    # Overrides of a rota's file ask for a telephone; calendars ask for any contact.
    strict = {name: Minutes(first, last) for name in members}
    from_calendar = {name: Minutes(first, last) for name in members}
    for rotation in rota["rotations"]:
        for member, start, end in rotation_turns(rotation, last):
            strict[member].set(start, end, 1)
    for event in rota["events"]:
        for member, start, end in event_turns(event, last):
            from_calendar[member].set(start, end, 1)
    for given in rota["overrides"]:
        start = instant(datetime.fromisoformat(given["from"]), rota["zone"])
        end = instant(datetime.fromisoformat(given["until"]), rota["zone"])
        replaced.set(start, end, 0)
    for name in members:
        strict[name].mask(replaced)
        from_calendar[name].mask(replaced)
    for given in rota["overrides"]:
        start = instant(datetime.fromisoformat(given["from"]), rota["zone"])
        end = instant(datetime.fromisoformat(given["until"]), rota["zone"])
        strict[given["member"]].set(start, end, 1)
    total = Minutes(first, last)
    for name in members:
        held = from_calendar[name]
        if name in REACHABLE:
            held.add(strict[name])
        for leave in rota["leaves"]:
            if leave["member"] == name:
                start = instant(datetime.fromisoformat(leave["from"]), rota["zone"])
                end = instant(datetime.fromisoformat(leave["until"]), rota["zone"])
                held.set(start, end, 0)
        total.add(held)
    return total.gaps()


def main():
    rotas = count = 0
    for line in sys.stdin:
        case = json.loads(line)
        found = gaps(case)
        rotas += 1
        count += len(found)
        if found != case["gaps"]:
            ours = {tuple(gap) for gap in found}
            theirs = {tuple(gap) for gap in case["gaps"]}
            print(json.dumps({
                "id": case["id"], "only_here": sorted(ours - theirs)[:5], "only_there": sorted(theirs - ours)[:5],
                "rota": case["rota"],
            }))
    print(json.dumps({"rotas": rotas, "gaps": count}))


main()
