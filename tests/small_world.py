"""The smallest world: security groups that somebody changes by hand, as AWS would tell it."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

ACCOUNT, REGION = "111122223333", "eu-west-1"


def ago(minutes: float) -> datetime:
    """Return a moment in the past."""
    return datetime.now(UTC) - timedelta(minutes=minutes)


def stamp(moment: datetime) -> str:
    """Write a time as Config does."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def group_id(number: int) -> str:
    """Return a security group's id."""
    return f"sg-{number:017x}"


def item(
    number: int, captured_at: datetime, tags: dict[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """Return the CI of a security group."""
    return {
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": stamp(captured_at),
        "configurationItemStatus": "OK",
        "awsAccountId": ACCOUNT,
        "awsRegion": REGION,
        "resourceType": "AWS::EC2::SecurityGroup",
        "resourceId": group_id(number),
        "resourceName": f"web-{number}",
        "ARN": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(number)}",
        "configuration": {"groupName": f"web-{number}", "groupId": group_id(number), "ipPermissions": []},
        "supplementaryConfiguration": {},
        "relationships": [],
        "tags": {"managed-by": "terraform"} if tags is None else tags,
        **more,
    }


def message(document: dict[str, Any], diff: dict[str, Any] | None = None) -> str:
    """Return EventBridge's message about a CI."""
    entry = {
        "previousValue": None,
        "updatedValue": {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["0.0.0.0/0"]},
        "changeType": "CREATE",
    }
    changes = {"changedProperties": {"Configuration.IpPermissions.0": entry}, "changeType": "UPDATE"}
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Config Configuration Item Change",
            "source": "aws.config",
            "account": ACCOUNT,
            "time": document["configurationItemCaptureTime"][:19] + "Z",
            "region": REGION,
            "resources": [document["ARN"]],
            "detail": {
                "recordVersion": "1.3",
                "messageType": "ConfigurationItemChangeNotification",
                "notificationCreationTime": document["configurationItemCaptureTime"],
                "configurationItemDiff": changes if diff is None else diff,
                "configurationItem": document,
            },
        }
    )


def change(number: int, minutes: float = 60, **more: Any) -> str:
    """Return the message about a rule that was opened so many minutes ago."""
    return message(item(number, ago(minutes), **more))


def call(
    number: int,
    minutes: float = 60,
    *,
    who: str = "alice@example.com",
    lag: float = 40,
    name: str = "AuthorizeSecurityGroupIngress",
    **more: Any,
) -> dict[str, Any]:
    """Return the trail record of the call behind such a change; `lag` is seconds from it to the capture."""
    role = "AWSReservedSSO_Admin_0123456789abcdef"
    at = ago(minutes) - timedelta(seconds=lag)
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLEEXAMPLE001:{who}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{who}",
            "accountId": ACCOUNT,
            "accessKeyId": "ASIAEXAMPLE000000001",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLEEXAMPLE001",
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{REGION}/{role}",
                    "accountId": ACCOUNT,
                    "userName": role,
                },
                "attributes": {"creationDate": "2026-11-20T07:00:00Z", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/macos#25.1.0",
        "requestParameters": {"groupId": group_id(number), "ipPermissions": {"items": []}},
        "responseElements": {"_return": True},
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        **more,
    }


def listed(number: int) -> list[tuple[str | None, str]]:
    """Return what event history lists as the resources of such a call."""
    return [("AWS::EC2::SecurityGroup", group_id(number))]
