"""CODEOWNERS as GitHub and GitLab read it."""

import pytest

from iacwatch.core.addresses.codeowners import owners, places

NET = "live/prod/net/main.tf"


# Which patterns match NET, for GitHub and for GitLab.
BOTH = "* *.tf /live/ net/ live/*/net/ /live/*/net/* live/prod/net/main.tf **/net/ /live/**/* /li?e*/ /live/**/main.tf"
GITHUB = "live /live **/net live/**"
GITLAB = "prod/net/"
"""GitHub anchors what has a slash in its midst, GitLab does not."""
NEITHER = "/* *.hcl /net/ prod/net /live/* live/**/staging/ /live/prod/ne /Live/ / /live/prod/net."


@pytest.mark.parametrize(
    ("patterns", "github", "gitlab"),
    [(BOTH, True, True), (GITHUB, True, False), (GITLAB, False, True), (NEITHER, False, False)],
)
def test_a_pattern_matches_as_each_of_them_says(patterns, github, gitlab):
    for pattern in patterns.split():
        for each, expected in ((False, github), (True, gitlab)):
            assert bool(owners(f"{pattern} @acme/net", NET, gitlab=each)) is expected, pattern


ALL = "\ufeff# who owns what\n* @acme/all\n\n/live/ @acme/ops ops@acme.example\t@alice # not @bob\n"


def test_the_owners_of_a_path():
    for text, path, gitlab, expected in (
        # The last line that matches counts, and may name several or nobody.
        (ALL, NET, False, "@acme/ops ops@acme.example @alice"),
        (ALL, "main.tf", False, "@acme/all"),
        (f"{ALL}/live/prod/\n", NET, False, ""),
        # Blanks and signs may be escaped.
        ("/my\\ code/ @acme/net", "my code/main.tf", False, "@acme/net"),
        ("/a\\*b/ @acme/net", "axb/main.tf", True, ""),
        ("\\#x/ @acme/net", "#x/main.tf", True, "@acme/net"),
        # GitHub skips a line that it cannot read.
        *((f"* @a\n{line}\n", NET, False, "@a") for line in ("!/live/ @b", "/live/[p]rod/ @b", "\\#live @b")),
        *((f"* @a\n{line}\n", NET, False, "@a") for line in ("/live/ b", "/live*** @b")),
    ):
        assert owners(text, path, gitlab=gitlab) == tuple(expected.split())


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
    assert places(gitlab=gitlab)[0] == ("CODEOWNERS" if gitlab else ".github/CODEOWNERS")

    def of(path):
        return owners(SECTIONS, path, gitlab=gitlab)

    assert of(NET) == ("@admin", "@acme/net")
    assert of("live/prod/net/special.tf") == ("@admin", "@carol", "@@maintainer")
    assert of("live/prod/net/readme.md") == ("@admin", "@acme/net", "@acme/docs")
    # What is excluded is not included again in that section.
    assert of("live/prod/net/secret.tf") == ("@admin",)
    assert of("live/prod/db/main.tf") == ("@admin", "@acme/db")
