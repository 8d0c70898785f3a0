"""The demo's weeks, and any command run against the demo: the truth held against what `backfill` says."""

import json
from collections import Counter

from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.runner import Runner
from iacwatch.demo.story.thing import REGION
from iacwatch.demo.story.weeks import weeks
from tests.e2e.demo.test_demo import hurried, said_of, wrong
from tests.fixtures import command

ALL = ("--verdict", "all", "--format", "jsonl")


def test_every_change_gets_the_verdict_and_the_name_that_it_deserves_by_few_look_ups(tmp_path):
    with FakeAws(rate=1000) as aws:
        queue = aws.create_queue("iacwatch")
        past, today = weeks.and_day(aws.clock.now())
        past.put_into(aws)
        today.put_into(aws, queue)
        runner = Runner(aws=aws, queue_url=queue, home=tmp_path)
        done = hurried(runner, "backfill", "--since", "65d", *ALL)
        look_ups = Counter(call.region for call in aws.calls if call.operation == "LookupEvents")
    assert done.returncode == 0, done.stderr
    said = said_of(command.records(done))
    here = ((each.key, each.truth) for each in past.changes if each.recorded_in == REGION)
    assert wrong(here, said) == {}, done.stderr
    assert said.keys() <= {each.key for each in (*past.changes, *today.arrivals)}, "nothing else is told"
    events = (*past.events, *today.events)
    opened = sum(each.document["eventSource"] == "sts.amazonaws.com" for each in events)
    assert 20 < opened < 40
    assert look_ups.total() <= 45 + 1.3 * opened
    assert set(look_ups) == {"eu-west-1", "us-east-1"}


# Any command against the demo, from outside.


def demo(folder, *arguments, **more):
    return command.run(None, folder, "demo", *arguments, **more)


def test_a_command_runs_where_the_user_is_with_nothing_of_the_users_configuration(tmp_path):
    (tmp_path / "iacwatch.toml").write_text("nonsense = true\n")
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')\n")
    (tmp_path / "tmp").mkdir()
    wrong = {"AWS_PROFILE": "missing", "IACWATCH_REGION": "x"}
    asked = ("who", "deploy-notices", "--since", "50d", "--resource-type", "AWS::SNS::Topic", *ALL)
    more = ("--output", "past.jsonl", "--fail-on", "out-of-band")
    done = demo(tmp_path, *asked, *more, TMPDIR=str(tmp_path / "tmp"), **wrong)
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    found = [json.loads(line) for line in (tmp_path / "past.jsonl").read_text().splitlines()]
    (gone,) = (each for each in found if each["change"]["change_type"] == "DELETE")
    assert (gone["verdict"], gone["actor"]["name"]) == ("out-of-band", "bob@example.com")
    assert list((tmp_path / "tmp").iterdir()) == []
