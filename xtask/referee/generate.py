"""Writes requests with policies of every kind, one JSON object a line, for the engines to decide.

    python xtask/referee/generate.py <folder of iam-data> <requests> <seed>

The same seed gives the same lines. Half of the identity policies are AWS's own managed ones, which moto's package
holds; everything else is made up around the request, so that about half of it applies. Actions, resources and
condition keys are real ones: the peer refuses others.
"""

import base64
import json
import pathlib
import random
import re
import sys

from moto.iam.aws_managed_policies import aws_managed_policies_data

OWN, OTHER = "111122223333", "444455556666"
SERVICES = ["s3", "sqs", "sns", "kms", "sts", "iam", "lambda", "dynamodb", "secretsmanager", "ec2", "logs", "ecr"]
WITH_RESOURCE_POLICY = {"s3", "sqs", "sns", "kms", "sts", "lambda", "dynamodb", "secretsmanager", "ecr"}
NAMES = ["data", "logs", "deploy", "team/red", "ada", "x-1"]
WORDS = ["red", "Red", "blue", "ada", "logs/2024", "a:b"]
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}

TEXT, NUMBER, DATE, BOOL, ADDRESS, ARN, TEXTS = "text", "number", "date", "bool", "address", "arn", "texts"
KEYS = {
    "aws:UserAgent": TEXT, "aws:PrincipalTag/team": TEXT, "aws:RequestedRegion": TEXT, "aws:PrincipalOrgID": TEXT,
    "aws:SourceVpce": TEXT, "aws:userid": TEXT, "aws:username": TEXT, "aws:PrincipalAccount": TEXT,
    "aws:MultiFactorAuthAge": NUMBER, "aws:CurrentTime": DATE, "aws:TokenIssueTime": DATE, "aws:SecureTransport": BOOL,
    "aws:MultiFactorAuthPresent": BOOL, "aws:ViaAWSService": BOOL, "aws:SourceIp": ADDRESS, "aws:SourceArn": ARN,
    "aws:PrincipalArn": ARN, "aws:PrincipalOrgPaths": TEXTS, "aws:CalledVia": TEXTS,
}
DERIVED = {"aws:PrincipalArn", "aws:PrincipalAccount", "aws:username"}
TYPES = {"user": "User", "role": "AssumedRole", "session": "AssumedRole", "federated": "FederatedUser", "root": "Account"}
VALUES = {
    TEXT: WORDS,
    NUMBER: ["0", "5", "10", "10.5", "-3", "3600"],
    DATE: ["2024-01-01T00:00:00Z", "2024-06-30T12:00:00Z", "2023-12-31T23:59:59Z", "2025-02-01T00:00:00Z"],
    BOOL: ["true", "false"],
    ADDRESS: ["203.0.113.7", "198.51.100.1", "10.1.2.3", "2001:db8::7", "2001:db8:1::1"],
    ARN: [f"arn:aws:sns:eu-west-1:{OWN}:topic", f"arn:aws:s3:::data", f"arn:aws:iam::{OTHER}:role/deploy"],
    TEXTS: WORDS,
}
RANGES = ["203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32", "198.51.100.1", "128.0.0.0/1", "2001:db8::7/128"]
ORDERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
STRINGS = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
           "StringNotLike"]
OPERATORS = {
    TEXT: STRINGS + ["BinaryEquals"], TEXTS: STRINGS, BOOL: ["Bool"], ADDRESS: ["IpAddress", "NotIpAddress"],
    NUMBER: ["Numeric" + name for name in ORDERS], DATE: ["Date" + name for name in ORDERS],
    ARN: ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"],
}


class Catalogue:
    """Actions with the ARNs of the resources that they are about."""

    def __init__(self, folder):
        self.actions = {}
        data = pathlib.Path(folder) / "data"
        self.controlled = set(json.loads((data / "rcpSupportedServices.json").read_text()))
        for service in json.loads((data / "services.json").read_text()):
            kinds = json.loads((data / "resourceTypes" / f"{service}.json").read_text())
            arns = {name.lower(): kind["arn"] for name, kind in kinds.items()}
            actions = json.loads((data / "actions" / f"{service}.json").read_text())
            for action in actions.values():
                shapes = [arns[kind["name"].lower()] for kind in action["resourceTypes"] if kind["name"].lower() in arns]
                if any("," in shape or "*" in shape for shape in shapes):
                    continue
                self.actions[f"{service}:{action['name']}"] = shapes
        self.names = sorted(self.actions)
        self.of_service = {}
        for name in self.names:
            self.of_service.setdefault(name.split(":")[0], []).append(name)
        self.managed = []
        for name, held in sorted(json.loads(aws_managed_policies_data).items()):
            document = held["Document"]
            statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
            if all("Resource" in statement or "NotResource" in statement for statement in statements):
                self.managed.append((name, document, statements))

    def expand(self, pattern):
        service = pattern.split(":")[0].lower()
        known = self.of_service.get(service, []) if "*" not in service else self.names
        expression = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE)
        return [name for name in known if expression.fullmatch(name)]


class Maker:
    """Makes one request after another."""

    def __init__(self, catalogue, seed):
        self.catalogue = catalogue
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def pick(self, items):
        return self.random.choice(items)

    def case(self, number):
        managed = [self.pick(self.catalogue.managed) for _ in range(self.random.randint(1, 3))] if self.chance(0.5) else []
        self.action = self.an_action(managed)
        self.owner = OWN if self.chance(0.7) else OTHER
        shapes = self.catalogue.actions[self.action]
        self.resource = self.an_arn(self.pick(shapes)) if shapes else "*"
        self.principal = self.a_principal()
        if self.resource == "*" and not self.is_without_account():
            self.owner = OWN
        self.context = self.a_context()
        case = {
            "id": number,
            "request": {
                "principal": {"type": "Anonymous"} if self.principal == "*" else self.principal,
                "action": self.action,
                "resource": {"resource": self.resource, "accountId": self.owner},
                "contextVariables": self.context,
            },
            "identityPolicies": [], "serviceControlPolicies": [], "resourceControlPolicies": [],
        }
        self.add_policies(case, managed)
        return case

    def add_policies(self, case, managed):
        if not self.is_without_account() and self.kind() != "root":
            case["identityPolicies"] = [{"name": name, "policy": document} for name, document, _ in managed]
            for at in range(self.random.randint(0, 2)):
                case["identityPolicies"].append(self.named(f"own{at}", self.document()))
            if self.chance(0.25):
                case["permissionBoundaryPolicies"] = [self.named("boundary", self.document(broad=0.5))]
            if self.kind() in ("session", "federated", "role") and self.chance(0.3):
                case["sessionPolicy"] = self.document(broad=0.5)
        if self.principal != "*" and self.chance(0.3):
            case["serviceControlPolicies"] = self.levels(lambda: self.document(broad=0.7))
        if self.chance(0.3 if self.action.split(":")[0] in self.catalogue.controlled else 0.02):
            case["resourceControlPolicies"] = self.levels(self.resource_control)
        service = self.action.split(":")[0]
        has_policy = service in WITH_RESOURCE_POLICY and (service != "sts" or ":role/" in self.resource)
        if self.resource != "*" and has_policy and self.chance(0.98 if service == "sts" else 0.7):
            case["resourcePolicy"] = self.document(principals=True, broad=0.1)
        if self.chance(0.1):
            case["vpcEndpointPolicies"] = [self.named("endpoint", self.endpoint_policy())]

    def named(self, name, policy):
        return {"name": name, "policy": policy}

    def levels(self, make):
        return [{"orgIdentifier": f"level{at}", "policies": [self.named(f"p{at}-{one}", make()) for one in
                                                           range(self.random.randint(1, 2))]}
                for at in range(self.random.randint(1, 3))]

    def an_action(self, managed):
        if managed and self.chance(0.8):
            statement = self.pick(self.pick(managed)[2])
            patterns = statement.get("Action", ["s3:*"])
            found = self.catalogue.expand(self.pick(patterns if isinstance(patterns, list) else [patterns]))
            if found:
                return self.pick(found)
        return self.pick(self.catalogue.of_service[self.pick(SERVICES)])

    def an_arn(self, shape):
        def fill(match):
            name = match.group(1).lower()
            return {"partition": "aws", "region": "eu-west-1", "account": self.owner}.get(name) or self.pick(NAMES[:4])
        return re.sub(r"\$\{(\w+)\}", fill, shape)

    def a_principal(self):
        sort = self.random.random()
        for share, text in [
            (0.30, f"arn:aws:iam::{OWN}:user/ada"), (0.45, f"arn:aws:iam::{OWN}:role/deploy"),
            (0.75, f"arn:aws:sts::{OWN}:assumed-role/deploy/run"), (0.82, f"arn:aws:sts::{OWN}:federated-user/ada"),
            (0.88, f"arn:aws:iam::{OWN}:root"), (0.94, "logs.amazonaws.com"),
        ]:
            if sort < share:
                return text
        return "*" if self.resource != "*" else f"arn:aws:iam::{OWN}:user/ada"

    def kind(self):
        for mark, kind in [(":user/", "user"), (":role/", "role"), (":assumed-role/", "session"),
                           (":federated-user/", "federated"), (":root", "root")]:
            if mark in self.principal:
                return kind
        return "other"

    def is_without_account(self):
        return self.kind() == "other"

    def a_context(self):
        context = {"aws:ResourceAccount": self.owner, "aws:PrincipalIsAWSService": str("." in self.principal).lower()}
        if not self.is_without_account():
            arn = self.principal
            if self.kind() == "session":
                arn = f"arn:aws:iam::{OWN}:role/deploy"
            context |= {"aws:PrincipalArn": arn, "aws:PrincipalAccount": OWN, "aws:PrincipalType": TYPES[self.kind()]}
            if self.kind() == "user":
                context["aws:username"] = "ada"
        for key in sorted(KEYS.keys() - DERIVED):
            if self.chance(0.4):
                values = VALUES[KEYS[key]]
                if KEYS[key] == TEXTS:
                    context[key] = [self.pick(values) for _ in range(self.random.randint(1, 3))]
                    if self.chance(0.02):
                        context[key] = self.pick([[], [""]])
                else:
                    context[key] = self.pick(values)
        return context

    def document(self, principals=False, broad=0.2):
        statements = [self.statement(principals) for _ in range(self.random.randint(1, 3))]
        if self.chance(broad):
            statements.append(dict(FULL, **({"Principal": "*"} if principals else {})))
        return {"Version": "2012-10-17" if self.chance(0.95) else "2008-10-17", "Statement": statements}

    def endpoint_policy(self):
        policy = self.document(principals=True, broad=0.6)
        for statement in policy["Statement"]:
            statement.pop("NotPrincipal", None)
            statement["Principal"] = "*"
        return policy

    def resource_control(self):
        statement = self.statement(False)
        statement.update(Effect="Deny", Principal="*", Action=[f"{self.action.split(':')[0]}:*"])
        statement.pop("NotAction", None)
        return {"Version": "2012-10-17", "Statement": [statement]}

    def statement(self, principals):
        statement = {"Effect": "Deny" if self.chance(0.12) else "Allow"}
        if principals:
            self.add_principal(statement)
        negated = self.chance(0.1)
        actions = [self.an_action_pattern() for _ in range(self.random.randint(1, 2))]
        statement["NotAction" if negated else "Action"] = actions if self.chance(0.7) else actions[0]
        resources = [self.a_resource_pattern() for _ in range(self.random.randint(1, 2))]
        negated = self.chance(0.1) and resources != ["*"]
        statement["NotResource" if negated else "Resource"] = resources if self.chance(0.7) else resources[0]
        if self.chance(0.5):
            statement["Condition"] = self.conditions()
        return statement

    def add_principal(self, statement):
        names = [self.principal if not self.is_without_account() else OTHER, OWN, f"arn:aws:iam::{OWN}:root",
                 f"arn:aws:iam::{OWN}:role/deploy", f"arn:aws:iam::{OWN}:user/ada", f"arn:aws:iam::{OTHER}:user/eve",
                 f"arn:aws:sts::{OWN}:assumed-role/deploy/run", f"arn:aws:sts::{OWN}:assumed-role/deploy/other", OTHER]
        element = "NotPrincipal" if self.chance(0.08) else "Principal"
        if self.chance(0.2) and element == "Principal":
            statement[element] = self.pick(["*", {"AWS": "*"}])
        elif self.principal == "logs.amazonaws.com" and self.chance(0.7) or self.chance(0.1):
            statement[element] = {"Service": self.pick([["logs.amazonaws.com", "sns.amazonaws.com"], "sqs.amazonaws.com"])}
        else:
            chosen = [self.pick(names) for _ in range(self.random.randint(1, 2))]
            statement[element] = {"AWS": chosen if len(chosen) > 1 else chosen[0]}

    def an_action_pattern(self):
        service, name = self.action.split(":")
        sort = self.random.random()
        if sort < 0.15:
            return "*"
        if sort < 0.35:
            return f"{service}:*"
        if sort < 0.55:
            return f"{service}:{name[:self.random.randint(1, len(name))]}*"
        if sort < 0.65:
            at = self.random.randrange(len(name))
            return f"{service}:{name[:at]}?{name[at + 1:]}"
        if sort < 0.75:
            return f"{service}:*{name[self.random.randrange(len(name)):]}"
        if sort < 0.9:
            return self.action if self.chance(0.7) else self.action.lower()
        return self.pick(self.catalogue.of_service[self.pick(SERVICES)])

    def a_resource_pattern(self):
        sort = self.random.random()
        if sort < 0.35 or self.resource == "*":
            return "*"
        head, tail = self.resource.rsplit(":", 1)
        if sort < 0.5:
            return self.resource
        if sort < 0.65:
            kind = 0 if self.chance(0.03) else max(tail.find("/"), tail.find(":")) + 1
            return f"{head}:{tail[:self.random.randint(kind, len(tail))]}*"
        if sort < 0.75:
            parts = self.resource.split(":")
            at = self.pick([3, 4])
            parts[at] = "*" if parts[at] else parts[at]
            return ":".join(parts)
        if sort < 0.82 and tail:
            at = self.random.randrange(0 if self.chance(0.03) else max(tail.find("/"), tail.find(":")) + 1, len(tail))
            return f"{head}:{tail[:at]}?{tail[at + 1:]}"
        if sort < 0.9:
            for name in ("ada", "red", "deploy"):
                if name in tail:
                    variable = self.pick(["${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'red'}"])
                    return f"{head}:{tail.replace(name, variable, 1)}"
            return f"{head}:{tail.split('/')[0]}/*{tail[-1:]}" if "/" in tail else f"{head}:*"
        shapes = self.catalogue.actions[self.action]
        return self.an_arn(self.pick(shapes))

    def conditions(self):
        conditions = {}
        for _ in range(self.random.randint(1, 2)):
            key = self.pick(sorted(self.context.keys() & KEYS.keys()) or ["aws:UserAgent"]) if self.chance(0.7) else \
                self.pick(sorted(KEYS))
            kind = KEYS[key]
            if self.chance(0.07):
                conditions.setdefault("Null", {})[key] = self.pick(["true", "false"])
                continue
            operator = self.pick(OPERATORS[kind] if self.chance(0.96) else STRINGS)
            values = [self.operand(key, kind, operator) for _ in range(self.random.randint(1, 3))]
            prefix = ""
            if kind == TEXTS and self.chance(0.98) or self.chance(0.01):
                prefix = self.pick(["ForAllValues:", "ForAnyValue:"])
            suffix = "IfExists" if self.chance(0.2) else ""
            written = key if self.chance(0.9) else key.lower()
            conditions.setdefault(f"{prefix}{operator}{suffix}", {})[written] = values if self.chance(0.7) else values[0]
        return conditions

    def operand(self, key, kind, operator):
        given = self.context.get(key)
        given = (given[0] if given else "red") if isinstance(given, list) else given
        if operator == "BinaryEquals":
            return base64.b64encode((given or "red").encode()).decode()
        if kind == ADDRESS and operator in OPERATORS[ADDRESS]:
            return self.pick(RANGES)
        if kind not in (TEXT, TEXTS, ARN) or operator not in STRINGS + OPERATORS[ARN]:
            return given if given and self.chance(0.5) else self.pick(VALUES[kind])
        value = given if given is not None and self.chance(0.7) else self.pick(VALUES[kind])
        if self.chance(0.12) and kind != ARN:
            return self.pick(["${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'red'}", "${aws:UserAgent}"])
        if operator.startswith("String") and "Like" in operator and value and self.chance(0.6):
            at = self.random.randrange(len(value))
            return self.pick([value[:at] + "*", value[:at] + "?" + value[at + 1:], "*" + value[at:]])
        if operator.startswith("Arn") and self.chance(0.6):
            parts = value.split(":")
            at = self.random.randrange(2, len(parts))
            parts[at] = self.pick(["*", parts[at][:1] + "*", parts[at]])
            return ":".join(parts)
        return value


def main():
    folder, requests, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    maker = Maker(Catalogue(folder), seed)
    for number in range(requests):
        print(json.dumps(maker.case(number), sort_keys=True))


main()
