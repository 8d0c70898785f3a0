"""Globs, as the configuration uses them: they match whole strings, case-sensitively; ``*`` crosses ``/``."""

import re
from collections.abc import Iterable
from functools import lru_cache


def matches(pattern: str, text: str) -> bool:
    """Return whether the whole `text` matches `pattern` (with ``*`` and ``?``)."""
    return _compiled(pattern).fullmatch(text) is not None


def any_matches(patterns: Iterable[str], texts: Iterable[str | None]) -> bool:
    """Return whether one of the texts matches one of the patterns."""
    known = [text for text in texts if text]
    return any(matches(pattern, text) for pattern in patterns for text in known)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Runs of stars are one star, and each is lazy up to the next literal: no pattern takes exponential time.
    parts = [re.escape(part).replace(r"\?", ".") for part in re.split(r"\*+", pattern)]
    if len(parts) == 1:
        return re.compile(parts[0], re.DOTALL)
    middle = "".join(f"(?>.*?{part})" for part in parts[1:-1])
    return re.compile(f"{parts[0]}{middle}.*{parts[-1]}", re.DOTALL)
