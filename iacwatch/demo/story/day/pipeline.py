"""The pipeline's part of the day: applies by terraform, which need no report."""

from datetime import datetime, timedelta

from iacwatch.core.model import Verdict
from iacwatch.demo.story import stock
from iacwatch.demo.story.calls import ApiCall, acted, created, tagged
from iacwatch.demo.story.documents import stamp
from iacwatch.demo.story.recorder import Day, Truth
from iacwatch.demo.story.thing import Thing, rule, unique

_APPLIED = Truth(
    verdict=Verdict.IN_WORKFLOW,
    actor=stock.PIPELINE.name,
    story="an apply by the pipeline: what the code says, nobody needs to know",
)


def morning(day: Day) -> None:
    """Record the apply of the morning: thirteen objects of ten kinds, within a minute."""
    start = day.ago(hours=7, minutes=50)
    _messaging(day, start)
    _storage(day, start + timedelta(seconds=20))
    _compute(day, start + timedelta(seconds=40))
    _access(day, start + timedelta(seconds=60))


def repair(day: Day) -> None:
    """Record the apply that closes Alice's port again, minutes after her: it is the pipeline's own."""
    start = day.ago(hours=5, minutes=49)
    web = day.state(stock.WEB)
    _apply(
        day,
        acted("RevokeSecurityGroupIngress", web, ipPermissions={"items": [{"fromPort": 22, "toPort": 22}]}),
        web.having(ipPermissions=[rule("tcp", 443, "0.0.0.0/0")]),
        start,
        lag=157,
    )
    sessions = day.state(stock.SESSIONS)
    units = {"readCapacityUnits": 40, "writeCapacityUnits": 10}
    _apply(
        day,
        acted("UpdateTable", sessions, provisionedThroughput=units),
        sessions.having(provisionedThroughput=units),
        start + timedelta(seconds=14),
        lag=95,
    )
    errors = day.state(stock.ERRORS)
    _apply(
        day,
        acted("PutMetricAlarm", errors, threshold=25.0),
        errors.having(threshold=25.0),
        start + timedelta(seconds=21),
        lag=64,
    )


def late(day: Day) -> None:
    """Record a change whose trail event comes only after the day was looked at for the first time."""
    errors = day.state(stock.ERRORS)
    at = day.ago(minutes=21)
    day.call(
        stock.PIPELINE,
        acted("PutMetricAlarm", errors, threshold=40.0),
        at,
        delivered_at=day.now + timedelta(minutes=10),
    )
    truth = Truth(
        verdict=Verdict.IN_WORKFLOW,
        actor=stock.PIPELINE.name,
        late=True,
        story="an apply by the pipeline, whose trail event came late",
    )
    day.update(errors.having(threshold=40.0), at + timedelta(seconds=140), truth)


def _messaging(day: Day, start: datetime) -> None:
    orders, events, age = (
        day.state(each) for each in (stock.ORDERS_QUEUE, stock.ORDER_EVENTS, stock.QUEUE_AGE)
    )
    _apply(
        day,
        acted("SetQueueAttributes", orders, attributes={"VisibilityTimeout": "90"}),
        orders.having(VisibilityTimeout="90"),
        start,
        lag=83,
    )
    _apply(
        day,
        acted("SetTopicAttributes", events, attributeName="DisplayName", attributeValue="Orders"),
        events.having(DisplayName="Orders"),
        start + timedelta(seconds=4),
        lag=121,
    )
    _apply(
        day,
        acted("PutMetricAlarm", age, threshold=600.0, period=60),
        age.having(threshold=600.0),
        start + timedelta(seconds=8),
        lag=70,
    )
    at = start + timedelta(seconds=12)
    refunds = stock.REFUNDS_QUEUE.born(stamp(at))
    day.call(stock.PIPELINE, created("CreateQueue", refunds, tags=dict(refunds.tags)), at)
    day.discover(refunds, at + timedelta(seconds=190), _APPLIED)


def _storage(day: Day, start: datetime) -> None:
    logs, orders, database = (
        day.state(each) for each in (stock.ACCESS_LOGS, stock.ORDERS_TABLE, stock.ORDERS_DB)
    )
    _apply(
        day,
        acted("PutBucketVersioning", logs, VersioningConfiguration={"Status": "Enabled"}),
        logs.extended(BucketVersioningConfiguration={"status": "Enabled", "isMfaDeleteEnabled": None}),
        start,
        lag=166,
    )
    units = {"readCapacityUnits": 30, "writeCapacityUnits": 15}
    _apply(
        day,
        acted("UpdateTable", orders, provisionedThroughput=units),
        orders.having(provisionedThroughput=units),
        start + timedelta(seconds=4),
        lag=59,
    )
    _apply(
        day,
        acted("ModifyDBInstance", database, backupRetentionPeriod=21, applyImmediately=True),
        database.having(backupRetentionPeriod=21),
        start + timedelta(seconds=8),
        lag=240,
    )
    key = day.state(stock.ORDERS_KEY)
    _apply(
        day,
        acted("TagResource", key, tags=[{"tagKey": "cost-centre", "tagValue": "4711"}]),
        key.tagged(cost_centre="4711"),
        start + timedelta(seconds=12),
        lag=201,
    )


def _compute(day: Day, start: datetime) -> None:
    group, worker, checkout = (
        day.state(each) for each in (stock.DATABASE_GROUP, stock.WORKER, stock.CHECKOUT)
    )
    _apply(
        day,
        acted(
            "AuthorizeSecurityGroupIngress",
            group,
            ipPermissions={"items": [{"fromPort": 6432, "toPort": 6432}]},
        ),
        group.having(
            ipPermissions=[*group.configuration["ipPermissions"], rule("tcp", 6432, "10.20.0.0/20")]
        ),
        start,
        lag=170,
    )
    _apply(
        day,
        tagged("CreateTags", worker, patch_group="b"),
        worker.tagged(patch_group="b"),
        start + timedelta(seconds=4),
        lag=779,
    )
    day.call(
        stock.PIPELINE,
        acted("UpdateFunctionConfiguration20150331v2", checkout, timeout=45),
        start + timedelta(seconds=8),
    )
    _apply(
        day,
        acted("UpdateFunctionCode20150331v2", checkout, publish=False, dryRun=False),
        checkout.having(timeout=45, **_code(checkout, "2")),
        start + timedelta(seconds=11),
        lag=74,
    )


def _access(day: Day, start: datetime) -> None:
    role, policy = day.state(stock.CHECKOUT_ROLE), day.state(stock.CHECKOUT_ACCESS)
    _apply(
        day,
        acted("UpdateRole", role, maxSessionDuration=7200),
        role.having(maxSessionDuration=7200),
        start,
        lag=133,
    )
    _apply(
        day,
        acted("CreatePolicyVersion", policy, setAsDefault=True, policyDocument="{}"),
        policy.having(defaultVersionId="v4"),
        start + timedelta(seconds=5),
        lag=128,
    )


def _code(function: Thing, version: str) -> dict[str, str]:
    name = f"{function.name}{version}"
    return {"codeSha256": unique("", name, 44), "revisionId": unique("", f"{name}r", 32)}


def _apply(day: Day, call: ApiCall, after: Thing, at: datetime, *, lag: int) -> None:
    """Record one change of an apply: the call, and its capture `lag` seconds later."""
    day.call(stock.PIPELINE, call, at)
    day.update(after, at + timedelta(seconds=lag), _APPLIED)
