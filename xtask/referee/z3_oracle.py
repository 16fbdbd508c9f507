"""Pairs of random policies, and what z3 says each permits beyond the other.

The encoding is written from the IAM User Guide's description of matching, not from partywall: a request is an action, a
resource and two condition keys that may be missing; patterns are regular expressions over z3's strings.
"""

import argparse
import json
import random

from z3 import AllChar, And, Bool, BoolVal, Concat, Full, InRe, Int, Not, Or, Re, ReSort, Solver, String, StringSort, StringVal, sat, unsat

ACTIONS = ["*", "s:*", "s:get*", "s:?et", "t:a", "t:*b", "s:put"]
RESOURCES = ["*", "arn:aws:s:::a*", "arn:aws:s:::a/?", "arn:aws:s:::b", "arn:aws:s:::*/x*", "arn:aws:t:::a*b"]
TEXTS = ["red", "r*", "?e?", "blue", "*e", "b*e"]
TEXT_TESTS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringLikeIfExists", "StringNotEqualsIfExists"]
NUMBER_TESTS = ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"]


def regular(pattern, wildcards=True):
    """A pattern as a regular expression."""
    parts = [Re(StringVal(""))]
    for character in pattern:
        if wildcards and character == "*":
            parts.append(Full(ReSort(StringSort())))
        elif wildcards and character == "?":
            parts.append(AllChar(ReSort(StringSort())))
        else:
            parts.append(Re(StringVal(character)))
    return parts[0] if len(parts) == 1 else Concat(*parts)


class Request:
    """An unknown request."""

    def __init__(self):
        self.action, self.resource = String("action"), String("resource")
        self.has_tag, self.tag = Bool("has_tag"), String("tag")
        # A number may be missing, or be no number, which meets no comparison.
        self.has_port, self.is_number, self.port = Bool("has_port"), Bool("is_number"), Int("port")

    def matches(self, text, patterns, wildcards=True):
        return Or([InRe(text, regular(pattern, wildcards)) for pattern in patterns])

    def condition(self, operator, key, values):
        if operator == "Null":
            present = self.has_tag if key == "k:tag" else self.has_port
            return Or([Not(present) if value == "true" else present for value in values])
        lenient = operator.endswith("IfExists")
        name = operator.removesuffix("IfExists")
        negated = "Not" in name
        if key == "k:tag":
            met = self.matches(self.tag, values, "Like" in name)
            present = self.has_tag
        else:
            compare = {
                "NumericEquals": lambda port, value: port == value,
                "NumericNotEquals": lambda port, value: port == value,
                "NumericLessThan": lambda port, value: port < value,
                "NumericLessThanEquals": lambda port, value: port <= value,
                "NumericGreaterThan": lambda port, value: port > value,
                "NumericGreaterThanEquals": lambda port, value: port >= value,
            }[name]
            met = And(self.is_number, Or([compare(self.port, int(value)) for value in values]))
            present = self.has_port
        met = Not(met) if negated else met
        return Or(And(present, met), And(Not(present), BoolVal(lenient or negated)))

    def statement(self, statement):
        parts = []
        for element, text in (("Action", self.action), ("Resource", self.resource)):
            if element in statement:
                parts.append(self.matches(text, statement[element]))
            else:
                parts.append(Not(self.matches(text, statement["Not" + element])))
        for operator, keys in statement.get("Condition", {}).items():
            parts += [self.condition(operator, key, values) for key, values in keys.items()]
        return And(parts)

    def permitted(self, policy):
        of = lambda effect: [self.statement(one) for one in policy["Statement"] if one["Effect"] == effect]
        return And(Or(of("Allow")), Not(Or(of("Deny"))))


def statement(dice):
    made = {"Effect": "Deny" if dice.random() < 0.3 else "Allow"}
    made[("Not" if dice.random() < 0.2 else "") + "Action"] = dice.sample(ACTIONS, dice.randint(1, 2))
    made[("Not" if dice.random() < 0.2 else "") + "Resource"] = dice.sample(RESOURCES, dice.randint(1, 2))
    conditions = {}
    if dice.random() < 0.5:
        conditions.setdefault(dice.choice(TEXT_TESTS), {})["k:tag"] = dice.sample(TEXTS, dice.randint(1, 2))
    if dice.random() < 0.3:
        conditions.setdefault(dice.choice(NUMBER_TESTS), {})["k:port"] = [str(dice.randint(1, 4))]
    if dice.random() < 0.2:
        conditions["Null"] = {dice.choice(["k:tag", "k:port"]): [dice.choice(["true", "false"])]}
    if conditions:
        made["Condition"] = conditions
    return made


def policy(dice):
    return {"Version": "2012-10-17", "Statement": [statement(dice) for _ in range(dice.randint(1, 3))]}


def permits_more(first, second):
    request = Request()
    solver = Solver()
    solver.set("timeout", 20_000)
    solver.add(request.permitted(first), Not(request.permitted(second)))
    answer = solver.check()
    return True if answer == sat else False if answer == unsat else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    for number in range(arguments.pairs):
        first, second = policy(dice), policy(dice)
        answers = {"forth": permits_more(first, second), "back": permits_more(second, first)}
        print(json.dumps({"id": number, "first": first, "second": second, **answers}))


if __name__ == "__main__":
    main()
