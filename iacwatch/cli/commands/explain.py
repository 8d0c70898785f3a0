"""`iacwatch explain`: look into one message, step by step."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.options import MAX_SCAN, TRAIL
from iacwatch.core.text import plain

if TYPE_CHECKING:
    from rich.console import Console

    from iacwatch.core.model import Candidate, Change, TrailEvent, Window
    from iacwatch.core.outcome import Skipped
    from iacwatch.pipeline.case import Case
    from iacwatch.settings.schema import Settings

_MOST: Final = 25
_LONGEST: Final = 400
_INDENT: Final = 12
_EVIDENCE: Final = {
    "tags": "the item's own tags say so",
    "previous-tags": "the tags before the change say so",
    "history": "Config's history says so",
}
"""What each kind of evidence says: a test holds that none is missing."""


@click.command("explain")
@click.argument("file", type=click.File("rb"))
@TRAIL
@MAX_SCAN
@click.pass_obj
def command(general: GlobalOptions, file: BinaryIO, trail: str | None, max_scan: float | None) -> int:
    """Explain one message, step by step: FILE, or - for stdin.

    Shows what was parsed, why the resource is managed or not, where the cause was looked for, each candidate
    event with its reasons, the verdict and why, and where it lives in IaC. It looks up what it needs, and
    changes nothing.
    """
    from iacwatch.cli import exit_codes, run
    from iacwatch.cli.console import console

    document = body(file.read())
    container = run.connect(general, trail=trail, max_scan=max_scan)
    with container.clock.listening():
        now = container.clock.now()
        case = container.pipeline([], remember=False).explain(document, now=now)
    shown = Explanation(console(general, sys.stdout), container.settings, now=now)
    return exit_codes.FAILED if shown.failed(case) else 0


def body(document: bytes) -> bytes | str:
    """Return the message's body where somebody hands over all that SQS said: one received message."""
    try:
        found = json.loads(document)
    except (ValueError, RecursionError):
        return document
    for listed in ("Messages", "Records"):
        if isinstance(found, dict) and isinstance(found.get(listed), list) and len(found[listed]) == 1:
            found = found[listed][0]
    if isinstance(found, dict) and ("ReceiptHandle" in found or "receiptHandle" in found):
        inner = found.get("Body", found.get("body"))
        if isinstance(inner, str):
            return inner
    return document


class Explanation:
    """Writes the steps of one case on a console."""

    def __init__(self, console: "Console", settings: "Settings", *, now: datetime) -> None:
        """Take where to write, and the time at which it was looked into."""
        self._console = console
        self._tag_key = settings.managed.tag_key
        self._now = now

    def failed(self, case: "Case | Skipped") -> bool:
        """Write the steps; return whether the message could not be looked into."""
        from iacwatch.core.outcome import Failed, Skipped

        if isinstance(case, Skipped):
            self._step("Parsed", [f"no change: {case.detail or case.reason}"])
            self._step("Verdict", [f"ignored ({case.reason})"])
            return False
        self._step("Parsed", _parsed(case.change))
        self._step("Managed", self._managed(case))
        if case.queries:
            self._step("Window", _windows(case))
            self._step("Names", _names(case))
        if case.tried or case.queries:
            answered = [f"answered by {name}" for name in case.answered_by]
            self._step("Looked up", [*case.tried, *answered] or ["nothing: the answer was known"])
            self._step("Candidates", _candidates(case.ranked.candidates))
        for number, lines in enumerate(_chains(case)):
            self._step("" if number else "Who", lines)
        self._step("Verdict", self._verdict(case))
        if case.finding is not None and case.located is not None:
            from iacwatch.core.present import located

            self._step("In IaC", located.lines(case.finding, case.located))
        return isinstance(case.outcome, Failed)

    def _step(self, title: str, lines: list[str]) -> None:
        from rich.table import Table
        from rich.text import Text

        if not self._console.is_terminal:  # one line each, however long: a pipe is read by grep
            for place, line in enumerate(lines):
                shown = f"{'' if place else title:<{_INDENT}}{plain(line, _LONGEST)}"
                self._console.print(Text(shown), soft_wrap=True)
            return
        grid = Table.grid(padding=(0, 2))
        grid.add_column(width=_INDENT - 2, no_wrap=True)
        grid.add_column(overflow="fold")
        for place, line in enumerate(lines):
            grid.add_row(Text("" if place else title, style="bold"), Text(plain(line, _LONGEST)))
        self._console.print(grid)

    def _managed(self, case: "Case") -> list[str]:
        from iacwatch.core.outcome import Skipped

        managed = case.managed
        if managed is None:
            if isinstance(case.outcome, Skipped):
                return [f"no: {case.outcome.detail or case.outcome.reason}"]
            return ["not known"]
        lines = [f"yes, by {self._tag_key}={managed.value}: {_EVIDENCE[managed.evidence]}"]
        if managed.removed:
            lines.append("this change removed the tag")
        if managed.new_value is not None:
            lines.append(f"this change made it {self._tag_key}={managed.new_value}")
        if managed.added:
            lines.append("this change added the tag")
        return lines

    def _verdict(self, case: "Case") -> list[str]:
        from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported, Skipped
        from iacwatch.core.present.origin import whole
        from iacwatch.core.present.sentence import near

        judged = case.classified
        lines = [f"{judged.verdict}: {judged.reason}"] if judged is not None else []
        match case.outcome:
            case Failed(reason=reason):
                lines = [f"could not be looked into: {reason}"]
            case Skipped(reason=reason, detail=detail):
                lines = [f"ignored ({reason}): {detail}" if detail else f"ignored ({reason})"]
            case Deferred(until=until, why=why):
                lines.append(f"not reported yet, {why}: it would come back at {_time(until)}")
            case Duplicate(finding_id=finding_id):
                lines.append(f"reported already (finding {finding_id})")
            case Reported() | None:
                pass
        if case.finding is not None:
            match = case.finding.match
            if match is not None:
                actor = match.event.actor
                lines.append(
                    f"by {whole(actor)} ({actor.principal or actor.arn or actor.kind}), {actor.tool}"
                )
            lines.extend(f"near: {lead}" for lead in near(case.finding, most=_MOST))
            lines.append(f"finding {case.finding.finding_id}")
        return lines


def _parsed(change: "Change") -> list[str]:
    from iacwatch.core.model import ChangeType

    resource = change.resource
    name = f" ({resource.name})" if resource.name and resource.name != resource.id else ""
    lines = [
        f"{resource.type} {resource.id}{name}",
        f"account {resource.account_id}, region {resource.region}",
        f"{change.change_type}, captured at {_time(change.captured_at)} ({change.status})",
    ]
    if change.diff is None:
        lines.append(
            "no diff came with it" if change.item else "oversized: neither item nor diff came with it"
        )
    elif change.diff:
        lines.extend(f"{entry.change_type} {entry.path}" for entry in change.diff[:_MOST])
        if len(change.diff) > _MOST:
            lines.append(f"and {len(change.diff) - _MOST} more")
    elif change.change_type is ChangeType.UPDATE:
        lines.append("nothing differs")
    return lines


def _windows(case: "Case") -> list[str]:
    lines = []
    for query in case.queries:
        thorough = ", every write" if query.thorough else ""
        line = f"{_span(query.window)} in {query.region} of {query.account_id}{thorough}"
        if line not in lines:
            lines.append(line)
    if case.stage.previous_at is not None:
        lines.append(f"bounded by the previous capture at {_time(case.stage.previous_at)}")
    elif case.stage.previous_known:
        lines.append("Config knows no earlier capture")
    return lines


def _names(case: "Case") -> list[str]:
    names: Any = case.names
    if names is None:
        return []
    shown = [f"{kind}: {name}" for name, kind in names.kinds.items()]
    shown.extend(f"part: {name}" for name in sorted(names.parts))
    more = [f"and {len(shown) - _MOST} more"] if len(shown) > _MOST else []
    return [*shown[:_MOST], *more]


def _candidates(candidates: "tuple[Candidate, ...]") -> list[str]:
    if not candidates:
        return ["none: no event in that time bears one of the names"]
    ordered = sorted(candidates, key=lambda each: (not each.accepted, each.event.occurred_at))
    more = [f"and {len(ordered) - _MOST} more"] if len(ordered) > _MOST else []
    return [*(line for each in ordered[:_MOST] for line in _candidate(each)), *more]


def _candidate(candidate: "Candidate") -> Iterator[str]:
    from iacwatch.core.present.origin import whole

    event = candidate.event
    mark = "+" if candidate.accepted else "-"
    why = "; ".join(candidate.reasons)
    yield f"{mark} {_time(event.occurred_at)} {event.event_name} by {whole(event.actor)}: {why}"


def _chains(case: "Case") -> Iterator[list[str]]:
    """Yield who stands behind each call that made the change: the sessions, hop by hop, with their events."""
    from iacwatch.core.attribution.chains.sessions import called

    for match in case.classified.matches[:_MOST] if case.classified else ():
        call = match.event
        origin = case.origins.get(call.event_id)
        if origin is None:
            continue
        lines = [f"{call.event_name} of {_time(call.occurred_at)} came from {_caller(call)}"]
        for event in origin.events:
            opened = "which was opened by" if event.opened else "whom the trail there shows as"
            where = f"{event.event_name} {event.event_id}, {_time(event.occurred_at)}"
            lines.append(f"{opened} {_caller(event)}: {where} in {event.region} of {event.account_id}")
        actor = origin.actor
        if origin.unknown:
            lines.append(f"who opened {called(origin.events[-1] if origin.events else call)} is not known:")
            lines.append(origin.unknown)
        lines.append(f"hence {actor.name} ({actor.principal or actor.arn or actor.kind})")
        lines.extend(f"started_by may say {text}" for text in origin.identities)
        yield lines


def _caller(event: "TrailEvent") -> str:
    """Return an event's caller with the key that it called by."""
    from iacwatch.core.attribution.chains.sessions import called

    principal = event.principal
    key = f", key {principal.access_key_id}" if principal.access_key_id else ""
    if event.opened and event.opened.subject:
        return f"{event.opened.subject} of {event.opened.provider}"
    if principal.type in {"AssumedRole", "AWSAccount"}:
        return f"{called(event)}{key}"
    return f"{event.actor.name} ({principal.arn or principal.type}){key}"


def _span(window: "Window") -> str:
    minutes = (window.end - window.start) // timedelta(minutes=1)
    return f"{_time(window.start)} to {_time(window.end)} ({minutes} min)"


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace(
        "+00:00", "Z"
    )
