"""Calls as CloudTrail records them, and what LookupEvents lists beside each: by kind of object, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from iacwatch.core.model import Json
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.documents import fixed_uuid
from iacwatch.demo.story.thing import ACCOUNT, REGION, SUBNET, VPC, Thing, unique

Listed = tuple[tuple[str | None, str], ...]
"""What LookupEvents lists as a call's `Resources`: type (None where it lists none) and name."""

_SIGNED_IN = timedelta(minutes=47)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One call. `source` is without ``.amazonaws.com``; `touched`: types and ARNs of `resources`."""

    source: str
    name: str
    request: Json
    response: Json = None
    listed: Listed = ()
    touched: tuple[tuple[str, str], ...] = ()
    region: str = REGION
    read_only: bool = False
    error: str = ""
    more: Mapping[str, Json] = field(default_factory=dict)

    def refused(self, code: str) -> Self:
        """Return the same call, refused: it changed nothing, and event history lists it all the same."""
        return replace(self, error=code, response=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Naming:
    """How the calls of a service name an object, in the request, in the answer and in event history."""

    source: str
    request: Callable[[Thing], Mapping[str, Json]]
    listed: Callable[[Thing], tuple[str, ...]]
    response: Callable[[Thing], Json] = lambda _thing: None
    touched: bool = False
    region: str = REGION


_NAMING: Mapping[str, _Naming] = {
    "AWS::EC2::SecurityGroup": _Naming(
        source="ec2",
        request=lambda thing: {"groupId": thing.id},
        listed=lambda thing: (thing.id,),
        response=lambda thing: {"requestId": fixed_uuid(thing.id), "_return": True},
    ),
    "AWS::EC2::Instance": _Naming(
        source="ec2",
        request=lambda thing: {"instancesSet": {"items": [{"instanceId": thing.id}]}},
        listed=lambda thing: (thing.id,),
        response=lambda thing: {"requestId": fixed_uuid(thing.id)},
    ),
    "AWS::S3::Bucket": _Naming(
        source="s3",
        request=lambda thing: {"bucketName": thing.id, "Host": f"s3.{REGION}.amazonaws.com"},
        listed=lambda thing: (thing.id,),
        touched=True,
    ),
    "AWS::IAM::Role": _Naming(
        source="iam",
        request=lambda thing: {"roleName": thing.name},
        listed=lambda thing: (thing.name or "",),
        region="us-east-1",
    ),
    "AWS::IAM::Policy": _Naming(
        source="iam",
        request=lambda thing: {"policyArn": thing.arn},
        listed=lambda thing: (thing.arn,),
        region="us-east-1",
    ),
    "AWS::RDS::DBInstance": _Naming(
        source="rds",
        request=lambda thing: {"dBInstanceIdentifier": thing.name},
        listed=lambda thing: (thing.name or "",),
        response=lambda thing: {
            "dBInstanceIdentifier": thing.name,
            "dbiResourceId": thing.id,
            "dBInstanceArn": thing.arn,
            "dBInstanceStatus": "available",
        },
    ),
    "AWS::Lambda::Function": _Naming(
        source="lambda",
        request=lambda thing: {"functionName": thing.name},
        listed=lambda thing: (thing.name or "",),
        response=lambda thing: {"functionName": thing.name, "functionArn": thing.arn},
    ),
    "AWS::DynamoDB::Table": _Naming(
        source="dynamodb",
        request=lambda thing: {"tableName": thing.name},
        listed=lambda thing: (thing.name or "", thing.arn, str(thing.configuration["tableId"])),
        response=lambda thing: {"tableDescription": {"tableName": thing.name, "tableArn": thing.arn}},
        touched=True,
    ),
    "AWS::SQS::Queue": _Naming(
        source="sqs",
        request=lambda thing: {"queueUrl": thing.id},
        listed=lambda thing: (thing.id,),
        touched=True,
    ),
    "AWS::SNS::Topic": _Naming(
        source="sns", request=lambda thing: {"topicArn": thing.arn}, listed=lambda thing: (thing.arn,)
    ),
    "AWS::KMS::Key": _Naming(
        source="kms",
        request=lambda thing: {"keyId": thing.id},
        listed=lambda thing: (thing.arn,),
        touched=True,
    ),
    "AWS::CloudWatch::Alarm": _Naming(
        source="monitoring",
        request=lambda thing: {"alarmName": thing.name},
        listed=lambda thing: (thing.name or "",),
    ),
}
_LISTS_NOTHING = frozenset({"UpdateRole"})


def acted(name: str, thing: Thing, /, **request: Json) -> ApiCall:
    """Return a call on an object, named as such calls do, with further parameters."""
    naming = _NAMING[thing.type]
    return ApiCall(
        source=naming.source,
        name=name,
        request={**naming.request(thing), **request},
        response=naming.response(thing),
        listed=()
        if name in _LISTS_NOTHING
        else tuple((thing.type, each) for each in naming.listed(thing) if each),
        touched=((thing.type, thing.arn),) if naming.touched else (),
        region=naming.region,
    )


def created(name: str, thing: Thing, /, **request: Json) -> ApiCall:
    """Return the call that makes a queue: it is called by name, and the answer has the rest."""
    return replace(
        acted(name, thing),
        request={"queueName": thing.name, **request},
        response={"queueUrl": thing.id},
    )


def tagged(name: str, thing: Thing, /, **tags: str) -> ApiCall:
    """Return EC2's CreateTags or DeleteTags: it lists what it touches without a type."""
    pairs = [{"key": key.replace("_", "-"), "value": value} for key, value in tags.items()]
    return ApiCall(
        source="ec2",
        name=name,
        request={"resourcesSet": {"items": [{"resourceId": thing.id}]}, "tagSet": {"items": pairs}},
        response={"requestId": fixed_uuid(thing.id + name), "_return": True},
        listed=((None, thing.id),),
    )


def launched(thing: Thing, group_id: str) -> ApiCall:
    """Return RunInstances: it mentions subnet, security group and image, and makes but the instance."""
    interface, image = unique("eni-0", thing.id, 16), str(thing.configuration["imageId"])
    placed = {"instanceId": thing.id, "imageId": image, "subnetId": SUBNET, "vpcId": VPC}
    groups = {"items": [{"groupId": group_id}]}
    attached = {"items": [{"networkInterfaceId": interface, "subnetId": SUBNET, "groupSet": groups}]}
    return ApiCall(
        source="ec2",
        name="RunInstances",
        request={
            "instancesSet": {"items": [{"imageId": image, "minCount": 1, "maxCount": 1}]},
            "instanceType": thing.configuration["instanceType"],
            "subnetId": SUBNET,
            "groupSet": groups,
        },
        response={
            "requestId": fixed_uuid(thing.id),
            "reservationId": unique("r-0", thing.id, 16),
            "ownerId": ACCOUNT,
            "groupSet": {},
            "instancesSet": {"items": [{**placed, "groupSet": groups, "networkInterfaceSet": attached}]},
        },
        listed=(
            ("AWS::EC2::VPC", VPC),
            ("AWS::EC2::Ami", image),
            ("AWS::EC2::NetworkInterface", interface),
            ("AWS::EC2::Instance", thing.id),
            ("AWS::EC2::SecurityGroup", group_id),
            ("AWS::EC2::Subnet", SUBNET),
        ),
    )


def rotated(key: Thing) -> ApiCall:
    """Return KMS's own RotateKey: nobody called it, and what it is about stands in its details."""
    details = {"rotationType": "AUTOMATIC", "keyOrigin": "AWS_KMS", "keyId": key.id}
    return replace(acted("RotateKey", key), request=None, more={"serviceEventDetails": details})


def record(call: ApiCall, caller: Caller, at: datetime) -> dict[str, Json]:
    """Return the record of a call at a time (CloudTrail knows whole seconds)."""
    agent = f"[{caller.agent}]" if call.source == "s3" else caller.agent
    document: dict[str, Json] = {
        "eventVersion": "1.11",
        "userIdentity": _signed_in(caller.identity, caller.began or at - _SIGNED_IN),
        "eventTime": _second(at),
        "eventSource": f"{call.source}.amazonaws.com",
        "eventName": call.name,
        "awsRegion": call.region,
        "sourceIPAddress": caller.ip,
        "userAgent": agent,
        "requestParameters": call.request,
        "responseElements": call.response,
        "requestID": fixed_uuid(f"request {call.name} {call.request} {at}"),
        "eventID": fixed_uuid(f"event {call.name} {call.request} {caller.identity} {at}"),
        "readOnly": call.read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        **caller.more,
        **call.more,
    }
    if call.touched:
        document["resources"] = [
            {"accountId": ACCOUNT, "type": kind, "ARN": arn} for kind, arn in call.touched
        ]
    if call.error:
        document |= {"errorCode": call.error, "errorMessage": "You are not authorized to do this."}
    if caller.console:
        document["sessionCredentialFromConsole"] = "true"
    return document


def _second(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _signed_in(identity: Mapping[str, Json], at: datetime) -> Mapping[str, Json]:
    """Return an identity whose session, if it has one, began at this time."""
    context = identity.get("sessionContext")
    if not context:
        return identity
    attributes = {**context["attributes"], "creationDate": _second(at)}
    return {**identity, "sessionContext": {**context, "attributes": attributes}}
