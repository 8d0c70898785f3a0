"""Which session an STS call opened, as its record shows it."""

from datetime import UTC, datetime

import pytest

from iacwatch.core.model import OpenedSession
from iacwatch.core.parse.cloudtrail import event
from tests.fixtures.trail_records import GITHUB, MAIN, OWN, record, session, user

ARN = f"arn:aws:sts::{OWN}:assumed-role/deploy/cli"
KEY = "ASIAEXAMPLEOPENED001"
WEB = {"type": "WebIdentityUser", "userName": MAIN, "identityProvider": GITHUB}


def sts(name, answer, identity=None, **more):
    return record(
        identity or user("carol"),
        eventSource="sts.amazonaws.com",
        eventName=name,
        readOnly=True,
        responseElements=answer,
        **more,
    )


def answer(expiration="Nov 20, 2026, 11:09:58 AM", **more):
    credentials = {"accessKeyId": KEY, "expiration": expiration, "sessionToken": "x"}
    return {"credentials": credentials, "assumedRoleUser": {"assumedRoleId": "AROA:cli", "arn": ARN}, **more}


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("Nov 20, 2026, 11:09:58 AM", 11),
        ("Nov 20, 2026 11:09:58\u202fPM", 23),
        ("Nov 20, 2026, 12:09:58 AM", 0),
        ("2026-11-20T11:09:58Z", 11),
        ("Nov 31, 2026, 11:09:58 AM", None),
        ("soon", None),
    ],
)
def test_until_when_a_session_lasts_is_read_as_cloudtrail_writes_it(written, hour):
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


def test_a_federated_users_session_bears_the_users_arn():
    said = {"assumedRoleUser": None, "federatedUser": {"arn": f"arn:aws:sts::{OWN}:federated-user/erin"}}
    opened = event(sts("GetFederationToken", answer(**said))).opened
    assert (opened.arn, opened.access_key_id) == (f"arn:aws:sts::{OWN}:federated-user/erin", KEY)


def test_a_saml_provider_is_never_taken_for_a_web_identitys():
    provider = "saml-provider/token.actions.githubusercontent.com"
    identity = {"type": "SAMLUser", "userName": MAIN, "identityProvider": f"arn:aws:iam::{OWN}:{provider}"}
    assert event(sts("AssumeRoleWithSAML", answer(), identity)).opened.provider == provider


@pytest.mark.parametrize(
    "document",
    [
        sts("AssumeRole", answer(), errorCode="AccessDenied"),
        sts("AssumeRole", None),
        sts("AssumeRole", {"credentials": {"accessKeyId": "asia <script>"}}),
        sts("GetCallerIdentity", answer()),
        {**sts("AssumeRole", answer()), "eventSource": "iam.amazonaws.com"},
    ],
)
def test_what_opens_no_session_or_shows_none_has_none(document):
    assert event(document).opened is None


def principal(name, **context):
    return event(record(session("ci/deploy", name, **context))).principal


def test_what_aws_wrote_of_a_session_is_kept_with_the_caller():
    web = {"federatedProvider": GITHUB, "attributes": {"sub": MAIN}}
    found = principal("cli", webIdFederationData=web)
    assert (found.provider, found.subject) == ("token.actions.githubusercontent.com", MAIN)
    assert found.session_opened_at == datetime(2026, 11, 20, 9, 1, 2, tzinfo=UTC)
    two = {"sub": MAIN, "token.actions.githubusercontent.com:sub": "repo:acme/other:pull_request"}
    assert principal("cli", webIdFederationData={**web, "attributes": two}).subject == ""
    assert principal("i-0123456789abcdef0", ec2RoleDelivery="2.0").issued_to == "instance"
    assert principal("i-0123456789abcdef0").issued_to == ""
    assert event(record(sharedEventID="s-1")).shared_event_id == "s-1"
