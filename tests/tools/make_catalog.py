"""Make `iacwatch/core/catalog/generated.json`: what AWS's own models tell of each type that AWS Config records.

Run it as ``python -m tests.tools.make_catalog`` after an update of botocore or cfn-lint. Read are two development dependencies: the CloudFormation schemas that cfn-lint ships (their
handlers list the API calls by type, and which properties identify it) and botocore's models (where a call names what
it acts on). A call counts for a type only where its input or answer names the object.
"""

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from iacwatch.core.catalog.catalog import ROWS
from iacwatch.core.catalog.derived import completed, names_after, noun_ends
from iacwatch.core.catalog.schema import TypeFacts

TARGET: Final = Path(__file__).parents[2] / "iacwatch" / "core" / "catalog" / "generated.json"
_REGIONS: Final = ("us-east-1", "eu-west-1", "us-west-2", "ap-southeast-2", "us-gov-west-1")
_READS: Final = re.compile(
    "(Get|List|Describe|BatchGet|Search|Query|Head|Lookup|Check|Validate|Preview|Test)[A-Z].*"
)
_MAKES: Final = re.compile(
    "(Batch)?(Create|Register|Import|Restore|Allocate|Put|Request|Run|Provision|Copy|Publish|Add|Associate|Attach"
    "|Enable|Upload|Grant|Authorize|Activate)[A-Z]"
)
_ENDS: Final = re.compile(
    "(Batch)?(Delete|Terminate|Release|Deregister|Remove|Cancel|Disable|Disassociate|Detach|Revoke|Deprovision"
    "|Deactivate)[A-Z]"
)
_TAGS: Final = re.compile("(Tag|Untag)\\w*|\\w*Tags?(To|From)\\w*|\\w*Tags\\w*|ChangeTagsForResource")
_STATUS: Final = re.compile(
    "(status|state|statusreason|statereason|statusmessage|statusdetails|lifecyclestate)$"
)
_OWN: Final = ("id", "name", "arn", "identifier")
_DETAILS: Final = "input|config|configuration|definition|specification|request|details|data"
_DATED: Final = re.compile(r"\d{4}_\d{2}_\d{2}$|\d{8}$")
_DEEPEST: Final = 2
_SHORT_ENDING: Final = 5
_ASPECTS: Final = frozenset({"policy", "version", "endpoint"})


class Operation(NamedTuple):
    """A call in botocore's model of its service."""

    shapes: Mapping[str, Any]
    of: Mapping[str, Any]

    def paths(self, side: str) -> list[str]:
        """Return where a call may name things: lower-case paths in its ``input`` or its ``output``."""
        return list(dict.fromkeys(paths(self.shapes, self.of.get(side, {}).get("shape"))))


def paths(shapes: Mapping[str, Any], name: str | None, deep: int = 0, before: str = "") -> Iterator[str]:
    """Yield the dotted lower-case paths below a shape; what lies in lists counts as lying in their place."""
    shape = shapes.get(name or "", {})
    if shape.get("type") == "list":
        yield from paths(shapes, shape["member"]["shape"], deep, before)
    if shape.get("type") != "structure":
        return
    for member, value in shape.get("members", {}).items():
        path = f"{before}.{member.lower()}".removeprefix(".")
        inner = shapes.get(value["shape"], {})
        listed = inner.get("type") == "list" and shapes.get(inner["member"]["shape"], {}).get("type")
        if inner.get("type") in {"string", "integer", "long"} or (deep < _DEEPEST and listed == "string"):
            yield path
        if deep < _DEEPEST:
            yield from paths(shapes, value["shape"], deep + 1, path)


def _folder(package: str) -> Path:
    spec = find_spec(package)  # (to import cfn-lint takes longer than to read all of its schemas)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed")
    return Path(spec.origin).parent / "data"


@cache
def models() -> dict[str, dict[str, Any]]:
    """Return botocore's models, the newest of each service: read without botocore, in a third of the time."""
    found = {}
    for file in sorted(_folder("botocore").glob("*/*/service-2.json*")):
        with (gzip.open if file.suffix == ".gz" else open)(file, "rb") as content:
            found[file.parts[-3]] = json.load(content)
    return found


@cache
def services() -> dict[str, list[tuple[str, dict[str, Operation]]]]:
    """Return each service's event source and calls in botocore, by each prefix that IAM may know it by."""
    found = defaultdict[str, list[tuple[str, dict[str, Operation]]]](list)
    for name, model in models().items():
        metadata, shapes = model["metadata"], model["shapes"]
        calls = {_DATED.sub("", call): Operation(shapes, of) for call, of in model["operations"].items()}
        source, id_ = metadata["endpointPrefix"], metadata["serviceId"].lower().replace(" ", "")
        for each in {name, source, metadata.get("signingName") or name, id_}:
            found[each].append((source, calls))
    return dict(found)


@cache
def schema_files() -> dict[str, Path]:
    """Return the files of the CloudFormation schemas by type."""
    folder, found = _folder("cfnlint") / "schemas", dict[str, Path]()
    for region in _REGIONS:
        listed = json.loads(folder.joinpath("providers", f"{region}.json").read_text(encoding="utf-8"))
        for kind, name in listed.items():
            if isinstance(name, str):
                found.setdefault(kind, folder.joinpath("resources", f"{name}.json"))
    return found


@cache
def schema(kind: str) -> dict[str, Any]:
    """Return a type's CloudFormation schema; {} where there is none."""
    file = schema_files().get(kind)
    return json.loads(file.read_text(encoding="utf-8")) if file else {}


def recorded() -> list[str]:
    """Return the types that AWS Config knows, by name."""
    return sorted(models()["config"]["shapes"]["ResourceType"]["enum"])


@cache
def handlers(kind: str) -> dict[str, list[tuple[str, str]]]:
    """Return, by handler of a type, calls that botocore knows and that do not read: (prefix of the service, call)."""
    found: dict[str, list[tuple[str, str]]] = {"create": [], "update": [], "delete": []}
    for name, calls in found.items():
        for permission in schema(kind).get("handlers", {}).get(name, {}).get("permissions", []):
            prefix, _, call = str(permission).partition(":")
            if call and not _READS.fullmatch(call) and operation(prefix.lower(), call) is not None:
                calls.append((prefix.lower(), call))
    return found


def operation(prefix: str, call: str) -> Operation | None:
    """Return what is known of a call; None where botocore has none of that name (an IAM action of its own)."""
    return next((calls[call] for _, calls in services().get(prefix, ()) if call in calls), None)


@cache
def _tail(call: str) -> str:
    """Return a call's name without its verb: ``CreateGuardrailVersion`` is about a GuardrailVersion."""
    words = re.findall("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", call)
    return call[len(words[0]) :] if words else call


@cache
def identifying(kind: str) -> tuple[str, ...]:
    """Return the last keys, in lower case, under which calls name an object of a type: none of its parent's."""
    pointers = [*schema(kind).get("primaryIdentifier", ())]
    pointers += chain.from_iterable(schema(kind).get("additionalIdentifiers", ()))
    given = {
        key: re.sub(f"({'|'.join(_OWN)})$", "", key)
        for key in (each.rpartition("/")[2].lower() for each in pointers)
    }
    service, noun = kind.split("::")[1], _noun(kind)
    own = [key for key, stem in given.items() if stem not in _nouns(service) or stem in noun]
    return tuple(dict.fromkeys((*own, *names_after(noun_ends(kind.rpartition("::")[2])), *_OWN)))


def named_in(kind: str, of: Operation) -> tuple[list[str], list[str]]:
    """Return the paths of a call's input, and the last keys of its answer, that name an object of a type."""
    keys, noun = identifying(kind), _noun(kind)
    parent = re.compile(f"[a-z]*{noun}({_DETAILS})?")
    request, answer = [], []
    for path in of.paths("input"):
        *above, last = path.split(".")
        if last in keys and (not above or (len(above) == 1 and last != noun and parent.fullmatch(above[0]))):
            request.append(path)
    if any(path not in _OWN for path in request):
        # A call that names the type by its noun means something else by a bare `name` or `id` beside it.
        request = [path for path in request if path not in _OWN]
    for path in of.paths("output"):
        *above, last = path.split(".")
        if last in keys and (last not in _OWN or not above or parent.fullmatch(above[-1])):
            answer.append(last)
    return request, list(dict.fromkeys(answer))


def calls_of(sources: Sequence[str]) -> set[str]:
    """Return all calls of the services that go by these event sources."""
    return {call for source in sources for _, calls in services().get(source, ()) for call in calls}


def row(kind: str) -> dict[str, Any]:
    """Return what the models tell of one type; {} where they tell nothing."""
    found = handlers(kind)
    service = _service(kind, found)
    if not service:
        return {}
    own = {name: [call for prefix, call in calls if prefix == service] for name, calls in found.items()}
    makes = _whole(kind, list(filter(_MAKES.match, own["create"])))
    ends = _whole(kind, list(filter(_ENDS.match, own["delete"])))
    told, shows = defaultdict[str, list[str]](list), defaultdict[str, set[str]](set)
    for handler, call in ((handler, call) for handler, calls in own.items() for call in calls):
        of = operation(service, call)
        if of is None or _TAGS.fullmatch(call) or _foreign(kind, call):
            continue
        request, answer = named_in(kind, of)
        if not request and not answer:
            continue
        told["targets"] += request
        if handler == "create" and call in makes:
            told["creates"].append(call)
            told["answers"] += answer
        elif handler == "delete" and call in ends:
            told["deletes"].append(call)
        elif _about(kind, call):
            told["changes"].append(call)
        else:
            for name in _shown_in(kind, call):
                shows[name].add(call)
    whole = {*told["creates"], *told["deletes"]}
    acting = {*whole, *told["changes"]}
    pointers = [each.lower() for each in schema(kind).get("readOnlyProperties", ()) if each.count("/") == 2]
    told |= {
        # CloudTrail's event source is the prefix, or the endpoint that takes the call.
        "sources": [
            service,
            *(each for each, calls in services()[service] if "." not in each and calls.keys() & acting),
        ],
        "changes": [call for call in told["changes"] if call not in whole],
        "status": [each.rpartition("/")[2] for each in pointers if _STATUS.search(each)],
        "parts": parts(kind, service, own),
    }
    order = ("sources", "creates", "changes", "deletes", "targets", "answers", "status", "parts")
    rows: dict[str, Any] = {name: sorted(set(told[name])) for name in order if told[name]}
    return rows | ({"shows": {name: sorted(calls) for name, calls in sorted(shows.items())}} if shows else {})


def _service(kind: str, found: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Return the prefix of the service whose calls make a type: the one that most of its own calls have."""
    calls = dict.fromkeys(chain.from_iterable(found.values()))
    counts = Counter(prefix for prefix, call in calls if _about(kind, call) and not _TAGS.fullmatch(call))
    counts = counts or Counter(prefix for prefix, _ in found["create"])
    return counts.most_common(1)[0][0] if counts else ""


def _about(kind: str, call: str) -> bool:
    """Return whether a call's name says that it is about a type: by its noun, or by the noun's end.

    ``UpdateKey`` is about an APIKey, ``CreateDeployment`` about no DeploymentGroup.
    """
    noun, tail = _noun(kind), _tail(call).lower()
    short = len(noun) - len(tail) < _SHORT_ENDING and noun.startswith(tail)  # EnvironmentEC2
    return noun in tail or noun.endswith(tail.rstrip("s")) or short


def _shown_in(kind: str, call: str) -> list[str]:
    """Return the properties in which a call shows that is named after an aspect: ``CreateUser`` in a broker's users."""
    stem = _tail(call).lower().rstrip("s")
    names = (name.lower() for name in schema(kind).get("properties", ()))
    names = (name for name in names if not name.endswith(_OWN))
    return [
        name for name in names if stem in name or (name.rstrip("s") in stem and len(name) >= len(stem) // 2)
    ]


def _whole(kind: str, calls: Sequence[str]) -> list[str]:
    """Return which of a handler's calls are about the whole object: ``CreateFirewallRule`` changes a group of rules.

    Where none is named after the type, the only one that there is will be it (``DeleteLocation`` of a LocationNFS).
    """
    noun = _noun(kind).removesuffix("association")
    named = re.compile(f"[a-z0-9]*{noun}(s|es|v2|configuration|association)?")
    whole = [call for call in calls if named.fullmatch(_tail(call).lower())]
    return whole or (list(calls) if len(set(calls)) == 1 else [])


def _noun(kind: str) -> str:
    return kind.rpartition("::")[2].lower()


@cache
def _nouns(service: str) -> frozenset[str]:
    """Return the nouns of all CloudFormation types of a service."""
    return frozenset(_noun(other) for other in schema_files() if other.split("::")[1] == service)


@cache
def _meant(service: str, tail: str) -> str:
    """Return the noun of the type of a service that the rest of a call's name ends with; "" where none."""
    nouns = (noun for noun in _nouns(service) if tail.endswith(noun.rstrip("s")))
    return max(nouns, key=len, default="")


def _foreign(kind: str, call: str) -> bool:
    """Return whether a call is named after another, more special type of the service than this one."""
    tail, noun = _tail(call).lower().rstrip("s"), _noun(kind)
    meant = _meant(kind.split("::")[1], tail)
    return meant not in {"", noun} and (noun in tail.removesuffix(meant) or noun in meant)


def parts(kind: str, service: str, own: Mapping[str, Sequence[str]]) -> list[str]:
    """Return calls that are named like a type's own and act on a part of it that has a life of its own.

    These are named after another CloudFormation type; or after an aspect that no property of the type shows, where no
    handler of the type makes them.
    """
    facts = completed(TypeFacts(kind, derived=True, called=ROWS[kind].called if kind in ROWS else ""))
    made, shown, found = set(chain.from_iterable(own.values())), set(_properties(schema(kind))), []
    for call in chain.from_iterable(calls for _, calls in services()[service]):
        if _READS.fullmatch(call) or _TAGS.fullmatch(call):
            continue
        aspect = _tail(call).lower().rstrip("s").partition(_noun(kind))[2]
        hidden = aspect in _ASPECTS and call not in made and not any(aspect[:5] in key for key in shown)
        if (hidden or _foreign(kind, call)) and re.fullmatch(facts.acts, call):
            found.append(call)
    return found


def _properties(document: Any) -> Iterator[str]:
    """Yield all names of properties in a schema, in lower case."""
    if isinstance(document, dict):
        if isinstance(document.get("properties"), dict):
            yield from map(str.lower, document["properties"])
        document = list(document.values())
    for each in document if isinstance(document, list) else ():
        yield from _properties(each)


def text() -> str:
    """Return the file's text: a type that the models tell anything of a line, so that a change of AWS's reads well."""
    rows = ((kind, row(kind)) for kind in recorded() if kind in schema_files())
    lines = [f"{json.dumps(kind)}: {json.dumps(told, separators=(',', ':'))}" for kind, told in rows if told]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
