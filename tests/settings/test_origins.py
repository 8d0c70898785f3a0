"""Who opened a session, as `started_by` names it: an ARN or PROVIDER:SUBJECT, and what people write instead."""

import json

import pytest

from iacwatch.settings.origins import origin
from iacwatch.settings.values import Wrong

GITHUB = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    "text",
    [
        f"{GITHUB}:repo:acme/infra:ref:refs/heads/main",
        f"{GITHUB}:repo:acme/infra:environment:prod: eu",
        "*:repo:acme/infra:*",
        "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc:{1b2c}:*",
        "oidc.eks.*.amazonaws.com/id/*:system:serviceaccount:atlantis:atlantis",
        "arn:aws:iam::111122223333:role/jenkins",
        "arn:*:role/jenkins",
        "arn:aws-cn:iam::111122223333:user/ci",
        "arn:aws:iam::111122223333:root",
        "saml-provider/okta:alice@example.com",
        "saml-provider/*:*@example.com",
        "*:role/jenkins",
    ],
)
def test_an_origin_is_an_arn_or_a_providers_subject(text):
    assert origin(text) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("repo:acme/infra:ref:refs/heads/main", f"{GITHUB}:repo:acme/infra:ref:refs/heads/main"),
        ("acme/infra", f"{GITHUB}:repo:acme/infra:ref:refs/heads/main"),
        ("acme/infra@refs/heads/main", f"{GITHUB}:repo:acme/infra:ref:refs/heads/main"),
        (f"https://{GITHUB}:repo:acme/infra:*", f"{GITHUB}:repo:acme/infra:*"),
        (GITHUB, f"{GITHUB}:repo:ORG/REPO:ref:refs/heads/main"),
        ("project_path:acme/infra:*", "gitlab.com:project_path:acme/infra:*"),
        ("https://gitlab.com", "gitlab.com:SUBJECT"),
        (
            "organization:acme:project:p:workspace:w:run_phase:apply",
            "app.terraform.io:organization:acme:project:p:workspace:w:run_phase:apply",
        ),
        ("organization:acme:pipeline:infra:*", "agent.buildkite.com:organization:acme:pipeline:infra:*"),
        ("org/0c/project/7/user/*", "oidc.circleci.com/org/0c:org/0c/project/7/user/*"),
        ("system:serviceaccount:a:b", "oidc.eks.*.amazonaws.com/id/*:system:serviceaccount:a:b"),
        (f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}:repo:a/b:*", f"{GITHUB}:repo:a/b:*"),
        ("arn:aws:sts::111122223333:assumed-role/jenkins/i-0a", "arn:aws:iam::111122223333:role/jenkins"),
        ("role/jenkins", "arn:aws:iam::*:role/jenkins"),
        ("jenkins-*", "arn:aws:iam::*:role/jenkins-*"),
        ("alice@example.com", "arn:aws:iam::*:role/alice@example.com"),
        ("111122223333", "arn:aws:iam::111122223333:role/NAME"),
        ("*:assumed-role/jenkins/*", f"{GITHUB}:repo:ORG/REPO:ref:refs/heads/main"),
        ("arn:aws:s3:::bucket", f"{GITHUB}:repo:ORG/REPO:ref:refs/heads/main"),
        ("repo:" + "x" * 500, f"{GITHUB}:repo:ORG/REPO:ref:refs/heads/main"),
        ("\x1b[31m", f"{GITHUB}:repo:ORG/REPO:ref:refs/heads/main"),
    ],
)
def test_what_people_write_instead_is_refused_with_the_form_that_it_stands_for(text, meant):
    with pytest.raises(Wrong) as caught:
        origin(text)
    assert str(caught.value).endswith(f"such as {json.dumps(meant)}")


@pytest.mark.parametrize("value", ["", " ", 5, None, ["x"], {"arn": "x"}])
def test_what_is_no_text_is_refused_as_such(value):
    with pytest.raises(Wrong, match="a text that is not empty"):
        origin(value)
