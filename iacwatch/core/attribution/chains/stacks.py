"""Which call began what CloudFormation does on a stack, in a session of a service that names nobody.

That service is CloudFormation, with a service role, or Service Catalog, with the launch role of a product:
the stack's name says of which.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.arn import arn_parts
from iacwatch.core.attribution.chains.facts import Answer, Missing
from iacwatch.core.catalog.operations import STACK
from iacwatch.core.model import TrailEvent, TrailQuery, Window

CLOUDFORMATION: Final = "cloudformation.amazonaws.com"
CATALOG: Final = "servicecatalog.amazonaws.com"
SERVICES: Final = frozenset({CLOUDFORMATION, CATALOG})
TAG: Final = "aws:cloudformation:stack-id"
"""The tag by which CloudFormation marks what a stack made; nobody else can set it."""

SETTLED: Final = timedelta(minutes=16)
"""How long after a call a later operation's event may still be on its way."""

_LONGEST: Final = timedelta(hours=2)
"""How long before a call its operation may have begun."""

_MINUTE: Final = timedelta(minutes=1)
_SKEW: Final = timedelta(seconds=5)
_EXECUTE: Final = "ExecuteChangeSet"
_STARTS: Final = frozenset(
    {"CreateStack", "UpdateStack", "DeleteStack", _EXECUTE, "ContinueUpdateRollback", "RollbackStack"}
)
_CATALOG_STARTS: Final = (
    "UpdateProvisionedProduct",
    "ProvisionProduct",
    "TerminateProvisionedProduct",
    "ExecuteProvisionedProductPlan",
)
_PRODUCT: Final = re.compile(r"SC-[0-9]{12}-(pp-[a-z0-9]{1,40})")
"""How Service Catalog names the stack of a provisioned product, by its id."""

_PRODUCT_ID: Final = "provisionedproductid"
_WHERE: Final = frozenset({"stackname", "stackid"})


def may_tell(service: str, at: TrailEvent, stack: str) -> bool:
    """Return whether the trail may tell who began what a call did in a session that a service opened."""
    if service == CATALOG:
        return at.principal.invoked_by == CLOUDFORMATION and bool(_product(stack))
    return service == CLOUDFORMATION and bool(stack)


def query(missing: Missing, *, as_of: datetime) -> TrailQuery | None:
    """Return the question which calls began an operation on a stack; None where it is in another account.

    A change set may be executed without a word on its stack: that call is looked up by its own name, as are
    those of Service Catalog, which list no resources.
    """
    parts = arn_parts(missing.stack)
    if parts is None or parts.service != "cloudformation" or parts.account_id != missing.account_id:
        return None
    by_catalog = missing.service == CATALOG
    minute = missing.at.occurred_at.replace(second=0)
    return TrailQuery(
        account_id=missing.account_id,
        region=parts.region,
        window=Window(start=minute - _LONGEST, end=minute + _MINUTE + _SKEW),
        names=(_product(missing.stack),) if by_catalog else (missing.stack, _name(missing.stack)),
        event_names=_CATALOG_STARTS if by_catalog else (_EXECUTE,),
        resource_type=STACK,
        missing=0.0,
        as_of=as_of,
    )


def answer(missing: Missing, events: Iterable[TrailEvent]) -> Answer:
    """Return the calls among some that began an operation on the stack, and those that may have."""
    calls = sorted(
        (
            event
            for event in events
            if event.event_source == missing.service
            and event.can_change
            and event.account_id == missing.account_id
        ),
        key=lambda event: event.occurred_at,
    )
    if missing.service == CATALOG:
        return _catalog_answer(missing, calls)
    ours = [event for event in calls if _concerns(event, missing.stack)]
    change_sets = {mention.value for event in ours for mention in event.mentions if mention.path[-1] == "id"}
    known = {mention.value for event in calls for mention in event.mentions if mention.path[-1] == "id"}
    starts, doubtful = [event for event in ours if event.name in _STARTS], []
    for event in calls:
        if event.name == _EXECUTE and not _stacks(event):
            executed = {mention.value for mention in event.mentions}
            if executed & change_sets:
                starts.append(event)
            elif not executed & known:
                doubtful.append(event)
    starts.sort(key=lambda event: event.occurred_at)
    return Answer(starts=tuple(starts), doubtful=tuple(doubtful))


def _catalog_answer(missing: Missing, calls: Iterable[TrailEvent]) -> Answer:
    """Return the calls that began an operation on a product.

    Service Catalog may take a call while another one's operation goes on, and fail it later: of two callers,
    nobody knows whose an operation is.
    """
    product = _product(missing.stack)
    starts = [
        event
        for event in calls
        if event.name in _CATALOG_STARTS
        and any(each.value == product and each.path[-1] == _PRODUCT_ID for each in event.mentions)
    ]
    if len({event.principal.arn for event in starts}) > 1:
        return Answer(
            why=f"more than one caller had Service Catalog work on {product} in the two hours before"
        )
    return Answer(starts=tuple(starts))


def last_start(known: Answer, at: TrailEvent) -> TrailEvent | None:
    """Return the call that began the operation during which a call was made; None where that is not sure."""
    before = [event for event in known.starts if event.occurred_at <= at.occurred_at]
    last = before[-1] if before else None
    if last is None or last.occurred_at < at.occurred_at - _LONGEST:
        return None
    later = (event for event in known.doubtful if last.occurred_at <= event.occurred_at <= at.occurred_at)
    return None if any(later) else last


def _product(stack: str) -> str:
    """Return the id of the provisioned product that a stack is; "" where it is none."""
    found = _PRODUCT.fullmatch(_name(stack))
    return found.group(1) if found else ""


def _name(stack: str) -> str:
    """Return the name in a stack's ARN: ``stack/NAME/ID``."""
    return stack.partition(":stack/")[2].partition("/")[0] or stack


def _stacks(event: TrailEvent) -> set[str]:
    return {mention.value for mention in event.mentions if mention.path[-1] in _WHERE}


def _concerns(event: TrailEvent, stack: str) -> bool:
    """Return whether a call is about a stack: by its ARN, or by its name where no other ARN is there."""
    named = _stacks(event)
    return stack in named or (_name(stack) in named and not any(text.startswith("arn:") for text in named))
