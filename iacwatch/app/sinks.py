"""Where findings go: the registries of report formats and of destinations, and what makes a run's sinks.

The command line offers what is registered, and its ``--help`` reads the names here: so nothing is imported
before it is made. A new format is its sink and its entry in `FORMATS`.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property, partial
from io import TextIOWrapper
from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TextIO

from iacwatch.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from iacwatch.ports import Clock, Notes, Sink
    from iacwatch.settings.schema import Settings
    from iacwatch.sinks.style import ReportStyle


class ReportContext(NamedTuple):
    """What the sink of a format is made from.

    `console` returns a console on a stream; `one`: all findings are about one resource, the newest first.
    `whole`: somebody wants to see all of a finding.
    """

    out: TextIO
    style: "ReportStyle"
    clock: "Clock"
    console: "Callable[[TextIO], Console]"
    one: bool = False
    whole: bool = False


class ReportFormat(NamedTuple):
    """A way to write a report: the word for ``--format``, what it is, and how files in it are named.

    `utf8`: its bytes never depend on the terminal's locale, since it is a file by its nature.
    """

    name: str
    help: str
    ending: str
    make: "Callable[[ReportContext], Sink]"
    utf8: bool = True


def _table(report: ReportContext) -> "Sink":
    from iacwatch.sinks.table import Table  # noqa: PLC0415  (needs rich)

    return Table(console=report.console(report.out), style=report.style, one=report.one, whole=report.whole)


def _jsonl(report: ReportContext) -> "Sink":
    from iacwatch.sinks.jsonl import JsonLines  # noqa: PLC0415  (--help needs none of it)

    return JsonLines(out=report.out, style=report.style)


def _csv(report: ReportContext) -> "Sink":
    from iacwatch.sinks.csv_report import CsvReport  # noqa: PLC0415  (--help needs none of it)

    return CsvReport(out=report.out, style=report.style)


def _markdown(report: ReportContext) -> "Sink":
    from iacwatch.sinks.markdown.sink import Markdown  # noqa: PLC0415  (--help needs none of it)

    return Markdown(out=report.out, style=report.style, one=report.one)


def _html(report: ReportContext) -> "Sink":
    from iacwatch.sinks.html_page.sink import HtmlPage  # noqa: PLC0415  (--help needs none of it)

    return HtmlPage(out=report.out, clock=report.clock, style=report.style, one=report.one)


FORMATS: Final = (
    ReportFormat("table", "for people", ".txt", _table, utf8=False),
    ReportFormat("jsonl", "a JSON object a line", ".jsonl", _jsonl, utf8=False),
    ReportFormat("csv", "for spreadsheets", ".csv", _csv),
    ReportFormat("markdown", "for a pull request", ".md", _markdown),
    ReportFormat("html", "a page that needs nothing else", ".html", _html),
)
"""Every report format; the first is the default."""


class Destination(NamedTuple):
    """A service that findings are posted to: `name` is its option and its section of the settings.

    The ledger remembers by that name, too, what the destination took. `help` is that of its option.
    """

    name: str
    title: str
    help: str
    configured: "Callable[[Settings], bool]"
    make: "Callable[[Sinks], Sink]"


def _slack(sinks: "Sinks") -> "Sink":
    """Return what posts to Slack; raise `ConfigError` where it is not configured."""
    from iacwatch.sinks.slack.blocks import Mentions  # noqa: PLC0415  (as the next)
    from iacwatch.sinks.slack.route import Route  # noqa: PLC0415  (only where Slack is)
    from iacwatch.sinks.slack.sink import Slack  # noqa: PLC0415  (needs slack_sdk)

    ours = sinks.settings.slack
    if not ours.configured:
        raise ConfigError(
            "Slack is not configured",
            hint="set slack.token and slack.channel, or slack.webhook_url, or pass --no-slack",
        )
    return Slack(
        token=sinks.secret(ours.token),
        webhook_url=sinks.secret(ours.webhook_url) if not ours.token else "",
        api_url=ours.api_url,
        channel=ours.channel,
        routes=[
            Route(
                channel=route.channel,
                accounts=route.accounts,
                managed_by=route.managed_by,
                tags=route.tags,
                resource_types=route.resource_types,
                verdicts=route.verdicts,
                owners=route.owners,
                repositories=route.repositories,
            )
            for route in ours.route
        ],
        style=sinks.style,
        mentions=Mentions(
            groups=ours.mentions.groups, tag=ours.mentions.tag, verdicts=ours.mentions.verdicts
        ),
        group_window=ours.group_window,
        clock=sinks.clock,
        notes=sinks.notes(),
    )


def _events(sinks: "Sinks") -> "Sink":
    """Return what puts findings on the bus; raise `ConfigError` where none is configured."""
    from iacwatch.sinks.event_bus import EventBus  # noqa: PLC0415  (needs AWS)

    ours = sinks.settings.events
    if not ours.bus:
        raise ConfigError("an EventBridge bus is not configured", hint="set events.bus, or pass --no-events")
    return EventBus(
        client=lambda: sinks.client("events", region=ours.region),
        bus=ours.bus,
        clock=sinks.clock,
        style=sinks.style,
    )


DESTINATIONS: Final = (
    Destination("slack", "Slack", "Post the findings.", lambda settings: settings.slack.configured, _slack),
    Destination(
        "events",
        "an EventBridge bus",
        "Put the findings on the EventBridge bus.",
        lambda settings: bool(settings.events.bus),
        _events,
    ),
)
"""Every destination, each with its option ``--NAME/--no-NAME``."""


class Sinks:
    """Makes the sinks of a run, from the settings."""

    def __init__(
        self,
        settings: "Settings",
        *,
        clock: "Clock",
        secret: Callable[[str], str],
        notes: "Callable[[], Notes]",
        client: "Callable[..., Any]",
    ) -> None:
        """Take the settings; `secret` returns a secret from where a setting says it is kept.

        `client` returns the client of an AWS service, in a `region` or ours. `notes` opens those of the
        ledger's store, which runs share; raises `IacwatchError` where that fails.
        """
        self.settings, self.clock, self.secret = settings, clock, secret
        self.notes, self.client = notes, client

    @cached_property
    def style(self) -> "ReportStyle":
        """Return what all reports show in the same way."""
        from iacwatch.sinks.style import ReportStyle  # noqa: PLC0415  (a run without findings needs none of it)

        return ReportStyle(
            names=self.settings.accounts.names,
            redact=tuple(self.settings.report.redact),
            tag_key=self.settings.managed.tag_key,
        )

    def posting(
        self, asked: Mapping[str, bool | None], *, by_default: bool
    ) -> "dict[str, Callable[[], Sink]]":
        """Return what makes the sink of each destination that findings are posted to, by its name.

        `asked` says by name what somebody asked for, True or False. Where that is neither, findings are
        posted `by_default` where the destination is configured.
        """

        def wanted(each: Destination) -> bool:
            said = asked.get(each.name)
            return said if said is not None else by_default and each.configured(self.settings)

        return {each.name: partial(each.make, self) for each in DESTINATIONS if wanted(each)}

    @staticmethod
    def format_of(path: "Path") -> str | None:
        """Return the name of the report format that a file's ending means; None where it means none."""
        return next((each.name for each in FORMATS if path.name.lower().endswith(each.ending)), None)

    def report(
        self,
        name: str,
        out: TextIO,
        *,
        console: "Callable[[TextIO], Console]",
        one: bool = False,
        whole: bool = False,
    ) -> "Sink":
        """Return what writes a report on a stream in the format of that name; raise `UsageError` for none."""
        found = next((each for each in FORMATS if each.name == name), None)
        if found is None:
            known = ", ".join(each.name for each in FORMATS)
            raise UsageError(f"there is no report format {name!a}", hint=f"there are {known}")
        if found.utf8 and isinstance(out, TextIOWrapper):
            out.reconfigure(encoding="utf-8", newline="")
        return found.make(
            ReportContext(out=out, style=self.style, clock=self.clock, console=console, one=one, whole=whole)
        )

    def json_lines(
        self, out: TextIO, *, before: Callable[[], Mapping[str, Any]] = dict, longest: float = inf
    ) -> "Sink":
        """Return what writes a JSON object a line: what `before` returns, and a record."""
        from iacwatch.sinks.jsonl import JsonLines  # noqa: PLC0415  (--help needs none of it)

        return JsonLines(out=out, style=self.style, before=before, longest=longest)

    def annotations(
        self,
        write: Callable[[str], None],
        failing: Collection[str],
        *,
        one: bool = False,
        repository: str = "",
    ) -> "Sink":
        """Return what annotates a job of GitHub Actions; `write` writes a line that its runner obeys."""
        from iacwatch.sinks.github_actions import Annotations  # noqa: PLC0415  (--help needs none of it)

        return Annotations(
            write=write,
            failing=failing,
            style=self.style,
            clock=self.clock,
            one=one,
            repository=repository,
        )

    def job_summary(self, path: "Path", *, one: bool = False) -> "Sink":
        """Return what appends to the summary of a job of GitHub Actions."""
        from iacwatch.sinks.github_actions import JobSummary  # noqa: PLC0415  (--help needs none of it)

        return JobSummary(path, style=self.style, one=one)

    def report_file(self, path: "Path", make: "Callable[[TextIO], Sink]") -> "Sink":
        """Return what writes a report to a file: whole or not at all."""
        from iacwatch.sinks.report_file import ReportFile  # noqa: PLC0415  (--help needs none of it)

        return ReportFile(path, make)
