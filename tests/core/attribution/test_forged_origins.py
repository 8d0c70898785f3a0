"""Whoever takes the pipeline's role by hand may write what they like: they do not pass for the pipeline."""

import pytest

from iacwatch.core.attribution.chains.facts import Answer, Facts, Missing, Origin
from iacwatch.core.attribution.chains.walk import follow
from iacwatch.core.globs import any_matches
from tests.core.attribution.test_chains import TOKEN, call, followed, key, of, opening, web
from tests.fixtures.trail_records import GITHUB, MAIN, OWN, SSO, session, user

ROLES = f"arn:aws:iam::{OWN}:role"
ROLE, HUB = f"{ROLES}/ops/deploy", f"{ROLES}/ops/hub"
PIPELINE = f"{TOKEN}:{MAIN}"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
POD = "system:serviceaccount:ci:runner"


def by_saml(number, whose=None):
    """Make an opening by an assertion: CloudTrail names its provider by a hash."""
    who = {"type": "SAMLUser", "userName": "alice@example.com", "identityProvider": "bdGOnTesti4+ExamplexL="}
    asked = {"principalArn": f"arn:aws:iam::{OWN}:saml-provider/okta", "roleArn": ROLE}
    return opening(number, who, whose, name="AssumeRoleWithSAML", requestParameters=asked)


def by_token(number, whose=None, **caller):
    return opening(number, {**web(), **caller}, whose, name="AssumeRoleWithWebIdentity")


def passes(started_by, start, *openings):
    found = followed(start, *openings)
    assert isinstance(found, Origin)
    return not found.unknown and any_matches([started_by], found.identities)


CLAIMS = {"federatedProvider": GITHUB, "attributes": {"evil.io:sub": MAIN}}
WRITTEN = [
    {"name": PIPELINE.replace(":", "=").replace("/", "-")},
    {"name": "i-0123456789abcdef0"},
    {"context": {"sourceIdentity": "token.actions-repo-acme-infra"}},
    {"context": {"webIdFederationData": {"attributes": {"sub": MAIN}}}},
    {"context": {"webIdFederationData": CLAIMS}},
    {"invokedBy": "cloudformation.amazonaws.com"},
]


@pytest.mark.parametrize("chosen", WRITTEN)
@pytest.mark.parametrize("agent", ["exec-env/AWS_Lambda_python3.12", "cloudformation.amazonaws.com"])
def test_nothing_that_a_caller_writes_closes_a_chain_or_passes(chosen, agent):
    start = call(of(1, **chosen), userAgent=agent, sourceIPAddress=agent)
    assert isinstance(follow(start, Facts(), deciding=True), Missing)
    for started_by in (ROLE, PIPELINE, "token.*", f"*{MAIN}"):
        assert not passes(started_by, start, opening(1, user("mallory"), of(1, **chosen)))


POD_OPENED = by_token(1, userName=POD, identityProvider=GITHUB.replace(TOKEN, EKS))
HUB_OPENED = opening(1, of(2, "hub"))


HIDDEN = by_token(1, userName="HIDDEN_DUE_TO_SECURITY_REASONS")


@pytest.mark.parametrize(
    ("started_by", "opened", "passing"),
    [
        (PIPELINE, [by_token(1)], True),
        ("saml-provider/okta:alice@example.com", [by_saml(1)], True),
        (ROLE, [POD_OPENED], True),
        (f"{EKS}:{POD}", [POD_OPENED], True),
        (HUB, [HUB_OPENED, by_token(2, of(2, "hub"))], True),
        (PIPELINE, [HUB_OPENED, by_token(2, of(2, "hub"))], True),
        (HUB, [HUB_OPENED, by_saml(2, of(2, "hub"))], True),
        # The role itself vouches for nobody who opened it by a token or by hand.
        ("*", [opening(1, user("mallory"))], True),
        (f"{ROLES}/*", [opening(1, user("mallory"))], False),
        (f"{ROLES}/*", [by_saml(1)], False),
        (f"{ROLES}/*", [by_token(1, userName=MAIN.replace("infra", "website"))], False),
        (PIPELINE, [by_token(1, userName=MAIN.replace("infra", "website"))], False),
        (PIPELINE, [by_token(1, identityProvider=GITHUB.replace("token.", "evil-token."))], False),
        ("*", [by_token(1, identityProvider="")], False),
        ("*", [HIDDEN], False),
    ],
)
def test_who_is_named_passes_however_the_role_was_opened_and_nobody_else(started_by, opened, passing):
    assert passes(started_by, call(of(1)), *opened) is passing


def test_a_tokens_session_is_called_after_its_role_and_an_assertions_after_the_person():
    session = of(1, name="alice@example.com")
    for opened, name, via in (
        (by_token(1, session), "deploy", "oidc"),
        (by_saml(1, session), "alice@example.com", "saml"),
    ):
        found = followed(call(session), opened)
        assert (found.actor.name, found.actor.via) == (name, via)
    assert "does not say whose token that was" in followed(call(of(1)), HIDDEN).unknown
    named = followed(call(of(1)), HIDDEN, deciding=False)
    assert (named.unknown, named.actor.via) == ("", "oidc")


def test_a_permission_set_named_like_the_pipelines_role_and_a_key_that_another_event_claims_are_nobodys():
    assert not passes(ROLE, call({**session(SSO, "deploy"), "accessKeyId": key(7)}))
    stolen = Facts(openings={key(1): Answer(event=by_token(2, of(1)))})
    assert "handed out another key" in follow(call(of(1)), stolen, deciding=True).unknown
