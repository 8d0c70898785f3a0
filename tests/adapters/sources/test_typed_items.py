"""Config's files are read alike whether `msgspec` is there or not: the same items, and the same errors."""

import json

import pytest

from iacwatch.errors import ParseError
from iacwatch.sources.history.file_layout import FORMAT
from iacwatch.sources.history.item import AT_A_GLANCE
from iacwatch.sources.history.typed_items import typed_items
from iacwatch.storage.json_stream import objects


def item(number, **more):
    return {
        "configurationItemCaptureTime": f"2026-11-20T10:00:{number:02}.000Z",
        "resourceType": "AWS::EC2::SecurityGroup",
        "resourceId": f"sg-{number}",
        "configuration": {"rules": [{"configurationItemCaptureTime": 1}, {"name": "}, {"}]},
        **more,
    }


ITEMS = [item(number) for number in range(40)]


def file(*items, **how):
    """Return Config's file with the forty items and some more."""
    return json.dumps({"fileVersion": "1.0", "configurationItems": [*ITEMS, *items]}, **how)


WHOLE = file()
FILES = {
    "as Config writes it": file(separators=(",", ":")),
    "with blanks": WHOLE,
    "with a mark at its beginning": "\ufeff" + WHOLE,
    "with more behind the items": WHOLE[:-1] + ', "more": [{}]}',
    "with names that are not ASCII": file(item(1, resourceName="Größe"), ensure_ascii=False),
    "with half a surrogate pair": file(item(1, ARN="\ud800")),
    "with numbers for names": file(item(1, ARN=10**400, awsAccountId=1.5)),
    "with items of several forms": json.dumps({"configurationItems": [{"resourceType": 1, "a": 2}, *ITEMS]}),
    "a bare list": json.dumps(ITEMS),
    "of no items": '{"configurationItems": []}',
    "of two documents": WHOLE + WHOLE,
    "that is empty": "",
    "of another service": json.dumps({"Records": ITEMS}),
    "with an item that is none": file({"name": 1}),
    "with an item that is no object": file(7),
    "with a number that is none": file(item(1, size=float("nan"))),
    "nested deeply": WHOLE[:-2] + ', {"resourceType": "a", "deep": ' + "[" * 99_999 + "]" * 99_999 + "}]}",
    "that is cut short": WHOLE[:-700],
    "that ends behind the list": WHOLE[:-1],
    "that is no UTF-8": WHOLE.encode().replace(b'"sg-39"', b'"sg-\xff"'),
}


def read(way, content, size):
    """Return what a way of reading yields of a file in pieces of a size, and what it raises at the end."""
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    found = []
    try:
        for document, text in way(pieces, "file.json.gz"):
            known = {name: document[name] for name in AT_A_GLANCE if name in document}
            found.append((known, text if isinstance(text, str) else text.decode()))
    except ParseError as error:
        return found, str(error)
    return found, None


def plainly(pieces, name):
    return objects(pieces, name, FORMAT)


@pytest.mark.parametrize("size", [64, 1_000, 1 << 20])
@pytest.mark.parametrize("kind", FILES)
def test_a_file_reads_alike_in_both_ways(kind, size):
    content = FILES[kind]
    content = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    found, error = both = read(typed_items, content, size)
    assert both == read(plainly, content, size)
    assert kind != "with blanks" or (len(found), error) == (40, None)


@pytest.mark.parametrize("way", [typed_items, plainly])
def test_a_file_that_ends_early_is_never_a_shorter_one(way):
    content = json.dumps({"configurationItems": ITEMS[:2]}).encode()
    for end in range(len(content) - 1):
        assert read(way, content[:end], 7)[1], end
