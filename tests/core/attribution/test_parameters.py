"""Of several updates, the one that sent what differs made the change."""

from dataclasses import replace

import pytest

from tests.core.attribution.called import call, matched, of, ranked
from tests.fixtures.builders import entry

MULTI_AZ, PASSWORD = {"multiAZ": True}, {"masterUserPassword": "****", "applyImmediately": True}


def orders(differs="MultiAZ", before=False, after=True, **more):
    path = f"Configuration.{differs}"
    return of("RDS::DBInstance", "db-A", "orders", differs=path, before=before, after=after, **more)


def found(changed, *sent):
    """Return the numbers of the calls that made a change: each later, thus named before, the one before it."""
    calls = [
        call("rds", "ModifyDBInstance", {**ORDERS, **each}, eventID=str(number), before=40 - number)
        for number, each in enumerate(sent, 1)
    ]
    return "".join(match.event.event_id for match in ranked(changed, *calls).matches)


def also(changed, path, before="a", after="b"):
    return replace(changed, diff=(*changed.diff, entry(f"Configuration.{path}", before, after)))


ORDERS = {"dBInstanceIdentifier": "orders"}
HOLDS = {"backupRetentionPeriod": 7, "multiAZ": True, "licenseModel": "x"}


@pytest.mark.parametrize(
    ("changed", "sent", "numbers"),
    [
        # Who sent what differs is named, and not who was nearer.
        (orders(), [MULTI_AZ, PASSWORD], "1"),
        (orders("PendingModifiedValues.MultiAZ"), [MULTI_AZ, PASSWORD], "21"),
        (orders("VpcSecurityGroups.0", None, "sg-1"), [{"vpcSecurityGroupIds": ["sg-1"]}, PASSWORD], "1"),
        # A call that stands alone counts whatever it sent.
        (orders(), [PASSWORD], "1"),
        (orders("PendingModifiedValues.MasterUserPassword"), [PASSWORD], "1"),
        (orders("LoggingEnabled", False, True), [{"enableLogging": True}, PASSWORD], "1"),
        (orders("ScalingConfiguration", 1, 2), [{"newScalingConfig": "x"}, PASSWORD], "1"),
        # What nobody sent, or no more than was sent, tells nobody apart.
        (orders("Something.Else"), [MULTI_AZ, PASSWORD], "21"),
        (orders("LicenseModel", "a", "b"), [MULTI_AZ, {"processorFeatures": [{"name": "a"}]}], "21"),
        (also(orders(), "LicenseModel"), [MULTI_AZ, PASSWORD], "21"),
        # What AWS notes of every change needs no parameter.
        (also(orders(), "LastModifiedTime"), [MULTI_AZ, PASSWORD], "1"),
        # Who sent only what the item shows unchanged did not change the rest.
        (also(orders(state=HOLDS), "LicenseModel"), [MULTI_AZ, {"backupRetentionPeriod": 7}, PASSWORD], "31"),
        # What a later call overwrote may have been done all the same.
        (orders(), [{"multiAZ": False, "storageType": "gp2"}, MULTI_AZ], "21"),
        (orders(), [{"storageType": "io1"}, {**MULTI_AZ, "storageType": "gp3"}], "21"),
        (orders(), [{**MULTI_AZ, "storageType": "gp3"}, {"storageType": "io1"}], "1"),
        # A text that was sent is compared with the one that is there.
        (orders("StorageType", "gp2", "gp3"), [{"storageType": "gp3"}, {"storageType": "gp2"}], "1"),
        (orders("StorageType", "gp2", "gp3"), [{"storageType": "gp2"}, {"storageType": "gp3"}], "21"),
    ],
)
def test_who_sent_what_differs_made_the_change(changed, sent, numbers):
    assert found(changed, *sent) == numbers


OMITTED = {"reason": "requestParameters too large", "originalSize": 1, "omitted": True}
PATH = {"differs": "Configuration.Path", "before": "/", "after": "/b/"}
MOVED = of("IAM::Group", "AGPA0123456789ABCDEF0", "ops", **PATH)
TAG = {"key": "a", "value": "b"}
MODIFIES = call("rds", "ModifyDBInstance", {**ORDERS, **MULTI_AZ})
TAGS = call("rds", "AddTagsToResource", {"resourceName": "orders", "tags": [TAG]})
UNTAGS = call("rds", "RemoveTagsFromResource", {"resourceName": "orders", "tagKeys": ["a"]})
RULES = {"ipPermissions": [], "ipPermissionsEgress": []}
GROUP = of("EC2::SecurityGroup", "sg-0a1b2c3d", differs="Configuration.IpPermissionsEgress.0", state=RULES)
OPENS = {"groupId": "sg-0a1b2c3d", "ipPermissions": {"items": []}}
EIP = of(
    "EC2::EIP", "eipalloc-0a", differs="Configuration.NetworkInterfaceId", state={"networkInterfaceId": "b"}
)
ATTACHES = call("ec2", "AssociateAddress", {"allocationId": "eipalloc-0a", "networkInterfaceId": "b"})
RULE = {"ModifySecurityGroupRulesRequest": {"GroupId": "sg-0a1b2c3d", "SecurityGroupRule": {"x": "y"}}}
CHANGES = call("ec2", "ModifySecurityGroupRules", RULE)
INGRESS, EGRESS = (call("ec2", f"AuthorizeSecurityGroup{way}", OPENS) for way in ("Ingress", "Egress"))
OPENED = of("EC2::SecurityGroup", "sg-0a1b2c3d", differs="Configuration.IpPermissions.0")


def moves(**sent):
    return call("iam", "UpdateGroup", {"groupName": "ops", **sent}, eventID=f"{sent}")


def tagging(id_):
    tags = {"resourcesSet": {"items": [{"resourceId": id_}]}, "tagSet": {"items": [TAG]}}
    return call("ec2", "CreateTags", tags, before=30)


@pytest.mark.parametrize(
    ("changed", "calls", "names"),
    [
        # By no parameters nobody can tell.
        (MOVED, [moves(newPath="/b/"), moves()], "UpdateGroup UpdateGroup"),
        (MOVED, [moves(newPath="/b/"), moves(**OMITTED)], "UpdateGroup UpdateGroup"),
        # Who only tags changed no setting, and the other way round.
        (orders(), [TAGS, MODIFIES], "ModifyDBInstance"),
        (orders("TagList.0", None, TAG, state=MULTI_AZ), [TAGS, MODIFIES], "AddTagsToResource"),
        (orders("TagList.0", TAG, None, state=MULTI_AZ), [UNTAGS, MODIFIES], "RemoveTagsFromResource"),
        # MultiAZ may have changed, for all we see.
        (orders("TagList.0", None, TAG), [TAGS, MODIFIES], "AddTagsToResource ModifyDBInstance"),
        # Egress rules are sent by the name of the others; what AWS changes by itself, people change as well.
        (also(GROUP, "Tags.0", None), [EGRESS, tagging("sg-0a1b2c3d")], f"{EGRESS.name} CreateTags"),
        (also(EIP, "Tags.0", None), [ATTACHES, tagging("eipalloc-0a")], "AssociateAddress CreateTags"),
        # A call of another name may call things otherwise.
        (OPENED, [INGRESS, CHANGES], "AuthorizeSecurityGroupIngress ModifySecurityGroupRules"),
    ],
)
def test_a_call_is_dropped_only_where_another_explains_all_that_differs(changed, calls, names):
    assert sorted(matched(changed, *calls)) == names.split()
