"""Which types are global, and in which region's trail their calls are."""

import pytest

from iacwatch.core.arn import partition_of
from iacwatch.core.catalog.places import is_global, partition, trail_region
from tests.fixtures.builders import resource

ACL = "arn:aws:wafv2:us-east-1:111122223333:{}/webacl/w/1"


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::CloudFront::Distribution",
        "AWS::Route53::HostedZone",
        "AWS::Organizations::Policy",
        "AWS::GlobalAccelerator::Accelerator",
    ],
)
def test_global_services_types_are_global(type_):
    assert is_global(type_)


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::EC2::Instance",
        "AWS::S3::Bucket",
        "AWS::Route53Resolver::ResolverRule",
        "AWS::WAFRegional::WebACL",
        "IAM",
        "",
    ],
)
def test_other_types_are_not(type_):
    assert not is_global(type_)


def test_a_web_acl_is_global_where_its_arn_says_so():
    assert is_global("AWS::WAFv2::WebACL", ACL.format("global"))
    assert not is_global("AWS::WAFv2::WebACL", ACL.format("regional"))
    assert not is_global("AWS::WAFv2::WebACL", None)


@pytest.mark.parametrize(
    ("fields", "region"),
    [
        ({"type": "AWS::EC2::Instance", "region": "ap-southeast-2"}, "ap-southeast-2"),
        ({"type": "AWS::IAM::Role", "region": "global", "recorded_in": "eu-west-1"}, "us-east-1"),
        ({"type": "AWS::IAM::Role", "region": "global", "recorded_in": "cn-northwest-1"}, "cn-north-1"),
        ({"type": "AWS::IAM::Role", "region": "global", "recorded_in": "us-gov-east-1"}, "us-gov-west-1"),
        (
            {
                "type": "AWS::IAM::Role",
                "region": "global",
                "recorded_in": "",
                "arn": "arn:aws-cn:iam::1:role/x",
            },
            "cn-north-1",
        ),
        (
            {"type": "AWS::CloudFront::Distribution", "region": "global", "recorded_in": "us-east-1"},
            "us-east-1",
        ),
        (
            {"type": "AWS::GlobalAccelerator::Accelerator", "region": "global", "recorded_in": "eu-west-1"},
            "us-west-2",
        ),
        ({"type": "AWS::S3::Bucket", "region": "eu-central-1", "arn": "arn:aws:s3:::b"}, "eu-central-1"),
        ({"type": "AWS::WAFv2::WebACL", "region": "global", "arn": ACL.format("global")}, "us-east-1"),
        ({"type": "AWS::WAFv2::WebACL", "region": "us-east-1", "arn": ACL.format("regional")}, "us-east-1"),
    ],
)
def test_the_calls_are_in_the_trail_of_the_services_home(fields, region):
    assert trail_region(resource(**fields)) == region


def test_a_partition_is_told_by_the_region_and_by_the_arn_only_where_no_region_is_known():
    gov = "arn:aws-us-gov:iam::1:role/y"
    assert partition(resource(region="cn-north-1", arn=None)) == "aws-cn"
    assert partition(resource(region="eu-west-1", arn=gov)) == "aws"
    assert partition(resource(region="global", recorded_in="eu-west-1", arn=gov)) == "aws"
    assert partition(resource(region="global", recorded_in="", arn=gov)) == "aws-us-gov"
    assert partition(resource(region="global", recorded_in="", arn="arn:made-up:iam::1:role/y")) == "aws"
    assert partition(resource(region="eu-west-1", arn="arn:aws-made-up:ec2:r:1:x/y")) == "aws"
    assert [
        partition_of(name) for name in ("us-iso-east-1", "us-isob-east-1", "eusc-de-east-1", "us-east-1")
    ] == [
        "aws-iso",
        "aws-iso-b",
        "aws-eusc",
        "aws",
    ]
