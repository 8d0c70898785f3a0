"""The container: makes the parts of a run, and is the one place that knows adapters, clock and environment.

Whatever needs boto3, rich or slack_sdk is imported where it is made, so that a command pays only for what
it uses.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from iacwatch.app.sinks import DESTINATIONS, Sinks
from iacwatch.app.store import Store, address_index, in_memory, lasting
from iacwatch.app.trails import TrailParts, origin_of, trail_of
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.clock import SystemClock
from iacwatch.errors import ConfigError, UsageError
from iacwatch.pipeline.addresses import Addresses
from iacwatch.pipeline.records import Records
from iacwatch.pipeline.run import Pipeline
from iacwatch.ports import AddressIndex, ItemStore, Progress, QueueSource, Sink, TrailSource
from iacwatch.settings import load as configuration
from iacwatch.settings import locate
from iacwatch.settings.load import Given
from iacwatch.settings.rules import rules
from iacwatch.settings.values import DYNAMODB, MEMORY

if TYPE_CHECKING:
    from iacwatch.settings.schema import Settings
    from iacwatch.sources.sqs.move_task import MoveTask

CONFIG_CALLS_PER_SECOND: Final = 4.0
CONFIG_CALLS_AT_MOST: Final = 16.0
"""AWS publishes no rate for reading Config's history: begin low, and grow until it refuses."""


class Container:
    """The parts of one run, made from what the command line, the environment and the file say."""

    def __init__(
        self,
        *,
        config: str | None = None,
        profile: str | None = None,
        region: str | None = None,
        overrides: Mapping[str, Given] | None = None,
        environ: Mapping[str, str] | None = None,
        sessions: Sessions | None = None,
        clock: SystemClock | None = None,
        usual_places: bool = True,
    ) -> None:
        """Read the configuration; raise `ConfigError` where it is wrong.

        `sessions` and `clock`: those of an earlier run of this process, which go on being used.
        `usual_places`: whether a file is looked for where none is named.
        """
        self._environ = os.environ if environ is None else environ
        self.clock = clock or SystemClock()
        self.progress: Progress | None = None
        self.settings: Settings
        # The configuration may itself be kept in AWS, so that it is read with our own credentials.
        # boto3 itself reads AWS_DEFAULT_REGION alone; AWS's other tools, and CI systems, set AWS_REGION.
        region = region or self._environ.get("AWS_REGION")
        self.sessions = sessions or Sessions(profile=profile, region=region)
        file = locate.find(config, self._environ, self.sessions, usual_places=usual_places)
        self.settings = configuration.load(file, self._environ, overrides)
        accounts = self.settings.accounts
        self.sessions.admit(
            allowed=accounts.allowed,
            role_name=accounts.role_name,
            external_id=accounts.external_id,
            likely_account=queue_account(self.settings.queue.url or self.settings.queue.dlq_url),
        )

    def pipeline(
        self,
        sinks: Sequence[Sink],
        *,
        remember: bool = True,
        everything: bool = False,
        new_only: bool = False,
        newest_first: bool = False,
        trail: TrailSource | None = None,
    ) -> Pipeline:
        """Return the road.

        `remember` False: what is reported is forgotten at the end. `everything`: changes of resources that
        were never managed count too. `new_only`: what was reported before is shown nowhere. `newest_first`:
        the order of what is shown. `trail`: another one than the configured one.
        """
        recorded = (remember and any(sink.remembered for sink in sinks)) or new_only
        ledger, notes = self.store(remember=recorded)
        return Pipeline(
            rules=rules(self.settings, everything=everything),
            items=self._items,
            trail=trail or self.trail,
            sinks=sinks,
            ledger=ledger,
            clock=self.clock,
            notes=notes if remember else None,
            records=self.records if remember and recorded and self.keeps_records else None,
            addresses=self.addresses,
            refuse=self.sessions.refusal,
            region=lambda: self.sessions.region or "",
            group_window=self.settings.slack.group_window,
            destinations=[each.name for each in DESTINATIONS],
            new_only=new_only,
            newest_first=newest_first,
        )

    def queue(self, *, max_messages: int | None = None, dry_run: bool = False) -> QueueSource:
        """Return the queue of ``queue.url``."""
        from iacwatch.sources.sqs.source import SqsQueue, queue_region  # noqa: PLC0415  (needs boto3)

        url = self.settings.queue.url
        if not url:
            raise ConfigError(
                "no queue is configured", hint="give --queue-url, or set queue.url or IACWATCH_QUEUE__URL"
            )
        client = self.sessions.client("sqs", region=queue_region(url))
        return SqsQueue(client=client, url=url, clock=self.clock, max_messages=max_messages, dry_run=dry_run)

    def dead_letters(self, *, max_messages: int | None = None, dry_run: bool = False) -> QueueSource:
        """Return the dead-letter queue as a source."""
        from iacwatch.sources.sqs.source import SqsQueue  # noqa: PLC0415  (needs boto3)

        client, url = self._dead_letters
        return SqsQueue(
            client=client,
            url=url,
            clock=self.clock,
            max_messages=max_messages,
            dry_run=dry_run,
            failed_at_once=True,
        )

    def move_task(self) -> "MoveTask":
        """Return what hands the dead-letter queue's messages back to where they came from."""
        from iacwatch.sources.sqs.move_task import MoveTask  # noqa: PLC0415  (needs boto3)

        client, url = self._dead_letters
        return MoveTask(client=client, url=url)

    def end_after(self, seconds: float) -> None:
        """Let the run end in good order once so much time has passed."""
        self.clock.end_after(timedelta(seconds=seconds), "--max-seconds passed")

    @cached_property
    def sinks(self) -> Sinks:
        """Return what makes the places where findings go."""
        return Sinks(
            self.settings,
            clock=self.clock,
            secret=self.secret,
            notes=lambda: self.store(remember=True).notes,
            client=self.sessions.client,
        )

    @cached_property
    def _dead_letters(self) -> tuple[Any, str]:
        """Return a client and the URL: of ``queue.dlq_url``, else of what ``queue.url`` gives up to."""
        from iacwatch.sources.sqs.redrive_policy import dead_letters_of  # noqa: PLC0415  (needs boto3)
        from iacwatch.sources.sqs.source import queue_region  # noqa: PLC0415  (the same)

        queue = self.settings.queue
        if not queue.dlq_url and not queue.url:
            raise ConfigError(
                "no dead-letter queue is configured",
                hint="give --dlq-url, or set queue.dlq_url or IACWATCH_QUEUE__DLQ_URL (or queue.url: it is"
                " found by that queue's redrive policy)",
            )
        client = self.sessions.client("sqs", region=queue_region(queue.dlq_url or queue.url))
        url = queue.dlq_url or dead_letters_of(client, queue.url)
        if not url:
            raise ConfigError(
                f"the queue {queue.url} has no dead-letter queue",
                hint="give it a redrive policy (`iacwatch doctor` says how), or pass --dlq-url",
            )
        return client, url

    @cached_property
    def _items(self) -> ItemStore:
        from iacwatch.aws.config_api import ConfigCalls  # noqa: PLC0415  (only the road needs it)
        from iacwatch.aws.config_history import ConfigHistory  # noqa: PLC0415  (only the road needs it)

        return ConfigHistory(ConfigCalls(self.sessions, self.clock, self.config_rate_limit))

    @cached_property
    def config_rate_limit(self) -> RateLimit:
        """Return the one pace at which this process asks AWS Config, whatever for."""
        return RateLimit(self.clock, per_second=CONFIG_CALLS_PER_SECOND, at_most=CONFIG_CALLS_AT_MOST)

    @cached_property
    def trail(self) -> TrailSource:
        """Return the one trail of this process: its pace, and what it has read, last from run to run.

        Raises `UsageError` where it is to be read from a folder that is not there.
        """
        return trail_of(self.settings.trail, self._trail_parts)

    @property
    def trail_origin(self) -> str:
        """Return what trail events are read from: the same text for the same events."""
        return origin_of(self.settings.trail, self._trail_parts)

    @property
    def _trail_parts(self) -> TrailParts:
        return TrailParts(self.settings.trail, self.sessions, self.clock, self.report_progress)

    def report_progress(self, phase: str, done: int, total: int | None = None, note: str = "") -> None:
        """Show how far a phase has come to whoever looks on by then: a `ports.Progress`."""
        if self.progress is not None:
            self.progress(phase, done, total, note)

    def store(self, *, remember: bool) -> Store:
        """Return where the run remembers: what was reported already, and what is noted beside it.

        `remember` False: in memory alone, whatever is configured.
        """
        return self._lasting if remember and self.lasting else self._forgetful

    @property
    def keeps_records(self) -> bool:
        """Return whether what is reported is kept for `show`: where it would outlast the process."""
        return self.settings.ledger.keep_records and self.lasting

    @property
    def lasting(self) -> bool:
        """Return whether the ledger outlives this process."""
        return self.settings.ledger.url != MEMORY

    @property
    def ledger_place(self) -> Path | str:
        """Return the file of a SQLite ledger, or the URL of any other."""
        url = self.settings.ledger.url
        return url if url == MEMORY or url.startswith(DYNAMODB) else self.ledger_path(url)

    @cached_property
    def records(self) -> Records:
        """Return the records of what was reported, beside the ledger."""
        return Records(self.store(remember=True).notes, redact=self.settings.report.redact)

    @cached_property
    def _lasting(self) -> Store:
        return lasting(
            self.settings.ledger.url,
            client=lambda: self.sessions.client("dynamodb"),
            path=self.ledger_path,
        )

    @cached_property
    def _forgetful(self) -> Store:
        return in_memory()

    def ledger_path(self, url: str) -> Path:
        """Return the file of a SQLite ledger; raise `UsageError` where there is no home to keep it in."""
        return self._file(url, "ledger.sqlite3", "the ledger", "ledger.url")

    @cached_property
    def addresses(self) -> Addresses:
        """Return what says where in IaC it is that was changed: by tags, the index and CloudFormation."""
        from iacwatch.addresses.stack_resources import StackResources  # noqa: PLC0415  (only the road needs it)

        return Addresses(
            rules=self.settings.iac.rules,
            book=self.address_index,
            stacks=StackResources(client=self.sessions.client, clock=self.clock),
        )

    @cached_property
    def address_index(self) -> AddressIndex | None:
        """Return the index of addresses, asked for nothing yet; None where none is configured.

        Raises `UsageError` where there is no home to keep its file in.
        """
        if not self.settings.iac.index:
            return None
        return address_index(
            self.settings.iac.index,
            client=lambda region: self.sessions.client("dynamodb", region=region),
            path=lambda url: self._file(url, "addresses.sqlite3", "the index of addresses", "iac.index"),
        )

    def _file(self, url: str, name: str, noun: str, setting: str) -> Path:
        if url.startswith("sqlite:///"):
            return Path(url.removeprefix("sqlite://"))
        folder = self.state_folder
        if folder is None:
            raise UsageError(
                f"there is no home folder to keep {noun} in",
                hint=f'set {setting} to "sqlite:///absolute/path", or XDG_STATE_HOME',
            )
        return folder / name

    @property
    def state_folder(self) -> Path | None:
        """Return where a run may keep what outlives it; None where the user has no home."""
        return locate.folder(self._environ, "XDG_STATE_HOME", ".local/state")

    def secret(self, value: str) -> str:
        """Return a secret from where a setting says it is kept; raise `IacwatchError` where that fails."""
        return locate.secret(value, self._environ, self.sessions)


def queue_account(url: str) -> str:
    """Return the account that a queue's URL names (``https://HOST/ACCOUNT/NAME``); "" where it names none."""
    _, _, account = url.rstrip("/").rpartition("/")[0].rpartition("/")
    return account
