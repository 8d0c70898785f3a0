"""What a kind of resource is in the blind world: a thing, and the API calls that change it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.worlds.blind.actors import OWN, digits, token
from tests.worlds.blind.config import HOME, Thing


@dataclass(kw_only=True)
class Op:
    """One API call, named as CloudTrail names it: what is recorded, what LookupEvents lists, what it does to the thing."""

    service: str
    operation: str
    request: dict | None = None
    answer: dict | None = None
    lists: tuple = ()
    resources: tuple = ()
    change: Callable[[], None] = lambda: None


@dataclass(kw_only=True)
class Kind:
    """A thing with the calls on it; each function makes one call."""

    thing: Thing
    create: Callable[[], Op] | None = None
    updates: list = field(default_factory=list)
    delete: Callable[[], Op] | None = None
    tag: Callable[[dict], Op] | None = None
    untag: Callable[[list], Op] | None = None
    mentions: list = field(default_factory=list)
    bare_tags: bool = True
    tag_set: bool = False
    row: Any = None
    called: str = ""


class Maker:
    """Makes ids and values that are always the same for the same seed."""

    def __init__(self, seed, *, account=OWN, region=HOME):
        self.random = random.Random(seed)
        self.seed, self.account, self.region, self.count = seed, account, region, 0

    def at(self, *, account=None, region=None):
        """Return the same maker for another place."""
        other = Maker(
            f"{self.seed}/{account}/{region}", account=account or self.account, region=region or self.region
        )
        other.random, other.count = self.random, self.next() * 1000
        return other

    def next(self):
        self.count += 1
        return self.count

    def hex(self, prefix="", length=17):
        return prefix + digits(f"{self.seed}{self.region}{self.account}{self.next()}", length)

    def letters(self, prefix="", length=17):
        return prefix + token(f"{self.seed}{self.region}{self.account}{self.next()}", length)

    def uuid(self):
        text = self.hex(length=32)
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def arn(self, service, rest, *, region=None, account=None):
        where = self.region if region is None else region
        return f"arn:aws:{service}:{where}:{self.account if account is None else account}:{rest}"

    def maybe(self, share, *values):
        """Return the values, or nothing: LookupEvents lists resources or doesn't."""
        return values if self.random.random() < share else ()

    def pick(self, *values):
        return self.random.choice(values)


def changes(thing, values):
    """Return what sets these fields of a thing's configuration, those with a ``+`` of its supplementary one."""

    def change():
        for name, value in values.items():
            store(thing.extra if name[0] == "+" else thing.config, **{name.removeprefix("+"): value})()

    return change


def store(target, **values):
    """Return what sets these values in a configuration; None removes."""

    def change():
        for name, value in values.items():
            if value is None:
                target.pop(name, None)
            else:
                target[name] = value

    return change


def retag(thing, tags=None, gone=()):
    """Return what sets and removes tags."""

    def change():
        for name in gone:
            thing.tags.pop(name, None)
        thing.tags.update(tags or {})

    return change
