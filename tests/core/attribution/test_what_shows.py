"""Calls that show in some fields of an item alone: whoever reboots chose no other parameter group."""

from dataclasses import replace

from tests.core.attribution.called import api, matched, of
from tests.fixtures.builders import entry

REBOOT = api("rds RebootDBInstance dBInstanceIdentifier=orders")
CHOOSE = api("rds ModifyDBInstance dBInstanceIdentifier=orders dBParameterGroupName=b")


def orders(*diff):
    return of("RDS::DBInstance", "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "orders", diff=diff)


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
    cluster = of("RDS::DBCluster", "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "orders")
    failover = api("rds FailoverDBCluster dBClusterIdentifier=orders")
    path = "Configuration.DBClusterMembers"
    one, two = ({"dbinstanceIdentifier": name, "isClusterWriter": name == "a"} for name in "ab")
    swapped = ({**one, "isClusterWriter": False}, {**two, "isClusterWriter": True})
    diff = (*elements(path, one, swapped[0]), *elements(path, two, swapped[1]))
    assert matched(replace(cluster, diff=diff), failover) == ["FailoverDBCluster"]
    assert matched(replace(cluster, diff=(entry(f"{path}.2", None, two),)), failover) == []
