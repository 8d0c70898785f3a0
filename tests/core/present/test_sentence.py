"""Findings in people's words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.model import ChangeType, Evidence, Managed, Verdict, Via
from iacwatch.core.parse.firewall import Opening, opened_and_closed
from iacwatch.core.present import properties, sentence
from tests.fixtures import builders as make
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, PIPELINE, RULE, actor, change, entry, finding

NAMES = {ACCOUNT: "prod-payments"}
BUCKET = make.resource(type="AWS::S3::Bucket", id="acme-logs", name="acme-logs")


def said(a_finding, **more):
    return sentence.sentence(a_finding, names=NAMES, now=CAPTURED_AT, **more)


def did(a_finding):
    return sentence.said(sentence.done(a_finding))


def updated(*diff, called="ModifySomething", where=BUCKET):
    return finding(
        change=change(resource=where, diff=diff), match=make.match(event=make.event(event_name=called))
    )


INSTANCE = make.resource(type="AWS::EC2::Instance", id="i-1", name=None)
DATABASE = make.resource(type="AWS::RDS::DBInstance", id="db-1", name="orders")
MULTI_AZ = entry("Configuration.MultiAZ", True, False)
NEAR = entry("Relationships.0", None, {"resourceId": "sg-1"})
TWO = (entry("SupplementaryConfiguration.A.B", 1, 2), entry("Configuration.C.0.d", 1, 2))
TAG = entry("Tags.team", "a", "b")
COUNTED = entry("Configuration.LatestRestorableTime", "a", "b")
GONE = finding(change=change(resource=BUCKET, change_type=ChangeType.DELETE, diff=()))
BEFORE = {"evidence": Evidence.PREVIOUS_TAGS}
MACHINE = actor(name="gha-terraform-prod", principal=PIPELINE, session="terragrunt-171803502345678")
NEW_TAG = entry("Configuration.Tags.3", None, {"key": "team", "value": "b"})


def managed(value="terraform", evidence=Evidence.TAGS, **fields):
    return finding(managed=Managed(value=value, evidence=evidence, **fields))


TAKEN = managed(removed=True, **BEFORE)


@pytest.mark.parametrize(
    ("a_finding", "words"),
    [
        (GONE, "deleted S3 bucket acme-logs, which terraform managed, in prod"),
        (TAKEN, "removed managed-by=terraform from security group web (no longer watched)"),
        (managed(new_value="", **BEFORE), 'changed managed-by from terraform to "" on security group web'),
        (managed(added=True), "added managed-by=terraform to security group web, in"),
        (managed(value=None), "security group web (not managed), in"),
        (make.unattributed(verdict=Verdict.SIDE_EFFECT), "A side effect opened 22/tcp"),
        (finding(match=make.match(event=make.event(actor=actor(tool="unknown")))), ", in prod-payments eu-west-1, 10:11 UTC"),
        (finding(match=make.match(event=make.event(actor=MACHINE))), "gha-terraform-prod (session terragrunt-171803502345678) opened"),
        (make.behind("alice@example.com"), "alice@example.com, through role gha-terraform-prod, opened 22/tcp to"),
        # Calls that say more than "changed".
        (updated(MULTI_AZ, called="StopInstances", where=INSTANCE), "stopped EC2 instance i-1"),
        # Others, by what differs.
        (updated(), "com changed S3 bucket acme-logs"),
        (updated(*TWO), "changed A and C of S3 bucket acme-logs"),
        (updated(*TWO, TAG), "changed 3 properties of S3 bucket acme-logs"),
        # A tag is called by its key, wherever it sits.
        (updated(NEW_TAG), "changed tag team of S3 bucket"),
        # What AWS keeps is left out unless nothing else differs.
        (updated(COUNTED, NEAR, MULTI_AZ, where=DATABASE), "changed MultiAZ of RDS instance orders"),
        (updated(NEAR, where=DATABASE), "changed relationships of RDS instance orders"),
        # Creation and deletion go by what happened, not by the call.
        (finding(change=change(change_type=ChangeType.CREATE, diff=())), "created security group web"),
        (replace(GONE, match=make.match(event=make.event(event_name="TerminateInstances"))), "terminated S3 bucket"),
    ],
)  # fmt: skip
def test_a_sentence_says_whose_it_is_what_was_done_and_with_what(a_finding, words):
    assert words in said(a_finding)


def test_the_sentence_is_person_verb_object_place_tool_time():
    what = "opened 22/tcp to 0.0.0.0/0 on security group web (managed by terraform)"
    place = "in prod-payments eu-west-1"
    assert said(finding()) == f"alice@example.com {what}, {place}, by console, 10:11 UTC"
    assert said(make.unattributed()) == f"Nobody found who {what}, {place}, 10:12 UTC"
    assert sentence.whom(make.unattributed()) == "nobody found"
    assert sentence.whom(make.unattributed(verdict=Verdict.SIDE_EFFECT)) == "no call"
    # What strangers may have written is marked, and cannot break out of the line.
    marked = [part.text for part in sentence.done(finding()) if part.code]
    assert marked == ["22/tcp", "0.0.0.0/0", "web"]
    odd = make.match(event=make.event(event_name="E\n", actor=actor(name="a\x1b\nb", tool="t\u202e")))
    what = change(resource=make.resource(name="w\u2066\nb", region="r\x00"), diff=())
    assert said(finding(change=what, match=odd)).isprintable()
    assert "removed owner=terraform from" in said(TAKEN, tag_key="owner")
    # The date is told where it is not today's.
    late = sentence.sentence(finding(), names={}, now=CAPTURED_AT + timedelta(days=1))
    assert late.endswith("in 111122223333 eu-west-1, by console, 2026-11-20 10:11 UTC")


def permission(first, last, protocol="tcp", **peers):
    return {"ipProtocol": protocol, "fromPort": first, "toPort": last, **peers}


def allowed(*ports, **more):
    return entry("IpPermissions.0", None, permission(*ports, **more))


def test_a_security_groups_rules_are_told_as_ports_and_addresses():
    for told, done in (
        (entry("IpPermissions.0", None, RULE), "opened 22/tcp to 0.0.0.0/0"),
        (entry("IpPermissions", [RULE], None), "closed 22/tcp to 0.0.0.0/0"),
        (entry("IpPermissionsEgress.0", None, RULE), "opened outbound 22/tcp to 0.0.0.0/0"),
        (allowed(8000, 9000, ipRanges=["10.0.0.0/8", "::/0"]), "opened 8000-9000/tcp to ::/0 and 1 more"),
        (allowed(-1, -1, "-1", userIdGroupPairs=[{"groupId": "sg-2"}]), "opened all traffic to sg-2"),
        (allowed(-1, -1, "udp", userIdGroupPairs=[{"groupName": "x"}]), "opened all udp to x"),
        (allowed(8, -1, "icmp", ipv6Ranges=[{"cidrIpv6": "::/0"}]), "opened icmp type 8 to ::/0"),
        (allowed(443, 443, prefixListIds=[{"prefixListId": "pl-1"}]), "opened 443/tcp to pl-1"),
        (allowed("22", "22", ipRanges=["::/0"]), "changed IpPermissions of security group web"),
    ):
        inside = replace(told, path=f"Configuration.{told.path}")
        assert did(finding(change=change(diff=(inside,)))).removesuffix(" on security group web") == done


def test_one_address_more_is_all_that_was_opened_and_a_new_description_opens_nothing():
    before, after = (permission(22, 22, ipRanges=["10.0.0.1/32", *more]) for more in ([], ["0.0.0.0/0"]))
    noted = {**RULE, "ipv4Ranges": [{"cidrIp": "0.0.0.0/0", "description": "x"}]}
    path = "Configuration.IpPermissions.0"
    opened = opened_and_closed((entry(path, before, None), entry(path, None, after)))
    assert opened == ((Opening(ports="22/tcp", peer="0.0.0.0/0"),), ())
    words = did(finding(change=change(diff=(entry(path, RULE, None), entry(path, None, noted)))))
    assert words == "changed IpPermissions of security group web"


def test_an_object_is_called_by_name_else_by_id():
    assert sentence.called(make.resource(name=None, id="sg-1")) == "sg-1"
    assert sentence.called(make.resource(name="\u200b", id="\u202e")) == "without a name"
    assert sentence.called_fully(make.resource(name="web", id="sg-1")) == "web (sg-1)"
    assert sentence.called_fully(make.resource(type="AWS::IAM::Role", name="ci", id="AROA1")) == "ci"


EC2 = "ec2.amazonaws.com"
DEPLOY = {"principal": "arn:aws:iam::1:role/deploy", "tool": "terraform"}


def test_the_way_is_tool_credentials_and_address():
    for who, ways in (
        ({}, ("console", "SSO Admin", "from 198.51.100.7")),
        ({"via": Via.IAM_USER, "tool": "cli", "source_ip": None}, ("AWS CLI", "IAM user")),
        ({**DEPLOY, "via": Via.OIDC, "name": "deploy", "source_ip": "2001:db8::1"}, ("terraform", "web identity", "from 2001:db8::1")),
        ({**DEPLOY, "via": Via.CROSS_ACCOUNT, "invoked_by": EC2, "source_ip": EC2}, ("terraform", "role deploy by another account", f"through {EC2}")),
        ({"via": None, "tool": "unknown", "source_ip": "AWS Internal"}, ()),
    ):  # fmt: skip
        assert sentence.how(actor(**who)) == ways


def lines(*diff, most=3, **fields):
    what = change(diff=diff, **fields)
    shown, left = properties.lines(what, what.diff, most=most, longest=60)
    return [f"{line.sign} {line.name}: {line.value}" for line in shown], left


def test_properties_are_lines_of_what_was_and_what_is_those_that_aws_keeps_last():
    shown, left = lines(
        NEAR,
        entry("Configuration.IpPermissions.0", None, RULE),
        # Two properties inside one are told apart.
        entry("Configuration.ProvisionedThroughput.ReadCapacityUnits", 40, 5),
        entry("Configuration.VpcSecurityGroups.0.Status", "active", "removing"),
        entry("Configuration.B", None, [1, {"a": None}]),
        entry("Tags.0", None, {"TagKey": "team", "TagValue": "a"}),
        most=6,
    )
    assert shown == [
        '+ IpPermissions: 22/tcp 0.0.0.0/0 "tmp debug"',
        "~ ProvisionedThroughput.ReadCapacityUnits: 40 → 5",
        "~ VpcSecurityGroups.Status: active → removing",
        '+ B: [1, {"a": null}]',
        "+ tag team: a",
        '+ relationships: {"resourceId": "sg-1"}',
    ]
    assert left == 0
    assert lines(NEAR, MULTI_AZ, TAG, most=1) == (["~ MultiAZ: true → false"], 2)
    assert lines(entry("Configuration", {}, None), change_type=ChangeType.DELETE) == ([], 0)
    ((long,), _) = lines(entry("Configuration.A", "x" * 500, "y\n\x1b[31m" * 50))
    assert len(long) <= 70
    assert "\x1b" not in long


def test_what_became_of_short_values_is_a_turn():
    diff = (MULTI_AZ, entry("Configuration.A", "x" * 25, "y"), NEAR, entry("Configuration.B", "", 1.5), TAG)
    turns = (("MultiAZ", "true → false"), ("B", '"" → 1.5'))
    assert properties.turns(change(diff=diff), diff, most=2) == turns


SSO = "AWSReservedSSO_Admin_df24df604b6cb36b"


def test_a_reason_names_roles_and_users_as_people_do_and_keeps_what_nobody_called():
    for arn, name in (
        ("arn:aws:iam::111122223333:role/ci/deploy", "role deploy"),
        (f"arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/{SSO}", "SSO Admin of account 444455556666"),
        (f"arn:aws:iam::111122223333:role/{SSO}", f"role {SSO}"),
    ):  # fmt: skip
        called = make.match(event=make.event(actor=actor(principal=arn)))
        # An ARN that only begins like the caller's is another one.
        told = f"{{0}} called, and workflow ci may only be started by {arn}-prod or {arn}/* or {{0}}".format
        assert sentence.reason(finding(match=called, reason=told(arn))) == told(name)
        assert sentence.reason(finding(match=None, reason=f"{arn} is not known")) == f"{arn} is not known"
