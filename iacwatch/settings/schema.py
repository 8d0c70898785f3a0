"""Every section and key of the configuration: what it may hold, and what it is unless it is set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from iacwatch.core.model import IgnoreRule, Verdict, Workflow
from iacwatch.settings import values
from iacwatch.settings.values import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """``[managed]``: which tag makes a resource managed; no values: any value counts."""

    tag_key: str = "managed-by"
    tag_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """``[attribution]``: when a cause may have happened, and how long to wait for it."""

    lookback: timedelta = timedelta(minutes=20)
    skew: timedelta = timedelta(seconds=5)
    widen: tuple[timedelta, ...] = (timedelta(minutes=60),)
    settle_after: timedelta = timedelta(minutes=15)
    give_up_after: timedelta = timedelta(minutes=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """``[accounts]``: whose changes are looked into, and with which role."""

    allowed: tuple[str, ...] = ()
    role_name: str = ""
    external_id: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """``[queue]``: where changes come from."""

    url: str = ""
    dlq_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """``[trail]``: where trail events come from."""

    source: str = values.API
    calls_per_second: float = 2.0
    athena_database: str = ""
    athena_table: str = ""
    athena_workgroup: str = "primary"
    athena_output: str = ""
    athena_region: str = ""
    athena_catalog: str = "AwsDataCatalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """``[[slack.route]]``: which findings go to which channel; conditions ANDed, entries ORed."""

    channel: str
    accounts: tuple[str, ...] = ()
    managed_by: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    resource_types: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """``[slack]``; `token` and `webhook_url` are the secret itself, or say where it is kept."""

    channel: str = ""
    token: str = field(default="", repr=False)
    webhook_url: str = field(default="", repr=False)
    api_url: str = "https://slack.com/api/"
    group_window: timedelta = timedelta(minutes=10)
    route: tuple[Route, ...] = ()

    @property
    def configured(self) -> bool:
        """Say whether there is somewhere to post to."""
        return bool((self.token and (self.channel or self.route)) or self.webhook_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``[report]``: what is told, what is hidden, what is known noise."""

    verdicts: tuple[Verdict, ...] = (Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED)
    redact: tuple[str, ...] = ()
    ignore: tuple[IgnoreRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """``[ledger]``: where it is kept what was told."""

    url: str = "sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration; each field is a section of the file."""

    managed: Managed = field(default_factory=Managed)
    workflow: tuple[Workflow, ...] = ()
    attribution: Attribution = field(default_factory=Attribution)
    accounts: Accounts = field(default_factory=Accounts)
    queue: Queue = field(default_factory=Queue)
    trail: Trail = field(default_factory=Trail)
    slack: Slack = field(default_factory=Slack)
    report: Report = field(default_factory=Report)
    ledger: Ledger = field(default_factory=Ledger)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file: what it makes, and its keys. `needed`: keys that have no default."""

    make: Callable[..., Any]
    keys: Mapping[str, "Kind | Table | Rows"]
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A table that may be repeated (``[[workflow]]``)."""

    row: Table


TEXT: Final = Kind(values.text)
WORD: Final = Kind(values.word)
GLOBS: Final = values.list_of(values.word)
DURATION: Final = Kind(values.duration)
MOMENT: Final = Kind(values.moment)
ATHENA_NAME: Final = values.fitting(r"[A-Za-z0-9_-]{0,128}", "at most 128 letters, digits, _ and -")
"""Of a database or a table: it becomes part of a query, so nothing is taken that could end a name there."""
VERDICTS: Final = Kind(values.verdicts, json=True)

WORKFLOW: Final = Table(
    Workflow,
    {
        "name": WORD,
        "managed_by": GLOBS,
        "principals": GLOBS,
        "user_agents": GLOBS,
        "invoked_by": GLOBS,
        "source_ips": values.list_of(values.cidr),
        "not_before": MOMENT,
        "not_after": MOMENT,
    },
    needed=("name",),
)
ROUTE: Final = Table(
    Route,
    {
        "channel": WORD,
        "accounts": values.list_of(values.account),
        "managed_by": GLOBS,
        "tags": Kind(values.tags, json=True),
        "resource_types": GLOBS,
        "verdicts": values.list_of(values.verdict),
    },
    needed=("channel",),
)
IGNORE: Final = Table(
    IgnoreRule,
    {
        "resource_types": GLOBS,
        "properties": GLOBS,
        "resources": GLOBS,
        "principals": GLOBS,
        "until": MOMENT,
    },
)
ROOT: Final = Table(
    Settings,
    {
        "managed": Table(Managed, {"tag_key": WORD, "tag_values": values.list_of(values.text)}),
        "workflow": Rows(WORKFLOW),
        "attribution": Table(
            Attribution,
            {
                "lookback": DURATION,
                "skew": DURATION,
                "widen": values.list_of(values.duration),
                "settle_after": DURATION,
                "give_up_after": DURATION,
            },
        ),
        "accounts": Table(
            Accounts,
            {
                "allowed": values.list_of(values.account_or_any),
                "role_name": Kind(values.role_name),
                "external_id": TEXT,
                "names": Kind(values.account_names, json=True),
            },
        ),
        "queue": Table(Queue, {"url": Kind(values.url), "dlq_url": Kind(values.url)}),
        "trail": Table(
            Trail,
            {
                "source": Kind(values.trail_source),
                "calls_per_second": Kind(values.rate, json=True),
                "athena_database": ATHENA_NAME,
                "athena_table": ATHENA_NAME,
                "athena_workgroup": values.fitting(
                    r"[A-Za-z0-9._-]{1,128}", "a workgroup's name: at most 128 letters, digits, ., _ and -"
                ),
                "athena_output": values.fitting(
                    r"(?:s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[^\s?#\x00-\x1f]*)?)?",
                    '"s3://bucket/prefix", or "" where the workgroup has a place for results',
                ),
                "athena_region": values.fitting(
                    r"(?:[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2})?", 'a region such as "eu-west-1", or ""'
                ),
                "athena_catalog": values.fitting(
                    r"[A-Za-z0-9_@:/.-]{1,256}", "the name of a data catalog, such as AwsDataCatalog"
                ),
            },
        ),
        "slack": Table(
            Slack,
            {
                "channel": TEXT,
                "token": Kind(values.secret, secret=True),
                "webhook_url": Kind(values.secret_url, secret=True),
                "api_url": Kind(values.api_url),
                "group_window": DURATION,
                "route": Rows(ROUTE),
            },
        ),
        "report": Table(Report, {"verdicts": VERDICTS, "redact": GLOBS, "ignore": Rows(IGNORE)}),
        "ledger": Table(Ledger, {"url": Kind(values.ledger_url)}),
    },
)
