"""Prints how many decisions PMapper makes in a second of processor time, and writes the cases that it knows.

    python xtask/referee/measure_pmapper.py CASES KNOWN

Cases are as `generate.py` writes them. PMapper knows users and roles, and no endpoint or resource control policies:
other cases are left out.
"""

import collections
import collections.abc
import json
import sys
import time

# PMapper was made for Python 3.9, where these were still there.
collections.Mapping, collections.MutableMapping = collections.abc.Mapping, collections.abc.MutableMapping

from principalmapper.common import Node, Policy  # noqa: E402
from principalmapper.querying.query_interface import local_check_authorization_full  # noqa: E402

SECONDS = 10.0
NOT_KNOWN = ("resourceControlPolicies", "vpcEndpointPolicies", "sessionPolicy")


def policies(of, arn):
    return [Policy(arn, held["name"], held["policy"]) for held in of or []]


def prepared(case):
    """The arguments of PMapper's function; None for a case that it does not know."""
    request = case["request"]
    arn = request["principal"]
    if any(case.get(key) for key in NOT_KNOWN) or ":iam::" not in arn or not ("user/" in arn or ":role/" in arn):
        return None
    is_role = ":role/" in arn
    boundary = policies(case.get("permissionBoundaryPolicies"), arn)
    node = Node(arn, "AIDAEXAMPLE", policies(case.get("identityPolicies"), arn), None if is_role else [],
                {"Version": "2012-10-17", "Statement": []} if is_role else None, None, 0, False, False,
                boundary[0] if boundary else None, False, {})
    levels = case.get("serviceControlPolicies") or None
    groups = levels and [policies(level["policies"], arn) for level in levels]
    resource = request["resource"]
    context = {key: value if isinstance(value, str) else value[0] if value else ""
               for key, value in (request.get("contextVariables") or {}).items()}
    owner = resource["accountId"] if isinstance(resource, dict) else None
    name = resource["resource"] if isinstance(resource, dict) else resource
    return node, request["action"], name, context, case.get("resourcePolicy"), owner, groups, None


def main():
    cases, known = sys.argv[1:]
    asked = []
    with open(cases) as lines, open(known, "w") as taken:
        for line in lines:
            try:
                arguments = prepared(json.loads(line))
                if arguments is not None:
                    local_check_authorization_full(*arguments)
                    asked.append(arguments)
                    taken.write(line)
            except Exception as error:  # What PMapper refuses is left out, whatever it raises.
                print(f"refused: {error!r}", file=sys.stderr)
    decisions, start = 0, time.process_time()
    while time.process_time() - start < SECONDS:
        for arguments in asked:
            local_check_authorization_full(*arguments)
        decisions += len(asked)
    print(decisions / (time.process_time() - start))


main()
