"""How grave a change is, and what was done in words."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import ChangeType, Evidence, Managed, Mention, Verdict
from iacwatch.core.present import sentence
from iacwatch.core.present.gravity import Gravity, deed, gravest_first, gravity
from tests.fixtures.builders import CALLED_AT, change, entry, event, finding, match, resource

BUCKET = resource(type="AWS::S3::Bucket", id="logs", name="logs")
DATABASE = resource(type="AWS::RDS::DBInstance", id="db-1", name="orders")
ROLE = resource(type="AWS::IAM::Role", id="AROA1", name="ci")
KEY = resource(type="AWS::KMS::Key", id="1234", name=None)
THING = resource(type="AWS::X::Y", id="x", name="x")


def made(*diff, where=THING, called="ModifySomething", sent=(), **fields):
    mentions = tuple(Mention(path=("request", *key.split(".")), value=value) for key, value in sent)
    what = change(resource=where, diff=diff, **fields)
    return finding(change=what, match=match(event=event(event_name=called, mentions=mentions)))


def told(a_finding):
    return sentence.said(sentence.done(a_finding))


def policy(principal="*", action="s3:GetObject", **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action,
            "Resource": "*", **more}]}  # fmt: skip


OWN = policy({"AWS": "arn:aws:iam::111122223333:root"})
BLOCK = {"blockPublicAcls": True, "ignorePublicAcls": True, "blockPublicPolicy": True, "restrictPublicBuckets": True}  # fmt: skip
ALL_USERS = {"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}, "permission": "READ"}
ACL = "SupplementaryConfiguration.AccessControlList"

DEEDS = [
    # What differs.
    (made(entry("Configuration.publiclyAccessible", False, True), where=DATABASE), Gravity.OPENED,
     "made RDS instance orders publicly accessible"),
    (made(entry("Configuration.deletionProtection", True, False), where=DATABASE), Gravity.UNPROTECTED,
     "removed deletion protection from RDS instance orders"),
    (made(entry("Configuration.deletionProtection", "ACTIVE", "INACTIVE")), Gravity.UNPROTECTED, "removed deletion protection"),
    (made(entry("Configuration.backupRetentionPeriod", 7, 0), where=DATABASE), Gravity.UNPROTECTED,
     "switched off the backups of RDS instance orders"),
    (made(entry("Configuration.resourcesVpcConfig", {"endpointPublicAccess": False}, {"endpointPublicAccess": True})),
     Gravity.OPENED, "opened the endpoint of"),
    (made(entry("SupplementaryConfiguration.PublicAccessBlockConfiguration", BLOCK, {**BLOCK, "blockPublicPolicy": False}),
          where=BUCKET), Gravity.OPENED, "switched off the public access block of S3 bucket logs"),
    (made(entry("SupplementaryConfiguration.PublicAccessBlockConfiguration", json.dumps(BLOCK), None), where=BUCKET),
     Gravity.OPENED, "removed the public access block of S3 bucket logs"),
    (made(entry("SupplementaryConfiguration.BucketPolicy", {"policyText": None}, {"policyText": json.dumps(policy())}),
          where=BUCKET), Gravity.OPENED, "made S3 bucket logs public"),
    (made(entry("Configuration.policy", json.dumps(OWN), json.dumps(policy({"AWS": "*"}))), where=KEY), Gravity.OPENED,
     "made KMS key 1234 public"),
    (made(entry("Configuration.assumeRolePolicyDocument", quote(json.dumps(OWN)), quote(json.dumps(policy()))), where=ROLE),
     Gravity.OPENED, "let everybody assume IAM role ci"),
    (made(entry(ACL, {"grantList": []}, {"grantList": [ALL_USERS]}), where=BUCKET), Gravity.OPENED,
     "made S3 bucket logs public"),
    (made(entry(ACL, '{"grantList":[]}', '{"grantList":[{"grantee":"AllUsers","permission":"Read"}]}'), where=BUCKET),
     Gravity.OPENED, "made S3 bucket logs public"),
    (made(entry("SupplementaryConfiguration.BucketVersioningConfiguration", {"status": "Enabled"}, {"status": "Suspended"}),
          where=BUCKET), Gravity.UNPROTECTED, "suspended the versioning of S3 bucket logs"),
    (made(entry("SupplementaryConfiguration.BucketLoggingConfiguration", {"destinationBucketName": "audit"},
    {"destinationBucketName": None}), where=BUCKET), Gravity.UNPROTECTED, "switched off the logging of S3 bucket logs"),
    (made(entry("SupplementaryConfiguration.ServerSideEncryptionConfiguration", {"rules": [{"x": "y"}]}, None), where=BUCKET),
     Gravity.UNPROTECTED, "removed the encryption of S3 bucket logs"),
    (made(entry("SupplementaryConfiguration.LoadBalancerAttributes", [{"key": "deletion_protection.enabled", "value": "true"}],
    [{"key": "deletion_protection.enabled", "value": "false"}])), Gravity.UNPROTECTED, "removed deletion protection from"),
    (made(entry("Configuration.metadataOptions", {"httpTokens": "required"}, {"httpTokens": "optional"})),
     Gravity.UNPROTECTED, "allowed IMDSv1 on"),
    (made(entry("SupplementaryConfiguration.KeyRotationStatus", {"keyRotationEnabled": True}, {"keyRotationEnabled": False}),
          where=KEY), Gravity.UNPROTECTED, "switched off the rotation of KMS key 1234"),
    (made(entry("Configuration.attachedManagedPolicies.1", None, {"policyName": "AdministratorAccess", "policyArn": "…"}),
          where=ROLE), Gravity.ADMIN, "attached AdministratorAccess to IAM role ci"),
    (made(entry("Configuration.rolePolicyList.0", None, {"policyName": "all", "policyDocument": quote(json.dumps(
          {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))}), where=ROLE), Gravity.ADMIN,
     "gave all rights to IAM role ci"),
    (made(entry("Configuration.permissionsBoundary", {"permissionsBoundaryArn": "a"}, None), where=ROLE),
     Gravity.UNPROTECTED, "removed the permissions boundary of IAM role ci"),
    # What the call does.
    (made(called="AttachRolePolicy", sent=[("policyarn", "arn:aws:iam::aws:policy/AdministratorAccess")], where=ROLE),
     Gravity.ADMIN, "attached AdministratorAccess to IAM role ci"),
    (made(called="AttachRolePolicy", sent=[("policyarn", "arn:aws:iam::aws:policy/ReadOnlyAccess")], where=ROLE),
     Gravity.REST, "attached ReadOnlyAccess to IAM role ci"),
    (made(called="AttachRolePolicy", where=ROLE), Gravity.REST, "attached a policy to IAM role ci"),
    (made(called="ScheduleKeyDeletion", where=KEY), Gravity.DELETED, "scheduled the deletion of KMS key 1234"),
    (made(called="DisassociateWebACL"), Gravity.UNPROTECTED, "took the web ACL off"),
    (made(called="AddPermission", sent=[("principal", "*")]), Gravity.OPENED, "let everybody call"),
    (made(called="AddPermission", sent=[("principal", "s3.amazonaws.com")]), Gravity.REST, "added a permission to"),
    (made(called="ModifyDBSnapshotAttribute", sent=[("valuestoadd", "all")]), Gravity.OPENED, "made"),
    (made(called="ModifyDBSnapshotAttribute", sent=[("valuestoadd", "444455556666")]), Gravity.REST, "changed who may use"),
    (made(called="ModifySnapshotAttribute", sent=[("createvolumepermission.add.items.group", "all")]), Gravity.OPENED, "made"),
    (made(called="UpdateFunctionUrlConfig", sent=[("authtype", "NONE")]), Gravity.OPENED, "opened the URL of"),
    (made(called="PutBucketAcl", sent=[("x-amz-acl", "public-read")], where=BUCKET), Gravity.OPENED, "made S3 bucket logs public"),
    # What is none of these.
    (made(entry("Configuration.multiAZ", True, False), where=DATABASE), Gravity.REST, "changed multiAZ of RDS instance orders"),
    (made(entry("Configuration.deletionProtection", False, True), where=DATABASE), Gravity.REST, "changed deletionProtection of"),
    (made(entry("Configuration.deletionProtection", None, False), where=DATABASE), Gravity.REST, "changed"),
    (made(entry("Configuration.publiclyAccessible", True, False), where=DATABASE), Gravity.REST, "changed publiclyAccessible"),
    (made(entry("Configuration.policy", json.dumps(policy()), json.dumps(policy(Sid="x"))), where=KEY), Gravity.REST, "changed"),
    (made(entry("Configuration.policy", None, json.dumps(policy(Condition={"Bool": {"aws:SecureTransport": "true"}}))),
          where=KEY), Gravity.REST, "changed"),
    (made(entry("Configuration.policy", None, json.dumps({**policy(), "Statement": [{"Effect": "Deny", "Principal": "*"}]})),
          where=KEY), Gravity.REST, "changed"),
]  # fmt: skip


@pytest.mark.parametrize(("a_finding", "level", "words"), DEEDS)
def test_what_was_done_has_its_words_and_its_gravity(a_finding, level, words):
    assert gravity(a_finding) is level
    assert told(a_finding).startswith(words)


UNTAGGED = finding(managed=Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, removed=True))
DELETED = made(change_type=ChangeType.DELETE)


def test_everything_that_is_deleted_untagged_or_opened_comes_before_all_else():
    opened, other = finding(), made(entry("Configuration.size", 1, 2))
    levels = {
        DELETED: Gravity.DELETED,
        UNTAGGED: Gravity.UNTAGGED,
        opened: Gravity.OPENED,
        other: Gravity.REST,
    }
    assert {each: gravity(each) for each in levels} == levels
    # What was cleared comes last, of equal gravity the earlier first.
    later = finding(match=match(event=event(occurred_at=CALLED_AT + timedelta(minutes=5))))
    cleared = replace(DELETED, verdict=Verdict.IN_WORKFLOW)
    in_order = [*levels, cleared]
    in_order.insert(3, later)
    some = list(in_order)
    random.Random(3).shuffle(some)
    assert gravest_first(some) == in_order


@pytest.mark.parametrize(
    ("a_finding", "words"),
    [
        (made(entry("Configuration.multiAZ", True, False), where=DATABASE), "changed multiAZ"),
        (DELETED, "deleted it"),
        (made(called="AddPermission", sent=[("principal", "*")]), "let everybody call it"),
        (made(called="UpdateFunctionUrlConfig", sent=[("authtype", "NONE")]), "opened the URL to everybody"),
        (made(called="DisassociateWebACL"), "took the web ACL off it"),
        (made(called="CreateLoginProfile"), "gave a console password to it"),
        (made(called="AddUserToGroup"), "added a user"),
        (made(called="AssociateRouteTable"), "associated a subnet"),
        (made(called="PutBucketAcl", sent=[("x-amz-acl", "public-read")], where=BUCKET), "made it public"),
        (UNTAGGED, "removed managed-by=terraform"),
        (finding(), "opened 22/tcp to 0.0.0.0/0"),
    ],
)  # fmt: skip
def test_where_the_object_is_known_it_is_named_only_where_the_words_need_it(a_finding, words):
    phrase = deed(a_finding, a_finding.change.diff or (), tag_key="managed-by").on_it()
    assert " ".join(part.text for part in phrase) == words


KEYS = "Statement Effect Principal key value uri ipProtocol fromPort ipRanges ipv4Ranges cidrIp"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just('{"Statement": [{"Effect": "Allow"}]}'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON, JSON, st.sampled_from(["policy", "deletionProtection", "IpPermissions.0"]))
def test_whatever_a_diff_holds_it_has_words(before, after, path):
    assert told(made(entry(f"Configuration.{path}", before, after, change_type=ChangeType.UPDATE)))
    assert told(finding(change=change(diff=(entry(f"Configuration.{path}", before, after),))))
