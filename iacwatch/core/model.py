"""The nouns of iacwatch: frozen values, from a change to the finding about it.

Conventions: a field that ends in ``_at`` is an aware UTC datetime; a span is a timedelta; a window is
half-open ``[start, end)``; account ids are 12-character strings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from iacwatch.core.iac import IacAddress, NextApply, NextStep

Json: TypeAlias = Any
"""What `json.loads` returns; Any, since nothing is known of a document until it is parsed."""


class ChangeType(StrEnum):
    """What happened to a resource."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class Verdict(StrEnum):
    """What a change turned out to be."""

    OUT_OF_BAND = "out-of-band"
    IN_WORKFLOW = "in-workflow"
    AWS_SERVICE = "aws-service"
    SIDE_EFFECT = "side-effect"
    UNATTRIBUTED = "unattributed"
    UNMANAGED = "unmanaged"


class ActorKind(StrEnum):
    """What kind of identity stands behind a call."""

    ROOT = "root"
    IAM_USER = "iam-user"
    ASSUMED_ROLE = "assumed-role"
    FEDERATED_USER = "federated-user"
    IDENTITY_CENTER_USER = "identity-center-user"
    AWS_SERVICE = "aws-service"
    AWS_ACCOUNT = "aws-account"
    UNKNOWN = "unknown"


class Via(StrEnum):
    """How the actor got the credentials."""

    SSO = "sso"
    OIDC = "oidc"
    SAML = "saml"
    CHAIN = "chain"
    INSTANCE = "instance"
    FUNCTION = "function"
    ROOT = "root"
    IAM_USER = "iam-user"
    FEDERATION = "federation"
    SERVICE = "service"
    CROSS_ACCOUNT = "cross-account"


class Evidence(StrEnum):
    """How it is known that a resource is managed."""

    TAGS = "tags"
    PREVIOUS_TAGS = "previous-tags"
    HISTORY = "history"


class MatchKind(StrEnum):
    """The kind of name by which an event named the resource; strongest first."""

    ARN = "arn"
    ID = "id"
    NAME = "name"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open span of time ``[start, end)``."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One AWS object as AWS Config names it.

    `region` is ``"global"`` for global types (IAM, CloudFront, Route 53 ...) wherever they were recorded.
    `recorded_in` is the region whose recorder wrote the item: where its history can be asked for.
    """

    account_id: str
    region: str
    type: str
    id: str
    name: str | None = None
    arn: str | None = None
    recorded_in: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A neighbour of a resource, as its configuration item lists it."""

    type: str
    id: str | None
    name: str | None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """One configuration item (CI): the state of a resource at its capture.

    `tags` is the item's own ``tags`` map alone; `core.parse.tags.tags_of` returns the union of all places.
    `configuration` is None for a deleted resource. Values are plain JSON, never changed.
    """

    resource: Resource
    captured_at: datetime
    status: str
    created_at: datetime | None = None
    configuration: Mapping[str, Json] | None = None
    supplementary: Mapping[str, Json] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    relationships: tuple[Relationship, ...] = ()
    daily: bool = False

    @property
    def deleted(self) -> bool:
        """Return whether the item records that the resource is gone."""
        return self.status.startswith("ResourceDeleted")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropertyChange:
    """One entry of a diff: `path` as Config writes it (``Configuration.IpPermissions.0``)."""

    path: str
    change_type: ChangeType
    previous: Json = None
    updated: Json = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """One CI together with what differs from the CI before it.

    `item` is None where the notification was oversized: it has to be fetched at `captured_at`.
    `diff` is None where none came (rules, history, files, oversized): it is computed from `previous`.
    `previous` is the CI before, where it is known; `previous_known` says that it was looked for, so that
    ``previous is None`` then means that Config has no earlier one.
    """

    resource: Resource
    captured_at: datetime
    change_type: ChangeType
    status: str
    item: Item | None
    diff: tuple[PropertyChange, ...] | None
    previous: Item | None = None
    previous_known: bool = False
    notified_at: datetime | None = None

    @property
    def daily(self) -> bool:
        """Return whether the recorder takes one CI a day of this type."""
        return self.item is not None and self.item.daily


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who called according to CloudTrail: its `userIdentity`, flattened. "" where a field is absent.

    `provider` and `subject` are those of a web identity or a SAML assertion (`subject` only where the record
    tells it), as `OpenedSession` has them. `issued_to` is the kind of thing that AWS itself handed the
    session's key to (``AWS::Lambda::Function``), `session_opened_at` when the session began.
    """

    type: str
    arn: str = ""
    account_id: str = ""
    principal_id: str = ""
    user_name: str = ""
    session_name: str = ""
    issuer_arn: str = ""
    issuer_account_id: str = ""
    invoked_by: str = ""
    access_key_id: str = ""
    source_identity: str = ""
    provider: str = ""
    subject: str = ""
    issued_to: str = ""
    session_opened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One session between the actor and the call."""

    arn: str
    access_key_id: str | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who stands behind a trail event, as the report names it.

    `principal` is what lasts: the role's or user's ARN (with the role's path where CloudTrail names it).
    `session` is the name of the session that made the call, as the call bore it. `on_own_account` is True
    where AWS itself acted and no person or pipeline stands behind it.
    """

    kind: ActorKind
    name: str
    arn: str | None = None
    principal: str | None = None
    account_id: str | None = None
    via: Via | None = None
    source_ip: str | None = None
    user_agent: str | None = None
    tool: str = "unknown"
    invoked_by: str | None = None
    access_key_id: str | None = None
    source_identity: str | None = None
    repository: str | None = None
    chain: tuple[ChainLink, ...] = ()
    session: str | None = None
    on_own_account: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One string in a trail event's parameters, answer or resources, with the keys that lead to it.

    `path` holds lower-cased keys without list indices, the first being ``request``, ``response`` or
    ``resources``: ``("request", "groupset", "items", "groupid")``. `value` is the string itself.
    """

    path: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """The session that an STS call opened, as its answer says.

    `access_key_id` is the key that it handed out, `arn` the session's. `subject` and `provider` are those of
    a web identity's or a SAML assertion's: ``repo:acme/infra:ref:refs/heads/main`` of
    ``token.actions.githubusercontent.com``; SAML's providers begin with ``saml-provider/``, as no web
    identity's does. "" where the answer does not say.
    """

    access_key_id: str
    arn: str = ""
    expires_at: datetime | None = None
    subject: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrailEvent:
    """One CloudTrail management event.

    `occurred_at` has whole seconds. `error_code` is "" for a success. `read_only` is None where the record
    does not say (old ones). `sent` are the request's keys and those one below them, dotted and lower-cased.
    `service_event` is True for an ``AwsServiceEvent``. `resource_names` are what
    LookupEvents lists beside the record (empty from files). `name` is the event name without a version
    suffix (``UpdateFunctionCode``), `event_name` as recorded (``UpdateFunctionCode20150331v2``). `omitted`
    says which sections (``request``, ``response``) CloudTrail left out since they are too large. `opened` is
    set where the call handed out a session's key. `shared_event_id` is the same in the other account's copy.
    """

    event_id: str
    event_name: str
    name: str
    event_source: str
    occurred_at: datetime
    region: str
    account_id: str
    actor: Actor
    principal: Principal
    mentions: tuple[Mention, ...] = ()
    sent: frozenset[str] = frozenset()
    resource_names: tuple[str, ...] = ()
    read_only: bool | None = None
    error_code: str = ""
    service_event: bool = False
    management: bool = True
    omitted: tuple[str, ...] = ()
    opened: OpenedSession | None = None
    shared_event_id: str = ""

    @property
    def can_change(self) -> bool:
        """Return whether the call can have changed anything: a write that succeeded."""
        return self.read_only is not True and not self.error_code and self.management


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailQuery:
    """What to look for in the trail to explain one change.

    The answer must contain every successful write in `window` that one of `names` is a name in. `names` are
    exact values for LookupEvents' ``ResourceName``; `event_names` are calls of this kind of resource that
    are known to list no resources (``UpdateRole``) and are looked up by ``EventName``. `missing` is the
    share (0 to 1) of such calls that neither finds: 0 means that names and event names see everything,
    1 that only a sweep does; in between, names first and a sweep where they found nothing.
    `thorough` demands the sweep whatever `missing` says. An answer fetched before `as_of` may be stale and
    does not count, unless the window had long settled by then. `reads` asks for successful read-only calls as
    well as writes: those that open sessions (``AssumeRole``) are read-only. Its names suffice (`missing` 0).
    `likely` is where in `window` the answer must be, unless the record that it is about is wrong: trails that
    read all there is of a window, whatever is asked (log files, a table), look there alone.
    """

    account_id: str
    region: str
    window: Window
    names: tuple[str, ...]
    event_names: tuple[str, ...] = ()
    resource_type: str = ""
    missing: float = 1.0
    thorough: bool = False
    as_of: datetime | None = None
    reads: bool = False
    likely: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemQuery:
    """Ask for the CI of `resource` captured exactly `at`, or for the last one captured ``< before``.

    With `since`, older ones do not matter: None then says only that there is none since. (AWS Config walks
    through history seven days a call.)
    """

    resource: Resource
    at: datetime | None = None
    before: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """A trail event that explains a change, and the reasons.

    `lag` is capture minus call. `workflow` is the name of the workflow that covers it, or None.
    `score` orders matches: smaller is stronger.
    """

    event: TrailEvent
    kind: MatchKind
    lag: timedelta
    reasons: tuple[str, ...]
    score: tuple[int, ...]
    workflow: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """One event that bears a name of the resource, and why it is, or is not, a match (for `explain`).

    `near`: it is no match, yet about the right object: a lead where nothing explains the change.
    """

    event: TrailEvent
    accepted: bool
    reasons: tuple[str, ...]
    near: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lead:
    """A call that came near, and why it does not count: where to look on, and no blame."""

    event: TrailEvent
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """Why a change concerns an IaC-managed resource.

    `value` is the tag's value before the change where it was changed or removed, else the current one.
    `new_value` is set where the tag was changed to another value, `removed` and `added` where it was that.
    `value` is None only where every change counts (`who`).
    """

    value: str | None
    evidence: Evidence
    new_value: str | None = None
    removed: bool = False
    added: bool = False
    tags: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finding:
    """A change of a managed resource, the trail events that explain it, and the verdict.

    `match` is the event that the finding names, None where nobody can be named; `others` are the rest.
    `leads` are calls that came near, the nearest first; their callers are never named for the change.
    `cause_key` is set for global types that are explained: the same for every region's copy.
    `iac` is where the resource lives in IaC, `next_apply` what may be said of the change there, which is
    None unless the verdict is out-of-band or unattributed.
    """

    finding_id: str
    change: Change
    managed: Managed
    verdict: Verdict
    reason: str
    match: Match | None = None
    others: tuple[Match, ...] = ()
    leads: tuple[Lead, ...] = ()
    cause_key: str | None = None
    tried: tuple[str, ...] = ()
    iac: IacAddress | None = None
    next_apply: NextApply | None = None
    next_steps: tuple[NextStep, ...] = ()

    @property
    def happened_at(self) -> datetime:
        """Return when it was done: the time of the call, or of the capture where no call is known."""
        return self.match.event.occurred_at if self.match else self.change.captured_at

    @property
    def actor(self) -> Actor | None:
        """Return who is named, or None."""
        return self.match.event.actor if self.match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A configured, legitimate way in which managed resources may change (``[[workflow]]``).

    Conditions are ANDed, the entries of one list ORed, an empty list is not a condition. Globs match the
    whole string, case-sensitively; ``*`` crosses ``/``. `tools` is only set by the built-in workflows.
    `started_by` are globs on who opened the session: a role's or a user's ARN, or ``PROVIDER:SUBJECT``.
    """

    name: str
    managed_by: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    started_by: tuple[str, ...] = ()
    user_agents: tuple[str, ...] = ()
    invoked_by: tuple[str, ...] = ()
    source_ips: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRule:
    """Known noise (``[[report.ignore]]``): conditions ANDed, entries ORed; the empty rule never matches."""

    resource_types: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """Which tag makes a resource managed (``[managed]``); `values` empty: any value. `everything`: `who`."""

    key: str = "managed-by"
    values: tuple[str, ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Spans of ``[attribution]``."""

    lookback: timedelta = timedelta(minutes=20)
    skew: timedelta = timedelta(seconds=5)
    widen: tuple[timedelta, ...] = (timedelta(minutes=60),)
    settle_after: timedelta = timedelta(minutes=15)
    give_up_after: timedelta = timedelta(minutes=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All settings that decide about a change."""

    tag: TagRule = field(default_factory=TagRule)
    timing: Timing = field(default_factory=Timing)
    workflows: tuple[Workflow, ...] = ()
    ignore: tuple[IgnoreRule, ...] = ()
    report: frozenset[Verdict] = frozenset({Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED})
