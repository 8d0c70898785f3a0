"""Changes of a resource, calls as CloudTrail writes them, and which of the calls are found to have made the change."""

from datetime import timedelta

from iacwatch.core.attribution.matching import TrailIndex, rank
from iacwatch.core.attribution.names import names_of
from iacwatch.core.model import ChangeType, Window
from iacwatch.core.parse import cloudtrail
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, REGION, change, entry, item, resource

WINDOW = Window(start=CAPTURED_AT - timedelta(minutes=20), end=CAPTURED_AT + timedelta(seconds=6))
UPDATE, CREATE, DELETE = ChangeType.UPDATE, ChangeType.CREATE, ChangeType.DELETE
UUID = "5f1c2b7a-0d7e-4c0a-9a51-6a7d2f3b4c5d"


def arn(service, rest):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def call(service, name, request, response=None, **fields):
    return cloudtrail.event(
        {
            "eventID": name,
            "eventName": name,
            "eventSource": f"{service}.amazonaws.com",
            "eventTime": (CAPTURED_AT - timedelta(seconds=40)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "awsRegion": REGION,
            "recipientAccountId": ACCOUNT,
            "readOnly": False,
            "userIdentity": {"type": "IAMUser", "userName": "alice", "accountId": ACCOUNT},
            "requestParameters": request,
            "responseElements": response,
            **fields,
        }
    )


def of(
    type_,
    id_,
    name=None,
    arn_=None,
    *,
    kind=UPDATE,
    differs="Configuration.Description",
    before="a",
    after="b",
    state=None,
):
    """Make a change of a resource in which one path differs, of an item that holds `state`."""
    thing = resource(type=type_, id=id_, name=name, arn=arn_)
    shown = None if kind is DELETE else item(resource=thing, configuration=state or {})
    diff = (entry(differs, before, after),) if differs else ()
    return change(resource=thing, change_type=kind, item=shown, diff=diff)


def matched(changed, *events):
    names = names_of(changed)
    near = TrailIndex(events, names.wanted).events(names)
    found = rank(changed, names, near, WINDOW, previous_at=None)
    return [match.event.event_name for match in found.matches]
