"""What is reported where, once to each destination; what is kept of it, and where in IaC it is that was changed."""

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from iacwatch.core.iac import AddressRules, Indexed, StackMetadata
from iacwatch.core.model import Evidence, Managed, Verdict
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Reported
from iacwatch.core.present.record import record
from iacwatch.errors import AwsError, ParseError, Stopping
from iacwatch.ledgers.memory import MemoryLedger, MemoryNotes
from iacwatch.pipeline.addresses import Addresses
from iacwatch.pipeline.case import Case
from iacwatch.pipeline.records import Records
from iacwatch.pipeline.remembered import LEASE
from iacwatch.pipeline.reporting import Reporting
from iacwatch.ports import RETENTION, Delivered, Delivery, Failure
from tests.fixtures import indexed
from tests.fixtures.builders import change, entry, finding, many, resource, unattributed
from tests.fixtures.clocks import NOON, TickingClock

SLACK, EVENTS = "slack", "events"


@dataclass
class Place:
    """A sink that takes everything but where it is `down`; `remembered` False: it shows everything."""

    remembered: str | bool
    down: Exception | None = None
    taken: list = field(default_factory=list)

    def emit(self, findings):
        if isinstance(self.down, AwsError | Stopping):
            raise self.down
        answer = Failure(reason=str(self.down)) if self.down else Delivered()
        self.taken.extend(each.finding_id for each in findings if not self.down)
        return {each.finding_id: answer for each in findings}


def cases_of(*findings):
    delivery = Delivery(id="0", document="")
    return [Case(delivery=delivery, change=each.change, finding=each) for each in findings]


class World:
    """One ledger, two destinations and what shows everything, and a run over some findings with each call."""

    def __init__(self):
        self.ledger, self.clock, self.notes = MemoryLedger(), TickingClock(NOON), MemoryNotes()
        self.slack, self.bus, self.shown = Place(SLACK), Place(EVENTS), Place(False)

    def run(self, *findings, to=None, **more):
        reporting = Reporting(
            sinks=to or [self.slack, self.bus],
            ledger=self.ledger,
            clock=self.clock,
            records=Records(self.notes),
            known=[SLACK, EVENTS],
            **{"verdicts": frozenset(Verdict), **more},
        )
        cases = cases_of(*findings)
        reporting.close_reported(cases)
        try:
            reporting.report(cases)
        except (AwsError, Stopping) as ended:
            return [ended, *(case.outcome for case in cases)]
        return [case.outcome for case in cases]

    def kinds(self, *findings, **more):
        return [type(each) for each in self.run(*findings, **more)]

    @property
    def everywhere(self):
        return [self.slack, self.bus, self.shown]

    @property
    def taken(self):
        return tuple(each.taken for each in self.everywhere)

    def claim(self, key):
        return self.ledger.claim([key], now=self.clock.now(), lease=LEASE)[key].grant


@pytest.fixture
def world():
    return World()


ILL = OSError("it is ill")
FAILED = Failed(reason="it is ill")


@pytest.mark.parametrize("ill", [(), (SLACK,), (EVENTS,), (SLACK, EVENTS)])
def test_each_destination_gets_each_finding_once_whichever_was_ill_before(world, ill):
    one = finding()
    world.slack.down, world.bus.down = (ILL if place in ill else None for place in (SLACK, EVENTS))
    assert (world.run(one) == [FAILED]) is bool(ill)
    # The record is kept once any destination took it.
    assert bool(Records(world.notes).find(one.finding_id, now=NOON)) is (len(ill) < 2)
    world.slack.down = world.bus.down = None
    assert world.kinds(one) == [Reported if ill else Duplicate]
    assert world.run(one) == [Duplicate(finding_id=one.finding_id)]
    # What shows everything shows it as often as it is asked.
    assert world.kinds(one, to=world.everywhere) == [Reported]
    assert world.taken == ([one.finding_id],) * 3


def test_what_a_ledger_knows_from_before_counts_for_slack_alone(world):
    one = finding()
    world.ledger.complete([world.claim(one.finding_id)], now=NOON)
    assert world.kinds(one) == [Reported]
    assert world.taken == ([], [one.finding_id], [])


def of_one_cause(count):
    return [replace(each, cause_key="c" * 32) for each in many(count)]


def test_a_cause_that_was_reported_counts_for_its_destination(world):
    one, other, third = of_one_cause(3)
    world.bus.down = ILL
    world.run(one)
    world.bus.down = None
    assert world.kinds(other) == [Reported]
    assert world.run(other, to=[world.slack]) == [Duplicate(finding_id=other.finding_id)]
    assert world.kinds(third, to=[world.shown], new_only=True) == [Duplicate]
    assert world.kinds(third, to=[world.slack, world.shown]) == [Reported]
    assert world.taken == ([one.finding_id], [other.finding_id], [third.finding_id])


def test_changes_of_one_cause_are_reported_once_and_stay_together_where_that_fails(world):
    one, other = of_one_cause(2)
    world.slack.down = ILL
    assert world.run(one, other) == [FAILED] * 2
    world.slack.down = None
    second, first = world.run(other, one, to=[world.slack])
    assert (second, type(first)) == (Duplicate(finding_id=one.finding_id), Reported)
    assert world.slack.taken == [one.finding_id]


@pytest.mark.parametrize("key", ["finding_id", "cause_key"])
def test_what_another_run_is_reporting_waits_for_a_lease_and_holds_nothing(world, key):
    (one,) = of_one_cause(1)
    world.claim(getattr(one, key))
    (outcome,) = world.run(one, to=[world.slack])
    assert outcome == Deferred(until=outcome.until, why="another run is reporting it")
    assert timedelta(0) < outcome.until - world.clock.now() <= LEASE
    assert world.claim(one.cause_key if key == "finding_id" else one.finding_id)


def test_what_another_run_is_reporting_to_one_destination_waits_while_the_other_gets_it(world):
    one = finding()
    held = world.claim(f"{one.finding_id}@{EVENTS}")
    assert (world.kinds(one), world.taken) == ([Deferred], ([one.finding_id], [], []))
    world.ledger.release([held])
    assert (world.kinds(one), world.taken) == ([Reported], ([one.finding_id], [one.finding_id], []))


def test_where_a_ledger_cannot_say_how_long_it_is_held_it_waits_for_a_whole_lease(world):
    one, claim = finding(), world.ledger.claim
    world.claim(one.finding_id)
    world.ledger.claim = lambda *ids, **more: {
        key: replace(each, until=None) for key, each in claim(*ids, **more).items()
    }
    assert world.run(one)[0].until == world.clock.now() + LEASE


def test_who_wants_to_know_what_is_not_reported_is_told(world):
    told, first = [], finding()
    world.slack.notice = told.extend
    world.run(first, unattributed(), verdicts=frozenset({Verdict.UNATTRIBUTED}))
    assert [each.finding_id for each in told] == [first.finding_id]


def test_what_shows_everything_shows_it_in_the_order_of_its_source(world):
    findings = many(3)
    for newest_first in (False, True):
        world.run(findings[1], findings[0], findings[2], to=[world.shown], newest_first=newest_first)
    assert world.shown.taken == [each.finding_id for each in (*findings, *findings[::-1])]


def test_where_one_of_two_shows_it_and_the_other_cannot_the_change_fails(world):
    ill = Place(False, ILL)
    for places in ([ill, world.shown], [world.shown, ill]):
        assert world.run(finding(), to=places) == [FAILED]


@pytest.mark.parametrize("end", [Stopping("SIGTERM"), AwsError("no ledger"), ILL])
def test_where_the_second_of_two_destinations_fails_nothing_is_shown_and_the_change_comes_back(world, end):
    one = finding()
    world.bus.down = end
    assert world.run(one, to=world.everywhere) == ([FAILED] if end is ILL else [end, None])
    assert world.taken == ([one.finding_id], [], [])
    world.bus.down = None
    assert world.kinds(one, to=world.everywhere) == [Reported]
    assert world.taken == ([one.finding_id],) * 3


def test_what_is_new_only_is_shown_once_whichever_destination_there_is(world):
    first, second, third = many(3)
    world.run(first, to=[world.slack])
    world.run(second, to=[world.bus])
    outcomes = world.kinds(first, second, third, to=[world.shown], new_only=True)
    assert outcomes == [Duplicate, Duplicate, Reported]
    assert world.shown.taken == [third.finding_id]


def called(digits, **fields):
    return replace(finding(**fields), finding_id=digits.ljust(32, "0"))


def found(records, digits, now=NOON):
    return [each.finding_id[:10] for each in records.find(digits, now=now)]


def test_a_finding_is_found_by_eight_digits_or_more_as_long_as_the_ledger_remembers():
    records = Records(MemoryNotes())
    records.keep([called("9f2c1a0411"), called("9f2c1a0422"), called("00000000")], now=NOON)
    records.keep([called("9f2c1a0433"), called("9f2c1a0411", reason="again")], now=NOON)
    alike = ["9f2c1a0411", "9f2c1a0422", "9f2c1a0433"]
    for digits, ids in (("9f2c1a04", alike), ("9f2c1a0412", []), ("ffffffff", []), (alike[1], alike[1:2])):
        assert found(records, digits) == ids
        assert found(records, digits.ljust(32, "0")) == (ids if len(ids) < 2 else [])
    assert records.find(alike[0], now=NOON)[0].reason == "again"
    assert found(records, "9f2c1a04", NOON + RETENTION - timedelta(seconds=1)) == alike
    assert not found(records, "9f2c1a04", NOON + RETENTION)


def test_a_finding_of_any_size_is_kept_and_two_of_them_are():
    records = Records(MemoryNotes())
    values = tuple(entry(f"Configuration.p{number}", "ü" * 20_000, "y") for number in range(10))
    large = [called(f"9f2c1a04{end}", change=change(diff=values)) for end in (11, 22)]
    records.keep(large, now=NOON)
    for each in large:
        (kept,) = records.find(each.finding_id, now=NOON)
        shown = record(kept)["change"]["changed_properties"]
        assert [entry["path"] for entry in shown] == [f"Configuration.p{number}" for number in range(10)]
        assert {entry["previous"] for entry in shown} == {"(too large to be kept)"}


class Broken(MemoryNotes):
    def read(self, keys, *, now):
        raise AwsError("no answer")


def test_where_nothing_can_be_kept_the_log_says_so_and_the_report_stands(caplog):
    with caplog.at_level(logging.WARNING):
        Records(Broken()).keep([finding()], now=NOON)
    assert caplog.messages == ["the record of what was reported is not kept: no answer"]
    with pytest.raises(AwsError):
        Records(Broken()).find("9f2c1a04", now=NOON)


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, '{"9f2c1a04": 1}'])
def test_a_note_that_is_no_record_or_one_of_another_make_is_an_error(text):
    notes = MemoryNotes()
    notes.write({"record:9f2c1a04": text}, now=NOON, expires_at=NOON + RETENTION)
    ours = "the ledger's note record:9f2c1a04 is not a record; delete it"
    with pytest.raises(ParseError, match="a kept record cannot be read" if "1" in text else ours):
        Records(notes).find("9f2c1a04", now=NOON)


STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/net/0a"
NAMED = (("stack-name", "net"), ("stack-id", STACK), ("logical-id", "Web"))
TAGS = {f"aws:cloudformation:{key}": value for key, value in NAMED}
BY_STACK = finding(managed=Managed(value="cdk", evidence=Evidence.TAGS, tags=TAGS))


class Book:
    """An index and CloudFormation in one, which count what they are asked, and answer it with `answer`."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def find(self, resources, *, now):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.metadata(resources) if now == NOON else {}

    def metadata(self, resources):
        self.asked.append(list(resources))
        return dict.fromkeys(resources, self.answer) if self.answer else {}


def located(addresses, *of):
    assert addresses.locate(of, now=NOON)
    return [case.finding for case in of]


def test_a_wave_is_one_question_and_each_finding_gets_address_next_apply_and_next_steps():
    book = Book(Indexed(rows=(indexed.row(),), covered=True))
    one, other = cases_of(finding(), finding())
    nobody = Case(delivery=Delivery(id="1", document=""), change=change())
    for found in located(Addresses(rules=AddressRules(), book=book), one, other, nobody)[:2]:
        assert (found.iac.address, found.iac.stack) == (indexed.ADDRESS, "live/prod/net")
        assert found.next_apply.rule
        assert [step.kind for step in found.next_steps][:1] == ["plan"]
    assert book.asked == [[resource()]]
    assert (one.located.iac, nobody.finding) == (one.finding.iac, None)
    assert located(Addresses(rules=AddressRules(), book=book), nobody) == [None]
    assert len(book.asked) == 1


@pytest.mark.parametrize("answer", [Failure(reason="the index x is shut"), AwsError("the index x is shut")])
def test_an_index_that_cannot_be_read_is_said_once_and_holds_nothing_back(answer, caplog):
    addresses = Addresses(rules=AddressRules(), book=Book(answer))
    for _ in range(2):
        first, second = cases_of(*many(2))
        assert [found.iac for found in located(addresses, first, second)] == [None, None]
        assert first.located.unread == "the index x is shut"
    assert caplog.messages == ["addresses are not looked up: the index x is shut"]


def test_what_a_stacks_template_says_is_asked_for_what_its_tags_name_alone():
    path = "Net/Web/Resource"
    book = Book(StackMetadata(cdk_path=path))
    addresses = Addresses(rules=AddressRules(), stacks=book)
    found = located(addresses, *cases_of(BY_STACK, BY_STACK, finding()))
    assert [each.iac and each.iac.address for each in found] == [path, path, None]
    ((asked,),) = book.asked
    assert (asked.stack, asked.logical_id, asked.region) == (STACK, "Web", "eu-west-1")
    assert located(addresses, *cases_of(finding()))
    assert len(book.asked) == 1
    (unknown,) = located(Addresses(rules=AddressRules(), stacks=Book(None)), *cases_of(BY_STACK))
    assert unknown.iac.address == "Web"
