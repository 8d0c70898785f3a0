"""What a finding is in Markdown: a row of the table, and a folded section with everything about it."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Final, TypeAlias

from iacwatch.core.model import Finding, Verdict
from iacwatch.core.present import address, links, origin
from iacwatch.core.present import sentence as words
from iacwatch.sinks.diff_text import Room, before_after
from iacwatch.sinks.markdown import text
from iacwatch.sinks.style import FindingView

HEADER: Final = "| When (UTC) | Verdict | Who | What | Where |\n| --- | --- | --- | --- | --- |\n"
MARKS: Final = {
    Verdict.OUT_OF_BAND: "🔴",
    Verdict.IN_WORKFLOW: "🟢",
    Verdict.AWS_SERVICE: "🔵",
    Verdict.SIDE_EFFECT: "🟣",
    Verdict.UNATTRIBUTED: "⚪",
    Verdict.UNMANAGED: "🟤",
}
"""A mark never stands alone: the verdict's name follows it."""

Names: TypeAlias = Mapping[str, str]
"""What accounts are called."""

_ROOM: Final = Room(entries=10, value=1_500, finding=4_000)
_LONGEST_REASON: Final = 300
_LONGEST_FACT: Final = 2_000
_LONGEST_NAME: Final = 300
_LONGEST_LINK: Final = 1_000
_OTHERS_SHOWN: Final = 10


def row(finding: Finding, seen: FindingView, names: Names) -> str:
    """Return a finding as a row of the table, with its line end."""
    resource = finding.change.resource
    cells = (
        f"{finding.happened_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        f"{MARKS[finding.verdict]} {finding.verdict}",
        "<br>".join(part for part in (_who(finding), _call(finding)) if part),
        text.phrase(seen.done) + _apposition(finding),
        "<br>".join((text.cell(words.place(resource, names)), *_lives(finding))),
    )
    return f"| {' | '.join(cells)} |\n"


def section(finding: Finding, seen: FindingView, names: Names) -> str:
    """Return everything about a finding, folded under its sentence."""
    when = f"{finding.happened_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    who = origin.acting((finding.actor,), text.html) if finding.actor else words.who(finding)
    entries, left = before_after(seen.diff, _ROOM)
    sentence = f"{MARKS[finding.verdict]} {when} · {who} {text.phrase(seen.done, as_html=True)}"
    parts = [
        f"<details><summary>{sentence}</summary>",
        "\n".join(f"- **{name}:** {fact}" for name, fact in _facts(finding, names) if fact),
        text.differences(entries),
        f"and {left} more properties" if left else "",
        *_to_paste(finding),
        "</details>",
    ]
    return "\n\n".join(part for part in parts if part) + "\n\n"


def _facts(finding: Finding, names: Names) -> Iterator[tuple[str, str]]:
    """Yield the lines of a section: place, object, way, reason, further calls, links."""
    change, resource = finding.change, finding.change.resource
    yield "Where", f"{text.code(words.account(resource, names))} {text.code(resource.region)}".strip()
    yield "Object", text.code(resource.arn or f"{resource.type} {resource.id}", _LONGEST_NAME)
    if finding.managed.value is not None:
        yield "Managed by", text.code(finding.managed.value) or "an empty tag"
    if finding.match is not None:
        event = finding.match.event
        ways = [text.code(way) for way in (event.name, *words.how(event.actor))]
        yield "How", ", ".join(way for way in ways if way)
        yield "Principal", text.code(event.actor.principal or event.actor.arn or "", _LONGEST_NAME)
        at, lag = f"{event.occurred_at.astimezone(UTC):%H:%M:%S}", int(finding.match.lag.total_seconds())
        yield "Called", f"{at}, {abs(lag)} s {'after' if lag < 0 else 'before'} Config captured it"
    else:
        yield "Captured", f"{change.captured_at.astimezone(UTC):%H:%M:%S}"
    yield "Why", text.code(finding.reason, _LONGEST_REASON)
    yield from _in_iac(finding)
    yield "Other calls", _others(finding)
    yield (
        "Near",
        ", ".join(text.code(lead, _LONGEST_REASON) for lead in words.near(finding, most=_OTHERS_SHOWN)),
    )
    yield "Links", _links(finding, names)
    yield "Finding", text.code(finding.finding_id)


def _lives(finding: Finding) -> Iterator[str]:
    """Yield where an object lives in IaC, for a cell: its address, and whose it is."""
    if finding.iac is not None:
        facts = (
            address.address(finding.iac, text.LONGEST),
            address.place(finding.iac),
            address.owner(finding.iac),
        )
        yield from (text.phrase(fact) for fact in facts if fact)


def _in_iac(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield the lines about IaC: all of the address, what the next apply does, what to do now."""
    yield "In IaC", ", ".join(text.phrase(fact, longest=address.LONGEST) for fact in address.lives(finding))
    for label, fact in address.more(finding):
        yield label, text.code(fact, _LONGEST_FACT)
    for command in address.commands([finding]):
        yield "Next step", text.code(command, len(command))
    link = address.file_link(finding)
    if link is not None and link.url is not None and len(link.url) <= _LONGEST_LINK:
        yield "Source", f"[{address.link_label(link)}]({link.url})"


def _to_paste(finding: Finding) -> Iterator[str]:
    """Yield the blocks of code to paste, each under its words; rules to report less stand elsewhere."""
    for label, block in address.blocks(finding, kinds=("import",)):
        yield f"{label}:\n\n{text.fenced(block)}"


def _who(finding: Finding) -> str:
    return origin.whole(finding.actor, text.cell) if finding.actor else words.whom(finding)


def _call(finding: Finding) -> str:
    if finding.match is None:
        return ""
    tool = text.cell(words.tool(finding.match.event.actor))
    return f"{text.cell(finding.match.event.name)}{f' by {tool}' if tool else ''}"


def _apposition(finding: Finding) -> str:
    """Return by what the object is or was managed; the value is a stranger's."""
    value = finding.managed.value
    clause = words.managed(finding)
    if value is None or not clause or finding.managed.removed:
        return clause
    gone = clause.startswith(", which")
    shown = text.cell(value) or "an empty tag"
    return f", which {shown} managed" if gone else f" (managed by {shown})"


def _others(finding: Finding) -> str:
    shown = [
        f"{text.code(match.event.name)} by {origin.whole(match.event.actor, text.code)}"
        for match in finding.others[:_OTHERS_SHOWN]
    ]
    left = len(finding.others) - len(shown)
    return ", ".join([*shown, f"and {left} more"] if left > 0 else shown)


def _links(finding: Finding, names: Names) -> str:
    """Return the links into the console: made of a known domain and percent-encoded parts alone."""
    event = links.cloudtrail_event(finding.match.event) if finding.match else None
    pairs = (("CloudTrail event", event), ("Config timeline", links.config_timeline(finding.change.resource)))
    shown = [f"[{label}]({url})" for label, url in pairs if url and len(url) <= _LONGEST_LINK]
    account = text.code(words.account(finding.change.resource, names))
    return f"{' · '.join(shown)} (they need account {account})" if shown else ""
