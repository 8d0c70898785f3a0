"""Where findings go, made from the settings: Slack, a table, the reports.

What needs rich or slack_sdk is imported where it is made, so that a command pays only for what it uses.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from iacwatch.errors import ConfigError
from iacwatch.ports import Clock, Sink

if TYPE_CHECKING:
    from rich.console import Console

    from iacwatch.settings.schema import Settings


class Sinks:
    """Makes the sinks of a run."""

    def __init__(self, settings: "Settings", *, clock: Clock, secret: Callable[[str], str]) -> None:
        """Take the settings; `secret` returns a secret from where a setting says it is kept."""
        self._settings, self._clock, self._secret = settings, clock, secret

    def slack(self) -> Sink:
        """Return what posts to Slack; raise `ConfigError` where it is not configured."""
        from iacwatch.sinks.slack.sink import Route, Slack  # noqa: PLC0415  (needs slack_sdk)

        ours = self._settings.slack
        if not ours.configured:
            raise ConfigError(
                "Slack is not configured",
                hint="set slack.token and slack.channel, or slack.webhook_url, or pass --no-slack",
            )
        return Slack(
            token=self._secret(ours.token),
            webhook_url=self._secret(ours.webhook_url) if not ours.token else "",
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
                )
                for route in ours.route
            ],
            names=self._settings.accounts.names,
            redact=self._settings.report.redact,
            tag_key=self._settings.managed.tag_key,
            group_window=ours.group_window,
            clock=self._clock,
        )

    def table(self, console: "Console", *, one: bool = False) -> Sink:
        """Return what shows a table on a console; `one`: of the changes of one resource, the newest first."""
        from iacwatch.sinks.table import Table  # noqa: PLC0415  (needs rich)

        return Table(
            console=console,
            names=self._settings.accounts.names,
            redact=self._settings.report.redact,
            tag_key=self._settings.managed.tag_key,
            one=one,
        )

    def json_lines(self, out: TextIO) -> Sink:
        """Return what writes a JSON object a line."""
        from iacwatch.sinks.jsonl import JsonLines  # noqa: PLC0415  (the road's other end)

        return JsonLines(out=out, redact=self._settings.report.redact)

    def written(self, kind: str, out: TextIO) -> Sink:
        """Return what writes a report to keep or to send: ``csv``, ``markdown`` or ``html``."""
        from iacwatch.sinks.csv_report import CsvFile  # noqa: PLC0415  (only such reports need them)
        from iacwatch.sinks.html_page.sink import HtmlPage  # noqa: PLC0415  (the same)
        from iacwatch.sinks.markdown.sink import Markdown  # noqa: PLC0415  (the same)

        names, redact = self._settings.accounts.names, self._settings.report.redact
        tag_key = self._settings.managed.tag_key
        if kind == "csv":
            return CsvFile(out=out, names=names, redact=redact, tag_key=tag_key)
        if kind == "markdown":
            return Markdown(out=out, names=names, redact=redact, tag_key=tag_key)
        return HtmlPage(out=out, clock=self._clock, names=names, redact=redact, tag_key=tag_key)

    def atomic_file(self, path: Path, make: Callable[[TextIO], Sink]) -> Sink:
        """Return what writes a report to a file: whole or not at all."""
        from iacwatch.sinks.atomic_file import AtomicFile  # noqa: PLC0415  (the same)

        return AtomicFile(path, make)
