"""Cuts deliveries into waves, whose lookups are planned together, and which have to fit into memory."""

from collections.abc import Iterable, Iterator
from typing import Final

from iacwatch.ports import Delivery

MOST: Final = 1_000
"""Deliveries in one wave."""

Sized = tuple[Delivery, int]
"""A delivery, and how many characters its documents have."""


def waves(found: Iterable[Sized | None], *, most_text: int, most: int = MOST) -> Iterator[list[Delivery]]:
    """Yield waves of at most `most` deliveries and, but for single larger ones, `most_text` characters.

    At a None what was found so far does not wait for more.
    """
    wave: list[Delivery] = []
    size = 0
    for each in found:
        if wave and (each is None or len(wave) >= most or size + each[1] > most_text):
            yield wave
            wave, size = [], 0
        if each is not None:
            wave.append(each[0])
            size += each[1]
    if wave:
        yield wave
