"""How a command runs the road: the parts by its options, where findings go, the summary, the exit code."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from iacwatch.app.container import Container
from iacwatch.app.trails import ATHENA
from iacwatch.cli import exit_codes, logs, progress, streams, summary
from iacwatch.cli.console import console
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.options import ReportOptions
from iacwatch.errors import Stopping, UsageError
from iacwatch.settings.load import Given

if TYPE_CHECKING:
    from iacwatch.app.runs import PastRun, QueueRun
    from iacwatch.ports import Sink

_log = logging.getLogger(__name__)


def connect(
    general: GlobalOptions,
    *,
    trail: str | None = None,
    max_scan: float | None = None,
    verdict: Sequence[str] = (),
    overrides: Mapping[str, Given] | None = None,
) -> Container:
    """Begin to log, and return the parts of a run; options that were given outweigh the configuration."""
    logs.set_up(general)
    given = dict(overrides or {})
    if verdict:
        given["report.verdicts"] = Given("--verdict", list(verdict))
    if trail is not None:
        given |= {"trail.source": Given("--trail", trail), "trail.fallback": Given("--trail", ())}
    if max_scan is not None:
        given["trail.athena_max_scan"] = Given("--max-scan", max_scan)
    made = Container(config=general.config, profile=general.profile, region=general.region, overrides=given)
    if max_scan is not None and all(each.source != ATHENA for each in made.settings.trail.each):
        raise UsageError(
            "--max-scan limits what Athena reads, and no trail is a table there",
            hint="leave it out, or name the table with --trail athena",
        )
    return made


def begin(
    general: GlobalOptions, options: ReportOptions, overrides: Mapping[str, Given] | None = None
) -> Container:
    """Return the parts of a run with a report; say what works, but hardly as it is meant.

    Raises `UsageError` where `--fail-on` names a verdict that could never be reported.
    """
    container = connect(
        general, trail=options.trail, max_scan=options.max_scan, verdict=options.verdict, overrides=overrides
    )
    never = sorted(options.failing - {str(verdict) for verdict in container.settings.report.verdicts})
    if never and "all" not in options.fail_on:
        raise UsageError(
            f"--fail-on {never[0]} would never fail, since such findings are not reported",
            hint=f"add --verdict {never[0]}, or set report.verdicts",
        )
    if not container.settings.workflow:
        _log.warning(
            "no [[workflow]] is configured: changes are judged by the tool that the user agent names,"
            " which can be forged; name your pipeline's role in a [[workflow]]"
        )
    return container


@contextmanager
def watched(general: GlobalOptions, container: Container) -> "Iterator[progress.ProgressBars | None]":
    """Let signals end a run in good order; give bars of its progress where somebody sees them."""
    with container.clock.listening(), progress.shown(general) as bars:
        container.progress = bars
        yield bars


def sinks(
    general: GlobalOptions,
    options: ReportOptions,
    container: Container,
    *,
    post: bool,
    one: bool = False,
    bars: "progress.ProgressBars | None" = None,
) -> "list[Sink]":
    """Return where findings go: what they are posted to, and the report.

    `post`: they are posted where that is configured, unless somebody said otherwise. `one`: all are about one
    resource. `bars` make room for what is written.
    """

    def report(out: TextIO) -> "Sink":
        return container.sinks.report(options.format, out, console=lambda out: console(general, out), one=one)

    if options.dry_run and (asked := [name for name, wanted in options.post.items() if wanted]):
        raise UsageError("--dry-run posts nothing", hint=f"leave --{asked[0]} or --dry-run out")
    posting = {} if options.dry_run else container.sinks.posting(options.post, by_default=post)
    made = [make() for make in posting.values()]
    if options.output is None:
        if not streams.stdout_closed():
            made.append(report(sys.stdout))
        elif not made:
            raise UsageError(
                "stdout is closed, so that there is nowhere to report to", hint="pass --output FILE"
            )
    else:
        made.append(container.sinks.report_file(Path(options.output), report))
    return [progress.ClearingSink(sink, bars) for sink in made] if bars else made


def run(
    general: GlobalOptions,
    options: ReportOptions,
    container: Container,
    road: "QueueRun | PastRun",
    summed_up: Callable[[str], Sequence[str]],
) -> int:
    """Run the road; say at the end what was done, and return the exit code.

    `summed_up` returns the lines of the summary; it takes why the run ended early ("": it did not).
    """

    def leave(stopping: Stopping) -> None:
        road.leave()
        summary.write(general, summed_up(stopping.why), road.figures)

    container.clock.at_worst(leave)
    done, code, stopped = False, 0, ""
    try:
        road.run()
        done = True
    except Stopping as stopping:
        code, stopped = stopping.exit_code, stopping.why
    finally:
        summary.write(general, summed_up(stopped), road.figures)
        road.end(done=done)
    if code:
        return code
    if not road.whole:
        return exit_codes.FAILED
    reported = road.pipeline.summary.reported
    if any(count and str(verdict) in options.failing for verdict, count in reported.items()):
        return exit_codes.FINDINGS
    return 0
