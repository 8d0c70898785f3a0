"""What to do now: a command to look with, an import block, where the code is, and how to have silence.

Nothing here applies anything. Names in these texts are strangers': quoted for where they are pasted.
"""

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from iacwatch.core.addresses.choose import Located
from iacwatch.core.addresses.next.apply import EXPLAINED, ORPHAN
from iacwatch.core.addresses.next.commands import look
from iacwatch.core.addresses.next.imports import import_block
from iacwatch.core.iac import AddressRules, IacAddress, NextStep
from iacwatch.core.model import Change, ChangeType, Finding

_GITHUB: Final = "https://github.com/"
_SEARCH: Final = "https://github.com/search?type=code&q="
_LAST: Final = re.compile(r"(?:\A|\.)([a-z0-9_]+)\.([A-Za-z0-9_-]+)(?:\[.*\])?\Z", re.DOTALL)
_INDEX: Final = re.compile(r"(?:\.\d+)+\Z")
_NO_SEGMENT: Final = frozenset({"", ".", ".."})
_MOST: Final = 20


def next_steps(finding: Finding, located: Located, rules: AddressRules) -> tuple[NextStep, ...]:
    """Return what to do about a finding that has its `next_apply`.

    Where the code wants the change, it is only where that code is.
    """
    steps = [step for step in (_where(located.iac, rules),) if step is not None]
    if finding.verdict not in EXPLAINED:
        return tuple(steps)
    return (*_looking(finding, located, rules), *steps, *_silence(finding.change))


def _looking(finding: Finding, located: Located, rules: AddressRules) -> Iterator[NextStep]:
    resource = finding.change.resource
    if text := look(located, resource, rules.command):
        yield NextStep(kind="plan", text=text)
    orphan = finding.next_apply is not None and finding.next_apply.rule == ORPHAN
    if orphan and (block := import_block(resource)):
        yield NextStep(kind="import", text=block)


def _where(iac: IacAddress | None, rules: AddressRules) -> NextStep | None:
    """Return the link to the file or the directory of the code, else to a search for it."""
    if iac is None or not iac.repository or not rules.link:
        return None
    repository = _segments(iac.repository)
    path = _segments(iac.path or "")
    if repository and path and (ref := _segments(iac.commit or "HEAD")):
        url = rules.link.replace("{repository}", repository).replace("{ref}", ref).replace("{path}", path)
        return NextStep(kind="file", text=(iac.path or "").strip("/"), url=url)
    found = _LAST.search(iac.address or "")
    if not found or not repository or not rules.link.startswith(_GITHUB):
        return None
    text = f'repo:{iac.repository} "{found[1]}" "{found[2]}"'
    return NextStep(kind="search", text=text, url=_SEARCH + quote(text, safe=""))


def _segments(path: str) -> str:
    """Return a path as a URL holds it; "" where it is none or leads out of where it begins."""
    parts = path.strip("/").removeprefix("./").split("/")
    if _NO_SEGMENT.intersection(parts):
        return ""
    return "/".join(quote(part, safe="") for part in parts)


def _silence(change: Change) -> Iterator[NextStep]:
    """Yield the rule that ignores further changes of this kind; a deletion happens once."""
    resource = change.resource
    if change.change_type is ChangeType.DELETE:
        return
    paths = {_INDEX.sub("", entry.path): None for entry in change.diff or ()}
    paths = {path: None for path in paths if not path.lower().startswith("relationships")}
    lines = [
        "[[report.ignore]]",
        f"resource_types = [{_toml(resource.type)}]",
        f"resources = [{_toml(resource.arn or resource.id)}]",
    ]
    if change.change_type is ChangeType.UPDATE and not 0 < len(paths) <= _MOST:
        return  # without its properties, the rule would hide whatever happens to the object
    if change.change_type is ChangeType.UPDATE:
        lines.append(f"properties = [{', '.join(map(_toml, paths))}]")
    if all(line.isprintable() for line in lines):
        yield NextStep(kind="ignore", text="\n".join(lines))


def _toml(text: str) -> str:
    """Return printable text as a string of TOML that matches, as a glob, no more than it has to."""
    return json.dumps(text.replace("*", "?"), ensure_ascii=False)
