"""Documents of AWS's, broken in ways that a seed decides: bytes flipped, pieces moved, values swapped for odd ones.

What is broken are the recorded documents of tests/data (`GOOD`) and small ones made by hand.
"""

import json
import random
from pathlib import Path

from tests.small_world import call, change
from tests.unreadable import UNREADABLE

DATA = Path(__file__).parent / "data"

ODD_VALUES = (
    None, True, False, 0, -1, 1.5, 1e300, -1e300, 2**63, 10**40, "", " ", "\x00", "\ud800", "\u202e", "a" * 3_000,
    "null", "[]", "{}", '"', "{", "[[[[", "1e999", "-0", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.9999999-23:59", "arn:", "arn:::::", "arn:aws:iam::x:y", "AWS::", "AWS::IAM::Role", "global",
    [], {}, [[]], [None], [{}], {"": ""}, {"a": None}, [1, "a", None, {}], {"key": "a", "value": []},
    {"previousValue": 1, "updatedValue": "{", "changeType": []},
)  # fmt: skip
"""Values in whose place AWS writes something else."""

ODD_BYTES = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"\\", b"\\u", b"\\ud800", b"{", b"}", b"[", b"]", b":",
    b",", b"-", b"1e999", b"NaN", b"Infinity", b"9" * 5_000, b"[" * 2_000, b'{"a":' * 1_500, b"null", b"\r\n", b"e",
)  # fmt: skip


def _recorded():
    return [(str(file.relative_to(DATA)), file.read_bytes()) for file in sorted(DATA.rglob("*.json"))]


def _records():
    """Return the single records of the recorded files of several."""
    return [
        (f"{name}, one of {key}", (each["CloudTrailEvent"] if key == "Events" else json.dumps(each)).encode())
        for name, body in _recorded()
        for key in ("Records", "Events", "configurationItems")
        for each in json.loads(body).get(key, [])
    ]


GOOD = (
    *_recorded(),
    *_records(),
    ("a change", change(1).encode()),
    ("a call", json.dumps(call(1)).encode()),
)
"""Documents that AWS may write: (name, text) pairs."""

BAD = (
    *((name, body.encode("utf-8", "surrogatepass")) for name, body in UNREADABLE if len(body) < 20_000),
    ("nothing", b""),
    ("an object", b"{}"),
    ("a list", b"[]"),
    ("a number", b"0"),
)
"""Documents that nobody can read as they are."""

DOCUMENTS = (*GOOD, *BAD)


def _bytes(rng, body):
    """Flip, cut, double, move or put in some bytes."""
    broken = bytearray(body)
    for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
        at = rng.randrange(len(broken) + 1)
        to = min(len(broken), at + rng.choice((1, 1, 3, 10, 200)))
        match rng.randrange(6):
            case 0 if at < len(broken):
                broken[at] ^= 1 << rng.randrange(8)
            case 1:
                del broken[at:to]
            case 2:
                broken[at:at] = broken[at:to]
            case 3:
                broken[at:at] = rng.choice(ODD_BYTES)
            case 4:
                del broken[at:]
            case _:
                broken[at:to] = bytes(rng.randrange(256) for _ in range(to - at))
    return bytes(broken)


def _places(value, found):
    """Note every (container, key) there is."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        found.append((value, key))
        _places(each, found)


def _values(rng, body):
    """Put odd values in the place of some; drop, rename or encode others: still JSON, so that it is read far."""
    try:
        document = json.loads(body)
    except ValueError:
        return _bytes(rng, body)
    for _ in range(rng.choice((1, 1, 2, 4))):
        places = []
        _places(document, places)
        if not places:
            break
        holder, key = rng.choice(places)
        match rng.randrange(6):
            case 0:
                del holder[key]
            case 1:
                holder[key] = json.dumps(holder[key])
            case 2:
                holder[key] = [holder[key]] * rng.choice((0, 1, 2))
            case 3 if isinstance(holder, dict):
                holder[rng.choice(("", "detail", "Message", "invokingEvent", "\udc00", key[::-1]))] = (
                    holder.pop(key)
                )
            case 4:
                other, name = rng.choice(places)
                here = range(len(other)) if isinstance(other, list) else other
                if name not in here:  # an earlier step took it away
                    continue
                holder[key] = json.loads(json.dumps(other[name]))
            case _:
                holder[key] = rng.choice(ODD_VALUES)
    return json.dumps(document).encode()


def mutants(count, seed=0):
    """Yield (name, text) of so many broken documents, the same for the same seed."""
    rng = random.Random(seed)
    for number in range(count):
        documents = BAD if number % 5 == 0 else GOOD
        name, body = documents[number // 5 % len(documents)] if documents is BAD else rng.choice(documents)
        broken = rng.choice((_bytes, _values, _values))(rng, body)
        yield f"{name}, mutant {number} of seed {seed}", broken
