"""The pipeline's weekly applies, as a table: which object it turned how, and on which days."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from iacwatch.core.model import Verdict
from iacwatch.demo.story import callers, stock
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.calls import acted, created
from iacwatch.demo.story.recorder import Truth
from iacwatch.demo.story.thing import Thing, rule
from iacwatch.demo.story.weeks import edits
from iacwatch.demo.story.weeks import stock as ours
from iacwatch.demo.story.weeks.recorder import Edit, Weeks

DAYS: Final = (64, 57, 50, 43, 36, 29, 22, 15, 8, 5)
"""How many days ago there was an apply."""

APPLIED: Final = Truth(
    verdict=Verdict.IN_WORKFLOW,
    actor=stock.PIPELINE.name,
    story="an apply by the pipeline: what the code says, nobody needs to know",
)
STACKED: Final = Truth(
    verdict=Verdict.IN_WORKFLOW,
    actor=stock.ERIN.name,
    story="CloudFormation, on Erin's behalf, on what CloudFormation manages",
)
FOR_ERIN: Final[Caller] = callers.on_behalf(stock.ERIN, "cloudformation.amazonaws.com")

_APART: Final = 3
"""Seconds between two calls of one apply."""


class Knob(NamedTuple):
    """What is turned: how `first` made it was how it was when Config was switched on, then day by day."""

    thing: Thing
    edit: Callable[[Any], Edit]
    first: Any
    then: Mapping[int, Any]
    also_in: str | None = None

    @property
    def at_first(self) -> Thing:
        """Return the object as it was when Config was switched on."""
        return self.edit(self.first).after(self.thing)


class RuleChange(NamedTuple):
    """A permission of a security group that is there, or is not."""

    port: int
    network: str
    is_there: bool


def ruled(change: RuleChange) -> Edit:
    """Turn a permission of a security group."""
    return (edits.opened if change.is_there else edits.shut)(change.port, change.network)


def partners(count: int) -> Edit:
    """Let so many partners in; the group has become so large that Config sends no item of it any more."""
    network = f"203.0.113.{count}/32"
    rules = [rule("tcp", 8443, f"203.0.113.{host}/32", f"partner {host:03}") for host in range(1, count + 1)]
    return Edit(edits.opened(8443, network).call, lambda thing: thing.having(ipPermissions=rules))


KNOBS: Final = (
    Knob(ours.CARTS, edits.units, 10, {64: 12, 57: 14, 50: 16, 43: 18, 36: 20, 29: 24}),
    Knob(ours.SEARCH, edits.deploy, "1", {64: "2", 57: "3", 50: "4", 36: "6", 29: "7"}),
    Knob(ours.MAIL, edits.visibility, "30", {64: "45", 50: "60", 43: "75", 36: "90"}),
    Knob(ours.STOCK_LEVELS, edits.display, "", {57: "Stock", 43: "Stock levels", 29: "Levels"}),
    Knob(ours.MAIL_AGE, edits.threshold, 300.0, {64: 240.0, 57: 200.0, 43: 150.0, 36: 120.0, 29: 90.0}),
    Knob(ours.SNAPSHOTS, edits.kept, "Off", {57: "Enabled", 50: "Suspended"}),
    Knob(ours.CATALOGUE, edits.backups, 3, {64: 7, 57: 10, 43: 14, 36: 21}),
    Knob(
        ours.SEARCH_GROUP,
        ruled,
        RuleChange(9200, "10.20.0.0/20", is_there=True),
        {
            64: RuleChange(9300, "10.20.0.0/20", is_there=True),
            57: RuleChange(9400, "10.20.0.0/20", is_there=True),
            50: RuleChange(9400, "10.20.0.0/20", is_there=False),
            29: RuleChange(9600, "10.20.0.0/20", is_there=True),
        },
    ),
    Knob(ours.SEARCH_ROLE, edits.session, 3600, {43: 7200, 36: 3600}),
    Knob(ours.SEARCH_ACCESS, edits.version, "v3", {43: "v4", 36: "v5", 29: "v6"}),
    Knob(
        ours.NIGHTLY,
        edits.timed,
        "rate(1 day)",
        {64: "rate(12 hours)", 50: "rate(6 hours)", 36: "rate(1 day)"},
    ),
    Knob(stock.ORDERS_TABLE, edits.units, 12, {22: 15, 8: 20}),
    Knob(stock.SESSIONS, edits.units, 30, {22: 25, 15: 20}),
    Knob(stock.OLD_CARTS, edits.units, 40, {8: 20}),
    Knob(stock.CHECKOUT, edits.deploy, "-2", {22: "-1", 15: "0", 8: "1"}),
    Knob(stock.THUMBNAILS, edits.timeout, 15, {15: 20, 5: 30}),
    Knob(stock.ORDERS_DB, edits.storage, 20, {22: 40, 15: 50}),
    Knob(stock.ORDERS_QUEUE, edits.visibility, "45", {8: "30"}),
    Knob(stock.ORDER_EVENTS, edits.display, "Shop", {15: ""}),
    Knob(stock.BILLING_ALERTS, edits.display, "Billing", {5: ""}),
    Knob(stock.QUEUE_AGE, edits.threshold, 200.0, {22: 250.0, 8: 300.0}),
    Knob(stock.ERRORS, edits.patience, 3, {15: 5}),
    Knob(stock.CHECKOUT_ROLE, edits.session, 7200, {22: 3600}),
    Knob(stock.DEPLOY_ROLE, edits.session, 7200, {15: 3600}, also_in="us-east-1"),
    Knob(stock.CHECKOUT_ACCESS, edits.version, "v1", {22: "v2", 8: "v3"}),
    Knob(stock.ASSETS, edits.closed, first=False, then={8: True}),
    Knob(stock.PARTNERS, partners, 237, {22: 238, 15: 239, 8: 240}),
    Knob(
        stock.DATABASE_GROUP,
        ruled,
        RuleChange(5432, "10.30.0.0/20", is_there=True),
        {15: RuleChange(5432, "10.30.0.0/20", is_there=False)},
    ),
)
"""What the pipeline turns."""

STACKS: Final = (
    Knob(ours.PRICE_IMPORT, edits.timeout, 30, {43: 45, 36: 60, 29: 90}),
    Knob(stock.REPORTS_QUEUE, edits.delay, "10", {15: "0"}),
    Knob(stock.REPORTS, edits.timeout, 20, {22: 25, 8: 30}),
)
"""What a stack of Erin's turns, through CloudFormation."""

_PREVIEWS: Final = ((214, 43, 36), (231, 22, 15))
"""What is made for a pull request's preview: its number, made and deleted so many days ago."""


def begin(weeks: Weeks) -> None:
    """Let Config discover what the applies turn later, as it was."""
    for knob in (*KNOBS, *STACKS):
        weeks.begin(knob.at_first)
        if knob.also_in is not None:
            weeks.begin(knob.at_first, recorded_in=knob.also_in)


def recorded(weeks: Weeks) -> None:
    """Put every apply on the agenda."""
    for day in DAYS:
        start = weeks.ago(day, minutes=-20 - day * 7 % 60)
        turned = [knob for knob in KNOBS if day in knob.then]
        for number, knob in enumerate(turned):
            at = start + timedelta(seconds=number * _APART)
            edit = knob.edit(knob.then[day])
            weeks.edit(at, stock.PIPELINE, knob.thing, edit, APPLIED, also_in=knob.also_in)
        for number, knob in enumerate(each for each in STACKS if day in each.then):
            at = start + timedelta(minutes=9, seconds=number * _APART)
            weeks.edit(at, FOR_ERIN, knob.thing, knob.edit(knob.then[day]), STACKED)
    for number, made, gone in _PREVIEWS:
        _preview(weeks, f"preview-{number}", made, gone)


def _preview(weeks: Weeks, name: str, made: int, gone: int) -> None:
    """Put a preview on the agenda: an object of three kinds, made by one apply, deleted by another."""
    queue, function, table = ours.preview(name)
    start, end = weeks.ago(made, minutes=-17), weeks.ago(gone, minutes=-17)
    create = (
        (queue, created("CreateQueue", queue, tags=dict(queue.tags))),
        (function, acted("CreateFunction20150331", function, runtime="python3.13", tags=dict(function.tags))),
        (table, acted("CreateTable", table, billingMode="PROVISIONED")),
    )
    for number, (thing, call) in enumerate(create):
        weeks.creation(start + timedelta(seconds=number * _APART), stock.PIPELINE, thing, call, APPLIED)
    names = {queue.type: "DeleteQueue", function.type: "DeleteFunction20150331", table.type: "DeleteTable"}
    for number, thing in enumerate((table, function, queue)):
        at = end + timedelta(seconds=number * _APART)
        weeks.deletion(
            at,
            stock.PIPELINE,
            thing,
            lambda before: acted(names[before.type], before),
            APPLIED,
        )
