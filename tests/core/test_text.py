"""Strangers' text becomes one harmless line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.text import plain


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [
        ("  two  \t words\r\n", 80, "two words"),
        ("a\nb\x00c\x1b[31mred\x9b31m", 80, "a b c [31mred 31m"),
        ("abc\u202edcba\u202c", 80, "abcdcba"),
        ("a\u2066b\u2069\u200b\ufeffc\U000e0041", 80, "abc"),
        ("one\u2028two\u2029three\x85four", 80, "one two three four"),
        ("half \ud800 pair, private \ue000", 80, "half \ufffd pair, private \ufffd"),
        ("\u3164\u2800\u115f", 80, ""),
        ("Grüße, 東京, 🔴", 80, "Grüße, 東京, 🔴"),
        # What is long is cut with a mark, without reading it all.
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abcd efg", 6, "abcd…"),
        ("abc", 1, "…"),
        ("\u202e" * 1_000_000 + "end", 10, "…"),
        # Marks are not piled up.
        ("e" + "\u0301" * 500 + "x", 80, "e" + "\u0301" * 4 + "x"),
    ],
    ids=range(14),
)
def test_what_steers_a_display_is_gone_and_what_is_read_stays(text, longest, shown):
    assert plain(text, longest) == shown


@given(st.text(), st.integers(1, 50))
def test_every_text_is_one_line_that_fits(text, longest):
    shown = plain(text, longest)
    assert len(shown) <= longest
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
    assert "  " not in shown
    assert shown == shown.strip()
    assert plain(shown, longest) == shown
    shown.encode("utf-8")
