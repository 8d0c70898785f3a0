"""A scan: what changed in a folder or a bucket goes into the index, and what is no longer there is gone."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from iacwatch.app.address.scan import PASSED_OVER, READ_AGAIN, scan
from iacwatch.app.container import Container
from iacwatch.core.iac import StateHead, StateRows
from iacwatch.errors import IacwatchError, Stopping
from tests.fixtures import places
from tests.fixtures.states import SECRET, group, role
from tests.fixtures.states import text as state

STATES = {
    "live/net/terraform.tfstate": state(group(1)),
    "env:/blue/live/net/terraform.tfstate": state(group(2)),
    "vpc/plat-ue2-prod/terraform.tfstate": state(group(3), group(4, name="db")),
}


@pytest.fixture(params=[places.Folder, places.Bucket])
def place(request, tmp_path, monkeypatch):
    for name, value in {**places.environment(), "IACWATCH_IAC__INDEX": f"sqlite://{tmp_path}/index"}.items():
        monkeypatch.setenv(name, value)
    there = request.param(tmp_path)
    for name, text in STATES.items():
        there.put(name, text)
    there.put("README.md", "states")
    there.put("live/net/terraform.tfstate.backup", "{}")
    there.put("plan.json", '{"format_version": "1.2", "resource_changes": []}')
    return there


def scanned(place, container=None):
    made = scan(container or Container(usual_places=False), place.where)
    done = {each.head.place.removeprefix(f"{place.where}/"): each for each in made.states()}
    assert made.counted == Counter(each.result for each in done.values())
    assert made.counted[PASSED_OVER] == 3
    return {name: each for name, each in done.items() if each.result != PASSED_OVER}


def results(place):
    return {name: each.result for name, each in scanned(place).items()}


def searched(text):
    container = Container(usual_places=False)
    return container.address_index.search(text, now=container.clock.now())


def test_only_what_changed_is_read_and_what_is_no_longer_listed_is_gone(place):
    done = scanned(place)
    assert {name: (each.result, each.rows) for name, each in done.items()} == {
        "live/net/terraform.tfstate": ("written", 1),
        "env:/blue/live/net/terraform.tfstate": ("written", 1),
        "vpc/plat-ue2-prod/terraform.tfstate": ("written", 2),
    }
    stacks = {each.head.stack.removeprefix("place/") for each in done.values()}
    assert stacks == {"live/net", "vpc/plat-ue2-prod", "live/net:blue"}
    place.put("live/net/terraform.tfstate", state(group(5), serial=2))
    place.delete("env:/blue/live/net/terraform.tfstate")
    assert results(place) == {
        "live/net/terraform.tfstate": "written",
        "vpc/plat-ue2-prod/terraform.tfstate": "unchanged",
        "env:/blue/live/net/terraform.tfstate": "gone",
    }
    (there,) = searched("sg-00000000000000005")
    assert (there.gone_at, there.head.place) == (None, f"{place.where}/live/net/terraform.tfstate")
    for number in (1, 2):
        assert [bool(each.gone_at) for each in searched(f"sg-{number:017}")] == [True]
    assert set(results(place).values()) == {"unchanged"}


def test_a_state_that_cannot_be_read_is_said_and_keeps_its_rows_and_the_others_go_on(place):
    scanned(place)
    place.put("live/net/terraform.tfstate", state(group(1), version=3))
    place.put("new.tfstate", '{"encrypted_data": "x", "serial": 1, "lineage": "l"}')
    place.put("vpc/plat-ue2-prod/terraform.tfstate", state(group(3), serial=0))
    done = scanned(place)
    assert {name: each.result for name, each in done.items() if each.result != "unchanged"} == {
        "live/net/terraform.tfstate": "failed",
        "new.tfstate": "failed",
        "vpc/plat-ue2-prod/terraform.tfstate": "older",
    }
    assert f"{place.where}/new.tfstate is encrypted; only OpenTofu" in done["new.tfstate"].why
    assert "format version 3" in done["live/net/terraform.tfstate"].why
    assert SECRET not in repr(done)
    assert searched("sg-00000000000000001")[0].gone_at is None


def test_an_empty_place_drops_nothing_and_is_a_failure(place):
    scanned(place)
    for name in (*STATES, "README.md", "live/net/terraform.tfstate.backup", "plan.json"):
        place.delete(name)
    with pytest.raises(IacwatchError, match=r"holds no file; the index keeps what it has of it \(3 states\)"):
        scanned(place)
    assert searched("sg-00000000000000001")[0].gone_at is None


def test_whoever_stops_a_scan_has_whole_states_and_nothing_is_gone(place):
    scanned(place)
    for name in STATES:
        place.put(name, state(group(7), serial=2))
    place.delete("vpc/plat-ue2-prod/terraform.tfstate")
    container = Container(usual_places=False)
    container.clock.sleep = Mock(side_effect=[None, None, None, Stopping("SIGINT", exit_code=130)])
    with pytest.raises(Stopping):
        list(scan(container, place.where).states())
    assert searched("sg-00000000000000003")[0].gone_at is None
    assert len([each for each in searched("sg-00000000000000007") if each.gone_at is None]) in {1, 2}
    assert results(place)["vpc/plat-ue2-prod/terraform.tfstate"] == "gone"


def test_a_state_is_read_again_where_its_places_rule_changes_or_a_week_has_passed(place, monkeypatch):
    place.put("live/net/terraform.tfstate", state(role("deploy")))
    scanned(place)
    assert [each.row.account_id for each in searched("deploy")] == [""]
    rule = f'[{{"state": "{place.where}/live/*", "account": "444455556666", "repository": "acme/{{1}}"}}]'
    monkeypatch.setenv("IACWATCH_IAC__STACK", rule)
    assert Counter(results(place).values()) == {"unchanged": 2, "written": 1}
    (row,) = [each for each in searched("deploy") if each.gone_at is None]
    assert (row.row.account_id, row.head.repository) == ("444455556666", "acme/net")

    later = Container(usual_places=False)
    now = later.clock.now() + READ_AGAIN + timedelta(minutes=1)
    monkeypatch.setattr(later.clock, "now", lambda: now)
    assert {each.result for each in scanned(place, later).values()} == {"written"}


def test_what_a_pipeline_said_of_a_state_is_kept(place):
    container = Container(usual_places=False)
    where = f"{place.where}/live/net/terraform.tfstate"

    def known():
        return next(each for each in container.address_index.states() if each.place == where)

    said = {"repository": "acme/infra", "directory": "live/net", "owner": "@acme/net", "stack": "net"}
    now = container.clock.now()
    head = StateHead(place=where, lineage="l-1", serial=1, commit="abc", seen_at=now, **said)
    container.address_index.replace(StateRows(head=head, rows=()), now=now)
    assert results(place)["live/net/terraform.tfstate"] == "written"
    assert ({name: getattr(known(), name) for name in said}, known().commit) == (said, "abc")
    assert results(place)["live/net/terraform.tfstate"] == "unchanged"
    place.put("live/net/terraform.tfstate", state(group(1), group(5), serial=2))  # by somebody else
    assert results(place)["live/net/terraform.tfstate"] == "written"
    assert ({name: getattr(known(), name) for name in said}, known().commit) == (said, "")
    place.put("live/net/terraform.tfstate", state(group(1), lineage="another"))
    assert results(place)["live/net/terraform.tfstate"] == "recreated"
    assert (known().repository, known().stack.endswith("live/net")) == ("", True)


def test_one_file_may_be_scanned(place):
    where = f"{place.where}/vpc/plat-ue2-prod/terraform.tfstate"
    made = scan(Container(usual_places=False), where)
    (done,) = made.states()
    assert (done.head.place, Path(done.head.stack).name, done.rows) == (where, "plat-ue2-prod", 2)
