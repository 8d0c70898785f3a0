"""What a pipeline ran for, by the subject of its token, whatever its provider."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.parse.repository import repository

SUBJECTS = [
    ("repo:acme/infra:ref:refs/heads/main", "acme/infra@refs/heads/main"),
    ("repo:acme/infra:ref:refs/heads/feature/über-42", "acme/infra@refs/heads/feature/über-42"),
    ("repo:acme/infra:environment:prod", "acme/infra@environment:prod"),
    ("repo:acme/infra:pull_request", "acme/infra@pull_request"),
    ("repo:acme@123456/infra@456789:ref:refs/heads/main", "acme/infra@refs/heads/main"),
    # Custom templates.
    ("repo:acme/infra:ref:refs/heads/main:job_workflow_ref:acme/ci/.github/w/a.yml@refs/heads/v1", "acme/infra@refs/heads/main"),
    ("repository_owner:acme:repository:acme/infra:environment:prod:ref:refs/heads/main", "acme/infra@refs/heads/main"),
    ("repo:acme/infra:job_workflow_ref:acme/ci/w/a.yml@refs/heads/v1", "acme/infra@job_workflow_ref:acme/ci/w/a.yml@refs/heads/v1"),
    ("repository_id:4711:environment:prod", None),
    ("repo:acme/infra", None),
    # Others.
    ("project_path:acme/platform/infra:ref_type:branch:ref:main", "acme/platform/infra@main"),
    ("project_id:4711:ref_type:branch:ref:main", None),
    ("organization:acme:project:Default Project:workspace:net-prod:run_phase:apply", "acme/Default Project/net-prod"),
    ("organization:acme:project:infra", None),
    ("organization:acme:pipeline:infra", None),
    ("project_path:acme/infra", None),
    ("organization:acme:pipeline:infra:ref:refs/heads/main:commit:9f3c:step:deploy", "acme/infra@refs/heads/main"),
    ("{a1b2c3d4-1111-4222-8333-444455556666}:{99998888-7777-4666-8555-444433332222}", None),
    ("alice@example.com", None),
    ("", None),
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
    "repo::ref:refs/heads/main",
    "repo:acme/infra:ref:",
    "repo:acme/infra:ref: refs/heads/main",
    f"repo:acme/infra:ref:{'x' * 401}",
    f"repo:{'a' * 101}/infra:ref:main",
    "project_path:acme:ref_type:branch:ref:main",
    "organization:acme:pipeline:a/b c:ref:main",
    "organization:acme:project: infra:workspace:prod",
]


@pytest.mark.parametrize("subject", HOSTILE)
def test_a_subject_with_odd_names_tells_nothing(subject):
    assert repository(subject) is None


def test_the_first_subject_that_can_be_read_counts():
    first = "repo:acme/infra:pull_request"
    assert repository("", "alice", first, "repo:acme/x:pull_request") == "acme/infra@pull_request"
    assert repository() is None


@given(st.text(alphabet="repo:/@acmef \n\x00é{}", max_size=60) | st.text(max_size=200))
def test_whatever_the_subject_it_is_one_short_line_or_nothing(subject):
    found = repository(
        subject, f"repo:acme/infra:ref:{subject}", f"project_path:{subject}:ref_type:tag:ref:x"
    )
    assert found is None or (found.isprintable() and found == found.strip() and len(found) < 700)
