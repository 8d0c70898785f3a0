"""What Slack refuses in a message's blocks: its documented limits, and the undocumented total."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iacwatch.core.model import Json

MOST_BLOCKS = 50
LONGEST_TOTAL = 13_200
_SECTION, _HEADER, _BUTTON, _URL, _BLOCK_ID = 3_000, 150, 75, 3_000, 255
_FIELDS, _FIELD, _CONTEXT, _ACTIONS = 10, 2_000, 10, 25
_TEXT_TYPES = frozenset({"plain_text", "mrkdwn"})
_KNOWN = frozenset({"section", "header", "context", "actions", "divider", "image", "rich_text", "markdown"})


def complaints(blocks: Json) -> list[str]:
    """Return what Slack would say in `response_metadata.messages`; empty where the blocks are fine."""
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array [json-pointer:/blocks]"]
    if len(blocks) > MOST_BLOCKS:
        return [f"[ERROR] no more than {MOST_BLOCKS} items allowed [json-pointer:/blocks]"]
    found = [f"[ERROR] {what} [json-pointer:{where}]" for where, what in _walk(blocks)]
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block]
    if len(set(map(str, ids))) < len(ids):
        found.append("[ERROR] `block_id` already exists [json-pointer:/blocks]")
    return found


def total_length(blocks: Json) -> int:
    """Count the characters of every text in the blocks."""
    if isinstance(blocks, dict):
        own = len(blocks["text"]) if isinstance(blocks.get("text"), str) else 0
        return own + sum(total_length(value) for value in blocks.values() if not isinstance(value, str))
    return sum(map(total_length, blocks)) if isinstance(blocks, list) else 0


def _walk(blocks: Sequence[Json]) -> Iterator[tuple[str, str]]:
    for index, block in enumerate(blocks):
        where = f"/blocks/{index}"
        if not isinstance(block, dict) or block.get("type") not in _KNOWN:
            yield where + "/type", "unsupported type"
            continue
        if len(str(block.get("block_id", ""))) > _BLOCK_ID:
            yield where + "/block_id", f"must be less than {_BLOCK_ID + 1} characters"
        for pointer, what in _checks(block):
            yield where + pointer, what


def _checks(block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match block["type"]:
        case "section":
            yield from _section(block)
        case "header":
            yield from _text(block.get("text"), "/text", _HEADER, kinds=frozenset({"plain_text"}))
        case "context":
            yield from _elements(block, _CONTEXT, _context_element)
        case "actions":
            yield from _elements(block, _ACTIONS, _button)
        case _:
            return


def _section(block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    fields = block.get("fields")
    if block.get("text") is None and not fields:
        yield "", "missing required field: text or fields"
    if block.get("text") is not None:
        yield from _text(block["text"], "/text", _SECTION)
    if fields is not None:
        if not isinstance(fields, list) or not 1 <= len(fields) <= _FIELDS:
            yield "/fields", f"between 1 and {_FIELDS} items allowed"
            return
        for index, each in enumerate(fields):
            yield from _text(each, f"/fields/{index}", _FIELD)
    if isinstance(block.get("accessory"), dict) and block["accessory"].get("type") == "button":
        yield from _button(block["accessory"], "/accessory")


def _elements(block: Mapping[str, Any], most: int, check: Any) -> Iterator[tuple[str, str]]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        yield "/elements", f"between 1 and {most} items allowed"
        return
    for index, element in enumerate(elements):
        yield from check(element, f"/elements/{index}")


def _context_element(element: Json, where: str) -> Iterator[tuple[str, str]]:
    if not (isinstance(element, dict) and element.get("type") == "image"):
        yield from _text(element, where, _FIELD)


def _button(element: Json, where: str) -> Iterator[tuple[str, str]]:
    if not isinstance(element, dict) or not isinstance(element.get("type"), str):
        yield where, "unsupported type"
    elif element["type"] == "button":
        yield from _text(element.get("text"), where + "/text", _BUTTON, kinds=frozenset({"plain_text"}))
        if len(str(element.get("url", ""))) > _URL:
            yield where + "/url", f"must be less than {_URL + 1} characters"


def _text(
    value: Json, where: str, longest: int, *, kinds: frozenset[str] = _TEXT_TYPES
) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield where, f"must be a text object of type {' or '.join(sorted(kinds))}"
    elif not isinstance(value.get("text"), str) or not value["text"]:
        yield where + "/text", "must be more than 0 characters"
    elif len(value["text"]) > longest:
        yield where + "/text", f"must be less than {longest + 1} characters"
    elif value["type"] == "plain_text" and "verbatim" in value:
        yield where + "/verbatim", "additional property"
