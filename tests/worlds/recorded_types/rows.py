"""Resource types and the calls on them, one row a type, as CloudFormation's schemas and botocore's models spell them.

A row names the properties that identify an object (`pid`, and which of them is its name, id and ARN), the calls
that create, update and delete it, and which parameter of each call holds what: ``name``, ``id``, ``arn``,
``identifier`` (any of the three) or ``parent``. An id of ``~`` stands in no property of its own, but ends the ARN.
"""

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tests.worlds.blind.row import FLIP, TAGS, N, Row, at, call, row, tagging
from tests.worlds.blind.spelling import lower, model, spelled
from tests.worlds.recorded_types.further import FURTHER, PARTS, table

FILE = Path(__file__).with_name("rows.jsonl")
UUIDS = frozenset({"AWS::IoTSiteWise", "AWS::RolesAnywhere", "AWS::AmazonMQ", "AWS::Backup", "AWS::RUM"})
PLAIN = {"string": "text-$n", "boolean": FLIP, **dict.fromkeys(("integer", "long", "float", "double"), N)}
OTHER = {"list": ["value-$n"], "structure": {"Setting": "value-$n"}, "map": {"Setting": "value-$n"}}
"""What a property of each kind holds after a call."""


@dataclass(frozen=True, eq=False)
class Type:
    """A recorded row as the scenarios take a kind; what botocore must be asked for is made when it is first called."""

    data: dict
    region: str = "$region"
    create: bool = True

    @property
    def type(self):
        return self.data["type"]

    @property
    def params(self):
        """What an update can change: property, parameter, kind of value, its options."""
        return (self.data["update"] or {}).get("params") or ()

    @property
    def held(self):
        """Whether its calls tell in which parent it is."""
        return "parent" in (self.data["update"] or self.data["delete"])["sent"].values()

    @cached_property
    def row(self):
        return Writer(self).row()

    def __call__(self, m, name, parent=""):
        return self.row(m, name, parent)


@cache
def kinds():
    """Return every row as a kind."""
    return [Type(json.loads(line)) for line in FILE.read_text().splitlines()]


def kind_of(type_):
    """Return a type as a kind."""
    return next(kind for kind in kinds() if kind.type == f"AWS::{type_}")


def squash(name):
    return re.sub("[^a-z0-9]", "", name.lower())


def kebab(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).lower()


class Writer:
    """Writes a recorded row as one of the catalogue's."""

    def __init__(self, make: Type):
        self.data, self.params = make.data, make.params
        service, self.short = make.type.split("::")[1:]
        own = "$uuid" if make.type.rpartition("::")[0] in UUIDS else "${hex:12}"
        own = own if self.data["id"] else "$name"
        self.slots = {
            "name": "$name",
            "id": own,
            "arn": "$arn",
            "identifier": "$identifier",
            "parent": "$parent",
        }
        self.words = {"identifier": ("$arn", own)}
        by_id = self.data["id"] and {self.data["id"], self.data["arn"]} & set(self.data["pid"])
        self.tail = own if by_id and service != "NetworkFirewall" else "$name"

    def row(self) -> Row:
        data, source, made_by = self.data, self.data["source"], self.data["create"]["sent"].values()
        parts = [
            *data["pid"],
            *(data[each] for each in ("name", "id", "arn") if data[each] not in {None, "~"}),
        ]
        unnamed = data["name"] is None and "name" in made_by
        tail = f"$parent/{self.tail}" if "parent" in made_by else self.tail
        arn = f"arn:aws:{source.split('.')[0]}:$region:$account:{kebab(self.short)}/{tail}"
        form = {"map": "map", "pairs": "Key/Value"}.get(data["tags"])
        tag = self.tag() if form else None
        further, asides = (table(text).get(data["type"], ()) for text in (FURTHER, PARTS))
        changes = [self.update(number) for number in range(len(self.params))]
        changes += [self.plain(each, **{each["shows"]: "after-$n"}) for each in further]
        return row(
            at(data["type"], source, "|".join(self.value(part) for part in data["pid"]), arn),
            name="$name" if data["name"] or not data["id"] or unnamed else None,
            config={
                **{part: self.value(part) for part in parts},
                **({self.short + "Name": "$name"} if unnamed else {}),
                **{name: options[0] for name, _, _, options in self.params if options},
            },
            words=self.words,
            tags=(f"configuration.Tags {form}",) if form else (),
            tag=tag,
            create=self.create(tagged=tag and data["tags"] == "pairs"),
            delete=self.plain(data["delete"]),
            updates=tuple(changes),
            mentions=tuple(self.plain(each) for each in asides),
            parent="$account" if "AwsAccountId" in data["pid"] else "shop",
            guessed=True,
        )

    def value(self, part):
        """Return what a property that identifies the object holds."""
        for each in ("arn", "id", "name"):
            if part == self.data[each]:
                return self.slots[each]
        return "$name" if len(self.data["pid"]) == 1 else "$parent"

    def sent(self, told, turn=0):
        """Return the parameters by which a call names the object, with what else the API requires."""
        shape, sent = model(told["service"]).operation_model(told["op"]).input_shape, dict(told["sent"])
        if {"arn", "name"} <= set(sent.values()) and told["op"][:6] != "Create":
            dropped = ("arn", "name")[(turn + len(told["op"])) % 2]
            sent = {member: slot for member, slot in sent.items() if slot != dropped}
        held = {member: self.slots[slot] for member, slot in sent.items()}
        called = {squash(self.data["name"]): "$name"} if self.data["name"] else {}
        for member in set(shape.required_members) - set(held):
            held[member] = dummy(shape.members[member], called=called)
        return shape, held

    def plain(self, told, **sets):
        """Return a call of a service on the object, with the least that the API requires."""
        return call(told["op"], spelled(*self.sent(told)), **sets)

    def update(self, number):
        """Return the call that changes one property."""
        name, member, kind, options = self.params[number]
        shape, held = self.sent(self.data["update"], number)
        value = {**OTHER, **PLAIN}.get(kind, OTHER["list"])
        if options:
            word = f"option{chr(97 + number)}"
            value, self.words[word] = f"${word}", tuple(options[1:] or options)
        held[member] = value if kind in PLAIN else dummy(shape.members[member])
        return call(self.data["update"]["op"], spelled(shape, held), **{name: value})

    def create(self, *, tagged):
        told = self.data["create"]
        shape, held = self.sent(told)
        if tagged and "Tags" in shape.members:
            held["Tags"] = TAGS
        output = model(told["service"]).operation_model(told["op"]).output_shape
        return call(told["op"], spelled(shape, held), self.told(output, 0) or None)

    def told(self, shape, depth):
        """Return an answer that names the object as the output shape has place for."""
        said, short = {}, squash(self.short)
        for member, part in getattr(shape, "members", {}).items():
            plain = squash(member)
            if part.type_name == "string":
                for slot in ("arn", "id", "name"):
                    if plain in {slot, short + slot, squash(self.data[slot] or "-")}:
                        said.setdefault(lower(member), self.slots[slot])
            elif part.type_name == "structure" and depth < 2 and related(plain, short):
                said[lower(member)] = self.told(part, depth + 1)
        return {name: each for name, each in said.items() if each}

    def tag(self):
        """Return the calls that tag the object, if the service has the usual ones."""
        service = model(self.data["create"]["service"])
        shapes = [
            service.operation_model(each).input_shape.members
            for each in ("TagResource", "UntagResource")
            if each in service.operation_names
        ]
        found = [
            next((each for each in members if part in each.lower()), None)
            for members, word in zip(shapes, ("tag", "key"), strict=False)
            for part in ("arn", word)
        ]
        if len(found) < 4 or None in found:
            return None
        form = "key/value" if shapes[0][found[1]].type_name == "list" else "map"
        return tagging(lower(found[0]), lower(found[1]), form, keys=lower(found[3]))


def related(member, short):
    return member in short or short in member or member.endswith(("detail", "details", "summary", "response"))


def dummy(shape, depth=0, called=None):
    """Return the least that a parameter of this shape may be; `called`: names that parts of it hold."""
    match shape.type_name:
        case "string" if getattr(shape, "enum", None):
            return shape.enum[0]
        case "boolean":
            return True
        case "integer" | "long" | "float" | "double":
            return 1
        case "structure" if depth < 4:
            members, held = shape.required_members or list(shape.members)[:1], called or {}
            return {
                name: held.get(squash(name)) or dummy(shape.members[name], depth + 1, held)
                for name in members
            }
        case "list" if depth < 4:
            return [dummy(shape.member, depth + 1)]
        case "map":
            return {"key": "text"}
        case "timestamp":
            return "Nov 30, 2026, 8:00:00 AM"
    return "text"
