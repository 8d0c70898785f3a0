"""The demo's code: the Terraform states that its pipeline applies, one a team, and who owns them."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from iacwatch.core.model import Json
from iacwatch.demo.story import stock
from iacwatch.demo.story.thing import REGION, Thing
from iacwatch.demo.story.weeks import stock as weeks

REPOSITORY: Final = "acme/infra"
_FOLDER: Final = "live/prod"
_PROVIDER: Final = 'provider["registry.terraform.io/hashicorp/aws"]'
_TYPES: Final = {
    "AWS::AutoScaling::AutoScalingGroup": "aws_autoscaling_group",
    "AWS::CloudWatch::Alarm": "aws_cloudwatch_metric_alarm",
    "AWS::DynamoDB::Table": "aws_dynamodb_table",
    "AWS::EC2::Instance": "aws_instance",
    "AWS::EC2::SecurityGroup": "aws_security_group",
    "AWS::EC2::Subnet": "aws_subnet",
    "AWS::Events::Rule": "aws_cloudwatch_event_rule",
    "AWS::IAM::Policy": "aws_iam_policy",
    "AWS::IAM::Role": "aws_iam_role",
    "AWS::KMS::Key": "aws_kms_key",
    "AWS::Lambda::Function": "aws_lambda_function",
    "AWS::RDS::DBInstance": "aws_db_instance",
    "AWS::S3::Bucket": "aws_s3_bucket",
    "AWS::SNS::Topic": "aws_sns_topic",
    "AWS::SQS::Queue": "aws_sqs_queue",
}
"""Terraform's type by Config's."""
_BY_NAME: Final = frozenset(
    {"AWS::AutoScaling::AutoScalingGroup", "AWS::IAM::Role", "AWS::CloudWatch::Alarm"}
)
"""Types whose id in a state is their name; an IAM policy's is its ARN, of all others it is as in Config."""


def write(folder: Path) -> Mapping[str, str]:
    """Write the states into a folder, as ``live/prod/TEAM/terraform.tfstate``; return a rule about them."""
    for team, things in _by_team().items():
        file = folder / _FOLDER / team / "terraform.tfstate"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(_state(team, things)), encoding="utf-8")
    return {
        "state": f"{folder}/{_FOLDER}/*/terraform.tfstate",
        "repository": REPOSITORY,
        "directory": f"{_FOLDER}/{{1}}",
        "owner": "@acme/{1}",
    }


def _by_team() -> Mapping[str, list[Thing]]:
    teams: dict[str, list[Thing]] = {}
    for thing in (*vars(stock).values(), *vars(weeks).values()):
        if isinstance(thing, Thing) and thing.tags.get("managed-by") == "terraform":
            teams.setdefault(thing.tags["team"], []).append(thing)
    return teams


def _state(team: str, things: list[Thing]) -> dict[str, Json]:
    return {
        "version": 4,
        "terraform_version": "1.13.4",
        "serial": 41,
        "lineage": f"5d0c7d4e-6b1a-4b53-9d0f-{team.encode().hex():0<12.12}",
        "outputs": {},
        "resources": list(_resources(things)),
        "check_results": None,
    }


def _resources(things: list[Thing]) -> Iterator[dict[str, Json]]:
    groups = [thing for thing in things if thing.type == "AWS::EC2::SecurityGroup"]
    if groups:
        instances = [{"index_key": thing.name, **_instance(thing)} for thing in groups]
        yield {"module": "module.network", **_resource("aws_security_group", "group", instances)}
    for thing in things:
        if thing not in groups:
            label = thing.name or thing.tags.get("Name") or "orders"
            name = re.sub(r"\W", "_", label)
            yield _resource(_TYPES[thing.type], name, [_instance(thing)])


def _resource(kind: str, name: str, instances: list[dict[str, Json]]) -> dict[str, Json]:
    return {"mode": "managed", "type": kind, "name": name, "provider": _PROVIDER, "instances": instances}


def _instance(thing: Thing) -> dict[str, Json]:
    identifier = thing.name if thing.type in _BY_NAME else thing.id
    if thing.type == "AWS::IAM::Policy":
        identifier = thing.arn
    attributes = {"id": identifier, "arn": thing.arn, "region": REGION, "tags": dict(thing.tags)}
    return {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
