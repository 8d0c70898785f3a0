"""Where the objects live in IaC, as data for the page: what the objects of one stack share stands once."""

from typing import Final

from iacwatch.core.iac import IacAddress
from iacwatch.core.model import Finding, Json
from iacwatch.core.present import address as words
from iacwatch.core.text import plain

_LONGEST: Final = 300
_MOST_ALSO: Final = 20
_LONGEST_LINK: Final = 2_000


class Homes:
    """Numbers the stacks in the order in which they come."""

    def __init__(self) -> None:
        """Begin with none."""
        self._numbers: dict[tuple[object, ...], int] = {}
        self._facts: list[dict[str, Json]] = []

    def shared(self) -> list[dict[str, Json]]:
        """Return what is known of each stack, in the order of their numbers."""
        return self._facts

    def of(self, finding: Finding) -> Json:
        """Return what is known of one object: `home` is its stack's number. None where it has no address."""
        iac = finding.iac
        if iac is None:
            return None
        where = (iac.stack, iac.repository, iac.directory, iac.owner)
        key = (*where, iac.engine, iac.state, iac.serial, iac.seen_at)
        number = self._numbers.setdefault(key, len(self._facts))
        if number == len(self._facts):
            self._facts.append(_home(iac))
        return {
            "home": number,
            "address": _text(iac.address),
            "also": [plain(each, _LONGEST) for each in iac.also[:_MOST_ALSO]],
            "path": _text(iac.path),
            "commit": _text(iac.commit),
            "evidence": str(iac.evidence),
            "by": words.evidence(iac),
            "precision": str(iac.precision),
            "disagreement": _text(iac.disagreement),
        }


def applies(finding: Finding) -> Json:
    """Return what the next apply does: in words, and by the record's; None where nothing is said."""
    apply = finding.next_apply
    if apply is None:
        return None
    return [words.next_apply_fully(finding), str(apply.does), plain(apply.reason, _LONGEST)]


def steps(finding: Finding, *, whole: bool) -> list[list[Json]]:
    """Return what there is to do now, words and what to paste; where not `whole`, the commands alone."""
    blocks = words.blocks(finding) if whole else ()
    commands = (("Next step", command) for command in words.commands([finding]))
    return [[label, text] for label, text in (*commands, *blocks)]


def source(finding: Finding) -> Json:
    """Return the words and the address of the link to the code; None where there is none."""
    link = words.file_link(finding)
    known = link is not None and link.url is not None and len(link.url) <= _LONGEST_LINK
    return [words.link_label(link).capitalize(), link.url] if known and link else None


def _home(iac: IacAddress) -> dict[str, Json]:
    return {
        "stack": _text(iac.stack),
        "repository": _text(iac.repository),
        "directory": _text(iac.directory),
        "owner": _text(iac.owner),
        "engine": str(iac.engine) if iac.engine else None,
        "state": _text(iac.state),
        "serial": iac.serial,
        "seen": int(iac.seen_at.timestamp() * 1000) if iac.seen_at else None,
    }


def _text(text: str | None) -> str | None:
    return plain(text, _LONGEST) if text else None
