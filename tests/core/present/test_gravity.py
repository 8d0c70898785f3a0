"""How grave a change is, and what was done in words."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from iacwatch.core.model import ChangeType, Evidence, Managed, Mention, Verdict
from iacwatch.core.present import sentence
from iacwatch.core.present.gravity import Gravity, deed, gravest_first, gravity
from tests.fixtures.builders import CALLED_AT, change, entry, event, finding, match, resource

BUCKET = resource(type="AWS::S3::Bucket", id="logs", name="logs")
DATABASE = resource(type="AWS::RDS::DBInstance", id="db-1", name="orders")
ROLE = resource(type="AWS::IAM::Role", id="AROA1", name="ci")
KEY = resource(type="AWS::KMS::Key", id="1234", name=None)
THING = resource(type="AWS::X::Y", id="x", name="x")
SAVED = "deletion_protection.enabled"


def made(*diff, where=THING, called="ModifySomething", sent=(), **fields):
    mentions = tuple(Mention(path=("request", *key.split(".")), value=value) for key, value in sent)
    what = change(resource=where, diff=diff, **fields)
    return finding(change=what, match=match(event=event(event_name=called, mentions=mentions)))


def told(a_finding):
    return sentence.said(sentence.done(a_finding))


def policy(principal="*", **more):
    return {
        "Statement": [
            {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", **more}
        ]
    }


OWN = policy({"AWS": "arn:aws:iam::111122223333:root"})
BLOCK = {"blockPublicAcls": True, "ignorePublicAcls": True, "blockPublicPolicy": True, "restrictPublicBuckets": True}  # fmt: skip
ALL_USERS = {"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}, "permission": "READ"}
EVERYTHING = quote('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
ADMIN = {"policyName": "AdministratorAccess", "policyArn": "…"}
SECURE = policy(Condition={"Bool": {"aws:SecureTransport": "true"}})
DENIED = {**OWN, "Statement": [{"Effect": "Deny", "Principal": "*"}]}


def was(path, before, after, where=THING):
    section = "Configuration" if path[0].islower() else "SupplementaryConfiguration"
    return made(entry(f"{section}.{path}", before, after), where=where)


def by(called, where=THING, **sent):
    return made(called=called, sent=[(key.replace("_", "."), sent[key]) for key in sent], where=where)


DEEDS = [
    # What differs.
    (was("publiclyAccessible", False, True, DATABASE), "OPENED", "made RDS instance orders publicly accessible"),
    (was("deletionProtection", True, False, DATABASE), "UNPROTECTED", "removed deletion protection from RDS instance orders"),
    (was("backupRetentionPeriod", 7, 0, DATABASE), "UNPROTECTED", "switched off the backups of RDS instance orders"),
    (was("PublicAccessBlockConfiguration", BLOCK, {**BLOCK, "blockPublicPolicy": False}, BUCKET), "OPENED", "switched off the public access block of S3 bucket logs"),
    (was("BucketPolicy", {"policyText": None}, {"policyText": json.dumps(policy())}, BUCKET), "OPENED", "made S3 bucket logs public"),
    (was("policy", json.dumps(OWN), json.dumps(policy({"AWS": "*"})), KEY), "OPENED", "made KMS key 1234 public"),
    (was("assumeRolePolicyDocument", quote(json.dumps(OWN)), quote(json.dumps(policy())), ROLE), "OPENED", "let everybody assume IAM role ci"),
    (was("AccessControlList", {"grantList": []}, {"grantList": [ALL_USERS]}, BUCKET), "OPENED", "made S3 bucket logs public"),
    (was("BucketLoggingConfiguration", {"destinationBucketName": "audit"}, {"destinationBucketName": None}, BUCKET), "UNPROTECTED", "switched off the logging of S3 bucket logs"),
    (was("LoadBalancerAttributes", [{"key": SAVED, "value": "true"}], [{"key": SAVED, "value": "false"}]), "UNPROTECTED", "removed deletion protection from"),
    (was("metadataOptions", {"httpTokens": "required"}, {"httpTokens": "optional"}), "UNPROTECTED", "allowed IMDSv1 on"),
    (was("attachedManagedPolicies.1", None, ADMIN, ROLE), "ADMIN", "attached AdministratorAccess to IAM role ci"),
    (was("rolePolicyList.0", None, {"policyName": "all", "policyDocument": EVERYTHING}, ROLE), "ADMIN", "gave all rights to IAM role ci"),
    (was("permissionsBoundary", {"permissionsBoundaryArn": "a"}, None, ROLE), "UNPROTECTED", "removed the permissions boundary of IAM role ci"),
    # What the call does.
    (by("AttachRolePolicy", ROLE, policyarn="arn:aws:iam::aws:policy/AdministratorAccess"), "ADMIN", "attached AdministratorAccess to IAM role ci"),
    (by("AttachRolePolicy", ROLE, policyarn="arn:aws:iam::aws:policy/ReadOnlyAccess"), "REST", "attached ReadOnlyAccess to IAM role ci"),
    (made(called="DeletePublicAccessBlock", where=BUCKET, change_type=ChangeType.CREATE), "OPENED", "created"),
    (by("ScheduleKeyDeletion", KEY), "DELETED", "scheduled the deletion of KMS key 1234"),
    (by("AddPermission", principal="*"), "OPENED", "let everybody call"),
    (by("AddPermission", principal="s3.amazonaws.com"), "REST", "added a permission to"),
    (by("ModifySnapshotAttribute", createvolumepermission_add_items_group="all"), "OPENED", "made"),
    (made(called="PutBucketAcl", sent=[("x-amz-acl", "public-read")], where=BUCKET), "OPENED", "made S3 bucket logs public"),
    # What is none of these.
    (was("policy", json.dumps(policy()), json.dumps(policy(Sid="x")), KEY), "REST", "changed"),
    (was("policy", None, json.dumps(SECURE), KEY), "REST", "changed"),
    (was("policy", None, json.dumps(DENIED), KEY), "REST", "changed"),
    *((was(path, [7, None, "x"], {"Statement": 7}), "REST", "changed") for path in ("policy", "deletionProtection", "IpPermissions.0")),
]  # fmt: skip


@pytest.mark.parametrize(("a_finding", "level", "words"), DEEDS)
def test_what_was_done_has_its_words_and_its_gravity(a_finding, level, words):
    assert gravity(a_finding) is Gravity[level]
    assert told(a_finding).startswith(words)


UNTAGGED = finding(managed=Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, removed=True))
DELETED = made(change_type=ChangeType.DELETE)


def test_everything_that_is_deleted_untagged_or_opened_comes_before_all_else():
    opened, other = finding(), made(entry("Configuration.size", 1, 2))
    levels = {DELETED: "DELETED", UNTAGGED: "UNTAGGED", opened: "OPENED", other: "REST"}
    assert {each: gravity(each).name for each in levels} == levels
    # What was cleared comes last, of equal gravity the earlier first.
    later = finding(match=match(event=event(occurred_at=CALLED_AT + timedelta(minutes=5))))
    cleared = replace(DELETED, verdict=Verdict.IN_WORKFLOW)
    in_order = [*levels, cleared]
    in_order.insert(3, later)
    assert gravest_first(sorted(in_order, key=lambda each: each.finding_id)) == in_order
    assert gravest_first(in_order[::-1]) == in_order


def test_where_the_object_is_known_it_is_named_only_where_the_words_need_it():
    for a_finding, words in (
        (was("multiAZ", True, False, DATABASE), "changed multiAZ"),
        (DELETED, "deleted it"),
        (by("AddPermission", principal="*"), "let everybody call it"),
        (by("UpdateFunctionUrlConfig", authtype="NONE"), "opened the URL to everybody"),
        (UNTAGGED, "removed managed-by=terraform"),
        (finding(), "opened 22/tcp to 0.0.0.0/0"),
    ):  # fmt: skip
        phrase = deed(a_finding, a_finding.change.diff or (), tag_key="managed-by").on_it()
        assert " ".join(part.text for part in phrase) == words
