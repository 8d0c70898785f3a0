"""How a command runs the road: the parts by its options, where findings go, the summary, the exit code."""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from iacwatch.app.container import Container
from iacwatch.app.sinks import FORMATS, Sinks
from iacwatch.app.trails import ATHENA
from iacwatch.cli import exit_codes, github_actions, logs, progress, streams, summary
from iacwatch.cli.console import console
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.cli.options import ReportOptions
from iacwatch.errors import IacwatchError, Stopping, UsageError
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
    """Return the parts of a run with a report.

    Raises `UsageError` where `--fail-on` names a verdict that could never be reported, or a file cannot be
    what it is named for.
    """
    _outputs(options)
    container = connect(
        general, trail=options.trail, max_scan=options.max_scan, verdict=options.verdict, overrides=overrides
    )
    never = sorted(options.failing - {str(verdict) for verdict in container.settings.report.verdicts})
    if never and "all" not in options.fail_on:
        raise UsageError(
            f"--fail-on {never[0]} would never fail, since such findings are not reported",
            hint=f"add --verdict {never[0]}, or set report.verdicts",
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

    def report(out: TextIO, form: str = options.format) -> "Sink":
        return container.sinks.report(form, out, console=lambda out: console(general, out), one=one)

    if options.dry_run and (asked := [name for name, wanted in options.post.items() if wanted]):
        raise UsageError("--dry-run posts nothing", hint=f"leave --{asked[0]} or --dry-run out")
    posting = {} if options.dry_run else container.sinks.posting(options.post, by_default=post)
    made = [make() for make in posting.values()]
    outputs = _outputs(options)
    # One file in a format that was asked for stands in stdout's place.
    if not (len(outputs) == 1 and options.format_given):
        if not streams.stdout_closed():
            made.append(report(sys.stdout))
        elif not (made or outputs):
            raise UsageError(
                "stdout is closed, so that there is nowhere to report to", hint="pass --output FILE"
            )
    made.extend(
        container.sinks.report_file(path, partial(report, form=form)) for path, form in outputs.items()
    )
    if options.ci and github_actions.running():
        annotate = container.sinks.annotations
        ours = github_actions.repository()
        made.append(annotate(github_actions.command, options.failing, one=one, repository=ours))
        if page := github_actions.summary_file():
            made.append(container.sinks.job_summary(Path(page), one=one))
    return [progress.ClearingSink(sink, bars) for sink in made] if bars else made


def _outputs(options: ReportOptions) -> dict[Path, str]:
    """Return the files that a report is written to, with its format; raise `UsageError` for a wrong one."""
    found: dict[Path, str] = {}
    taken = {os.path.realpath(options.summary): "--summary"} if options.summary else {}
    if options.summary:
        _check_folder("--summary", options.summary)
    for name in options.output:
        path = Path(name)
        alone = options.format_given and len(options.output) == 1
        form = options.format if alone else Sinks.format_of(path)
        if form is None:
            endings = ", ".join(each.ending for each in FORMATS)
            raise UsageError(
                f"--output {name}: its ending names no format",
                hint=f"end it in one of {endings}"
                + ("" if len(options.output) > 1 else ", or pass --format"),
            )
        _check_folder("--output", name)
        real = os.path.realpath(path)
        if real in taken:
            raise UsageError(f"--output {name}: {taken[real]} writes that file too", hint="name another one")
        taken[real] = "another --output"
        found[path] = form
    return found


def _check_folder(option: str, name: str) -> None:
    folder = os.path.dirname(os.path.realpath(name))  # noqa: PTH120  (a link to itself, too)
    if not os.path.isdir(folder):  # noqa: PTH112  (the same)
        raise UsageError(f"{option} {name}: there is no folder {folder}", hint="make it first")


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
    started_at = container.clock.now()
    command = click.get_current_context().info_name or ""  # of the thread that was called, and of no other

    def account(code: int, fault: str = "") -> int:
        """Write the figures where `--summary` says; return the exit code, which that can spoil."""
        if options.summary is None:
            return code
        return summary.write_file(
            options.summary,
            command,
            road,
            started_at=started_at,
            ended_at=container.clock.now(),
            code=code,
            fault=fault,
        )

    def leave(stopping: Stopping) -> None:
        road.leave()
        summary.write(general, summed_up(stopping.why), road.figures)
        account(stopping.exit_code)

    container.clock.at_worst(leave)
    # Said here, once nothing is left that could be wrong with the command.
    if not container.settings.workflow:
        _log.warning(
            "no [[workflow]] is configured: changes are judged by the tool that the user agent names,"
            " which can be forged; name your pipeline's role in a [[workflow]]"
        )
    done, code, stopped, fault = False, 0, "", None
    try:
        road.run()
        done = True
    except Stopping as stopping:
        code, stopped = stopping.exit_code, stopping.why
    except IacwatchError as error:
        fault = error
    except Exception as error:
        account(exit_codes.FAILED, exit_codes.fault(error))
        raise
    finally:
        summary.write(general, summed_up(stopped), road.figures)
        road.end(done=done)
    code = account(code or _code(options, road, fault), str(fault or ""))
    if fault is not None:
        exit_codes.report(fault, general)
    return code


def _code(options: ReportOptions, road: "QueueRun | PastRun", fault: IacwatchError | None) -> int:
    """Return a run's exit code. Findings outrank failures: what cannot be read must not blind a gate."""
    reported = road.pipeline.summary.reported
    if any(count and str(verdict) in options.failing for verdict, count in reported.items()):
        return exit_codes.FINDINGS
    if fault is not None:
        return fault.exit_code
    return 0 if road.whole else exit_codes.FAILED
