"""Who owns a path by a CODEOWNERS file, as GitHub and as GitLab read it.

GitHub: the last pattern that matches counts, and patterns are those of gitignore without ``!`` and ``[...]``
(https://docs.github.com/articles/about-code-owners). GitLab: the last one of each section counts, a path
without a leading ``/`` matches anywhere, and ``!`` takes a path out of its section
(https://docs.gitlab.com/user/project/codeowners/reference/).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

GITLAB_FOLDER: Final = ".gitlab/"
"""Only GitLab looks for the file in here."""

_HEADER: Final = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>(?:\s+\S+)*)\s*")
_WORDS: Final = re.compile(r"(?:\\.|[^\s\\]|\\$)+")
_OWNER: Final = re.compile(r"@[^\s@]\S*|@@\w+|[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    section: str
    pattern: str
    owners: tuple[str, ...]
    excludes: bool = False


def places(*, gitlab: bool) -> tuple[str, ...]:
    """Return where in a checkout the file is looked for, in this order."""
    of_gitlab = ("CODEOWNERS", "docs/CODEOWNERS", f"{GITLAB_FOLDER}CODEOWNERS")
    return of_gitlab if gitlab else (".github/CODEOWNERS", *of_gitlab)


def owners(text: str, path: str, *, gitlab: bool) -> tuple[str, ...]:
    """Return the owners of a file, by its path from the root of the repository (``live/prod/main.tf``).

    None where nobody owns it. A file with sections is read as GitLab reads it, whatever `gitlab` says.
    """
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines()]
    if gitlab or any(_HEADER.fullmatch(line) for line in lines):
        return _by_sections(_of_gitlab(lines), path)
    found: tuple[str, ...] = ()
    for rule in _of_github(lines):
        if _compiled(rule.pattern).fullmatch(path):
            found = rule.owners
    return found


def _of_github(lines: list[str]) -> Iterator[_Rule]:
    """Yield the rules of GitHub's file; it skips a line that it cannot read."""
    for line in lines:
        pattern, *names = _WORDS.findall(re.sub(r"(?:^|\s)#.*", "", line)) or [""]
        if (
            pattern
            and not pattern.startswith(("!", "\\#"))
            and not any(sign in pattern for sign in ("[", "]", "***"))
            and all(_OWNER.fullmatch(name) for name in names)
        ):
            anchored = "/" in pattern.rstrip("/")
            full = pattern if pattern.startswith("/") else f"/{pattern}" if anchored else f"/**/{pattern}"
            # What matches a folder matches all that lies in it, but for a last part that is a star alone.
            deep = not full.endswith(("/", "/**")) and (not full.endswith("/*") or not anchored)
            yield _Rule(section="", pattern=f"{full}{{/**}}" if deep else full, owners=tuple(names))


def _of_gitlab(lines: list[str]) -> Iterator[_Rule]:
    section = ""
    by_default: tuple[str, ...] = ()
    for line in lines:
        if not line or line.startswith("#"):
            continue
        if header := _HEADER.fullmatch(line):
            section, by_default = header["name"].lower(), _named(header["owners"])
            continue
        pattern = (_WORDS.match(line) or [line])[0]
        names = _named(line[len(pattern) :])
        excludes = pattern.startswith("!")
        pattern = pattern.removeprefix("!")
        full = pattern if pattern.startswith("/") else f"/**/{pattern}"
        # At the end, two stars are one to GitLab.
        full = re.sub(r"\*+$", "*", full)
        yield _Rule(section=section, pattern=full, owners=names or by_default, excludes=excludes)


def _by_sections(rules: Iterator[_Rule], path: str) -> tuple[str, ...]:
    found: dict[str, tuple[str, ...]] = {}
    excluded: set[str] = set()
    for rule in rules:
        if rule.section not in excluded and _compiled(rule.pattern).fullmatch(path):
            found[rule.section] = () if rule.excludes else rule.owners
            if rule.excludes:
                excluded.add(rule.section)
    return tuple(dict.fromkeys(name for names in found.values() for name in names))


def _named(text: str) -> tuple[str, ...]:
    """Return the owners among words; GitLab takes those of a comment, too."""
    return tuple(word for word in text.split() if _OWNER.fullmatch(word))


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the expression of an anchored pattern; ``{/**}`` at its end is "and what lies in it"."""
    text = pattern.removesuffix("{/**}").removeprefix("/")
    if text.endswith("/"):
        text += "**"
    parts: list[str] = []
    for piece in re.findall(r"(?:\*\*/)+|\*+|\?|\\.|.", text, re.DOTALL):
        if piece.startswith("**/"):
            parts.append("(?:.*/)?")
        elif piece[0] == "*":
            parts.append(piece)
        elif piece == "?":
            parts.append("[^/]")
        else:
            parts.append(re.escape(piece[-1] if piece[0] == "\\" else piece))
    if parts and parts[-1] == "**" and (len(parts) == 1 or parts[-2] in {"/", "(?:.*/)?"}):
        parts[-1] = ".+"
    body = "".join("[^/]*" if part and part.strip("*") == "" else part for part in parts)
    return re.compile(body + ("(?:/.*)?" if pattern.endswith("{/**}") else ""), re.DOTALL)
