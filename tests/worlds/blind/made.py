"""Makes a thing of a row of the catalogue: its names, its configuration, and the calls on it."""

import copy
import re
from dataclasses import replace
from typing import Any

from tests.worlds.blind.config import LONG_AGO, Thing, shaped
from tests.worlds.blind.kind import Kind, Maker, Op, changes, retag
from tests.worlds.blind.lookup_rows import listed, unsure
from tests.worlds.blind.row import FLIP, TAGS, Call, More, N, Row, by

SLOT = re.compile(r"\$(?:\{([A-Za-z]+\d?)(?::(\d+))?\}|([a-z]+\d?))")
HYPHENATED = {"eniattach": "eni-attach", "tgwattach": "tgw-attach", "iipassoc": "iip-assoc"}


class Made:
    """A thing made of a row: fills the row's templates with its names."""

    def __init__(self, row: Row, m: Maker, name: str, parent: str):
        self.row, self.m, self.thing = row, m, None
        self.facts: dict[str, Any] = {
            "account": m.account,
            "region": m.region,
            "name": name,
        }
        self.facts |= {"parent": self.filled(parent), "name": self.filled(row.called)}
        self.facts["id"], self.facts["arn"] = "", ""
        for _ in range(2):  # an id may be made of the ARN, and an ARN of the id
            self.facts["arn"] = self.filled(row.arn)
            self.facts["id"] = self.filled(row.id)
        told = {name: self.filled(getattr(row, name)) for name in ("name", "region", "config", "extra")}
        self.thing = Thing(
            type=row.type,
            id=self.facts["id"],
            arn=self.facts["arn"],
            account=m.account,
            tag_places=tuple((*each.split()[0].split("."), each.split()[1]) for each in row.tags),
            created=LONG_AGO if row.created else None,
            **told,
        )
        self.born = copy.deepcopy(self.thing.config)
        self.called, self.untold = self.thing.name, m.random.random() < 0.5
        updates = [each if each.sets else replace(each, sets={"Description": "d$n"}) for each in row.updates]
        self.kind = Kind(
            thing=self.thing,
            row=row,
            called=name,
            create=self.maker_of(row.create),
            updates=[self.maker_of(each) for each in updates],
            delete=self.maker_of(row.delete),
            mentions=[self.maker_of(each, usual=None) for each in row.mentions],
            tag=self.tag if row.tag else None,
            untag=self.untag if row.tag else None,
            tag_set=row.tag_set,
        )

    def maker_of(self, call, **more):
        call = by(call) if isinstance(call, str) else call
        return call and (lambda: self.op(call, **({"usual": self.row.answer} | more)))

    def op(self, call: Call, usual):
        """Return one call with its or the usual answer, None where it would change nothing as the thing is now."""
        sets, local = call.sets, {}
        if call.needs and not self.as_told(call.needs):
            return None
        flipped = next((name for name, value in sets.items() if value is FLIP), None)
        if flipped:
            local["FLIP"] = not self.now(flipped)
        new = {name: self.new(name, value, local) for name, value in sets.items()}
        if new and all(self.now(name) == value for name, value in new.items()):
            return None
        request = call.request if call.alone else {**self.row.by, **(call.request or {})}
        return self.made(
            call.event,
            self.filled(request, local),
            self.filled(usual if call.answer is None else call.answer, local),
            change=changes(self.thing, new),
            service=call.service,
            resources=self.resources(call, local),
        )

    def made(self, event, request, answer=None, *, service="", resources=(), **more):
        service = service or self.row.service
        lists = listed(service, event, request, answer, [each["ARN"] for each in resources])
        lists = () if self.untold and unsure(service, event) else lists
        if self.row.guessed:  # nobody knows what event history lists of it
            lists = self.m.maybe(0.4, self.m.pick(self.called or self.thing.id, self.thing.arn))
        told = {"request": request, "answer": answer, "resources": resources, **more}
        return Op(service=service, operation=event, lists=tuple((None, each) for each in lists), **told)

    def resources(self, call, local):
        arns, own = call.resources, self.row.resources and not call.service and call.event != "CreateBucket"
        arns = (("$arn",) if own else ()) if arns is None else arns
        held = {"accountId": self.m.account, "type": self.row.type}
        return [{**held, "ARN": each} for each in self.filled(arns, local)]

    def as_told(self, name):
        told = self.thing.captured.config if self.thing.captured else {}
        return self.born.get(name) == self.thing.config.get(name) == told.get(name)

    def now(self, name):
        return self.thing.extra.get(name[1:]) if name[0] == "+" else self.thing.config.get(name)

    def new(self, name, value, local):
        if isinstance(value, More):
            return [*(self.now(name) or []), self.filled(value.value, local)]
        return self.filled(value, local)

    # Tags.

    def tag(self, tags):
        told = {**self.thing.tags, **tags} if self.row.tag.whole else tags
        return self.tagging(0, self.row.tag.into, self.pairs(told), retag(self.thing, tags))

    def untag(self, keys):
        way, change = self.row.tag, retag(self.thing, gone=keys)
        if way.whole:
            left = {key: text for key, text in self.thing.tags.items() if key not in keys}
            return self.tagging(0 if left else 1, way.into if left else "", left and self.pairs(left), change)
        named = [{**self.filled(way.each), way.form.split("/")[0]: key} for key in keys]
        return self.tagging(1, way.keys, named if way.keys == way.into else list(keys), change)

    def pairs(self, tags):
        """Return tags as the service's call has them; S3's XML has no list of one."""
        way, each, told = self.row.tag, self.filled(self.row.tag.each), shaped(tags, self.row.tag.form)
        if way.into.endswith(".Tag") and len(told) == 1:
            return told[0]
        return [{**each, **one} for one in told] if each else told

    def tagging(self, which, into, told, change):
        for part in reversed(into.split(".") if into else ()):
            told = {part: told}
        way, local = self.row.tag, {}
        call = Call(way.calls[which], {**self.filled(way.by, local), **told}, self.row.answer)
        answer, arns = self.filled(call.answer, local), self.resources(call, local)
        return self.made(call.event, call.request, answer, change=change, resources=arns)

    # Slots.

    def filled(self, template, local=None):
        """Return a template with its slots filled in, at any depth; `local`: the values of one call."""
        match template:
            case str():
                return SLOT.sub(lambda found: str(self.slot(found[1] or found[3], found[2], local)), template)
            case dict():
                return {self.filled(key, local): self.filled(value, local) for key, value in template.items()}
            case list() | tuple():
                return [self.filled(each, local) for each in template]
        if template is N:
            return self.slot("n", None, local)
        if template is FLIP:
            return local["FLIP"]
        return shaped(self.thing.tags, self.row.tag.form) if template is TAGS else template

    def slot(self, name, length, local):
        if self.thing is not None and name in {"id", "arn"}:
            return getattr(self.thing, name)
        if self.thing is not None and name == "name" and self.thing.name != self.called:
            return self.thing.name
        key, known = f"{name}:{length}", self.facts if local is None else local
        if name in self.facts or key in self.facts:
            return self.facts[name if name in self.facts else key]
        if key not in known:
            known[key] = self.fresh(name, length, local)
        return known[key]

    def fresh(self, name, length, local):
        word, m = name.rstrip("0123456789"), self.m
        if name in self.row.words:
            return self.filled(m.pick(*self.row.words[name]), local)
        match word:
            case "n":
                return m.next()
            case "uuid":
                return m.uuid()
            case "hex":
                return m.hex(length=int(length))
            case "up" | "UP":
                letters = m.letters(length=int(length))
                return letters if word == "UP" else letters.lower()
            case "ip":
                return f"203.0.113.{1 + m.next() % 250}"
            case "other":
                return f"other-{m.next()}"
        return m.hex(f"{HYPHENATED.get(word, word)}-0", 16)
