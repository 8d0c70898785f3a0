"""What an ARN, a region and an account id look like."""

import pytest

from iacwatch.core.arn import arn_parts, is_account, is_region


@pytest.mark.parametrize(
    "text", [None, "", "arn", "arn:aws:s3", "arn:aws:::1:", "x:aws:s3:::b", "arn::s3:::b"]
)
def test_what_is_no_arn_has_no_parts(text):
    assert arn_parts(text) is None


def test_an_arn_is_taken_apart_and_its_resource_may_hold_colons():
    parts = arn_parts("arn:aws:rds:eu-west-1:111122223333:db:main")
    assert (parts.service, parts.region, parts.account_id, parts.resource) == (
        "rds",
        "eu-west-1",
        "111122223333",
        "db:main",
    )
    assert arn_parts("arn:aws:s3:::b/k:v").resource == "b/k:v"


def test_only_what_looks_like_a_region_is_one():
    assert all(map(is_region, ("eu-west-1", "us-gov-east-1", "ap-southeast-2", "eusc-de-east-1")))
    others = ("", "global", "eu-west", "eu-west-1.evil.example", "EU-WEST-1", "a/b-1", "eu-west-1\n")
    assert not any(map(is_region, others))


def test_only_twelve_digits_are_an_account():
    assert is_account("111122223333")
    others = ("", "11112222333", "1111222233334", "11112222333a", "\uff11" * 12, "111122223333\n")
    assert not any(map(is_account, others))
