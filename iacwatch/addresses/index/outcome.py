"""What comes of putting a state into an index, whatever store that is in."""

from iacwatch.core.addresses.versions import follows
from iacwatch.core.iac import StateHead
from iacwatch.ports import Replaced


def came_of(new: StateHead, old: StateHead | None) -> Replaced:
    """Return what comes of putting a version in the place of the old one (None: there is none)."""
    if not follows(new, old):
        return Replaced.OLDER
    return Replaced.RECREATED if old is not None and old.lineage != new.lineage else Replaced.WRITTEN
