"""What people may mean by an id."""

from iacwatch.core.addresses.asked import AskedId, readings
from iacwatch.core.iac import AddressRow

ACCOUNT = "111122223333"
HERE = {"account_id": ACCOUNT, "region": "eu-west-1"}
ARN = f"arn:aws:{{}}:eu-west-1:{ACCOUNT}:{{}}".format


def test_an_arn_and_some_of_configs_ids_have_the_id_in_them():
    for called, asked in (
        (ARN("ec2", "vpc-peering-connection/p-1"), AskedId(id="p-1", kind="vpc-peering-connection", **HERE)),
        (f"arn:aws:iam::{ACCOUNT}:role/ci/deploy", AskedId(id="deploy", account_id=ACCOUNT, kind="role")),
        (ARN("sqs", "jobs"), AskedId(id="jobs", kind="sqs", **HERE)),
        (ARN("rds", "db:orders"), AskedId(id="orders", kind="db", **HERE)),
        (f"{ACCOUNT}/search", AskedId(id="search", account_id=ACCOUNT)),
    ):
        assert list(readings(called)) == [asked]


def test_terraform_writes_other_signs_between_what_is_in_something_else_and_that():
    assert list(readings("shop|vpc-cni")) == [AskedId(id="shop:vpc-cni"), AskedId(id="shop/vpc-cni")]
    for called in ("", "sg-1", "arn:aws", "arn:aws:s3:::", "/x"):
        assert list(readings(called)) == []


def test_a_row_of_that_id_may_still_be_another_resource():
    (asked,) = readings(ARN("ec2", "natgateway/nat-1"))
    row = {"address": "aws_nat_gateway.a", "type": "aws_nat_gateway", "id": "nat-1"}
    assert asked.may_be(AddressRow(**row))
    assert asked.may_be(AddressRow(**row, account_id=ACCOUNT, region="eu-west-1"))
    assert not asked.may_be(AddressRow(**row, account_id="444455556666"))
    assert not asked.may_be(AddressRow(**row, region="eu-west-2"))
    assert not asked.may_be(AddressRow(**{**row, "type": "aws_eip"}))
    # An id that nothing else can have needs no type that is written alike.
    (asked,) = readings(ARN("ec2", "eip-allocation/eipalloc-0a1b2c3d4e5f60718"))
    assert asked.may_be(AddressRow(address="aws_eip.a", type="aws_eip", id="eipalloc-0a1b2c3d4e5f60718"))
