"""How a command runs the road: what the options mean, what is written where, and the exit code."""

import logging
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from iacwatch.app.container import Container
from iacwatch.cli import exit_codes, logs, summary
from iacwatch.cli.console import console
from iacwatch.cli.front import Front
from iacwatch.cli.options import VERDICTS, ReportOptions
from iacwatch.errors import Stopping, UsageError
from iacwatch.pipeline.summary import figures
from iacwatch.settings.load import Given

if TYPE_CHECKING:
    from iacwatch.pipeline.run import Pipeline
    from iacwatch.ports import ChangeSource, Sink

_log = logging.getLogger(__name__)


def drain(
    front: Front,
    options: ReportOptions,
    *,
    queue_url: str | None,
    max_messages: int | None,
    max_seconds: float | None,
) -> int:
    """Consume the queue; return the exit code."""
    logs.set_up(front)
    container = connect(front, options, {"queue.url": Given("--queue-url", queue_url)} if queue_url else {})
    reported = check(options, container)
    advise(container)
    with container.clock.listening():
        sinks = made_sinks(front, options, container, slack_default=True)
        source = container.queue(max_messages=max_messages, dry_run=options.dry_run)
        if max_seconds is not None:
            container.end_after(max_seconds)
        pipeline = container.pipeline(sinks, remember=not options.dry_run)
        return run(front, options, pipeline, source, reported)


def connect(front: Front, options: ReportOptions, overrides: Mapping[str, Given]) -> Container:
    """Return the parts of a run, by the options of the command line."""
    given = dict(overrides)
    if options.verdict:
        given["report.verdicts"] = Given("--verdict", list(options.verdict))
    return wired(front, options.trail, given)


def wired(front: Front, trail: str | None, given: Mapping[str, Given]) -> Container:
    """Return the parts of a run that reads `trail`, where that is given."""
    given = {**given, "trail.source": Given("--trail", trail)} if trail is not None else given
    return Container(config=front.config, profile=front.profile, region=front.region, overrides=given)


def advise(container: Container) -> None:
    """Say what works, but hardly as it is meant."""
    if not container.settings.workflow:
        _log.warning(
            "no [[workflow]] is configured: changes are judged by the tool that the user agent names,"
            " which can be forged; name your pipeline's role in a [[workflow]]"
        )


def check(options: ReportOptions, container: Container) -> frozenset[str]:
    """Return the verdicts that `--fail-on` names; raise `UsageError` where one could never be reported."""
    wanted = frozenset(VERDICTS[1:] if "all" in options.fail_on else options.fail_on)
    told = {str(verdict) for verdict in container.settings.report.verdicts}
    never = sorted(wanted - told)
    if never and "all" not in options.fail_on:
        raise UsageError(
            f"--fail-on {never[0]} would never fail, since such findings are not reported",
            hint=f"add --verdict {never[0]}, or set report.verdicts",
        )
    return wanted


def made_sinks(
    front: Front,
    options: ReportOptions,
    container: Container,
    *,
    slack_default: bool,
    one: bool = False,
) -> "list[Sink]":
    """Return where findings go: the report, and Slack where it is wanted."""

    def report(out: TextIO) -> "Sink":
        return _report(options.format, out, front, container, one=one)

    sinks: list[Sink] = []
    if options.dry_run and options.slack:
        raise UsageError("--dry-run posts nothing", hint="leave --slack or --dry-run out")
    wanted = (
        options.slack if options.slack is not None else slack_default and container.settings.slack.configured
    )
    if wanted and not options.dry_run:
        sinks.append(container.sinks.slack())
    if options.output is None:
        sinks.append(report(sys.stdout))
    else:
        sinks.append(container.sinks.atomic_file(Path(options.output), report))
    return sinks


def run(
    front: Front,
    options: ReportOptions,
    pipeline: "Pipeline",
    source: "ChangeSource",
    fail_on: frozenset[str],
) -> int:
    """Run the road over a source; say at the end what was done, and return the exit code."""
    code, stopped = 0, ""
    try:
        pipeline.run(source)
    except Stopping as stopping:
        code, stopped = stopping.exit_code, stopping.why
    finally:
        totals = pipeline.summary
        lines = summary.sentences(totals, stopped=stopped, dry_run=options.dry_run)
        if front.log_format == "json":
            _log.log(logs.NOTICE, "%s", lines[0], extra={"data": figures(totals)})
        else:
            for line in lines:
                _log.log(logs.NOTICE, "%s", line)
    if code:
        return code
    if totals.failed:
        return exit_codes.FAILED
    if any(totals.reported[verdict] for verdict in totals.reported if str(verdict) in fail_on):
        return exit_codes.FINDINGS
    return 0


def _report(kind: str, out: TextIO, front: Front, container: Container, *, one: bool) -> "Sink":
    match kind:
        case "table":
            return container.sinks.table(console(front, out), one=one)
        case "jsonl":
            return container.sinks.json_lines(out)
    if isinstance(out, TextIOWrapper):
        # These are files by their nature: their bytes do not depend on the terminal's locale.
        out.reconfigure(encoding="utf-8", newline="")
    return container.sinks.written(kind, out)
