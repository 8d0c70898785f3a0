"""Calls that show in some fields of an item alone: whoever reboots chose no other parameter group."""

from dataclasses import replace

import pytest

from tests.core.attribution.called import call, matched, of
from tests.fixtures.builders import entry

REBOOT = call("rds", "RebootDBInstance", {"dBInstanceIdentifier": "orders"})
CHOOSE = call("rds", "ModifyDBInstance", {"dBInstanceIdentifier": "orders", "dBParameterGroupName": "b"})


def orders(*diff):
    return replace(of("AWS::RDS::DBInstance", "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "orders"), diff=diff)


def group(name, status):
    return {"dbparameterGroupName": name, "parameterApplyStatus": status}


def elements(path, before, after):
    return entry(f"{path}.0", before, None), entry(f"{path}.1", None, after)


def test_a_reboot_shows_in_whether_parameters_are_applied_and_not_in_which_they_are():
    path = "Configuration.DBParameterGroups"
    applied = orders(*elements(path, group("a", "pending-reboot"), group("a", "in-sync")))
    assert matched(applied, REBOOT) == ["RebootDBInstance"]
    for status in ("in-sync", "pending-reboot"):
        chosen = orders(*elements(path, group("a", "in-sync"), group("b", status)))
        assert matched(chosen, REBOOT) == []
        assert matched(chosen, REBOOT, CHOOSE) == ["ModifyDBInstance"]
    assert matched(orders(entry(f"{path}.1", None, group("b", "in-sync"))), REBOOT) == []
    assert matched(orders(entry(f"{path}.0.ParameterApplyStatus", "a", "b")), REBOOT) == ["RebootDBInstance"]


def test_a_failover_shows_in_who_writes_and_not_in_who_is_a_member():
    cluster = of("AWS::RDS::DBCluster", "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "orders")
    failover = call("rds", "FailoverDBCluster", {"dBClusterIdentifier": "orders"})
    path = "Configuration.DBClusterMembers"
    one, two = ({"dbinstanceIdentifier": name, "isClusterWriter": name == "a"} for name in "ab")
    swapped = ({**one, "isClusterWriter": False}, {**two, "isClusterWriter": True})
    diff = (*elements(path, one, swapped[0]), *elements(path, two, swapped[1]))
    assert matched(replace(cluster, diff=diff), failover) == ["FailoverDBCluster"]
    assert matched(replace(cluster, diff=(entry(f"{path}.2", None, two),)), failover) == []


@pytest.mark.parametrize("status", ["clusterParameterStatusList", "parameterApplyStatus"])
def test_a_reboot_of_a_warehouse_applies_parameters(status):
    warehouse = of("AWS::Redshift::Cluster", "orders", "orders")
    diff = elements(
        "Configuration.ClusterParameterGroups",
        {"parameterGroupName": "a", status: "x"},
        {"parameterGroupName": "a", status: "y"},
    )
    reboot = call("redshift", "RebootCluster", {"clusterIdentifier": "orders"})
    assert matched(replace(warehouse, diff=diff), reboot) == ["RebootCluster"]
    other = elements(
        "Configuration.ClusterParameterGroups", {"parameterGroupName": "a"}, {"parameterGroupName": "b"}
    )
    assert matched(replace(warehouse, diff=other), reboot) == []


def test_who_only_starts_or_stops_a_thing_set_nothing_of_it():
    broker = of(
        "AWS::AmazonMQ::Broker",
        "b-1234a5b6-78cd-901e-2fgh-3i45j6k17819",
        "orders",
        differs="Configuration.EngineVersion",
    )
    for name in ("RebootBroker", "UpdateBroker", "Promote"):
        found = matched(broker, call("mq", name, {"brokerId": "b-1234a5b6-78cd-901e-2fgh-3i45j6k17819"}))
        assert found == ([] if name == "RebootBroker" else [name])


@pytest.mark.parametrize(
    ("type_", "service", "event_name", "key"),
    [
        (
            "AWS::AppStream::AppBlockBuilder",
            "appstream",
            "AssociateAppBlockBuilderAppBlock",
            "appBlockBuilderName",
        ),
        ("AWS::Events::Connection", "events", "DeauthorizeConnection", "name"),
        ("AWS::IoTSiteWise::Asset", "iotsitewise", "UpdateAssetProperty", "assetId"),
        ("AWS::IoTSiteWise::Asset", "iotsitewise", "AssociateAssets", "assetId"),
        ("AWS::ResilienceHub::App", "resiliencehub", "PutDraftAppVersionTemplate", "appArn"),
        ("AWS::Signer::SigningProfile", "signer", "RevokeSigningProfile", "profileName"),
        ("AWS::Glue::Database", "glue", "CreateDatabase", "databaseInput.name"),
        ("AWS::S3::StorageLensGroup", "s3", "CreateStorageLensGroup", "storageLensGroup.name"),
        ("AWS::Glue::Classifier", "glue", "CreateClassifier", "csvClassifier.name"),
        ("AWS::Config::StoredQuery", "config", "PutStoredQuery", "storedQuery.queryName"),
    ],
)
def test_calls_are_known_by_more_than_the_types_own_name(type_, service, event_name, key):
    request = "orders"
    for part in reversed(key.split(".")):
        request = {part: request}
    assert matched(of(type_, "orders", "orders"), call(service, event_name, request)) == [event_name]
