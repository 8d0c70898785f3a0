"""What the checks of one run share: each fact is fetched when a check first asks for it, and only once."""

from functools import cached_property
from typing import Final

from iacwatch.core.arn import is_account
from iacwatch.doctor import event_rules, queue_reader, queues, reads, recorders
from iacwatch.doctor.credentials import Credentials, find_credentials
from iacwatch.doctor.event_pattern import SampleAccount
from iacwatch.doctor.event_rules import EventRules
from iacwatch.doctor.queue_reader import QueueReader
from iacwatch.doctor.queues import ExaminedQueue, QueueChoice
from iacwatch.doctor.reads import NewestWrites
from iacwatch.doctor.recorders import Recorder
from iacwatch.doctor.setup import Setup

_VALUE: Final = "terraform"
_SOME_ACCOUNT: Final = "111122223333"


class Examination:
    """One run of `iacwatch doctor`: the settings that it judges, and the facts that several checks need."""

    def __init__(self, setup: Setup) -> None:
        """Take what is examined."""
        self.setup = setup

    @cached_property
    def credentials(self) -> Credentials:
        """Whose credentials these are, and what shows whether this machine's clock is right."""
        return find_credentials(self.setup)

    @property
    def account(self) -> str | None:
        """Our account, "" where it is not known; None where AWS does not take our credentials."""
        return self.credentials.account

    @cached_property
    def sample(self) -> SampleAccount:
        """Where samples of events are from; where our account is not known, it is the queue's."""
        account = self.account
        if not account:
            parts = self.setup.queue_url.split("/")
            account = next((part for part in reversed(parts) if is_account(part)), _SOME_ACCOUNT)
        tag = self.setup.rules.tag
        value = next(iter(tag.values), _VALUE)
        return SampleAccount(account_id=account, region=self.setup.region, tag_key=tag.key, tag_value=value)

    @cached_property
    def recorder(self) -> Recorder:
        """AWS Config's recorder in our region."""
        return recorders.look(self.setup, self.setup.region)

    @cached_property
    def rules(self) -> EventRules:
        """The EventBridge rules about AWS Config, and those that start the daily run."""
        return event_rules.look(self.setup, self.sample)

    @cached_property
    def queue_choice(self) -> QueueChoice:
        """Which queue is examined, and why."""
        return queues.choose(self.setup, self.rules)

    @cached_property
    def queue(self) -> ExaminedQueue | None:
        """The queue, as SQS describes it; None where none is known."""
        url = self.queue_choice.url
        return queues.look(self.setup, url) if url else None

    @cached_property
    def reader(self) -> QueueReader:
        """What reads the queue; nothing where no queue is known."""
        return queue_reader.look(self.setup, self.queue.arn) if self.queue else QueueReader()

    @cached_property
    def newest_writes(self) -> NewestWrites:
        """The newest calls that changed something in our region."""
        return reads.newest_writes(self.setup)

    @property
    def drained(self) -> bool:
        """Whether a function does the work, with its own role: then these credentials need less."""
        return bool(self.setup.function) or self.reader.known
