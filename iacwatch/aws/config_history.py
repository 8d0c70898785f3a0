"""Configuration items of the past, from AWS Config's history (GetResourceConfigHistory).

Each call spans seven days at most, so that an empty page with a token is normal: only a page without a
token says that there is no more. Times are asked for in whole seconds, and nobody documents whether the
ends count: more is asked for than is needed, and filtered here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Final, TypeAlias

from iacwatch.aws.config_api import PAGE, UNKNOWN, ConfigCalls, ConfigPlace, reading_history
from iacwatch.core.arn import is_region
from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import Item, ItemQuery, Json, Resource
from iacwatch.core.parse import config_item as config_items
from iacwatch.core.text import plain
from iacwatch.errors import AwsError, IacwatchError, ParseError
from iacwatch.ports import Failure

Answers: TypeAlias = dict[ItemQuery, Item | None | Failure]

_AT_ONCE: Final = 4
_SECOND: Final = timedelta(seconds=1)
_EXACT_PAGE: Final = 10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ConfigHistory:
    """A `ports.ItemStore` by AWS Config's API, in the account and region of each resource's recorder."""

    def __init__(self, calls: ConfigCalls) -> None:
        """Take what asks Config."""
        self._calls = calls

    def fetch(self, asks: Sequence[ItemQuery]) -> Mapping[ItemQuery, Item | None | Failure]:
        """Answer every ask; None only where Config itself says that it has no such item.

        Several asks for items before a time, of one resource, cost one walk back through its history. Raises
        `Stopping` where the run has to end.
        """
        works = self._works(dict.fromkeys(asks))
        answers: Answers = {}
        if len(works) == 1:
            return works[0]()
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="config-history")
        try:
            futures = [pool.submit(work) for work in works]
            wait(futures, return_when=FIRST_EXCEPTION)
            # Some may still run where one raised: it is that one's exception which has to be seen.
            for future in sorted(futures, key=lambda each: not each.done()):
                answers |= future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return answers

    def _works(self, asks: Mapping[ItemQuery, None]) -> list[Callable[[], Answers]]:
        """Cut the asks into pieces of work that need nothing of each other."""
        works: list[Callable[[], Answers]] = []
        walks: dict[tuple[str, ...], list[ItemQuery]] = defaultdict(list)
        for ask in asks:
            if ask.before is not None:
                bounded = "since" if ask.since is not None else ""
                walks[*key_of(ask.resource), ask.resource.recorded_in, bounded].append(ask)
            else:
                works.append(partial(self._guarded, [ask], self._exact))
        works.extend(partial(self._guarded, together, self._back) for together in walks.values())
        return works

    def _guarded(
        self, asks: Sequence[ItemQuery], work: Callable[[Sequence[ItemQuery], Answers], None]
    ) -> Answers:
        """Do one piece of work, which answers as it goes; what it leaves open when it fails is a failure."""
        answers: Answers = {}
        try:
            work(asks, answers)
        except AwsError as error:
            failure = Failure(reason=str(error))
        except IacwatchError as error:
            failure = Failure(reason=f"{_doing(asks[0].resource)}: {error}")
        else:
            return answers
        return {ask: answers.get(ask, failure) for ask in asks}

    def _exact(self, asks: Sequence[ItemQuery], answers: Answers) -> None:
        """Answer one ask for the item captured at a moment, to the millisecond."""
        ask = asks[0]
        at = ask.at
        if at is None:
            raise ParseError("neither a capture time nor a time before is asked for")
        unread: ParseError | None = None
        documents = self._items(ask.resource, earlier=at - _SECOND, later=at + 2 * _SECOND, limit=_EXACT_PAGE)
        for document in documents:
            try:
                item = _read(document, ask.resource)
            except ParseError as error:
                unread = error
                continue
            if item is not None and item.captured_at == at:
                answers[ask] = item
                return
        if unread is not None:
            raise unread
        answers[ask] = None

    def _back(self, asks: Sequence[ItemQuery], answers: Answers) -> None:
        """Answer asks for the last item before a time, in one walk from the latest of them back."""
        left = sorted(((ask.before, ask) for ask in asks if ask.before), key=itemgetter(0))
        latest, resource = left[-1][0], asks[0].resource
        bounds = [ask.since for ask in asks if ask.since is not None]
        earlier = min(bounds) - _SECOND if bounds else None
        # The item of the very time comes first, as a rule, and is no answer: hence more than one for each.
        limit = min(len(left) + 2, PAGE)
        for document in self._items(resource, later=latest + _SECOND, earlier=earlier, limit=limit):
            if _captured(document) >= left[-1][0]:
                continue
            item = _read(document, resource)
            while left and item is not None and item.captured_at < left[-1][0]:
                answers[left.pop()[1]] = item
            if not left:
                return
        answers.update({ask: None for _, ask in left})

    def _items(
        self, resource: Resource, *, later: datetime, earlier: datetime | None = None, limit: int
    ) -> Iterator[Mapping[str, Json]]:
        """Yield a resource's items, newest first; none where Config does not know it."""
        if not is_region(resource.recorded_in):
            raise AwsError(f"{_doing(resource)}: it is unknown which region's recorder wrote it")
        place = ConfigPlace(resource.account_id, resource.recorded_in)
        pages = self._calls.history(
            place, resource.type, resource.id, later=later, earlier=earlier, limit=limit
        )
        try:
            for page in pages:
                yield from sorted(page, key=_captured, reverse=True)
        except AwsError as error:
            if error.code != UNKNOWN:
                raise


def _read(document: Mapping[str, Json], resource: Resource) -> Item | None:
    """Return one item; None where it is another's: revisions share an id."""
    item = config_items.item(document, region=resource.recorded_in)
    theirs = (
        facts_of(resource.type).revisions and resource.arn is not None and item.resource.arn != resource.arn
    )
    return None if theirs else item


def _captured(document: Mapping[str, Json]) -> datetime:
    """Return when an item was captured, as botocore parsed it; the earliest time where it has none."""
    at = document.get("configurationItemCaptureTime")
    return at if isinstance(at, datetime) else _EPOCH


def _doing(resource: Resource) -> str:
    place = ConfigPlace(resource.account_id, plain(resource.recorded_in or resource.region, 40))
    return reading_history(place, resource.type, resource.id)
