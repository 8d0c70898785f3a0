"""Sessions: which an STS call opened, what a token says they are for, and whether a person bears their name."""

import random
import string
from datetime import UTC, datetime

import pytest

from iacwatch.core.model import OpenedSession
from iacwatch.core.parse.cloudtrail import event
from iacwatch.core.parse.repository import repository
from iacwatch.core.parse.session_names import is_generated, may_be_a_person
from tests.fixtures.trail_records import GITHUB, MAIN, OWN, record, session, user

ARN = f"arn:aws:sts::{OWN}:assumed-role/deploy/cli"
KEY = "ASIAEXAMPLEOPENED001"
WEB = {"type": "WebIdentityUser", "userName": MAIN, "identityProvider": GITHUB}


def sts(name, answer, identity=None, **more):
    where = {"eventSource": "sts.amazonaws.com", "eventName": name, "responseElements": answer}
    return record(identity or user("carol"), readOnly=True, **where | more)


def answer(expiration="Nov 20, 2026, 11:09:58 AM", **more):
    credentials = {"accessKeyId": KEY, "expiration": expiration, "sessionToken": "x"}
    return {"credentials": credentials, "assumedRoleUser": {"assumedRoleId": "AROA:cli", "arn": ARN}, **more}


def test_until_when_a_session_lasts_is_read_as_cloudtrail_writes_it():
    for written, hour in (
        ("Nov 20, 2026, 11:09:58 AM", 11),
        ("Nov 20, 2026 11:09:58\u202fPM", 23),
        ("Nov 20, 2026, 12:09:58 AM", 0),
        ("2026-11-20T11:09:58Z", 11),
        ("Nov 31, 2026, 11:09:58 AM", None),
        ("soon", None),
    ):
        expires_at = None if hour is None else datetime(2026, 11, 20, hour, 9, 58, tzinfo=UTC)
        opened = event(sts("AssumeRole", answer(written))).opened
        assert opened == OpenedSession(access_key_id=KEY, arn=ARN, expires_at=expires_at)


def test_a_web_identity_bears_its_provider_and_subject():
    for more in ({}, {"subjectFromWebIdentityToken": "another", "provider": "accounts.google.com"}):
        opened = event(sts("AssumeRoleWithWebIdentity", answer(**more), WEB)).opened
        assert (opened.provider, opened.subject) == ("token.actions.githubusercontent.com", MAIN)
    hidden = {**WEB, "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    opened = event(sts("AssumeRoleWithWebIdentity", answer(subjectFromWebIdentityToken=MAIN), hidden)).opened
    assert opened.subject == MAIN

    provider = "saml-provider/token.actions.githubusercontent.com"
    identity = {"type": "SAMLUser", "userName": MAIN, "identityProvider": f"arn:aws:iam::{OWN}:{provider}"}
    assert event(sts("AssumeRoleWithSAML", answer(), identity)).opened.provider == provider
    # A federated user's session bears the user's ARN.
    said = answer(assumedRoleUser=None, federatedUser={"arn": f"arn:aws:sts::{OWN}:federated-user/erin"})
    assert event(sts("GetFederationToken", said)).opened.arn == f"arn:aws:sts::{OWN}:federated-user/erin"


def test_what_opens_no_session_or_shows_none_has_none():
    for document in (
        sts("AssumeRole", answer(), errorCode="AccessDenied"),
        sts("AssumeRole", None),
        sts("AssumeRole", {"credentials": {"accessKeyId": "asia <script>"}}),
        sts("GetCallerIdentity", answer()),
        sts("AssumeRole", answer(), eventSource="iam.amazonaws.com"),
    ):
        assert event(document).opened is None


def test_what_aws_wrote_of_a_session_is_kept_with_the_caller():
    def principal(name, **context):
        return event(record(session("ci/deploy", name, **context))).principal

    web = {"federatedProvider": GITHUB, "attributes": {"sub": MAIN}}
    found = principal("cli", webIdFederationData=web)
    assert (found.provider, found.subject) == ("token.actions.githubusercontent.com", MAIN)
    assert found.session_opened_at == datetime(2026, 11, 20, 9, 1, 2, tzinfo=UTC)
    two = {"sub": MAIN, "token.actions.githubusercontent.com:sub": "repo:acme/other:pull_request"}
    assert principal("cli", webIdFederationData={**web, "attributes": two}).subject == ""
    assert principal("i-0123456789abcdef0", ec2RoleDelivery="2.0").issued_to == "instance"
    assert principal("i-0123456789abcdef0").issued_to == ""
    assert event(record(sharedEventID="s-1")).shared_event_id == "s-1"


SUBJECTS = [
    ("repo:acme/infra:ref:refs/heads/main", "acme/infra@refs/heads/main"),
    ("repo:acme@123456/infra@456789:ref:refs/heads/main", "acme/infra@refs/heads/main"),
    # Custom templates.
    ("repo:acme/infra:ref:refs/heads/main:job_workflow_ref:acme/ci/.github/w/a.yml@refs/heads/v1", "acme/infra@refs/heads/main"),
    ("repository_owner:acme:repository:acme/infra:environment:prod:ref:refs/heads/main", "acme/infra@refs/heads/main"),
    ("repo:acme/infra:job_workflow_ref:acme/ci/w/a.yml@refs/heads/v1", "acme/infra@job_workflow_ref:acme/ci/w/a.yml@refs/heads/v1"),
    ("repo:acme/infra", None),
    # Others.
    ("project_path:acme/platform/infra:ref_type:branch:ref:main", "acme/platform/infra@main"),
    ("organization:acme:project:Default Project:workspace:net-prod:run_phase:apply", "acme/Default Project/net-prod"),
    ("organization:acme:pipeline:infra:ref:refs/heads/main:commit:9f3c:step:deploy", "acme/infra@refs/heads/main"),
    # A step, a branch or an environment that is named like another part of the subject.
    ("organization:acme:pipeline:infra:ref:refs/heads/x:commit:9f3c:step:ref:refs/heads/main", "acme/infra@refs/heads/x"),
    ("repo:mallory/x:ref:refs/heads/a:repo:acme/infra", "mallory/x@refs/heads/a"),
    ("repo:acme/infra:ref:repo:acme/other", "acme/infra@repo"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "expected"), SUBJECTS)
def test_the_repository_is_what_the_subject_says(subject, expected):
    assert repository(subject) == expected


HOSTILE = [
    "repo:acme/infra:ref:refs/heads/main\n<!channel>",
    "repo:acme/../etc/passwd:ref:x",
    "repo:<!channel>/infra:ref:refs/heads/main",
    "repo:acme/infra:ref: refs/heads/main",
    f"repo:acme/infra:ref:{'x' * 401}",
    "project_path:acme:ref_type:branch:ref:main",
    "organization:acme:pipeline:a/b c:ref:main",
    "organization:acme:project: infra:workspace:prod",
]


@pytest.mark.parametrize("subject", [*HOSTILE, "", "alice@example.com"])
def test_a_subject_with_odd_names_tells_nothing(subject):
    assert repository(subject) is None
    # The first that can be read counts.
    first = "repo:acme/infra:pull_request"
    assert repository("", subject, first, "repo:acme/x:pull_request") == "acme/infra@pull_request"


ROLE = "OrgAdmin"

MACHINES = """
    terragrunt-1718035023456789000 botocore-session-1732512011 1732512011123456789 default_session AWSCLI-Session
    2019-04-30T12-15-30 20190430-121530 01K6ABCDEFGHJKMNPQRSTVWXYZ@workload-prod_us-west-2_infra granted-sso servicecatalog
    wozynIhxQbLmRtKpVsXcDwEfGhJkLqZa gntd-2d1LCv2dQmZ8 assumed-from-leapp AzureDevOps-Build-1234 EMR_EC2_DefaultRole
    terraform-atlantis-alice env0-deployment-5f2b9c1d run-CZcmD7eagjhyX0vN external-dns web-5d8f7c9b4-x2x9k GitHubActions
    GitLabRunner-infra-99812 gha-1234567890-1 vault-1718035023-AbCdEfGhIj MySessionName AssumeRoleSession1 run_pipeline
    i-0a1b2c3d4e5f60718 AROAEXAMPLEEXAMPLE009 cli admin null ec2-user alice@corp root@ip-10-0-0-1.ec2.internal orders-77
    terraform@acme-prod.iam.gserviceaccount.com jenkins@example.com CORP\\svc_backup svc.backup
"""

PERSONS = """
    alice@example.com Alice.Baker@Example.com bob+ops@example.co.uk 13812345678@163.com jane.doe jdoe Jane_Doe JaneDoe
    j.doe-adm admin-alice alice-dev jdoe-mfa alice bob jdoe1 jdoe01 john.smith2 a123456 n0123456 CORP\\jdoe dev.patel
    nguyen.van.an li.wei zhang_wei ng.k wu xu.y s.krishnamurthy chukwuemeka yamamoto_t m.garcia-lopez jean-luc.picard
    JeanLucDeLaRue o.connor MMcDonald krzysztof.szczepaniak strzelczyk aschwarzenegger mohammed.al-fayed hrvoje steve.jobs
    mary.jenkins tom.hunter j.porter travis max sam bill.gates talbot brunner contractor.jim ext.jdoe dev-kim-ops balog
"""


@pytest.mark.parametrize("name", MACHINES.split())
def test_a_machines_session_is_no_person(name):
    assert not may_be_a_person(name, ROLE)


@pytest.mark.parametrize("name", PERSONS.split())
def test_a_person_stays_a_person(name):
    assert may_be_a_person(name, ROLE)


WORD = string.ascii_letters + string.digits


@pytest.mark.parametrize(
    ("alphabet", "length"),
    [(string.ascii_letters, 32), (WORD, 20), ("0123456789abcdef", 16), (WORD + "-_", 21)],
)
def test_what_was_drawn_by_lot_is_no_person(alphabet, length):
    chance = random.Random(length)
    drawn = ["".join(chance.choices(alphabet, k=length)) for _ in range(500)]
    assert sum(may_be_a_person(name, ROLE) for name in drawn) <= 2


def test_the_names_of_service_and_role_say_whose_a_session_is():
    for name, role, invoked_by, person in (
        # A session that bears the name of the service that called is the service's.
        ("states", ROLE, "states.amazonaws.com", False),
        ("zed-ecs", ROLE, "ecs.amazonaws.com", False),
        ("MyAppRunnerThing", ROLE, "apprunner.amazonaws.com", False),
        ("alice@states.example.com", ROLE, "states.amazonaws.com", True),
        # One that its role is named after is no person's.
        ("thumbs", "thumbs-role-abc123", "", False),
        ("payments", "PaymentsRole", "", False),
    ):
        assert may_be_a_person(name, role, invoked_by) is person


def test_a_uuid_is_no_person_whatever_stands_before_it():
    number = "3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11"
    for session_name in (number, f"alice-{number}", f"x_{number.replace('-', '')}"):
        assert is_generated(session_name)
        assert not may_be_a_person(session_name, ROLE)
