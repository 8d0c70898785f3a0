"""The real command against a corpus of calls, written from knowledge of AWS alone."""

from datetime import UTC, datetime

from iacwatch.demo.fake.server import FakeAws
from tests.worlds.blind.run import Account
from tests.worlds.corpus.world import corpus, misses


def test_every_call_of_the_corpus_is_laid_at_the_right_door(tmp_path):
    world = corpus(datetime.now(UTC))
    assert len({truth.resource.type for truth in world.truths}) >= 150
    with FakeAws(rate=1000) as aws:
        account = Account(aws, world, tmp_path)
        lines, summary = account.drain()
        assert misses(world, lines) == [], summary
        assert account.queued() == set()
