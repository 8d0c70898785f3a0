"""Of several updates, the one that sent what differs made the change."""

from dataclasses import replace

import pytest

from iacwatch.core.attribution.parameters import _word
from tests.core.attribution.called import call, matched, of, ranked
from tests.fixtures.builders import entry

OMITTED = {"reason": "requestParameters too large", "originalSize": 1, "omitted": True}
MULTI_AZ, PASSWORD = {"multiAZ": True}, {"masterUserPassword": "****", "applyImmediately": True}


def orders(differs="MultiAZ", before=False, after=True, **more):
    return of(
        "RDS::DBInstance",
        "db-A",
        "orders",
        differs=f"Configuration.{differs}",
        before=before,
        after=after,
        **more,
    )


def found(changed, first, second, *more):
    """Return the numbers of the calls that made a change: each later, thus named before, the one before it."""
    sent = [{"dBInstanceIdentifier": "orders", **each} for each in (first, second, *more)]
    calls = [
        call("rds", "ModifyDBInstance", each, eventID=str(number), before=40 - number)
        for number, each in enumerate(sent, 1)
    ]
    return "".join(match.event.event_id for match in ranked(changed, *calls).matches)


def also(changed, path, before="a", after="b"):
    return replace(changed, diff=(*changed.diff, entry(f"Configuration.{path}", before, after)))


HOLDS = {"backupRetentionPeriod": 7, "multiAZ": True, "licenseModel": "x"}


@pytest.mark.parametrize(
    ("changed", "sent", "numbers"),
    [
        # Who sent what differs is named, and not who was nearer.
        (orders(), [MULTI_AZ, PASSWORD], "1"),
        (orders("PendingModifiedValues.MultiAZ"), [MULTI_AZ, PASSWORD], "21"),
        (orders("VpcSecurityGroups.0", None, "sg-1"), [{"vpcSecurityGroupIds": ["sg-1"]}, PASSWORD], "1"),
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


def test_a_call_that_stands_alone_counts_whatever_it_sent():
    alone = call("rds", "ModifyDBInstance", {"dBInstanceIdentifier": "orders", **PASSWORD})
    assert matched(orders(), alone)
    assert matched(orders("PendingModifiedValues.MasterUserPassword"), alone)


@pytest.mark.parametrize("request_", [{}, OMITTED])
def test_by_no_parameters_nobody_can_tell(request_):
    changed = of(
        "IAM::Group", "AGPA0123456789ABCDEF0", "ops", differs="Configuration.Path", before="/", after="/b/"
    )
    moves = call("iam", "UpdateGroup", {"groupName": "ops", "newPath": "/b/"})
    other = call("iam", "UpdateGroup", {"groupName": "ops", **request_}, eventID="other")
    assert len(matched(changed, moves, other)) == 2


def test_who_only_tags_changed_no_setting_and_the_other_way_round():
    tag = {"key": "a", "value": "b"}
    tags = call("rds", "AddTagsToResource", {"resourceName": "orders", "tags": [tag]})
    setting = call("rds", "ModifyDBInstance", {"dBInstanceIdentifier": "orders", **MULTI_AZ})
    assert matched(orders(), tags, setting) == ["ModifyDBInstance"]
    assert matched(orders("TagList.0", None, tag, state=MULTI_AZ), tags, setting) == ["AddTagsToResource"]
    untag = call("rds", "RemoveTagsFromResource", {"resourceName": "orders", "tagKeys": ["a"]})
    gone = orders("TagList.0", tag, None, state=MULTI_AZ)
    assert matched(gone, untag, setting) == ["RemoveTagsFromResource"]
    # MultiAZ may have changed, for all we see.
    assert matched(orders("TagList.0", None, tag), tags, setting) == ["AddTagsToResource", "ModifyDBInstance"]


EGRESS, EIP = "AuthorizeSecurityGroupEgress", "eipalloc-0a1b2c3d4e5f60718"
RULES = {"ipPermissions": [], "ipPermissionsEgress": []}


@pytest.mark.parametrize(
    ("changed", "name", "sent"),
    [
        (
            of("EC2::SecurityGroup", "sg-1", differs="Configuration.IpPermissionsEgress.0", state=RULES),
            *(EGRESS, {"groupId": "sg-1", "ipPermissions": {"items": []}}),
        ),
        (
            of(
                "EC2::EIP", EIP, differs="Configuration.NetworkInterfaceId", state={"networkInterfaceId": "b"}
            ),
            *("AssociateAddress", {"allocationId": EIP, "networkInterfaceId": "b"}),
        ),
    ],
)
def test_who_did_more_is_not_hidden_beside_who_tagged(changed, name, sent):
    """Egress rules are sent by the name of the others; what AWS changes by itself, people change as well."""
    resources = {"items": [{"resourceId": changed.resource.id}]}
    tags = {"resourcesSet": resources, "tagSet": {"items": [{"key": "a", "value": "b"}]}}
    calls = (call("ec2", name, sent), call("ec2", "CreateTags", tags, before=30))
    assert set(matched(also(changed, "Tags.0", None), *calls)) == {name, "CreateTags"}


def test_a_call_of_another_name_may_call_things_otherwise():
    group = of("EC2::SecurityGroup", "sg-0a1b2c3d4e5f60718", differs="Configuration.IpPermissions.0")
    name = "ModifySecurityGroupRules"
    opens = {"groupId": "sg-0a1b2c3d4e5f60718", "ipPermissions": {"items": []}}
    changes = {"GroupId": "sg-0a1b2c3d4e5f60718", "SecurityGroupRule": {"x": "y"}}
    calls = (
        call("ec2", "AuthorizeSecurityGroupIngress", opens),
        call("ec2", name, {f"{name}Request": changes}),
    )
    assert len(matched(group, *calls)) == 2


@pytest.mark.parametrize(
    ("parameter", "property_"),
    [
        ("vpcSecurityGroupIds", "VpcSecurityGroups"),
        ("newDescription", "Description"),
        ("tagKeys", "TagKey"),
        ("enableLogging", "LoggingEnabled"),
        ("scalingConfig", "ScalingConfiguration"),
    ],
)
def test_parameters_and_properties_go_by_like_names(parameter, property_):
    assert _word(parameter) == _word(property_)
