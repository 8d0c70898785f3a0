"""Which types are global, and in which region's trail their calls are."""

from iacwatch.core.catalog.places import is_global, partition, trail_region
from tests.fixtures.builders import resource

GOV = "arn:aws-us-gov:iam::1:role/y"
ACL = "arn:aws:wafv2:us-east-1:111122223333:{}/webacl/w/1"


GLOBAL = "IAM::Role CloudFront::Distribution Route53::HostedZone Organizations::Policy GlobalAccelerator::Accelerator"
REGIONAL = "EC2::Instance Route53Resolver::ResolverRule WAFRegional::WebACL"


def test_the_types_of_global_services_and_web_acls_whose_arn_says_so_are_global():
    assert all(is_global(f"AWS::{kind}") for kind in GLOBAL.split())
    assert not any(is_global(f"AWS::{kind}") for kind in REGIONAL.split())
    assert not any(map(is_global, ("IAM", "")))
    acl = "AWS::WAFv2::WebACL"
    assert [is_global(acl, arn) for arn in (ACL.format("global"), ACL.format("regional"), None)] == [
        True,
        False,
        False,
    ]


def test_the_calls_are_in_the_trail_of_the_services_home():
    for type_, region, recorded_in, arn, expected in (
        ("IAM::Role", "global", "eu-west-1", None, "us-east-1"),
        ("IAM::Role", "global", "cn-northwest-1", None, "cn-north-1"),
        ("IAM::Role", "global", "us-gov-east-1", None, "us-gov-west-1"),
        ("IAM::Role", "global", "", "arn:aws-cn:iam::1:role/x", "cn-north-1"),
        ("GlobalAccelerator::Accelerator", "global", "eu-west-1", None, "us-west-2"),
        ("WAFv2::WebACL", "global", "eu-west-1", ACL.format("global"), "us-east-1"),
        ("WAFv2::WebACL", "us-east-1", "us-east-1", ACL.format("regional"), "us-east-1"),
    ):
        thing = resource(type=f"AWS::{type_}", region=region, recorded_in=recorded_in, arn=arn)
        assert trail_region(thing) == expected


def test_a_partition_is_the_regions_and_else_the_arns():
    for region, recorded_in, arn, expected in (
        ("cn-north-1", "cn-north-1", None, "aws-cn"),
        ("global", "eu-west-1", GOV, "aws"),
        ("global", "", GOV, "aws-us-gov"),
        ("global", "", "arn:made-up:iam::1:role/y", "aws"),
        ("us-isob-east-1", "", None, "aws-iso-b"),
    ):
        assert partition(resource(region=region, recorded_in=recorded_in, arn=arn)) == expected
