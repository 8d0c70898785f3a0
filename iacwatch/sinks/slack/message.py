"""The Slack message of what one actor did together: who, what, where, how, why, in this order.

Its top-level text is the whole sentence, which is what a phone shows and a screen reader reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from typing import Final, NamedTuple

from iacwatch.core.model import ChangeType, Finding, Json
from iacwatch.core.present import origin, properties
from iacwatch.core.present import sentence as words
from iacwatch.core.present.gravity import gravest_first
from iacwatch.core.present.redact import redacted
from iacwatch.core.text import plain
from iacwatch.sinks.slack import blocks as lines
from iacwatch.sinks.slack import in_iac, text
from iacwatch.sinks.slack.blocks import MessageStyle
from iacwatch.sinks.slack.open_messages import Saved
from iacwatch.sinks.slack.undoing import finding_key

MOST_BLOCKS: Final = 48
"""Two less than Slack takes: there is room for what comes later, and for what is undone."""
LONGEST_MESSAGE: Final = 10_000
"""Characters in all blocks together: Slack refuses some 13,000, and documents no limit."""

_LONGEST_MARKED: Final = 11_500
"""Characters with marks behind its lines; what comes later needs a thousand more at most."""
_LONGEST_SENTENCE: Final = 700
_TERSER: Final = ((40, 8), (20, 4), (8, 2))
"""Length of a name and number of lines, tried in turn where a message would be too long."""
_MOST_NAMES: Final = 150
"""How many further deleted objects are named, at most, in one message."""
_LONGEST_NAMES: Final = 2_800


class Message(NamedTuple):
    """A message: `body` is text and blocks, `lines` the line about each finding, by its key ("": none)."""

    body: Mapping[str, Json]
    lines: Mapping[str, str]


def message(findings: Sequence[Finding], style: MessageStyle) -> Message:
    """Return the message about one group of findings (at least one), within Slack's limits.

    The gravest stands first. Where names are so long, or need so much escaping, that it would not fit, more
    is cut.
    """
    findings = gravest_first(findings)
    build = _one if len(findings) == 1 else _many
    made = build(findings, style)
    for longest, shown in _TERSER:
        if text.fits(made.blocks, most=MOST_BLOCKS, longest=LONGEST_MESSAGE):
            break
        made = build(findings, replace(style, longest=longest, shown=shown))
    said = text.escaped(plain(sentence(findings, style), _LONGEST_SENTENCE))
    return Message(body={"text": said, "blocks": made.blocks}, lines=made.lines)


def with_news(saved: Saved, *, now: datetime) -> dict[str, Json]:
    """Return a message as it has to be now: with what came after it, and with what was undone."""
    blocks = [dict(block) for block in saved.message["blocks"]]
    for line, how in _undone(saved):
        _mark(blocks, line, f"{line} · _{how}_")
    said = saved.message["text"]
    if saved.lines and set(saved.lines) <= set(saved.undone):
        last = list(saved.undone.values())[-1]
        said = f"{said} ({text.escaped(last)})"
        if len(saved.lines) > 1:
            blocks.insert(len(blocks) - 1, text.context(f"*all of it {text.escaped(last)}*"))
    if saved.later is not None:
        blocks.insert(len(blocks) - 1, text.context(lines.news(saved.later, now)))
    return {"text": said, "blocks": blocks}


def _undone(saved: Saved) -> Iterator[tuple[str, str]]:
    for key, how in saved.undone.items():
        if saved.lines.get(key):
            yield saved.lines[key], text.escaped(plain(how, lines.LONGEST_WORDS))


def _mark(blocks: list[Json], line: str, marked: str) -> None:
    """Replace a line, as far as Slack takes the longer message."""
    for place, block in enumerate(blocks):
        written = block["text"]["text"].split("\n") if block["type"] == "section" else []
        if line in written:
            written[written.index(line)] = marked
            longer = {**block, "text": {**block["text"], "text": "\n".join(written)}}
            if text.fits(
                [*blocks[:place], longer, *blocks[place + 1 :]], most=len(blocks), longest=_LONGEST_MARKED
            ):
                blocks[place] = longer
            return


class _Built(NamedTuple):
    blocks: list[Json]
    lines: Mapping[str, str]


def sentence(findings: Sequence[Finding], style: MessageStyle) -> str:
    """Return the whole group as one sentence, the gravest first, not yet escaped.

    "alice@example.com deleted 99 and changed 901 DynamoDB tables managed by terraform, in prod eu-west-1, by
    console, 10:11 to 10:19 UTC: deleted DynamoDB table orders".
    """
    first, *others = findings
    if not others:
        return words.sentence(
            first, names=style.names, now=style.now, tag_key=style.tag_key, redact=style.redact
        )
    tool = words.tool(first.actor) if first.actor else ""
    by = f", by {tool}" if tool else ""
    span = lines.span(findings, style.now)
    done = [words.said(words.done(each, tag_key=style.tag_key, redact=style.redact)) for each in findings[:2]]
    left = findings[len(done) :]
    # The deletions are counted already: "and 45 more" never covers one.
    if left and all(each.change.change_type is not ChangeType.DELETE for each in left):
        done.append(f"and {len(left)} more")
    return f"{_subject(findings)}, in {_place(findings, style)}{by}, {span}: {'; '.join(done)}"


def _one(findings: Sequence[Finding], style: MessageStyle) -> _Built:
    finding, *_ = findings
    change, resource = finding.change, finding.change.resource
    gone = lines.apposition(finding, style)
    facts = [
        text.code(resource.id, style.longest) if resource.name not in {None, resource.id} else "",
        "" if gone else lines.managers(findings, style).strip(),
        text.code(words.account(resource, style.names), style.longest),
        lines.region(finding, style),
        lines.when(finding.happened_at),
    ]
    done = words.done(finding, tag_key=style.tag_key, redact=style.redact)
    details, left = properties.lines(
        change, redacted(change, style.redact), most=style.details, longest=style.longest
    )
    head = f"{lines.heading(findings, style)} {text.phrase(done, style.longest)}{gone}"
    body = [
        head,
        " · ".join(fact for fact in facts if fact),
        *lines.how(findings, style),
        *(f"{each.sign} {_code(each.name, style)}: {_code(each.value, style)}" for each in details),
        *([f"and {left} more"] if left else []),
        *lines.links(finding),
        *lines.mentioned(findings, style),
    ]
    blocks = [
        *text.sections(body),
        lines.why(finding),
        *lines.near(findings),
        *in_iac.blocks(findings, now=style.now, longest=style.longest),
        lines.foot([lines.account(finding, style), lines.calls(finding), lines.identity(finding)], style),
    ]
    return _Built(blocks, {finding_key(finding): head})


def _many(findings: Sequence[Finding], style: MessageStyle) -> _Built:
    first = findings[0]
    regions = sorted({lines.region(each, style) for each in findings})
    facts = [
        text.code(words.account(first.change.resource, style.names), style.longest),
        ", ".join(regions[:3]) + (" and more" if len(regions) > 3 else ""),  # noqa: PLR2004  (those shown)
        f"{lines.span(findings, style.now)} ({lines.local(first.happened_at)})",
    ]
    shown = [lines.line(each, style, with_region=len(regions) > 1) for each in findings[: style.shown]]
    blocks = [
        *text.sections(
            [
                f"{lines.heading(findings, style)} {lines.count(findings)}{lines.managers(findings, style)}",
                " · ".join(facts),
                *lines.how(findings, style),
                *lines.mentioned(findings, style),
            ]
        ),
        *text.sections([*shown, *_rest(findings[style.shown :], style)]),
        lines.why(first),
        *lines.near(findings),
        *in_iac.blocks(findings, now=style.now, longest=style.longest),
        lines.foot([lines.account(first, style), lines.identity(first)], style),
    ]
    keys = map(finding_key, findings)
    return _Built(blocks, dict(zip_longest(keys, shown, fillvalue="")))


def _rest(findings: Sequence[Finding], style: MessageStyle) -> Iterator[str]:
    """Yield what else was done: the deletions by name, the rest by number. No deletion is among the rest."""
    gone = [each for each in findings if each.change.change_type is ChangeType.DELETE]
    names: list[str] = []
    for each in gone[:_MOST_NAMES]:
        name = text.code(words.called(each.change.resource), style.longest)
        if sum(map(len, names)) + len(name) > _LONGEST_NAMES:
            break
        names.append(name)
    if names:
        yield f"• also deleted {', '.join(names)}"
    if len(gone) > len(names):
        yield f"• and deleted {len(gone) - len(names)} more"
    if left := len(findings) - len(gone):
        yield f"and {left} more {'change' if left == 1 else 'changes'}, none of them a deletion"


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
