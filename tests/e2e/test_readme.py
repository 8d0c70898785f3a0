"""README's picture is real output: five changes of one morning, reported by the road itself.

`IACWATCH_NEW_PICTURE=1 python -m pytest tests/e2e/test_readme.py` writes it anew.
"""

import io
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from iacwatch.core.iac import AddressRules, Indexed
from iacwatch.core.model import Rules, Window, Workflow
from iacwatch.core.parse import cloudtrail
from iacwatch.ledgers.memory import MemoryLedger
from iacwatch.pipeline.addresses import Addresses
from iacwatch.pipeline.run import Pipeline
from iacwatch.ports import Collected, Delivery
from iacwatch.sinks.style import ReportStyle
from iacwatch.sinks.table import Table
from tests.fixtures import indexed

README = Path(__file__).parents[2] / "README.md"
PICTURE = re.compile(r"(<!-- picture: [^>]+-->\n```text\n).*?(```\n<!-- end of picture -->)", re.DOTALL)
ACCOUNT, REGION = "111122223333", "eu-west-1"
MORNING = datetime(2026, 11, 20, 10, 12, 3, tzinfo=UTC)
SSO = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{REGION}"
ROLE = f"{SSO}/AWSReservedSSO_Admin_0123456789abcdef"
CLI = "aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/macos#25.1.0"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"


class OneMorning:
    """Clock, trail, history and source of five changes."""

    def __init__(self, changes, events):
        self.changes, self.events, self.settled = changes, events, []

    def now(self):
        return MORNING + timedelta(hours=2)

    def sleep(self, span):
        raise AssertionError(f"nothing has to wait {span}")

    def fetch(self, asks):
        return dict.fromkeys(asks)

    def reach(self, account_id, region, *, now):
        return Window(start=now - timedelta(days=90), end=now)

    def collect(self, queries):
        return Collected(events=tuple(self.events), calls=len(queries))

    def waves(self):
        yield [Delivery(id=str(place), document=each) for place, each in enumerate(self.changes)]

    def settle(self, done):
        self.settled.extend(done)

    def find(self, resources, *, now):
        held = indexed.row(head=indexed.head(seen_at=MORNING - timedelta(days=1)))
        return {
            each: Indexed(rows=(held,) if each.name == "web" else (), covered=False) for each in resources
        }


def change(minutes, kind, resource_id, name, diff, **more):
    at = (MORNING + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    item = {
        "configurationItemCaptureTime": at,
        "configurationItemStatus": "OK",
        "awsAccountId": ACCOUNT,
        "awsRegion": REGION,
        "resourceType": kind,
        "resourceId": resource_id,
        "resourceName": name,
        "configuration": {},
        "tags": {"managed-by": "terraform"},
        **more,
    }
    return json.dumps(
        {
            "detail-type": "Config Configuration Item Change",
            "source": "aws.config",
            "account": ACCOUNT,
            "region": REGION,
            "detail": {
                "messageType": "ConfigurationItemChangeNotification",
                "configurationItem": item,
                "configurationItemDiff": diff,
            },
        }
    )


def update(path, previous, updated):
    kind = "CREATE" if previous is None else "DELETE" if updated is None else "UPDATE"
    entry = {"previousValue": previous, "updatedValue": updated, "changeType": kind}
    return {"changedProperties": {path: entry}, "changeType": "UPDATE"}


def call(minutes, source, name, parameters, *, who, agent, role=ROLE, region=REGION, **context):
    at = MORNING + timedelta(minutes=minutes) - timedelta(seconds=41)
    return cloudtrail.event(
        {
            "eventID": f"event-{minutes}",
            "eventName": name,
            "eventSource": f"{source}.amazonaws.com",
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "awsRegion": region,
            "recipientAccountId": ACCOUNT,
            "readOnly": False,
            "sourceIPAddress": "198.51.100.7",
            "userAgent": agent,
            "requestParameters": parameters,
            "userIdentity": {
                "type": "AssumedRole",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/{who}",
                "accountId": ACCOUNT,
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": role, "accountId": ACCOUNT},
                    **context,
                },
            },
        }
    )


def drawn():
    rule = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["0.0.0.0/0"]}
    gone = {"Configuration": {"previousValue": {"name": "acme-reports"}, "changeType": "DELETE"}}
    tags = {"tagSets": [{"tags": {"managed-by": "terraform"}}]}
    gone["SupplementaryConfiguration.BucketTaggingConfiguration"] = {
        "previousValue": tags,
        "changeType": "DELETE",
    }
    runner = f"arn:aws:iam::{ACCOUNT}:role/nightly-resize"
    morning = OneMorning(
        [
            change(
                0,
                "AWS::EC2::SecurityGroup",
                "sg-0a1b2c3d4e5f60718",
                "web",
                update("Configuration.IpPermissions.0", None, rule),
            ),
            change(
                9,
                "AWS::S3::Bucket",
                "acme-reports",
                "acme-reports",
                {"changedProperties": gone, "changeType": "DELETE"},
                configuration=None,
                tags={},
                configurationItemStatus="ResourceDeleted",
            ),
            change(
                21,
                "AWS::IAM::Role",
                "AROAEXAMPLEEXAMPLE123",
                "deploy",
                update("Tags.managed-by", "terraform", None),
                tags={},
            ),
            change(
                30,
                "AWS::DynamoDB::Table",
                "orders",
                "orders",
                update("Configuration.DeletionProtectionEnabled", True, False),
            ),
            change(
                44,
                "AWS::SQS::Queue",
                f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/mail",
                "mail",
                update("Configuration.DelaySeconds", "0", "30"),
            ),
        ],
        [
            call(
                0,
                "ec2",
                "AuthorizeSecurityGroupIngress",
                {"groupId": "sg-0a1b2c3d4e5f60718"},
                who="alice@example.com",
                agent=BROWSER,
            ),
            call(9, "s3", "DeleteBucket", {"bucketName": "acme-reports"}, who="bob@example.com", agent=CLI),
            call(
                21,
                "iam",
                "UntagRole",
                {"roleName": "deploy", "tagKeys": ["managed-by"]},
                who="carol@example.com",
                agent=BROWSER,
                region="us-east-1",
            ),
            call(
                30,
                "dynamodb",
                "UpdateTable",
                {"tableName": "orders"},
                who="i-0f1e2d3c4b5a69788",
                agent="Boto3/1.40.61",
                role=runner,
                ec2RoleDelivery="2.0",
            ),
        ],
    )
    text = io.StringIO()
    console = Console(file=text, width=100, force_terminal=True, color_system=None, legacy_windows=False)
    Pipeline(
        rules=Rules(workflows=(Workflow(name="ci", principals=("arn:aws:iam::*:role/gha-*",)),)),
        items=morning,
        trail=morning,
        sinks=[Table(console=console, style=ReportStyle(names={ACCOUNT: "prod"}))],
        ledger=MemoryLedger(),
        clock=morning,
        addresses=Addresses(rules=AddressRules(), book=morning),
    ).run(morning)
    assert len(morning.settled) == 5
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text.getvalue())
    return "".join(f"{line.rstrip()}\n" for line in plain.splitlines())


def test_the_picture_is_what_the_table_shows():
    readme, picture = README.read_text(encoding="utf-8"), drawn()
    for name in (
        "alice@example.com",
        "bob@example.com",
        "carol@example.com",
        "nightly-resize",
        "unattributed",
    ):
        assert name in picture
    drawn_anew = PICTURE.sub(lambda found: f"{found[1]}{picture}{found[2]}", readme)
    if os.environ.get("IACWATCH_NEW_PICTURE"):
        README.write_text(drawn_anew, encoding="utf-8")
    assert drawn_anew == README.read_text(encoding="utf-8")
