"""Findings on a bus: what each event holds, sizes, entries that are refused, a bus that is not there."""

import json
from datetime import timedelta

import pytest

from iacwatch.core.present.record import record
from iacwatch.demo.fake.event_buses import MOST_BYTES
from iacwatch.errors import Stopping
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.event_bus import EventBus
from iacwatch.sinks.style import ReportStyle
from tests.fixtures import hostile_text
from tests.fixtures.builders import change, entry, finding, many, resource
from tests.fixtures.slack_posts import NOW
from tests.laws.sinks import events_client

CANNOT = "cannot put events on the bus findings:"
REFUSED = "AccessDeniedException: AccessDeniedException, says the demo's AWS.; let our policy and the bus's own allow events:PutEvents"  # fmt: skip


@pytest.fixture
def sink(aws, clock):
    client, style = events_client(aws), ReportStyle(redact=["configuration.size"])
    return EventBus(client=lambda: client, bus="findings", clock=clock, style=style)


def details(aws):
    return [json.loads(each["Detail"]) for each in aws.buses.put]


def sizes(aws):
    """Return how many entries each call held."""
    return [len(call.body["Entries"]) for call in aws.calls if call.operation == "PutEvents"]


def kinds(sink, *findings):
    answers = sink.emit(findings)
    return [type(answers[each.finding_id]) for each in findings]


def test_an_event_is_the_record_of_a_finding_and_no_resource_is_named_without_an_arn(aws, sink):
    diff = entry("Configuration.masterUserPassword", "hunter2", "hunter3"), entry("Configuration.size", 4, 5)
    one = finding(change=change(diff=diff))
    (answer,) = sink.emit([one]).values()
    (put,) = aws.buses.put
    assert json.loads(put.pop("Detail")) == record(one, redact=["configuration.size"])
    assert put == {
        "bus": "arn:aws:events:eu-west-1:111122223333:event-bus/findings",
        "EventBusName": "findings",
        "Source": "iacwatch",
        "DetailType": "iacwatch finding",
        "Resources": [one.change.resource.arn],
    }
    assert answer.detail.startswith("findings ")
    for arn in (None, "no arn"):
        sink.emit([finding(change=change(resource=resource(arn=arn)))])
    assert ["Resources" in each for each in aws.buses.put] == [True, False, False]


def large(text, size, **fields):
    """Build a finding whose values take so many bytes of JSON."""
    value = text * (20_000 // (len(json.dumps(text)) - 2))
    paths = [f"Configuration.p{number}" for number in range(size // 20_000)]
    return finding(change=change(diff=tuple(entry(path, value, "y") for path in paths)), **fields)


def test_a_call_holds_no_more_than_aws_takes_and_the_bus_is_looked_at_once(aws, sink):
    findings = [*many(23), *(large("x", 100_000, finding_id=f"{number:032}") for number in range(3))]
    assert set(kinds(sink, *findings[:23])) == set(kinds(sink, *findings[23:])) == {Delivered}
    assert sizes(aws) == [10, 10, 3, 2, 1]
    assert [call.operation for call in aws.calls].count("DescribeEventBus") == 1
    assert [each["finding_id"] for each in details(aws)] == [each.finding_id for each in findings]


@pytest.mark.parametrize("text", ["x", "\U0001f600"])
def test_what_is_too_large_loses_its_values_and_where_that_is_not_enough_some_properties(aws, sink, text):
    one = large(text, 260_000)
    endless = tuple(entry(f"Configuration.{number:0500}", "x", "y") for number in range(2_000))
    assert kinds(sink, one) == kinds(sink, finding(change=change(diff=endless))) == [Delivered]
    (detail, rest), whole = details(aws), record(one)
    assert max(len(put["Detail"]) for put in aws.buses.put) < MOST_BYTES
    assert {**detail, "change": 0} == {**whole, "change": 0, "shortened": True}
    left, had = (each["change"]["changed_properties"] for each in (detail, whole))
    assert left == [{**each, "previous": None, "updated": None} for each in had]
    assert 0 < len(rest["change"]["changed_properties"]) < 2_000


def test_whatever_strangers_wrote_is_a_detail_that_aws_takes_and_is_read_as_it_was(aws, sink):
    findings = hostile_text.findings()
    numbers = {"huge": 10**30, "small": -(2**63), "nested": [{"\ud800": [2**63]}], "float": 1e300}
    findings.append(finding(change=change(diff=(entry("Configuration.n", None, numbers),))))
    for each in findings:  # one by one, since many have one id
        assert kinds(sink, each) == [Delivered], each
    for put, each in zip(aws.buses.put, findings[:-1], strict=False):
        assert put["Detail"].isascii()
        assert put["Detail"].isprintable()
        same = json.loads(json.dumps(record(each)).replace("\\ud800", "?").replace("\\udfff", "?"))
        assert json.loads(put["Detail"]) == same
    (changed,) = details(aws)[-1]["change"]["changed_properties"]
    told = {"huge": str(10**30), "small": -(2**63), "nested": [{"?": [str(2**63)]}], "float": 1e300}
    assert changed["updated"] == told


@pytest.mark.parametrize("code", ["InternalFailure", "ThrottlingException", "InternalException"])
def test_an_entry_that_is_refused_is_sent_again_by_itself_unless_that_is_for_good(aws, sink, clock, code):
    aws.buses.refusals[:] = ["", code, "MalformedDetail", "AccessDeniedException", code]
    findings = many(4)
    answers = sink.emit(findings)
    assert [getattr(answers[each.finding_id], "reason", "") for each in findings] == [
        "", "", f"{CANNOT} MalformedDetail: MalformedDetail, says the demo's AWS.", f"{CANNOT} {REFUSED}",
    ]  # fmt: skip
    assert sizes(aws) == [4, 1, 1]
    assert clock.now() - NOW == timedelta(seconds=0.7)
    aws.buses.refusals[:] = [code] * 100
    (answer,) = sink.emit([finding()]).values()
    assert code in answer.reason
    assert len(sizes(aws)) == 3 + 5


def test_a_bus_that_may_not_be_looked_at_is_used_with_a_warning(aws, sink, caplog):
    aws.deny("events", "DescribeEventBus")
    assert set(kinds(sink, *many(2))) == set(kinds(sink, finding())) == {Delivered}
    (told,) = caplog.messages
    assert told.startswith("whether the bus findings exists cannot be seen: ")
    assert "events:DescribeEventBus" in told


@pytest.mark.parametrize(
    ("fault", "words"), [("AccessDeniedException", "grant events:PutEvents"), ("page", " events; try again")]
)
def test_a_call_that_fails_fails_each_of_its_findings_with_a_sentence(aws, sink, fault, words):
    aws.fail("events", "PutEvents", fault, times=100)
    answers = sink.emit(many(12))
    assert len(answers) == 12
    for answer in answers.values():
        assert answer.reason.startswith(f"{CANNOT} ")
        assert words in answer.reason
    assert aws.buses.put == []


def test_a_run_that_ends_between_two_calls_keeps_what_was_put(aws, sink, clock, monkeypatch):
    def stop(span):
        if span:
            raise Stopping("SIGTERM", exit_code=143)

    sink.emit([finding()])
    monkeypatch.setattr(clock, "sleep", stop)
    aws.buses.refusals[:] = [""] * 10 + ["ThrottlingException"] * 2
    findings = many(12)
    answers = sink.emit(findings)
    assert [type(answers[each.finding_id]) for each in findings] == [Delivered] * 10 + [Failure] * 2
    assert answers[findings[11].finding_id].reason == "not put on the bus: the run ended (SIGTERM)"
    aws.buses.refusals[:] = ["ThrottlingException"]
    with pytest.raises(Stopping):
        sink.emit([finding()])
