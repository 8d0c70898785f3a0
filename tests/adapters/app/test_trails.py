"""The trail as the container makes it: what it is made of, who is told how far it has come, which run is the same."""

import os
from datetime import timedelta
from unittest.mock import patch

import pytest

from iacwatch.app.backfill import BackfillRequest, _terms
from iacwatch.app.container import Container
from iacwatch.core.model import TrailQuery, Window
from iacwatch.demo.fake.server import FakeAws
from iacwatch.trails.athena.trail import Athena
from iacwatch.trails.log_files.trail import LogFiles
from iacwatch.trails.lookup_events.trail import LookupEvents
from tests.fixtures import log_folder
from tests.fixtures.athena.world import FakeAthena
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id


@pytest.fixture
def wired(monkeypatch, tmp_path):
    """Return a container with variables of its own, called from a folder."""
    monkeypatch.chdir(tmp_path)
    with FakeAws() as aws, patch.dict(os.environ, aws.environment()):
        yield lambda **more: Container(usual_places=False, environ={**aws.environment(), **more})


def asked():
    window = Window(start=ago(120), end=ago(60))
    return TrailQuery(account_id=ACCOUNT, region=REGION, window=window, names=(group_id(1),), missing=0.0)


def athena(**more):
    return {"IACWATCH_TRAIL__SOURCE": "athena", "IACWATCH_TRAIL__ATHENA_DATABASE": "audit"} | {
        "IACWATCH_TRAIL__ATHENA_TABLE": "cloudtrail_logs_pp",
        **more,
    }


def test_each_source_has_its_trail(wired, tmp_path):
    assert isinstance(wired().trail, LookupEvents)
    assert isinstance(wired(IACWATCH_TRAIL__SOURCE=str(tmp_path)).trail, LogFiles)
    assert isinstance(wired(**athena()).trail, Athena)


def test_who_looks_on_later_is_told_how_many_log_files_were_read(wired, tmp_path):
    log_folder.deliver(tmp_path, [call(number, 90) for number in range(3)])
    container, told = wired(IACWATCH_TRAIL__SOURCE=str(tmp_path)), []
    trail = container.trail
    container.progress = lambda *each: told.append(each)
    trail.collect([asked()])
    assert ("Log files", 1, 1, "") in told


def test_who_looks_on_later_is_told_how_much_athena_read(wired):
    with FakeAthena() as world, patch.dict(os.environ, {"AWS_ENDPOINT_URL_ATHENA": world.url}):
        world.alive([(ACCOUNT, REGION)], ago(3000), ago(2))
        container, told = wired(**athena()), []
        trail = container.trail
        assert not trail.collect([asked()]).failures
        container.progress = lambda *each: told.append(each)
        trail.collect([asked()])
    assert any(
        note.endswith("scanned so far") for phase, _, _, note in (each for each in told if len(each) == 4)
    )
    assert {each[0] for each in told} == {"Athena"}


def terms(container):
    span = timedelta(hours=1)
    return _terms(container, BackfillRequest(since=ago(60), until=ago(60) + span, spelled=("1h", "")), ())


def test_a_relative_folder_is_the_same_run_only_from_the_same_folder(wired, tmp_path, monkeypatch):
    for name in ("here", "there"):
        (tmp_path / name / "logs").mkdir(parents=True)
    found = []
    for where, source in (("here", "logs"), ("there", "logs"), ("there", "../here/logs"), ("here", "./logs")):
        monkeypatch.chdir(tmp_path / where)
        found.append(terms(wired(IACWATCH_TRAIL__SOURCE=source))["trail"])
    here, there, *same = found
    assert here == str(tmp_path / "here" / "logs")
    assert there != here
    assert same == [here, here]


@pytest.mark.parametrize("source", ["api", "s3://trail/org"])
def test_what_is_no_folder_stays_as_it_is_written(wired, source):
    assert terms(wired(IACWATCH_TRAIL__SOURCE=source))["trail"] == source


def test_another_table_is_another_run(wired):
    first = terms(wired(**athena()))["trail"]
    assert first == terms(wired(**athena(IACWATCH_TRAIL__ATHENA_WORKGROUP="other")))["trail"]
    for key, value in (
        ("TABLE", "other"),
        ("DATABASE", "other"),
        ("REGION", "us-east-1"),
        ("CATALOG", "other"),
    ):
        assert terms(wired(**athena(**{f"IACWATCH_TRAIL__ATHENA_{key}": value})))["trail"] != first
