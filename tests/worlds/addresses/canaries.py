"""Secrets that stand in states and plans, and must be found nowhere else."""

import base64
import hashlib


class Canaries:
    """Makes secrets that no other text holds; remembers where each was put."""

    def __init__(self, seed):
        self.seed, self.placed = seed, {}

    def new(self, where):
        """Return a secret that is put there."""
        text = "cnry" + hashlib.sha256(f"{self.seed}/{len(self.placed)}".encode()).hexdigest()[:20]
        self.placed[text] = where
        return text

    def found(self, content):
        """Return where the secrets came from that these bytes hold, plain, in base64 or percent-encoded."""
        found = set()
        start = 0
        while (start := content.find(b"cnry", start)) >= 0:
            text = content[start : start + 24].decode("latin-1")
            start += 4
            if text in self.placed:
                found.add(self.placed[text])
            elif any(each.startswith(text[:14]) for each in self.placed):
                found.add(f"a part of one: {text[:14]}")
        encoded = base64.b64encode(b"cnry")[:4]
        start = 0
        while (start := content.find(encoded, start)) >= 0:
            text = content[start : start + 32].decode("latin-1")
            start += 4
            for each, where in self.placed.items():
                if base64.b64encode(each.encode()).decode()[:30] == text[:30]:
                    found.add(f"{where}, in base64")
        return found
