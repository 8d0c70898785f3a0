"""Resource types and the calls on them, one row a type, as CloudFormation's schemas and botocore's models spell them.

A row names the properties that identify an object (`pid`, and which of them is its name, id and ARN), the calls
that create, update and delete it, and which parameter of each call holds what: ``name``, ``id``, ``arn``,
``identifier`` (any of the three) or ``parent``. An id of ``~`` stands in no property of its own, but ends the ARN.
"""

import json
import re
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind, Op, retag, store
from tests.worlds.blind.spelling import lower, model, spelled
from tests.worlds.recorded_types.further import FURTHER, PARTS, table

FILE = Path(__file__).with_name("rows.jsonl")
PLAIN = frozenset({"string", "boolean", "integer", "long", "float", "double"})
UUIDS = frozenset({"AWS::IoTSiteWise", "AWS::RolesAnywhere", "AWS::AmazonMQ", "AWS::Backup", "AWS::RUM"})


@cache
def rows():
    """Return every row, by its type."""
    return {row["type"]: row for row in map(json.loads, FILE.read_text().splitlines())}


@dataclass(frozen=True, eq=False)
class Type:
    """A row as the scenarios take a kind: called with a maker and a name it makes an object, with the calls on it."""

    row: dict
    region: str = "$region"
    create: bool = True

    @property
    def type(self):
        return self.row["type"]

    @property
    def params(self):
        """What an update can change: property, parameter, kind of value, its options."""
        return (self.row["update"] or {}).get("params") or ()

    @property
    def held(self):
        """Whether its calls tell in which parent it is."""
        return "parent" in (self.row["update"] or self.row["delete"])["sent"].values()

    def __call__(self, m, name, parent=""):
        home = m.account if "AwsAccountId" in self.row["pid"] else "shop"
        one = Subject(m, self, name, parent or home)
        further, parts = (table(text).get(self.type, ()) for text in (FURTHER, PARTS))
        taggable = self.row["tags"] and one.tag({}) and one.untag([])
        return Kind(
            thing=one.thing,
            row=self,
            called=name,
            made=one,
            create=one.create,
            delete=one.delete,
            updates=[
                *(partial(one.again, number) for number in range(len(self.params))),
                *(partial(one.further, call) for call in further),
            ],
            mentions=[partial(one.plain, call) for call in parts],
            tag=one.tag if taggable else None,
            untag=one.untag if taggable else None,
        )


@cache
def kinds():
    """Return every row as a kind."""
    return [Type(row) for row in rows().values()]


def kind_of(type_):
    """Return a type as a kind."""
    return next(kind for kind in kinds() if kind.type == f"AWS::{type_}")


def squash(name):
    return re.sub("[^a-z0-9]", "", name.lower())


def kebab(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).lower()


@dataclass
class Subject:
    """One object of a type: what it is called, and the calls that somebody can make on it."""

    maker: object
    make: Type
    name: str
    parent: str
    turn: int = 0

    def __post_init__(self):
        m, row = self.maker, self.make.row
        self.row, self.params = row, self.make.params
        service, self.short = row["type"].split("::")[1:]
        uuid = row["type"].rpartition("::")[0] in UUIDS
        self.id = (m.uuid() if uuid else m.hex("", 12)) if row["id"] else self.name
        by_id = row["id"] and service != "NetworkFirewall" and {row["id"], row["arn"]} & set(row["pid"])
        tail = self.id if by_id else self.name
        made_by = row["create"]["sent"].values()
        if "parent" in made_by:
            tail = f"{self.parent}/{tail}"
        self.arn = m.arn(row["source"].split(".")[0], f"{kebab(self.short)}/{tail}")
        parts = [*row["pid"], *(row[each] for each in ("name", "id", "arn") if row[each] not in {None, "~"})]
        config = {part: self.value(part) for part in parts}
        unnamed = row["name"] is None and "name" in made_by
        if unnamed:
            config[self.short + "Name"] = self.name
        config |= {call["shows"]: "before" for call in table(FURTHER).get(row["type"], ())}
        config |= {name: self.state(kind, options, 0) for name, _, kind, options in self.params}
        form = {"map": "map", "pairs": "Key/Value"}.get(row["tags"])
        self.thing = Thing(
            type=row["type"],
            id="|".join(self.value(part) for part in row["pid"]),
            arn=self.arn,
            name=self.name if row["name"] or not row["id"] or unnamed else None,
            account=m.account,
            region=m.region,
            config=config,
            tag_places=(("configuration", "Tags", form),) if form else (),
        )

    def value(self, part):
        """Return what a property that identifies the object holds."""
        row = self.row
        if part == row["arn"]:
            return self.arn
        if part == row["id"]:
            return self.id
        if part == row["name"] or len(row["pid"]) == 1:
            return self.name
        return self.parent

    @staticmethod
    def state(kind, options, turn):
        """Return a property's value before (0) and after (1) a change."""
        if kind == "string":
            return options[turn % len(options)] if options else f"text-{turn}"
        if kind in PLAIN:
            return bool(turn % 2) if kind == "boolean" else 10 + turn
        return {"Setting": f"value-{turn}"} if kind in {"structure", "map"} else [f"value-{turn}"]

    # Calls.

    def sent(self, call):
        """Return the parameters by which a call names the object, with what else the API requires."""
        shape, sent = model(call["service"]).operation_model(call["op"]).input_shape, call["sent"]
        held = {member: self.slot(slot) for member, slot in sent.items()}
        if {"arn", "name"} <= set(sent.values()) and call["op"][:6] != "Create":
            dropped = self.maker.pick("arn", "name")
            held = {member: text for member, text in held.items() if sent[member] != dropped}
        called = {squash(self.row["name"]): self.name} if self.row["name"] else {}
        for member in shape.required_members:
            if member not in held:
                held[member] = dummy(shape.members[member], called=called)
        return shape, held

    def slot(self, slot):
        if slot == "identifier":
            return self.maker.pick(self.arn, self.id if self.row["id"] else self.name)
        return getattr(self, slot)

    def op(self, operation, request, **more):
        lists = tuple((None, text) for text in self.maker.maybe(0.4, self.maker.pick(self.name, self.arn)))
        return Op(service=self.row["source"], operation=operation, request=request, lists=lists, **more)

    def create(self):
        call = self.row["create"]
        shape, held = self.sent(call)
        if "Tags" in shape.members and self.row["tags"] == "pairs":
            held["Tags"] = [{"Key": key, "Value": text} for key, text in self.thing.tags.items()]
            if getattr(shape.members["Tags"], "type_name", "") != "list":
                held["Tags"] = dict(self.thing.tags)
        output = model(call["service"]).operation_model(call["op"]).output_shape
        return self.op(call["op"], spelled(shape, held), answer=self.told(output, 0) or None)

    def told(self, shape, depth):
        """Return an answer that names the object as the output shape has place for."""
        said, short = {}, squash(self.short)
        for member, part in getattr(shape, "members", {}).items():
            plain = squash(member)
            if part.type_name == "string":
                for slot in ("arn", "id", "name"):
                    if plain in {slot, short + slot, squash(self.row[slot] or "-")}:
                        said.setdefault(member, getattr(self, slot))
            elif part.type_name == "structure" and depth < 2 and related(plain, short):
                inner = self.told(part, depth + 1)
                if inner:
                    said[member] = inner
        return {lower(name): each for name, each in said.items()}

    def update(self, which=0, *, turn=1, shown=True):
        """Return the call that changes one property; unless `shown`, what it sets was so before."""
        property_, member, kind, options = self.params[which % len(self.params)]
        shape, held = self.sent(self.row["update"])
        value = self.state(kind, options, turn)
        held[member] = value if kind in PLAIN else dummy(shape.members[member])
        change = store(self.thing.config, **({property_: value} if shown else {}))
        return self.op(self.row["update"]["op"], spelled(shape, held), change=change)

    def again(self, which):
        """Return the call that gives one property a further value, None if it has no other one."""
        self.turn += 1
        property_, _, kind, options = self.params[which]
        turns = (
            turn
            for turn in (self.turn, self.turn + 1)
            if self.state(kind, options, turn) != self.thing.config[property_]
        )
        turn = next(turns, None)
        return None if turn is None else self.update(which, turn=turn)

    def further(self, call):
        """Return a rarer call that changes it."""
        self.turn += 1
        op = self.plain(call)
        op.change = store(self.thing.config, **{call["shows"]: f"after-{self.turn}"})
        return op

    def plain(self, call):
        """Return a call of a service on the object, with the least that the API requires."""
        shape, held = self.sent(call)
        return self.op(call["op"], spelled(shape, held))

    def delete(self):
        return self.plain(self.row["delete"])

    def tag(self, tags):
        """Return the call that tags the object, if the service has the usual one."""
        pairs = [{"key": key, "value": text} for key, text in tags.items()]
        return self.tagging(
            "TagResource", "tag", lambda shape: pairs if shape.type_name == "list" else tags, tags
        )

    def untag(self, keys):
        return self.tagging("UntagResource", "key", lambda _shape: keys, gone=keys)

    def tagging(self, operation, word, told, tags=None, gone=()):
        service = self.row["create"]["service"]
        if operation not in model(service).operation_names:
            return None
        members = model(service).operation_model(operation).input_shape.members
        named = next((each for each in members if "arn" in each.lower()), None)
        tagged = next((each for each in members if word in each.lower()), None)
        if named is None or tagged is None:
            return None
        request = {lower(named): self.arn, lower(tagged): told(members[tagged])}
        return self.op(operation, request, change=retag(self.thing, tags, gone))


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
