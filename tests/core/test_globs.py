"""Globs of the configuration: the whole string, case-sensitively; a star crosses everything."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.globs import any_matches, matches


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("arn:*:role/ci-*", ["arn:1:role/ci-", "arn:1:role/ci-a/b"], ["arn:1:role/x/ci-a", "arn:1:role/CI-a", "x arn:1:role/ci-a", ""]),
        ("a?c", ["abc"], ["ac"]),
        ("a.b+[c]", ["a.b+[c]"], ["axb+[c]", "a.b+c"]),
        ("a*b", ["a\nb"], ["a\nb\n"]),
    ],
)  # fmt: skip
def test_a_star_stands_for_anything_and_the_whole_text_has_to_fit(pattern, good, bad):
    assert all(matches(pattern, text) for text in good)
    assert not any(matches(pattern, text) for text in bad)


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
