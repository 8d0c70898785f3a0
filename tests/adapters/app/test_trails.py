"""The trail as the container makes it: what it is made of, and which run is the same."""

import json
import os
import re
from pathlib import Path
from unittest.mock import patch

import pytest

import iacwatch
from iacwatch.app.backfill import BackfillRequest, _terms
from iacwatch.app.container import Container
from iacwatch.app.trails import TRAILS, kind_of
from iacwatch.cli.commands.drain import command as drain
from iacwatch.core.model import TrailQuery, Window
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import ConfigError
from tests.fixtures import log_folder
from tests.fixtures.athena.world import DATABASE, TABLE, FakeAthena
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id


@pytest.fixture
def wired(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def made(fallback=(), **more):
        behind = {"IACWATCH_TRAIL__FALLBACK": json.dumps(fallback)} if fallback else {}
        return Container(usual_places=False, environ={**aws.environment(), **behind, **more})

    with FakeAws() as aws, patch.dict(os.environ, aws.environment()):
        yield made


def answered_by(trail):
    window = Window(start=ago(120), end=ago(60))
    query = TrailQuery(account_id=ACCOUNT, region=REGION, window=window, names=(group_id(1),), missing=0.0)
    found = trail.collect([query])
    assert not found.failures
    return set(found.answered_by.values())


def test_another_table_is_another_run(wired):
    def trail(**more):
        given = {"SOURCE": "athena", "ATHENA_DATABASE": "audit", "ATHENA_TABLE": "logs", **more}
        container = wired(**{f"IACWATCH_TRAIL__{name}": value for name, value in given.items()})
        return _terms(container, BackfillRequest(since=ago(60), until=ago(30)), ())["trail"]

    assert trail() == trail(ATHENA_WORKGROUP="other")
    for key in ("TABLE", "DATABASE", "REGION", "CATALOG"):
        assert trail(**{f"ATHENA_{key}": "us-east-1"}) != trail()


@pytest.mark.parametrize("kind", TRAILS, ids=lambda kind: kind.form)
def test_every_kind_of_trail_is_offered_and_documented(kind):
    (option,) = [each for each in drain.params if each.name == "trail"]
    assert kind.form in option.metavar
    assert kind.help in option.help
    manual = (Path(iacwatch.__file__).parent / "manual" / "commands.md").read_text(encoding="utf-8")
    assert f"`--trail {option.metavar}`" in manual.replace("\\|", "|")


def test_a_trail_that_nobody_registered_is_an_error_and_no_default():
    with pytest.raises(ConfigError, match=r"no trail 'lake://store'; trail\.source is one of api, PATH"):
        kind_of("lake://store")


def test_a_fallback_stands_behind_the_trail_in_its_order(wired, tmp_path):
    log_folder.deliver(tmp_path, [call(1, 90)])
    container = wired(fallback=({"source": str(tmp_path)}, {"source": "s3://org", "accounts": [ACCOUNT]}))
    assert answered_by(container.trail) == {"api"}
    assert container.trail_origin == f"api, then {tmp_path} of any, then s3://org of {ACCOUNT}"


def test_a_table_behind_a_folder_is_asked_for_what_the_folder_does_not_hold(wired, tmp_path):
    table = {"source": "athena", "athena_database": DATABASE, "athena_table": TABLE}
    with FakeAthena() as world, patch.dict(os.environ, {"AWS_ENDPOINT_URL_ATHENA": world.url}):
        world.alive([(ACCOUNT, REGION)], ago(3000), ago(2))
        container = wired(fallback=[table], IACWATCH_TRAIL__SOURCE=str(tmp_path))
        assert answered_by(container.trail) == {"athena"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "trail.fallback[0] has no source"),
        ({"source": "athena"}, "trail.fallback[0].source is athena, yet trail.fallback[0].athena_database"),
        ({"source": "api"}, "trail.fallback[0] is event history again"),
        ({"source": "s3://org", "acounts": []}, "there is no key trail.fallback[0].acounts"),
    ],
)
def test_a_fallback_that_cannot_be_is_named(wired, wrong, said):
    with pytest.raises(ConfigError, match=re.escape(said)):
        wired(fallback=[wrong])
