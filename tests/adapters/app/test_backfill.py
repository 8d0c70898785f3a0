"""Runs over the past as the container makes them: the reconciliation that a function does once a day."""

import os
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest

from iacwatch.app.backfill import reconcile
from iacwatch.app.container import Container
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import Stopping
from iacwatch.ledgers.sqlite.ledger import SqliteLedger
from iacwatch.ports import Delivered
from tests.fixtures.small_world import ago, call, group_id, item, listed

COMMON = ("AWS::EC2::SecurityGroup",)


class Told:
    """A sink that is told once, as Slack is."""

    remembered, deferred_close = True, False

    def __init__(self):
        self.findings = []

    def emit(self, findings):
        self.findings.extend(findings)
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self):
        pass


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake, patch("iacwatch.sources.history.api.COMMON", COMMON):
        for number in range(1, 6):
            fake.add_item(item(number, ago(4000)))
            fake.add_item(item(number, ago(90), configuration={"groupId": group_id(number), "size": 2}))
            fake.add_event(call(number, 90), resource_names=listed(number))
        yield fake


@contextmanager
def wired(aws, tmp_path):
    ledger = f"sqlite://{tmp_path}/ledger"
    with patch.dict(os.environ, {**aws.environment(), "IACWATCH_LEDGER__URL": ledger}):
        os.environ.pop("AWS_PROFILE", None)
        yield Container(usual_places=False)


def ids(sink):
    return sorted(finding.change.resource.id for finding in sink.findings)


def test_what_was_told_is_not_told_again_by_the_next_days_run(aws, tmp_path):
    with wired(aws, tmp_path) as container:
        first, second = Told(), Told()
        for sink in (first, second):
            run = reconcile(container, [sink], folder=tmp_path / "spool")
            run.run()
            run.end(done=True)
        assert ids(first) == [group_id(number) for number in range(1, 6)]
        assert ids(second) == []
        assert run.pipeline.summary.duplicates == 5
        assert list((tmp_path / "spool").iterdir()) == []


def test_it_leaves_alone_what_has_not_settled(aws, tmp_path):
    aws.add_item(item(9, ago(4000)))
    aws.add_item(item(9, ago(30), configuration={"size": 2}))
    with wired(aws, tmp_path) as container:
        sink = Told()
        run = reconcile(container, [sink], folder=tmp_path / "spool")
        assert run.window.end < ago(44)
        run.run()
        run.end(done=True)
        assert group_id(9) not in ids(sink)


def test_a_function_that_ran_out_of_time_goes_on_in_its_next_invocation(aws, tmp_path):
    with wired(aws, tmp_path) as container:
        run = reconcile(container, [Told()], folder=tmp_path / "spool")
        container.clock.stop("the function's time is running out", exit_code=0)
        with pytest.raises(Stopping):
            run.run()
        run.end(done=False)
        container.clock.start_again()
        sink = Told()
        again = reconcile(container, [sink], folder=tmp_path / "spool", span=timedelta(hours=26))
        assert again.resumed is not None
        assert again.window == run.window
        again.run()
        again.end(done=True)
        assert len(ids(sink)) == 5


@pytest.mark.parametrize("remember", [True, False])
def test_a_dry_run_reads_the_ledger_but_notes_nothing_in_it(tmp_path, remember):
    environ = {"IACWATCH_LEDGER__URL": f"sqlite:///{tmp_path}/ledger.sqlite3", "AWS_REGION": "eu-west-1"}
    pipeline = Container(usual_places=False, environ=environ).pipeline([], remember=remember, new_only=True)
    assert (pipeline._origins._notes is not None) is remember
    assert isinstance(pipeline._reporting._ledger, SqliteLedger)
