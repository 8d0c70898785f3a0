"""A corpus of calls as CloudTrail records them, each on a resource as Config records it, with slots for its names.

It was written from knowledge of AWS alone, without a look at how iacwatch decides: ``calls.jsonl`` holds calls
that change a resource, ``asides.jsonl`` calls that name the same resources and do not show in their items.
Where nobody knows how an item shows a call's work, a field ``Setting`` stands for it.
Slots: ``{name}``, ``{h:10}`` (ten hexadecimal digits), ``{u}`` and ``{l}`` (capitals and small letters),
``{g}`` (a UUID), ``{xa:17}`` (digits of a part), ``{ip}``, ``{region}``, ``{account}``.
"""

import hashlib
import json
import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "data" / "corpus"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SLOT = re.compile(r"\{(name|region|account|ip|g|h|u|l|x[a-z0-9]*)(?::(\d+))?\}")


def rows(name):
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]


class Slots:
    """Fills the slots of a row, always with the same values for the same name, region and account."""

    def __init__(self, name, region, account):
        self.known = {"name": name, "region": region, "account": account}

    def filled(self, value):
        if isinstance(value, dict):
            return {self.filled(key): self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        return SLOT.sub(self._slot, value) if isinstance(value, str) else value

    def _slot(self, match):
        kind, length = match[1], int(match[2] or 17)
        if kind in self.known:
            return self.known[kind]
        place = (*self.known.values(), "u" if kind == "l" else kind if kind[0] == "x" else "h")
        digest = hashlib.sha256("/".join(place).encode())
        text = digest.hexdigest()
        match kind:
            case "u" | "l":
                letters = "".join(LETTERS[byte % 32] for byte in digest.digest())[:length]
                return letters if kind == "u" else letters.lower()
            case "g":
                return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"
            case "ip":
                return f"52.{int(text[:2], 16)}.{int(text[2:4], 16)}.{int(text[4:6], 16)}"
        return text[:length]
