"""What Config's history did not show, in words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.text import plain
from iacwatch.sources.history.file_items import Lacking

_RECENT: Final = timedelta(minutes=10)
_MOST: Final = 5


def sentences(
    lacking: Lacking,
    *,
    back: int,
    until: datetime,
    reached: datetime | None,
    foreign: int,
    left_out: Sequence[str],
) -> list[str]:
    """Return a sentence for each gap.

    `back` is how many days before the range were looked at, `reached` the time of the last item of any file,
    `foreign` counts files that are none of Config's, `left_out` says why accounts were.
    """
    gaps = []
    if reached is None:
        gaps.append("no file of Config's history names a time of this range; is this the right folder?")
    elif reached < until - _RECENT:
        gaps.append(
            f"changes after {reached:%Y-%m-%d %H:%M}Z: no file reaches further"
            " (Config delivers them every six hours)"
        )
    before = f"in these files, nor in the {back} days before the range"
    if lacking.ours:
        gaps.append(f"what exactly changed in {lacking.ours} resources: no earlier item of them is {before}")
    if lacking.gone:
        gaps.append(
            f"whether {lacking.gone} deleted resources carried the tag: no earlier item of them is {before}"
        )
    if lacking.others:
        gaps.append(
            f"whether {lacking.others} changed resources without the tag lost it in their first change:"
            f" no earlier item of them is {before}"
        )
    gaps.extend(plain(reason, 300) for reason in left_out[:_MOST])
    if len(left_out) > _MOST:
        gaps.append(f"{len(left_out) - _MOST} more accounts")
    if foreign:
        gaps.append(f"{foreign} files that are none of AWS Config's")
    return gaps
