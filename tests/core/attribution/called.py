"""Changes of a resource, calls as CloudTrail writes them, and which of the calls are found to have made the change."""

from datetime import timedelta

from iacwatch.core.attribution.matching import TrailIndex, rank
from iacwatch.core.attribution.names import names_of
from iacwatch.core.model import ChangeType, Window
from iacwatch.core.parse import cloudtrail
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, REGION, change, entry, item, resource

WINDOW = Window(start=CAPTURED_AT - timedelta(minutes=20), end=CAPTURED_AT + timedelta(seconds=6))
UUID = "5f1c2b7a-0d7e-4c0a-9a51-6a7d2f3b4c5d"
UPDATE, CREATE, DELETE = ChangeType.UPDATE, ChangeType.CREATE, ChangeType.DELETE


def arn(service, rest):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def call(service, name, request=None, response=None, *, before=40.0, who="alice", account=ACCOUNT, **fields):
    """Make a call, `before` seconds before the capture."""
    when = CAPTURED_AT - timedelta(seconds=before)
    user = f"arn:aws:iam::{account}:user/{who}"
    return cloudtrail.event(
        {
            "eventID": f"{name}-{before}",
            "eventName": name,
            "eventSource": f"{service}.amazonaws.com",
            "eventTime": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "awsRegion": REGION,
            "recipientAccountId": account,
            "readOnly": False,
            "userIdentity": {"type": "IAMUser", "userName": who, "accountId": account, "arn": user},
            "requestParameters": request,
            "responseElements": response,
            **fields,
        }
    )


def api(line, **fields):
    """Make a call that a line describes: ``sqs SetAttributes queueUrl=x attributes.a=b list=[x,y] -> queue.id=1``."""
    asked, _, answer = line.partition(" -> ")
    service, name, *sent = asked.split()
    return call(service, name, document(sent), document(answer.split()), **fields)


def document(pairs):
    found = {}
    for pair in pairs:
        path, _, value = pair.partition("=")
        *keys, last = path.split(".")
        inner = found
        for key in keys:
            inner = inner.setdefault(key, {})
        inner[last] = value[1:-1].split(",") if value.startswith("[") else value
    return found or None


def of(type_, id_, name=None, arn_=None, *, kind=UPDATE, diff=None, state=None, **path):
    """Make a change of a resource in which one path differs, or what `diff` says; its item holds `state`."""
    full = type_ if type_.count("::") > 1 else f"AWS::{type_}"
    thing = resource(type=full, id=id_, name=name, arn=arn_)
    shown = None if kind is DELETE else item(resource=thing, configuration=state or {})
    if diff is None:
        differs = path.get("differs", "Configuration.Description")
        diff = (entry(differs, path.get("before", "a"), path.get("after", "b")),) if differs else ()
    return change(resource=thing, change_type=kind, item=shown, diff=diff)


def ranked(changed, *events, window=WINDOW, previous_at=None):
    names = names_of(changed)
    near = TrailIndex(events, names.wanted).events(names)
    found = rank(changed, names, near, window, previous_at=previous_at)
    assert all(isinstance(why, str) for each in found.candidates for why in each.reasons)
    return found


def matched(changed, *events, **more):
    return [match.event.event_name for match in ranked(changed, *events, **more).matches]
