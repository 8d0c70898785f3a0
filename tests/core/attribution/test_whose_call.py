"""Whom a call acts on, where another object has the same name, or the name is written otherwise."""

import pytest

from iacwatch.core.model import TrailQuery
from iacwatch.trails.record_filter import needles
from tests.core.attribution.called import WINDOW, api, matched, of
from tests.fixtures.builders import ACCOUNT, REGION

POOL = "eu-west-1:5f1c2b7a-0d7e-4c0a-9a51-6a7d2f3b4c5d"
OTHER = "eu-west-1:00000000-0d7e-4c0a-9a51-6a7d2f3b4c5d"
OF_POOL = "cognito-identity UpdateIdentityPool identityPoolName=shop identityPoolId="
TEMPLATE = "quicksight UpdateTemplate awsAccountId=111122223333 name=sales templateId="


@pytest.mark.parametrize(
    ("thing", "line", "ours", "another"),
    [
        (("Cognito::IdentityPool", POOL, "shop"), OF_POOL, POOL, OTHER),
        (("QuickSight::Template", "111122223333|t1", "sales"), TEMPLATE, "t1", "t2"),
    ],
)
def test_an_id_that_a_call_bears_is_believed_before_the_name(thing, line, ours, another):
    assert matched(of(*thing), api(f"{line}{ours}"))
    assert matched(of(*thing), api(f"{line}{another}")) == []


@pytest.mark.parametrize("called", ["ordersdb", "OrdersDB", "ORDERSDB"])
@pytest.mark.parametrize(
    ("type_", "line", "folds"),
    [
        ("RDS::DBCluster", "rds AddRoleToDBCluster roleArn=x dBClusterIdentifier", True),
        ("Lambda::Function", "lambda UpdateFunctionConfiguration20150331v2 functionName", False),
    ],
)
def test_databases_take_their_identifiers_in_any_case_and_others_do_not(type_, line, folds, called):
    changed = of(type_, "ordersdb", "ordersdb", differs="Configuration.AssociatedRoles.0")
    assert bool(matched(changed, api(f"{line}={called}"))) is (folds or called == "ordersdb")


def test_log_files_are_searched_by_more_than_names_where_case_folds():
    for type_, needle in (
        ("AWS::RDS::DBCluster", b"rds.amazonaws.com"),
        ("AWS::Lambda::Function", b"lambda"),
    ):
        asked = {"names": ("orders",), "resource_type": type_, "missing": 0.0, "window": WINDOW}
        found = needles(TrailQuery(account_id=ACCOUNT, region=REGION, **asked))
        assert any(needle in each for each in found) is (needle != b"lambda")


@pytest.mark.parametrize(
    ("thing", "line"),
    [
        (("EC2::Instance", "i-0a1b"), "ec2 ModifyInstanceAttribute instanceId=i-0a1b"),
        (("RDS::DBInstance", "db-A", "orders"), "rds StopDBInstance dBInstanceIdentifier=orders"),
    ],
)
def test_what_an_item_cannot_tell_speaks_against_no_call(thing, line):
    assert matched(of(*thing, differs=None), api(line))
    assert matched(of(*thing), api(line)) == []
