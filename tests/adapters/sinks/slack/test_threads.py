"""Messages in Slack that are kept current: what comes below them, and what is marked as undone."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.model import ChangeType, Verdict
from iacwatch.core.present.record import company
from iacwatch.demo.fake.slack.blocks import complaints
from iacwatch.errors import DeliveryError
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.ledgers.note_text import unpacked
from iacwatch.ports import Delivered
from iacwatch.sinks.slack.blocks import Later
from iacwatch.sinks.slack.client import Posted
from iacwatch.sinks.slack.open_messages import OpenMessages, Saved, message_key, place_key
from tests.fixtures.builders import (
    CALLED_AT,
    CAPTURED_AT,
    change,
    entry,
    finding,
    many,
    resource,
    unattributed,
)
from tests.fixtures.clocks import TickingClock
from tests.fixtures.slack_posts import NOW, STYLE, by_workflow, later, only, parents, posts, report, seen

PLACE = place_key("#iac", company(finding()))
DATABASE = resource(type="AWS::RDS::DBInstance", id="db-1", name="orders")
DELETED = change(
    resource=resource(type="AWS::S3::Bucket", id="logs", name="logs"), change_type=ChangeType.DELETE, diff=()
)


def test_what_the_same_actor_goes_on_doing_is_told_in_the_thread(aws, make):
    sink = make()
    report(sink, finding())
    report(sink, later(60), later(70))
    answer = only(report(sink, later(460)))
    parent, second, third = aws.slack_messages
    assert [each["thread_ts"] for each in (parent, second, third)] == [None, parent["ts"], parent["ts"]]
    assert answer.detail == f"#iac {third['ts']}"
    assert [seen(each).count("more, last") for each in parent["earlier"]] == [0, 1]
    assert "*+3 more, last 10:19 UTC*" in seen(parent)
    assert parent["text"].startswith("alice@example.com opened 22/tcp to 0.0.0.0/0 on security group web ")


def test_a_message_grows_a_window_beyond_its_last_change_and_six_in_all(aws, make):
    sink = make(group_window=timedelta(minutes=5))
    for seconds in (0, 299, 590, 890, 1_180, 1_470, 1_760, 2_050, 2_340, 2_630, 2_689, 2_690):
        sink.emit([later(seconds)])
    posted = [each["ts"] for each in aws.slack_messages]
    assert parents(aws) == [None, *2 * [posted[0]], None, *7 * [posted[3]], None]


def test_another_verdict_or_actor_is_no_continuation(aws, make):
    sink = make()
    for each in (finding(), later(10, verdict=Verdict.IN_WORKFLOW), unattributed()):
        sink.emit([each])
    assert parents(aws) == [None] * 3


def test_a_restart_and_another_function_go_on_with_the_message(aws, make):
    notes = MemoryNotes()
    for each in (finding(), later(60), later(90, change=DELETED)):
        report(make(notes=notes), each)
    parent = aws.slack_messages[0]
    assert parents(aws) == [None, parent["ts"], parent["ts"]]
    assert "*+2 more, last 10:12 UTC*, among them: `deleted S3 bucket logs`" in seen(parent)


def test_a_message_is_updated_once_a_wave_however_much_came_below_it(aws, make):
    sink = make()
    for seconds in range(0, 500, 50):
        sink.emit([later(seconds)])
    assert [call.operation for call in aws.calls] == ["chat.postMessage"] * 10
    sink.notice([])
    sink.notice([])
    assert [call.operation for call in aws.calls].count("chat.update") == 1
    assert "*+9 more, last 10:18 UTC*" in seen(aws.slack_messages[0])


def test_who_dies_before_it_posts_is_not_waited_for_any_longer_than_its_lease(aws, make, clock):
    notes = MemoryNotes()
    make(notes=notes)._open.claim(PLACE, seen=None, moments=[CALLED_AT])
    answer = only(make(notes=notes).emit([later(30)]))
    assert "another run is posting what this belongs to" in answer.reason
    clock.advance(timedelta(seconds=10))
    assert isinstance(only(make(notes=notes).emit([later(30)])), Delivered)
    assert len(aws.slack_messages) == 1


def test_who_dies_with_a_clock_far_ahead_is_not_waited_for(make, clock):
    notes = MemoryNotes()
    clock.advance(timedelta(hours=1))
    make(notes=notes)._open.claim(PLACE, seen=None, moments=[CALLED_AT])
    clock.advance(-timedelta(hours=1))
    assert type(only(make(notes=notes).emit([finding()]))) is Delivered


def test_two_runs_that_add_the_same_at_once_are_both_counted(clock):
    notes, posted = MemoryNotes(), Posted(channel="C1", stamp="1.2")
    ours, theirs = (OpenMessages(notes, TickingClock(), window=timedelta(minutes=15)) for _ in range(2))
    ours.keep(posted, Saved(message={"text": "", "blocks": []}, lines={}))
    theirs_first = [lambda: theirs.change(posted, one_more)]

    def one_more(saved):
        news = Later(count=1, last=NOW, gravest="opened 22/tcp", gravity=1)
        return replace(saved, later=news.after(saved.later))

    def meanwhile(saved):
        while theirs_first:
            theirs_first.pop()()
        return one_more(saved)

    assert ours.change(posted, meanwhile)
    assert ours.saved(posted).later.count == 2


class Denied(MemoryNotes):
    """Notes of which some operations are refused, as with half a policy."""

    def __init__(self, *refused):
        super().__init__()
        for name in refused:
            setattr(self, name, self._refuse)

    def _refuse(self, *_, **__):
        raise DeliveryError("not allowed")


def test_notes_that_fail_cost_the_thread_and_no_message(aws, make):
    nothing = Denied("read", "write", "swap")
    unreadable = Denied("read")
    for notes in (nothing, nothing, unreadable, unreadable):
        assert type(only(report(make(notes=notes), later(len(aws.slack_messages))))) is Delivered
    assert parents(aws) == [None, None, None, aws.slack_messages[2]["ts"]]


def saved(**fields):
    message = {"text": "a", "blocks": []}
    return json.dumps({"v": 1, "message": message, "later": None, "lines": {}, "undone": {}, **fields})


@pytest.mark.parametrize(
    "fouled",
    [
        *("", "{}", "[]", "null", '{"v": 1}', "\x00", "[" * 9_000, '{"v": 1, "stamp": 1}'),
        saved(message={}),
        saved(message={"text": "a", "blocks": [{"type": "section"}]}),
        saved(message={"blocks": []}),
        saved(message={"text": "a", "blocks": {}}),
        saved(later={"count": 1e999, "last": "x"}),
        saved(lines=[]),
    ],
)
def test_notes_that_hold_anything_cost_the_thread_or_its_news_and_no_message(aws, make, fouled):
    notes, expiry = MemoryNotes(), {"now": NOW, "expires_at": NOW + timedelta(days=9)}
    notes.write({PLACE: fouled}, **expiry)
    sink = make(notes=notes)
    assert type(only(report(sink, finding()))) is Delivered
    first = aws.slack_messages[0]
    notes.write({message_key(Posted(channel=first["channel_id"], stamp=first["ts"])): fouled}, **expiry)
    assert type(only(report(sink, later(10)))) is Delivered
    assert len(aws.slack_messages) == 2
    assert first["earlier"] == []


def test_where_the_first_message_was_deleted_a_new_one_begins(aws, make):
    sink = make()
    sink.emit([finding()])
    aws.fail("slack", "chat.postMessage", "thread_not_found")
    assert type(only(sink.emit([later(10)]))) is Delivered
    assert parents(aws) == [None, None]


def test_what_somebody_deleted_is_not_gone_on_with_though_its_thread_takes_replies(aws, make):
    sink = make()
    report(sink, finding())
    report(sink, later(10))
    aws.slack.messages.pop(0)
    for seconds in (20, 30, 40):
        report(sink, later(seconds))
    gone, new = aws.slack_messages[0]["thread_ts"], aws.slack_messages[2]["ts"]
    assert parents(aws) == [gone, gone, None, new]


@pytest.mark.parametrize("code", ["restricted_action_non_threadable_channel", "thread_locked", "a_new_word"])
def test_what_takes_no_replies_gets_messages_at_top_level(aws, make, code):
    sink = make()
    aws.slack.no_replies = code
    findings = [finding(), later(10), later(20)]
    assert {type(only(sink.emit([each]))) for each in findings} == {Delivered}
    assert parents(aws) == [None] * 3
    # A channel without threads is asked for one once; a new message may open a thread.
    assert len(posts(aws)) == (4 if code.endswith("channel") else 5)


@pytest.mark.parametrize("fault", [{"code": "", "status": 429}, {"code": "", "status": 503}, {"code": "cant_update_message"}])  # fmt: skip
def test_an_update_that_fails_is_no_failure_and_is_made_after_the_next_wave(aws, make, fault):
    sink = make()
    report(sink, finding())
    aws.fail("slack", "chat.update", **fault)
    assert type(only(report(sink, later(10)))) is Delivered
    assert "more" not in seen(aws.slack_messages[0])
    if fault["code"]:
        report(sink, later(20))
    sink.notice([])
    assert f"*+{2 if fault['code'] else 1} more, last 10:11 UTC*" in seen(aws.slack_messages[0])


def test_a_run_that_ends_before_the_first_message_is_updated_does_not_forget_the_thread(aws, make, clock):
    sink = make()
    sink.emit([finding()])
    clock.advance(timedelta(seconds=5))
    clock.stop_at = clock.now() + timedelta(seconds=1)
    assert type(only(report(sink, later(10)))) is Delivered
    assert len(aws.slack_messages) == 2
    clock.stop_at = None
    sink.notice([])
    assert "+1 more" in seen(aws.slack_messages[0])


def switch(before, after):
    kind = ChangeType.UPDATE
    return (entry("Configuration.MultiAZ", previous=before, updated=after, change_type=kind),)


def security_group(number, diff):
    """Return a change of one and the same security group, in a minute of its own."""
    captured = change(diff=diff, captured_at=CAPTURED_AT + timedelta(minutes=number))
    return finding(finding_id=f"{number:032x}", change=captured)


def marks(aws):
    """Return whether the first line of each message says that it was undone."""
    return ["undone" in seen(each).splitlines()[0] for each in aws.slack_messages]


SWITCHED = change(resource=DATABASE, diff=switch(before=True, after=False))
BACK = change(resource=DATABASE, diff=switch(before=False, after=True), captured_at=NOW + timedelta(hours=3))
UNDONE = "undone by alice@example.com 10:11"


def test_what_the_workflow_puts_back_is_marked_in_the_message_by_whichever_run(aws, make):
    notes = MemoryNotes()
    make(notes=notes).emit([finding(change=SWITCHED)])
    (posted,) = aws.slack_messages
    other = make(notes=notes)
    other.notice([by_workflow(replace(BACK, diff=switch(before=False, after="maybe")))])
    assert marks(aws) == [False]
    # A run that ends between noticing and saving leaves the mark to the next.
    assert make(notes=notes)._undoing.undone([by_workflow(BACK)])[0]
    other.notice([by_workflow(BACK)])
    assert seen(posted).splitlines()[0].endswith(f" · _{UNDONE}_")
    assert posted["text"].endswith(f" ({UNDONE})")
    assert complaints(posted["blocks"]) == []


def test_what_the_workflow_did_before_undid_nothing_although_it_is_judged_later(aws, make):
    sink = make()
    sink.emit([finding(change=SWITCHED)])
    before = by_workflow(replace(BACK, captured_at=SWITCHED.captured_at - timedelta(minutes=5)))
    sink.notice([before])
    assert marks(aws) == [False]
    sink.notice([before, by_workflow(BACK)])
    assert marks(aws) == [True]


def test_in_a_group_the_objects_line_is_marked_and_the_heading_once_all_are(aws, make):
    sink = make()
    port = {"fromPort": 22}
    opened, away = (
        entry("Configuration.IpPermissions.0", None, port),
        entry("Configuration.IpPermissions.3", port),
    )
    two = [replace(each, change=replace(each.change, diff=(opened,))) for each in many(2)]
    sink.emit(two)
    (posted,) = aws.slack_messages
    before = posted["text"]
    for place, each in enumerate(two):
        then = each.change.captured_at + timedelta(minutes=9)
        sink.notice([by_workflow(replace(each.change, diff=(away,), captured_at=then))])
        lines = [line for line in seen(posted).splitlines() if line.startswith("•")]
        assert [line.endswith(f"{UNDONE}_") for line in lines] == [True, place == 1]
    assert posted["text"] == f"{before} ({UNDONE})"
    assert f"*all of it {UNDONE}*" in seen(posted)


def test_a_group_is_undone_as_a_whole_only_where_what_has_no_line_is_back_too(aws, make):
    sink = make()
    twelve = [
        replace(each, change=replace(each.change, diff=switch(place, None)))
        for place, each in enumerate(many(12))
    ]
    sink.emit(twelve)
    back = [
        by_workflow(replace(each.change, diff=switch(None, place), captured_at=NOW))
        for place, each in enumerate(twelve)
    ]
    sink.notice(back[:11])
    assert "all of it" not in seen(aws.slack_messages[0])
    sink.notice(back[11:])
    assert f"*all of it {UNDONE}*" in seen(aws.slack_messages[0])
    assert seen(aws.slack_messages[0]).count("_undone by") == STYLE.shown


@pytest.mark.parametrize(
    ("back", "marked"),
    [
        (["ca"], [True, True]),
        (["cb"], [False, True]),
        (["ba"], [True, False]),
        (["cb", "ba"], [True, True]),
        (["cd"], [False, False]),
    ],
)
def test_what_was_changed_twice_may_be_put_back_at_once(aws, make, back, marked):
    sink = make()
    sink.emit([security_group(0, switch("a", "b"))])
    sink.emit([security_group(1, switch("b", "c"))])
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
