"""CODEOWNERS as GitHub and GitLab read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.addresses.codeowners import owners, places

NET = "live/prod/net/main.tf"


def test_it_is_looked_for_where_each_of_them_looks():
    assert places(gitlab=False)[0] == ".github/CODEOWNERS"
    assert places(gitlab=True) == ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


# Which patterns match NET, for GitHub and for GitLab.
BOTH = "* *.tf live/ /live/ net/ live/*/net/ /live/*/net/* live/prod/net/main.tf **/net/ /live/**/* /li?e*/"
BOTH_TOO = "/live/**/main.tf /live/prod/net/**/main.tf /live/pr?d/net/"
GITHUB = "live /live **/net live/**"
GITLAB = "prod/net/"
"""GitHub anchors what has a slash in its midst, GitLab does not."""
NEITHER = "/* *.hcl /net/ prod/net /live/* live/**/staging/ /live/prod/ne /Live/ / /live/prod/net."


@pytest.mark.parametrize(
    ("patterns", "github", "gitlab"),
    [
        (f"{BOTH} {BOTH_TOO}", True, True),
        (GITHUB, True, False),
        (GITLAB, False, True),
        (NEITHER, False, False),
    ],
)
def test_a_pattern_matches_as_each_of_them_says(patterns, github, gitlab):
    for pattern in patterns.split():
        assert owners(f"{pattern} @acme/net", NET, gitlab=False) == (("@acme/net",) if github else ()), (
            pattern
        )
        assert owners(f"{pattern} @acme/net", NET, gitlab=True) == (("@acme/net",) if gitlab else ()), pattern


def test_the_last_line_that_matches_counts_and_may_name_several_or_nobody():
    text = "\ufeff# who owns what\n* @acme/all\n\n/live/ @acme/ops ops@acme.example\t@alice # not @bob\n"
    assert owners(text, NET, gitlab=False) == ("@acme/ops", "ops@acme.example", "@alice")
    assert owners(text, "main.tf", gitlab=False) == ("@acme/all",)
    assert owners(text + "/live/prod/\n", NET, gitlab=False) == ()
    assert owners("", NET, gitlab=False) == ()


def test_blanks_and_signs_may_be_escaped():
    assert owners("/my\\ code/ @acme/net", "my code/main.tf", gitlab=False) == ("@acme/net",)
    assert owners("/a\\*b/ @acme/net", "a*b/main.tf", gitlab=True) == ("@acme/net",)
    assert owners("/a\\*b/ @acme/net", "axb/main.tf", gitlab=True) == ()
    assert owners("\\#x/ @acme/net", "#x/main.tf", gitlab=True) == ("@acme/net",)


@pytest.mark.parametrize("line", ["!/live/ @b", "/live/[p]rod/ @b", "\\#live @b", "/live/ b", "/live*** @b"])
def test_a_line_that_github_cannot_read_is_skipped(line):
    assert owners(f"* @a\n{line}\n", NET, gitlab=False) == ("@a",)


SECTIONS = """\
* @admin

[Network] @acme/net
/live/prod/net/
/live/prod/net/special.tf @carol @@maintainer

^[Docs][2] @acme/docs
*.md

[NETWORK]
!/live/prod/net/secret.tf
/live/prod/net/secret.tf @dave
/live/prod/db/ # @acme/db owns it
"""


@pytest.mark.parametrize("gitlab", [True, False])
def test_each_of_gitlabs_sections_has_its_say(gitlab):
    def of(path):
        return owners(SECTIONS, path, gitlab=gitlab)

    assert of(NET) == ("@admin", "@acme/net")
    assert of("live/prod/net/special.tf") == ("@admin", "@carol", "@@maintainer")
    assert of("live/prod/net/readme.md") == ("@admin", "@acme/net", "@acme/docs")
    # What is excluded is not included again in that section.
    assert of("live/prod/net/secret.tf") == ("@admin",)
    assert of("live/prod/db/main.tf") == ("@admin", "@acme/db")


@given(st.text("ab*?/\\ #!@[]^\n", max_size=40), st.text("ab/", max_size=12), st.booleans())
def test_any_text_is_read(text, path, gitlab):
    assert all("@" in name for name in owners(text, path, gitlab=gitlab))
