"""The sources of past changes that the laws are run over: Config's API, and its files in a folder."""

import os
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from unittest.mock import patch

from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions
from iacwatch.demo.fake.server import FakeAws
from iacwatch.sources.history.api import HistoryApi
from iacwatch.sources.history.files import HistoryFiles
from iacwatch.storage.files import open_store
from iacwatch.storage.spool import Spool
from tests.fixtures import history_folder
from tests.fixtures.clocks import WorldClock
from tests.fixtures.small_world import ACCOUNT, REGION

TYPES = ("AWS::EC2::SecurityGroup", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::ECS::TaskDefinition")


class PastWorld:
    """What AWS Config recorded, and sources that read it."""

    def __init__(self, kind, folder):
        self.kind, self.folder = kind, folder
        self.items = []
        self.told = []
        self._numbers = count()
        self._exit = ExitStack()
        self.aws = self._exit.enter_context(FakeAws())
        self.clock = WorldClock(self.aws.clock)
        environment = {**self.aws.environment(), "AWS_CONFIG_FILE": os.devnull}
        self._exit.enter_context(patch.dict(os.environ, environment))
        os.environ.pop("AWS_PROFILE", None)
        # A hundred calls to learn that nothing of a hundred types was deleted: bounded elsewhere.
        self._exit.enter_context(patch("iacwatch.sources.history.api.COMMON", TYPES))
        self.sessions = Sessions()

    def close(self):
        self._exit.close()

    def add(self, *documents, recorded_in=REGION):
        self.items.extend((document, recorded_in) for document in documents)

    def source(
        self, window, *, spool="spool", places=None, regions=(REGION,), types=(), tag_key="managed-by"
    ):
        asked = {"window": window, "tag_key": tag_key, "types": types, "progress": self.tell}
        asked["spool"] = Spool(Path(self.folder) / f"{spool}.sqlite3")
        if self.kind == "api":
            while self.items:
                document, region = self.items.pop()
                self.aws.add_item(document, recorded_in=region)
            return HistoryApi(
                calls=ConfigCalls(self.sessions, self.clock, RateLimit(self.clock, per_second=1_000)),
                places=places or [ConfigPlace(ACCOUNT, region) for region in regions],
                clock=self.clock,
                **asked,
            )
        return HistoryFiles(
            store=open_store(self._delivered(), self.sessions),
            accounts=[ACCOUNT],
            regions=regions,
            refuse=lambda account: f"account {account} is not ours",
            **asked,
        )

    def tell(self, phase, done, total=None, note=""):
        self.told.append((phase, done, total, note))

    def _delivered(self):
        root = Path(self.folder) / f"files{next(self._numbers)}"
        root.mkdir()
        history_folder.deliver(root, self.items)
        return str(root)


@contextmanager
def world(kind, folder):
    """Give a world that one kind of source reads: ``api`` or ``folder``."""
    with closing(PastWorld(kind, folder)) as made:
        yield made


KINDS = ("api", "folder")
