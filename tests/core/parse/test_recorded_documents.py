"""Wide checks over documents that AWS really wrote, where they lie beside the repository (../shared/data)."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import ActorKind, Change, ChangeType
from iacwatch.core.parse.cloudtrail import event
from iacwatch.core.parse.config_item import item, parse
from iacwatch.core.parse.diff import diff

RECORDED = Path(__file__).parents[4] / "shared" / "data"
CONFIG = sorted((RECORDED / "config").glob("*.json"))
SINGLE = sorted((RECORDED / "cloudtrail-single").glob("*.json"))
CASES = Path(__file__).parents[2] / "data" / "cases"
recorded = pytest.mark.skipif(
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


@recorded
def test_whoever_has_a_user_name_or_a_session_stays_a_person_whatever_service_called(records, events):
    assert len(events) == 2_900
    for record, found in zip(records, events, strict=True):
        identity = record["userIdentity"]
        assert found.actor.name not in {"", "unknown"}
        assert (found.actor.kind != "unknown", found.account_id) == (True, "123837392027")
        if identity.get("type") == "IAMUser":
            assert (found.actor.name, found.actor.on_own_account) == (identity["userName"], False)
        issuer = identity.get("sessionContext", {}).get("sessionIssuer", {}).get("arn", "")
        if issuer and "/aws-service-role/" not in issuer:
            assert (found.actor.principal, found.actor.on_own_account) == (issuer, False)
    own = [each.principal.type or None for each in events if each.actor.on_own_account]
    assert Counter(own) == {"AWSService": 34, "AssumedRole": 6, None: 42}


@recorded
def test_the_events_that_can_have_changed_something_are_the_successful_writes(records, events):
    for each, found in zip(records, events, strict=True):
        failed = each["readOnly"] or each.get("errorCode") or each["eventType"] == "AwsConsoleSignIn"
        assert found.can_change is not bool(failed)


@recorded
def test_the_tools_are_told_apart(events):
    tools = Counter(found.actor.tool for found in events if found.actor.name == "bert-jan")
    assert (tools["terraform"] > 1_800, tools["console"] > 400) == (True, True)
    by_provider = (each.actor for each in events if "terraform-provider-aws" in (each.actor.user_agent or ""))
    assert {each.tool for each in by_provider} == {"terraform"}


@recorded
def test_every_string_of_a_records_parameters_is_mentioned(records, events):
    def strings(value):
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = [value] if isinstance(value, str) and 0 < len(value) <= 2_048 else []
        return own + [text for each in inner for text in strings(each)]

    for record, found in zip(records, events, strict=True):
        sections = [record.get(name) for name in ("requestParameters", "responseElements", "resources")]
        mentioned = [mention.value for mention in found.mentions if mention.path[0] != "service"]
        assert sorted(mentioned) == sorted(strings(sections))


@recorded
def test_every_event_of_other_services_is_read_in_its_envelope():
    for file in SINGLE:
        found = event(file.read_text())
        assert found.actor.name not in {"", "unknown"}, file
        assert all((found.account_id, found.region, found.mentions, found.can_change)), file
        assert not found.actor.on_own_account, file


@recorded
def test_every_recorded_message_is_a_change():
    for file in CONFIG:
        change = parse(file.read_bytes())
        assert isinstance(change, Change), file
        assert (change.item is None) == ("oversized" in file.stem), file
        if ".delete" in file.stem:
            assert (change.change_type, change.item.configuration) == (ChangeType.DELETE, None), file
            assert any(entry.path == "Configuration" and entry.previous for entry in change.diff), file
        elif change.item is not None and change.change_type is not ChangeType.DELETE:
            assert change.item.configuration, file


@recorded
def test_every_item_of_a_snapshot_is_read_and_the_same_as_a_message():
    (file,) = (RECORDED / "config-files").rglob("*.json.gz")
    snapshot = json.loads(gzip.decompress(file.read_bytes()))["configurationItems"]
    found = [item(document) for document in snapshot]
    assert (len(found), len({each.resource.type for each in found})) == (259, 80)
    # ECS's revisions share their id, and are told apart by their ARNs all the same.
    fields = ("resourceType", "resourceId", "ARN", "awsRegion")
    told = {tuple(map(each.get, fields)) for each in snapshot}
    assert len({(key_of(each.resource), each.resource.recorded_in) for each in found}) == len(told)
    for document, alone in zip(snapshot, found, strict=True):
        change = parse(json.dumps(document))
        assert (change.resource, change.captured_at) == (alone.resource, alone.captured_at)
        assert (change.item.configuration, change.diff) == (alone.configuration, None)


def test_documents_that_are_easily_read_wrong():
    cases = {
        path.name.partition(".")[0]: json.loads(path.read_text(encoding="utf-8"))
        for path in CASES.glob("*.json")
    }
    for name, service in (("root-for-autoscaling", "autoscaling"), ("aws-internal", "kms")):
        actor = event(cases[name]).actor
        assert (actor.kind, actor.name) == (ActorKind.AWS_SERVICE, f"{service}.amazonaws.com")
    assert parse(json.dumps(cases["region-not-applicable"])).resource.region == "us-east-1"
    after = cases["waf-default-action"]["detail"]["configurationItem"]
    before = {**after, "configuration": {**after["configuration"], "DefaultAction": {"Allow": {}}}}
    found = {(each.path.rpartition(".")[2], str(each.updated)) for each in diff(item(before), item(after))}
    assert found == {("Allow", "None"), ("Block", "{}")}
