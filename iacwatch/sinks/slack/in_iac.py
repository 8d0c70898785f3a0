"""The last lines of a message: where the objects live in IaC, whose they are, what the next apply does."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from iacwatch.core.model import Finding, Json
from iacwatch.core.present import address as words
from iacwatch.sinks.slack import text

_SHORT: Final = 48
_LONGEST_LINK: Final = 1_000
_SHOWN: Final = 2
_ADDRESS, _COMMAND = 3, 8
"""How many times as long as a name an address may be, and a command: a longer command is not shown at all."""


def short(finding: Finding, longest: int) -> str:
    """Return the end of an address for a finding's line in a list; "" where there is none."""
    named = finding.iac.address if finding.iac else None
    return f" · {text.code(words.tail(named, min(longest, _SHORT)), longest)}" if named else ""


def blocks(findings: Sequence[Finding], *, now: datetime, longest: int) -> list[Json]:
    """Return the blocks about findings, the gravest first; `longest` is the length of one name.

    The command is that of the gravest which has one. Slack shows a backtick as an end of code, so that a
    command with one is none to paste.
    """
    shown = [f"In IaC: {facts}"] if (facts := _facts(findings, now, longest)) else []
    commands = words.commands(findings, longest=_COMMAND * longest)
    command = next((each for each in commands if "`" not in each), None)
    if command is not None:
        shown.append(f"Next step: {text.code(command, len(command))}")
    applies = _next_apply(findings)
    return [
        *text.sections(shown),
        *([text.plain_context(f"Next apply: {applies}")] if applies else []),
    ]


def _facts(findings: Sequence[Finding], now: datetime, longest: int) -> str:
    if len(findings) == 1:
        lives = words.lives(findings[0], longest=_ADDRESS * longest, now=now)
        facts = [text.phrase(fact, _ADDRESS * longest) for fact in lives]
        return " · ".join(filter(None, (*facts, _link(findings[0]) if facts else "")))
    known = [each for each in findings if each.iac]
    some = f"{len(known)} of {len(findings)}: " if len(known) < len(findings) else ""
    return some + " · ".join(filter(None, _several(known, now, longest))) if known else ""


def _several(known: Sequence[Finding], now: datetime, longest: int) -> Iterator[str]:
    """Yield what the addresses have in common: the places, the owners, and how old the oldest is."""
    addresses = [each.iac for each in known if each.iac]
    places = dict.fromkeys(filter(None, map(words.place, addresses)))
    repositories = {each.repository for each in addresses}
    if len(places) > 1 and len(repositories) == 1:
        places = dict.fromkeys(filter(None, map(words.directory, addresses)))
        of = repositories.pop()
    else:
        of = None
    listed = _listed([text.phrase(each, longest) for each in places])
    yield f"{listed} of {text.code(of, longest)}" if of and listed else listed
    owners = dict.fromkeys(each.owner for each in addresses if each.owner)
    yield f"owned by {_listed([text.code(each, longest) for each in owners])}" if owners else ""
    dated = {each.seen_at: each for each in addresses if each.seen_at}
    yield text.phrase(words.age(dated[min(dated)], now), longest) if dated else ""
    yield _link(known[0]) if len(places) == 1 else ""


def _listed(names: Sequence[str]) -> str:
    left = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {left} more" if left > 0 else "")


def _next_apply(findings: Sequence[Finding]) -> str:
    """Return what the next apply does where that can be said; of several, with how many."""
    does = {each.finding_id: said for each in findings if (said := words.next_apply(each))}
    whole = {words.next_apply_fully(each) for each in findings}
    if len(whole) == 1 and len(does) == len(findings):
        return whole.pop()
    counted = Counter(does.values()).most_common()
    return ", ".join(f"{said} ({number} of {len(findings)})" for said, number in counted)


def _link(finding: Finding) -> str:
    """Return the link to the code: its address is made by our template alone."""
    step = words.file_link(finding)
    if step is None or step.url is None or len(step.url) > _LONGEST_LINK:
        return ""
    return text.link(step.url, words.link_label(step))
