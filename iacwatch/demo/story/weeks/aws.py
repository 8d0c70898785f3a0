"""What AWS did by itself during the weeks, what nobody can be found for, and noise."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.model import Verdict
from iacwatch.demo.story import callers, kinds, stock
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.calls import ApiCall, acted, launched, rotated
from iacwatch.demo.story.documents import stamp
from iacwatch.demo.story.recorder import Truth
from iacwatch.demo.story.thing import Thing, unique
from iacwatch.demo.story.weeks import edits
from iacwatch.demo.story.weeks import stock as ours
from iacwatch.demo.story.weeks.recorder import Edit, Weeks

_SCALING: Final[Caller] = callers.service_role("AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com")
_UNITS: Final[Caller] = callers.service_role(
    "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable", "dynamodb.application-autoscaling.amazonaws.com"
)
_BACKUP: Final[Caller] = callers.service_role("AWSServiceRoleForBackup", "backup.amazonaws.com")
_ITSELF: Final = Truth(verdict=Verdict.AWS_SERVICE, story="AWS on its own account")
_KEPT: Final = Truth(verdict=Verdict.SIDE_EFFECT, story="AWS keeps book")

_BUSY: Final = (64, 61, 57, 52, 50, 47, 43, 40, 36, 33, 29, 26, 22, 19, 15, 12, 8, 5)
"""The days on which something changed: on these, event history has calls by the minute, else by the hour."""

_WHERE_BUSY, _ELSEWHERE = (130, 13), (600, 240)
"""Minutes around that time of the day, and minutes from one to the next."""


def recorded(weeks: Weeks) -> None:
    """Put what AWS did on the agenda."""
    for number, (day, minutes) in enumerate(((50, 6), (36, 38), (8, 35)), start=1):
        _scaled(weeks, f"web-{day}-{number}", weeks.ago(day, minutes=minutes))
    for day, minutes, read in ((43, 40, 60), (43, 75, 18)):
        weeks.edit(weeks.ago(day, minutes=minutes), _UNITS, ours.CARTS, edits.units(read), _ITSELF)
    for day, most in ((36, 6), (29, 8)):
        applied = Truth(verdict=Verdict.IN_WORKFLOW, actor=stock.PIPELINE.name, story="an apply")
        at = weeks.ago(day, minutes=-5)
        weeks.edit(at, stock.PIPELINE, ours.WEB_SCALING, edits.sizes(2, most), applied)
    _rotation(weeks)
    for day, minutes, status in ((50, 8, "backing-up"), (50, 19, "available")):
        _kept(weeks, weeks.ago(day, minutes=minutes), ours.CATALOGUE, "dBInstanceStatus", status)
    for day, count in ((22, 5_004), (15, 5_120)):
        _kept(weeks, weeks.ago(day, minutes=28), stock.SESSIONS, "itemCount", count)
    weeks.then(weeks.ago(22, minutes=19), lambda: _nobodys(weeks))


def _nobodys(weeks: Weeks) -> None:
    """Record a change that no trail event explains."""
    story = "no trail event explains it: said as it is, and nobody is blamed"
    after = edits.delay("15").after(weeks.state(ours.MAIL))
    weeks.update(after, weeks.ago(22, minutes=19), Truth(verdict=Verdict.UNATTRIBUTED, story=story))


def _rotation(weeks: Weeks) -> None:
    after = unique("", "catalogue at rest, 2", 64)
    edit = Edit(rotated, lambda key: key.having(currentKeyMaterialId=after))
    weeks.edit(
        weeks.ago(33, minutes=21), callers.service_event("AWS Internal"), ours.CATALOGUE_KEY, edit, _ITSELF
    )


def _scaled(weeks: Weeks, name: str, at: datetime) -> None:
    """Let the scaling group launch an instance, and end it some while later: six items, and two calls."""
    made = kinds.instance(name).tagged(managed_by="terraform", team="shop").born(stamp(at))
    end = at + timedelta(minutes=26)

    def out() -> None:
        weeks.call(_SCALING, launched(made, stock.WEB.id), at)
        weeks.discover(made, at + timedelta(seconds=170), _ITSELF)
        _counted(weeks, at + timedelta(seconds=181), free=-1)
        group = weeks.state(ours.WEB_SCALING)
        more = [*group.configuration["instances"], ours.member(name)]
        weeks.update(group.having(instances=more), at + timedelta(seconds=195), _KEPT)
        web = weeks.state(stock.WEB)
        joined = web.related(*web.relationships, ours.interface_of(made))
        weeks.update(joined, at + timedelta(seconds=208), _KEPT)

    def back() -> None:
        weeks.call(_SCALING, acted("TerminateInstances", made), end)
        weeks.delete(made, end + timedelta(seconds=133), _ITSELF)
        _counted(weeks, end + timedelta(seconds=150), free=1)
        group = weeks.state(ours.WEB_SCALING)
        left = [each for each in group.configuration["instances"] if each["instanceId"] != made.id]
        weeks.update(group.having(instances=left), end + timedelta(seconds=161), _KEPT)
        web = weeks.state(stock.WEB)
        apart = [each for each in web.relationships if each != ours.interface_of(made)]
        weeks.update(web.related(*apart), end + timedelta(seconds=177), _KEPT)

    weeks.then(at, out)
    weeks.then(end, back)


def _counted(weeks: Weeks, at: datetime, *, free: int) -> None:
    subnet = weeks.state(stock.SUBNET)
    count = subnet.configuration["availableIpAddressCount"] + free
    weeks.update(subnet.having(availableIpAddressCount=count), at, _KEPT)


def _kept(weeks: Weeks, at: datetime, thing: Thing, name: str, value: str | int) -> None:
    weeks.then(at, lambda: weeks.update(weeks.state(thing).having(**{name: value}), at, _KEPT))


def noise(weeks: Weeks) -> None:
    """Record what else event history is full of: reads, logs, snapshots, refused calls."""
    for day in range(69, 3, -1):
        reach, step = _WHERE_BUSY if day in _BUSY else _ELSEWHERE
        for number, minutes in enumerate(range(-reach, reach, step)):
            at = weeks.ago(day, minutes=minutes, seconds=(number * 17 + day) % 60)
            weeks.call(stock.COST_SAVER, _log_stream(day * 1_000 + number), at)
            weeks.call(stock.ALICE, _read(number), at + timedelta(seconds=4))
            if number % 6 == 0:
                weeks.call(_BACKUP, _snapshot(day * 1_000 + number), at + timedelta(seconds=9))
            if number % 7 == 0:
                refused = acted("UpdateTable", ours.CARTS).refused("AccessDeniedException")
                weeks.call(stock.GRACE, refused, at + timedelta(seconds=17))


def _log_stream(number: int) -> ApiCall:
    group = f"/aws/lambda/{('checkout', 'thumbnails', 'search-index')[number % 3]}"
    stream = {"logGroupName": group, "logStreamName": unique("", f"stream of the weeks {number}", 32)}
    return ApiCall(source="logs", name="CreateLogStream", request=stream)


def _snapshot(number: int) -> ApiCall:
    volume = unique("vol-0", f"volume of the weeks {number}", 16)
    return ApiCall(source="ec2", name="CreateSnapshot", request={"volumeId": volume})


def _read(number: int) -> ApiCall:
    read = (
        acted("DescribeTable", ours.CARTS),
        acted("GetQueueAttributes", ours.MAIL),
        acted("GetFunction20150331v2", ours.SEARCH),
        acted("DescribeKey", ours.CATALOGUE_KEY),
    )[number % 4]
    return replace(read, response=None, read_only=True)
