"""Items out of a file, piece by piece: the pieces must not matter."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.errors import ParseError
from iacwatch.sources.history.file_layout import FORMAT
from iacwatch.storage.json_stream import objects

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ITEMS = st.lists(
    st.dictionaries(st.text(max_size=6), VALUES, max_size=4).map(lambda each: {**each, "resourceType": "T"}),
    max_size=5,
)


def cut(raw, size):
    return [raw[start : start + size] for start in range(0, len(raw), size)]


def documents(raw, size=7):
    return [document for document, _ in objects(cut(raw, size), "x.json", FORMAT)]


@given(ITEMS, st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_every_item_comes_once_whatever_the_pieces(written, size, indent, escaped):
    head = {"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": written}
    raw = json.dumps(head, indent=indent, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    assert documents(raw, size) == written


@given(ITEMS, st.data())
def test_a_file_that_ends_early_is_never_a_shorter_one(written, data):
    raw = json.dumps({"configurationItems": written}).encode()
    end = data.draw(st.integers(0, len(raw) - 3))
    with pytest.raises(ParseError):
        documents(raw[:end])
