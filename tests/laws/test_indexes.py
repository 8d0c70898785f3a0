"""What every index of addresses keeps, so that no address is another object's, or of half a state."""

import random
import threading
from dataclasses import fields, replace
from datetime import timedelta
from itertools import count

import pytest

from iacwatch.core.addresses.versions import GONE_FOR
from iacwatch.core.iac import PLAN, AddressRow, Engine, Indexed, Planned, StateHead, StateRows
from iacwatch.ports import Replaced
from tests.fixtures.builders import resource
from tests.fixtures.clocks import NOON
from tests.fixtures.hostile_text import TEXTS
from tests.fixtures.state_rows import A, B, firewall, group, role, row, state
from tests.laws.stores import INDEXES, at_once, over

DAY = timedelta(days=1)
NEWLY = timedelta(minutes=10)
FIRST = "s3://acme/web.tfstate"
store = over(**INDEXES)


@pytest.fixture
def index(store):
    return store()


def found(index, asked, now=NOON):
    """Return what an index knows of one resource."""
    return index.find([asked], now=now)[asked]


def addresses(index, asked, now=NOON):
    """Return the addresses of a resource, those that are gone in brackets."""
    rows = found(index, asked, now).rows
    return [f"({each.row.address})" if each.gone_at else each.row.address for each in rows]


def put(index, *rows, at=NOON, **head):
    """Put a state, by default the first of web's."""
    return index.replace(state(*rows, **head), now=at)


def said(index, text):
    """Return the addresses that a search finds."""
    return [each.row.address for each in index.search(text, now=NOON)]


def test_a_row_is_found_by_others_with_all_that_was_put(store):
    times = {"seen_at": NOON + timedelta(microseconds=5), "planned_at": NOON}
    planned = Planned(
        actions=("delete", "create"), action_reason="x", replace_paths=("a.0",), drift_only=True
    )
    more = {"region": "eu-west-1", "parent": "p", "exclusive": True, "direction": "egress", "deposed": "8a"}
    full = row(planned=planned, **more)
    texts = ("stack", "repository", "directory", "commit", "version", "owner", "command", "lineage")
    more = {"serial": 7, **{name: f"some {name}" for name in texts}, **times}
    head = StateHead(place=FIRST, engine=Engine.OPENTOFU, **more)
    assert None not in {getattr(head, each.name) for each in fields(head)}
    assert store().replace(StateRows(head=head, rows=(full,)), now=NOON) is Replaced.WRITTEN
    (one,) = found(store(), role()).rows
    assert (one.row, one.head, one.gone_at) == (full, head, None)
    assert list(store().states()) == [head]


def test_rows_are_found_by_what_they_are_and_searched_by_what_people_call_them(index):
    cluster, logs = f"arn:aws:ecs:eu-west-1:{A}:cluster/shop", f"arn:aws:logs:eu-west-1:{A}:log-group:/l"
    keyed = 'module.net.aws_security_group.group["web"]'
    put(
        index,
        row("named", arn=""),
        row("known", id="?"),
        group(),
        group("x", address=keyed),
        row("other", address="aws_iam_role.role[0]"),
        row("w", address="aws_cloudwatch_log_group.w", type="aws_cloudwatch_log_group", arn=logs, id="/l"),
        row("c", address="aws_ecs_cluster.c", arn=cluster, id=cluster),
    )
    expected = {
        "aws_iam_role.known": ["aws_iam_role.known"],
        f"arn:aws:iam::{A}:role/known": ["aws_iam_role.known"],
        "?": ["aws_iam_role.known"],
        "sg-web": ["aws_security_group.web"],
        "aws_iam_role": [],
        # By the name in the code, by a key in words, and by no number.
        "web": ["aws_security_group.web", keyed],
        "group": [keyed],
        "0": [],
        # By either way to write a log group's ARN, and by the last part of an ARN.
        logs: ["aws_cloudwatch_log_group.w"],
        f"{logs}:*": ["aws_cloudwatch_log_group.w"],
        "shop": ["aws_ecs_cluster.c"],
    }
    assert {text: said(index, text) for text in expected} == expected
    assert addresses(index, role("named")) == ["aws_iam_role.named"]
    assert addresses(index, role("known")) == ["aws_iam_role.known"]
    assert addresses(index, firewall()) == ["aws_security_group.web"]
    assert addresses(index, role("role")) == addresses(index, role("shop")) == []


def test_parts_come_with_what_they_are_parts_of(index):
    parts = [
        group(f"rule{number}", type="aws_security_group_rule", parent="sg-web", id=f"sgr-{number}")
        for number in range(2)
    ]
    policy = row("p", type="aws_iam_role_policy", id="web:p", arn="", parent=f"arn:aws:iam::{A}:role/web")
    put(index, group(), *parts, row(), policy)
    names = ["rule0", "rule1", "web"]
    assert addresses(index, firewall()) == [f"aws_security_group.{name}" for name in names]
    assert addresses(index, role()) == ["aws_iam_role.p", "aws_iam_role.web"]
    assert [each.row.id for each in index.search("sg-web", now=NOON)] == ["sg-web"]


def test_equal_names_in_two_accounts_or_regions_are_two_objects(index):
    theirs = row(address="aws_iam_role.theirs", account_id=B, arn=f"arn:aws:iam::{B}:role/web")
    put(index, row(), group(id="fw"), group(id="fw", region="us-east-1", address="x.y"))
    put(index, theirs, place="other")
    assert addresses(index, role()) == ["aws_iam_role.web"]
    assert addresses(index, role(account=B)) == ["aws_iam_role.theirs"]
    assert [each.row.account_id for each in index.search("web", now=NOON) if "iam" in each.row.type] == [B, A]
    answers = {"eu-west-1": ["aws_security_group.web"], "us-east-1": ["x.y"]}
    answers["global"] = answers["eu-west-1"] + answers["us-east-1"]
    for region, expected in answers.items():
        assert addresses(index, firewall(id="fw", region=region)) == expected


def test_a_row_of_an_unknown_account_is_answered_for_what_bears_its_name_wherever(index):
    sure, bucket = "sg-0a1b2c3d4e5f60718", "acme-logs"
    rows = [group(id=sure), group(id="web", address="a.b"), group(id=bucket, address="aws_s3_bucket.logs")]
    put(index, *(AddressRow(address=each.address, type=each.type, id=each.id) for each in rows))
    for account in (A, B):
        assert addresses(index, firewall(id=sure, account_id=account)) == ["aws_security_group.web"]
        assert addresses(index, firewall(id="web", account_id=account)) == ["a.b"]
        assert addresses(index, firewall(id="webs", account_id=account)) == []
        logs = resource(account_id=account, region="eu-west-1", type="AWS::S3::Bucket", id=bucket)
        assert addresses(index, logs) == ["aws_s3_bucket.logs"]
    assert said(index, "web") == ["a.b", "aws_security_group.web"]


def test_an_account_is_covered_by_what_a_state_holds_now_and_by_no_plan(index):
    put(index, row(account_id=B), place="p" + PLAN, planned_at=NOON)
    put(index, row(), group(account_id=""), row("odd", account_id="*", arn=""))
    assert found(index, firewall("none")) == Indexed(covered=True)
    assert not found(index, role("none", account=B)).covered
    assert addresses(index, role("odd")) == []
    put(index, row(account_id="*", arn=""), serial=2)
    assert not found(index, firewall("none")).covered


def test_a_plan_stands_beside_its_state_until_a_later_one(store):
    def plan(*rows, at):
        return state(*rows, place="web" + PLAN, planned_at=NOON + at, serial=0, lineage="")

    changed = row(planned=Planned(actions=("update",)))
    put(store(), row(), place="web")
    assert store().replace(plan(changed, row("new"), at=DAY), now=NOON) is Replaced.WRITTEN
    assert [each.row.planned for each in found(store(), role()).rows] == [None, changed.planned]
    assert store().replace(plan(row("late"), at=timedelta(0)), now=NOON) is Replaced.OLDER
    assert addresses(store(), role("late")) == []
    assert store().replace(plan(row("newest"), at=2 * DAY), now=NOON) is Replaced.WRITTEN
    assert [each.row.planned for each in found(store(), role()).rows] == [None]
    assert addresses(store(), role("new")) == []
    assert addresses(store(), role("newest")) == ["aws_iam_role.newest"]
    assert [head.place for head in store().states()] == ["web", "web" + PLAN]


def test_what_is_gone_is_answered_for_thirty_days_and_then_forgotten(store):
    less = group(account_id="", region="", id="sg-0a1b2c3d4e5f60718")  # (of which more is learned)
    put(store(), row("stays"), row("gone"), group(), less)
    put(store(), row("dropped"), place="other")
    more = group(id=less.id, arn=f"arn:aws:ec2:eu-west-1:{A}:security-group/{less.id}")
    put(store(), row("stays"), more, serial=2, at=NOON + DAY)
    assert [(each.row, each.gone_at) for each in found(store(), firewall(id=less.id)).rows] == [(more, None)]
    store().drop(["other", "never there"], now=NOON + DAY)
    last, late = NOON + DAY + GONE_FOR - timedelta(milliseconds=1), NOON + DAY + GONE_FOR
    assert addresses(store(), role("gone"), last) == ["(aws_iam_role.gone)"]
    assert addresses(store(), role("gone"), late) == []
    assert [each.gone_at for each in store().search("sg-web", now=last)] == [NOON + DAY]
    assert list(store().search("sg-web", now=late)) == []
    put(store(), row("stays"), serial=3, at=late)
    store().drop([], now=late)
    for forgotten in ("gone", "dropped"):
        assert addresses(store(), role(forgotten), NOON) == []
    assert addresses(store(), role("stays"), NOON + 99 * DAY) == ["aws_iam_role.stays"]


def test_texts_are_plain_text_whatever_they_hold(store):
    more = ["'; DROP TABLE row; --", "a%", "A", "a", "id#x#y", "#", "ü" * 3_000]
    odd, place = [*dict.fromkeys(filter(None, TEXTS)), *more], "\udcff\0odd"
    rows = [row(address=f"a.b[{text}]", id=text, arn="", parent=text[::-1]) for text in odd]
    put(store(), *rows, place=place, owner=TEXTS[0], stack="\ud800")
    index = store()
    asked = [replace(role(), id=text, name=None, arn=None) for text in odd]
    answered = index.find(asked, now=NOON)
    for text, one in zip(odd, asked, strict=True):
        assert f"a.b[{text}]" in [each.row.address for each in answered[one].rows]
        assert [each.row.id for each in index.search(text, now=NOON)] == [text]
        (hit,) = index.search(f"a.b[{text}]", now=NOON)
        assert (hit.head.place, hit.head.owner, hit.head.stack) == (place, TEXTS[0], "\ud800")
    store().drop([place], now=NOON)
    assert list(store().states()) == []


OBJECTS = [role("stays"), role("moves"), role("leaves"), role("comes"), firewall("grows"), role("theirs", B)]
THEIRS = row("theirs", account_id=B, arn=f"arn:aws:iam::{B}:role/theirs")
OLD = (row("stays"), row("moves", address="a.before"), row("leaves"), THEIRS, group("grows"))
PART = group("part", parent="sg-grows", id="sgr-1")
NEW = (row("stays"), row("moves", address="a.after"), row("comes"), group("grows"), PART)


def view(index, objects=OBJECTS, now=NOON + NEWLY):
    """Return everything that can be seen of a few objects, and all states."""
    known = [
        (sorted(repr((each.row.address, each.head, each.gone_at)) for each in one.rows), one.covered)
        for one in index.find(objects, now=now).values()
    ]
    return known, list(index.states())


class Killed(Exception):
    """What ends a writer in a test, at whatever it was about to do."""


@pytest.mark.parametrize("before", [(), OLD], ids=["new", "again"])
def test_a_writer_that_dies_at_any_point_leaves_the_old_version_or_the_new_one(store, before):
    if before:
        put(store(), *before)
    old, seen = view(store()), []
    for lives in count():
        steps = count()

        def step(steps=steps, lives=lives):
            if next(steps) >= lives:
                raise Killed

        try:
            store.watched(step).replace(state(*NEW, serial=2), now=NOON)
            break
        except Killed:
            seen.append(view(store()))
    new = view(store())
    assert lives > 5
    assert new != old == seen[0]
    assert addresses(store(), role("moves")) == (["a.after", "(a.before)"] if before else ["a.after"])
    assert all(each in (old, new) for each in seen)
    assert seen == sorted(seen, key=[old, new].index)


class Naive:
    """What an index has to answer, as simply as can be."""

    def __init__(self):
        self.places = {}

    def replace(self, new, now):
        head, rows, dropped = self.places.get(new.head.place, (None, {}, True))
        if not dropped and head.lineage == new.head.lineage and head.serial > new.head.serial:
            return Replaced.OLDER
        recreated = not dropped and head.lineage != new.head.lineage
        self._keep(new.head, rows, new.rows, now, dropped=False)
        return Replaced.RECREATED if recreated else Replaced.WRITTEN

    def drop(self, places, now):
        for place in places:
            head, rows, dropped = self.places.get(place, (None, {}, True))
            if not dropped:
                self._keep(head, rows, (), now, dropped=True)

    def _keep(self, head, before, rows, now, *, dropped):
        after = dict.fromkeys(rows)
        for each, gone_at in before.items():
            after.setdefault(each, gone_at or now)
        self.places[head.place] = head, after, dropped

    def view(self, objects, now):
        there = [(each, head, gone) for head, rows, _ in self.places.values() for each, gone in rows.items()]
        known = []
        for asked in objects:
            mine = [(each.address, head, gone) for each, head, gone in there if each.arn == asked.arn]
            rows = [each for each in mine if each[2] is None or now < each[2] + GONE_FOR]
            covered = any(each.account_id == asked.account_id and gone is None for each, _, gone in there)
            known.append((sorted(map(repr, rows)), covered))
        heads = [head for head, _, dropped in self.places.values() if not dropped]
        return known, sorted(heads, key=lambda head: head.place)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_written_is_answered_as_a_simple_model_of_it_does(store, seed):
    """Older serials, equal ones, other lineages, states that are dropped and come back, rows that go and come."""
    dice, naive, now = random.Random(seed), Naive(), NOON
    assert store().find([], now=now) == {}
    assert list(store().search("web", now=now)) == []
    pool = [row(name, address=f"a.{where}") for name in "abcd" for where in "xy"]
    pool += [row(name, account_id=B, arn=f"arn:aws:iam::{B}:role/{name}") for name in "ab"]
    objects = [role(name) for name in "abcde"] + [role(name, B) for name in "ab"]
    assert view(store(), objects) == naive.view(objects, now)
    for step in range(60):
        index, now = store(), now + timedelta(days=dice.choice([0, 0, 1, 12]))
        place = dice.choice("pq")
        if dice.random() < 0.2:
            index.drop([place], now=now)
            naive.drop([place], now)
        else:
            rows, seen_at = dice.sample(pool, dice.randrange(len(pool))), NOON + timedelta(seconds=step)
            head = {"serial": dice.randrange(4), "lineage": dice.choice("lllm"), "seen_at": seen_at}
            new = state(*rows, *rows[:1], place=place, **head)
            assert index.replace(new, now=now) is naive.replace(new, now)
        assert view(store(), objects, now) == naive.view(objects, now)


def test_of_writers_at_once_the_newest_serial_stands_in_the_end_and_other_states_stay(store):
    serials = list(range(1, 30))
    random.Random(4).shuffle(serials)
    start = threading.Barrier(3)

    def write(part):
        index = store()
        start.wait()
        for serial in serials[part::3]:
            put(index, row(f"r{serial}"), row("all"), serial=serial)
            put(index, row("all", address=f"a.s{part}"), place=f"{part}", serial=serial)

    at_once(write, 0, 1, 2)
    standing = {head.place: head.serial for head in store().states()}
    assert standing == {f"{part}": max(serials[part::3]) for part in range(3)} | {FIRST: 29}
    assert addresses(store(), role("all")) == ["a.s0", "a.s1", "a.s2", "aws_iam_role.all"]
    there = [each for each in serials if f"aws_iam_role.r{each}" in addresses(store(), role(f"r{each}"))]
    assert there == [29]


def test_an_arn_in_many_states_gives_all_the_one_that_was_seen_last_first(store):
    index, text = store(), "x" * 400  # (of which less than a hundred fit into an item of DynamoDB)
    for number in range(100):
        put(index, row(address=f"a.s{number}{text}"), place=f"{number}", seen_at=NOON - number * DAY)
    assert addresses(store(), role()) == [f"a.s{number}{text}" for number in range(100)]


def test_a_group_with_more_rules_than_fit_into_one_item(store):
    ids = [f"sgr-{random.Random(number).randbytes(30).hex()}" for number in range(900)]
    rules = [group(f'rule["{at:05}"]', id=id_, parent="sg-web") for at, id_ in enumerate(ids)]
    put(store(), group(), *rules)
    assert len(addresses(store(), firewall())) == 901
    put(store(), group(), *rules[1:], serial=2)
    answered = addresses(store(), firewall())
    assert len(answered) == 901
    assert answered[-1] == '(aws_security_group.rule["00000"])'
