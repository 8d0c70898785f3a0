"""What an ARN, a region and an account id look like."""

import pytest

from iacwatch.core.arn import arn_parts, is_account, is_region


def test_an_arn_is_taken_apart_and_its_resource_may_hold_colons():
    parts = arn_parts("arn:aws:rds:eu-west-1:111122223333:db:main")
    assert (parts.service, parts.region, parts.account_id) == ("rds", "eu-west-1", "111122223333")
    assert parts.resource == "db:main"
    for text in (None, "", "arn", "arn:aws:s3", "arn:aws:::1:", "x:aws:s3:::b", "arn::s3:::b"):
        assert arn_parts(text) is None


@pytest.mark.parametrize(
    ("is_one", "good", "bad"),
    [
        (
            is_region,
            "eu-west-1 us-gov-east-1 eusc-de-east-1",
            "global eu-west eu-west-1.evil.example EU-WEST-1 a/b-1",
        ),
        (is_account, "111122223333", "11112222333 1111222233334 11112222333a " + "\uff11" * 12),
    ],
)
def test_only_what_looks_like_a_region_or_an_account_is_one(is_one, good, bad):
    assert all(map(is_one, good.split()))
    assert not any(map(is_one, ["", *bad.split(), f"{good.split()[0]}\n"]))
