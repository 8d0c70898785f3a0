"""Who can take a workflow's role: what trust policies and STS's events show of it, and the line to paste."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import Workflow
from iacwatch.core.parse.cloudtrail import event
from iacwatch.doctor.checks.started_by import entries, judge_held, judge_trusted, judge_unread
from iacwatch.doctor.openers import Opener, counted, lasting, opener
from iacwatch.doctor.trust_policy import loose, takers
from iacwatch.errors import AccessDenied, AwsError
from tests.fixtures.doctor_world import ACCOUNT, PROVIDER, ROLE, SUBJECT, person, trust, web_identity

MAIN = f"{PROVIDER}:{SUBJECT}"
SSO = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef"
PIPELINE = Workflow(name="ci", principals=(ROLE,))
HELD = Workflow(name="ci", principals=(ROLE,), started_by=(MAIN,))


def statement(principal, condition=None, action="sts:AssumeRole", **more):
    found = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return found if condition is None else {**found, "Condition": condition}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def oidc(provider, condition=None):
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"
    return statement({"Federated": arn}, condition, "sts:AssumeRoleWithWebIdentity")


def sub(subject, provider=PROVIDER, operator="StringLike"):
    return oidc(provider, {operator: {f"{provider}:sub": subject}})


PEOPLE = {
    "the account": (statement({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), "a policy in the account 1234567"),
    "the account's number": (statement({"AWS": ACCOUNT}), "everybody whom a policy in the account 1234567"),
    "everybody": (statement("*"), "anybody, of any account"),
    "everybody in a list": (statement({"AWS": ["*"]}, action=["sts:TagSession", "sts:*"]), "anybody, of any"),
    "a user": (statement({"AWS": f"arn:aws:iam::{ACCOUNT}:user/ops/dora"}), "the user dora"),
    "a permission set": (statement({"AWS": SSO}), "people, as role/aws-reserved/sso.amazonaws.com/"),
    "permission sets": (
        statement(
            {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"}},
        ),
        "people, as role/aws-reserved/sso.amazonaws.com/*",
    ),
    "any role": (
        statement({"AWS": "*"}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}}),
        "people, as role/*",
    ),
    "those with a code": (
        statement({"AWS": ACCOUNT}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        "everybody whom",
    ),
    "a company's sign-in": (
        statement(
            {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/okta"}, action="sts:AssumeRoleWithSAML"
        ),
        "people who sign in by saml-provider/okta",
    ),
    "any repository at all": (
        oidc(PROVIDER, {"StringEquals": {f"{PROVIDER}:aud": "sts.amazonaws.com"}}),
        "any web identity of token.actions.githubusercontent.com, since its trust policy has no condition",
    ),
    "a subject only if it is there": (
        sub(SUBJECT, operator="StringEqualsIfExists"),
        "since its trust policy has no condition on sub",
    ),
    "all but a subject": (sub(SUBJECT, operator="StringNotLike"), "no condition on sub"),
    "anybody's repositories": (
        sub("repo:*"),
        "any repository of token.actions.githubusercontent.com (repo:*)",
    ),
    "any subject": (sub("*"), "any web identity of token.actions.githubusercontent.com (*)"),
    "an owner's repositories": (sub("repo:acme/*"), "every repository of acme (repo:acme/*)"),
    "repositories of a kind": (sub("repo:acme/infra*"), "every repository of acme (repo:acme/infra*)"),
    "each branch": (sub("repo:acme/infra:*"), "every branch and pull request of acme/infra"),
    "each project": (
        sub("project_path:acme/*:ref_type:branch:ref:main", "gitlab.com"),
        "every repository of",
    ),
    "each organization": (sub("organization:*", "app.terraform.io"), "any web identity of app.terraform.io"),
    "one of two": (sub([SUBJECT, "repo:acme/*"]), "every repository of acme"),
    "whoever is not named": (
        {"Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"},
        "everybody whom its trust policy does not leave out",
    ),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_people_who_can_take_a_role_are_seen_in_its_trust_policy(case):
    made, words = PEOPLE[case]
    found = [each for each in takers(policy(made), ROLE) if each.people]
    assert len(found) == 1
    assert words in found[0].words


PIPELINES = {
    "a branch": (sub(SUBJECT), (MAIN,)),
    "a branch, exactly": (sub(SUBJECT, operator="StringEquals"), (MAIN,)),
    "a branch among several values": (sub([SUBJECT], operator="ForAnyValue:StringLike"), (MAIN,)),
    "an environment": (sub("repo:acme/infra:environment:*"), (f"{PROVIDER}:repo:acme/infra:environment:*",)),
    "an owner with its number": (
        sub("repo:acme@12/infra@34:ref:refs/heads/main"),
        (f"{PROVIDER}:repo:acme@12/infra@34:ref:refs/heads/main",),
    ),
    "a project": (
        sub("project_path:acme/infra:ref_type:branch:ref:main", "gitlab.example.com"),
        ("gitlab.example.com:project_path:acme/infra:ref_type:branch:ref:main",),
    ),
    "a workspace": (
        sub("organization:acme:project:prod:workspace:net:run_phase:*", "app.terraform.io"),
        ("app.terraform.io:organization:acme:project:prod:workspace:net:run_phase:*",),
    ),
    "an instance": (statement({"Service": "ec2.amazonaws.com"}), (ROLE,)),
    "a role": (statement({"AWS": "arn:aws:iam::111122223333:role/ci/jenkins"}), ("arn:aws:iam::111122223333:role/ci/jenkins",)),
    "a session of a role": (
        statement({"AWS": "arn:aws:sts::111122223333:assumed-role/jenkins/x"}),
        ("arn:aws:iam::111122223333:role/jenkins",),
    ),
    "an account's one role": (
        statement(
            {"AWS": "111122223333"},
            {"ArnLike": {"AWS:PrincipalArn": "arn:aws:iam::111122223333:role/jenkins-*"}},
        ),
        ("arn:aws:iam::111122223333:role/jenkins-*",),
    ),
    "who has gone": (statement({"AWS": "AROAEXAMPLEEXAMPLE001"}), ()),
    "a claim": (oidc(PROVIDER, {"StringEquals": {f"{PROVIDER}:repository_id": "77"}}), ()),
    "nobody": ({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}, ()),
    "nobody to take it": (statement({"AWS": "*"}, action="sts:TagSession"), ()),
}  # fmt: skip


@pytest.mark.parametrize("case", PIPELINES)
def test_a_pipeline_is_known_by_what_its_sessions_begin_with(case):
    made, origins = PIPELINES[case]
    found = takers(policy(made), ROLE)
    assert not any(each.people for each in found)
    assert entries(found, ()) == origins


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', '{"Statement": 5}', '{"Statement": ["x"]}'])
def test_a_policy_that_cannot_be_read_lets_nobody_known_in(text):
    assert not takers(text, ROLE)


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=20) | st.just("*") | st.just("arn:aws:iam::1:root"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["AWS", "Federated", "StringLike", "aws:PrincipalArn"]), inner)
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries({"Effect": st.just("Allow"), "Principal": JSON, "Condition": JSON, "Action": JSON})
)
def test_whatever_a_policy_says_it_is_read_without_a_fault(made):
    takers(policy(made), ROLE)


def taken(identity, name="AssumeRole", **more):
    return event(
        json.dumps(
            {
                "eventID": "e",
                "eventVersion": "1.11",
                "eventTime": "2026-11-20T10:00:00Z",
                "eventSource": "sts.amazonaws.com",
                "eventName": name,
                "awsRegion": "eu-west-1",
                "recipientAccountId": ACCOUNT,
                "userIdentity": identity,
                "requestParameters": {"roleArn": ROLE, "roleSessionName": "x"},
                **more,
            }
        )
    )


def hop(arn, session="x"):
    made = person(session)
    made["arn"] = f"arn:aws:sts::{ACCOUNT}:assumed-role/{arn.rpartition('/')[2]}/{session}"
    made["sessionContext"]["sessionIssuer"] |= {"arn": arn, "userName": arn.rpartition("/")[2]}
    return made


HOP = f"arn:aws:iam::{ACCOUNT}:role/ci/hop"


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (web_identity(SUBJECT), Opener(words=MAIN, origin=MAIN)),
        (
            {**web_identity("abc"), "identityProvider": "accounts.google.com"},
            Opener(words="accounts.google.com:abc", origin="accounts.google.com:abc"),
        ),
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, Opener(words="ec2.amazonaws.com")),
        (hop(HOP), Opener(words="the role hop", origin=HOP, through=True)),
        (
            {"type": "AWSAccount", "principalId": "AROA1:alice@example.com", "accountId": "999999999999"},
            Opener(words="alice@example.com of the account 999999999999", through=True),
        ),
        (
            {
                "type": "IAMUser",
                "userName": "dora",
                "arn": f"arn:aws:iam::{ACCOUNT}:user/dora",
                "accountId": ACCOUNT,
            },
            Opener(words="the user dora", origin=f"arn:aws:iam::{ACCOUNT}:user/dora", people=True),
        ),
        (
            {"type": "SAMLUser", "principalId": "x:bob", "userName": "bob@example.com"},
            Opener(words="bob@example.com", people=True),
        ),
    ],
)
def test_who_opened_a_session_stands_in_the_call_that_did(identity, expected):
    assert opener(taken(identity, "AssumeRoleWith" if "provider" in identity else "AssumeRole")) == expected


def test_a_person_who_signed_in_is_named_with_the_permission_set():
    found = opener(taken(person()))
    assert found.words == "alice@example.com (AWSReservedSSO_Admin_0123456789abcdef)"
    assert found.people


def test_a_refused_call_or_another_opened_nothing():
    assert opener(taken(person(), errorCode="AccessDenied")) is None
    assert opener(taken(person(), "GetCallerIdentity")) is None


@pytest.mark.parametrize(
    ("origin", "glob"),
    [
        (MAIN, MAIN),
        (
            "app.terraform.io:organization:a:project:p:workspace:w:run_phase:apply",
            "app.terraform.io:organization:a:project:p:workspace:w:run_phase:*",
        ),
        ("oidc.circleci.com/org/1a:org/1a/project/2b/user/3c", "oidc.circleci.com/org/1a:org/1a/project/2b/user/*"),
        (
            "agent.buildkite.com:organization:a:pipeline:p:ref:refs/heads/main:commit:9f2c:step:apply",
            "agent.buildkite.com:organization:a:pipeline:p:ref:refs/heads/main:commit:*",
        ),
        ("api.bitbucket.org/2.0/x/oidc:{r}:{step}", "api.bitbucket.org/2.0/x/oidc:{r}:*"),
        ("api.bitbucket.org/2.0/x/oidc:{r}:{env}:{step}", "api.bitbucket.org/2.0/x/oidc:{r}:{env}:*"),
        (ROLE, ROLE),
    ],
)  # fmt: skip
def test_what_differs_from_run_to_run_is_left_open(origin, glob):
    assert lasting(origin) == glob


OPENED = [opener(taken(web_identity(SUBJECT)))] * 3
ALICE = opener(taken(person()))


def test_a_role_that_people_can_take_is_warned_of_with_the_line_to_paste():
    found = judge_trusted(PIPELINE, ROLE, [*OPENED, ALICE], takers(policy(PEOPLE["the account"][0]), ROLE))
    assert str(found.status) == "warn"
    assert found.message == (
        "people can take the role gha-terraform-live and pass for the workflow ci: everybody whom a policy in"
        f" the account {ACCOUNT} lets; its newest sessions were opened by {MAIN} (3),"
        " alice@example.com (AWSReservedSSO_Admin_0123456789abcdef) (1)"
    )
    assert found.mend.startswith(f'set started_by = ["{MAIN}"] in the workflow ci')


def test_a_role_that_only_the_pipeline_can_take_is_all_right():
    found = judge_trusted(PIPELINE, ROLE, OPENED, takers(json.dumps(trust()), ROLE))
    assert (str(found.status), found.mend) == ("ok", "")
    assert found.message.startswith(f"only {MAIN} can take the role gha-terraform-live; its newest sessions")


def test_who_took_the_role_is_warned_of_whatever_its_trust_policy_says_now():
    found = judge_trusted(PIPELINE, ROLE, [*OPENED, ALICE], takers(json.dumps(trust()), ROLE))
    assert str(found.status) == "warn"
    assert "the trust policy shows nobody, yet they did" in found.message


def test_a_loose_trust_policy_is_mended_by_what_the_pipeline_came_with():
    requests = opener(taken(web_identity("repo:acme/infra:pull_request")))
    trusted = takers(policy(sub("repo:acme/infra:*")), ROLE)
    assert entries(trusted, [*OPENED, requests]) == (MAIN,)
    assert "PROVIDER:SUBJECT" in judge_trusted(PIPELINE, ROLE, [], trusted).mend


def test_where_the_trust_policy_may_not_be_read_the_past_speaks():
    denied = AccessDenied("cannot read it", hint="grant iam:GetRole", code="AccessDenied")
    unknown = judge_unread(PIPELINE, ROLE, OPENED, denied)
    assert (str(unknown.status), unknown.seen) == ("warn", False)
    assert unknown.mend.startswith(f'grant iam:GetRole; or set started_by = ["{MAIN}"]')
    known = judge_unread(PIPELINE, ROLE, [*OPENED, ALICE], denied)
    assert (str(known.status), known.seen) == ("warn", True)
    missing = judge_unread(PIPELINE, ROLE, [], AwsError("no", code="NoSuchEntity"))
    assert missing.message == "there is no role gha-terraform-live, which the workflow ci covers"


def test_started_by_is_compared_with_who_opened_the_newest_sessions():
    (held,) = judge_held(HELD, ROLE, [*OPENED, ALICE, opener(taken(hop(HOP)))])
    assert str(held.status) == "ok"
    assert held.message == (
        "started_by of the workflow ci fits 3 of the newest 5 sessions of the role gha-terraform-live; those"
        " opened by alice@example.com (AWSReservedSSO_Admin_0123456789abcdef) (1) count as out-of-band;"
        " opened through another role, whose own opener counts: 1"
    )
    other = opener(taken(web_identity("repo:acme/live:ref:refs/heads/main")))
    (wrong,) = judge_held(HELD, ROLE, [other])
    assert str(wrong.status) == "warn"
    assert f'started_by = ["{PROVIDER}:repo:acme/live:ref:refs/heads/main"]' in wrong.mend
    assert not list(judge_held(HELD, ROLE, []))
    by_role = Workflow(name="ci", principals=(ROLE,), started_by=(ROLE,))
    by_service = Opener(words="ec2.amazonaws.com")
    (held,) = judge_held(by_role, ROLE, [by_service, *OPENED, ALICE])
    assert "fits 1 of the newest 5 sessions" in held.message
    (none,) = judge_held(by_role, ROLE, OPENED)
    assert f'set started_by = ["{MAIN}"]' in none.mend


def test_of_many_who_opened_sessions_the_most_frequent_are_named():
    found = [Opener(words=name) for name in "aaabbcde f".replace(" ", "")]
    assert counted(found) == "a (3), b (2), c (1), d (1), 2 others"


def test_a_subject_of_one_pipeline_lets_nobody_else_in():
    assert not loose(PROVIDER, SUBJECT)
    assert not loose("oidc.eks.eu-west-1.amazonaws.com/id/A", "system:serviceaccount:atlantis:atlantis")
