"""Findings in people's words."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.catalog.catalog import noun
from iacwatch.core.model import ChangeType, Evidence, Managed, Verdict, Via
from iacwatch.core.parse.firewall import Opening, opened_and_closed
from iacwatch.core.present import properties, sentence
from tests.fixtures.builders import (
    ACCOUNT,
    CAPTURED_AT,
    PIPELINE,
    RULE,
    actor,
    behind,
    change,
    entry,
    event,
    finding,
    item,
    match,
    resource,
    unattributed,
)

NAMES = {ACCOUNT: "prod-payments"}
BUCKET = resource(type="AWS::S3::Bucket", id="acme-logs", name="acme-logs")


def said(a_finding, **more):
    return sentence.sentence(a_finding, names=NAMES, now=CAPTURED_AT, **more)


def did(a_finding):
    return sentence.said(sentence.done(a_finding))


def updated(*diff, called="ModifySomething", where=BUCKET, **fields):
    return finding(
        change=change(resource=where, diff=diff), match=match(event=event(event_name=called)), **fields
    )


# Sentences.


def test_the_sentence_is_person_verb_object_place_tool_time():
    assert said(finding()) == (
        "alice@example.com opened 22/tcp to 0.0.0.0/0 on security group web (managed by terraform)"
        ", in prod-payments eu-west-1, by console, 10:11 UTC"
    )


def test_a_deletion_says_who_managed_what_is_gone():
    gone = finding(change=change(resource=BUCKET, change_type=ChangeType.DELETE, diff=()))
    assert "deleted S3 bucket acme-logs, which terraform managed, in" in said(gone)


def test_the_removal_of_the_tag_comes_before_everything_else():
    managed = Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, removed=True)
    assert "removed managed-by=terraform from security group web (no longer watched)" in said(
        finding(managed=managed)
    )
    assert "removed owner=terraform from" in said(finding(managed=managed), tag_key="owner")


def test_a_changed_or_added_tag_is_told_with_its_values():
    changed = Managed(value="terraform", evidence=Evidence.PREVIOUS_TAGS, new_value="")
    assert 'changed managed-by from terraform to "" on security group web, in' in said(
        finding(managed=changed)
    )
    added = Managed(value="terraform", evidence=Evidence.TAGS, added=True)
    assert "added managed-by=terraform to security group web, in" in said(finding(managed=added))


def test_nobody_and_side_effects_have_sentences_too():
    assert said(unattributed()).startswith(
        "Nobody found who opened 22/tcp to 0.0.0.0/0 on security group web"
    )
    assert said(unattributed()).endswith("in prod-payments eu-west-1, 10:12 UTC")
    assert said(unattributed(verdict=Verdict.SIDE_EFFECT)).startswith("A side effect opened")
    assert sentence.whom(unattributed()) == "nobody found"


def test_what_was_never_managed_says_so():
    managed = Managed(value=None, evidence=Evidence.TAGS)
    assert "security group web (not managed), in" in said(finding(managed=managed))


def test_an_unknown_tool_is_not_named():
    assert ", by " not in said(finding(match=match(event=event(actor=actor(tool="unknown")))))
    assert ", by terraform" in said(finding(match=match(event=event(actor=actor(tool="terraform")))))


def test_the_date_is_told_where_it_is_not_today():
    late = sentence.sentence(finding(), names={}, now=CAPTURED_AT + timedelta(days=1))
    assert late.endswith("in 111122223333 eu-west-1, by console, 2026-11-20 10:11 UTC")


# Verbs.


@pytest.mark.parametrize(
    ("called", "where", "words_expected"),
    [
        (
            "StopInstances",
            resource(type="AWS::EC2::Instance", id="i-1", name=None),
            "stopped EC2 instance i-1",
        ),
        ("AttachRolePolicy", resource(type="AWS::IAM::Role", name="ci"), "attached a policy to IAM role ci"),
        ("PutBucketPolicy", BUCKET, "changed the policy of S3 bucket acme-logs"),
        (
            "ScheduleKeyDeletion",
            resource(type="AWS::KMS::Key", name=None, id="k"),
            "scheduled the deletion of KMS key k",
        ),
    ],
)
def test_calls_that_say_more_than_changed_have_verbs_of_their_own(called, where, words_expected):
    assert did(updated(entry("Configuration.X", 1, 2), called=called, where=where)) == words_expected


def test_other_calls_are_told_by_what_differs():
    assert (
        did(updated(entry("Configuration.MultiAZ", True, False))) == "changed MultiAZ of S3 bucket acme-logs"
    )
    two = [entry("SupplementaryConfiguration.A.B", 1, 2), entry("Configuration.C.0.d", 1, 2)]
    assert did(updated(*two)) == "changed A and C of S3 bucket acme-logs"
    assert did(updated(*two, entry("Tags.team", "a", "b"))) == "changed 3 properties of S3 bucket acme-logs"
    assert did(updated()) == "changed S3 bucket acme-logs"


@pytest.mark.parametrize(
    "told",
    [
        entry("Tags.team", "a", "b"),
        entry("Configuration.Tags.3", None, {"key": "team", "value": "b"}),
        entry("SupplementaryConfiguration.Tags.0", {"tagKey": "team", "tagValue": "b"}, None),
        entry("Configuration.FileSystemTags.0", None, {"Key": "team", "Value": "b"}),
    ],
)
def test_a_tag_is_called_by_its_key_wherever_it_sits(told):
    assert did(updated(told)) == "changed tag team of S3 bucket acme-logs"


def test_a_tag_that_is_told_without_its_key_is_a_tag():
    assert did(updated(entry("Tags.2", None, "me"))) == "changed a tag of S3 bucket acme-logs"


def test_what_aws_keeps_is_left_out_unless_nothing_else_differs():
    database = resource(type="AWS::RDS::DBInstance", id="db-1", name="orders")
    kept = entry("Configuration.LatestRestorableTime", "a", "b")
    near = entry("Relationships.0", None, {"resourceId": "sg-1"})
    both = updated(kept, near, entry("Configuration.MultiAZ", True, False), where=database)
    assert did(both) == "changed MultiAZ of RDS instance orders"
    assert did(updated(near, where=database)) == "changed relationships of RDS instance orders"


def test_creation_and_deletion_go_by_what_happened_not_by_the_call():
    made = finding(change=change(change_type=ChangeType.CREATE, diff=()))
    assert did(made) == "created security group web"
    gone = change(
        resource=resource(type="AWS::EC2::Instance", id="i-1", name=None),
        change_type=ChangeType.DELETE,
        diff=(),
    )
    assert did(finding(change=gone)) == "deleted EC2 instance i-1"
    assert did(finding(change=gone, match=match(event=event(event_name="TerminateInstances")))).startswith(
        "terminated"
    )


# Firewalls.


def permission(first, last=None, protocol="tcp", **peers):
    return {"ipProtocol": protocol, "fromPort": first, "toPort": first if last is None else last, **peers}


ANYWHERE = {"ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}], "ipRanges": ["0.0.0.0/0"]}


@pytest.mark.parametrize(
    ("entries", "done"),
    [
        ([entry("Configuration.IpPermissions.0", None, RULE)], "opened 22/tcp to 0.0.0.0/0 on"),
        ([entry("Configuration.IpPermissions.0", RULE, None)], "closed 22/tcp to 0.0.0.0/0 on"),
        (
            [entry("Configuration.IpPermissionsEgress.0", None, RULE)],
            "opened outbound 22/tcp to 0.0.0.0/0 on",
        ),
        ([entry("Configuration.IpPermissions", None, [RULE])], "opened 22/tcp to 0.0.0.0/0 on"),
        (
            [
                entry(
                    "Configuration.IpPermissions.0",
                    None,
                    permission(8000, 9000, ipRanges=["10.0.0.0/8", "::/0"]),
                )
            ],
            "opened 8000-9000/tcp to ::/0 and 1 more on",
        ),
        (
            [
                entry(
                    "Configuration.IpPermissions.0",
                    None,
                    {"ipProtocol": "-1", "userIdGroupPairs": [{"groupId": "sg-2"}]},
                )
            ],
            "opened all traffic to sg-2 on",
        ),
        (
            [
                entry(
                    "Configuration.IpPermissions.0",
                    None,
                    permission(8, -1, "icmp", ipv6Ranges=[{"cidrIpv6": "::/0"}]),
                )
            ],
            "opened icmp type 8 to ::/0 on",
        ),
        (
            [
                entry(
                    "Configuration.IpPermissions.0",
                    None,
                    permission(443, prefixListIds=[{"prefixListId": "pl-1"}]),
                )
            ],
            "opened 443/tcp to pl-1 on",
        ),
    ],
)
def test_a_security_groups_rules_are_told_as_ports_and_addresses(entries, done):
    assert did(finding(change=change(diff=tuple(entries)))) == f"{done} security group web"


def test_one_address_more_is_all_that_was_opened():
    before, after = (
        permission(22, ipRanges=["10.0.0.1/32"]),
        permission(22, ipRanges=["10.0.0.1/32", "0.0.0.0/0"]),
    )
    diff = (
        entry("Configuration.IpPermissions.0", before, None),
        entry("Configuration.IpPermissions.0", None, after),
    )
    assert opened_and_closed(diff) == ((Opening(ports="22/tcp", peer="0.0.0.0/0"),), ())


def test_a_new_description_opens_nothing():
    noted = {**RULE, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0", "description": "x"}]}
    diff = (
        entry("Configuration.IpPermissions.0", RULE, None),
        entry("Configuration.IpPermissions.0", None, noted),
    )
    assert did(finding(change=change(diff=diff))) == "changed IpPermissions of security group web"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["ipProtocol", "fromPort", "ipRanges", "ipv4Ranges", "cidrIp", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=10,
    )
)
def test_odd_rules_are_no_trouble(value):
    assert did(finding(change=change(diff=(entry("Configuration.IpPermissions.0", None, value),))))


# Nouns, names, ways.


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        ("AWS::EC2::SecurityGroup", "security group"),
        ("AWS::S3::Bucket", "S3 bucket"),
        ("AWS::IAM::Role", "IAM role"),
        ("AWS::Kinesis::Stream", "Kinesis stream"),
        ("AWS::EKS::FargateProfile", "EKS fargate profile"),
        ("AWS::IAM::OIDCProvider", "IAM OIDC provider"),
        ("AWS::EC2::EC2Fleet", "EC2 fleet"),
        ("Custom::Thing", "thing"),
        ("", "resource"),
        ("\u202e", "resource"),
        ("Evil::*<!here>*::`Web_Group`", "here web group"),
    ],
)
def test_a_type_is_called_what_people_call_it(kind, called):
    assert noun(kind) == called


def test_an_object_is_called_by_name_else_by_id():
    assert sentence.called(resource(name="web")) == "web"
    assert sentence.called(resource(name=None, id="sg-1")) == "sg-1"
    assert sentence.called(resource(name="\u200b", id="\u202e")) == "without a name"
    assert sentence.called_fully(resource(name="web", id="sg-1")) == "web (sg-1)"
    assert sentence.called_fully(resource(type="AWS::IAM::Role", name="ci", id="AROA1")) == "ci"


@pytest.mark.parametrize(
    ("who", "ways"),
    [
        ({}, ("console", "SSO Admin", "from 198.51.100.7")),
        ({"via": Via.IAM_USER, "tool": "cli", "source_ip": None}, ("AWS CLI", "IAM user")),
        (
            {"via": Via.OIDC, "tool": "terraform", "name": "gha", "principal": "arn:aws:iam::1:role/gha",
             "repository": "acme/infra@refs/heads/main", "source_ip": "2001:db8::1"},
            ("terraform", "web identity", "from 2001:db8::1"),
        ),
        (
            {"via": Via.CROSS_ACCOUNT, "tool": "unknown", "invoked_by": "cloudformation.amazonaws.com",
             "source_ip": "cloudformation.amazonaws.com", "principal": "arn:aws:iam::1:role/deploy"},
            ("role deploy by another account", "through cloudformation.amazonaws.com"),
        ),
        ({"via": None, "tool": "unknown", "source_ip": "AWS Internal"}, ()),
        ({"via": Via.SSO, "principal": None, "tool": "sdk", "source_ip": None}, ("AWS SDK", "SSO")),
    ],
)  # fmt: skip
def test_the_way_is_tool_credentials_and_address(who, ways):
    assert sentence.how(actor(**who)) == ways


def test_a_sentence_says_through_which_role_or_in_which_session_it_was_done():
    assert said(behind("alice@example.com")).startswith(
        "alice@example.com, through role gha-terraform-prod, opened 22/tcp to 0.0.0.0/0 on"
    )
    machine = actor(name="gha-terraform-prod", principal=PIPELINE, session="terragrunt-1718035023456789000")
    assert said(finding(match=match(event=event(actor=machine)))).startswith(
        "gha-terraform-prod (session terragrunt-1718035023456789000) opened 22/tcp"
    )


# Lines of properties.


def lines(*diff, most=3, longest=60, **fields):
    what = change(diff=diff, **fields)
    shown, left = properties.lines(what, what.diff, most=most, longest=longest)
    return [f"{line.sign} {line.name}: {line.value}" for line in shown], left


def test_properties_are_lines_of_what_was_and_what_is():
    shown, left = lines(
        entry("Configuration.IpPermissions.0", None, RULE),
        entry("Configuration.Description", "old", "new"),
        entry("Configuration.Enabled", True, None),
        entry("Tags.team", "a", "b"),
    )
    assert shown == [
        '+ IpPermissions: 22/tcp 0.0.0.0/0 "tmp debug"',
        "~ Description: old → new",
        "- Enabled: true",
    ]
    assert left == 1


def test_two_properties_inside_one_are_told_apart():
    shown, _ = lines(
        entry("Configuration.ProvisionedThroughput.ReadCapacityUnits", 40, 5),
        entry("Configuration.ProvisionedThroughput.WriteCapacityUnits", 10, 5),
        entry("Configuration.VpcSecurityGroups.0.Status", "active", "removing"),
    )
    assert shown == [
        "~ ProvisionedThroughput.ReadCapacityUnits: 40 → 5",
        "~ ProvisionedThroughput.WriteCapacityUnits: 10 → 5",
        "~ VpcSecurityGroups.Status: active → removing",
    ]


def test_what_aws_keeps_comes_last_and_a_deletion_has_no_lines():
    shown, _ = lines(entry("Relationships.0", None, {"resourceId": "eni-1"}), entry("Configuration.A", 1, 2))
    assert shown[0] == "~ A: 1 → 2"
    gone = change(change_type=ChangeType.DELETE, diff=(entry("Configuration", {}, None),), item=item())
    assert properties.lines(gone, gone.diff, most=3, longest=60) == ((), 0)


def test_long_and_odd_values_are_one_short_line():
    shown, _ = lines(
        entry("Configuration.A", "x" * 500, "y\n\x1b[31m" * 50),
        entry("Configuration.B", None, [1, {"a": None}]),
    )
    assert len(shown[0]) <= 70
    assert "\x1b" not in shown[0]
    assert shown[1] == '+ B: [1, {"a": null}]'


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_stranger_breaks_out_of_the_line(name, person, value):
    odd = finding(
        change=change(
            resource=resource(type="AWS::X::Y", id=name, name=name, region=value),
            diff=(entry(f"Configuration.{value}", None, name),),
        ),
        managed=Managed(value=value, evidence=Evidence.TAGS),
        match=match(event=event(event_name=name, actor=actor(name=person, tool=value))),
    )
    told = sentence.sentence(odd, names={ACCOUNT: name}, now=CAPTURED_AT)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", told)


SSO = "arn:aws:iam::{}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_df24df604b6cb36b"


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (SSO.format("111122223333"), "SSO Admin"),
        (SSO.format("444455556666"), "SSO Admin of account 444455556666"),
        ("arn:aws:iam::111122223333:role/ci/deploy", "role deploy"),
        ("arn:aws-us-gov:iam::444455556666:user/carol", "user carol of account 444455556666"),
        (
            "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_df24df604b6cb36b",
            "role AWSReservedSSO_Admin_df24df604b6cb36b",
        ),
        ("arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root"),
        ("AKIAEXAMPLE", "AKIAEXAMPLE"),
    ],
)
def test_a_reason_names_roles_and_users_as_people_do(arn, name):
    one = finding(
        match=match(event=event(actor=actor(principal=arn))),
        reason=f"{arn} matches no workflow for managed-by=terraform",
    )
    assert sentence.reason(one) == f"{name} matches no workflow for managed-by=terraform"


def test_a_reason_keeps_an_arn_that_only_begins_like_the_callers_and_what_nobody_called():
    arn = "arn:aws:iam::111122223333:role/deploy"
    one = finding(
        match=match(event=event(actor=actor(principal=arn))),
        reason=f"{arn} called, and workflow ci may only be started by {arn}-prod or {arn}/* or {arn}",
    )
    assert sentence.reason(one) == (
        f"role deploy called, and workflow ci may only be started by {arn}-prod or {arn}/* or role deploy"
    )
    assert sentence.reason(finding(match=None, reason=f"{arn} is not known")) == f"{arn} is not known"
