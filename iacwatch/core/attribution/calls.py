"""Whether one call acts on one resource, by what name it calls it, and how sure that is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from iacwatch.core.attribution.names import Names, canonical
from iacwatch.core.catalog.schema import TypeFacts
from iacwatch.core.model import MatchKind, Mention, TrailEvent
from iacwatch.core.parse.call_paths import dotted_path, dotted_paths, last_keys
from iacwatch.core.text import words

_DATED: Final = re.compile(r"\d{4}_\d{2}_\d{2}\Z")
"""A version that CloudFront's older events bear: ``UpdateDistribution2020_05_31``."""

_ORDER: Final = {kind: rank for rank, kind in enumerate(MatchKind)}
_BARE: Final = frozenset({MatchKind.NAME, MatchKind.ALIAS})
_TAGGING: Final = re.compile("(Tag|Untag)Resources")
_TAG_EDITOR: Final = "tagging.amazonaws.com"
_TAGGING_PLACE: Final = "resourcearnlist"
_SHALLOW: Final = 2
"""An answer names the resource itself at its top, or one key below; what is deeper are neighbours."""

_REFUSED: Final = words(
    "unsuccessful failedresourcesmap failedresources failedrequests failedscheduledactions "
    "failedscheduledupdategroupactions failures errors unprocessed"
)
"""Keys of an answer under which a call that succeeded as a whole lists what it did not do."""


class Strength(IntEnum):
    """How sure it is that a call acts on the resource."""

    ACTS = 0
    SHOWS = 1
    INDIRECT = 2
    HINTS = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A call acts on the resource: how surely, by which kind of name, said in words.

    `makes` and `ends` say that it is a call that creates, or deletes, such a resource.
    """

    strength: Strength
    kind: MatchKind
    reason: str
    makes: bool = False
    ends: bool = False


def hit(names: Names, event: TrailEvent) -> Hit | None:
    """Return how a call acts on the resource; None where it does not: `refusals` knows why."""
    source = source_of(event)
    return _direct(names, event, source) or _indirect(names, event, source)


def source_of(event: TrailEvent) -> str:
    """Return an event's source as rows write it: without the host, which in China ends in ``.com.cn``."""
    return event.event_source.partition(".amazonaws.com")[0]


@lru_cache(maxsize=16_384)
def full(pattern: str, event_name: str) -> bool:
    """Return whether a pattern of a row is a call's whole name."""
    return bool(pattern) and _compiled(pattern).fullmatch(event_name[:128]) is not None


def _direct(names: Names, event: TrailEvent, source: str) -> Hit | None:
    facts, called = names.facts, plain_name(event.name)
    strength = strength_of(names, event, called) if source in facts.sources else None
    if is_tagging(event):
        strength = Strength.ACTS
    if strength is None:
        return None
    found = named_target(names, event)
    if found is None or refused(names, event):
        return None
    kind, where = found
    return Hit(
        strength,
        kind,
        f"{event.event_name} {where} by {kind.value}",
        makes=full(facts.creates, called),
        ends=full(facts.deletes, called),
    )


@lru_cache(maxsize=8192)
def plain_name(event_name: str) -> str:
    """Return a call's name without a date that its service adds."""
    return _DATED.sub("", event_name)


def strength_of(names: Names, event: TrailEvent, called: str) -> Strength | None:
    """Return how surely a call of the resource's service can be the change's cause; None: it cannot."""
    facts = names.facts
    if full(facts.never, called):
        return None
    if full(facts.acts, called):
        return Strength.ACTS
    for rule in facts.shows:
        if full(rule.events, called):
            if rule.seen_in(names.fields, names.below):
                return Strength.SHOWS
            return Strength.HINTS if event.actor.on_own_account else None
    return None


def is_tagging(event: TrailEvent) -> bool:
    """Return whether a call is the tag editor's, which tags resources of every service."""
    return event.event_source == _TAG_EDITOR and _TAGGING.fullmatch(plain_name(event.name)) is not None


def named_target(names: Names, event: TrailEvent) -> tuple[MatchKind, str] | None:
    """Return the strongest kind of name by which a call calls the resource, and where it does."""
    if names.composite:
        named = {mention.value for mention in event.mentions if mention.path[0] in {"request", "response"}}
        if names.composite <= named:
            return MatchKind.ID, "names all parts of it"
    found: tuple[MatchKind, Mention] | None = None
    for kind, mention in _targets(names, event):
        if found is not None and _ORDER[found[0]] <= _ORDER[kind]:
            continue
        if not _contradiction(names, event, kind, mention):
            found = (kind, mention)
    if found is None:
        return None
    kind, mention = found
    said = "answers with it" if mention.path[0] == "response" else "names it"
    return kind, f"{said} in {'.'.join(mention.path[1:])}"


def another(names: Names, event: TrailEvent) -> str:
    """Return in words by what a call, which bears a name of the resource, says that it means another one."""
    return next(
        (
            why
            for kind, mention in _targets(names, event)
            if (why := _contradiction(names, event, kind, mention))
        ),
        "",
    )


def _targets(names: Names, event: TrailEvent) -> Iterator[tuple[MatchKind, Mention]]:
    """Yield the names by which a call calls the thing it acts on, where they are names of the resource."""
    tagging = is_tagging(event)
    for mention in event.mentions:
        kind = _named(names, mention, event, tagging=tagging)
        if kind is not None:
            yield kind, mention


def _named(names: Names, mention: Mention, event: TrailEvent, *, tagging: bool) -> MatchKind | None:
    """Return by which kind of name a mention calls the resource as the thing acted on, if it does."""
    facts, root, keys = names.facts, mention.path[0], mention.path[1:]
    value = mention.value
    if value in names.parts and root == "request" and dotted_path(keys) in dotted_paths(facts.part_targets):
        return MatchKind.ALIAS
    known = names.known(value)
    if known is None or not keys:
        return None
    value, kind = known, names.kinds[known]
    match root:
        case "request":
            at = dotted_path(keys)
            if at in dotted_paths(facts.targets) or (tagging and at == _TAGGING_PLACE):
                return kind
            return kind if _anywhere(names, value, event) else None
        case "service":
            return kind if keys[-1] in last_keys(facts.targets) else None
        case "resources":
            return kind if "resources:arn" in facts.targets and keys[-1] == "arn" else None
        case "response":
            return kind if _answered(facts, names, value, keys, event) else None
    return None


def _anywhere(names: Names, value: str, event: TrailEvent) -> bool:
    """Return whether an ARN or id is so surely the resource's own that it does not matter where it stands."""
    facts, called = names.facts, plain_name(event.name)
    if not full(facts.anywhere, called) or full(facts.creates, called):
        return False
    return value in names.own and (value.startswith("arn:") or not names.named_by_id)


def _answered(facts: TypeFacts, names: Names, value: str, keys: tuple[str, ...], event: TrailEvent) -> bool:
    """Return whether an answer names the resource itself.

    An answer that holds an id of its own (RDS's dbiResourceId) does so for every call; bare names stand in
    answers of other kinds too, so those count only where the call makes something, or where CloudTrail left
    out the parameters.
    """
    path = dotted_path(keys)
    at = path.split(".")
    if event.omitted and path in dotted_paths(facts.targets):
        return True
    if at[-1] not in facts.answers or len(at) > _SHALLOW:
        return False
    return value in names.own or full(facts.creates, plain_name(event.name))


def _contradiction(names: Names, event: TrailEvent, kind: MatchKind, mention: Mention) -> str:
    """Return in words what else a call says by which a bare name cannot mean this resource; "" if nothing."""
    facts = names.facts
    if kind not in _BARE and not (kind is MatchKind.ID and names.named_by_id):
        return ""
    if not names.named_by_id and (why := _anothers_id(names, event)):
        return why
    if facts.contradicts:
        others = {canonical(other.value): other for other in _mentions_at(event, facts.contradicts)}
        others.pop(mention.value, None)
        if others and others.keys().isdisjoint(names.own):
            value, other = next(iter(others.items()))
            return f"{other.path[-1]} is {value}"
    if facts.within and names.parent:
        parents = {
            other.value.rsplit("/", 1)[-1] if other.value.startswith("arn:") else other.value
            for other in event.mentions
            if other.path[0] == "request" and other.path[-1] == facts.within[0]
        } or {"default"}
        return f"{facts.within[0]} is {min(parents)}" if parents.isdisjoint(names.parent) else ""
    if names.parent and "default" not in names.parent:
        named = {other.value.rsplit("/", 1)[-1] for other in event.mentions if other.path[0] == "request"}
        return f"it does not name {min(names.parent)}" if named.isdisjoint(names.parent) else ""
    return ""


def _anothers_id(names: Names, event: TrailEvent) -> str:
    """Return in words by which id a call says that it acts on another object; "" where it does not.

    Names of most types need not be unique: another object of that name has an id of its own.
    """
    wanted = _id_targets(names.facts.targets)
    ids = {
        other.value: other.path[-1]
        for other in event.mentions
        if other.path[0] == "request"
        and dotted_path(other.path[1:]) in wanted
        and (other.value.startswith("arn:") or not other.path[-1].endswith("arn"))
    }
    if any(map(names.known, ids)):
        return ""
    return next((f"{key} is {value}" for value, key in ids.items() if value not in names.composite), "")


@lru_cache(maxsize=1024)
def _id_targets(targets: tuple[str, ...]) -> frozenset[str]:
    return frozenset(path for path in dotted_paths(targets) if path.endswith(("id", "arn", "identifier")))


def _mentions_at(event: TrailEvent, keys: tuple[str, ...]) -> Iterator[Mention]:
    for other in event.mentions:
        if other.path[-1] in keys and other.path[0] in {"request", "response"}:
            at = dotted_path(other.path[1:])
            if at.count(".") < _SHALLOW:
                yield other


def refused(names: Names, event: TrailEvent) -> bool:
    """Return whether the answer says that the call failed for this very resource."""
    for mention in event.mentions:
        if mention.path[0] != "response" or _REFUSED.isdisjoint(mention.path):
            continue
        if mention.value in names.own or any(name.lower() in mention.path for name in names.own):
            return True
    return False


def _indirect(names: Names, event: TrailEvent, source: str) -> Hit | None:
    if source not in names.facts.sources:
        return None
    called = plain_name(event.name)
    for number, ids in names.neighbours.items():
        rule = names.facts.indirect[number]
        if not full(rule.events, called):
            continue
        root, _, target = rule.target.rpartition(":")
        wanted = dotted_paths((target,))
        for mention in event.mentions:
            if (
                (mention.value in ids or (names.folded and mention.value.lower() in ids))
                and mention.path[0] == (root or "request")
                and dotted_path(mention.path[1:]) in wanted
            ):
                why = f"{event.event_name} names a neighbour ({rule.part}) whose change shows here"
                return Hit(
                    Strength.INDIRECT,
                    MatchKind.ALIAS,
                    why,
                    makes="CREATE" in rule.changes,
                    ends="DELETE" in rule.changes,
                )
    return None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
