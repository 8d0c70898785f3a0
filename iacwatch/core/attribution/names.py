"""By which names a trail event may call a resource.

The facts by type are data (`core.catalog`); this module applies them to one change: every name that a
call could have used, what kind of name each is, and which of them LookupEvents can be asked for.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote

from iacwatch.core.arn import arn_parts
from iacwatch.core.attribution.states import LONGEST, changed_below, changed_fields, states, values
from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.catalog.schema import PARENT, Indirect, TypeFacts
from iacwatch.core.catalog.services import service_of
from iacwatch.core.model import Change, ChangeType, Json, MatchKind, Resource

MAX_NAMES: Final = 200
"""Names taken from one change: a route table has tens of parts, a hostile document has thousands."""

MAX_LOOKUPS: Final = 6
"""Names that are worth a call each; beyond that only a sweep makes sense."""

_SHORTEST_PART: Final = 4
_KINDS: Final = {kind: place for place, kind in enumerate(MatchKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """All names of one resource at one change.

    `kinds` maps each name to its kind; `parts` are ids of parts of it; `own` are the names that are the
    resource's alone (ids and ARNs); `neighbours` maps the place of each indirect rule to the ids it looks
    for; `parent` is set where a bare name is only unique within a parent; `composite` are the parts of an id
    made of several, which a call has to name all; `fields` are the keys that differ, None where the change
    cannot tell, and `below` those one below them; `named_by_id` says that the id is no more than the name;
    `folded` that calls may write the names in another case. `wanted` is every string that an event about
    this resource may hold.
    """

    facts: TypeFacts
    kinds: Mapping[str, MatchKind]
    lookups: tuple[str, ...]
    missing: float
    parts: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    neighbours: Mapping[int, frozenset[str]] = field(default_factory=dict)
    parent: frozenset[str] = frozenset()
    composite: frozenset[str] = frozenset()
    fields: frozenset[str] | None = frozenset()
    below: frozenset[str] = frozenset()
    named_by_id: bool = False
    folded: bool = False
    wanted: frozenset[str] = frozenset()

    def known(self, value: str) -> str | None:
        """Return the name of the resource that a call writes as `value`; None where it is another's."""
        if value in self.kinds:
            return value
        value = canonical(value)
        if self.folded and value not in self.kinds:
            value = value.lower()
        return value if value in self.kinds else None


class _Collector:
    """Names by the form in which they were found, and the kind of each."""

    def __init__(self) -> None:
        self.by_form: dict[str, list[str]] = defaultdict(list)
        self.kinds: dict[str, MatchKind] = {}

    def add(self, form: str, values: Iterable[str | None], kind: MatchKind) -> None:
        for value in values:
            if not value or len(value) > LONGEST or len(self.kinds) >= MAX_NAMES:
                continue
            true_kind = MatchKind.ARN if value.startswith("arn:") and kind is not MatchKind.ALIAS else kind
            if value not in self.by_form[form]:
                self.by_form[form].append(value)
            known = self.kinds.get(value)
            if known is None or _KINDS[true_kind] < _KINDS[known]:
                self.kinds[value] = true_kind


def names_of(change: Change) -> Names:
    """Collect the names of the resource that a change is about: now, before, and of its parts."""
    resource, facts = _named(change), _facts(change.resource)
    shown = tuple(states(change))
    fields = _differing(change)
    found = _Collector()
    tails = tuple(dict.fromkeys(_tails(resource, facts)))
    _collect(found, resource, facts, shown, tails)
    found.add("old", _previous_names(change, facts), MatchKind.ALIAS)
    parts = frozenset(value for path in facts.parts for value in values(shown, path))
    found.by_form["part"].extend(sorted(parts))
    parent = _parent(facts, change, shown)
    neighbours = _neighbours(change, facts, shown, fields, parent)
    wanted = [name for form in facts.lookups for name in found.by_form[form]]
    wanted = list(dict.fromkeys([*wanted, *sorted(name for ids in neighbours.values() for name in ids)]))
    unique = {name for name, kind in found.kinds.items() if kind in {MatchKind.ARN, MatchKind.ID}}
    # Where the id is an ARN, its tail is what calls use for an id, unless it is the name (API Gateway, WAF).
    unique |= {tail for tail in tails if resource.id == resource.arn and tail != resource.name}
    composite = frozenset(part for part in resource.id.split("|") if not _is_constant(part))
    composite = composite if "|" in resource.id else frozenset()
    return Names(
        facts=facts,
        kinds=found.kinds,
        lookups=tuple(wanted[:MAX_LOOKUPS]),
        missing=facts.missing if 0 < len(wanted) <= MAX_LOOKUPS else 1.0,
        parts=parts,
        own=frozenset(unique),
        neighbours=neighbours,
        parent=parent,
        composite=composite,
        fields=fields,
        below=changed_below(change),
        named_by_id=resource.id == resource.name
        or (resource.name is None and resource.id in tails)
        or not resource.type.startswith("AWS::"),  # whoever puts it into Config chooses its id
        folded=service_of(resource.type).folds_case,
        wanted=frozenset(found.kinds).union(parts, composite, *neighbours.values()),
    )


def canonical(value: str) -> str:
    """Return a name as `names_of` writes it: without ``$LATEST``, a path prefix or URL encoding.

    A function's other qualifiers stay: a version or an alias of it is not the function itself.
    """
    if "%" in value and len(value) <= LONGEST:
        value = unquote(value)
    return value.removeprefix("/hostedzone/").removesuffix(":$LATEST")


def _differing(change: Change) -> frozenset[str] | None:
    """Return the keys that differ; None where it cannot be known: no diff, no item before."""
    if change.change_type is ChangeType.UPDATE and not change.diff:
        return None
    return changed_fields(change)


def _is_constant(part: str) -> bool:
    """Return whether a part of an id is a word of Config's own, which no call holds (``IGW|vpc-…``)."""
    return not part or (len(part) < _SHORTEST_PART and part.isupper())


def _facts(resource: Resource) -> TypeFacts:
    """Return what is known of a type; where that is a guess, the ARN names the calls' service, too."""
    facts, parts = facts_of(resource.type), arn_parts(resource.arn)
    if not facts.derived or parts is None or parts.service in facts.sources:
        return facts
    return replace(facts, sources=(*facts.sources, parts.service))


def _named(change: Change) -> Resource:
    """Return the resource with its name, which an oversized notification and some deletions leave out."""
    resource = change.resource
    if resource.name is None:
        known = (item.resource.name for item in (change.item, change.previous) if item)
        resource = replace(resource, name=next((name for name in known if name), None))
    return resource


def _collect(
    found: _Collector,
    resource: Resource,
    facts: TypeFacts,
    shown: tuple[Mapping[str, Json], ...],
    tails: tuple[str, ...],
) -> None:
    found.add("arn", [resource.arn], MatchKind.ARN)
    if not (facts.revisions and resource.arn):
        found.add("id", [resource.id], MatchKind.ID)
    found.add("name", [resource.name], MatchKind.NAME)
    # Event history lists names; where Config has none, the ARN's tail is the best guess.
    found.add("tail" if resource.name else "name", tails, MatchKind.NAME)
    if facts.id_is_url:
        found.add("url", _urls(resource), MatchKind.ALIAS)
    if facts.arn_suffix and resource.arn:
        found.add("bare", [re.sub(f"{facts.arn_suffix}\\Z", "", resource.arn)], MatchKind.ALIAS)
    if facts.short_arn:
        short = f"{facts.short_arn}:{resource.name or resource.id}"
        account = f"{resource.account_id}:{short}"
        found.add("partial", [short, account, f"{resource.region}:{account}"], MatchKind.NAME)
    for path in facts.own_ids:
        found.add("own", values(shown, path), MatchKind.NAME)


def _tails(resource: Resource, facts: TypeFacts) -> Iterator[str]:
    """Yield the last parts of the ARN, by which many calls name the resource.

    Where the name itself holds slashes (``team/app``), the part after the last one is another's name.
    """
    parts = arn_parts(resource.arn)
    if parts is None or facts.revisions:
        return
    named = resource.name or ("" if resource.id.startswith("arn:") else resource.id)
    if "/" in parts.resource and "/" not in named:
        yield parts.resource.rsplit("/", 1)[-1]
    if resource.id == resource.arn or resource.name is None:
        yield parts.resource.rsplit(":", 1)[-1]
    if facts.name_after and parts.resource.startswith(facts.name_after):
        yield parts.resource.removeprefix(facts.name_after).split("/")[0]


def _urls(resource: Resource) -> Iterator[str]:
    """Yield the spellings of a queue's URL: AWS has changed its host more than once."""
    yield resource.id
    match = re.fullmatch(r"https?://[^/]{1,255}/(\d{12})/([A-Za-z0-9_.-]{1,80})", resource.id)
    if not match:
        return
    path = f"{match[1]}/{match[2]}"
    yield f"https://sqs.{resource.region}.amazonaws.com/{path}"
    yield f"https://{resource.region}.queue.amazonaws.com/{path}"
    if resource.region == "us-east-1":
        yield f"https://queue.amazonaws.com/{path}"


def _previous_names(change: Change, facts: TypeFacts) -> Iterator[str]:
    """Yield what the resource was called before: a rename is called by the old name."""
    before = change.previous.resource.name if change.previous else None
    if before and before != change.resource.name:
        yield before
    for entry in change.diff or ():
        if entry.path.lower() in {
            "resourcename",
            "configuration.username",
            "configuration.groupname",
            *(f"configuration.{path}" for path in facts.own_ids),
        } and isinstance(entry.previous, str):
            yield entry.previous


def _neighbours(
    change: Change,
    facts: TypeFacts,
    shown: tuple[Mapping[str, Json], ...],
    fields: frozenset[str] | None,
    parent: frozenset[str],
) -> dict[int, frozenset[str]]:
    """Return the ids that each indirect rule looks for, where the rule can explain this change."""

    def applies(rule: Indirect) -> bool:
        wanted = change.change_type in rule.changes
        seen = change.change_type != "UPDATE" or fields is None or not fields.isdisjoint(rule.fields)
        return wanted and seen

    found = {
        place: parent if rule.part == PARENT else frozenset(list(values(shown, rule.part))[:MAX_NAMES])
        for place, rule in enumerate(facts.indirect)
        if applies(rule)
    }
    return {place: ids for place, ids in found.items() if ids}


def _between(resource: Resource) -> frozenset[str]:
    """Return what stands in the ARN between the kind and the name (``deploymentgroup:APP/GROUP``)."""
    arn = arn_parts(resource.arn)
    # Some services begin with a slash (``/signing-profiles/NAME``); what follows is the kind all the same.
    parts = re.split("[/:]", arn.resource.removeprefix("/")) if arn else []
    if resource.name is None or resource.name not in parts:
        return frozenset()
    return frozenset(part for part in parts[1 : parts.index(resource.name)] if part)


def _parent(facts: TypeFacts, change: Change, shown: tuple[Mapping[str, Json], ...]) -> frozenset[str]:
    """Return the names of the parent that a bare name is unique in; empty if none is known."""
    if facts.within is None:
        return _between(change.resource) if facts.derived else frozenset()
    if not facts.within[1]:
        return frozenset({facts.within_default})
    arn = change.resource.arn or ""
    pattern = facts.within[1].replace("{parent}", "(?P<parent>[^/:]+)").replace("{name}", "[^/:]+")
    if found := re.search(f"[:/]{pattern}\\Z", arn):
        return frozenset({found["parent"]})
    named = {value.rsplit("/", 1)[-1] for value in values(shown, facts.within[2])}
    return frozenset(named or ({facts.within_default} if facts.within_default else ()))
