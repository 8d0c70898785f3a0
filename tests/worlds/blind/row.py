"""How the catalogue of kinds is written: one row a resource type, with templates of the calls on it.

A template is JSON with ``$slots``: ``$name``, ``$id``, ``$arn``, ``$account``, ``$region`` and the row's own `words`;
``$vpc``, ``$sg`` and so on are EC2's ids, ``$uuid``, ``${hex:9}``, ``${up:9}`` and ``${UP:9}`` other ones: a slot of
the thing's own configuration has one value for its whole life, another one is new in each call, as ``$n`` is (`N`: a
number). `FLIP` is what the thing's field is not, `TAGS` are its tags as the service writes them.
"""

from dataclasses import dataclass, field, replace
from typing import Any

N, FLIP, TAGS = object(), object(), object()
LOWER, EXTRA = ("configuration.tags key/value",), ("extra.Tags key/value",)
"""Where a type's items hold its tags, and in which form, beside their own `tags`."""


@dataclass(frozen=True)
class More:
    """An element that comes to a list."""

    value: Any


@dataclass(frozen=True)
class Call:
    """One API call of a row: what CloudTrail records of it, and the fields that it `sets` (``+``: supplementary).

    `alone`: the row's `by` does not name the thing in it.
    `needs`: a field that only an earlier item can tell the call's part by, so it must be as it was in the last one.
    """

    event: str
    request: Any = None
    answer: Any = None
    sets: dict[str, Any] = field(default_factory=dict)
    service: str = ""
    alone: bool = False
    resources: tuple[str, ...] | None = None
    needs: str = ""


def call(event, request=None, answer=None, /, *, plus=None, service="", resources=None, needs="", **sets):
    """Return a call that names the thing in its own way; `plus` are fields of the supplementary configuration."""
    sets |= {f"+{name}": value for name, value in (plus or {}).items()}
    return Call(event, request, answer, sets, service, alone=True, resources=resources, needs=needs)


def by(event, request=None, answer=None, /, **more):
    """Return a call that names the thing as the row's `by` does."""
    return replace(call(event, request, answer, **more), alone=False)


@dataclass(frozen=True)
class Tagging:
    """The calls that tag a thing, and how: `into` is the parameter, `form` how tags are written in it."""

    by: dict[str, Any]
    into: str = "tags"
    form: str = "key/value"
    keys: str = "tagKeys"
    calls: tuple[str, str] = ("TagResource", "UntagResource")
    whole: bool = False
    each: dict[str, str] = field(default_factory=dict)


def tagging(by="resourceArn", into="tags", form="key/value", **more):
    """Return a service's way to tag; `by` is the parameter that holds the ARN, or those that name the thing."""
    return Tagging({by: "$arn"} if isinstance(by, str) else by, into, form, **more)


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """One resource type. Called with a maker and a name it makes a thing, with the calls on it."""

    type: str
    service: str
    id: str
    arn: str
    name: str | None = "$name"
    called: str = "$name"
    config: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    by: dict[str, Any] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    answer: Any = None
    tags: tuple[str, ...] = ("configuration.Tags Key/Value",)
    tag: Tagging | None = Tagging({"resourceArn": "$arn"})
    create: Call | None = None
    delete: Call | str | None = None
    updates: tuple[Call, ...] = ()
    mentions: tuple[Call, ...] = ()
    created: bool = True
    region: str = "$region"
    resources: bool = False
    guessed: bool = False
    parent: str = "shop"
    tag_set: bool = False

    @property
    def __name__(self):
        return self.type

    def __call__(self, m, name, parent=""):
        """Return a thing of this name with its calls; `parent`: the name of what it belongs to."""
        from tests.worlds.blind.made import Made

        return Made(self, m, name, parent or self.parent).kind


def at(type_, service, id_, arn):
    """Return what a row is about: type, CloudTrail's name of the service, Config's id, and the ARN or its tail."""
    arn = arn if arn.startswith("arn:") else f"arn:aws:{service}:$region:$account:{arn}"
    return {"type": type_, "service": service, "id": id_, "arn": arn}


def row(about, /, **more):
    """Return a row; a field that an update sets, and its `config` leaves out, was there in the same form before."""
    fields = (each for update in more.get("updates", ()) for each in update.sets.items())
    before = {name: blank(value) for name, value in fields if name[0] != "+"}
    return Row(**{**about, **more, "config": before | more.get("config", {})})


def blank(value):
    match value:
        case dict() | list():
            return type(value)()
        case More():
            return []
    return value is not FLIP and "before"
