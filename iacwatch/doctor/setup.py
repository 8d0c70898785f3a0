"""The settings that `iacwatch doctor` judges, as plain values, and the AWS sessions that it may use."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from iacwatch.aws.cloudtrail_table import TableAddress
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.core.iac import AddressRules
from iacwatch.core.model import Rules
from iacwatch.errors import IacwatchError
from iacwatch.ports import AddressIndex, Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSetup:
    """How findings are posted: with a bot's token (to `channels`), or by a webhook; None: not configured.

    Both fetch the secret from where it is stored, which raises `IacwatchError` where that fails.
    """

    token: Callable[[], str] | None = None
    webhook: Callable[[], str] | None = None
    api_url: str = ""
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BusSetup:
    """The EventBridge bus that findings are put on (a name or an ARN; "": none), and its region."""

    name: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerSetup:
    """Where the ledger is: the file `path`, the DynamoDB `table` of a region, or nowhere.

    `trouble`: why no file is known.
    """

    url: str
    path: str = ""
    table: str = ""
    region: str = ""
    trouble: IacwatchError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSetup:
    """The index of addresses of ``iac.index`` (None: none is configured), and what ``[iac]`` says of them.

    `trouble`: why no file is known.
    """

    url: str = ""
    index: AddressIndex | None = None
    rules: AddressRules = field(default_factory=AddressRules)
    trouble: IacwatchError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailSetup:
    """Where trail events come from: `source` as ``[trail]`` names it.

    Of log files, `delivered` returns when the first and the last one of an account and region were
    delivered, or None where there is none; it raises `IacwatchError` where that cannot be looked at.
    `athena` is CloudTrail's table there, its region always set. `accounts` are those that it is asked about
    (empty: any).
    """

    source: str = "api"
    delivered: Callable[[str, str], tuple[datetime, datetime] | None] | None = None
    athena: TableAddress | None = None
    accounts: tuple[str, ...] = ()

    @property
    def lookups(self) -> bool:
        """Return whether CloudTrail's LookupEvents is asked."""
        return self.delivered is None and self.athena is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """All that is examined.

    `region` is where things are, the queue's own where its URL names one. `configured`: whether there is a
    ``[[workflow]]``; `rules` holds the built-in ones where there is none. `function` is the one whose
    settings these are ("": those of the command line), `trouble` why they could not be had. `profile` is for
    the commands that are suggested. `fallback` are the trails behind `trail`, in their order. `post`: a test
    message may be posted to Slack.
    """

    sessions: Sessions
    clock: Clock
    rate_limit: RateLimit
    region: str
    rules: Rules
    configured: bool = True
    profile: str = ""
    queue_url: str = ""
    dlq_url: str = ""
    calls_per_second: float = 2.0
    trail: TrailSetup = field(default_factory=TrailSetup)
    fallback: tuple[TrailSetup, ...] = ()
    allowed: tuple[str, ...] = ()
    slack: SlackSetup = field(default_factory=SlackSetup)
    bus: BusSetup = field(default_factory=BusSetup)
    ledger: LedgerSetup = field(default_factory=lambda: LedgerSetup(url="memory"))
    addresses: AddressSetup = field(default_factory=AddressSetup)
    function: str = ""
    trouble: IacwatchError | None = None
    post: bool = False

    @property
    def lookups(self) -> bool:
        """Return whether CloudTrail's LookupEvents is asked, by whichever trail."""
        return any(each.lookups for each in (self.trail, *self.fallback))

    def command(self, *words: str, region: str = "") -> str:
        """Return a command of the AWS CLI as a shell takes it, in our region unless another is named."""
        profile = ("--profile", self.profile) if self.profile else ()
        return shlex.join(("aws", *words, "--region", region or self.region, *profile))
