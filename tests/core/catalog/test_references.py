"""What somebody may mean by an id, a name or an ARN."""

import pytest

from iacwatch.core.catalog.references import reference
from iacwatch.errors import UsageError

HERE = "eu-west-1:111122223333"


def test_the_form_of_an_id_or_arn_tells_the_type_and_what_config_calls_it():
    for called, kind, name in (
        ("sg-0a1b2c3d4e5f60718", "AWS::EC2::SecurityGroup", "sg-0a1b2c3d4e5f60718"),
        ("AROAB7BD55C11B781B0CC", "AWS::IAM::Role", "AROAB7BD55C11B781B0CC"),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "AWS::KMS::Key", "1234abcd-12ab-34cd-56ef-1234567890ab"),
        (f"arn:aws:ec2:{HERE}:security-group/sg-0a1b2c3d", "AWS::EC2::SecurityGroup", "sg-0a1b2c3d"),
        ("arn:aws:s3:::acme-logs", "AWS::S3::Bucket", "acme-logs"),
        (f"arn:aws:sns:{HERE}:alerts", "AWS::SNS::Topic", f"arn:aws:sns:{HERE}:alerts"),
        (f"arn:aws:sqs:{HERE}:q", "AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/111122223333/q"),
        ("arn:aws-cn:sqs:cn-north-1:1:q", "AWS::SQS::Queue", "https://sqs.cn-north-1.amazonaws.com.cn/1/q"),
        (f"arn:aws:ecr:{HERE}:repository/team/app", "AWS::ECR::Repository", "team/app"),
    ):
        assert (kind, name) in reference(called).guesses


def test_a_name_tells_nothing_of_the_type():
    for called in ("web", "sg-", "sg-xyz", "i-team", "sgx-0a1b2c3d", "Web Server", "x" * 1_024):
        found = reference(f"  {called} ")
        assert (found.text, found.guesses, found.types) == (called, (), ())
        assert found.ids == found.names == (called,)


def test_an_arn_narrows_the_types_to_those_of_its_kind_and_is_called_by_each_of_its_tails():
    arn = "arn:aws:iam::111122223333:role/ops/deploy"
    found = reference(arn)
    assert (found.types, found.names) == (("AWS::IAM::Role",), ("ops/deploy", "deploy"))
    assert (found.arn.service, found.arn.resource) == ("iam", "role/ops/deploy")
    assert found.ids == (arn, "ops/deploy", "deploy")
    assert reference(f"arn:aws:ec2:{HERE}:security-group/sg-0a1b2c3d").types == ("AWS::EC2::SecurityGroup",)
    assert "AWS::RDS::DBInstance" in reference(f"arn:aws:rds:{HERE}:db:orders").types


def test_what_can_be_no_resources_name_is_refused_in_a_sentence():
    for called in ("", "   ", "x" * 1_025, "we'b", "a\\b", "a\nb", "\x1b[31m", "web\u202e", "a\x00b"):
        with pytest.raises(UsageError, match="can look up; write it as"):
            reference(called)
