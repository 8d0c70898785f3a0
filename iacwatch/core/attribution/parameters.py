"""Holds what calls sent against what differs: of two updates, the one that sent what changed made the change.

Services name parameters and properties much alike, but not the same (``vpcSecurityGroupIds`` shows in
``vpcSecurityGroups``), so that nothing here refuses a call that stands alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from iacwatch.core.attribution.names import Names
from iacwatch.core.model import Change, PropertyChange, TrailEvent
from iacwatch.core.parse.call_paths import dotted_path, dotted_paths
from iacwatch.core.parse.tags import is_tag

_NO_PROPERTIES: Final = frozenset(
    {
        "applyimmediately",
        "clienttoken",
        "clientrequesttoken",
        "creatortoken",
        "dryrun",
        "force",
        "idempotencytoken",
    }
)
"""Parameters that say how a call is to be done, and nothing about the object."""

_AFFIXES: Final = re.compile(
    r"(?<=..)(?:identifiers?|names?|arns?|ids?|list|set|configurations?|config|options|settings|specification|input"
    r"|enabled|s)\Z|\A(?:new|enabled?)(?=..)"
)
_ANYTHINGS: Final = frozenset({"type", "value", "key", "name", "id", "arn", "status", "state", "description"})
"""Keys that elements of any list may have."""

_BOOKS: Final = re.compile(
    r".*(?:time|timestamp|date|status|state|version|etag|revision|revisionid)|.*(?:created|modified|updated)(?:at|on|by)?"
)
"""Fields in which AWS keeps the books about every change."""

_INGRESS: Final = "ippermissions"
_EGRESS: Final = "ippermissionsegress"

_TAG: Final = frozenset({"tag"})

_ALIKE: Final = 5
"""Letters that two words have to share at their ends, to stand for the same."""


@dataclass(frozen=True, slots=True, eq=False)
class _Differs:
    """One thing that differs: the words for it, and its new value where that is a text."""

    words: frozenset[str]
    value: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """One call: its parameters, the words for them, and those texts among them that may be new values."""

    event: TrailEvent
    sent: frozenset[str]
    words: frozenset[str]
    texts: tuple[tuple[str, str], ...]

    @property
    def only_tags(self) -> bool:
        """Return whether the call sets tags, and nothing else."""
        return all(word.startswith("tag") for word in self.words)

    def shows(self, differs: _Differs) -> bool:
        """Return whether the call sent what differs, whatever its value."""
        return _alike(self.words, differs.words)

    def sets(self, differs: _Differs) -> bool | None:
        """Return whether the call sent the very value that is new; None where its values are no texts."""
        if differs.value is None:
            return None
        values = {text for word, text in self.texts if _alike(frozenset({word}), differs.words)}
        return differs.value in values if values else None


def idle(change: Change, names: Names, events: Sequence[TrailEvent]) -> frozenset[str]:
    """Return the ids of those calls that sent nothing that differs, where others sent all that does.

    Such are calls of the same name as those others, those that tag alone, and those whose parameters the item
    holds unchanged. One whose parameters a later call sent as well is none of them: that call may have
    overwritten what it did. Nor is one by whose parameters nobody can tell, or that sent a field that AWS
    changes by itself as well.
    """
    differing, following = _differing(change, names)
    calls = [_call(names, event) for event in events]
    fitting: dict[str, _Call] = {}
    covered = True
    for differs in differing:
        showing = [call for call in calls if call.shows(differs)]
        if any(call.sets(differs) for call in showing):
            showing = [call for call in showing if call.sets(differs) is not False]
        fitting.update((call.event.event_id, call) for call in showing)
        covered = covered and (bool(showing) or all(_BOOKS.fullmatch(word) for word in differs.words))
    if not fitting:
        return frozenset()
    held = _held(change)
    same = {call.event.name for call in fitting.values()}
    return frozenset(
        call.event.event_id
        for call in calls
        if call.sent
        and call.event.event_id not in fitting
        and not any(call.shows(differs) for differs in following)
        and not any(_overwrites(other, call) for other in fitting.values())
        and (
            (covered and (call.event.name in same or call.only_tags))
            or all(_word(path.partition(".")[0]) in held for path in call.sent)
        )
    )


def _overwrites(call: _Call, earlier: _Call) -> bool:
    return call.event.occurred_at >= earlier.event.occurred_at and not call.sent.isdisjoint(earlier.sent)


def _differing(change: Change, names: Names) -> tuple[list[_Differs], list[_Differs]]:
    """Return what differs, but for relationships and what AWS changes by itself; then the latter."""
    facts = names.facts
    differing: list[_Differs] = []
    following: list[_Differs] = []
    for entry in change.diff or ():
        section, _, rest = entry.path.lower().partition(".")
        first = rest.partition(".")[0]
        tagged, follows = is_tag(entry), first in facts.following
        counts = tagged or not (section == "relationships" or first in facts.counted or follows)
        if not (counts or follows):
            continue
        value = entry.updated if isinstance(entry.updated, str) else None
        differs = _Differs(_TAG, None) if tagged else _Differs(_words_of(entry), value)
        if counts:
            differing.append(differs)
        if follows:
            following.append(differs)
    return differing, following


def _call(names: Names, event: TrailEvent) -> _Call:
    """Return a call by what it may have changed: neither whom it acts on, nor how."""
    targets = dotted_paths(names.facts.targets)
    request = [mention for mention in event.mentions if mention.path[0] == "request"]
    about = {
        mention.path[1]
        for mention in request
        if names.known(mention.value) or mention.value in names.parent or mention.value in names.composite
    }
    sent = frozenset(
        path
        for path in event.sent
        if not event.omitted
        and path.partition(".")[0] not in about | _NO_PROPERTIES
        and dotted_path(tuple(path.split("."))) not in targets
    )
    if event.name.endswith("SecurityGroupEgress"):  # it sends its rules by the name of those of ingress
        sent = frozenset(_EGRESS if path == _INGRESS else path for path in sent)
    words = _words(sent)
    texts = tuple((word, each.value) for each in request if (word := _word(each.path[-1])) in words)
    return _Call(event, sent, words | _TAG if any(word.startswith("tag") for word in words) else words, texts)


def _held(change: Change) -> frozenset[str]:
    held = change.item.configuration if change.item else None
    return frozenset(map(_word, held or ()))


def _words_of(entry: PropertyChange) -> frozenset[str]:
    """Return the words on the path to what differs; of an element of a list, its keys as well."""
    keys = [key for key in entry.path.lower().split(".")[1:] if not key.isdigit()] or [entry.path.lower()]
    values = (entry.previous, entry.updated) if entry.path.rpartition(".")[2].isdigit() else ()
    keys.extend(
        key for value in values if isinstance(value, Mapping) for key in value if key not in _ANYTHINGS
    )
    return frozenset(map(_word, keys))


@lru_cache(maxsize=1024)
def _words(sent: frozenset[str]) -> frozenset[str]:
    return frozenset(_word(key) for path in sent for key in path.split("."))


@lru_cache(maxsize=8192)
def _word(key: str) -> str:
    """Return a key without case and punctuation, and without what says no more than its kind."""
    word = re.sub("[^a-z0-9]", "", key.lower())
    for _ in range(3):
        word = _AFFIXES.sub("", word)
    return word


def _alike(words: frozenset[str], entry: frozenset[str]) -> bool:
    if not words.isdisjoint(entry):
        return True
    return any(
        min(len(word), len(other)) >= _ALIKE and (word.endswith(other) or other.endswith(word))
        for word in words
        for other in entry
    )
