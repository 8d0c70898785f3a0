"""Whoever takes the pipeline's role by hand may write what they like: they do not pass for the pipeline."""

import pytest

from iacwatch.core.attribution.chains.facts import Answer, Facts, Missing, Origin
from iacwatch.core.attribution.chains.walk import follow
from iacwatch.core.globs import any_matches
from tests.core.attribution.test_chains import TOKEN, call, followed, key, of, opening, web
from tests.fixtures.trail_records import GITHUB, MAIN, OWN, SSO, session, user

ROLE = f"arn:aws:iam::{OWN}:role/ops/deploy"
HUB = f"arn:aws:iam::{OWN}:role/ops/hub"
PIPELINE = f"{TOKEN}:{MAIN}"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
POD = "system:serviceaccount:ci:runner"


def saml(subject="alice@example.com"):
    """Return who brings an assertion: CloudTrail names its provider by a hash."""
    return {"type": "SAMLUser", "userName": subject, "identityProvider": "bdGOnTesti4+ExamplexL/jEvs="}


def by_saml(number, whose=None):
    return opening(
        number,
        saml(),
        whose,
        name="AssumeRoleWithSAML",
        requestParameters={"principalArn": f"arn:aws:iam::{OWN}:saml-provider/okta", "roleArn": ROLE},
    )


def by_token(number, whose=None, caller=None):
    return opening(number, caller or web(), whose, name="AssumeRoleWithWebIdentity")


def passes(started_by, start, *openings):
    found = followed(start, *openings)
    assert isinstance(found, Origin)
    return not found.unknown and any_matches([started_by], found.identities)


WRITTEN = {
    "a session's name like the token's": {"name": PIPELINE.replace(":", "=").replace("/", "-")},
    "a session's name like an instance's": {"name": "i-0123456789abcdef0"},
    "a session's name like a pod's": {"name": "eks-prod-runner-1b2c3d4e-0000-4000-8000-000000000001"},
    "a source identity like the token's": {"context": {"sourceIdentity": "token.actions-repo-acme-infra"}},
    "a source identity like an ARN": {"context": {"sourceIdentity": "arn=aws=iam=role=deploy"}},
    "claims without a provider": {"context": {"webIdFederationData": {"attributes": {"sub": MAIN}}}},
    "another provider's claim": {
        "context": {"webIdFederationData": {"federatedProvider": GITHUB, "attributes": {"evil.io:sub": MAIN}}}
    },
    "a service that calls for them": {"invokedBy": "cloudformation.amazonaws.com"},
}


@pytest.mark.parametrize("chosen", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("agent", ["exec-env/AWS_Lambda_python3.12", "cloudformation.amazonaws.com"])
def test_nothing_that_a_caller_writes_closes_a_chain_or_passes(chosen, agent):
    start = call(of(1, **chosen), userAgent=agent, sourceIPAddress=agent)
    assert isinstance(follow(start, Facts(), deciding=True), Missing)
    for started_by in (ROLE, PIPELINE, "token.*", f"*{MAIN}"):
        assert not passes(started_by, start, opening(1, user("mallory"), of(1, **chosen)))


@pytest.mark.parametrize("started_by", [ROLE, PIPELINE, f"arn:aws:iam::{OWN}:role/*"])
@pytest.mark.parametrize(
    "opened",
    [
        opening(1, user("mallory")),
        by_saml(1),
        by_token(1, caller=web(MAIN.replace("infra", "website"))),
        by_token(1, caller={**web(), "identityProvider": GITHUB.replace("token.", "evil-token.")}),
        by_token(1, caller={**web(), "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
        by_token(1, caller={**web(), "identityProvider": ""}),
    ],
    ids=["a user", "SAML", "another repository", "another provider", "no subject", "no provider"],
)
def test_the_role_itself_vouches_for_nobody_who_opened_it_by_a_token_or_by_hand(started_by, opened):
    assert not passes(started_by, call(of(1)), opened)


def test_who_is_named_passes_however_the_role_was_opened():
    assert passes(PIPELINE, call(of(1)), by_token(1))
    assert passes("saml-provider/okta:alice@example.com", call(of(1)), by_saml(1))
    pod = {"type": "WebIdentityUser", "userName": POD, "identityProvider": GITHUB.replace(TOKEN, EKS)}
    for started_by in (ROLE, f"{EKS}:{POD}"):
        assert passes(started_by, call(of(1)), by_token(1, caller=pod))
    for started_by in (HUB, PIPELINE):
        assert passes(started_by, call(of(1)), opening(1, of(2, "hub")), by_token(2, of(2, "hub")))
    assert passes(HUB, call(of(1)), opening(1, of(2, "hub")), by_saml(2, of(2, "hub")))


def test_a_token_whose_subject_is_not_shown_is_nobody_known():
    hidden = by_token(1, caller={**web(), "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"})
    assert "does not say whose token that was" in followed(call(of(1)), hidden).unknown
    assert not followed(call(of(1)), hidden, deciding=False).unknown


def test_a_permission_set_named_like_the_pipelines_role_is_not_the_role():
    person = call({**session(SSO, "deploy"), "accessKeyId": key(7)})
    assert not passes(ROLE, person)


def test_a_key_that_another_event_claims_is_no_answer():
    stolen = opening(2, web(), of(1), name="AssumeRoleWithWebIdentity")
    found = follow(call(of(1)), Facts(openings={key(1): Answer(event=stolen)}), deciding=True)
    assert "handed out another key" in found.unknown
