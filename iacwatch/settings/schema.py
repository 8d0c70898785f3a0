"""Every setting, declared once: its type, default, check, help and example.

Where a table makes a noun of the core (a workflow, what to ignore, the timing), the noun has the type and
the default. `config.example.toml` and the tables of `iacwatch/manual/configuration.md` are made from this
file, by ``python -m tests.tools.make_configuration``.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from iacwatch.core.iac import AddressRules, StackRule
from iacwatch.core.model import IgnoreRule, Timing, Verdict, Workflow
from iacwatch.settings import kinds, values
from iacwatch.settings.section import Key, TomlTable, key, rows, section, table


@section
class ManagedSettings:
    """``[managed]``."""

    tag_key: str = key(
        kinds.WORD, "the tag that names the IaC tool an object belongs to", default="managed-by"
    )
    tag_values: tuple[str, ...] = key(
        kinds.TEXTS,
        "the values of that tag that count; `[]`: any value",
        default=(),
        example=["terraform", "cdk"],
    )


WORKFLOW: Final = TomlTable.of(
    Workflow,
    "A legitimate way in which managed objects may change; repeat the block for each. All conditions that are"
    " set have to hold, and of each list one entry has to fit. Without any `[[workflow]]` the built-in ones"
    " apply, which go by the tool that the user agent names (terraform, cloudformation, pulumi, ...): a user"
    " agent can be forged, and people run terraform by hand, so `drain` warns.",
    {
        "name": Key(kinds.WORD, "the name that reports show"),
        "managed_by": Key(kinds.GLOBS, "globs on the tag's values that it may change; `[]`: any"),
        "principals": Key(kinds.GLOBS, "globs on the ARN of the role or user"),
        "started_by": Key(
            kinds.ORIGINS,
            "globs on who opened the session: the ARN of a role or a user, or `PROVIDER:SUBJECT` of a web"
            " identity (of SAML: `saml-provider/NAME:SUBJECT`); a further condition, which holds off whoever"
            " takes the role by hand (`iacwatch help pipelines`)",
            ["arn:aws:iam::*:role/jenkins-agent"],
        ),
        "user_agents": Key(
            kinds.GLOBS,
            "globs on the user agent, which can be forged: set `principals` too",
            ["*Terraform/*"],
        ),
        "invoked_by": Key(
            kinds.GLOBS,
            "globs on the AWS service that calls on somebody's behalf",
            ["cloudformation.amazonaws.com"],
        ),
        "source_ips": Key(kinds.CIDRS, "the networks that the call comes from", ["198.51.100.0/24"]),
        "not_before": Key(
            kinds.MOMENT, "the time from which it counts (break-glass, a migration)", "2026-11-20T10:00:00Z"
        ),
        "not_after": Key(kinds.MOMENT, "the time until which it counts", "2026-11-20T18:00:00Z"),
    },
)


ATTRIBUTION: Final = {
    "lookback": Key(
        kinds.DURATION,
        "how long before the capture a cause is looked for; AWS Config may capture 15 minutes late",
    ),
    "skew": Key(
        kinds.DURATION, "how long after the capture; clocks differ, and CloudTrail's times are whole seconds"
    ),
    "widen": Key(kinds.DURATIONS, "longer lookbacks, tried in turn where nothing was found; `[]` for none"),
    "settle_after": Key(
        kinds.DURATION,
        "how long after the capture a verdict that clears somebody waits, since events come late",
    ),
    "give_up_after": Key(
        kinds.DURATION, "how long after the capture a change that nothing explains is tried again"
    ),
}


@section
class AccountsSettings:
    """``[accounts]``."""

    allowed: tuple[str, ...] = key(
        kinds.ACCOUNTS_OR_ANY,
        'the accounts besides our own whose changes are looked into; `["*"]`: any',
        default=(),
        example=["222233334444"],
    )
    role_name: str = key(
        kinds.ROLE_NAME,
        "the role to assume there, with its path if it has one",
        default="",
        example="iacwatch-read",
    )
    external_id: str = key(
        kinds.TEXT,
        "the external id, where that role's trust policy asks for one",
        default="",
        example="a-word-of-ours",
    )
    names: Mapping[str, str] = key(
        kinds.ACCOUNT_NAMES,
        "the names shown beside account numbers",
        default={},
        example={"111122223333": "prod-payments"},
    )


@section
class QueueSettings:
    """``[queue]``."""

    url: str = key(
        kinds.URL,
        "the SQS queue of changes",
        default="",
        example="https://sqs.eu-west-1.amazonaws.com/111122223333/iacwatch",
    )
    dlq_url: str = key(
        kinds.URL,
        "its dead-letter queue",
        default="",
        example="https://sqs.eu-west-1.amazonaws.com/111122223333/iacwatch-dlq",
    )


@section
class OneTrailSettings:
    """What ``[trail]`` and each ``[[trail.fallback]]`` say of a trail."""

    source: str = key(
        kinds.TRAIL_SOURCE,
        '`"api"`: LookupEvents of CloudTrail (the last 90 days); a folder or `"s3://bucket/prefix"`: the log'
        ' files of a trail; `"athena"`: the table in Athena that holds a trail',
        default=values.API,
    )
    calls_per_second: float = key(
        kinds.RATE,
        "calls of LookupEvents by this process, for each account and region; AWS allows 2, shared with"
        " everybody there",
        default=2.0,
    )
    athena_database: str = key(
        kinds.ATHENA_NAME, 'the database in Athena, where `source` is `"athena"`', default="", example="audit"
    )
    athena_table: str = key(
        kinds.ATHENA_NAME, "the table in it that holds CloudTrail's records", default="", example="cloudtrail"
    )
    athena_workgroup: str = key(kinds.WORKGROUP, "the workgroup that runs the queries", default="primary")
    athena_output: str = key(
        kinds.S3_PREFIX,
        "where results go, if the workgroup names no place for them",
        default="",
        example="s3://bucket/prefix",
    )
    athena_region: str = key(kinds.REGION, "Athena's region; empty: our own", default="", example="eu-west-1")
    athena_catalog: str = key(
        kinds.DATA_CATALOG, "the data catalog that holds the database", default="AwsDataCatalog"
    )


@section
class FallbackSettings(OneTrailSettings):
    """``[[trail.fallback]]``."""

    source: str = key(kinds.TRAIL_SOURCE, "where its events come from: what `trail.source` may be")
    accounts: tuple[str, ...] = key(
        kinds.ACCOUNTS,
        "the accounts that it is asked about, their 12 digits in quotes; `[]`: any",
        default=(),
        example=["111122223333"],
    )


@section
class TrailSettings(OneTrailSettings):
    """``[trail]``."""

    athena_max_scan: float = key(
        kinds.SIZE,
        "gigabytes that Athena may read in one run, `[[trail.fallback]]` included; a query that would read"
        " more is a failure; 0: any",
        default=0.0,
        example=50.0,
    )
    fallback: tuple[FallbackSettings, ...] = rows(
        TomlTable.of(
            FallbackSettings,
            "Another trail, asked in the order of the file for what those before cannot answer for: a time"
            " before their reach, accounts and regions that they hold nothing of. `--trail` leaves all of"
            " them out.",
        ),
        default=(),
        example={"source": "s3://my-trail"},
    )

    @property
    def each(self) -> "tuple[OneTrailSettings, ...]":
        """Return every trail, the one to be asked first at the head."""
        return (self, *self.fallback)


@section
class RouteSettings:
    """``[[slack.route]]``: conditions ANDed, entries ORed."""

    channel: str = key(kinds.WORD, "the channel that its findings go to")
    accounts: tuple[str, ...] = key(
        kinds.ACCOUNTS,
        "the accounts of the changes, their 12 digits in quotes",
        default=(),
        example=["111122223333"],
    )
    managed_by: tuple[str, ...] = key(
        kinds.GLOBS, "globs on the tag's value", default=(), example=["terraform*"]
    )
    tags: Mapping[str, str] = key(
        kinds.TAGS, "globs on the values of tags", default={}, example={"team": "payments"}
    )
    resource_types: tuple[str, ...] = key(
        kinds.GLOBS, "globs on the resource's type", default=(), example=["AWS::RDS::*"]
    )
    verdicts: tuple[Verdict, ...] = key(
        kinds.VERDICTS, "the verdicts of the findings", default=(), example=["out-of-band"]
    )
    owners: tuple[str, ...] = key(
        kinds.GLOBS, "globs on the owner of the address in IaC", default=(), example=["@acme/net"]
    )
    repositories: tuple[str, ...] = key(
        kinds.GLOBS, "globs on the repository of the address in IaC", default=(), example=["acme/infra"]
    )


@section
class MentionSettings:
    """``[slack.mentions]``: who is mentioned in a message."""

    verdicts: tuple[Verdict, ...] = key(
        kinds.VERDICTS, "the verdicts for which owners are mentioned", default=(Verdict.OUT_OF_BAND,)
    )
    tag: str = key(
        kinds.WORD,
        "the tag whose value names the owner of an object where no address in IaC does",
        default="owner",
    )
    groups: Mapping[str, str] = key(
        kinds.SLACK_IDS,
        "the id of a Slack group or user by owner, which is compared exactly",
        default={},
        example={"@acme/net": "S0123ABCD"},
    )


@section
class SlackSettings:
    """``[slack]``; `token` and `webhook_url` are the secret itself, or name the place that holds it."""

    channel: str = key(
        kinds.TEXT,
        "the channel for findings that no `[[slack.route]]` takes",
        default="",
        example="#infra-changes",
    )
    token: str = key(
        kinds.SECRET,
        "a bot token, or better where it is stored: `env:NAME`, `secretsmanager:ID` or `ssm:/name`",
        default="",
        example="secretsmanager:iacwatch/slack",
    )
    webhook_url: str = key(
        kinds.SECRET_URL,
        "an incoming webhook's URL instead of a token, or where it is stored, likewise",
        default="",
        example="ssm:/iacwatch/webhook",
    )
    api_url: str = key(
        kinds.API_URL,
        "Slack's API; another URL for GovSlack or a proxy",
        default="https://slack.com/api/",
        example="https://slack-gov.com/api/",
    )
    group_window: timedelta = key(
        kinds.DURATION, "what one actor does within this time is one message", default=timedelta(minutes=10)
    )
    mentions: MentionSettings = table(
        "Who is mentioned, once a message: the owners of the objects.", default_factory=MentionSettings
    )
    route: tuple[RouteSettings, ...] = rows(
        TomlTable.of(
            RouteSettings,
            "Which findings go to which channel: the first route that fits takes them. All conditions that"
            " are set have to hold, and of each list one entry has to fit.",
        ),
        default=(),
        example={"channel": "#payments-infra"},
    )

    @property
    def configured(self) -> bool:
        """Return whether there is somewhere to post to."""
        return bool((self.token and (self.channel or self.route)) or self.webhook_url)


IGNORE: Final = TomlTable.of(
    IgnoreRule,
    "Known noise: counted in the summary, never reported. All conditions that are set have to hold, and of"
    " each list one entry has to fit; a block without a condition is an error.",
    {
        "resource_types": Key(kinds.GLOBS, "globs on the resource's type"),
        "properties": Key(
            kinds.GLOBS, "globs on property paths; a change is ignored where nothing else differs"
        ),
        "resources": Key(kinds.GLOBS, "globs on id, name or ARN", ["sandbox-*"]),
        "principals": Key(
            kinds.GLOBS,
            "globs on the ARN of the role or user; a change is ignored where every call behind it fits",
            ["*:role/autoscaler"],
        ),
        "until": Key(
            kinds.MOMENT,
            "the time until which it is ignored: an acknowledgement that expires",
            "2027-01-01T00:00:00Z",
        ),
    },
)


@section
class ReportSettings:
    """``[report]``."""

    verdicts: tuple[Verdict, ...] = key(
        kinds.SOME_VERDICTS,
        f'the verdicts that are reported; `["all"]`, or some of {", ".join(Verdict)}',
        default=(Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED),
    )
    redact: tuple[str, ...] = key(
        kinds.GLOBS,
        "globs on property paths whose values are never shown; those of environment variables, user data,"
        " passwords and the like never are",
        default=(),
        example=["Configuration.masterUsername"],
    )
    ignore: tuple[IgnoreRule, ...] = rows(
        IGNORE,
        default=(),
        example={
            "resource_types": ["AWS::AutoScaling::AutoScalingGroup"],
            "properties": ["Configuration.desiredCapacity"],
        },
    )


@section
class LedgerSettings:
    """``[ledger]``."""

    url: str = key(
        kinds.LEDGER_URL,
        '`"sqlite"`: the file `~/.local/state/iacwatch/ledger.sqlite3` (`$XDG_STATE_HOME/iacwatch/...`);'
        ' `"sqlite:///absolute/path"`: another file; `"dynamodb://table"`: shared with the Lambda and others'
        ' (the key is `pk`, a string; TTL on `ttl`); `"memory"`: for this run only',
        default="sqlite",
    )
    keep_records: bool = key(
        kinds.FLAG,
        "whether the ledger also keeps the record of what was reported (redacted), for `iacwatch show`",
        default=True,
    )


@section
class EventsSettings:
    """``[events]``."""

    bus: str = key(
        kinds.EVENT_BUS,
        "an EventBridge bus that findings are put on: its name or ARN",
        default="",
        example="arn:aws:events:eu-west-1:111122223333:event-bus/findings",
    )

    @property
    def region(self) -> str | None:
        """Return the region of the bus where its ARN names one."""
        return self.bus.split(":")[3] if self.bus.startswith("arn:") else None


STACK: Final = TomlTable.of(
    StackRule,
    "What the place of a state tells of it; the first block that fits counts. A star is one segment of the"
    " path, two stars are any number of them, and `{1}` in the other keys is what the first of them matched.",
    {
        "state": Key(
            kinds.WORD, "a glob on where the state is: its file, URL or the name given by `--stack`"
        ),
        "repository": Key(kinds.TEXT, "the repository that its code is in", "acme/infra"),
        "directory": Key(kinds.TEXT, "the directory there that the command runs in", "live/prod/{1}"),
        "owner": Key(kinds.TEXT, "who owns it", "@acme/{1}"),
        "account": Key(
            kinds.ACCOUNT_OR_NONE, "the account of its objects that tell none themselves", "111122223333"
        ),
        "command": Key(
            kinds.IAC_COMMAND_OR_NONE, "the command in next steps, where it is not `iac.command`", "tofu"
        ),
    },
)


@section
class IacSettings:
    """``[iac]``."""

    index: str = key(
        kinds.INDEX_URL,
        'where the index of addresses is: `"sqlite"`: the file `~/.local/state/iacwatch/addresses.sqlite3`'
        ' (`$XDG_STATE_HOME/iacwatch/...`); `"sqlite:///absolute/path"`: another file; `"dynamodb://table"`:'
        " a table, by its name or ARN (the key is `pk`, a string), that pipelines write; empty: addresses"
        " come from tags only",
        default="",
        example="dynamodb://iacwatch-addresses",
    )
    link: str = key(
        kinds.LINK,
        "the URL of a file of the code; `{repository}`, `{ref}` and `{path}` are filled in; empty: none",
        default=AddressRules().link,
        example="https://gitlab.com/{repository}/-/blob/{ref}/{path}",
    )
    command: str = key(
        kinds.IAC_COMMAND,
        "the command in next steps: `terraform`, `tofu`, `terragrunt` or `atmos`",
        default="terraform",
        example="tofu",
    )
    tags: Mapping[str, tuple[str, ...]] = key(
        kinds.TAG_LISTS,
        "the tags whose values tell repository, path, owner and stack, the first that an object bears",
        default=AddressRules().tags,
        example={"owner": ["owner", "team"]},
    )
    stack: tuple[StackRule, ...] = rows(
        STACK,
        default=(),
        example={
            "state": "s3://acme-tfstate/live/prod/*",
            "repository": "acme/infra",
            "directory": "live/prod/{1}",
        },
    )

    @property
    def rules(self) -> AddressRules:
        """Return what the core goes by."""
        return AddressRules(link=self.link, command=self.command, tags=self.tags, stacks=self.stack)


@section
class Settings:
    """The whole configuration; each field is a section of the file."""

    managed: ManagedSettings = table("Which tag makes an object managed.", default_factory=ManagedSettings)
    workflow: tuple[Workflow, ...] = rows(
        WORKFLOW,
        default=(),
        example={
            "name": "terraform-ci",
            "managed_by": ["terraform"],
            "principals": ["arn:aws:iam::*:role/gha-terraform-*"],
        },
    )
    attribution: Timing = table(
        "When the cause of a change may have happened, and how long to wait for it.",
        default_factory=Timing,
        keys=ATTRIBUTION,
    )
    accounts: AccountsSettings = table(
        "Other accounts, the role that is assumed there, and names to show.", default_factory=AccountsSettings
    )
    queue: QueueSettings = table(
        "Where `drain` and `replay-dlq` take changes from.", default_factory=QueueSettings
    )
    trail: TrailSettings = table("Where CloudTrail's events come from.", default_factory=TrailSettings)
    slack: SlackSettings = table("Where findings are posted.", default_factory=SlackSettings)
    report: ReportSettings = table(
        "What is reported, and what reports never show.", default_factory=ReportSettings
    )
    ledger: LedgerSettings = table(
        "Where iacwatch remembers what it posted, for each destination by itself.",
        default_factory=LedgerSettings,
    )
    events: EventsSettings = table(
        "The EventBridge bus that findings are put on, beside Slack or instead.",
        default_factory=EventsSettings,
    )
    iac: IacSettings = table(
        "Where the objects live in IaC: the index of addresses, tags, and what findings say of the code.",
        default_factory=IacSettings,
    )


ROOT: Final = TomlTable.of(Settings, "")
