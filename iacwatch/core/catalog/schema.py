"""What can be known of a resource type: the columns of its row, and the rules that a row is made of.

Paths are dotted and lower-case, without what carries no meaning (``items``, ``…Request``, the name of a list
around its elements' key). Regular expressions match a whole event name, without its version suffix.
"""

from dataclasses import KW_ONLY, dataclass
from typing import Final, Literal

TAG: Final = "(Tag|Untag)Resource"
"""The tagging calls that most services share."""

PARENT: Final = "{parent}"
"""As the part of an indirect rule: what `within` says that a bare name is unique in."""

ITEM_FIELDS: Final = "{item}"
"""As the first of a rule's `unless`: all that the type's items are known to hold."""

IN_ALL_ITEMS: Final = ("arn", "id", "name", "tags", "taglist", "tagset")
"""What items of every type may hold."""

ALL_CHANGES: Final = ("CREATE", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shows:
    """Calls that name the resource and show in its CI in a few fields alone.

    They count only where one of `fields` (first keys below ``Configuration`` or below
    ``SupplementaryConfiguration``, lower-case) is among what differs: whoever registers a target did not
    change the health check. A field below a first key (``dbparametergroups.parameterapplystatus``) is among
    it where nothing else below that key differs: whoever reboots chose no other group. Where it is not known
    in which fields they show, `unless` lists those in which they do not: something else has to differ. Calls
    that AWS makes on its own account count without such evidence, since they accuse nobody.
    """

    events: str
    fields: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def seen_in(self, changed: frozenset[str] | None, below: frozenset[str] = frozenset()) -> bool:
        """Return whether what differs may be such a call's work; None: what differs cannot be known.

        `below` are the keys one below those of `changed` that differ, as far as they are known.
        """
        if changed is None:
            return True
        for first in {field.partition(".")[0] for field in self.fields if "." in field} & changed:
            if {key for key in below if key.startswith(f"{first}.")} <= {*self.fields}:
                return True
        return bool(changed.intersection(self.fields) or (self.unless and changed.difference(self.unless)))


def beyond(events: str, *others: str) -> Shows:
    """Return the rule for calls that show in nothing that the type's items are known to hold.

    A call may name the very resource and yet show nowhere in its item (a role's longest session, a VPC's DNS
    settings). Nobody can be sure that an item does not show such a call after all: it counts where something
    differs beyond `item_fields` and `others`, which are further keys that other calls change.
    """
    return Shows(events=events, unless=(ITEM_FIELDS, *others))


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


@dataclass(frozen=True, slots=True, eq=False)  # rows are compared by identity: start-up is faster
class TypeFacts:
    """The row of one resource type: everything that iacwatch knows of it.

    - `derived`: what the row leaves out follows from the type's name (``AWS::Backup::BackupPlan`` has a
      `CreateBackupPlan`); what it says about calls comes on top. Such facts are guesses, and code that must
      not rely on a guess asks for this.

    What people and calls call it:

    - `noun`: what people call such a resource; "" where it follows from the type's name.
    - `called`: what calls name it after, where that is not the type's last word.
    - `id_prefix`: how its id begins (``sg`` of ``sg-0a1b2c3d``). `id_forms`: regular expressions of ids that
      no other type has.
    - `arn`: service and first word of the last part of its ARN (``lambda:function``; no word: any), and
      `id_in_arn`: where the id in AWS Config stands there.
    - `revisions`: all revisions share one id, and only the ARN tells them apart.
    - `id_is_url`: its id is a URL, which AWS has written with more than one host.
    - `arn_suffix`: a regular expression of an ending of its ARN that calls may leave out.
    - `name_after`: what stands before the name in the ARN's last part, where more follows the name.
    - `short_arn`: what stands before the name in the short forms of its ARN that calls use.
    - `terraform`: further types of Terraform's provider that stand for it: what its name makes is known.
    - `own_ids`: paths in the configuration that hold further names of the resource itself.
    - `within`: (request key, place in the ARN, path in the configuration) of the parent that a bare name is
      unique in; `within_default`: the parent's name where none is given (no place: always).

    Which calls concern it:

    - `sources`: event sources, without ``.amazonaws.com``.
    - `targets`: where in a request a call names the resource that it acts on.
    - `anywhere`: calls that act on what bears an ARN or id of its own in them, wherever it stands.
    - `acts`: calls that change the resource itself. `shows`: calls that show in some fields of its CI.
      `never`: calls that name it in the same place and leave it as it is.
    - `creates`: calls that make it, never the cause of its end. `deletes`: calls that end it, never the
      cause of its creation; nothing else explains its end.
    - `answers`: last keys under which an answer names the resource.
    - `parts`: paths in the configuration that hold ids of its parts, by which some of `acts` call it, at
      `part_targets`.
    - `contradicts`: last keys whose value, where a call holds it, must be this resource's own: a bare name
      alone proves nothing then.
    - `indirect`: calls that name only a neighbour of it.
    - `lookups`: kinds of name that LookupEvents lists (``id name arn own url bare part old``).
    - `missing`: the share of its calls that list none of them; `nameless`: those of its calls known to.
    - `padded`: (call, field) of its calls that anybody can make so large that CloudTrail leaves out the
      parameters, and the field of its CI in which such a call shows: event history lists no name for them.

    What its items hold, by first keys below ``Configuration`` or ``SupplementaryConfiguration``, lower-case:

    - `item_fields`: all that its items are known to hold, where some rule of `shows` goes `beyond` that.
    - `counted`: counters and book-keeping of AWS's own: no call is looked for where only these differ.
    - `following`: fields that change on their own, but after calls too (an instance stops because somebody
      stopped it, or because its host failed): a side effect only where no call explains them.
    - `tags_at`: where its tags stand, beside where most types have them; `tags_beside`: the same below
      ``SupplementaryConfiguration``.

    How it is treated elsewhere:

    - `opens_ways`: its rules open ways in a network, which are spelled out to people.
    - `judges_others`: by such items Config records what it thinks of other resources: many, ever changing,
      and without tags. Its history is not looked at unless it is asked for.
    - `opt_in`: its rank among the types that a recorder leaves out unless it includes global types; 0: none.
    - `sample`: its rank among the types with samples of which the doctor tries event patterns; 0: none.
    """

    type: str
    _: KW_ONLY
    derived: bool = False

    noun: str = ""
    called: str = ""
    id_prefix: str = ""
    id_forms: tuple[str, ...] = ()
    arn: str = ""
    id_in_arn: Literal["whole", "resource", "tail", "url"] = "tail"
    revisions: bool = False
    id_is_url: bool = False
    arn_suffix: str = ""
    name_after: str = ""
    short_arn: str = ""
    terraform: str = ""
    own_ids: tuple[str, ...] = ()
    within: tuple[str, str, str] | None = None
    within_default: str = ""

    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    acts: str = ""
    anywhere: str = ""
    shows: tuple[Shows, ...] = ()
    never: str = ""
    creates: str = ""
    deletes: str = ""
    answers: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    part_targets: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    indirect: tuple[Indirect, ...] = ()
    lookups: tuple[str, ...] = ("id", "name", "arn")
    missing: float = 1.0
    nameless: tuple[str, ...] = ()
    padded: tuple[tuple[str, str], ...] = ()

    item_fields: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    following: tuple[str, ...] = ()
    tags_at: tuple[str, ...] = ()
    tags_beside: tuple[str, ...] = ()

    opens_ways: bool = False
    judges_others: bool = False
    opt_in: int = 0
    sample: int = 0

    def __post_init__(self) -> None:
        """Write the items' fields into the rules that go beyond them."""
        if any(rule.unless[:1] == (ITEM_FIELDS,) for rule in self.shows):
            object.__setattr__(self, "shows", tuple(map(self._spelled_out, self.shows)))

    def _spelled_out(self, rule: Shows) -> Shows:
        if rule.unless[:1] != (ITEM_FIELDS,):
            return rule
        return Shows(
            events=rule.events,
            fields=rule.fields,
            unless=(*IN_ALL_ITEMS, *self.item_fields, *rule.unless[1:]),
        )


def either(*patterns: str) -> str:
    """Return the regular expression that matches what one of several does; empty ones match nothing."""
    return "|".join(pattern for pattern in patterns if pattern)


def fields(text: str) -> tuple[str, ...]:
    """Return the fields that a text lists, separated by blanks."""
    return tuple(text.split())
