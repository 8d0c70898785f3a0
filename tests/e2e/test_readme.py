"""README's picture is real output: five changes of one morning, reported by the road itself.

`IACWATCH_NEW_PICTURE=1 python -m pytest tests/e2e/test_readme.py` writes it anew.
"""

import io
import json
import os
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

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
from tests.fixtures.manual import README
from tests.fixtures.small_world import ACCOUNT, REGION, call, item, message

PICTURE = re.compile(r"(<!-- picture: [^>]+-->\n```text\n).*?(```\n<!-- end of picture -->)", re.DOTALL)
MORNING = datetime(2026, 11, 20, 10, 12, 3, tzinfo=UTC)
CLI = "aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/macos#25.1.0"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"
ALICE, BOB, CAROL = "alice@example.com", "bob@example.com", "carol@example.com"


def one_morning(changes, events, settled):
    """Return clock, trail, history, source and index of five changes."""
    held = indexed.row(head=indexed.head(seen_at=MORNING - timedelta(days=1)))

    def find(resources, **_):
        return {
            each: Indexed(rows=(held,) if each.name == "web" else (), covered=False) for each in resources
        }

    return SimpleNamespace(
        now=lambda: MORNING + timedelta(hours=2),
        fetch=dict.fromkeys,
        reach=lambda *_, now: Window(start=now - timedelta(days=90), end=now),
        collect=lambda queries: Collected(events=tuple(events), calls=len(queries)),
        waves=lambda: (wave for wave in [[Delivery(id=each, document=each) for each in changes]]),
        settle=settled.extend,
        find=find,
    )


def changed(minutes, kind, resource_id, name, *entries, **more):
    """Return the message about one change: entries are (path, previous, updated)."""
    deleted = "configurationItemStatus" in more
    diff = {
        path: {
            "previousValue": old,
            "updatedValue": new,
            "changeType": "CREATE" if old is None else "DELETE" if new is None else "UPDATE",
        }
        for path, old, new in entries
    }
    about = {"resourceType": kind, "resourceId": resource_id, "resourceName": name, "ARN": None, **more}
    document = item(0, MORNING + timedelta(minutes=minutes), **{"configuration": {}, **about})
    kind = "DELETE" if deleted else "UPDATE"
    body = json.loads(message(document, {"changedProperties": diff, "changeType": kind}))
    return json.dumps({**body, "resources": []})


def called(minutes, source, name, parameters, *, who, agent=BROWSER, role=None, region=REGION):
    at = MORNING + timedelta(minutes=minutes) - timedelta(seconds=41)
    record = call(0, who=who, name=name, eventSource=f"{source}.amazonaws.com", userAgent=agent)
    record |= {"eventID": f"event-{minutes}", "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    record |= {"awsRegion": region, "requestParameters": parameters, "responseElements": None}
    if role:
        identity = record["userIdentity"]
        identity["arn"] = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{who}"
        identity["sessionContext"] = {
            "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}"},
            "ec2RoleDelivery": "2.0",
        }
    return cloudtrail.event(record)


def drawn():
    rule = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["0.0.0.0/0"]}
    tags = {"tagSets": [{"tags": {"managed-by": "terraform"}}]}
    gone = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
    of_bucket = "SupplementaryConfiguration.BucketTaggingConfiguration"
    group, mail = "sg-0a1b2c3d4e5f60718", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/mail"
    opened = ("Configuration.IpPermissions.0", None, rule)
    deleted = (("Configuration", {"name": "acme-reports"}, None), (of_bucket, tags, None))
    untagged = ("Tags.managed-by", "terraform", None)
    unprotected = ("Configuration.DeletionProtectionEnabled", True, False)
    settled = []
    morning = one_morning(
        [
            changed(0, "AWS::EC2::SecurityGroup", group, "web", opened),
            changed(9, "AWS::S3::Bucket", "acme-reports", "acme-reports", *deleted, **gone),
            changed(21, "AWS::IAM::Role", "AROAEXAMPLEEXAMPLE123", "deploy", untagged, tags={}),
            changed(30, "AWS::DynamoDB::Table", "orders", "orders", unprotected),
            changed(44, "AWS::SQS::Queue", mail, "mail", ("Configuration.DelaySeconds", "0", "30")),
        ],
        [
            called(0, "ec2", "AuthorizeSecurityGroupIngress", {"groupId": group}, who=ALICE),
            called(9, "s3", "DeleteBucket", {"bucketName": "acme-reports"}, who=BOB, agent=CLI),
            called(
                *(21, "iam", "UntagRole", {"roleName": "deploy", "tagKeys": ["managed-by"]}),
                who=CAROL,
                region="us-east-1",
            ),
            called(
                *(30, "dynamodb", "UpdateTable", {"tableName": "orders"}),
                who="i-0f1e2d3c4b5a69788",
                agent="Boto3/1.40.61",
                role="nightly-resize",
            ),
        ],
        settled,
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
    assert len(settled) == 5
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text.getvalue())
    return "".join(f"{line.rstrip()}\n" for line in plain.splitlines())


def test_the_picture_is_what_the_table_shows():
    readme, picture = README.read_text(encoding="utf-8"), drawn()
    for name in (ALICE, BOB, CAROL, "nightly-resize", "unattributed"):
        assert name in picture
    drawn_anew = PICTURE.sub(lambda found: f"{found[1]}{picture}{found[2]}", readme)
    if os.environ.get("IACWATCH_NEW_PICTURE"):
        README.write_text(drawn_anew, encoding="utf-8")
    assert drawn_anew == README.read_text(encoding="utf-8")
