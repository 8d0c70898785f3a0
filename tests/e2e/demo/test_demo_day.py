"""The demo's day, before anything runs against it: its documents are such as AWS writes."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.core.model import Change, Verdict
from iacwatch.core.parse import config_item
from iacwatch.demo.story.day.day import MAX_RECEIVES, recorded
from iacwatch.demo.story.documents import stamp
from iacwatch.errors import ParseError

NOW = datetime(2026, 11, 24, 16, 30, 12, 345678, tzinfo=UTC)
DAY = recorded(NOW)
READABLE = [arrival for arrival in DAY.arrivals if arrival.thing is not None]


def test_the_day_holds_some_forty_changes_of_every_kind_that_the_product_tells_apart():
    assert 40 <= len(READABLE) <= 55
    verdicts = Counter(arrival.truth.verdict for arrival in READABLE)
    assert set(verdicts) == {*Verdict, None} - {Verdict.UNMANAGED}
    assert verdicts[Verdict.IN_WORKFLOW] > verdicts[Verdict.OUT_OF_BAND] >= 10
    instead = {arrival.truth.instead for arrival in DAY.arrivals} - {""}
    assert instead == {"unmanaged", "no-change", "duplicate", "unreadable"}
    assert len({arrival.thing.type for arrival in READABLE}) >= 12
    assert len({arrival.key for arrival in READABLE}) == len(READABLE)


def test_every_message_is_a_change_of_the_thing_that_it_is_about_and_carries_no_null_as_event_bridge_drops_them():
    def nulls(value):
        if isinstance(value, dict):
            return any(nulls(each) for each in value.values())
        return any(map(nulls, value)) if isinstance(value, list) else value is None

    for arrival in READABLE:
        change = config_item.parse(arrival.body)
        assert isinstance(change, Change)
        key = (change.resource.type, change.resource.id, stamp(change.captured_at))
        assert key == arrival.key
        assert arrival.sent_at < NOW - timedelta(minutes=10)
        assert not nulls(json.loads(arrival.body)), arrival.key


def test_one_message_is_cut_off_and_one_is_oversized_and_its_item_stands_in_history():
    (garbled,) = (arrival for arrival in DAY.arrivals if arrival.truth.instead == "unreadable")
    assert garbled.receives == MAX_RECEIVES - 1
    with pytest.raises(ParseError):
        config_item.parse(garbled.body)
    (oversized,) = (
        arrival for arrival in READABLE if "configurationItemSummary" in json.loads(arrival.body)["detail"]
    )
    assert config_item.parse(oversized.body).item is None
    stored = [
        document for document, _ in DAY.items if document["configurationItemCaptureTime"] == oversized.key[2]
    ]
    assert [document["resourceId"] for document in stored] == [oversized.thing.id]


def test_only_the_two_late_changes_lack_their_events_at_first_and_both_have_them_after_the_jump():
    late = [each for each in DAY.events if each.delivered_at]
    assert len(late) == len([arrival for arrival in READABLE if arrival.truth.late]) == 2
    assert all(NOW < each.delivered_at < NOW + timedelta(minutes=40) for each in late)
    young = [arrival for arrival in READABLE if arrival.captured_at > NOW - timedelta(minutes=46)]
    assert all(arrival.truth.late for arrival in young)
    assert all(NOW - arrival.captured_at > timedelta(minutes=16) for arrival in young)
