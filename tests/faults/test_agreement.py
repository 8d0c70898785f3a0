"""After a crash, what Slack shows and what the ledger knows agree finding by finding, not group by group."""

import signal
import subprocess
import sys
from pathlib import Path

from iacwatch.aws.dynamodb_table import KEY
from tests.faults.runs import LATER
from tests.fixtures import command, moto_aws
from tests.fixtures.function.world import World

DYING = """
import os, signal, threading
from iacwatch.aws.dynamodb_table import DynamoTable

most, plain = int(os.environ["TOLD_BEFORE_IT_DIES"]), DynamoTable.write
changing, begun, answered = threading.Condition(), [], []

def write(self, operation, **asked):
    if operation != "UpdateItem":
        return plain(self, operation, **asked)
    with changing:
        begun.append(asked)
        if len(begun) > most:
            # What was sent before has to be answered first: else nobody could say whether it was kept.
            changing.wait_for(lambda: len(answered) == most, timeout=30)
            os.kill(os.getpid(), signal.SIGKILL)
    result = plain(self, operation, **asked)
    with changing:
        answered.append(asked)
        changing.notify_all()
    return result

DynamoTable.write = write
from iacwatch.__main__ import main
main()
"""


def kept(world):
    """Return the ledger's rows: status by key."""
    rows = moto_aws.client("dynamodb").scan(TableName=world.table)["Items"]
    return {row[KEY]["S"]: row["status"]["S"] for row in rows if not row[KEY]["S"].startswith("note")}


def leases_end(world):
    client = moto_aws.client("dynamodb")
    for key, status in kept(world).items():
        if status == "claimed":
            client.update_item(
                TableName=world.table,
                Key={KEY: {"S": key}},
                UpdateExpression="SET lease_until = :long_ago",
                ExpressionAttributeValues={":long_ago": {"N": "0"}},
            )


def test_a_crash_while_a_group_is_being_remembered_repeats_only_what_was_not(aws, tmp_path):
    told = 3
    world = World(aws, tmp_path)
    world.fill(*range(6))
    folder = str(Path(__file__).parents[2])
    died = subprocess.run(
        [sys.executable, "-c", DYING, "drain", "--queue-url", world.queue],
        env=command.environment(
            aws, tmp_path, PYTHONPATH=folder, TOLD_BEFORE_IT_DIES=str(told), **world.environment()
        ),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    statuses = list(kept(world).values())
    assert len(statuses) == 6
    assert statuses.count("told") == told
    assert world.told() == dict.fromkeys(range(6), 1)
    leases_end(world)
    aws.jump(LATER)
    done = world.drain()
    assert done.returncode == 0, done.stderr
    assert sorted(world.told().values()) == [1] * told + [2] * (6 - told)
    assert len(aws.slack_messages) == 2
    assert set(kept(world).values()) == {"told"}
    assert world.left() == {}
