"""Wide checks over documents that AWS really wrote, where they lie beside the repository (../shared/data)."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import Change, ChangeType
from iacwatch.core.parse.cloudtrail import event
from iacwatch.core.parse.config_item import item, parse

RECORDED = Path(__file__).parents[4] / "shared" / "data"
CONFIG = sorted((RECORDED / "config").glob("*.json"))
SINGLE = sorted((RECORDED / "cloudtrail-single").glob("*.json"))

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(),
    reason="needs the recorded documents, which lie beside the repository in ../shared/data",
)


@pytest.fixture(scope="module")
def records():
    files = sorted((RECORDED / "cloudtrail").rglob("*.json.gz"))
    return [record for file in files for record in json.loads(gzip.decompress(file.read_bytes()))["Records"]]


@pytest.fixture(scope="module")
def events(records):
    return [event(record) for record in records]


@pytest.fixture(scope="module")
def snapshot():
    (file,) = (RECORDED / "config-files").rglob("*.json.gz")
    return json.loads(gzip.decompress(file.read_bytes()))["configurationItems"]


def test_whoever_has_a_user_name_or_a_session_stays_a_person_whatever_service_called(records, events):
    assert len(events) == 2_900
    for record, found in zip(records, events, strict=True):
        identity = record["userIdentity"]
        assert found.actor.name not in {"", "unknown"}
        assert found.actor.kind != "unknown"
        assert found.account_id == "123837392027"
        if identity.get("type") == "IAMUser":
            assert (found.actor.name, found.actor.on_own_account) == (identity["userName"], False)
        issuer = identity.get("sessionContext", {}).get("sessionIssuer", {}).get("arn", "")
        if issuer and "/aws-service-role/" not in issuer:
            assert not found.actor.on_own_account
            assert found.actor.principal == issuer


def test_aws_acted_on_its_own_account_exactly_where_nobody_is_behind_it(records, events):
    own = Counter(
        record["userIdentity"].get("type", "none")
        for record, found in zip(records, events, strict=True)
        if found.actor.on_own_account
    )
    assert own == {"AWSService": 34, "AssumedRole": 6, "none": 42}


def test_the_events_that_can_have_changed_something_are_the_successful_writes(records, events):
    writes = {
        each["eventID"]
        for each in records
        if not (each["readOnly"] or each.get("errorCode") or each["eventType"] == "AwsConsoleSignIn")
    }
    assert {found.event_id for found in events if found.can_change} == writes


def test_the_tools_are_told_apart(events):
    tools = Counter(found.actor.tool for found in events if found.actor.name == "bert-jan")
    assert tools["terraform"] > 1_800
    assert tools["console"] > 400
    by_provider = (each.actor for each in events if "terraform-provider-aws" in (each.actor.user_agent or ""))
    assert {each.tool for each in by_provider} == {"terraform"}


def test_every_string_of_a_records_parameters_is_mentioned(records, events):
    def strings(value):
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = [value] if isinstance(value, str) and 0 < len(value) <= 2_048 else []
        return own + [text for each in inner for text in strings(each)]

    for record, found in zip(records, events, strict=True):
        sections = [record.get(name) for name in ("requestParameters", "responseElements", "resources")]
        mentioned = [mention.value for mention in found.mentions if mention.path[0] != "service"]
        assert sorted(mentioned) == sorted(strings(sections))


@pytest.mark.parametrize("file", SINGLE or [None], ids=str)
def test_every_event_of_other_services_is_read_in_its_envelope(file):
    found = event(file.read_text())
    assert found.actor.name not in {"", "unknown"}
    assert all((found.account_id, found.region, found.mentions, found.can_change))
    assert not found.actor.on_own_account


@pytest.mark.parametrize("file", CONFIG or [None], ids=str)
def test_every_recorded_message_is_a_change(file):
    change = parse(file.read_bytes())
    assert isinstance(change, Change)
    assert (change.item is None) == ("oversized" in file.stem)
    if ".delete" in file.stem:
        assert (change.change_type, change.item.configuration) == (ChangeType.DELETE, None)
        assert any(entry.path == "Configuration" and entry.previous for entry in change.diff)
    elif change.item is not None and change.change_type is not ChangeType.DELETE:
        assert change.item.configuration


def test_every_item_of_a_snapshot_is_read_and_the_same_as_a_message(snapshot):
    found = [item(document) for document in snapshot]
    assert (len(found), len({each.resource.type for each in found})) == (259, 80)
    # ECS's revisions share their id, and are told apart by their ARNs all the same.
    assert len({(key_of(each.resource), each.resource.recorded_in) for each in found}) == len(
        {(each["resourceType"], each["resourceId"], each.get("ARN"), each["awsRegion"]) for each in snapshot}
    )
    for document, alone in zip(snapshot, found, strict=True):
        change = parse(json.dumps(document))
        assert (change.resource, change.captured_at) == (alone.resource, alone.captured_at)
        assert change.item.configuration == alone.configuration
        assert change.diff is None
