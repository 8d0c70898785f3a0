"""Runs over the past as the container makes them: the reconciliation that a function does once a day."""

from datetime import timedelta
from unittest.mock import Mock, patch

import pytest

from iacwatch.app.backfill import reconcile
from iacwatch.app.container import Container
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import Stopping
from iacwatch.ports import Delivered, Sink
from tests.fixtures.small_world import ago, call, group_id, item, listed

COMMON = ("AWS::EC2::SecurityGroup",)


def reporting():
    """Return a sink that reports everything."""
    sink = Mock(Sink, remembered=True, deferred_close=False)
    sink.emit.side_effect = lambda findings: {each.finding_id: Delivered() for each in findings}
    return sink


def ids(sink):
    emitted = [finding for call in sink.emit.call_args_list for finding in call.args[0]]
    return sorted(finding.change.resource.id for finding in emitted)


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake, patch("iacwatch.sources.history.api.COMMON", COMMON):
        for number in range(1, 4):
            fake.add_item(item(number, ago(4000)))
            fake.add_item(item(number, ago(90), configuration={"groupId": group_id(number), "size": 2}))
            fake.add_event(call(number, 90), resource_names=listed(number))
        yield fake


@pytest.fixture
def run(aws, tmp_path, monkeypatch):
    for name, value in {**aws.environment(), "IACWATCH_LEDGER__URL": f"sqlite://{tmp_path}/ledger"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    container = Container(usual_places=False)

    def made(sink, **more):
        return reconcile(container, [sink], folder=tmp_path / "spool", **more)

    made.container = container
    return made


def test_the_next_days_run_reports_nothing_again_and_leaves_alone_what_has_not_settled(aws, run, tmp_path):
    aws.add_item(item(9, ago(4000)))
    aws.add_item(item(9, ago(30), configuration={"size": 2}))
    for again in (False, True):
        sink = reporting()
        made = run(sink)
        assert made.window.end < ago(44)
        made.run()
        made.end(done=True)
        assert ids(sink) == ([] if again else [group_id(number) for number in range(1, 4)])
    assert made.pipeline.summary.duplicates == 3
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_function_that_ran_out_of_time_goes_on_in_its_next_invocation(run):
    first, clock = run(reporting()), run.container.clock
    clock.stop("the function's time is running out", exit_code=0)
    with pytest.raises(Stopping):
        first.run()
    first.end(done=False)
    clock.start_again()
    sink = reporting()
    again = run(sink, span=timedelta(hours=26))
    assert (again.resumed is not None, again.window) == (True, first.window)
    again.run()
    again.end(done=True)
    assert len(ids(sink)) == 3
