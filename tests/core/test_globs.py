"""Globs of the configuration: the whole string, case-sensitively; a star crosses everything."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.globs import any_matches, matches

CI = "arn:aws:iam::*:role/gha-terraform-*"


HERE = "arn:aws:iam::111122223333"


def test_a_star_stands_for_anything_and_the_whole_text_has_to_fit():
    for end in ("", "deploy", "a/b"):
        assert matches(CI, f"{HERE}:role/gha-terraform-{end}")
    for other in (
        f"{HERE}:role/people/gha-terraform-deploy",
        f"{HERE}:role/GHA-terraform-deploy",
        f"{HERE}:user/gha-terraform-deploy",
        f"x {HERE}:role/gha-terraform-deploy",
        "",
    ):
        assert not matches(CI, other)


def test_a_question_mark_stands_for_one_character_and_all_else_for_itself():
    for pattern, text in (("a?c", "abc"), ("a.b+[c]", "a.b+[c]"), ("a*b", "a\nb")):
        assert matches(pattern, text)
    for pattern, text in (("a?c", "ac"), ("a.b", "axb"), ("[ab]", "a"), ("ab", "ab\n")):
        assert not matches(pattern, text)


def test_one_pattern_and_one_text_are_enough():
    assert any_matches(["x", "a*"], [None, "", "abc"])
    assert not any_matches(["x"], [None, ""])
    assert not any_matches([], ["a"])


@pytest.mark.timeout(20)
def test_many_stars_take_no_exponential_time():
    assert not matches("*a" * 40 + "*b", "a" * 3000)


@given(st.text("ab*?", max_size=8), st.text("abc", max_size=8))
def test_it_agrees_with_the_shells_globs(pattern, text):
    assert matches(pattern, text) == fnmatch.fnmatchcase(text, pattern)
