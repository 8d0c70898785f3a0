"""What can be known of a resource type's calls: the columns of the tables in ``types_*``.

Paths are dotted and lower-case, without what carries no meaning (``items``, ``…Request``, the name of a list
around its elements' key). Regular expressions match a whole event name, without its version suffix.
"""

from dataclasses import dataclass
from typing import Final

TAG: Final = "(Tag|Untag)Resource"
"""The tagging calls that most services share."""

PARENT: Final = "{parent}"
"""As the part of an indirect rule: what `within` says that a bare name is unique in."""

ALL_CHANGES: Final = ("CREATE", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shows:
    """Calls that name the resource and show in its CI in a few fields alone.

    They count only where one of `fields` (first keys below ``Configuration`` or below
    ``SupplementaryConfiguration``, lower-case) is among what differs: whoever registers a target did not
    change the health check. Where it is not known in which fields they show, `unless` lists those in which
    they do not: something else has to differ. Calls that AWS makes on its own account count without such
    evidence, since they accuse nobody.
    """

    events: str
    fields: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def seen_in(self, changed: frozenset[str]) -> bool:
        """Say whether what differs may be such a call's work."""
        return bool(changed.intersection(self.fields) or (self.unless and changed.difference(self.unless)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Indirect:
    """A call that changes the resource though it names only a neighbour or a part of it.

    `part` is the path in the CI's configuration that holds the neighbour's id, `target` where the call
    names it (``response:`` before it: in its answer), `events` which calls do so, `changes` for which
    change types. Such a call counts only where no call that names the resource itself explains the change,
    and for an update only where one of `fields` differs.
    """

    part: str
    target: str
    events: str
    changes: tuple[str, ...] = ALL_CHANGES
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFacts:
    """What is known of one resource type.

    - `sources`: event sources, without ``.amazonaws.com``.
    - `targets`: where in a request a call names the resource that it acts on.
    - `anywhere`: calls that act on what bears an ARN or id of its own in them, wherever it stands.
    - `acts`: calls that change the resource itself. `shows`: calls that show in some fields of its CI.
      `never`: calls that name it in the same place and leave it as it is.
    - `creates`: calls that make it, never the cause of its end. `deletes`: calls that end it, never the
      cause of its creation; nothing else explains its end.
    - `answers`: last keys under which an answer names the resource.
    - `own_ids`: paths in the configuration that hold further names of the resource itself.
    - `parts`: paths in the configuration that hold ids of its parts, by which some of `acts` call it, at
      `part_targets`.
    - `contradicts`: last keys whose value, where a call tells it, must be this resource's own: a bare name
      alone proves nothing then.
    - `within`: (request key, place in the ARN, path in the configuration) of the parent that a bare name is
      unique in.
    - `lookups`: kinds of name that LookupEvents lists (``id name arn own url bare part old``).
    - `missing`: the share of its calls that list none of them; `nameless`: those of its calls known to.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    acts: str
    anywhere: str = ""
    shows: tuple[Shows, ...] = ()
    never: str = ""
    creates: str = ""
    deletes: str = ""
    answers: tuple[str, ...] = ()
    own_ids: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    part_targets: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    within: tuple[str, str, str] | None = None
    indirect: tuple[Indirect, ...] = ()
    lookups: tuple[str, ...] = ("id", "name", "arn")
    missing: float = 1.0
    nameless: tuple[str, ...] = ()
