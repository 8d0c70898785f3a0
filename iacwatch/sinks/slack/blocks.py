"""The lines that Slack messages are made of: heading, facts, way, reason, small print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import ChangeType, Finding, Json, Verdict
from iacwatch.core.present import links, origin, sentence
from iacwatch.core.text import plain
from iacwatch.sinks.slack import text
from iacwatch.sinks.style import ReportStyle

_LONGEST_REASON: Final = 300
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
class MessageStyle(ReportStyle):
    """How messages show findings: as all reports do, and how much of them.

    `longest` is the length of one name or value, `shown` how many findings of a group have a line, `details`
    how many properties of a single one.
    """

    now: datetime
    longest: int = 80
    shown: int = 10
    details: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What came after a message was posted: `count` further changes, the last of them at `last`."""

    count: int
    last: datetime


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


def how(finding: Finding, style: MessageStyle) -> Iterator[str]:
    """Yield tool, way, address and call, where there is one."""
    if finding.match is not None:
        event = finding.match.event
        ways = [text.code(way, style.longest) for way in sentence.how(event.actor)]
        called = text.code(event.name, style.longest)
        yield f"How: {', '.join(ways)} · {called}" if ways else f"How: {called}"


def why(finding: Finding) -> Json:
    """Return the reason, which names people and roles, as a block of plain text."""
    return text.plain_context(f"Why: {plain(finding.reason, _LONGEST_REASON) or sentence.verdict(finding)}")


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


def foot(facts: Sequence[str], style: MessageStyle, later: Later | None) -> Json:
    """Return the small print; what came later stands first."""
    news = f"*+{later.count} more, last {sentence.clock(later.last, now=style.now)}*" if later else ""
    seen = f"seen {sentence.clock(style.now, now=style.now)}"
    return text.context(" · ".join(fact for fact in (news, seen, *facts) if fact))


def line(finding: Finding, style: MessageStyle, *, with_region: bool) -> str:
    """Return a finding as one line of a list, with a link to its event (else to its timeline)."""
    resource = finding.change.resource
    done = sentence.done(finding, tag_key=style.tag_key, redact=style.redact)
    where = f" in {region(finding, style)}" if with_region else ""
    event = links.cloudtrail_event(finding.match.event) if finding.match else None
    url, label = (event, "event") if event else (links.config_timeline(resource), "timeline")
    link = f" · <{text.escaped(url)}|{label}>" if url and len(url) <= _LONGEST_LINK else ""
    at = f"{sentence.happened_at(finding).astimezone(UTC):%H:%M}"
    return f"• {at} {text.phrase(done, style.longest)}{where}{link}"


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
    """Return how much a group did: "changed 12 objects"; several changes of one object are not several."""
    changes, objects = len(findings), len({key_of(each.change.resource) for each in findings})
    if objects == 1:
        return f"made {changes} changes of one object"
    if objects < changes or findings[0].actor is None:
        return f"made {changes} changes of {objects} objects"
    return f"changed {objects} objects"


def span(findings: Sequence[Finding], now: datetime) -> str:
    """Return from when to when a group was made: "10:11 to 10:19 UTC"."""
    moments = [sentence.happened_at(each) for each in findings]
    first, last = sentence.clock(min(moments), now=now), sentence.clock(max(moments), now=now)
    return first if first == last else f"{first.removesuffix(' UTC')} to {last}"


def when(moment: datetime) -> str:
    """Return a time in UTC, and in the zone of each reader."""
    return f"{moment.astimezone(UTC):%H:%M} UTC ({local(moment)})"


def local(moment: datetime) -> str:
    """Return a time that Slack shows in each reader's own zone."""
    fallback = f"{moment.astimezone(UTC):%Y-%m-%d}"
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"
