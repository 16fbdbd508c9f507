"""Writes how each service speaks on the wire, from botocore's models: crates/partywall-collect/wire/<service>.json.

    python xtask/wire.py <calls> <wire>

Only what the operations named in <calls>/*.toml need is kept. Whatever a call names that the models do not know
(an operation, a parameter, a place in an answer) is an error, and nothing is written.
`cargo xtask wire` runs this in an environment that holds BOTOCORE.
"""

import json
import pathlib
import re
import sys
import tomllib

import botocore
import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError, UnknownServiceError

BOTOCORE = "1.44.5"
RELEASED = "2026-11-17"

# Asked by the collector itself, whatever the calls are.
OWN = {
    "sts": ["GetCallerIdentity", "AssumeRole"],
    "ec2": ["DescribeRegions"],
    "organizations": ["ListAccounts"],
    "s3": ["GetBucketLocation"],
}
OWN_PARAMETERS = {"AssumeRole": ["RoleArn", "RoleSessionName", "ExternalId"], "DescribeRegions": ["AllRegions"],
                  "GetBucketLocation": ["Bucket"]}

# Filled in by the collector: the account that is asked.
ACCOUNT_PARAMETER = "AccountId"

PROTOCOLS = ["json", "query", "ec2", "rest-json", "rest-xml"]
FORM = ("query", "ec2")
XML = ("query", "ec2", "rest-xml")
VARIANTS = {"plain": (False, False), "fips": (True, False), "dual": (False, True), "fips_dual": (True, True)}
PAGE_LIMIT = 1000

# Members that look like a token of a next page.
TOKEN = re.compile(r"^((next|page|pagination|continuation)+token|(next)?marker)$", re.IGNORECASE)
# Tokens of the input by which an answer's token is given back, where the names differ.
TOKEN_INPUTS = {"NextMarker": ["Marker", "NextMarker"], "nextMarker": ["marker", "nextMarker"], "NextPageToken": ["PageToken", "NextPageToken"],
                "NextContinuationToken": ["ContinuationToken"], "nextPageToken": ["pageToken", "nextPageToken"]}

SCALARS = {"string": "string", "character": "string", "boolean": "boolean", "integer": "integer", "long": "integer",
           "float": "number", "double": "number", "timestamp": "timestamp", "blob": "blob", "bigInteger": "integer"}

problems = []


class Model:
    """One service of botocore."""

    def __init__(self, session, name):
        self.name = name
        self.loader = session.get_component("data_loader")
        self.model = session.get_service_model(name)
        self.metadata = self.model.metadata
        offered = self.metadata.get("protocols") or [self.metadata["protocol"]]
        self.protocol = next(p for p in PROTOCOLS if p in offered)
        try:
            self.paginators = self.loader.load_service_model(name, "paginators-1")["pagination"]
        except UnknownServiceError:
            self.paginators = {}
        self.shapes = {}
        self.plain = {}
        # Only the members of an answer itself can stand in headers; a location deeper down means nothing.
        outputs = (self.model.operation_model(name).output_shape for name in self.model.operation_names)
        self.answers = {output.name for output in outputs if output is not None}

    # ---- answers

    def type_of(self, shape):
        """How a value of this shape is written: a scalar's name, `any`, or `=` and the name of a kept shape."""
        if self.protocol in ("json", "rest-json") and self.is_plain(shape, ()):
            return "any"
        if shape.type_name == "string" and self.name == "iam" and shape.name == "policyDocumentType":
            return "policy"
        if shape.serialization.get("jsonvalue"):
            return "json"
        if shape.type_name in SCALARS:
            return SCALARS[shape.type_name]
        if shape.name not in self.shapes:
            self.shapes[shape.name] = None
            self.shapes[shape.name] = self.kept(shape)
        return "=" + shape.name

    def kept(self, shape):
        if shape.type_name == "structure":
            if shape.metadata.get("document"):
                return {"any": True}
            is_answer = shape.name in self.answers
            return {"members": {name: self.member(name, member, is_answer) for name, member in shape.members.items()}}
        if shape.type_name == "list":
            kept = {"list": self.type_of(shape.member)}
            if self.protocol in XML:
                kept["item"] = shape.member.serialization.get("name", "member")
            return kept
        if shape.type_name == "map":
            kept = {"map": self.type_of(shape.value)}
            if self.protocol in XML:
                kept["key"] = shape.key.serialization.get("name", "key")
                kept["value"] = shape.value.serialization.get("name", "value")
            return kept
        raise ValueError(f"{self.name}: a shape of type {shape.type_name}")

    def member(self, name, shape, is_in_answer):
        kept = {"type": self.type_of(shape)}
        wire = shape.serialization.get("name", name)
        location = shape.serialization.get("location")
        if is_in_answer and location in ("header", "headers", "statusCode"):
            kept["in"] = location
        elif self.protocol in XML and shape.serialization.get("flattened") and shape.type_name in ("list", "map"):
            kept["flat"] = True
            if shape.type_name == "list":
                wire = shape.member.serialization.get("name", wire)
        if shape.serialization.get("xmlAttribute"):
            kept["in"] = "attribute"
            wire = wire.split(":")[-1]
        if wire != name:
            kept["wire"] = wire
        return kept["type"] if list(kept) == ["type"] else kept

    def is_plain(self, shape, above):
        """Whether a JSON value of this shape is already the answer."""
        if shape.name in above:
            return True
        if shape.name in self.plain:
            return self.plain[shape.name]
        above = (*above, shape.name)
        if shape.type_name == "structure":
            plain = not shape.serialization.get("payload") and all(
                member.serialization.get("name", name) == name and not member.serialization.get("location")
                and not member.serialization.get("jsonvalue") and self.is_plain(member, above)
                for name, member in shape.members.items())
        elif shape.type_name == "list":
            plain = self.is_plain(shape.member, above)
        elif shape.type_name == "map":
            plain = self.is_plain(shape.value, above)
        else:
            plain = shape.type_name != "timestamp"
        if not plain or len(above) == 1:
            self.plain[shape.name] = plain
        return plain

    # ---- requests

    def parameter(self, name, shape):
        """Where a parameter goes; None when it can not be sent."""
        location = shape.serialization.get("location")
        wire = shape.serialization.get("name", name)
        is_list = shape.type_name == "list"
        kept = {"type": SCALARS.get(shape.member.type_name if is_list else shape.type_name, "other")}
        is_filter = is_list and self.protocol == "ec2" and shape.member.type_name == "structure" \
            and list(shape.member.members) == ["Name", "Values"]
        if is_filter:
            kept = {"type": "string", "filter": True}
        if kept["type"] == "other" and (self.protocol not in ("json", "rest-json") or location or not self.is_plain(shape, ())):
            return None
        if self.protocol == "ec2":
            wire = shape.serialization.get("queryName") or (wire[0].upper() + wire[1:])
        elif self.protocol == "query" and is_list:
            item = shape.member.serialization.get("name")
            wire = (item or wire) if shape.serialization.get("flattened") else f"{wire}.{item or 'member'}"
        if location:
            kept["in"] = location
        elif self.protocol == "rest-xml":
            return None
        if is_list:
            kept["list"] = True
        if wire != name:
            kept["wire"] = wire
        if self.name == "route53" and shape.name in ("ResourceId", "DelegationSetId", "ChangeId"):
            kept["last_segment"] = True
        return kept

    def pages(self, operation):
        given = self.paginators.get(operation.name)
        inputs = operation.input_shape.members if operation.input_shape else {}
        outputs = operation.output_shape.members if operation.output_shape else {}
        many = lambda value: value if isinstance(value, list) else [value]
        if given:
            pages = {"input": many(given["input_token"]), "output": many(given["output_token"])}
            if given.get("more_results"):
                pages["more"] = given["more_results"]
            limit = given.get("limit_key")
        else:
            tokens = [name for name in outputs if TOKEN.match(name) or name in TOKEN_INPUTS]
            pairs = [(back, name) for name in tokens for back in TOKEN_INPUTS.get(name, [name]) if back in inputs]
            if tokens and not pairs:
                problems.append(f"{self.name}:{operation.name} answers `{tokens[0]}` and nothing is known to give it back")
            if not pairs:
                return None
            pages = {"input": [pairs[0][0]], "output": [pairs[0][1]]}
            limit = next((n for n in ("MaxResults", "maxResults", "Limit", "limit", "MaxItems", "PageSize") if n in inputs), None)
        most = inputs[limit].metadata.get("max") if limit and limit in inputs else None
        if most and inputs[limit].type_name in ("integer", "long"):
            pages["limit"] = [limit, min(most, PAGE_LIMIT)]
        return pages

    def operation(self, name, given):
        operation = self.model.operation_model(name)
        kept = {"method": operation.http.get("method", "POST"), "uri": operation.http.get("requestUri", "/")}
        prefix = (operation.endpoint or {}).get("hostPrefix")
        if prefix:
            kept["host_prefix"] = prefix
        inputs = operation.input_shape.members if operation.input_shape else {}
        pages = self.pages(operation)
        wanted = set(given) | set(pages["input"] if pages else []) | ({pages["limit"][0]} if pages and "limit" in pages else set())
        required = set(operation.input_shape.required_members) if operation.input_shape else set()
        if ACCOUNT_PARAMETER in inputs and ACCOUNT_PARAMETER in required:
            wanted.add(ACCOUNT_PARAMETER)
        for missing in sorted(required - wanted):
            problems.append(f"{self.name}:{name} needs `{missing}` and no call gives it")
        parameters = {}
        for parameter in sorted(wanted):
            if parameter not in inputs:
                problems.append(f"{self.name}:{name} has no parameter `{parameter}`")
                continue
            if (sent := self.parameter(parameter, inputs[parameter])) is None:
                problems.append(f"{self.name}:{name}: the parameter `{parameter}` can not be sent")
                continue
            parameters[parameter] = sent
        if parameters:
            kept["parameters"] = parameters
        if pages:
            kept["pages"] = pages
        if operation.has_event_stream_output:
            problems.append(f"{self.name}:{name} answers an event stream")
        output = operation.output_shape
        if output is not None:
            if output.serialization.get("resultWrapper"):
                kept["result"] = output.serialization["resultWrapper"]
            if output.serialization.get("payload"):
                kept["payload"] = output.serialization["payload"]
            kept["output"] = self.type_of(output)
        if (self.name, name) == ("s3", "GetBucketLocation"):
            kept["root_text"] = "LocationConstraint"
        return kept

    # ---- endpoints

    def endpoints(self, partitions):
        rules = self.loader.load_service_model(self.name, "endpoint-rule-set-1")
        provider = EndpointProvider(ruleset_data=rules, partition_data=partitions)

        def resolve(region, fips, dual):
            given = {"Region": region, "UseFIPS": fips, "UseDualStack": dual}
            given = {key: value for key, value in given.items() if key in rules["parameters"]}
            try:
                endpoint = provider.resolve_endpoint(**given)
            except EndpointProviderError:
                return None
            schemes = endpoint.properties.get("authSchemes") or [{}]
            signed = next((s.get("signingRegion") for s in schemes if s.get("signingRegion")), region)
            return endpoint.url, signed

        def written(pattern, region):
            """What a written endpoint says for a region."""
            if pattern is None:
                return None
            url, _, signed = pattern.replace("{region}", region).partition(" ")
            return url, signed or region

        def patterns(region, resolved):
            """The ways to write an endpoint, the shortest first."""
            if resolved is None:
                return [None]
            url, signed = resolved
            return ([url.replace(region, "{region}")] if signed == region else []) + [f"{url} {signed}"]

        kept = {}
        for partition in partitions["partitions"]:
            regions = [region for region in partition["regions"] if not region.endswith("-global")]
            usual, exceptions = {}, {}
            for variant, (fips, dual) in VARIANTS.items():
                resolved = {region: resolve(region, fips, dual) for region in regions}
                choices = [pattern for region in regions for pattern in patterns(region, resolved[region])]
                fits = lambda pattern: sum(written(pattern, region) == resolved[region] for region in regions)
                usual[variant] = max(choices, key=fits)
                for region in regions:
                    if written(usual[variant], region) != resolved[region]:
                        exceptions.setdefault(region, {})[variant] = patterns(region, resolved[region])[0]
            kept[partition["id"]] = {"usual": usual, **({"except": exceptions} if exceptions else {})}
        return kept

    def regions(self, session):
        """The regions in which the service is said to exist, or None when nothing is said."""
        prefix = self.metadata["endpointPrefix"]
        known = self.loader.load_data("endpoints")
        regions = []
        for partition in known["partitions"]:
            service = partition["services"].get(prefix)
            if service is None:
                continue
            if not service.get("isRegionalized", True):
                return None
            regions += [name for name in service["endpoints"] if re.match(partition["regionRegex"], name)]
        return " ".join(sorted(regions)) or None


# ---- places in answers

def steps(path):
    """The steps of a path of a call: names, and `[]`, `[keys]`, `[values]`, `[/]`, `[name=value]`."""
    return re.findall(r"\[[^\]]*\]|[^.\[\]]+", "" if path == "." else path)


def walk(shape, path, where):
    """The shape at a place of another shape, or None after a problem."""
    for step in steps(path):
        if shape is None:
            return None
        if step.startswith("["):
            if step == "[keys]" and shape.type_name == "map":
                shape = shape.key
            elif shape.type_name == "list":
                shape = shape.member
            elif step == "[/]" and shape.type_name == "string":
                continue
            elif shape.type_name == "map" and step in ("[]", "[values]"):
                shape = shape.value
            else:
                problems.append(f"{where}: `{path}`: `{step}` needs a list, not a {shape.type_name}")
                return None
        else:
            if shape.type_name == "list":
                shape = shape.member
            if shape.type_name == "map":
                shape = shape.value
            elif shape.type_name == "structure" and step in shape.members:
                shape = shape.members[step]
            elif shape.type_name == "structure" and shape.metadata.get("document"):
                return None
            else:
                problems.append(f"{where}: `{path}`: there is no `{step}`")
                return None
    return shape


def check_places(models, calls, service, name, call):
    operation = lambda service, name: models[service].model.operation_model(calls[service][name].get("operation", name))
    where = f"{service}:{name}"
    own = operation(service, name)
    for path in call.get("conceal", []):
        walk(own.output_shape, path, where)
    if "for_each" not in call:
        return
    words = call["for_each"].split(":", 2)
    (of, parent), items = ((service, words[0]) if len(words) == 2 else (words[0], words[1])), words[-1]
    if of not in calls or parent not in calls[of]:
        problems.append(f"{where}: there is no call `{of}:{parent}`")
        return
    item = walk(operation(of, parent).output_shape, items, where)
    if item is None:
        return
    for path in call["take"].values():
        if path.startswith("Request."):
            asked = calls[of][parent]
            if path.removeprefix("Request.") not in {**asked.get("with", {}), **asked.get("take", {})}:
                problems.append(f"{where}: `{of}:{parent}` is not asked with `{path.removeprefix('Request.')}`")
        else:
            walk(item, path, where)
    for path in call.get("where", {}):
        walk(item, path, where)


# ---- files

def lines(value):
    """JSON with one line for each entry of the second level, for diffs that people can read."""
    parts = []
    for key, entry in value.items():
        if isinstance(entry, dict) and entry:
            inner = ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in entry.items())
            parts.append(f"{json.dumps(key)}:{{\n{inner}\n}}")
        else:
            parts.append(f"{json.dumps(key)}:{json.dumps(entry, separators=(',', ':'))}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def service_data(model, calls, partitions, session):
    metadata = model.metadata
    wanted = {name: set(OWN_PARAMETERS.get(name, [])) for name in OWN.get(model.name, [])}
    for name, call in calls.items():
        given = wanted.setdefault(call.get("operation", name), set())
        given.update(call.get("with", {}), call.get("take", {}))
    operations = {name: model.operation(name, given) for name, given in sorted(wanted.items())}
    data = {
        "from": f"botocore {BOTOCORE} of {RELEASED}",
        "service_id": metadata["serviceId"],
        "signing_name": model.model.signing_name,
        "protocol": model.protocol + (("-" + metadata["jsonVersion"]) if model.protocol == "json" else ""),
        "version": metadata["targetPrefix"] if model.protocol == "json" else metadata["apiVersion"],
    }
    if "awsQueryCompatible" in metadata:
        data["query_mode"] = True
    headers = {"apigateway": {"accept": "application/json"}, "glacier": {"x-amz-glacier-version": metadata["apiVersion"]}}
    if model.name in headers:
        data["headers"] = headers[model.name]
    data["endpoints"] = model.endpoints(partitions)
    data["regions"] = model.regions(session)
    data["operations"] = operations
    data["shapes"] = dict(sorted(model.shapes.items()))
    return data


def partition_data(partitions):
    kept = {}
    for partition in partitions["partitions"]:
        outputs = partition["outputs"]
        kept[partition["id"]] = {
            "region_prefix": "" if partition["id"] == "aws" else partition["regionRegex"].lstrip("^").split("\\-\\w")[0].replace("\\-", "-").replace("(de)", "de") + "-",
            "home": outputs["implicitGlobalRegion"],
            "regions": " ".join(region for region in partition["regions"] if not region.endswith("-global")),
        }
    return {"from": f"botocore {BOTOCORE} of {RELEASED}", "partitions": kept}


def main(calls_folder, wire_folder):
    if botocore.__version__ != BOTOCORE:
        sys.exit(f"botocore {BOTOCORE} is needed, this is {botocore.__version__}")
    session = botocore.session.get_session()
    partitions = session.get_component("data_loader").load_data("partitions")
    calls = {}
    for file in sorted(pathlib.Path(calls_folder).glob("*.toml")):
        table = tomllib.loads(file.read_text())
        calls[file.stem] = {name: call for name, call in table.items() if isinstance(call, dict)}
    models = {}
    for service in sorted({*calls, *OWN}):
        try:
            models[service] = Model(session, service)
        except UnknownServiceError:
            problems.append(f"botocore knows no service `{service}`")
    for service in [service for service in calls if service in models]:
        known = models[service].model.operation_names
        for name, call in list(calls[service].items()):
            if call.get("operation", name) not in known:
                problems.append(f"{service}:{name}: there is no operation `{call.get('operation', name)}`")
                del calls[service][name]
    for service, model in models.items():
        for name, call in calls.get(service, {}).items():
            check_places(models, calls, service, name, call)
    files = {service: service_data(model, calls.get(service, {}), partitions, session) for service, model in models.items()}
    if problems:
        sys.exit("\n".join(sorted(set(problems))))
    folder = pathlib.Path(wire_folder)
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    (folder / "partitions.json").write_text(lines(partition_data(partitions)))
    for service, data in files.items():
        (folder / f"{service}.json").write_text(lines(data))


if __name__ == "__main__":
    main(*sys.argv[1:])
