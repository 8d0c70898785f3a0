"""Who can take a workflow's role: what trust policies, STS's events and the manual's page show of it."""

import json
import re
from itertools import pairwise

import pytest

from iacwatch.core.model import Workflow
from iacwatch.core.parse.cloudtrail import event
from iacwatch.doctor.checks.started_by import entries, judge_held, judge_trusted, judge_unread
from iacwatch.doctor.openers import Opener, lasting, opener
from iacwatch.doctor.trust_policy import takers
from iacwatch.errors import AccessDenied, AwsError
from iacwatch.settings.load import File, load
from tests.fixtures.doctor_world import ACCOUNT, PROVIDER, ROLE, SUBJECT, person, trust, web_identity
from tests.fixtures.manual import page
from tests.fixtures.trail_records import record

MAIN = f"{PROVIDER}:{SUBJECT}"
PIPELINE = Workflow(name="ci", principals=(ROLE,))
HELD = Workflow(name="ci", principals=(ROLE,), started_by=(MAIN,))
HERE = f"arn:aws:iam::{ACCOUNT}:"
ASSUME, HCP = "sts:AssumeRole", "app.terraform.io"


def statement(principal, condition=None, action=ASSUME):
    found = {"Effect": "Allow", "Principal": principal, "Action": action}
    return found if condition is None else {**found, "Condition": condition}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def by(arn, *, like=None):
    return statement({"AWS": arn}, like and {"ArnLike": {"aws:PrincipalArn": like}})


def oidc(provider, condition=None):
    federated = {"Federated": f"{HERE}oidc-provider/{provider}"}
    return statement(federated, condition, "sts:AssumeRoleWithWebIdentity")


def sub(subject, provider=PROVIDER, operator="StringLike"):
    return oidc(provider, {operator: {f"{provider}:sub": subject}})


SAML = statement({"Federated": f"{HERE}saml-provider/okta"}, action="sts:AssumeRoleWithSAML")
SETS = "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"
AUDIENCE = {"StringEquals": {f"{PROVIDER}:aud": "sts.amazonaws.com"}}
PEOPLE = {
    "the account": (by(f"{HERE}root"), "a policy in the account 1234567"),
    "everybody": (statement("*"), "anybody, of any account"),
    "a user": (by(f"{HERE}user/ops/dora"), "the user dora"),
    "permission sets": (by(f"{HERE}root", like=SETS), "people, as role/aws-reserved/sso.amazonaws.com/*"),
    "any role": (by("*", like=f"{HERE}role/*"), "people, as role/*"),
    "a company's sign-in": (SAML, "people who sign in by saml-provider/okta"),
    "any repository at all": (oidc(PROVIDER, AUDIENCE), f"any web identity of {PROVIDER}, since its trust policy has no"),
    "a subject only if it is there": (sub(SUBJECT, operator="StringEqualsIfExists"), "has no condition on sub"),
    "anybody's repositories": (sub("repo:*"), f"any repository of {PROVIDER} (repo:*)"),
    "an owner's repositories": (sub("repo:acme/*"), "every repository of acme (repo:acme/*)"),
    "each branch": (sub("repo:acme/infra:*"), "every branch and pull request of acme/infra"),
    "one of two": (sub([SUBJECT, "repo:acme/*"]), "every repository of acme"),
    "whoever is not named": ({"Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}, "Action": ASSUME}, "everybody whom its trust policy does not leave out"),
}  # fmt: skip


@pytest.mark.parametrize("case", PEOPLE)
def test_people_who_can_take_a_role_are_seen_in_its_trust_policy(case):
    made, words = PEOPLE[case]
    found = [each for each in takers(policy(made), ROLE) if each.people]
    assert len(found) == 1
    assert words in found[0].words


NUMBERED = "repo:acme@12/infra@34:ref:refs/heads/main"
PROJECT = "project_path:acme/infra:ref_type:branch:ref:main"
JENKINS = "arn:aws:iam::111122223333:role/jenkins"
PIPELINES = {
    "a branch among several values": (sub([SUBJECT], operator="ForAnyValue:StringLike"), (MAIN,)),
    "an owner with its number": (sub(NUMBERED), (f"{PROVIDER}:{NUMBERED}",)),
    "a project": (sub(PROJECT, "gitlab.example.com"), (f"gitlab.example.com:{PROJECT}",)),
    "an instance": (statement({"Service": "ec2.amazonaws.com"}), (ROLE,)),
    "a role": (by("arn:aws:iam::111122223333:role/ci/jenkins"), ("arn:aws:iam::111122223333:role/ci/jenkins",)),
    "a session of a role": (by("arn:aws:sts::111122223333:assumed-role/jenkins/x"), (JENKINS,)),
    "an account's one role": (by("111122223333", like=f"{JENKINS}-*"), (f"{JENKINS}-*",)),
    "a claim": (oidc(PROVIDER, {"StringEquals": {f"{PROVIDER}:repository_id": "77"}}), ()),
    "nobody": ({"Effect": "Deny", "Principal": "*", "Action": ASSUME}, ()),
    "nobody to take it": (statement({"AWS": "*"}, action="sts:TagSession"), ()),
}  # fmt: skip


@pytest.mark.parametrize("case", PIPELINES)
def test_a_pipeline_is_known_by_what_its_sessions_begin_with(case):
    made, origins = PIPELINES[case]
    found = takers(policy(made), ROLE)
    assert not any(each.people for each in found)
    assert entries(found, ()) == origins


@pytest.mark.parametrize("text", ["{", "[]", '{"Statement": 5}', '{"Statement": ["x"]}'])
def test_a_policy_that_cannot_be_read_lets_nobody_known_in(text):
    assert not takers(text, ROLE)


def taken(identity, name="AssumeRole", **more):
    return event(record(identity, eventSource="sts.amazonaws.com", eventName=name, **more))


HOP = f"{HERE}role/ci/hop"


def hop():
    made = person("x") | {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/hop/x"}
    made["sessionContext"]["sessionIssuer"] |= {"arn": HOP, "userName": "hop"}
    return made


def user(kind, **fields):
    return {"type": kind, **fields}


DORA = f"{HERE}user/dora"
ELSE = user("AWSAccount", principalId="AROA1:alice@example.com", accountId="999999999999")
GOOGLE = "accounts.google.com:abc"


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (web_identity(SUBJECT), Opener(words=MAIN, origin=MAIN)),
        ({**web_identity("abc"), "identityProvider": "accounts.google.com"}, Opener(words=GOOGLE, origin=GOOGLE)),
        (user("AWSService", invokedBy="ec2.amazonaws.com"), Opener(words="ec2.amazonaws.com")),
        (hop(), Opener(words="the role hop", origin=HOP, through=True)),
        (ELSE, Opener(words="alice@example.com of the account 999999999999", through=True)),
        (user("IAMUser", userName="dora", arn=DORA, accountId=ACCOUNT), Opener(words="the user dora", origin=DORA, people=True)),
        (user("SAMLUser", principalId="x:bob", userName="bob@example.com"), Opener(words="bob@example.com", people=True)),
    ],
)  # fmt: skip
def test_who_opened_a_session_stands_in_the_call_that_did(identity, expected):
    assert opener(taken(identity, "AssumeRoleWith" if "provider" in identity else "AssumeRole")) == expected


def test_a_refused_call_or_another_opened_nothing_and_a_person_is_named_with_the_permission_set():
    found = opener(taken(person()))
    assert (found.words, found.people) == ("alice@example.com (AWSReservedSSO_Admin_0123456789abcdef)", True)
    assert opener(taken(person(), errorCode="AccessDenied")) is None
    assert opener(taken(person(), "GetCallerIdentity")) is None


BUILDKITE = "agent.buildkite.com:organization:a:pipeline:p:ref:refs/heads/main:commit:"
CIRCLECI, BITBUCKET = "oidc.circleci.com/org/1a:org/1a/project/2b/user/", "api.bitbucket.org/2.0/x/oidc:{r}:"
RUN = f"{HCP}:organization:a:project:p:workspace:w:run_phase:"


def test_what_differs_from_run_to_run_is_left_open():
    for origin, glob in (
        (MAIN, MAIN),
        (f"{RUN}apply", f"{RUN}*"),
        (f"{CIRCLECI}3c", f"{CIRCLECI}*"),
        (f"{BUILDKITE}9f2c:step:apply", f"{BUILDKITE}*"),
        (f"{BITBUCKET}{{step}}", f"{BITBUCKET}*"),
        (f"{BITBUCKET}{{env}}:{{step}}", f"{BITBUCKET}{{env}}:*"),
        (ROLE, ROLE),
    ):
        assert lasting(origin) == glob


OPENED = [opener(taken(web_identity(SUBJECT)))] * 3
ALICE = opener(taken(person()))


def test_who_can_take_a_role_is_judged_with_who_took_it_and_mended_by_what_the_pipeline_came_with():
    opened_to_all, trusted = takers(policy(PEOPLE["the account"][0]), ROLE), takers(json.dumps(trust()), ROLE)
    people = judge_trusted(PIPELINE, ROLE, [*OPENED, ALICE], opened_to_all)
    assert people.message == (
        "people can take the role gha-terraform-live and pass for the workflow ci: everybody whom a policy in"
        f" the account {ACCOUNT} lets; its newest sessions were opened by {MAIN} (3),"
        " alice@example.com (AWSReservedSSO_Admin_0123456789abcdef) (1)"
    )
    right = judge_trusted(PIPELINE, ROLE, OPENED, trusted)
    assert (str(right.status), right.mend) == ("ok", "")
    assert right.message.startswith(f"only {MAIN} can take the role gha-terraform-live; its newest sessions")
    requests = opener(taken(web_identity("repo:acme/infra:pull_request")))
    loose = takers(policy(sub("repo:acme/infra:*")), ROLE)
    assert entries(loose, [*OPENED, requests]) == (MAIN,)
    assert "PROVIDER:SUBJECT" in judge_trusted(PIPELINE, ROLE, [], loose).mend


def test_where_the_trust_policy_may_not_be_read_the_past_speaks():
    denied = AccessDenied("cannot read it", hint="grant iam:GetRole", code="AccessDenied")
    unknown = judge_unread(PIPELINE, ROLE, OPENED, denied)
    assert (str(unknown.status), unknown.seen) == ("warn", False)
    assert unknown.mend.startswith(f'grant iam:GetRole; or set started_by = ["{MAIN}"]')
    assert judge_unread(PIPELINE, ROLE, [*OPENED, ALICE], denied).seen
    missing = judge_unread(PIPELINE, ROLE, [], AwsError("no", code="NoSuchEntity"))
    assert missing.message == "there is no role gha-terraform-live, which the workflow ci covers"


def test_started_by_is_compared_with_who_opened_the_newest_sessions():
    (held,) = judge_held(HELD, ROLE, [*OPENED, ALICE, opener(taken(hop()))])
    assert str(held.status) == "ok"
    assert held.message == (
        "started_by of the workflow ci fits 3 of the newest 5 sessions of the role gha-terraform-live; those"
        " opened by alice@example.com (AWSReservedSSO_Admin_0123456789abcdef) (1) count as out-of-band;"
        " opened through another role, whose own opener counts: 1"
    )
    other = opener(taken(web_identity("repo:acme/live:ref:refs/heads/main")))
    (wrong,) = judge_held(HELD, ROLE, [other])
    assert f'started_by = ["{PROVIDER}:repo:acme/live:ref:refs/heads/main"]' in wrong.mend
    assert not list(judge_held(HELD, ROLE, []))
    by_role = Workflow(name="ci", principals=(ROLE,), started_by=(ROLE,))
    (held,) = judge_held(by_role, ROLE, [Opener(words="ec2.amazonaws.com"), *OPENED, ALICE])
    assert "fits 1 of the newest 5 sessions" in held.message


BLOCKS = re.findall(r"(?ms)^```(json|toml)\n(.*?)^```$", page("pipelines"))


def test_no_trust_policy_of_the_page_lets_people_in():
    policies = [text for kind, text in BLOCKS if kind == "json"]
    assert len(policies) == 10
    assert not [each for policy in policies for each in takers(policy, "arn:x") if each.people]


def test_started_by_of_each_workflow_is_who_can_take_the_role():
    shown = [(before, text) for (_, before), (kind, text) in pairwise(BLOCKS) if kind == "toml"]
    assert len(shown) == 9
    for policy, toml in shown:
        (flow,) = load(File("iacwatch.toml", toml)).workflow
        assert entries(takers(policy, flow.principals[0]), ()) == flow.started_by
