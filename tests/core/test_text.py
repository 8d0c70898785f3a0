"""Strangers' text becomes one harmless line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web", "web"),
        ("", ""),
        ("  two  \t words\r\n", "two words"),
        ("a\nb\x00c\x1b[31mred", "a b c [31mred"),
        ("\x9b31mred", "31mred"),
        ("abc\u202edcba\u202c", "abcdcba"),
        ("a\u2066b\u2069\u200b\ufeffc\U000e0041", "abc"),
        ("one\u2028two\u2029three\x85four", "one two three four"),
        ("half \ud800 pair, private \ue000", "half \ufffd pair, private \ufffd"),
        ("\u3164\u2800\u115f", ""),
        ("Grüße, 東京, 🔴", "Grüße, 東京, 🔴"),
    ],
)
def test_what_steers_a_display_is_gone_and_what_is_read_stays(text, shown):
    assert plain(text, 80) == shown


def test_a_long_text_is_cut_with_a_mark():
    assert plain("abcdef", 6) == "abcdef"
    assert plain("abcdefg", 6) == "abcde…"
    assert plain("abcd efg", 6) == "abcd…"
    assert plain("abc", 1) == "…"


def test_marks_are_not_piled_up():
    assert len(plain("e" + "\u0301" * 500 + "x", 80)) == 6


def test_a_text_of_a_megabyte_is_cut_without_reading_it_all():
    assert plain("\u202e" * 1_000_000 + "end", 10) == "…"


@given(st.text(), st.integers(1, 50))
def test_every_text_is_one_line_that_fits(text, longest):
    shown = plain(text, longest)
    assert len(shown) <= longest
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
    assert "  " not in shown
    assert shown == shown.strip()
    assert plain(shown, longest) == shown
    shown.encode("utf-8")
