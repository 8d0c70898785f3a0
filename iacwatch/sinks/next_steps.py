"""What to do now, as lines below a table: as long as they are, since they are there to be copied."""

from collections.abc import Iterator, Sequence
from typing import Final

from iacwatch.core.model import Finding
from iacwatch.core.present import address

_MOST: Final = 3
_DIM: Final = "dim"


def below(findings: Sequence[Finding], *, whole: bool) -> Iterator[tuple[str, str]]:
    """Yield lines and their styles: the first commands, or the `whole` of what is known and to be done."""
    commands = list(address.commands(findings))
    shown = commands if whole else commands[:_MOST]
    if shown:
        yield "Next:", _DIM
    yield from ((command, "") for command in shown)
    if len(commands) > len(shown):
        yield f"and {len(commands) - len(shown)} more, which the formats jsonl and html contain", _DIM
    for finding in findings if whole else ():
        yield from ((f"{label}: {fact}", "") for label, fact in address.more(finding))
        for label, block in address.blocks(finding):
            yield f"{label}:", _DIM
            yield from ((line, "") for line in block.split("\n"))
