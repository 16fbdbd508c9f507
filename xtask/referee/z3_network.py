"""Whether z3 finds a packet about which a small network and what is claimed of it differ.

Each line of the input is a network and, for pairs of ends, the headers that are claimed to get through. The encoding is
written from the VPC User Guide: topology is concrete, and protocol, ports and the port that NAT gateways choose are
unknowns. A line of the output is a claim that does not hold, with a packet that shows it.
"""

import json
import sys

from z3 import And, BoolVal, If, Int, Not, Or, Solver, is_true, sat, simplify, unknown

PROTOCOL, SOURCE, DESTINATION, CHOSEN = Int("protocol"), Int("source"), Int("destination"), Int("chosen")
NO, YES = BoolVal(False), BoolVal(True)


def holds(span, address):
    first, length = span
    return length == 0 or (address ^ first) >> (32 - length) == 0


class Packet:
    """Addresses are known on every part of the way, ports are not."""

    def __init__(self, source, destination, source_port, destination_port, sender=None):
        self.source, self.destination = source, destination
        self.source_port, self.destination_port, self.sender = source_port, destination_port, sender

    def but(self, **changes):
        other = Packet(self.source, self.destination, self.source_port, self.destination_port, self.sender)
        other.__dict__.update(changes)
        return other


class Way:
    """One direction of a conversation: a list of (condition, end, packet, translations) for every way that it may take."""

    def __init__(self, world, is_answer):
        self.world, self.is_answer = world, is_answer

    def speaks(self, rule, packet):
        if rule["protocol"] is None:
            return YES
        first, last = rule["ports"]
        port = And(packet.destination_port >= first, packet.destination_port <= last)
        return And(PROTOCOL == rule["protocol"], Or(And(PROTOCOL != 6, PROTOCOL != 17), port))

    def acl(self, subnet, direction, other, packet):
        entries = sorted(self.world["acls"][self.world["subnets"][subnet]["acl"]][direction], key=lambda entry: entry["number"])
        passes = NO
        for entry in reversed(entries):
            if holds(entry["range"], other):
                passes = If(self.speaks(entry, packet), BoolVal(entry["allows"]), passes)
        return passes

    def groups(self, nic, direction, packet):
        if self.is_answer:
            return YES
        world, own = self.world, self.world["nics"][nic]
        allowed = []
        for group in own["groups"]:
            for rule in world["groups"][group][direction]:
                if "range" in rule:
                    meant = holds(rule["range"], packet.destination if direction == "egress" else packet.source)
                elif direction == "ingress":
                    meant = packet.sender is not None and rule["group"] in world["nics"][packet.sender]["groups"]
                else:
                    vpc = world["subnets"][own["subnet"]]["vpc"]
                    near = lambda nic: world["subnets"][nic["subnet"]]["vpc"] == vpc or world["peering"] is not None
                    found = [nic for nic in world["nics"] if nic["address"] == packet.destination and near(nic)]
                    meant = bool(found) and rule["group"] in found[0]["groups"]
                if meant:
                    allowed.append(self.speaks(rule, packet))
        return Or(allowed) if allowed else NO

    def from_nic(self, nic, packet, translations):
        if not self.world["nics"][nic]["runs"]:
            return None
        rest = self.from_subnet(self.world["nics"][nic]["subnet"], packet, translations, 0)
        return rest and (And(self.groups(nic, "egress", packet), rest[0]), *rest[1:])

    def from_subnet(self, subnet, packet, translations, depth):
        if holds(self.world["subnets"][subnet]["range"], packet.destination):
            return self.within(subnet, packet, translations, depth)
        rest = self.routed(subnet, packet, translations, depth + 1)
        return rest and (And(self.acl(subnet, "egress", packet.destination, packet), rest[0]), *rest[1:])

    def routed(self, subnet, packet, translations, depth):
        world = self.world
        vpc = world["subnets"][subnet]["vpc"]
        local = world["vpcs"][vpc]["range"]
        fits = [route for route in world["tables"][world["subnets"][subnet]["table"]]["routes"] if holds(route["range"], packet.destination)]
        best = max(fits, key=lambda route: route["range"][1], default=None)
        if depth > 20:
            return None
        if holds(local, packet.destination) and (best is None or best["range"][1] <= local[1]):
            return self.into_vpc(vpc, packet, translations, depth)
        if best is None:
            return None
        kind, which = best["target"]
        if kind == "internet":
            return self.to_internet(subnet, packet, translations, depth)
        if kind == "nat":
            return self.through_nat(which, subnet, packet, translations, depth)
        if kind == "peering":
            fits = holds(world["vpcs"][1 - vpc]["range"], packet.destination) and holds(local, packet.source)
            return self.into_vpc(1 - vpc, packet, translations, depth) if world["peering"] and fits else None
        if kind == "transit":
            return self.through_transit(subnet, packet, translations, depth)
        return None

    def into_vpc(self, vpc, packet, translations, depth):
        for position, subnet in enumerate(self.world["subnets"]):
            if subnet["vpc"] == vpc and holds(subnet["range"], packet.destination):
                rest = self.within(position, packet, translations, depth)
                return rest and (And(self.acl(position, "ingress", packet.source, packet), rest[0]), *rest[1:])
        return None

    def within(self, subnet, packet, translations, depth):
        for position, nat in enumerate(self.world["nats"]):
            if nat["address"] == packet.destination:
                return self.back_through_nat(position, packet, translations, depth)
        for position, nic in enumerate(self.world["nics"]):
            if nic["subnet"] == subnet and nic["address"] == packet.destination:
                passes = self.groups(position, "ingress", packet) if nic["runs"] else NO
                return passes, ("nic", position), packet, translations
        return None

    def gateway_open(self, vpc, is_nat):
        return vpc["has_gateway"] and (vpc["blocks"] == 0 or (vpc["blocks"] == 1 and is_nat))

    def to_internet(self, subnet, packet, translations, depth):
        world = self.world
        vpc = world["subnets"][subnet]["vpc"]
        nat = [nat for nat in world["nats"] if nat["address"] == packet.source]
        nics = [nic for nic in world["nics"] if nic["address"] == packet.source and world["subnets"][nic["subnet"]]["vpc"] == vpc]
        public = nat[0]["public"] if nat else (nics[0]["public"] if nics else None)
        private = any(holds(vpc["range"], packet.destination) for vpc in world["vpcs"])
        if public is None or private or not self.gateway_open(world["vpcs"][vpc], bool(nat)):
            return None
        packet = packet.but(source=public, sender=None)
        if any(one["public"] == packet.destination for one in world["nics"] + world["nats"]):
            return self.from_internet(packet, translations, depth)
        return YES, ("internet", 0), packet, translations

    def from_internet(self, packet, translations, depth=0):
        world = self.world
        for kind in ("nics", "nats"):
            for one in world[kind]:
                if one["public"] == packet.destination:
                    vpc = world["subnets"][one["subnet"]]["vpc"]
                    if not self.gateway_open(world["vpcs"][vpc], kind == "nats"):
                        return None
                    return self.into_vpc(vpc, packet.but(destination=one["address"]), translations, depth)
        return None

    def through_nat(self, which, subnet, packet, translations, depth):
        nat = self.world["nats"][which]
        if self.is_answer:
            return None
        enters = YES if nat["subnet"] == subnet else self.acl(nat["subnet"], "ingress", packet.source, packet)
        sent = packet.but(source=nat["address"], source_port=CHOSEN, sender=None)
        leaves = self.acl(nat["subnet"], "egress", sent.destination, sent)
        rest = self.routed(nat["subnet"], sent, translations + [(which, packet.source, packet.source_port)], depth + 1)
        return rest and (And(Or(PROTOCOL == 6, PROTOCOL == 17), enters, leaves, rest[0]), *rest[1:])

    def back_through_nat(self, which, packet, translations, depth):
        if not self.is_answer or not translations or translations[-1][0] != which:
            return None
        _, address, port = translations[-1]
        packet = packet.but(destination=address, destination_port=port)
        return self.from_subnet(self.world["nats"][which]["subnet"], packet, translations[:-1], depth + 1)

    def through_transit(self, subnet, packet, translations, depth):
        world, transit = self.world, self.world["transit"]
        if transit is None:
            return None
        own = world["subnets"][subnet]
        entry = [at for at in transit["attached"][own["vpc"]] if world["subnets"][at]["zone"] == own["zone"]]
        if not entry or not transit["associated"][own["vpc"]]:
            return None
        enters = self.acl(entry[0], "ingress", packet.source, packet)
        fits = [route for route in transit["routes"] if holds(route["range"], packet.destination)]
        route = max(fits, key=lambda route: route["range"][1], default=None)
        if route is None or route["to"] is None:
            return None
        exits = transit["attached"][route["to"]]
        if not exits:
            return None
        leave = next((at for at in exits if world["subnets"][at]["zone"] == own["zone"]), exits[0])
        packet = packet.but(sender=None)
        if holds(world["subnets"][leave]["range"], packet.destination):
            rest = self.within(leave, packet, translations, depth)
            return rest and (And(enters, rest[0]), *rest[1:])
        rest = self.routed(leave, packet, translations, depth + 1)
        return rest and (And(enters, self.acl(leave, "egress", packet.destination, packet), rest[0]), *rest[1:])


def conversation(world, claim):
    """What gets there, and what of that is answered."""
    nics, (kind, which) = world["nics"], claim["to"]
    if kind == "nic":
        from_host = claim["from"][0] == "host"
        public = nics[which]["public"]
        address, end = (public if from_host and public is not None else nics[which]["address"]), ("nic", which)
    elif kind == "public":
        address, end = nics[which]["public"], ("nic", which)
    else:
        address, end = which, ("internet", 0)
    way = Way(world, False)
    if claim["from"][0] == "nic":
        nic = claim["from"][1]
        home = ("nic", nic)
        came = way.from_nic(nic, Packet(nics[nic]["address"], address, SOURCE, DESTINATION, nic), [])
    else:
        home = ("internet", 0)
        came = way.from_internet(Packet(claim["from"][1], address, SOURCE, DESTINATION), [])
    if came is None or came[1] != end:
        return NO, NO
    there, _, packet, translations = came
    answer = Packet(packet.destination, packet.source, packet.destination_port, packet.source_port)
    way = Way(world, True)
    back = way.from_nic(end[1], answer, translations) if end[0] == "nic" else way.from_internet(answer, translations)
    answered = And(there, back[0]) if back is not None and back[1] == home else NO
    return there, answered


def among(blocks):
    """Headers that are in one of some blocks."""
    parts = [
        And(PROTOCOL >= p0, PROTOCOL <= p1, SOURCE >= s0, SOURCE <= s1, DESTINATION >= d0, DESTINATION <= d1)
        for p0, p1, s0, s1, d0, d1 in blocks
    ]
    return Or(parts) if parts else NO


def mentions(formula, variable):
    seen, pending = set(), [formula]
    while pending:
        one = pending.pop()
        if one.get_id() in seen:
            continue
        seen.add(one.get_id())
        if one.eq(variable):
            return True
        pending.extend(one.children())
    return False


def main():
    asked = gave_up = 0
    for line in sys.stdin:
        case = json.loads(line)
        for claim in case["claims"]:
            there, answered = conversation(case["world"], claim)
            questions = []
            for formula, sure, maybe in ((there, "certain", "possible"), (answered, "answered", "maybe_answered")):
                formula = simplify(formula)
                questions.append((sure, And(among(claim[sure]), Not(formula))))
                questions.append((maybe, And(formula, Not(among(claim[maybe])))))
                # Where no NAT gateway chooses a port, nothing is left open.
                if not mentions(formula, CHOSEN):
                    questions.append((maybe, And(among(claim[maybe]), Not(formula))))
                    questions.append((sure, And(formula, Not(among(claim[sure])))))
            for name, question in questions:
                solver = Solver()
                solver.set("timeout", 20_000)
                solver.add(Or(PROTOCOL == 6, PROTOCOL == 17, PROTOCOL == 50))
                solver.add(SOURCE >= 0, SOURCE <= 65535, DESTINATION >= 0, DESTINATION <= 65535, CHOSEN >= 1024, CHOSEN <= 65535)
                solver.add(question)
                answer = solver.check()
                asked += 1
                gave_up += answer == unknown
                if answer == sat:
                    print(json.dumps({"id": case["id"], "from": claim["from"], "to": claim["to"], "claim": name, "packet": str(solver.model())}))
    print(json.dumps({"asked": asked, "gave_up": gave_up}))


if __name__ == "__main__":
    main()
