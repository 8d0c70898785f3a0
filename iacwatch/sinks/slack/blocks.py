"""The lines that Slack messages are made of: heading, facts, way, reason, small print."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Final

from iacwatch.core.arn import GLOBAL
from iacwatch.core.catalog.catalog import noun, plural
from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import ChangeType, Finding, Json, Verdict
from iacwatch.core.present import links as console
from iacwatch.core.present import origin, properties, sentence
from iacwatch.core.present.address import owners
from iacwatch.core.present.gravity import Gravity
from iacwatch.core.present.redact import redacted
from iacwatch.core.text import plain
from iacwatch.sinks.slack import in_iac, text
from iacwatch.sinks.style import ReportStyle

LONGEST_WORDS: Final = 120
_ORDER: Final = ("deleted", "changed", "created")
_DEEDS: Final = {ChangeType.DELETE: "deleted", ChangeType.UPDATE: "changed", ChangeType.CREATE: "created"}
_LONGEST_REASON: Final = 300
_ID: Final = 12
_VALUES_SHOWN: Final = 2
_LONGEST_LINK: Final = 1_000
_MANAGERS_SHOWN: Final = 2
_MARKS: Final = {
    Verdict.OUT_OF_BAND: "🔴",
    Verdict.IN_WORKFLOW: "🟢",
    Verdict.AWS_SERVICE: "🔵",
    Verdict.SIDE_EFFECT: "🟣",
    Verdict.UNATTRIBUTED: "⚪",
    Verdict.UNMANAGED: "🟤",
}
_DELETED: Final = "⚫"
_RETAGGED: Final = "🟠"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """Who is mentioned: `groups` maps an owner to a Slack group's or user's id, for some `verdicts`.

    `tag` is the tag that names the owner where no address in IaC does. An owner is compared exactly: no
    stranger's text mentions anybody.
    """

    groups: Mapping[str, str]
    tag: str = "owner"
    verdicts: Collection[Verdict] = (Verdict.OUT_OF_BAND,)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStyle(ReportStyle):
    """How messages show findings: as all reports do, and how much of them.

    `longest` is the length of one name or value, `shown` how many findings of a group have a line, `details`
    how many properties of a single one.
    """

    now: datetime
    longest: int = 80
    shown: int = 10
    details: int = 3
    mentions: Mentions | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What came after a message was posted: `count` further changes, the last of them at `last`.

    `gravest` is the gravest of them in words, not yet escaped, `gravity` how grave it is: smaller is graver.
    """

    count: int
    last: datetime
    gravest: str = ""
    gravity: int = Gravity.REST

    def after(self, before: "Later | None") -> "Later":
        """Return both together."""
        if before is None:
            return self
        graver = self if self.gravity < before.gravity else before
        return Later(
            count=self.count + before.count,
            last=max(self.last, before.last),
            gravest=graver.gravest,
            gravity=graver.gravity,
        )


def heading(findings: Sequence[Finding], style: MessageStyle) -> str:
    """Return mark, verdict and who stands behind the findings: the mark never stands alone."""
    finding = findings[0]
    mark = _MARKS[finding.verdict]
    if finding.verdict is Verdict.OUT_OF_BAND:
        facts = finding.managed
        if finding.change.change_type is ChangeType.DELETE:
            mark = _DELETED
        elif facts.removed or facts.added or facts.new_value is not None:
            mark = _RETAGGED
    if finding.actor is None:
        who = sentence.who(finding)
        return f"{mark} *{sentence.verdict(finding)}* · {who[0].lower()}{who[1:]}"
    beside = origin.aside(
        [each.actor for each in findings if each.actor], lambda name: text.code(name, style.longest)
    )
    who = f"*{text.code(origin.subject(finding.actor), style.longest)}*{origin.before_verb(beside)}"
    return f"{mark} *{sentence.verdict(finding)}* · {who}"


def apposition(finding: Finding, style: MessageStyle) -> str:
    """Return what the heading adds after the object where the object is out of IaC's hands now."""
    if finding.managed.removed:
        return ": no longer watched"
    if finding.change.change_type is ChangeType.DELETE and finding.managed.value is not None:
        return f", which {text.code(finding.managed.value, style.longest)} managed"
    return ""


def how(findings: Sequence[Finding], style: MessageStyle) -> Iterator[str]:
    """Yield tool and way, and the call where it is one: a group's calls stand in its lines."""
    events = [each.match.event for each in findings if each.match is not None]
    if not events:
        return
    ways = dict.fromkeys(tuple(sentence.how(event.actor)) for event in events)
    shown = ", ".join(text.code(way, style.longest) for way in next(iter(ways)))
    names = {event.name for event in events}
    facts = (
        f"{shown} and in {len(ways) - 1} other {'way' if len(ways) == 2 else 'ways'}"  # noqa: PLR2004  (one other)
        if shown and len(ways) > 1
        else shown,
        text.code(names.pop(), style.longest) if len(names) == 1 else "",
    )
    if any(facts):
        yield f"How: {' · '.join(fact for fact in facts if fact)}"


def why(finding: Finding) -> Json:
    """Return the reason, which names people and roles, as a block of plain text."""
    return text.plain_context(
        f"Why: {plain(sentence.reason(finding), _LONGEST_REASON) or sentence.verdict(finding)}"
    )


def near(findings: Sequence[Finding]) -> list[Json]:
    """Return the call that came nearest, and why it does not count, in small print: plain text, no blame."""
    led = next((each for each in findings if each.leads), None)
    return [text.plain_context(f"Near: {'; '.join(sentence.near(led, most=1))}")] if led else []


def calls(finding: Finding) -> str:
    """Return how many calls made the change; "" where it was one."""
    count = len(finding.others) + 1
    return f"{count} calls in this change" if finding.match and count > 1 else ""


def account(finding: Finding, style: MessageStyle) -> str:
    """Return which account a reader has to be signed in to for the links."""
    account_id = finding.change.resource.account_id
    return f"links need account {text.code(style.names.get(account_id, account_id), style.longest)}"


def foot(facts: Sequence[str], style: MessageStyle) -> Json:
    """Return the small print."""
    seen = f"seen {sentence.clock(style.now, now=style.now)}"
    return text.context(" · ".join(fact for fact in (seen, *facts) if fact))


def news(later: Later, now: datetime) -> str:
    """Return what came after a message: "+3 more, last 10:19, among them: deleted S3 bucket logs"."""
    grave = later.gravest and later.gravity < Gravity.REST
    among = f", among them: {text.code(later.gravest, LONGEST_WORDS)}" if grave else ""
    return f"*+{later.count} more, last {sentence.clock(later.last, now=now)}*{among}"


def links(finding: Finding) -> list[str]:
    """Return the links to the event and the timeline, in text: a button would call an endpoint of ours."""
    event = console.cloudtrail_event(finding.match.event) if finding.match else None
    found = [
        ("CloudTrail event", event),
        ("Config timeline", console.config_timeline(finding.change.resource)),
    ]
    shown = [text.link(url, label) for label, url in found if url and len(url) <= _LONGEST_LINK]
    return [" · ".join(shown)] if shown else []


def mentioned(findings: Sequence[Finding], style: MessageStyle) -> list[str]:
    """Return a line that mentions the owners, each once; none where nobody is to be mentioned."""
    rule = style.mentions
    if rule is None or findings[0].verdict not in rule.verdicts:
        return []
    ids = dict.fromkeys(chain.from_iterable(_owners(each, rule) for each in findings))
    return [f"Owner: {' '.join(text.mention(each) for each in ids)}"] if ids else []


def _owners(finding: Finding, rule: Mentions) -> list[str]:
    """Return the ids of an object's owners: of its address, else of its tag."""
    named = owners(finding.iac) or (finding.managed.tags.get(rule.tag),)
    return [rule.groups[owner] for owner in named if owner is not None and owner in rule.groups]


def identity(finding: Finding) -> str:
    """Return a finding's id with the command that shows it."""
    return f"finding `iacwatch show {finding.finding_id[:_ID]}`"


def line(finding: Finding, style: MessageStyle, *, with_region: bool) -> str:
    """Return a finding as one line of a list, with a link to its event (else to its timeline)."""
    resource = finding.change.resource
    done = sentence.done(finding, tag_key=style.tag_key, redact=style.redact)
    somewhere = with_region and resource.region != GLOBAL
    where = f" in {region(finding, style)}" if somewhere else ""
    event = console.cloudtrail_event(finding.match.event) if finding.match else None
    url, label = (event, "event") if event else (console.config_timeline(resource), "timeline")
    link = f" · {text.link(url, label)}" if url and len(url) <= _LONGEST_LINK else ""
    at = f"{finding.happened_at.astimezone(UTC):%H:%M}"
    address = in_iac.short(finding, style.longest)
    return f"• {at} {text.phrase(done, style.longest)}{where}{_values(finding, style)}{address}{link}"


def _values(finding: Finding, style: MessageStyle) -> str:
    """Return what became of the properties whose values are short: ": `MultiAZ`: `true → false`"."""
    turns = properties.turns(finding.change, redacted(finding.change, style.redact), most=_VALUES_SHOWN)
    shown = [f"{text.code(name, style.longest)}: {text.code(value, style.longest)}" for name, value in turns]
    return f" ({', '.join(shown)})" if shown else ""


def region(finding: Finding, style: MessageStyle) -> str:
    """Return the region, which is a document's word like all else."""
    return text.code(finding.change.resource.region, style.longest)


def managers(findings: Sequence[Finding], style: MessageStyle) -> str:
    """Return by what the objects of a group are managed."""
    values = sorted({each.managed.value for each in findings if each.managed.value is not None})
    if not values:
        return ""
    shown = ", ".join(text.code(value, style.longest) for value in values[:_MANAGERS_SHOWN])
    left = len(values) - _MANAGERS_SHOWN
    return f" managed by {shown}{f' and {left} more' if left > 0 else ''}"


def count(findings: Sequence[Finding]) -> str:
    """Return how much a group did, the deletions first: "deleted 99 and changed 901 DynamoDB tables".

    Several changes of one object are not several objects.
    """
    deeds: dict[tuple[str, ...], str] = {}
    for finding in findings:
        key, deed = key_of(finding.change.resource), _DEEDS[finding.change.change_type]
        deeds[key] = min(deed, deeds.get(key, deed), key=_ORDER.index)
    nouns = {noun(each.change.resource.type) for each in findings}
    if len(deeds) == 1:
        return f"made {len(findings)} changes of one {nouns.pop()}"
    numbers = Counter(deeds.values())
    *done, last = (f"{deed} {numbers[deed]}" for deed in _ORDER if deed in numbers)
    said = f"{', '.join(done)} and {last}" if done else last
    what = nouns.pop() if len(nouns) == 1 else "object"
    several = f" in {len(findings)} changes" if len(findings) > len(deeds) else ""
    return f"{said} {what if last.endswith(' 1') else plural(what)}{several}"


def span(findings: Sequence[Finding], now: datetime) -> str:
    """Return from when to when a group was made: "10:11 to 10:19 UTC"."""
    moments = [each.happened_at for each in findings]
    first, last = sentence.clock(min(moments), now=now), sentence.clock(max(moments), now=now)
    return first if first == last else f"{first.removesuffix(' UTC')} to {last}"


def when(moment: datetime) -> str:
    """Return a time in UTC, and in the zone of each reader."""
    return f"{moment.astimezone(UTC):%H:%M} UTC ({local(moment)})"


def local(moment: datetime) -> str:
    """Return a time that Slack shows in each reader's own zone."""
    fallback = f"{moment.astimezone(UTC):%Y-%m-%d}"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"
