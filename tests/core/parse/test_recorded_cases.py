"""Recorded documents that are easily read wrong: AWS under root or internal, a region that is none, empty objects."""

import json
from pathlib import Path

import pytest

from iacwatch.core.model import ActorKind
from iacwatch.core.parse import cloudtrail, config_item
from iacwatch.core.parse.diff import diff

CASES = Path(__file__).parents[2] / "data" / "cases"


def case(name):
    return json.loads((CASES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("root-for-autoscaling.record.json", "autoscaling.amazonaws.com"),
        ("aws-internal.record.json", "kms.amazonaws.com"),
    ],
)
def test_what_aws_called_under_root_or_by_itself_is_awss(name, service):
    actor = cloudtrail.event(case(name)).actor
    assert (actor.kind, actor.name) == (ActorKind.AWS_SERVICE, service)


def test_a_region_that_is_not_applicable_is_that_of_the_recorder():
    assert config_item.parse(json.dumps(case("region-not-applicable.json"))).resource.region == "us-east-1"


def test_an_object_that_goes_and_comes_empty_is_a_change():
    after = case("waf-default-action.message.json")["detail"]["configurationItem"]
    before = {**after, "configuration": {**after["configuration"], "DefaultAction": {"Allow": {}}}}
    found = diff(config_item.item(before), config_item.item(after))
    assert {(each.path, str(each.previous), str(each.updated)) for each in found} == {
        ("Configuration.DefaultAction.Allow", "{}", "None"),
        ("Configuration.DefaultAction.Block", "None", "{}"),
    }
