"""The Slack message of what one actor did together: who, what, where, how, why, in this order.

Its top-level text is the whole sentence, which is what a phone shows and a screen reader reads.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from iacwatch.core.model import Finding, Json
from iacwatch.core.present import links, origin, properties
from iacwatch.core.present import sentence as words
from iacwatch.core.present.gravity import gravest_first
from iacwatch.core.present.redact import redacted
from iacwatch.core.text import plain
from iacwatch.sinks.slack import blocks as lines
from iacwatch.sinks.slack import text
from iacwatch.sinks.slack.blocks import Later, MessageStyle

MOST_BLOCKS: Final = 50
LONGEST_MESSAGE: Final = 10_000
"""Characters in all blocks together: Slack refuses some 13,000, and documents no limit."""

_LONGEST_SENTENCE: Final = 700
_ID: Final = 12
_TERSER: Final = ((40, 8), (20, 4), (8, 2))
"""Length of a name and number of lines, tried in turn where a message would be too long."""


def message(
    findings: Sequence[Finding], style: MessageStyle, *, later: Later | None = None
) -> dict[str, Json]:
    """Return text and blocks for one group of findings (at least one), within Slack's limits.

    Where names are so long, or need so much escaping, that it would not fit, more is cut.
    """
    findings = gravest_first(findings)
    build = _one if len(findings) == 1 else _many
    blocks = build(findings, style, later)
    for longest, shown in _TERSER:
        if text.fits(blocks, most=MOST_BLOCKS, longest=LONGEST_MESSAGE):
            break
        blocks = build(findings, replace(style, longest=longest, shown=shown), later)
    return {"text": text.escaped(plain(sentence(findings, style), _LONGEST_SENTENCE)), "blocks": blocks}


def sentence(findings: Sequence[Finding], style: MessageStyle) -> str:
    """Return the whole group as one sentence, not yet escaped."""
    first, *others = findings
    if not others:
        return words.sentence(
            first, names=style.names, now=style.now, tag_key=style.tag_key, redact=style.redact
        )
    tool = words.tool(first.actor) if first.actor else ""
    by = f", by {tool}" if tool else ""
    done = [
        words.said(words.done(each, tag_key=style.tag_key, redact=style.redact))
        for each in (first, others[0])
    ]
    if len(others) > 1:
        done.append(f"and {len(others) - 1} more")
    span = lines.span(findings, style.now)
    return f"{_subject(findings)}, in {_place(findings, style)}{by}, {span}: {'; '.join(done)}"


def _one(findings: Sequence[Finding], style: MessageStyle, later: Later | None) -> list[Json]:
    finding, *_ = findings
    change, resource = finding.change, finding.change.resource
    gone = lines.apposition(finding, style)
    facts = [
        text.code(resource.id, style.longest) if resource.name not in {None, resource.id} else "",
        "" if gone else lines.managers(findings, style).strip(),
        text.code(words.account(resource, style.names), style.longest),
        lines.region(finding, style),
        lines.when(words.happened_at(finding)),
    ]
    done = words.done(finding, tag_key=style.tag_key, redact=style.redact)
    details, left = properties.lines(
        change, redacted(change, style.redact), most=style.details, longest=style.longest
    )
    body = [
        f"{lines.heading(findings, style)} {text.phrase(done, style.longest)}{gone}",
        " · ".join(fact for fact in facts if fact),
        *lines.how(finding, style),
        *(f"{each.sign} {_code(each.name, style)}: {_code(each.value, style)}" for each in details),
        *([f"and {left} more"] if left else []),
    ]
    event = links.cloudtrail_event(finding.match.event) if finding.match else None
    identity = f"finding {finding.finding_id[:_ID]}"
    return [
        *text.sections(body),
        lines.why(finding),
        *lines.near(findings),
        *text.buttons([("CloudTrail event", event), ("Config timeline", links.config_timeline(resource))]),
        lines.foot([lines.account(finding, style), lines.calls(finding), identity], style, later),
    ]


def _many(findings: Sequence[Finding], style: MessageStyle, later: Later | None) -> list[Json]:
    first = findings[0]
    regions = sorted({lines.region(each, style) for each in findings})
    facts = [
        text.code(words.account(first.change.resource, style.names), style.longest),
        ", ".join(regions[:3]) + (" and more" if len(regions) > 3 else ""),  # noqa: PLR2004  (those shown)
        f"{lines.span(findings, style.now)} ({lines.local(words.happened_at(first))})",
    ]
    left = len(findings) - style.shown
    identity = f"first finding {first.finding_id[:_ID]}"
    return [
        *text.sections(
            [
                f"{lines.heading(findings, style)} {lines.count(findings)}{lines.managers(findings, style)}",
                " · ".join(facts),
                *lines.how(first, style),
            ]
        ),
        *text.sections(
            [lines.line(each, style, with_region=len(regions) > 1) for each in findings[: style.shown]]
        ),
        *(text.sections([f"and {left} more"]) if left > 0 else []),
        lines.why(first),
        *lines.near(findings),
        lines.foot([lines.account(first, style), identity], style, later),
    ]


def _code(value: str, style: MessageStyle) -> str:
    return text.code(value, style.longest)


def _subject(findings: Sequence[Finding]) -> str:
    first = findings[0]
    values = {each.managed.value for each in findings}
    value = next(iter(values)) if len(values) == 1 else None
    by = f" managed by {plain(value, words.LONGEST_NAME)}" if value else ""
    actors = [each.actor for each in findings if each.actor]
    who = origin.acting(actors) if actors else words.who(first)
    return f"{who} {lines.count(findings)}{by}"


def _place(findings: Sequence[Finding], style: MessageStyle) -> str:
    regions = {each.change.resource.region for each in findings}
    resource = findings[0].change.resource
    if len(regions) == 1:
        return words.place(resource, style.names)
    name = plain(style.names.get(resource.account_id, resource.account_id), words.LONGEST_NAME)
    return f"{name}, {len(regions)} regions"
