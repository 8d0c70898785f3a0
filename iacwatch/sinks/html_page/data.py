"""A finding as data for the page: one JSON array a finding, in the order of `COLUMNS`.

What many findings share (people, actors, accounts, types) stands once and is referred to by its number. All
texts are plain lines, but for what was and what is; the page's script shows them as text, never as markup. In
a phrase our own words are texts, strangers' are lists of one.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from iacwatch.core.catalog.catalog import noun
from iacwatch.core.model import Actor, ActorKind, Finding, Json, Match, Verdict, Via
from iacwatch.core.present import links, origin, sentence
from iacwatch.core.present.gravity import Gravity, Precedence, precedence
from iacwatch.core.text import plain
from iacwatch.sinks.diff_text import Room, before_after
from iacwatch.sinks.html_page import in_iac
from iacwatch.sinks.style import ReportStyle, view_of

COLUMNS: Final = (
    *("id", "at", "captured", "previous", "verdict", "person", "who", "actor", "done", "managed", "note"),
    *("account", "region", "type", "object", "name", "arn", "change", "event", "ways", "others", "leads"),
    *("changes", "moreChanges", "reason", "configLink", "trailLink", "gravity", "iac", "applies", "steps"),
    "source",
)

ORDER: Final = (
    *(Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED, Verdict.IN_WORKFLOW),
    *(Verdict.AWS_SERVICE, Verdict.SIDE_EFFECT, Verdict.UNMANAGED),
)
"""The verdicts in the page's order: what somebody has to look at comes first."""

GRAVITIES: Final = (
    *("Deleted", "Managed tag removed or changed", "Opened to the world", "Protection switched off"),
    *("Administrator's rights given", "Keys or passwords made", "Other changes"),
    "In workflow, by AWS, side effects",
)
"""The headings of the order of gravity; what is cleared stands below the last, in the same order."""

_LONGEST: Final = 300
_LONGEST_REASON: Final = 600
_LONGEST_LINK: Final = 2_000
_OTHERS_SHOWN: Final = 20
_AMPLE: Final = Room(entries=40, value=6_000, finding=16_000)
_SCANT: Final = Room(entries=10, value=300, finding=900)
_AMPLE_UNTIL: Final = 24_000_000
"""Characters of all findings after which values are shortened: a page must open at once."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_BY_NAME_ALONE: Final = frozenset({ActorKind.IDENTITY_CENTER_USER, ActorKind.AWS_SERVICE})
_ESCAPES: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\x7f": "\\u007f"})


def script_json(value: Json) -> str:
    """Return a value as JSON that may stand in a ``<script>``: ASCII, without ``<``, ``>`` and ``&``."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).translate(_ESCAPES)


Person: TypeAlias = tuple[str, str]
"""Who did it: the name and, where names are an account's own, the account."""


@dataclass(slots=True, kw_only=True)
class Counts:
    """How many changes of each verdict there are, who made those out of band, and of what.

    `first` and `last` are milliseconds since 1970.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    blamed: Counter[Person] = field(default_factory=Counter)
    nouns: Counter[str] = field(default_factory=Counter)
    accounts: set[str] = field(default_factory=set)
    first: int = 0
    last: int = 0

    def add(self, finding: Finding, at: int, person: Person) -> None:
        """Count one finding."""
        self.first = min(self.first, at) if self.verdicts else at
        self.last = max(self.last, at) if self.verdicts else at
        self.verdicts[finding.verdict] += 1
        self.accounts.add(finding.change.resource.account_id)
        if finding.verdict is Verdict.OUT_OF_BAND and finding.actor is not None:
            self.blamed[person] += 1
            self.nouns[noun(finding.change.resource.type)] += 1


class PageData:
    """Takes findings in, and gives the page's data: the parts that are shared, and a line a finding."""

    def __init__(self, style: ReportStyle, *, one: bool = False) -> None:
        """Take the style of reports. `one`: all findings are about one resource, the newest comes first."""
        self._style = style
        self._one = one
        self._lines: list[tuple[Precedence, str]] = []
        self._size = 0
        self._people: dict[Person, int] = {}
        self._actors: dict[Actor, int] = {}
        self._accounts: dict[str, str] = {}
        self._types: dict[str, str] = {}
        self._verdicts: dict[Verdict, str] = {}
        self._homes = in_iac.Homes()
        self.counts = Counts()
        """What was taken in, counted."""

    def add(self, finding: Finding) -> None:
        """Take one finding in: it is held as text."""
        at = _moment(finding.happened_at)
        person = _person(finding)
        self._verdicts.setdefault(finding.verdict, sentence.verdict(finding))
        self.counts.add(finding, at, person)
        order = precedence(finding)
        cleared, level, *_ = order
        line = script_json(self._row(finding, at, person, int(level) + cleared * len(Gravity)))
        self._size += len(line)
        self._lines.append((order, line))

    def shared(self) -> dict[str, Json]:
        """Return what stands once, by name."""
        return {
            "verdicts": {
                str(verdict): self._verdicts[verdict] for verdict in ORDER if verdict in self._verdicts
            },
            "people": [list(person) for person in self._people],
            "actors": [_facts(actor) for actor in self._actors],
            "accounts": self._accounts,
            "types": self._types,
            "homes": self._homes.shared(),
            "columns": COLUMNS,
            "gravities": GRAVITIES,
            "order": "newest" if self._one else "gravest",
        }

    def lines(self) -> Iterator[str]:
        """Yield the findings' arrays, the gravest first, or the newest."""
        if self._one:
            self._lines.sort(key=lambda each: each[0][2:], reverse=True)
        else:
            self._lines.sort()
        return (line for _, line in self._lines)

    def __len__(self) -> int:
        """Return the number of findings."""
        return len(self._lines)

    def _row(self, finding: Finding, at: int, person: Person, gravity: int) -> list[Json]:
        change, resource = finding.change, finding.change.resource
        account, kind = plain(resource.account_id, _LONGEST), plain(resource.type, _LONGEST)
        self._accounts.setdefault(account, plain(self._style.names.get(resource.account_id, ""), _LONGEST))
        self._types.setdefault(kind, noun(resource.type))
        room = _AMPLE if self._size < _AMPLE_UNTIL else _SCANT
        seen = view_of(finding, self._style)
        entries, more = before_after(seen.diff, room)
        values = {
            "id": finding.finding_id,
            "at": at,
            "captured": _moment(change.captured_at),
            "previous": _moment(change.previous.captured_at) if change.previous else None,
            "verdict": str(finding.verdict),
            "person": self._people.setdefault(person, len(self._people)),
            "who": _told(finding, person),
            "actor": self._actors.setdefault(finding.actor, len(self._actors)) if finding.actor else None,
            "done": [[part.text] if part.code else part.text for part in seen.done],
            "managed": plain(finding.managed.value, _LONGEST) if finding.managed.value is not None else None,
            "note": sentence.managed(finding).strip(" ,()"),
            "account": account,
            "region": plain(resource.region, _LONGEST),
            "type": kind,
            "object": plain(resource.id, _LONGEST),
            "name": plain(resource.name or "", _LONGEST),
            "arn": plain(resource.arn or "", _LONGEST),
            "change": str(change.change_type),
            "event": _event(finding.match) if finding.match else None,
            "ways": list(sentence.how(finding.actor)) if finding.actor else [],
            "others": [_event(match) for match in finding.others[:_OTHERS_SHOWN]],
            "leads": [plain(lead, _LONGEST_REASON) for lead in sentence.near(finding, most=_OTHERS_SHOWN)],
            "changes": [[entry.path, entry.before, entry.after] for entry in entries],
            "moreChanges": more,
            "reason": plain(finding.reason, _LONGEST_REASON),
            "configLink": _link(links.config_timeline(resource)),
            "trailLink": _link(links.cloudtrail_event(finding.match.event)) if finding.match else None,
            "gravity": gravity,
            "iac": self._homes.of(finding),
            "applies": in_iac.applies(finding),
            "steps": in_iac.steps(finding, whole=room is _AMPLE),
            "source": in_iac.source(finding),
        }
        return [values[name] for name in COLUMNS]


def _person(finding: Finding) -> Person:
    """Return who did it.

    People who sign in by SSO have one name in all accounts; a user or a role ``deploy`` in two accounts is
    two. Where nobody is named, each kind of nobody is one.
    """
    actor = finding.actor
    if actor is None:
        return sentence.whom(finding), ""
    if actor.via is Via.SSO or actor.kind in _BY_NAME_ALONE:
        return origin.subject(actor), ""
    return origin.subject(actor), plain(actor.account_id or "", _LONGEST)


def _told(finding: Finding, person: Person) -> str | None:
    """Return who did it where a sentence says more than the person's name."""
    who = sentence.who(finding)
    return who if who != person[0] else None


def _event(match: Match) -> dict[str, Json]:
    event = match.event
    return {
        "name": plain(event.name, _LONGEST),
        "source": plain(event.event_source, _LONGEST),
        "at": _moment(event.occurred_at),
        "region": plain(event.region, _LONGEST),
        "id": plain(event.event_id, _LONGEST),
        "lag": int(match.lag.total_seconds()),
        "match": str(match.kind),
        "workflow": plain(match.workflow, _LONGEST) if match.workflow is not None else None,
        "who": origin.whole(event.actor),
        "arn": plain(event.principal.arn, _LONGEST) if event.principal.arn != event.actor.arn else None,
    }


def _facts(actor: Actor) -> list[list[str]]:
    """Return what is known of an actor, as pairs of label and text."""
    facts = {
        "Identity": str(actor.kind).replace("-", " "),
        "Came by": ", ".join(sentence.how(actor)[:2]),
        "Principal": actor.principal,
        "Session": actor.arn if actor.arn != actor.principal else None,
        "Session name": actor.session if actor.session != actor.name else None,
        "Account": actor.account_id,
        "Address": actor.source_ip,
        "User agent": actor.user_agent,
        "Access key": actor.access_key_id,
        "Source identity": actor.source_identity,
        "Repository": actor.repository,
        "Through": actor.invoked_by,
        "Role chain": " ← ".join(link.arn for link in actor.chain),
    }
    return [[label, plain(fact, _LONGEST)] for label, fact in facts.items() if fact]


def _link(url: str | None) -> str | None:
    return url if url is not None and url.startswith("https://") and len(url) <= _LONGEST_LINK else None


def _moment(moment: datetime) -> int:
    """Return a time as the browser counts it: whole milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND
