"""What AWS did by itself during the day, one change that nobody can be found for, and noise."""

from datetime import timedelta

from iacwatch.core.model import Verdict
from iacwatch.demo.story import callers, kinds, stock
from iacwatch.demo.story.calls import ApiCall, acted, launched, rotated
from iacwatch.demo.story.documents import stamp
from iacwatch.demo.story.recorder import Day, Truth
from iacwatch.demo.story.thing import CREATED, unique

_BY_ITSELF = "AWS on its own account"
_UNMANAGED = Truth(instead="unmanaged", story="no managed-by tag: none of our business")
_NOTHING = Truth(instead="no-change", story="Config looked again, and nothing had changed")


def by_itself(day: Day) -> None:
    """Record an instance launched by a group, a key's rotation, a backup, counters."""
    truth = Truth(verdict=Verdict.AWS_SERVICE, story=_BY_ITSELF)
    kept = Truth(verdict=Verdict.SIDE_EFFECT, story=_BY_ITSELF)
    at = day.ago(hours=1, minutes=58)
    scaling = callers.service_role("AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com")
    instance = kinds.instance("web-asg-1").tagged(managed_by="terraform", team="shop").born(stamp(at))
    day.call(scaling, launched(instance, stock.WEB.id), at)
    day.discover(instance, at + timedelta(seconds=170), truth)
    subnet = day.state(stock.SUBNET)
    free = subnet.configuration["availableIpAddressCount"] - 1
    day.update(subnet.having(availableIpAddressCount=free), at + timedelta(seconds=182), kept)

    key = day.state(stock.ORDERS_KEY)
    at += timedelta(seconds=75)
    day.call(callers.service_event("AWS Internal"), rotated(key), at)
    day.update(
        key.having(currentKeyMaterialId=unique("", "orders at rest, 2", 64)),
        at + timedelta(seconds=122),
        truth,
    )
    table, database = day.state(stock.ORDERS_TABLE), day.state(stock.ORDERS_DB)
    day.update(table.having(itemCount=5_377), at + timedelta(seconds=30), kept)
    day.update(database.having(dBInstanceStatus="backing-up"), at + timedelta(seconds=160), kept)


def nobodys(day: Day) -> None:
    """Record a change that no trail event explains."""
    sessions = day.state(stock.SESSIONS)
    day.update(
        sessions.having(deletionProtectionEnabled=False),
        day.ago(hours=1, minutes=55),
        Truth(
            verdict=Verdict.UNATTRIBUTED,
            story="no trail event explains it: said as it is, and nobody is blamed",
        ),
    )


def unmanaged(day: Day) -> None:
    """Record changes of what no IaC manages, and items without any change."""
    at = day.ago(hours=2, minutes=8)
    playground = kinds.bucket("grace-playground").born(stamp(at))
    day.call(stock.GRACE, acted("CreateBucket", playground), at)
    day.discover(playground, at + timedelta(seconds=140), _UNMANAGED)
    hello = day.state(kinds.function("hello-world"))
    day.call(stock.GRACE, acted("UpdateFunctionCode20150331v2", hello), at + timedelta(seconds=33))
    day.update(hello.having(codeSize=512), at + timedelta(seconds=120), _UNMANAGED)
    day.update(day.state(stock.BILLING_EVENTS), at + timedelta(seconds=150), _NOTHING)
    seen = kinds.table("invoices").tagged(managed_by="terraform").born(CREATED)
    day.discover(seen, at + timedelta(seconds=200), _NOTHING)


def garbled(day: Day, *, receives: int) -> None:
    """Record a message that is cut off, received so often already."""
    body = day.arrivals[0].body[:180]
    truth = Truth(instead="unreadable", story="a message that is cut off")
    day.garble(body, day.ago(hours=7, minutes=40), truth, receives=receives)


def noise(day: Day) -> None:
    """Record what else a quiet account's event history is full of: reads, logs, sessions, failures."""
    backup = callers.service_role("AWSServiceRoleForBackup", "backup.amazonaws.com")
    for index, minutes in enumerate(range(535, 8, -7)):
        at = day.ago(minutes=minutes, seconds=index * 11 % 60)
        group = f"/aws/lambda/{('checkout', 'thumbnails', 'monthly-reports')[index % 3]}"
        stream = {"logGroupName": group, "logStreamName": unique("", f"stream {index}", 32)}
        day.call(stock.COST_SAVER, _foreign("logs", "CreateLogStream", stream), at)
        read = (
            acted("GetQueueAttributes", stock.ORDERS_QUEUE),
            acted("DescribeTable", stock.SESSIONS),
            acted("GetBucketPublicAccessBlock", stock.ASSETS),
            acted("DescribeKey", stock.ORDERS_KEY),
        )[index % 4]
        day.call(stock.ALICE, _reading(read), at + timedelta(seconds=4))
        if index % 9 == 0:
            volume = {"volumeId": unique("vol-0", f"volume {index}", 16)}
            day.call(backup, _foreign("ec2", "CreateSnapshot", volume), at + timedelta(seconds=9))
        if index % 13 == 0:
            refused = acted("DeleteTable", stock.SESSIONS).refused("AccessDeniedException")
            day.call(stock.GRACE, refused, at + timedelta(seconds=17))


def _foreign(source: str, name: str, request: dict[str, str]) -> ApiCall:
    return ApiCall(source=source, name=name, request=request)


def _reading(call: ApiCall) -> ApiCall:
    return ApiCall(
        source=call.source,
        name=call.name,
        request=call.request,
        listed=call.listed,
        touched=call.touched,
        read_only=True,
    )
