"""Globs of the configuration: the whole string, case-sensitively; a star crosses everything."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.globs import any_matches, matches

CI = "arn:aws:iam::*:role/gha-terraform-*"


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/gha-terraform-",
        "arn:aws:iam::111122223333:role/gha-terraform-deploy",
        "arn:aws:iam::111122223333:role/gha-terraform-a/b",
    ],
)
def test_a_star_stands_for_anything(text):
    assert matches(CI, text)


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::111122223333:role/people/gha-terraform-deploy",
        "arn:aws:iam::111122223333:role/GHA-terraform-deploy",
        "arn:aws:iam::111122223333:role/my-gha-terraform-deploy",
        "arn:aws:iam::111122223333:user/gha-terraform-deploy",
        "x arn:aws:iam::111122223333:role/gha-terraform-deploy",
        "",
    ],
)
def test_the_whole_text_has_to_fit(text):
    assert not matches(CI, text)


def test_a_question_mark_stands_for_one_character_and_all_else_for_itself():
    assert matches("a?c", "abc")
    assert not matches("a?c", "ac")
    assert matches("a.b+[c]", "a.b+[c]")
    assert not matches("a.b", "axb")
    assert not matches("[ab]", "a")


def test_a_line_break_is_a_character_like_any_other():
    assert matches("a*b", "a\nb")
    assert not matches("ab", "ab\n")


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
