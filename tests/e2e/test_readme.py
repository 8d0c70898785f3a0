"""README's picture is what the table shows of five changes of one morning.

`IACWATCH_NEW_PICTURE=1 python -m pytest tests/e2e/test_readme.py` writes it anew.
"""

import io
import os
import re
from datetime import timedelta

from rich.console import Console

from iacwatch.core.model import ChangeType, Evidence, Managed, Verdict, Via
from iacwatch.sinks.style import ReportStyle
from iacwatch.sinks.table import Table
from tests.fixtures import builders
from tests.fixtures.builders import ACCOUNT, CALLED_AT, CAPTURED_AT, actor, entry, finding, match, resource
from tests.fixtures.located import PLAN, located
from tests.fixtures.manual import README

PICTURE = re.compile(r"(<!-- picture: [^>]+-->\n```text\n).*?(```\n<!-- end of picture -->)", re.DOTALL)
DELETED = {"change_type": ChangeType.DELETE}


def change(minutes, kind, name, diff, region="eu-west-1", **more):
    thing = resource(type=f"AWS::{kind}", id=name, name=name, region=region)
    at = CAPTURED_AT + timedelta(minutes=minutes)
    return builders.change(resource=thing, captured_at=at, diff=(entry(*diff),), **more)


def called(minutes, call, service, **who):
    at, source = CALLED_AT + timedelta(minutes=minutes), f"{service}.amazonaws.com"
    return match(event=builders.event(name=call, event_source=source, occurred_at=at, actor=actor(**who)))


def morning():
    role = f"arn:aws:iam::{ACCOUNT}:role/nightly-resize"
    resize = {"name": "nightly-resize", "principal": role, "via": Via.INSTANCE, "tool": "sdk"}
    resize["session"] = "i-0f1e2d3c4b5a69788"
    bucket = change(9, "S3::Bucket", "acme-reports", ("Configuration", {"name": "acme-reports"}), **DELETED)
    untagged = change(21, "IAM::Role", "deploy", ("Tags.managed-by", "terraform"), region="global")
    removed = Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, removed=True)
    table = change(30, "DynamoDB::Table", "orders", ("Configuration.DeletionProtectionEnabled", True, False))
    queue = change(44, "SQS::Queue", "mail", ("Configuration.DelaySeconds", "0", "30"))
    return [
        finding(change=bucket, match=called(9, "DeleteBucket", "s3", name="bob@example.com", tool="cli")),
        finding(
            change=untagged, managed=removed, match=called(21, "UntagRole", "iam", name="carol@example.com")
        ),
        located(next_apply=None, next_steps=(PLAN,)),
        finding(change=table, match=called(30, "UpdateTable", "dynamodb", **resize)),
        finding(
            change=queue,
            match=None,
            verdict=Verdict.UNATTRIBUTED,
            reason="nobody found: 2 names tried in eu-west-1, 60 min searched",
        ),
    ]


def test_the_picture_is_what_the_table_shows():
    text = io.StringIO()
    console = Console(file=text, width=100, force_terminal=True, color_system=None, legacy_windows=False)
    Table(console=console, style=ReportStyle(names={ACCOUNT: "prod"})).emit(morning())
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text.getvalue())
    picture = "".join(f"{line.rstrip()}\n" for line in plain.splitlines())
    readme = README.read_text(encoding="utf-8")
    drawn_anew = PICTURE.sub(lambda found: f"{found[1]}{picture}{found[2]}", readme)
    if os.environ.get("IACWATCH_NEW_PICTURE"):
        README.write_text(drawn_anew, encoding="utf-8")
    assert drawn_anew == README.read_text(encoding="utf-8")
