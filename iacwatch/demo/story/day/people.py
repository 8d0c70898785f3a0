"""What people did during the day, by console, command line and script: the part worth reporting."""

from datetime import datetime, timedelta

from iacwatch.core.model import Verdict
from iacwatch.demo.story import callers, kinds, stock
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.calls import acted, launched, tagged
from iacwatch.demo.story.recorder import Day, Truth
from iacwatch.demo.story.thing import rule, unique

_CLOUDFORMATION = "cloudformation.amazonaws.com"
_PARTNER = "203.0.113.250/32"
_ADMIN = {"policyName": "AdministratorAccess", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}


def debugging(day: Day) -> None:
    """Record Alice's four changes by console, and those around her who had nothing to do with them."""
    truth = _truth(
        stock.ALICE, "Alice debugs: a port, a bucket, a role, and a tag that would have given her away"
    )
    at = day.ago(hours=6, minutes=2)
    web, assets, role, host = (
        day.state(each) for each in (stock.WEB, stock.ASSETS, stock.DEPLOY_ROLE, stock.JUMP_HOST)
    )
    opened = acted("AuthorizeSecurityGroupIngress", web, ipPermissions=_ingress(22, "0.0.0.0/0"))
    # Bob tried the same half a minute before, and was refused: not he.
    day.call(stock.BOB, opened.refused("Client.UnauthorizedOperation"), at - timedelta(seconds=31))
    day.call(stock.ALICE, opened, at)
    _launch(day, at + timedelta(seconds=71))
    rules = [*web.configuration["ipPermissions"], rule("tcp", 22, "0.0.0.0/0", "tmp debug, sorry <!here>")]
    day.update(web.having(ipPermissions=rules), at + timedelta(seconds=89), truth)

    at += timedelta(minutes=4)
    day.call(stock.ALICE, acted("PutBucketPublicAccessBlock", assets, publicAccessBlock=""), at)
    open_ = {"blockPublicAcls": False, "blockPublicPolicy": False}
    day.update(assets.extended(PublicAccessBlockConfiguration=open_), at + timedelta(seconds=86), truth)

    at += timedelta(minutes=2)
    day.state(role, recorded_in="us-east-1")
    day.call(stock.ALICE, acted("AttachRolePolicy", role, policyArn=_ADMIN["policyArn"]), at)
    almighty = role.having(attachedManagedPolicies=[_ADMIN])
    day.update(almighty, at + timedelta(seconds=52), truth)
    again = Truth(instead="duplicate", story="the same change of a role, recorded in a second region")
    day.update(almighty, at + timedelta(seconds=75), again, recorded_in="us-east-1")

    at += timedelta(minutes=1)
    day.call(stock.ALICE, tagged("DeleteTags", host, managed_by="terraform"), at)
    day.update(host.untagged("managed-by"), at + timedelta(seconds=84), truth)


def amid_an_apply(day: Day) -> None:
    """Record Bob's changes while the pipeline applies, one of them in one item with it, and Carol's apply."""
    truth = _truth(
        stock.BOB, "Bob, amid an apply, by command line and by a stack of his; the apply hides none"
    )
    at = day.ago(hours=5, minutes=48)
    checkout, partners, database, age = (
        day.state(each) for each in (stock.CHECKOUT, stock.PARTNERS, stock.ORDERS_DB, stock.QUEUE_AGE)
    )
    # Config made one item of these two calls.
    deployed = acted("UpdateFunctionCode20150331v2", checkout, publish=False)
    day.call(stock.PIPELINE, deployed, at - timedelta(seconds=38))
    day.call(stock.BOB, acted("UpdateFunctionConfiguration20150331v2", checkout, memorySize=1024), at)
    folded = checkout.having(memorySize=1024, codeSha256=unique("", "checkout3", 44))
    day.update(folded, at + timedelta(seconds=70), truth)

    at += timedelta(seconds=100)
    allowed = acted("AuthorizeSecurityGroupIngress", partners, ipPermissions=_ingress(8443, _PARTNER))
    day.call(stock.BOB, allowed, at)
    rules = [*partners.configuration["ipPermissions"], rule("tcp", 8443, _PARTNER, "partner 250")]
    day.update(partners.having(ipPermissions=rules), at + timedelta(seconds=85), truth, oversized=True)
    at += timedelta(seconds=75)
    day.call(stock.BOB, acted("ModifyDBInstance", database, multiAZ=True, applyImmediately=True), at)
    day.update(database.having(multiAZ=True), at + timedelta(seconds=88), truth)
    at += timedelta(seconds=60)
    by_stack = callers.on_behalf(stock.BOB, _CLOUDFORMATION)
    day.call(by_stack, acted("PutMetricAlarm", age, evaluationPeriods=15), at)
    day.update(age.having(evaluationPeriods=15), at + timedelta(seconds=77), truth)

    at += timedelta(seconds=55)
    events = day.state(stock.ORDER_EVENTS)
    day.call(stock.CAROL, acted("SetTopicAttributes", events, attributeName="DisplayName"), at)
    by_hand = _truth(stock.CAROL, "Carol ran terraform by hand: her tool is the pipeline's, her role is not")
    day.update(events.having(DisplayName="Order events"), at + timedelta(seconds=110), by_hand)


def tidying(day: Day) -> None:
    """Record what a function in the account did: deletions, known by diff and by history, and a stop."""
    truth = _truth(stock.COST_SAVER, "a cost-saving function tidies up what terraform manages")
    at = day.ago(hours=2, minutes=10)
    test_alerts = kinds.topic("billing-alerts-test").tagged(team="finance")
    for seconds, topic in ((0, stock.BILLING_ALERTS), (6, test_alerts)):
        gone = day.state(topic)
        day.call(stock.COST_SAVER, acted("DeleteTopic", gone), at + timedelta(seconds=seconds))
        ours = topic is stock.BILLING_ALERTS
        day.delete(gone, at + timedelta(seconds=seconds + 80), truth if ours else Truth(instead="unmanaged"))
    table, worker = day.state(stock.OLD_CARTS), day.state(stock.WORKER)
    at += timedelta(seconds=40)
    day.call(stock.COST_SAVER, acted("DeleteTable", table), at)
    day.delete(table, at + timedelta(seconds=83), truth)
    at += timedelta(seconds=15)
    day.call(stock.COST_SAVER, acted("StopInstances", worker, force=False), at)
    stopped = worker.having(
        state={"code": 80, "name": "stopped"},
        stateTransitionReason=f"User initiated ({at:%Y-%m-%d %H:%M:%S} GMT)",
    )
    day.update(stopped, at + timedelta(seconds=87), truth)


def by_roles(day: Day) -> None:
    """Record what Heidi did through two roles, and what Dave did in the pipeline's own."""
    at = day.ago(hours=3, minutes=20)
    sessions, alarm = day.state(stock.SESSIONS), day.state(stock.QUEUE_AGE)
    units = {"readCapacityUnits": 5, "writeCapacityUnits": 5}
    day.call(stock.BY_TWO_ROLES, acted("UpdateTable", sessions, provisionedThroughput=units), at)
    through = _truth(
        stock.HEIDI, "Heidi by script, through two roles; the session's name is nobody's, its origin is hers"
    )
    day.update(sessions.having(provisionedThroughput=units), at + timedelta(seconds=74), through)
    at += timedelta(minutes=11)
    day.call(stock.AS_PIPELINE, acted("PutMetricAlarm", alarm, threshold=1800.0), at)
    forged = _truth(
        stock.DAVE, "Dave took the pipeline's role by hand, under its session's name; started_by tells"
    )
    day.update(alarm.having(threshold=1800.0), at + timedelta(seconds=81), forged)


def stacks(day: Day) -> None:
    """Record what CloudFormation did for Erin on what it manages, as it is meant to be."""
    at, for_erin = day.ago(hours=2, minutes=4), callers.on_behalf(stock.ERIN, _CLOUDFORMATION)
    queue, reports = day.state(stock.REPORTS_QUEUE), day.state(stock.REPORTS)
    fine = Truth(
        verdict=Verdict.IN_WORKFLOW,
        actor=stock.ERIN.name,
        story="CloudFormation, on Erin's behalf, on what CloudFormation manages",
    )
    day.call(for_erin, acted("SetQueueAttributes", queue, attributes={"DelaySeconds": "5"}), at)
    day.update(queue.having(DelaySeconds="5"), at + timedelta(seconds=88), fine)
    at += timedelta(seconds=12)
    day.call(for_erin, acted("UpdateFunctionConfiguration20150331v2", reports, timeout=120), at)
    day.update(reports.having(timeout=120), at + timedelta(seconds=69), fine)


def late(day: Day) -> None:
    """Record a change by console whose trail event comes only after the day was first looked at."""
    at = day.ago(minutes=22)
    function = day.state(stock.THUMBNAILS)
    secret = {"variables": {"API_KEY": "not-a-real-key", "LOG_LEVEL": "debug"}}
    day.call(
        stock.FRANK,
        acted("UpdateFunctionConfiguration20150331v2", function, environment={}),
        at,
        delivered_at=day.now + timedelta(minutes=12),
    )
    truth = Truth(
        verdict=Verdict.OUT_OF_BAND,
        actor=stock.FRANK.name,
        late=True,
        story="Frank by console; his trail event came late, and nobody was blamed meanwhile",
    )
    day.update(function.having(environment=secret), at + timedelta(seconds=150), truth)


def _launch(day: Day, at: datetime) -> None:
    """Record that Grace launched an instance of her own: her call mentions the group, and a subnet counts."""
    instance = kinds.instance("grace-sandbox", kind="t4g.nano")
    day.call(stock.GRACE, launched(instance, stock.WEB.id), at)
    day.discover(instance.born(at.isoformat()), at + timedelta(seconds=190), Truth(instead="unmanaged"))
    subnet = day.state(stock.SUBNET)
    free = subnet.configuration["availableIpAddressCount"] - 1
    day.update(
        subnet.having(availableIpAddressCount=free),
        at + timedelta(seconds=205),
        Truth(verdict=Verdict.SIDE_EFFECT, story="a subnet counts its free addresses"),
    )


def _ingress(port: int, network: str) -> dict[str, object]:
    ranges = {"items": [{"cidrIp": network}]}
    return {"items": [{"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": ranges}]}


def _truth(caller: Caller, story: str) -> Truth:
    return Truth(verdict=Verdict.OUT_OF_BAND, actor=caller.name, story=story)
