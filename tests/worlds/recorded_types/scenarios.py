"""Traps for objects of the recorded types beside those for things of any kind: parts, namesakes, parameters left out."""

from tests.worlds.blind.actors import OWN
from tests.worlds.blind.scenarios.scene import Scene, Unfit, place_of
from tests.worlds.blind.spelling import lower
from tests.worlds.recorded_types.rows import kinds
from tests.worlds.stage import OMITTED

UNIQUE_NAMES = frozenset({"AWS::ElasticBeanstalk::Environment"})
"""Types whose objects have an id, and yet no two of one name in an account and region."""
PLAIN = {"envelope": "eventbridge", "diff": "normal"}


OMITTED_BY = {
    "omitted_alone": (None, Scene.somebody),
    "omitted_beside_pipeline": (Scene.deployer, Scene.somebody),
    "omitted_by_pipeline": (Scene.deployer, Scene.deployer),
    "omitted_beside_person": (Scene.somebody, Scene.deployer),
}


def omitted(callers, s, make):
    """Two calls, or one, of which the second has its parameters left out: a person's is a lead, and explains nothing."""
    (first, second), kind, params = callers, s.one(make), make.params
    if not params or (len(params) == 1 and (params[0][3] or params[0][2] not in {"string", "integer"})):
        raise Unfit  # two calls in turn would leave nothing different
    calls = [s.do(first(s, kind), kind.updates[0](), kind)] if first else []
    last = kind.updates[len(params) > 1]()
    padded = s.do(second(s, kind), last, kind, 20, requestParameters=OMITTED)
    by_person = second == Scene.somebody
    told = {"verdict": "unattributed"} if by_person else {}
    truth = s.seen(kind, *([] if by_person else calls), after=20 + s.lag(kind, 400), **told, **PLAIN)
    truth.leads = {padded.id} if by_person else ()


def beside(s, kind, other, *, deed="update"):
    """A person does it to another object, the pipeline to this one."""
    ends = deed == "delete"
    mine, theirs = ((one.delete() if ends else s.update(one)) for one in (kind, other))
    ours, by = s.do(s.deployer(kind), mine, kind), s.do(s.somebody(other), theirs, other, 4)
    for one, call in ((kind, ours), (other, by)):
        s.seen(one, call, after=4 + s.lag(kind, 400), status="ResourceDeleted" if ends else "OK")


def its_part(s, make):
    """Something of another type is held by it."""
    _, service, short = make.type.split("::")
    row, called = make.data, {short + "Id", short + "Name"}
    parts = [
        part
        for part in kinds()
        if part is not make
        and part.type.startswith(f"AWS::{service}::")
        and row["pid"][-1] in {*called, "Id", "Name"}
        and part.held
        and {*called, short} & set(part.data["pid"])
    ]
    if not parts:
        raise Unfit
    kind = s.one(make)
    by_id = row["id"] and row["id"] in row["pid"]
    parent = kind.thing.config[row["id"]] if by_id else kind.called
    beside(s, kind, s.one(s.pick(*parts), place=place_of(kind), parent=parent))


def twin_elsewhere(s, make):
    """Another parent has one of its name."""
    if not make.held or {"DetectorId", "AwsAccountId"} & set(make.data["pid"]):
        raise Unfit
    kind = s.one(make)
    twin = s.one(make, place=place_of(kind), name=kind.called, parent="shop-2")
    beside(s, kind, twin, deed=s.pick("update", "delete") if make.data["update"] else "delete")


def namesake(s, make):
    """An object of another type of the service has its name."""
    row = make.data
    named = [each for each in kinds() if each.data["source"] == row["source"] and each is not make]
    named = [each for each in named if each.data["name"] and each.data["update"] and row["name"]]
    if not named:
        raise Unfit
    kind = s.one(make)
    other = s.one(s.pick(*named), place=place_of(kind), name=kind.called)
    beside(s, kind, other, deed=s.pick("update", "delete") if row["update"] else "delete")


def same_name(s, make):
    """Another object of the type has its name; their ids tell them apart."""
    calls = (make.data["update"] or {"sent": {}})["sent"].values()
    if not {"id", "name"} <= set(calls) or make.type in UNIQUE_NAMES:
        raise Unfit
    kind = s.one(make)
    beside(s, kind, s.one(make, place=place_of(kind), name=kind.called))


def sent_before_differs(s, make):
    """Two people change it within a minute; only what one of them sent differs."""
    kind = s.one(make)
    if len(make.params) < 2:
        raise Unfit
    (name, member, *_), as_before = make.params[1], kind.updates[1]()
    as_before.change = lambda: None
    as_before.request[lower(member)] = kind.thing.config[name]
    idle = s.do(s.somebody(kind), as_before, kind, 9)
    mine = s.do(s.somebody(kind), kind.updates[0](), kind)
    s.seen(kind, mine, after=9 + s.lag(kind, 400), **PLAIN).spared = {idle.id}


def aws_itself(s, make):
    """AWS acts under the root's name, or namelessly."""
    kind = s.one(make)
    service = f"{make.data['source']}.amazonaws.com"
    root = {"type": "Root", "principalId": OWN, "arn": f"arn:aws:iam::{OWN}:root", "accountId": OWN}
    host, identity = s.pick((service, {**root, "invokedBy": service}), ("AWS Internal", {"accountId": OWN}))
    told = {"userIdentity": {"invokedBy": host, **identity}}
    s.seen(kind, s.do(s.cast.service(host), s.update(kind), kind, **told), after=s.lag(kind, 400))


def created_untimed(s, make):
    kind = s.new(make)
    kind.thing.created = None
    s.seen(kind, s.do(s.somebody(kind), kind.create(), kind), after=60, status="ResourceDiscovered")


def siblings(s, make):
    """Two people create two objects of a type in the same seconds."""
    place = s.place()
    for after in (0, 2):
        kind = s.new(make, place)
        who = s.do(s.somebody(kind), kind.create(), kind, after)
        s.seen(kind, who, after=after + s.lag(kind, 400), status="ResourceDiscovered")


def part_beside_nothing(s, make):
    """Nobody called it, but its part."""
    kind = s.one(make)
    s.mentions(kind, -6, 0)
    s.update(kind).change()
    s.seen(kind, after=s.lag(kind, 400), verdict="unattributed", **PLAIN)
