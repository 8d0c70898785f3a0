"""Several accounts from outside: the real `iacwatch drain` and roles in other accounts, on loopback."""

import json

from tests.fixtures.command import records, slack
from tests.fixtures.small_world import ACCOUNT as OWN
from tests.fixtures.small_world import ago, call, change, group_id, item, listed, message, oversized

PAYMENTS, SHOP, WORDLESS, STRANGER = (str(digit) * 4 + str(digit + 1) * 8 for digit in range(2, 6))
ROLE_NAME, EXTERNAL_ID = "audit/iacwatch-read", "a-shared-word"
ALICE, BOB = "alice@example.com", "bob@example.com"


def role(account):
    return f"arn:aws:iam::{account}:role/{ROLE_NAME}"


def accounts(*allowed, **more):
    """Return the variables that set ``[accounts]``."""
    given = {"allowed": json.dumps(allowed), "role_name": ROLE_NAME, **more}
    return {f"IACWATCH_ACCOUNTS__{name.upper()}": value for name, value in given.items()}


def of(account, document):
    """Return a message or a record of our own account as that of another."""
    if isinstance(document, str):
        return document.replace(OWN, account)
    return json.loads(json.dumps(document).replace(OWN, account))


def happen(aws, queue, account, number, who=BOB):
    """Let somebody open a security group of an account."""
    aws.send(queue, of(account, change(number)))
    aws.add_event(of(account, call(number, who=who)), resource_names=listed(number))


def told(done):
    """Return whose change each finding is, and who made it."""
    return {
        (found["change"]["account_id"], found["change"]["resource_id"]): found["actor"]["name"]
        for found in records(done)
    }


def test_the_account_of_the_change_decides_whose_trail_and_history_are_asked(aws, queue, drain):
    aws.add_role(role(PAYMENTS), EXTERNAL_ID)
    happen(aws, queue, OWN, 1, ALICE)
    happen(aws, queue, PAYMENTS, 1)  # a group of the very same id, over there
    at = ago(60)
    before = item(2, ago(4000))
    before["configuration"] = {**before["configuration"], "theirs": "old"}
    for document in (item(2, at), before):
        aws.add_item(of(PAYMENTS, document))
    aws.send(queue, of(PAYMENTS, oversized(message(item(2, at)))))
    aws.add_event(of(PAYMENTS, call(2, who=BOB)), resource_names=listed(2))
    names = json.dumps({PAYMENTS: "prod-payments"})
    done = drain(**accounts(PAYMENTS, external_id=EXTERNAL_ID, names=names), **slack(aws))
    assert done.returncode == 0, done.stderr
    assert told(done) == {
        (OWN, group_id(1)): ALICE,
        (PAYMENTS, group_id(1)): BOB,
        (PAYMENTS, group_id(2)): BOB,
    }
    (large,) = (each for each in records(done) if each["change"]["resource_id"] == group_id(2))
    assert [each["path"] for each in large["change"]["changed_properties"]] == ["Configuration.Theirs"]
    assert aws.messages(queue) == []
    # Our own account needs no role, and the other is asked only what its role has to allow.
    (assumed,) = (each for each in aws.calls if each.operation == "AssumeRole")
    assert assumed.account_id == OWN
    assert (assumed.body["RoleArn"], assumed.body["ExternalId"]) == (role(PAYMENTS), EXTERNAL_ID)
    there = {(each.operation, each.region) for each in aws.calls if each.account_id == PAYMENTS}
    assert there == {("LookupEvents", "eu-west-1"), ("GetResourceConfigHistory", "eu-west-1")}
    for posted in map(json.dumps, aws.slack_messages):
        assert ("prod-payments" in posted, OWN in posted) == (BOB in posted, ALICE in posted)


def test_an_account_that_refuses_fails_its_own_changes_only_with_a_sentence_each(aws, queue, drain):
    """The role is not there, or wants another word; a stranger's would let us in, and is not asked."""
    aws.add_role(role(WORDLESS), "another word")
    for account in (PAYMENTS, STRANGER):
        aws.add_role(role(account), EXTERNAL_ID)
    happen(aws, queue, OWN, 1, ALICE)
    happen(aws, queue, PAYMENTS, 2)
    wanted = {
        SHOP: f"cannot assume {role(SHOP)}",
        WORDLESS: f"cannot assume {role(WORDLESS)}",
        STRANGER: f"account {STRANGER} is not ours and not in [accounts] allowed",
    }
    for number, account in enumerate(wanted, 3):
        happen(aws, queue, account, number, "carol@example.com")
    done = drain(**accounts(PAYMENTS, SHOP, WORDLESS, external_id=EXTERNAL_ID))
    assert done.returncode == 1
    assert told(done) == {(OWN, group_id(1)): ALICE, (PAYMENTS, group_id(2)): BOB}
    left = aws.messages(queue)
    assert len(left) == 3
    for each in left:
        (line,) = (line for line in done.stderr.splitlines() if each.id in line)
        assert wanted[json.loads(each.body)["account"]] in line
    assert EXTERNAL_ID not in done.stderr
    assert STRANGER not in {each.account_id for each in aws.calls}
