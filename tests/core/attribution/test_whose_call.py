"""Whom a call acts on, where another object has the same name, or the name is written otherwise."""

import pytest

from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.model import TrailQuery
from iacwatch.trails.record_filter import needles
from tests.core.attribution.called import CREATE, DELETE, WINDOW, arn, call, matched, of
from tests.fixtures.builders import ACCOUNT, REGION

CLUSTER = "AWS::RDS::DBCluster"
WIDGET = "Acme::Widget::Thing"
POOL = "eu-west-1:5f1c2b7a-0d7e-4c0a-9a51-6a7d2f3b4c5d"
OTHER = "eu-west-1:00000000-0d7e-4c0a-9a51-6a7d2f3b4c5d"


@pytest.mark.parametrize(("called", "found"), [(POOL, True), (OTHER, False)])
def test_an_id_that_a_call_bears_is_believed_before_the_name(called, found):
    change = of("AWS::Cognito::IdentityPool", POOL, "shop")
    event = call(
        "cognito-identity", "UpdateIdentityPool", {"identityPoolId": called, "identityPoolName": "shop"}
    )
    assert bool(matched(change, event)) is found


@pytest.mark.parametrize(("environment", "found"), [("e1", True), ("e2", False)])
def test_an_id_is_anothers_where_its_parent_is_too(environment, found):
    change = of("AWS::AppConfig::Environment", "app1|e1", "prod")
    request = {"applicationId": "app1", "environmentId": environment, "name": "prod"}
    assert bool(matched(change, call("appconfig", "UpdateEnvironment", request))) is found


def test_a_template_is_no_other_template_of_its_account():
    change = of("AWS::QuickSight::Template", "111122223333|t1", "sales")
    request = {"awsAccountId": "111122223333", "templateId": "t2", "name": "sales"}
    assert matched(change, call("quicksight", "UpdateTemplate", request)) == []


@pytest.mark.parametrize("called", ["ordersdb", "OrdersDB", "ORDERSDB"])
def test_rds_takes_its_identifiers_in_any_case(called):
    change = of(
        CLUSTER, "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ordersdb", differs="Configuration.AssociatedRoles.0"
    )
    event = call(
        "rds", "AddRoleToDBCluster", {"dBClusterIdentifier": called, "roleArn": "arn:aws:iam::1:role/x"}
    )
    assert matched(change, event) == ["AddRoleToDBCluster"]


@pytest.mark.parametrize(
    ("type_", "service", "event_name", "key"),
    [
        ("AWS::Redshift::Cluster", "redshift", "ModifyCluster", "clusterIdentifier"),
        ("AWS::ElastiCache::CacheCluster", "elasticache", "ModifyCacheCluster", "cacheClusterId"),
        ("AWS::MemoryDB::Cluster", "memorydb", "UpdateCluster", "clusterName"),
        ("AWS::DocDB::DBCluster", "rds", "ModifyDBCluster", "dBClusterIdentifier"),
    ],
)
def test_other_databases_fold_case_too(type_, service, event_name, key):
    assert matched(of(type_, "orders", "orders"), call(service, event_name, {key: "Orders"})) == [event_name]


def test_names_of_other_services_keep_their_case():
    change = of("AWS::Lambda::Function", "orders", "orders", arn("lambda", "function:orders"))
    event = call("lambda", "UpdateFunctionConfiguration20150331v2", {"functionName": "Orders"})
    assert matched(change, event) == []


@pytest.mark.parametrize(
    ("type_", "needle", "searched"),
    [(CLUSTER, b"rds.amazonaws.com", True), ("AWS::Lambda::Function", b"lambda.amazonaws.com", False)],
)
def test_log_files_are_searched_by_more_than_names_where_case_folds(type_, needle, searched):
    query = TrailQuery(
        account_id=ACCOUNT, region=REGION, window=WINDOW, names=("orders",), resource_type=type_, missing=0.0
    )
    assert (needle in needles(query)) is searched


@pytest.mark.parametrize(
    ("kind", "event_name"),
    [(CREATE, "PutResourceConfig"), (None, "PutResourceConfig"), (DELETE, "DeleteResourceConfig")],
)
def test_who_puts_a_third_partys_item_into_config_changed_it(kind, event_name):
    change = of(WIDGET, "w-1", "blue", **({"kind": kind} if kind else {}))
    assert facts_of(WIDGET).creates
    assert matched(change, call("config", event_name, {"resourceType": WIDGET, "resourceId": "w-1"})) == [
        event_name
    ]
    for elsewhere in (
        {"resourceType": "Acme::Other::Thing", "resourceId": "w-1"},
        {"resourceType": WIDGET, "resourceId": "w-2"},
    ):
        assert matched(change, call("config", event_name, elsewhere)) == []


@pytest.mark.parametrize(
    "event_name", ["FailoverGlobalCluster", "SwitchoverGlobalCluster", "RemoveFromGlobalCluster"]
)
@pytest.mark.parametrize("type_", ["AWS::RDS::GlobalCluster", "AWS::DocDB::GlobalCluster"])
def test_who_moves_a_global_clusters_members_is_found(type_, event_name):
    change = of(type_, "orders-global", "orders-global", differs="Configuration.GlobalClusterMembers.0")
    request = {
        "globalClusterIdentifier": "orders-global",
        "targetDbClusterIdentifier": arn("rds", "cluster:orders-2"),
        "dbClusterIdentifier": arn("rds", "cluster:orders-1"),
    }
    assert matched(change, call("rds", event_name, request)) == [event_name]


@pytest.mark.parametrize(
    ("type_", "id_", "name", "event"),
    [
        (
            "AWS::EC2::Instance",
            "i-0a1b2c3d4e5f60718",
            None,
            ("ec2", "ModifyInstanceAttribute", {"instanceId": "i-0a1b2c3d4e5f60718"}),
        ),
        (
            "AWS::Lambda::Function",
            "orders",
            "orders",
            ("lambda", "AddPermission20150331v2", {"functionName": "orders"}),
        ),
        (
            "AWS::RDS::DBInstance",
            "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "orders",
            ("rds", "StopDBInstance", {"dBInstanceIdentifier": "orders"}),
        ),
    ],
)
def test_what_an_item_cannot_tell_speaks_against_no_call(type_, id_, name, event):
    assert matched(of(type_, id_, name, differs=None), call(*event))
    assert matched(of(type_, id_, name), call(*event)) == []
