"""Messages in Slack that are kept current: what comes below them, and what is marked as undone."""

import json
from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock

import pytest

from iacwatch.core.model import ChangeType, Verdict
from iacwatch.core.present.record import company
from iacwatch.demo.fake.slack.blocks import complaints
from iacwatch.errors import DeliveryError
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.ledgers.note_text import unpacked
from iacwatch.ports import Delivered
from iacwatch.sinks.slack.client import Posted
from iacwatch.sinks.slack.open_messages import message_key, place_key
from tests.fixtures.builders import CALLED_AT, change, entry, finding, many, resource, unattributed
from tests.fixtures.slack_posts import NOW, by_workflow, later, odd_finding, only, parents, report, seen

PLACE = place_key("#iac", company(finding()))
DATABASE = resource(type="AWS::RDS::DBInstance", id="db-1", name="orders")


def test_what_the_same_actor_goes_on_doing_is_told_in_the_thread_by_whichever_run(aws, make):
    notes = MemoryNotes()
    report(make(notes=notes), finding())
    report(make(notes=notes), later(60), later(70))
    deleted = change(
        resource=resource(type="AWS::S3::Bucket", name="logs"), change_type=ChangeType.DELETE, diff=()
    )
    answer = only(report(make(notes=notes), later(460, change=deleted)))
    parent, _, third = aws.slack_messages
    assert parents(aws) == [None, parent["ts"], parent["ts"]]
    assert answer.detail == f"#iac {third['ts']}"
    assert [seen(each).count("more, last") for each in parent["earlier"]] == [0, 1]
    assert "*+3 more, last 10:19 UTC*, among them: `deleted S3 bucket logs`" in seen(parent)
    assert parent["text"].startswith("alice@example.com opened 22/tcp to 0.0.0.0/0 on security group web ")
    for each in (later(470, verdict=Verdict.IN_WORKFLOW), unattributed()):
        report(make(notes=notes), each)
    assert parents(aws)[3:] == [None, None]


def test_a_message_grows_a_window_beyond_its_last_change_and_six_in_all_and_is_updated_once_a_wave(aws, make):
    sink = make(group_window=timedelta(minutes=5))
    for seconds in (0, 299, 590, 890, 1_180, 1_470, 1_760, 2_050, 2_340, 2_630, 2_689, 2_690):
        sink.emit([later(seconds)])
    posted = [each["ts"] for each in aws.slack_messages]
    assert parents(aws) == [None, *2 * [posted[0]], None, *7 * [posted[3]], None]
    assert {call.operation for call in aws.calls} == {"chat.postMessage"}
    sink.notice([])
    sink.notice([])
    assert [call.operation for call in aws.calls].count("chat.update") == 2
    assert "*+7 more, last 10:56 UTC*" in seen(aws.slack_messages[3])


def test_who_dies_before_it_posts_is_not_waited_for_any_longer_than_its_lease(aws, make, clock):
    notes = MemoryNotes()
    make(notes=notes)._open.claim(PLACE, seen=None, moments=[CALLED_AT])
    assert "another run is posting what this belongs to" in only(make(notes=notes).emit([later(30)])).reason
    clock.advance(timedelta(seconds=10))
    assert isinstance(only(make(notes=notes).emit([later(30)])), Delivered)
    assert len(aws.slack_messages) == 1


def denied(*refused):
    """Return notes of which some operations are refused, as with half a policy."""
    notes = MemoryNotes()
    for name in refused:
        setattr(notes, name, Mock(side_effect=DeliveryError("not allowed")))
    return notes


def test_notes_that_fail_cost_the_thread_and_no_message(aws, make):
    nothing, unreadable = denied("read", "write", "swap"), denied("read")
    for notes in (nothing, nothing, unreadable, unreadable):
        assert isinstance(only(report(make(notes=notes), later(len(aws.slack_messages)))), Delivered)
    assert parents(aws) == [None, None, None, aws.slack_messages[2]["ts"]]


SAVED = {"v": 1, "message": {"text": "a", "blocks": []}, "later": None, "lines": {}, "undone": {}}


@pytest.mark.parametrize(
    "fouled",
    [
        *("[]", "[" * 9_000, '{"v": 1, "stamp": 1}'),
        json.dumps({**SAVED, "message": {"text": "a", "blocks": [{"type": "section"}]}}),
        json.dumps({**SAVED, "later": {"count": 1e999, "last": "x"}}),
        json.dumps({**SAVED, "lines": []}),
        json.dumps({**SAVED, "message": {"text": "a", "blocks": {}}}),
    ],
)
def test_notes_that_hold_anything_cost_the_thread_or_its_news_and_no_message(aws, make, fouled):
    notes, expiry = MemoryNotes(), {"now": NOW, "expires_at": NOW + timedelta(days=9)}
    notes.write({PLACE: fouled}, **expiry)
    sink = make(notes=notes)
    assert isinstance(only(report(sink, finding())), Delivered)
    first = aws.slack_messages[0]
    notes.write({message_key(Posted(channel=first["channel_id"], stamp=first["ts"])): fouled}, **expiry)
    assert isinstance(only(report(sink, later(10))), Delivered)
    assert len(aws.slack_messages) == 2
    assert first["earlier"] == []


def test_what_somebody_deleted_is_not_gone_on_with_though_its_thread_takes_replies(aws, make):
    sink = make()
    report(sink, finding())
    report(sink, later(10))
    aws.slack.messages.pop(0)
    for seconds in (20, 30, 40):
        report(sink, later(seconds))
    gone, new = aws.slack_messages[0]["thread_ts"], aws.slack_messages[2]["ts"]
    assert parents(aws) == [gone, gone, None, new]


@pytest.mark.parametrize(
    ("code", "asked"), [("restricted_action_non_threadable_channel", 4), ("a_new_word", 5)]
)
def test_what_takes_no_replies_gets_messages_at_top_level(aws, make, code, asked):
    """A channel without threads is asked for one once; elsewhere a new message may open a thread."""
    sink = make()
    aws.slack.no_replies = code
    for seconds in (0, 10, 20):
        assert isinstance(only(sink.emit([later(seconds)])), Delivered)
    assert parents(aws) == [None] * 3
    assert len(aws.calls) == asked


@pytest.mark.parametrize(
    ("fault", "more"),
    [({"code": "", "status": 429}, []), ({"code": "", "status": 503}, []), ({"code": "cant_update_message"}, [later(20)])],
)  # fmt: skip
def test_an_update_that_fails_is_no_failure_and_is_made_after_the_next_wave(aws, make, fault, more):
    sink = make()
    report(sink, finding())
    aws.fail("slack", "chat.update", **fault)
    assert isinstance(only(report(sink, later(10))), Delivered)
    assert "more" not in seen(aws.slack_messages[0])
    report(sink, *more)
    assert f"*+{1 + len(more)} more, last 10:11 UTC*" in seen(aws.slack_messages[0])


def test_a_run_that_ends_before_the_first_message_is_updated_does_not_forget_the_thread(aws, make, clock):
    sink = make()
    sink.emit([finding()])
    clock.advance(timedelta(seconds=5))
    clock.stop_at = clock.now() + timedelta(seconds=1)
    assert isinstance(only(report(sink, later(10))), Delivered)
    assert len(aws.slack_messages) == 2
    clock.stop_at = None
    sink.notice([])
    assert "+1 more" in seen(aws.slack_messages[0])


def switch(before, after):
    return (entry("Configuration.Class", before, after, change_type=ChangeType.UPDATE),)


def marks(aws):
    """Return whether the first line of each message says that it was undone."""
    return ["undone" in seen(each).splitlines()[0] for each in aws.slack_messages]


SWITCHED = change(resource=DATABASE, diff=switch("a", "b"))
BACK = change(resource=DATABASE, diff=switch("b", "a"), captured_at=NOW + timedelta(hours=3))
UNDONE = "undone by alice@example.com 10:11"


def test_what_the_workflow_puts_back_later_is_marked_in_the_message_by_whichever_run(aws, make):
    notes = MemoryNotes()
    make(notes=notes).emit([finding(change=SWITCHED)])
    (posted,) = aws.slack_messages
    other = make(notes=notes)
    other.notice([by_workflow(replace(BACK, diff=switch("b", "c")))])
    other.notice([by_workflow(replace(BACK, captured_at=SWITCHED.captured_at - timedelta(minutes=5)))])
    other.notice([finding(change=BACK)])
    assert marks(aws) == [False]
    # A run that ends between noticing and saving leaves the mark to the next.
    back = by_workflow(BACK, match=odd_finding("a<!here>\u202e\nb").match)
    assert make(notes=notes)._undoing.undone([back])[0]
    other.notice([back])
    assert seen(posted).splitlines()[0].endswith(" · _undone by a&lt;!here&gt; b 10:11_")
    assert posted["text"].endswith(" (undone by a&lt;!here&gt; b 10:11)")
    assert complaints(posted["blocks"]) == []


def test_in_a_group_the_objects_line_is_marked_and_the_heading_once_all_are_back(aws, make):
    sink, port = make(), {"fromPort": 22}
    added = entry("Configuration.IpPermissions.0", None, port)
    away = entry("Configuration.IpPermissions.3", port)  # at another place than it was added
    twelve = [replace(each, change=replace(each.change, diff=(added,))) for each in many(12)]
    sink.emit(twelve)
    (posted,) = aws.slack_messages
    before = posted["text"]
    back = [by_workflow(replace(each.change, diff=(away,), captured_at=NOW)) for each in twelve]
    for some, marked in ((back[:1], 1), (back[1:11], 10), (back[11:], 10)):
        assert posted["text"] == before
        assert "all of it" not in seen(posted)
        sink.notice(some)
        lines = [line for line in seen(posted).splitlines() if line.startswith("•")]
        assert [line.endswith(f"_{UNDONE}_") for line in lines] == [True] * marked + [False] * (10 - marked)
    assert posted["text"] == f"{before} ({UNDONE})"
    assert f"*all of it {UNDONE}*" in seen(posted)


@pytest.mark.parametrize(
    ("back", "marked"),
    [(["ca"], [True, True]), (["cb"], [False, True]), (["ba"], [True, False]), (["cb", "ba"], [True, True]), (["cd"], [False, False])],
)  # fmt: skip
def test_what_was_changed_twice_may_be_put_back_at_once(aws, make, back, marked):
    sink = make()
    for number, way in enumerate(("ab", "bc")):
        captured = change(diff=switch(*way), captured_at=CALLED_AT + timedelta(minutes=number))
        sink.emit([finding(finding_id=f"{number:032x}", change=captured)])
    moments = [NOW + timedelta(minutes=minute) for minute in range(len(back))]
    ways = [change(diff=switch(*way), captured_at=moment) for way, moment in zip(back, moments, strict=True)]
    sink.notice([by_workflow(each) for each in reversed(ways)])
    assert marks(aws) == marked


def test_no_value_is_kept_to_notice_what_is_undone(make):
    notes = MemoryNotes()
    secret = entry("Configuration.MasterUserPassword", "hunter2-old", "hunter2-new")
    make(notes=notes).emit([finding(change=change(resource=DATABASE, diff=(secret,)))])
    assert "hunter2" not in "".join(unpacked(stored) for stored, _ in notes._notes.values())
    assert not [key for key in notes._notes if key.startswith("slack-object/")], "a digest can be guessed"
