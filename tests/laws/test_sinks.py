"""What every sink keeps, so that the road knows of each finding whether it was told."""

from dataclasses import replace
from io import StringIO
from itertools import product

import pytest

from iacwatch.app.sinks import FORMATS
from iacwatch.core.model import ChangeType, Evidence, Managed, Verdict
from iacwatch.errors import DeliveryError
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.style import ReportStyle
from tests.fixtures.builders import actor, change, entry, event, finding, many, match, resource, unattributed
from tests.fixtures.streams import FullDisk, closed_pipe
from tests.laws.sinks import SINKS, report

HOSTILE = "<!channel> <@U1> [bold]x[/] \x1b[31m `*_~\u202e\ud800 \n=cmd()|\"'\\ &lt; https://evil.example.com"


@pytest.fixture(params=SINKS)
def opened(request, tmp_path):
    with SINKS[request.param](tmp_path) as make:
        yield make


@pytest.fixture
def sink(opened):
    sink = opened()
    yield sink
    sink.close()


def told(sink, *findings):
    """Emit, and expect that every finding was delivered, and nothing else answered for."""
    answers = sink.emit(findings)
    assert set(answers) == {each.finding_id for each in findings}
    assert {type(answer) for answer in answers.values()} <= {Delivered}, answers


def test_it_answers_for_every_finding_by_its_id_and_for_nothing_else(sink):
    assert sink.remembered is False or (isinstance(sink.remembered, str) and sink.remembered)
    assert type(sink.deferred_close) is bool
    told(sink, *many(7), unattributed(change=change(resource=resource(id="sg-other"))))
    assert dict(sink.emit([])) == {}


def test_it_tells_every_verdict_and_kind_of_change(sink):
    for verdict, kind in product(Verdict, ChangeType):
        told(sink, finding(verdict=verdict, change=change(change_type=kind)))
        told(sink, unattributed(verdict=verdict, change=change(change_type=kind, diff=None)))


def test_it_tells_a_finding_of_which_hardly_anything_is_known(sink):
    bare = resource(type="", id="", name=None, arn=None, region="", recorded_in="")
    unknown = dict.fromkeys(("arn", "principal", "account_id", "via", "source_ip", "user_agent"))
    call = event(
        event_id="", event_name="", event_source="", region="", actor=actor(name="", tool="", **unknown)
    )
    managed = Managed(value=None, evidence=Evidence.HISTORY)
    what = change(resource=bare, item=None, diff=None)
    told(sink, finding(change=what, managed=managed, match=match(event=call), reason=""))


def test_no_text_of_strangers_stops_it(sink):
    odd = HOSTILE * 40
    where = resource(type=odd, id=odd, name=odd, arn=odd, region=odd)
    who = actor(name=odd, arn=odd, principal=odd, tool=odd, user_agent=odd, source_ip=odd, repository=odd)
    what = finding(
        change=change(resource=where),
        managed=Managed(value=odd, evidence=Evidence.TAGS, tags={odd: odd}),
        match=match(event=event(event_id=odd, event_name=odd, actor=who), workflow=odd),
        reason=odd,
    )
    told(sink, what, replace(what, finding_id="another", verdict=Verdict.IN_WORKFLOW))


@pytest.mark.parametrize("findings", [[], [finding()]], ids=["empty", "told"])
def test_it_can_be_closed_twice_and_without_having_told_anything(opened, findings):
    sink = opened()
    told(sink, *findings)
    sink.close()
    sink.close()


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_report_hides_secrets_and_what_the_settings_name(form):
    secret = entry("Configuration.MasterUserPassword", "a-secret", "another")
    named = entry("Configuration.Owner", "carol", "dan")
    sink = report(form, out := StringIO(), style=ReportStyle(redact=["Configuration.owner"]))
    told(sink, finding(change=change(diff=(secret, named))))
    sink.close()
    text = out.getvalue()
    assert text.count("(redacted)") >= 4 or form.name == "table", "(a table shows no values)"
    assert not [word for word in ("a-secret", "another", "carol", "dan") if word in text]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_full_disk_is_a_failure_of_each_finding_or_of_the_whole_report(form):
    sink = report(form, FullDisk())
    (answer,) = sink.emit([finding()]).values()
    if sink.deferred_close:
        with pytest.raises(DeliveryError, match="cannot write the report: No space left"):
            sink.close()
    else:
        assert answer == Failure(reason="cannot write the report: No space left on device")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_closed_pipe_ends_the_run_or_fails_a_report_that_has_reached_nobody(form):
    with closed_pipe() as out:
        sink = report(form, out)
        if sink.deferred_close:
            sink.emit([finding()])
            with pytest.raises(DeliveryError, match="Broken pipe"):
                sink.close()
        else:
            with pytest.raises(BrokenPipeError):
                sink.emit([finding()])
