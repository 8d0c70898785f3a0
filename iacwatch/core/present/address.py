"""Puts into words where a resource lives in IaC, whose it is, what the next apply does, and what to do now.

The words are made here once; a report lays them out. What strangers may have written is marked as code, and
escaping it is left to whoever writes that markup.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Final

from iacwatch.core.iac import AddressEvidence, Does, IacAddress, NextApply, NextStep, Precision
from iacwatch.core.model import Finding
from iacwatch.core.present.sentence import said
from iacwatch.core.present.verbs import Part, Phrase
from iacwatch.core.text import age as how_old
from iacwatch.core.text import plain

LONGEST: Final = 240
"""Characters of an address: modules in modules have long ones."""

LONGEST_STEP: Final = 1_000
_LONGEST_NAME: Final = 120
_MOST_ALSO: Final = 20
_LONGEST_REASON: Final = 300
_DOES: Final = {
    Does.REVERT: "reverts it",
    Does.RECREATE: "recreates it if it is still in code",
    Does.REPLACE: "replaces it",
    Does.NOTHING: "leaves it as it is",
    Does.UNKNOWN: "not known",
}
_UNREAD: Final = "index-unread"
_NOWHERE: Final = "no-address"
_WITHOUT: Final = {
    _UNREAD: "address not looked up",
    "orphan": "in no indexed state",
    "orphan-young": "in no indexed state yet",
}
"""What is said in an address's place, by the rule of the next apply."""
_EVIDENCE: Final = {
    AddressEvidence.STACK_TAGS: "the tags of its stack",
    AddressEvidence.INDEX: "the index of states",
    AddressEvidence.TAGS: "its tags",
    AddressEvidence.CONFIG: "the configuration",
}
_PASTED: Final = {"import": "To take it into the state", "ignore": "To report it no more"}
_URL: Final = re.compile(r"https://[\w.~:/?#\[\]@!$&'*+,;=%-]+", re.ASCII)
"""What a link may be in every markup: nothing in it ends a link."""

_LOOK: Final = ("plan", "revert-drift")


def address(iac: IacAddress, longest: int = LONGEST) -> Phrase:
    """Return the address, with how many more there are; a block's is called one. () where none is known."""
    if not iac.address:
        return ()
    block = (Part("block"),) if iac.precision is Precision.BLOCK else ()
    more = (Part(f"and {len(iac.also)} more"),) if iac.also else ()
    return (*block, Part(tail(iac.address, longest), code=True), *more)


def place(iac: IacAddress) -> Phrase:
    """Return where the code is, and in which repository."""
    where = directory(iac)
    of = (Part("of"),) if where and iac.repository else ()
    return (*where, *of, *_code(iac.repository))


def directory(iac: IacAddress) -> Phrase:
    """Return where the code is in its repository: the directory, else the file, else a stack's name."""
    code, stack = iac.directory or iac.path, iac.stack or ""
    if code:
        return _code(stack if stack.startswith(code) else code)  # a stack may be a directory's workspace
    return (Part("stack"), *_code(stack)) if stack else ()


def owner(iac: IacAddress) -> Phrase:
    """Return whose it is; () where that is not known."""
    return (Part("owned by"), *_code(iac.owner)) if iac.owner else ()


def owners(iac: IacAddress | None) -> tuple[str, ...]:
    """Return whose it is as names to compare: what is said of the owner, and each of several in it."""
    said_of_it = (iac.owner if iac else None) or ""
    return tuple(dict.fromkeys((said_of_it, *said_of_it.split()))) if said_of_it else ()


def age(iac: IacAddress, now: datetime) -> Phrase:
    """Return how long ago it was seen there: "as of 2 d ago"; () where that is not known."""
    if iac.seen_at is None:
        return ()
    old = how_old(now - iac.seen_at)
    return (Part(f"as of {old} ago" if old else "as of just now"),)


def seen(iac: IacAddress) -> Phrase:
    """Return when it was seen there, for what is read long after: "as of 2026-11-18 09:00"."""
    return (Part(f"as of {iac.seen_at.astimezone(UTC):%Y-%m-%d %H:%M}"),) if iac.seen_at else ()


def facts(iac: IacAddress, *, longest: int = LONGEST, now: datetime | None = None) -> tuple[Phrase, ...]:
    """Return address, place, owner and age, as far as they are known; without `now` the time it was seen."""
    at = seen(iac) if now is None else age(iac, now)
    return tuple(fact for fact in (address(iac, longest), place(iac), owner(iac), at) if fact)


def lives(finding: Finding, *, longest: int = LONGEST, now: datetime | None = None) -> tuple[Phrase, ...]:
    """Return the facts about a finding's address; else that no state has it, or nobody could look it up."""
    if finding.iac is not None:
        return facts(finding.iac, longest=longest, now=now)
    without = _WITHOUT.get(finding.next_apply.rule) if finding.next_apply else None
    return ((Part(without),),) if without else ()


def sentence(finding: Finding) -> str:
    """Return address, place, owner, age and the next apply as plain text; "" where nothing is known."""
    home = ", ".join(map(said, lives(finding)))
    applies = next_apply(finding)
    return "; ".join(filter(None, (home, f"the next apply {applies}" if applies else "")))


def next_apply(finding: Finding) -> str:
    """Return what the next apply does, where that can be said: "reverts it"; else ""."""
    apply = finding.next_apply
    return "" if apply is None or apply.does is Does.UNKNOWN else does(apply)


def next_apply_fully(finding: Finding) -> str:
    """Return what the next apply does and why, or why that is not known.

    "" where that is no question, and where nothing at all is known of the code.
    """
    apply = finding.next_apply
    if apply is None or apply.rule == _NOWHERE:
        return ""
    why = plain(apply.reason, _LONGEST_REASON)
    return f"{does(apply)}: {why}" if why else does(apply)


def does(apply: NextApply) -> str:
    """Return what the next apply does: "reverts it", "not known"."""
    return _DOES[apply.does]


def commands(findings: Sequence[Finding], *, longest: int = LONGEST_STEP) -> Iterator[str]:
    """Yield the command to go on with for each finding that has one, in their order and each once."""
    steps = chain.from_iterable(each.next_steps for each in findings)
    yield from dict.fromkeys(step.text for step in steps if step.kind in _LOOK and exact(step.text, longest))


def file_link(finding: Finding) -> NextStep | None:
    """Return the link to the code, else to a search for it."""
    linked = (step for step in finding.next_steps if step.kind in {"file", "search"} and _is_link(step.url))
    return next(linked, None)


def link_label(step: NextStep) -> str:
    """Return the words of a link to the code: ours, since the template makes it, not its file's name."""
    return "code" if step.kind == "file" else "code search"


def blocks(finding: Finding, *, kinds: Collection[str] = tuple(_PASTED)) -> Iterator[tuple[str, str]]:
    """Yield what to paste into code or configuration, each with what it is for."""
    for step in finding.next_steps:
        if step.kind in kinds and exact(step.text):
            yield _PASTED[step.kind], step.text


def more(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield what else is known of an address and of the next apply, each as one line with its label."""
    iac = finding.iac
    facts = {
        "Also at": ", ".join(plain(each, LONGEST) for each in iac.also[:_MOST_ALSO]) if iac else "",
        "Known by": evidence(iac) if iac else "",
        "Disagreement": plain(iac.disagreement or "", _LONGEST_REASON) if iac else "",
        "Next apply": next_apply_fully(finding),
    }
    yield from ((label, fact) for label, fact in facts.items() if fact)


def evidence(iac: IacAddress) -> str:
    """Return how the address is known: "the index of states"."""
    return _EVIDENCE[iac.evidence]


def exact(text: str, longest: int = LONGEST_STEP) -> bool:
    """Return whether a text to paste can be shown just as it is, line by line.

    A cut command, or one whose quotes hold what cannot be seen, would do something else than it says.
    """
    return len(text) <= longest and all(plain(line, longest) == line.strip(" ") for line in text.split("\n"))


def tail(address: str, longest: int) -> str:
    """Return an address as one line of at most `longest` characters: its end tells more than its modules.

    It is cut before a word where that loses little.
    """
    shown = plain(address, max(longest, len(address) + 1))
    if len(shown) <= longest:
        return shown
    end = shown[len(shown) - longest + 1 :]
    begin = end.find(".")
    return f"…{end[begin + 1 :] if 0 <= begin < longest // 2 else end}"


def _is_link(url: str | None) -> bool:
    return url is not None and _URL.fullmatch(url) is not None


def _code(text: str | None) -> Phrase:
    return (Part(plain(text, _LONGEST_NAME), code=True),) if text else ()
